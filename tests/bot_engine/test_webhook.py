"""The webhook: on the disk twice before the 200; whatever is wrong is refused before it is read, or asked for again.

The numbers are those of the fault catalogue.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.dispatch import Dispatcher
from bot.receiving import webhook_address
from bot.receiving.webhook import LARGEST_BODY
from bot.runner import Channel, application_for
from models.actions import inbox
from models.domain.people import YoungPerson
from models.settings import Settings, SettingsError
from models.transactions import HOUSE, Scoped, reading, rows
from tests.bot_engine.conftest import Clock
from tests.bot_engine.hooked import SECRET, Hooked, on_sqlite
from tests.bot_engine.script import TOKEN, Script, pressed, until, written


@pytest.fixture
async def kept_here(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[None]:
    """An open database; which one does not matter."""
    async with on_sqlite(sqlite_template, tmp_path / "data"):
        yield


@asynccontextmanager
async def hooked(folder: Path, script: Script, clock: Clock, help_file: Path, **more: Any) -> AsyncIterator[Hooked]:
    async with Hooked(folder, script.url, clock, help_file, **more) as made:
        yield made


@reading
async def look(scope: Scoped) -> list[tuple[int, str, str, bool]]:
    found = await rows("SELECT update_id, kind, state, answered FROM inbox_update ORDER BY id")
    return [(row["update_id"], row["kind"], row["state"], bool(row["answered"])) for row in found]


async def kept() -> list[int]:
    """The numbers of what is on disk, in the order in which it came."""
    return [row[0] for row in await look(HOUSE)]


async def processed(script: Script, clock: Clock) -> Counter[str]:
    """Process everything; how many updates ended how."""
    async with application_for(Channel("telegram", script.api, TOKEN)) as application:
        await Dispatcher({"telegram": application}, now=clock).drain()
    return Counter(row[2] for row in await look(HOUSE))


@reading
async def said(scope: Scoped) -> list[str]:
    return [row["kind"] for row in await rows("SELECT kind FROM letter ORDER BY id")]


async def test_an_update_is_in_the_journal_and_in_the_inbox_before_the_200(
    kept_here: None, script: Script, clock: Clock, help_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, seen = inbox.receive, []
    async with hooked(tmp_path, script, clock, help_file) as telegram:

        async def watched(*args: Any, **kwargs: Any) -> int:
            seen.append((len(telegram.journalled()), await kept()))
            return await receive(*args, **kwargs)

        monkeypatch.setattr(inbox, "receive", watched)
        assert await telegram.post(written(1, 1, "a")) == 200
        assert (seen, await kept()) == ([(1, [])], [1])
        assert (telegram.woken, dict(telegram.receiver.counts)) == (1, {"kept": 1})
        assert telegram.journalled() == [written(1, 1, "a")]


async def test_18_the_same_update_fifty_times_at_once_is_one_row_and_fifty_times_200(
    database: Settings, script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        told = await asyncio.gather(*(telegram.post(written(1, 1, "a")) for _ in range(50)))
        assert told == [200] * 50
        assert telegram.receiver.counts == {"kept": 1, "repeated": 49}
    assert await kept() == [1]


async def test_19_20_21_whatever_the_order_and_the_numbers_each_is_kept_and_processed_once(
    amina: YoungPerson, script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    """19: in reverse; 20: a press before the message that carries the button; 21: the numbers jump down."""
    came = [
        written(903, 7001, "tre"), written(902, 7001, "to"), pressed(901, 7001, "help"),
        written(17, 7001, "fire", message_id=904), written(18, 7001, "/start", message_id=900),
    ]  # fmt: skip
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        for update in came:
            assert await telegram.post(update) == 200
    assert await kept() == [903, 902, 901, 17, 18]
    assert await processed(script, clock) == {"done": 5}
    assert Counter(await said(HOUSE))["help"] == 1


async def test_22_a_number_that_is_used_again_for_something_else_hides_nothing(
    amina: YoungPerson, script: Script, clock: Clock, help_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that was set up anew counts from the beginning."""
    came = [
        written(1, 7001, "en"), written(1, 7001, "to", message_id=2), written(1, 7002, "tre"), pressed(1, 7001, "help")
    ]  # fmt: skip
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        for update in [*came, *came]:
            assert await telegram.post(update) == 200
        assert telegram.receiver.counts == {"kept": 4, "repeated": 4}
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "inbox.number_used_again"
    ] * 3
    assert await processed(script, clock) == {"done": 4}


async def test_23_the_same_press_under_a_new_number_is_one_press(
    amina: YoungPerson, script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    again = {**pressed(1, 7001, "help"), "update_id": 2}
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        assert [await telegram.post(pressed(1, 7001, "help")), await telegram.post(again)] == [200, 200]
        assert telegram.receiver.counts == {"kept": 1, "repeated": 1}
    assert await kept() == [1]


async def test_26_updates_nobody_knows_are_kept_and_hold_nobody_up(
    database: Settings, script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    strange: list[dict[str, Any]] = [
        {"update_id": 1, "a_thing_of_next_year": {"from": {"id": 5}}},
        {"update_id": 2},
        {"update_id": 3, "message": "no object"},
        {"update_id": 4, "message": {"message_id": 9, "chat": {"id": "\ud83d"}, "text": ["no text"]}},
        {"update_id": 5, "callback_query": {"id": "\x00", "message": None, "from": {"id": 1}, "data": "x"}},
        {"update_id": 6, "m\x00 \ud83d": {}},
        {"update_id": 7, "message": {"message_id": 1, "chat": {"id": 10**30, "type": "private"}, "text": "\ud83d"}},
        written(8, 1, "hej"),
    ]
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        assert [await telegram.post(update) for update in strange] == [200] * 8
    assert [row[:2] for row in await look(HOUSE)] == [
        (1, "a_thing_of_next_year"), (2, "empty"), (3, "message"), (4, "unreadable"), (5, "callback_query"),
        (6, "unreadable"), (7, "message"), (8, "message"),
    ]  # fmt: skip


async def test_trouble_with_the_database_is_503_and_the_next_try_is_kept(
    database: Settings, script: Script, clock: Clock, help_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, away = inbox.receive, [True]

    async def database_away(*args: Any, **kwargs: Any) -> int:
        if away:
            raise ConnectionError
        return await receive(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", database_away)
    cries = [written(1, 1, "hjælp"), pressed(2, 2, "help"), written(3, 3, "/help"), written(4, 4, "hej")]
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        for _ in range(2):
            assert [await telegram.answer(update) for update in cries] == [(503, "5")] * 4
        # Help needs no database, and is shown once however often Telegram comes again.
        assert [one["chat_id"] for one in script.sent("sendMessage")] == [1, 2, 3]
        assert all("112" in one["text"] for one in script.sent("sendMessage"))
        assert (await kept(), telegram.woken) == ([], 0)
        away.clear()
        assert [await telegram.post(update) for update in cries] == [200] * 4
    assert [(row[0], row[3]) for row in await look(HOUSE)] == [(1, True), (2, True), (3, True), (4, False)]
    assert await processed(script, clock) == {"done": 4}
    assert await said(HOUSE) == ["stranger.hello"]


async def test_help_comes_after_three_seconds_and_the_slow_commit_still_counts(
    kept_here: None, script: Script, clock: Clock, help_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, goes_on = inbox.receive, asyncio.Event()

    async def hangs(*args: Any, **kwargs: Any) -> int:
        await goes_on.wait()
        return await receive(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", hangs)
    loop = asyncio.get_running_loop()
    async with hooked(tmp_path, script, clock, help_file, last=0.5) as telegram:
        started = loop.time()
        first = asyncio.create_task(telegram.answer(written(1, 1, "help")))
        second = asyncio.create_task(telegram.answer(written(1, 1, "help")))
        await until(lambda: script.sent("sendMessage"))
        assert 2.5 < loop.time() - started < 4.5
        # Told to come again long before Telegram would give up; what was begun goes on.
        assert [await first, await second] == [(503, "5"), (503, "5")]
        goes_on.set()
        await until(kept)
        assert await telegram.post(written(1, 1, "help")) == 200
    assert [(row[0], row[3]) for row in await look(HOUSE)] == [(1, True)]
    assert len(script.sent("sendMessage")) == 1


async def test_70_trouble_with_the_disk_is_503_and_mends_itself(
    kept_here: None, script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    async with hooked(tmp_path, script, clock, help_file, largest=1) as telegram:
        assert await telegram.post(written(1, 1, "a")) == 200
        shutil.move(telegram.folder, tmp_path / "away")
        assert await telegram.answer(written(2, 1, "hjælp")) == (503, "5")
        assert (await kept(), len(script.sent("sendMessage"))) == ([1], 1)
        shutil.move(tmp_path / "away", telegram.folder)
        assert await telegram.post(written(2, 1, "hjælp")) == 200
        assert [update["update_id"] for update in telegram.journalled()] == [1, 2]
    assert await kept() == [1, 2]


async def test_at_the_end_nothing_new_is_taken_and_what_is_in_hand_is_finished(
    kept_here: None, script: Script, clock: Clock, help_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, goes_on = inbox.receive, asyncio.Event()

    async def waits(*args: Any, **kwargs: Any) -> int:
        await goes_on.wait()
        return await receive(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", waits)
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        begun = asyncio.create_task(telegram.post(written(1, 1, "a")))
        await until(telegram.journalled)
        telegram.receiver.stop()
        assert await telegram.answer(written(2, 1, "b")) == (503, "5")
        closing = asyncio.create_task(telegram.receiver.close())
        goes_on.set()
        await closing
        assert await begun == 200
    assert await kept() == [1]


# --- 25: what is refused, and without a database at all -----------------------------------------------------------


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        yield b" " * 65536


GZIP = {"Content-Encoding": "gzip"}
REFUSED: list[tuple[str, Any, dict[str, Any], int]] = [
    ("no secret", b"{}", {"secret": None}, 403),
    ("another secret", b"{}", {"secret": SECRET[:-1] + "x"}, 403),
    ("a longer secret", b"{}", {"secret": SECRET + "0"}, 403),
    ("an empty secret", b"{}", {"secret": ""}, 403),
    ("a secret that is no text", b"{}", {"secret": "\xe6\xf8\xe5"}, 403),
    ("another path", b"{}", {"path": "/telegram/" + "0" * 64}, 404),
    ("no path", b"{}", {"path": "/telegram/"}, 404),
    ("below the path", b"{}", {"path": "/telegram/x/y"}, 404),
    ("another method", b"", {"method": "GET"}, 404),
    ("put", b"{}", {"method": "PUT"}, 404),
    ("no json", b"a=b", {"headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 415),
    ("plain text", b"{}", {"headers": {"Content-Type": "text/plain"}}, 415),
    ("a bomb", b"\x1f\x8b" + b"\x00" * 99, {"headers": GZIP}, 415),
    ("packed", b"{}", {"headers": {"Content-Encoding": "identity"}}, 415),
    ("one mebibyte", b" " * 2**20, {}, 413),
    ("one byte too many", b" " * (LARGEST_BODY + 1), {}, 413),
    ("it asks before it speaks", b"{}", {"headers": {"Expect": "100-continue"}}, 417),
    ("nothing", b"", {}, 400),
    ("no end", b'{"update_id":1,', {}, 400),
    ("no text", b"\xff\xfe{}", {}, 400),
    ("utf-16", '{"update_id":1}'.encode("utf-16"), {}, 400),
    ("a list", b"[1]", {}, 400),
    ("no number", b'{"update_id":"1"}', {}, 400),
    ("a truth value", b'{"update_id":true}', {}, 400),
    ("below zero", b'{"update_id":-1}', {}, 400),
    ("too large a number", b'{"update_id":9223372036854775808}', {}, 400),
    ("a number without end", b'{"update_id":' + b"9" * 5000 + b"}", {}, 400),
    ("ten thousand levels", b'{"update_id":1,"message":' + b"[" * 10_000 + b"]" * 10_000 + b"}", {}, 400),
    ("as deep as it may be long", b"[" * LARGEST_BODY, {}, 400),
]


@pytest.mark.parametrize(("body", "how", "status"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
async def test_25_what_is_no_update_of_telegram_is_refused_and_leaves_nothing(
    script: Script, clock: Clock, help_file: Path, tmp_path: Path, body: bytes, how: dict[str, Any], status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        assert await telegram.answer(body, **how) == (status, "")
        assert telegram.journalled() == []
        assert telegram.receiver.counts["kept"] == 0
    shown = [f"{record.getMessage()} {record.__dict__!r}" for record in caplog.records]
    assert [line for line in shown if SECRET[:-1] in line or TOKEN in line or telegram.path in line] == []


async def test_25_a_body_that_does_not_say_how_long_it_is_is_cut_at_the_limit(
    script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        assert await telegram.answer(chunks(2**20)) == (413, "")
        assert telegram.journalled() == []


async def test_25_a_body_that_says_that_it_is_too_long_is_not_read_at_all(
    script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        half = await telegram.half(promised=LARGEST_BODY + 1, sent=b"")
        assert await half.status() == 413
        await half.leave()


async def test_25_a_secret_is_looked_at_before_the_body_is_read(
    script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        half = await telegram.half(secret="x" * 64, sent=b"")
        assert await half.status() == 403
        await half.leave()


async def test_67_a_slow_body_is_cut_at_the_deadline_and_hangs_nobody_up(
    script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    async with hooked(tmp_path, script, clock, help_file, deadline=0.3) as telegram:
        half = await telegram.half()
        started = asyncio.get_running_loop().time()
        assert await half.status() == 408
        await half.closed()
        assert 0.2 < asyncio.get_running_loop().time() - started < 3
        await half.leave()
        assert telegram.receiver.counts == {"slow": 1}


async def test_67_who_hangs_up_in_the_middle_or_speaks_nonsense_leaves_nothing(
    script: Script, clock: Clock, help_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        half = await telegram.half()
        await half.leave()
        await until(lambda: telegram.receiver.counts.total() == 1)
        assert telegram.journalled() == []
        assert [record.name for record in caplog.records if record.exc_info] == []
        assert telegram.receiver.counts == {"trouble": 1}


async def test_67_many_half_bodies_do_not_stop_the_others(
    kept_here: None, script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()
    async with hooked(tmp_path, script, clock, help_file) as telegram:
        halves = [await telegram.half() for _ in range(200)]
        started = loop.time()
        assert [await telegram.post(written(number, number, "a")) for number in range(1, 4)] == [200] * 3
        assert loop.time() - started < 3
        for half in halves:
            await half.leave()
    assert await kept() == [1, 2, 3]


async def test_while_the_secret_changes_both_are_taken_each_at_its_address(
    kept_here: None, script: Script, clock: Clock, help_file: Path, tmp_path: Path
) -> None:
    fresh = "f" * 64
    async with hooked(tmp_path, script, clock, help_file, secrets=[fresh, SECRET]) as telegram:
        path = webhook_address(telegram.public, fresh, api=script.api).removeprefix(telegram.public)
        assert await telegram.post(written(1, 1, "a")) == 200
        assert await telegram.post(written(2, 1, "b"), path=path, secret=fresh) == 200
        assert await telegram.post(written(3, 1, "c"), path=path, secret="g" * 64) == 403
    assert await kept() == [1, 2]


@pytest.mark.parametrize(
    ("public", "fine"),
    [("https://hoert.example", True), ("https://hoert.example:8443/x", True), ("http://hoert.example", False),
     ("https://hoert.example:8080", False)],
)  # fmt: skip
def test_an_address_that_telegram_refuses_is_told_at_the_start(public: str, fine: bool) -> None:
    if fine:
        found = webhook_address(public, SECRET, api="https://api.telegram.org")
        assert found.startswith(f"{public}/telegram/")
        assert SECRET not in found
    else:
        with pytest.raises(SettingsError, match="HOERT_PUBLIC_URL"):
            webhook_address(public, SECRET, api="https://api.telegram.org")
    assert webhook_address(public, SECRET, api="http://127.0.0.1:1").startswith(public)


def test_a_secret_that_can_be_guessed_is_told_at_the_start(script: Script, clock: Clock, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="secret"):
        Hooked(tmp_path, "http://127.0.0.1:1", clock, tmp_path / "help.json", secrets=["short"])
