"""/healthz, /readyz and /metrics over real HTTP: what they say when all is well, when something waits, and when not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from prometheus_client.parser import text_string_to_metric_families

from hoert.metrics import HELP, UNSETTLED, Deliveries, Hooks, build_version
from hoert.watch import Observer, Shared, folder_bytes, metrics_app, watch_app
from models.actions import clock, inbox, letters
from models.database import opened
from models.domain.delivery import LetterClass
from models.domain.people import YoungPerson
from models.settings import Settings
from models.transactions import HOUSE, Scope, atomic, execute
from scheduler.jobs import TICKS
from tests.cast import Cast, link
from tests.postgres import PostgresServer


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked(app: web.Application, path: str, **headers: str) -> tuple[int, str]:
    async with (
        served(app) as address,
        aiohttp.ClientSession() as client,
        client.get(address + path, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def readiness(observer: Observer) -> tuple[int, Any]:
    status, body = await asked(watch_app(observer), "/readyz")
    return status, json.loads(body)


async def figures(observer: Observer) -> dict[str, dict[tuple[str, ...], float]]:
    """Every figure of ours by its labels' values."""
    status, body = await asked(metrics_app(observer), "/metrics")
    assert status == 200
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(body)
        if family.name.startswith("hoert_")
    }


def observing(now: datetime, **more: Any) -> Observer:
    options = {"now": lambda: now, "real_now": lambda: now, "bots": ["webchat"], "ticks": False} | more
    return Observer(**options)


async def write(number: int, now: datetime, bot: str = "webchat") -> None:
    """An update waits in the inbox."""
    body = {"message_id": number, "date": 1, "chat": {"id": 11, "type": "private"}, "from": {"id": 11}, "text": "hej"}
    await inbox.receive(HOUSE, bot, [inbox.read_raw({"update_id": number, "message": body})], now=now)


async def post(person: YoungPerson, key: str, now: datetime) -> int:
    made = await letters.post(person, "message.reply", person_id=person.person_id, key=key, now=now)
    assert made is not None
    return made


@atomic
async def change(scope: Scope, statement: str, *values: object) -> None:
    await execute(statement, *values)


@pytest.fixture
async def amina(cast: Cast, now: datetime) -> YoungPerson:
    return await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)


async def test_a_quiet_house_is_alive_and_ready(database: Settings, now: datetime) -> None:
    assert await asked(watch_app(observing(now)), "/healthz") == (200, '{"status": "ok"}')
    assert await readiness(observing(now)) == (
        200,
        {
            "status": "ready", "database": True, "queues": True, "clock": None, "inbox_age_seconds": None,
            "outbox_age_seconds": None, "last_tick_seconds": None,
        },
    )  # fmt: skip


async def test_where_a_clock_should_tick_one_that_stands_still_makes_it_unready(
    database: Settings, now: datetime
) -> None:
    async def told() -> tuple[int, Any, Any]:
        status, body = await readiness(observing(now, ticks=True))
        return status, body["clock"], body["last_tick_seconds"]

    assert await told() == (503, False, None)
    await clock.ran(HOUSE, "sweep", real_now=now - timedelta(seconds=61))
    assert await told() == (503, False, 61)
    await clock.ran(HOUSE, "due", real_now=now - timedelta(seconds=59))
    assert await told() == (200, True, 59)


async def test_an_update_that_waits_for_a_minute_makes_it_unready(amina: YoungPerson, now: datetime) -> None:
    await write(1, now)
    for waited, status in ((59, 200), (61, 503)):
        found = await readiness(observing(now + timedelta(seconds=waited)))
        assert (found[0], found[1]["queues"], found[1]["inbox_age_seconds"]) == (status, status == 200, waited)


async def test_a_letter_that_could_have_gone_for_a_minute_makes_it_unready(amina: YoungPerson, now: datetime) -> None:
    await post(amina, "a", now)
    for waited, status in ((59, 200), (61, 503)):
        found = await readiness(observing(now + timedelta(seconds=waited)))
        assert (found[0], found[1]["outbox_age_seconds"]) == (status, waited)


async def test_letters_that_wait_for_a_reason_are_no_sign_of_trouble(amina: YoungPerson, now: datetime) -> None:
    first, _ = await post(amina, "a", now), await post(amina, "b", now)
    later = now + timedelta(seconds=300)

    async def age() -> float | None:
        return (await readiness(observing(later)))[1]["outbox_age_seconds"]

    assert await age() == 300
    # The first one failed and is tried again later; the second waits behind it.
    await change(HOUSE, "UPDATE letter SET state = 'waiting', next_at = ? WHERE id = ?", _micros(later) + 1, first)
    assert await age() is None
    await change(HOUSE, "UPDATE letter SET state = 'sent' WHERE id = ?", first)
    assert await age() == 300
    # The bot's server wants to be left alone.
    until = _micros(later + timedelta(seconds=5))
    await change(HOUSE, "INSERT INTO bot_state (bot, frozen_until, stopped) VALUES ('webchat', ?, '')", until)
    assert await age() is None
    await change(HOUSE, "DELETE FROM bot_state")
    # A broadcast takes its time.
    await change(HOUSE, "UPDATE letter SET letter_class = 'broadcast'")
    assert await age() is None


async def test_what_came_for_a_bot_that_is_no_longer_here_waits_for_nobody(amina: YoungPerson, now: datetime) -> None:
    await write(1, now)
    await post(amina, "a", now)
    found = await readiness(observing(now + timedelta(hours=1), bots=["telegram"]))
    assert (found[0], found[1]["inbox_age_seconds"], found[1]["outbox_age_seconds"]) == (200, None, None)
    assert (await readiness(observing(now + timedelta(hours=1), bots=[])))[0] == 200


async def test_while_it_drains_it_is_alive_and_not_ready(database: Settings, now: datetime) -> None:
    observer = observing(now)
    observer.drain()
    assert await readiness(observer) == (503, {"status": "draining"})
    assert (await asked(watch_app(observer), "/healthz"))[0] == 200
    assert (await figures(observer))["hoert_draining"] == {(): 1}


async def test_without_a_database_it_is_alive_and_not_ready_and_says_so_in_figures(
    settings: Settings, now: datetime
) -> None:
    async with opened(settings):
        pass
    observer = observing(now)
    assert await readiness(observer) == (503, {"status": "unready", "database": False})
    assert (await asked(watch_app(observer), "/healthz"))[0] == 200
    found = await figures(observer)
    assert found["hoert_database_up"] == {(): 0}
    assert sorted(found) == [
        "hoert_build_info", "hoert_database_answer_seconds", "hoert_database_up", "hoert_deliveries", "hoert_draining",
        "hoert_webhook_answers", "hoert_webhook_pending",
    ]  # fmt: skip


async def test_a_database_that_hangs_keeps_nobody_waiting_and_is_asked_once(
    on_postgres: Settings, now: datetime, postgres: PostgresServer
) -> None:
    async with opened(on_postgres):
        await _hang(on_postgres, now, postgres)


async def _hang(settings: Settings, now: datetime, postgres: PostgresServer) -> None:
    observer = observing(now, patience=0.2)
    name = settings.database_url.rpartition("/")[2].partition("?")[0]
    with postgres.admin(name) as admin, admin.transaction():
        admin.execute("LOCK TABLE inbox_update IN ACCESS EXCLUSIVE MODE")
        answers = await asyncio.gather(*(readiness(observer) for _ in range(5)))
        asking = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s", [name]
        ).fetchone()
    assert answers == [(503, {"status": "unready", "database": False})] * 5
    assert asking == (1,)
    async with asyncio.timeout(10):
        while (await readiness(observer))[0] != 200:
            await asyncio.sleep(0.05)


async def test_the_figures_say_what_waits_where_and_nothing_of_whom(
    amina: YoungPerson, now: datetime, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(bytes(700))
    later = now + timedelta(seconds=40)
    await write(1, now)
    await write(2, later)
    await change(HOUSE, "UPDATE inbox_update SET state = 'dead' WHERE update_id = 2")
    dead, sent = await post(amina, "a", now), await post(amina, "b", now)
    await post(amina, "c", now + timedelta(seconds=10))
    await change(HOUSE, "UPDATE letter SET state = 'dead' WHERE id = ?", dead)
    await change(HOUSE, "UPDATE letter SET state = 'sent' WHERE id = ?", sent)
    until = _micros(later + timedelta(seconds=5))
    await change(HOUSE, "INSERT INTO bot_state (bot, frozen_until, stopped) VALUES ('webchat', ?, 'conflict')", until)
    await inbox.move_offset(HOUSE, "webchat", 7, now=now)
    await clock.ran(HOUSE, "due", real_now=now)
    deliveries = Deliveries()
    deliveries.count("staff_reply", "sent")
    deliveries.count("staff_reply", "sent")
    deliveries.count("nudge", "unsure")
    hooks = Hooks(
        webhook_pending={"telegram": lambda: 4},
        webhook_answers={"telegram": lambda: {"kept": 5, "refused": 2}},
        journal_bytes=folder_bytes(tmp_path),
        deliveries=deliveries,
    )
    found = await figures(observing(later, hooks=hooks))
    assert found.pop("hoert_database_answer_seconds")[()] > 0
    assert [version for _, version in found.pop("hoert_build_info")] == [build_version()]
    assert [version[:2] for (version,) in found.pop("hoert_schema_info")] == ["00"]
    webchat = [("webchat", one.value) for one in LetterClass]
    nothing = dict.fromkeys(webchat, 0.0)
    assert found.pop("hoert_letters") == {(*one, state): 0.0 for one in webchat for state in UNSETTLED} | {
        ("webchat", "staff_reply", "dead"): 1, ("webchat", "staff_reply", "queued"): 1,
    }  # fmt: skip
    assert found == {
        "hoert_database_up": {(): 1},
        "hoert_draining": {(): 0},
        "hoert_inbox_waiting": {("webchat",): 1},
        "hoert_inbox_oldest_seconds": {("webchat",): 40},
        "hoert_inbox_dead": {("webchat",): 1},
        "hoert_letters_due": nothing | {("webchat", "staff_reply"): 1},
        "hoert_letters_due_oldest_seconds": nothing | {("webchat", "staff_reply"): 30},
        "hoert_deliveries": {("staff_reply", "sent"): 2, ("nudge", "unsure"): 1},
        "hoert_receiver_contact_age_seconds": {("webchat",): 40},
        "hoert_webhook_pending": {("telegram",): 4},
        "hoert_webhook_answers": {("telegram", "kept"): 5, ("telegram", "refused"): 2},
        "hoert_bot_frozen_seconds": {("webchat",): 5},
        "hoert_bot_stopped": {("webchat",): 1},
        "hoert_tick_age_seconds": {("due",): 40},
        "hoert_tick_interval_seconds": {(tick.name,): tick.seconds for tick in TICKS},
        "hoert_journal_bytes": {(): 700},
    }


async def test_a_label_that_is_no_code_becomes_other(now: datetime) -> None:
    deliveries = Deliveries()
    deliveries.count("Amina Yusuf", "7c9e6679f7425a0de0e1")
    deliveries.count("Jonas", "")
    found = await figures(observing(now, hooks=Hooks(deliveries=deliveries)))
    assert found["hoert_deliveries"] == {("other", "other"): 1, ("other", "none"): 1}


async def test_a_scraper_sees_the_process_itself_too(now: datetime) -> None:
    body = (await asked(watch_app(observing(now)), "/metrics"))[1]
    names = {family.name for family in text_string_to_metric_families(body)}
    assert {name for name in names if not name.startswith("hoert_")} == {
        "process_virtual_memory_bytes", "process_resident_memory_bytes", "process_start_time_seconds",
        "process_cpu_seconds", "process_open_fds", "process_max_fds",
    }  # fmt: skip
    assert {name for name in names if name.startswith("hoert_")} - set(HELP) == set()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "forwarded", "Via", "X-Real-IP", "X-Forwarded-Proto"])
async def test_the_figures_are_not_there_for_whoever_comes_through_a_proxy(now: datetime, header: str) -> None:
    app = watch_app(observing(now))
    assert (await asked(app, "/metrics", **{header: "127.0.0.1"}))[0] == 404


@pytest.mark.parametrize(
    ("peer", "status"),
    [("127.0.0.1", 200), ("127.9.9.9", 200), ("::1", 200), ("10.0.0.7", 404), ("203.0.113.9", 404), ("", 404),
     ("fe80::1%eth0", 404)],
)  # fmt: skip
async def test_the_figures_are_there_for_this_machine_only(now: datetime, peer: str, status: int) -> None:
    request = make_mocked_request("GET", "/metrics").clone(remote=peer)
    try:
        answer = (await observing(now).local_metrics(request)).status
    except web.HTTPNotFound:
        answer = 404
    assert answer == status


async def test_with_an_address_of_their_own_the_figures_are_nowhere_else(now: datetime) -> None:
    observer = observing(now)
    assert (await asked(watch_app(observer, metrics=False), "/metrics"))[0] == 404
    assert (await asked(metrics_app(observer), "/metrics", **{"X-Forwarded-For": "10.0.0.7"}))[0] == 200
    assert (await asked(metrics_app(observer), "/readyz"))[0] == 404


async def test_whoever_asks_at_the_same_time_shares_one_answer() -> None:
    questions = 0

    async def ask() -> int:
        nonlocal questions
        questions += 1
        await asyncio.sleep(0.01)
        return questions

    shared = Shared(ask, 60, 1)
    assert await asyncio.gather(*(shared.get() for _ in range(20))) == [1] * 20
    assert await shared.get() == 1
    fresh = Shared(ask, 0, 1)
    assert [await fresh.get(), await fresh.get()] == [2, 3]


async def test_two_clocks_may_write_down_the_same_tick(database: Settings, now: datetime) -> None:
    at: Callable[[int], datetime] = lambda seconds: now + timedelta(seconds=seconds)  # noqa: E731
    await asyncio.gather(*(clock.ran(HOUSE, "due", real_now=at(3)) for _ in range(6)))
    assert (await figures(observing(at(10))))["hoert_tick_age_seconds"] == {("due",): 7}


def _micros(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
