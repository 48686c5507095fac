"""The duty plan: which days need somebody, who it is, and which nobody has."""

from datetime import date, time

from models.domain.duty import Planned, gaps, in_order, repeated, week_of, working_days
from models.domain.promises import DEFAULT, Absence, OpeningHours

CHRISTMAS = date(2026, 12, 21)


def test_working_days_are_those_on_which_the_office_opens():
    assert working_days(CHRISTMAS, 14, DEFAULT) == [
        date(2026, 12, day) for day in (21, 22, 23, 28, 29, 30)
    ]  # Thursday 24, Friday 25 and Thursday 31 are closed, and so is New Year's Day
    closed = OpeningHours(DEFAULT.weekly, frozenset({date(2026, 12, 23)}))
    assert working_days(CHRISTMAS, 4, closed) == [date(2026, 12, 21), date(2026, 12, 22)]
    assert working_days(date(2026, 12, 26), 2, OpeningHours({6: (time(10), time(12))})) == [date(2026, 12, 27)]


def test_a_week_begins_on_monday():
    assert [week_of(date(2026, 11, day)) for day in (16, 22)] == [date(2026, 11, 16)] * 2


def test_the_plan_goes_before_whoever_always_holds_it_and_whoever_is_away_comes_last():
    day, here = date(2026, 11, 17), {"lars", "mette", "siri"}
    away = [Absence("mette", day, day)]
    assert in_order(day, ["mette", "siri"], ["lars"], here, []) == ["mette", "siri", "lars"]
    assert in_order(day, ["mette", "siri"], ["lars"], here, away) == ["siri", "lars", "mette"]
    assert in_order(day, ["gone", "lars"], ["lars"], here, away) == ["lars"]
    assert in_order(day, [], [], here, away) == []


def test_a_day_is_a_gap_when_nobody_who_is_there_holds_the_duty():
    days = [date(2026, 11, day) for day in (16, 17, 18)]
    plan = {days[0]: ["mette"], days[1]: ["mette", "siri"], days[2]: ["gone"]}
    away = [Absence("mette", days[0], days[1])]
    assert gaps(days, plan, [], {"mette", "siri"}, away) == [days[0], days[2]]
    assert gaps(days, plan, ["siri"], {"mette", "siri"}, away) == []


def test_a_week_is_repeated_on_working_days_nobody_has():
    week = [Planned(CHRISTMAS, "mette"), Planned(date(2026, 12, 23), "siri", "lars")]
    taken = {date(2027, 1, 6)}
    assert list(repeated(week, date(2027, 1, 6), taken, DEFAULT)) == [
        Planned(date(2026, 12, 28), "mette"),
        Planned(date(2027, 1, 4), "mette"),
        Planned(date(2026, 12, 30), "siri", "lars"),
    ]
