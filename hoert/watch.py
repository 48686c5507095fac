"""/healthz, /readyz and /metrics of every process: is it alive, may it be relied on, and how much waits. No data."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from stat import S_ISREG
from time import monotonic
from typing import Any, Final, Generic, TypeVar

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from hoert.metrics import HoertCollector, Hooks, Moment, registry
from models.queries import health as healths
from models.queries import watch as watches
from models.queries.health import Health
from models.queries.watch import Watch
from models.transactions import HOUSE

log = logging.getLogger("hoert.watch")

#: The addresses: whoever puts middlewares before them (sign-in, access log) lets these through.
PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics"})
#: How old what waits may be, and how long ago the clock may have ticked, in seconds.
QUEUE_LIMIT: Final = 60.0
TICK_LIMIT: Final = 60.0
#: How long an answer of the database serves those who ask again, in seconds.
_READY_FOR: Final = 1.0
_METRICS_FOR: Final = 5.0
#: How long whoever asks waits for the database, in seconds.
PATIENCE: Final = 4.0
#: With one of these, a request came through something that speaks for somebody else.
_FORWARDED: Final = (
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via", "CF-Connecting-IP",
    "True-Client-IP",
)  # fmt: skip
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

T = TypeVar("T")


class Observer:
    """What one process tells whoever looks after it."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        real_now: Callable[[], datetime],
        bots: Collection[str],
        ticks: bool,
        hooks: Hooks | None = None,
        queue_limit: float = QUEUE_LIMIT,
        tick_limit: float = TICK_LIMIT,
        patience: float = PATIENCE,
    ) -> None:
        """`now` is Hørt's clock, `real_now` the machine's; `bots` are the names of the installation's bots; `ticks`
        says whether somebody is expected to let the clock tick on this database. Limits and patience in seconds."""
        self._now, self._real_now = now, real_now
        self._bots = tuple(sorted(bots))
        self._ticks = ticks
        self._queue_limit, self._tick_limit = queue_limit, tick_limit
        self.hooks = hooks or Hooks()
        self._draining = False
        self._health: Shared[Health] = Shared(
            lambda: healths.health(HOUSE, now=self._now(), bots=self._bots), _READY_FOR, patience
        )
        self._watch: Shared[Watch] = Shared(lambda: watches.watch(HOUSE, now=self._now()), _METRICS_FOR, patience)
        self._collector = HoertCollector(self._bots, self.hooks)
        self._registry = registry(self._collector)

    def drain(self) -> None:
        """From now on /readyz says 503: what is in hand is finished, nobody new should come."""
        self._draining = True

    def add_to(self, app: web.Application, *, metrics: bool = True) -> None:
        """Serve the three addresses on `app`; /metrics only for a peer on this machine that no proxy speaks for.

        `metrics` False leaves /metrics out: it has an address of its own (HOERT_METRICS_BIND).
        """
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        if metrics:
            app.router.add_get("/metrics", self.local_metrics)

    async def healthz(self, _: web.Request) -> web.Response:
        """Alive: the event loop answers. Asks nobody else."""
        return web.json_response({"status": "ok"}, headers=_HEADERS)

    async def readyz(self, _: web.Request) -> web.Response:
        """200 when the database answers, nothing waits too long and the clock ticks, else 503; facts without data."""
        if self._draining:
            return web.json_response({"status": "draining"}, status=503, headers=_HEADERS)
        found = await self._health.get()
        if found is None:
            return web.json_response({"status": "unready", "database": False}, status=503, headers=_HEADERS)
        facts = self._facts(found)
        ready = facts["queues"] and facts["clock"] is not False
        body = {"status": "ready" if ready else "unready", "database": True, **facts}
        return web.json_response(body, status=200 if ready else 503, headers=_HEADERS)

    async def local_metrics(self, request: web.Request) -> web.Response:
        """The figures, for a peer on this machine; for everybody else there is nothing here."""
        if not _is_local(request):
            raise web.HTTPNotFound
        return await self.metrics(request)

    async def metrics(self, _: web.Request) -> web.Response:
        """The figures in Prometheus' text format."""
        begun = monotonic()
        watch = await self._watch.get()
        size = self.hooks.journal_bytes
        self._collector.moment = Moment(
            now=self._now(),
            real_now=self._real_now(),
            watch=watch,
            answer_seconds=self._watch.took if watch is not None else monotonic() - begun,
            draining=self._draining,
            journal_bytes=await asyncio.to_thread(size) if size is not None else None,
        )
        # Nothing awaits between the moment and its figures: two scrapes at once do not mix.
        body = generate_latest(self._registry)
        return web.Response(body=body, headers={**_HEADERS, "Content-Type": CONTENT_TYPE_LATEST})

    def _facts(self, found: Health) -> dict[str, Any]:
        now = self._now()
        inbox, outbox = _age(found.inbox_since, now), _age(found.outbox_since, now)
        tick = _age(found.last_tick, self._real_now())
        return {
            "queues": max(inbox or 0, outbox or 0) < self._queue_limit,
            "clock": (tick is not None and tick < self._tick_limit) if self._ticks else None,
            "inbox_age_seconds": inbox,
            "outbox_age_seconds": outbox,
            "last_tick_seconds": tick,
        }


def watch_app(observer: Observer, *, metrics: bool = True) -> web.Application:
    """An application with the three addresses and nothing else, for a process without pages (bot, scheduler)."""
    app = web.Application()
    observer.add_to(app, metrics=metrics)
    return app


def metrics_app(observer: Observer) -> web.Application:
    """An application with /metrics alone, for the address of HOERT_METRICS_BIND: whoever reaches it may read it."""
    app = web.Application()
    app.router.add_get("/metrics", observer.metrics)
    return app


def folder_bytes(folder: Path) -> Callable[[], int]:
    """For `Hooks.journal_bytes`: the size of all files in a folder; 0 when there is none."""

    def measure() -> int:
        if not folder.is_dir():
            return 0
        total = 0
        for one in folder.iterdir():
            with suppress(FileNotFoundError):  # it was old enough to be deleted just now
                found = one.stat()
                total += found.st_size if S_ISREG(found.st_mode) else 0
        return total

    return measure


class Shared(Generic[T]):
    """One question to the database for everybody who asks at about the same time.

    A question in the database is never cancelled: who has waited enough hears None, and the next to ask waits for the
    same answer.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]], good_for: float, patience: float) -> None:
        self._ask, self._good_for, self._patience = ask, good_for, patience
        self._task: asyncio.Task[T | None] | None = None
        self._known: tuple[float, T | None] | None = None
        self.took = 0.0

    async def get(self) -> T | None:
        """The answer, at most `good_for` seconds old; None when the database fails or is slow."""
        if self._known is not None and monotonic() - self._known[0] < self._good_for:
            return self._known[1]
        if self._task is None:
            self._task = asyncio.create_task(self._answer())
        done, _ = await asyncio.wait({self._task}, timeout=self._patience)
        return next(iter(done)).result() if done else None

    async def _answer(self) -> T | None:
        begun = monotonic()
        found: T | None = None
        try:
            found = await self._ask()
        except Exception as exc:  # noqa: BLE001 (whatever it is: the database does not answer)
            log.warning("watch.no_database", extra={"fault": type(exc).__name__})
        self.took = monotonic() - begun
        self._known, self._task = (monotonic(), found), None
        return found


def _is_local(request: web.Request) -> bool:
    """Whether the peer itself is on this machine and speaks for itself."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address((request.remote or "").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max(0.0, round((now - since).total_seconds(), 1))
