"""The register: municipalities and the young people in the target group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.actions import trail
from models.actions.register_caseworker import change_caseworker, hand_over_all, introduce_myself
from models.actions.register_leaving import follow_up, follow_up_at, say_farewells
from models.actions.register_moving import (
    accept_transfer,
    decline_transfer,
    offer_transfer,
    see_declined,
    withdraw_transfer,
)
from models.actions.register_opening import close_openings, close_other, open_other, see_opening
from models.domain.register import Aftercare, Group
from models.domain.staff import Viewer
from models.tables.fields import new_id
from models.tables.keys import MunicipalityKey, Vault, new_vault, ring
from models.tables.reach import person_for
from models.tables.register import Municipality, Person
from models.transactions import Scoped, atomic


@dataclass(frozen=True, slots=True)
class Entry:
    """One young person as the register knows them."""

    reference: str
    name: str
    birth: date
    group: Group
    aftercare: Aftercare
    phone: str = ""
    caseworker_id: str | None = None
    substitute_id: str | None = None
    placement_end: date | None = None
    offered_on: date | None = None
    decided_on: date | None = None
    entered_on: date | None = None
    left_on: date | None = None
    language: str = "da"

    @property
    def first_name(self) -> str:
        """The name a friend would use: the first word."""
        return self.name.split()[0] if self.name.split() else self.name


@atomic
async def add_municipality(
    scope: Scoped, *, slug: str, name: str, project: str = "", region: str = "", cluster: str = "", phone: str = "",
    emergency_phone: str = "", telegram_content: str = "", now: datetime,
) -> str:  # fmt: skip
    """Add a municipality with its own key; returns its id."""
    row = await Municipality.create(
        slug=slug, name=name, project=project, region=region, cluster=cluster, phone=phone,
        emergency_phone=emergency_phone, telegram_content=telegram_content, created_at=now,
    )  # fmt: skip
    _, wrapped = ring().new_municipality(row.id)
    await MunicipalityKey.create(municipality_id=row.id, wrapped=wrapped)
    return row.id


@atomic
async def add_person(scope: Scoped, entry: Entry, *, now: datetime) -> str:
    """Put a young person on the register of the scope's municipality, under a random key of their own."""
    municipality_id = scope.municipality_id or ""
    person_id = new_id()
    opened, key_row = await new_vault(municipality_id, person_id)
    await build(opened, entry, now).save()
    await key_row.save()
    await trail.record(scope, "register.add", person_id=person_id, now=now)
    return person_id


def build(opened: Vault, entry: Entry, now: datetime) -> Person:
    """The row of a young person, sealed under their vault; not saved."""
    person = Person(
        id=opened.person_id,
        municipality_id=opened.municipality_id,
        reference=entry.reference,
        group=entry.group.value,
        aftercare=entry.aftercare.value,
        caseworker_id=entry.caseworker_id,
        substitute_id=entry.substitute_id,
        language=entry.language,
        placement_end=entry.placement_end,
        offered_on=entry.offered_on,
        decided_on=entry.decided_on,
        entered_on=entry.entered_on or now.date(),
        left_on=entry.left_on,
        created_at=now,
    )
    person.name_sealed = opened.seal("person", "name", person.id, entry.name)
    person.first_name_sealed = opened.seal("person", "first_name", person.id, entry.first_name)
    person.birth_sealed = opened.seal("person", "birth", person.id, entry.birth.isoformat())
    person.phone_sealed = opened.seal("person", "phone", person.id, entry.phone) if entry.phone else None
    return person


@atomic
async def looked_at(
    viewer: Viewer, person_id: str, *, now: datetime, what: str = "person.view", about: str = ""
) -> None:
    """Write down that somebody opened a person's page, thread or offer. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    await trail.record(viewer, what, person_id=person.id, about=about, now=now)


__all__ = [
    "Entry",
    "accept_transfer",
    "add_municipality",
    "add_person",
    "build",
    "change_caseworker",
    "close_openings",
    "close_other",
    "decline_transfer",
    "follow_up",
    "follow_up_at",
    "hand_over_all",
    "introduce_myself",
    "looked_at",
    "offer_transfer",
    "open_other",
    "say_farewells",
    "see_declined",
    "see_opening",
    "withdraw_transfer",
]  # fmt: skip
