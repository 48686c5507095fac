"""The duty plan as it stands: weeks with who holds the duty, and the working days nobody has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.domain import promises
from models.domain.duty import AHEAD, gaps, week_of, working_days
from models.domain.errors import NotFound
from models.domain.holidays import name
from models.domain.localtime import local_date
from models.domain.promises import OpeningHours, window
from models.domain.staff import Role, Viewer, may, sees_people
from models.queries import within
from models.tables.register import Municipality
from models.tables.staff import Absence, DutyDay, Staff
from models.transactions import reading

WEEKS = 4


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the plan. `open`: the office opens; `closed_for`: what the day is called, else "". `over`: past."""

    day: date
    open: bool
    holiday: str
    over: bool
    holder: str
    stand_in: str
    covered: bool


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody of the desk who is away, from now on or from a day to come: both days included."""

    absence_id: str
    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Plan:
    """Four weeks from a Monday, who may hold the duty (id and name), the gaps of the next 28 days, and who is away;
    `desk` is everybody who can be (id and name)."""

    monday: date
    weeks: tuple[tuple[Day, ...], ...]
    people: tuple[tuple[str, str], ...]
    standing: tuple[str, ...]
    gaps: tuple[date, ...]
    desk: tuple[tuple[str, str], ...]
    away: tuple[Away, ...]


@reading
async def plan(viewer: Viewer, first: date | None, language: str, *, now: datetime) -> Plan:
    """The plan from the week of `first` on, else from that of the next working day: a week that is over is of no use.
    Raises NotFound for whoever runs no municipality."""
    if viewer.municipality_id is None or not may(viewer.role, "duty.administer"):
        raise NotFound
    today = local_date(now)
    hours = await hours_of(viewer)
    monday = week_of(first or next(iter(working_days(today, AHEAD, hours)), today))
    until = max(monday + timedelta(days=7 * WEEKS), today + timedelta(days=AHEAD))
    rows = await DutyDay.filter(
        municipality_id=viewer.municipality_id, day__gte=min(monday, today), day__lt=until
    ).order_by("day", "rank")
    planned: dict[date, dict[int, str]] = {}
    for row in rows:
        planned.setdefault(row.day, {})[row.rank] = row.staff_id
    staff = await Staff.filter(municipality_id=viewer.municipality_id, active=True)
    people = [row for row in staff if sees_people(Role(row.role))]
    standing = [row for row in staff if row.duty_holder]
    absences = await Absence.filter(municipality_id=viewer.municipality_id, last_day__gte=min(monday, today)).order_by(
        "first_day", "last_day", "id"
    )
    away = [promises.Absence(row.staff_id, row.first_day, row.last_day) for row in absences]
    order = {day: [ranks[rank] for rank in sorted(ranks)] for day, ranks in planned.items()}
    names, always = {row.id: row.name for row in staff}, [row.id for row in standing]
    active = set(names)
    shown = [monday + timedelta(days=ahead) for ahead in range(7 * WEEKS)]
    open_days = [day for day in shown if window(day, hours) is not None]
    missing = set(gaps(open_days, order, always, active, away))
    days = [
        Day(
            day, window(day, hours) is not None, name(day, language) or "", day < today,
            planned.get(day, {}).get(0, ""), planned.get(day, {}).get(1, ""), day not in missing,
        )
        for day in shown
    ]  # fmt: skip
    return Plan(
        monday,
        tuple(tuple(days[index : index + 7]) for index in range(0, len(days), 7)),
        _named(people),
        tuple(row.name for row in standing),
        tuple(gaps(working_days(today, AHEAD, hours), order, always, active, away)),
        _named(staff),
        tuple(
            Away(row.id, names[row.staff_id], row.first_day, row.last_day)
            for row in absences
            if row.last_day >= today and row.staff_id in names
        ),
    )


def _named(staff: list[Staff]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((row.id, row.name) for row in staff), key=lambda one: within.danish_order(one[1])))


@reading
async def missing_days(viewer: Viewer, *, now: datetime) -> int:
    """How many working days of the next 28 nobody has the duty on."""
    return len((await plan(viewer, None, "da", now=now)).gaps)


@reading
async def hours_of(viewer: Viewer) -> OpeningHours:
    """The opening hours of the viewer's municipality. Raises NotFound for whoever belongs to none."""
    if viewer.municipality_id is None:
        raise NotFound
    row = await Municipality.get(id=viewer.municipality_id)
    weekly = row.settings.get("opening_hours") or OpeningHours.DEFAULT.to_plain()["weekly"]
    return OpeningHours.from_plain({"weekly": weekly, "closed": row.settings.get("closed", [])})
