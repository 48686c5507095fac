"""Staff: accounts, sign-in, sessions."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models import crypto
from models.actions import trail
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.staff import Role, Viewer, password_problems
from models.tables.api import ApiToken
from models.tables.keys import ring
from models.tables.register import Municipality
from models.tables.staff import Absence, SignInAttempt, SignInLink, Staff, StaffSession
from models.transactions import HOUSE, Scope, Scoped, alone, atomic, reading

T = TypeVar("T")

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_LINK_LIVES = timedelta(hours=24)
_WRONG_PER_ACCOUNT = 10
_WRONG_PER_ADDRESS = 30
_WINDOW = timedelta(minutes=15)
_hasher = PasswordHasher()
#: Two hashes at a time (64 MiB each), in threads of their own: a flood of passwords takes nobody else's. Its queue does
#: what a semaphore would, and belongs to no event loop; who goes away while waiting leaves it.
_slow = ThreadPoolExecutor(2, thread_name_prefix="argon2")
#: Verified against when nobody has that address, so that known and unknown take the same time.
_NOBODY = _hasher.hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the token exists only here and in the browser's cookie."""

    token: str
    viewer: Viewer
    expires_at: datetime


@atomic
async def add(
    scope: Scoped, *, email: str, name: str, role: Role, language: str = "da", duty_holder: bool = False,
    password_hash: str = "", now: datetime,
) -> str:  # fmt: skip
    """Add a member of staff (municipality from the scope; the national board and evaluators have none)."""
    row = await Staff.create(
        municipality_id=None if scope.municipality_id in {"*", None} else scope.municipality_id,
        email=email.strip().lower(),
        name=name,
        first_name=name.split(maxsplit=1)[0],
        role=role.value,
        language=language,
        duty_holder=duty_holder,
        password_hash=password_hash,
        created_at=now,
    )
    return row.id


@atomic
async def make_sign_in_link(scope: Scoped, staff_id: str, *, now: datetime) -> str:
    """A one-time link token (24 hours) with which a member of staff chooses a password."""
    staff = await _account(scope, staff_id)
    token = secrets.token_urlsafe(32)
    await SignInLink.create(
        token_hash=crypto.token_hash(token), staff_id=staff.id, created_at=now, expires_at=now + _LINK_LIVES
    )
    return token


def hash_password(password: str) -> str:
    """Argon2id with current parameters. Slow by design: call it off the event loop."""
    return _hasher.hash(password)


def off_the_loop(work: Callable[..., T], *values: object) -> Awaitable[T]:
    """Do slow sums in the two threads kept for them: passwords never crowd out anything else that needs a thread."""
    return asyncio.get_running_loop().run_in_executor(_slow, work, *values)


async def choose_password(token: str, password: str, *, now: datetime) -> SignedIn:
    """Use a one-time link: set the password and sign in. Raises NotFound for a dead link, Invalid by problem."""
    staff = await _peek_link(HOUSE, token, now=now)
    municipality = await _municipality_name(HOUSE, staff.municipality_id)
    problems = password_problems(password, email=staff.email, name=staff.name, municipality=municipality)
    if problems:
        raise Invalid(problems[0], "password")
    hashed = await off_the_loop(hash_password, password)
    return await _set_password(HOUSE, token, hashed, now=now)


async def sign_in(email: str, password: str, *, address: str, real_now: datetime) -> SignedIn | None:
    """Sign in; None for a wrong address or password, with the same time and no word which.

    Raises NotAllowed("too_many_attempts") after too many wrong tries for the account or the address within 15 minutes.
    A try counts as wrong until it has proved right, so that many at once are no more than many in a row.
    """
    tried = await _try(
        HOUSE, account=_attempt("account", email.strip().lower()), address=_attempt("address", address), now=real_now
    )
    if not tried:
        raise NotAllowed("too_many_attempts")
    staff = await _by_email(HOUSE, email.strip().lower())
    stored = staff.password_hash if staff and staff.active and staff.password_hash else _NOBODY
    right = await off_the_loop(_verify, stored, password)
    if not right or staff is None or stored is _NOBODY:
        return None
    return await _proved_right(HOUSE, staff.id, tried, now=real_now)


@atomic
async def open_session(scope: Scoped, staff_id: str, *, now: datetime) -> SignedIn:
    """Open a session without a password: only for the demo's switch between personas and for tests."""
    return await _open_session(scope, staff_id, now=now)


@reading
async def resume(scope: Scoped, token: str, *, real_now: datetime, touch: bool = True) -> Viewer | None:
    """Whose session this is; None when it has ended, idled out, or the account is closed.

    Kept alive by it, unless `touch` is false: what a page asks for by itself is no sign of a human. Only that takes a
    write, at most once a minute.
    """
    session = await StaffSession.get_or_none(token_hash=crypto.token_hash(token))
    if session is None or session.ended_at is not None or session.expires_at <= real_now:
        return None
    if session.seen_at + IDLE <= real_now:
        return None
    staff = await Staff.get_or_none(id=session.staff_id, active=True)
    if staff is None:
        return None
    if touch and real_now - session.seen_at > timedelta(minutes=1):
        await _touch(scope, session.token_hash, now=real_now)
    return viewer_of(staff)


@atomic
async def sign_out(scope: Scoped, token: str, *, real_now: datetime) -> None:
    """End a session; its cookie is worth nothing from now on."""
    await StaffSession.filter(token_hash=crypto.token_hash(token), ended_at=None).update(ended_at=real_now)


@atomic
async def sign_out_everywhere(viewer: Viewer, *, now: datetime, real_now: datetime) -> None:
    """End every session of this member of staff, the one that asks among them."""
    await StaffSession.filter(staff_id=viewer.staff_id, ended_at=None).update(ended_at=real_now)
    await trail.record(viewer, "staff.sign_out_all", now=now)


@atomic
async def change(
    scope: Scoped,
    staff_id: str,
    *,
    role: Role | None = None,
    active: bool | None = None,
    now: datetime,
    real_now: datetime,
) -> None:
    """Change what somebody may do, or close their account. All their sessions and tokens end. Raises NotFound
    elsewhere."""
    staff = await _account(scope, staff_id)
    staff.role = staff.role if role is None else role.value
    staff.active = staff.active if active is None else active
    await staff.save(update_fields=["role", "active"])
    await StaffSession.filter(staff_id=staff.id, ended_at=None).update(ended_at=real_now)
    await ApiToken.filter(staff_id=staff.id, revoked_at=None).update(revoked_at=real_now)
    await trail.record(scope, "staff.change", about=staff.id, now=now)


@atomic
async def set_language(scope: Scoped, staff_id: str, language: str) -> None:
    """The language of the desk for this member of staff; one without a municipality needs the whole house."""
    staff = await _account(scope, staff_id)
    staff.language = language if language in {"da", "en"} else "da"
    await staff.save(update_fields=["language"])


@atomic
async def be_absent(viewer: Viewer, first_day: date, last_day: date, *, now: datetime) -> None:
    """Days on which the substitute or the duty holder answers. Raises Invalid when they are in reverse."""
    if last_day < first_day:
        raise Invalid("dates_order", "last_day")
    await Absence.create(
        municipality_id=viewer.municipality_id, staff_id=viewer.staff_id, first_day=first_day, last_day=last_day
    )
    await trail.record(viewer, "staff.absent", now=now)


@atomic
async def forget(scope: Scoped, *, real_now: datetime) -> int:
    """Drop wrong attempts after a day and sessions a week after their end."""
    attempts = await SignInAttempt.filter(at__lt=real_now - timedelta(days=1)).delete()
    return attempts + await StaffSession.filter(expires_at__lt=real_now - timedelta(days=7)).delete()


def viewer_of(staff: Staff) -> Viewer:
    """A member of staff as the viewer every deed and view is scoped by."""
    return Viewer(staff.id, staff.municipality_id, Role(staff.role), staff.name)


@atomic
async def _touch(scope: Scoped, token_hash: str, *, now: datetime) -> None:
    await StaffSession.filter(token_hash=token_hash, ended_at=None).update(seen_at=now)


@atomic
async def _peek_link(scope: Scoped, token: str, *, now: datetime) -> Staff:
    link = await SignInLink.get_or_none(token_hash=crypto.token_hash(token), used_at=None)
    if link is None or link.expires_at <= now:
        raise NotFound
    return await _account(scope, link.staff_id, active=True)


async def _account(scope: Scoped, staff_id: str, **where: object) -> Staff:
    found = Staff.filter(id=staff_id, **where)
    if scope.municipality_id != "*":
        found = found.filter(municipality_id=scope.municipality_id)
    staff = await found.first()
    if staff is None:
        raise NotFound
    return staff


@atomic
async def _municipality_name(scope: Scoped, municipality_id: str | None) -> str:
    row = await Municipality.get_or_none(id=municipality_id) if municipality_id else None
    return row.name if row else ""


@atomic
async def _set_password(scope: Scoped, token: str, hashed: str, *, now: datetime) -> SignedIn:
    staff = await _peek_link(scope, token, now=now)
    used = await SignInLink.filter(token_hash=crypto.token_hash(token), used_at=None).update(used_at=now)
    if used == 0:
        raise NotFound
    await Staff.filter(id=staff.id).update(password_hash=hashed)
    await StaffSession.filter(staff_id=staff.id, ended_at=None).update(ended_at=now)
    return await _open_session(scope, staff.id, now=now)


@atomic
async def _by_email(scope: Scoped, email: str) -> Staff | None:
    return await Staff.get_or_none(email=email)


@atomic
async def _try(scope: Scoped, *, account: str, address: str, now: datetime) -> list[int]:
    """Write down a try at both; the ids of its rows, none when there were too many before it."""
    for subject in sorted((account, address)):  # in one order, so that no two tries wait for each other
        await alone("sign-in", subject)
    since = now - _WINDOW
    for subject, most in ((account, _WRONG_PER_ACCOUNT), (address, _WRONG_PER_ADDRESS)):
        if await SignInAttempt.filter(subject=subject, at__gt=since).count() >= most:
            return []
    return [(await SignInAttempt.create(subject=subject, at=now)).id for subject in (account, address)]


@atomic
async def _proved_right(scope: Scoped, staff_id: str, tried: list[int], *, now: datetime) -> SignedIn:
    await SignInAttempt.filter(id__in=tried).delete()
    return await _open_session(scope, staff_id, now=now)


@atomic
async def _open_session(scope: Scoped, staff_id: str, *, now: datetime) -> SignedIn:
    staff = await Staff.get(id=staff_id, active=True)
    token = secrets.token_urlsafe(32)
    await StaffSession.create(
        token_hash=crypto.token_hash(token), staff_id=staff.id, created_at=now, seen_at=now, expires_at=now + LONGEST
    )
    if staff.municipality_id:
        await trail.record(Scope(staff.municipality_id), "staff.sign_in", about=staff.id, now=now)
    return SignedIn(token, viewer_of(staff), now + LONGEST)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _attempt(kind: str, value: str) -> str:
    return crypto.blind(ring().index, "attempt", kind, value).hex()
