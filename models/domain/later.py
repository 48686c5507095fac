"""Answering later: the moments one usually means by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from models.domain.holidays import is_office_closed
from models.domain.localtime import instant, local_date, local_time

_AFTERNOON: Final = time(14)
_MORNING: Final = time(9)
_NOT_BEFORE: Final = time(13)
"""After one o'clock "this afternoon" is now."""


def moments(now: datetime) -> Mapping[str, datetime]:
    """By their names, the soonest first: "afternoon" of a working day that has one left, "next_day" (the next working
    day) and "next_week" (its first working day), in the morning."""
    today = local_date(now)
    next_day = _working(today + timedelta(days=1))
    next_week = _working(today + timedelta(days=7 - today.weekday()))
    found = {"next_day": instant(next_day, _MORNING), "next_week": instant(next_week, _MORNING)}
    if next_week == next_day:
        found.pop("next_day")
    if _working(today) == today and local_time(now) < _NOT_BEFORE:
        return {"afternoon": instant(today, _AFTERNOON), **found}
    return found


def _working(day: date) -> date:
    """The day, or the first working day after it."""
    while day.weekday() > 4 or is_office_closed(day):
        day += timedelta(days=1)
    return day
