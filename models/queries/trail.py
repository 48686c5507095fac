"""The trail as an administrator reads it: who, what, when. Of a young person no more than the reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.domain.errors import NotFound
from models.domain.localtime import day_bounds
from models.domain.staff import Viewer, may
from models.queries import within
from models.tables.audit import BY_STAFF, TrailEntry, TrailSeal
from models.tables.register import Person
from models.transactions import reading

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One view or deed. `who` is a member of staff, else "". `reference`: about which young person;
    `colleague`: about which member of staff.
    """

    entry_id: int
    at: datetime
    actor: str
    who: str
    deed: str
    reference: str
    colleague: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the trail, newest first; cursors of the pages beside it, 0 where there is none."""

    entries: tuple[Entry, ...]
    earlier: int
    later: int
    staff: tuple[tuple[str, str], ...]
    sealed_at: datetime | None
    sealed: int


@reading
async def trail(
    viewer: Viewer, *, before: int = 0, after: int = 0, day: date | None = None, staff_id: str = "", deed: str = "",
    reference: str = "",
) -> Trail:  # fmt: skip
    """The entries of the viewer's municipality, those a filter leaves. `deed`: the noun, like "alert"; `reference`: of
    the young person it was about. `before` and `after` are ids. Raises NotFound for whoever may not read it.
    """
    if viewer.municipality_id is None or not may(viewer.role, "audit.read"):
        raise NotFound
    found = TrailEntry.filter(municipality_id=viewer.municipality_id)
    if day is not None:
        begins, ends = day_bounds(day)
        found = found.filter(at__gte=begins, at__lt=ends)
    if staff_id:
        found = found.filter(actor__in=list(BY_STAFF), actor_id=staff_id)
    if deed:
        found = found.filter(deed__startswith=f"{deed}.")
    if reference:
        theirs = Person.filter(municipality_id=viewer.municipality_id, reference__iexact=reference)
        found = found.filter(person_id__in=list(await theirs.values_list("id", flat=True)))
    if after:
        rows = list(reversed(await found.filter(id__gt=after).order_by("id").limit(PAGE + 1)))
        more_later, rows = len(rows) > PAGE, rows[-PAGE:]
        more_earlier = True
    else:
        page = found.filter(id__lt=before) if before else found
        rows = await page.order_by("-id").limit(PAGE + 1)
        more_earlier, rows = len(rows) > PAGE, rows[:PAGE]
        more_later = bool(before)
    names = await within.staff_names(viewer)
    people = {
        str(key): str(reference)
        for key, reference in await Person.filter(
            municipality_id=viewer.municipality_id, id__in={row.person_id for row in rows if row.person_id}
        ).values_list("id", "reference")
    }
    seal = await TrailSeal.filter(municipality_id=viewer.municipality_id).order_by("-id").first()
    return Trail(
        tuple(
            Entry(
                row.id, row.at, row.actor, names.get(row.actor_id, "") if row.actor in BY_STAFF else "", row.deed,
                people.get(row.person_id, "–") if row.person_id else "", names.get(row.about, ""),
            )
            for row in rows
        ),
        rows[-1].id if rows and more_earlier else 0,
        rows[0].id if rows and more_later else 0,
        tuple(sorted(names.items(), key=lambda one: within.danish_order(one[1]))),
        seal.at if seal else None,
        seal.last_entry if seal else 0,
    )  # fmt: skip
