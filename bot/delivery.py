"""Delivery: letters leave here and nowhere else. Claimed, checked again, rendered, sent, truthfully written down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot import screens
from bot.request import Answered, Undelivered, UndeliveredInTime
from models.actions import letters
from models.actions.letters import Due, Taken
from models.domain import delivery as rules
from models.domain.delivery import LetterClass
from models.transactions import HOUSE, Scope

log = logging.getLogger("hoert.delivery")

Clock = Callable[[], datetime]
_IDLE = 1.0
_AT_ONCE = 16
#: How long a stop waits for what is on the wire, in seconds.
_LAST_WORDS = 12.0
#: Pauses before the outcome of a call is written down again, in seconds; together well below the lease.
_SETTLE_AGAIN = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
_DRAWN_AT_MOST = 5
_NO_SCREEN = rules.Refused("not_drawn")


@dataclass(slots=True)
class Pace:
    """The token buckets of one bot: overall, per chat, and broadcasts apart so that a reply never waits for them."""

    overall: rules.Bucket
    broadcast: rules.Bucket
    chats: dict[str, rules.Bucket] = field(default_factory=dict)

    def wait(self, due: Due, now: datetime) -> float:
        """Seconds to wait before this letter may go; 0 takes its tokens."""
        chat = self.chats.get(due.chat_index) or rules.chat_bucket(now)
        # An edit makes no new message in the chat, so only the overall rate binds it.
        chat_after, chat_wait = (chat, 0.0) if due.replaces else chat.take(now)
        overall_after, overall_wait = self.overall.take(now)
        waits = [chat_wait, overall_wait]
        broadcast_after = self.broadcast
        if due.letter_class is LetterClass.BROADCAST:
            broadcast_after, broadcast_wait = self.broadcast.take(now)
            waits.append(broadcast_wait)
        if max(waits) > 0:
            return max(waits)
        self.overall, self.broadcast = overall_after, broadcast_after
        if len(self.chats) > 10_000:
            self.chats.clear()
        self.chats[due.chat_index] = chat_after
        return 0.0

    def arrived(self, chat_index: str, now: datetime) -> None:
        """A letter is through: its chat's bucket fills from now on only, because Telegram counts from the arrival."""
        bucket = self.chats.get(chat_index)
        if bucket is not None:
            self.chats[chat_index] = replace(bucket, updated=max(now, bucket.updated))


class Delivery:
    """Drains one bot's letters. Runs as a task; wakes at each commit that posted a letter, and by itself."""

    def __init__(
        self, name: str, bot: Bot, *, now: Clock, real_now: Clock, paced: bool = True,
        after: Callable[[Bot, Taken], Any] | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self._bot = bot
        self._now, self._real_now = now, real_now
        self._wake = asyncio.Event()
        self._stopping = False
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._undrawn: dict[int, int] = {}
        self._after = after
        start = real_now()
        self._pace = Pace(rules.bot_bucket(start), rules.broadcast_bucket(start)) if paced else None
        self._kept_waiting = False

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is in hand, take nothing new."""
        self._stopping = True
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is in hand at this moment."""
        return not self._busy and not self._wake.is_set() and not self._kept_waiting

    async def run(self) -> None:
        """Send until stopped. A fault of the database or of one letter never ends the loop."""
        letters.on_post(self.wake)
        try:
            while not self._stopping:
                self._wake.clear()
                pause = _IDLE
                try:
                    pause = await self._round()
                except Exception as exc:  # noqa: BLE001 (the loop must outlive the database)
                    log.warning("delivery.round_failed", extra={"fault": type(exc).__name__, "bot": self.name})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)
            await self._finish()
        finally:
            letters.forget(self.wake)

    async def drain(self) -> int:
        """Send everything that is due now, for tests and the demo's clock; returns how many letters were tried."""
        tried = 0
        failed: set[int] = set()
        while due := [
            one
            for one in await letters.due(HOUSE, bot=self.name, now=self._now())
            if not self._taken(one) and one.letter_id not in failed
        ]:
            for one in due:
                if not await self._send(one):
                    failed.add(one.letter_id)
                tried += 1
        return tried

    async def _finish(self) -> None:
        """What is on the wire may still be answered; what takes longer stays leased, and the sweeper decides."""
        if not self._busy:
            return
        _, late = await asyncio.wait(self._busy.values(), timeout=_LAST_WORDS)
        for sending in late:
            sending.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _round(self) -> float:
        found = await letters.due(HOUSE, bot=self.name, now=self._now())
        pause = _IDLE
        self._kept_waiting = False
        for due in found:
            if self._taken(due) or len(self._busy) >= _AT_ONCE:
                continue
            wait = self._pace.wait(due, self._real_now()) if self._pace is not None else 0.0
            if wait > 0:
                pause = min(pause, wait)
                self._kept_waiting = True
                continue
            task = asyncio.create_task(self._send_or_rest(due))
            self._busy[due.chat_index] = task
            task.add_done_callback(lambda _, chat=due.chat_index: self._done(chat))
        return pause

    def _taken(self, due: Due) -> bool:
        return due.chat_index in self._busy

    def _done(self, chat: str) -> None:
        self._busy.pop(chat, None)
        if self._pace is not None:
            self._pace.arrived(chat, self._real_now())
        self._wake.set()

    async def _send_or_rest(self, due: Due) -> None:
        if not await self._send(due):
            # It is still due: without a pause it would be tried as fast as the machine goes.
            await asyncio.sleep(_IDLE)

    async def _send(self, due: Due) -> bool:
        """Take, send, settle. False when that failed on our side."""
        scope = Scope(due.municipality_id) if due.municipality_id else HOUSE
        try:
            taken = await self._take(scope, due)
            if taken is None:
                return True
            outcome = _NO_SCREEN if taken.screen is None else await self.speak(taken)
            await self._settle(scope, due.letter_id, outcome)
            if self._after is not None and taken.link_id is not None:
                await self._after(self._bot, taken)
        except Exception as exc:  # noqa: BLE001 (the letter stays leased; the sweeper decides by its class)
            log.warning("delivery.letter_failed", extra={"fault": type(exc).__name__, "letter": due.letter_id})
            return False
        return True

    async def _take(self, scope: Scope, due: Due) -> Taken | None:
        """Take a letter; one that cannot be drawn, tried a few times, is taken without a screen: a dead letter that
        staff see, and the letters behind it go on."""
        now = self._now()

        async def draw(one: Taken) -> tuple[screens.Screen | None, list[list[str]]] | None:
            try:
                return await screens.render(one, now)
            except Exception as exc:
                self._undrawn[due.letter_id] = self._undrawn.get(due.letter_id, 0) + 1
                log.warning("delivery.not_drawn", extra={"fault": type(exc).__name__, "letter": due.letter_id})
                raise

        async def leave_blank(_: Taken) -> tuple[None, list[list[str]]]:
            return None, []

        given_up = self._undrawn.get(due.letter_id, 0) >= _DRAWN_AT_MOST
        taken = await letters.take(
            scope, due.letter_id, leave_blank if given_up else draw, now=now, real_now=self._real_now()
        )
        self._undrawn.pop(due.letter_id, None)
        return taken

    async def _settle(self, scope: Scope, letter_id: int, outcome: rules.Outcome) -> None:
        """Write down what happened, also when the database stumbles just now: what is not written is sent again."""
        for pause in (*_SETTLE_AGAIN, None):
            try:
                jitter = random.uniform(-1, 1)  # noqa: S311
                await letters.settle(scope, letter_id, outcome, now=self._now(), jitter=jitter)
            except Exception as exc:
                if pause is None:
                    raise
                log.warning("delivery.not_settled", extra={"fault": type(exc).__name__, "letter": letter_id})
                await asyncio.sleep(pause)
            else:
                return

    async def speak(self, taken: Taken) -> rules.Outcome:
        """One call to the Bot API, and what it came to. Never raises for anything the network or Telegram does."""
        try:
            message_id = await self._call(taken)
        except TelegramError as error:
            return outcome_of(error)
        return rules.classify(200, "", message_id=message_id)

    async def _call(self, taken: Taken) -> int:
        screen: screens.Screen = taken.screen
        keyboard = screens.markup(screen, taken.nonce)
        markup = InlineKeyboardMarkup.de_json(keyboard, self._bot) if keyboard else None
        if screen.photo is not None:
            sent = await self._bot.send_photo(
                taken.chat_id,
                InputFile(BytesIO(screen.photo.png), filename=screen.photo.filename),
                caption=screen.text[:1024],
                reply_markup=markup,
                disable_notification=taken.silent,
                write_timeout=35,
            )
            return sent.message_id
        preview = LinkPreviewOptions(is_disabled=True)
        if taken.edits is not None and not taken.resend:
            await self._bot.edit_message_text(
                screen.text,
                chat_id=taken.chat_id,
                message_id=taken.edits,
                reply_markup=markup,
                link_preview_options=preview,
            )
            return taken.edits
        sent = await self._bot.send_message(
            taken.chat_id,
            screen.text,
            reply_markup=markup,
            disable_notification=taken.silent,
            link_preview_options=preview,
        )
        return sent.message_id


def outcome_of(error: TelegramError) -> rules.Outcome:
    """PTB's exception as an outcome: what certainly was not sent, what may have been, what to do about it."""
    if isinstance(error, RetryAfter):
        seconds = error.retry_after
        return rules.classify(
            429, "", retry_after=seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
        )
    if isinstance(error, Undelivered | UndeliveredInTime):
        return rules.classify(None, "", transport=error.transport)
    if isinstance(error, Answered):
        return rules.classify(error.status, "", retry_after=error.retry_after)
    statuses: tuple[tuple[type[TelegramError], int], ...] = (
        (Forbidden, 403), (ChatMigrated, 400), (BadRequest, 400), (InvalidToken, 401), (Conflict, 409),
    )  # fmt: skip
    for kind, status in statuses:
        if isinstance(error, kind):
            description = "group chat was upgraded" if kind is ChatMigrated else error.message
            return rules.classify(status, description)
    if isinstance(error, NetworkError):
        return rules.classify(502, "")
    return rules.classify(None, "", transport="reset")
