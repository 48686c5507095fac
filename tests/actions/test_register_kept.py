"""The register kept by file and by form: the same rules, one transaction, and nobody twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from models.actions import register, register_kept
from models.actions.register_kept import Faulty, Filled
from models.domain import register_file
from models.domain.errors import NotAllowed, NotFound, Stale
from models.domain.localtime import local_date
from models.domain.people import YoungPerson
from models.domain.register_file import Fault, Read
from models.queries import register as lists
from models.queries import register_kept as views
from models.queries.register import Show
from models.tables.audit import TrailEntry
from models.tables.outbox import Letter
from models.tables.register import Handover, Person
from models.transactions import Scope
from tests.actions.rows import change, dump, found, one
from tests.cast import Cast

HEAD = "reference;name;birth_date;group;caseworker_email;phone;aftercare;offered_on\n"
ROWS = (
    "R-1001;Amina Yusuf Ali;3.8.2007;placed;siri@example.org;+45 30 30 30 30;yes;1.2.2026\n"
    "R-1002;Jonas Birk;2006-02-14;anbragt;;;;\n"
    "R-2000;Ny Ungersen;2009-01-02;kontaktperson;mette@example.org;;;\n"
)


def read(text: str, now: datetime) -> Read:
    return register_file.read(text.encode(), local_date(now))


async def test_a_file_is_compared_then_imported_and_a_second_time_changes_nothing(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    file, before = read(HEAD + ROWS, now), await dump()
    seen = await views.compared(cast.per, file, today=local_date(now))
    assert await dump() == before
    told: list[tuple[int, int]] = []
    done = await register_kept.import_file(
        cast.per, file, seen=seen.fingerprint, now=now, tell=lambda n, of: told.append((n, of))
    )
    assert (done, told) == (seen, [(2, 2)])
    assert [len(done.new), len(done.changed), done.unchanged, [p.reference for p in done.missing]] == [
        1, 1, 1, ["R-1003"],
    ]  # fmt: skip
    view = await lists.person(cast.per, cast.amina, now=now)
    assert (view.name, view.first_name, view.phone, view.aftercare, view.caseworker, view.offered_on) == (
        "Amina Yusuf Ali", "Amina", "+45 30 30 30 30", "yes", "Siri Kjær", date(2026, 2, 1),
    )  # fmt: skip
    # A new caseworker by file comes like any other: written down, and the person is told.
    assert len(await found(Handover, person_id=cast.amina)) == 1
    assert len(await found(Letter, person_id=cast.amina, kind="caseworker.new")) == 1
    new = await one(Person, reference="R-2000")
    assert (new.caseworker_id, new.aftercare, new.entered_on) == (cast.mette.staff_id, "no", local_date(now))
    deeds = [row.deed for row in await found(TrailEntry, actor_id=cast.per.staff_id)]
    assert {"register.add", "register.change", "register.import"} <= set(deeds)
    again = await dump(without=("trail_entry",))
    second = await register_kept.import_file(cast.per, file, now=now + timedelta(hours=1))
    assert (second.new, second.changed, second.unchanged) == ((), (), 3)
    assert await dump(without=("trail_entry",)) == again


async def test_one_fault_and_nothing_of_the_file_is_done(cast: Cast, now: datetime) -> None:
    before = await dump()
    with pytest.raises(Faulty) as refused:
        await register_kept.import_file(
            cast.per, read(HEAD + ROWS + "R-3;A;2007-08-03;placed;odd@example.org;;;\n", now), now=now
        )
    assert refused.value.faults == (Fault(5, "caseworker_email", "caseworker_unknown"),)
    with pytest.raises(Stale):
        await register_kept.import_file(cast.per, read(HEAD + ROWS, now), seen="another", now=now)
    for viewer in (cast.mette, cast.admin, cast.nanna):
        with pytest.raises(NotAllowed):
            await register_kept.import_file(viewer, read(HEAD + ROWS, now), now=now)
        with pytest.raises(NotAllowed):
            await views.compared(viewer, read(HEAD + ROWS, now), today=local_date(now))
    with pytest.raises(NotFound):
        await register_kept.import_file(Scope("*"), read(HEAD + ROWS, now), now=now)
    assert await dump() == before


async def test_what_is_exported_is_imported_again_without_a_change(cast: Cast, now: datetime) -> None:
    made = await views.as_file(cast.per, today=local_date(now))
    assert "Astrid" not in made
    compared = await views.compared(cast.per, read(made, now), today=local_date(now))
    assert (compared.unchanged, compared.new, compared.changed, compared.missing) == (3, (), (), ())
    with pytest.raises(NotAllowed):
        await views.as_file(cast.mette, today=local_date(now))


def filled(cast: Cast, **cells: str) -> Filled:
    base = {"reference": "R-1001", "name": "Amina Yusuf", "birth_date": "2007-08-03", "group": "placed",
            "phone": "+45 20 00 00 00", "aftercare": "no"}  # fmt: skip
    more = {key: cells.pop(key) for key in ("caseworker_id", "substitute_id", "left_why") if key in cells}
    return Filled({**dict.fromkeys(register_file.COLUMNS, ""), **base, **cells}, **more)


async def test_one_person_is_added_by_the_same_rules_and_a_second_click_adds_nobody(cast: Cast, now: datetime) -> None:
    form = filled(cast, reference="R-7", name="Ny Ung", caseworker_id=cast.siri.staff_id)
    added = await register_kept.add_one(cast.per, form, now=now)
    assert await register_kept.add_one(cast.per, form, now=now) == added
    assert (await lists.person(cast.per, added, now=now)).caseworker == "Siri Kjær"
    for cells, fault in (
        ({"reference": "R-1001", "name": "En Anden"}, Fault(0, "reference", "taken")),
        ({"reference": "R-8", "birth_date": "2010-01-01"}, Fault(0, "birth_date", "too_young", "2027-07-01")),
        ({"reference": "030807-1234"}, Fault(0, "reference", "cpr")),
        ({"reference": "R-8", "left_on": "2026-01-01"}, Fault(0, "left_why", "left_why_missing")),
        ({"reference": "R-8", "name": ""}, Fault(0, "name", "missing")),
    ):
        with pytest.raises(Faulty) as refused:
            await register_kept.add_one(cast.per, filled(cast, **cells), now=now)
        assert refused.value.faults == (fault,)
    with pytest.raises(NotFound):
        await register_kept.add_one(cast.per, filled(cast, reference="R-8", caseworker_id=cast.odd.staff_id), now=now)
    with pytest.raises(NotAllowed):
        await register_kept.add_one(cast.mette, form, now=now)


async def test_one_person_is_changed_field_by_field_and_nobody_is_run_over(cast: Cast, now: datetime) -> None:
    seen = (await views.entered(cast.per, cast.amina)).mark
    same = filled(cast, caseworker_id=cast.mette.staff_id)
    assert await register_kept.change_one(cast.per, cast.amina, same, seen=seen, now=now) is False
    other = filled(
        cast, reference="R-1", name="Amina Ali", phone="", left_on="2026-11-01", left_why="moved",
        caseworker_id=cast.siri.staff_id, substitute_id=cast.lars.staff_id,
    )  # fmt: skip
    assert await register_kept.change_one(cast.per, cast.amina, other, seen=seen, now=now) is True
    view = await lists.person(cast.per, cast.amina, now=now)
    assert (view.reference, view.name, view.phone, view.left_on, view.left_why, view.caseworker, view.substitute) == (
        "R-1", "Amina Ali", "", date(2026, 11, 1), "moved", "Siri Kjær", "Lars Bech",
    )  # fmt: skip
    with pytest.raises(Stale):
        await register_kept.change_one(cast.per, cast.amina, same, seen=seen, now=now)
    # Some words only: the rest stays as it is, and so does why somebody left without one.
    assert await register_kept.change_one(cast.per, cast.amina, Filled({"name": "Amina A"}), now=now) is True
    view = await lists.person(cast.per, cast.amina, now=now)
    assert (view.reference, view.name, view.left_why, view.substitute) == ("R-1", "Amina A", "moved", "Lars Bech")
    await change(Person, {"id": cast.jonas}, left_on=date(2026, 11, 1))
    assert await register_kept.change_one(cast.per, cast.jonas, Filled({"phone": "20 30 40 50"}), now=now) is True
    with pytest.raises(Faulty):
        await register_kept.change_one(cast.per, cast.jonas, Filled({"left_on": "2026-11-02"}), now=now)
    with pytest.raises(Faulty) as refused:
        await register_kept.change_one(cast.per, cast.amina, filled(cast, reference="R-1002"), seen=seen, now=now)
    assert refused.value.faults == (Fault(0, "reference", "taken"),)


async def test_phone_and_whom_to_contact_are_the_caseworkers_to_change(cast: Cast, now: datetime) -> None:
    await register_kept.change_contact(cast.mette, cast.amina, "+45 31 31 31 31", "Mormor, 40 40 40 40", now=now)
    view = await lists.person(cast.mette, cast.amina, now=now)
    assert (view.phone, view.kin) == ("+45 31 31 31 31", "Mormor, 40 40 40 40")


async def test_the_list_of_those_without_an_offer_begins_with_the_nearest_deadline(cast: Cast, now: datetime) -> None:
    young = register.Entry(
        "R-3000", "Aaron Ung", date(2009, 3, 1), register.Group.PLACED, register.Aftercare.NO,
        caseworker_id=cast.mette.staff_id, entered_on=date(2026, 9, 1),
    )  # fmt: skip
    await register.add_person(Scope(cast.randers), young, now=now)
    shown = await lists.people(cast.per, Show.NOT_OFFERED, now=now)
    assert [(line.name, line.deadline) for line in shown.people] == [
        ("Jonas Birk", date(2023, 8, 14)), ("Amina Yusuf", date(2025, 2, 3)), ("Leila Haddad", date(2025, 11, 30)),
        ("Aaron Ung", date(2026, 9, 1)),
    ]  # fmt: skip
    assert (shown.not_offered, shown.late) == (4, 4)
