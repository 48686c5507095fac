"""Meetings: how long they last on the nights the clocks change, when they are reminded of, what state they end in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import meetings as rules
from models.domain.errors import Invalid, Stale
from models.domain.localtime import instant, local
from models.domain.meetings import MeetingState, Verdict
from models.domain.rhythm import in_quiet_hours

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)
THURSDAY = date(2026, 12, 3)


def wall(at: datetime | None) -> str:
    return "" if at is None else f"{local(at):%d.%m. %H:%M}"


def test_a_meeting_over_the_change_of_clocks_lasts_the_minutes_it_lasts() -> None:
    autumn = instant(date(2026, 10, 25), time(2, 30))
    assert (autumn, rules.ends(autumn, 60)) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )  # fmt: skip
    assert wall(rules.ends(autumn, 60)) == "25.10. 02:30"
    spring = instant(date(2027, 3, 28), time(1, 30))
    assert (wall(spring), wall(rules.ends(spring, 60))) == ("28.03. 01:30", "28.03. 03:30")


@pytest.mark.parametrize(
    ("starts", "told", "expected"),
    [
        ((THURSDAY, time(15)), NOW, "02.12. 16:00"),
        ((THURSDAY, time(15)), instant(date(2026, 12, 2), time(12, 59)), "02.12. 16:00"),
        (
            (THURSDAY, time(15)),
            instant(date(2026, 12, 2), time(13, 1)),
            "03.12. 09:00",
        ),  # told less than 3 hours before
        ((THURSDAY, time(9, 45)), instant(date(2026, 12, 2), time(14)), "03.12. 09:00"),
        ((THURSDAY, time(9, 44)), instant(date(2026, 12, 2), time(14)), ""),  # too near to help
        ((THURSDAY, time(15)), instant(THURSDAY, time(7)), ""),  # told the same morning
        ((date(2026, 10, 26), time(10)), NOW - timedelta(days=60), "25.10. 16:00"),  # the day the clocks went back
        ((date(2027, 3, 29), time(10)), NOW, "28.03. 16:00"),  # the day they went forward
    ],
)
def test_a_reminder_comes_the_afternoon_before_else_the_morning_of_the_day(
    starts: tuple[date, time], told: datetime, expected: str
) -> None:
    assert wall(rules.remind_at(instant(*starts), told)) == expected


def test_quiet_hours_of_ones_own_move_the_reminder_to_their_end() -> None:
    starts = instant(THURSDAY, time(15))
    assert wall(rules.remind_at(starts, NOW, quiet_from=time(15), quiet_to=time(18))) == "02.12. 18:00"
    assert wall(rules.remind_at(starts, NOW, quiet_from=time(15), quiet_to=time(10))) == "03.12. 10:00"
    assert rules.remind_at(instant(THURSDAY, time(9)), NOW, quiet_from=time(12), quiet_to=time(11)) is None
    assert wall(rules.remind_at(starts, NOW, quiet_from=time(0), quiet_to=time(0))) == "02.12. 16:00"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 60 * 24 * 40), st.integers(0, 23), st.integers(0, 23),
)  # fmt: skip
def test_a_reminder_never_comes_in_quiet_hours_nor_too_near(
    starts: datetime, before: int, quiet: int, loud: int
) -> None:
    told = starts - timedelta(minutes=before)
    at = rules.remind_at(starts, told, quiet_from=time(quiet), quiet_to=time(loud))
    if at is not None:
        assert told + timedelta(hours=3) <= at <= starts - timedelta(minutes=45)
        assert not in_quiet_hours(at, time(quiet), time(loud))


@pytest.mark.parametrize(
    ("starts", "minutes", "field"),
    [
        (NOW, 60, "starts"),
        (NOW + timedelta(days=367), 60, "starts"),
        (NOW + timedelta(hours=1), 4, "minutes"),
        (NOW + timedelta(hours=1), 481, "minutes"),
    ],
)
def test_what_cannot_be_a_meeting_is_named(starts: datetime, minutes: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check(starts, minutes, now=NOW)
    assert refused.value.field == field


def test_a_meeting_that_ended_was_held_unless_the_person_could_not() -> None:
    state, ends = MeetingState.PLANNED, NOW
    assert rules.over(state, ends, NOW - timedelta(seconds=1), cannot=False) is MeetingState.PLANNED
    assert rules.over(state, ends, NOW, cannot=False) is MeetingState.HELD
    assert rules.over(state, ends, NOW, cannot=True) is MeetingState.MISSED
    assert rules.over(MeetingState.CANCELLED, ends, NOW, cannot=False) is MeetingState.CANCELLED


def test_only_what_lies_ahead_moves_and_only_what_is_over_is_corrected() -> None:
    assert rules.move(MeetingState.PLANNED) is MeetingState.PLANNED
    assert rules.cancel(MeetingState.CANCELLED) is MeetingState.CANCELLED
    assert rules.correct(MeetingState.HELD, MeetingState.MISSED) is MeetingState.MISSED
    for refused in (
        lambda: rules.move(MeetingState.HELD),
        lambda: rules.cancel(MeetingState.MISSED),
        lambda: rules.correct(MeetingState.PLANNED, MeetingState.HELD),
        lambda: rules.correct(MeetingState.CANCELLED, MeetingState.HELD),
    ):
        with pytest.raises(Stale):
            refused()


def test_the_verdict_is_on_the_wording_that_was_seen_and_may_change() -> None:
    right, not_quite = Verdict.RIGHT, Verdict.NOT_QUITE
    assert rules.answer_agreed(right, before=not_quite, version=1, seen=1) is right
    with pytest.raises(Stale):
        rules.answer_agreed(right, before=Verdict.NONE, version=2, seen=1)
    with pytest.raises(Stale):
        rules.answer_agreed(right, before=Verdict.NONE, version=0, seen=0)
