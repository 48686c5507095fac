"""The register as a file: what can be read, what is said to be wrong, and what it would change."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import LANGUAGES, text
from models.domain.register import Aftercare, Group
from models.domain.register_file import (
    COLUMNS,
    LARGEST,
    MOST_ROWS,
    Change,
    Fault,
    Known,
    Line,
    Read,
    compare,
    looks_like_cpr,
    read,
    tame,
    write,
)

TODAY = date(2026, 11, 27)
AMINA = Known("a", "R-1", "Amina Yusuf", date(2007, 8, 3), "placed", "no", "mette@example.org", "+45 20 00 00 00")
HEAD = "reference;name;birth_date;group\n"


def faults(text: str) -> list[Fault]:
    return list(read(text.encode(), TODAY).faults)


def test_a_danish_file_and_an_english_one_say_the_same() -> None:
    english = (
        "reference,name,birth_date,group,caseworker_email,phone,placement_end,offered_on,decided_on,aftercare,left_on\n"
        "R-1,Amina Yusuf,2007-08-03,placed,Mette@Example.org,+45 20 00 00 00,2025-08-03,2025-01-05,2025-02-06,yes,\n"
    )
    danish = (
        "\ufeffTelefon;Navn;Fødselsdato;Sagsnummer;Målgruppe;Rådgiver;Anbragt til;Tilbudt;Afgjort;Ungestøtte;Udgået\r\n"
        "+45 20 00 00 00;  Amina   Yusuf;3.8.2007;R-1;Anbragt;mette@example.org;3-8-2025;5/1/2025;06.02.2025;Ja;\r\n"
        ";;;;;;;;;;\r\n"
    )
    expected = Line(
        2, "R-1", "Amina Yusuf", date(2007, 8, 3), Group.PLACED, "mette@example.org", "+45 20 00 00 00",
        date(2025, 8, 3), date(2025, 1, 5), date(2025, 2, 6), Aftercare.YES, None,
    )  # fmt: skip
    assert read(english.encode(), TODAY) == read(danish.encode(), TODAY) == Read((expected,), ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_may_speak_as_the_pages_do(language: str) -> None:
    header = ";".join(text(f"desk.register.column.{column}", language) for column in COLUMNS)
    for group, aftercare in product(Group, Aftercare):
        said = (text(f"desk.group.{group.value}", language), text(f"desk.aftercare.{aftercare.value}", language))
        row = f"R-1;Amina;2007-08-03;{said[0]};mette@example.org;20304050;2025-08-03;2025-01-05;2025-02-06;{said[1]};"
        found = read(f"{header}\n{row}\n".encode(), TODAY)
        assert [found.faults, *((one.group, one.aftercare) for one in found.lines)] == [(), (group, aftercare)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (HEAD.encode(), "empty"),
        (b"PK\x03\x04and so on", "not_csv"),
        (b"a\x00b", "not_csv"),
        ((HEAD + "R-1;S\u00f8ren;2007-08-03;placed").encode("latin-1"), "not_utf8"),
        ((HEAD + "R-1;S\u00f8ren;2007-08-03;placed").encode("utf-16"), "not_utf8"),
        (b"x" * (LARGEST + 1), "too_large"),
        ((HEAD + "R-1;A;2007-08-03;placed\n" * (MOST_ROWS + 1)).encode(), "too_many"),
    ],
)
def test_what_is_no_register_is_refused_as_a_whole(content: bytes, code: str) -> None:
    assert read(content, TODAY) == Read((), (Fault(0, "", code),))


def test_a_quotation_mark_that_never_ends_is_said_and_swallows_nobody() -> None:
    assert faults(HEAD + 'R-1;"Amina;2007-08-03;placed\nR-2;Jonas;2007-08-03;placed\n') == [Fault(2, "", "broken")]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("reference;name;birth_date;group;cpr", Fault(1, "cpr", "cpr")),
        ("reference;name;birth_date;group;CPR-nr.", Fault(1, "CPR-nr.", "cpr")),
        ("reference;name;birth_date;group;Personnummer", Fault(1, "Personnummer", "cpr")),
        ("reference;name;birth_date;group;shoe size", Fault(1, "shoe size", "column_unknown")),
        ("reference;name;birth_date;group;navn", Fault(1, "navn", "column_twice")),
        ("reference;name;birth_date", Fault(1, "group", "column_missing")),
    ],
)
def test_a_header_that_cannot_be_used_is_named(header: str, fault: Fault) -> None:
    assert faults(f"{header}\nR-1;Amina;2007-08-03;placed;x\n") == [fault]


@pytest.mark.parametrize("cell", ["030807-1234", "0308071234", "030807 1234", "Amina (030807-1234)", "630807-1234"])
def test_whatever_looks_like_a_cpr_number_refuses_the_file_in_any_column(cell: str) -> None:
    for column, row in (("reference", f"{cell};A;2007-08-03;placed"), ("name", f"R-1;{cell};2007-08-03;placed")):
        found = read((HEAD + "R-0;B;2007-08-03;placed\n" + row).encode(), TODAY)
        assert found == Read((), (Fault(3, column, "cpr"),))


@pytest.mark.parametrize(
    "cell", ["+45 20 00 00 00", "20000000", "2007-08-03", "4520303030", "R-2026-00123", "3213011234"]
)
def test_what_is_no_such_number_is_none(cell: str) -> None:
    assert looks_like_cpr(cell) is False


def test_what_is_wrong_is_said_by_row_and_column_and_all_of_it() -> None:
    rows = [
        "R-1;Amina;31.2.2007;placed;;;;;;;",
        ";;;;;;;;;;",
        "R-2;;2007-08-03;elsewhere;;ring mig;3.8.25;2027-01-01;1.1.1800;perhaps;",
        "R-1;Jonas;2007-08-03;kontaktperson;;;;;;;",
        "R-3;Leila;2007-08-03;anbragt;;;;;;;;more",
        f"{'x' * 41};A;2007-08-03;placed;;;;;;;",
    ]
    assert faults(";".join(COLUMNS) + "\n" + "\n".join(rows)) == [
        Fault(2, "birth_date", "date_unreadable"),
        Fault(4, "name", "missing"),
        Fault(4, "placement_end", "year_two_digits"),
        Fault(4, "offered_on", "date_ahead"),
        Fault(4, "decided_on", "date_unlikely"),
        Fault(4, "group", "group_unknown"),
        Fault(4, "aftercare", "aftercare_unknown"),
        Fault(4, "phone", "phone_unreadable"),
        Fault(5, "reference", "twice", "2"),
        Fault(6, "", "too_many_cells"),
        Fault(7, "reference", "too_long", "40"),
    ]


def compared(text: str, *known: Known, emails: tuple[str, ...] = ("mette@example.org", "siri@example.org")):
    return compare(read(text.encode(), TODAY), known, emails, TODAY)


def test_a_file_says_what_is_new_what_changes_and_who_is_missing() -> None:
    head = "reference;name;birth_date;group;caseworker_email;phone;aftercare\n"
    jonas, leila = replace(AMINA, person_id="j", reference="R-2"), replace(AMINA, person_id="l", reference="R-3")
    gone = replace(AMINA, person_id="g", reference="R-9", left_on=date(2026, 1, 1))
    found = compared(
        head + "R-1;Amina Yusuf;2007-08-03;contact_person;SIRI@example.org;;declined\n"
        "R-2;Amina Yusuf;2007-08-03;placed;;;\nR-4;Ny Ung;2009-05-27;placed;;;\n",
        AMINA, jonas, leila, gone,
    )  # fmt: skip
    assert found.faults == ()
    assert [line.reference for line in found.new] == ["R-4"]
    assert [one.changes for one in found.changed] == [
        (
            Change("group", "placed", "contact_person"),
            Change("caseworker_email", "mette@example.org", "siri@example.org"),
            Change("aftercare", "no", "declined"),
        )
    ]
    assert (found.unchanged, [one.reference for one in found.missing]) == (1, ["R-3"])


def test_an_empty_cell_and_a_column_left_out_take_nothing_away() -> None:
    known = replace(AMINA, offered_on=date(2026, 1, 1), placement_end=date(2025, 8, 3))
    assert compared(HEAD + "R-1;Amina Yusuf;2007-08-03;placed", known).unchanged == 1


def test_what_only_the_register_can_tell_is_said_by_row_too() -> None:
    moved, erased = replace(AMINA, reference="R-5", gone="moved"), replace(AMINA, reference="R-6", gone="erased")
    found = compared(
        HEAD.strip() + ";caseworker_email\n"
        "R-2;Ung;2009-05-28;placed;\nR-3;Ung;2003-11-27;placed;\nR-4;Ung;2007-08-03;placed;odd@example.org\n"
        "R-5;Ung;2007-08-03;placed;\nR-6;Ung;2007-08-03;placed;\n",
        moved, erased,
    )  # fmt: skip
    assert found.faults == (
        Fault(2, "birth_date", "too_young", "2026-11-28"),
        Fault(3, "birth_date", "too_old"),
        Fault(4, "caseworker_email", "caseworker_unknown"),
        Fault(5, "reference", "moved"),
        Fault(6, "reference", "erased"),
    )
    assert (found.new, found.changed, found.missing) == ((), (), ())


def test_everything_that_is_wrong_with_a_row_is_said_at_once() -> None:
    found = compared(
        HEAD.strip() + ";caseworker_email\nR-2;Ung;1980-01-01;home;odd@example.org\n"
        "R-3;;31.2.2007;placed;ODD@example.org\nR-4;Ung;2003-11-27;placed;odd@example.org\n"
    )  # fmt: skip
    assert found.faults == (
        Fault(2, "birth_date", "too_old"),
        Fault(2, "group", "group_unknown"),
        Fault(2, "caseworker_email", "caseworker_unknown"),
        Fault(3, "name", "missing"),
        Fault(3, "birth_date", "date_unreadable"),
        Fault(3, "caseworker_email", "caseworker_unknown"),
        Fault(4, "birth_date", "too_old"),
        Fault(4, "caseworker_email", "caseworker_unknown"),
    )


def test_somebody_known_who_has_turned_23_is_no_fault() -> None:
    old = replace(AMINA, birth_date=date(2003, 1, 1))
    assert compared(HEAD + "R-1;Amina Yusuf;2003-01-01;placed", old).faults == ()


def test_the_mark_of_a_comparison_changes_with_what_it_says() -> None:
    one = compared(HEAD + "R-1;Amina;2007-08-03;placed", AMINA)
    assert one.fingerprint == compared(HEAD + "R-1;Amina;2007-08-03;placed", AMINA).fingerprint
    assert one.fingerprint != compared(HEAD + "R-1;Amina;2007-08-03;placed", replace(AMINA, phone="1")).fingerprint


@pytest.mark.parametrize("cell", ["=1+1", "+45 20", "-2", "@sum", "\tx", "\rx"])
def test_no_cell_starts_a_formula(cell: str) -> None:
    assert tame(cell) == f"'{cell}"
    assert tame("Amina=") == "Amina="


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z", "N", "M")), min_size=1, max_size=20).map(
    lambda words: unicodedata.normalize("NFC", words)
)
_DAYS = st.dates(date(2004, 1, 1), date(2009, 1, 1))


@given(
    name=_WORDS,
    reference=_WORDS,
    birth=_DAYS,
    group=st.sampled_from(Group),
    aftercare=st.sampled_from(Aftercare),
    offered=st.none() | _DAYS,
)
def test_what_is_written_is_read_again_and_changes_nothing(name, reference, birth, group, aftercare, offered) -> None:
    known = replace(
        AMINA, name=name, reference=reference, birth_date=birth, group=group.value, aftercare=aftercare.value,
        offered_on=offered,
    )  # fmt: skip
    made = write([known])
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for row in csv.reader(io.StringIO(made), delimiter=";") for cell in row
    )
    if name.startswith("'") or reference.startswith("'"):
        return
    found = compared(made.encode().decode(), known)
    assert (found.faults, found.new, found.changed) == ((), (), ())
