"""Danish words as one looks for them: å is aa, the endings do not matter, and what was found can be marked.

The endings are taken off as the Danish stemmer of Snowball does it (public rules), and -hederne too: "mødet", "møder",
"møders" and "møde" are one word. What differs by more than an ending ("barn", "børn") stays two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from models.domain.messages import compatible, visible

_WORD: Final = re.compile(r"[^\W_]+")
_VOWELS: Final = frozenset("aeiouyæåø")
_SPELLINGS: Final = (("aa", "å"), ("ae", "æ"), ("oe", "ø"), ("ä", "æ"), ("ö", "ø"), ("ü", "y"), ("é", "e"))
_BEFORE_S: Final = frozenset("abcdfghjklmnoprtvyzå")
_ENDINGS: Final = (
    "hedernes", "erendes", "hederne", "erende", "hedens", "heden", "heder", "endes", "erede", "erens", "erets", "ernes",
    "heds", "erne", "eres", "eren", "erer", "eret", "ered", "ende", "enes", "hed", "ene", "ere", "ens", "ets", "ers",
    "es", "en", "er", "et", "e",
)  # fmt: skip
_LATER_ENDINGS: Final = ("elig", "els", "lig", "ig")
_PAIRS: Final = ("gd", "dt", "gt", "kt")
MOST_WORDS: Final = 8


def folded(text: str) -> str:
    """A text in small letters with the Danish ones spelled one way: "Aalborg", "Ålborg" and "ålborg" are the same."""
    plain = (text if unicodedata.is_normalized("NFKC", text) else compatible(text)).casefold()
    for other, letter in _SPELLINGS:
        if other in plain:
            plain = plain.replace(other, letter)
    return plain


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A folded word without its ending. Always the beginning of the word."""
    begin = _region(word)
    if begin >= len(word):
        return word
    word = _without_ending(word, begin)
    if word.endswith(_PAIRS) and len(word) - 2 >= begin:
        word = word[:-1]
    if word.endswith("igst"):
        word = word[:-2]
    if word.endswith("løst") and len(word) - 4 >= begin:
        word = word[:-1]
    for ending in _LATER_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= begin:
            word = word[: -len(ending)]
            if word.endswith(_PAIRS) and len(word) - 2 >= begin:
                word = word[:-1]
            break
    if len(word) > begin and len(word) > 2 and word[-1] == word[-2] and word[-1] not in _VOWELS:
        word = word[:-1]
    return word


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: each word as it was folded, and its stem."""

    words: tuple[tuple[str, str], ...]


def wanted(asked: str) -> Wanted:
    """The words of a question, at most `MOST_WORDS` of them."""
    found = _WORD.findall(folded(asked))[:MOST_WORDS]
    return Wanted(tuple((word, stem(word)) for word in dict.fromkeys(found)))


def has(text: str, looked_for: Wanted) -> bool:
    """True if the text has all the words: in any form, or as a part of a longer word."""
    return _has(folded(text), looked_for)


def _has(plain: str, looked_for: Wanted) -> bool:
    if not looked_for.words:
        return False
    for _, short in looked_for.words:
        if short not in plain:
            return False  # a stem is the beginning of all its forms, so this is quick and never wrong
    rest = [(word, short) for word, short in looked_for.words if word not in plain]
    if not rest:
        return True
    stems = {stem(word) for word in _WORD.findall(plain)}
    return all(short in stems for _, short in rest)


def touches(text: str, looked_for: Wanted) -> bool:
    """True if a text may have any of the words; what it does not touch it neither has, nor has any of it."""
    plain = folded(text)
    return any(short in plain for _, short in looked_for.words)


def lacking(text: str, looked_for: Wanted) -> Wanted:
    """What of it a text does not have, so that it is looked for beside it; all of it where the text has every word."""
    plain = folded(text)
    rest = tuple(one for one in looked_for.words if one[1] not in plain or not _has(plain, Wanted((one,))))
    return looked_for if not rest or len(rest) == len(looked_for.words) else Wanted(rest)


def marked(text: str, looked_for: Wanted, limit: int = 160) -> tuple[tuple[str, bool], ...]:
    """The line of a text where it was found, cut around the first of it: its parts, and whether each is to be marked.

    What must not act in a page is made visible (`messages.visible`).
    """
    lines = [line for line in visible(text).split("\n") if line.strip()]
    line = next((line for line in lines if next(_found(line, looked_for), None)), lines[0] if lines else "")
    first = next(_found(line, looked_for), (0, 0))[0]
    begin = line.rfind(" ", 0, max(0, first - 60)) + 1 if first > 60 else 0
    shown = line[begin : begin + limit]
    parts: list[tuple[str, bool]] = [("…", False)] if begin else []
    at = 0
    for start, end in _found(shown, looked_for):
        parts += [(shown[at:start], False), (shown[start:end], True)]
        at = end
    parts += [(shown[at:] + ("…" if len(line) > begin + limit else ""), False)]
    return tuple(part for part in parts if part[0])


def _found(line: str, looked_for: Wanted) -> Iterator[tuple[int, int]]:
    """Where the words stand, whole words at a time, from the left."""
    for match in _WORD.finditer(line):
        plain = folded(match.group())
        if any(word in plain or stem(plain) == short for word, short in looked_for.words):
            yield match.span()


def _region(word: str) -> int:
    """Where endings may begin: after the first consonant that follows a vowel, and not before the third letter."""
    for index in range(1, len(word)):
        if word[index] not in _VOWELS and word[index - 1] in _VOWELS:
            return max(index + 1, 3)
    return len(word)


def _without_ending(word: str, begin: int) -> str:
    ending = _longest(word[begin:], _ENDINGS)
    if ending:
        return word[: -len(ending)]
    if word.endswith("s") and len(word) > begin and word[-2] in _BEFORE_S:
        return word[:-1]
    return word


def _longest(text: str, endings: Sequence[str]) -> str:
    return max((one for one in endings if text.endswith(one)), key=len, default="")
