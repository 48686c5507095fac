import math
import random

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.domain.figures.statistics import (
    RUN,
    Interval,
    Signal,
    Z,
    alpha_of,
    bounds,
    covariance,
    cronbach_alpha,
    mcdonald_omega,
    newcombe,
    omega_of,
    p_chart,
    wilson,
)


@pytest.fixture(scope="module", autouse=True)
def judge():
    """statsmodels takes seconds to import: only whoever plays these tests waits for it, and not within one of them."""
    import statsmodels.multivariate.factor
    import statsmodels.stats.proportion

    return statsmodels


def proportion_confint(*given, **more):
    from statsmodels.stats import proportion

    return proportion.proportion_confint(*given, **more)


GOLDEN = [
    ((15, 20, 55), ("0.7500", "0.5756", "0.8690", "0.2727", "0.9091")),
    ((9, 12, 40), ("0.7500", "0.5103", "0.8962", "0.2250", "0.9250")),
    ((30, 40, 190), ("0.7500", "0.6157", "0.8489", "0.1579", "0.9474")),
    ((0, 8, 30), ("0.0000", "0.0000", "0.2670", "0.0000", "0.7333")),
    ((41, 53, 53), ("0.7736", "0.7736", "0.7736", "0.7736", "0.7736")),
    ((38, 40, 55), ("0.9500", "0.9013", "0.9636", "0.6909", "0.9636")),
]

IMPOSSIBLE = [(-1, 5, 10), (6, 5, 10), (5, 11, 10), (0, -1, 10), (0, 0, -1)]


@st.composite
def counts(draw, least=0, most=400):
    population = draw(st.integers(max(least, 1), most))
    n = draw(st.integers(least, population))
    return draw(st.integers(0, n)), n, population


@pytest.mark.parametrize(("given_counts", "expected"), GOLDEN)
def test_the_golden_values_are_met_to_four_decimals(given_counts, expected):
    x, n, population = given_counts
    interval, possible = wilson(x, n, population), bounds(x, n, population)
    found = (x / n, interval.lower, interval.upper, possible.lower, possible.upper)
    assert tuple(f"{value:.4f}" for value in found) == expected


def test_the_formula_alone_would_give_more_than_is_possible():
    effective = 40 * 54 / 15
    _, upper = proportion_confint(0.95 * effective, effective, method="wilson")
    assert f"{upper:.4f}" == "0.9753"
    assert wilson(38, 40, 55).upper == bounds(38, 40, 55).upper == 53 / 55


@given(counts(least=1))
def test_wilson_agrees_with_statsmodels_inside_the_bounds(case):
    x, n, population = case
    assume(n < population)
    effective = n * (population - 1) / (population - n)
    lower, upper = proportion_confint(x / n * effective, effective, method="wilson")
    possible = bounds(x, n, population)
    found = wilson(x, n, population)
    assert found.lower == pytest.approx(max(lower, possible.lower), abs=1e-12)
    assert found.upper == pytest.approx(min(upper, possible.upper), abs=1e-12)


@given(counts())
def test_the_interval_lies_inside_the_bounds_and_both_inside_zero_and_one(case):
    interval, possible = wilson(*case), bounds(*case)
    assert 0 <= possible.lower <= interval.lower <= interval.upper <= possible.upper <= 1


@given(counts(least=1))
def test_interval_and_bounds_hold_the_share(case):
    x, n, population = case
    assert x / n in wilson(x, n, population)
    assert x / n in bounds(x, n, population)


@given(counts(least=1))
def test_one_more_heard_never_lowers_the_interval_or_the_bounds(case):
    x, n, population = case
    assume(x < n)
    for measure in (wilson, bounds):
        fewer, more = measure(x, n, population), measure(x + 1, n, population)
        assert fewer.lower <= more.lower
        assert fewer.upper <= more.upper


@given(counts(least=1))
def test_heard_and_not_heard_mirror_each_other(case):
    x, n, population = case
    one, other = wilson(x, n, population), wilson(n - x, n, population)
    assert one.lower == pytest.approx(1 - other.upper, abs=1e-12)


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_when_everybody_answered_the_interval_is_a_point(case):
    x, n = case
    assume(n > 0)
    assert wilson(x, n, n) == bounds(x, n, n) == Interval(x / n, x / n)


@given(counts(least=1))
def test_more_silence_never_narrows_the_interval(case):
    x, n, population = case
    near, far = wilson(x, n, population), wilson(x, n, population + 10)
    assert far.upper - far.lower >= near.upper - near.lower - 1e-12


@pytest.mark.parametrize("population", [0, 1, 30])
def test_without_answers_everything_is_possible(population):
    assert wilson(0, 0, population) == bounds(0, 0, population) == Interval(0.0, 1.0)


@pytest.mark.parametrize("impossible", IMPOSSIBLE)
@pytest.mark.parametrize("measure", [wilson, bounds])
def test_impossible_counts_are_refused(measure, impossible):
    with pytest.raises(ValueError, match="0 <= x <= n <= population"):
        measure(*impossible)


def test_an_interval_that_stands_on_its_head_is_refused():
    with pytest.raises(ValueError, match="lower end"):
        Interval(0.6, 0.4)


@given(counts(least=1), counts(least=1))
def test_newcombe_agrees_with_statsmodels_where_the_bounds_do_not_bind(one, other):
    effective, uncorrected = [], []
    for x, n, population in (one, other):
        assume(n < population)
        size = n * (population - 1) / (population - n)
        interval = wilson(x, n, population)
        plain = proportion_confint(x / n * size, size, method="wilson")
        assume(plain == pytest.approx((interval.lower, interval.upper), abs=1e-12))
        effective += [x / n * size, size]
        uncorrected.append((x / n, interval))
    from statsmodels.stats.proportion import confint_proportions_2indep

    expected = confint_proportions_2indep(*effective, method="newcomb", compare="diff")
    found = newcombe(*uncorrected)
    assert (found.lower, found.upper) == pytest.approx(expected, abs=1e-9)


def test_newcombe_reproduces_a_published_example():
    # Newcombe 1998, table II, (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339.
    def uncorrected(x, n):
        return x / n, Interval(*proportion_confint(x, n, method="wilson"))

    found = newcombe(uncorrected(56, 70), uncorrected(48, 80))
    assert (f"{found.lower:.4f}", f"{found.upper:.4f}") == ("0.0524", "0.3339")


@given(counts(least=1), counts(least=1))
def test_a_difference_lies_in_its_interval_within_minus_one_and_one_and_turns_with_its_sides(one, other):
    first = one[0] / one[1], wilson(*one)
    second = other[0] / other[1], wilson(*other)
    there, back = newcombe(first, second), newcombe(second, first)
    assert first[0] - second[0] in there
    assert -1 - 1e-12 <= there.lower <= there.upper <= 1 + 1e-12
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower), abs=1e-12)


def test_two_points_differ_by_exactly_their_difference():
    found = newcombe((0.75, Interval(0.75, 0.75)), (0.5, Interval(0.5, 0.5)))
    assert found == Interval(0.25, 0.25)


def test_a_share_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="outside"):
        newcombe((0.5, Interval(0.6, 0.7)), (0.5, Interval(0.4, 0.6)))


def test_the_quantile_is_the_one_of_the_standard_normal():
    assert math.erf(Z / math.sqrt(2)) == pytest.approx(0.95, abs=1e-15)


def congeneric(loadings, unique):
    k = len(loadings)
    return [[loadings[a] * loadings[b] + (unique[a] if a == b else 0.0) for b in range(k)] for a in range(k)]


def invented_rows(people=200, seed=7):
    chance = random.Random(seed)
    rows = []
    for _ in range(people):
        common = chance.gauss(0, 1)
        rows.append([round(min(5, max(1, 3.5 + w * common + chance.gauss(0, 0.7)))) for w in (0.9, 0.5, 1.1, 0.8, 0.7)])
    return rows


def test_the_covariance_matrix_is_the_one_of_numpy():
    rows = invented_rows()
    numpy.testing.assert_allclose(covariance(rows), numpy.cov(numpy.array(rows).T), atol=1e-12)


def test_alpha_by_hand():
    # Item variances 1, 1 and 1, variance of the sum 7: 3/2 (1 - 3/7).
    assert cronbach_alpha([[1, 2, 1], [2, 3, 3], [3, 4, 2]]) == pytest.approx(1.5 * (1 - 3 / 7))


def test_identical_items_are_perfectly_reliable():
    rows = [[value] * 5 for value in (1, 2, 3, 4, 5, 5)]
    assert cronbach_alpha(rows) == pytest.approx(1)
    assert mcdonald_omega(rows) == pytest.approx(1)


@pytest.mark.parametrize(
    ("loadings", "unique"),
    [([0.8] * 5, [0.36] * 5), ([0.9, 0.5, 0.7, 0.6, 0.8], [0.3, 0.9, 0.5, 0.6, 0.4]), ([2, 1, 0.5], [1, 1, 1])],
)
def test_omega_recovers_a_one_factor_world_exactly(loadings, unique):
    common = sum(loadings) ** 2
    assert omega_of(congeneric(loadings, unique)) == pytest.approx(common / (common + sum(unique)), abs=1e-9)


def test_alpha_equals_omega_for_equal_loadings_and_falls_below_it_otherwise():
    equal, unequal = congeneric([0.7] * 5, [0.5, 0.4, 0.3, 0.6, 0.5]), congeneric([1.2, 0.2, 0.9, 0.3, 0.6], [0.5] * 5)
    assert alpha_of(equal) == pytest.approx(omega_of(equal), abs=1e-9)
    lower, upper = alpha_of(unequal), omega_of(unequal)
    assert lower is not None
    assert upper is not None
    assert lower < upper - 0.01


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_omega_agrees_with_the_factor_analysis_of_statsmodels_on_standardised_items(seed):
    columns = numpy.array(invented_rows(seed=seed), dtype=float)
    rows = (columns - columns.mean(axis=0)) / columns.std(axis=0, ddof=1)
    correlation = numpy.corrcoef(columns.T)
    from statsmodels.multivariate.factor import Factor

    loadings = Factor(n_factor=1, corr=correlation, method="pa").fit(maxiter=5000, tol=1e-12).loadings[:, 0]
    common = loadings.sum() ** 2
    assert mcdonald_omega(rows.tolist()) == pytest.approx(common / (common + (1 - loadings**2).sum()), abs=1e-6)


def test_an_items_unique_variance_never_turns_negative():
    # A Heywood case: unrestricted, the first loading would exceed the item's own standard deviation.
    value = omega_of([[1.0, 0.9, 0.9], [0.9, 1.0, 0.5], [0.9, 0.5, 1.0]])
    assert value is not None
    assert 0 < value < 1


@pytest.mark.parametrize("rows", [[], [[1, 2, 3, 4, 5]], [[3, 3, 3, 3, 3]] * 10])
def test_without_variance_there_is_no_reliability(rows):
    assert (cronbach_alpha(rows), mcdonald_omega(rows)) == (None, None)


def test_one_item_has_no_alpha_and_two_have_no_omega():
    assert cronbach_alpha([[1], [2], [3]]) is None
    assert mcdonald_omega([[1, 1], [2, 3], [3, 2]]) is None


def test_items_that_have_nothing_in_common_have_no_omega_or_none_to_speak_of():
    assert omega_of([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]) is None


def test_rows_of_different_length_are_refused():
    with pytest.raises(ValueError, match="length"):
        covariance([[1, 2], [1, 2, 3]])


@given(st.lists(st.lists(st.integers(1, 5), min_size=5, max_size=5), min_size=2, max_size=40))
def test_reliability_never_exceeds_one(rows):
    alpha, omega = cronbach_alpha(rows), mcdonald_omega(rows)
    assert alpha is None or alpha <= 1 + 1e-12
    assert omega is None or 0 <= omega <= 1 + 1e-12


def signals(points):
    chart = p_chart(points)
    assert chart is not None
    return [None if point is None else point.signal for point in chart.points]


def test_a_p_chart_by_hand():
    chart = p_chart([(30, 40), (10, 20)])
    assert chart is not None
    assert chart.centre == pytest.approx(40 / 60)
    first, second = chart.points
    assert first is not None
    assert second is not None
    reach = 3 * math.sqrt(2 / 3 * 1 / 3 / 40)
    assert (first.share, first.lower, first.upper) == pytest.approx((0.75, 2 / 3 - reach, 2 / 3 + reach))
    assert second.upper - second.lower > first.upper - first.lower
    assert (first.signal, second.signal) == (None, None)


def test_limits_stay_within_zero_and_one():
    chart = p_chart([(10, 10), (9, 10), (10, 10)])
    assert chart is not None
    assert [point.upper for point in chart.points if point is not None] == [1.0, 1.0, 1.0]


def test_a_point_beyond_its_limits_is_a_signal():
    assert signals([(50, 100)] * 6 + [(90, 100)]) == [None] * 6 + [Signal.OUTSIDE]


def test_the_eighth_in_a_row_on_one_side_is_a_signal_and_so_is_the_ninth():
    assert RUN == 8
    assert signals([(48, 100)] * 9 + [(55, 100)] * 4) == [None] * 7 + [Signal.SHIFT] * 2 + [None] * 4


def test_seven_in_a_row_are_no_signal():
    assert signals([(48, 100)] * 7 + [(52, 100)] * 7) == [None] * 14


def test_a_point_on_the_centre_neither_adds_to_a_run_nor_ends_it():
    assert signals([(48, 100)] * 4 + [(50, 100)] + [(48, 100)] * 4 + [(52, 100)] * 8) == (
        [None] * 8 + [Signal.SHIFT] + [None] * 7 + [Signal.SHIFT]
    )


def test_a_point_on_the_centre_is_no_signal_even_after_a_run():
    found = signals([(48, 100)] * 8 + [(50, 100)] + [(52, 100)] * 8)
    assert found[7:10] == [Signal.SHIFT, None, None]


def test_a_gap_ends_a_run_and_stays_a_gap():
    found = signals([(48, 100)] * 4 + [None] + [(48, 100)] * 4 + [(56, 100)] * 2)
    assert found == [None] * 11


def test_nothing_shown_is_no_chart():
    assert p_chart([]) is None
    assert p_chart([None, None]) is None


@pytest.mark.parametrize("point", [(0, 0), (3, 2), (-1, 4)])
def test_an_impossible_point_is_refused(point):
    with pytest.raises(ValueError, match=r"at least one person|0 <= x <= n"):
        p_chart([point])


@given(
    st.lists(st.integers(1, 90).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=12)
)
def test_every_limit_holds_the_centre(points):
    chart = p_chart(points)
    assert chart is not None
    assert [p for p in chart.points if p is None or not 0 <= p.lower <= chart.centre <= p.upper <= 1] == []
