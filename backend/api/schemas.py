"""What may stand in a body or an address: small schemas that check what came in and describe themselves.

One object is both: `check` raises Wrong, naming every field that cannot be used, and `spec` is its JSON Schema. What is
not declared is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Protocol

#: A text that says something holds one of these.
_VISIBLE: Final = "[!-~\u00a1-\u167f\u3001-\ud7ff\U00010000-\U0010ffff]"
_ID: Final = "[0-9a-f]{32}"
_CURSOR: Final = "[A-Za-z0-9_-]{1,200}"


class Wrong(Exception):
    """What came in cannot be used: pairs of where (a JSON pointer) and why (a code)."""

    def __init__(self, *found: tuple[str, str]) -> None:
        super().__init__(len(found))
        self.found = found


class Schema(Protocol):
    """One kind of value."""

    def check(self, value: Any, where: str) -> Any:
        """The value as handlers want it. Raises Wrong."""
        ...

    def spec(self) -> dict[str, Any]:
        """The JSON Schema."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Words. `blank`: they may be empty."""

    longest: int
    blank: bool = False
    example: str = ""

    def check(self, value: Any, where: str) -> str:
        """The text without NUL, in what can be stored."""
        if not isinstance(value, str):
            raise Wrong((where, "text_wanted"))
        said = value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
        if len(value) > self.longest:
            raise Wrong((where, "text_too_long"))
        if not self.blank and not re.search(_VISIBLE, said):
            raise Wrong((where, "text_empty"))
        return said

    def spec(self) -> dict[str, Any]:
        """A string of so many characters."""
        made: dict[str, Any] = {"type": "string", "maxLength": self.longest}
        if not self.blank:
            made["minLength"] = 1  # and something in it that can be seen, which a pattern would say at great length
        return made | ({"examples": [self.example]} if self.example else {})


@dataclass(frozen=True, slots=True)
class Token:
    """A text of one shape: an id, a cursor, a short name."""

    shape: str
    says: str
    example: str = ""

    def check(self, value: Any, where: str) -> str:
        """The text, when it has the shape."""
        if not isinstance(value, str) or not re.fullmatch(self.shape, value):
            raise Wrong((where, self.says))
        return value

    def spec(self) -> dict[str, Any]:
        """A string of that pattern."""
        made = {"type": "string", "pattern": f"^{self.shape}$"}
        return made | ({"examples": [self.example]} if self.example else {})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few codes."""

    values: tuple[str, ...]

    def check(self, value: Any, where: str) -> str:
        """The code."""
        if not isinstance(value, str) or value not in self.values:
            raise Wrong((where, "choice_unknown"))
        return value

    def spec(self) -> dict[str, Any]:
        """An enumeration."""
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    low: int
    high: int

    def check(self, value: Any, where: str) -> int:
        """The number; from an address its digits."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON has one kind of number: 3.0 is 3
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not self.low <= value <= self.high:
            raise Wrong((where, "number_outside"))
        return value

    def spec(self) -> dict[str, Any]:
        """An integer within bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class TextOrWhole:
    """A code, or a whole number."""

    longest: int

    def check(self, value: Any, where: str) -> str | int:
        """Either."""
        if isinstance(value, str):
            return Text(self.longest, blank=True).check(value, where)
        return Whole(-(10**6), 10**6).check(value, where)

    def spec(self) -> dict[str, Any]:
        """A string or an integer."""
        bounds = {"maxLength": self.longest, "minimum": -(10**6), "maximum": 10**6}
        return {"type": ["string", "integer"], **bounds}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in an answer; nothing is asked with one."""

    def check(self, value: Any, where: str) -> float:
        """The number."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Wrong((where, "number_outside"))
        return value

    def spec(self) -> dict[str, Any]:
        """A number."""
        return {"type": "number"}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: Any, where: str) -> bool:
        """The boolean."""
        if not isinstance(value, bool):
            raise Wrong((where, "flag_wanted"))
        return value

    def spec(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    def check(self, value: Any, where: str) -> date:
        """The date."""
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise Wrong((where, "date_unreadable"))
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Wrong((where, "date_unreadable")) from None

    def spec(self) -> dict[str, Any]:
        """A full-date of RFC 3339."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant with its offset."""

    def check(self, value: Any, where: str) -> datetime:
        """The instant, aware."""
        shape = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
        if not isinstance(value, str) or not re.fullmatch(shape, value):
            raise Wrong((where, "moment_unreadable"))
        try:
            return datetime.fromisoformat(_microseconds(value.upper()))
        except ValueError:
            raise Wrong((where, "moment_unreadable")) from None

    def spec(self) -> dict[str, Any]:
        """A date-time of RFC 3339."""
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one kind of value."""

    of: Schema
    most: int
    least: int = 0

    def check(self, value: Any, where: str) -> list[Any]:
        """Every value of it, or everything that is wrong."""
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise Wrong((where, "list_outside"))
        return _all((self.of.check, one, f"{where}/{number}") for number, one in enumerate(value))

    def spec(self) -> dict[str, Any]:
        """An array."""
        return {"type": "array", "items": spec_of(self.of), "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Perhaps:
    """The same, or null."""

    of: Schema

    def check(self, value: Any, where: str) -> Any:
        """None, or the value."""
        return None if value is None else self.of.check(value, where)

    def spec(self) -> dict[str, Any]:
        """The type with null beside it."""
        inner = spec_of(self.of)
        if "$ref" in inner or "anyOf" in inner:
            return {"anyOf": [inner, {"type": "null"}]}
        made = inner | {"type": [inner["type"], "null"]}
        return made | ({"enum": [*inner["enum"], None]} if "enum" in inner else {})


@dataclass(frozen=True, slots=True)
class Either:
    """An answer that has one of several forms."""

    forms: tuple[Record, ...]

    def check(self, value: Any, where: str) -> Any:
        """The first form that fits."""
        for form in self.forms[:-1]:
            try:
                return form.check(value, where)
            except Wrong:
                continue
        return self.forms[-1].check(value, where)

    def spec(self) -> dict[str, Any]:
        """One of the forms."""
        return {"anyOf": [spec_of(form) for form in self.forms]}


@dataclass(frozen=True, slots=True)
class Content:
    """An answer that is a file and no JSON. Nobody sends one."""

    media: str

    def check(self, value: Any, where: str) -> Any:
        """Refuses: a file does not come in."""
        raise Wrong((where, "object_wanted"))

    def spec(self) -> dict[str, Any]:
        """Bytes of a media type."""
        return {}


@dataclass(frozen=True, slots=True)
class Record:
    """An object with these fields. `may` names those that can be left out; `name` is what the description calls it."""

    name: str
    fields: Mapping[str, Schema]
    may: frozenset[str] = field(default=frozenset())
    least: int = 0

    def check(self, value: Any, where: str = "") -> dict[str, Any]:
        """Its fields, checked, or everything that is wrong with them."""
        if not isinstance(value, dict):
            raise Wrong((where, "object_wanted"))
        found = [(f"{where}/{pointer(key)}", "field_unknown") for key in value if key not in self.fields]
        found += [
            (f"{where}/{key}", "field_missing") for key in self.fields if key not in value and key not in self.may
        ]
        made: dict[str, Any] = {}
        for key, schema in self.fields.items():
            if key not in value:
                continue
            try:
                made[key] = schema.check(value[key], f"{where}/{key}")
            except Wrong as wrong:
                found += wrong.found
        if not found and len(made) < self.least:
            found.append((where, "nothing_given"))
        if found:
            raise Wrong(*found)
        return made

    def spec(self) -> dict[str, Any]:
        """An object that takes nothing else."""
        made: dict[str, Any] = {
            "type": "object",
            "properties": {key: spec_of(schema) for key, schema in self.fields.items()},
            "additionalProperties": False,
        }
        required = [key for key in self.fields if key not in self.may]
        if required:
            made["required"] = required
        return made | ({"minProperties": self.least} if self.least else {})


def spec_of(schema: Schema) -> dict[str, Any]:
    """How a schema stands in another one: a record by its name, anything else in full."""
    return {"$ref": f"#/components/schemas/{schema.name}"} if isinstance(schema, Record) else schema.spec()


def records(schema: Schema) -> Iterator[Record]:
    """Every record in a schema, itself among them."""
    if isinstance(schema, Record):
        yield schema
        for one in schema.fields.values():
            yield from records(one)
    elif isinstance(schema, Either):
        for form in schema.forms:
            yield from records(form)
    elif isinstance(schema, Many | Perhaps):
        yield from records(schema.of)


def an_id(example: str = "") -> Token:
    """An opaque id."""
    return Token(_ID, "id_unreadable", example)


def a_cursor() -> Token:
    """Where a page begins: what the page before gave, and nothing else."""
    return Token(_CURSOR, "cursor_unreadable")


def pointer(key: str) -> str:
    """A field's name in a JSON pointer, cut where somebody sends a book."""
    return key[:80].replace("~", "~0").replace("/", "~1")


def _microseconds(said: str) -> str:
    """More digits of a second than Python reads are cut."""
    return re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", said)


def _all(checks: Iterator[tuple[Callable[[Any, str], Any], Any, str]]) -> list[Any]:
    made, found = [], []
    for check, value, where in checks:
        try:
            made.append(check(value, where))
        except Wrong as wrong:
            found += wrong.found
    if found:
        raise Wrong(*found)
    return made
