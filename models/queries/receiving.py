"""What staff should know of receiving: the times in which messages may have been lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.tables.fields import instant, micros
from models.transactions import Scoped, reading, rows

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
    # The deed stands in the question and not beside it, so that its own small index can answer.
    entries = await rows(
        f"SELECT e.about FROM trail_entry e WHERE e.municipality_id = ? AND e.deed = '{_LOST}' AND e.at >= ? "  # noqa: S608 (our own word)
        "ORDER BY e.id DESC",
        scope.municipality_id or "", micros(now - within),
    )  # fmt: skip
    told = [entry["about"].split(":") for entry in entries]
    return [Lost(bot, instant(int(since)), instant(int(until))) for bot, since, until in told]
