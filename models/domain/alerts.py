"""Alerts: why a named human should look, by when, and that looking does not close it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from models.domain.errors import Invalid, Stale
from models.domain.scoring import Who5Band, who5_band


class AlertKind(StrEnum):
    """How soon."""

    READ_NOW = "read_now"
    FOLLOW_UP = "follow_up"


class Reason(StrEnum):
    """Why. Stored and shown as a code; never with the person's words."""

    CRISIS_WORDS = "crisis_words"
    CANNOT_WAIT = "cannot_wait"
    BROKEN_PROMISE = "broken_promise"
    UNHEARD = "unheard"
    LOW_WELLBEING = "low_wellbeing"
    FALLING_WELLBEING = "falling_wellbeing"
    BLOCKED = "blocked"
    NO_CONTACT = "no_contact"
    WANTS_ERASURE = "wants_erasure"


class AlertState(StrEnum):
    """Open until a named human has acknowledged it, closed when what was done is written down."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


_READ_NOW: Final = frozenset({Reason.CRISIS_WORDS, Reason.CANNOT_WAIT, Reason.BROKEN_PROMISE, Reason.UNHEARD})
_WELLBEING: Final = frozenset({Reason.LOW_WELLBEING, Reason.FALLING_WELLBEING})
_SILENCE: Final = "silence:"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a WHO-5 score, or silence, asks for a follow-up, as a municipality has decided it within bounds.

    ``low``: that score or less (28-50: 28 is a score in the range of depression, above 50 nobody is at risk).
    ``fall``: that much less than before, at 50 or less (10-30: less than 10 is noise).
    ``silence``: that many days without a word (30-120: a quiet month is nobody's business, after a third of a year
    somebody may be lost). Raises ``Invalid`` outside.
    """

    low: int = 35
    fall: int = 10
    silence: int = 60
    USUAL: ClassVar[Thresholds]

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise Invalid(f"threshold_{name}", name)

    @classmethod
    def from_plain(cls, plain: object) -> Thresholds:
        """As a municipality keeps them; the usual ones where it has decided nothing."""
        chosen = plain if isinstance(plain, dict) else {}
        return cls(**{name: int(chosen[name]) for name in BOUNDS if name in chosen})


#: Threshold -> the least and the most a municipality may choose.
BOUNDS: Final = {"low": (28, 50), "fall": (10, 30), "silence": (30, 120)}
Thresholds.USUAL = Thresholds()
#: So long somebody has had to answer what was sent or asked, before not answering is silence.
TIME_TO_ANSWER: Final = timedelta(days=14)


def kind_of(reason: Reason) -> AlertKind:
    """Read now: words of crisis, "it can't wait", a broken promise, sound nobody has opened. Follow up: the rest."""
    return AlertKind.READ_NOW if reason in _READ_NOW else AlertKind.FOLLOW_UP


def is_low(score: int) -> bool:
    """True if a WHO-5 score is low enough to bring help up gently, alert or not. Raises ValueError outside 0-100."""
    return who5_band(score) is Who5Band.HIGH


def from_who5(
    score: int, previous: int | None, *, follow_up_open: bool, thresholds: Thresholds | None = None
) -> Reason | None:
    """The reason to follow up on a WHO-5 score (0-100), or None.

    Low: 35 or less, or what the municipality has decided. Falling: at least 10 less (or what it has decided) than
    ``previous`` (the score before, None if there is none) and 50 or less. Silent while a follow-up on wellbeing is
    open. Raises ValueError outside 0-100.
    """
    band, chosen = who5_band(score), thresholds or Thresholds.USUAL
    if follow_up_open:
        return None
    if score <= chosen.low:
        return Reason.LOW_WELLBEING
    if previous is not None and band is not Who5Band.NOT_RAISED and previous - score >= chosen.fall:
        return Reason.FALLING_WELLBEING
    return None


def is_raised(reason: Reason, *, same_reason_open: bool, follow_up_open: bool, paused: bool) -> bool:
    """Does this reason raise a new alert now?

    Words of crisis, and the other reasons to read now, always do. Wellbeing and no contact are silent while a follow-up
    is open: somebody is at it. Blocked is raised once; someone who ``paused`` is not "no contact".
    """
    if kind_of(reason) is AlertKind.READ_NOW:
        return True
    if reason is Reason.NO_CONTACT and paused:
        return False
    if reason in _WELLBEING | {Reason.NO_CONTACT} and follow_up_open:
        return False
    return not same_reason_open


def is_silence(now: datetime, heard_at: datetime, spoken_at: datetime | None, *, days: int) -> bool:
    """True if nothing was heard from somebody for ``days``, although something was sent or asked meanwhile.

    ``heard_at``: when they last wrote, answered or pressed anything, or were met or talked with. ``spoken_at``: when
    something was first sent to them or asked of them after that (None: nothing was); they had time to answer it.
    """
    return now - heard_at >= timedelta(days=days) and spoken_at is not None and now - spoken_at >= TIME_TO_ANSWER


def silence_since(about: str) -> date | None:
    """The local day on which somebody was last heard from, of an alert about a silence; None of any other."""
    day = about.removeprefix(_SILENCE)
    return date.fromisoformat(day) if about.startswith(_SILENCE) else None


def about_silence(heard_on: date) -> str:
    """What an alert about a silence is about: the day they were last heard from, so that each is raised once."""
    return f"{_SILENCE}{heard_on.isoformat()}"


def subject(reason: Reason, about: str) -> str | None:
    """What a broken promise was about, whichever day it broke again: the message or feedback. None of other alerts:
    each of them stands for itself."""
    return about.partition(":")[0] if reason is Reason.BROKEN_PROMISE else None


def may_acknowledge(state: AlertState) -> bool:
    """True while nobody has taken it."""
    return state is AlertState.OPEN


def may_close(state: AlertState, done: str) -> bool:
    """True if somebody has taken it and ``done`` says what was done. Reading, or only taking it, does not close it."""
    return state is AlertState.ACKNOWLEDGED and any(c.isalnum() for c in done)


def acknowledge(state: AlertState) -> AlertState:
    """A named human takes it. Raises Stale ("alert.taken") if somebody already has: the page then shows who."""
    if not may_acknowledge(state):
        raise Stale("alert.taken")
    return AlertState.ACKNOWLEDGED


def close(state: AlertState, done: str) -> AlertState:
    """Close it with what was done written down.

    Raises Stale ("alert.closed") if it is closed, Invalid ("alert.not_taken") before anybody has taken it,
    Invalid ("alert.what_was_done") if nothing is written.
    """
    if state is AlertState.CLOSED:
        raise Stale("alert.closed")
    if state is AlertState.OPEN:
        raise Invalid("alert.not_taken")
    if not may_close(state, done):
        raise Invalid("alert.what_was_done", field="done")
    return AlertState.CLOSED


def escalates(now: datetime, deadline: datetime, acknowledged_at: datetime | None) -> bool:
    """True if nobody took it by the deadline, so it goes to the next. Once taken, however late, it does not go
    further.
    """
    return acknowledged_at is None and now >= deadline
