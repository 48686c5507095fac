"""What a chart is told. A withheld result carries no number at all, so no chart can leak one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from markupsafe import Markup

#: Looks a text up in the catalogue: key and named values in, HTML-safe text out.
Translate = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Period:
    """A publication period: `label` in full ("3. kvartal 2026"), `short` under the axis ("3. kvt."), `year` ("2026").

    `begins` and `ends` are its first and last day: municipalities of different size publish at different rhythms.
    """

    label: str
    short: str
    year: str
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Shown:
    """An exact share. All shares are 0–1; `answered` is n and `population` is N of `measures.md` §2."""

    period: Period
    share: float
    lower: float
    upper: float
    bound_low: float
    bound_high: float
    answered: int
    population: int
    response_rate: float


class Band(Enum):
    """The two answers there are when the minority is too small to be shown exactly."""

    UNDER_A_QUARTER = "under"
    OVER_THREE_QUARTERS = "over"


@dataclass(frozen=True, slots=True)
class Banded:
    """Enough answers, but one side is too small: only the band is known."""

    period: Period
    band: Band


@dataclass(frozen=True, slots=True)
class Withheld:
    """Too few answers. Deliberately without any number."""

    period: Period


Point = Shown | Banded | Withheld


@dataclass(frozen=True, slots=True)
class Municipality:
    """One panel of the small multiples."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class WellbeingPoint:
    """One WHO-5 check-in, 0–100. `score` is None where it was skipped or broken off: the line has a gap there."""

    on: date
    score: int | None


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Something that happened beside the curve: an offer, a new caseworker."""

    on: date
    label: str


class Few(Enum):
    """A count that may not be shown exactly."""

    ONE_OR_TWO = "1–2"
    WITHHELD = "few"


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the target group to an answer: how many people are left."""

    label: str
    count: int | Few


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One period of a p-chart: share and its limits 0–1. `signal` is the rule that fired, in words, else empty."""

    period: Period
    share: float
    lower_limit: float
    upper_limit: float
    answered: int
    signal: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The chart's content for reading: every row has as many cells as `head`; the first cell is the row's header."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing in two widths (about 720 and 358 units, so that letters keep their size on a phone) and its table."""

    wide: Markup
    narrow: Markup
    table: Table
