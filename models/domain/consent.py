"""What a young person has said yes to, purpose by purpose, and what that lets the bot do by itself.

Consent binds the bot's own initiative. What the person starts (writing, asking for the offer, pressing help), the
direct answer to it, crisis texts and a reply from a human to their message need none: they can never be lost to a tick.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

#: The version of the explanation and the purposes a consent was given to. Raised when their meaning changes.
VERSION = "1"


class Purpose(StrEnum):
    """One thing to say yes to; none is ticked beforehand."""

    MESSAGES = "messages"
    CHECKINS = "checkins"
    FIGURES = "figures"
    PANEL = "panel"
    FOLLOW_UP = "follow_up"


NOTHING: frozenset[Purpose] = frozenset()
EVERYTHING: frozenset[Purpose] = frozenset(Purpose)
#: The boxes of the consent screen, in order. Questions after the 23rd birthday are asked for when that is near.
ON_THE_SCREEN: tuple[Purpose, ...] = (Purpose.MESSAGES, Purpose.CHECKINS, Purpose.FIGURES, Purpose.PANEL)

#: Which purpose each thing needs; None needs none. A kind that is not here is not allowed.
NEEDS: Mapping[str, Purpose | None] = MappingProxyType(
    {
        # begun by the caseworker or about the case
        "message": Purpose.MESSAGES,
        "offer": Purpose.MESSAGES,
        "offer_reminder": Purpose.MESSAGES,
        "meeting": Purpose.MESSAGES,
        "meeting_reminder": Purpose.MESSAGES,
        "meeting_agreed": Purpose.MESSAGES,
        # begun by the clock
        "checkin": Purpose.CHECKINS,
        "checkin_reminder": Purpose.CHECKINS,
        "pulse": Purpose.CHECKINS,
        # the youth panel
        "panel_survey": Purpose.PANEL,
        "panel_reminder": Purpose.PANEL,
        "panel_result": Purpose.PANEL,
        "panel_said_done": Purpose.PANEL,
        # counting, at the moment a figure is computed
        "figures": Purpose.FIGURES,
        # answers to what the person did, and what must never be lost
        "answer": None,
        "receipt": None,
        "read": None,
        "reply": None,
        "promise_broken": None,
        "feedback_answer": None,
        "help": None,
        "crisis": None,
        "join": None,
        "stop": None,
        "rights": None,
        "goodbye": None,
        "moved": None,
        "new_caseworker": None,  # who reads what one writes is said to everybody
    }
)


def allows(purposes: frozenset[Purpose], what: str) -> bool:
    """True if a person who consented to ``purposes`` may get ``what`` (a key of ``NEEDS``).

    A kind nobody has thought through is refused, whatever was consented to.
    """
    if what not in NEEDS:
        return False
    needed = NEEDS[what]
    return needed is None or needed in purposes


def read_purposes(values: Iterable[str]) -> frozenset[Purpose]:
    """The stored words as purposes. A word no longer known is left out: it gives no consent."""
    known = {purpose.value: purpose for purpose in Purpose}
    return frozenset(known[value] for value in values if value in known)
