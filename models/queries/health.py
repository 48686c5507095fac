"""Is everything moving? Ages and times only, no data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.queries import within
from models.transactions import Scoped, reading, rows


@dataclass(frozen=True, slots=True)
class Health:
    """Since when the oldest update waits to be processed, the oldest letter waits past its time, and the last tick."""

    inbox_since: datetime | None
    outbox_since: datetime | None
    last_tick: datetime | None


@reading
async def health(scope: Scoped) -> Health:
    """How old what waits is. Raises when the database does not answer."""
    waiting = await rows("SELECT MIN(received_at) AS since FROM inbox_update WHERE state = 'new'")
    due = await rows("SELECT MIN(next_at) AS since FROM letter WHERE state IN ('queued', 'waiting')")
    tick = await rows("SELECT MAX(ran_at) AS at FROM tick")
    return Health(within.moment(waiting[0]["since"]), within.moment(due[0]["since"]), within.moment(tick[0]["at"]))
