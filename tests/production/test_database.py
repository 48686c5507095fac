"""The database of an installation: who gets in, and what the running product may do there."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from models.database import opened
from models.settings import Settings, load
from models.transactions import rows
from tests.production.server import ProductionServer

#: What postgresql.conf must never lose: received means on the disk, nobody in without TLS, nothing of a row in the log.
HELD = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.2", "password_encryption": "scram-sha-256", "log_statement": "none",
    "log_min_error_statement": "panic", "log_min_duration_statement": "-1", "log_error_verbosity": "terse",
    "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
}  # fmt: skip


def settings_of(service: str, server: ProductionServer, data: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings a service of compose.yaml runs with; libpq's own variables are set for the test."""
    told = server.environment(service)
    for name in ("PGPASSFILE", "PGHOSTADDR"):
        monkeypatch.setenv(name, told[name])
    return load(told, data_dir=data)


async def test_the_product_reaches_its_database_with_the_address_of_compose(
    server: ProductionServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(settings_of("backend", server, tmp_path, monkeypatch), everywhere=False):
        found = await rows(
            "SELECT current_user::text AS who, ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        )
    assert found == [{"who": "hoert_app", "ssl": True, "version": "TLSv1.3"}]


def test_the_server_runs_with_what_keeps_messages_and_secrets(server: ProductionServer) -> None:
    assert {name: server.settings[name] for name in HELD} == HELD


def test_the_server_keeps_no_password_itself(server: ProductionServer) -> None:
    assert server.kept_passwords == {"hoert_owner": "SCRAM-SHA-256$", "hoert_app": "SCRAM-SHA-256$"}


@pytest.mark.parametrize(
    ("role", "words", "answer"),
    [
        ("app", {"sslmode": "disable"}, "no encryption"),
        ("owner", {"sslmode": "disable"}, "no encryption"),
        ("app", {"dbname": "postgres"}, "no pg_hba.conf entry"),
        ("app", {"dbname": "template1"}, "no pg_hba.conf entry"),
        ("superuser", {"user": "postgres"}, "no pg_hba.conf entry"),
        ("app", {"password": "a guess"}, "password authentication failed"),
        ("app", {"password": None}, "no password supplied"),
        ("app", {"host": "another-name"}, "does not match host name"),
    ],
)
def test_nobody_gets_in_by_another_way(
    server: ProductionServer, role: str, words: dict[str, str | None], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSFILE", str(server.root / "nowhere"))
    usual = {"user": f"hoert_{role}", "password": server.password(role)}
    with pytest.raises(psycopg.OperationalError, match=answer):
        server.connect(**usual | words)


@pytest.mark.parametrize("role", ["app", "owner"])
def test_neither_role_is_more_than_it_must_be(server: ProductionServer, role: str) -> None:
    with server.connect(user=f"hoert_{role}", password=server.password(role)) as connection:
        found = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        belongs = connection.execute(
            "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = current_user"
        ).fetchone()
    assert found == (False, False, False, False, False)
    assert belongs == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION pgcrypto",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "ALTER ROLE hoert_app BYPASSRLS",
        "GRANT hoert_owner TO hoert_app",
        "SET ROLE hoert_owner",
        "SET SESSION AUTHORIZATION postgres",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER DATABASE hoert SET row_security = off",
    ],
)
def test_the_running_product_makes_nothing_and_becomes_nobody_else(server: ProductionServer, statement: str) -> None:
    with (
        server.connect(user="hoert_app", password=server.password("app")) as connection,
        pytest.raises(psycopg.errors.Error) as refused,
    ):
        connection.execute(statement)
    assert refused.type is InsufficientPrivilege
