"""`hoert serve` told to stop while people write and staff answer: it finishes what is in hand and leaves nothing open.

Telegram's part is played by a web chat server in a process of its own: what people see outlives every `hoert serve`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from models.actions import staff
from models.database import opened
from models.domain.staff import Viewer
from models.settings import Settings
from models.tables.keys import vault
from models.tables.messages import Message
from models.transactions import HOUSE, Scope, reading, rows
from tests.cast import Cast, invite_the_cast, link
from tests.hoert.operating import environment
from tests.kill.ledger import ROOT, Ledger
from tests.stage import Desk
from tests.webchat.served import Phone

NAMES = ("amina", "jonas", "leila", "astrid")
#: How long a call of the Bot API takes: letters are on the wire whenever the stop comes.
SLOW = 0.4


@pytest.fixture(scope="module")
def telegram(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path_factory.mktemp("telegram"))
    ledger.start()
    yield ledger
    assert ledger.stop() == (0, b"")


class Unhurried:
    """A desk that waits for nothing: another process does the work."""

    async def settle(self) -> None:
        """Nothing."""


class Serving:
    """A `hoert serve` of its own."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self.process, self.address = process, address

    async def stop(self) -> tuple[int, float, set[Any]]:
        """SIGTERM; its exit status, how many seconds it took, and what /readyz said meanwhile (status, what it is)."""
        said: set[Any] = set()
        begun = asyncio.get_running_loop().time()
        self.process.send_signal(signal.SIGTERM)
        async with aiohttp.ClientSession() as client:
            while self.process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with client.get(f"{self.address}/readyz", timeout=aiohttp.ClientTimeout(2)) as answer:
                        said.add((answer.status, (await answer.json())["status"]))
                await asyncio.sleep(0.02)
        return self.process.returncode, asyncio.get_running_loop().time() - begun, said


@asynccontextmanager
async def serving(environ: dict[str, str], log: Path) -> AsyncIterator[Serving]:
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-m", "hoert", "serve", cwd=ROOT, env={**os.environ, **environ},
            stdout=asyncio.subprocess.PIPE, stderr=errors,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            said = (await process.stdout.readline()).decode()
        assert said.startswith("Hørt: http://")
        yield Serving(process, said.removeprefix("Hørt: ").strip())
    finally:
        if process.returncode is None:
            process.kill()
        # To the end of what it says: a pipe that is not read to its end is never closed.
        await process.communicate()


class Load:
    """People who write and staff who answer, until they are told to stop. Counts what was taken from them."""

    def __init__(self, cast: Cast, phones: dict[str, Phone], people: dict[str, str], desks: dict[str, Desk]) -> None:
        self.cast, self.phones, self.people, self.desks = cast, phones, people, desks
        self.written: dict[str, list[str]] = {name: [] for name in NAMES}
        self.answered: dict[str, list[str]] = {name: [] for name in NAMES}
        self.over = asyncio.Event()

    async def write(self, name: str) -> None:
        """A few things, one after the other, and a last one when the house is shut: Telegram keeps it."""
        for number in range(5):
            if number == 4:
                await self.over.wait()
            words = f"Ord {number} fra {name}?"
            await self.phones[name].write(words)
            self.written[name].append(words)
            await asyncio.sleep(0.3)

    async def answer(self, name: str) -> None:
        """Staff answer as long as the desk is there; what it did not take, nobody expects to arrive."""
        while not self.over.is_set():
            words = f"Svar {len(self.answered[name])} til {name}."
            try:
                await self.desks[name].submit(f"/inbox/{self.people[name]}", "/reply", body=words)
            except aiohttp.ClientError:
                return
            except AssertionError:
                # Something came in meanwhile: they look again.
                continue
            self.answered[name].append(words)
            await asyncio.sleep(0.2)


async def test_a_stop_under_load_finishes_what_is_in_hand_and_everybody_is_answered_after_the_restart(
    settings: Settings, telegram: Ledger, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    environ = environment(settings, tmp_path) | {
        "HOERT_TELEGRAM_TOKEN": telegram.token, "HOERT_TELEGRAM_API": telegram.api, "HOERT_LOG_LEVEL": "info",
    }  # fmt: skip
    await telegram.call("deleteWebhook", drop_pending_updates=True)
    slow = {"kind": "slow", "delay": SLOW, "methods": ["sendMessage", "editMessageText"]}
    async with contextlib.AsyncExitStack() as stack:
        phones, people, sessions = await _join(settings, telegram, stack)
        await telegram.call("setFaults", faults=[slow])
        stack.push_async_callback(telegram.call, "setFaults", faults=[])
        async with serving(environ, log) as hoert:
            desks = {name: await _desk(stack, hoert, token) for name, token in sessions.items()}
            load = Load(people[0], phones, people[1], desks)
            crowd = [asyncio.create_task(deed(name)) for name in NAMES for deed in (load.write, load.answer)]
            async with asyncio.timeout(60):
                while not any(load.answered.values()) or not await _seen(telegram, phones["amina"]):
                    await asyncio.sleep(0.05)
            code, took, said = await hoert.stop()
            load.over.set()
            await asyncio.gather(*crowd)
        assert (code, took < 20, (503, "draining") in said) == (0, True, True)
        states, unknown = await _letters(settings)
        assert (set(states) - {"sent", "queued", "waiting", "cancelled"}, unknown) == (set(), 0)
        for name in NAMES:
            assert len(await _seen(telegram, phones[name])) == await _sent(settings, people[1][name])

        await telegram.call("setFaults", faults=[])
        async with serving(environ, log) as hoert:
            async with asyncio.timeout(60):
                while not await _all_done(hoert, telegram, load):
                    await asyncio.sleep(0.1)
            code, took, _ = await hoert.stop()
        assert (code, took < 20) == (0, True)
        states, unknown = await _letters(settings)
        assert (set(states) - {"sent", "cancelled"}, unknown) == (set(), 0)
        for name in NAMES:
            seen = await _seen(telegram, phones[name])
            assert len(seen) == await _sent(settings, people[1][name])
            assert [one.partition("\n")[2] for one in seen if " skriver:\n" in one] == load.answered[name]
            taken = await _messages(settings, people[1][name])
            assert [words for direction, words in taken if direction == "in"] == load.written[name]
            assert [words for direction, words in taken if direction == "out"] == load.answered[name]
    said_aloud = log.read_text(encoding="utf-8")
    assert [
        word for word in ("Ord ", "Svar ", telegram.token.partition(":")[2], "Traceback") if word in said_aloud
    ] == []


async def _join(
    settings: Settings, telegram: Ledger, stack: contextlib.AsyncExitStack
) -> tuple[dict[str, Phone], tuple[Cast, dict[str, str]], dict[str, str]]:
    """The cast with their phones, and the sessions of their caseworkers."""
    now = datetime.now(UTC)
    async with opened(settings):
        cast = await invite_the_cast(now)
        caseworkers: dict[str, Viewer] = {
            "amina": cast.mette, "jonas": cast.siri, "leila": cast.mette, "astrid": cast.odd,
        }  # fmt: skip
        phones, sessions = {}, {}
        for name, viewer in caseworkers.items():
            phones[name] = await telegram.phone(name.capitalize())
            stack.push_async_callback(phones[name].web.close)
            await link(
                Scope(viewer.municipality_id), getattr(cast, name), phones[name].chat_id, now=now, bot="telegram",
                confirmed_by=viewer.staff_id,
            )  # fmt: skip
            sessions[name] = (await staff.open_session(HOUSE, viewer.staff_id, now=now)).token
    return phones, (cast, {name: getattr(cast, name) for name in NAMES}), sessions


async def _desk(stack: contextlib.AsyncExitStack, hoert: Serving, token: str) -> Desk:
    session = aiohttp.ClientSession(
        base_url=hoert.address, cookies={"hoert": token}, cookie_jar=aiohttp.CookieJar(unsafe=True)
    )
    stack.push_async_callback(session.close)
    return Desk(session, Unhurried())  # type: ignore[arg-type]


async def _seen(telegram: Ledger, phone: Phone) -> list[str]:
    """The messages somebody was shown, in order."""
    return [entry["text"] for entry in await telegram.seen(phone.chat_id) if entry["kind"] == "message"]


async def _all_done(hoert: Serving, telegram: Ledger, load: Load) -> bool:
    """Whether Telegram has nothing left for us, we have nothing left to do, and everybody has seen every answer."""
    if (await telegram.call("getWebhookInfo"))["pending_update_count"]:
        return False
    for name in NAMES:
        seen = await _seen(telegram, load.phones[name])
        if any(not any(words in one for one in seen) for words in load.answered[name]):
            return False
    async with aiohttp.ClientSession() as client:
        # The figures are kept for some seconds, so they are asked for only when they are likely to say "nothing".
        async with client.get(f"{hoert.address}/readyz") as answer:
            said = await answer.json()
        if (said["inbox_age_seconds"], said["outbox_age_seconds"]) != (None, None):
            return False
        async with client.get(f"{hoert.address}/metrics") as answer:
            figures = await answer.text()
    left = re.findall(
        r'^(?:hoert_letters\{.*state="(?:queued|waiting|sending)"|hoert_inbox_waiting).*\} (.*)$', figures, re.MULTILINE
    )
    return len(left) > 3 and not any(float(one) for one in left)


@reading
async def _read_letters(scope: Scope) -> list[dict[str, Any]]:
    return await rows("SELECT state, unknowns, resent, person_id, message_id, replaces_id FROM letter")


async def _letters(settings: Settings) -> tuple[Counter[str], int]:
    """How many letters are in which state, and how many have an end that nobody knows or were sent again."""
    async with opened(settings):
        found = await _read_letters(HOUSE)
    return Counter(row["state"] for row in found), sum(1 for row in found if row["unknowns"] or row["resent"])


async def _sent(settings: Settings, person_id: str) -> int:
    """How many new messages the database says somebody got."""
    async with opened(settings):
        found = await _read_letters(HOUSE)
    return len({row["message_id"] for row in found if row["person_id"] == person_id and row["state"] == "sent"})


@reading
async def _read_messages(scope: Scope, person_id: str) -> list[tuple[str, str]]:
    found = []
    for message in await Message.filter(person_id=person_id).order_by("position"):
        opened_vault = await vault(message.municipality_id, message.person_id)
        found.append((message.direction, opened_vault.open("message", "body", message.id, message.body_sealed)))
    return found


async def _messages(settings: Settings, person_id: str) -> list[tuple[str, str]]:
    async with opened(settings):
        return await _read_messages(HOUSE, person_id)
