"""The fixed periods of the figures: quarter, half-year and year, in Copenhagen's calendar. Instants are aware UTC."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, Self, TypeAlias

from models.domain.localtime import instant, local_date

Kind: TypeAlias = Literal["quarter", "half", "year"]

PUBLISHED_AFTER: Final = timedelta(days=14)
PUBLISHED_AT: Final = time(9, 0)
WINDOW_OPENS_ON_DAY: Final = 15

_MONTHS: Final[dict[Kind, int]] = {"quarter": 3, "half": 6, "year": 12}
_LETTERS: Final[dict[Kind, str]] = {"quarter": "Q", "half": "H"}
_KEY: Final = re.compile(r"([0-9]{4})(?:([QH])([1-4]))?")
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2999


@dataclass(frozen=True, slots=True)
class Period:
    """One period: `number` counts from 1 within the year and is 1 for a year. Raises ValueError for one that is not."""

    kind: Kind
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if self.kind not in _MONTHS:
            raise ValueError("a period is a quarter, a half or a year")
        if not _FIRST_YEAR <= self.year <= _LAST_YEAR:
            raise ValueError(f"a period lies between {_FIRST_YEAR} and {_LAST_YEAR}")
        if not 1 <= self.number <= 12 // _MONTHS[self.kind]:
            raise ValueError(f"there is no {self.kind} {self.number}")

    @classmethod
    def parse(cls, key: str) -> Self:
        """The period with this key: "2026Q3", "2026H2" or "2026". Raises ValueError for anything else."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError("a period is written like 2026Q3, 2026H2 or 2026")
        year, letter, number = match.groups()
        if letter is None:
            return cls("year", int(year))
        return cls("quarter" if letter == "Q" else "half", int(year), int(number))

    @classmethod
    def for_date(cls, kind: Kind, day: date) -> Self:
        """The period of this kind that holds the local date `day`."""
        return cls(kind, day.year, (day.month - 1) // _MONTHS[kind] + 1)

    @classmethod
    def for_instant(cls, kind: Kind, moment: datetime) -> Self:
        """The period of this kind that holds the moment, by Copenhagen's calendar. Raises ValueError if naive."""
        return cls.for_date(kind, local_date(moment))

    @property
    def key(self) -> str:
        """ "2026Q3", "2026H2" or "2026"."""
        return f"{self.year}" if self.kind == "year" else f"{self.year}{_LETTERS[self.kind]}{self.number}"

    @property
    def first_day(self) -> date:
        """The first local date of the period."""
        return date(self.year, (self.number - 1) * _MONTHS[self.kind] + 1, 1)

    @property
    def last_day(self) -> date:
        """The last local date of the period, on which the population is counted."""
        month = self.number * _MONTHS[self.kind]
        after = date(self.year + 1, 1, 1) if month == 12 else date(self.year, month + 1, 1)
        return after - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        """The UTC instant of the local midnight that opens the first day: the first instant of the period."""
        return instant(self.first_day, time(0))

    @property
    def ends_at(self) -> datetime:
        """The UTC instant of the local midnight after the last day: the first instant that is no longer inside."""
        return instant(self.last_day + timedelta(days=1), time(0))

    @property
    def published_at(self) -> datetime:
        """The UTC instant of publication: 09:00 local time on the day 14 days after the close (Q3: 15 October)."""
        return instant(self.last_day + timedelta(days=1) + PUBLISHED_AFTER, PUBLISHED_AT)

    def next(self) -> Self:
        """The period of the same kind right after this one."""
        return self.for_date(self.kind, self.last_day + timedelta(days=1))

    def previous(self) -> Self:
        """The period of the same kind right before this one."""
        return self.for_date(self.kind, self.first_day - timedelta(days=1))

    def contains(self, day: date) -> bool:
        """Whether the local date lies in the period."""
        return self.first_day <= day <= self.last_day

    def covers(self, other: "Period") -> bool:
        """Whether every day of `other` lies in this period, as a year covers its quarters."""
        return self.contains(other.first_day) and self.contains(other.last_day)


def kind_for(population_on_1_january: int) -> Kind | None:
    """The period fixed for a calendar year by the population on 1 January, None below 15: only within its cluster.

    80 and more: quarter; 40-79: half-year; 15-39: year. Raises ValueError for a negative population.
    """
    if population_on_1_january < 0:
        raise ValueError("a population is not negative")
    if population_on_1_january >= 80:
        return "quarter"
    if population_on_1_january >= 40:
        return "half"
    return "year" if population_on_1_january >= 15 else None


def asking_window(p: Period) -> tuple[date, date]:
    """The first and last local date on which Hørt-5 is asked for the figure: the period's 15th day to its last.

    It opens on the 15th day so that nobody looks back on the period before alone, and closes with the period because
    the population is counted on its last day. Only the clock's asking inside the window counts.
    """
    return p.first_day + timedelta(days=WINDOW_OPENS_ON_DAY - 1), p.last_day
