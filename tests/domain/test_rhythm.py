"""When Hørt speaks of its own accord, and when it keeps quiet."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.errors import Invalid
from models.domain.localtime import day_bounds, instant, local_date, local_time
from models.domain.rhythm import (
    DEFAULT,
    PAUSE_WEEKS,
    QUIET_END,
    QUIET_START,
    WEEKLY_CAP,
    Rhythm,
    after_quiet_hours,
    asking_opens,
    conversation_open,
    deliver_by,
    expires,
    first_due_date,
    held_back,
    in_quiet_hours,
    is_due_on,
    last_due,
    may_start,
    may_start_from,
    next_due,
    pause_until,
    paused,
    rearranged,
)


def at(text):
    """A Copenhagen wall time as an instant: "2026-11-21 12:00"."""
    moment = datetime.fromisoformat(text)
    return instant(moment.date(), moment.time())


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
RHYTHMS = st.builds(Rhythm, weeks=st.sampled_from([2, 4, 8]), weekday=st.integers(0, 6), at=st.times())
ANCHORS = st.dates(date(2023, 6, 1), date(2029, 6, 1))
#: The nights on which the clocks change, 2024–2030: last Sunday of March and of October.
CHANGES = [
    max(day for day in (date(year, month, 31) - timedelta(days=back) for back in range(7)) if day.weekday() == 6)
    for year in range(2024, 2031)
    for month in (3, 10)
]


# --- due ------------------------------------------------------------------------------------------------------------


def test_the_first_due_date_is_the_weekday_on_or_after_the_anchor():
    wednesday = Rhythm(2, 2, time(16))
    assert [first_due_date(wednesday, date(2026, 11, day)) for day in (17, 18, 19)] == [
        date(2026, 11, 18),
        date(2026, 11, 18),
        date(2026, 11, 25),
    ]


def test_a_check_in_is_due_every_second_wednesday_at_four():
    rhythm, anchor = Rhythm(2, 2, time(16)), date(2026, 11, 16)
    assert next_due(rhythm, at("2026-11-16 10:00"), anchor) == at("2026-11-18 16:00")
    assert next_due(rhythm, at("2026-11-18 15:59:59"), anchor) == at("2026-11-18 16:00")
    assert next_due(rhythm, at("2026-11-18 16:00"), anchor) == at("2026-12-02 16:00")
    assert next_due(rhythm, at("2026-11-26 16:00"), anchor) == at("2026-12-02 16:00")


def test_nothing_is_due_before_the_anchor():
    rhythm = Rhythm(4, 0, time(9))
    assert next_due(rhythm, at("2020-01-01 00:00"), date(2026, 11, 21)) == at("2026-11-23 09:00")
    assert last_due(rhythm, at("2026-11-23 08:59"), date(2026, 11, 21)) is None
    assert last_due(rhythm, at("2026-11-22 08:59"), date(2026, 11, 21)) is None
    assert is_due_on(rhythm, date(2026, 10, 26), date(2026, 11, 21)) is False


def test_after_a_long_stop_only_the_latest_is_due():
    rhythm, anchor = Rhythm(2, 2, time(16)), date(2026, 9, 1)
    assert last_due(rhythm, at("2026-11-21 12:00"), anchor) == at("2026-11-11 16:00")
    assert last_due(rhythm, at("2026-11-11 16:00"), anchor) == at("2026-11-11 16:00")
    assert last_due(rhythm, at("2026-11-11 15:59"), anchor) == at("2026-10-28 16:00")


def test_a_check_in_keeps_its_hour_when_the_clocks_change():
    due = next_due(Rhythm(2, 6, time(9)), at("2026-10-11 09:00"), date(2026, 10, 11))
    assert due == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)
    assert due - at("2026-10-11 09:00") == timedelta(days=14, hours=1)


@pytest.mark.parametrize("night", CHANGES, ids=str)
@pytest.mark.parametrize("hour", [time(1, 59), time(2), time(2, 30), time(2, 59), time(3), time(9)], ids=str)
def test_the_night_of_the_change_has_exactly_one_due(night, hour):
    rhythm = Rhythm(2, 6, hour)
    anchor = night - timedelta(days=14)
    begins, ends = day_bounds(night)
    found = []
    moment = begins - timedelta(seconds=1)
    while moment < ends:
        due = next_due(rhythm, moment, anchor)
        if due >= ends:
            break
        found.append(due)
        moment = due
    assert found == [instant(night, hour)]


@pytest.mark.parametrize("night", CHANGES, ids=str)
def test_a_clock_that_ticks_every_minute_through_the_night_asks_once(night):
    rhythm, anchor = Rhythm(2, 6, time(2, 30)), night - timedelta(days=28)
    begins, ends = day_bounds(night)
    minutes = int((ends - begins) / timedelta(minutes=1))
    asked = {local_date(last_due(rhythm, begins + timedelta(minutes=n), anchor)) for n in range(minutes)}
    assert asked == {night - timedelta(days=14), night}


@given(RHYTHMS, ANCHORS, MOMENTS)
def test_the_next_due_is_after_now_on_the_weekday_and_a_whole_number_of_rounds_from_the_anchor(rhythm, anchor, now):
    due = next_due(rhythm, now, anchor)
    assert due > now
    assert local_date(due).weekday() == rhythm.weekday
    assert local_date(due) >= anchor
    assert is_due_on(rhythm, local_date(due), anchor)


@given(RHYTHMS, ANCHORS, MOMENTS)
def test_dues_follow_one_another_in_whole_rounds(rhythm, anchor, now):
    first = next_due(rhythm, now, anchor)
    second = next_due(rhythm, first, anchor)
    assert local_date(second) - local_date(first) == timedelta(weeks=rhythm.weeks)


@given(RHYTHMS, ANCHORS, MOMENTS)
def test_nothing_is_due_between_the_last_and_the_next(rhythm, anchor, now):
    last = last_due(rhythm, now, anchor)
    if last is None:
        assert local_date(next_due(rhythm, now, anchor)) == first_due_date(rhythm, anchor)
    else:
        assert last <= now
        assert next_due(rhythm, last, anchor) == next_due(rhythm, now, anchor)


@pytest.mark.parametrize(
    ("values", "field"),
    [((3, 0, time(9)), "weeks"), ((2, 7, time(9)), "weekday"), ((2, 0, time(9, tzinfo=UTC)), "at")],
)
def test_a_rhythm_that_is_not_offered_is_refused(values, field):
    with pytest.raises(Invalid) as refused:
        Rhythm(*values)
    assert refused.value.field == field


def test_the_default_rhythm_does_not_ask_in_quiet_hours():
    assert in_quiet_hours(instant(date(2026, 11, 18), DEFAULT.at)) is False


# --- quiet hours ----------------------------------------------------------------------------------------------------


def test_the_nights_quiet_lasts_from_nine_to_nine():
    moments = ["2026-11-21 20:59:59", "2026-11-21 21:00", "2026-11-22 00:00", "2026-11-22 08:59:59", "2026-11-22 09:00"]
    assert [in_quiet_hours(at(moment)) for moment in moments] == [False, True, True, True, False]


def test_what_waits_for_the_end_of_the_quiet_goes_at_nine():
    assert after_quiet_hours(at("2026-11-21 23:00")) == at("2026-11-22 09:00")
    assert after_quiet_hours(at("2026-11-22 03:00")) == at("2026-11-22 09:00")
    assert after_quiet_hours(at("2026-11-22 12:00")) == at("2026-11-22 12:00")


def test_quiet_within_one_day_does_not_reach_over_midnight():
    moments = ["2026-11-21 11:59", "2026-11-21 12:00", "2026-11-21 13:59", "2026-11-21 14:00", "2026-11-22 00:30"]
    assert [in_quiet_hours(at(moment), time(12), time(14)) for moment in moments] == [False, True, True, False, False]


@given(MOMENTS, st.times())
def test_equal_times_are_no_quiet_at_all(now, hour):
    assert in_quiet_hours(now, hour, hour) is False
    assert after_quiet_hours(now, hour, hour) == now


def test_quiet_that_has_ended_does_not_begin_again_when_the_clock_goes_back():
    first_half_past = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second_quarter_past = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert local_time(second_quarter_past) == time(2, 15)
    assert in_quiet_hours(first_half_past - timedelta(seconds=1), time(21), time(2, 30)) is True
    assert in_quiet_hours(first_half_past, time(21), time(2, 30)) is False
    assert in_quiet_hours(second_quarter_past, time(21), time(2, 30)) is False


@given(MOMENTS, st.times(), st.times())
def test_after_the_quiet_it_is_not_quiet(now, start, end):
    speaks = after_quiet_hours(now, start, end)
    assert in_quiet_hours(speaks, start, end) is False
    assert now <= speaks < now + timedelta(hours=49)


@given(MOMENTS, st.times(), st.times())
def test_only_the_quiet_makes_anything_wait(now, start, end):
    assert (after_quiet_hours(now, start, end) == now) is not in_quiet_hours(now, start, end)


# --- stale prompts --------------------------------------------------------------------------------------------------


def test_a_prompt_that_is_late_is_stale_by_the_evening():
    assert deliver_by(at("2026-11-18 16:00")) == at("2026-11-18 21:00")
    assert deliver_by(at("2026-11-18 09:00")) == at("2026-11-18 21:00")


def test_a_prompt_made_at_night_has_the_next_day():
    assert deliver_by(at("2026-11-18 23:00")) == at("2026-11-19 21:00")


def test_without_quiet_hours_a_prompt_is_stale_at_midnight():
    assert deliver_by(at("2026-11-18 16:00"), time(0), time(0)) == at("2026-11-19 00:00")


def test_quiet_that_begins_after_midnight_makes_a_prompt_stale_that_night():
    assert deliver_by(at("2026-11-18 16:00"), time(1), time(8)) == at("2026-11-19 01:00")


@given(MOMENTS)
def test_a_prompt_never_arrives_the_next_morning(ready):
    speaks = after_quiet_hours(ready)
    stale = deliver_by(ready)
    assert speaks < stale
    assert local_date(stale) == local_date(speaks)
    assert in_quiet_hours(stale)


@pytest.mark.parametrize(
    ("instrument", "days"), [("who5", 4), ("tils", 4), ("life_now", 7), ("pulse", 2), ("hoert5", 14), ("new_one", 4)]
)
def test_a_check_in_can_be_answered_for_some_days(instrument, days):
    assert expires(at("2026-11-18 16:00"), instrument) == at("2026-11-18 16:00") + timedelta(days=days)


def test_days_to_answer_are_local_days():
    assert expires(at("2026-10-23 16:00"), "who5") == at("2026-10-27 16:00")


def test_hoert5_is_open_to_the_end_of_its_window_and_others_not_beyond_it():
    window_ends = at("2026-11-20 00:00")
    assert expires(at("2026-11-02 16:00"), "hoert5", window_ends=window_ends) == window_ends
    assert expires(at("2026-11-18 16:00"), "who5", window_ends=window_ends) == window_ends
    assert expires(at("2026-11-02 16:00"), "who5", window_ends=window_ends) == at("2026-11-06 16:00")


# --- the weekly cap -------------------------------------------------------------------------------------------------


def test_three_a_week_and_no_more():
    now = at("2026-11-21 12:00")
    started = [now - timedelta(days=days) for days in (1, 3, 5)]
    assert may_start(now, started[:2]) is True
    assert may_start(now, started) is False
    assert may_start_from(now, started) == now + timedelta(days=2)


def test_the_fourth_may_come_exactly_seven_days_after_the_first():
    now = at("2026-11-21 12:00")
    started = [now - timedelta(days=7), now, now]
    assert may_start(now - timedelta(seconds=1), started) is False
    assert may_start(now, started) is True


def test_a_clock_set_back_gives_no_extra_questions():
    now = at("2026-11-21 12:00")
    assert may_start(now, [now + timedelta(hours=hours) for hours in (1, 2, 3)]) is False


def test_a_clock_that_jumps_a_day_ahead_gives_at_most_what_that_day_would_have():
    now = at("2026-11-21 12:00")
    assert may_start(now + timedelta(days=1), [now, now, now]) is False


@given(st.lists(MOMENTS, max_size=60))
def test_no_seven_days_ever_hold_more_than_three(wishes):
    started = []
    for wish in sorted(wishes):
        if may_start(wish, started):
            started.append(wish)
    for first in started:
        assert sum(first <= other < first + timedelta(days=7) for other in started) <= WEEKLY_CAP


@given(MOMENTS, st.lists(st.timedeltas(timedelta(days=-9), timedelta(days=2)), max_size=8))
def test_the_cap_lets_go_at_the_moment_it_says(now, offsets):
    started = [now + offset for offset in offsets]
    free = may_start_from(now, started)
    assert may_start(free, started) is True
    assert may_start(now, started) == (free == now)


# --- pause and holding back -----------------------------------------------------------------------------------------


def test_a_pause_ends_at_the_same_hour_of_the_wall():
    assert [pause_until(at("2026-10-21 16:00"), weeks) for weeks in PAUSE_WEEKS] == [
        at("2026-10-28 16:00"),
        at("2026-11-18 16:00"),
        at("2027-01-13 16:00"),
    ]


def test_a_pause_of_another_length_is_not_offered():
    with pytest.raises(Invalid) as refused:
        pause_until(at("2026-10-21 16:00"), 2)
    assert refused.value.field == "weeks"


def test_a_pause_is_over_at_its_end():
    ends = at("2026-11-28 16:00")
    assert [paused(moment, ends) for moment in (ends - timedelta(seconds=1), ends)] == [True, False]
    assert paused(ends, None) is False


NOW = at("2026-11-21 12:00")


def held(**changes):
    circumstances = {"unanswered_since": None, "alert_open_since": None, "instrument": "who5", "due_at": NOW}
    return held_back(NOW, **(circumstances | changes))


def test_no_question_is_held_back_when_nothing_is_open():
    assert held() is False


@pytest.mark.parametrize("what", ["unanswered_since", "alert_open_since"])
def test_an_open_conversation_holds_questions_for_forty_eight_hours(what):
    assert held(**{what: NOW - timedelta(hours=47, minutes=59)}) is True
    assert held(**{what: NOW - timedelta(hours=48)}) is False


def test_a_new_alert_holds_questions_although_an_old_message_no_longer_does():
    assert held(unanswered_since=NOW - timedelta(days=5), alert_open_since=NOW - timedelta(hours=1)) is True


def test_hoert5_is_held_for_seven_days_at_most():
    just_now = NOW - timedelta(hours=1)
    held_long = NOW - timedelta(days=7)
    assert held(unanswered_since=just_now, instrument="hoert5", due_at=held_long + timedelta(seconds=1)) is True
    assert held(unanswered_since=just_now, instrument="hoert5", due_at=held_long) is False
    assert held(unanswered_since=just_now, instrument="who5", due_at=held_long) is True


def test_a_message_from_a_clock_ahead_of_ours_is_open():
    assert conversation_open(NOW, unanswered_since=NOW + timedelta(hours=1), alert_open_since=None) is True


def test_the_quiet_hours_are_those_the_product_names():
    assert time(21) == QUIET_START
    assert time(9) == QUIET_END
    assert WEEKLY_CAP == 3


# --- a question has its hour ----------------------------------------------------------------------------------------


def test_a_question_is_asked_on_its_day_from_its_hour_and_held_back_at_that_hour_of_a_later_day():
    due = at("2026-11-18 16:00")
    opens = {hour: asking_opens(at(f"2026-11-{hour}"), due) for hour in (
        "18 15:59", "18 16:00", "18 20:59", "18 21:00", "19 09:00", "19 15:59", "19 16:00", "21 20:00",
    )}  # fmt: skip
    assert [hour for hour, yes in opens.items() if yes] == ["18 16:00", "18 20:59", "19 16:00", "21 20:00"]


def test_what_came_due_in_quiet_hours_is_asked_when_they_end():
    due = at("2026-11-18 23:00")
    assert [asking_opens(at(f"2026-11-{hour}"), due) for hour in ("18 23:30", "19 08:59", "19 09:00", "20 08:59")] == [
        False, False, True, False,
    ]  # fmt: skip


@given(MOMENTS, st.integers(0, 9 * 24 * 60), st.integers(0, 23), st.integers(0, 23))
def test_nothing_is_ever_asked_in_quiet_hours_or_before_it_is_due(due, minutes, start, end):
    now = due + timedelta(minutes=minutes)
    quiet = time(start), time(end)
    if asking_opens(now, due, *quiet):
        assert not in_quiet_hours(now, *quiet)
        assert now >= after_quiet_hours(due, *quiet)


# --- changing one's rhythm ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weeks", "weekday", "hour", "last", "begins"),
    [
        (4, 2, 16, None, "2026-11-18"),  # nothing asked yet: the first such weekday to come, today is Tuesday the 17th
        (4, 1, 18, None, "2026-11-17"),  # today, later
        (4, 1, 9, None, "2026-11-24"),  # nine o'clock is over
        (4, 0, 16, "2026-11-11", "2026-12-07"),  # four weeks after the 11th is the 9th; the nearest Monday the 7th
        (2, 6, 16, "2026-11-11", "2026-11-29"),  # the 22nd is nearest two weeks, but only eleven days after
        (2, 3, 16, "2026-10-21", "2026-11-19"),  # two weeks after is past: the next Thursday
        (8, 2, 16, "2026-11-11", "2027-01-06"),
    ],
)
def test_a_new_rhythm_begins_where_the_old_one_left_off(weeks, weekday, hour, last, begins):
    chosen = Rhythm(weeks, weekday, time(hour))
    before = date.fromisoformat(last) if last else None
    assert rearranged(chosen, at("2026-11-17 10:00"), before, 14) == date.fromisoformat(begins)


@given(RHYTHMS, MOMENTS, st.one_of(st.none(), st.integers(0, 400)))
def test_changing_ones_rhythm_asks_nothing_twice_and_skips_nothing(chosen, now, ago):
    last = None if ago is None else local_date(now) - timedelta(days=ago)
    begins = rearranged(chosen, now, last, 14)
    aim = local_date(now) if last is None else max(local_date(now), last + timedelta(days=7 * chosen.weeks))
    assert begins.weekday() == chosen.weekday
    assert instant(begins, chosen.at) > now
    assert last is None or (begins - last).days >= 14
    assert (begins - aim).days <= 8
    assert next_due(chosen, now, begins) == instant(begins, chosen.at)
    assert rearranged(chosen, now, last, 14) == begins
