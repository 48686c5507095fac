"""Parts of a panel: halves of one cut, never so small that what they answer could point at somebody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.panels_segments import (
    EVERYBODY,
    Reached,
    Segment,
    Standing,
    Whom,
    belongs,
    one_cut,
    segments,
)

TODAY = date(2026, 3, 1)
CLOSED = datetime(2026, 2, 1, 12, tzinfo=UTC)
HALVES = ((Whom.YOUNGER, Whom.OLDER), (Whom.ANSWERED, Whom.SILENT))


def test_all_stands_first_and_every_earlier_survey_tells_three_parts() -> None:
    found = segments(["b", "a"])
    assert [one.code for one in found] == [
        "all", "younger", "older", "new:b", "answered:b", "silent:b", "new:a", "answered:a", "silent:a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("birth", "younger"),
    [(date(2006, 3, 1), False), (date(2006, 3, 2), True), (date(2008, 3, 1), True), (date(2003, 4, 1), False)],
)
def test_the_twentieth_birthday_parts_a_panel(birth: date, younger: bool) -> None:
    member = Standing(birth, CLOSED, frozenset())
    found = [belongs(Segment(one), member, on=TODAY, closed_at=None) for one in HALVES[0]]
    assert found == [younger, not younger]


@given(
    st.dates(date(2003, 1, 1), date(2008, 3, 1)), st.integers(-3, 3), st.frozensets(st.sampled_from("abc")),
    st.sampled_from("abc"),
)  # fmt: skip
def test_a_member_is_in_exactly_one_half_of_every_cut(
    birth: date, days: int, answered: frozenset[str], earlier: str
) -> None:
    member = Standing(birth, CLOSED + timedelta(days=days), answered)

    def within(whom: Whom) -> bool:
        return belongs(Segment(whom, earlier), member, on=TODAY, closed_at=CLOSED)

    assert within(Whom.ALL)
    assert [within(one) != within(other) for one, other in HALVES] == [True, True]
    assert within(Whom.ANSWERED) == (earlier in answered)
    assert within(Whom.NEW) == (days >= 0)


def test_whose_age_is_not_known_is_in_no_part_told_by_age() -> None:
    unknown = Standing(None, CLOSED, frozenset())
    assert not any(belongs(Segment(one), unknown, on=TODAY, closed_at=None) for one in HALVES[0])


@pytest.mark.parametrize(
    ("whom", "inside", "outside", "enough"),
    [
        (Whom.YOUNGER, 10, 10, True), (Whom.YOUNGER, 9, 40, False), (Whom.YOUNGER, 40, 9, False),
        (Whom.SILENT, 40, 0, False), (Whom.ALL, 3, 0, True),
    ],
)  # fmt: skip
def test_a_part_is_asked_only_when_ten_are_in_it_and_ten_outside(
    whom: Whom, inside: int, outside: int, enough: bool
) -> None:
    assert Reached(Segment(whom), inside, outside).enough == enough


def test_a_survey_goes_along_one_cut_so_that_no_rest_can_be_worked_out() -> None:
    younger, older = Segment(Whom.YOUNGER), Segment(Whom.OLDER)
    answered, silent, new = (Segment(one, "a") for one in (Whom.ANSWERED, Whom.SILENT, Whom.NEW))
    assert one_cut(younger, [])
    assert one_cut(younger, [older, younger])
    assert one_cut(silent, [answered])
    assert one_cut(EVERYBODY, [EVERYBODY])
    assert not one_cut(younger, [EVERYBODY])
    assert not one_cut(EVERYBODY, [older])
    assert not one_cut(new, [answered])
    assert not one_cut(Segment(Whom.ANSWERED, "b"), [answered])
