"""Alerts: who should look, when it is silent, and what closes it."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.alerts import (
    AlertKind,
    AlertState,
    Reason,
    Thresholds,
    about_silence,
    acknowledge,
    close,
    escalates,
    from_who5,
    is_low,
    is_raised,
    is_silence,
    kind_of,
    may_acknowledge,
    may_close,
    silence_since,
)
from models.domain.errors import Invalid, Stale

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SCORES = st.integers(0, 100)


def test_there_are_two_kinds_and_every_reason_has_one():
    assert {reason: kind_of(reason) for reason in Reason} == {
        Reason.CRISIS_WORDS: AlertKind.READ_NOW,
        Reason.CANNOT_WAIT: AlertKind.READ_NOW,
        Reason.BROKEN_PROMISE: AlertKind.READ_NOW,
        Reason.UNHEARD: AlertKind.READ_NOW,
        Reason.LOW_WELLBEING: AlertKind.FOLLOW_UP,
        Reason.FALLING_WELLBEING: AlertKind.FOLLOW_UP,
        Reason.BLOCKED: AlertKind.FOLLOW_UP,
        Reason.NO_CONTACT: AlertKind.FOLLOW_UP,
        Reason.WANTS_ERASURE: AlertKind.FOLLOW_UP,
    }


@pytest.mark.parametrize(
    ("score", "previous", "reason"),
    [
        (0, None, Reason.LOW_WELLBEING),
        (35, None, Reason.LOW_WELLBEING),
        (36, None, None),
        (36, 46, Reason.FALLING_WELLBEING),
        (36, 45, None),
        (50, 60, Reason.FALLING_WELLBEING),
        (51, 100, None),
        (50, 59, None),
        (35, 100, Reason.LOW_WELLBEING),
        (48, 40, None),
        (100, 0, None),
    ],
)
def test_a_low_or_falling_score_asks_for_a_follow_up(score, previous, reason):
    assert from_who5(score, previous, follow_up_open=False) is reason


@given(SCORES, st.none() | SCORES)
def test_a_further_low_score_is_silent_while_a_follow_up_is_open(score, previous):
    assert from_who5(score, previous, follow_up_open=True) is None


@given(SCORES, st.none() | SCORES)
def test_low_is_low_whatever_came_before(score, previous):
    assert (from_who5(score, previous, follow_up_open=False) is Reason.LOW_WELLBEING) is is_low(score)


@pytest.mark.parametrize("score", [-1, 101])
def test_a_score_outside_the_scale_is_a_fault_of_the_program(score):
    with pytest.raises(ValueError, match="between 0 and 100"):
        from_who5(score, None, follow_up_open=True)
    with pytest.raises(ValueError, match="between 0 and 100"):
        is_low(score)


@pytest.mark.parametrize(("same", "follow_up", "paused"), list(itertools.product((False, True), repeat=3)))
def test_what_must_be_read_now_is_never_silent(same, follow_up, paused):
    loud = {r for r in Reason if is_raised(r, same_reason_open=same, follow_up_open=follow_up, paused=paused)}
    expected = {Reason.CRISIS_WORDS, Reason.CANNOT_WAIT, Reason.BROKEN_PROMISE, Reason.UNHEARD}
    if not same:
        expected |= {Reason.BLOCKED, Reason.WANTS_ERASURE}
        expected |= set() if paused or follow_up else {Reason.NO_CONTACT}
        expected |= set() if follow_up else {Reason.LOW_WELLBEING, Reason.FALLING_WELLBEING}
    assert loud == expected


def test_reading_does_not_close_it_and_only_one_takes_it():
    assert [may_acknowledge(state) for state in AlertState] == [True, False, False]
    assert acknowledge(AlertState.OPEN) is AlertState.ACKNOWLEDGED
    for state in (AlertState.ACKNOWLEDGED, AlertState.CLOSED):
        with pytest.raises(Stale) as refused:
            acknowledge(state)
        assert refused.value.code == "alert.taken"


def test_closing_needs_a_human_who_took_it_and_what_was_done():
    assert close(AlertState.ACKNOWLEDGED, "Ringede til Amina.") is AlertState.CLOSED
    assert [may_close(state, "Ringede.") for state in AlertState] == [False, True, False]
    assert [may_close(AlertState.ACKNOWLEDGED, done) for done in ("", " \n", "...", "\u200b")] == [False] * 4


@pytest.mark.parametrize(
    ("state", "done", "refusal", "code"),
    [
        (AlertState.OPEN, "Ringede.", Invalid, "alert.not_taken"),
        (AlertState.ACKNOWLEDGED, " ", Invalid, "alert.what_was_done"),
        (AlertState.CLOSED, "Ringede.", Stale, "alert.closed"),
    ],
)
def test_closing_is_refused_with_its_reason(state, done, refusal, code):
    with pytest.raises(refusal) as refused:
        close(state, done)
    assert refused.value.code == code


def test_it_goes_to_the_next_at_the_deadline_unless_somebody_took_it():
    deadline = NOW + timedelta(hours=1)
    second = timedelta(seconds=1)
    assert escalates(deadline - second, deadline, None) is False
    assert escalates(deadline, deadline, None) is True
    assert escalates(deadline + second, deadline, deadline - second) is False
    assert escalates(deadline + 2 * second, deadline, deadline + second) is False


def test_a_municipality_chooses_its_thresholds_within_bounds():
    careful, late = Thresholds(50, 15), Thresholds(28, 30)
    assert from_who5(50, None, follow_up_open=False, thresholds=careful) is Reason.LOW_WELLBEING
    assert from_who5(35, None, follow_up_open=False, thresholds=late) is None
    assert from_who5(35, 65, follow_up_open=False, thresholds=late) is Reason.FALLING_WELLBEING
    assert from_who5(35, 64, follow_up_open=False, thresholds=late) is None
    assert Thresholds.from_plain(None) == Thresholds.USUAL == Thresholds(35, 10, 60)
    assert Thresholds.from_plain({"low": 40, "fall": 12, "why": "små tal"}) == Thresholds(40, 12, 60)


@pytest.mark.parametrize(
    ("low", "fall", "silence", "field"),
    [
        (27, 10, 60, "low"), (51, 10, 60, "low"), (35, 9, 60, "fall"), (35, 31, 60, "fall"), (35, 10, 29, "silence"),
        (35, 10, 121, "silence"),
    ],
)  # fmt: skip
def test_thresholds_that_would_hide_or_drown_people_are_refused(low, fall, silence, field):
    with pytest.raises(Invalid) as refused:
        Thresholds(low, fall, silence)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("heard", "spoken", "silent"),
    [
        (60, 59, True), (60, 14, True), (59, 58, False), (60, 13, False), (400, None, False), (400, 0, False),
    ],
)  # fmt: skip
def test_not_answering_is_silence_after_sixty_days_and_two_weeks_to_answer(heard, spoken, silent):
    ago = [None if days is None else NOW - timedelta(days=days) for days in (heard, spoken)]
    assert is_silence(NOW, ago[0], ago[1], days=60) is silent
    assert is_silence(NOW - timedelta(seconds=1), ago[0], ago[1], days=60) is False


def test_a_silence_is_known_by_the_day_somebody_was_last_heard_from():
    assert silence_since(about_silence(date(2026, 9, 2))) == date(2026, 9, 2)
    assert [silence_since(about) for about in ("", "story", "0" * 32)] == [None] * 3
