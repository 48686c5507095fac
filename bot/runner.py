"""One PTB application per channel over one set of handlers; receivers, dispatcher and delivery around them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from telegram import Bot, BotCommand
from telegram.error import TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes

from bot.app import COMMANDS, register
from bot.context import App, Context
from bot.delivery import Delivery
from bot.dispatch import Dispatcher
from bot.doors import Doors, Locks
from bot.fetching import Fetcher
from bot.header import Headers
from bot.receiving import Contact, Journal, Receiver, WebhookReceiver, WebhookWatch
from bot.request import AiohttpRequest
from locales import text
from models.actions import clock, letters
from models.actions.letters import Taken
from models.engine import Embedded, Workers, engine
from models.queries import inbox as views
from models.transactions import HOUSE

log = logging.getLogger("hoert.bot")

#: How long between two looks at whether anything is in hand, in seconds.
_MOMENT = 0.01


@dataclass(frozen=True, slots=True)
class Channel:
    """One bot on one server of the Bot API. `name` is how links and letters know it: "telegram" or "webchat"."""

    name: str
    api: str
    token: str
    ours: bool = False  # its server lives and dies with this process

    def __repr__(self) -> str:
        return f"Channel({self.name!r})"


@dataclass(frozen=True, slots=True)
class Pushed:
    """How a channel's updates are pushed to us: the address it is told, the secret it shows, the journal of them."""

    channel: str
    address: str
    secret: str
    journal: Journal

    def __repr__(self) -> str:
        return f"Pushed({self.channel!r})"


def application_for(channel: Channel) -> App:
    """PTB's application for a channel: no updater, no job queue, our request class, our handlers."""
    application: App = (
        ApplicationBuilder()
        .token(channel.token)
        .base_url(f"{channel.api}/bot")
        .base_file_url(f"{channel.api}/file/bot")
        .updater(None)
        .job_queue(None)
        .request(AiohttpRequest())
        .get_updates_request(AiohttpRequest(connections=1))
        .context_types(ContextTypes(context=Context))
        .build()
    )
    register(application)
    return application


class BotRunner:
    """Everything the young person's side needs, for any number of channels, until stopped.

    The engine of the open database calls for the work: loops of this process, or Procrastinate's workers.
    """

    def __init__(
        self,
        channels: list[Channel],
        *,
        now: Callable[[], datetime],
        real_now: Callable[[], datetime],
        help_file: Path,
        poll: bool = True,
        leads: Callable[[], bool] = lambda: True,
        pushed: Pushed | None = None,
        counted: Callable[[str, str], None] = lambda *_: None,
        public_url: str = "",
    ) -> None:
        self._channels = channels
        self._pushed = pushed
        self._poll = poll
        self._now = now
        self._real_now = real_now
        self.applications: Mapping[str, App] = {channel.name: application_for(channel) for channel in channels}
        self.dispatcher = Dispatcher(self.applications, now=now)
        web = self.applications.get("webchat")
        doors, locks = Doors(web.bot if web is not None else None, public_url, now), Locks(now)
        headers = Headers(now)

        async def beside(bot: Bot, taken: Taken) -> None:
            await headers(bot, taken)
            await locks.after(bot, taken)

        self.deliveries = {
            name: Delivery(
                name,
                application.bot,
                now=now,
                real_now=real_now,
                # Telegram's rates bind Telegram; our own chat need not make anybody wait.
                paced=name != "webchat",
                after=beside if name == "webchat" else None,
                before=locks.before if name == "webchat" else None,
                doors=doors,
                counted=counted,
            )
            for name, application in self.applications.items()
        }
        self.fetcher = Fetcher({name: application.bot for name, application in self.applications.items()}, now=now)
        # Nobody can have written to a server of our own process while we were down.
        contacts = {
            channel.name: None if channel.ours else Contact(channel.name, now=now, real_now=real_now)
            for channel in channels
        }
        address = {channel.name: f"{channel.api}/bot{channel.token}" for channel in channels}
        self.receivers = {
            name: Receiver(
                name, url, now=now, on_received=self.dispatcher.wake, help_file=help_file, leads=leads,
                contact=contacts[name],
            )
            for name, url in address.items()
            if pushed is None or name != pushed.channel
        }  # fmt: skip
        self.webhook: WebhookReceiver | None = None
        self.watch: WebhookWatch | None = None
        if pushed is not None:
            url = address[pushed.channel]
            self.webhook = WebhookReceiver(
                pushed.channel, url, secrets=[pushed.secret], now=now, on_received=self.dispatcher.wake,
                help_file=help_file, journal=pushed.journal,
            )  # fmt: skip
            self.watch = WebhookWatch(
                pushed.channel, url, address=pushed.address, secret=pushed.secret, real_now=real_now,
                contact=contacts[pushed.channel], leads=leads,
            )  # fmt: skip
        self.workers: Workers | None = None
        self._inward: list[asyncio.Task[None]] = []
        self._outward: list[asyncio.Task[None]] = []
        self.usernames: dict[str, str] = {}

    async def introduce(self) -> None:
        """Introduce each bot to its server, once.

        Raises TelegramError when a server refuses the token: what can fail, fails before anything starts.
        """
        if self.usernames:
            return
        for name, application in self.applications.items():
            await application.initialize()
            self.usernames[name] = application.bot.username or ""
            await letters.introduce(HOUSE, name, self.usernames[name])
            await self._publish_commands(application)

    async def start(self) -> None:
        """Begin to receive, process and send."""
        await self.introduce()
        deferring = engine()
        if isinstance(deferring, Embedded):
            self._outward = [asyncio.create_task(delivery.run()) for delivery in self.deliveries.values()]
            self._inward = [asyncio.create_task(self.dispatcher.run())]
        else:
            self.workers = deferring.workers(
                {"update": self._update, "letter": self._letter, "thaw": self._thaw}, tuple(self.applications)
            )
            await self.workers.start(self._heard)
        self._inward.append(asyncio.create_task(self.fetcher.run()))
        if self._poll:
            self._inward += [asyncio.create_task(receiver.run()) for receiver in self.receivers.values()]
        if self.watch is not None:
            self._inward.append(asyncio.create_task(self.watch.run()))

    async def stop(self) -> None:
        """Receive nothing more, finish what is in hand, send what that posted, close. Nothing is left unsure."""
        for receiver in self.receivers.values():
            receiver.stop()
        if self.watch is not None and self.webhook is not None:
            self.watch.stop()
            await self.webhook.close()
        self.dispatcher.stop()
        self.fetcher.stop()
        await asyncio.gather(*self._inward, return_exceptions=True)
        if self.workers is not None:
            await self.workers.stop()
            await self.dispatcher.finish()
        for delivery in self.deliveries.values():
            delivery.stop()
        await asyncio.gather(*self._outward, return_exceptions=True)
        for delivery in self.deliveries.values():
            await delivery.close()
        for application in self.applications.values():
            await application.shutdown()

    async def settle(self) -> None:
        """Wait until nothing is in hand: for the demo's clock and for tests."""
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(_MOMENT)
            quiet = 0 if await self._busy() else quiet + 1

    async def _busy(self) -> bool:
        if not self.fetcher.idle:
            return True
        if self.workers is not None:
            return await views.in_hand(HOUSE, bots=tuple(self.applications), now=self._now())
        return not self.dispatcher.idle or not all(delivery.idle for delivery in self.deliveries.values())

    async def _update(self, _: str, row: int) -> None:
        await self.dispatcher.process_row(row)

    async def _letter(self, bot: str, row: int) -> None:
        await self.deliveries[bot].deliver(row)

    async def _thaw(self, bot: str, _: int) -> None:
        await letters.recall(HOUSE, now=self._now(), bot=bot)

    async def _heard(self, queue: str) -> None:
        await clock.ran(HOUSE, f"canary.{queue}"[:24], real_now=self._real_now())

    async def _publish_commands(self, application: App) -> None:
        for language, commands in COMMANDS.items():
            menu = [BotCommand(command, text(key, language)) for command, key in commands]
            try:
                await application.bot.set_my_commands(menu, language_code=language if language != "da" else None)
            except TelegramError as exc:
                log.warning("bot.commands_not_set", extra={"fault": type(exc).__name__})
