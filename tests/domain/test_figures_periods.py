from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.checkins import may_ask_from
from models.domain.figures.periods import Period, asking_window, kind_for
from models.domain.instruments import instrument

KINDS = st.sampled_from(["quarter", "half", "year"])
DAYS = st.dates(date(2001, 1, 1), date(2200, 12, 31))
PERIODS = st.builds(Period.for_date, KINDS, DAYS)
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_key_names_its_days(key, first, last):
    period = Period.parse(key)
    assert (period.key, period.first_day, period.last_day) == (key, first, last)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "2026Q0",
        "2026Q5",
        "2026H3",
        "2026q3",
        "2026-Q3",
        "26Q3",
        "2026Q3 ",
        "2026Q",
        "1999Q4",
        "3000",
        "\uff12\uff10\uff12\uff16",
    ],
)
def test_what_is_no_key_is_refused(key):
    with pytest.raises(ValueError, match=r"period|there is no"):
        Period.parse(key)


def test_a_period_that_does_not_exist_is_refused():
    for kind, number in (("quarter", 0), ("quarter", 5), ("half", 3), ("year", 2), ("month", 1)):
        with pytest.raises(ValueError, match=r"period|there is no"):
            Period(kind, 2026, number)


@given(PERIODS)
def test_a_key_reads_back_as_the_same_period(period):
    assert Period.parse(period.key) == period


@given(KINDS, DAYS)
def test_every_day_lies_in_exactly_one_period_of_a_kind(kind, day):
    period = Period.for_date(kind, day)
    assert [one.contains(day) for one in (period.previous(), period, period.next())] == [False, True, False]


@given(PERIODS)
def test_next_and_previous_undo_each_other(period):
    assert period.next().previous() == period == period.previous().next()


@given(PERIODS)
def test_there_is_no_gap_and_no_overlap(period):
    assert period.next().first_day - period.last_day == timedelta(days=1)
    assert period.ends_at == period.next().starts_at
    assert period.starts_at < period.ends_at < period.published_at < period.next().ends_at


@given(st.integers(2001, 2200))
def test_quarters_fill_the_halves_and_halves_the_year(year):
    year_period = Period("year", year)
    quarters = [Period("quarter", year, number) for number in (1, 2, 3, 4)]
    assert [half.key for half in (Period("half", year, 1), Period("half", year, 2)) if year_period.covers(half)] == [
        f"{year}H1",
        f"{year}H2",
    ]
    assert [Period("half", year, 1).covers(quarter) for quarter in quarters] == [True, True, False, False]
    assert quarters[0].starts_at == year_period.starts_at
    assert quarters[3].ends_at == year_period.ends_at
    assert [quarter.covers(year_period) for quarter in quarters] == [False] * 4


def test_a_period_ends_at_local_midnight_in_winter_and_in_summer():
    assert Period.parse("2026Q4").ends_at == utc(2026, 12, 31, 23)
    assert Period.parse("2026Q3").ends_at == utc(2026, 9, 30, 22)


def test_it_is_published_fourteen_days_after_the_close_at_nine_local():
    assert Period.parse("2026Q3").published_at == utc(2026, 10, 15, 7)
    assert Period.parse("2026Q4").published_at == utc(2027, 1, 15, 8)
    assert Period.parse("2026").published_at == utc(2027, 1, 15, 8)


@given(PERIODS)
def test_midnight_and_nine_are_local_on_both_sides_of_the_change_of_clocks(period):
    assert period.ends_at.astimezone(COPENHAGEN).replace(tzinfo=None) == datetime.combine(
        period.next().first_day, datetime.min.time()
    )
    local = period.published_at.astimezone(COPENHAGEN)
    assert (local.hour, local.minute, local.date() - period.last_day) == (9, 0, timedelta(days=15))


@pytest.mark.parametrize(("key", "hours"), [("2026Q1", 90 * 24 - 1), ("2026Q3", 92 * 24), ("2026Q4", 92 * 24 + 1)])
def test_a_quarter_with_a_change_of_clocks_is_an_hour_shorter_or_longer(key, hours):
    period = Period.parse(key)
    assert period.ends_at - period.starts_at == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("instant", "key"),
    [
        (utc(2026, 9, 30, 21, 59, 59), "2026Q3"),
        (utc(2026, 9, 30, 22), "2026Q4"),
        (utc(2026, 12, 31, 22, 59, 59), "2026Q4"),
        (utc(2026, 12, 31, 23), "2027Q1"),
    ],
)
def test_an_instant_belongs_to_the_period_of_its_copenhagen_date(instant, key):
    assert Period.for_instant("quarter", instant).key == key


@given(PERIODS)
def test_the_end_is_the_first_instant_outside(period):
    assert Period.for_instant(period.kind, period.ends_at) == period.next()
    assert Period.for_instant(period.kind, period.ends_at - timedelta(microseconds=1)) == period


def test_an_instant_may_come_in_any_zone_and_never_in_none():
    moment = datetime(2026, 12, 31, 18, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert Period.for_instant("year", moment).key == "2027"
    with pytest.raises(ValueError, match="offset"):
        Period.for_instant("year", moment.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("population", "kind"),
    [(0, None), (14, None), (15, "year"), (39, "year"), (40, "half"), (79, "half"), (80, "quarter"), (500, "quarter")],
)
def test_the_population_on_1_january_fixes_the_period(population, kind):
    assert kind_for(population) == kind


def test_a_negative_population_is_refused():
    with pytest.raises(ValueError, match="negative"):
        kind_for(-1)


@pytest.mark.parametrize(
    ("key", "opens", "closes"),
    [
        ("2026Q3", date(2026, 7, 15), date(2026, 9, 30)),
        ("2026H2", date(2026, 7, 15), date(2026, 12, 31)),
        ("2026", date(2026, 1, 15), date(2026, 12, 31)),
    ],
)
def test_people_are_asked_from_the_fifteenth_day_to_the_last(key, opens, closes):
    assert asking_window(Period.parse(key)) == (opens, closes)


@given(PERIODS)
def test_windows_lie_inside_their_period_and_the_rest_never_uses_one_up(period):
    opens, closes = asking_window(period)
    assert [period.contains(day) for day in (opens, closes)] == [True, True]
    asked_at_the_very_end = asking_window(period.previous())[1]
    assert closes - max(opens, may_ask_from(instrument("hoert5"), asked_at_the_very_end)) >= timedelta(days=60)
