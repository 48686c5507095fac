"""What stands above the chat: who answers, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from models.tables.messages import Thread
from models.tables.register import Municipality, Person
from models.tables.staff import Staff
from models.transactions import Scope, reading


@dataclass(frozen=True, slots=True)
class Header:
    """Who answers this young person, from which municipality, and the promise that runs (None when none does)."""

    name: str
    municipality: str
    promised_at: datetime | None


@reading
async def header(scope: Scope, person_id: str) -> Header:
    """The header of a young person's chat. The name is empty while nobody has them."""
    person = await Person.get(id=person_id, municipality_id=scope.municipality_id)
    thread = await Thread.get_or_none(person_id=person_id, municipality_id=scope.municipality_id, state="open")
    holder = (thread.assigned_id if thread else None) or person.caseworker_id
    staff = await Staff.get_or_none(id=holder, active=True) if holder else None
    here = await Municipality.get(id=person.municipality_id)
    return Header(
        staff.first_name if staff else "", here.name, cast("datetime | None", thread.promised_at) if thread else None
    )
