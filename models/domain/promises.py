"""By when a human answers, who that is, and by when an alert is acknowledged.

**The promise.** Written while the office is open: noon of the next working day. Written while it is closed: noon of
the first day it opens again. Never more than eight working hours away, so whoever writes early in a day is not made
to wait longer. "It can't wait": two working hours, and never later than the ordinary promise. Every promise lies
within opening hours (closing time itself included), after ``now``, and on a quarter of an hour; a later message is
never promised an earlier answer. "Noon" is 12:00 where that is at least two hours after opening; else two hours
after opening; never after closing. A broken promise is renewed with ``urgent=True``.

Working time is time within the municipality's opening hours. Public holidays, Grundlovsdag, 24 and 31 December and
the municipality's own closed days have none. All instants given back are UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Literal, TypeVar

from models.domain.errors import Invalid
from models.domain.holidays import is_office_closed
from models.domain.localtime import instant, local_date, local_time, utc

Span = tuple[time, time]
Id = TypeVar("Id")

ORDINARY = timedelta(hours=8)
URGENT = timedelta(hours=2)
READ_NOW = timedelta(hours=1)
NOON = time(12)
SIGNED_IN_BY = time(10)
_QUARTER = timedelta(minutes=15)


class MessageNeed(StrEnum):
    """What a message asks for. Only ``ANSWER`` starts a clock; "thanks" and "you needn't answer" are ``NONE``."""

    ANSWER = "answer"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a municipality's office is open, in Copenhagen wall time.

    ``weekly`` maps weekday (0 = Monday … 6 = Sunday) to (opens, closes), or None when closed; a weekday left out is
    closed. ``closed`` are further closed dates. Raises ``Invalid`` (field ``weekly``) if a time is not on a quarter of
    an hour, if a day closes before it opens, if a weekday is not 0–6, or if no day is open at all.
    """

    weekly: Mapping[int, Span | None] = field(hash=False)
    closed: frozenset[date] = frozenset()
    DEFAULT: ClassVar[OpeningHours]

    def __post_init__(self) -> None:
        if not set(self.weekly) <= set(range(7)):
            raise Invalid("opening_hours_weekday", "weekly")
        for span in self.weekly.values():
            if span is not None:
                _check(span)
        whole_week = {weekday: self.weekly.get(weekday) for weekday in range(7)}
        if not any(whole_week.values()):
            raise Invalid("opening_hours_never", "weekly")
        object.__setattr__(self, "weekly", MappingProxyType(whole_week))
        object.__setattr__(self, "closed", frozenset(self.closed))

    def to_plain(self) -> dict[str, object]:
        """As JSON can hold it: ``{"weekly": {"0": ["08:00", "15:00"], …, "6": None}, "closed": ["2026-12-23"]}``."""
        weekly = {
            str(weekday): None if span is None else [f"{span[0]:%H:%M}", f"{span[1]:%H:%M}"]
            for weekday, span in self.weekly.items()
        }
        return {"weekly": weekly, "closed": sorted(day.isoformat() for day in self.closed)}

    @classmethod
    def from_plain(cls, plain: object) -> OpeningHours:
        """The inverse of ``to_plain``. Raises ``Invalid`` if the shape or a value is wrong."""
        try:
            weekly: dict[int, Span | None] = {}
            for weekday, span in plain["weekly"].items():  # type: ignore[index]
                weekly[int(weekday)] = None if span is None else _span(*span)
            closed = frozenset(date.fromisoformat(day) for day in plain.get("closed", ()))  # type: ignore[attr-defined]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Invalid("opening_hours_shape", "weekly") from None
        return cls(weekly, closed)


def _span(opens: str, closes: str) -> Span:
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _check(span: Span) -> None:
    opens, closes = span
    if opens.tzinfo is not None or closes.tzinfo is not None:
        raise Invalid("opening_hours_zone", "weekly")
    if any(at.minute % 15 or at.second or at.microsecond for at in span):
        raise Invalid("opening_hours_quarter", "weekly")
    if opens >= closes:
        raise Invalid("opening_hours_order", "weekly")


#: Mon–Wed 8–15, Thu 8–17, Fri 8–13.
DEFAULT = OpeningHours(
    {
        0: (time(8), time(15)),
        1: (time(8), time(15)),
        2: (time(8), time(15)),
        3: (time(8), time(17)),
        4: (time(8), time(13)),
        5: None,
        6: None,
    }
)
OpeningHours.DEFAULT = DEFAULT


def window(day: date, hours: OpeningHours) -> tuple[datetime, datetime] | None:
    """The opening hours of that local date as two UTC instants, or None if the office is closed all day."""
    span = hours.weekly[day.weekday()]
    if span is None or day in hours.closed or is_office_closed(day):
        return None
    opens, closes = instant(day, span[0]), instant(day, span[1])
    return (opens, closes) if opens < closes else None  # a span inside the hour that spring skips is no time at all


def _windows(first: date, hours: OpeningHours) -> Iterator[tuple[datetime, datetime]]:
    day = first
    while True:
        found = window(day, hours)
        if found is not None:
            yield found
        day += timedelta(days=1)


def is_open(now: datetime, hours: OpeningHours) -> bool:
    """True from opening time up to, but not at, closing time."""
    found = window(local_date(now), hours)
    return found is not None and found[0] <= utc(now) < found[1]


def next_open(now: datetime, hours: OpeningHours) -> datetime:
    """``now`` if the office is open, else the instant it next opens."""
    now = utc(now)
    return next(max(now, opens) for opens, closes in _windows(local_date(now), hours) if now < closes)


def next_working_day(day: date, hours: OpeningHours) -> date:
    """The first date after ``day`` on which the office opens."""
    return local_date(next(_windows(day + timedelta(days=1), hours))[0])


def add_working_time(now: datetime, hours: OpeningHours, amount: timedelta) -> datetime:
    """The instant at which ``amount`` of working time has passed since ``now``.

    Where that is the end of a day it is closing time, not the next morning; nothing added gives ``next_open``.
    Raises ``ValueError`` if ``amount`` is negative.
    """
    if amount < timedelta(0):
        raise ValueError("working time is added, never taken away")
    start = next_open(now, hours)
    left = amount
    windows = _windows(local_date(start), hours)
    while True:
        opens, closes = next(windows)
        begins = max(opens, start)
        if left <= closes - begins:
            return begins + left
        left -= closes - begins


def working_time_between(a: datetime, b: datetime, hours: OpeningHours) -> timedelta:
    """How much working time lies from ``a`` to ``b``; nothing if ``b`` is not after ``a``."""
    a, b = utc(a), utc(b)
    total = timedelta(0)
    day, last = local_date(a), local_date(b)
    while day <= last:
        found = window(day, hours)
        if found is not None:
            total += max(timedelta(0), min(b, found[1]) - max(a, found[0]))
        day += timedelta(days=1)
    return total


def promise(now: datetime, hours: OpeningHours, *, urgent: bool = False) -> datetime:
    """By when a human answers a message written at ``now``. The rule is at the top of this module."""
    now = utc(now)
    opens = next_open(now, hours)
    first = local_date(opens) if opens > now else next_working_day(local_date(now), hours)
    ordinary = min(_around_noon(first, hours), _to_quarter(add_working_time(now, hours, ORDINARY)))
    if not urgent:
        return ordinary
    return min(ordinary, _to_quarter(add_working_time(now, hours, URGENT)))


def _around_noon(day: date, hours: OpeningHours) -> datetime:
    opens, closes = next(_windows(day, hours))
    return min(closes, max(instant(day, NOON), opens + URGENT))


def _to_quarter(moment: datetime) -> datetime:
    over = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + _QUARTER if over else moment


def alert_deadline(raised_at: datetime, hours: OpeningHours, kind: Literal["read_now", "follow_up"]) -> datetime:
    """By when a named human acknowledges an alert, before it goes to the next.

    ``read_now``: one working hour. ``follow_up``: closing time of the first working day after the local date it was
    raised. Raises ``ValueError`` for any other kind.
    """
    if kind == "read_now":
        return add_working_time(raised_at, hours, READ_NOW)
    if kind == "follow_up":
        return next(_windows(local_date(raised_at) + timedelta(days=1), hours))[1]
    raise ValueError("an alert is read_now or follow_up")


@dataclass(frozen=True, slots=True)
class Absence:
    """Local dates, both included, on which a member of staff answers nobody. ``Invalid`` if they are in reverse."""

    staff_id: Hashable
    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise Invalid("dates_order", "last_day")

    def covers(self, day: date) -> bool:
        """True from the first day to the last, both included."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Duty:
    """Local dates, both included, on which a member of staff holds the duty. ``Invalid`` if they are in reverse."""

    staff_id: Hashable
    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise Invalid("dates_order", "last_day")

    def covers(self, day: date) -> bool:
        """True from the first day to the last, both included."""
        return self.first_day <= day <= self.last_day


def is_absent(day: date, staff_id: Hashable, absences: Iterable[Absence]) -> bool:
    """True if any of the absences is this person's and covers the day."""
    return any(absence.staff_id == staff_id and absence.covers(day) for absence in absences)


def stand_in(
    day: date, caseworker_id: Id | None, substitute_id: Id | None, absences: Iterable[Absence], duty_holder_id: Id
) -> Id:
    """Who answers on that day: the caseworker unless absent or missing, then the substitute, then the duty holder.

    The duty holder is the last resort and is given even when listed as absent: better somebody than nobody.
    """
    known = tuple(absences)
    for staff_id in (caseworker_id, substitute_id):
        if staff_id is not None and not is_absent(day, staff_id, known):
            return staff_id
    return duty_holder_id


def duty_holder(now: datetime, planned: Sequence[Id], signed_in: Collection[Id]) -> Id | None:
    """Who holds the duty at this moment, of those planned for the local date, in the plan's order.

    The first planned, until 10:00 local. From then on the first planned who has signed in that day; if nobody has,
    the first planned still holds it. None if nobody is planned.
    """
    if not planned:
        return None
    if local_time(now) < SIGNED_IN_BY:
        return planned[0]
    return next((staff_id for staff_id in planned if staff_id in signed_in), planned[0])
