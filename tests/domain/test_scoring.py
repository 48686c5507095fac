from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import scoring
from models.domain.instruments import DONT_KNOW, SKIP, Code, InvalidAnswer, UnknownInstrument, instrument
from models.domain.scoring import Heard, Who5Band


def answers(key: str, *codes: Code | None) -> dict[str, Code]:
    items = instrument(key).items
    return {item.key: code for item, code in zip(items, codes, strict=True) if code is not None}


@pytest.mark.parametrize(
    ("codes", "expected"),
    [((0, 0, 0, 0, 0), 0), ((5, 5, 5, 5, 5), 100), ((3, 3, 3, 3, 1), 52), ((2, 2, 2, 2, 1), 36), ((5, 4, 3, 2, 1), 60)],
)
def test_who5_is_four_times_the_sum(codes, expected):
    assert scoring.who5(answers("who5", *codes)) == expected


@pytest.mark.parametrize("missing", [None, SKIP])
def test_who5_has_no_score_when_an_item_is_missing(missing):
    assert scoring.who5(answers("who5", 5, 5, missing, 5, 5)) is None


def test_a_person_at_the_bottom_of_every_item_has_a_score_of_zero_not_none():
    assert scoring.score("who5", answers("who5", 0, 0, 0, 0, 0)) == 0


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, Who5Band.HIGH),
        (35, Who5Band.HIGH),
        (36, Who5Band.RAISED),
        (50, Who5Band.RAISED),
        (51, Who5Band.NOT_RAISED),
        (100, Who5Band.NOT_RAISED),
    ],
)
def test_the_danish_bands_of_who5(score, band):
    assert scoring.who5_band(score) is band


@pytest.mark.parametrize("score", [-1, 101])
def test_a_band_outside_the_scale_is_refused(score):
    with pytest.raises(ValueError, match="between 0 and 100"):
        scoring.who5_band(score)


def test_a_fall_is_real_from_ten_points_and_a_rise_is_never_a_fall():
    assert [scoring.real_fall(60, after) for after in (40, 50, 51, 60, 90)] == [True, True, False, False, False]


def test_the_declared_cut_of_who5_agrees_with_the_band():
    cut = instrument("who5").cut
    assert cut is not None
    assert [scoring.who5_band(score) is Who5Band.NOT_RAISED for score in range(101)] == [
        score >= cut for score in range(101)
    ]


def test_tils_is_the_sum_and_severe_from_seven():
    scores = {codes: scoring.tils(answers("tils", *codes)) for codes in product((1, 2, 3), repeat=3)}
    assert scores == {codes: sum(codes) for codes in product((1, 2, 3), repeat=3)}
    assert [scoring.severe_loneliness(score) for score in range(3, 10)] == [False] * 4 + [True] * 3


def test_tils_has_no_score_when_an_item_is_missing():
    assert [scoring.tils(answers("tils", 3, 3, code)) for code in (None, SKIP)] == [None, None]


@pytest.mark.parametrize("score", [2, 10])
def test_a_loneliness_score_outside_the_scale_is_refused(score):
    with pytest.raises(ValueError, match="between 3 and 9"):
        scoring.severe_loneliness(score)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((4, 4, 4, 4, 4), Heard(5, 4.0, 75.0, True)),
        ((5, 5, 5, 5, 5), Heard(5, 5.0, 100.0, True)),
        ((1, 1, 1, 1, 1), Heard(5, 1.0, 0.0, False)),
        ((4, 4, 4, 4, 3), Heard(5, 3.8, 70.0, False)),
        ((5, 5, 5, 3, 3), Heard(5, 4.2, 80.0, True)),
        ((5, 5, 5, 5, 2), Heard(5, 4.4, 85.0, False)),
        ((5, 5, 5, 5, 1), Heard(5, 4.2, 80.0, False)),
        ((5, 5, 3, 3, DONT_KNOW), Heard(4, 4.0, 75.0, True)),
        ((4, 4, 4, 3, SKIP), Heard(4, 3.75, 68.75, False)),
        ((5, 5, 5, None, 5), Heard(4, 5.0, 100.0, True)),
        ((5, 5, 5, DONT_KNOW, DONT_KNOW), Heard(3, None, None, None)),
        ((5, SKIP, 5, None, 5), Heard(3, None, None, None)),
        ((DONT_KNOW,) * 5, Heard(0, None, None, None)),
        ((None,) * 5, Heard(0, None, None, None)),
    ],
)
def test_heard_is_a_mean_of_four_and_no_item_at_two_or_less(codes, expected):
    found = scoring.hoert5(answers("hoert5", *codes))
    assert (found.answered, found.mean, found.heard) == (expected.answered, expected.mean, expected.heard)
    assert found.index == (None if expected.index is None else pytest.approx(expected.index))


def test_dont_know_and_skip_count_as_missing_and_never_as_zero_or_three():
    without = scoring.hoert5(answers("hoert5", 4, 5, 4, 5, None))
    assert [scoring.hoert5(answers("hoert5", 4, 5, 4, 5, code)) for code in (DONT_KNOW, SKIP)] == [without, without]


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, DONT_KNOW, SKIP]), min_size=5, max_size=5))
def test_heard_exactly_when_the_definition_says_so(codes):
    numbers = [code for code in codes if isinstance(code, int)]
    found = scoring.hoert5(answers("hoert5", *codes))
    assert found.answered == len(numbers)
    if len(numbers) < 4:
        assert (found.mean, found.index, found.heard) == (None, None, None)
    else:
        assert found.heard is (sum(numbers) >= 4 * len(numbers) and 1 not in numbers and 2 not in numbers)
        assert found.index == pytest.approx((sum(numbers) / len(numbers) - 1) * 25)


@given(st.permutations([1, 3, 4, 5, 5]))
def test_the_order_of_items_does_not_matter(codes):
    assert scoring.hoert5(answers("hoert5", *codes)) == scoring.hoert5(answers("hoert5", 1, 3, 4, 5, 5))


def test_the_top_two_of_a_pulse_are_heard():
    assert [scoring.pulse_heard({"heard": code}) for code in (1, 2, 3, 4, 5)] == [False, False, False, True, True]
    assert [scoring.pulse_heard(given) for given in ({}, {"heard": SKIP})] == [None, None]


def test_the_score_of_each_instrument():
    assert scoring.score("who5", answers("who5", 1, 1, 1, 1, 1)) == 20
    assert scoring.score("tils", answers("tils", 1, 2, 3)) == 6
    assert scoring.score("hoert5", answers("hoert5", 4, 4, 4, 4, 4)) == 75.0
    assert scoring.score("pulse", {"heard": 2}) == 2
    assert scoring.score("life_now", answers("life_now", "none", "none", "own", "one", "enough")) is None
    assert scoring.score("ie2021", {}) is None


def test_what_the_instrument_does_not_offer_is_refused_not_scored():
    with pytest.raises(InvalidAnswer):
        scoring.who5(answers("who5", 5, 5, 5, 5, 6))
    with pytest.raises(InvalidAnswer):
        scoring.hoert5({"mood": 5})
    with pytest.raises(UnknownInstrument):
        scoring.score("phq9", {})
