"""The edges composed into one process: opened in the order everything needs, closed in reverse."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from backend.app import create_app
from bot.help import write_help_file
from bot.runner import BotRunner, Channel
from bot.webchat.server import WebChat, WebChatSettings
from hoert.clock import Clock
from models import crypto
from models.database import opened
from models.migrate import migrate
from models.settings import Settings
from scheduler.runner import Clockwork

log = logging.getLogger("hoert.serve")

#: Something to do once the database and the web chat are open, before anybody is served; returns further parts of the
#: site by prefix. The demo seeds its world and adds its page this way.
Prepare = Callable[["House"], Awaitable[dict[str, web.Application]]]


@dataclass(slots=True)
class House:
    """Everything one process runs, open."""

    settings: Settings
    clock: Clock
    webchat: WebChat
    bots: BotRunner
    clockwork: Clockwork
    bot_api: str
    address: str = ""


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock, *, prepare: Prepare | None = None, tick: bool = True
) -> AsyncIterator[House]:
    """Open the whole product in this process and close it in reverse. Raises before anything starts when it cannot."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(opened(settings))
        await migrate(settings)
        webchat = WebChat(
            WebChatSettings(
                data_dir=settings.data_dir,
                token=settings.webchat_token,
                master_key=crypto.derive(settings.master_key, b"webchat server"),
                clock=lambda: clock.now().timestamp(),
                extensions=settings.demo,
                frame_ancestors="'self'" if settings.demo else "'none'",
                send_rates=False,
                trusted_proxies=frozenset(settings.trusted_proxies),
            )
        )
        await webchat.start()
        stack.push_async_callback(webchat.close)
        bot_api = await stack.enter_async_context(_listening(webchat.bot_api(), "127.0.0.1", 0))
        help_file = settings.data_dir / "help.json"
        write_help_file(help_file)
        bots = BotRunner(
            channels(settings, f"http://127.0.0.1:{bot_api}"),
            now=clock.now, real_now=clock.real_now, help_file=help_file,
        )  # fmt: skip
        clockwork = Clockwork(now=clock.now, real_now=clock.real_now)
        house = House(settings, clock, webchat, bots, clockwork, f"http://127.0.0.1:{bot_api}")
        more = await prepare(house) if prepare else {}
        await bots.start()
        stack.push_async_callback(bots.stop)
        site = create_app(settings, clock, frame_self=settings.demo, bot_username=bots.usernames.get("telegram", ""))
        site.middlewares[:] = [_for_the_desk_only(one) for one in site.middlewares]
        for prefix, part in {"/chat": webchat.page(), **more}.items():
            site.add_subapp(prefix, part)
            site.router.add_get(prefix, _with_slash)
        port = await stack.enter_async_context(_listening(site, settings.bind_host, settings.bind_port))
        house.address = f"http://{settings.bind_host}:{port}"
        # Streams and polls answer now, so that the servers above need not wait for them.
        stack.callback(webchat.release)
        if tick:
            clockwork.start()
            stack.push_async_callback(clockwork.stop)
        yield house


def channels(settings: Settings, webchat_api: str) -> list[Channel]:
    """The bots this installation has: always the web chat, and Telegram where there is a token."""
    found = [Channel("webchat", webchat_api, settings.webchat_token)]
    if settings.telegram_token:
        found.append(Channel("telegram", settings.telegram_api, settings.telegram_token))
    return found


async def until_stopped(signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)) -> None:
    """Wait for the first of these signals."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in signals:
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    for name in signals:
        loop.remove_signal_handler(name)


@asynccontextmanager
async def _listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve `app`; yields the port. No access log: paths may carry tokens."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, keepalive_timeout=15, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _for_the_desk_only(middleware: Any) -> Any:
    """The desk's middlewares (sign-in, CSRF, headers) keep to the desk; chat and demo have rules of their own."""

    @web.middleware
    async def kept(request: web.Request, handler: Any) -> web.StreamResponse:
        if len(request.match_info.apps) > 1:
            return cast(web.StreamResponse, await handler(request))
        return cast(web.StreamResponse, await middleware(request, handler))

    return kept


async def _with_slash(request: web.Request) -> web.StreamResponse:
    raise web.HTTPPermanentRedirect(request.path + "/")
