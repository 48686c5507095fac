"""One of several processes polls; the others wait, and whoever takes over begins where the last one stood."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.receiving import Contact, Receiver
from models.actions import inbox, receiving
from models.transactions import HOUSE
from tests.bot_engine.conftest import Clock
from tests.bot_engine.hooked import on_sqlite
from tests.bot_engine.script import Script, until, written


class Patient(Receiver):
    """A receiver whose pauses are noted and cut short."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pauses: list[float] = []

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0.01)


class Stage:
    """A receiver, and whether it leads."""

    def __init__(self, script: Script, clock: Clock, help_file: Path, contact: Contact | None) -> None:
        self.leads = False
        self.receiver = Patient(
            "telegram", script.url, now=clock, on_received=lambda: None, help_file=help_file,
            leads=lambda: self.leads, contact=contact,
        )  # fmt: skip

    async def __aenter__(self) -> Stage:
        self._work = asyncio.create_task(self.receiver.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.receiver.stop()
        await self._work


@pytest.fixture(autouse=True)
async def kept_here(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[None]:
    """An open database; which one does not matter."""
    async with on_sqlite(sqlite_template, tmp_path / "data"):
        yield


@pytest.fixture
async def stage(script: Script, clock: Clock, help_file: Path) -> AsyncIterator[Stage]:
    async with Stage(script, clock, help_file, None) as made:
        yield made


async def test_who_does_not_lead_waits_calmly_and_asks_nobody(stage: Stage, script: Script) -> None:
    await until(lambda: len(stage.receiver.pauses) >= 3)
    assert (set(stage.receiver.pauses), script.asked, script.calls) == ({1.0}, [], [])


async def test_a_new_leader_begins_where_the_database_says(stage: Stage, script: Script, clock: Clock) -> None:
    script.turns = [[written(5, 1, "a")]]
    stage.leads = True
    await until(lambda: len(script.asked) == 2)
    stage.leads = False
    stage.receiver.pauses.clear()
    script._over.set()
    await until(lambda: 1.0 in stage.receiver.pauses)
    # Meanwhile another process received.
    await inbox.move_offset(HOUSE, "telegram", 70, now=clock())
    script.turns = [[written(70, 1, "b")]]
    asked = len(script.asked)
    stage.leads = True
    await until(lambda: len(script.asked) > asked)
    assert script.asked[asked] == 70


async def test_what_comes_when_the_lead_is_lost_is_left_to_the_next_leader(stage: Stage, script: Script) -> None:
    async def lose() -> None:
        stage.leads = False

    script.look = lose
    script.turns = [[written(5, 1, "a")]]
    stage.leads = True
    await until(lambda: script.looked)
    stage.receiver.pauses.clear()
    await until(lambda: 1.0 in stage.receiver.pauses)
    assert (await receiving.standing(HOUSE, "telegram")).next_offset == 0


async def test_28_a_conflict_is_said_once_for_as_long_as_it_lasts(
    stage: Stage, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    script.turns = [409, 409, 500, 409, [], 409, [written(1, 1, "a")]]
    stage.leads = True
    await until(lambda: len(script.asked) == 8)
    assert [seconds for seconds in stage.receiver.pauses if seconds != 1.0] == [10.0] * 5
    said = [record.getMessage() for record in caplog.records if "conflict" in record.getMessage()]
    assert said == ["receiving.conflict", "receiving.conflict_over"] * 2
    assert stage.receiver.conflict is False


async def test_a_receiver_tells_its_contact_before_it_moves_the_offset(
    script: Script, clock: Clock, help_file: Path
) -> None:
    """29: a gap is seen although the first thing after it is a batch that moves the offset."""
    await inbox.move_offset(HOUSE, "telegram", 5, now=clock())
    before = (await receiving.standing(HOUSE, "telegram")).contact_at
    clock.move(200)
    contact = Contact("telegram", now=clock, real_now=clock, settle=timedelta(hours=1))
    async with Stage(script, clock, help_file, contact) as made:
        script.turns = [[written(5, 1, "a")]]
        made.leads = True
        await until(lambda: len(script.asked) == 2)
        assert script.asked == [5, 6]
        assert contact.gap_since == before
        assert await receiving.standing(HOUSE, "telegram") == receiving.Standing(6, before)


@pytest.mark.parametrize(("away", "asks"), [(timedelta(days=5), 40), (timedelta(days=7), 0)])
async def test_21_after_a_week_the_numbers_mean_nothing_and_the_oldest_is_asked_for(
    stage: Stage, script: Script, clock: Clock, away: timedelta, asks: int
) -> None:
    await inbox.move_offset(HOUSE, "telegram", 40, now=clock() - away)
    stage.leads = True
    await until(lambda: script.asked)
    assert script.asked == [asks]
