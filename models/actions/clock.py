"""Heartbeats: each tick writes down when it last ran to its end."""

from __future__ import annotations

from datetime import datetime

from models.tables.fields import micros
from models.transactions import Scoped, atomic, execute


@atomic
async def ran(scope: Scoped, name: str, *, real_now: datetime) -> None:
    """The tick `name` ran to its end, by the machine's clock. One statement, because two clocks may say so at once."""
    await execute(
        "INSERT INTO tick (name, ran_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at",
        name,
        micros(real_now),
    )
