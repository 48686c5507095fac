"""Who is in the target group, on what day, and which dates follow from a birth date.

Someone born on 29 February has their birthday on 1 March in years without that day: the year of life is complete
when the day they were born has passed, and nobody loses a day of rights by it at 18 or gains an early goodbye at 23.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from models.domain.localtime import instant, local_date

ADULT_AT = 18
LEAVES_AT = 23
#: Whoever was not heard from for so long stands on Today.
QUIET = timedelta(days=30)


class Group(StrEnum):
    """Why a person is in the target group: placed outside the home, or with a fixed contact person, up to 18."""

    PLACED = "placed"
    CONTACT_PERSON = "contact_person"


class Aftercare(StrEnum):
    """Whether a person has aftercare. ``NO``: none decided; ``DECLINED``: offered, and they said no, for now."""

    YES = "yes"
    NO = "no"
    DECLINED = "declined"


class Registered(Protocol):
    """What ``population`` reads of a row: any object with these attributes will do."""

    @property
    def birth(self) -> date:
        """The date of birth."""
        ...

    @property
    def entered_on(self) -> date:
        """The first day on this register."""
        ...

    @property
    def left_on(self) -> date | None:
        """The first day no longer on it, or None."""
        ...

    @property
    def erased_at(self) -> datetime | None:
        """When the person was erased, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a municipality's register, with no more of the person than counting needs.

    ``entered_on`` is the first day on this register, ``left_on`` the first day no longer (moved), or None.
    """

    key: Hashable
    birth: date
    entered_on: date
    left_on: date | None = None
    erased_at: datetime | None = None


Row = TypeVar("Row", bound=Registered)


def age_on(birth: date, day: date) -> int:
    """Whole years lived on that day; negative before birth. Never raises."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def birthday(birth: date, age: int) -> date:
    """The day the person becomes ``age``: 1 March for someone born on 29 February if the year has no such day."""
    year = birth.year + age
    if (birth.month, birth.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return date(year, birth.month, birth.day)


def months_before(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def in_target_group(birth: date, day: date) -> bool:
    """True from the 18th birthday to the day before the 23rd. A check-in counts by the day it was started."""
    return ADULT_AT <= age_on(birth, day) < LEAVES_AT


def population(rows: Iterable[Row], day: date) -> list[Row]:
    """Those of one municipality's rows that are in the target group on ``day``, in the order given.

    Left out: entered after that day, moved on or before it, erased at any time. With or without aftercare, in the chat
    or not. The length of this is N of every figure (``measures.md`` §2).
    """
    return [
        row
        for row in rows
        if row.erased_at is None
        and row.entered_on <= day
        and (row.left_on is None or day < row.left_on)
        and in_target_group(row.birth, day)
    ]


def adult_on(birth: date) -> date:
    """The 18th birthday, from which a person can be invited."""
    return birthday(birth, ADULT_AT)


def offer_deadline(birth: date) -> date:
    """The last day to decide on aftercare: six months before 18 (barnets lov § 111). Also when the register begins."""
    return months_before(adult_on(birth), 6)


def leaves_at(birth: date) -> date:
    """The 23rd birthday: the first day the person is no longer in the target group."""
    return birthday(birth, LEAVES_AT)


def goodbye_from(birth: date) -> date:
    """The day the person is told that 23 is near: three months before."""
    return months_before(leaves_at(birth), 3)


# --- turning 23 -----------------------------------------------------------------------------------------------------

#: The hour of the day (Copenhagen) for what is said about leaving: never the midnight on which somebody turns 23.
SAID_AT = time(10)
#: A goodbye does not follow upon a conversation like a door that shuts.
AFTER_TALK = timedelta(hours=24)
#: For so long a conversation that goes on keeps the chat open; what a human owes keeps it open until it is done.
TALK_AT_MOST = timedelta(days=14)


class Farewell(StrEnum):
    """How near the 23rd birthday is: told three months before, asked one month before, a goodbye on the day."""

    SOON = "soon"
    MONTH = "month"
    GOODBYE = "goodbye"


def asked_from(birth: date) -> date:
    """The day the person is told again, and asked for what comes after: one month before 23."""
    return months_before(leaves_at(birth), 1)


def said_at(day: date) -> datetime:
    """The decent hour of a day on which something about leaving is said."""
    return instant(day, SAID_AT)


def farewell(birth: date, now: datetime) -> Farewell | None:
    """What is to be said by now about leaving; only the last thing counts for somebody who came late."""
    for stage, day in (
        (Farewell.GOODBYE, leaves_at(birth)),
        (Farewell.MONTH, asked_from(birth)),
        (Farewell.SOON, goodbye_from(birth)),
    ):
        if now >= said_at(day):
            return stage
    return None


def has_left(birth: date, now: datetime) -> bool:
    """True from the midnight (Copenhagen) on which the 23rd birthday begins."""
    return local_date(now) >= leaves_at(birth)


def may_close(birth: date, now: datetime, *, last_said: datetime | None, owed: bool) -> bool:
    """Whether the chat of somebody who has turned 23 may be closed now.

    Never while a human owes an answer or has an alert to finish (``owed``), never at night, and not within a day of
    the last message, as long as that goes on for no more than two weeks.
    """
    if owed or farewell(birth, now) is not Farewell.GOODBYE:
        return False
    today = local_date(now)
    if not said_at(today) <= now < instant(today, time(20)):
        return False
    if last_said is None or now >= said_at(leaves_at(birth)) + TALK_AT_MOST:
        return True
    return now >= last_said + AFTER_TALK


_SPELT = str.maketrans({"ä": "æ", "ö": "ø"})


def same_name(one: str, other: str) -> bool:
    """Whether two whole names are the same for somebody who looks for one: capitals, spaces, aa for å apart."""
    return _plain_name(one) == _plain_name(other) != ""


def _plain_name(name: str) -> str:
    return " ".join(name.casefold().replace("aa", "å").translate(_SPELT).split())
