"""The register as a file: reading one, saying what is wrong by row and column, what it would change, and writing one.

An empty cell says nothing: it never takes away what is known already. Nobody who is missing in a file is removed.
A column that looks like a CPR number refuses the whole file, and nothing of it is read on.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from models.domain.marks import fingerprint
from models.domain.register import Aftercare, Group, leaves_at, offer_deadline

#: The columns of the file, in the order in which they are written.
COLUMNS: Final = (
    "reference", "name", "birth_date", "group", "caseworker_email", "phone", "placement_end", "offered_on",
    "decided_on", "aftercare", "left_on",
)  # fmt: skip
#: Without these a row says nothing about anybody.
REQUIRED: Final = ("reference", "name", "birth_date", "group")
#: Bytes of a file; 5,000 people with long names are a third of it.
LARGEST: Final = 700_000
MOST_ROWS: Final = 5_000
LONGEST: Final[Mapping[str, int]] = MappingProxyType({"reference": 40, "name": 120})
LONGEST_PHONE: Final = 40

_DATES: Final = ("birth_date", "placement_end", "offered_on", "decided_on", "left_on")
#: What has happened cannot lie ahead.
_HAPPENED: Final = ("birth_date", "offered_on", "decided_on")

_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{column: column for column in COLUMNS},
        "sagsnummer": "reference", "sagsnr": "reference", "navn": "name", "fødselsdato": "birth_date",
        "fødselsdag": "birth_date", "gruppe": "group", "målgruppe": "group", "rådgiver_email": "caseworker_email",
        "rådgivers_email": "caseworker_email", "rådgiver": "caseworker_email", "telefon": "phone", "mobil": "phone",
        "anbringelse_slut": "placement_end", "anbragt_til": "placement_end", "tilbudt": "offered_on",
        "tilbudt_dato": "offered_on", "besluttet": "decided_on", "afgjort": "decided_on", "afgørelse": "decided_on",
        "ungestøtte": "aftercare", "efterværn": "aftercare", "udgået": "left_on", "fraflyttet": "left_on",
        "ude_fra": "left_on", "anbringelse_slutter": "placement_end", "tilbudt_den": "offered_on",
        "afgjort_den": "decided_on", "ude_af_målgruppen_fra": "left_on", "date_of_birth": "birth_date",
        "placement_ends": "placement_end",
        "caseworkers_email": "caseworker_email", "out_of_the_target_group_from": "left_on",
    }
)  # fmt: skip
_GROUPS: Final[Mapping[str, Group]] = MappingProxyType(
    {
        "placed": Group.PLACED, "anbragt": Group.PLACED, "contact_person": Group.CONTACT_PERSON,
        "contact person": Group.CONTACT_PERSON, "kontaktperson": Group.CONTACT_PERSON,
        "fast kontaktperson": Group.CONTACT_PERSON, "fixed contact person": Group.CONTACT_PERSON,
    }
)  # fmt: skip
_AFTERCARE: Final[Mapping[str, Aftercare]] = MappingProxyType(
    {
        "yes": Aftercare.YES, "ja": Aftercare.YES, "no": Aftercare.NO, "nej": Aftercare.NO, "not yet": Aftercare.NO,
        "declined": Aftercare.DECLINED, "afslået": Aftercare.DECLINED, "nej tak": Aftercare.DECLINED,
        "ikke endnu": Aftercare.NO, "sagt nej tak": Aftercare.DECLINED, "said no thanks": Aftercare.DECLINED,
    }
)  # fmt: skip

_CPR_HEADERS: Final = re.compile(r"(?i)\bcpr|cpr_?(nr|nummer|no)?$|personnummer|social_?security")
#: Six digits of a day that exists (or one with 60 added, as substitute numbers have it) and four more.
_CPR: Final = re.compile(
    r"(?<!\d)(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])\d{2}\s?[-–]?\s?\d{4}(?!\d)"
)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DANISH: Final = re.compile(r"(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4})")
_TWO_DIGITS: Final = re.compile(r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2}")
_PHONE: Final = re.compile(r"[+\d][\d ()/.-]{3,}")
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
#: What a spreadsheet takes for a formula at the beginning of a cell.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where: the row as a spreadsheet counts it (0: the whole file), the column, and a code.

    ``about`` completes the sentence: a row, a date as ISO text. Never what stood in the cell.
    """

    row: int
    column: str
    code: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row that can be used. None: the file says nothing about that."""

    row: int
    reference: str
    name: str
    birth_date: date
    group: Group
    caseworker_email: str | None = None
    phone: str | None = None
    placement_end: date | None = None
    offered_on: date | None = None
    decided_on: date | None = None
    aftercare: Aftercare | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: the rows that can be used, and everything that is wrong. One fault, and nothing is imported.
    ``doubtful``: the rows with faults, for what only the register can tell of them."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    doubtful: tuple[tuple[int, Mapping[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody as the register has them. ``gone``: "", "moved" or "erased"; ``email`` is the caseworker's, or ""."""

    person_id: str
    reference: str
    name: str
    birth_date: date
    group: str
    aftercare: str
    email: str = ""
    phone: str = ""
    placement_end: date | None = None
    offered_on: date | None = None
    decided_on: date | None = None
    left_on: date | None = None
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that the file says something else about; dates as ISO text, codes as they are, "" for nothing."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody who is known, and what would be different."""

    known: Known
    line: Line
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an import would do, and what it would not: who is missing in the file stays as they are."""

    new: tuple[Line, ...]
    changed: tuple[Changed, ...]
    unchanged: int
    missing: tuple[Known, ...]
    faults: tuple[Fault, ...]

    @property
    def fingerprint(self) -> str:
        """A mark of all of it: the same only while neither the file nor the register has changed."""
        return fingerprint(self.new, self.changed, self.unchanged, self.missing)


def read(content: bytes, today: date) -> Read:
    """Read a file: UTF-8, with or without its mark, ``;`` or ``,``, header in Danish or English. Never raises."""
    text, code = _text(content)
    if code:
        return Read((), (Fault(0, "", code),))
    rows, broken = _rows(text)
    if not rows or not any(rows[0]):
        return Read((), (Fault(0, "", "broken" if broken else "empty"),))
    columns, faults = _columns(rows[0])
    faults += _numbers(rows)
    filled = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(row)]
    if broken:
        faults.append(Fault(len(rows) + 1, "", "broken"))
    elif not filled or len(filled) > MOST_ROWS:
        faults.append(Fault(0, "", "too_many" if filled else "empty"))
    return Read((), tuple(faults)) if faults else _lines(filled, columns, today)


def read_row(row: int, cells: Mapping[str, str], today: date) -> tuple[Line | None, list[Fault]]:
    """One person from the words of a row or a form; the line is None where something is wrong.

    Cells that are empty or left out say nothing; what is required may not be empty.
    """
    faults = [Fault(row, column, "missing") for column in REQUIRED if not cells.get(column, "")]
    faults += [
        Fault(row, column, "too_long", str(longest))
        for column, longest in LONGEST.items()
        if len(cells.get(column, "")) > longest
    ]
    dates: dict[str, date | None] = {}
    for column in _DATES:
        dates[column], fault = _day(row, column, cells.get(column, ""), today)
        faults += [fault] if fault else []
    group = _GROUPS.get(cells.get("group", "").casefold().replace("-", "_"))
    if group is None and cells.get("group", ""):
        faults.append(Fault(row, "group", "group_unknown"))
    aftercare = _AFTERCARE.get(cells.get("aftercare", "").casefold())
    if aftercare is None and cells.get("aftercare", ""):
        faults.append(Fault(row, "aftercare", "aftercare_unknown"))
    if wrong := phone_fault(row, cells.get("phone", "")):
        faults.append(wrong)
    birth = dates["birth_date"]
    if faults or birth is None or group is None:
        return None, faults
    return Line(
        row, cells["reference"], cells["name"], birth, group, cells.get("caseworker_email", "").casefold() or None,
        cells.get("phone") or None, dates["placement_end"], dates["offered_on"], dates["decided_on"], aftercare,
        dates["left_on"],
    ), []  # fmt: skip


def age_fault(row: int, birth: date, today: date) -> Fault | None:
    """Why somebody of this age is not put on the register: not 17½ yet, or 23 already."""
    if today < offer_deadline(birth):
        return Fault(row, "birth_date", "too_young", offer_deadline(birth).isoformat())
    if today >= leaves_at(birth):
        return Fault(row, "birth_date", "too_old")
    return None


def phone_fault(row: int, phone: str) -> Fault | None:
    """What is wrong with a phone number, which may be empty."""
    if len(phone) > LONGEST_PHONE or (phone and not _PHONE.fullmatch(phone)):
        return Fault(row, "phone", "phone_unreadable")
    return Fault(row, "phone", "cpr") if looks_like_cpr(phone) else None


def looks_like_cpr(words: str) -> bool:
    """Whether something in these words could be a CPR number."""
    return _CPR.search(words) is not None


def compare(file: Read, known: Iterable[Known], emails: Iterable[str], today: date) -> Comparison:
    """What a file would change in a register. ``emails`` are those of whoever may be somebody's caseworker there."""
    by_reference = {one.reference: one for one in known}
    mails = {one.casefold() for one in emails}
    faults = list(file.faults)
    new: list[Line] = []
    changed: list[Changed] = []
    unchanged = 0
    for line in file.lines:
        found = by_reference.get(line.reference)
        wrong = _problems(line.row, found, line.caseworker_email or "", line.birth_date, mails, today)
        faults += wrong
        if wrong:
            continue
        if found is None:
            new.append(line)
        elif changes := _changes(found, line):
            changed.append(Changed(found, line, changes))
        else:
            unchanged += 1
    for row, cells in file.doubtful:
        found, email = by_reference.get(cells.get("reference", "")), cells.get("caseworker_email", "").casefold()
        birth, _ = _day(row, "birth_date", cells.get("birth_date", ""), today)
        faults += _problems(row, found, email, birth, mails, today)
    named = {line.reference for line in file.lines}
    missing = tuple(
        one
        for one in by_reference.values()
        if one.reference not in named
        and not one.gone
        and (one.left_on is None or one.left_on > today)
        and today < leaves_at(one.birth_date)
    )
    return Comparison(tuple(new), tuple(changed), unchanged, missing, tuple(sorted(faults, key=_place)))


def write(people: Iterable[Known]) -> str:
    """A register as a file that `read` takes: semicolons, English header, ISO dates. No cell can start a formula."""
    made = _Page()
    table = csv.writer(made, delimiter=";", lineterminator="\r\n")
    table.writerow(COLUMNS)
    for one in people:
        values = (
            one.reference, one.name, one.birth_date, one.group, one.email, one.phone, one.placement_end, one.offered_on,
            one.decided_on, one.aftercare, one.left_on,
        )  # fmt: skip
        table.writerow([tame("" if value is None else str(value)) for value in values])
    return "".join(made.rows)


class _Page:
    """What `csv` writes its rows to."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def write(self, row: str) -> None:
        self.rows.append(row)


def tame(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before what could be one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _text(content: bytes) -> tuple[str, str]:
    """The words of a file, or the code of why there are none."""
    if len(content) > LARGEST:
        return "", "too_large"
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        return "", "not_csv"
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "", "not_utf8"
    return ("", "not_csv") if "\x00" in text else (text.replace("\r\n", "\n").replace("\r", "\n"), "")


def _rows(text: str) -> tuple[list[list[str]], bool]:
    """Every row, cells without spaces around them; and whether it broke off at a quotation mark that never ends."""
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    found: list[list[str]] = []
    try:
        table = csv.reader(_LINE.findall(text), delimiter=delimiter, strict=True)
        found.extend([_cell(cell) for cell in row] for row in table)
    except csv.Error:
        return found, True
    return found, False


def _cell(cell: str) -> str:
    """As it was meant: no spaces around, and without the apostrophe `tame` has put before it."""
    clear = " ".join(cell.split())
    return clear[1:] if clear.startswith("'") and clear[1:].startswith(_FORMULA) else clear


def _columns(header: Sequence[str]) -> tuple[list[str], list[Fault]]:
    """Which column each cell of a row belongs to, and what is wrong with the header."""
    columns: list[str] = []
    faults: list[Fault] = []
    for title in header:
        plain = re.sub(r"[\s-]+", "_", re.sub(r"['’]|(?<=\be)-(?=mail)", "", title.casefold())).strip("_")
        column = _HEADERS.get(plain, "")
        if _CPR_HEADERS.search(plain):
            faults.append(Fault(1, title, "cpr"))
        elif not column and title:
            faults.append(Fault(1, title, "column_unknown"))
        elif column and column in columns:
            faults.append(Fault(1, title, "column_twice"))
        columns.append(column)
    faults += [Fault(1, column, "column_missing") for column in REQUIRED if column not in columns]
    return columns, faults


def _numbers(rows: Sequence[Sequence[str]]) -> list[Fault]:
    """Columns in which something looks like a CPR number, each once, at the first row that has it."""
    seen: dict[int, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        for place, cell in enumerate(row):
            if place not in seen and looks_like_cpr(cell):
                seen[place] = number
    titles = rows[0]
    return [Fault(row, titles[at] if at < len(titles) else "", "cpr") for at, row in sorted(seen.items())]


def _lines(filled: Iterable[tuple[int, list[str]]], columns: Sequence[str], today: date) -> Read:
    lines: list[Line] = []
    faults: list[Fault] = []
    doubtful: list[tuple[int, Mapping[str, str]]] = []
    first: dict[str, int] = {}
    for number, row in filled:
        if any(row[len(columns) :]):
            faults.append(Fault(number, "", "too_many_cells"))
            continue
        cells = {column: cell for column, cell in zip(columns, row, strict=False) if column}
        line, wrong = read_row(number, cells, today)
        reference = cells.get("reference", "")
        if reference and reference in first:
            wrong.append(Fault(number, "reference", "twice", str(first[reference])))
        first.setdefault(reference, number)
        faults += wrong
        if line is not None and not wrong:
            lines.append(line)
        else:
            doubtful.append((number, cells))
    return Read(tuple(lines), tuple(faults), tuple(doubtful))


def _day(row: int, column: str, cell: str, today: date) -> tuple[date | None, Fault | None]:
    if not cell:
        return None, None
    if found := _ISO.fullmatch(cell):
        year, month, day = found.groups()
    elif found := _DANISH.fullmatch(cell):
        day, month, year = found.groups()
    else:
        return None, Fault(row, column, "year_two_digits" if _TWO_DIGITS.fullmatch(cell) else "date_unreadable")
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        return None, Fault(row, column, "date_unreadable")
    if not 1900 <= value.year <= today.year + 20:
        return None, Fault(row, column, "date_unlikely")
    if column in _HAPPENED and value > today:
        return None, Fault(row, column, "date_ahead")
    return value, None


def _problems(
    row: int, found: Known | None, email: str, birth: date | None, mails: set[str], today: date
) -> list[Fault]:
    """What only the register can tell."""
    if found is not None and found.gone:
        return [Fault(row, "reference", found.gone)]
    faults = [Fault(row, "caseworker_email", "caseworker_unknown")] if email and email not in mails else []
    if birth is not None and (found is None or found.birth_date != birth):
        faults += [fault] if (fault := age_fault(row, birth, today)) else []
    return faults


def _changes(known: Known, line: Line) -> tuple[Change, ...]:
    found = (
        ("name", known.name, line.name),
        ("birth_date", known.birth_date, line.birth_date),
        ("group", known.group, line.group),
        ("caseworker_email", known.email.casefold(), line.caseworker_email),
        ("phone", known.phone, line.phone),
        ("placement_end", known.placement_end, line.placement_end),
        ("offered_on", known.offered_on, line.offered_on),
        ("decided_on", known.decided_on, line.decided_on),
        ("aftercare", known.aftercare, line.aftercare),
        ("left_on", known.left_on, line.left_on),
    )
    return tuple(
        Change(column, "" if before is None else str(before), str(after))
        for column, before, after in found
        if after is not None and str(before) != str(after)
    )


def _place(fault: Fault) -> tuple[int, int]:
    return fault.row, COLUMNS.index(fault.column) if fault.column in COLUMNS else 0
