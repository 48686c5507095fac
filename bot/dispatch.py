"""The dispatcher: inbox rows in order per person, different people side by side, one transaction each.

PTB's `process_update` runs inside that transaction, with the domain effects, the letters and "done" in it. PTB swallows
what a handler raises; here it is handed back, so that the transaction rolls back and the row is tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from contextvars import Context
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.error import TelegramError

from bot.context import App, Incoming, current, fault
from models.actions import inbox
from models.actions.consent import Chat
from models.engine import forget, on_received
from models.queries import inbox as views
from models.queries.inbox import Head
from models.transactions import HOUSE, Scope, Scoped, atomic

log = logging.getLogger("hoert.dispatch")

_SIDE_BY_SIDE = 8
_IDLE = 1.0
_TRY_AGAIN = 0.2
_LAST_WORDS = 2.0


class Dispatcher:
    """Processes what the receivers put on disk. Runs as a task; woken by each commit of an update."""

    def __init__(self, applications: Mapping[str, App], *, now: Callable[[], datetime]) -> None:
        self._applications = applications
        self._now = now
        self._started = now()
        self._wake = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self._stopping = self._looking = False

    def wake(self) -> None:
        """There may be something to process."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is in hand, take nothing new."""
        self._stopping = True
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is in hand at this moment."""
        return not (self._busy or self._looking or self._wake.is_set())

    async def process_row(self, inbox_id: int) -> None:
        """The engine's job: process this update, and before it what its person sent earlier. Returns when it waits no
        longer. Raises when the database fails."""
        while head := await views.head_before(HOUSE, inbox_id, bots=tuple(self._applications)):
            await self._one(head)

    async def finish(self) -> None:
        """Wait for the spinners that are still being stopped, not for long."""
        if self._answers:
            # A spinner is nothing to wait for: whoever stops us may have little patience.
            _, late = await asyncio.wait(self._answers, timeout=_LAST_WORDS)
            for answer in late:
                answer.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def run(self) -> None:
        """Process until stopped. A fault of one update or of the database never ends the loop."""
        on_received(self.wake)
        try:
            await self._run()
        finally:
            forget(self.wake)

    async def _run(self) -> None:
        while not self._stopping:
            self._looking = True
            self._wake.clear()
            try:
                await self._round()
            except Exception as exc:  # noqa: BLE001 (the loop must outlive the database)
                log.warning("dispatch.round_failed", extra={"fault": type(exc).__name__})
            self._looking = False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _IDLE)
        await asyncio.gather(*self._busy.values(), return_exceptions=True)
        await self.finish()

    async def drain(self) -> int:
        """Process everything that waits, for tests and the demo's clock; returns how many updates were tried."""
        tried = 0
        while found := await views.heads(HOUSE, bots=tuple(self._applications)):
            for head in found:
                await self._one(head)
                tried += 1
        await asyncio.gather(*self._answers, return_exceptions=True)
        return tried

    async def _round(self) -> None:
        for head in await views.heads(HOUSE, bots=tuple(self._applications)):
            if head.queue in self._busy:
                continue
            if len(self._busy) >= _SIDE_BY_SIDE:
                return
            task = asyncio.create_task(self._one(head))
            self._busy[head.queue] = task
            task.add_done_callback(lambda _, queue=head.queue: self._done(queue))

    def _done(self, queue: str) -> None:
        self._busy.pop(queue, None)
        self._wake.set()

    async def _one(self, head: Head) -> None:
        scope = Scope(head.municipality_id) if head.municipality_id else HOUSE
        try:
            if head.received_at < self._started and not await inbox.begin_again(HOUSE, head.inbox_id, now=self._now()):
                log.warning("dispatch.given_back", extra={"inbox": head.inbox_id, "state": "dead"})
                return
            try:
                await _process(scope, self, head)
            except _LinkClosed:
                await _process(HOUSE, self, head)
        except Exception as exc:  # whatever the handler did: count it, keep the update
            log.exception("dispatch.update_failed", extra={"fault": type(exc).__name__, "inbox": head.inbox_id})
            await self._give_back(head, type(exc).__name__)

    async def _give_back(self, head: Head, kind: str) -> None:
        try:
            dead = await inbox.failed(HOUSE, head.inbox_id, kind, now=self._now())
            log.warning("dispatch.given_back", extra={"inbox": head.inbox_id, "state": "dead" if dead else "new"})
        except Exception as exc:  # noqa: BLE001 (the database is gone: the update stays new, untouched)
            log.warning("dispatch.not_given_back", extra={"inbox": head.inbox_id, "fault": type(exc).__name__})
        await asyncio.sleep(_TRY_AGAIN)

    async def process(self, scope: Scoped, head: Head) -> None:
        """The work inside the transaction."""
        opened = await inbox.open_update(scope, head.inbox_id)
        if opened is None:
            return
        application = self._applications[head.bot]
        self._answer_press(application, opened.payload)
        update = Update.de_json(opened.payload, application.bot)
        found = await views.owner(scope, bot=head.bot, chat_index=opened.chat_index)
        if found.person is None and scope is not HOUSE:
            raise _LinkClosed
        faults: list[BaseException] = []
        incoming = Incoming(
            key=f"in:{head.inbox_id}",
            chat=Chat(head.bot, opened.chat_index, _chat_id(opened.payload), _language(opened.payload)),
            person=found.person,
            joining_id=found.joining_id,
            now=self._now(),
            answered=opened.answered,
        )
        token, fault_token = current.set(incoming), fault.set(faults)
        try:
            await application.process_update(update)
        finally:
            current.reset(token)
            fault.reset(fault_token)
        if faults:
            raise faults[0]
        await inbox.done(scope, head.inbox_id, now=self._now())

    def _answer_press(self, application: App, payload: dict[str, Any]) -> None:
        """Stop the button's spinner: at once, best effort, beside the commit. Its failure means nothing."""
        callback_id = payload.get("callback_query", {}).get("id")
        if callback_id is None:
            return
        # A fresh context: a task made inside a transaction must not inherit its connection.
        task = asyncio.get_running_loop().create_task(_answer(application, str(callback_id)), context=Context())
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)


class _LinkClosed(Exception):
    """The chat was linked when the update came and is not any more: it is a stranger's now, and no municipality's."""


@atomic
async def _process(scope: Scoped, dispatcher: Dispatcher, head: Head) -> None:
    await dispatcher.process(scope, head)


async def _answer(application: App, callback_id: str) -> None:
    with contextlib.suppress(TelegramError):
        await application.bot.answer_callback_query(callback_id)


def _body(payload: dict[str, Any]) -> dict[str, Any]:
    return next((value for name, value in payload.items() if name != "update_id" and isinstance(value, dict)), {})


def _chat_id(payload: dict[str, Any]) -> int:
    body = _body(payload)
    message = body.get("message", body) if "callback_query" in payload else body
    return int((message.get("chat") or body.get("from") or {}).get("id") or 0)


def _language(payload: dict[str, Any]) -> str:
    """Danish for those whose phone speaks Danish (or does not say); English for everybody else."""
    code = str((_body(payload).get("from") or {}).get("language_code") or "da").lower()
    return "da" if code[:2] in {"da", "no", "nb", "nn", "fo", "kl"} else "en"
