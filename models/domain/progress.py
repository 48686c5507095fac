"""The plan: goals that are looked at again, progress in eight areas, days on which to ask again, contacts outside the
chat.

The evaluation this follows did not publish how it coded the areas (``domain.md`` §1), so the codes are Hørt's own and
ordered: for each area from the least to the most settled. Better, same and worse follow from that order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.domain.errors import Invalid, Stale
from models.domain.marks import fingerprint

LONGEST_GOAL: Final = 400
LONGEST_NOTE: Final = 1000
LONGEST_KIN: Final = 300
#: A follow-up lies at most this many days ahead: later than the 23rd birthday helps nobody.
FURTHEST: Final = 5 * 366
#: A contact is written down at most this many days late.
LATEST: Final = 366


class Area(StrEnum):
    """The areas of life that are looked at."""

    EDUCATION = "education"
    WORK = "work"
    HOME = "home"
    WELLBEING = "wellbeing"
    NETWORK = "network"
    CRIME = "crime"
    TREATMENT = "treatment"
    HOMELESSNESS = "homelessness"


class Wave(StrEnum):
    """When it is looked at: when support begins, on the way, when it ends."""

    START = "start"
    STATUS = "status"
    END = "end"


class GoalState(StrEnum):
    """Where a goal is."""

    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


class Way(StrEnum):
    """How somebody was in contact outside the chat."""

    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    OTHER = "other"


class Course(StrEnum):
    """From the start to the latest."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


#: What can be said about each area, from the least to the most settled.
CODES: Final[Mapping[Area, tuple[str, ...]]] = MappingProxyType(
    {
        Area.EDUCATION: ("none", "planned", "started", "completed"),
        Area.WORK: ("none", "trainee", "part_time", "full_time"),
        Area.HOME: ("unsafe", "temporary", "own"),
        Area.WELLBEING: ("poor", "mixed", "good"),
        Area.NETWORK: ("nobody", "few", "several"),
        Area.CRIME: ("charged", "risk", "none"),
        Area.TREATMENT: ("needed", "ongoing", "finished", "not_needed"),
        Area.HOMELESSNESS: ("homeless", "threatened", "none"),
    }
)
#: Not known is kept apart: it is neither good nor bad, and counts in no comparison.
UNKNOWN: Final = "unknown"


def check_code(area: Area, code: str) -> None:
    """Raise Invalid for a code this area does not have."""
    if code != UNKNOWN and code not in CODES[area]:
        raise Invalid("progress_code", area.value)


def course(area: Area, before: str | None, after: str | None) -> Course | None:
    """Better, the same or worse; None where either is missing or not known."""
    codes = CODES[area]
    if before not in codes or after not in codes:
        return None
    moved = codes.index(after) - codes.index(before)
    return Course.BETTER if moved > 0 else Course.WORSE if moved < 0 else Course.SAME


def latest(codes: Mapping[Wave, str]) -> str | None:
    """What holds now of one area: the end, else the status, else nothing beside the start."""
    return codes.get(Wave.END) or codes.get(Wave.STATUS)


def check_ahead(day: date | None, today: date, field: str) -> None:
    """Raise Invalid for a day to follow up that has been, or is further ahead than anybody here stays."""
    if day is not None and day < today:
        raise Invalid("follow_up_past", field)
    if day is not None and (day - today).days > FURTHEST:
        raise Invalid("follow_up_far", field)


def check_held(day: date, today: date) -> None:
    """Raise Invalid for a contact that has not been, or was longer ago than anybody remembers."""
    if day > today:
        raise Invalid("contact_ahead", "held_on")
    if (today - day).days > LATEST:
        raise Invalid("contact_old", "held_on")


def fulfils(way: Way, held_on: date, waiting_since: date | None) -> bool:
    """Whether a contact answers what waits: they talked, and not before it was asked. A letter may not be read yet."""
    return way in {Way.PHONE, Way.VISIT} and (waiting_since is None or held_on >= waiting_since)


def mark(state: GoalState, standing: str, follow_up_on: date | None) -> str:
    """What a form about a goal was filled in for: the same only while nobody has looked at it with another outcome."""
    return fingerprint(state.value, standing, follow_up_on)


def close(state: GoalState, to: GoalState) -> GoalState:
    """A goal reached or let go; the same again changes nothing. Raises Stale once it has ended another way."""
    if state is to:
        return state
    if state is not GoalState.OPEN:
        raise Stale("goal_closed")
    return to
