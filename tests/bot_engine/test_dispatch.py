"""The dispatcher: in order for one person, side by side for many, all or nothing, and nobody waits for a flood."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import Update
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.app import hand_back
from bot.context import App, Context
from bot.dispatch import Dispatcher
from bot.request import AiohttpRequest
from hoert.logs import JsonFormatter
from models.actions import inbox, messages
from models.domain.people import YoungPerson
from models.tables.messages import Message
from models.transactions import HOUSE, Scope, Scoped, reading, rows
from tests.bot_engine.conftest import Clock
from tests.bot_engine.script import TOKEN, Script, pressed, until, written
from tests.cast import Cast, link

Handle = Callable[[Update, Context], Coroutine[Any, Any, None]]


@asynccontextmanager
async def application(script: Script, handle: Handle) -> AsyncIterator[App]:
    """PTB with one handler for words and for buttons."""
    app: App = (
        ApplicationBuilder().token(TOKEN).base_url(f"{script.api}/bot").updater(None).job_queue(None)
        .request(AiohttpRequest()).get_updates_request(AiohttpRequest())
        .context_types(ContextTypes(context=Context)).build()
    )  # fmt: skip
    app.add_handler(MessageHandler(filters.TEXT, handle))
    app.add_handler(CallbackQueryHandler(handle))
    app.add_error_handler(hand_back)
    async with app:
        yield app


@asynccontextmanager
async def at_work(dispatcher: Dispatcher) -> AsyncIterator[None]:
    """The dispatcher's loop."""
    work = asyncio.create_task(dispatcher.run())
    yield
    dispatcher.stop()
    await work


async def keep(update: Update, context: Context) -> None:
    """What the real handler does with words."""
    message = update.effective_message
    assert message is not None
    key = inbox.source_key(context.person, message.message_id)
    await messages.receive(context.person, message.text or "", source_key=key, now=context.now)


async def receive(clock: Clock, *updates: dict[str, Any], bot: str = "telegram") -> None:
    await inbox.receive(HOUSE, bot, [inbox.read_raw(update) for update in updates], now=clock())


@reading
async def states(scope: Scoped) -> list[tuple[int, str, int]]:
    found = await rows("SELECT update_id, state, tries FROM inbox_update ORDER BY id")
    return [(row["update_id"], row["state"], row["tries"]) for row in found]


@reading
async def how_many(scope: Scoped, table: str) -> int:
    return int((await rows(f"SELECT COUNT(*) AS n FROM {table}"))[0]["n"])  # noqa: S608 (the test's own word)


@reading
async def is_done(scope: Scoped, update_id: int) -> bool:
    return bool(await rows("SELECT 1 AS x FROM inbox_update WHERE update_id = ? AND state = 'done'", update_id))


async def test_nobody_waits_for_somebody_who_floods(
    amina: YoungPerson, astrid: YoungPerson, script: Script, clock: Clock
) -> None:
    await receive(clock, *(written(number, 7001, f"igen {number}") for number in range(1, 501)))
    async with application(script, keep) as app:
        dispatcher = Dispatcher({"telegram": app}, now=clock)
        async with at_work(dispatcher):
            await until(lambda: is_done(HOUSE, 5))
            loop = asyncio.get_running_loop()
            started = loop.time()
            await receive(clock, written(1000, 7003, "og mig?"))
            dispatcher.wake()
            await until(lambda: is_done(HOUSE, 1000))
            took = loop.time() - started
            assert await is_done(HOUSE, 500) is False
    assert took < 1.0


async def test_one_person_is_served_in_order_over_both_channels_and_never_twice_at_once(
    cast: Cast, amina: YoungPerson, jonas: YoungPerson, script: Script, clock: Clock
) -> None:
    await link(Scope(cast.randers), cast.amina, 8001, now=clock(), bot="webchat", confirmed_by=cast.mette.staff_id)
    came: dict[str, list[str]] = {cast.amina: [], cast.jonas: []}
    inside: set[str] = set()

    async def slowly(update: Update, context: Context) -> None:
        who = context.person.person_id
        assert who not in inside
        inside.add(who)
        await asyncio.sleep(0.01)
        came[who].append(update.effective_message.text)  # type: ignore[union-attr, arg-type]
        inside.discard(who)

    for number in range(1, 11):
        await receive(clock, written(number, 7001, f"telegram {number}"), written(100 + number, 7002, f"{number}"))
        await receive(clock, written(number, 8001, f"webchat {number}"), bot="webchat")
    async with application(script, slowly) as one, application(script, slowly) as other:
        dispatcher = Dispatcher({"telegram": one, "webchat": other}, now=clock)
        async with at_work(dispatcher):
            await until(lambda: [len(words) for words in came.values()] == [20, 10], 20)
    assert came[cast.amina] == [f"{bot} {number}" for number in range(1, 11) for bot in ("telegram", "webchat")]
    assert came[cast.jonas] == [str(number) for number in range(1, 11)]


async def test_a_handler_that_fails_leaves_nothing_behind_and_the_next_message_is_served(
    amina: YoungPerson, script: Script, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """B 27."""
    caplog.set_level(logging.DEBUG, "hoert")
    tried: list[int] = []

    async def fails_at_the_first(update: Update, context: Context) -> None:
        await keep(update, context)
        tried.append(update.update_id)
        if update.update_id == 1:
            raise ZeroDivisionError("hemmelige ord")

    await receive(clock, written(1, 7001, "hemmelige ord"), written(2, 7001, "og så det her"))
    async with application(script, fails_at_the_first) as app, at_work(Dispatcher({"telegram": app}, now=clock)):
        await until(lambda: is_done(HOUSE, 2))
    assert tried == [1, 1, 1, 2]
    assert await states(HOUSE) == [(1, "dead", 3), (2, "done", 1)]
    assert (await how_many(HOUSE, "message"), await how_many(HOUSE, "letter")) == (1, 1)
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert [line for line in lines if "hemmelige" in line] == []


@reading
async def source_keys(scope: Scoped) -> list[str]:
    return [str(message.source_key) for message in await Message.all()]


async def test_a_handler_that_fails_once_is_tried_again_and_does_its_work_once(
    amina: YoungPerson, script: Script, clock: Clock
) -> None:
    tried: list[int] = []

    async def fails_once(update: Update, context: Context) -> None:
        await keep(update, context)
        tried.append(update.update_id)
        if len(tried) == 1:
            raise OSError

    await receive(clock, written(1, 7001, "hej?"))
    async with application(script, fails_once) as app, at_work(Dispatcher({"telegram": app}, now=clock)):
        await until(lambda: is_done(HOUSE, 1))
    assert tried == [1, 1]
    assert await states(HOUSE) == [(1, "done", 2)]
    assert await source_keys(HOUSE) == [inbox.source_key(amina, 1)]
    assert await how_many(HOUSE, "letter") == 1


async def test_a_pressed_button_stops_spinning_also_when_its_deed_fails(
    amina: YoungPerson, script: Script, clock: Clock
) -> None:
    async def fails(update: Update, context: Context) -> None:
        raise OSError

    await receive(clock, pressed(1, 7001, "abc.0"))
    async with application(script, fails) as app:
        await Dispatcher({"telegram": app}, now=clock).drain()
    assert script.sent("answerCallbackQuery") == [{"callback_query_id": "press1"}] * 3
    assert await states(HOUSE) == [(1, "dead", 3)]


async def test_a_button_that_cannot_be_answered_is_pressed_all_the_same(
    amina: YoungPerson, script: Script, clock: Clock
) -> None:
    """C 42."""
    pressed_by: list[str] = []

    async def note(update: Update, context: Context) -> None:
        pressed_by.append(context.person.person_id)

    await receive(clock, pressed(1, 7001, "abc.0"))
    async with application(script, note) as app:
        script.status = 400
        await Dispatcher({"telegram": app}, now=clock).drain()
    assert pressed_by == [amina.person_id]
    assert await states(HOUSE) == [(1, "done", 1)]


async def test_a_database_that_cannot_even_count_the_failure_keeps_the_update_and_the_loop(
    amina: YoungPerson, script: Script, clock: Clock, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    done, tries = inbox.done, []

    async def done_fails_twice(*args: Any, **kwargs: Any) -> None:
        tries.append("done")
        if len(tries) < 4:
            raise ConnectionError
        await done(*args, **kwargs)

    async def failed_fails(*args: Any, **kwargs: Any) -> bool:
        tries.append("failed")
        raise ConnectionError

    monkeypatch.setattr(inbox, "done", done_fails_twice)
    monkeypatch.setattr(inbox, "failed", failed_fails)
    await receive(clock, written(1, 7001, "hej?"))
    async with application(script, keep) as app, at_work(Dispatcher({"telegram": app}, now=clock)):
        await until(lambda: is_done(HOUSE, 1))
    assert tries == ["done", "failed", "done", "failed", "done"]
    gc.collect()
    assert [record for record in caplog.records if record.name == "asyncio"] == []
    assert await how_many(HOUSE, "message") == 1


async def test_stopping_does_not_wait_for_a_server_that_never_answers_a_press(
    amina: YoungPerson, script: Script, clock: Clock
) -> None:
    async def note(update: Update, context: Context) -> None:
        return

    await receive(clock, pressed(1, 7001, "abc.0"))
    async with application(script, note) as app:
        never = asyncio.Event()
        script.hold = never
        dispatcher = Dispatcher({"telegram": app}, now=clock)
        loop = asyncio.get_running_loop()
        async with at_work(dispatcher):
            await until(lambda: is_done(HOUSE, 1))
            started = loop.time()
        assert loop.time() - started < 4.0
        never.set()


async def test_nothing_new_is_begun_after_the_stop(amina: YoungPerson, script: Script, clock: Clock) -> None:
    async def slow(update: Update, context: Context) -> None:
        dispatcher.stop()
        await asyncio.sleep(0.1)
        await keep(update, context)

    await receive(clock, written(1, 7001, "først?"), written(2, 7001, "siden?"))
    async with application(script, slow) as app:
        dispatcher = Dispatcher({"telegram": app}, now=clock)
        await dispatcher.run()
    assert await states(HOUSE) == [(1, "done", 1), (2, "new", 0)]
