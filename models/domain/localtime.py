"""Copenhagen wall time, and nothing else about time zones.

The database and every argument called ``now`` know UTC only; what a person reads or chooses is local. The two meet
here. On the autumn night, when 02:00–03:00 happens twice, a wall time means the first of the two. On the spring
night, when it does not happen, the time moves forward by the missing hour (02:30 becomes 03:30), on the same date.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def require_aware(dt: datetime) -> datetime:
    """The same instant, unchanged. Raises ``ValueError`` if it has no offset."""
    if dt.utcoffset() is None:
        raise ValueError("a moment without an offset: give an aware datetime")
    return dt


def utc(dt: datetime) -> datetime:
    """The same instant in UTC. Raises ``ValueError`` if it has no offset."""
    return require_aware(dt).astimezone(UTC)


def local(now: datetime) -> datetime:
    """The same instant on a clock in Copenhagen. Raises ``ValueError`` if it has no offset."""
    return require_aware(now).astimezone(COPENHAGEN)


def local_date(now: datetime) -> date:
    """The date in Copenhagen at that instant."""
    return local(now).date()


def local_time(now: datetime) -> time:
    """The time of day in Copenhagen at that instant, without zone and without fold."""
    return local(now).time().replace(fold=0)


def instant(day: date, at: time) -> datetime:
    """The instant, in UTC, at which clocks in Copenhagen show ``at`` on ``day``.

    The first of two in autumn, moved forward in the spring gap. Raises ``ValueError`` if ``at`` carries a zone.
    """
    if at.tzinfo is not None:
        raise ValueError("a wall time carries no zone: Copenhagen is meant")
    return datetime.combine(day, at.replace(fold=0), COPENHAGEN).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The local day as two UTC instants, the end not included; 23, 24 or 25 hours apart."""
    return instant(day, time(0)), instant(day + timedelta(days=1), time(0))


def days_later(moment: datetime, days: int) -> datetime:
    """The same wall time ``days`` local days later, in UTC: over a change of clocks that is not ``days`` × 24 hours."""
    return instant(local_date(moment) + timedelta(days=days), local_time(moment))
