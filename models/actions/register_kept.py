"""The register kept: a whole file at once, one person more, one person changed, and how to reach them.

By file and by form the same rules hold (`models.domain.register_file`), and every change is written down with who made
it. Nobody is ever removed here: somebody who is no longer in the target group gets the day they left, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from models.actions import trail
from models.actions.register import Entry, add_person
from models.actions.register_caseworker import _hand_over
from models.domain import progress, register_file
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.localtime import local_date
from models.domain.marks import fingerprint
from models.domain.messages import visible
from models.domain.register import Aftercare
from models.domain.register_file import Change, Comparison, Fault, Known, Line, Read
from models.domain.staff import Viewer, may
from models.tables.keys import Vault, vault, vaults
from models.tables.reach import person_for
from models.tables.register import Person
from models.tables.roster import caseworkers, roster
from models.tables.staff import Staff
from models.transactions import Scoped, alone, atomic

#: Why somebody left the register before they turned 23.
LEFT_WHY: Final = ("moved", "asked", "not_group", "other")
#: The columns of the file that are said about somebody in words; a colleague is chosen.
FIELDS: Final = tuple(column for column in register_file.COLUMNS if column != "caseworker_email")
#: How often an import says how far it is: once in so many people.
_STEP: Final = 50

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """What is said about one person, by a form or by another system. `cells` are words by the columns of the file; the
    rest has no column there. "" empties (nobody is taken away a caseworker); what is left out stays as it is.
    """

    cells: Mapping[str, str]
    caseworker_id: str = ""
    substitute_id: str | None = None
    left_why: str | None = None


class Faulty(Invalid):
    """What cannot be used, field by field."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("register_faults", faults[0].column or None)
        self.faults = tuple(faults)


@atomic
async def import_file(
    scope: Scoped, file: Read, *, seen: str = "", now: datetime, tell: Tell | None = None
) -> Comparison:
    """Do what a file says, all of it in one transaction; returns what was done. The same file again changes nothing.

    `seen` is the fingerprint of the comparison somebody looked at: Stale ("register_moved_on") when the register or the
    file is another by now. `tell` hears how many of how many are done. Raises Faulty while a row has a fault.
    """
    municipality_id = _may_import(scope)
    await alone("register", municipality_id)
    today = local_date(now)
    known, mails = await roster(municipality_id), await caseworkers(municipality_id)
    found = register_file.compare(file, known, mails, today)
    if found.faults:
        raise Faulty(list(found.faults))
    if seen and seen != found.fingerprint:
        raise Stale("register_moved_on")
    total, done = len(found.new) + len(found.changed), 0
    staff = {row.id: row for row in await Staff.filter(municipality_id=municipality_id)}
    opened = await vaults(municipality_id, [one.known.person_id for one in found.changed])
    people = {row.id: row for row in await Person.filter(municipality_id=municipality_id)} if found.changed else {}
    for line in found.new:
        await add_person(scope, _entry(line, mails.get(line.caseworker_email or ""), today), now=now)
        done = _told(tell, done, total)
    for one in found.changed:
        person = people[one.known.person_id]
        fresh = staff.get(mails.get(one.line.caseworker_email or "", ""))
        await _change(scope, person, opened[person.id], one.line, one.changes, fresh, now)
        done = _told(tell, done, total)
    await trail.record(scope, "register.import", now=now)
    return found


@atomic
async def exported(viewer: Viewer, *, now: datetime) -> None:
    """Write down that somebody took the whole register with them as a file."""
    if not may(viewer.role, "register.import"):
        raise NotAllowed
    await trail.record(viewer, "register.export", now=now)


@atomic
async def add_one(viewer: Viewer, filled: Filled, *, now: datetime) -> str:
    """Put one person on the register; returns their id. Exactly the same said again is the same person.

    Raises Faulty by field, NotFound for a colleague who meets no young people here.
    """
    if not may(viewer.role, "register.write"):
        raise NotAllowed
    if viewer.municipality_id is None:
        raise NotFound
    await alone("register", viewer.municipality_id)
    today = local_date(now)
    line, faults = register_file.read_row(0, filled.cells, today)
    caseworker_id = await _colleague(viewer, filled.caseworker_id)
    already = await _called(viewer.municipality_id, line.reference) if line else None
    if already is not None:
        known = (await roster(viewer.municipality_id, already.id))[0]
        same = line is not None and not known.gone and not _form_changes(known, line)
        if same and already.caseworker_id == caseworker_id:
            return already.id
        faults.append(Fault(0, "reference", "taken"))
    faults += _form_faults(filled.cells, line, filled.left_why or "", None, today)
    if faults or line is None:
        raise Faulty(faults)
    person_id = await add_person(viewer, _entry(line, caseworker_id, today), now=now)
    await Person.filter(id=person_id).update(
        substitute_id=await _colleague(viewer, filled.substitute_id or ""),
        left_why=filled.left_why if line.left_on else "",
    )
    return person_id


@atomic
async def change_one(viewer: Viewer, person_id: str, filled: Filled, *, seen: str = "", now: datetime) -> bool:
    """Change what the register says about one person. False when nothing is different.

    `seen` is the mark of what a form was filled in for: Stale ("register_moved_on") when it is another by now, unless
    it says the same. Raises Faulty by field, NotFound out of reach or for a colleague who meets no young people here.
    """
    if not may(viewer.role, "register.write"):
        raise NotAllowed
    person = await person_for(viewer, person_id)
    await alone("register", person.municipality_id)
    person = await person_for(viewer, person_id)
    today = local_date(now)
    known = (await roster(person.municipality_id, person.id))[0]
    cells = {**_cells(known), **filled.cells}
    line, faults = register_file.read_row(0, cells, today)
    other = await _called(person.municipality_id, line.reference) if line else None
    if other is not None and other.id != person.id:
        faults.append(Fault(0, "reference", "taken"))
    why = person.left_why if filled.left_why is None else filled.left_why
    faults += _form_faults(cells, line, why, known, today)
    if faults or line is None:
        raise Faulty(faults)
    changes = _form_changes(known, line)
    caseworker = await Staff.get_or_none(id=await _colleague(viewer, filled.caseworker_id))
    substitute = person.substitute_id
    if filled.substitute_id is not None:
        substitute = await _colleague(viewer, filled.substitute_id)
    why = why if line.left_on else ""
    theirs = caseworker is None or caseworker.id == person.caseworker_id
    if not changes and theirs and (substitute, why) == (person.substitute_id, person.left_why):
        return False
    if seen and seen != mark(known, person.substitute_id, person.left_why):
        raise Stale("register_moved_on")
    opened = await vault(person.municipality_id, person.id)
    person.reference, person.substitute_id, person.left_why = line.reference, substitute, why
    await _change(viewer, person, opened, line, changes, caseworker, now)
    return True


@atomic
async def change_contact(
    viewer: Viewer, person_id: str, phone: str, kin: str, *, now: datetime, seen: str = ""
) -> None:
    """Another phone number, and whom to contact when the person is out of reach. Raises Invalid by field.

    `seen` is the mark of what a form was filled in for: Stale ("contact_moved_on") when it is another by now.
    """
    person = await person_for(viewer, person_id)
    if not may(viewer.role, "contacts.write"):
        raise NotAllowed
    await alone("register", person.municipality_id)
    person = await person_for(viewer, person_id)
    phone, kin = " ".join(phone.split()), kin.strip()
    if len(kin) > progress.LONGEST_KIN:
        raise Invalid("kin_too_long", "kin")
    if register_file.looks_like_cpr(kin):
        raise Invalid("kin_cpr", "kin")
    wrong = register_file.phone_fault(0, phone)
    if wrong is not None:
        raise Faulty([wrong])
    opened = await vault(person.municipality_id, person.id)
    stands = (
        opened.open("person", "phone", person.id, person.phone_sealed) if person.phone_sealed else "",
        visible(opened.open("person", "kin", person.id, person.kin_sealed)) if person.kin_sealed else "",
    )
    if stands == (phone, visible(kin)):
        return
    if seen and seen != fingerprint(*stands):
        raise Stale("contact_moved_on")
    person.phone_sealed = opened.seal("person", "phone", person.id, phone) if phone else None
    person.kin_sealed = opened.seal("person", "kin", person.id, kin) if kin else None
    await person.save(update_fields=["phone_sealed", "kin_sealed"])
    await trail.record(viewer, "person.contact", person_id=person.id, now=now)


def mark(known: Known, substitute_id: str | None, left_why: str) -> str:
    """What a form about somebody was filled in for."""
    return fingerprint(known, substitute_id or "", left_why)


def _may_import(scope: Scoped) -> str:
    if isinstance(scope, Viewer) and not may(scope.role, "register.import"):
        raise NotAllowed
    if scope.municipality_id in {None, "", "*"}:
        raise NotFound
    return str(scope.municipality_id)


def _told(tell: Tell | None, done: int, total: int) -> int:
    done += 1
    if tell is not None and (done % _STEP == 0 or done == total):
        tell(done, total)
    return done


def _entry(line: Line, caseworker_id: str | None, today: date) -> Entry:
    return Entry(
        reference=line.reference, name=line.name, birth=line.birth_date, group=line.group,
        aftercare=line.aftercare or Aftercare.NO, phone=line.phone or "", caseworker_id=caseworker_id,
        placement_end=line.placement_end, offered_on=line.offered_on, decided_on=line.decided_on, entered_on=today,
        left_on=line.left_on,
    )  # fmt: skip


async def _change(
    scope: Scoped, person: Person, opened: Vault, line: Line, changes: tuple[Change, ...], fresh: Staff | None,
    now: datetime,
) -> None:  # fmt: skip
    """Write what is different; a new caseworker comes as they always do, and the person is told."""
    different = {one.column for one in changes}
    if "name" in different:
        person.name_sealed = opened.seal("person", "name", person.id, line.name)
        person.first_name_sealed = opened.seal("person", "first_name", person.id, line.name.split()[0])
    if "birth_date" in different:
        person.birth_sealed = opened.seal("person", "birth", person.id, line.birth_date.isoformat())
    if "phone" in different:
        person.phone_sealed = opened.seal("person", "phone", person.id, line.phone) if line.phone else None
    if "group" in different:
        person.group = line.group.value
    if "aftercare" in different and line.aftercare is not None:
        person.aftercare = line.aftercare.value
    for column in different & {"placement_end", "offered_on", "decided_on", "left_on"}:
        setattr(person, column, getattr(line, column))
    await person.save()
    if fresh is not None:
        await _hand_over(scope, person, fresh, "", now)
    await trail.record(scope, "register.change", person_id=person.id, now=now)


def _form_faults(
    cells: Mapping[str, str], line: Line | None, left_why: str, known: Known | None, today: date
) -> list[Fault]:
    """What a file is refused for as a whole, and what it cannot say."""
    faults = [
        Fault(0, column, "cpr")
        for column in ("reference", "name")
        if register_file.looks_like_cpr(cells.get(column, ""))
    ]
    if line is None:
        return faults
    if known is None or known.birth_date != line.birth_date:
        too = register_file.age_fault(0, line.birth_date, today)
        faults += [too] if too else []
    # Asked for with the day it belongs to: who turned 23 left without one.
    same_day = known is not None and known.left_on == line.left_on
    if line.left_on is not None and left_why not in LEFT_WHY and not (same_day and not left_why):
        faults.append(Fault(0, "left_why", "left_why_missing"))
    return faults


def _form_changes(known: Known, line: Line) -> tuple[Change, ...]:
    """Every field that is different; in a form nothing is left out, so an empty field is empty."""
    found = (
        ("reference", known.reference, line.reference),
        ("name", known.name, line.name),
        ("birth_date", known.birth_date, line.birth_date),
        ("group", known.group, line.group),
        ("phone", known.phone, line.phone or ""),
        ("placement_end", known.placement_end, line.placement_end),
        ("offered_on", known.offered_on, line.offered_on),
        ("decided_on", known.decided_on, line.decided_on),
        ("aftercare", known.aftercare, line.aftercare or known.aftercare),
        ("left_on", known.left_on, line.left_on),
    )
    return tuple(Change(name, str(before), str(after)) for name, before, after in found if str(before) != str(after))


def _cells(known: Known) -> dict[str, str]:
    """What the register says, as the words a form begins with."""
    values = {column: getattr(known, column) for column in FIELDS}
    return {column: "" if value is None else str(value) for column, value in values.items()}


async def _called(municipality_id: str, reference: str) -> Person | None:
    return await Person.get_or_none(municipality_id=municipality_id, reference=reference)


async def _colleague(viewer: Viewer, staff_id: str) -> str | None:
    """A colleague who may be somebody's caseworker; "" for nobody."""
    if not staff_id:
        return None
    if staff_id not in (await caseworkers(viewer.municipality_id or "")).values():
        raise NotFound
    return staff_id
