import dataclasses
import hashlib
import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.domain.figures.indicator import (
    DEFINITION,
    Counts,
    NotAsFrozen,
    Respondent,
    Unclaimed,
    change,
    count,
    fingerprint,
    freeze,
    indicator,
    thaw,
    verify,
)
from models.domain.figures.periods import Period
from models.domain.figures.statistics import Interval, cronbach_alpha, mcdonald_omega
from models.domain.instruments import DONT_KNOW, SKIP, InvalidAnswer, instrument

KEYS = [item.key for item in instrument("hoert5").items]
Q3 = Period.parse("2026Q3")
CODES = st.sampled_from([1, 2, 3, 4, 5, DONT_KNOW, SKIP, None])
ROWS = st.lists(st.lists(CODES, min_size=5, max_size=5), max_size=60)


def row(*codes):
    return {key: code for key, code in zip(KEYS, codes, strict=True) if code is not None}


HEARD = row(4, 4, 5, 4, 4)
NOT_HEARD = row(4, 4, 5, 4, 1)
MOSTLY_UNKNOWN = row(5, 5, DONT_KNOW, DONT_KNOW, DONT_KNOW)
ONLY_UNKNOWN = row(*[DONT_KNOW] * 5)
ONLY_SKIPPED = row(*[SKIP] * 5)


def counts(x, n, population, r=None):
    return Counts(population, n if r is None else r, n, x)


def test_counting_tells_respondents_computable_and_heard_apart():
    rows = [HEARD, HEARD, NOT_HEARD, MOSTLY_UNKNOWN, ONLY_UNKNOWN, ONLY_SKIPPED, {}]
    assert count(20, rows) == Counts(population=20, responded=5, computable=3, heard=2, items=None)


def test_dont_know_is_an_answer_given_and_skipping_is_none():
    assert [Respondent(given).responded for given in (ONLY_UNKNOWN, ONLY_SKIPPED, {}, HEARD)] == [
        True,
        False,
        False,
        True,
    ]


def test_the_first_complete_asking_counts():
    partial, nothing = row(5, None, None, None, None), ONLY_SKIPPED
    assert Respondent.first([partial, NOT_HEARD, HEARD]) == Respondent(NOT_HEARD)
    assert Respondent.first([nothing, partial, row(1, 1, None, None, None)]) == Respondent(partial)
    assert Respondent.first([nothing, {}]) is None
    assert Respondent.first([]) is None


def test_more_respondents_than_people_are_refused():
    with pytest.raises(ValueError, match="population"):
        count(1, [HEARD, HEARD])


def test_a_code_that_hoert5_does_not_have_is_refused():
    with pytest.raises(InvalidAnswer):
        count(5, [row(4, 4, 4, 4, 6)])


@pytest.mark.parametrize("impossible", [(10, 5, 6, 2), (4, 5, 5, 5), (10, 5, 4, 5), (10, 5, 5, -1)])
def test_impossible_counts_are_refused(impossible):
    with pytest.raises(ValueError, match="0 <= heard"):
        Counts(*impossible)


def test_the_indicator_carries_everything_it_may_not_be_shown_without():
    found = indicator(counts(15, 20, 55, r=24))
    assert found.share == 0.75
    assert (f"{found.interval.lower:.4f}", f"{found.interval.upper:.4f}") == ("0.5756", "0.8690")
    assert (f"{found.bounds.lower:.4f}", f"{found.bounds.upper:.4f}") == ("0.2727", "0.9091")
    assert found.response_rate == 24 / 55
    assert found.sensitivity == 15 / 24
    assert found.leads_with_bounds
    assert found.definition == DEFINITION == "hoert5-v1/2026-11"


@pytest.mark.parametrize(("responded", "population", "leads"), [(19, 40, True), (20, 40, False), (20, 41, True)])
def test_the_bounds_lead_below_half_answered_and_not_at_half(responded, population, leads):
    assert indicator(counts(12, 15, population, r=responded)).leads_with_bounds is leads


def test_nobody_answered_is_no_share_and_never_zero():
    found = indicator(counts(0, 0, 30))
    assert (found.share, found.sensitivity, found.interval) == (None, None, Interval(0.0, 1.0))
    assert found.response_rate == 0.0


def test_only_dont_knows_are_respondents_without_a_share():
    found = indicator(count(4, [ONLY_UNKNOWN, ONLY_UNKNOWN]))
    assert (found.share, found.sensitivity, found.response_rate) == (None, 0.0, 0.5)


def test_an_empty_register_can_be_computed_and_leads_with_the_bounds():
    found = indicator(count(0, []))
    assert (found.share, found.bounds, found.leads_with_bounds) == (None, Interval(0.0, 1.0), True)


@given(ROWS, st.integers(0, 40))
def test_the_parts_of_an_indicator_always_agree(codes, silent):
    rows = [row(*one) for one in codes]
    found = indicator(count(len(rows) + silent, rows))
    c = found.counts
    assert 0 <= c.heard <= c.computable <= c.responded <= c.population
    assert (found.share is None) == (c.computable == 0)
    assert found.bounds.lower <= found.interval.lower <= found.interval.upper <= found.bounds.upper
    assert found.share is None or found.share in found.interval
    assert found.share is None or found.sensitivity is None or found.sensitivity <= found.share
    assert (c.items is None) == (c.computable < 30)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(codes, chance):
    rows = [row(*one) for one in codes]
    shuffled = rows[:]
    chance.shuffle(shuffled)
    assert count(len(rows), shuffled) == count(len(rows), rows)


def thirty():
    return [[4, 5, 3 + i % 3, 4, 1 + i % 5] for i in range(30)]


def test_item_figures_stand_beside_it_from_thirty_computable():
    rows = [row(*codes) for codes in thirty()]
    assert indicator(count(60, rows[:29])).items is None
    found = indicator(count(60, [*rows, MOSTLY_UNKNOWN])).items
    assert found is not None
    assert found.means == pytest.approx((125 / 31, 5.0, 4.0, 4.0, 3.0))
    assert found.missing == (0, 0, 1, 1, 1)
    assert found.dont_know == (0, 0, 1, 1, 1)
    assert found.complete == 30


def test_frozen_counts_give_the_same_reliability_as_the_rows():
    codes = [[1 + (i * a) % 5 if i % 4 else 2 + i % 3 for a in (1, 2, 3, 4, 6)] for i in range(47)]
    found = indicator(thaw(freeze(count(90, [row(*one) for one in codes]), Q3, "municipality")).counts).items
    assert found is not None
    assert found.alpha == pytest.approx(cronbach_alpha(codes))
    assert found.omega == pytest.approx(mcdonald_omega(codes))


def test_reliability_needs_thirty_complete_rows():
    rows = [row(*codes) for codes in thirty()]
    rows[0] = row(4, 5, 3, 4, SKIP)
    found = indicator(count(60, rows)).items
    assert found is not None
    assert (found.complete, found.alpha, found.omega) == (29, None, None)


def test_an_item_that_hardly_anybody_answered_has_no_mean():
    rows = [row(4, 4, 4, SKIP if i >= 9 else 1, 4) for i in range(40)]
    found = indicator(count(60, rows)).items
    assert found is not None
    assert found.means == (4.0, 4.0, 4.0, None, 4.0)
    assert found.missing == (0, 0, 0, 31, 0)
    assert found.dont_know == (0, 0, 0, 0, 0)


def test_a_clear_rise_with_many_answers_is_claimed():
    found = change(indicator(counts(25, 50, 60)), indicator(counts(45, 50, 60)))
    assert found.difference == pytest.approx(0.4)
    assert found.interval is not None
    assert found.interval.lower > 0
    assert (found.claimed, found.because) == (True, None)


def test_a_fall_is_claimed_too_and_is_negative():
    found = change(indicator(counts(45, 50, 60)), indicator(counts(25, 50, 60)))
    assert found.difference == pytest.approx(-0.4)
    assert found.interval is not None
    assert found.interval.upper < 0
    assert found.claimed


def test_a_difference_within_chance_is_not_a_change():
    found = change(indicator(counts(30, 40, 60)), indicator(counts(33, 40, 60)))
    assert found.interval is not None
    assert 0 in found.interval
    assert (found.claimed, found.because) == (False, Unclaimed.CHANCE)


@pytest.mark.parametrize("low_first", [True, False])
def test_below_half_answered_nothing_is_claimed_however_large(low_first):
    pair = [indicator(counts(5, 50, 101)), indicator(counts(49, 50, 60))]
    found = change(*(pair if low_first else pair[::-1]))
    assert found.interval is not None
    assert 0 not in found.interval
    assert (found.claimed, found.because) == (False, Unclaimed.LOW_RESPONSE)


def test_exactly_half_answered_may_be_claimed():
    assert change(indicator(counts(5, 50, 100)), indicator(counts(49, 50, 100))).claimed


def test_without_two_shares_there_is_no_difference():
    found = change(indicator(counts(0, 0, 30)), indicator(counts(20, 25, 30)))
    assert (found.difference, found.interval, found.because) == (None, None, Unclaimed.NO_SHARE)


def test_two_definitions_are_never_compared():
    before = indicator(counts(25, 50, 60))
    found = change(dataclasses.replace(before, definition="hoert5-v0/2025-01"), indicator(counts(45, 50, 60)))
    assert (found.difference, found.claimed, found.because) == (None, False, Unclaimed.DEFINITION)


@given(st.data())
def test_a_change_is_claimed_exactly_when_the_interval_excludes_zero_and_enough_answered(data):
    pair = []
    for _ in range(2):
        population = data.draw(st.integers(1, 200))
        n = data.draw(st.integers(1, population))
        pair.append(indicator(counts(data.draw(st.integers(0, n)), n, population)))
    found = change(*pair)
    assert found.interval is not None
    assert found.difference is not None
    assert found.difference in found.interval
    enough = all(2 * one.counts.responded >= one.counts.population for one in pair)
    assert found.claimed is (enough and 0 not in found.interval)
    assert (found.because is None) is found.claimed


def test_frozen_inputs_are_canonical_counts_and_no_people():
    assert freeze(counts(15, 20, 55, r=24), Q3, "municipality:730", salt="s") == (
        '{"computable":20,"definition":"hoert5-v1/2026-11","figure":"heard","geography":"municipality:730",'
        '"heard":15,"items":null,"period":"2026Q3","population":55,"responded":24,"salt":"s","version":1}'
    )


def test_the_fingerprint_is_the_sha_256_of_the_text():
    frozen = freeze(counts(15, 20, 55), Q3, "klynge:Ærø")
    assert fingerprint(frozen) == hashlib.sha256(frozen.encode("utf-8")).hexdigest()
    assert len(fingerprint(frozen)) == 64


@given(ROWS, st.integers(0, 40), st.text(max_size=10), st.integers(1, 9))
def test_what_was_frozen_reads_back_and_verifies(codes, silent, geography, version):
    rows = [row(*one) for one in codes]
    c = count(len(rows) + silent, rows)
    assume(geography.isprintable())
    frozen = freeze(c, Q3, geography, version=version, salt="0f")
    read = thaw(frozen)
    assert (read.counts, read.period, read.geography, read.definition, read.version, read.salt) == (
        c,
        Q3,
        geography,
        DEFINITION,
        version,
        "0f",
    )
    assert verify(frozen, fingerprint(frozen)) == indicator(c)


def test_every_input_changes_the_fingerprint():
    c = counts(15, 20, 55)
    texts = [
        freeze(c, Q3, "a"),
        freeze(counts(16, 20, 55), Q3, "a"),
        freeze(counts(15, 20, 55, r=21), Q3, "a"),
        freeze(c, Q3.next(), "a"),
        freeze(c, Q3, "b"),
        freeze(c, Q3, "a", version=2),
        freeze(c, Q3, "a", salt="s"),
    ]
    assert len({fingerprint(text) for text in texts}) == len(texts)


def test_a_changed_count_no_longer_verifies():
    frozen = freeze(counts(15, 20, 55), Q3, "a")
    with pytest.raises(NotAsFrozen, match="fingerprint"):
        verify(frozen.replace('"heard":15', '"heard":19'), fingerprint(frozen))


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content | {"extra": 1},
        lambda content: content | {"definition": "hoert5-v9/2031-01"},
        lambda content: content | {"heard": 99},
        lambda content: content | {"heard": 15.0},
        lambda content: content | {"period": "2026Q9"},
        lambda content: {key: content[key] for key in content if key != "salt"},
        list,
    ],
)
def test_damaged_inputs_are_refused_even_with_a_matching_fingerprint(damage):
    content = json.loads(freeze(counts(15, 20, 55), Q3, "a"))
    damaged = json.dumps(damage(content), sort_keys=True, separators=(",", ":"))
    with pytest.raises(NotAsFrozen):
        verify(damaged, fingerprint(damaged))


def test_text_that_is_no_json_is_refused():
    with pytest.raises(NotAsFrozen):
        thaw("{")
