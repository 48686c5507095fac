"""What a file would change in the register, the register as a file, and what a form about one person begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.domain import register_file
from models.domain.errors import NotAllowed
from models.domain.marks import fingerprint
from models.domain.register_file import Comparison, Known, Read
from models.domain.staff import Viewer, may
from models.queries import within
from models.tables.reach import person_for
from models.tables.roster import caseworkers, roster
from models.transactions import Scoped, reading


@dataclass(frozen=True, slots=True)
class Entered:
    """What the register says about somebody, for the form that changes it. `mark` is what the form is filled in for."""

    known: Known
    caseworker_id: str
    substitute_id: str
    left_why: str
    kin: str
    mark: str


@reading
async def compared(scope: Scoped, file: Read, *, today: date) -> Comparison:
    """What importing this file would do. Nothing is done."""
    if isinstance(scope, Viewer) and not may(scope.role, "register.import"):
        raise NotAllowed
    here = scope.municipality_id or ""
    return register_file.compare(file, await roster(here), await caseworkers(here), today)


@reading
async def as_file(viewer: Viewer, *, today: date) -> str:
    """Everybody on the register of the viewer's municipality, as a file that can be imported again."""
    if viewer.municipality_id is None or not may(viewer.role, "register.import"):
        raise NotAllowed
    found = [one for one in await roster(viewer.municipality_id) if not one.gone]
    here = [one for one in found if one.left_on is None or one.left_on > today]
    return register_file.write(sorted(here, key=lambda one: within.danish_order(one.name)))


@reading
async def entered(viewer: Viewer, person_id: str) -> Entered:
    """What stands about one person. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    known = (await roster(person.municipality_id, person.id))[0]
    opened = (await within.opened(viewer, [person.id]))[person.id]
    kin = opened.open("person", "kin", person.id, person.kin_sealed) if person.kin_sealed else ""
    mark = fingerprint(known, person.substitute_id or "", person.left_why)
    return Entered(known, person.caseworker_id or "", person.substitute_id or "", person.left_why, kin, mark)
