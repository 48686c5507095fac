"""Who is on the desk: the account behind a session, colleagues, absences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.domain.localtime import local_date
from models.domain.staff import Viewer
from models.tables.register import Municipality
from models.tables.staff import Absence, Staff, StaffSession
from models.transactions import Scoped, reading


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame of every page shows of the viewer."""

    language: str
    municipality: str
    shortcuts: bool


@dataclass(frozen=True, slots=True)
class Own:
    """A member of staff's own account. `sessions` counts the browsers signed in now, this one among them."""

    email: str
    name: str
    language: str
    duty_holder: bool
    sessions: int
    hello: str
    undo_sending: bool
    shortcuts: bool
    absences: tuple[Away, ...]


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody does not answer, both included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody a thread can be handed to."""

    staff_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Who holds the duty of a municipality today. `name` is empty where nobody does."""

    name: str
    away: bool


@reading
async def frame(scope: Scoped, staff_id: str) -> Frame:
    """The language of somebody signed in and the name of their municipality, "" where they have none.

    One without a municipality is found by the whole house only.
    """
    staff = await Staff.get(id=staff_id).only("id", "language", "municipality_id", "shortcuts")
    here = await Municipality.get(id=staff.municipality_id).only("id", "name") if staff.municipality_id else None
    return Frame(staff.language, here.name if here else "", staff.shortcuts)


@reading
async def own(scope: Scoped, staff_id: str, *, now: datetime, real_now: datetime) -> Own:
    """One's own account, with the absences that are not over; found like `frame`."""
    staff = await Staff.get(id=staff_id)
    sessions = await StaffSession.filter(staff_id=staff.id, ended_at=None, expires_at__gt=real_now).count()
    absences = await Absence.filter(staff_id=staff.id, last_day__gte=local_date(now)).order_by("first_day")
    return Own(
        email=staff.email,
        name=staff.name,
        language=staff.language,
        duty_holder=staff.duty_holder,
        sessions=sessions,
        hello=staff.hello,
        undo_sending=staff.undo_sending,
        shortcuts=staff.shortcuts,
        absences=tuple(Away(row.first_day, row.last_day) for row in absences),
    )


@reading
async def colleagues(viewer: Viewer) -> list[Colleague]:
    """The caseworkers and coordinators of the viewer's municipality, the viewer among them, by name."""
    if viewer.municipality_id is None:
        return []
    found = await Staff.filter(
        municipality_id=viewer.municipality_id, active=True, role__in=["caseworker", "coordinator"]
    )
    return sorted((Colleague(row.id, row.name, row.role) for row in found), key=lambda one: one.name.casefold())


@reading
async def duty(viewer: Viewer, *, now: datetime) -> Duty:
    """Who holds the duty today in the viewer's municipality."""
    holder = await Staff.filter(municipality_id=viewer.municipality_id, duty_holder=True, active=True).first()
    if holder is None:
        return Duty("", away=False)
    today = local_date(now)
    away = await Absence.exists(staff_id=holder.id, first_day__lte=today, last_day__gte=today)
    return Duty(holder.name, away=away)
