"""What a machine may know of Hørt: how much waits where and since when. Counts, codes and times; no person, no place.

Two questions about what is not settled (indexed, so that a year of sent letters costs nothing) and one about the few
rows that say where bots, receivers, ticks and migrations stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.queries import within
from models.tables.fields import micros
from models.transactions import Scoped, reading, rows


@dataclass(frozen=True, slots=True)
class Waiting:
    """Updates of one bot: how many wait to be processed and since when; how many dead ones nobody has dealt with."""

    bot: str
    new: int
    since: datetime | None
    dead: int


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of one bot, class and state that are not settled: how many, how many of them are due, and since when."""

    bot: str
    letter_class: str
    state: str
    count: int
    due: int
    due_since: datetime | None
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Bot:
    """Until when one bot's server has frozen it, and why it stands still ("" when it does not)."""

    bot: str
    frozen_until: datetime | None
    stopped: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything of one moment. `contacts` (by bot) and `ticks` (by name) are times of the machine's clock."""

    inbox: tuple[Waiting, ...]
    letters: tuple[Letters, ...]
    bots: tuple[Bot, ...]
    contacts: dict[str, datetime]
    ticks: dict[str, datetime]
    schema: str


@reading
async def watch(scope: Scoped, *, now: datetime) -> Watch:
    """How much waits, by Hørt's clock. Raises when the database does not answer."""
    inbox = await rows(
        "SELECT bot, SUM(CASE WHEN state = 'new' THEN 1 ELSE 0 END) AS new, "
        "MIN(CASE WHEN state = 'new' THEN received_at END) AS since, "
        "SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END) AS dead FROM inbox_update "
        "WHERE state IN ('new', 'dead') AND (state = 'new' OR seen_by_id IS NULL) GROUP BY bot"
    )
    letters = await rows(
        "SELECT bot, letter_class, state, COUNT(*) AS n, MIN(created_at) AS oldest, "
        "SUM(CASE WHEN state IN ('queued', 'waiting') AND next_at <= ? THEN 1 ELSE 0 END) AS due, "
        "MIN(CASE WHEN state IN ('queued', 'waiting') AND next_at <= ? THEN next_at END) AS due_since "
        "FROM letter WHERE state IN ('queued', 'waiting', 'sending', 'held', 'unsure', 'dead') "
        "GROUP BY bot, letter_class, state",
        micros(now), micros(now),
    )  # fmt: skip
    few = await rows(
        "SELECT 'bot' AS what, bot AS name, frozen_until AS at, stopped AS word FROM bot_state "
        "UNION ALL SELECT 'contact', bot, moved_at, '' FROM receiver_offset "
        "UNION ALL SELECT 'tick', name, ran_at, '' FROM tick "
        "UNION ALL SELECT 'schema', MAX(name), NULL, '' FROM tortoise_migrations WHERE app = 'models'"
    )
    return Watch(
        inbox=tuple(
            Waiting(row["bot"], int(row["new"]), within.moment(row["since"]), int(row["dead"])) for row in inbox
        ),
        letters=tuple(
            Letters(
                row["bot"], row["letter_class"], row["state"], int(row["n"]), int(row["due"]),
                within.moment(row["due_since"]), within.at(row["oldest"]),
            )
            for row in letters
        ),
        bots=tuple(Bot(row["name"], within.moment(row["at"]), row["word"]) for row in _of(few, "bot")),
        contacts={row["name"]: within.at(row["at"]) for row in _of(few, "contact")},
        ticks={row["name"]: within.at(row["at"]) for row in _of(few, "tick")},
        schema=next((row["name"] or "" for row in _of(few, "schema")), ""),
    )  # fmt: skip


def _of(found: list[dict[str, Any]], what: str) -> list[dict[str, Any]]:
    return [row for row in found if row["what"] == what]
