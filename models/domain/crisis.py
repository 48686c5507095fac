"""Words of crisis: does a human have to read this now?

This is a word list with grammar around it, not a verdict about a person. It errs towards finding; what it finds only
makes somebody look sooner and brings up help gently. Recall and precision are measured on labelled sentences in the
tests.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from models.domain import crisis_calm as calm
from models.domain import crisis_deeds as deeds
from models.domain import crisis_grammar as grammar
from models.domain import crisis_lexicon as lexicon
from models.domain.crisis_rules import Kind
from models.domain.messages import compatible

_FOLDS: Final = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ß": "ss", "đ": "d", "ð": "d"})
_LETTERS_APART: Final = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-_*]){3,40}[^\W\d_](?!\w)")
_DIGIT_IN_WORD: Final = re.compile(r"(?<=[a-z])0|0(?=[a-z])")
_GLUE: Final = (
    r"(?:jeg|vil|gider|orker|ikke|ikk|ik|bare|doe|leve|livet|mere|mer|mig|selv|her|vaere|kan|wanna|want|die|kill|dont)"
)
_GLUED: Final = re.compile(rf"\b{_GLUE}{{2,6}}\b")


@dataclass(frozen=True, slots=True)
class Crisis:
    """What was found. Carries a reason code only, never the words."""

    found: bool
    kind: Kind | None = None


CALM: Final = Crisis(found=False)


def fold(text: str) -> str:
    """Text as the lexicon spells it: lower case, æ/ø/å as ae/oe/aa, no accents, one space between words, " . "
    between clauses.

    Letters written apart ("d r æ b") are joined, letters held down ("døøøø") are let go, apostrophes vanish ("don't"
    is "dont"), a q that stands for a g is one ("hænqe").
    """
    plain = compatible(text).casefold()
    if not plain.isascii():
        plain = "".join(c for c in plain if c.isascii() or unicodedata.category(c) not in {"Cf", "Cs"} or c.isspace())
    plain = _LETTERS_APART.sub(lambda m: re.sub(r"[ .\-_*]", "", m.group()), plain)
    plain = plain.translate(_FOLDS)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    plain = re.sub(r"['’‘`´]", "", plain)
    plain = _DIGIT_IN_WORD.sub("o", plain)
    plain = re.sub(r"(?<=\d)\.(?= ?\w)", " ", plain)
    plain = re.sub(r"[.!?;:…]+", " . ", plain)
    plain = re.sub(r"[^\w.]+|_+", " ", plain)
    plain = re.sub(r"([^\W\d])\1{2,}", r"\1", plain)
    plain = re.sub(r"\b(d|do)(?:oe)+e*\b", "doe", plain)
    plain = re.sub(r"q(?!u)", "g", plain)
    plain = _GLUED.sub(lambda m: " ".join(re.findall(_GLUE, m.group())), plain)
    words = (_mend(word) for word in plain.split())
    return " ".join(words)


def check(text: str) -> Crisis:
    """Look for words of crisis in Danish and English; the gravest kind first. Never raises, whatever the text holds."""
    folded = fold(text)
    figures_of_speech, kinds = _patterns()
    folded = " ".join(figures_of_speech.sub(" . ", folded).split())
    for kind, pattern in kinds:
        if pattern.search(folded) or grammar.finds(folded, kind):
            return Crisis(found=True, kind=kind)
    weighed = grammar.weighs(folded)
    return Crisis(found=True, kind=weighed) if weighed else CALM


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], tuple[tuple[Kind, re.Pattern[str]], ...]]:
    return _compile(calm.CALM), (
        ("suicide", _compile(lexicon.SUICIDE)),
        ("selfharm", _compile(deeds.SELFHARM)),
        ("danger", _compile(deeds.DANGER)),
        ("violence", _compile(deeds.VIOLENCE)),
    )


def _compile(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """All in one: where no word begins, the text is passed over once and not once for every pattern."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(f'(?:{_expand(pattern)})' for pattern in patterns)})(?!\w)")


def _expand(pattern: str) -> str:
    while True:
        expanded = re.sub(r"<([a-zA-Z]+)>", lambda m: lexicon.ATOMS[m.group(1)], pattern)
        if expanded == pattern:
            return pattern
        pattern = expanded


@lru_cache(maxsize=4096)
def _mend(word: str) -> str:
    if len(word) < 5 or word in lexicon.NOT_MISSPELT:
        return word
    for right in lexicon.SPINE:
        if word == right:
            return word
        if len(word) >= 6 and abs(len(word) - len(right)) <= 1 and _one_slip(word, right):
            return right
    return word


def _one_slip(word: str, right: str) -> bool:
    """True if one letter missing, added, wrong or two swapped turns one into the other."""
    start = 0
    while start < min(len(word), len(right)) and word[start] == right[start]:
        start += 1
    a, b = word[start:], right[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
