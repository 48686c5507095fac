"""When Hørt may speak of its own accord: check-ins, quiet hours, the weekly cap, expiry, pauses, holding back.

A rhythm is stored as wall time; the next UTC instant is computed each time it is needed. Due dates are whole weeks
apart, so a local date has at most one, whatever the clocks do that night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.domain.errors import Invalid
from models.domain.localtime import day_bounds, days_later, instant, local_date, local_time, utc

WEEKS = (2, 4, 8)
PAUSE_WEEKS = (1, 4, 12)
WEEKLY_CAP = 3
QUIET_START = time(21)
QUIET_END = time(9)
QUIET = (QUIET_START, QUIET_END)
CONVERSATION_HOLDS = timedelta(hours=48)
HOERT5_HELD_AT_MOST = timedelta(days=7)

_CAP_SPAN = timedelta(days=7)
_DAY = timedelta(days=1)
#: Local days from due to expired; an instrument not named has ``_ANSWER_DAYS_OTHERWISE``.
_ANSWER_DAYS = {"who5": 4, "tils": 4, "life_now": 7, "pulse": 2, "hoert5": 14}
_ANSWER_DAYS_OTHERWISE = 4


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every ``weeks`` weeks (2, 4 or 8) on ``weekday`` (0 = Monday) at ``at``, Copenhagen wall time.

    Raises ``Invalid`` naming the field that is wrong.
    """

    weeks: int
    weekday: int
    at: time

    def __post_init__(self) -> None:
        if self.weeks not in WEEKS:
            raise Invalid("rhythm_weeks", "weeks")
        if self.weekday not in range(7):
            raise Invalid("rhythm_weekday", "weekday")
        if self.at.tzinfo is not None:
            raise Invalid("rhythm_at", "at")


#: What a person has until they choose: every fourth week, Wednesday at 16.
DEFAULT = Rhythm(weeks=4, weekday=2, at=time(16))


def first_due_date(rhythm: Rhythm, anchor: date) -> date:
    """The first date on the rhythm's weekday on or after ``anchor``, from which the weeks are counted."""
    return anchor + timedelta(days=(rhythm.weekday - anchor.weekday()) % 7)


def is_due_on(rhythm: Rhythm, day: date, anchor: date) -> bool:
    """True if the local date is one of the rhythm's due dates."""
    since = (day - first_due_date(rhythm, anchor)).days
    return since >= 0 and since % (7 * rhythm.weeks) == 0


def next_due(rhythm: Rhythm, after: datetime, anchor: date) -> datetime:
    """The first due instant (UTC) strictly after ``after``; never before ``anchor``, never twice on one local date."""
    first = first_due_date(rhythm, anchor)
    step = 7 * rhythm.weeks
    day = first + timedelta(days=max(0, (local_date(after) - first).days // step) * step)
    due = instant(day, rhythm.at)
    return due if due > utc(after) else instant(day + timedelta(days=step), rhythm.at)


def last_due(rhythm: Rhythm, now: datetime, anchor: date) -> datetime | None:
    """The latest due instant (UTC) at or before ``now``, or None if none has come yet.

    Catching up after a stop reads this: one prompt at most is due, however many were missed.
    """
    first = first_due_date(rhythm, anchor)
    step = 7 * rhythm.weeks
    rounds = (local_date(now) - first).days // step
    if rounds < 0:
        return None
    due = instant(first + timedelta(days=rounds * step), rhythm.at)
    if due <= utc(now):
        return due
    return instant(first + timedelta(days=(rounds - 1) * step), rhythm.at) if rounds else None


def _quiet_until(now: datetime, start: time, end: time) -> datetime | None:
    """The end of the quiet hours ``now`` lies in, or None. Compared as instants: the repeated hour of autumn counts
    once, so quiet hours that have ended do not begin again when the clock goes back."""
    if start == end:
        return None
    today = local_date(now)
    for day in (today - _DAY, today):
        ends = instant(day if start < end else day + _DAY, end)
        if instant(day, start) <= utc(now) < ends:
            return ends
    return None


def in_quiet_hours(now: datetime, start: time = QUIET_START, end: time = QUIET_END) -> bool:
    """True from ``start`` up to, but not at, ``end`` (wall times, over midnight if ``end`` is the earlier).

    Equal times mean no quiet hours. Binds only what the bot starts by itself.
    """
    return _quiet_until(now, start, end) is not None


def after_quiet_hours(now: datetime, start: time = QUIET_START, end: time = QUIET_END) -> datetime:
    """``now`` (UTC) if it is not within quiet hours, else the instant they end."""
    moment = utc(now)
    while (ends := _quiet_until(moment, start, end)) is not None:
        moment = ends
    return moment


def deliver_by(ready_at: datetime, start: time = QUIET_START, end: time = QUIET_END) -> datetime:
    """Until when a prompt that may go out at ``ready_at`` may still arrive: it is stale by the next quiet hours.

    That is the first beginning of quiet hours after it may speak; without quiet hours, the end of the local day.
    A prompt not delivered by then is cancelled, it does not arrive next morning.
    """
    speaks = after_quiet_hours(ready_at, start, end)
    today = local_date(speaks)
    if start == end:
        return day_bounds(today)[1]
    begins = instant(today, start)
    return begins if begins > speaks else instant(today + _DAY, start)


def asking_opens(now: datetime, due_at: datetime, start: time = QUIET_START, end: time = QUIET_END) -> bool:
    """True if a question that was due at ``due_at`` may be asked at ``now``.

    On its own day from its hour on, and never in quiet hours. One that was held back comes at the same hour of a later
    day: what went stale in the evening does not arrive next morning.
    """
    speaks = after_quiet_hours(due_at, start, end)
    if utc(now) < speaks or in_quiet_hours(now, start, end):
        return False
    return utc(now) >= instant(local_date(now), local_time(speaks))


def rearranged(chosen: Rhythm, now: datetime, last: date | None, minimum_days: int) -> date:
    """The date a rhythm that was just chosen begins on, from which its weeks are counted.

    ``last`` is the local date of the asking before. The next one comes about ``chosen.weeks`` weeks after it, on the
    weekday that is nearest: changing one's mind asks nothing twice, earlier than the instrument allows, and skips
    nothing. Where that is past, and where nothing was asked yet, the first such weekday to come.
    """
    today = local_date(now)
    earliest = today if instant(today, chosen.at) > utc(now) else today + _DAY
    if last is not None:
        aim = last + timedelta(days=7 * chosen.weeks)
        earliest = max(earliest, aim - timedelta(days=3), last + timedelta(days=minimum_days))
    return first_due_date(chosen, earliest)


def may_start(now: datetime, started: Sequence[datetime]) -> bool:
    """True if fewer than three things were started by the bot in the seven days before ``now``.

    ``started`` are the instants of everything the bot started by itself for this person, in any order. Those later
    than ``now`` count too: a clock that is set back gives no extra questions.
    """
    return may_start_from(now, started) <= utc(now)


def may_start_from(now: datetime, started: Sequence[datetime]) -> datetime:
    """The first instant, at or after ``now`` (UTC), at which the weekly cap lets the bot start something."""
    latest = sorted(map(utc, started))[-WEEKLY_CAP:]
    if len(latest) < WEEKLY_CAP:
        return utc(now)
    return max(utc(now), latest[0] + _CAP_SPAN)


def expires(due_at: datetime, instrument_key: str, *, window_ends: datetime | None = None) -> datetime:
    """When a check-in that was due at ``due_at`` can no longer be answered (UTC).

    Counted in local days, at the same wall time: who5 and tils 4, life_now 7, pulse 2, anything else 4. ``hoert5`` is
    open to the end of its asking window (14 days if none is given); a given window cuts every other instrument short.
    """
    if instrument_key == "hoert5" and window_ends is not None:
        return utc(window_ends)
    ends = days_later(due_at, _ANSWER_DAYS.get(instrument_key, _ANSWER_DAYS_OTHERWISE))
    return ends if window_ends is None else min(ends, utc(window_ends))


def pause_until(now: datetime, weeks: int) -> datetime:
    """The end of a pause of 1, 4 or 12 weeks, at the same wall time. Raises ``Invalid`` for any other length."""
    if weeks not in PAUSE_WEEKS:
        raise Invalid("pause_weeks", "weeks")
    return days_later(now, 7 * weeks)


def paused(now: datetime, paused_until: datetime | None) -> bool:
    """True before the end of a pause; None is no pause."""
    return paused_until is not None and utc(now) < utc(paused_until)


def conversation_open(now: datetime, *, unanswered_since: datetime | None, alert_open_since: datetime | None) -> bool:
    """True while a message is unanswered or an alert unacknowledged, each for its first 48 hours only."""
    return any(
        since is not None and utc(now) - utc(since) < CONVERSATION_HOLDS
        for since in (unanswered_since, alert_open_since)
    )


def held_back(
    now: datetime,
    *,
    unanswered_since: datetime | None,
    alert_open_since: datetime | None,
    instrument: str,
    due_at: datetime,
) -> bool:
    """True if the bot keeps this question to itself because a conversation is open.

    One conversation holds a question for 48 hours at most, but several may follow one another. ``hoert5`` is held
    for 7 days after it was due at most, or people in trouble would drop out of the figure.
    """
    if instrument == "hoert5" and utc(now) - utc(due_at) >= HOERT5_HELD_AT_MOST:
        return False
    return conversation_open(now, unanswered_since=unanswered_since, alert_open_since=alert_open_since)
