"""One part of the product in a process of its own: any number of bots and desks, one clock that leads, one web chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from backend.app import create_app
from hoert.away import telling
from hoert.clock import Clock
from hoert.parts import (
    bots_for,
    keeping_help,
    leading,
    listening,
    metrics_apart,
    observed,
    tidying,
    webchat_for,
)
from hoert.watch import Observer, watch_app
from hoert.watchdog import PATIENCE, Watchdog
from hoert.webhooks import webhooks_told
from models.database import opened
from models.jobs import connection_words
from models.migrate import check
from models.queries.house import bot_username, bots
from models.settings import Settings, SettingsError
from models.transactions import HOUSE
from scheduler.runner import Clockwork


@asynccontextmanager
async def bot_process(settings: Settings, clock: Clock, *, patience: float = PATIENCE) -> AsyncIterator[str]:
    """Receive, process and send; yields the address of its health and webhook. Of several, one polls; all work."""
    _only_on_postgres(settings)
    if settings.webchat_api is None:
        raise SettingsError("HOERT_WEBCHAT_API is missing: the address of the web chat (hoert webchat)")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(opened(settings))
        await check(settings)
        leads = await stack.enter_async_context(leading(settings, "receiving"))
        runner, hooks = await bots_for(settings, clock, settings.webchat_api, leads, stack)
        observer = Observer(
            now=clock.now, real_now=clock.real_now, bots=runner.applications, ticks=False,
            hooks=hooks,
        )  # fmt: skip
        await stack.enter_async_context(tidying(settings, clock))
        await stack.enter_async_context(keeping_help(settings))
        await runner.introduce()
        site = watch_app(observer, metrics=settings.metrics_bind is None)
        if runner.webhook is not None:
            site.add_subapp("/telegram", runner.webhook.application())
        address = await _served(site, settings, observer, stack)
        await runner.start()
        stack.push_async_callback(runner.stop)
        if runner.workers is not None:
            watchdog = Watchdog(runner.workers.silence, connection_words(settings), patience=patience)
            watchdog.start()
            stack.callback(watchdog.stop)
        stack.callback(observer.drain)
        yield address


@asynccontextmanager
async def backend_process(settings: Settings, clock: Clock) -> AsyncIterator[str]:
    """The desk; yields its address."""
    _only_on_postgres(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(opened(settings))
        await check(settings)
        observer = Observer(now=clock.now, real_now=clock.real_now, bots=await bots(HOUSE), ticks=True)
        site = create_app(settings, clock, bot_username=await bot_username(HOUSE, "telegram"))
        site.middlewares.insert(0, observed(observer, metrics=settings.metrics_bind is None))
        address = await _served(site, settings, observer, stack)
        stack.callback(observer.drain)
        yield address


@asynccontextmanager
async def scheduler_process(settings: Settings, clock: Clock) -> AsyncIterator[str]:
    """The clock: a second one waits until the first is gone. Yields the address of its health."""
    _only_on_postgres(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(opened(settings))
        await check(settings)
        leads = await stack.enter_async_context(leading(settings, "clock"))
        observer = Observer(now=clock.now, real_now=clock.real_now, bots=await bots(HOUSE), ticks=True)
        address = await _served(watch_app(observer, metrics=settings.metrics_bind is None), settings, observer, stack)
        clockwork = Clockwork(now=clock.now, real_now=clock.real_now, leads=leads)
        clockwork.start()
        stack.push_async_callback(clockwork.stop)
        await stack.enter_async_context(telling(settings, clock))
        await stack.enter_async_context(webhooks_told(settings, clock))
        stack.callback(observer.drain)
        yield address


@asynccontextmanager
async def webchat_process(settings: Settings, clock: Clock) -> AsyncIterator[str]:
    """The web chat: the page under /chat, the Bot API for the bots at HOERT_WEBCHAT_BIND. Yields the page's address."""
    async with AsyncExitStack() as stack:
        webchat = webchat_for(settings, clock)
        await webchat.start()
        stack.push_async_callback(webchat.close)
        await stack.enter_async_context(listening(webchat.bot_api(), *settings.webchat_bind))
        site = web.Application(client_max_size=1024)
        site.router.add_get("/healthz", _alive)
        site.router.add_get("/readyz", _alive)
        site.add_subapp("/chat", webchat.page())
        site.router.add_get("/chat", _with_slash)
        port = await stack.enter_async_context(listening(site, settings.bind_host, settings.bind_port))
        stack.callback(webchat.release)
        yield f"http://{settings.bind_host}:{port}"


async def _served(site: web.Application, settings: Settings, observer: Observer, stack: AsyncExitStack) -> str:
    port = await stack.enter_async_context(listening(site, settings.bind_host, settings.bind_port))
    await stack.enter_async_context(metrics_apart(settings, observer))
    return f"http://{settings.bind_host}:{port}"


def _only_on_postgres(settings: Settings) -> None:
    if settings.is_sqlite:
        raise SettingsError(
            "Several processes need PostgreSQL: set HOERT_DATABASE_URL, or run everything in one process: hoert serve"
        )


async def _alive(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def _with_slash(request: web.Request) -> web.StreamResponse:
    raise web.HTTPPermanentRedirect(request.path + "/")
