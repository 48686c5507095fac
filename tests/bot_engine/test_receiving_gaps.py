"""After a gap: presses were lost after 150 seconds, messages after a day. 29 and 30 of the fault catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.receiving import Contact
from models.actions import checkins, consent, letters, receiving
from models.actions.receiving import AfterGap
from models.domain.instruments import instrument
from models.domain.people import YoungPerson
from models.queries.receiving import Lost, lost
from models.tables.audit import TrailEntry
from models.tables.checkins import CheckIn
from models.tables.outbox import Letter
from models.transactions import HOUSE, Scope
from tests.actions.rows import deliver, found, one
from tests.bot_engine.conftest import Clock
from tests.bot_engine.hooked import on_sqlite
from tests.cast import Cast

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
FIRST = instrument("who5").items[0].key


@pytest.fixture
async def kept_here(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[None]:
    """An open database; which one does not matter."""
    async with on_sqlite(sqlite_template, tmp_path / "data"):
        yield


async def asked(person: YoungPerson, now: datetime) -> str:
    """Somebody begins a check-in and sees its first question."""
    check_in = await checkins.begin(person, "who5", now=now)
    await shown(person, check_in, now)
    return check_in


async def shown(person: YoungPerson, check_in: str, now: datetime) -> None:
    """The open question is put on the screen, as the bot does it."""
    key = f"{check_in}:{now.isoformat()}"
    letter = await letters.answer(person, "checkin.question", key=key, about=check_in, now=now)
    await checkins.screen_shown(person, check_in, letter)
    assert await deliver(now, bot="telegram") == ["checkin.question"]


async def gap(begins: datetime, lasts: timedelta, bot: str = "telegram") -> AfterGap:
    """A gap that is dealt with half a minute after it ended."""
    ends = begins + lasts
    now = ends + MINUTE / 2
    return await receiving.after_gap(HOUSE, bot, since=begins, until=ends, now=now, real_now=now)


async def waiting(person: YoungPerson) -> list[tuple[str, Any]]:
    """What waits to be sent to somebody."""
    found_letters = await found(Letter, person_id=person.person_id, state="queued")
    return [(letter.kind, letter.next_at) for letter in found_letters]


async def test_29_an_open_question_is_asked_again_once(amina: YoungPerson, jonas: YoungPerson, now: datetime) -> None:
    check_in = await asked(amina, now)
    begins = now + MINUTE
    assert await gap(begins, 3 * MINUTE) == AfterGap(asked_again=1, told=0)
    assert await gap(begins, 3 * MINUTE) == AfterGap(asked_again=0, told=0)
    assert await waiting(amina) == [("checkin.question", begins + 3.5 * MINUTE)]
    assert await waiting(jonas) == []
    # It stands below what was written meanwhile, and the next question takes its place.
    again = await one(Letter, person_id=amina.person_id, state="queued")
    assert (again.about, again.link_id, again.replaces_id) == (check_in, amina.link_id, None)
    assert (await one(CheckIn, id=check_in)).screen_letter_id == again.id
    assert (await receiving.standing(HOUSE, "telegram")).contact_at == begins + 3.5 * MINUTE
    # After the next gap it is asked again: the press may have been lost again.
    await deliver(begins + 4 * MINUTE, bot="telegram")
    assert await gap(begins + 5 * MINUTE, 3 * MINUTE) == AfterGap(asked_again=1, told=0)


async def test_29_nobody_is_asked_again_who_has_answered_or_is_not_answering_any_more(
    amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, now: datetime
) -> None:
    typing = await asked(amina, now)
    await asked(jonas, now - 2 * HOUR)
    await asked(astrid, now)
    # What Amina typed during the gap was kept by Telegram: the next question is on its way already.
    await checkins.answer(amina, typing, FIRST, 3, now=now + 4.2 * MINUTE)
    await shown(amina, typing, now + 4.2 * MINUTE)
    await consent.stop(astrid, now=now + MINUTE)
    assert await gap(now + MINUTE, 3 * MINUTE) == AfterGap(asked_again=0, told=0)
    assert [await waiting(person) for person in (amina, jonas)] == [[], []]


async def test_29_a_gap_of_one_bot_is_no_gap_of_another_and_nobody_is_woken(amina: YoungPerson, now: datetime) -> None:
    evening = now.replace(hour=19, minute=30)
    check_in = await asked(amina, evening)
    assert await gap(evening + MINUTE, HOUR, bot="webchat") == AfterGap(asked_again=0, told=0)
    await gap(evening + MINUTE, HOUR)
    row = await one(CheckIn, id=check_in)
    # Half past eight in Copenhagen plus an hour: quiet hours. It waits for the morning.
    assert await waiting(amina) == [("checkin.question", (now + timedelta(days=1)).replace(hour=8))]
    assert (await one(Letter, id=row.screen_letter_id)).not_after <= row.expires_at


async def test_30_after_a_day_each_municipality_with_people_there_is_told_and_nobody_else(
    amina: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    ends = now + timedelta(hours=24)
    assert await gap(now, timedelta(hours=23, minutes=50)) == AfterGap(asked_again=0, told=0)
    assert await found(TrailEntry, deed="receiving.lost") == []
    assert await gap(now, timedelta(hours=24), bot="webchat") == AfterGap(asked_again=0, told=0)
    assert await gap(now, timedelta(hours=24)) == AfterGap(asked_again=0, told=2)
    for municipality in (cast.randers, cast.odsherred):
        assert await lost(Scope(municipality), now=ends) == [Lost("telegram", now, ends)]
        assert await lost(Scope(municipality), now=ends + timedelta(days=8)) == []
    assert await lost(Scope("f" * 32), now=ends) == []


# --- who notices the gap ------------------------------------------------------------------------------------------


class Watched(Contact):
    """Keeps heartbeat and settling as in the product; a shorthand for "so many seconds later"."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("telegram", now=clock, real_now=clock)
        self._clock = clock

    async def after(self, seconds: float) -> bool:
        """Contact, so many seconds later; whether a gap waits to be dealt with."""
        self._clock.move(seconds)
        await self.reached()
        return self.gap_since is not None


async def written_down() -> datetime:
    found_at = (await receiving.standing(HOUSE, "telegram")).contact_at
    assert found_at is not None
    return found_at


async def test_a_contact_is_written_down_now_and_then_and_no_gap_is_seen(kept_here: None, clock: Clock) -> None:
    contact = Watched(clock)
    assert (await receiving.standing(HOUSE, "telegram")).contact_at is None
    assert [await contact.after(seconds) for seconds in (0, 10)] == [False, False]
    first = await written_down()
    assert clock() - first > timedelta(seconds=9)
    assert [await contact.after(seconds) for seconds in (10, 25, 25, 149)] == [False] * 4
    assert clock() - await written_down() < timedelta(seconds=1)


async def test_a_gap_is_seen_over_a_restart_and_dealt_with_when_what_waited_is_in(
    kept_here: None, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await Watched(clock).after(0)
    before = await written_down()
    contact = Watched(clock)
    assert await contact.after(180) is True
    # The offset moves meanwhile; that must not look as if there had been no gap.
    assert contact.moment() == before
    assert await contact.after(20) is True
    assert await written_down() == before
    assert await contact.after(11) is False
    assert clock() - await written_down() < timedelta(seconds=1)
    assert clock() - contact.moment() < timedelta(seconds=1)
    said = [(record.getMessage(), getattr(record, "seconds", None)) for record in caplog.records]
    assert said == [("receiving.gap", 180), ("receiving.gap_dealt_with", None)]


async def test_a_gap_that_could_not_be_dealt_with_stays_a_gap(
    kept_here: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, after_gap, away = Watched(clock), receiving.after_gap, [True]

    async def database_away(*args: Any, **kwargs: Any) -> AfterGap:
        if away:
            raise ConnectionError
        return await after_gap(*args, **kwargs)

    monkeypatch.setattr(receiving, "after_gap", database_away)
    assert [await contact.after(seconds) for seconds in (0, 200, 31, 31)] == [False, True, True, True]
    away.clear()
    assert await contact.after(1) is False


async def test_a_day_without_contact_is_an_error_in_the_log(
    amina: YoungPerson, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    contact = Watched(clock)
    assert [await contact.after(seconds) for seconds in (0, 86_400, 31)] == [False, True, False]
    said = [(record.getMessage(), record.levelname) for record in caplog.records if record.name == "hoert.receiving"]
    assert said[-1] == ("receiving.messages_may_be_lost", "ERROR")
    (told,) = await lost(Scope(amina.municipality_id), now=clock())
    assert timedelta(0) <= told.until - told.since - timedelta(days=1) < timedelta(seconds=2)
