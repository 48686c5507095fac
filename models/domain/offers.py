"""An offer's life: made, published, answered, running, ended. The young person answers; the municipality does the rest.

DRAFT ── publish ──► PUBLISHED ── yes ──► ACCEPTED ── start ──► STARTED ⇄ PAUSED ── end ──► ENDED
                      │  ▲  ▲└── no ───► DECLINED ── regret ─┐
                      │  │  └──────────── regret ◄───────────┘   (also from ACCEPTED and CHANGE_ASKED)
                      │  └── revise ◄── CHANGE_ASKED ◄── change
                      └── withdraw ──► WITHDRAWN
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from models.domain.errors import Invalid, Stale
from models.domain.localtime import local_date


class OfferState(StrEnum):
    """Where an offer is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CHANGE_ASKED = "change_asked"
    STARTED = "started"
    PAUSED = "paused"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What a young person can press."""

    YES = "yes"
    NO = "no"
    CHANGE = "change"
    ASK = "ask"
    REGRET = "regret"


class WishState(StrEnum):
    """Where a wish to hear about something in the range is. Only a waiting one starts or keeps a promise."""

    WAITING = "waiting"
    OFFERED = "offered"
    EXPLAINED = "explained"
    TAKEN_BACK = "taken_back"


#: What an offer says, field by field, in the order in which it is read.
FIELDS: Final = ("title", "what", "with_whom", "how_often", "starts", "where", "purpose", "next_meeting")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an offer that says something else now; "" stands for nothing."""

    field: str
    before: str
    after: str


class PriceUnit(StrEnum):
    """What a price is for."""

    HOUR = "hour"
    WEEK = "week"
    MONTH = "month"
    ONCE = "once"


#: A start, a pause or an end may be written down so late, and planned so far ahead.
_LATE_AT_MOST: Final = timedelta(days=3 * 366)
_AHEAD_AT_MOST: Final = timedelta(days=92)
_KRONER: Final = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,7})(?:,(\d{1,2}))?")
#: Above this a price is a slip of the hand.
_DEAREST: Final = 100_000_000
MOST_PLACES: Final = 9_999

_S: Final = OfferState
_AVAILABLE: Final[dict[OfferState, tuple[Answer, ...]]] = {
    _S.DRAFT: (),
    _S.PUBLISHED: (Answer.YES, Answer.CHANGE, Answer.NO, Answer.ASK),
    _S.CHANGE_ASKED: (Answer.YES, Answer.CHANGE, Answer.NO, Answer.ASK, Answer.REGRET),
    _S.ACCEPTED: (Answer.REGRET, Answer.ASK),
    _S.DECLINED: (Answer.REGRET, Answer.ASK),
    _S.STARTED: (Answer.ASK,),
    _S.PAUSED: (Answer.ASK,),
    _S.ENDED: (),
    _S.WITHDRAWN: (),
}
_BECOMES: Final = {
    Answer.YES: _S.ACCEPTED,
    Answer.NO: _S.DECLINED,
    Answer.CHANGE: _S.CHANGE_ASKED,
    Answer.REGRET: _S.PUBLISHED,
}
_AGAIN: Final = frozenset(
    {
        (_S.ACCEPTED, Answer.YES),
        (_S.STARTED, Answer.YES),
        (_S.PAUSED, Answer.YES),
        (_S.DECLINED, Answer.NO),
        (_S.CHANGE_ASKED, Answer.CHANGE),
        (_S.PUBLISHED, Answer.REGRET),
    }
)
_OPEN_TO_EDIT: Final = frozenset({_S.PUBLISHED, _S.CHANGE_ASKED, _S.DECLINED, _S.ACCEPTED})


def available_answers(state: OfferState) -> tuple[Answer, ...]:
    """The buttons under the offer, in the order they are shown."""
    return _AVAILABLE[state]


def answer(state: OfferState, answer: Answer, *, now: datetime, until: date) -> OfferState:
    """The state after the young person's answer. ``until`` is the 23rd birthday: from that day, Copenhagen time, only
    ASK is open.

    The same answer again (a double tap, a second phone) changes nothing. ASK opens a thread and leaves the state.
    REGRET takes a yes, a no or a wish back: the offer stands as published, to be answered anew.
    Raises Invalid ("offer.draft") for an offer nobody has been shown, Stale ("offer.closed") if the offer has moved on,
    Stale ("offer.too_late") from the birthday on.
    """
    if state is _S.DRAFT:
        raise Invalid("offer.draft")
    if (state, answer) in _AGAIN:
        return state
    if answer not in _AVAILABLE[state]:
        raise Stale("offer.closed")
    if answer is Answer.ASK:
        return state
    if local_date(now) >= until:
        raise Stale("offer.too_late")
    return _BECOMES[answer]


def publish(state: OfferState) -> OfferState:
    """Show a draft to the young person. Twice changes nothing. Raises Stale ("offer.moved_on") otherwise."""
    return _move(state, frozenset({_S.DRAFT}), _S.PUBLISHED)


def revise(state: OfferState) -> OfferState:
    """Change what is offered. A draft stays a draft; what was published or answered is published anew and asked again.

    A running offer keeps running: the change is told, not asked, and the caller says so. Raises Stale
    ("offer.moved_on") when it is over.
    """
    if state in {_S.DRAFT, _S.STARTED, _S.PAUSED}:
        return state
    return _move(state, _OPEN_TO_EDIT, _S.PUBLISHED)


def is_running(state: OfferState) -> bool:
    """True once it has begun and is not over: a change is then told, not asked."""
    return state in {_S.STARTED, _S.PAUSED}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """What a revision changed, field by field in reading order. White space around or inside a value changes nothing,
    a field left out is an empty one, and a field that is not read (not in `FIELDS`) is no change.
    """
    found = ((field, before.get(field, ""), after.get(field, "")) for field in FIELDS)
    return tuple(Change(field, old, new) for field, old, new in found if old.split() != new.split())


def may_wish(now: datetime, until: date) -> bool:
    """True before the 23rd birthday, Copenhagen time: what the range holds can be asked for."""
    return local_date(now) < until


def settle_wish(state: WishState, to: WishState) -> WishState:
    """The wish answered (an offer, or why not) or taken back. The same again changes nothing; Stale ("wish.settled")
    when it has ended another way.
    """
    if state is to:
        return state
    if state is not WishState.WAITING:
        raise Stale("wish.settled")
    return to


def start(state: OfferState) -> OfferState:
    """Begin an accepted offer, or go on after a pause. Raises Stale ("offer.moved_on") otherwise: nothing starts
    without a yes.
    """
    return _move(state, frozenset({_S.ACCEPTED, _S.PAUSED}), _S.STARTED)


def pause(state: OfferState) -> OfferState:
    """Pause a running offer. Raises Stale ("offer.moved_on") otherwise."""
    return _move(state, frozenset({_S.STARTED}), _S.PAUSED)


def end(state: OfferState) -> OfferState:
    """End an offer that has been running. Raises Stale ("offer.moved_on") otherwise."""
    return _move(state, frozenset({_S.STARTED, _S.PAUSED}), _S.ENDED)


def check_day(day: date, today: date, *, started_on: date | None = None) -> None:
    """Raise Invalid for a day from which nothing can sensibly count: too far back or ahead, or before the start."""
    if not today - _LATE_AT_MOST <= day <= today + _AHEAD_AT_MOST:
        raise Invalid("offer_day", "on")
    if started_on is not None and day < started_on:
        raise Invalid("offer_day_before_start", "on")


def read_kroner(words: str) -> int | None:
    """A price as people write it ("1.250,50") in øre; None for nothing. Raises Invalid for what is no price."""
    if not words:
        return None
    found = _KRONER.fullmatch(words.replace(" ", "").removesuffix("kr.").removesuffix("kr"))
    price = -1 if found is None else int(found[1].replace(".", "")) * 100 + int((found[2] or "0").ljust(2, "0"))
    if not 0 <= price <= _DEAREST:
        raise Invalid("price_unreadable", "price")
    return price


def free_places(capacity: int | None, running: int) -> int | None:
    """How many more can have it; None where nobody has said how many, never below 0."""
    return None if capacity is None else max(0, capacity - running)


def withdraw(state: OfferState) -> OfferState:
    """Take back what has not started. A declined offer is not withdrawn: its door stays open until the 23rd
    birthday.
    """
    return _move(state, frozenset({_S.DRAFT, _S.PUBLISHED, _S.CHANGE_ASKED, _S.ACCEPTED}), _S.WITHDRAWN)


def is_waiting(state: OfferState) -> bool:
    """True while the young person has been asked and has not answered."""
    return state is _S.PUBLISHED


def counts_as_offered(state: OfferState) -> bool:
    """True if the person has been shown it; a withdrawn offer may have been, so its publication date decides there."""
    return state not in {_S.DRAFT, _S.WITHDRAWN}


def waiting_days(published_at: datetime, now: datetime) -> int:
    """Days in Copenhagen since it was published: 0 on the day itself, never below 0."""
    return max(0, (local_date(now) - local_date(published_at)).days)


def _move(state: OfferState, allowed: frozenset[OfferState], to: OfferState) -> OfferState:
    if state is to:
        return state
    if state not in allowed:
        raise Stale("offer.moved_on")
    return to
