"""The review sheet: out to a spreadsheet, back in, and nothing moves that nobody changed."""

from __future__ import annotations

import csv
import io
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from hoert import texts_cli
from locales import catalogue, sheet
from tests.house.sources import TOP

Row = dict[str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the whole catalogue."""
    for path in (TOP / "locales").glob("*.toml"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def edited(folder: Path, change: Callable[[list[Row]], list[Row]]) -> str:
    """The exported sheet as a spreadsheet saves it after somebody's work: another delimiter, other line ends."""
    rows = change(list(csv.DictReader(io.StringIO(sheet.export(folder), newline=""), delimiter=";")))
    made = io.StringIO()
    table = csv.DictWriter(made, sheet.HEADER, delimiter=",", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return "\ufeff" + made.getvalue()


def saying(key: str, column: str, text: str, form: str = "") -> Callable[[list[Row]], list[Row]]:
    def change(rows: list[Row]) -> list[Row]:
        mine = next(row for row in rows if row["nøgle"] == key and row["form"] == form)
        mine[column] = text
        return rows

    return change


def test_the_sheet_has_every_text_once_and_in_both_languages(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(sheet.export(folder), newline=""), delimiter=";"))
    assert {row["nøgle"] for row in rows} == set(catalogue())
    assert len({(row["nøgle"], row["form"]) for row in rows}) == len(rows)
    hello = next(row for row in rows if row["nøgle"] == "chat.home.hello")
    assert (hello["dansk"], hello["felter"]) == ("Hej {name}. Vælg her, eller skriv bare.", "{name}")


def test_only_the_texts_of_the_chat_when_asked(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(sheet.export(folder, only="chat"), newline=""), delimiter=";"))
    assert {row["fil"][:4] for row in rows} == {"chat"}


def test_no_cell_starts_a_formula(folder: Path) -> None:
    (folder / "chat_wild.toml").write_text('["chat.wild.one"]\nda = "=1+1"\nen = "+ more"\n', encoding="utf-8")
    cells = [cell for row in csv.reader(io.StringIO(sheet.export(folder), newline=""), delimiter=";") for cell in row]
    assert [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}] == []
    assert sheet.read(sheet.export(folder), folder) == ([], [])


def test_a_sheet_that_nobody_changed_changes_nothing_to_the_byte(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    changes, faults = sheet.read(edited(folder, lambda rows: rows), folder)
    assert (changes, faults, sheet.write(changes, folder)) == ([], [], [])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_every_text_may_be_changed_and_changed_back_to_the_byte(folder: Path) -> None:
    """Every line of every file, plurals and texts of several lines among them."""

    def longer(rows: list[Row]) -> list[Row]:
        return [row | {"engelsk": f"{row['engelsk']}x" if row["engelsk"] else ""} for row in rows]

    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    original = sheet.export(folder)
    changes, _ = sheet.read(edited(folder, longer), folder)
    sheet.write(changes, folder)
    said = {key for path in folder.glob("*.toml") for key in tomllib.loads(path.read_text(encoding="utf-8"))}
    assert said == set(catalogue())
    back, faults = sheet.read(original, folder)
    assert (len(back), faults) == (len(changes), [])
    sheet.write(back, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_one_changed_text_changes_one_line_of_one_file(folder: Path) -> None:
    before = (folder / "chat_home.toml").read_text(encoding="utf-8").splitlines()
    changes, faults = sheet.read(
        edited(folder, saying("chat.home.hello", "dansk", "Hej {name}. Tryk, eller skriv.")), folder
    )
    assert (changes, faults) == (
        [sheet.Change("chat.home.hello", "", "da", "Hej {name}. Tryk, eller skriv.")], []
    )  # fmt: skip
    assert sheet.write(changes, folder) == [folder / "chat_home.toml"]
    after = (folder / "chat_home.toml").read_text(encoding="utf-8").splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ('da = "Hej {name}. Vælg her, eller skriv bare."', 'da = "Hej {name}. Tryk, eller skriv."')
    ]


def test_one_form_of_a_plural_changes_alone(folder: Path) -> None:
    changes, _ = sheet.read(
        edited(folder, saying("chat.checkin.done.seconds", "dansk", "Tak. {n} sekund.", form="one")), folder
    )
    sheet.write(changes, folder)
    entry = tomllib.loads((folder / "chat_checkins.toml").read_text(encoding="utf-8"))["chat.checkin.done.seconds"]
    assert entry["da"] == {"one": "Tak. {n} sekund.", "other": "Tak. Det tog {n} sekunder."}


@pytest.mark.parametrize(
    ("key", "column", "text", "why"),
    [
        ("chat.home.hello", "dansk", "Hej. Vælg her.", "skal være de samme som før: {name}"),
        ("chat.home.hello", "engelsk", "Hi {name} {surname}.", "skal være de samme som før: {name}"),
        ("chat.home.hello", "dansk", "", "tom"),
        ("chat.home.hello", "dansk", "Hej {name} { }", "kun stå om et felt"),
        ("chat.button.help", "dansk", "Hjælp " * 20 + "nu", "for lang"),
        (
            "chat.home.hello", "dansk",
            "Hej {name}, kommunalbestyrelsen behandler efterværnsansøgningen skriftligt inden afgørelsen meddeles.",
            "for svær: LIX",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_by_line_and_in_danish(
    folder: Path, key: str, column: str, text: str, why: str
) -> None:
    changes, faults = sheet.read(edited(folder, saying(key, column, text)), folder)
    assert changes == []
    assert [fault.key for fault in faults] == [key]
    assert why in faults[0].why


def test_a_key_that_somebody_renamed_and_a_column_that_is_missing_are_named(folder: Path) -> None:
    _, faults = sheet.read(edited(folder, saying("chat.home.hello", "nøgle", "chat.home.hej")), folder)
    assert [(fault.key, "findes ikke" in fault.why) for fault in faults] == [("chat.home.hej", True)]
    _, faults = sheet.read("nøgle;form;dansk\r\n", folder)
    assert [fault.why for fault in faults] == ["Kolonnen mangler: engelsk."]


def test_the_command_writes_a_sheet_takes_it_back_and_refuses_to_write_over_one(tmp_path: Path) -> None:
    said: list[str] = []
    target = tmp_path / "texts.csv"
    assert texts_cli.export(target, only="chat", say=said.append) == 0
    assert target.read_bytes().startswith("\ufeffnøgle;form;dansk".encode())
    assert texts_cli.export(target, only="", say=said.append) == 1
    assert texts_cli.take(target, dry_run=True, say=said.append) == 0
    assert said[-1] == "0 texts would change. Nothing was written."
    target.write_bytes(b"\xff\xfe\x00")
    assert texts_cli.take(target, dry_run=True, say=said.append) == 1
