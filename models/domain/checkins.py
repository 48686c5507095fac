"""The steps of a check-in. Its state is the answers; the next question is computed from them, never remembered."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from models.domain.instruments import DONT_KNOW, SKIP, Code, Instrument, Item, UnknownItem

SKIP_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("spring over", "spring den over", "spring det over", "skip"),
    "en": ("skip", "skip it", "skip this", "pass"),
}
DONT_KNOW_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("ved ikke", "jeg ved ikke", "ved det ikke", "jeg ved det ikke", "det ved jeg ikke"),
    "en": ("dont know", "i dont know", "do not know", "i do not know", "not sure"),
}

#: "Don't ask me that again", as people type it.
NEVER_WORDS: Final[tuple[str, ...]] = (
    "spørg ikke om det igen", "spørg mig ikke om det igen", "spørg ikke om det", "spørg mig ikke om det",
    "spørg aldrig om det igen", "spørg mig aldrig om det igen", "spørg ikke igen", "aldrig igen",
    "dont ask me that again", "do not ask me that again", "dont ask that again", "dont ask me that", "dont ask again",
    "never ask me that again", "never ask that again",
)  # fmt: skip

_LONGEST: Final = 80
_SHORTEST_PREFIX: Final = 4
_BEFORE_NUMBER: Final = frozenset({"nr", "nummer", "svar", "no", "number", "answer"})
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'\u2019\u02bc\u00b4`"))
_LOOSE: Final = frozenset(".,!:;*#·•")
_LOOSE_CATEGORIES: Final = frozenset({"Pd", "Ps", "Pe", "Pi", "Pf", "Pc", "So", "Sk", "Mn", "Me", "Cf", "Zs", "Cc"})
_DIGRAPHS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe"})
_PLAIN: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
_NEGATIVE: Final = re.compile(r"[-\u2212\u2013]\s*\d")


def next_item(i: Instrument, answers: Mapping[str, Code], without: Collection[str] = ()) -> Item | None:
    """The first item without an answer, None when all are answered. A skipped item is answered.

    `without` are the items the person does not want to be asked: here and below as if the instrument had them not.
    """
    return next((item for item in asked_items(i, without) if item.key not in answers), None)


def asked_items(i: Instrument, without: Collection[str] = ()) -> tuple[Item, ...]:
    """The items that are asked, in order."""
    return tuple(item for item in i.items if item.key not in without)


def previous_item(i: Instrument, current: str, without: Collection[str] = ()) -> Item | None:
    """The item before `current`, None at the first. Raises UnknownItem."""
    place, _ = position(i, current, without)
    return asked_items(i, without)[place - 2] if place > 1 else None


def following_item(i: Instrument, current: str, without: Collection[str] = ()) -> Item | None:
    """The item after `current`, None at the last. Raises UnknownItem."""
    place, of = position(i, current, without)
    return asked_items(i, without)[place] if place < of else None


def position(i: Instrument, item: str, without: Collection[str] = ()) -> tuple[int, int]:
    """Where an item stands, counted from 1, and of how many: (2, 5) is "2 of 5". Raises UnknownItem."""
    asked = asked_items(i, without)
    for place, candidate in enumerate(asked, start=1):
        if candidate.key == item:
            return place, len(asked)
    raise UnknownItem(f"{i.key} has no item {item!r}")


def is_complete(i: Instrument, answers: Mapping[str, Code], without: Collection[str] = ()) -> bool:
    """Whether every item has an answer, skipped ones included. An instrument without items is never complete."""
    return bool(i.items) and next_item(i, answers, without) is None


def with_skipped(i: Instrument, answers: Mapping[str, Code], without: Collection[str]) -> dict[str, Code]:
    """The answers of an asking that is over: an item the person does not want to be asked counts as skipped."""
    left_out = {item.key: SKIP for item in i.items if item.key in without}
    return {**left_out, **answers}


def computable(i: Instrument, without: Collection[str]) -> bool:
    """Whether a score can still come of it without these items. True where the instrument has no score anyway."""
    return len(asked_items(i, without)) >= i.scoring.at_least


def is_never(text: str) -> bool:
    """Whether the words, as a whole, ask not to be asked that again."""
    return len(text) <= _LONGEST and _fold(text) in {_fold(phrase) for phrase in NEVER_WORDS}


def may_ask_from(i: Instrument, last_asked: date) -> date:
    """The first local date on which the instrument may be asked again after `last_asked`."""
    return last_asked + timedelta(days=i.minimum_days)


def read_answer(i: Instrument, item: Item, text: str, language: str) -> Code | None:
    """The code a typed text clearly means, or None: then it is a message to a human.

    A number is the option's place as shown, counted from 1, on every instrument: people see the order, never the codes.
    So "1" to WHO-5 is "Hele tiden" (code 5) and "0" is nothing; where codes start at 1 (Hørt-5, T-ILS, pulse) place
    and code are the same. "Don't know" has no number. A label counts whole in any language, with or without its number,
    and from four letters on if it can only become one label of `language`. Case, punctuation, emoji and ae-oe-aa are
    forgiven; a question mark is not, and neither is a single word too many.
    """
    if len(text) > _LONGEST:
        return None
    typed = _fold(text)
    if not typed or _NEGATIVE.search(text):
        return None
    numbered = _by_number(item, typed)
    if numbered is not None:
        return numbered
    for tongue in (language, *sorted(_languages(item) - {language})):
        exact = {code for phrase, code in _phrases(i, item, tongue) if phrase == typed}
        if exact:
            return exact.pop() if len(exact) == 1 else None
    if len(typed) < _SHORTEST_PREFIX:
        return None
    begun = {code for phrase, code in _labels(item, language) if phrase.startswith(typed) and code != DONT_KNOW}
    return begun.pop() if len(begun) == 1 else None


def _by_number(item: Item, typed: str) -> Code | None:
    options = [option for option in item.options if option.code != DONT_KNOW]
    first, _, rest = typed.partition(" ")
    if first in _BEFORE_NUMBER and rest:
        first, _, rest = rest.partition(" ")
    if not (first.isdecimal() and len(first) <= 2 and 1 <= int(first) <= len(options)):
        return None
    chosen = options[int(first) - 1]
    if not rest:
        return chosen.code
    # "2. Dårligt": the number and the label have to agree.
    labels = {phrase for tongue in chosen.label for phrase, code in _labels(item, tongue) if code == chosen.code}
    return chosen.code if rest in labels else None


def _phrases(i: Instrument, item: Item, language: str) -> Iterator[tuple[str, Code]]:
    yield from _labels(item, language)
    if i.may_skip:
        yield from ((phrase, SKIP) for phrase in SKIP_WORDS.get(language, ()))
    if any(option.code == DONT_KNOW for option in item.options):
        yield from ((phrase, DONT_KNOW) for phrase in DONT_KNOW_WORDS.get(language, ()))


def _labels(item: Item, language: str) -> Iterator[tuple[str, Code]]:
    for option in item.options:
        label = option.label.get(language, "")
        for spelling in (label, label.casefold().translate(_PLAIN)):
            phrase = _fold(spelling)
            without_number = phrase.lstrip("0123456789 ")
            yield from ((form, option.code) for form in (phrase, without_number) if form)


def _languages(item: Item) -> set[str]:
    return {language for option in item.options for language in option.label}


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES).translate(_DIGRAPHS)
    return " ".join("".join(" " if _is_loose(letter) else letter for letter in plain).split())


def _is_loose(letter: str) -> bool:
    return letter in _LOOSE or unicodedata.category(letter) in _LOOSE_CATEGORIES
