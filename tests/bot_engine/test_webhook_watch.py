"""The watch over the webhook, and the way from polling to a webhook and back, against the web chat's own server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.receiving import Contact, Receiver, WebhookState, WebhookWatch, watch, webhook
from models.actions import inbox, receiving
from models.transactions import HOUSE, Scoped, reading, rows
from tests.bot_engine.conftest import Clock
from tests.bot_engine.hooked import SECRET, Hooked, on_sqlite
from tests.bot_engine.script import until
from tests.webchat.served import TOKEN, Phone, Served


@pytest.fixture
async def kept_here(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[None]:
    """An open database; which one does not matter."""
    async with on_sqlite(sqlite_template, tmp_path / "data"):
        yield


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """The web chat's server, in Telegram's place."""
    served = Served(tmp_path / "server")
    (tmp_path / "server").mkdir()
    await served.begin()
    yield served
    await served.end()


@pytest.fixture
async def phone(served: Served) -> Phone:
    return await someone(served)


@pytest.fixture(autouse=True)
def in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's patience is a test's."""
    monkeypatch.setattr(webhook, "_RETRY_AFTER", "1")
    monkeypatch.setattr(watch, "_LOST", (0.05, 1.0))
    monkeypatch.setattr(watch, "_BACK_OFF", (0.3,))


async def someone(served: Served) -> Phone:
    """Somebody who has begun a chat, whose /start nobody need receive."""
    phone = await served.phone("X")
    await served.call("deleteWebhook", drop_pending_updates=True)
    return phone


def api(served: Served) -> str:
    return f"http://127.0.0.1:{served.ports[0]}/bot{TOKEN}"


@asynccontextmanager
async def hooked(served: Served, clock: Clock, folder: Path, help_file: Path) -> AsyncIterator[Hooked]:
    async with Hooked(folder, api(served), clock, help_file) as made:
        yield made


@asynccontextmanager
async def watched(served: Served, address: str, clock: Clock, **more: Any) -> AsyncIterator[WebhookWatch]:
    made = WebhookWatch(
        "telegram", api(served), address=address, secret=SECRET, real_now=clock, **{"every": 0.05, **more}
    )
    work = asyncio.create_task(made.run())
    try:
        yield made
        assert not work.done()
    finally:
        made.stop()
        await work


@asynccontextmanager
async def polling(served: Served, clock: Clock, help_file: Path) -> AsyncIterator[Receiver]:
    receiver = Receiver("telegram", api(served), now=clock, on_received=lambda: None, help_file=help_file)
    work = asyncio.create_task(receiver.run())
    try:
        yield receiver
    finally:
        receiver.stop()
        await work


@reading
async def look(scope: Scoped) -> list[str]:
    return [row["message_key"] for row in await rows("SELECT message_key FROM inbox_update ORDER BY id")]


async def keys() -> list[str]:
    return await look(HOUSE)


async def count(number: int) -> bool:
    return len(await keys()) == number


async def info(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = (await served.call("getWebhookInfo")).result
    return found


async def test_the_webhook_is_set_with_all_it_needs_and_what_waited_comes_in(
    kept_here: None, served: Served, phone: Phone, clock: Clock, tmp_path: Path, help_file: Path
) -> None:
    await phone.write("før")
    async with hooked(served, clock, tmp_path, help_file) as telegram, watched(served, telegram.address, clock) as made:
        await phone.write("efter")
        await until(lambda: count(2))
        await until(lambda: made.state.checked_at is not None and made.state.pending == 0)
        assert made.state == WebhookState(ours=True, checked_at=made.state.checked_at)
        told = await info(served)
        assert (told["url"], told["max_connections"]) == (telegram.address, 40)
        assert sorted(told["allowed_updates"]) == ["callback_query", "edited_message", "message", "my_chat_member"]
    # At the end it stays, so that nothing is lost while we are away.
    assert (await info(served))["url"] == telegram.address


async def test_24_after_503_everything_comes_in_and_each_chat_in_its_order(
    kept_here: None, served: Served, clock: Clock, tmp_path: Path, help_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await someone(served), await someone(served)
    receive, away = inbox.receive, [True]

    async def database_away(*args: Any, **kwargs: Any) -> int:
        if away:
            raise ConnectionError
        return await receive(*args, **kwargs)

    monkeypatch.setattr(inbox, "receive", database_away)
    async with hooked(served, clock, tmp_path, help_file) as telegram, watched(served, telegram.address, clock) as made:
        for number in range(3):
            await one.write(f"a{number}")
            await two.write(f"b{number}")
        await until(lambda: made.state.last_error_status == 503)
        assert (made.state.pending, made.state.ours, await keys()) == (6, True, [])
        away.clear()
        await until(lambda: count(6))
        await until(lambda: made.state.pending == 0)
        came = [update["message"]["text"] for update in telegram.journalled()]
    for who in "ab":
        assert list(dict.fromkeys(text for text in came if text.startswith(who))) == [f"{who}{n}" for n in range(3)]
    assert sorted(await keys()) == sorted(f"message:{number}:0" for number in (1, 2, 3) for _ in range(2))


async def test_a_webhook_that_is_gone_is_set_again_and_that_is_said(
    kept_here: None, served: Served, phone: Phone, clock: Clock, tmp_path: Path, help_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async with hooked(served, clock, tmp_path, help_file) as telegram, watched(served, telegram.address, clock) as made:
        await until(lambda: made.state.ours)
        await served.call("deleteWebhook")
        await until(lambda: made.state.lost == 1)
        await phone.write("hej")
        await until(lambda: count(1))
        await until(lambda: made.state.ours)
    lost = [record for record in caplog.records if record.getMessage() == "webhook.lost"]
    assert [getattr(record, "reason", "") for record in lost] == ["gone"]


async def test_a_webhook_that_points_elsewhere_is_taken_back_more_and_more_calmly(
    kept_here: None, served: Served, clock: Clock, tmp_path: Path, help_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with hooked(served, clock, tmp_path, help_file) as telegram, watched(served, telegram.address, clock) as made:
        await until(lambda: made.state.ours)
        await asyncio.sleep(1)  # the server lets nobody set one more often
        await served.call("setWebhook", url="http://127.0.0.1:9/theirs")
        await until(lambda: made.state.lost == 1)
        await until(lambda: made.state.ours)
        assert (await info(served))["url"] == telegram.address
    lost = [record for record in caplog.records if record.getMessage() == "webhook.lost"]
    assert [getattr(record, "reason", "") for record in lost] == ["elsewhere"]
    shown = [f"{record.getMessage()} {record.__dict__!r}" for record in caplog.records if record.name[:5] == "hoert"]
    assert [line for line in shown if TOKEN in line or SECRET in line or telegram.path in line] == []


async def test_the_watch_outlives_a_server_that_is_away(
    kept_here: None, served: Served, phone: Phone, clock: Clock, tmp_path: Path, help_file: Path
) -> None:
    await served.stop()
    async with hooked(served, clock, tmp_path, help_file) as telegram, watched(served, telegram.address, clock) as made:
        await asyncio.sleep(0.2)
        assert made.state == WebhookState()
        await served.begin()
        await until(lambda: made.state.ours)


async def test_who_does_not_lead_leaves_the_webhook_alone(
    kept_here: None, served: Served, clock: Clock, tmp_path: Path
) -> None:
    async with watched(served, "http://127.0.0.1:9/hook", clock, leads=lambda: False):
        await asyncio.sleep(0.3)
        assert (await info(served))["url"] == ""


async def test_from_polling_to_a_webhook_and_back_nothing_is_lost_and_nothing_comes_twice(
    kept_here: None, served: Served, phone: Phone, clock: Clock, tmp_path: Path, help_file: Path
) -> None:
    """Somebody writes all the while, also in the moments in which nobody receives."""
    going, written = asyncio.Event(), list[int]()

    async def writes() -> None:
        while not going.is_set():
            written.append((await phone.write(f"{len(written)}"))["id"])
            await asyncio.sleep(0.02)

    async def some_more() -> None:
        """Until so many more were written, and nearly all of them have come in."""
        target = len(written) + 15
        await until(lambda: len(written) >= target)

        async def there() -> bool:
            return len(await keys()) >= target

        await until(there)

    writing = asyncio.create_task(writes())
    try:
        for _ in range(2):
            async with polling(served, clock, help_file):
                await some_more()
            assert (await inbox.offset(HOUSE, "telegram")) > 0
            async with (
                hooked(served, clock, tmp_path, help_file) as telegram,
                watched(served, telegram.address, clock),
            ):
                await some_more()
                assert await inbox.offset(HOUSE, "telegram") == 0
    finally:
        going.set()
        await writing
    async with polling(served, clock, help_file):
        await until(lambda: count(len(written)))
        async with asyncio.timeout(5):
            while (await info(served))["url"]:
                await asyncio.sleep(0.02)
    assert await keys() == [f"message:{message_id}:0" for message_id in written]


async def test_a_gap_while_telegram_cannot_reach_us_is_a_gap(
    kept_here: None, served: Served, phone: Phone, clock: Clock, tmp_path: Path, help_file: Path
) -> None:
    """That we reach Telegram is not enough: nothing arrives, and what is pressed is lost after 150 seconds."""
    contact = Contact("telegram", now=clock, real_now=clock, heartbeat=timedelta(0), settle=timedelta(0))
    await receiving.reached(HOUSE, "telegram", real_now=clock())
    served.clock.now = clock().timestamp()
    async with watched(served, "http://127.0.0.1:9/hook", clock, contact=contact) as made:
        await until(lambda: made.state.ours)
        await phone.write("hej")
        await until(lambda: made.state.pending == 1 and made.state.last_error_at is not None)
        before = (await receiving.standing(HOUSE, "telegram")).contact_at
        looks = made.state.checked_at
        await until(lambda: made.state.checked_at > looks + timedelta(seconds=0.3))
        assert (await receiving.standing(HOUSE, "telegram")).contact_at == before
        served.clock.sleep(86_401)  # what waited is forgotten
        await until(lambda: made.state.pending == 0)
        assert await contact_after(before) > looks


async def contact_after(before: datetime | None) -> datetime:
    """The contact that was written down after `before`."""
    async with asyncio.timeout(5):
        while True:
            found = (await receiving.standing(HOUSE, "telegram")).contact_at
            if found is not None and (before is None or found > before):
                return found
            await asyncio.sleep(0.02)


async def test_a_poll_takes_a_forgotten_webhook_away_and_loses_nothing(
    kept_here: None, served: Served, phone: Phone, clock: Clock, help_file: Path
) -> None:
    await served.call("setWebhook", url="http://127.0.0.1:9/hook")
    await phone.write("hej")
    async with polling(served, clock, help_file) as receiver:
        await until(lambda: count(1))
        assert receiver.conflict is False
    assert (await info(served))["url"] == ""
