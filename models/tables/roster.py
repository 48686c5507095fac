"""A municipality's whole register at once, opened: for files, and for forms that must know who is there already."""

from __future__ import annotations

from datetime import date

from models.domain.register_file import Known
from models.domain.staff import Role, sees_people
from models.tables.keys import Vault, vaults
from models.tables.register import Person
from models.tables.staff import Staff


async def roster(municipality_id: str, person_id: str | None = None) -> list[Known]:
    """Everybody the register has ever had a reference for, or the one of them; somebody being erased has no name."""
    found = Person.filter(municipality_id=municipality_id)
    found = found if person_id is None else found.filter(id=person_id)
    opened = await vaults(municipality_id, None if person_id is None else [person_id])
    emails = {
        str(key): str(email)
        for key, email in await Staff.filter(municipality_id=municipality_id).values_list("id", "email")
    }
    return [_known(person, opened.get(person.id), emails) for person in await found.order_by("reference")]


async def caseworkers(municipality_id: str) -> dict[str, str]:
    """Who may be somebody's caseworker there: e-mail in small letters to id."""
    found = Staff.filter(municipality_id=municipality_id, active=True)
    return {
        str(email).casefold(): str(key)
        for key, email, role in await found.values_list("id", "email", "role")
        if sees_people(Role(role))
    }


def _known(person: Person, opened: Vault | None, emails: dict[str, str]) -> Known:
    if opened is None or person.erased_at is not None:
        return Known(person.id, person.reference, "", date.min, person.group, person.aftercare, gone="erased")
    return Known(
        person_id=person.id,
        reference=person.reference,
        name=opened.open("person", "name", person.id, person.name_sealed),
        birth_date=date.fromisoformat(opened.open("person", "birth", person.id, person.birth_sealed)),
        group=person.group,
        aftercare=person.aftercare,
        email=emails.get(person.caseworker_id or "", ""),
        phone=opened.open("person", "phone", person.id, person.phone_sealed) if person.phone_sealed else "",
        placement_end=person.placement_end,
        offered_on=person.offered_on,
        decided_on=person.decided_on,
        left_on=person.left_on,
        gone="moved" if person.moved_at is not None else "",
    )
