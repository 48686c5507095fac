"""Local goals: numbers as people type them, when one is reached, quarters, phases in order."""

from datetime import date

import pytest

from models.domain.errors import Invalid
from models.domain.goals import Goal, Measured, Phase, Phases, number, quarters, reached, reason

DUE = date(2027, 12, 31)


@pytest.mark.parametrize(
    ("typed", "value"), [("12", 12.0), ("5,5", 5.5), ("5.25", 5.25), (" 1 200 ", 1200.0), ("-3", -3.0)]
)
def test_a_number_is_read_as_people_type_it(typed, value):
    assert number(typed, "value") == value


@pytest.mark.parametrize("typed", ["", "tolv", "1e9", "1,234", "12345678", "٣", "nan", "1,2,3"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        number(typed, "value")
    assert refused.value.field == "value"


def test_a_goal_is_reached_in_its_own_direction():
    up = Goal("Flere mentorer", Measured.OWN, "unge", 4, 12, DUE)
    down = Goal("Kortere ventetid", Measured.OWN, "dage", 30, 10, DUE)
    open_ended = Goal("Flere mentorer", Measured.OWN, "", None, 12, DUE)
    assert [reached(up, value) for value in (11.9, 12, 13)] == [False, True, True]
    assert [reached(down, value) for value in (11, 10, 9)] == [False, True, True]
    assert [reached(open_ended, value) for value in (11, 12)] == [False, True]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (("", Measured.OWN, "", None, 1), "title"),
        (("x" * 121, Measured.OWN, "", None, 1), "title"),
        (("x", Measured.OWN, "u" * 21, None, 1), "unit"),
        (("x", Measured.HEARD, "%", None, 101), "target"),
        (("x", Measured.HEARD, "%", -1, 80), "baseline"),
        (("x", Measured.OWN, "", 3, 3), "target"),
    ],
)
def test_a_goal_that_means_nothing_is_refused_at_its_field(wrong, field):
    with pytest.raises(Invalid) as refused:
        Goal(*wrong, DUE)
    assert refused.value.field == field


@pytest.mark.parametrize("typed", ["", "  ", "x" * 201])
def test_a_goal_ends_for_a_reason_that_can_be_read(typed):
    with pytest.raises(Invalid) as refused:
        reason(typed)
    assert refused.value.field == "because"
    assert reason(" Nået før tid ") == "Nået før tid"


def test_the_quarters_of_a_number_go_back_from_the_one_that_runs():
    assert [one.key for one in quarters(date(2026, 2, 1), 4)] == ["2026Q1", "2025Q4", "2025Q3", "2025Q2"]


def test_phases_follow_one_another_and_say_where_a_day_lies():
    begins = {Phase.PREPARE: date(2026, 1, 1), Phase.CHANGE: date(2026, 7, 1), Phase.ANCHOR: date(2027, 7, 1)}
    phases = Phases(begins, date(2027, 12, 31))
    assert Phases.from_plain(phases.to_plain()) == phases
    assert (Phases.from_plain(None), Phases.from_plain({})) == (None, None)
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 7, 1), date(2027, 12, 31), date(2028, 1, 1)]
    assert [phases.on(day) for day in days] == [None, Phase.PREPARE, Phase.CHANGE, Phase.ANCHOR, None]
    for later, field in ((Phase.CHANGE, "change"), (Phase.ANCHOR, "anchor")):
        with pytest.raises(Invalid) as refused:
            Phases(begins | {later: date(2026, 1, 1)}, date(2027, 12, 31))
        assert refused.value.field == field
    with pytest.raises(Invalid) as refused:
        Phases(begins, date(2027, 7, 1))
    assert refused.value.field == "ends"
