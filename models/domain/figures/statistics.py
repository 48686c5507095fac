"""The statistics behind the figures, in plain Python so that every step can be read and recomputed.

Shares lie between 0 and 1. `x` of `n` computable people were heard, `population` is everybody who could have answered.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Final, TypeAlias

Z: Final = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution."""

RUN: Final = 8
"""So many points in a row on one side of the centre are a signal (Western Electric, rule 4)."""

Matrix: TypeAlias = Sequence[Sequence[float]]

_STEPS: Final = 10_000
_SETTLED: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval, `lower` <= `upper`. Raises ValueError otherwise."""

    lower: float
    upper: float

    def __post_init__(self) -> None:
        if not self.lower <= self.upper:
            raise ValueError("an interval's lower end lies above its upper end")

    def __contains__(self, value: float) -> bool:
        return self.lower <= value <= self.upper


def bounds(x: int, n: int, population: int) -> Interval:
    """What the share of the whole population can be, without assuming anything about the silent: all no, or all yes.

    [x / N, (x + N - n) / N]; [0, 1] where there is nobody. Raises ValueError unless 0 <= x <= n <= population.
    """
    _check(x, n, population)
    if population == 0:
        return Interval(0.0, 1.0)
    return Interval(x / population, (x + population - n) / population)


def wilson(x: int, n: int, population: int) -> Interval:
    """The 95 % Wilson score interval of x / n with finite-population correction, intersected with the bounds.

    n* = n (N - 1) / (N - n) stands in place of n. The point x / n if everybody answered; the bounds, [0, 1], if nobody
    did. Always holds x / n. Raises ValueError unless 0 <= x <= n <= population.
    """
    possible = bounds(x, n, population)
    if n == 0:
        return possible
    share = x / n
    if n == population:
        return Interval(share, share)
    effective = n * (population - 1) / (population - n)
    slack = Z * Z / effective
    centre = (share + slack / 2) / (1 + slack)
    reach = Z * sqrt(share * (1 - share) / effective + slack / (4 * effective)) / (1 + slack)
    # The outer min and max only undo rounding: in exact arithmetic both intervals hold the share.
    lower = min(share, max(centre - reach, possible.lower))
    upper = max(share, min(centre + reach, possible.upper))
    return Interval(lower, upper)


def newcombe(first: tuple[float, Interval], second: tuple[float, Interval]) -> Interval:
    """Newcombe's hybrid-score interval of the difference `first` - `second`, each given as (share, its interval).

    Newcombe 1998, method 10, with whatever score intervals are handed in: the published, corrected ones here. It treats
    the two as independent. Raises ValueError if a share lies outside its interval.
    """
    (p, one), (q, other) = first, second
    if p not in one or q not in other:
        raise ValueError("a share lies outside its own interval")
    difference = p - q
    return Interval(
        difference - hypot(p - one.lower, other.upper - q),
        difference + hypot(one.upper - p, q - other.lower),
    )


def covariance(rows: Sequence[Sequence[float]]) -> list[list[float]] | None:
    """The sample covariance matrix (divisor n - 1) of complete rows, None below two rows.

    Raises ValueError if the rows differ in length.
    """
    if len(rows) < 2:
        return None
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise ValueError("rows differ in length")
    sums = [sum(row[a] for row in rows) for a in range(width)]
    products = [[sum(row[a] * row[b] for row in rows) for b in range(width)] for a in range(width)]
    return covariance_of(len(rows), sums, products)


def covariance_of(n: int, sums: Sequence[float], products: Matrix) -> list[list[float]] | None:
    """The sample covariance matrix from n rows' column sums and sums of products, None below two rows.

    Exact up to one division where the sums are whole numbers, as they are in frozen counts.
    """
    if n < 2:
        return None
    return [
        [(n * products[a][b] - sums[a] * sums[b]) / (n * (n - 1)) for b in range(len(sums))] for a in range(len(sums))
    ]


def cronbach_alpha(rows: Sequence[Sequence[float]]) -> float | None:
    """Cronbach's alpha of complete rows (one row per person, one column per item); see `alpha_of`."""
    matrix = covariance(rows)
    return None if matrix is None else alpha_of(matrix)


def mcdonald_omega(rows: Sequence[Sequence[float]]) -> float | None:
    """McDonald's omega (total, one factor) of complete rows; see `omega_of`."""
    matrix = covariance(rows)
    return None if matrix is None else omega_of(matrix)


def alpha_of(matrix: Matrix) -> float | None:
    """Cronbach's alpha from a covariance matrix: k / (k - 1) · (1 - trace / total). At most 1, can be negative.

    None for fewer than two items or a sum score without variance.
    """
    k = len(matrix)
    total = sum(sum(row) for row in matrix)
    if k < 2 or total <= 0:
        return None
    return k / (k - 1) * (1 - sum(matrix[a][a] for a in range(k)) / total)


def omega_of(matrix: Matrix) -> float | None:
    """McDonald's omega from a covariance matrix: (Σλ)² / ((Σλ)² + Σψ) under one common factor, 0-1.

    Estimator: unweighted least squares (minres). The loadings λ minimise the squared off-diagonal residuals
    Σ(s_ab - λ_a λ_b)², one loading at a time, each step the exact minimum given the others, until none moves by more
    than 1e-12; |λ_a| never exceeds the item's standard deviation, so that no unique variance ψ_a = s_aa - λ_a² is
    negative. Start: seven tenths of each standard deviation. None for fewer than three items (one factor is not
    identified), for an item without variance, or if the loadings do not settle within 10,000 rounds.
    """
    k = len(matrix)
    if k < 3 or any(matrix[a][a] <= 0 for a in range(k)):
        return None
    limits = [sqrt(matrix[a][a]) for a in range(k)]
    loadings = [0.7 * limit for limit in limits]
    for _ in range(_STEPS):
        moved = 0.0
        for a in range(k):
            weight = sum(loadings[b] ** 2 for b in range(k) if b != a)
            if weight == 0:
                return None
            best = sum(matrix[a][b] * loadings[b] for b in range(k) if b != a) / weight
            best = max(-limits[a], min(limits[a], best))
            moved = max(moved, abs(best - loadings[a]) / limits[a])
            loadings[a] = best
        if moved < _SETTLED:
            common = sum(loadings) ** 2
            unique = sum(max(0.0, matrix[a][a] - loadings[a] ** 2) for a in range(k))
            return common / (common + unique) if common + unique > 0 else None
    return None


class Signal(enum.Enum):
    """The rule of the p-chart that fired. OUTSIDE: beyond a limit. SHIFT: the eighth or later in a row on one side."""

    OUTSIDE = "outside"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One period on the p-chart: its share, its own limits (narrower as n grows) and the rule that fired, if any."""

    share: float
    lower: float
    upper: float
    signal: Signal | None


@dataclass(frozen=True, slots=True)
class PChart:
    """A p-chart. `points` stand as they were given; None is a period that may not be shown or does not exist."""

    centre: float
    points: tuple[ChartPoint | None, ...]


def p_chart(points: Sequence[tuple[int, int] | None]) -> PChart | None:
    """The p-chart over (x, n) per period in order of time; None where nothing is to be charted.

    The centre is Σx / Σn, the limits are centre ± 3 √(centre (1 - centre) / n), kept within 0-1 and without
    finite-population correction: wider, so that fewer false signals. A point exactly on the centre neither adds to a
    run nor ends it; a gap ends it. Give None for a withheld or banded period: the centre would tell its count.
    Raises ValueError unless 0 <= x <= n and n >= 1.
    """
    known = [point for point in points if point is not None]
    for x, n in known:
        if n < 1:
            raise ValueError("a point of a p-chart rests on at least one person")
        _check(x, n, n)
    if not known:
        return None
    centre = sum(x for x, _ in known) / sum(n for _, n in known)
    charted: list[ChartPoint | None] = []
    side = run = 0
    for point in points:
        if point is None:
            side = run = 0
            charted.append(None)
            continue
        share = point[0] / point[1]
        here = (share > centre) - (share < centre)
        if here != 0:
            run = run + 1 if here == side else 1
            side = here
        reach = 3 * sqrt(centre * (1 - centre) / point[1])
        lower, upper = max(0.0, centre - reach), min(1.0, centre + reach)
        signal = None
        if not lower <= share <= upper:
            signal = Signal.OUTSIDE
        elif here != 0 and run >= RUN:
            signal = Signal.SHIFT
        charted.append(ChartPoint(share, lower, upper, signal))
    return PChart(centre, tuple(charted))


def _check(x: int, n: int, population: int) -> None:
    if not 0 <= x <= n <= population:
        raise ValueError("counts must satisfy 0 <= x <= n <= population")
