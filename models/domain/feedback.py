"""Feedback: what it is about, who may read it, and how far the loop has come."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from models.domain.errors import Invalid, Stale
from models.domain.staff import Role


class About(StrEnum):
    """What the feedback is about; asked first."""

    OFFER = "offer"
    CASEWORKER = "caseworker"
    MEETING = "meeting"
    DECISION = "decision"
    SOMETHING_GOOD = "something_good"
    SOMETHING_ELSE = "something_else"


class Audience(StrEnum):
    """Who may see it; asked *before* the words are taken."""

    CASEWORKER = "caseworker"
    SOMEONE_ELSE = "someone_else"
    STATISTICS = "statistics"


class State(StrEnum):
    """How far the loop has come. Each step is dated and told to the person."""

    SAID = "said"
    SEEN = "seen"
    ANSWERED = "answered"
    DONE = "done"
    EXPLAINED = "explained"


_NEXT: Final[dict[State, frozenset[State]]] = {
    State.SAID: frozenset({State.SEEN}),
    State.SEEN: frozenset({State.ANSWERED}),
    State.ANSWERED: frozenset({State.DONE, State.EXPLAINED}),
    State.DONE: frozenset(),
    State.EXPLAINED: frozenset(),
}
_ORDER: Final = {State.SAID: 0, State.SEEN: 1, State.ANSWERED: 2, State.DONE: 3, State.EXPLAINED: 3}


def may_read(
    audience: Audience, *, viewer_is_caseworker: bool, viewer_role: Role, viewer_is_substitute: bool = False
) -> bool:
    """May this viewer read the words? The caller has already made sure that the person is within the viewer's
    municipality.

    ``viewer_is_caseworker``: the viewer is this person's caseworker; ``viewer_is_substitute``: looks after the
    caseworker's people now. CASEWORKER: both of them and the coordinator. SOMEONE_ELSE: the coordinator, unless the
    coordinator is the caseworker or the substitute. STATISTICS: nobody, as text.
    """
    close = viewer_is_caseworker or viewer_is_substitute
    if audience is Audience.CASEWORKER:
        return viewer_role is Role.COORDINATOR or (viewer_role is Role.CASEWORKER and close)
    if audience is Audience.SOMEONE_ELSE:
        return viewer_role is Role.COORDINATOR and not close
    return False


def has_reader(audience: Audience) -> bool:
    """True if somebody will read it, so that a loop begins and a promise is made. "Only as statistics" has no
    reader.
    """
    return audience is not Audience.STATISTICS


def next_states(state: State) -> frozenset[State]:
    """The steps that may follow."""
    return _NEXT[state]


def is_closed(state: State) -> bool:
    """True when the loop is closed, done or explained: then the person is asked if they felt heard in it."""
    return state in {State.DONE, State.EXPLAINED}


def move(state: State, to: State) -> State:
    """Take one step: said → seen → answered → done or explained. A step already taken a moment ago changes nothing.

    Raises Stale ("feedback.moved_on") for a step back or out of a closed loop, Invalid ("feedback.too_early") for a
    step skipped.
    """
    if to is state:
        return state
    if to in _NEXT[state]:
        return to
    if _ORDER[to] <= _ORDER[state]:
        raise Stale("feedback.moved_on")
    raise Invalid("feedback.too_early")
