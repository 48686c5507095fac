"""The review sheet: every text on one line of a table, for somebody who knows young people and no code.

`export` makes a CSV that a spreadsheet opens; `read` takes it back and says, line by line, what cannot be used;
`write` puts what was changed where it belongs, and nothing else moves.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from locales import placeholders
from locales.plainness import HARDEST, lix, measurable

FOLDER = Path(__file__).parent
HEADER = ("nøgle", "form", "dansk", "engelsk", "til den, der læser", "felter", "lix", "fil")
#: One text, in one grammatical form ("" where the text has no plural): what it says in each language.
Line = Mapping[str, str]
_LONGEST, _LONGEST_BUTTON = 1000, 64
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ENTRY = re.compile(r'^\["(?P<key>[^"]+)"\]\s*$')
_NAMED = re.compile(r"^(?P<name>[a-z_]+) = ")


@dataclass(frozen=True, slots=True)
class Change:
    """One text that the sheet changes."""

    key: str
    form: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of the sheet that cannot be used, and why, in words."""

    line: int
    key: str
    why: str


def export(folder: Path = FOLDER, only: str = "") -> str:
    """Every text (of the files whose names begin with `only`) as CSV with semicolons: key, form, both languages, note,
    placeholders, LIX of the Danish, file. No cell can start a formula."""
    made = io.StringIO()
    table = csv.writer(made, delimiter=";", lineterminator="\r\n")
    table.writerow(HEADER)
    for name, key, form, said in _texts(folder):
        if not name.startswith(only):
            continue
        danish = said.get("da", "")
        fields = " ".join(f"{{{one}}}" for one in sorted(placeholders(danish)))
        hard = f"{lix(danish):.0f}" if measurable(danish) else ""
        row = (key, form, danish, said.get("en", ""), said.get("note", ""), fields, hard, name)
        table.writerow([_tame(cell) for cell in row])
    return made.getvalue()


def read(sheet: str, folder: Path = FOLDER) -> tuple[list[Change], list[Fault]]:
    """What a sheet changes, and what in it cannot be used. A sheet with a fault is not to be written at all.

    Columns are found by their names, so they may stand in any order, and lines may be missing or sorted.
    """
    known = {(key, form): (name, said) for name, key, form, said in _texts(folder)}
    text = sheet.removeprefix("\ufeff")
    delimiter = ";" if text.partition("\n")[0].count(";") >= text.partition("\n")[0].count(",") else ","
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = {"nøgle", "form", "dansk", "engelsk"} - set(table.fieldnames or ())
    if missing:
        return [], [Fault(1, "", f"Kolonnen mangler: {', '.join(sorted(missing))}.")]
    changes: list[Change] = []
    faults: list[Fault] = []
    for row in table:
        key, form = _free(row["nøgle"] or ""), _free(row["form"] or "")
        if not key and not any(row.values()):
            continue
        if (key, form) not in known:
            faults.append(Fault(table.line_num, key, "Nøglen findes ikke. Den må ikke ændres."))
            continue
        name, said = known[key, form]
        for language, column in (("da", "dansk"), ("en", "engelsk")):
            now, before = _free(row[column] or "").replace("\r\n", "\n"), said.get(language, "")
            if now == before:
                continue
            why = _wrong(name, key, language, now, before)
            if why:
                faults.append(Fault(table.line_num, key, why))
            else:
                changes.append(Change(key, form, language, now))
    return changes, faults


def write(changes: Iterable[Change], folder: Path = FOLDER) -> list[Path]:
    """Put the changed texts into their files; everything else stays as it is, to the byte. Returns the files touched.

    Raises ValueError, with no file touched, when a file would not say afterwards what it should.
    """
    by_key: dict[str, list[Change]] = {}
    for change in changes:
        by_key.setdefault(change.key, []).append(change)
    fresh: dict[Path, str] = {}
    for path in sorted(folder.glob("*.toml")):
        before = path.read_text(encoding="utf-8")
        wanted = tomllib.loads(before)
        mine = {key: by_key[key] for key in wanted if key in by_key}
        if not mine:
            continue
        for key, ones in mine.items():
            for one in ones:
                if one.form:
                    wanted[key][one.language][one.form] = one.text
                else:
                    wanted[key][one.language] = one.text
        after = "".join(_rewritten(before, {key: wanted[key] for key in mine}, tomllib.loads(before)))
        if tomllib.loads(after) != wanted:
            raise ValueError(f"{path.name} could not be written as it should be")
        fresh[path] = after
    for path, after in fresh.items():
        path.write_text(after, encoding="utf-8")
    return list(fresh)


def _texts(folder: Path) -> Iterator[tuple[str, str, str, Line]]:
    """(file, key, form, texts by language and the note), in the order of the files."""
    for path in sorted(folder.glob("*.toml")):
        for key, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            plural = next((each for each in entry.values() if not isinstance(each, str)), None)
            for form in plural or ("",):
                said = {
                    name: each if isinstance(each, str) else each.get(form, "")
                    for name, each in entry.items()
                    if isinstance(each, str) or form
                }
                yield path.stem, key, form, said


def _wrong(name: str, key: str, language: str, now: str, before: str) -> str:
    if not before:
        return "Teksten findes ikke på det sprog."
    if not now.strip() or now != now.strip():
        return "Teksten er tom eller har mellemrum i enderne."
    if placeholders(now) != placeholders(before):
        there = ", ".join(f"{{{one}}}" for one in sorted(placeholders(before))) or "ingen"
        return f"Felterne i krøllede parenteser skal være de samme som før: {there}."
    if re.search(r"[{}]", re.sub(r"\{[a-z_]+\}", "", now)):
        return "Krøllede parenteser må kun stå om et felt."
    longest = _LONGEST_BUTTON if re.search(r"\.button(\.|$)", key) else _LONGEST
    if len(now) > longest:
        return f"Teksten er for lang: {len(now)} tegn, der er plads til {longest}."
    if language == "da" and name.startswith("chat") and measurable(now) and lix(now) >= HARDEST:
        return f"Teksten er for svær: LIX {lix(now):.0f}, den skal være under {HARDEST}."
    return ""


def _rewritten(text: str, wanted: Mapping[str, Mapping[str, object]], before: Mapping[str, object]) -> Iterator[str]:
    """The file's pieces, with the named entries' changed languages written anew."""
    lines = text.splitlines(keepends=True)
    at, key = 0, ""
    while at < len(lines):
        header = _ENTRY.match(lines[at])
        named = _NAMED.match(lines[at])
        key = header["key"] if header else key
        if header or not named or key not in wanted:
            yield lines[at]
            at += 1
            continue
        end = _end_of_value(lines, at)
        value, old = wanted[key][named["name"]], before[key]
        same = isinstance(old, dict) and old[named["name"]] == value
        yield "".join(lines[at:end]) if same else f"{named['name']} = {_toml(value)}\n"
        at = end


def _end_of_value(lines: list[str], start: int) -> int:
    """The line after the value that begins at `start`: as many lines as it takes to be TOML."""
    for end in range(start + 1, len(lines) + 1):
        try:
            tomllib.loads("".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    raise ValueError(f"line {start + 1} begins a value that never ends")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    # JSON's escapes are TOML's; a text over several lines stays readable.
    text = str(value)
    if "\n" in text and '"""' not in text and "\\" not in text and not text.endswith('"'):
        return f'"""{text}"""'
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _tame(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def _free(cell: str) -> str:
    return cell.removeprefix("'")
