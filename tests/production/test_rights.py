"""What the running product may do in an installation's tables: rows yes, tables no, the audit trail only onwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier

from hoert.doctor import examine
from models.database import opened
from models.invariants import APPEND_ONLY, SCOPED_TABLES
from models.queries.house import municipalities
from models.settings import load
from models.transactions import HOUSE
from scheduler.jobs import run_all
from tests.cast import invite_the_cast
from tests.production.compose import TOP
from tests.production.server import ProductionServer

ROWS = {"SELECT", "INSERT", "UPDATE", "DELETE"}


@pytest.fixture(scope="module")
def migrated(server: ProductionServer, tmp_path_factory: pytest.TempPathFactory) -> ProductionServer:
    """The server with its tables, made and granted as the service `migrate` does it."""
    told = server.environment("migrate") | {"HOERT_DATA_DIR": str(tmp_path_factory.mktemp("migrate"))}
    subprocess.run([sys.executable, "-m", "hoert", "migrate"], cwd=TOP, env=os.environ | told, check=True)
    return server


@pytest.fixture
def app(migrated: ProductionServer) -> Iterator[psycopg.Connection]:
    """A connection as what the product runs as."""
    with migrated.connect(user="hoert_app", password=migrated.password("app")) as connection:
        yield connection


async def test_the_product_lives_with_the_rights_it_has(
    migrated: ProductionServer, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = migrated.environment("backend")
    for name in ("PGPASSFILE", "PGHOSTADDR"):
        monkeypatch.setenv(name, told[name])
    async with opened(load(told, data_dir=tmp_path), everywhere=False):
        await invite_the_cast(now)
        await run_all(now, now)
        assert [slug for slug, _ in await municipalities(HOUSE)] == ["odsherred", "randers"]


@pytest.mark.parametrize("service", ["backend", "scheduler", "migrate"])
async def test_the_doctor_finds_nothing_to_mend_in_an_installation(
    service: str, migrated: ProductionServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrated.settle()
    told = migrated.environment(service)
    for name in ("PGPASSFILE", "PGHOSTADDR"):
        monkeypatch.setenv(name, told[name])
    assert await examine(told | {"HOERT_DATA_DIR": str(tmp_path), "HOERT_BIND": "0.0.0.0:9"}) == []


def test_rows_of_every_table_and_nothing_of_the_audit_trail_but_more_of_it(app: psycopg.Connection) -> None:
    found = app.execute(
        "SELECT tablename, array_agg(verb) FILTER (WHERE has_table_privilege(quote_ident(tablename), verb))"
        " FROM pg_tables, unnest(%s::text[]) verb WHERE schemaname = 'public' GROUP BY tablename",
        [[*ROWS, "TRUNCATE", "REFERENCES", "TRIGGER"]],
    ).fetchall()
    rights = {table: set(verbs or ()) for table, verbs in found}
    recorded = {table: rights.pop(table) for table in list(rights) if table.startswith("tortoise")}
    assert rights == {table: ROWS - set(APPEND_ONLY.get(table, ())) for table in rights}
    assert set(SCOPED_TABLES) <= set(rights)
    assert set.union(*recorded.values()) == {"SELECT"}


def test_the_running_product_owns_nothing(app: psycopg.Connection) -> None:
    assert app.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall() == [
        ("hoert_owner",)
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE person ADD COLUMN mine int",
        "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE trail_entry DISABLE TRIGGER ALL",
        "DROP POLICY rls_person ON person",
        "DROP TABLE person",
        "DROP INDEX uq_link_person",
        "CREATE INDEX mine ON person (id)",
        "CREATE TRIGGER mine BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "TRUNCATE person CASCADE",
        "UPDATE trail_entry SET municipality_id = municipality_id",
        "DELETE FROM trail_entry",
        "DELETE FROM trail_seal",
        "DELETE FROM publication",
        "SET session_replication_role = replica",
    ],
)
def test_the_running_product_cannot_change_what_holds_it(app: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.Error) as refused:
        app.execute(statement)
    assert refused.type is InsufficientPrivilege


def test_without_a_municipality_there_are_no_rows_and_the_rule_cannot_be_set_aside(app: psycopg.Connection) -> None:
    counts = [(table, SQL("SELECT count(*) FROM {}").format(Identifier(table))) for table in SCOPED_TABLES]
    assert {table: app.execute(count).fetchone() for table, count in counts} == dict.fromkeys(SCOPED_TABLES, (0,))
    app.execute("SET row_security = off")
    for _, count in counts:
        with pytest.raises(InsufficientPrivilege, match="row-level security"):
            app.execute(count)
