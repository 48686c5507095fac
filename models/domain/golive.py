"""What a municipality must have done before its first young person is invited, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a municipality. Counts, no person."""

    helplines_waiting: int
    duty_gaps: int
    hours_decided: bool
    telegram_decided: bool
    texts_approved: bool
    coordinators: int
    administrators: int
    people: int
    without_caseworker: int
    without_substitute: int
    phone_given: bool
    webhooks_off: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: whether it is done, how much is missing, and the page where it is mended."""

    key: str
    done: bool
    missing: int
    mended_at: str


#: Line -> where it is mended.
PLACES: Final = {
    "helplines": "/helplines",
    "hours": "/administration/hours",
    "duty": "/administration/duty",
    "contact": "/administration/place",
    "telegram": "/administration/place",
    "texts": "/administration/texts",
    "coordinator": "/administration/staff",
    "administrators": "/administration/staff",
    "caseworkers": "/people",
    "substitutes": "/people",
    "webhooks": "/administration/webhooks",
}


def lines(facts: Facts) -> list[Line]:
    """The list, in the order in which it is best done. `administrators`: two, so that one can be ill. Webhooks are on
    it while one is switched off.
    """
    missing = {
        "hours": int(not facts.hours_decided),
        "contact": int(not facts.phone_given),
        "telegram": int(not facts.telegram_decided),
        "texts": int(not facts.texts_approved),
        "helplines": facts.helplines_waiting,
        "coordinator": int(not facts.coordinators),
        "administrators": max(0, 2 - facts.administrators),
        "duty": facts.duty_gaps,
        "caseworkers": facts.without_caseworker,
        "substitutes": facts.without_substitute,
        **({"webhooks": facts.webhooks_off} if facts.webhooks_off else {}),
    }
    return [Line(key, count == 0, count, PLACES[key]) for key, count in missing.items()]


def ready(facts: Facts) -> bool:
    """True when nothing is missing."""
    return all(line.done for line in lines(facts))
