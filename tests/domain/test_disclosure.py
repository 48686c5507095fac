import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.disclosure import (
    Banded,
    Between,
    Distribution,
    Shown,
    TwoBands,
    Withheld,
    disclose,
    disclose_distribution,
    disclose_register_count,
    disclose_share,
)
from models.domain.figures.indicator import Counts, indicator

UPPER = (4, 5)


def five(*numbers):
    return dict(zip((1, 2, 3, 4, 5), numbers, strict=True))


@pytest.mark.parametrize(
    ("x", "n", "expected"),
    [
        (0, 0, Withheld()),
        (5, 9, Withheld()),
        (9, 9, Withheld()),
        (3, 10, Shown(0.3)),
        (7, 10, Shown(0.7)),
        (2, 10, Banded("under_25")),
        (8, 10, Banded("over_75")),
        (0, 40, Banded("under_25")),
        (40, 40, Banded("over_75")),
        (38, 40, Banded("over_75")),
        (37, 40, Shown(0.925)),
        (2, 500, Banded("under_25")),
    ],
)
def test_the_base_rule(x, n, expected):
    assert disclose_share(x, n) == expected


@given(st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_band_is_always_true_and_a_shown_share_never_stands_on_fewer_than_three(case):
    x, n = case
    match disclose_share(x, n):
        case Withheld():
            assert n < 10
        case Banded("under_25"):
            assert n >= 10
            assert x / n < 0.25
            assert x < 3
        case Banded("over_75"):
            assert n >= 10
            assert x / n > 0.75
            assert n - x < 3
        case Shown(value):
            assert n >= 10
            assert min(x, n - x) >= 3
            assert value == x / n


@pytest.mark.parametrize(("x", "n"), [(-1, 10), (11, 10), (0, -1)])
def test_impossible_counts_are_refused(x, n):
    with pytest.raises(ValueError, match="0 <= x <= n"):
        disclose_share(x, n)


def test_the_indicator_is_shown_whole_banded_or_withheld_by_its_own_base():
    shown = indicator(Counts(55, 24, 20, 15))
    assert disclose(shown) == Shown(shown)
    assert disclose(indicator(Counts(55, 42, 40, 38))) == Banded("over_75")
    # Twenty answered, but the share rests on nine.
    assert disclose(indicator(Counts(55, 20, 9, 5))) == Withheld()


def test_what_is_not_shown_carries_no_number():
    assert [field.name for field in dataclasses.fields(Withheld)] == ["reason"]
    assert [field.name for field in dataclasses.fields(Banded)] == ["band"]
    assert Withheld().reason == "few"


def test_a_distribution_is_shown_from_twenty_with_five_in_every_option():
    counts = five(5, 0, 5, 5, 5)
    assert disclose_distribution(counts, UPPER) == Shown(Distribution(counts))


@pytest.mark.parametrize(
    "counts", [five(5, 0, 5, 5, 4), five(0, 0, 9, 5, 5), five(4, 5, 5, 5, 5), five(1, 10, 10, 10, 10)]
)
def test_a_thin_option_or_too_few_answers_merge_it_at_the_cut(counts):
    expected = TwoBands(counts[4] + counts[5], sum(counts.values()))
    assert disclose_distribution(counts, UPPER) == Shown(expected)


def test_the_merged_bands_follow_the_base_rule():
    assert disclose_distribution(five(1, 1, 2, 3, 2), UPPER) == Withheld()
    assert disclose_distribution(five(1, 0, 1, 9, 9), UPPER) == Banded("over_75")
    assert disclose_distribution(five(9, 8, 0, 1, 0), UPPER) == Banded("under_25")


def test_a_whole_distribution_does_not_tell_what_the_band_would_hide():
    assert disclose_distribution(five(0, 0, 0, 10, 15), UPPER) == Banded("over_75")


def test_without_a_cut_a_thin_distribution_is_withheld():
    assert disclose_distribution({"own": 12, "none": 3, "family": 9}, None) == Withheld()
    counts = {"own": 12, "none": 0, "family": 9}
    assert disclose_distribution(counts, None) == Shown(Distribution(counts))


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        disclose_distribution(five(-1, 9, 9, 9, 9), UPPER)


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5))
def test_no_shown_distribution_has_an_option_of_one_to_four(numbers):
    result = disclose_distribution(five(*numbers), UPPER)
    above, n = numbers[3] + numbers[4], sum(numbers)
    if isinstance(result, Shown) and isinstance(result.value, Distribution):
        assert [number for number in result.value.counts.values() if 0 < number < 5] == []
        assert n >= 20
    base = disclose_share(above, n)
    assert isinstance(result, Shown) is isinstance(base, Shown)
    assert isinstance(result, Shown) or result == base


def test_register_counts_are_exact_at_home_and_one_or_two_are_blurred_elsewhere():
    assert [disclose_register_count(number, own=True) for number in range(4)] == [Shown(n) for n in range(4)]
    assert [disclose_register_count(number, own=False) for number in range(4)] == [
        Shown(0),
        Between(1, 2),
        Between(1, 2),
        Shown(3),
    ]


def test_a_negative_register_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        disclose_register_count(-1, own=False)
