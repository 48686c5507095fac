"""The duty plan: who holds the duty on which day, and who is away. Every working day has somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from models.actions import trail
from models.actions.alerts import hours_of
from models.domain.duty import Planned, repeated, week_of
from models.domain.errors import Invalid, NotFound
from models.domain.localtime import local_date
from models.domain.staff import Role, Viewer, may, sees_people
from models.tables.fields import new_id
from models.tables.staff import Absence, DutyDay, Staff
from models.transactions import alone, atomic

_FURTHEST = timedelta(days=366)


@atomic
async def plan(viewer: Viewer, days: Iterable[Planned], *, now: datetime, stood: Iterable[Planned] = ()) -> int:
    """Write who holds the duty on these days; a day without a holder is emptied. Days that are over stay as they were.

    `stood`: how the days were when they were shown. What was left as it was shown stays as it is by now; raises Invalid
    ("duty_meanwhile", field: the day) for a day that a colleague has planned otherwise since.

    Returns how many days changed. Raises NotFound for whoever runs no municipality, Invalid (field: the day) for
    somebody who answers nobody here, for the same person twice, or more than a year ahead.
    """
    municipality_id = await _mine(viewer)
    today = local_date(now)
    wanted = {one.day: one for one in days if one.day >= today}
    if any(day > today + _FURTHEST for day in wanted):
        raise Invalid("duty_too_far")
    here = await _people(municipality_id)
    for one in wanted.values():
        if not {one.holder, one.stand_in} - {""} <= here or (one.stand_in and one.stand_in == one.holder):
            raise Invalid("duty_who", one.day.isoformat())
        if one.stand_in and not one.holder:
            raise Invalid("duty_who", one.day.isoformat())
    before = await _planned(municipality_id, list(wanted))
    shown = {one.day: one for one in stood}
    changed = [one for day, one in wanted.items() if before.get(day, Planned(day, "")) != one and one != shown.get(day)]
    for one in changed:
        if shown.get(one.day, one) not in {one, before.get(one.day, Planned(one.day, ""))}:
            raise Invalid("duty_meanwhile", one.day.isoformat())
    await _write(municipality_id, changed)
    for one in changed:
        await trail.record(viewer, "duty.plan", about=one.day.isoformat(), now=now)
    return len(changed)


@atomic
async def repeat(viewer: Viewer, monday: date, weeks: int, *, now: datetime) -> int:
    """Plan the following weeks like this one, where nobody has the day yet; returns how many days were planned."""
    municipality_id = await _mine(viewer)
    if not 1 <= weeks <= 26:
        raise Invalid("duty_weeks", "weeks")
    begins = week_of(monday)
    until = min(begins + timedelta(days=6 + 7 * weeks), local_date(now) + _FURTHEST)
    here = await _people(municipality_id)
    week = await _planned(municipality_id, [begins + timedelta(days=ahead) for ahead in range(7)])
    taken = {row.day for row in await DutyDay.filter(municipality_id=municipality_id, day__gt=begins, day__lte=until)}
    hours = await hours_of(municipality_id)
    fresh = [
        Planned(one.day, one.holder, one.stand_in if one.stand_in in here else "")
        for one in repeated(week.values(), until, taken, hours)
        if one.day >= local_date(now) and one.holder in here
    ]
    await _write(municipality_id, fresh)
    if fresh:
        await trail.record(viewer, "duty.repeat", about=begins.isoformat(), now=now)
    return len(fresh)


@atomic
async def away(viewer: Viewer, staff_id: str, first_day: date, last_day: date, *, now: datetime) -> None:
    """A colleague is away, and cannot say so themselves: their substitute or the duty holder answers. Raises NotFound
    for whoever runs no municipality, Invalid for somebody who is not on this desk, for days in reverse, and for days
    that are over. The same days said twice are said once.
    """
    municipality_id = await _mine(viewer)
    if not await Staff.exists(id=staff_id, municipality_id=municipality_id, active=True):
        raise Invalid("absent_who", "colleague")
    if last_day < first_day:
        raise Invalid("dates_order", "last_day")
    if last_day < local_date(now):
        raise Invalid("absence_over", "last_day")
    if await Absence.exists(staff_id=staff_id, first_day=first_day, last_day=last_day):
        return
    await Absence.create(municipality_id=municipality_id, staff_id=staff_id, first_day=first_day, last_day=last_day)
    await trail.record(viewer, "duty.absent", about=staff_id, now=now)


@atomic
async def back(viewer: Viewer, absence_id: str, *, now: datetime) -> bool:
    """Somebody is there after all: an absence of one's own, or of a colleague for whoever runs the municipality. Days
    that are over stay as they were. False where there is none any more, or it is not theirs to end."""
    today = local_date(now)
    absence = await Absence.get_or_none(id=absence_id, municipality_id=viewer.municipality_id, last_day__gte=today)
    if absence is None or not (absence.staff_id == viewer.staff_id or may(viewer.role, "duty.administer")):
        return False
    if absence.first_day < today:
        absence.last_day = today - timedelta(days=1)
        await absence.save(update_fields=["last_day"])
    else:
        await absence.delete()
    await trail.record(viewer, "duty.back", about=absence.staff_id, now=now)
    return True


async def _mine(viewer: Viewer) -> str:
    if viewer.municipality_id is None or not may(viewer.role, "duty.administer"):
        raise NotFound
    await alone("duty", viewer.municipality_id)
    return viewer.municipality_id


async def _people(municipality_id: str) -> set[str]:
    found = await Staff.filter(municipality_id=municipality_id, active=True)
    return {row.id for row in found if sees_people(Role(row.role))}


async def _planned(municipality_id: str, days: list[date]) -> dict[date, Planned]:
    found: dict[date, Planned] = {}
    for row in await DutyDay.filter(municipality_id=municipality_id, day__in=days).order_by("day", "rank"):
        holder = found.get(row.day, Planned(row.day, "")).holder
        found[row.day] = Planned(row.day, row.staff_id) if row.rank == 0 else Planned(row.day, holder, row.staff_id)
    return found


async def _write(municipality_id: str, days: list[Planned]) -> None:
    if not days:
        return
    await DutyDay.filter(municipality_id=municipality_id, day__in=[one.day for one in days]).delete()
    rows = [
        DutyDay(id=new_id(), municipality_id=municipality_id, day=one.day, rank=rank, staff_id=staff_id)
        for one in days
        for rank, staff_id in enumerate((one.holder, one.stand_in))
        if staff_id
    ]
    if rows:
        await DutyDay.bulk_create(rows)
