"""Receiving: on our disk before Telegram is told; and help without a database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dispatch import Dispatcher
from bot.receiving import Receiver
from bot.runner import Channel, application_for
from models.actions import inbox
from models.domain.people import YoungPerson
from models.settings import Settings
from models.tables.keys import chat_index
from models.transactions import HOUSE, Scoped, reading, rows
from tests.bot_engine.conftest import Clock
from tests.bot_engine.script import RESET, TOKEN, Script, pressed, until, written


class Patient(Receiver):
    """A receiver whose pauses are noted and cut short."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pauses: list[tuple[float, bool]] = []

    async def _pause(self, seconds: float) -> None:
        self.pauses.append((seconds, self.conflict))
        await asyncio.sleep(0.01)


@asynccontextmanager
async def receiving(script: Script, clock: Clock, help_file: Path) -> AsyncIterator[Patient]:
    """A receiver at work on the script; ends well, whatever the script said."""
    receiver = Patient("telegram", script.url, now=clock, on_received=lambda: None, help_file=help_file)
    work = asyncio.create_task(receiver.run())
    try:
        yield receiver
        assert not work.done()
    finally:
        receiver.stop()
        await work


@reading
async def look(scope: Scoped) -> list[tuple[int, str, str]]:
    found = await rows("SELECT update_id, kind, state FROM inbox_update ORDER BY id")
    return [(row["update_id"], row["kind"], row["state"]) for row in found]


async def kept() -> list[tuple[int, str, str]]:
    """What is on disk: number, kind, state."""
    return await look(HOUSE)


@reading
async def answered(scope: Scoped) -> list[tuple[int, bool]]:
    """Which updates are marked as answered already."""
    found = await rows("SELECT update_id, answered FROM inbox_update ORDER BY id")
    return [(row["update_id"], bool(row["answered"])) for row in found]


@reading
async def everything(scope: Scoped, table: str) -> list[dict[str, Any]]:
    """Every row of a table, as it lies there; in the order of its keys."""
    return await rows(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 (the test's own word)


async def test_the_offset_is_the_last_id_and_one_also_when_ids_jump_down(
    database: Settings, script: Script, clock: Clock, help_file: Path
) -> None:
    script.turns = [[written(900, 1, "a"), written(901, 1, "b")], [written(17, 1, "c")], [written(18, 1, "d")]]
    async with receiving(script, clock, help_file):
        await until(lambda: len(script.asked) == 4)
        assert script.asked == [0, 902, 18, 19]
        assert [row[0] for row in await kept()] == [900, 901, 17, 18]
        assert await inbox.offset(HOUSE, "telegram") == 19


async def test_a_receiver_that_starts_again_goes_on_where_it_stood(
    database: Settings, script: Script, clock: Clock, help_file: Path
) -> None:
    script.turns = [[written(40, 1, "a")]]
    async with receiving(script, clock, help_file):
        await until(lambda: len(script.asked) == 2)
    async with receiving(script, clock, help_file):
        await until(lambda: len(script.asked) == 3)
    assert script.asked == [0, 41, 41]


async def test_telegram_is_told_of_a_batch_only_when_it_is_committed(
    database: Settings, script: Script, clock: Clock, help_file: Path
) -> None:
    async def on_disk() -> int:
        return len(await kept())

    script.look = on_disk
    script.turns = [[written(1, 1, "a"), written(2, 2, "b")], [written(3, 1, "c")]]
    async with receiving(script, clock, help_file):
        await until(lambda: len(script.looked) == 3)
    assert list(zip(script.asked, script.looked, strict=True)) == [(0, 0), (3, 2), (4, 3)]


async def test_what_cannot_be_committed_is_never_acknowledged(
    database: Settings, script: Script, clock: Clock, help_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, tries = inbox.receive, []

    async def fails_three_times(*args: Any, **kwargs: Any) -> int:
        tries.append(1)
        if len(tries) <= 3:
            raise OSError("disk full")
        return await receive(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", fails_three_times)
    script.turns = [[written(5, 1, "a")], *([[written(5, 1, "a")]] * 3)]
    async with receiving(script, clock, help_file):
        await until(lambda: 6 in script.asked)
        assert set(script.asked[: script.asked.index(6)]) == {0}
        assert await kept() == [(5, "message", "new")]


async def test_another_receiver_of_the_same_bot_is_noticed_and_given_room(
    database: Settings, script: Script, clock: Clock, help_file: Path
) -> None:
    script.turns = [409, 409, [written(1, 1, "a")]]
    async with receiving(script, clock, help_file) as receiver:
        await until(lambda: len(script.asked) == 4)
        assert receiver.pauses == [(10.0, True), (10.0, True)]
        assert receiver.conflict is False
        assert await kept() == [(1, "message", "new")]


@pytest.mark.parametrize(
    "turn",
    [500, 502, 429, 401, RESET, b"<html>502</html>", b"[]", b"null", b'{"ok":true}', b'{"ok":true,"result":7}',
     b'{"ok":true,"result":["x"]}', b"[" * 100_000],
)  # fmt: skip
async def test_whatever_the_server_says_the_receiver_steps_back_and_goes_on(
    database: Settings, script: Script, clock: Clock, help_file: Path, turn: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """C 40: what came while the token was refused is kept."""
    caplog.set_level(logging.DEBUG)
    script.turns = [turn, turn, turn, [written(1, 1, "hemmelige ord")]]
    async with receiving(script, clock, help_file) as receiver:
        await until(lambda: len(script.asked) == 5)
        assert [seconds for seconds, _ in receiver.pauses] == [0.5, 1, 2]
        assert await kept() == [(1, "message", "new")]
    shown = [f"{record.getMessage()} {record.__dict__!r}" for record in caplog.records]
    assert [line for line in shown if TOKEN in line or "hemmelige" in line] == []


async def test_the_back_off_has_an_end(database: Settings, script: Script, clock: Clock, help_file: Path) -> None:
    script.turns = [500] * 8
    async with receiving(script, clock, help_file) as receiver:
        await until(lambda: len(script.asked) == 9)
        assert [seconds for seconds, _ in receiver.pauses] == [0.5, 1, 2, 5, 10, 30, 30, 30]


async def test_updates_nobody_knows_are_kept_and_hold_nobody_up(
    database: Settings, script: Script, clock: Clock, help_file: Path
) -> None:
    strange: list[dict[str, Any]] = [
        {"update_id": 1, "a_thing_of_next_year": {"from": {"id": 5}}},
        {"update_id": 2},
        {"update_id": 3, "message": "no object"},
        {"update_id": 4, "message": {"message_id": 9, "chat": "no chat", "text": ["no text"]}},
        {"update_id": 5, "callback_query": {"id": "1", "message": None, "from": None}},
        written(6, 1, "\ud83d and \x00"),
    ]
    script.turns = [strange]
    async with receiving(script, clock, help_file):
        await until(lambda: len(script.asked) == 2)
    assert [row[0] for row in await kept()] == [1, 2, 3, 4, 5, 6]


async def test_an_update_that_comes_again_is_one_row(
    database: Settings, script: Script, clock: Clock, help_file: Path
) -> None:
    again = written(2, 1, "a")
    again["message"]["message_id"] = 1  # the same message under a new number: a new bot server
    script.turns = [[written(1, 1, "a")], [written(1, 1, "a"), again, written(3, 1, "b")]]
    async with receiving(script, clock, help_file):
        await until(lambda: len(script.asked) == 3)
    assert [row[0] for row in await kept()] == [1, 3]


async def test_fifty_identical_updates_at_once_are_one_row(database: Settings, clock: Clock) -> None:
    batch = [inbox.read_raw(written(1, 1, "a"))]
    told = await asyncio.gather(
        *(inbox.receive(HOUSE, "telegram", batch, now=clock()) for _ in range(50)), return_exceptions=True
    )
    assert [new for new in told if new == 1] == [1]
    assert await kept() == [(1, "message", "new")]
    assert await inbox.receive(HOUSE, "telegram", batch, now=clock()) == 0


async def test_help_comes_from_the_file_while_the_database_is_away_and_not_again_afterwards(
    database: Settings, script: Script, clock: Clock, help_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, away = inbox.receive, [True]

    async def database_away(*args: Any, **kwargs: Any) -> int:
        if away:
            raise ConnectionError
        return await receive(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", database_away)
    first = [written(1, 1, "hjælp"), pressed(2, 2, "help"), written(3, 3, "/help"), written(4, 4, "hej")]
    later = [*first, written(5, 5, "Hjælp!")]
    script.turns = [first, first, later, later]
    async with receiving(script, clock, help_file):
        await until(lambda: len(script.sent("sendMessage")) == 4)
        await until(lambda: not script.turns)
        script.turns = [later]
        away.clear()
        await until(lambda: 6 in script.asked)
    told = script.sent("sendMessage")
    assert [one["chat_id"] for one in told] == [1, 2, 3, 5]
    assert all("112" in one["text"] for one in told)
    async with application_for(Channel("telegram", script.api, TOKEN)) as application:
        await Dispatcher({"telegram": application}, now=clock).drain()
    assert [row[2] for row in await kept()] == ["done"] * 5
    assert [row["kind"] for row in await everything(HOUSE, "letter")] == ["stranger.hello"]
    assert [row["chat_id"] for row in script.sent("sendMessage")] == [1, 2, 3, 5]


async def test_help_comes_from_the_file_when_the_database_takes_longer_than_three_seconds(
    database: Settings, script: Script, clock: Clock, help_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, goes_on = inbox.receive, asyncio.Event()

    async def hangs(*args: Any, **kwargs: Any) -> int:
        await goes_on.wait()
        return await receive(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", hangs)
    asked = written(1, 1, "help")
    script.turns = [[asked], [asked, written(2, 2, "hjælp")]]
    loop = asyncio.get_running_loop()
    async with receiving(script, clock, help_file):
        await until(lambda: script.asked)
        started = loop.time()
        await until(lambda: script.sent("sendMessage"))
        assert 2.5 < loop.time() - started < 4.5
        await until(lambda: len(script.sent("sendMessage")) == 2)
        script.turns = [[written(2, 2, "hjælp")]]
        goes_on.set()
        await until(lambda: 3 in script.asked)
        assert await answered(HOUSE) == [(1, True), (2, True)]
    assert [one["chat_id"] for one in script.sent("sendMessage")] == [1, 2]


async def test_help_that_could_not_be_sent_is_not_taken_for_given(
    database: Settings, script: Script, clock: Clock, help_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, tries = inbox.receive, []

    async def fails_once(*args: Any, **kwargs: Any) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError
        return await receive(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", fails_once)
    script.status = 500
    script.turns = [[written(1, 1, "hjælp")], [written(1, 1, "hjælp")]]
    async with receiving(script, clock, help_file):
        await until(lambda: 2 in script.asked)
    assert len(script.sent("sendMessage")) == 1
    assert await answered(HOUSE) == [(1, False)]


async def test_a_database_that_goes_away_again_at_once_does_not_end_the_receiver(
    database: Settings, script: Script, clock: Clock, help_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, mark, tries = inbox.receive, inbox.mark_answered, []

    async def fails_once(*args: Any, **kwargs: Any) -> int:
        tries.append("receive")
        if tries == ["receive"]:
            raise ConnectionError
        return await receive(*args, **kwargs)

    async def marking_fails_once(*args: Any, **kwargs: Any) -> None:
        tries.append("mark")
        if tries.count("mark") == 1:
            raise ConnectionError
        await mark(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", fails_once)
    monkeypatch.setattr(inbox, "mark_answered", marking_fails_once)
    asked = written(1, 1, "hjælp")
    script.turns = [[asked], [asked], [asked], [asked]]
    async with receiving(script, clock, help_file):
        await until(lambda: 2 in script.asked)
        assert await answered(HOUSE) == [(1, True)]
    assert len(script.sent("sendMessage")) == 1


async def test_what_a_stranger_wrote_is_sealed_and_gone_after_a_day(
    amina: YoungPerson, script: Script, clock: Clock, help_file: Path
) -> None:
    script.turns = [[written(1, 99, "hemmeligt fra en fremmed"), written(2, 7001, "hej Mette")]]
    async with receiving(script, clock, help_file):
        await until(lambda: len(script.asked) == 2)
    raw = await everything(HOUSE, "inbox_update")
    assert [(row["person_id"], row["chat_index"] == chat_index("telegram", 99)) for row in raw] == [
        (None, True), (amina.person_id, False)
    ]  # fmt: skip
    shown = [value for row in raw for value in row.values()]
    assert [
        value for value in shown if b"hemmeligt" in (value if isinstance(value, bytes) else str(value).encode())
    ] == []
    await inbox.done(HOUSE, raw[0]["id"], now=clock())
    await inbox.forget(HOUSE, now=clock() + timedelta(hours=23))
    assert [row[0] for row in await kept()] == [1, 2]
    await inbox.forget(HOUSE, now=clock() + timedelta(hours=25))
    assert [row[0] for row in await kept()] == [2]
