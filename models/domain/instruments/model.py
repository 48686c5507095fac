"""What an instrument is: frozen, versioned data that the engine reads and never special-cases."""

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

Code: TypeAlias = int | str
"""A stored answer: an integer for a scored option, a string for a coded one and for the two reserved codes."""

SKIP: Final = "skip"
DONT_KNOW: Final = "dont_know"

LANGUAGES: Final = ("da", "en")


class Audience(enum.Enum):
    """Who sees a person's answers unless the person shares them further."""

    CASEWORKER = "caseworker"
    PERSON = "person"


class Method(enum.Enum):
    """How the answers to one asking become one number."""

    SUM = "sum"
    MEAN = "mean"
    ANSWER = "answer"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Scoring:
    """The scoring rule as data.

    SUM: the sum of all codes times `factor`. MEAN: (mean of the scored codes - `floor`) times `factor`.
    ANSWER: the code of the only item. NONE: no number exists. With fewer than `at_least` scored answers there is
    no score.
    """

    method: Method
    at_least: int = 0
    factor: int = 1
    floor: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a person can choose: the stored code and its label per language."""

    code: Code
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `options` stand in the order shown; "skip" is not among them, "don't know" is where it exists."""

    key: str
    text: Mapping[str, str]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire.

    `stem` stands above every item and is empty where the items carry it themselves. `minimum_days` is the least number
    of days between two askings. `cut` is the declared cut: a value at or above it is the upper of two bands, on the
    scale of the score, or of the items where they are shown one by one. `seconds` is what an asking takes, about.
    A disabled instrument is a slot: it is never asked.
    """

    key: str
    version: int
    title: Mapping[str, str]
    stem: Mapping[str, str]
    items: tuple[Item, ...]
    scoring: Scoring
    cut: int | None
    may_skip: bool
    minimum_days: int
    audience: Audience
    source: str
    licence: str
    validated: bool
    enabled: bool
    seconds: int

    def item(self, key: str) -> Item:
        """The item with this key; raises UnknownItem."""
        for item in self.items:
            if item.key == key:
                return item
        raise UnknownItem(f"{self.key} has no item {key!r}")


class UnknownInstrument(KeyError):
    """No instrument has this key."""


class UnknownItem(KeyError):
    """The instrument has no such item."""


class InvalidAnswer(ValueError):
    """A code that the item does not offer, or an answer to an item that does not exist."""


def words(*, da: str, en: str) -> Mapping[str, str]:
    """One text in both languages, read-only."""
    return MappingProxyType({"da": da, "en": en})


def scale(*labels: tuple[Code, str, str]) -> tuple[Option, ...]:
    """Options in the order shown, each given as (code, Danish, English)."""
    return tuple(Option(code, words(da=da, en=en)) for code, da, en in labels)


def accepts(i: Instrument, item: Item, code: Code) -> bool:
    """Whether `code` may be stored as the answer to `item`: one of its options, or SKIP where skipping is allowed."""
    if code == SKIP:
        return i.may_skip
    return any(type(option.code) is type(code) and option.code == code for option in item.options)


def check(i: Instrument, answers: Mapping[str, Code]) -> None:
    """Raises InvalidAnswer unless every answer belongs to an item of `i` and has a code that item offers."""
    items = {item.key: item for item in i.items}
    for key, code in answers.items():
        if key not in items:
            raise InvalidAnswer(f"{i.key} has no item {key!r}")
        if not accepts(i, items[key], code):
            raise InvalidAnswer(f"{i.key}.{key} does not offer that code")


def wording(i: Instrument) -> str:
    """SHA-256 (hex) over everything a person reads and every code stored, so that no text changes without a version."""
    content = {
        "key": i.key,
        "version": i.version,
        "stem": dict(i.stem),
        "items": [
            {
                "key": item.key,
                "text": dict(item.text),
                "options": [{"code": option.code, "label": dict(option.label)} for option in item.options],
            }
            for item in i.items
        ],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
