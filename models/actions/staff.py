"""Staff: accounts, passwords, sign-in, the municipality's own sign-in."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from tortoise.expressions import Q

from models import crypto
from models.actions import trail
from models.actions.staff_attempts import tried, was_right
from models.actions.staff_codes import (
    Enrolled,
    Half,
    begin_app,
    begin_half,
    code_counts,
    confirm_app,
    confirm_first_app,
    enter_code,
    has_codes,
    renew_recovery_codes,
)
from models.actions.staff_sessions import (
    SignedIn,
    end_session,
    keep_search,
    open_session,
    prove,
    resume,
    sign_out,
    sign_out_elsewhere,
    sign_out_everywhere,
    viewer_of,
)
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.localtime import local_date
from models.domain.staff import IDLE, LONGEST, Role, Viewer, password_problems
from models.tables.keys import ring
from models.tables.register import Municipality
from models.tables.staff import (
    Absence,
    HalfSignIn,
    SecondFactor,
    SignInAttempt,
    SignInLink,
    Staff,
    StaffSession,
)
from models.transactions import HOUSE, Scope, Scoped, atomic

T = TypeVar("T")

#: How long a one-time link lives: for a first password, and for another one.
_LINK_LIVES, _RESET_LIVES = timedelta(hours=24), timedelta(minutes=30)
_hasher = PasswordHasher()
#: Two hashes at a time (64 MiB each), in threads of their own: a flood of passwords takes nobody else's. Its queue does
#: what a semaphore would, and belongs to no event loop; who goes away while waiting leaves it.
_slow = ThreadPoolExecutor(2, thread_name_prefix="argon2")
#: Verified against when nobody has that address, so that known and unknown take the same time: the hash of words that
#: were thrown away. Written out, for making one takes a third of a second, in every process that starts.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$SRTJWRapp9as94qbwqRD9A$vk/FXjtTkPt/UWqjbwcgN+Lu+dGar5/EUhTFY8gWJRg"


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
    """A one-time link token with which a member of staff chooses a password; earlier links are worth nothing.

    It lives for 24 hours, and for half an hour where there was a password before. It replaces no one-time code.
    """
    staff = await _account(scope, staff_id)
    token = secrets.token_urlsafe(32)
    await SignInLink.filter(staff_id=staff.id, used_at=None).delete()
    await SignInLink.create(
        token_hash=crypto.token_hash(token), staff_id=staff.id, created_at=now,
        expires_at=now + (_RESET_LIVES if staff.password_hash else _LINK_LIVES),
    )  # fmt: skip
    return token


def hash_password(password: str) -> str:
    """Argon2id with current parameters. Slow by design: call it off the event loop."""
    return _hasher.hash(password)


def off_the_loop(work: Callable[..., T], *values: object) -> Awaitable[T]:
    """Do slow sums in the two threads kept for them: passwords never crowd out anything else that needs a thread."""
    return asyncio.get_running_loop().run_in_executor(_slow, work, *values)


async def choose_password(
    token: str, password: str, *, browser: str = "", demanded: bool = True, now: datetime
) -> SignedIn | Half:
    """Use a one-time link: set the password, and then as `sign_in`. Raises NotFound for a dead link, Invalid by
    problem.
    """
    staff = await _peek_link(HOUSE, token, now=now)
    municipality = await _municipality_name(HOUSE, staff.municipality_id)
    problems = password_problems(password, email=staff.email, name=staff.name, municipality=municipality)
    if problems:
        raise Invalid(problems[0], "password")
    hashed = await off_the_loop(hash_password, password)
    return await _set_password(HOUSE, token, hashed, browser=browser, demanded=demanded, now=now)


async def sign_in(
    email: str, password: str, *, address: str, browser: str = "", known: str = "", back: str = "/",
    demanded: bool = True, real_now: datetime,
) -> SignedIn | Half | None:  # fmt: skip
    """Sign in; None for a wrong address or password, with the same time and no word which.

    Half a sign-in for whoever has an app that shows codes, and, where codes are `demanded`, for everybody.
    Raises NotAllowed("too_many_attempts") after too many wrong tries for the account or the address within 15 minutes.
    A try counts as wrong until it has proved right, so that many at once are no more than many in a row. `known` as in
    `staff_attempts.tried`. A wrong one at somebody's account stands in the trail.
    """
    address_of = email.strip().lower()
    tries = await _try(HOUSE, address_of, address, known, now=real_now)
    staff = await _by_email(HOUSE, address_of)
    stored = staff.password_hash if staff and staff.active and staff.password_hash else _NOBODY
    right = await off_the_loop(_verify, stored, password)
    if not right or staff is None or stored is _NOBODY:
        await _refused(HOUSE, staff, now=real_now)
        return None
    if _hasher.check_needs_rehash(stored):
        await _keep_hash(HOUSE, staff.id, stored, await off_the_loop(hash_password, password))
    return await _password_right(HOUSE, staff.id, tries, browser=browser, back=back, demanded=demanded, now=real_now)


@atomic
async def sign_in_elsewhere(
    scope: Scoped, *, issuer: str, subject: str, email: str, verified: bool, browser: str = "", real_now: datetime
) -> SignedIn:
    """Sign in as the municipality's own sign-in (OpenID Connect) has said. Nobody is added by it.

    At first found by the e-mail, if that is verified; from then on by who they are there, whatever their e-mail
    becomes. Raises NotAllowed: "sso_unverified", "sso_unknown", "sso_other" when the e-mail belongs to another there.
    """
    index = _sso_index(issuer, subject)
    staff = await Staff.get_or_none(sso_index=index)
    if staff is None:
        staff = await Staff.get_or_none(email=email.strip().lower(), active=True) if email else None
        if not verified or not email:
            raise NotAllowed("sso_unverified")
        if staff is not None and staff.sso_index:
            raise NotAllowed("sso_other")
    if staff is None or not staff.active:
        raise NotAllowed("sso_unknown")
    if not staff.sso_index:
        await Staff.filter(id=staff.id).update(sso_index=index)
    return await open_session(scope, staff.id, now=real_now, browser=browser)


@atomic
async def prove_elsewhere(viewer: Viewer, token: str, *, issuer: str, subject: str, real_now: datetime) -> bool:
    """The municipality's own sign-in has said again who sits here: whether it is the one this session belongs to."""
    if not await Staff.exists(id=viewer.staff_id, sso_index=_sso_index(issuer, subject)):
        return False
    await prove(viewer, token, real_now=real_now)
    return True


async def prove_again(viewer: Viewer, token: str, typed: str, *, address: str, real_now: datetime) -> bool:
    """Prove again who one is, with the password or a one-time code: whether it was right.

    A wrong one counts like a wrong one at sign-in; raises NotAllowed("too_many_attempts") likewise.
    """
    staff = await _by_id(HOUSE, viewer.staff_id)
    tries = await _try(HOUSE, staff.email, address, token, now=real_now)
    right = await _code_right(HOUSE, staff.id, typed, real_now=real_now)
    if not right:
        right = await off_the_loop(_verify, staff.password_hash or _NOBODY, typed)
    if right:
        await _proved(HOUSE, token, tries, now=real_now)
    return right


async def change_password(
    viewer: Viewer, token: str, current: str, password: str, *, address: str, now: datetime, real_now: datetime
) -> None:
    """Choose another password; every other session ends. Raises Invalid by problem, "wrong_password" for the current
    one, and NotAllowed("too_many_attempts").
    """
    staff = await _by_id(HOUSE, viewer.staff_id)
    municipality = await _municipality_name(HOUSE, staff.municipality_id)
    tries = await _try(HOUSE, staff.email, address, token, now=real_now)
    if not staff.password_hash or not await off_the_loop(_verify, staff.password_hash, current):
        raise Invalid("wrong_password", "current")
    await _proved(HOUSE, token, tries, now=real_now)
    problems = password_problems(password, email=staff.email, name=staff.name, municipality=municipality)
    if problems:
        raise Invalid(problems[0], "password")
    hashed = await off_the_loop(hash_password, password)
    await _change_hash(HOUSE, viewer, token, hashed, now=now, real_now=real_now)


@atomic
async def set_language(scope: Scoped, staff_id: str, language: str) -> None:
    """The language of the desk for this member of staff; one without a municipality needs the whole house."""
    staff = await _account(scope, staff_id)
    staff.language = language if language in {"da", "en"} else "da"
    await staff.save(update_fields=["language"])


@atomic
async def be_absent(viewer: Viewer, first_day: date, last_day: date, *, now: datetime) -> None:
    """Days on which the substitute or the duty holder answers. Raises Invalid when they are in reverse, or over. The
    same days said twice are said once."""
    if last_day < first_day:
        raise Invalid("dates_order", "last_day")
    if last_day < local_date(now):
        raise Invalid("absence_over", "last_day")
    if await Absence.exists(staff_id=viewer.staff_id, first_day=first_day, last_day=last_day):
        return
    await Absence.create(
        municipality_id=viewer.municipality_id, staff_id=viewer.staff_id, first_day=first_day, last_day=last_day
    )
    await trail.record(viewer, "staff.absent", now=now)


@atomic
async def forget(scope: Scoped, *, real_now: datetime) -> int:
    """Drop wrong attempts and apps never confirmed after a day, half sign-ins, and sessions a week after their end."""
    day_ago = real_now - timedelta(days=1)
    # What was searched for in a session that is over, or that nobody uses any more, goes first.
    unused = StaffSession.filter(Q(ended_at__not_isnull=True) | Q(seen_at__lt=real_now - IDLE))
    await unused.exclude(searches_sealed=None).update(searches_sealed=None)
    attempts = await SignInAttempt.filter(at__lt=day_ago).delete()
    await HalfSignIn.filter(expires_at__lt=real_now).delete()
    await SecondFactor.filter(confirmed_at=None, made_at__lt=day_ago).delete()
    return attempts + await StaffSession.filter(expires_at__lt=real_now - timedelta(days=7)).delete()


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
async def _set_password(
    scope: Scoped, token: str, hashed: str, *, browser: str, demanded: bool, now: datetime
) -> SignedIn | Half:
    staff = await _peek_link(scope, token, now=now)
    used = await SignInLink.filter(token_hash=crypto.token_hash(token), used_at=None).update(used_at=now)
    if used == 0:
        raise NotFound
    await Staff.filter(id=staff.id).update(password_hash=hashed)
    await _out_everywhere(staff.id, now)
    return await _let_in(scope, staff.id, browser=browser, back="/", demanded=demanded, now=now)


@atomic
async def _change_hash(
    scope: Scoped, viewer: Viewer, token: str, hashed: str, *, now: datetime, real_now: datetime
) -> None:
    await Staff.filter(id=viewer.staff_id).update(password_hash=hashed)
    await HalfSignIn.filter(staff_id=viewer.staff_id).delete()
    await trail.record(viewer, "staff.password", now=now)
    mine = StaffSession.filter(staff_id=viewer.staff_id, ended_at=None)
    await mine.exclude(token_hash=crypto.token_hash(token)).update(ended_at=real_now)


@atomic
async def _keep_hash(scope: Scoped, staff_id: str, before: str, hashed: str) -> None:
    """The same password hashed with today's parameters, unless it was changed meanwhile."""
    await Staff.filter(id=staff_id, password_hash=before).update(password_hash=hashed)


@atomic
async def _by_email(scope: Scoped, email: str) -> Staff | None:
    return await Staff.get_or_none(email=email)


@atomic
async def _by_id(scope: Scoped, staff_id: str) -> Staff:
    return await Staff.get(id=staff_id, active=True)


@atomic
async def _try(scope: Scoped, email: str, address: str, known: str, *, now: datetime) -> list[int]:
    return await tried(scope, email, address, known=known, now=now)


@atomic
async def _refused(scope: Scoped, staff: Staff | None, *, now: datetime) -> None:
    """Somebody tried to get in as them. Asked of nobody too, so that both take as long."""
    if staff is not None and staff.municipality_id:
        await trail.record(Scope(staff.municipality_id), "staff.refused", about=staff.id, now=now)


@atomic
async def _code_right(scope: Scoped, staff_id: str, typed: str, *, real_now: datetime) -> bool:
    return await code_counts(scope, staff_id, typed, real_now=real_now)


@atomic
async def _proved(scope: Scoped, token: str, tries: list[int], *, now: datetime) -> None:
    await was_right(scope, tries)
    await prove(scope, token, real_now=now)


@atomic
async def _password_right(
    scope: Scoped, staff_id: str, tries: list[int], *, browser: str, back: str, demanded: bool, now: datetime
) -> SignedIn | Half:
    await was_right(scope, tries)
    return await _let_in(scope, staff_id, browser=browser, back=back, demanded=demanded, now=now)


async def _let_in(
    scope: Scoped, staff_id: str, *, browser: str, back: str, demanded: bool, now: datetime
) -> SignedIn | Half:
    if demanded or await has_codes(scope, staff_id):
        return await begin_half(scope, staff_id, back=back, now=now)
    return await open_session(scope, staff_id, now=now, browser=browser)


async def _out_everywhere(staff_id: str, now: datetime) -> None:
    """Every session ends, and every half one."""
    await StaffSession.filter(staff_id=staff_id, ended_at=None).update(ended_at=now)
    await HalfSignIn.filter(staff_id=staff_id).delete()


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _sso_index(issuer: str, subject: str) -> str:
    return crypto.blind(ring().index, "sso", issuer, subject).hex()


__all__ = [
    "IDLE", "LONGEST", "Enrolled", "Half", "SignedIn", "add", "be_absent", "begin_app", "change_password",
    "choose_password", "confirm_app", "confirm_first_app", "end_session", "enter_code", "forget", "hash_password",
    "keep_search", "make_sign_in_link", "open_session", "prove_again", "prove_elsewhere", "renew_recovery_codes",
    "resume", "set_language", "sign_in", "sign_in_elsewhere", "sign_out", "sign_out_elsewhere", "sign_out_everywhere",
    "viewer_of",
]  # fmt: skip
