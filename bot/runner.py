"""One PTB application per channel over one set of handlers; receivers, dispatcher and delivery around them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from telegram import BotCommand
from telegram.error import TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes

from bot.app import COMMANDS, register
from bot.context import App, Context
from bot.delivery import Delivery
from bot.dispatch import Dispatcher
from bot.header import Headers
from bot.receiving import Receiver
from bot.request import AiohttpRequest
from locales import text

log = logging.getLogger("hoert.bot")


@dataclass(frozen=True, slots=True)
class Channel:
    """One bot on one server of the Bot API. `name` is how links and letters know it: "telegram" or "webchat"."""

    name: str
    api: str
    token: str

    def __repr__(self) -> str:
        return f"Channel({self.name!r})"


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
    """Everything the young person's side needs, for any number of channels, until stopped."""

    def __init__(
        self,
        channels: list[Channel],
        *,
        now: Callable[[], datetime],
        real_now: Callable[[], datetime],
        help_file: Path,
        poll: bool = True,
    ) -> None:
        self._channels = channels
        self._poll = poll
        self.applications: Mapping[str, App] = {channel.name: application_for(channel) for channel in channels}
        self.dispatcher = Dispatcher(self.applications, now=now)
        self.deliveries = {
            name: Delivery(
                name,
                application.bot,
                now=now,
                real_now=real_now,
                # Telegram's rates bind Telegram; our own chat need not make anybody wait.
                paced=name != "webchat",
                after=Headers(now) if name == "webchat" else None,
            )
            for name, application in self.applications.items()
        }
        self._receivers = [
            Receiver(
                channel.name, f"{channel.api}/bot{channel.token}", now=now, on_received=self.dispatcher.wake,
                help_file=help_file,
            )
            for channel in channels
        ]  # fmt: skip
        self._inward: list[asyncio.Task[None]] = []
        self._outward: list[asyncio.Task[None]] = []
        self.usernames: dict[str, str] = {}

    async def start(self) -> None:
        """Introduce each bot to its server, then begin to receive, process and send.

        Raises TelegramError when a server refuses the token: what can fail, fails before anything starts.
        """
        for name, application in self.applications.items():
            await application.initialize()
            self.usernames[name] = application.bot.username or ""
            await self._publish_commands(application)
        self._outward = [asyncio.create_task(delivery.run()) for delivery in self.deliveries.values()]
        self._inward = [asyncio.create_task(self.dispatcher.run())]
        if self._poll:
            self._inward += [asyncio.create_task(receiver.run()) for receiver in self._receivers]

    async def stop(self) -> None:
        """Receive nothing more, finish what is in hand, send what that posted, close. Nothing is left unsure."""
        for receiver in self._receivers:
            receiver.stop()
        self.dispatcher.stop()
        await asyncio.gather(*self._inward, return_exceptions=True)
        for delivery in self.deliveries.values():
            delivery.stop()
        await asyncio.gather(*self._outward, return_exceptions=True)
        for application in self.applications.values():
            await application.shutdown()

    async def settle(self) -> None:
        """Wait until nothing is in hand: for the demo's clock and for tests."""
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(0.05)
            busy = not self.dispatcher.idle or not all(delivery.idle for delivery in self.deliveries.values())
            quiet = 0 if busy else quiet + 1

    async def _publish_commands(self, application: App) -> None:
        for language, commands in COMMANDS.items():
            menu = [BotCommand(command, text(key, language)) for command, key in commands]
            try:
                await application.bot.set_my_commands(menu, language_code=language if language != "da" else None)
            except TelegramError as exc:
                log.warning("bot.commands_not_set", extra={"fault": type(exc).__name__})
