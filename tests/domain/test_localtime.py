"""Copenhagen wall time on ordinary days and on the two nights when the clocks change."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from models.domain.localtime import (
    COPENHAGEN,
    day_bounds,
    days_later,
    instant,
    local,
    local_date,
    local_time,
    require_aware,
    utc,
)

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
TIMES = st.times()


def test_a_moment_in_winter_is_one_hour_later_on_the_wall():
    assert local(datetime(2026, 11, 21, 11, 0, tzinfo=UTC)).isoformat() == "2026-11-21T12:00:00+01:00"


def test_a_moment_in_summer_is_two_hours_later_on_the_wall():
    assert local(datetime(2026, 7, 1, 11, 0, tzinfo=UTC)).isoformat() == "2026-07-01T13:00:00+02:00"


def test_the_local_date_changes_at_midnight_in_copenhagen():
    assert local_date(datetime(2026, 11, 21, 22, 59, tzinfo=UTC)) == date(2026, 11, 21)
    assert local_date(datetime(2026, 11, 21, 23, 0, tzinfo=UTC)) == date(2026, 11, 22)


def test_half_past_two_on_the_autumn_night_is_the_first_of_the_two():
    assert instant(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_second_fold_of_a_wall_time_is_not_a_different_time():
    assert instant(date(2026, 10, 25), time(2, 30, fold=1)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_half_past_two_on_the_spring_night_is_half_past_three():
    found = instant(date(2026, 3, 29), time(2, 30))
    assert found == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert local_time(found) == time(3, 30)


def test_the_days_of_the_change_are_twenty_three_and_twenty_five_hours_long():
    lengths = [ends - begins for begins, ends in map(day_bounds, (date(2026, 3, 29), date(2026, 10, 25)))]
    assert lengths == [timedelta(hours=23), timedelta(hours=25)]


def test_a_day_later_over_the_change_keeps_the_wall_time():
    before = instant(date(2026, 10, 24), time(9))
    assert days_later(before, 1) == instant(date(2026, 10, 25), time(9))
    assert days_later(before, 1) - before == timedelta(hours=25)


@pytest.mark.parametrize("ask", [require_aware, utc, local, local_date, local_time])
def test_a_moment_without_offset_is_refused(ask):
    with pytest.raises(ValueError, match="offset"):
        ask(datetime(2026, 11, 21, 12))


def test_a_wall_time_with_a_zone_is_refused():
    with pytest.raises(ValueError, match="no zone"):
        instant(date(2026, 11, 21), time(12, tzinfo=UTC))


def test_an_aware_moment_is_given_back_as_it_came():
    moment = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=5)))
    assert require_aware(moment) is moment
    assert utc(moment).isoformat() == "2026-11-21T07:00:00+00:00"


@given(DAYS, TIMES)
def test_every_wall_time_of_every_day_stays_on_its_date(day, at):
    assert local_date(instant(day, at)) == day


@given(DAYS, TIMES)
def test_a_wall_time_is_kept_unless_the_clock_skips_it(day, at):
    shown = local_time(instant(day, at))
    skipped = datetime.combine(day, at, COPENHAGEN).utcoffset() != local(instant(day, at)).utcoffset()
    moved = (datetime.combine(day, at) + timedelta(hours=1)).time()
    assert shown == (moved if skipped else at)


@given(DAYS)
def test_one_day_ends_where_the_next_begins(day):
    assert day_bounds(day)[1] == day_bounds(day + timedelta(days=1))[0]


def test_a_refusal_says_its_code_and_nothing_else():
    assert [str(kind()) for kind in (Refusal, NotFound, NotAllowed, Stale, Invalid)] == [
        "refused",
        "not_found",
        "not_allowed",
        "stale",
        "invalid",
    ]
    assert str(Stale("offer_answered")) == "offer_answered"
    assert Stale("offer_answered").code == "offer_answered"


@pytest.mark.parametrize("code", ["Amina has moved", "", "Offer", "offer answered", "offer\n", "a@b.dk", "not_found."])
def test_a_sentence_cannot_be_a_code(code):
    with pytest.raises(ValueError, match="lower-case"):
        NotFound(code)


def test_an_invalid_input_names_its_field_even_after_a_journey_between_processes():
    again = pickle.loads(pickle.dumps(Invalid("birth_date", field="birth")))
    assert (again.code, again.field, str(again)) == ("birth_date", "birth", "birth_date")
    assert Invalid("birth_date").field is None


def test_every_refusal_can_be_caught_as_one():
    for kind in (NotFound, NotAllowed, Stale, Invalid):
        with pytest.raises(Refusal):
            raise kind
