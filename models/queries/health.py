"""Is everything moving, and is the database one that Hørt can trust? Ages, times and switches only, no data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from models.queries import within
from models.tables.fields import micros
from models.transactions import Scoped, dialect, reading, rows


@dataclass(frozen=True, slots=True)
class Health:
    """Since when the oldest update waits to be processed, the oldest letter that could go waits, and the last tick."""

    inbox_since: datetime | None
    outbox_since: datetime | None
    last_tick: datetime | None


@dataclass(frozen=True, slots=True)
class Server:
    """What a PostgreSQL server says of itself and of the role that asks. `version` is like 150004."""

    version: int
    fsync: bool
    full_page_writes: bool
    synchronous_commit: str
    superuser: bool
    bypasses_row_security: bool
    clock: datetime


#: What one bot may send at this moment, as `models.actions.letters.due` sees it: a letter behind another one of its
#: chat waits for that one, and a bot that its server has frozen waits for its server. Broadcasts go slowly on purpose.
_COULD_GO = (
    "FROM letter l WHERE l.state IN ('queued', 'waiting') AND l.next_at <= ? AND l.letter_class <> 'broadcast' "
    "AND NOT EXISTS (SELECT 1 FROM bot_state b WHERE b.bot = l.bot AND b.frozen_until > ?) "
    "AND NOT EXISTS (SELECT 1 FROM letter s WHERE s.bot = l.bot AND s.chat_index = l.chat_index "
    "AND s.state = 'sending') "
    "AND (NOT l.in_conversation OR l.letter_class = 'crisis' OR NOT EXISTS (SELECT 1 FROM letter e "
    "WHERE e.bot = l.bot AND e.chat_index = l.chat_index AND e.in_conversation AND e.id < l.id "
    "AND e.state IN ('queued', 'waiting') AND (e.undo_until IS NULL OR e.undo_until <= ?)))"
)


@reading
async def health(scope: Scoped, *, now: datetime, bots: Collection[str] | None = None) -> Health:
    """How old what waits is, by Hørt's clock; the tick by the machine's. Raises when the database does not answer.

    `bots`: only what waits for these (what came for a bot that is no longer here waits for nobody); None is every bot.
    """
    waiting = await _oldest("received_at", "FROM inbox_update l WHERE l.state = 'new'", [], bots)
    due = await _oldest("next_at", _COULD_GO, [micros(now)] * 3, bots)
    tick = await rows("SELECT MAX(ran_at) AS at FROM tick WHERE substr(name, 1, 7) <> 'canary.'")
    return Health(waiting, due, within.moment(tick[0]["at"]))


@reading
async def server(scope: Scoped) -> Server | None:
    """What the PostgreSQL server says of itself; None on SQLite."""
    if dialect() == "sqlite":
        return None
    found = await rows(
        "SELECT current_setting('server_version_num')::int AS version, current_setting('fsync')::bool AS fsync, "
        "current_setting('full_page_writes')::bool AS full_page_writes, "
        "current_setting('synchronous_commit') AS synchronous_commit, rolsuper, rolbypassrls, "
        "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint AS clock "
        "FROM pg_roles WHERE rolname = current_user"
    )
    told = found[0]
    return Server(
        version=told["version"], fsync=told["fsync"], full_page_writes=told["full_page_writes"],
        synchronous_commit=told["synchronous_commit"], superuser=told["rolsuper"],
        bypasses_row_security=told["rolbypassrls"], clock=within.at(told["clock"]),
    )  # fmt: skip


async def _oldest(column: str, source: str, values: list[object], bots: Collection[str] | None) -> datetime | None:
    if bots is not None and not bots:
        return None
    # The column and the source are written above; only placeholders are put in, one per bot.
    here = "" if bots is None else f" AND l.bot IN ({', '.join('?' for _ in bots)})"
    found = await rows(f"SELECT MIN(l.{column}) AS since {source}{here}", *values, *(bots or ()))
    return within.moment(found[0]["since"])
