"""Who is on the desk: the account behind a session, colleagues, absences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from models.domain.errors import NotFound
from models.domain.localtime import local_date
from models.domain.staff import Role, Viewer, may
from models.queries import within
from models.tables.reach import on_duty
from models.tables.register import Municipality, Person
from models.tables.staff import Absence, Staff, StaffSession
from models.transactions import Scoped, reading


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame of every page shows of the viewer."""

    language: str
    municipality: str


@dataclass(frozen=True, slots=True)
class Own:
    """A member of staff's own account. `sessions` counts the browsers signed in now, this one among them."""

    email: str
    name: str
    language: str
    duty_holder: bool
    sessions: int
    hello: str
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
    staff = await Staff.get(id=staff_id).only("id", "language", "municipality_id")
    here = await Municipality.get(id=staff.municipality_id).only("id", "name") if staff.municipality_id else None
    return Frame(staff.language, here.name if here else "")


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
    order = await on_duty(viewer.municipality_id, now)
    if not order:
        return Duty("", away=False)
    today = local_date(now)
    away = await Absence.exists(staff_id=order[0].id, first_day__lte=today, last_day__gte=today)
    return Duty(order[0].name, away=away)


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff as an administrator sees them. `people`: how many young people they have, as a count."""

    staff_id: str
    name: str
    email: str
    role: Role
    duty_holder: bool
    active: bool
    has_password: bool
    sessions: int
    people: int
    covers: int


@reading
async def roster(viewer: Viewer, *, real_now: datetime) -> list[Account]:
    """Everybody on the desk of the viewer's municipality, closed accounts last. Raises NotFound for whoever does not
    run it.
    """
    if viewer.municipality_id is None or not may(viewer.role, "staff.administer"):
        raise NotFound
    found = await Staff.filter(municipality_id=viewer.municipality_id)
    here = [row.id for row in found]
    open_now = StaffSession.filter(staff_id__in=here, ended_at=None, expires_at__gt=real_now)
    sessions = Counter(str(key) for key in await open_now.values_list("staff_id", flat=True))
    theirs = await Person.filter(
        municipality_id=viewer.municipality_id, erased_at=None, moved_at=None, left_on=None
    ).values_list("caseworker_id", "substitute_id")
    people, covers = Counter(row[0] for row in theirs), Counter(row[1] for row in theirs)
    accounts = [
        Account(
            row.id, row.name, row.email, Role(row.role), row.duty_holder, row.active, bool(row.password_hash),
            sessions[row.id], people[row.id], covers[row.id],
        )
        for row in found
    ]  # fmt: skip
    return sorted(accounts, key=lambda one: (not one.active, within.danish_order(one.name)))


@reading
async def account(viewer: Viewer, staff_id: str, *, real_now: datetime) -> Account:
    """One of them. Raises NotFound elsewhere."""
    found = next((one for one in await roster(viewer, real_now=real_now) if one.staff_id == staff_id), None)
    if found is None:
        raise NotFound
    return found
