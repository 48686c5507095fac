"""Three a week at most, never in quiet hours, never in a pause: over everything the bot begins, whatever happens."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.actions import checkins, consent, letters
from models.actions.letters import Taken
from models.domain import delivery
from models.domain.consent import NEEDS, Purpose
from models.domain.letters import KINDS
from models.domain.people import YoungPerson
from models.domain.rhythm import WEEKLY_CAP, in_quiet_hours, may_start, paused
from models.tables.register import Person
from models.transactions import HOUSE, Scope, atomic
from tests.actions.rows import change, nothing_to_see, one

WEEK = timedelta(days=7)
STARTS = sorted(name for name, rule in KINDS.items() if rule.starts)


def most_in_a_week(begun: Iterable[tuple[datetime, int]]) -> int:
    """The most different letters that fell within any seven days."""
    found = sorted(begun)
    return max((len({which for at, which in found if first <= at < first + WEEK}) for first, _ in found), default=0)


@given(st.lists(st.integers(-10 * 24, 5 * 24), max_size=80))
def test_no_seven_days_ever_hold_more_than_three_also_when_the_clock_goes_back(moves: list[int]) -> None:
    now, begun = datetime(2026, 11, 17, tzinfo=UTC), list[datetime]()
    for hours in moves:
        now += timedelta(hours=hours)
        if may_start(now, begun):
            begun.append(now)
    assert most_in_a_week((at, number) for number, at in enumerate(begun)) <= WEEKLY_CAP


@dataclass
class Year:
    """A year of one person's life with the bot, played by dice; the truth is written down at the door."""

    person: YoungPerson
    dice: random.Random
    now: datetime
    said: list[tuple[datetime, int]] = field(default_factory=list)
    wishes: Iterator[str] = field(default_factory=lambda: itertools.cycle(STARTS))

    async def begin_something(self) -> None:
        """Some journey wants to say something by itself."""
        kind = next(self.wishes)
        hours = self.dice.choice((None, 5, 60))
        await letters.post(
            self.person, kind, person_id=self.person.person_id, key=f"{kind}:{self.dice.random()}", now=self.now,
            not_after=self.now + timedelta(hours=hours) if hours else None,
        )  # fmt: skip

    async def change_their_mind(self) -> None:
        """The person pauses, stops, comes back, says yes or no, wants other quiet hours."""
        match self.dice.randrange(9):
            case 0:
                await consent.pause(self.person, 1, now=self.now)
            case 1:
                await consent.stop(self.person, now=self.now)
            case 2:
                start, end = self.dice.randrange(24), self.dice.randrange(24)
                await checkins.choose_quiet(self.person, start, end, now=self.now)
            case 3:
                purpose, on = self.dice.choice(list(Purpose)), self.dice.random() < 0.7
                await consent.choose_purpose(self.person, purpose, on=on, now=self.now)
            case _:
                await consent.start_again(self.person, now=self.now)
                await checkins.choose_quiet(self.person, 21, 9, now=self.now)
                for purpose in Purpose:
                    await consent.choose_purpose(self.person, purpose, on=True, now=self.now)

    async def deliver(self) -> None:
        """One sender's round: take what is due, send it, and the line may break."""
        for due in await letters.due(HOUSE, bot="webchat", now=self.now):
            taken = await letters.take(HOUSE, due.letter_id, nothing_to_see, now=self.now, real_now=self.now)
            if not isinstance(taken, Taken):
                continue
            if KINDS[taken.kind].starts:
                await self.write_down(taken)
            end = self.dice.choice((delivery.Sent(taken.letter_id), delivery.Sent(taken.letter_id),
                                    delivery.Unknown("reset"), delivery.NotSent("connect")))  # fmt: skip
            if isinstance(end, delivery.NotSent):
                self.said = [one for one in self.said if one != (self.now, taken.letter_id)]
            await letters.settle(HOUSE, taken.letter_id, end, now=self.now)

    async def write_down(self, taken: Taken) -> None:
        """It is on its way now: nobody may be asleep, resting or unwilling."""
        person = await one(Person, id=self.person.person_id)
        assert not in_quiet_hours(self.now, time(person.quiet_from), time(person.quiet_to))
        assert person.stopped_at is None
        assert not paused(self.now, person.paused_until)
        self.said.append((self.now, taken.letter_id))


async def test_a_year_of_everything_the_bot_may_begin_stays_within_three_a_week(
    amina: YoungPerson, now: datetime
) -> None:
    assert {KINDS[kind].needs for kind in STARTS} <= set(NEEDS)
    year = Year(amina, random.Random(2), now)
    await consent.choose_purpose(amina, Purpose.PANEL, on=True, now=now)
    while year.now < now + timedelta(days=365):
        year.now += timedelta(hours=year.dice.choice((-30, 20, 50, 90, 120)))
        for _ in range(year.dice.randrange(1, 4)):
            await year.begin_something()
        if year.dice.random() < 0.15:
            await year.change_their_mind()
        await asyncio.gather(year.deliver(), year.deliver())
        if year.dice.random() < 0.05:  # a sender dies in the middle, and the year goes on
            await letters.sweep(HOUSE, now=year.now, real_now=year.now + timedelta(minutes=5))
    assert most_in_a_week(year.said) == WEEKLY_CAP
    assert len(year.said) > 20


async def test_a_letter_that_may_have_arrived_counts_while_it_waits_for_another_try(
    amina: YoungPerson, now: datetime
) -> None:
    async def begin(number: int, at: datetime) -> int:
        made = await letters.post(amina, "checkin.invite", person_id=amina.person_id, key=f"k{number}", now=at)
        assert made is not None
        return made

    ids = [await begin(number, now) for number in range(3)]
    for number, letter_id in enumerate(ids):
        await letters.take(HOUSE, letter_id, nothing_to_see, now=now, real_now=now)
        end = delivery.Unknown("reset") if number == 0 else delivery.Sent(number)
        await letters.settle(HOUSE, letter_id, end, now=now)
    fourth = await begin(4, now)
    assert await letters.take(HOUSE, fourth, nothing_to_see, now=now, real_now=now) is None
    await change(Person, {"id": amina.person_id}, quiet_from=0, quiet_to=0)

    @atomic
    async def again(scope: Scope) -> datetime | None:
        person = await Person.get(id=amina.person_id)
        return await letters.begins_from(person, now + WEEK - timedelta(seconds=1))

    assert await again(HOUSE) == now + WEEK
