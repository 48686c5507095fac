"""Heartbeats: each tick writes down when it last ran to its end."""

from __future__ import annotations

from datetime import datetime

from models.tables.clock import Tick
from models.transactions import Scoped, atomic


@atomic
async def ran(scope: Scoped, name: str, *, real_now: datetime) -> None:
    """The tick `name` ran to its end, by the machine's clock."""
    await Tick.update_or_create(defaults={"ran_at": real_now}, name=name)
