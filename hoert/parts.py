"""The parts that processes are made of: the web chat, the bots, the desk, the clock; each opened and closed here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, cast

from aiohttp import web

from bot.help import write_help_file
from bot.receiving import Journal, forget_journal, put_back, webhook_address
from bot.runner import BotRunner, Channel, Pushed
from bot.webchat.server import WebChat, WebChatSettings
from hoert.clock import Clock
from hoert.metrics import Deliveries, Hooks
from hoert.watch import PATHS, Observer, folder_bytes, metrics_app
from models import crypto
from models.actions import letters
from models.domain import delivery
from models.leading import Leader
from models.queries.helplines import own_lines
from models.settings import Settings, SettingsError
from models.tables.keys import ring
from models.transactions import HOUSE

log = logging.getLogger("hoert.serve")

#: How often the helplines are looked at, in seconds: so old may the file be that serves help without a database.
_LOOK_FOR_HELPLINES = 30
#: How far back the journal is put into the inbox again at the start: a restored database is never older without a word.
_PUT_BACK = timedelta(hours=24)


def webchat_for(settings: Settings, clock: Clock) -> WebChat:
    """The web chat's server, not started yet."""
    return WebChat(
        WebChatSettings(
            data_dir=settings.data_dir,
            token=settings.webchat_token,
            master_key=_webchat_key(settings),
            clock=lambda: clock.now().timestamp(),
            extensions=settings.demo,
            frame_ancestors="'self'" if settings.demo else "'none'",
            send_rates=False,
            trusted_proxies=frozenset(settings.trusted_proxies),
            push_contact=settings.public_url if settings.web_push else "",
        )
    )


def _webchat_key(settings: Settings) -> bytes:
    """The key of the web chat's store: in its folder, sealed under the master key, so that this one can be renewed."""
    file, place = settings.data_dir / "webchat.key", crypto.associated("webchat server")
    if file.exists():
        masters = [settings.master_key, *([settings.master_key_previous] if settings.master_key_previous else [])]
        try:
            key = crypto.unseal_any(masters, file.read_bytes(), place)
        except crypto.Unreadable:
            raise SettingsError(
                "The web chat's key does not open with HOERT_MASTER_KEY: give the key before it as "
                "HOERT_MASTER_KEY_PREVIOUS, or the right one"
            ) from None
    else:
        key = crypto.derive(settings.master_key, b"webchat server")
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(crypto.seal(settings.master_key, key, place))
    fresh.replace(file)
    return key


def channels(settings: Settings, webchat_api: str) -> list[Channel]:
    """The bots this installation has: always the web chat, and Telegram where there is a token."""
    found = [Channel("webchat", webchat_api, settings.webchat_token, ours=settings.webchat_api is None)]
    if settings.telegram_token:
        found.append(Channel("telegram", settings.telegram_api, settings.telegram_token))
    return found


@asynccontextmanager
async def leading(settings: Settings, office: str) -> AsyncIterator[Callable[[], bool]]:
    """Stand for an office while open; yields what tells whether this process leads."""
    leader = Leader(settings, office)
    await leader.start()
    try:
        yield leader.leads
    finally:
        await leader.stop()


async def bots_for(
    settings: Settings, clock: Clock, webchat_api: str, leads: Callable[[], bool], stack: AsyncExitStack
) -> tuple[BotRunner, Hooks]:
    """The bots of this process, not started yet, and what only they know; the database is open. What must be closed
    goes on the stack.
    """
    help_file = settings.data_dir / "help.json"
    write_help_file(help_file, await own_lines(HOUSE))
    pushed = None
    if settings.telegram_mode == "webhook" and settings.telegram_token and settings.webhook_secret:
        folder, key = settings.data_dir / "journal", ring().purpose("journal")
        address = webhook_address(settings.public_url, settings.webhook_secret, api=settings.telegram_api)
        await put_back(folder, key, since=clock.now() - _PUT_BACK)
        journal = Journal(folder, key)
        stack.callback(journal.close)
        pushed = Pushed("telegram", address, settings.webhook_secret, journal)
    if settings.is_sqlite:
        # Nobody else has this database: what is on its way was on its way when we died.
        await letters.sweep(HOUSE, now=clock.now(), real_now=clock.real_now() + delivery.LEASE)
    deliveries = Deliveries()
    bots = BotRunner(
        channels(settings, webchat_api), now=clock.now, real_now=clock.real_now, help_file=help_file, leads=leads,
        pushed=pushed, counted=deliveries.count, public_url=settings.public_url,
    )  # fmt: skip
    return bots, _hooks(settings, bots, deliveries)


def _hooks(settings: Settings, bots: BotRunner, deliveries: Deliveries) -> Hooks:
    watch, webhook = bots.watch, bots.webhook
    if watch is None or webhook is None:
        return Hooks(deliveries=deliveries)
    return Hooks(
        webhook_pending={watch.name: lambda: watch.state.pending if watch.state.checked_at else None},
        webhook_answers={webhook.name: lambda: webhook.counts},
        journal_bytes=folder_bytes(settings.data_dir / "journal"),
        deliveries=deliveries,
    )


@asynccontextmanager
async def tidying(settings: Settings, clock: Clock) -> AsyncIterator[None]:
    """Delete journals whose time is over, now and every hour, also where nothing is journalled any more."""

    async def tidy() -> None:
        while True:
            await asyncio.to_thread(forget_journal, settings.data_dir / "journal", clock.now())
            await asyncio.sleep(3600)

    work = asyncio.create_task(tidy())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@asynccontextmanager
async def keeping_help(settings: Settings) -> AsyncIterator[None]:
    """Write the file that serves help without a database anew when the helplines have changed, whoever changed them."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(_LOOK_FOR_HELPLINES)
            try:
                await asyncio.to_thread(write_help_file, settings.data_dir / "help.json", await own_lines(HOUSE))
            except Exception as exc:  # noqa: BLE001 (the database is away: now the file is needed as it stands)
                log.warning("help.not_kept", extra={"fault": type(exc).__name__})

    work = asyncio.create_task(keep())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve `app`; yields the port. No access log: paths may carry tokens."""
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, keepalive_timeout=15, shutdown_timeout=5, lingering_time=1
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@asynccontextmanager
async def metrics_apart(settings: Settings, observer: Observer) -> AsyncIterator[None]:
    """Serve /metrics at HOERT_METRICS_BIND, where that is set."""
    if settings.metrics_bind is None:
        yield
        return
    async with listening(metrics_app(observer), *settings.metrics_bind):
        yield


def observed(observer: Observer, *, metrics: bool) -> Any:
    """A middleware before all others: the addresses of whoever looks after this process are answered by `observer`."""
    answers: dict[str, Callable[[web.Request], Awaitable[web.Response]]] = {
        "/healthz": observer.healthz,
        "/readyz": observer.readyz,
    }
    if metrics:
        answers["/metrics"] = observer.local_metrics
    assert answers.keys() <= PATHS  # noqa: S101

    @web.middleware
    async def first(request: web.Request, handler: Any) -> web.StreamResponse:
        answer = answers.get(request.path) if request.method in {"GET", "HEAD"} else None
        if answer is not None:
            return await answer(request)
        return cast(web.StreamResponse, await handler(request))

    return first
