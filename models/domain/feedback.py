"""Feedback: what it is about, who may read it, and how far the loop has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from models.domain import promises
from models.domain.errors import Invalid, Stale
from models.domain.promises import OpeningHours
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
    WITHDRAWN = "withdrawn"


_NEXT: Final[dict[State, frozenset[State]]] = {
    State.SAID: frozenset({State.SEEN, State.WITHDRAWN}),
    State.SEEN: frozenset({State.ANSWERED}),
    State.ANSWERED: frozenset({State.DONE, State.EXPLAINED}),
    State.DONE: frozenset(),
    State.EXPLAINED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
_ORDER: Final = {
    State.SAID: 0, State.SEEN: 1, State.ANSWERED: 2, State.DONE: 3, State.EXPLAINED: 3, State.WITHDRAWN: 3
}  # fmt: skip
#: From the widest to the narrowest: each is read by fewer than the one before.
_WIDTH: Final = (Audience.CASEWORKER, Audience.SOMEONE_ELSE, Audience.STATISTICS)
#: How long after an answer the person hears what came of it, at the latest.
CLOSED_WITHIN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the desk who may have feedback to answer."""

    staff_id: str
    role: Role
    duty: bool = False


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


def who_has_it(
    audience: Audience,
    desk: Iterable[Colleague],
    *,
    caseworker_id: str | None,
    substitute_id: str | None,
    away: Collection[str] = (),
    lead: bool = False,
) -> str | None:
    """Who has it to answer, of those on the desk (accounts that are open) who may read it; None where nobody may.

    CASEWORKER: the caseworker, else the substitute, else a coordinator; whoever is ``away`` comes last. SOMEONE_ELSE,
    and ``lead`` (it did not help twice): a coordinator who is not close to the person, rather one on duty; with
    ``lead`` the caseworker where there is none.
    """
    close = [one for one in (caseworker_id, substitute_id) if one is not None]

    def rank(one: Colleague) -> tuple[bool, int, bool, str]:
        nearness = close.index(one.staff_id) if one.staff_id in close else len(close)
        if lead:
            nearness = -nearness
        return one.staff_id in away, nearness, not one.duty, one.staff_id

    able = [
        one
        for one in desk
        if may_read(
            audience,
            viewer_is_caseworker=one.staff_id == caseworker_id,
            viewer_role=one.role,
            viewer_is_substitute=one.staff_id == substitute_id,
        )
    ]
    return min(able, key=rank).staff_id if able else None


def narrower(audience: Audience) -> tuple[Audience, ...]:
    """The audiences that fewer read: what was said may be kept from somebody afterwards, never shown to more."""
    return _WIDTH[_WIDTH.index(audience) + 1 :]


def narrow(state: State, audience: Audience, to: Audience) -> Audience:
    """Change who may see it, while nobody has.

    Raises Stale ("feedback.seen") once somebody has seen it, Invalid ("feedback.wider") where more would read it.
    """
    if state is not State.SAID:
        raise Stale("feedback.seen")
    if to not in narrower(audience):
        raise Invalid("feedback.wider")
    return to


def withdraw(state: State) -> State:
    """Take it back, while nobody has seen it. Raises Stale ("feedback.seen") once somebody has."""
    if state not in {State.SAID, State.WITHDRAWN}:
        raise Stale("feedback.seen")
    return State.WITHDRAWN


def may_reopen(state: State, audience: Audience, times: int) -> bool:
    """May the person say that the answer did not help? Once to whoever answered; then, where that was the caseworker,
    once more to a coordinator. ``times``: how often it was said before.
    """
    if state not in {State.ANSWERED, State.DONE, State.EXPLAINED}:
        return False
    return times < (2 if audience is Audience.CASEWORKER else 1)


def reopen(state: State, audience: Audience, times: int) -> State:
    """It did not help: said again. Raises Stale ("feedback.moved_on") where that was said too often, or too early."""
    if not may_reopen(state, audience, times):
        raise Stale("feedback.moved_on")
    return State.SAID


def goes_to_lead(times: int) -> bool:
    """True if the answer did not help for the second time: then a coordinator has it."""
    return times >= 2


def closing_due(now: datetime, hours: OpeningHours) -> datetime:
    """By when the person hears what came of an answer given at ``now``."""
    return promises.promise(now + CLOSED_WITHIN - timedelta(days=1), hours)


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
