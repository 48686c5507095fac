"""Opening and closing the database: lock first, keys, connections; in reverse at the end."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg_pool import AsyncConnectionPool
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext, set_global_context

from models import transactions
from models.engine import Deferring, Embedded
from models.engine import install as install_engine
from models.settings import Settings, SettingsError, tortoise_connection
from models.tables import MODULES
from models.tables.keys import KeyRing, WrongMasterKey, install, load_house
from models.transactions import HOUSE, Scope, atomic, dialect, rows

#: A connection that answered so recently, in seconds, is not asked again whether it is there: to ask before each of the
#: small transactions of a letter is a fifth of their time. What broke since fails its deed, which is done again.
_SURE_FOR = 1.0
_answered: WeakKeyDictionary[psycopg.AsyncConnection[Any], float] = WeakKeyDictionary()


async def _there(connection: psycopg.AsyncConnection[Any]) -> None:
    """Raises when a connection of the pool is gone; the pool then makes another."""
    clock = asyncio.get_running_loop().time
    if clock() - _answered.get(connection, -_SURE_FOR) >= _SURE_FOR:
        await AsyncConnectionPool.check_connection(connection)
        _answered[connection] = clock()


#: A question is prepared when it is asked again, and so many are kept: the desk alone has more than the driver's 100.
#: Whichever falls out is parsed and planned anew, which costs more than to answer it.
_PREPARED_AFTER, _PREPARED_MOST = 1, 500


async def _short_questions(connection: psycopg.AsyncConnection[Any]) -> None:
    """A fresh connection compiles no questions: what a page asks is over long before the compiler would be, and row
    security lets PostgreSQL guess wrong which question is a long one (a count took 11 seconds, 0.1 of them its own)."""
    connection.prepare_threshold, connection.prepared_max = _PREPARED_AFTER, _PREPARED_MOST
    await connection.execute("SET jit = off")
    await connection.commit()


def tortoise_config(url: str) -> dict[str, Any]:
    """Tortoise's configuration for a database address."""
    connection = tortoise_connection(url)
    if not url.startswith("sqlite://"):
        connection["credentials"] |= {"check": _there, "configure": _short_questions}
    return {
        "connections": {"default": connection},
        "apps": {
            "models": {
                "models": list(MODULES),
                "default_connection": "default",
                "migrations": "models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


class SingleProcessLock:
    """SQLite is one process: an exclusive lock beside the file, and a plain sentence for the second."""

    def __init__(self, url: str) -> None:
        self._path = Path(url.removeprefix("sqlite://") + ".lock") if url.startswith("sqlite://") else None
        self._descriptor: int | None = None

    def __enter__(self) -> SingleProcessLock:
        if self._path is None:
            return self
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            self._descriptor = None
            raise SettingsError(
                "This database is already in use by another Hørt process. Stop that one first, "
                "or use PostgreSQL (HOERT_DATABASE_URL=postgres://…) to run several."
            ) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@asynccontextmanager
async def opened(settings: Settings, *, everywhere: bool = True) -> AsyncIterator[TortoiseContext]:
    """Open the database for this process and close it in reverse order.

    Raises SettingsError when another process holds an embedded database, or when the master key does not open this
    one. `everywhere` lets every task of the process find the connections; only one database can be open that way.
    """
    with SingleProcessLock(settings.database_url):
        install(KeyRing(settings.master_key, settings.master_key_previous))
        install_engine(_engine(settings))
        # Tortoise keeps the SQL of inserts per table name for the whole process, whatever database made it.
        EXECUTOR_CACHE.clear()
        context = TortoiseContext()
        with context:
            await context.init(config=tortoise_config(settings.database_url))
            # Touch the connection now: what can fail, fails before anything starts.
            await context.db("default").execute_query("SELECT 1")
            if everywhere:
                set_global_context(context)
            try:
                await _read_house_keys(HOUSE)
                yield context
            finally:
                await transactions.drain()
                with suppress(ValueError):
                    await context.close_connections()


async def direct(settings: Settings) -> psycopg.AsyncConnection[Any]:
    """A connection to PostgreSQL of one's own, outside of the pool: for locks that live as long as it does."""
    from models.jobs import connection_words

    return await psycopg.AsyncConnection.connect(**connection_words(settings), autocommit=True)


def _engine(settings: Settings) -> Embedded | Deferring:
    if settings.engine == "procrastinate":
        from models import jobs  # heavy, and only PostgreSQL needs it

        return jobs.Deferring(settings)
    return Embedded()


@atomic
async def _read_house_keys(_scope: Scope) -> None:
    """Only where their table is there: until `migrate` has made it, these keys are what they began as."""
    table = {
        "sqlite": "SELECT 1 AS there FROM sqlite_master WHERE type = 'table' AND name = 'house_key'",
        "postgres": "SELECT 1 AS there WHERE to_regclass('house_key') IS NOT NULL",
    }
    if not await rows(table[dialect()]):
        return
    try:
        await load_house()
    except WrongMasterKey:
        raise SettingsError(
            "HOERT_MASTER_KEY does not open this database: it was sealed under another master key. Give that one; "
            "while it is being renewed, name the one before it in HOERT_MASTER_KEY_PREVIOUS_FILE."
        ) from None
