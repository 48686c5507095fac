"""Turning 18 and 23, for everybody: also for who was born on 29 February, and on both nights when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import register as rules
from models.domain.joining import Age, age_now, normalise_code, read_birthday, same_birthday
from models.domain.localtime import day_bounds, instant, local_date
from models.domain.register import Farewell

LEAP = date(2004, 2, 29)
BIRTHS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
DAYS = st.dates(date(1900, 1, 1), date(2150, 12, 31))
BIRTH = date(2003, 5, 14)  # turns 23 on 14 May 2026


def at(day: date, hour: int = 12) -> datetime:
    return instant(day, time(hour))


@given(BIRTHS, DAYS)
def test_no_birth_date_and_no_day_is_one_too_many(birth: date, day: date) -> None:
    for dated in (rules.adult_on(birth), rules.offer_deadline(birth), rules.leaves_at(birth), rules.asked_from(birth)):
        assert dated > birth
    assert rules.offer_deadline(birth) < rules.adult_on(birth) < rules.goodbye_from(birth) < rules.asked_from(birth)
    now = at(day)
    assert rules.in_target_group(birth, day) == (rules.adult_on(birth) <= day < rules.leaves_at(birth))
    assert (age_now(birth, now) is Age.RIGHT) == rules.in_target_group(birth, day)
    assert rules.has_left(birth, now) == (day >= rules.leaves_at(birth))
    rules.farewell(birth, now)
    rules.may_close(birth, now, last_said=None, owed=False)
    assert same_birthday(birth, (birth.day, birth.month))


@given(st.sampled_from(range(1904, 2100, 4)).map(lambda year: date(year, 2, 29)), st.integers(1, 40))
def test_who_was_born_on_29_february_is_a_year_older_on_1_march_in_a_year_without_it(birth: date, age: int) -> None:
    day = rules.birthday(birth, age)
    assert (day.month, day.day) == ((2, 29) if age % 4 == 0 and day.year != 2100 else (3, 1))
    assert rules.age_on(birth, day) == age
    assert rules.age_on(birth, day - timedelta(days=1)) == age - 1


@pytest.mark.parametrize(
    ("what", "day"),
    [
        (rules.adult_on, date(2022, 3, 1)),
        (rules.offer_deadline, date(2021, 9, 1)),
        (rules.leaves_at, date(2027, 3, 1)),
        (rules.goodbye_from, date(2026, 12, 1)),
        (rules.asked_from, date(2027, 2, 1)),
    ],
)
def test_the_dates_of_somebody_born_on_29_february(what, day: date) -> None:
    assert what(LEAP) == day


@pytest.mark.parametrize("said", ["29. februar", "28/2", "1. marts", "29/2", "February 29"])
def test_who_was_born_on_29_february_is_believed_on_the_days_beside_it(said: str) -> None:
    read = read_birthday(said, "da")
    assert read is not None
    assert same_birthday(LEAP, read)
    assert not same_birthday(date(2004, 3, 1), (29, 2))
    assert not same_birthday(date(2004, 2, 28), (29, 2))
    assert not same_birthday(LEAP, (2, 3))


def test_a_birthday_begins_at_midnight_in_copenhagen() -> None:
    start, _ = day_bounds(date(2026, 11, 17))
    before = start - timedelta(microseconds=1)
    assert [age_now(date(2008, 11, 17), when) for when in (before, start)] == [Age.TOO_YOUNG, Age.RIGHT]
    assert [age_now(date(2003, 11, 17), when) for when in (before, start)] == [Age.RIGHT, Age.TOO_OLD]
    assert start == datetime(2026, 11, 16, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour", "stage"),
    [
        (date(2026, 2, 14), 9, None),
        (date(2026, 2, 14), 10, Farewell.SOON),
        (date(2026, 4, 14), 9, Farewell.SOON),
        (date(2026, 4, 14), 10, Farewell.MONTH),
        (date(2026, 5, 14), 0, Farewell.MONTH),
        (date(2026, 5, 14), 10, Farewell.GOODBYE),
        (date(2036, 1, 1), 3, Farewell.GOODBYE),
    ],
)
def test_what_is_said_about_leaving_is_said_at_ten_in_the_morning(day: date, hour: int, stage: Farewell | None) -> None:
    assert rules.farewell(BIRTH, at(day, hour)) is stage


def test_the_chat_closes_by_day_when_nobody_owes_anything_and_not_into_a_conversation() -> None:
    day = rules.leaves_at(BIRTH)

    def closes(when: datetime, said: datetime | None = None, *, owed: bool = False) -> bool:
        return rules.may_close(BIRTH, when, last_said=said, owed=owed)

    assert [closes(at(day, hour)) for hour in (0, 9, 10, 19, 20, 23)] == [False, False, True, True, False, False]
    assert not closes(at(day), owed=True)
    assert not closes(at(day) + timedelta(days=90), owed=True)
    assert not closes(at(day), at(day, 11))
    assert closes(at(day) + timedelta(days=1), at(day, 11))
    talking = at(day) + timedelta(days=13)
    assert not closes(talking, talking - timedelta(hours=1))
    assert closes(talking + timedelta(days=1, hours=1), talking + timedelta(days=1))
    assert local_date(at(day)) == date(2026, 5, 14)


@pytest.mark.parametrize("typed", ["QL23ABCD", "ql23 abcd", "0123 ABCD", "o1-23-ab-cd", "Oi23abcd", "QL23.ABCD"])
def test_a_code_is_read_with_the_letters_it_was_mistaken_for(typed: str) -> None:
    assert normalise_code(typed) == "QL23ABCD"
