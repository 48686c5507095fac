"""What somebody types while a panel question stands on the screen: an answer, "skip", or words for a human."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from models.domain.messages import compatible
from models.domain.panels import LANGUAGES, Answer, Kind, Question, accepts

_SKIP: Final[frozenset[str]] = frozenset(
    {"spring over", "spring den over", "spring det over", "skip", "skip it", "skip this", "pas", "pass"}
)
_NUMBERS: Final[Mapping[str, int]] = {
    word: number
    for number, words in enumerate(
        (
            "nul zero", "en et een één ét one", "to two", "tre three", "fire four", "fem five", "seks six", "syv seven",
            "otte eight", "ni nine", "ti ten", "elleve eleven", "tolv twelve",
        )
    )
    for word in words.split()
}  # fmt: skip
_BEFORE_NUMBER: Final = re.compile(r"^(?:nr|nummer|svar|no|number|answer)\b\s*(?=\w)")
_AND: Final = frozenset({"og", "and", "så", "then", "derefter"})
_LONGEST: Final = 200
_LETTERS: Final = "abcdefghij"


def read_answer(question: Question, words: str, language: str) -> tuple[bool, Answer]:
    """(whether it clearly is an answer, the answer). Of a free text only "skip" is read here: any other
    words are one.

    A choice is meant by its label, whole; by its place as shown ("3", "tre", "nr. 2", "b"). Several are parted by
    commas, "og", lines or spaces. A scale and a number take the number itself. A question mark, or a single word too
    many, makes it a message to a human.
    """
    if len(words) > _LONGEST or "?" in words:
        return False, None
    typed = _fold(words)
    if typed in _SKIP:
        return not question.required, None
    if question.kind is Kind.TEXT:
        return False, None
    answer = _read(question, typed, words, language)
    return (True, answer) if answer is not None and accepts(question, answer) else (False, None)


def _read(question: Question, typed: str, words: str, language: str) -> Answer:
    if question.kind in {Kind.SCALE, Kind.NUMBER}:
        return _number(typed, words)
    if question.kind is Kind.SINGLE:
        return _choice(question, typed, language)
    found = _choices(question, words, language)
    return found or None


def _number(typed: str, words: str) -> int | None:
    if re.search(r"[-−–]\s*\d|\d\s*[.,/]\s*\d", words):
        return None
    plain = _BEFORE_NUMBER.sub("", typed)
    if plain in _NUMBERS:
        return _NUMBERS[plain]
    return int(plain) if plain.isdecimal() and plain.isascii() and len(plain) <= 6 else None


def _choice(question: Question, typed: str, language: str) -> str | None:
    for tongue in (language, *(one for one in LANGUAGES if one != language)):
        for one in question.choices:
            if typed and typed == _fold(one.label.get(tongue, "")):
                return one.key
    place = _place(typed)
    return question.choices[place - 1].key if 1 <= place <= len(question.choices) else None


def _choices(question: Question, words: str, language: str) -> tuple[str, ...]:
    """Several choices, each once; () when any piece is none of them. A ranking keeps the order they were typed in."""
    for pieces in _parted(words):
        keys = [_choice(question, piece, language) for piece in pieces]
        found = [key for key in keys if key is not None]
        if found and len(found) == len(keys) == len(set(found)):
            if question.kind is Kind.MULTIPLE:
                return tuple(one.key for one in question.choices if one.key in found)
            if len(found) == len(question.choices) - 1:
                found += [one.key for one in question.choices if one.key not in found]
            return tuple(found)
    return ()


def _parted(words: str) -> Iterator[list[str]]:
    """The pieces, by the strongest mark first: commas and lines, then "og", then spaces."""
    for mark in (r"[,;\n>]+", r"[,;\n>]+|\b(?:og|and)\b", r"[\s,;>]+"):
        pieces = [_fold(piece) for piece in re.split(mark, words, flags=re.IGNORECASE)]
        yield [piece for piece in pieces if piece and piece not in _AND]


def _place(typed: str) -> int:
    plain = _BEFORE_NUMBER.sub("", typed)
    if plain in _NUMBERS:
        return _NUMBERS[plain]
    if len(plain) == 1 and plain in _LETTERS:
        return _LETTERS.index(plain) + 1
    return int(plain) if plain.isdecimal() and plain.isascii() and len(plain) <= 2 else 0


def _fold(words: str) -> str:
    plain = compatible(words).casefold()
    kept = "".join(one if unicodedata.category(one)[0] in "LN" or one.isspace() else " " for one in plain)
    return " ".join(kept.split())
