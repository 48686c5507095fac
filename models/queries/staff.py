"""Who is on the desk: the account behind a session, colleagues, absences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from models import crypto
from models.domain import promises
from models.domain.errors import NotFound
from models.domain.localtime import local_date
from models.domain.staff import FRESH, IDLE, Role, Viewer, may
from models.queries import within
from models.tables.reach import duty_order
from models.tables.register import Person
from models.tables.staff import (
    Absence,
    HalfSignIn,
    RecoveryCode,
    SecondFactor,
    Staff,
    StaffSession,
    codes_vault,
    searches_of,
)
from models.transactions import Scoped, reading


@dataclass(frozen=True, slots=True)
class SignedInAt:
    """A browser that is signed in: the two words it is known by, since when, last used, and whether it is this one."""

    session_id: str
    browser: str
    since: datetime
    seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Own:
    """A member of staff's own account. `sessions` are the browsers signed in now, the one used last first.

    `codes_since`: since when an app shows their one-time codes; `codes_left`: how many recovery codes are unused.
    """

    email: str
    name: str
    language: str
    duty_holder: bool
    sessions: tuple[SignedInAt, ...]
    hello: str
    undo_sending: bool
    shortcuts: bool
    absences: tuple[Away, ...]
    has_password: bool
    codes_since: datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody whose password was right. `secret`: what their app needs, when they have none yet."""

    language: str
    email: str
    secret: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proofs:
    """Whether somebody proved lately who they are, and what they could prove it with again."""

    fresh: bool
    password: bool
    code: bool


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody does not answer, both included."""

    absence_id: str
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
async def own(scope: Scoped, staff_id: str, session: str, *, now: datetime, real_now: datetime) -> Own:
    """One's own account, with the absences that are not over; `session`: the token of this
    one. One without a municipality is found by the whole house only."""
    staff = await Staff.get(id=staff_id)
    sessions = StaffSession.filter(
        staff_id=staff.id, ended_at=None, expires_at__gt=real_now, seen_at__gt=real_now - IDLE
    ).order_by("-seen_at", "token_hash")  # fmt: skip
    absences = await Absence.filter(staff_id=staff.id, last_day__gte=local_date(now)).order_by("first_day")
    factor = await SecondFactor.filter(staff_id=staff.id).exclude(confirmed_at=None).first()
    here = crypto.token_hash(session)
    return Own(
        email=staff.email,
        name=staff.name,
        language=staff.language,
        duty_holder=staff.duty_holder,
        sessions=tuple(
            [
                SignedInAt(row.token_hash[:32], row.browser, row.created_at, row.seen_at, row.token_hash == here)
                async for row in sessions
            ]
        ),
        hello=staff.hello,
        undo_sending=staff.undo_sending,
        shortcuts=staff.shortcuts,
        absences=tuple(Away(row.id, row.first_day, row.last_day) for row in absences),
        has_password=bool(staff.password_hash),
        codes_since=factor.confirmed_at if factor else None,
        codes_left=await RecoveryCode.filter(staff_id=staff.id, used_at=None).count(),
    )


@reading
async def searched(viewer: Viewer, session: str, name: str) -> tuple[str, str]:
    """What the viewer searched for in this session, by the name it is kept by, and from where it was looked on; "" for
    what is not kept any more."""
    row = await StaffSession.get_or_none(
        token_hash=crypto.token_hash(session), staff_id=viewer.staff_id, ended_at=None
    )  # fmt: skip
    found = {kept: (words, older) for kept, words, older in searches_of(row)} if row is not None else {}
    return found.get(name, ("", ""))


@reading
async def half_way(scope: Scoped, token: str, *, real_now: datetime) -> HalfWay | None:
    """Who is half signed in with this token; None when that is over."""
    half = await HalfSignIn.get_or_none(token_hash=crypto.token_hash(token))
    staff = await Staff.get_or_none(id=half.staff_id, active=True) if half and half.expires_at > real_now else None
    if staff is None:
        return None
    has_app = await SecondFactor.filter(staff_id=staff.id).exclude(confirmed_at=None).exists()
    return HalfWay(staff.language, staff.email, None if has_app else await _waiting_secret(staff.id))


@reading
async def waiting_app(viewer: Viewer) -> bytes | None:
    """The secret of an app of one's own that waits for its first code."""
    return await _waiting_secret(viewer.staff_id)


@reading
async def proofs(scope: Scoped, staff_id: str, session: str, *, real_now: datetime) -> Proofs:
    """Whether the proof of this session is fresh enough for what is of weight; found like `own`."""
    found = await StaffSession.get_or_none(token_hash=crypto.token_hash(session))
    staff = await Staff.get(id=staff_id)
    return Proofs(
        fresh=found is not None and found.proved_at > real_now - FRESH,
        password=bool(staff.password_hash),
        code=await SecondFactor.filter(staff_id=staff_id).exclude(confirmed_at=None).exists(),
    )


@reading
async def colleagues(viewer: Viewer) -> list[Colleague]:
    """The caseworkers and coordinators of the viewer's municipality, the viewer among them, by name."""
    if viewer.municipality_id is None:
        return []
    found = (await within.desk(viewer)).values()
    here = [one for one in found if one.active and one.role in {Role.CASEWORKER, Role.COORDINATOR}]
    return sorted((Colleague(one.staff_id, one.name, one.role) for one in here), key=lambda one: one.name.casefold())


@reading
async def away(viewer: Viewer, *, now: datetime) -> Mapping[str, date]:
    """Who of the viewer's desk is away today, by id, and up to which day."""
    return await within.absences(viewer, local_date(now))


@reading
async def duty(viewer: Viewer, *, now: datetime) -> Duty:
    """Who holds the duty today in the viewer's municipality."""
    desk, day = await within.desk(viewer), local_date(now)
    last = await within.absences(viewer, day)
    active = {key for key, one in desk.items() if one.active}
    standing = [key for key in active if desk[key].holds_duty]
    away = [promises.Absence(key, day, until) for key, until in last.items()]
    order = await duty_order(viewer.municipality_id, now, sorted(standing), active, away)
    return Duty(desk[order[0]].name, away=order[0] in last) if order else Duty("", away=False)


async def _waiting_secret(staff_id: str) -> bytes | None:
    waiting = await SecondFactor.get_or_none(staff_id=staff_id, confirmed_at=None)
    if waiting is None:
        return None
    return bytes.fromhex(codes_vault().open("second_factor", "secret", waiting.id, waiting.secret_sealed))


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff as an administrator sees them. `people`: how many young people they have, as a count.
    `gets_in`: they have chosen a password, or come in by the municipality's own sign-in."""

    staff_id: str
    name: str
    email: str
    role: Role
    duty_holder: bool
    active: bool
    gets_in: bool
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
            row.id, row.name, row.email, Role(row.role), row.duty_holder, row.active,
            bool(row.password_hash or row.sso_index), sessions[row.id], people[row.id], covers[row.id],
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
