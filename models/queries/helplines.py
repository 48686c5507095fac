"""Helplines: a municipality's with the day each was checked; every own line, for when the database is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.errors import NotFound
from models.domain.helplines import MUNICIPAL, Helpline, Region, Shown, lines_of, region_for, shown
from models.domain.localtime import local_date
from models.domain.municipality import mark
from models.domain.staff import Viewer, may
from models.tables.register import Municipality
from models.transactions import Scope, reading


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines people in a municipality are shown, in that order; `own` is the municipality's, where it has one, and
    `seen` the mark of what a form about it shows."""

    region: str
    shown: tuple[Shown, ...]
    verified: frozenset[str]
    own: Helpline | None
    seen: str


@reading
async def lines(viewer: Viewer, *, now: datetime) -> Lines:
    """What people in the viewer's municipality are shown now. Raises NotFound for whoever runs none."""
    if viewer.municipality_id is None or not may(viewer.role, "helplines.administer"):
        raise NotFound
    row = await Municipality.get(id=viewer.municipality_id)
    region = row.region or region_for(row.slug)
    found = lines_of(row.name, row.emergency_phone, row.settings)
    return Lines(
        region=str(region or ""),
        shown=tuple(shown(now, Region(region) if region in set(Region) else None, found)),
        verified=frozenset(line.key for line in found if line.verified_on(local_date(now))),
        own=next((line for line in found if line.key == MUNICIPAL), None),
        seen=mark("own_line", [row.emergency_phone], row.settings),
    )


@reading
async def own_lines(scope: Scope) -> list[Helpline]:
    """Every municipality's own line, by its name: without a database nobody knows whose chat it is."""
    found = []
    for row in await Municipality.all().order_by("name"):
        found += [line for line in lines_of(row.name, row.emergency_phone, row.settings) if line.key == MUNICIPAL]
    return found
