"""What retention deletes next: counts for who runs the municipality, names for who may know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.domain.errors import NotAllowed
from models.domain.localtime import local_date
from models.domain.municipality import SAID_BEFORE, kept_days
from models.domain.staff import Viewer, may, sees_whole_municipality
from models.queries import within
from models.tables.inbox import InboxUpdate
from models.tables.register import Municipality, Person
from models.tables.retention_reach import Going, going
from models.tables.staff import StaffNotice
from models.transactions import reading

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Preview:
    """How much goes next. People: within thirty days, the first day, and how many are held back by what waits. Updates
    and notices: within a week.
    """

    people: int
    first: date | None
    undecided: int
    busy: int
    updates: int
    notices: int


@dataclass(frozen=True, slots=True)
class Leaves:
    """Somebody who is deleted by itself, from which day, and whether something holds that back."""

    person_id: str
    name: str
    on: date
    undecided: bool
    busy: bool


@reading
async def preview(viewer: Viewer, *, now: datetime) -> Preview:
    """How much of the viewer's municipality goes next. Nobody is named. Raises NotAllowed for roles that may not."""
    if viewer.municipality_id is None or not may(viewer.role, "retention.administer"):
        raise NotAllowed
    found = await going(viewer.municipality_id, local_date(now + SAID_BEFORE))
    ready = [one for one in found if not one.held]
    settings = (await Municipality.get(id=viewer.municipality_id)).settings
    ends = {kind: now + _WEEK - timedelta(days=kept_days(settings, kind)) for kind in ("updates", "notices")}
    here = {"municipality_id": viewer.municipality_id}
    return Preview(
        people=len(ready), first=max(ready[0].on, local_date(now)) if ready else None,
        undecided=sum(one.undecided for one in found), busy=sum(one.busy and not one.undecided for one in found),
        updates=await InboxUpdate.filter(**here, state="done", received_at__lt=ends["updates"]).count(),
        notices=await StaffNotice.filter(**here, settled_at__lt=ends["notices"]).count(),
    )  # fmt: skip


@reading
async def leaves(viewer: Viewer, *, now: datetime) -> list[Leaves]:
    """For a coordinator: who is deleted by itself within thirty days, and who would be but for what waits."""
    found = await _going(viewer, now)
    vaults = await within.opened(viewer, [one.person_id for one in found])
    people = {row.id: row for row in await Person.filter(id__in=[one.person_id for one in found] or [""])}
    return [
        Leaves(
            one.person_id,
            within.name_of(vaults[one.person_id], one.person_id, people[one.person_id].name_sealed),
            max(one.on, local_date(now)), one.undecided, one.busy,
        )
        for one in found
        if one.person_id in vaults and one.person_id in people
    ]  # fmt: skip


@reading
async def soon(viewer: Viewer, *, now: datetime) -> int:
    """How many are deleted by themselves within thirty days, for a coordinator; 0 for everybody else."""
    return sum(not one.held for one in await _going(viewer, now))


async def _going(viewer: Viewer, now: datetime) -> list[Going]:
    if viewer.municipality_id is None or not sees_whole_municipality(viewer.role):
        return []
    return await going(viewer.municipality_id, local_date(now + SAID_BEFORE))
