"""Danish public holidays against the calendar, 2020–2030."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from models.domain.holidays import easter, is_office_closed, is_public_holiday, name

EASTERS = {
    2020: (4, 12),
    2021: (4, 4),
    2022: (4, 17),
    2023: (4, 9),
    2024: (3, 31),
    2025: (4, 20),
    2026: (4, 5),
    2027: (3, 28),
    2028: (4, 16),
    2029: (4, 1),
    2030: (4, 21),
}


def days_of(year):
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(("year", "month_day"), EASTERS.items())
def test_easter_falls_where_the_calendar_says(year, month_day):
    assert easter(year) == date(year, *month_day)


def test_easter_reaches_its_earliest_and_latest_dates():
    assert easter(1818) == date(1818, 3, 22)
    assert easter(1943) == date(1943, 4, 25)
    assert easter(1954) == date(1954, 4, 18)
    assert easter(1981) == date(1981, 4, 19)


def test_the_holidays_of_2026_are_these_and_no_others():
    assert {day.isoformat(): name(day) for day in days_of(2026) if is_public_holiday(day)} == {
        "2026-01-01": "Nytårsdag",
        "2026-04-02": "Skærtorsdag",
        "2026-04-03": "Langfredag",
        "2026-04-05": "Påskedag",
        "2026-04-06": "2. påskedag",
        "2026-05-14": "Kristi himmelfartsdag",
        "2026-05-24": "Pinsedag",
        "2026-05-25": "2. pinsedag",
        "2026-12-25": "Juledag",
        "2026-12-26": "2. juledag",
    }


def test_the_holidays_of_2023_have_store_bededag_among_them():
    assert [day.isoformat() for day in days_of(2023) if is_public_holiday(day)] == [
        "2023-01-01",
        "2023-04-06",
        "2023-04-07",
        "2023-04-09",
        "2023-04-10",
        "2023-05-05",
        "2023-05-18",
        "2023-05-28",
        "2023-05-29",
        "2023-12-25",
        "2023-12-26",
    ]
    assert name(date(2023, 5, 5)) == "Store bededag"


@pytest.mark.parametrize("day", [date(2024, 4, 26), date(2025, 5, 16), date(2026, 5, 1)])
def test_store_bededag_is_a_working_day_from_2024(day):
    assert (is_public_holiday(day), is_office_closed(day), name(day)) == (False, False, None)


@pytest.mark.parametrize("day", [date(2020, 5, 8), date(2021, 4, 30), date(2022, 5, 13)])
def test_store_bededag_is_a_holiday_before_2024(day):
    assert name(day) == "Store bededag"


@pytest.mark.parametrize("year", range(2020, 2031))
def test_a_year_has_ten_holidays_and_until_2023_eleven(year):
    assert sum(map(is_public_holiday, days_of(year))) == (11 if year <= 2023 else 10)


@pytest.mark.parametrize("month_day", [(6, 5), (12, 24), (12, 31)])
def test_offices_close_on_three_days_that_are_not_holidays(month_day):
    day = date(2026, *month_day)
    assert (is_public_holiday(day), is_office_closed(day)) == (False, True)


def test_the_first_of_may_is_a_working_day():
    assert is_office_closed(date(2025, 5, 1)) is False


def test_a_holiday_names_the_day_when_two_fall_together():
    assert name(date(2022, 6, 5)) == "Pinsedag"
    assert name(date(2026, 6, 5)) == "Grundlovsdag"


def test_the_days_have_english_names_too():
    assert [name(day, "en") for day in (date(2026, 4, 3), date(2026, 12, 24), date(2026, 11, 21))] == [
        "Good Friday",
        "Christmas Eve",
        None,
    ]


@pytest.mark.parametrize("year", range(2020, 2031))
def test_every_day_offices_close_has_a_name_in_both_languages_and_no_other_day_has(year):
    for day in days_of(year):
        assert {name(day, "da") is not None, name(day, "en") is not None} == {is_office_closed(day)}


def test_the_public_holidays_are_those_of_the_holidays_package():
    theirs = holidays.country_holidays("DK", years=range(2020, 2041))
    days = [date(2020, 1, 1) + timedelta(days=ahead) for ahead in range(21 * 365 + 6)]
    assert days[-1] == date(2040, 12, 31)
    assert [day for day in days if is_public_holiday(day)] == sorted(theirs)
