"""Telling staff, away from the desk, that something waits: when, how often it is tried, and when it is given up."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from models.domain.localtime import local_date, local_time
from models.domain.promises import OpeningHours, window


class Channel(StrEnum):
    """By what."""

    MAIL = "mail"
    SMS = "sms"


class Kind(StrEnum):
    """An alert is told at once; everything else once, in the morning of a working day."""

    ALERT = "alert"
    DIGEST = "digest"


class Outcome(StrEnum):
    """What a try came to. ``NOT_NOW``: the server is away or says later. ``REFUSED``: it will never take this one.
    ``UNKNOWN``: it was given away and nobody answered, so it may have gone.
    """

    SENT = "sent"
    NOT_NOW = "not_now"
    UNKNOWN = "unknown"
    REFUSED = "refused"


DIGEST_AT: Final = time(8)
DIGEST_UNTIL: Final = time(15)
"""A digest that could not be made by then is not made: the day is over."""
LEASE: Final = timedelta(minutes=2)
GIVEN_UP: Final = timedelta(days=3)
_FIRST: Final = timedelta(seconds=30)
_LONGEST: Final = timedelta(minutes=30)


def next_try(tries: int, now: datetime) -> datetime:
    """When to try again after so many tries: half a minute, doubled each time, never more than half an hour."""
    doubled: int = 2 ** min(tries - 1, 10)
    return now + min(_FIRST * doubled, _LONGEST)


def digest_due(now: datetime, hours: OpeningHours) -> bool:
    """True in the morning and early afternoon of a working day, from eight o'clock on."""
    return DIGEST_AT <= local_time(now) < DIGEST_UNTIL and window(local_date(now), hours) is not None


def given_up(created_at: datetime, now: datetime, kind: Kind) -> bool:
    """True when telling it would come too late to mean anything: a digest the same day, an alert after three days."""
    if kind is Kind.DIGEST:
        return local_date(now) != local_date(created_at) or local_time(now) >= DIGEST_UNTIL
    return now - created_at >= GIVEN_UP
