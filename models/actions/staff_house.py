"""Accounts that no municipality's administrator may make: a panel's host, evaluators, the national board, and the first
administrator of a municipality. Whoever runs the house makes them, at the command line.
"""

from __future__ import annotations

from datetime import datetime

from models.actions import trail
from models.actions.staff_administered import Way, begin_anew, let_go, new_link, usable_email
from models.domain.errors import Invalid, NotFound
from models.domain.staff import Role, is_tied_to_municipality
from models.tables.panels import Panel
from models.tables.staff import Staff
from models.transactions import Scoped, atomic

#: Who has no municipality.
ROLES = tuple(role for role in Role if not is_tied_to_municipality(role))


@atomic
async def engage(
    scope: Scoped, email: str, name: str, role: Role, *, language: str = "da", now: datetime
) -> Way:  # fmt: skip
    """A new account: of the whole house for a role without a municipality, of one municipality for its administrator.

    Raises Invalid for any other role, and for an address that is none or is taken.
    """
    of_the_house = scope.municipality_id in {"*", None}
    if role not in (ROLES if of_the_house else (Role.ADMINISTRATOR,)):
        raise Invalid("staff_role", "role")
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Invalid("staff_name", "name")
    row = await Staff.create(
        municipality_id=None if of_the_house else scope.municipality_id, email=await usable_email(scope, email),
        name=name, first_name=name.split(maxsplit=1)[0][:60], role=role.value, language=language, created_at=now,
    )  # fmt: skip
    await trail.record(scope, "staff.add", about=row.id, now=now)
    return await new_link(scope, row, now=now)


@atomic
async def let_in_again(scope: Scoped, email: str, *, now: datetime, real_now: datetime) -> Way:
    """A new one-time link for one of them who cannot get in: everything they could sign in with so far ends.

    An administrator too: a municipality's only one has nobody else. Raises NotFound for anybody else's account.
    """
    return await begin_anew(scope, await _one(email), now=now, real_now=real_now)


@atomic
async def close(scope: Scoped, email: str, *, now: datetime, real_now: datetime) -> None:
    """Close one of their accounts at once. Raises NotFound for anybody else's, Invalid ("staff_has_panels") while
    somebody hosts a panel: it is given to another host first."""
    row = await _one(email)
    if is_tied_to_municipality(Role(row.role)):
        raise NotFound
    if await Panel.exists(host_id=row.id):
        raise Invalid("staff_has_panels", "email")
    await Staff.filter(id=row.id).update(active=False)
    await let_go(scope, row.id, real_now=real_now)
    await trail.record(scope, "staff.close", about=row.id, now=now)


async def _one(email: str) -> Staff:
    row = await Staff.get_or_none(email=email.strip().lower())
    if row is None or not (row.role == Role.ADMINISTRATOR or row.municipality_id is None):
        raise NotFound
    return row
