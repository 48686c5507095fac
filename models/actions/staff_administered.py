"""Accounts as an administrator runs them: whom there is, what they may, how they get in again, and who has left."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import crypto
from models.actions import trail
from models.actions.staff_codes import forget_proofs
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.localtime import local_date
from models.domain.marks import is_news
from models.domain.staff import Role, Viewer, is_tied_to_municipality, mark, may, sees_people
from models.tables.api import ApiToken
from models.tables.messages import Thread
from models.tables.register import Person
from models.tables.staff import DutyDay, SignInLink, Staff, StaffSession
from models.transactions import Scoped, alone, atomic

#: A first password may wait for the morning; a way past an old one may not (reliability.md §2.14).
_LINK_LIVES, _RESET_LIVES = timedelta(hours=24), timedelta(minutes=30)
#: Mail servers take no other letters, and nobody sees the invisible ones that come with what is copied.
_EMAIL = re.compile(r"(?:(?![@<>,;:\"])[!-~]){1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
#: What an administrator of one municipality may make of somebody: who sees across municipalities is made elsewhere.
ROLES = tuple(role for role in Role if is_tied_to_municipality(role))


@dataclass(frozen=True, slots=True)
class Member:
    """What an administrator says of a member of staff."""

    name: str
    role: Role
    duty_holder: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 120:
            raise Invalid("staff_name", "name")
        if self.role not in ROLES:
            raise Invalid("staff_role", "role")
        if self.duty_holder and not sees_people(self.role):
            raise Invalid("staff_duty", "duty")


@dataclass(frozen=True, slots=True)
class Way:
    """A one-time link, which exists nowhere else. `again`: there was a password before, so it lives for half an hour
    only."""

    token: str = field(repr=False)
    again: bool


@atomic
async def hire(viewer: Viewer, email: str, member: Member, *, language: str = "da", now: datetime) -> tuple[str, str]:
    """A new account; its id and the token of its one-time link, which exists nowhere else.

    Raises Invalid for an address that is none or is taken, NotFound for whoever runs no municipality.
    """
    municipality_id = _mine(viewer)
    row = await Staff.create(
        municipality_id=municipality_id, email=await usable_email(viewer, email), name=member.name.strip(),
        first_name=member.name.split(maxsplit=1)[0][:60], role=member.role.value, language=language,
        duty_holder=member.duty_holder, created_at=now,
    )  # fmt: skip
    await trail.record(viewer, "staff.add", about=row.id, now=now)
    return row.id, (await new_link(viewer, row, now=now)).token


@atomic
async def change_member(
    viewer: Viewer, staff_id: str, member: Member, *, active: bool, email: str = "", now: datetime,
    real_now: datetime, seen: str = "",
) -> None:  # fmt: skip
    """Another name, address, role or duty, or an account that is closed or opened again. Another role or a closed
    account ends every session and token at once. Without `email` the address stays.

    Raises Invalid for an address that is none or is taken; ("staff_has_people") while a caseworker who leaves still has
    young people: they are handed over first; ("staff_yourself") for one's own role or account: nobody locks themselves
    out. `seen` is the mark of what a form was filled in for: Stale ("decided_meanwhile") when a colleague has changed
    the account otherwise since, for a form from before would open again what they have closed.
    """
    row = await _theirs(viewer, staff_id)
    stands = mark(row.name, row.email, row.role, duty_holder=row.duty_holder, active=row.active)
    wanted, duty = email.strip().lower() or row.email, member.duty_holder and active
    if not is_news(seen, stands, mark(member.name.strip(), wanted, member.role.value, duty_holder=duty, active=active)):
        return
    leaves = row.active and not active
    other_role = member.role.value != row.role
    if row.id == viewer.staff_id and (leaves or other_role):
        raise Invalid("staff_yourself", "role" if other_role else "active")
    if (leaves or (other_role and not sees_people(member.role))) and await _people(row) > 0:
        raise Invalid("staff_has_people", "active" if leaves else "role")
    if email and email.strip().lower() != row.email:
        row.email = await usable_email(viewer, email)
    row.name, row.first_name = member.name.strip(), member.name.split(maxsplit=1)[0][:60]
    row.role, row.duty_holder, row.active = member.role.value, member.duty_holder and active, active
    await row.save(update_fields=["email", "name", "first_name", "role", "duty_holder", "active"])
    if leaves or other_role:
        await let_go(viewer, row.id, real_now=real_now)
    if leaves or not sees_people(member.role):
        await DutyDay.filter(staff_id=row.id, day__gte=local_date(now)).delete()
        await Person.filter(substitute_id=row.id).update(substitute_id=None)
        await Thread.filter(assigned_id=row.id, state="open").update(assigned_id=None)
    await trail.record(viewer, "staff.close" if leaves else "staff.change", about=row.id, now=now)


@atomic
async def reset_sign_in(viewer: Viewer, staff_id: str, *, now: datetime, real_now: datetime) -> Way:
    """A new one-time link for somebody who cannot get in; earlier links, sessions, tokens, their password and their
    app's codes end, so that they show who they are from the beginning. Raises NotAllowed for oneself: whoever closed
    the page with the link would have locked themselves out.
    """
    row = await _theirs(viewer, staff_id)
    if row.id == viewer.staff_id:
        raise NotAllowed
    return await begin_anew(viewer, row, now=now, real_now=real_now)


@atomic
async def sign_out_member(viewer: Viewer, staff_id: str, *, now: datetime, real_now: datetime) -> None:
    """End every session of somebody: a lost computer, say."""
    row = await _theirs(viewer, staff_id)
    await StaffSession.filter(staff_id=row.id, ended_at=None).update(ended_at=real_now)
    await trail.record(viewer, "staff.sign_out", about=row.id, now=now)


@atomic
async def usable_email(scope: Scoped, email: str) -> str:
    """An address as accounts are found by. Raises Invalid for one that is none, or is somebody's."""
    email = email.strip().lower()
    if len(email) > 200 or not _EMAIL.fullmatch(email):
        raise Invalid("staff_email", "email")
    await alone("staff-email", email)
    if await Staff.exists(email=email):
        raise Invalid("staff_email_taken", "email")
    return email


@atomic
async def let_go(scope: Scoped, staff_id: str, *, real_now: datetime) -> None:
    """Every session, token and unused link of an account ends."""
    await SignInLink.filter(staff_id=staff_id, used_at=None).delete()
    await StaffSession.filter(staff_id=staff_id, ended_at=None).update(ended_at=real_now)
    await ApiToken.filter(staff_id=staff_id, revoked_at=None).update(revoked_at=real_now)


@atomic
async def begin_anew(scope: Scoped, row: Staff, *, now: datetime, real_now: datetime) -> Way:
    """End everything somebody could sign in with so far; a new one-time link. Raises NotFound for a closed account."""
    if not row.active:
        raise NotFound
    await let_go(scope, row.id, real_now=real_now)
    way = await new_link(scope, row, now=now)
    await forget_proofs(scope, row.id)
    await trail.record(scope, "staff.reset", about=row.id, now=now)
    return way


@atomic
async def new_link(scope: Scoped, row: Staff, *, now: datetime) -> Way:
    """A one-time link for an account: for a day, or half an hour where there was a password before."""
    token = secrets.token_urlsafe(32)
    again = bool(row.password_hash) or await SignInLink.exists(staff_id=row.id, used_at__not_isnull=True)
    await SignInLink.create(
        token_hash=crypto.token_hash(token), staff_id=row.id, created_at=now,
        expires_at=now + (_RESET_LIVES if again else _LINK_LIVES),
    )  # fmt: skip
    return Way(token, again)


async def _people(row: Staff) -> int:
    return await Person.filter(
        municipality_id=row.municipality_id, caseworker_id=row.id, erased_at=None, moved_at=None, left_on=None
    ).count()


def _mine(viewer: Viewer) -> str:
    if viewer.municipality_id is None or not may(viewer.role, "staff.administer"):
        raise NotFound
    return viewer.municipality_id


async def _theirs(viewer: Viewer, staff_id: str) -> Staff:
    municipality_id = _mine(viewer)
    await alone("staff", staff_id)
    row = await Staff.get_or_none(id=staff_id, municipality_id=municipality_id)
    if row is None:
        raise NotFound
    return row
