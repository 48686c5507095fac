"""The one door to a transaction, and the scope every read and write passes through.

`atomic` runs a deed in one transaction, shielded from cancellation: a cancelled task inside Tortoise's own context
manager never gives its lock or connection back and hangs the whole application (measured, docs/decisions). Deeds called
inside a deed join its transaction. `reading` does the same for views.

On PostgreSQL the municipality of the scope is set for the transaction and row-level security holds it; nothing set
means no rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

P = ParamSpec("P")
T = TypeVar("T")


class Scoped(Protocol):
    """Anything a deed can be done for: it knows its municipality. "*" is the whole house, None is no municipality."""

    @property
    def municipality_id(self) -> str | None:
        """The municipality, "*" or None."""
        ...


S = TypeVar("S", bound=Scoped)


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of work that is done for one municipality without a named human: the clock, a letter, an update."""

    municipality_id: str | None


#: The whole house: only for what must look across municipalities (receiving, claiming letters, ticks, start-up).
HOUSE = Scope("*")


class WrongScope(Exception):
    """A deed for one municipality was started inside a transaction of another: a bug, never a user's mistake."""


@dataclass(slots=True)
class _Running:
    municipality_id: str | None
    task: asyncio.Task[Any] | None
    after: list[Callable[[], Any]] = field(default_factory=list)
    kept: dict[object, Any] = field(default_factory=dict)


_running: ContextVar[_Running | None] = ContextVar("hoert_transaction", default=None)
_live: set[asyncio.Task[Any]] = set()


def atomic(
    deed: Callable[Concatenate[S, P], Awaitable[T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Make `deed` one transaction. Its first argument is the scope (who acts, or for which municipality).

    The caller may be cancelled; the transaction is not. An exception rolls everything back and is raised outside.
    """

    @wraps(deed)
    async def wrapper(scope: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if _joins(scope):
            return await deed(scope, *args, **kwargs)
        task = asyncio.create_task(_transaction(scope, lambda: deed(scope, *args, **kwargs)))
        _live.add(task)
        task.add_done_callback(_live.discard)
        return await asyncio.shield(task)

    return wrapper


def reading(
    view: Callable[Concatenate[S, P], Awaitable[T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Make `view` a scoped read. One snapshot on PostgreSQL; plain statements on SQLite, where a read needs no lock."""

    @wraps(view)
    async def wrapper(scope: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if _joins(scope) or dialect() == "sqlite":
            return await view(scope, *args, **kwargs)
        task = asyncio.create_task(_transaction(scope, lambda: view(scope, *args, **kwargs)))
        _live.add(task)
        task.add_done_callback(_live.discard)
        return await asyncio.shield(task)

    return wrapper


def after_commit(wake: Callable[[], Any]) -> None:
    """Call `wake` once the running transaction is committed, never if it rolls back. Outside one: at once."""
    running = _running.get()
    if running is None:
        wake()
    elif wake not in running.after:
        running.after.append(wake)


def kept() -> dict[object, Any]:
    """What this transaction has read and may use again until it ends; outside of one, nothing is kept."""
    running = _running.get()
    return {} if running is None else running.kept


def in_deed() -> bool:
    """Whether a transaction is running in this task."""
    return _running.get() is not None


async def drain() -> None:
    """Wait for every running transaction to end; called before the connections close."""
    while _live:
        await asyncio.gather(*list(_live), return_exceptions=True)


def dialect() -> str:
    """ "sqlite" or "postgres"."""
    return str(get_connections().get("default").capabilities.dialect)


def placeholders(sql: str) -> str:
    """Raw SQL is written with `?`; psycopg wants `%s`."""
    return sql if dialect() == "sqlite" else sql.replace("?", "%s")


async def rows(sql: str, *values: object) -> list[dict[str, Any]]:
    """The rows of a raw query written with `?`, inside the running transaction if there is one."""
    return list(await get_connections().get("default").execute_query_dict(placeholders(sql), list(values)))


async def execute(sql: str, *values: object) -> int:
    """Run a raw statement written with `?`; returns how many rows it touched."""
    count, _ = await get_connections().get("default").execute_query(placeholders(sql), list(values))
    return int(count)


async def alone(*name: str) -> None:
    """Whoever else asks for the same name waits until this transaction ends; what is read then is as they left it.

    For "look, then write" where two at once would both see nothing. SQLite's write transactions are alone anyway.
    """
    if dialect() == "postgres":
        await rows("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", ":".join(name))


async def alone_now(*name: str) -> bool:
    """The same without waiting: False when somebody else has the name. SQLite's write transactions are alone anyway."""
    if dialect() == "sqlite":
        return True
    found = await rows("SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0)) AS mine", ":".join(name))
    return bool(found[0]["mine"])


async def execute_many(sql: str, values: list[list[object]]) -> None:
    """Run a raw statement for many rows. Only inside a transaction."""
    if not in_deed():
        raise WrongScope("bulk writes need a transaction")
    if values:
        await get_connections().get("default").execute_many(placeholders(sql), values)


def _joins(scope: Scoped) -> bool:
    running = _running.get()
    if running is None:
        return False
    if running.task is not asyncio.current_task():
        raise WrongScope("a task made inside a transaction must not use it")
    if running.municipality_id not in {"*", scope.municipality_id}:
        raise WrongScope("a deed of one municipality inside another's transaction")
    return True


async def _transaction(scope: Scoped, work: Callable[[], Awaitable[T]]) -> T:
    running = _Running(scope.municipality_id, asyncio.current_task())
    token = _running.set(running)
    try:
        async with in_transaction() as connection:
            if dialect() == "postgres":
                await connection.execute_query(
                    "SELECT set_config('hoert.municipality', %s, true)", [scope.municipality_id or ""]
                )
            result = await work()
    finally:
        _running.reset(token)
    for wake in running.after:
        wake()
    return result
