"""The one door to a transaction, and the scope every read and write passes through.

`atomic` runs a deed in one transaction, shielded from cancellation: a cancelled task inside Tortoise's own context
manager never gives its lock or connection back and hangs the whole application (measured, docs/decisions). Deeds called
inside a deed join its transaction. `reading` does the same for views, and `at_once` for a whole page of them.

On PostgreSQL the municipality of the scope is set for the transaction and row-level security holds it; nothing set
means no rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
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
    """A deed, or a reading (`deed` is false). A reading on SQLite is no transaction; it only remembers."""

    municipality_id: str | None
    task: asyncio.Task[Any] | None
    deed: bool
    transaction: bool = True
    after: list[Callable[[], Any]] = field(default_factory=list)
    kept: dict[object, Any] = field(default_factory=dict)
    known: dict[object, Any] = field(default_factory=dict)
    failed: BaseException | None = None


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
        around = _running.get() if _joins(scope) else None
        if around is None:
            return await _shielded(scope, lambda: deed(scope, *args, **kwargs), deed=True)
        if around.deed:
            return await deed(scope, *args, **kwargs)
        async with _deed_within(around):
            if not around.transaction:
                return await _shielded(scope, lambda: deed(scope, *args, **kwargs), deed=True)
            return await deed(scope, *args, **kwargs)

    return wrapper


def reading(
    view: Callable[Concatenate[S, P], Awaitable[T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Make `view` a scoped read. One transaction on PostgreSQL; plain statements on SQLite, where a read needs no lock.

    A view of the whole house inside a reading of one municipality sees the house for as long as it lasts.
    """

    @wraps(view)
    async def wrapper(scope: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if (narrower := _reading_of_one(scope)) is not None:
            async with _whole_house(narrower):
                return await view(scope, *args, **kwargs)
        if _joins(scope):
            return await view(scope, *args, **kwargs)
        if dialect() == "sqlite":
            return await _remembering(scope, lambda: view(scope, *args, **kwargs))
        return await _shielded(scope, lambda: view(scope, *args, **kwargs), deed=False)

    return wrapper


@reading
async def at_once(_scope: Scoped, work: Callable[[], Awaitable[T]]) -> T:
    """Whatever `work` reads, in one reading: a page asks once who looks and what it shows of them.

    A deed inside it is part of the same transaction on PostgreSQL, and one of its own on SQLite.
    """
    return await work()


def after_commit(wake: Callable[[], Any]) -> None:
    """Call `wake` once the running transaction is committed, never if it rolls back. Outside one: at once."""
    running = _running.get()
    if running is None or not running.transaction:
        wake()
    elif wake not in running.after:
        running.after.append(wake)


def kept() -> dict[object, Any]:
    """What this transaction has read and may use again until it ends; outside of one, nothing is kept."""
    running = _mine()
    return {} if running is None else running.kept


def known() -> dict[object, Any]:
    """What this reading has read and may use again until it ends, or a deed is done in it; nothing is known in a deed,
    which reads what it is about to change. Keys name the viewer, or the municipality, whose it is."""
    running = _mine()
    return {} if running is None or running.deed else running.known


def in_deed() -> bool:
    """Whether a transaction is running in this task."""
    running = _running.get()
    return running is not None and running.transaction


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


def _mine() -> _Running | None:
    """What runs around this. What a reading on SQLite remembers is for its own task, and no law for others."""
    running = _running.get()
    if running is None or (not running.transaction and running.task is not asyncio.current_task()):
        return None
    return running


def _joins(scope: Scoped) -> bool:
    running = _mine()
    if running is None:
        return False
    if running.task is not asyncio.current_task():
        raise WrongScope("a task made inside a transaction must not use it")
    if running.municipality_id not in {"*", scope.municipality_id}:
        raise WrongScope("a deed of one municipality inside another's transaction")
    return True


async def _shielded(scope: Scoped, work: Callable[[], Awaitable[T]], *, deed: bool) -> T:
    task = asyncio.create_task(_transaction(scope, work, deed=deed))
    _live.add(task)
    task.add_done_callback(_live.discard)
    return await asyncio.shield(task)


async def _remembering(scope: Scoped, work: Callable[[], Awaitable[T]]) -> T:
    """A reading on SQLite: nothing is opened, but what was read once need not be read again."""
    token = _running.set(_Running(scope.municipality_id, asyncio.current_task(), deed=False, transaction=False))
    try:
        return await work()
    finally:
        _running.reset(token)


@asynccontextmanager
async def _deed_within(running: _Running) -> AsyncIterator[None]:
    """A deed inside a reading. What was read before it may be otherwise after it; if it fails, so does the reading."""
    running.deed = True
    try:
        yield
    except BaseException as fault:
        running.failed = fault
        raise
    finally:
        running.deed = False
        running.known.clear()


def _reading_of_one(scope: Scoped) -> _Running | None:
    """The reading around this, when it is of one municipality and the whole house is asked for."""
    running = _mine()
    if running is None or running.deed or running.task is not asyncio.current_task():
        return None
    return running if scope.municipality_id == "*" != running.municipality_id else None


@asynccontextmanager
async def _whole_house(running: _Running) -> AsyncIterator[None]:
    """The house for a moment. Whatever happens meanwhile, afterwards it is the one municipality again."""
    before = running.municipality_id
    await _see(running, "*")
    try:
        yield
    except BaseException:
        running.municipality_id = before
        with suppress(Exception):  # a transaction that failed answers nothing more, and shows nothing more
            await _see(running, before)
        raise
    await _see(running, before)


_SCOPE = "SELECT set_config('hoert.municipality', ?, true)"
#: To plan a page's questions took as long as to answer them: a reading plans each once for whatever it is asked with.
#: A deed plans for what it is asked: what it looks for is often few among very many.
_SCOPE_OF_READING = f"{_SCOPE}, set_config('plan_cache_mode', 'force_generic_plan', true)"


async def _see(running: _Running, municipality_id: str | None) -> None:
    running.municipality_id = municipality_id
    if running.transaction and dialect() == "postgres":
        await rows(_SCOPE if running.deed else _SCOPE_OF_READING, municipality_id or "")


async def _transaction(scope: Scoped, work: Callable[[], Awaitable[T]], *, deed: bool) -> T:
    running = _Running(scope.municipality_id, asyncio.current_task(), deed)
    token = _running.set(running)
    try:
        async with in_transaction():
            if dialect() == "postgres":
                await _see(running, scope.municipality_id)
            result = await work()
            if running.failed is not None:
                raise WrongScope("a deed failed inside a reading that went on") from running.failed
    finally:
        _running.reset(token)
    for wake in running.after:
        wake()
    return result
