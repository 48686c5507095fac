"""A rhythm as people type it: "hver anden uge mandag kl 18", "every 4 weeks", "fredag", "kl. 17"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 80
_WEEKS: Final[tuple[tuple[str, int], ...]] = (
    (r"hver (?:anden|2) uge|hver (?:14|fjortende) dag|every (?:other|second|2|two) weeks?|every 14 days"
     r"|fortnightly", 2),
    (r"hver (?:fjerde|4) uge|hver måned|en gang om måneden|every (?:fourth|4|four) weeks?|every month|monthly"
     r"|once a month", 4),
    (r"hver (?:ottende|8) uge|hver (?:anden|2) måned|every (?:eighth|8|eight) weeks?"
     r"|every (?:other|second|2|two) months?", 8),
)  # fmt: skip
_DAYS: Final[tuple[str, ...]] = (
    r"mandage?n?|mondays?", r"tirsdage?n?|tuesdays?", r"onsdage?n?|wednesdays?", r"torsdage?n?|thursdays?",
    r"fredage?n?|fridays?", r"lørdage?n?|saturdays?", r"søndage?n?|sundays?",
)  # fmt: skip
_AT: Final = re.compile(r"\b(?:klokken|kl|at)? ?(\d{1,2})(?:[.:]00)? ?(am|pm)?(?: o'?clock)?\b")
_BARE: Final = re.compile(r"\b(?:klokken|kl|at) \d|\d[.:]00|\d ?[ap]m\b")
_LOOSE: Final = frozenset({"om", "på", "og", "hver", "on", "and", "every", "tak", "please", "i", "in", "the", "gerne"})


@dataclass(frozen=True, slots=True)
class Wished:
    """What of a rhythm was said; None where nothing was. `hour` is 0 to 23, Copenhagen wall time."""

    weeks: int | None = None
    weekday: int | None = None
    hour: int | None = None


def read_rhythm(text: str) -> Wished | None:
    """The rhythm a text clearly and only means; None for anything else: then it is a message to a human.

    A half hour is not offered, so "18.30" means nothing; a number alone is an hour only with "kl", ":00" or "pm".
    """
    if len(text) > _LONGEST:
        return None
    rest = " ".join(re.sub(r"[,;!]|\.(?!\d)", " ", text.casefold()).split())
    weeks = hour = None
    for pattern, number in _WEEKS:
        rest, found = re.subn(rf"\b(?:{pattern})\b", " ", rest)
        if found > 1 or (found and weeks is not None):
            return None
        weeks = number if found else weeks
    days = [day for day, names in enumerate(_DAYS) if re.search(rf"\b(?:{names})\b", rest)]
    for names in _DAYS:
        rest = re.sub(rf"\b(?:{names})\b", " ", rest)
    if _BARE.search(rest):
        said = _AT.search(rest)
        hour = _hour(said) if said else None
        if said is None or hour is None:
            return None
        rest = rest[: said.start()] + " " + rest[said.end() :]
    if set(rest.split()) - _LOOSE or len(days) > 1 or (weeks, days, hour) == (None, [], None):
        return None
    return Wished(weeks, days[0] if days else None, hour)


def _hour(said: re.Match[str]) -> int | None:
    number, half = int(said.group(1)), said.group(2)
    if half:
        return number % 12 + (12 if half == "pm" else 0) if 1 <= number <= 12 else None
    return number % 24 if number <= 24 else None
