"""Reads for receiving: whose chat this is, and what waits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.domain.people import YoungPerson
from models.tables.consent import Joining, Link
from models.tables.fields import instant, micros
from models.transactions import Scoped, reading, rows


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose chat it is: a linked young person, someone on the way in, or (both None) a stranger."""

    person: YoungPerson | None
    joining_id: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """The oldest waiting update of one person (or unlinked chat): what may be processed next there."""

    inbox_id: int
    bot: str
    queue: str
    municipality_id: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits, and since when; for readiness and metrics. Counts only."""

    waiting: int
    oldest_at: int | None


@reading
async def owner(scope: Scoped, *, bot: str, chat_index: str) -> Owner:
    """Whose chat this is. The scope is the whole house: a chat is known before its municipality is."""
    link = await Link.filter(bot=bot, chat_index=chat_index).exclude(state="closed").first()
    if link is not None:
        person = YoungPerson(
            municipality_id=link.municipality_id,
            person_id=link.person_id,
            link_id=link.id,
            bot=bot,
            chat_index=chat_index,
            language=link.language,
            confirmed=link.confirmed_at is not None,
        )
        return Owner(person, None)
    joining = await Joining.get_or_none(bot=bot, chat_index=chat_index)
    return Owner(None, joining.id if joining else None)


_HEADS = (
    "SELECT i.id, i.bot, i.chat_index, i.person_id, i.municipality_id, i.received_at FROM inbox_update i JOIN ("
    "SELECT MIN(id) AS id FROM inbox_update WHERE state = 'new' AND {which} "
    "GROUP BY COALESCE(person_id, bot || ':' || chat_index)) h ON h.id = i.id ORDER BY i.id LIMIT ?"
)


@reading
async def heads(scope: Scoped, *, bots: Collection[str], limit: int = 64) -> list[Head]:
    """The oldest waiting update of every queue of these bots, oldest first: nobody's flood hides somebody else's
    message, and what came for a bot that is no longer here stands in nobody's way."""
    if not bots:
        return []
    places = ", ".join("?" for _ in bots)
    # Only placeholders are put in, one per bot.
    return [_head(row) for row in await rows(_HEADS.format(which=f"bot IN ({places})"), *bots, limit)]


@reading
async def head_before(scope: Scoped, inbox_id: int, *, bots: Collection[str]) -> Head | None:
    """The oldest waiting update of the queue that this one stands in (itself, or one before it); None when it waits no
    longer."""
    mine = await rows("SELECT person_id, bot, chat_index FROM inbox_update WHERE id = ? AND state = 'new'", inbox_id)
    if not mine:
        return None
    if mine[0]["person_id"] is not None:
        which, values = "person_id = ?", [mine[0]["person_id"]]
    else:
        which, values = "person_id IS NULL AND bot = ? AND chat_index = ?", [mine[0]["bot"], mine[0]["chat_index"]]
    places = ", ".join("?" for _ in bots)
    found = await rows(_HEADS.format(which=f"{which} AND bot IN ({places})"), *values, *bots, 1)
    return _head(found[0]) if found else None


def _head(row: dict[str, Any]) -> Head:
    queue = row["person_id"] or f"{row['bot']}:{row['chat_index']}"
    return Head(row["id"], row["bot"], queue, row["municipality_id"], instant(row["received_at"]))


@reading
async def in_hand(scope: Scoped, *, bots: Collection[str], now: datetime) -> bool:
    """Whether anything of these bots waits that could go on now, or is being worked on."""
    places = ", ".join("?" for _ in bots)
    found = await rows(
        # Only placeholders are put in, one per bot.
        f"SELECT EXISTS (SELECT 1 FROM inbox_update WHERE state = 'new' AND bot IN ({places})) "  # noqa: S608
        f"OR EXISTS (SELECT 1 FROM letter l WHERE l.bot IN ({places}) AND (l.state = 'sending' "
        "OR l.state IN ('queued', 'waiting') AND l.next_at <= ? AND NOT EXISTS (SELECT 1 FROM bot_state b "
        "WHERE b.bot = l.bot AND b.frozen_until > ?) AND (NOT l.in_conversation OR l.letter_class = 'crisis' "
        "OR NOT EXISTS (SELECT 1 FROM letter e WHERE e.bot = l.bot AND e.chat_index = l.chat_index "
        "AND e.in_conversation AND e.id < l.id AND e.state = 'waiting' AND e.next_at > ? "
        "AND (e.undo_until IS NULL OR e.undo_until <= ?))))) AS busy",
        *bots, *bots, micros(now), micros(now), micros(now), micros(now),
    )  # fmt: skip
    return bool(found[0]["busy"])


@reading
async def depth(scope: Scoped, *, now: datetime) -> dict[str, Depth]:
    """What waits in the inbox and in the outbox (letters due since a moment)."""
    inbox = (await rows("SELECT COUNT(*) AS n, MIN(received_at) AS at FROM inbox_update WHERE state = 'new'"))[0]
    outbox = (
        await rows(
            "SELECT COUNT(*) AS n, MIN(next_at) AS at FROM letter WHERE state IN ('queued', 'waiting') AND next_at <= ?"
            " AND bot IN (SELECT bot FROM bot_state)",
            micros(now),
        )
    )[0]
    return {"inbox": Depth(int(inbox["n"]), inbox["at"]), "outbox": Depth(int(outbox["n"]), outbox["at"])}
