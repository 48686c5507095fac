"""What may be shown. A result is Shown, Banded or Withheld; the only reason ever published is "few".

Here are the base rule, distributions and register counts (rules 1, 2 and 5). A result that passes them may still be
withheld because something else published would reveal it (rule 4): that is decided over everything published together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeAlias, TypeVar

from models.domain.figures.indicator import Indicator
from models.domain.instruments import Code

T_co = TypeVar("T_co", covariant=True)

Band: TypeAlias = Literal["under_25", "over_75"]

LEAST_BASE: Final = 10
LEAST_SIDE: Final = 3
LEAST_DISTRIBUTION: Final = 20
LEAST_OPTION: Final = 5
LEAST_REGISTER: Final = 3


@dataclass(frozen=True, slots=True)
class Shown(Generic[T_co]):
    """The exact value may be shown."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Banded:
    """Only the band may be shown: no count, interval or bounds."""

    band: Band


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing may be shown, and it is said that something is withheld."""

    reason: Literal["few"] = "few"


@dataclass(frozen=True, slots=True)
class Distribution:
    """Answers by option, in the order given; their sum is the base."""

    counts: Mapping[Code, int]


@dataclass(frozen=True, slots=True)
class TwoBands:
    """A distribution merged at the declared cut: `upper` of `n` lie at or above it."""

    upper: int
    n: int


@dataclass(frozen=True, slots=True)
class Between:
    """A register count known only to lie between two whole numbers, both possible."""

    lower: int
    upper: int


def disclose_share(x: int, n: int) -> Shown[float] | Banded | Withheld:
    """Rule 1 for a share x / n that rests on n people.

    n < 10: withheld. Fewer than 3 on either side: banded. Else the exact share. Raises ValueError unless 0 <= x <= n.
    """
    if not 0 <= x <= n:
        raise ValueError("counts must satisfy 0 <= x <= n")
    if n < LEAST_BASE:
        return Withheld()
    if x < LEAST_SIDE:
        return Banded("under_25")
    if n - x < LEAST_SIDE:
        return Banded("over_75")
    return Shown(x / n)


def disclose(indicator: Indicator) -> Shown[Indicator] | Banded | Withheld:
    """Rule 1 for the indicator: shown whole, as a band, or not at all."""
    result = disclose_share(indicator.counts.heard, indicator.counts.computable)
    return Shown(indicator) if isinstance(result, Shown) else result


def disclose_distribution(
    counts: Mapping[Code, int], upper: Collection[Code] | None
) -> Shown[Distribution] | Shown[TwoBands] | Banded | Withheld:
    """Rule 2 for answers by option; `upper` are the options at or above the declared cut, None if there is no cut.

    Shown whole if at least 20 answered and every option has nobody or at least 5. Else merged into two bands at the cut
    and rule 1 applied; without a cut, withheld. Where rule 1 would not show the two bands, as when everybody lies on
    one side, the whole distribution is not shown either: it would tell what the band hides. Raises ValueError for a
    negative count.
    """
    if any(number < 0 for number in counts.values()):
        raise ValueError("a count is not negative")
    n = sum(counts.values())
    whole = n >= LEAST_DISTRIBUTION and all(number == 0 or number >= LEAST_OPTION for number in counts.values())
    if upper is None:
        return Shown(Distribution(counts)) if whole else Withheld()
    above = sum(number for code, number in counts.items() if code in upper)
    merged = disclose_share(above, n)
    if not isinstance(merged, Shown):
        return merged
    return Shown(Distribution(counts)) if whole else Shown(TwoBands(above, n))


def disclose_register_count(number: int, *, own: bool) -> Shown[int] | Between:
    """Rule 5 for population, offered or granted: exact in one's `own` municipality, outside it 1 and 2 become "1-2".

    Raises ValueError for a negative number.
    """
    if number < 0:
        raise ValueError("a count is not negative")
    if own or number == 0 or number >= LEAST_REGISTER:
        return Shown(number)
    return Between(1, LEAST_REGISTER - 1)
