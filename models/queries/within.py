"""What lists share: the condition that keeps them within reach, and opening names for one page at a time.

The condition is the same as `models.tables.reach.person_for`, written for SQL so that no list asks once per row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from models.domain.staff import Viewer, sees_people, sees_whole_municipality
from models.tables.keys import Vault, vaults
from models.tables.register import Person
from models.tables.staff import Absence, Staff
from models.transactions import reading

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALPHABET = {letter: f"{index:02d}" for index, letter in enumerate(" -'abcdefghijklmnopqrstuvwxyzæøå")}

#: A caseworker's own people, those they stand in for, and whoever was handed to them by a thread or an alert.
_OWN = (
    "(p.caseworker_id = ? OR p.substitute_id = ? "
    "OR EXISTS (SELECT 1 FROM thread rt WHERE rt.person_id = p.id AND rt.assigned_id = ? AND rt.state = 'open') "
    "OR EXISTS (SELECT 1 FROM alert ra WHERE ra.person_id = p.id AND ra.owner_id = ? AND ra.state <> 'closed'))"
)


def reach(viewer: Viewer) -> tuple[str, list[object]]:
    """The condition on `person p` that holds for everyone within the viewer's reach, and its values."""
    if viewer.municipality_id is None or not sees_people(viewer.role):
        return "1 = 0", []
    here = "p.municipality_id = ? AND p.erased_at IS NULL AND p.moved_at IS NULL"
    if sees_whole_municipality(viewer.role):
        return here, [viewer.municipality_id]
    return f"{here} AND {_OWN}", [viewer.municipality_id, *[viewer.staff_id] * 4]


def case_reach(viewer: Viewer) -> tuple[str, list[object]]:
    """The condition on `person p` for everyone whose case file the viewer answers for, as `reach.case_for` has it."""
    if viewer.municipality_id is None or not sees_whole_municipality(viewer.role):
        return reach(viewer)
    return "p.municipality_id = ? AND p.erased_at IS NULL", [viewer.municipality_id]


@reading
async def opened(viewer: Viewer, person_ids: Iterable[str]) -> dict[str, Vault]:
    """The vaults of the people on one page, in one query."""
    wanted = list(dict.fromkeys(person_ids))
    if viewer.municipality_id is None or not wanted:
        return {}
    return await vaults(viewer.municipality_id, wanted)


def danish_order(name: str) -> tuple[str, ...]:
    """A key that sorts names as Danish does: æ, ø and å last, and aa as å."""
    folded = name.casefold().replace("aa", "å").replace("ä", "æ").replace("ö", "ø")
    return tuple(_ALPHABET.get(letter, f"~{letter}") for letter in folded)


def moment(micros: int | None) -> datetime | None:
    """An instant as raw SQL gives it (microseconds since 1970), as an aware UTC datetime."""
    return None if micros is None else _EPOCH + timedelta(microseconds=int(micros))


def at(micros: int) -> datetime:
    """The same for a column that is never empty."""
    return _EPOCH + timedelta(microseconds=int(micros))


def name_of(vault: Vault, person_id: str, sealed: bytes) -> str:
    """The full name of a person."""
    return vault.open("person", "name", person_id, sealed)


def first_name_of(vault: Vault, person_id: str, sealed: bytes) -> str:
    """The first name of a person."""
    return vault.open("person", "first_name", person_id, sealed)


def birth_of(vault: Vault, person: Person) -> date:
    """The birth date of a person."""
    return date.fromisoformat(vault.open("person", "birth", person.id, person.birth_sealed))


@reading
async def staff_names(viewer: Viewer) -> dict[str, str]:
    """The names of everybody on the desk of the viewer's municipality, closed accounts too, by id."""
    if viewer.municipality_id is None:
        return {}
    return {
        str(key): str(name)
        for key, name in await Staff.filter(municipality_id=viewer.municipality_id).values_list("id", "name")
    }


@reading
async def away(viewer: Viewer, day: date) -> list[str]:
    """Who of the desk does not answer on that day, by id."""
    return sorted(await absences(viewer, day))


@reading
async def gone(viewer: Viewer, day: date) -> set[str]:
    """Who of the desk is not there on that day, or no more: away, or the account closed; by id."""
    closed = Staff.filter(municipality_id=viewer.municipality_id or "", active=False)
    return {str(key) for key in await closed.values_list("id", flat=True)} | set(await absences(viewer, day))


@reading
async def absences(viewer: Viewer, day: date) -> dict[str, date]:
    """Who of the desk does not answer on that day, by id, and the last day on which they do not."""
    found = Absence.filter(municipality_id=viewer.municipality_id, first_day__lte=day, last_day__gte=day)
    last: dict[str, date] = {}
    for staff_id, until in await found.values_list("staff_id", "last_day"):
        last[str(staff_id)] = max(until, last.get(str(staff_id), until))
    return last
