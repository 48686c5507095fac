"""Reads across the house: which municipalities there are. For the command line and the demo."""

from __future__ import annotations

from models.tables.register import Municipality
from models.transactions import Scoped, reading, rows


@reading
async def municipality_by_slug(scope: Scoped, slug: str) -> str | None:
    """The id of a municipality by its slug, or None."""
    row = await Municipality.get_or_none(slug=slug)
    return row.id if row else None


@reading
async def municipality_called(scope: Scoped, name: str) -> str | None:
    """The id of a municipality by slug or name, with or without the word Kommune; None for none or several."""
    wanted = _plain(name)
    found = [row.id for row in await Municipality.all() if wanted in {_plain(row.slug), _plain(row.name)}]
    return found[0] if len(found) == 1 else None


def _plain(name: str) -> str:
    return name.casefold().removesuffix("kommune").strip()


@reading
async def municipalities(scope: Scoped) -> list[tuple[str, str]]:
    """Every municipality as (slug, id), by slug."""
    return [(row.slug, row.id) for row in await Municipality.all().order_by("slug")]


@reading
async def bot_username(scope: Scoped, bot: str) -> str:
    """The name by which a bot introduced itself, for invitation links; empty while it has not."""
    found = await rows("SELECT username FROM bot_state WHERE bot = ?", bot)
    return str(found[0]["username"]) if found else ""


@reading
async def bots(scope: Scoped) -> list[str]:
    """The names of the bots that have introduced themselves, in order."""
    return [str(row["bot"]) for row in await rows("SELECT bot FROM bot_state ORDER BY bot")]
