"""Call me: the times that can be kept, and the number in what somebody wrote."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.calls import When, choice, choices, read_number
from models.domain.localtime import instant, local, local_date
from models.domain.promises import DEFAULT, is_open, window


def at(text):
    """A Copenhagen wall time as an instant: "2026-11-17 10:00"."""
    moment = datetime.fromisoformat(text)
    return instant(moment.date(), moment.time())


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-17 10:05", [("now", "10:05", "12:15"), ("later", "12:00", "15:00"), ("morning", "08:00", "12:00")]),
        ("2026-11-17 12:30", [("now", "12:30", "14:30"), ("later", "14:00", "15:00"), ("morning", "08:00", "12:00")]),
        ("2026-11-17 13:50", [("now", "13:50", "15:00"), ("morning", "08:00", "12:00")]),
        ("2026-11-17 14:30", [("morning", "08:00", "12:00")]),
        ("2026-11-17 06:00", [("morning", "08:00", "12:00")]),
        ("2026-11-21 23:00", [("morning", "08:00", "12:00")]),
    ],
)
def test_what_is_offered_is_what_there_is_time_for(now, offered):
    found = [(one.when.value, one.starts, one.ends) for one in choices(at(now), DEFAULT)]
    assert [(when, f"{local(starts):%H:%M}", f"{local(ends):%H:%M}") for when, starts, ends in found] == offered


def test_before_the_office_opens_the_morning_is_todays_and_on_a_saturday_mondays():
    assert local_date(choice(When.MORNING, at("2026-11-17 06:00"), DEFAULT).ends) == at("2026-11-17 06:00").date()
    assert local_date(choice(When.MORNING, at("2026-11-21 23:00"), DEFAULT).ends) == at("2026-11-23 12:00").date()


def test_a_time_that_has_passed_by_becomes_the_next_there_is():
    assert choice(When.NOW, at("2026-11-17 22:00"), DEFAULT).when is When.MORNING


@given(st.datetimes(datetime(2025, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)))
def test_every_time_lies_in_opening_hours_and_after_now(now):
    found = choices(now, DEFAULT)
    assert found[-1].when is When.MORNING
    for one in found:
        opens, closes = window(local_date(one.starts), DEFAULT)
        assert opens <= one.starts < one.ends <= closes
        assert one.ends > now
    assert is_open(now, DEFAULT) or [one.when for one in found] == [When.MORNING]
    assert found[-1].ends - now < timedelta(days=7)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("20304050", "20 30 40 50"),
        ("det er 20 30 40 50 :)", "20 30 40 50"),
        ("+45 20304050", "20 30 40 50"),
        ("0045 20 30 40 50", "20 30 40 50"),
        ("+46 70 123 45 67", "+46701234567"),
        ("jeg har ikke nogen telefon", ""),
        ("112", ""),
        ("kl. 12 og 13", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(words, number):
    assert read_number(words) == number
