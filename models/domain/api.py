"""What outside systems may do: how long a token lives, how fast it may ask, which events are told and how often.

Nothing here knows a network or a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from models.domain.errors import Invalid

#: A token lives no longer than this; who needs one longer makes a new one.
LONGEST_TOKEN: Final = timedelta(days=365)
LONGEST_NAME: Final = 80
MOST_TOKENS: Final = 20
#: What a token begins with, so that one found where it does not belong is known for what it is.
TOKEN_PREFIX: Final = "hoert_"  # noqa: S105 (the beginning of every token, and no secret)

#: How many calls one token may make in one minute, over all processes.
CALLS: Final = 300
CALLS_WINDOW: Final = timedelta(minutes=1)

#: How long the answer to a POST is kept for whoever sends the same key again.
KEPT: Final = timedelta(hours=24)


class Event(StrEnum):
    """What a webhook can be told of. Nothing but ids goes with it."""

    MESSAGE_RECEIVED = "message.received"
    THREAD_ASSIGNED = "thread.assigned"
    ALERT_RAISED = "alert.raised"
    ALERT_CLOSED = "alert.closed"
    OFFER_ANSWERED = "offer.answered"
    PERSON_LEFT = "person.left"
    PERSON_ERASED = "person.erased"
    WEBHOOK_TEST = "webhook.test"


#: What an event is about: the resource its id belongs to.
ABOUT: Final = {
    Event.MESSAGE_RECEIVED: "thread", Event.THREAD_ASSIGNED: "thread",
    Event.ALERT_RAISED: "alert", Event.ALERT_CLOSED: "alert", Event.OFFER_ANSWERED: "offer",
    Event.PERSON_LEFT: "person", Event.PERSON_ERASED: "person", Event.WEBHOOK_TEST: "webhook",
}  # fmt: skip
#: What a webhook may be registered for; the test is sent on demand.
EVENTS: Final = tuple(event for event in Event if event is not Event.WEBHOOK_TEST)

MOST_WEBHOOKS: Final = 10
LONGEST_ADDRESS: Final = 400
#: After so long without success nothing more is tried, and the administrator is told.
GIVE_UP: Final = timedelta(days=3)
#: How long one process has a webhook to itself; it takes it anew before each call, which may last `PATIENCE` seconds.
LEASE: Final = timedelta(seconds=60)
PATIENCE: Final = 10.0
#: What was told, or never could be, is forgotten after this.
REMEMBERED: Final = timedelta(days=7)
_FIRST_WAIT: Final = timedelta(seconds=10)
_LONGEST_WAIT: Final = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From when until when a token may be used."""

    made_at: datetime
    expires_at: datetime


def lifetime(made_at: datetime, expires_at: datetime) -> Lifetime:
    """The life of a new token. Raises Invalid for one that is over already, or longer than a year."""
    if expires_at <= made_at:
        raise Invalid("token_expiry_past", "expires")
    if expires_at > made_at + LONGEST_TOKEN:
        raise Invalid("token_expiry_far", "expires")
    return Lifetime(made_at, expires_at)


def token_name(name: str) -> str:
    """What a token is called. Raises Invalid for nothing, or more than a line."""
    said = " ".join(name.split())
    if not said:
        raise Invalid("token_name_missing", "name")
    if len(said) > LONGEST_NAME:
        raise Invalid("token_name_long", "name")
    return said


def seconds_left(begun_at: datetime, now: datetime) -> int:
    """How long a token that has asked too often waits: until the minute that runs is over, one second at least."""
    return max(1, int((begun_at + CALLS_WINDOW - now).total_seconds()) + 1)


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many failures in a row: ten seconds, doubled each time, four hours at most."""
    return min(_FIRST_WAIT * int(2 ** min(max(tries - 1, 0), 20)), _LONGEST_WAIT)


def gives_up(failing_since: datetime, now: datetime) -> bool:
    """Whether it has failed for so long that nothing more is tried."""
    return now - failing_since >= GIVE_UP


def signed_part(timestamp: int, body: bytes) -> bytes:
    """What the signature of a webhook is made over: the second it was sent, a full stop, the body."""
    return str(timestamp).encode() + b"." + body
