"""Reads across the house: which municipalities there are. For the command line and the demo."""

from __future__ import annotations

from models.tables.register import Municipality
from models.transactions import Scoped, reading


@reading
async def municipality_by_slug(scope: Scoped, slug: str) -> str | None:
    """The id of a municipality by its slug, or None."""
    row = await Municipality.get_or_none(slug=slug)
    return row.id if row else None


@reading
async def municipalities(scope: Scoped) -> list[tuple[str, str]]:
    """Every municipality as (slug, id), by slug."""
    return [(row.slug, row.id) for row in await Municipality.all().order_by("slug")]
