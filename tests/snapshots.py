"""The cast, and what they lived through, made once for the whole run and put back into each test's own database.

To walk every journey takes seconds, to put its rows back milliseconds. What is put back is what the deeds have written:
on SQLite the file, on PostgreSQL the rows of every table, under the master key it was sealed with.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.database import opened
from models.settings import Settings, load
from tests.cast import Cast, invite_the_cast
from tests.postgres import PostgresServer, Rows

Maker = Callable[[Cast, datetime], Awaitable[Any]]
FILE, KEY = "hoert.sqlite3", "master.key"


@dataclass(frozen=True)
class Snapshot:
    """What was made, the key it is sealed under, and where its rows are kept."""

    cast: Cast
    made: Any
    folder: Path
    rows: Rows | None = None

    def put_back(self, data: Path, server: PostgresServer | None = None, database: str = "") -> None:
        """Fill an empty migrated database, and lay the key into its data directory."""
        shutil.copy(self.folder / KEY, data / KEY)
        if server is None:
            shutil.copy(self.folder / FILE, data / FILE)
        elif self.rows is not None:
            server.copy_in(database, self.rows)


def on_sqlite(template: Path, folder: Path, make: Maker | None, now: datetime) -> Snapshot:
    """Made in a copy of the migrated template."""
    shutil.copy(template, folder / FILE)
    cast, made = asyncio.run(_make(load({}, demo=True, data_dir=folder), make, now))
    with sqlite3.connect(folder / FILE) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Snapshot(cast, made, folder)


def on_postgres(server: PostgresServer, template: str, folder: Path, make: Maker | None, now: datetime) -> Snapshot:
    """Made in a database like the template, which is then dropped."""
    name = server.create(template)
    settings = load({"HOERT_DATABASE_URL": server.url(name)}, demo=True, data_dir=folder)
    cast, made = asyncio.run(_make(settings, make, now))
    rows = server.copy_out(name)
    server.drop(name)
    return Snapshot(cast, made, folder, rows)


async def _make(settings: Settings, make: Maker | None, now: datetime) -> tuple[Cast, Any]:
    async with opened(settings):
        cast = await invite_the_cast(now)
        return cast, None if make is None else await make(cast, now)
