"""The indicator over time: one point per period, each compared with the one before and with the baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from models.domain.disclosure import Banded, Shown, Withheld
from models.domain.figures.indicator import Change, Indicator, change
from models.domain.figures.periods import Period
from models.domain.figures.statistics import PChart, p_chart

Result: TypeAlias = Shown[Indicator] | Banded | Withheld


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period of a trend. The changes are None where either side is not shown: a gap is a gap, never a zero."""

    period: Period
    result: Result
    from_previous: Change | None
    from_baseline: Change | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The points in order of time, and the p-chart over what is shown, None if nothing is."""

    points: tuple[TrendPoint, ...]
    chart: PChart | None


def trend(results: Sequence[tuple[Period, Result]], baseline: Indicator | None = None) -> Trend:
    """The trend over results in order of time, all of one kind of period and without holes; `baseline` is shown too.

    Withheld and banded periods stay in as gaps. Raises ValueError if a period does not follow the one before it.
    """
    for (earlier, _), (later, _) in pairwise(results):
        if earlier.next() != later:
            raise ValueError(f"{later.key} does not follow {earlier.key}")
    values = [result.value if isinstance(result, Shown) else None for _, result in results]
    points = tuple(
        TrendPoint(period, result, _between(before, value), _between(baseline, value))
        for (period, result), before, value in zip(results, [None, *values], values, strict=False)
    )
    chart = p_chart([None if value is None else (value.counts.heard, value.counts.computable) for value in values])
    return Trend(points, chart)


def _between(before: Indicator | None, after: Indicator | None) -> Change | None:
    return None if before is None or after is None else change(before, after)
