"""By when a human answers: over nights, weekends, Easter, Christmas, and for every minute hypothesis can think of."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.errors import Invalid
from models.domain.localtime import instant, local_date
from models.domain.promises import (
    DEFAULT,
    Absence,
    Duty,
    MessageNeed,
    OpeningHours,
    add_working_time,
    alert_deadline,
    duty_holder,
    is_open,
    next_open,
    next_working_day,
    promise,
    stand_in,
    window,
    working_time_between,
)


def at(text):
    """A Copenhagen wall time as an instant: "2026-11-21 12:00"."""
    moment = datetime.fromisoformat(text)
    return instant(moment.date(), moment.time())


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@st.composite
def opening_hours(draw):
    def span():
        ends = draw(st.none() | st.tuples(QUARTERS, QUARTERS).filter(lambda pair: pair[0] != pair[1]))
        return None if ends is None else (min(ends), max(ends))

    weekly = {weekday: span() for weekday in range(7)}
    if not any(weekly.values()):
        weekly[2] = (time(8), time(15))
    closed = draw(st.frozensets(st.dates(date(2024, 1, 1), date(2031, 1, 1)), max_size=5))
    return OpeningHours(weekly, closed)


HOURS = st.just(DEFAULT) | opening_hours()


def inside(moment, hours):
    found = window(local_date(moment), hours)
    return found is not None and found[0] <= moment <= found[1]


# --- the promise by example -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "promised"),
    [
        ("2026-11-16 08:00", "2026-11-17 09:00"),  # Monday early: eight working hours come before Tuesday noon
        ("2026-11-16 10:00", "2026-11-17 11:00"),
        ("2026-11-16 11:00", "2026-11-17 12:00"),
        ("2026-11-16 14:30", "2026-11-17 12:00"),
        ("2026-11-16 14:59:59", "2026-11-17 12:00"),
        ("2026-11-16 15:00", "2026-11-17 12:00"),  # closed: the first noon the office is open
        ("2026-11-16 23:59", "2026-11-17 12:00"),
        ("2026-11-17 00:30", "2026-11-17 12:00"),
        ("2026-11-17 07:59", "2026-11-17 12:00"),
        ("2026-11-20 12:30", "2026-11-23 12:00"),  # Friday, open till 13
        ("2026-11-20 13:00", "2026-11-23 12:00"),
        ("2026-11-21 12:00", "2026-11-23 12:00"),  # Saturday
        ("2026-11-22 23:00", "2026-11-23 12:00"),
    ],
)
def test_an_ordinary_week(written, promised):
    assert promise(at(written), DEFAULT) == at(promised)


@pytest.mark.parametrize(
    ("written", "promised"),
    [
        ("2026-12-23 10:00", "2026-12-28 11:00"),  # Wednesday; closed Thu 24 – Sun 27; five hours, then three on Monday
        ("2026-12-23 14:00", "2026-12-28 12:00"),
        ("2026-12-24 09:00", "2026-12-28 12:00"),
        ("2026-12-30 14:00", "2027-01-04 12:00"),  # 31st, New Year's Day, weekend
        ("2026-04-01 14:00", "2026-04-07 12:00"),  # Wednesday before Easter → Tuesday after
        ("2026-04-03 10:00", "2026-04-07 12:00"),
        ("2026-05-13 14:00", "2026-05-15 12:00"),  # Ascension Day on the Thursday
        ("2026-05-22 12:00", "2026-05-26 12:00"),  # Whitsun
        ("2026-06-04 16:00", "2026-06-08 12:00"),  # Grundlovsdag on the Friday
        ("2023-05-04 16:30", "2023-05-08 12:00"),  # Store bededag, while there was one
        ("2024-04-25 16:30", "2024-04-26 12:00"),  # and when there was none
    ],
)
def test_christmas_easter_and_the_other_holidays(written, promised):
    assert promise(at(written), DEFAULT) == at(promised)


@pytest.mark.parametrize(
    ("written", "promised"),
    [
        ("2026-11-16 10:00", "2026-11-16 12:00"),
        ("2026-11-16 10:01", "2026-11-16 12:15"),
        ("2026-11-16 14:00", "2026-11-17 09:00"),
        ("2026-11-21 12:00", "2026-11-23 10:00"),
        ("2026-12-23 14:30", "2026-12-28 09:30"),
    ],
)
def test_what_cannot_wait_is_promised_within_two_working_hours(written, promised):
    assert promise(at(written), DEFAULT, urgent=True) == at(promised)


def test_a_municipalitys_own_closed_day_is_no_working_day():
    hours = OpeningHours(DEFAULT.weekly, frozenset({date(2026, 11, 17)}))
    assert promise(at("2026-11-16 14:00"), hours) == at("2026-11-18 12:00")


def test_an_office_that_opens_late_promises_two_hours_after_opening():
    hours = OpeningHours({weekday: (time(11), time(17)) for weekday in range(5)})
    assert promise(at("2026-11-16 18:00"), hours) == at("2026-11-17 13:00")


def test_an_office_open_one_hour_a_week_promises_its_closing_time():
    hours = OpeningHours({3: (time(16), time(17))})
    assert promise(at("2026-11-16 18:00"), hours) == at("2026-11-19 17:00")
    assert promise(at("2026-11-16 18:00"), hours, urgent=True) == at("2026-11-19 17:00")


def test_a_promise_over_the_change_of_clocks_is_noon_on_the_wall():
    assert promise(at("2026-03-27 12:30"), DEFAULT) == at("2026-03-30 12:00")
    assert promise(at("2026-10-23 12:30"), DEFAULT) == at("2026-10-26 12:00")


# --- the promise for every moment -----------------------------------------------------------------------------------


@given(MOMENTS, HOURS, st.booleans())
def test_a_promise_is_after_now_inside_opening_hours_and_on_a_quarter(now, hours, urgent):
    promised = promise(now, hours, urgent=urgent)
    assert promised > now
    assert inside(promised, hours)
    assert (promised.minute % 15, promised.second, promised.microsecond) == (0, 0, 0)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=10)), HOURS, st.booleans())
def test_a_later_message_is_never_promised_an_earlier_answer(now, later, hours, urgent):
    assert promise(now, hours, urgent=urgent) <= promise(now + later, hours, urgent=urgent)


@given(MOMENTS, HOURS)
def test_a_promise_is_at_most_eight_working_hours_and_a_quarter_away(now, hours):
    assert working_time_between(now, promise(now, hours), hours) < timedelta(hours=8, minutes=15)


@given(MOMENTS, HOURS)
def test_what_cannot_wait_is_never_promised_later_than_what_can(now, hours):
    assert promise(now, hours, urgent=True) <= promise(now, hours)
    assert working_time_between(now, promise(now, hours, urgent=True), hours) < timedelta(hours=2, minutes=15)


@given(MOMENTS)
def test_a_promise_does_not_depend_on_the_zone_now_is_told_in(now):
    assert promise(now, DEFAULT) == promise(now.astimezone(), DEFAULT)


# --- opening hours and working time ---------------------------------------------------------------------------------


def test_the_office_is_open_from_opening_time_up_to_closing_time():
    moments = ["2026-11-16 07:59:59", "2026-11-16 08:00", "2026-11-16 14:59:59", "2026-11-16 15:00"]
    assert [is_open(at(moment), DEFAULT) for moment in moments] == [False, True, True, False]


def test_the_office_opens_next_on_the_first_working_day():
    assert next_open(at("2026-12-23 15:00"), DEFAULT) == at("2026-12-28 08:00")
    assert next_open(at("2026-11-16 09:30"), DEFAULT) == at("2026-11-16 09:30")
    assert next_working_day(date(2026, 12, 23), DEFAULT) == date(2026, 12, 28)


def test_working_time_stops_at_closing_time_and_goes_on_in_the_morning():
    assert add_working_time(at("2026-11-16 14:00"), DEFAULT, timedelta(hours=1)) == at("2026-11-16 15:00")
    assert add_working_time(at("2026-11-16 14:00"), DEFAULT, timedelta(hours=1, minutes=1)) == at("2026-11-17 08:01")
    assert add_working_time(at("2026-11-20 16:00"), DEFAULT, timedelta(0)) == at("2026-11-23 08:00")


def test_working_time_is_never_taken_away():
    with pytest.raises(ValueError, match="never taken away"):
        add_working_time(at("2026-11-16 14:00"), DEFAULT, timedelta(seconds=-1))


def test_a_default_week_is_thirty_five_hours_of_working_time():
    assert working_time_between(at("2026-11-16 00:00"), at("2026-11-23 00:00"), DEFAULT) == timedelta(hours=35)


def test_no_working_time_lies_backwards():
    assert working_time_between(at("2026-11-17 12:00"), at("2026-11-16 12:00"), DEFAULT) == timedelta(0)


@given(MOMENTS, HOURS, st.timedeltas(timedelta(0), timedelta(hours=30)))
def test_the_working_time_added_is_the_working_time_between(now, hours, amount):
    assert working_time_between(now, add_working_time(now, hours, amount), hours) == amount


@given(MOMENTS, HOURS)
def test_an_office_is_open_exactly_when_it_opens_next_at_once(now, hours):
    opens = next_open(now, hours)
    assert is_open(now, hours) == (opens == now)
    assert is_open(opens, hours)


def test_a_span_inside_the_hour_that_spring_skips_is_no_time_at_all():
    hours = OpeningHours({6: (time(2, 30), time(3))})
    assert window(date(2026, 3, 29), hours) is None
    assert window(date(2026, 3, 22), hours) == (at("2026-03-22 02:30"), at("2026-03-22 03:00"))


@pytest.mark.parametrize(
    ("weekly", "code"),
    [
        ({}, "opening_hours_never"),
        ({0: None}, "opening_hours_never"),
        ({7: (time(8), time(15))}, "opening_hours_weekday"),
        ({0: (time(15), time(8))}, "opening_hours_order"),
        ({0: (time(8), time(8))}, "opening_hours_order"),
        ({0: (time(8, 5), time(15))}, "opening_hours_quarter"),
        ({0: (time(8), time(15, 0, 1))}, "opening_hours_quarter"),
        ({0: (time(8, tzinfo=UTC), time(15, tzinfo=UTC))}, "opening_hours_zone"),
    ],
)
def test_opening_hours_nobody_could_keep_are_refused(weekly, code):
    with pytest.raises(Invalid) as refused:
        OpeningHours(weekly)
    assert (refused.value.code, refused.value.field) == (code, "weekly")


def test_opening_hours_cannot_be_changed_behind_ones_back():
    mine = {0: (time(8), time(15))}
    hours = OpeningHours(mine)
    mine[0] = (time(0), time(1))
    assert hours.weekly[0] == (time(8), time(15))
    with pytest.raises(TypeError):
        hours.weekly[0] = None


def test_the_default_hours_are_found_on_the_class_too():
    assert OpeningHours.DEFAULT is DEFAULT


@given(HOURS)
def test_opening_hours_come_back_from_storage_as_they_were(hours):
    assert OpeningHours.from_plain(hours.to_plain()) == hours
    assert hash(OpeningHours.from_plain(hours.to_plain())) == hash(hours)


def test_opening_hours_are_stored_as_plain_words():
    stored = OpeningHours({4: (time(8), time(13))}, frozenset({date(2026, 12, 23)})).to_plain()
    assert stored == {
        "weekly": {"0": None, "1": None, "2": None, "3": None, "4": ["08:00", "13:00"], "5": None, "6": None},
        "closed": ["2026-12-23"],
    }


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {},
        {"weekly": None},
        {"weekly": {"x": None}},
        {"weekly": {"0": ["8", "9"]}},
        {"weekly": {"0": ["08:00"]}},
        {"weekly": {"0": ["08:00", "15:00"]}, "closed": ["soon"]},
        {"weekly": {"0": ["08:00", "15:00"]}, "closed": 7},
    ],
)
def test_opening_hours_of_the_wrong_shape_are_refused(plain):
    with pytest.raises(Invalid):
        OpeningHours.from_plain(plain)


# --- alerts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "kind", "deadline"),
    [
        ("2026-11-16 10:07", "read_now", "2026-11-16 11:07"),
        ("2026-11-16 14:30", "read_now", "2026-11-17 08:30"),
        ("2026-11-21 02:00", "read_now", "2026-11-23 09:00"),
        ("2026-12-24 18:00", "read_now", "2026-12-28 09:00"),
        ("2026-11-16 10:07", "follow_up", "2026-11-17 15:00"),
        ("2026-11-16 07:00", "follow_up", "2026-11-17 15:00"),
        ("2026-11-18 16:00", "follow_up", "2026-11-19 17:00"),
        ("2026-11-20 12:00", "follow_up", "2026-11-23 15:00"),
        ("2026-12-23 12:00", "follow_up", "2026-12-28 15:00"),
    ],
)
def test_an_alert_is_acknowledged_by_its_deadline(raised, kind, deadline):
    assert alert_deadline(at(raised), DEFAULT, kind) == at(deadline)


@given(MOMENTS, HOURS, st.sampled_from(["read_now", "follow_up"]))
def test_an_alerts_deadline_lies_ahead_and_inside_opening_hours(raised, hours, kind):
    deadline = alert_deadline(raised, hours, kind)
    assert deadline > raised
    assert inside(deadline, hours)


def test_there_is_no_third_kind_of_alert():
    with pytest.raises(ValueError, match="read_now or follow_up"):
        alert_deadline(at("2026-11-16 10:00"), DEFAULT, "whenever")


# --- who answers ----------------------------------------------------------------------------------------------------

METTE_IN_WEEK_47 = Absence("mette", date(2026, 11, 16), date(2026, 11, 20))
LARS_ON_THURSDAY = Absence("lars", date(2026, 11, 19), date(2026, 11, 19))


@pytest.mark.parametrize(
    ("day", "answers"),
    [
        (date(2026, 11, 15), "mette"),
        (date(2026, 11, 16), "lars"),
        (date(2026, 11, 19), "per"),
        (date(2026, 11, 20), "lars"),
        (date(2026, 11, 21), "mette"),
    ],
)
def test_mette_answers_unless_she_is_away_then_lars_then_the_duty_holder(day, answers):
    assert stand_in(day, "mette", "lars", iter([METTE_IN_WEEK_47, LARS_ON_THURSDAY]), "per") == answers


def test_a_young_person_without_a_caseworker_is_answered_by_the_substitute_or_the_duty_holder():
    assert stand_in(date(2026, 11, 16), None, "lars", [], "per") == "lars"
    assert stand_in(date(2026, 11, 16), None, None, [], "per") == "per"


def test_the_duty_holder_is_named_even_when_everybody_is_away():
    everybody = [Absence(name, date(2026, 11, 1), date(2026, 11, 30)) for name in ("mette", "lars", "per")]
    assert stand_in(date(2026, 11, 16), "mette", "lars", everybody, "per") == "per"


def test_without_any_duty_holder_there_may_be_nobody():
    assert stand_in(date(2026, 11, 16), "mette", None, [METTE_IN_WEEK_47], None) is None


def test_the_first_planned_holds_the_duty_until_ten_and_then_whoever_has_signed_in():
    planned = ["per", "siri", "mette"]
    assert duty_holder(at("2026-11-16 09:59"), planned, {"siri"}) == "per"
    assert duty_holder(at("2026-11-16 10:00"), planned, {"siri"}) == "siri"
    assert duty_holder(at("2026-11-16 10:00"), planned, {"mette", "per"}) == "per"
    assert duty_holder(at("2026-11-16 10:00"), planned, set()) == "per"
    assert duty_holder(at("2026-11-16 10:00"), [], {"siri"}) is None


def test_a_duty_covers_its_first_and_its_last_day():
    duty = Duty("per", date(2026, 11, 16), date(2026, 11, 17))
    assert [duty.covers(date(2026, 11, day)) for day in (15, 16, 17, 18)] == [False, True, True, False]


@pytest.mark.parametrize("kind", [Absence, Duty])
def test_days_in_reverse_are_refused(kind):
    with pytest.raises(Invalid) as refused:
        kind("per", date(2026, 11, 17), date(2026, 11, 16))
    assert (refused.value.code, refused.value.field) == ("dates_order", "last_day")


def test_a_message_needs_an_answer_or_none():
    assert [need.value for need in MessageNeed] == ["answer", "none"]
