import pytest

from models.domain.disclosure import Banded, Shown, Withheld
from models.domain.figures.indicator import Counts, change, indicator
from models.domain.figures.periods import Period
from models.domain.figures.trend import trend


def figure(x, n, population=60):
    return indicator(Counts(population, n, n, x))


def periods(number, first="2025Q1"):
    found = [Period.parse(first)]
    while len(found) < number:
        found.append(found[-1].next())
    return found


def test_each_point_is_compared_with_the_one_before_and_with_the_baseline():
    baseline, one, two = figure(25, 50), figure(30, 40), figure(45, 50)
    points = trend(list(zip(periods(2), [Shown(one), Shown(two)], strict=True)), baseline).points
    assert [point.from_previous for point in points] == [None, change(one, two)]
    assert [point.from_baseline for point in points] == [change(baseline, one), change(baseline, two)]


def test_without_a_baseline_nothing_is_compared_with_it():
    assert [point.from_baseline for point in trend([(Period.parse("2026"), Shown(figure(30, 40)))]).points] == [None]


def test_withheld_and_banded_periods_are_gaps_that_reach_neither_changes_nor_the_chart():
    results = [Shown(figure(30, 40)), Withheld(), Banded("over_75"), Shown(figure(20, 40))]
    found = trend(list(zip(periods(4), results, strict=True)))
    assert [point.result for point in found.points] == results
    assert [point.from_previous for point in found.points] == [None, None, None, None]
    assert found.chart is not None
    assert found.chart.centre == 50 / 80
    assert [point is None for point in found.chart.points] == [False, True, True, False]


def test_nothing_shown_has_no_chart():
    assert trend([(Period.parse("2026"), Withheld())]).chart is None
    assert trend([]).points == ()


@pytest.mark.parametrize("second", ["2025Q3", "2025Q1", "2024Q4", "2025H2"])
def test_a_hole_or_another_kind_of_period_is_refused(second):
    results = [(Period.parse("2025Q1"), Withheld()), (Period.parse(second), Withheld())]
    with pytest.raises(ValueError, match="does not follow"):
        trend(results)
