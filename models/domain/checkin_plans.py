"""Check-in plans: which instrument is asked how often, of whom. The most particular plan counts for a person.

Hørt-5 is no plan's: the figure asks it, once a period. Without a plan everyone who said yes to check-ins is asked
WHO-5, as from the first day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from models.domain import rhythm
from models.domain.errors import Invalid
from models.domain.instruments import instrument
from models.domain.offers import OfferState

#: What can be planned, and how many weeks after another its first asking comes, so that they do not all come at once.
APART: Final = {"who5": 0, "tils": 1, "life_now": 2}
#: An offer somebody has, or may still say yes to.
STANDING: Final = frozenset(
    {
        OfferState.PUBLISHED, OfferState.CHANGE_ASKED, OfferState.ACCEPTED, OfferState.STARTED, OfferState.PAUSED,
    }
)  # fmt: skip
#: What is asked of everyone without a plan.
FROM_THE_START: Final = "who5"


class Whom(StrEnum):
    """For whom a plan is."""

    ALL = "all"
    OFFER = "offer"
    PERSON = "person"


class State(StrEnum):
    """What becomes of a plan. An edit replaces it with its next version."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Content:
    """What a plan says. Raises Invalid naming the field that cannot be."""

    instrument: str
    weeks: int
    whom: Whom
    person_id: str | None
    starts_on: date

    def __post_init__(self) -> None:
        if self.instrument not in APART:
            raise Invalid("plan_instrument", "instrument")
        if self.weeks not in weeks_of(self.instrument):
            raise Invalid("plan_weeks", "weeks")
        if (self.whom is Whom.PERSON) is not (self.person_id is not None):
            raise Invalid("plan_person", "person")


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of a plan as it stands."""

    series: str
    state: State
    content: Content


@dataclass(frozen=True, slots=True)
class Wanted:
    """How often somebody is to be asked, if at all, and by which plan ("" by none)."""

    series: str
    weeks: int
    asked: bool


_RANK: Final = {Whom.PERSON: 0, Whom.OFFER: 1, Whom.ALL: 2}


def weeks_of(key: str) -> tuple[int, ...]:
    """How many weeks there may be between two askings of an instrument."""
    return tuple(one for one in rhythm.WEEKS if one * 7 >= instrument(key).minimum_days)


def is_for(content: Content, person_id: str, *, offered: bool) -> bool:
    """Whether a plan is for somebody."""
    if content.whom is Whom.PERSON:
        return content.person_id == person_id
    return content.whom is Whom.ALL or offered


def wanted(plans: Iterable[Plan], key: str, person_id: str, *, offered: bool, today: date) -> Wanted:
    """What the plans want asked of one person with one instrument. A paused plan holds back what a wider one asks."""
    mine = [
        one
        for one in plans
        if one.content.instrument == key
        and one.state in {State.RUNNING, State.PAUSED}
        and one.content.starts_on <= today
        and is_for(one.content, person_id, offered=offered)
    ]
    if not mine:
        return Wanted("", rhythm.DEFAULT.weeks, key == FROM_THE_START)
    chosen = min(mine, key=lambda one: (_RANK[one.content.whom], one.series))
    return Wanted(chosen.series, chosen.content.weeks, chosen.state is State.RUNNING)
