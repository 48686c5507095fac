"""What lists share: the condition that keeps them within reach, and opening names for one page at a time.

The condition is the same as `models.tables.reach.person_for`, written for SQL so that no list asks once per row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from models.domain.errors import NotFound
from models.domain.staff import Viewer, sees_people, sees_whole_municipality
from models.tables.keys import Vault, ring, unwrapped, vaults
from models.tables.register import Person
from models.tables.staff import Absence
from models.transactions import known, reading, rows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Alphabet(dict[int, str]):
    """The place of each letter; what is none of them comes after all of them."""

    def __missing__(self, letter: int) -> str:
        return f"~{chr(letter)}"


_ALPHABET = _Alphabet(
    {ord(letter): chr(ord("A") + place) for place, letter in enumerate(" -'abcdefghijklmnopqrstuvwxyzæøå")}
)

#: A caseworker's own people, those they stand in for, and whoever was handed to them by a thread or an alert.
#: Their ids first, each by its index: so that no list looks at the whole municipality to find forty people.
_OWN = (
    "p.id IN (SELECT own.id FROM person own WHERE own.caseworker_id = ? "
    "UNION SELECT own.id FROM person own WHERE own.substitute_id = ? "
    "UNION SELECT rt.person_id FROM thread rt WHERE rt.assigned_id = ? AND rt.state = 'open' "
    "UNION SELECT ra.person_id FROM alert ra WHERE ra.owner_id = ? AND ra.state <> 'closed')"
)

#: So many people are looked for one by one.
_FEW = 500

#: A person's key beside `person p`, for lists that open names: whoever has none is erased.
KEYED = "JOIN person_key k ON k.person_id = p.id "
KEY = "k.wrapped, k.older"


class Opened(dict[str, Vault]):
    """Vaults by the person they are of. Whoever is asked for and not among them was erased since: out of reach. A list
    leaves them out."""

    def __missing__(self, person_id: str) -> Vault:
        raise NotFound


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody on the desk, as lists name them."""

    staff_id: str
    name: str
    role: str
    active: bool
    holds_duty: bool


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
async def opened(viewer: Viewer, person_ids: Iterable[str]) -> Opened:
    """The vaults of the people on one page, in one query; none is asked for twice in one reading."""
    wanted = list(dict.fromkeys(person_ids))
    if viewer.municipality_id is None or not wanted:
        return Opened()
    here: dict[str, Vault] = known().setdefault(("vaults", viewer.municipality_id), {})
    missing = [key for key in wanted if key not in here]
    if missing:
        # Of a whole town all keys are read, rather than each looked for.
        here.update(await vaults(viewer.municipality_id, missing if len(missing) <= _FEW else None))
    return Opened((key, here[key]) for key in wanted if key in here)


@reading
async def opened_with(viewer: Viewer, rows: Iterable[dict[str, Any]]) -> dict[str, Vault]:
    """The vaults of people whose keys came with their rows (`KEY`, from `KEYED`), by `person_id`; asks nothing."""
    if viewer.municipality_id is None:
        return {}
    here: dict[str, Vault] = known().setdefault(("vaults", viewer.municipality_id), {})
    found = {row["person_id"]: row for row in rows}
    missing = [(key, row["wrapped"], row["older"]) for key, row in found.items() if key not in here]
    fresh = await unwrapped(viewer.municipality_id, missing) if missing else {}
    here.update(fresh)
    return {key: here.get(key) or fresh[key] for key in found}


@reading
async def names(viewer: Viewer, rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The full names of people whose `name_sealed` came with their rows (and perhaps their keys; otherwise those are
    asked for where they are needed), by `person_id`. Those of a whole municipality are opened once and remembered for a
    while. Whoever was erased since the row was read is not among them."""
    return await _said(viewer, rows, "name")


@reading
async def births(viewer: Viewer, rows: Iterable[dict[str, Any]]) -> dict[str, date]:
    """The same of the birth dates, from `birth_sealed`."""
    return {key: date.fromisoformat(said) for key, said in (await _said(viewer, rows, "birth")).items()}


async def _said(viewer: Viewer, rows: Iterable[dict[str, Any]], column: str) -> dict[str, str]:
    if viewer.municipality_id is None:
        return {}
    lately, sealed = ring().lately, f"{column}_sealed"
    people = {row["person_id"]: row for row in rows}
    said = lately.found(column, ((key, row[sealed]) for key, row in people.items()))
    missing = [row for key, row in people.items() if key not in said]
    with_keys = bool(missing) and "wrapped" in missing[0]
    found = await (opened_with(viewer, missing) if with_keys else opened(viewer, [row["person_id"] for row in missing]))
    for row in missing:
        key = row["person_id"]
        if key not in found:
            continue  # erased since the row was read
        said[key] = found[key].open("person", column, key, row[sealed])
        lately.keep(column, key, row[sealed], said[key])
    return said


def danish_order(name: str) -> str:
    """A key that sorts names as Danish does: æ, ø and å last, and aa as å."""
    return name.casefold().replace("aa", "å").replace("ä", "æ").replace("ö", "ø").translate(_ALPHABET)


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
async def desk(viewer: Viewer) -> dict[str, Colleague]:
    """Everybody on the desk of the viewer's municipality, closed accounts too, by id; asked for once in a reading."""
    if viewer.municipality_id is None:
        return {}
    here, place = known(), ("desk", viewer.municipality_id)
    if place not in here:
        found = await rows(
            "SELECT id, name, role, active, duty_holder FROM staff WHERE municipality_id = ? ORDER BY id",
            viewer.municipality_id,
        )
        here[place] = {
            str(row["id"]): Colleague(
                row["id"], row["name"], row["role"], bool(row["active"]), bool(row["duty_holder"])
            )
            for row in found
        }
    return cast(dict[str, Colleague], here[place])


@reading
async def staff_names(viewer: Viewer) -> dict[str, str]:
    """The names of everybody on the desk of the viewer's municipality, closed accounts too, by id."""
    return {key: one.name for key, one in (await desk(viewer)).items()}


@reading
async def away(viewer: Viewer, day: date) -> list[str]:
    """Who of the desk does not answer on that day, by id."""
    return sorted(await absences(viewer, day))


@reading
async def gone(viewer: Viewer, day: date) -> set[str]:
    """Who of the desk is not there on that day, or no more: away, or the account closed; by id."""
    closed = {key for key, one in (await desk(viewer)).items() if not one.active}
    return closed | set(await absences(viewer, day))


@reading
async def absences(viewer: Viewer, day: date) -> dict[str, date]:
    """Who of the desk does not answer on that day, by id, and the last day on which they do not."""
    here, place = known(), ("absences", viewer.municipality_id, day)
    if place not in here:
        found = Absence.filter(municipality_id=viewer.municipality_id, first_day__lte=day, last_day__gte=day)
        last: dict[str, date] = {}
        for staff_id, until in await found.values_list("staff_id", "last_day"):
            last[str(staff_id)] = max(until, last.get(str(staff_id), until))
        here[place] = last
    return cast(dict[str, date], here[place])
