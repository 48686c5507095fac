"""Delivery: letters leave here and nowhere else. Claimed, checked again, rendered, sent, truthfully written down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import replace
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
from bot.pace import Pace
from bot.request import Answered, Undelivered, UndeliveredInTime
from models.actions import letters
from models.actions.letters import Due, Later, Taken
from models.domain import delivery as rules
from models.domain.delivery import priority
from models.engine import URGENT_RANK, forget, on_posted
from models.transactions import HOUSE, Scope

log = logging.getLogger("hoert.delivery")

Clock = Callable[[], datetime]
_IDLE = 1.0
#: How many letters are looked up at once, and for how many seconds what was seen is gone through before looking again:
#: another process may have posted something more urgent, or sent some of these.
_LOOK_AT, _SEEN_FOR = 192, 0.25
_AT_ONCE = 24
#: Hands for what cannot wait when all others hold on to a slow line.
_FOR_URGENT = 8
#: How often a job looks again, how long it waits for a chat's other letter, and for its pace, in seconds.
_IN_ONE_GO, _MOMENT, _PATIENCE = 100, 0.2, 3.5
#: How long a stop waits for what is on the wire, in seconds.
_LAST_WORDS = 12.0
#: Pauses before the outcome of a call is written down again, in seconds; together well below the lease.
_SETTLE_AGAIN = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
_DRAWN_AT_MOST = 5
_NO_SCREEN = rules.Refused("not_drawn")


class Delivery:
    """Drains one bot's letters. Runs as a task; wakes at each commit that posted a letter, and by itself."""

    def __init__(
        self, name: str, bot: Bot, *, now: Clock, real_now: Clock, paced: bool = True,
        after: Callable[[Bot, Taken], Any] | None = None,
        before: Callable[[Bot, Taken], Any] | None = None,
        doors: Callable[[screens.Screen, Taken], Any] | None = None,
        counted: Callable[[str, str], None] = lambda *_: None,
    ) -> None:  # fmt: skip
        self.name = name
        self._bot = bot
        self._now, self._real_now = now, real_now
        self._wake = asyncio.Event()
        self._stopping = self._looking = False
        self._posted, self._seen, self._looked = True, list[Due](), 0.0
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._rest: dict[str, float] = {}
        self._undrawn: dict[int, int] = {}
        self._after, self._before, self._doors = after, before, doors
        self._counted = counted
        self._pace = Pace(name, real_now=real_now) if paced else None

    def wake(self) -> None:
        """There may be something to send."""
        self._posted = True
        self._wake.set()

    def stop(self) -> None:
        """Finish what is in hand, take nothing new."""
        self._stopping = True
        self._wake.set()

    async def close(self) -> None:
        """Give no more turns; for after the last letter."""
        if self._pace is not None:
            await self._pace.close()

    @property
    def idle(self) -> bool:
        """Whether nothing is in hand at this moment."""
        return not (self._busy or self._looking or self._wake.is_set() or self._resting())

    async def run(self) -> None:
        """Send until stopped. A fault of the database or of one letter never ends the loop."""
        on_posted(self.wake)
        try:
            while not self._stopping:
                self._looking = True
                self._wake.clear()
                pause = _IDLE
                try:
                    pause = await self._round()
                except Exception as exc:  # noqa: BLE001 (the loop must outlive the database)
                    log.warning("delivery.round_failed", extra={"fault": type(exc).__name__, "bot": self.name})
                self._looking = False
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)
            await self._finish()
        finally:
            forget(self.wake)

    async def drain(self) -> int:
        """Send everything that is due now, for tests and the demo's clock; returns how many letters were tried."""
        tried = 0
        failed: set[int] = set()
        while due := [
            one
            for one in await letters.due(HOUSE, bot=self.name, now=self._now())
            if one.chat_index not in self._busy and one.letter_id not in failed
        ]:
            for one in due:
                if await self._tried(one) is not None:
                    failed.add(one.letter_id)
                tried += 1
        return tried

    async def deliver(self, letter_id: int) -> None:
        """The engine's job: send this letter, and before it what its chat must get first. Returns when it is sent, or
        when it is not its turn: somebody will be called for it again. Raises when the database fails."""
        for _ in range(_IN_ONE_GO):
            waits, due = await letters.due_before(HOUSE, letter_id, now=self._now())
            if not waits:
                return
            if due is None:
                # Another letter of the chat is on its way; who sends it is not long about it.
                await asyncio.sleep(_MOMENT)
                continue
            wait = await self._send(due)
            if wait is not None and wait > _PATIENCE:
                return
            if wait is not None:
                await asyncio.sleep(wait)

    async def _finish(self) -> None:
        """What is on the wire may still be answered; what takes longer stays leased, and the sweeper decides."""
        if not self._busy:
            return
        _, late = await asyncio.wait(self._busy.values(), timeout=_LAST_WORDS)
        for sending in late:
            sending.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _round(self) -> float:
        clock = asyncio.get_running_loop().time()
        if self._posted or not self._seen or clock - self._looked > _SEEN_FOR:
            self._posted, self._looked = False, clock
            self._seen = await letters.due(HOUSE, bot=self.name, now=self._now(), limit=_LOOK_AT)
        seen, self._seen = self._seen, []
        for due in seen:
            if due.chat_index in self._busy:
                continue
            hands = _AT_ONCE + (_FOR_URGENT if priority(due.letter_class) <= URGENT_RANK else 0)
            if len(self._busy) >= hands or self._is_resting(due.chat_index):
                self._seen.append(due)
                continue
            task = asyncio.create_task(self._send_or_rest(due))
            self._busy[due.chat_index] = task
            task.add_done_callback(lambda _, chat=due.chat_index: self._done(chat))
        return min([_SEEN_FOR if self._seen else _IDLE, *self._resting().values()])

    def _resting(self) -> dict[str, float]:
        """The chats that wait for their own pace, and for how many seconds more."""
        now = asyncio.get_running_loop().time()
        self._rest = {chat: until for chat, until in self._rest.items() if until > now}
        return {chat: until - now for chat, until in self._rest.items()}

    def _is_resting(self, chat: str) -> bool:
        return self._rest.get(chat, 0.0) > asyncio.get_running_loop().time()

    def _done(self, chat: str) -> None:
        self._busy.pop(chat, None)
        self._wake.set()

    async def _send_or_rest(self, due: Due) -> None:
        wait = await self._tried(due)
        if wait is not None:
            self._rest[due.chat_index] = asyncio.get_running_loop().time() + wait

    async def _tried(self, due: Due) -> float | None:
        """As `_send`; a fault of ours leaves the letter as it is, or leased, and the sweeper decides by its class."""
        try:
            return await self._send(due)
        except Exception as exc:  # noqa: BLE001
            log.warning("delivery.letter_failed", extra={"fault": type(exc).__name__, "letter": due.letter_id})
            # It is still due: without a pause it would be tried as fast as the machine goes.
            return _IDLE

    async def _send(self, due: Due) -> float | None:
        """Take, send, settle. None when that is done; otherwise in how many seconds it may be tried again."""
        scope = Scope(due.municipality_id) if due.municipality_id else HOUSE
        rank, turn = priority(due.letter_class), 0.0
        if self._pace is not None:
            turn = await self._pace.turn(rank)
        taken = await self._take(scope, due)
        if not isinstance(taken, Taken):
            if self._pace is not None:
                self._pace.give_back()
            return taken.seconds if taken is not None else None
        if self._pace is not None:
            await self._pace.door(rank, turn)
        outcome = _NO_SCREEN if taken.screen is None else await self.speak(await self._with_doors(taken))
        await self._settle(scope, due, outcome, self._real_now())
        if self._after is not None and taken.link_id is not None:
            await self._after(self._bot, taken)
        return None

    async def _take(self, scope: Scope, due: Due) -> Taken | Later | None:
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
            scope, due.letter_id, leave_blank if given_up else draw, now=now, real_now=self._real_now(),
            paced=self._pace is not None,
        )  # fmt: skip
        self._undrawn.pop(due.letter_id, None)
        return taken

    async def _settle(self, scope: Scope, due: Due, outcome: rules.Outcome, arrived: datetime) -> None:
        """Write down what happened, also when the database stumbles just now: what is not written is sent again."""
        for pause in (*_SETTLE_AGAIN, None):
            try:
                state = await letters.settle(
                    scope, due.letter_id, outcome, now=self._now(), real_now=arrived,
                    jitter=random.uniform(-1, 1),  # noqa: S311
                )  # fmt: skip
            except Exception as exc:
                if pause is None:
                    raise
                log.warning("delivery.not_settled", extra={"fault": type(exc).__name__, "letter": due.letter_id})
                await asyncio.sleep(pause)
            else:
                self._counted(due.letter_class.value, state.value)
                return

    async def _with_doors(self, taken: Taken) -> Taken:
        """The addresses of ways into the web chat are made now, outside the transaction."""
        if self._doors is None:
            return taken
        try:
            return replace(taken, screen=await self._doors(taken.screen, taken))
        except Exception as exc:  # noqa: BLE001 (what is said matters more than the way in; a button makes a new one)
            log.warning("delivery.no_door", extra={"fault": type(exc).__name__, "letter": taken.letter_id})
            return taken

    async def speak(self, taken: Taken) -> rules.Outcome:
        """One call to the Bot API, and what it came to. Never raises for anything the network or Telegram does."""
        try:
            message_id = await self._call(taken)
        except TelegramError as error:
            return outcome_of(error)
        return rules.classify(200, "", message_id=message_id)

    async def _call(self, taken: Taken) -> int:
        screen: screens.Screen = taken.screen
        if screen.forget is not None:
            return await self._forget(taken, screen.forget)
        if self._before is not None:
            await self._before(self._bot, taken)
        keyboard = screens.markup(screen, taken.nonce)
        markup = InlineKeyboardMarkup.de_json(keyboard, self._bot) if keyboard else None
        file = screen.file or (screens.File(screen.photo.png, screen.photo.filename, "photo") if screen.photo else None)
        if file is not None:
            return await self._send_file(taken, file, markup)
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

    async def _forget(self, taken: Taken, shown: tuple[int, ...]) -> int:
        if self.name == "webchat":
            await self._bot.do_api_request("forgetChat", {"chat_id": taken.chat_id})
        elif shown:
            await self._bot.delete_messages(taken.chat_id, shown)
        return 0

    async def _send_file(self, taken: Taken, file: screens.File, markup: InlineKeyboardMarkup | None) -> int:
        send = {"photo": self._bot.send_photo, "voice": self._bot.send_voice}.get(file.kind, self._bot.send_document)
        sent = await send(
            taken.chat_id,
            InputFile(BytesIO(file.content), filename=file.filename),
            caption=taken.screen.text[:1024] or None,
            reply_markup=markup,
            disable_notification=taken.silent,
            write_timeout=35,
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
