"""The edges composed into one process: opened in the order everything needs, closed in reverse."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from backend.app import create_app
from bot.runner import BotRunner
from bot.webchat.server import WebChat
from hoert.away import telling
from hoert.clock import Clock
from hoert.parts import bots_for, keeping_help, leading, listening, metrics_apart, observed, tidying, webchat_for
from hoert.watch import Observer
from hoert.webhooks import webhooks_told
from models.database import opened
from models.migrate import check, migrate
from models.settings import Settings
from scheduler.runner import Clockwork

log = logging.getLogger("hoert.serve")

#: Something to do once the database and the web chat are open, before anybody is served; returns further parts of the
#: site by prefix. The demo seeds its world and adds its page this way.
Prepare = Callable[["House"], Awaitable[dict[str, web.Application]]]
#: A wire laid between the bots and the web chat's server: given the server's address, yields the one the bots use.
Line = Callable[[str], AbstractAsyncContextManager[str]]


@dataclass(slots=True)
class House:
    """Everything one process runs, open."""

    settings: Settings
    clock: Clock
    webchat: WebChat
    bots: BotRunner
    clockwork: Clockwork
    bot_api: str
    observer: Observer
    address: str = ""


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock, *, prepare: Prepare | None = None, tick: bool = True, line: Line | None = None
) -> AsyncIterator[House]:
    """Open the whole product in this process and close it in reverse. Raises before anything starts when it cannot."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(opened(settings))
        await bring_up_to_date(settings)
        leads = await stack.enter_async_context(leading(settings, "serve"))
        webchat = webchat_for(settings, clock)
        await webchat.start()
        stack.push_async_callback(webchat.close)
        bot_api = await stack.enter_async_context(listening(webchat.bot_api(), "127.0.0.1", 0))
        reached_at = f"http://127.0.0.1:{bot_api}"
        if line is not None:
            reached_at = await stack.enter_async_context(line(reached_at))
        bots, hooks = await bots_for(settings, clock, reached_at, leads, stack)
        clockwork = Clockwork(now=clock.now, real_now=clock.real_now, leads=leads)
        observer = Observer(now=clock.now, real_now=clock.real_now, bots=bots.applications, ticks=tick, hooks=hooks)
        house = House(settings, clock, webchat, bots, clockwork, f"http://127.0.0.1:{bot_api}", observer)
        more = await prepare(house) if prepare else {}
        await stack.enter_async_context(tidying(settings, clock))
        await stack.enter_async_context(keeping_help(settings))
        await bots.introduce()
        site = create_app(settings, clock, frame_self=settings.demo, bot_username=bots.usernames.get("telegram", ""))
        site.middlewares[:] = [_for_the_desk_only(one) for one in site.middlewares]
        site.middlewares.insert(0, observed(observer, metrics=settings.metrics_bind is None))
        for prefix, part in {"/chat": webchat.page(), **more}.items():
            site.add_subapp(prefix, part)
            site.router.add_get(prefix, _with_slash)
        if bots.webhook is not None:
            site.add_subapp("/telegram", bots.webhook.application())
        port = await stack.enter_async_context(listening(site, settings.bind_host, settings.bind_port))
        house.address = f"http://{settings.bind_host}:{port}"
        await stack.enter_async_context(metrics_apart(settings, observer))
        # Streams and polls answer now, so that the servers above need not wait for them.
        stack.callback(webchat.release)
        await bots.start()
        stack.push_async_callback(bots.stop)
        if tick:
            clockwork.start()
            stack.push_async_callback(clockwork.stop)
            await stack.enter_async_context(telling(settings, clock))
            await stack.enter_async_context(webhooks_told(settings, clock))
        stack.callback(observer.drain)
        yield house


async def bring_up_to_date(settings: Settings) -> None:
    """Migrate, where this process may: with HOERT_MIGRATION_URL only `hoert migrate` may, and we but check."""
    if settings.migration_url is None:
        await migrate(settings)
    else:
        await check(settings)


async def until_stopped(signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)) -> None:
    """Wait for the first of these signals."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in signals:
        loop.add_signal_handler(name, stop.set)
    at_rest()
    await stop.wait()
    for name in signals:
        loop.remove_signal_handler(name)


def at_rest() -> None:
    """The start is over: what it has made stays to the end, and is not looked through for waste again. Each time took
    60 ms out of the middle of somebody's page. The rest is looked through whole more rarely: Python would do so the
    more often the less there is, and an answered press costs a seventh more then."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 200)


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
