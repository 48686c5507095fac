"""Opening somebody who is not one's own: it takes a reason, ends by itself, and the coordinator is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.actions import trail
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.register import same_name
from models.domain.staff import Viewer, may
from models.tables.keys import vault, vaults
from models.tables.reach import person_for
from models.tables.register import Opening, Person
from models.transactions import Scoped, atomic

#: A working day: long enough to help somebody who has called, too short to be a habit.
OPEN_FOR = timedelta(hours=8)
SHORTEST_WHY = 10
LONGEST_WHY = 300


@dataclass(frozen=True, slots=True)
class Reached:
    """Who can be looked at now. `anew`: only since the reason was written down; else they could before."""

    person_id: str
    anew: bool


@atomic
async def open_other(viewer: Viewer, who: str, why: str, *, now: datetime) -> Reached:
    """Open the person of the viewer's municipality who has this reference or this whole name.

    The reason is sealed and stands on every coordinator's Today until one has seen it. Whoever is within reach anyway
    is opened without. Raises NotAllowed for roles that may not; Invalid "other_unknown" or "other_several" for `who`,
    "why_too_short" or "why_too_long" for `why`.
    """
    if viewer.municipality_id is None or not may(viewer.role, "people.open_other"):
        raise NotAllowed
    said = " ".join(why.split())
    if not SHORTEST_WHY <= len(said) <= LONGEST_WHY:
        raise Invalid("why_too_short" if len(said) < SHORTEST_WHY else "why_too_long", "why")
    person = await _find(viewer, " ".join(who.split()))
    anew = False
    try:
        await person_for(viewer, person.id)
    except NotFound:
        anew = True
        opening = Opening(
            municipality_id=person.municipality_id, person_id=person.id, staff_id=viewer.staff_id, opened_at=now,
            ends_at=now + OPEN_FOR,
        )  # fmt: skip
        opened = await vault(person.municipality_id, person.id)
        opening.why_sealed = opened.seal("opening", "why", opening.id, said)
        await opening.save()
        await trail.record(viewer, "person.break_glass", person_id=person.id, about=opening.id, now=now)
    return Reached(person.id, anew)


@atomic
async def close_other(viewer: Viewer, person_id: str, *, now: datetime) -> None:
    """Close what one has opened, before it ends by itself; again, and nothing changes. NotFound for who never did."""
    mine = Opening.filter(municipality_id=viewer.municipality_id, person_id=person_id, staff_id=viewer.staff_id)
    if not await mine.exists():
        raise NotFound
    if await mine.filter(closed_at=None).update(closed_at=now):
        await trail.record(viewer, "person.close_glass", person_id=person_id, now=now)


@atomic
async def see_opening(viewer: Viewer, opening_id: str, *, now: datetime) -> None:
    """A coordinator has read why somebody was opened: off everybody's list. Raises NotAllowed, NotFound."""
    if not may(viewer.role, "people.assign"):
        raise NotAllowed
    opening = await Opening.get_or_none(id=opening_id, municipality_id=viewer.municipality_id)
    if opening is None:
        raise NotFound
    if opening.seen_by_id is None:
        opening.seen_by_id = viewer.staff_id
        await opening.save(update_fields=["seen_by_id"])
        await trail.record(viewer, "opening.seen", person_id=opening.person_id, about=opening.id, now=now)


@atomic
async def close_openings(scope: Scoped, *, now: datetime) -> int:
    """Close what has been open for long enough; returns how many."""
    return int(await Opening.filter(closed_at=None, ends_at__lte=now).update(closed_at=now))


async def _find(viewer: Viewer, who: str) -> Person:
    here = Person.filter(municipality_id=viewer.municipality_id, erased_at=None, moved_at=None)
    known = {person.id: person for person in await here}
    for person in known.values():
        if who and person.reference.casefold() == who.casefold():
            return person
    opened = await vaults(viewer.municipality_id or "", list(known))
    same = [
        person
        for key, person in known.items()
        if key in opened and same_name(opened[key].open("person", "name", key, person.name_sealed), who)
    ]
    if len(same) != 1:
        raise Invalid("other_several" if same else "other_unknown", "who")
    return same[0]
