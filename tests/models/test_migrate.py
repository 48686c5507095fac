"""Migrations: everything is there afterwards, nothing that was there is lost, and nobody migrates beside another."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import sqlite3
import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError

import models.migrate as migrating
from models import invariants
from models.actions.register import add_municipality
from models.database import opened, tortoise_config
from models.invariants import SchemaIncomplete
from models.migrate import MigrationFailed, check, migrate, pending
from models.settings import Settings, SettingsError, load
from models.tables.register import Person
from models.transactions import HOUSE, Scope, atomic, dialect
from tests.actions.rows import dump, found, select, sql, tables
from tests.actions.world import World
from tests.cast import Cast
from tests.postgres import PostgresServer

_numbers = itertools.count(1)

ANOTHER = """
    from importlib import import_module
    from tortoise import migrations
    from tortoise.migrations import operations as ops

    class Migration(migrations.Migration):
        dependencies = [("models", {last!r})]
        operations = [ops.RunSQL({sql!r})]
"""

#: The migrations of this version, oldest first.
RELEASED = sorted(path.stem for path in Path(migrating.__file__).with_name("migrations").glob("0*.py"))
LATER = f"{len(RELEASED) + 1:04}_later"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A later version of Hørt with one more migration: call it with the statements of that migration."""

    def version(*statements: str) -> None:
        name = f"later_migrations_{next(_numbers)}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        for released in RELEASED:
            same = f"from importlib import import_module\nMigration = import_module('models.migrations.{released}')"
            same += ".Migration\n"
            (folder / f"{released}.py").write_text(same)
        another = textwrap.dedent(ANOTHER.format(sql=list(statements), last=RELEASED[-1]))
        (folder / f"{LATER}.py").write_text(another)
        monkeypatch.syspath_prepend(str(tmp_path))

        def config(url: str) -> dict[str, Any]:
            made = tortoise_config(url)
            made["apps"]["models"]["migrations"] = name
            return made

        monkeypatch.setattr(migrating, "tortoise_config", config)

    return version


async def schema() -> list[dict[str, Any]]:
    if dialect() == "sqlite":
        return await select("SELECT name, sql FROM sqlite_master ORDER BY name")
    return await select(
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
        "WHERE table_schema = 'public' ORDER BY table_name, column_name"
    )


async def test_a_fresh_database_has_everything_and_migrating_again_changes_nothing(database: Settings) -> None:
    await check(database)
    before = await schema(), await dump()
    assert await migrate(database) == []
    assert (await schema(), await dump()) == before


async def test_an_empty_database_is_refused_until_it_is_migrated(tmp_path: Path, postgres: PostgresServer) -> None:
    name = postgres.create()
    for url in (None, postgres.url(name)):
        settings = load({"HOERT_DATABASE_URL": url} if url else {}, demo=True, data_dir=tmp_path / str(bool(url)))
        async with opened(settings, everywhere=False):
            with pytest.raises(SchemaIncomplete, match="older than this version"):
                await check(settings)
            assert await migrate(settings) == RELEASED
            await check(settings)
    postgres.drop(name)


async def test_an_empty_database_made_at_once_is_the_one_that_went_through_every_version(
    database: Settings, tmp_path: Path, postgres: PostgresServer
) -> None:
    made_at_once = await shape()
    environ = {} if database.is_sqlite else {"HOERT_DATABASE_URL": postgres.url(name := postgres.create())}
    step_by_step = load(environ, demo=True, data_dir=tmp_path / "step-by-step")
    await get_connections().close_all()
    async with opened(step_by_step, everywhere=False):
        await migrating._begin_record(step_by_step)
        await through_every_version(HOUSE, step_by_step)
        await migrating._establish(HOUSE)
        assert await shape() == made_at_once
    if environ:
        postgres.drop(name)


@atomic
async def through_every_version(_scope: Scope, settings: Settings) -> None:
    await migrating._executor(settings).migrate([migrating._LATEST])


async def shape() -> dict[str, list[str]]:
    """Columns, keys and indexes of every table; their order, and what a constraint is called, mean nothing."""
    found: dict[str, list[str]] = {}
    for statement in SHAPE[dialect()]:
        for row in await select(statement):
            found.setdefault(row["name"], []).append(re.sub(r"^CREATE( UNIQUE)? INDEX \S+", r"index\1", row["what"]))
    return {name: sorted(what) for name, what in found.items()}


#: What there is, each as the table's name and a line.
SHAPE = {
    "sqlite": (
        """SELECT t.name AS name, c.name || c.type || c."notnull" || quote(c.dflt_value) || c.pk AS what
        FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'""",
        """SELECT t.name AS name, k."from" || k."table" || k."to" || k.on_update || k.on_delete AS what
        FROM sqlite_master t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'""",
        """SELECT t.name AS name, i."unique" || i.partial
        || (SELECT group_concat(x.name) FROM pragma_index_info(i.name) x) AS what
        FROM sqlite_master t, pragma_index_list(t.name) i WHERE t.type = 'table'""",
    ),
    "postgres": (
        """SELECT table_name AS name, concat_ws(' ', column_name, data_type, character_maximum_length, is_nullable,
        column_default, is_identity) AS what FROM information_schema.columns WHERE table_schema = 'public'""",
        "SELECT tablename AS name, indexdef AS what FROM pg_indexes WHERE schemaname = 'public'",
        """SELECT conrelid::regclass::text AS name, pg_get_constraintdef(oid) AS what FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    ),
}


async def test_whatever_is_missing_is_named_and_the_database_refused_until_it_is_mended(database: Settings) -> None:
    triggers = [f"no_{verb.lower()}_{table}" for table, verbs in invariants.APPEND_ONLY.items() for verb in verbs]
    jobs = [] if database.is_sqlite else [*invariants.JOB_INDEXES, invariants.JOB_WAKER]
    for name in [*invariants.INDEXES, *triggers, *jobs]:
        if name in {**invariants.INDEXES, **invariants.JOB_INDEXES}:
            await sql(f"DROP INDEX {name}")
        else:
            table = "procrastinate_jobs" if name == invariants.JOB_WAKER else name.split("_", 2)[2]
            await sql(f"DROP TRIGGER {name}" + ("" if database.is_sqlite else f" ON {table}"))
        with pytest.raises(SchemaIncomplete, match=f"lacks: {name}. Run"):
            await check(database)
        for statement in invariants.statements(dialect()):
            if statement.name == name:
                await sql(statement.sql.replace("%", "%%") if dialect() == "postgres" else statement.sql)
        await check(database)
    await sql("DROP INDEX ix_letter_due")
    await migrate(database)
    await check(database)


async def test_a_policy_dropped_or_switched_off_is_named(settings: Settings) -> None:
    if settings.is_sqlite:
        assert [one for one in invariants.statements("sqlite") if "POLICY" in one.sql] == []
        return
    async with opened(settings):
        for attack in (
            "DROP POLICY rls_message ON message",
            "ALTER TABLE message DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE message NO FORCE ROW LEVEL SECURITY",
        ):
            await sql(attack)
            with pytest.raises(SchemaIncomplete, match="rls_message"):
                await check(settings)
            await migrate(settings)
            await check(settings)


async def test_a_trigger_switched_off_is_named(settings: Settings) -> None:
    if settings.is_sqlite:
        return
    async with opened(settings):
        await sql("ALTER TABLE publication DISABLE TRIGGER no_update_publication")
        with pytest.raises(SchemaIncomplete, match="no_update_publication"):
            await check(settings)
        await migrate(settings)
        await check(settings)


async def test_every_table_that_names_a_municipality_is_under_row_level_security(database: Settings) -> None:
    #: Figures and goals, plans and offers of the range, where there are panels, and the keys, which are wrapped.
    open_to_all = {
        "local_goal", "local_goal_value", "municipality_key", "panel_place", "period_plan", "publication",
        "range_offer",
    }  # fmt: skip
    if database.is_sqlite:
        found_tables = [
            table for table in await tables()
            if any(row["name"] == "municipality_id" for row in await select(f"PRAGMA table_info({table})"))
        ]  # fmt: skip
    else:
        rows = await select("SELECT table_name FROM information_schema.columns WHERE column_name = 'municipality_id'")
        found_tables = [row["table_name"] for row in rows]
    assert set(found_tables) - open_to_all == set(invariants.SCOPED_TABLES)


async def test_rows_in_every_table_survive_a_later_version(world: World, database: Settings, later: Any) -> None:
    before = await dump()
    assert [table for table, rows in before.items() if not rows] == []
    later("ALTER TABLE person ADD COLUMN nickname TEXT", "CREATE TABLE extra (id INTEGER)")
    assert await pending(database) == [LATER]
    assert await migrate(database) == [LATER]
    after = await dump(without=("extra", "person"))
    assert after == {table: rows for table, rows in before.items() if table != "person"}
    assert len(await found(Person)) == len(before["person"])
    assert await migrate(database) == []


async def test_a_backfill_sees_every_row_of_every_municipality(world: World, database: Settings, later: Any) -> None:
    later("UPDATE person SET quiet_from = 20")
    await migrate(database)
    assert {row.quiet_from for row in await found(Person)} == {20}


@pytest.mark.parametrize(
    "loss", ["DELETE FROM offer_event", "DELETE FROM answer WHERE id = (SELECT MIN(id) FROM answer)"]
)
async def test_a_version_that_loses_rows_is_undone_and_refused_each_time(
    world: World, database: Settings, later: Any, loss: str
) -> None:
    before = await dump()
    later("ALTER TABLE person ADD COLUMN nickname TEXT", loss)
    for _ in range(2):
        with pytest.raises(MigrationFailed, match="rows disappeared from"):
            await migrate(database)
        assert await pending(database) == [LATER]
    assert await dump() == before
    with pytest.raises(SchemaIncomplete):
        await check(database)


async def test_a_version_that_orphans_rows_is_undone(world: World, database: Settings, later: Any) -> None:
    before = await dump()
    later("UPDATE answer SET check_in_id = 'nowhere'")
    with pytest.raises(MigrationFailed if database.is_sqlite else IntegrityError, match="answer"):
        await migrate(database)
    assert await dump() == before


async def test_a_version_that_fails_half_way_leaves_nothing_behind(
    world: World, database: Settings, later: Any
) -> None:
    before = await schema(), await dump()
    later("ALTER TABLE person ADD COLUMN nickname TEXT", "INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(Exception, match="no_such_table"):
        await migrate(database)
    assert (await schema(), await dump()) == before
    assert (await select("SELECT COUNT(*) AS n FROM person"))[0]["n"] > 0


async def test_before_a_later_version_the_file_is_copied_beside_for_its_owner_only(
    cast: Cast, database: Settings, later: Any
) -> None:
    later("ALTER TABLE person ADD COLUMN nickname TEXT")
    await migrate(database)
    assert copies(database.data_dir) == ([(0o600, 4)] if database.is_sqlite else [])


def copies(folder: Path) -> list[tuple[int, int]]:
    """The copies in a folder: who may read each, and how many people are in it."""
    found_copies = []
    for path in folder.glob("*.before-migration"):
        copy = sqlite3.connect(path)
        found_copies.append((path.stat().st_mode & 0o777, copy.execute("SELECT COUNT(*) FROM person").fetchone()[0]))
        copy.close()
    return found_copies


async def test_foreign_keys_hold_after_a_migration(cast: Cast, database: Settings, later: Any) -> None:
    later("ALTER TABLE person ADD COLUMN nickname TEXT")
    await migrate(database)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await sql("DELETE FROM municipality WHERE id = ?", cast.randers)


# --- two at once ----------------------------------------------------------------------------------------------------

MIGRATE = """
import asyncio, sys
from pathlib import Path
from models.database import opened
from models.migrate import migrate
from models.settings import load

async def work():
    settings = load(demo=True, data_dir=Path(sys.argv[1]))
    async with opened(settings):
        print(await migrate(settings), flush=True)

asyncio.run(work())
"""


def test_two_processes_that_migrate_one_postgres_at_once_both_succeed(postgres: PostgresServer, tmp_path: Path) -> None:
    name = postgres.create()
    environ = os.environ | {"HOERT_DATABASE_URL": postgres.url(name), "PYTHONPATH": str(Path.cwd())}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, str(tmp_path / str(number))], env=environ, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for number in range(3)
    ]  # fmt: skip
    ended = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0, 0, 0], ended
    assert sorted(out.strip() for out, _ in ended) == sorted([str(RELEASED), "[]", "[]"])
    postgres.drop(name)


async def test_a_second_process_on_the_embedded_database_gets_a_plain_sentence(tmp_path: Path) -> None:
    settings = load({}, demo=True, data_dir=tmp_path)
    async with opened(settings, everywhere=False):
        second = await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, str(tmp_path), env=os.environ | {"PYTHONPATH": str(Path.cwd())},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, error = await second.communicate()
    assert second.returncode == 1
    last = error.decode().strip().splitlines()[-1]
    assert last.startswith("models.settings.SettingsError: This database is already in use by another Hørt process.")
    with pytest.raises(SettingsError, match="already in use"):
        async with opened(settings, everywhere=False), opened(settings, everywhere=False):
            pass


async def test_the_lock_is_given_back_at_the_end_also_after_a_fault(tmp_path: Path, now: datetime) -> None:
    settings = load({}, demo=True, data_dir=tmp_path)
    for _ in range(2):
        with pytest.raises(LookupError):
            async with opened(settings, everywhere=False):
                raise LookupError
    async with opened(settings, everywhere=False):
        await migrate(settings)
        assert len(await add_municipality(HOUSE, slug="x", name="X", now=now)) == 32


def test_the_database_file_of_the_template_was_never_opened_for_others(sqlite_template: Path) -> None:
    assert sqlite_template.parent.stat().st_mode & 0o077 == 0
