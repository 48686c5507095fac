"""APScheduler, in memory, UTC, interval ticks only: it says *now and then*, rows say what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.jobs import TICKS, Tick, run


class Clockwork:
    """Runs the ticks as long as it leads, until stopped. Ticks of one kind never overlap.

    At stop, what runs is finished first.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        real_now: Callable[[], datetime],
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._now, self._real_now = now, real_now
        self._leads = leads
        self._running: set[asyncio.Task[bool]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Begin to tick; every kind ticks once right away."""
        for tick in TICKS:
            self._scheduler.add_job(
                partial(self._tick, tick), "interval", seconds=tick.seconds, id=tick.name,
                next_run_time=datetime.now(UTC),
            )  # fmt: skip
        self._scheduler.start()

    async def stop(self) -> None:
        """Stop ticking. APScheduler's own shutdown would cancel running jobs, so ours are finished first."""
        if self._scheduler.running:
            self._scheduler.pause()
        while self._running:
            await asyncio.gather(*list(self._running), return_exceptions=True)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _tick(self, tick: Tick) -> None:
        if not self._leads():
            return
        task = asyncio.ensure_future(run(tick, self._now(), self._real_now()))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)
