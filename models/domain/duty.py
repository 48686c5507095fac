"""The duty plan: who holds the duty on which working day, who stands in, and which days nobody has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.domain.promises import Absence, OpeningHours, is_absent, window

AHEAD = 28
"""Days ahead that the plan should cover."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A day's duty: who holds it, and who stands in when that one is not there by ten ("" for nobody)."""

    day: date
    holder: str
    stand_in: str = ""


def working_days(first: date, days: int, hours: OpeningHours) -> list[date]:
    """The dates on which the office opens, of `days` days from `first` on."""
    every = (first + timedelta(days=ahead) for ahead in range(days))
    return [day for day in every if window(day, hours) is not None]


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def in_order(
    day: date, planned: Sequence[str], standing: Sequence[str], active: Collection[str], absences: Iterable[Absence]
) -> list[str]:
    """Who holds the duty on a day, first first: those planned, then whoever always holds it; whoever is away comes
    last, and a closed account never.
    """
    known = tuple(absences)
    everybody = [key for key in dict.fromkeys([*planned, *standing]) if key in active]
    return sorted(everybody, key=lambda key: is_absent(day, key, known))


def gaps(
    days: Iterable[date], plan: Mapping[date, Sequence[str]], standing: Sequence[str], active: Collection[str],
    absences: Iterable[Absence],
) -> list[date]:  # fmt: skip
    """The days on which nobody who is there holds the duty."""
    known = tuple(absences)
    return [
        day
        for day in days
        if not any(not is_absent(day, key, known) for key in in_order(day, plan.get(day, ()), standing, active, known))
    ]


def repeated(week: Iterable[Planned], until: date, taken: Collection[date], hours: OpeningHours) -> Iterator[Planned]:
    """The same week again and again, up to and with `until`: on working days that nobody has yet."""
    for one in week:
        day = one.day + timedelta(days=7)
        while day <= until:
            if day not in taken and window(day, hours) is not None:
                yield Planned(day, one.holder, one.stand_in)
            day += timedelta(days=7)
