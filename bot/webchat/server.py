"""The web chat as a whole: opened once, served by one or two web servers, closed in the reverse order."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.webchat import bot_api, limits, page_api
from bot.webchat.chats import Chats
from bot.webchat.extensions import Extensions
from bot.webchat.faults import Faults
from bot.webchat.files import Files
from bot.webchat.methods import Methods
from bot.webchat.push import SERVICES, Push
from bot.webchat.rates import PersonRates, SignInRates, StartRates
from bot.webchat.shapes import Bot
from bot.webchat.store import Store
from bot.webchat.timer import Timer
from bot.webchat.updates import Poller
from bot.webchat.uploads import Uploads
from bot.webchat.webhook import Webhook

_LOG = logging.getLogger(__name__)
_TOKEN = re.compile(r"([1-9][0-9]{0,15}):[A-Za-z0-9_-]{35}")
_SWEEP_EVERY = 60.0


@dataclass(frozen=True)
class WebChatSettings:
    """Everything the web chat is told. `clock` gives seconds since 1970, `timer` seconds that only pass, for pauses and
    retries; `master_key` has 32 bytes.

    `extensions` opens the methods for demo and tests; `enforce_rates` false lifts the send and write rates,
    `send_rates` false only the bot's: they protect Telegram's servers, and in our own chat would only make people wait;
    `webhook_anywhere` true lets a webhook be http, on any port and address, as `telegram-bot-api --local` does;
    `frame_ancestors` is the source list of that policy ("'self'" in the demo). The addresses in `trusted_proxies` are
    believed when they say in X-Forwarded-For for whom they call; new chats are limited per address. `push_contact` is
    the https or mailto address by which push services may reach whoever runs this ("" means no web push);
    `push_services` the hosts, with all below them, that are called (an entry with a scheme is a whole origin).
    """

    data_dir: Path
    token: str = field(repr=False)
    bot_name: str = "Hørt"
    bot_username: str = "hoert_bot"
    master_key: bytes = field(default=b"", repr=False)
    clock: Callable[[], float] = time.time
    timer: Callable[[], float] = time.monotonic
    extensions: bool = False
    enforce_rates: bool = True
    send_rates: bool = True
    webhook_anywhere: bool = True
    frame_ancestors: str = "'none'"
    trusted_proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    push_contact: str = ""
    push_services: tuple[str, ...] = SERVICES


@dataclass(frozen=True, slots=True)
class _Open:
    store: Store
    chats: Chats
    push: Push
    poller: Poller
    webhook: Webhook
    bot: bot_api.Parts
    page: page_api.Parts


class WebChat:
    """A Bot API server and the page's server on one store. `start` before the first request, `close` at the end."""

    def __init__(self, settings: WebChatSettings) -> None:
        """Checks the settings (ValueError) and opens nothing yet."""
        match = _TOKEN.fullmatch(settings.token)
        if match is None:
            raise ValueError("a token is a number, a colon and 35 letters")
        if len(settings.master_key) != 32:
            raise ValueError("the master key has 32 bytes")
        self._settings = settings
        self._bot = Bot(int(match[1]), settings.bot_name, settings.bot_username)
        self._ahead = 0.0
        self._timer = Timer(lambda: settings.timer() + self._ahead)
        self._open: _Open | None = None
        self._sweeper: asyncio.Task[None] | None = None

    def now(self) -> float:
        """The server's clock: the given one and the offset set by a test."""
        return self._settings.clock() + self._ahead

    def _shift(self, seconds: float) -> None:
        self._ahead = seconds
        self._timer.jump()
        self.chats.updates.announce()

    async def start(self) -> None:
        """Opens the store and begins to deliver. Raises StoreInUse when another process has it."""
        settings = self._settings
        store = Store(settings.data_dir, settings.master_key)
        chats = Chats(store, self._bot, self.now, ledger=settings.extensions)
        poller = Poller(chats.updates, self.now, self._timer)
        webhook = Webhook(store, chats.updates, self.now, self._timer, anywhere=settings.webhook_anywhere)
        poller.webhook_active = lambda: webhook.active
        files, faults = Files(store, self.now), Faults()
        methods = Methods(chats, poller, webhook, files, self.now, rates=settings.enforce_rates and settings.send_rates)
        methods.add(Extensions(chats, faults, self._shift).methods(all_of_them=settings.extensions))
        writes = PersonRates(limits.WRITES_BURST, limits.WRITES_RATE) if settings.enforce_rates else None
        sending = PersonRates(limits.UPLOADS_BURST, limits.UPLOADS_RATE) if settings.enforce_rates else None
        uploads = Uploads(chats, files, self.now, sending)
        push = Push(store, chats.live, self.now, self._timer, settings.push_contact, settings.push_services)
        chats.noticed, chats.erased = push.noticed, push.forget
        self._open = _Open(
            store,
            chats,
            push,
            poller,
            webhook,
            bot_api.Parts(settings.token, methods, files, faults),
            page_api.Parts(
                chats,
                methods,
                files,
                StartRates(),
                SignInRates(),
                writes,
                uploads,
                push,
                settings.extensions,
                settings.trusted_proxies,
            ),
        )
        webhook.start()
        self._sweeper = asyncio.create_task(self._sweep())

    async def close(self) -> None:
        """Ends streams, polls and deliveries, then the store. Twice does no harm."""
        if self._open is None:
            return
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        self.release()
        await self._open.webhook.stop()
        await self._open.push.stop()
        await asyncio.sleep(0)
        self._open.store.close()
        self._open = None

    def release(self) -> None:
        """Lets every waiting request answer now, so that a web server can stop without waiting."""
        opened = self._parts()
        opened.chats.live.close_all()
        opened.poller.release()
        opened.bot.faults.end()

    def _parts(self) -> _Open:
        if self._open is None:
            raise RuntimeError("the web chat is not started")
        return self._open

    @property
    def chats(self) -> Chats:
        """The chats, for the process that holds them."""
        return self._parts().chats

    def bot_api(self) -> web.Application:
        """The Bot API: /bot<token>/<method> and /file/bot<token>/<path>. Serve it without an access log."""
        app = bot_api.BotApi(lambda: self._parts().bot).application()
        app.on_shutdown.append(self._release_on_shutdown)
        return app

    def page(self) -> web.Application:
        """The page and its API; a new application at each call, so that it can be mounted under several paths."""
        return page_api.PageApi(lambda: self._parts().page, self._settings.frame_ancestors).application()

    async def _release_on_shutdown(self, _: web.Application) -> None:
        if self._open is not None:
            self.release()

    async def backup(self, target: Path) -> None:
        """Writes a consistent, still sealed copy to `target`, which must not exist; runs beside the service."""
        await asyncio.to_thread(self._parts().store.copy_to, target)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_EVERY)
            try:
                self.chats.updates.drop(self.now())
                self.chats.sweep()
            except Exception as failure:  # noqa: BLE001  (its name is logged, never its text)
                _LOG.error("web chat sweep failed", extra={"fault": type(failure).__name__})
