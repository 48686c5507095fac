"""Procrastinate, the engine on PostgreSQL: jobs deferred in the deed's own transaction, claimed by any process.

A job says only "look at this row"; the row says what is to be done, so a job that comes twice, late or not at all does
no harm. Jobs are deleted when they end. What the engine does not notice, `recall` does: jobs of workers that died or
hang are dropped, and every due row without a job is called for again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from tortoise.connection import get_connections

from models.engine import URGENT_RANK, Call, Handler
from models.settings import Settings, tortoise_connection
from models.transactions import WrongScope, in_deed, rows

log = logging.getLogger("hoert.jobs")

UPDATE, LETTER, THAW, CANARY = "update", "letter", "thaw", "canary"
#: A worker that has not been heard for so long is dead, and a job that runs for so long hangs (in seconds).
SILENT, HANGS = 30.0, 300.0
CANARY_EVERY = 30.0
#: A notification that comes while a worker fetches is lost, and a job for later has none: so often workers look again.
LOOKS_AGAIN = 0.5
_RESTART = (0.5, 1.0, 2.0, 5.0)
_POOL = 4
_PAGE = 500


def connection_words(settings: Settings) -> dict[str, Any]:
    """How psycopg reaches the database of these settings."""
    given: Any = tortoise_connection(settings.database_url)["credentials"]
    words = {name: given[name] for name in ("host", "port", "user", "password")}
    return words | {"dbname": given["database"], **given["server_settings"]}


class Deferring:
    """The engine that deeds talk to. Every call becomes a job in the running transaction."""

    def __init__(self, settings: Settings) -> None:
        self._words = connection_words(settings)
        self.app = self.new_app()

    def new_app(self) -> App:
        """Procrastinate with a pool of its own, not open yet."""
        connector = PsycopgConnector(kwargs=self._words, min_size=1, max_size=_POOL, timeout=5.0, max_lifetime=1800.0)
        return App(connector=connector)

    async def updates(self, calls: Sequence[Call]) -> None:
        """Defer a job for each update; one person's run one after another."""
        await self._defer([_job(UPDATE, UPDATE, call, lock=f"in:{call.lock}") for call in calls])

    async def letters(self, calls: Sequence[Call]) -> None:
        """Defer a job for each letter. A letter for later takes no lock: it would hold up what is due before it."""
        await self._defer(
            [
                _job(LETTER, _queue(call), call, lock=None if call.delay else f"out:{call.bot}:{call.lock}")
                for call in calls
            ]
        )

    async def thaw(self, bot: str, delay: timedelta) -> None:
        """Look at this bot's letters again after `delay`."""
        await self._defer([_job(THAW, f"{LETTER}.{bot}", Call(0, bot, "", delay=delay), lock=None)])

    async def recall(self, bot: str | None, now: int, limit: int) -> int:
        """Drop the jobs of dead and hanging workers, then call for every due row that no job stands for (or only for
        the letters of one bot). `now` in microseconds, by Hørt's clock; letters of a frozen bot stay. Returns how many.
        """
        updates = []
        if bot is None:
            await rows(_DROP_DEAD, SILENT, HANGS)
            await rows(_DROP_CANARIES)
            updates = await rows(_UPDATES_WITHOUT_JOB, limit)
            await self.updates([Call(row["id"], row["bot"], row["queue"]) for row in updates])
        found = await rows(_LETTERS_WITHOUT_JOB, now, bot, bot, now, limit)
        await self.letters([Call(row["id"], row["bot"], row["chat_index"], row["rank"]) for row in found])
        return len(updates) + len(found)

    def workers(self, handlers: dict[str, Handler], bots: Sequence[str]) -> Workers:
        """Hands of this process for these bots."""
        return Workers(self, handlers, groups_for(bots))

    async def _defer(self, jobs: list[Job]) -> None:
        if not in_deed():
            raise WrongScope("a job is deferred in the transaction of its row")
        connection = getattr(get_connections().get("default"), "_connection")  # noqa: B009 (Tortoise's wrapper of psycopg's)
        for start in range(0, len(jobs), _PAGE):
            await self.app.job_manager.batch_defer_jobs_async(jobs[start : start + _PAGE], connection=connection)


@dataclass(slots=True)
class Group:
    """Hands for one kind of work: the queue they take from and how many there are."""

    queue: str
    hands: int
    heard: float = field(default_factory=time.monotonic)


class Workers:
    """The hands of one process: a Procrastinate worker per group, restarted when it ends, watched by canaries."""

    def __init__(self, engine: Deferring, handlers: dict[str, Handler], groups: Sequence[Group]) -> None:
        self._app = engine.new_app()
        self._handlers = handlers
        self.groups = list(groups)
        self._name = secrets.token_hex(6)
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._seen: Callable[[str], Awaitable[None]] | None = None
        for name in (UPDATE, LETTER, THAW):
            self._app.task(name=name)(self._task(name))
        self._app.task(name=CANARY)(self._heard)

    async def start(self, seen: Callable[[str], Awaitable[None]] | None = None) -> None:
        """Open the pool and begin. `seen` is told of each canary that came back (its queue)."""
        self._seen = seen
        await self._app.open_async()
        self._tasks = [asyncio.create_task(self._work(group)) for group in self.groups]
        self._tasks.append(asyncio.create_task(self._send_canaries()))

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, close."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._app.close_async()

    def silence(self) -> float:
        """For how many seconds the quietest group has not brought back a canary."""
        return max((time.monotonic() - group.heard for group in self.groups), default=0.0)

    async def _work(self, group: Group) -> None:
        failures = 0
        while not self._stopping:
            began = time.monotonic()
            try:
                await self._app.run_worker_async(
                    queues=[group.queue, self._canary_of(group)], name=group.queue,
                    concurrency=group.hands, install_signal_handlers=False, delete_jobs="always",
                    fetch_job_polling_interval=LOOKS_AGAIN,
                    shutdown_graceful_timeout=20.0, stalled_worker_timeout=SILENT,
                )  # fmt: skip
            except Exception as exc:  # noqa: BLE001 (the database went away: whatever it was, begin again)
                log.warning("jobs.worker_ended", extra={"fault": type(exc).__name__, "queue": group.queue})
            failures = 0 if time.monotonic() - began > 60 else failures + 1
            await asyncio.sleep(_RESTART[min(failures, len(_RESTART) - 1)])

    def _task(self, name: str) -> Callable[..., Awaitable[None]]:
        async def run(bot: str, row: int) -> None:
            await self._handlers[name](bot, row)

        return run

    async def _send_canaries(self) -> None:
        while not self._stopping:
            for group in self.groups:
                queue = self._canary_of(group)
                try:
                    await self._app.configure_task(CANARY, queue=queue, queueing_lock=queue).defer_async(
                        queue=group.queue
                    )
                except AlreadyEnqueued:
                    pass  # one waits already
                except Exception as exc:  # noqa: BLE001 (there is no database: none comes back)
                    log.warning("jobs.no_canary", extra={"fault": type(exc).__name__, "queue": group.queue})
            await asyncio.sleep(CANARY_EVERY)

    def _canary_of(self, group: Group) -> str:
        """The queue of a group's canaries. Short: PostgreSQL takes no channel of 64 characters, and the engine's own
        prefix has 23."""
        return f"{CANARY}.{self._name}.{self.groups.index(group)}"

    async def _heard(self, queue: str) -> None:
        for group in self.groups:
            if group.queue == queue:
                group.heard = time.monotonic()
        if self._seen is not None:
            await self._seen(queue)


def groups_for(bots: Sequence[str]) -> list[Group]:
    """The hands of one bot process: updates; and for each bot what is urgent, apart from what can wait."""
    made = [Group(UPDATE, 8)]
    for bot in bots:
        made += [Group(f"{LETTER}.{bot}.urgent", 8), Group(f"{LETTER}.{bot}", 24)]
    return made


def _queue(call: Call) -> str:
    return f"{LETTER}.{call.bot}.urgent" if call.rank <= URGENT_RANK else f"{LETTER}.{call.bot}"


def _job(name: str, queue: str, call: Call, *, lock: str | None) -> Job:
    return Job(
        task_name=name, queue=queue, lock=lock, queueing_lock=None, priority=-call.rank,
        task_kwargs={"bot": call.bot, "row": call.row_id},
        scheduled_at=datetime.now(UTC) + call.delay if call.delay else None,
    )  # fmt: skip


_DROP_DEAD = """
DELETE FROM procrastinate_jobs j WHERE j.status = 'doing' AND (
    NOT EXISTS (SELECT 1 FROM procrastinate_workers w WHERE w.id = j.worker_id
                AND w.last_heartbeat > now() - make_interval(secs => ?))
    OR EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started'
               AND e.at < now() - make_interval(secs => ?)))
RETURNING j.id
"""
_DROP_CANARIES = """
DELETE FROM procrastinate_jobs j WHERE j.task_name = 'canary' AND j.status = 'todo' AND EXISTS (
    SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred'
    AND e.at < now() - interval '10 minutes')
RETURNING j.id
"""
# What came in the last seconds is still on its way to a worker.
_UPDATES_WITHOUT_JOB = """
SELECT i.id, i.bot, COALESCE(i.person_id, i.bot || ':' || i.chat_index) AS queue FROM inbox_update i
WHERE i.state = 'new' AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs j WHERE j.task_name = 'update' AND j.status IN ('todo', 'doing')
    AND (j.args ->> 'row') = i.id::text)
ORDER BY i.id LIMIT ?
"""
_LETTERS_WITHOUT_JOB = """
SELECT l.id, l.bot, l.chat_index, l.rank FROM letter l
WHERE l.state IN ('queued', 'waiting') AND l.next_at <= ? AND (?::text IS NULL OR l.bot = ?)
AND NOT EXISTS (SELECT 1 FROM bot_state b WHERE b.bot = l.bot AND b.frozen_until > ?) AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs j WHERE j.task_name = 'letter' AND j.status IN ('todo', 'doing')
    AND (j.args ->> 'row') = l.id::text AND (j.scheduled_at IS NULL OR j.scheduled_at <= now()))
ORDER BY l.rank, l.id LIMIT ?
"""
