"""One young person put on the register, or corrected there, by staff or by a system of theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from models.actions import trail
from models.domain import register as rules
from models.domain.errors import Invalid, NotAllowed
from models.domain.localtime import local_date
from models.domain.staff import Role, Viewer, may, sees_people
from models.tables.fields import new_id
from models.tables.keys import Vault, new_vault, vault
from models.tables.reach import person_for
from models.tables.register import Person
from models.tables.staff import Staff
from models.transactions import alone, atomic

LONGEST: Final = {"reference": 40, "name": 120, "phone": 40}
#: Six digits of a date and four more: no such number is kept anywhere.
_CPR: Final = re.compile(r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[ -]?\d{4}(?!\d)")
_SEALED: Final = ("name", "phone")
_PLAIN: Final = ("group", "aftercare", "placement_end", "offered_on", "decided_on", "substitute_id")


@dataclass(frozen=True, slots=True)
class Entered:
    """What is known of somebody new: the lines of the register's file."""

    reference: str
    name: str
    birth: date
    group: rules.Group
    aftercare: rules.Aftercare = rules.Aftercare.NO
    phone: str = ""
    caseworker_id: str | None = None
    substitute_id: str | None = None
    placement_end: date | None = None
    offered_on: date | None = None
    decided_on: date | None = None


@atomic
async def enter(viewer: Viewer, entered: Entered, *, now: datetime) -> str:
    """Put a young person on the register of the viewer's municipality; returns their id. Raises Invalid by field."""
    _may_write(viewer)
    municipality_id, today = str(viewer.municipality_id), local_date(now)
    for field in LONGEST:
        _line(field, getattr(entered, field))
    if not rules.offer_deadline(entered.birth) <= today < rules.leaves_at(entered.birth):
        raise Invalid("birth_outside", "birth_date")
    await _colleagues(viewer, caseworker=entered.caseworker_id, substitute=entered.substitute_id)
    await alone("reference", municipality_id, entered.reference)
    if await Person.exists(municipality_id=municipality_id, reference=entered.reference):
        raise Invalid("reference_taken", "reference")
    person_id = new_id()
    opened, key_row = await new_vault(municipality_id, person_id)
    person = Person(
        id=person_id, municipality_id=municipality_id, reference=entered.reference, group=entered.group.value,
        aftercare=entered.aftercare.value, caseworker_id=entered.caseworker_id, substitute_id=entered.substitute_id,
        placement_end=entered.placement_end, offered_on=entered.offered_on, decided_on=entered.decided_on,
        entered_on=today, created_at=now,
    )  # fmt: skip
    person.birth_sealed = opened.seal("person", "birth", person.id, entered.birth.isoformat())
    _seal(person, opened, "name", entered.name)
    _seal(person, opened, "phone", entered.phone)
    await person.save()
    await key_row.save()
    await trail.record(viewer, "register.add", person_id=person.id, now=now)
    return person.id


@atomic
async def correct(viewer: Viewer, person_id: str, changed: Mapping[str, Any], *, now: datetime) -> bool:
    """Write what has changed about somebody: name, phone, group, aftercare, substitute and the dates. False when it
    says what it said. Raises NotFound out of reach, Invalid by field. A new caseworker is `change_caseworker`.
    """
    _may_write(viewer)
    person = await person_for(viewer, person_id)
    opened = await vault(person.municipality_id, person.id)
    await _colleagues(viewer, substitute=changed.get("substitute_id"))
    touched: list[str] = []
    for field in _SEALED:
        if field in changed and changed[field] != _said(person, opened, field):
            _line(field, changed[field])
            touched += _seal(person, opened, field, changed[field])
    for field in _PLAIN:
        if field in changed and changed[field] != getattr(person, field):
            setattr(person, field, changed[field])
            touched.append(field)
    if not touched:
        return False
    await person.save(update_fields=touched)
    await trail.record(viewer, "register.correct", person_id=person.id, now=now)
    return True


def _may_write(viewer: Viewer) -> None:
    if not may(viewer.role, "register.write") or viewer.municipality_id is None:
        raise NotAllowed


def _line(field: str, said: str) -> None:
    if field != "phone" and not said.strip():
        raise Invalid("field_missing", field)
    if len(said) > LONGEST[field]:
        raise Invalid("field_too_long", field)
    if field != "phone" and _CPR.search(said):
        raise Invalid("looks_like_cpr", field)


def _said(person: Person, opened: Vault, field: str) -> str:
    sealed = getattr(person, f"{field}_sealed")
    return opened.open("person", field, person.id, sealed) if sealed else ""


def _seal(person: Person, opened: Vault, field: str, said: str) -> list[str]:
    """Seal a field; with a name goes the first name a friend would use. Returns the columns that were written."""
    setattr(person, f"{field}_sealed", opened.seal("person", field, person.id, said) if said else None)
    if field != "name":
        return [f"{field}_sealed"]
    person.first_name_sealed = opened.seal("person", "first_name", person.id, said.split(maxsplit=1)[0])
    return ["name_sealed", "first_name_sealed"]


async def _colleagues(viewer: Viewer, **named: str | None) -> None:
    for field, staff_id in named.items():
        if staff_id is None:
            continue
        staff = await Staff.get_or_none(id=staff_id, municipality_id=viewer.municipality_id, active=True)
        if staff is None or not sees_people(Role(staff.role)):
            raise Invalid("colleague_unknown", field)
