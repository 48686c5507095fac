"""What staff should know of receiving: the times in which messages may have been lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.tables.audit import TrailEntry
from models.tables.fields import instant
from models.transactions import Scoped, reading

_LOST = "receiving.lost"


@dataclass(frozen=True, slots=True)
class Lost:
    """From when to when nothing could be received on a bot for so long that messages may be lost."""

    bot: str
    since: datetime
    until: datetime


@reading
async def lost(scope: Scoped, *, now: datetime, within: timedelta = timedelta(days=7)) -> list[Lost]:
    """The gaps a municipality was told of lately, newest first."""
    entries = await TrailEntry.filter(
        municipality_id=scope.municipality_id or "", deed=_LOST, at__gte=now - within
    ).order_by("-id")
    told = [entry.about.split(":") for entry in entries]
    return [Lost(bot, instant(int(since)), instant(int(until))) for bot, since, until in told]
