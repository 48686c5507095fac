"""Local goals: what a municipality wants to reach beside the common goals, by when; and the phases of its project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from models.domain.errors import Invalid
from models.domain.figures.periods import Period
from models.domain.marks import fingerprint

LONGEST_TITLE: Final = 120
LONGEST_UNIT: Final = 20
LONGEST_REASON: Final = 200
_NUMBER = re.compile(r"-?[0-9]{1,7}(?:[.,][0-9]{1,2})?")


class Measured(StrEnum):
    """What a goal is measured by: a published figure, or numbers entered by hand quarter by quarter."""

    HEARD = "heard"
    OWN = "own"


class Phase(StrEnum):
    """The phases of a project, in their order."""

    PREPARE = "prepare"
    CHANGE = "change"
    ANCHOR = "anchor"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached. A goal on the heard-indicator is in percent. Raises ``Invalid`` at the wrong field."""

    title: str
    measured: Measured
    unit: str
    baseline: float | None
    target: float
    due_on: date

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise Invalid("goal_title", "title")
        if len(self.title) > LONGEST_TITLE:
            raise Invalid("goal_too_long", "title")
        if len(self.unit) > LONGEST_UNIT:
            raise Invalid("goal_too_long", "unit")
        if self.measured is Measured.HEARD:
            for field in ("baseline", "target"):
                value = getattr(self, field)
                if value is not None and not 0 <= value <= 100:
                    raise Invalid("goal_percent", field)
        if self.baseline is not None and self.baseline == self.target:
            raise Invalid("goal_no_change", "target")


def mark(goal: Goal, *, ended: bool) -> str:
    """What the form of a goal was filled in for."""
    return fingerprint(goal, ended)


def mark_of_numbers(numbers: Iterable[tuple[str, float]]) -> str:
    """What the form for one more number was filled in for: by quarter, in their order."""
    return fingerprint(list(numbers))


def number(typed: str, field: str) -> float:
    """A number as people type it, with comma or point and at most two decimals. Raises ``Invalid`` otherwise."""
    plain = typed.strip().replace("\u00a0", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise Invalid("number_unreadable", field)
    return float(plain.replace(",", "."))


def reached(goal: Goal, value: float) -> bool:
    """True if the value is at or beyond the target, seen from the baseline; without one, higher is better."""
    downwards = goal.baseline is not None and goal.target < goal.baseline
    return value <= goal.target if downwards else value >= goal.target


def reason(typed: str) -> str:
    """Why a goal is no longer pursued. Raises ``Invalid`` where nothing is said, or too much."""
    said = typed.strip()
    if not said:
        raise Invalid("goal_reason", "because")
    if len(said) > LONGEST_REASON:
        raise Invalid("goal_too_long", "because")
    return said


def quarters(last: date, count: int) -> list[Period]:
    """The quarters for which a number can be entered: the one `last` lies in and those before it, newest first."""
    found = [Period.for_date("quarter", last)]
    while len(found) < count:
        found.append(found[-1].previous())
    return found


@dataclass(frozen=True, slots=True)
class Phases:
    """When each phase begins, and when the last one ends. Raises ``Invalid`` if they are not in order."""

    begins: Mapping[Phase, date]
    ends: date

    def __post_init__(self) -> None:
        days = [*(self.begins[phase] for phase in Phase), self.ends]
        for before, after, field in zip(days, days[1:], (*list(Phase)[1:], "ends"), strict=False):
            if after <= before:
                raise Invalid("phases_order", str(field))

    def to_plain(self) -> dict[str, str]:
        """As JSON can hold it."""
        return {phase.value: self.begins[phase].isoformat() for phase in Phase} | {"ends": self.ends.isoformat()}

    @classmethod
    def from_plain(cls, plain: object) -> Phases | None:
        """The inverse; None where nothing is decided."""
        if not isinstance(plain, dict) or not plain:
            return None
        return cls(
            {phase: date.fromisoformat(plain[phase.value]) for phase in Phase}, date.fromisoformat(plain["ends"])
        )

    def on(self, day: date) -> Phase | None:
        """The phase a day lies in; None before the first and after the last."""
        if day > self.ends:
            return None
        return next((phase for phase in reversed(Phase) if self.begins[phase] <= day), None)
