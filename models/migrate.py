"""Bringing the database to this version, safely.

All that is pending runs in one transaction of the whole house, so that row-level security hides no row from a backfill
and whatever does not keep what was there is undone. SQLite: the caller already holds the process lock; backup, foreign
keys off (Tortoise rebuilds tables with DROP TABLE, which would cascade into the children), migrate, foreign-key check,
row counts compared. PostgreSQL: an advisory lock on a connection of its own, so that two processes starting together do
not migrate at once. Then the invariants, then the self-check.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import MethodType
from typing import Any

from procrastinate.schema import SchemaManager
from tortoise.connection import get_connections
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import AddField, AddIndex, CreateModel, Operation, RunSQL
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_generator.state import State
from tortoise.models import Model

from models import invariants
from models.database import direct, tortoise_config
from models.settings import Settings
from models.tables.keys import load_house
from models.transactions import HOUSE, Scope, atomic, dialect, execute, rows

_ADVISORY_LOCK = 0x48C3B872  # any fixed number; it only has to be ours
_LATEST = MigrationTarget(app_label="models", name="__latest__")


class MigrationFailed(Exception):
    """A migration did not keep what was there; the text says what. It was undone, the database is as it was before."""


async def pending(settings: Settings) -> list[str]:
    """The names of migrations that are not applied yet, oldest first."""
    executor = _executor(settings)
    plan = await executor.plan([_LATEST])
    return [step.migration.name for step in plan]


async def migrate(settings: Settings) -> list[str]:
    """Apply what is pending and establish the invariants. Returns what was applied. The database must be open."""
    async with _alone(settings):
        waiting = await pending(settings)
        if waiting:
            await _begin_record(settings)
            if dialect() == "sqlite":
                await _sqlite_migrate(settings)
            else:
                await _apply(HOUSE, settings)
        await _establish(HOUSE)
        await invariants.check()
    return waiting


async def grant(role: str) -> None:
    """Let the role that runs the product use the tables, and no more: no DDL, nothing changed that is append-only.

    Raises MigrationFailed when there is no such role, or it may do what row-level security could not hold.
    """
    found = await rows("SELECT rolsuper OR rolbypassrls AS too_much FROM pg_roles WHERE rolname = ?", role)
    if not found:
        raise MigrationFailed(f"There is no role {role} on this PostgreSQL. Make it first (docs/production.md).")
    if found[0]["too_much"]:
        raise MigrationFailed(
            f"The role {role} is a superuser or bypasses row-level security; the product must not be."
        )
    await _grant(HOUSE, '"' + role.replace('"', '""') + '"')


async def check(settings: Settings) -> None:
    """Refuse a database that is not at this version: raises SchemaIncomplete naming what is missing."""
    waiting = await pending(settings)
    if waiting:
        raise invariants.SchemaIncomplete("the database is older than this version. Run: hoert migrate")
    await invariants.check()


@atomic
async def _establish(_scope: Scope) -> None:
    if dialect() == "postgres" and not await rows("SELECT 1 WHERE to_regclass('procrastinate_jobs') IS NOT NULL"):
        # The engine's own tables, as its locked version ships them.
        await get_connections().get("default").execute_script(SchemaManager.get_schema())
    await invariants.establish()
    await load_house()


@atomic
async def _grant(_scope: Scope, role: str) -> None:
    names = [row["name"] for row in await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")]
    await execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    for name in names:
        refused = {verb.upper() for verb in invariants.APPEND_ONLY.get(name, ())}
        if name.startswith("tortoise"):
            refused = {"INSERT", "UPDATE", "DELETE"}
        rights = ", ".join(verb for verb in ("SELECT", "INSERT", "UPDATE", "DELETE") if verb not in refused)
        await execute(f'REVOKE ALL ON TABLE "{name}" FROM {role}')
        await execute(f'GRANT {rights} ON TABLE "{name}" TO {role}')
    await execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    await execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}")


@atomic
async def _apply(_scope: Scope, settings: Settings) -> None:
    before = await _row_counts()
    executor = _executor(settings)
    if before:
        await executor.migrate([_LATEST])
    else:
        await executor.make_at_once()
    if dialect() == "sqlite":
        broken = await rows("PRAGMA foreign_key_check")
        if broken:
            raise MigrationFailed("rows lost their parents in: " + ", ".join(sorted({row["table"] for row in broken})))
    _compare(before, await _row_counts())


class _Recorder(MigrationRecorder):
    """Tortoise's recorder inside our transaction: its table is there already, and making it again would commit.

    It also writes asyncpg's `$1`, where psycopg wants `%s` (Tortoise 1.1.9, docs/decisions).
    """

    async def ensure_schema(self, schema_editor: Any) -> None:
        """Nothing: see `_begin_record`."""

    def _placeholder(self, pos: int) -> str:
        return "%s" if dialect() == "postgres" else "?"


#: Operations that look at nothing as it was before them, and change nothing but one table.
_ONLY_FORWARD = (CreateModel, AddField, AddIndex)


async def _apply_one(migration: Migration, state: State, *, dry_run: bool = False, schema_editor: Any = None) -> State:
    """What Tortoise's `Migration.apply` does, with the models rendered once for a run of such operations.

    Tortoise 1.1.9 copies every model before each operation and renders them after it: with a hundred operations a fresh
    database took fourteen seconds.
    """
    if schema_editor is None or dry_run:
        # What was applied long ago: see `_Executor._project_state`.
        with _unrendered(state):
            for operation in migration.operations:
                operation.state_forward(migration.app_label, state)
        return state
    for run in _runs(migration.operations):
        if isinstance(run[0], RunSQL):  # it knows no models: neither before it nor after it are they rendered
            await run[0].database_forward(migration.app_label, state, state, schema_editor)
            continue
        before = state if isinstance(run[0], _ONLY_FORWARD) else state.clone()
        with _unrendered(state):
            for operation in run:
                operation.state_forward(migration.app_label, state)
        state._reload(set(state.models))
        for operation in run:
            await operation.database_forward(migration.app_label, before, state, schema_editor)
    state.validate_relations_initialized()
    return state


def _runs(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """The operations in their order, those together that may see the models as they are after all of them: a table is
    not made with the fields that are added to it later, so its fields begin a run of their own."""
    run: list[Operation] = []
    made: set[str] = set()
    for operation in operations:
        together = isinstance(operation, _ONLY_FORWARD)
        if run and (not together or getattr(operation, "model_name", None) in made):
            yield run
            run, made = [], set()
        run.append(operation)
        if isinstance(operation, CreateModel):
            made.add(operation.name)
        if not together:
            yield run
            run = []
    if run:
        yield run


@contextmanager
def _unrendered(state: State) -> Iterator[None]:
    """Operations change the state, and its models wait to be rendered."""
    state._reload = _later  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        del state._reload


def _later(_: object) -> None:
    """Rendering waits for the end of the run."""


class _Executor(MigrationExecutor):
    """Tortoise's executor; the migrations apply themselves our way. We hold the transaction around all."""

    def _migration_plan(self, *given: Any) -> list[Any]:
        for migration in self.loader.graph.nodes.values():
            if migration is not None:
                migration.apply = MethodType(_apply_one, migration)  # type: ignore[method-assign]
        return super()._migration_plan(*given)

    async def _project_state(self, *given: Any, **more: Any) -> State:
        state = await super()._project_state(*given, **more)
        state._reload(set(state.models))
        state.validate_relations_initialized()
        return state

    async def make_at_once(self) -> None:
        """Make the tables of an empty database as they are after all migrations, and note these as applied.

        Step by step it takes two seconds, for the models are rendered again for each version. What a migration does to
        rows has no rows here, and tests/models/test_migrate.py compares both ways, column by column.
        """
        plan = await self.plan([_LATEST])
        state = await super()._project_state(set())
        with _unrendered(state):
            for step in plan:
                for operation in step.migration.operations:
                    operation.state_forward(step.migration.app_label, state)
        state._reload(set(state.models))
        state.validate_relations_initialized()
        editor = self._schema_editor(atomic=False)
        for model in _parents_first(state):
            await editor.create_model(model)
        for step in plan:
            await self.recorder.record_applied(step.migration.app_label, step.migration.name)


def _parents_first(state: State) -> list[type[Model]]:
    """The models, each behind those its foreign keys point to."""
    placed: dict[tuple[str, str], type[Model]] = {}

    def place(key: tuple[str, str]) -> None:
        if key in placed:
            return
        model = state.apps.get_model(".".join(key))
        for name in (*model._meta.fk_fields, *model._meta.o2o_fields):
            app, _, parent = str(model._meta.fields_map[name].model_name).partition(".")  # type: ignore[attr-defined]
            if (app, parent) != key:
                place((app, parent))
        placed[key] = model

    for key in sorted(state.models):
        place(key)
    return list(placed.values())


def _executor(settings: Settings) -> _Executor:
    connection = get_connections().get("default")
    executor = _Executor(connection, tortoise_config(settings.database_url)["apps"])
    executor.recorder = executor.loader.recorder = _Recorder(connection)
    return executor


async def _begin_record(settings: Settings) -> None:
    """Make the table of what was applied, outside of any transaction."""
    executor = _executor(settings)
    await MigrationRecorder(executor.connection).ensure_schema(executor._schema_editor(atomic=False))


async def _sqlite_migrate(settings: Settings) -> None:
    if await _row_counts():
        backup = Path(settings.database_url.removeprefix("sqlite://") + ".before-migration")
        backup.unlink(missing_ok=True)
        await execute("VACUUM INTO ?", str(backup))
        backup.chmod(0o600)
    await execute("PRAGMA foreign_keys=OFF")
    try:
        await _apply(HOUSE, settings)
    finally:
        await execute("PRAGMA foreign_keys=ON")


def _compare(before: dict[str, int], after: dict[str, int]) -> None:
    lost = sorted(table for table, count in before.items() if after.get(table, count) < count)
    if lost:
        raise MigrationFailed("rows disappeared from: " + ", ".join(lost))


async def _row_counts() -> dict[str, int]:
    if dialect() == "sqlite":
        found = await rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    else:
        found = await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    counts: dict[str, int] = {}
    for row in found:
        name = row["name"]
        if name.startswith(("tortoise", "procrastinate")):
            continue
        counts[name] = await _count(HOUSE, name)
    return counts


@atomic
async def _count(_scope: Scope, table: str) -> int:
    # The name comes from the database's own catalogue, never from outside.
    return int((await rows(f'SELECT COUNT(*) AS n FROM "{table}"'))[0]["n"])  # noqa: S608


@asynccontextmanager
async def _alone(settings: Settings) -> AsyncIterator[None]:
    if dialect() == "sqlite":
        yield
        return
    connection = await direct(settings)
    try:
        await connection.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        yield
    finally:
        await connection.close()
