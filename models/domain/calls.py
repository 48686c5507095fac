"""Call me: when the office can ring, and by when it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from models.domain import promises
from models.domain.localtime import instant, local_date, local_time
from models.domain.promises import OpeningHours

_HOUR = timedelta(hours=1)


class When(StrEnum):
    """When somebody would like to be rung."""

    NOW = "now"
    LATER = "later"
    MORNING = "morning"


@dataclass(frozen=True, slots=True)
class Choice:
    """One time to be rung: from when, and by when it has happened (the promise). Both lie in opening hours."""

    when: When
    starts: datetime
    ends: datetime


def choices(now: datetime, hours: OpeningHours) -> tuple[Choice, ...]:
    """The times that can be promised at ``now``: at once and later today while there is time for it, and the first
    opening after today, before noon.
    """
    found = []
    today = promises.window(local_date(now), hours)
    if today is not None and today[0] <= now and today[1] - now >= _HOUR:
        closes = today[1]
        found.append(Choice(When.NOW, now, min(closes, promises.promise(now, hours, urgent=True))))
        at = local_time(now + 2 * _HOUR)
        later = instant(local_date(now), at.replace(minute=0, second=0, microsecond=0))
        if closes - later >= _HOUR:
            found.append(Choice(When.LATER, later, closes))
    day = local_date(now) if today is not None and now < today[0] else promises.next_working_day(local_date(now), hours)
    opens, closes = _open(day, hours)
    noon = max(instant(day, promises.NOON), opens + 2 * _HOUR)
    return (*found, Choice(When.MORNING, opens, min(closes, noon)))


def choice(when: When, now: datetime, hours: OpeningHours) -> Choice:
    """The time that was chosen, as it stands at ``now``: what has passed by becomes the next there is."""
    offered = choices(now, hours)
    return next((one for one in offered if one.when is when), offered[-1])


def read_number(words: str) -> str:
    """The telephone number in what somebody wrote, its digits in pairs; "" where there is none of eight digits or more.

    "+45" and "0045" are left out; a foreign number keeps its plus.
    """
    plain = words.replace("(0)", "")
    run = "".join(c for c in plain if c.isdecimal() and c.isascii())
    if run.startswith("0045"):
        run = run[4:]
    elif "+45" in plain and run.startswith("45") and len(run) == 10:
        run = run[2:]
    if len(run) == 8:
        return " ".join(run[place : place + 2] for place in range(0, 8, 2))
    return f"+{run}" if "+" in plain and 8 < len(run) <= 15 else ""


def _open(day: date, hours: OpeningHours) -> tuple[datetime, datetime]:
    found = promises.window(day, hours)
    if found is None:
        raise ValueError("the office is closed on that day")
    return found
