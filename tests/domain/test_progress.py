"""The plan's rules: areas in order, days that can be kept, contacts that answer, goals that end once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.domain.errors import Invalid, Stale
from models.domain.progress import (
    CODES,
    UNKNOWN,
    Area,
    Course,
    GoalState,
    Wave,
    Way,
    check_ahead,
    check_code,
    check_held,
    close,
    course,
    fulfils,
    latest,
)

TODAY = date(2026, 11, 27)


def test_every_area_has_codes_of_its_own_and_not_known_is_none_of_them() -> None:
    assert set(CODES) == set(Area)
    for area, codes in CODES.items():
        assert len(set(codes)) == len(codes) >= 3
        assert UNKNOWN not in codes
        for code in (*codes, UNKNOWN):
            check_code(area, code)
        with pytest.raises(Invalid, match="progress_code"):
            check_code(area, "elsewhere")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("temporary", "own", Course.BETTER), ("own", "own", Course.SAME), ("own", "unsafe", Course.WORSE),
        (UNKNOWN, "own", None), ("own", UNKNOWN, None), (None, "own", None), ("own", None, None),
    ],
)  # fmt: skip
def test_better_and_worse_follow_the_order_and_not_known_compares_with_nothing(before, after, expected) -> None:
    assert course(Area.HOME, before, after) is expected


def test_the_end_counts_before_the_status_and_the_start_alone_is_no_course() -> None:
    assert latest({Wave.START: "a", Wave.STATUS: "b", Wave.END: "c"}) == "c"
    assert latest({Wave.START: "a", Wave.STATUS: "b"}) == "b"
    assert latest({Wave.START: "a"}) is None


def test_a_day_to_follow_up_lies_ahead_and_not_beyond_everybodys_stay() -> None:
    for day in (None, TODAY, TODAY + timedelta(days=5 * 366)):
        check_ahead(day, TODAY, "due_on")
    for day, code in ((TODAY - timedelta(days=1), "past"), (TODAY + timedelta(days=5 * 366 + 1), "far")):
        with pytest.raises(Invalid, match=f"follow_up_{code}"):
            check_ahead(day, TODAY, "due_on")


def test_a_contact_has_been_and_not_years_ago() -> None:
    check_held(TODAY, TODAY)
    check_held(TODAY - timedelta(days=366), TODAY)
    for day, code in ((TODAY + timedelta(days=1), "ahead"), (TODAY - timedelta(days=367), "old")):
        with pytest.raises(Invalid, match=f"contact_{code}"):
            check_held(day, TODAY)


@pytest.mark.parametrize(
    ("way", "days_ago", "expected"),
    [(Way.PHONE, 0, True), (Way.VISIT, 1, True), (Way.PHONE, 2, False), (Way.LETTER, 0, False), (Way.OTHER, 0, False)],
)
def test_only_a_talk_that_was_not_before_the_question_answers_it(way: Way, days_ago: int, expected: bool) -> None:
    assert fulfils(way, TODAY - timedelta(days=days_ago), TODAY - timedelta(days=1)) is expected


def test_a_goal_ends_once() -> None:
    assert close(GoalState.OPEN, GoalState.OPEN) is GoalState.OPEN
    assert close(GoalState.OPEN, GoalState.REACHED) is GoalState.REACHED
    assert close(GoalState.REACHED, GoalState.REACHED) is GoalState.REACHED
    with pytest.raises(Stale, match="goal_closed"):
        close(GoalState.REACHED, GoalState.DROPPED)
