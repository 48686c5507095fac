"""Reads for receiving: whose chat this is, and what waits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from models.domain.people import YoungPerson
from models.tables.consent import Joining, Link
from models.tables.fields import micros
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


@reading
async def heads(scope: Scoped, *, bots: Collection[str], limit: int = 64) -> list[Head]:
    """The oldest waiting update of every queue of these bots, oldest first: nobody's flood hides somebody else's
    message, and what came for a bot that is no longer here stands in nobody's way."""
    if not bots:
        return []
    places = ", ".join("?" for _ in bots)
    found = await rows(
        # Only placeholders are put in, one per bot.
        "SELECT i.id, i.bot, i.chat_index, i.person_id, i.municipality_id FROM inbox_update i JOIN ("  # noqa: S608
        f"SELECT MIN(id) AS id FROM inbox_update WHERE state = 'new' AND bot IN ({places}) "
        "GROUP BY COALESCE(person_id, bot || ':' || chat_index)) h ON h.id = i.id ORDER BY i.id LIMIT ?",
        *bots,
        limit,
    )
    return [
        Head(row["id"], row["bot"], row["person_id"] or f"{row['bot']}:{row['chat_index']}", row["municipality_id"])
        for row in found
    ]


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
