"""Ages, birthdays, deadlines and who counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.register import (
    Aftercare,
    Entry,
    Group,
    adult_on,
    age_on,
    birthday,
    goodbye_from,
    in_target_group,
    leaves_at,
    months_before,
    offer_deadline,
    population,
)

ANY_DAY = st.dates()
BIRTHS = st.dates(date(1995, 1, 1), date(2015, 12, 31)) | st.sampled_from(
    [date(y, 2, 29) for y in range(1996, 2016, 4)]
)
LEAP = date(2008, 2, 29)


def test_a_year_of_age_is_complete_on_the_birthday():
    birth = date(2007, 5, 14)
    assert [age_on(birth, day) for day in (date(2026, 5, 13), date(2026, 5, 14))] == [18, 19]


def test_someone_born_on_the_leap_day_turns_eighteen_on_the_first_of_march():
    assert [age_on(LEAP, date(2026, 2, 28)), age_on(LEAP, date(2026, 3, 1))] == [17, 18]
    assert birthday(LEAP, 18) == date(2026, 3, 1)


def test_someone_born_on_the_leap_day_has_it_back_every_fourth_year():
    assert birthday(LEAP, 20) == date(2028, 2, 29)
    assert [age_on(LEAP, date(2028, 2, 28)), age_on(LEAP, date(2028, 2, 29))] == [19, 20]


def test_someone_born_on_the_leap_day_is_in_the_group_until_the_first_of_march():
    assert leaves_at(LEAP) == date(2031, 3, 1)
    assert in_target_group(LEAP, date(2031, 2, 28)) is True
    assert in_target_group(LEAP, date(2031, 3, 1)) is False


@given(ANY_DAY, ANY_DAY)
def test_age_can_be_asked_for_any_two_days(birth, day):
    age = age_on(birth, day)
    assert day.year - birth.year - 1 <= age <= day.year - birth.year


@given(BIRTHS, st.integers(0, 40))
def test_age_changes_on_the_birthday_and_not_the_day_before(birth, age):
    day = birthday(birth, age)
    assert age_on(birth, day) == age
    assert age_on(birth, day - timedelta(days=1)) == age - 1


@given(BIRTHS, st.dates(date(2015, 1, 1), date(2040, 1, 1)))
def test_the_group_is_the_time_from_the_eighteenth_birthday_to_the_day_before_the_twenty_third(birth, day):
    assert in_target_group(birth, day) == (adult_on(birth) <= day < leaves_at(birth))


@pytest.mark.parametrize(
    ("birth", "deadline"),
    [
        (date(2009, 5, 14), date(2026, 11, 14)),
        (date(2009, 2, 14), date(2026, 8, 14)),
        (date(2008, 8, 31), date(2026, 2, 28)),
        (date(2006, 8, 31), date(2024, 2, 29)),
        (date(2008, 12, 31), date(2026, 6, 30)),
        (LEAP, date(2025, 9, 1)),
    ],
)
def test_the_offer_is_decided_six_months_before_eighteen(birth, deadline):
    assert offer_deadline(birth) == deadline


@given(BIRTHS)
def test_the_deadline_lies_about_half_a_year_before_eighteen(birth):
    assert timedelta(days=180) < adult_on(birth) - offer_deadline(birth) < timedelta(days=188)


def test_the_goodbye_begins_three_months_before_twenty_three():
    assert goodbye_from(date(2004, 5, 31)) == date(2027, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 36))
def test_months_back_is_never_a_later_day_of_the_month(day, months):
    earlier = months_before(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day == day.day or (earlier.day < day.day and (earlier + timedelta(days=1)).day == 1)


QUARTER_END = date(2026, 9, 30)


def entry(key, birth=date(2006, 1, 1), entered_on=date(2024, 1, 1), left_on=None, erased_at=None):
    return Entry(key, birth, entered_on, left_on, erased_at)


def test_the_population_is_those_in_the_group_on_the_day_and_still_here():
    rows = [
        entry("amina"),
        entry("jonas", birth=date(2008, 9, 30)),
        entry("leila", birth=date(2003, 10, 1)),
        entry("eighteen tomorrow", birth=date(2008, 10, 1)),
        entry("twenty-three today", birth=date(2003, 9, 30)),
        entry("moved today", left_on=QUARTER_END),
        entry("moves tomorrow", left_on=QUARTER_END + timedelta(days=1)),
        entry("entered today", entered_on=QUARTER_END),
        entry("enters tomorrow", entered_on=QUARTER_END + timedelta(days=1)),
        entry("erased", erased_at=datetime(2026, 10, 2, tzinfo=UTC)),
    ]
    assert [row.key for row in population(iter(rows), QUARTER_END)] == [
        "amina",
        "jonas",
        "leila",
        "moves tomorrow",
        "entered today",
    ]


def test_nobody_on_the_register_is_a_population_of_none():
    assert population([], QUARTER_END) == []


def test_groups_and_aftercare_are_called_what_the_register_file_calls_them():
    assert [group.value for group in Group] == ["placed", "contact_person"]
    assert [aftercare.value for aftercare in Aftercare] == ["yes", "no", "declined"]
