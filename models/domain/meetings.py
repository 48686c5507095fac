"""A meeting with a young person: planned, moved, cancelled; when it is over; when they are reminded; what was agreed.

PLANNED ── ends ──► HELD ⇄ MISSED          (MISSED at once where the person had said that they can't)
   └── cancel ──► CANCELLED
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from models.domain import rhythm
from models.domain.errors import Invalid, Stale
from models.domain.localtime import instant, local_date, utc


class MeetingState(StrEnum):
    """Where a meeting is."""

    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What the person says about "this is what we agreed"; NONE while they have not."""

    NONE = ""
    RIGHT = "right"
    NOT_QUITE = "not_quite"


SHORTEST: Final = 5
LONGEST: Final = 8 * 60
FURTHEST: Final = timedelta(days=366)

#: The day before, when school is out and before the evening; else the morning of the day.
_DAY_BEFORE: Final = time(16)
_MORNING: Final = time(8)
#: Told less than this before the reminder would come, the person still remembers.
_FRESH: Final = timedelta(hours=3)
#: Later than this before it begins, a reminder no longer helps.
_TOO_LATE: Final = timedelta(minutes=45)


def ends(starts_at: datetime, minutes: int) -> datetime:
    """When it ends, in UTC: minutes that pass, also on the two nights when the clocks change."""
    return utc(starts_at) + timedelta(minutes=minutes)


def check(starts_at: datetime, minutes: int, *, now: datetime) -> None:
    """Raise Invalid naming the field: a meeting is made ahead of time (at most a year), for 5 minutes to 8 hours."""
    if not now < starts_at:
        raise Invalid("meeting_in_the_past", "starts")
    if starts_at - now > FURTHEST:
        raise Invalid("meeting_too_far", "starts")
    if not SHORTEST <= minutes <= LONGEST:
        raise Invalid("meeting_length", "minutes")


def remind_at(
    starts_at: datetime, told_at: datetime, *, quiet_from: time = rhythm.QUIET_START, quiet_to: time = rhythm.QUIET_END
) -> datetime | None:
    """When to remind of a meeting the person was told of at `told_at`: the day before at 16, else the morning of it.

    Quiet hours push it to their end. None where no moment is left that is three hours after they were told and three
    quarters of an hour before it begins.
    """
    day = local_date(starts_at)
    for wish in (instant(day - timedelta(days=1), _DAY_BEFORE), instant(day, _MORNING)):
        at = rhythm.after_quiet_hours(wish, quiet_from, quiet_to)
        if at - utc(told_at) >= _FRESH and utc(starts_at) - at >= _TOO_LATE:
            return at
    return None


def may_change(state: MeetingState, starts_at: datetime, now: datetime) -> bool:
    """True while it can be moved, cancelled, declined or prepared: it is planned and has not begun."""
    return state is MeetingState.PLANNED and now < starts_at


def move(state: MeetingState) -> MeetingState:
    """Another time, or another place. Stale ("meeting.over") when it is over or cancelled."""
    if state is not MeetingState.PLANNED:
        raise Stale("meeting.over")
    return state


def cancel(state: MeetingState) -> MeetingState:
    """It will not take place. Twice changes nothing; Stale ("meeting.over") when it is over."""
    if state not in {MeetingState.PLANNED, MeetingState.CANCELLED}:
        raise Stale("meeting.over")
    return MeetingState.CANCELLED


def over(state: MeetingState, ends_at: datetime, now: datetime, *, cannot: bool) -> MeetingState:
    """The state once it has ended: held, unless the person had said that they can't. Before that, as it is."""
    if state is not MeetingState.PLANNED or now < ends_at:
        return state
    return MeetingState.MISSED if cannot else MeetingState.HELD


def correct(state: MeetingState, to: MeetingState) -> MeetingState:
    """Staff say that it did, or did not, take place. Stale ("meeting.not_over") before it is over or when cancelled."""
    if state is to:
        return state
    if {state, to} != {MeetingState.HELD, MeetingState.MISSED}:
        raise Stale("meeting.not_over")
    return to


def may_agree(state: MeetingState, starts_at: datetime, now: datetime) -> bool:
    """True once what was agreed can be written down: it has begun, and nobody said it did not take place."""
    return state is MeetingState.HELD or (state is MeetingState.PLANNED and starts_at <= now)


def answer_agreed(given: Verdict, *, before: Verdict, version: int, seen: int) -> Verdict:
    """The person's verdict on what was agreed. Stale ("meeting.agreed_anew") when what they saw has been rewritten
    since, Stale ("meeting.not_agreed") where nothing is written. They may change their mind.
    """
    if version == 0:
        raise Stale("meeting.not_agreed")
    if seen != version:
        raise Stale("meeting.agreed_anew")
    return before if given is Verdict.NONE else given
