"""Whom of a panel a survey is sent to: all of it, or a part that can be told of without pointing at anybody.

A part is one half of one cut through the panel. Both halves have at least ten members, since what is known of the whole
and of one half is known of the other; and what one survey asks is asked along one cut only, for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from models.domain.disclosure import LEAST_BASE
from models.domain.register import age_on

#: The age at which the younger half of a panel ends, as in every breakdown of a figure.
OLDER_AT: Final = 20


class Whom(StrEnum):
    """Which half of which cut."""

    ALL = "all"
    YOUNGER = "younger"
    OLDER = "older"
    NEW = "new"  # joined since an earlier survey was closed
    ANSWERED = "answered"  # an earlier survey
    SILENT = "silent"  # did not answer it, or were not there


_OF_AGE: Final = frozenset({Whom.YOUNGER, Whom.OLDER})
_OF_EARLIER: Final = (Whom.NEW, Whom.ANSWERED, Whom.SILENT)


@dataclass(frozen=True, slots=True)
class Segment:
    """Whom a survey goes to; `earlier` is the sending of an earlier survey it is told by, or ""."""

    whom: Whom = Whom.ALL
    earlier: str = ""

    @property
    def code(self) -> str:
        """How a form names it."""
        return f"{self.whom.value}:{self.earlier}" if self.earlier else self.whom.value

    @property
    def by_age(self) -> bool:
        """Whether somebody's age decides."""
        return self.whom in _OF_AGE

    @property
    def cut(self) -> tuple[str, str]:
        """The cut it is a half of; "" is none. Those who answered and those who did not are halves of the same."""
        if self.by_age:
            return "age", ""
        if self.whom in {Whom.ANSWERED, Whom.SILENT}:
            return "answered", self.earlier
        return ("", "") if self.whom is Whom.ALL else ("joined", self.earlier)


EVERYBODY: Final = Segment()


@dataclass(frozen=True, slots=True)
class Part:
    """A segment in words' reach: the title of the earlier survey and when it was closed, where one tells it."""

    segment: Segment = EVERYBODY
    title: Mapping[str, str] = field(default_factory=dict)
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a member where a survey is sent: no name, and nothing they ever answered."""

    birth: date | None  # only where an age decides
    joined_at: datetime
    answered: frozenset[str]  # the earlier sendings they have answered


@dataclass(frozen=True, slots=True)
class Reached:
    """A segment and how many of the panel are in it and outside it."""

    segment: Segment
    inside: int
    outside: int

    @property
    def enough(self) -> bool:
        """Whether it may be asked by itself. All of them always may: what they answer is withheld where it is few."""
        return self.segment.whom is Whom.ALL or min(self.inside, self.outside) >= LEAST_BASE


def segments(earlier: Iterable[str]) -> tuple[Segment, ...]:
    """Every segment there is, the whole panel first, by these earlier sendings."""
    parts = [Segment(whom, sent) for sent in earlier for whom in _OF_EARLIER]
    return (EVERYBODY, Segment(Whom.YOUNGER), Segment(Whom.OLDER), *parts)


def belongs(segment: Segment, member: Standing, *, on: date, closed_at: datetime | None) -> bool:
    """Whether a member is in a segment on that day; `closed_at` is when the earlier survey was closed."""
    match segment.whom:
        case Whom.ALL:
            return True
        case Whom.YOUNGER | Whom.OLDER:
            return member.birth is not None and (age_on(member.birth, on) < OLDER_AT) == (segment.whom is Whom.YOUNGER)
        case Whom.NEW:
            return closed_at is not None and member.joined_at >= closed_at
        case Whom.ANSWERED:
            return segment.earlier in member.answered
        case Whom.SILENT:
            return segment.earlier not in member.answered


def one_cut(segment: Segment, before: Iterable[Segment]) -> bool:
    """Whether a survey that went to these before may go to this one: along the same cut, so that nobody's answers are
    left over when one result is taken from another."""
    return all(one.cut == segment.cut for one in before)
