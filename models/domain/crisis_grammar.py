"""Rules of meaning: every word has senses, and a rule says which senses stand near each other, however they are put.

A rule is a line of senses (capitals, from `crisis_senses.SENSES`) and of plain words in folded spelling. ``A|B`` is
either.

    WANT DIE        in this order, with at most three words between (``~5``: at most five)
    &NIGHT          also there, up to nine words before or after
    -WORK           not there, up to nine words before or after
    !NOT            not just before, nor between
    +THEN           the clause ends here, or goes on with this

Where a sense stands in a text is one whole number, a bit a word; a rule is a few shifts of such numbers. So the time it
takes does not depend on how the words are ordered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from models.domain import crisis_rules as rules
from models.domain.crisis_senses import COMMON, SENSES

_GAP: Final = 3
_NEAR: Final = 9
_BEFORE: Final = 4
_GRAVE: Final = 3
#: Room left after a clause, so that nothing reaches from one into the next.
_PAUSE: Final = 24
_ENDINGS: Final = {
    "~": ("e", "er", "ede", "et", "te", "t", "es", "ende", "r", ""),
    "=": ("", "e", "en", "et", "er", "erne", "ene", "ne", "n", "r", "rne", "s", "ens"),
    "^": ("", "s", "es", "ed", "d", "ing"),
}
#: Senses that stand in nearly every text.
_EVERYWHERE: Final = frozenset(
    [
        "ME",
        "i",
        "jeg",
        "NOT",
        "WANT",
        "HE",
        "OTHER",
        "CAN",
        "IF",
        "WOULD",
        "THEN",
        "PEOPLE",
        "KIN",
        "WHO",
        "EX",
        "det",
        "til",
        "med",
    ]
)

Names = tuple[str, ...]
Kind = rules.Kind


class Rule(NamedTuple):
    """What has to stand where; each part is any of its names."""

    order: tuple[tuple[Names, int], ...]
    near: tuple[Names, ...]
    without: Names
    before: Names
    after: Names


def finds(folded: str, kind: Kind) -> bool:
    """True if a rule of this kind fits the folded text."""
    places = _places(folded)
    told = _around(places.get("FICTION", 0), _PAUSE // 2)
    asked = _rules(kind)
    return any(_fits(rule, places, told) for name in places for rule in asked.get(name, ()))


def weighs(folded: str) -> Kind | None:
    """The kind of three grave words that stand in one clause, where no calm words outweigh them; or None."""
    places = _places(folded)
    denied = places.get("NOT", 0)
    deeds = _where((*rules.GRAVE["selfharm"], *rules.GRAVE["violence"]), places)
    grave = _where((*rules.GRAVE["suicide"], *rules.GRAVE["danger"]), places) | deeds
    grave &= ~(deeds & (_next(denied, 3) | denied >> 1))
    calm = _where(rules.CALMING, places)
    if grave.bit_count() < _GRAVE:
        return None
    for start in range(0, places["."].bit_length(), _PAUSE // 2):
        here = ((1 << _PAUSE) - 1) << start
        if (grave & here).bit_count() - 2 * (calm & here).bit_count() >= _GRAVE:
            senses = {
                kind: sum(1 for name in names if places.get(name, 0) & here) for kind, names in rules.GRAVE.items()
            }
            if sum(senses.values()) - 2 * (calm & here).bit_count() >= _GRAVE:
                return max(senses, key=senses.__getitem__)
    return None


def _fits(rule: Rule, places: dict[str, int], told: int) -> bool:
    if not all(_where(names, places) for names, _ in rule.order) or not all(_where(n, places) for n in rule.near):
        return False
    denied = _next(_where(rule.before, places), _BEFORE) if rule.before else 0
    found = _where(rule.order[0][0], places) & ~denied & ~told
    for names, gap in rule.order[1:]:
        found = _next(found, gap + 1) & _where(names, places) & ~denied
    for names in rule.near:
        found &= _around(_where(names, places), _NEAR)
    if rule.without:
        found &= ~_around(_where(rule.without, places), _NEAR)
    if rule.after:
        found &= (_where(rule.after, places) | places["."]) >> 1
    return found > 0


def _where(names: Names, places: dict[str, int]) -> int:
    found = 0
    for name in names:
        found |= places.get(name, 0)
    return found


def _next(bits: int, reach: int) -> int:
    """The `reach` words after each."""
    found = 0
    for step in range(1, reach + 1):
        found |= bits << step
    return found


def _around(bits: int, reach: int) -> int:
    if not bits:
        return 0
    return (
        (_next(bits << (reach + 1), reach) >> (reach + 1))
        | bits
        | _next(bits, reach)
        | (_next(bits, reach) >> reach >> 1)
    )


@lru_cache(maxsize=4)
def _places(folded: str) -> dict[str, int]:
    places: dict[str, list[int]] = {}
    phrases = _lexicon().phrases
    at = 1
    for clause in folded.split("."):
        words = clause.split()
        for here, word in enumerate(words):
            for name in _senses(word):
                places.setdefault(name, []).append(at + here)
            for phrase, name in phrases.get(word, ()):
                if tuple(words[here : here + len(phrase)]) == phrase:
                    places.setdefault(name, []).extend(range(at + here, at + here + len(phrase)))
        at += len(words)
        places.setdefault(".", []).append(at)
        at += _PAUSE
    return {name: _bits(spots, at) for name, spots in places.items()}


def _bits(spots: list[int], length: int) -> int:
    row = bytearray(length // 8 + 1)
    for spot in spots:
        row[spot >> 3] |= 1 << (spot & 7)
    return int.from_bytes(row, "little")


class _Lexicon(NamedTuple):
    words: dict[str, frozenset[str]]
    starts: dict[str, frozenset[str]]
    ends: dict[str, frozenset[str]]
    blurred: dict[str, frozenset[str]]
    slips: dict[str, frozenset[str]]
    phrases: dict[str, tuple[tuple[Names, str], ...]]


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    words: dict[str, set[str]] = {}
    starts: dict[str, set[str]] = {}
    ends: dict[str, set[str]] = {}
    phrases: dict[str, list[tuple[Names, str]]] = {}
    entries = [(name, entry) for name, text in SENSES.items() for entry in text.split()]
    entries += [(name, name) for rule in rules.ALL for name in _plain(rule)]
    for name, entry in entries:
        if "_" in entry:
            first, *_ = phrase = tuple(entry.split("_"))
            phrases.setdefault(first, []).append((phrase, name))
        elif entry.startswith("*"):
            for form in _forms(entry[1:]):
                ends.setdefault(form, set()).add(name)
        elif entry.endswith("*"):
            starts.setdefault(entry[:-1], set()).add(name)
        else:
            for form in _forms(entry):
                words.setdefault(form, set()).add(name)
    blurred: dict[str, set[str]] = {}
    slips: dict[str, set[str]] = {}
    for form, names in words.items():
        if len(_blur(form)) >= 4:
            blurred.setdefault(_blur(form), set()).update(names)
        if len(form) >= 7:
            for slip in _shorter(form):
                slips.setdefault(slip, set()).update(names)
    return _Lexicon(
        _frozen(words),
        _frozen(starts),
        _frozen(ends),
        _frozen(blurred),
        _frozen(slips),
        {first: tuple(found) for first, found in phrases.items()},
    )


def _frozen(senses: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {form: frozenset(names) for form, names in senses.items()}


@lru_cache(maxsize=8192)
def _senses(word: str) -> frozenset[str]:
    """What a word may mean: as it stands, by its beginning or end, else as it may have been misspelt."""
    lexicon = _lexicon()
    found = lexicon.words.get(word, frozenset())
    for cut in range(3, len(word) + 1):
        found |= lexicon.starts.get(word[:cut], frozenset())
        found |= lexicon.ends.get(word[len(word) - cut :], frozenset())
    if word.isdecimal():
        found |= {"NUM"} | ({"MANY"} if 5 < int(word[:6]) < 500 else set())
    if found or word in COMMON:
        return found
    found = lexicon.blurred.get(_blur(word), frozenset())
    if not found and 7 <= len(word) <= 24:
        for slip in _shorter(word):
            found |= lexicon.slips.get(slip, frozenset())
    return found


def _shorter(word: str) -> list[str]:
    """The word, also with one letter less after the first: two words that are one slip apart share one of these."""
    return [word, *(word[:cut] + word[cut + 1 :] for cut in range(1, len(word)))]


def _blur(word: str) -> str:
    """A word as it sounds to somebody in a hurry: no double letters, no æøå, no silent letters."""
    for written, heard in (("ae", "a"), ("oe", "o"), ("aa", "a"), ("hv", "v"), ("hj", "j"), ("nd", "n"), ("ld", "l")):
        word = word.replace(written, heard)
    return "".join(letter for letter, before in zip(word, " " + word, strict=False) if letter != before)


def _forms(entry: str) -> list[str]:
    """A word and its inflections: ``hopp~`` a Danish verb, ``jump^`` an English one, ``bro=`` a noun."""
    stem, mark = entry[:-1], entry[-1]
    if mark not in _ENDINGS:
        return [entry]
    forms = [stem + ending for ending in _ENDINGS[mark]]
    if mark == "~" and stem[-1] == stem[-2]:
        forms.append(stem[:-1])
    if mark == "^":
        forms += [stem[:-1] + "ing"] if stem.endswith("e") else [stem + stem[-1] + "ing", stem + stem[-1] + "ed"]
    return forms


def _plain(rule: str) -> list[str]:
    names = [name for part in rule.split() for name in _gap(part)[0].strip("&-!+").split("|")]
    return [name for name in names if name.islower()]


def _gap(part: str) -> tuple[str, int]:
    head, digit = part[:-2], part[-2:]
    return (head, int(digit[1])) if digit[0] == "~" and digit[1:].isdecimal() else (part, _GAP)


@lru_cache(maxsize=4)
def _rules(kind: Kind) -> dict[str, tuple[Rule, ...]]:
    """The rules by the names of the part that stands in the fewest texts: the others need not be looked at."""
    found: dict[str, list[Rule]] = {}
    for line in rules.OF[kind]:
        rule = _rule(line)
        parts = [*(names for names, _ in rule.order), *rule.near]
        for name in min(parts, key=lambda names: (not _EVERYWHERE.isdisjoint(names), len(names))):
            found.setdefault(name, []).append(rule)
    return {name: tuple(asked) for name, asked in found.items()}


def _rule(line: str) -> Rule:
    parts: dict[str, list[Names]] = {"&": [], "-": [], "!": [], "+": []}
    order: list[tuple[Names, int]] = []
    for part in line.split():
        if part[0] in parts:
            parts[part[0]].append(tuple(part[1:].split("|")))
        else:
            names, gap = _gap(part)
            order.append((tuple(names.split("|")), gap))
    without, before, after = (tuple(name for names in parts[mark] for name in names) for mark in "-!+")
    return Rule(tuple(order), tuple(parts["&"]), without, before, after)
