from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import Settings
from tests.hoert.operating import free_bind, installed
from tests.postgres import PostgresServer


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Settings:
    """Settings of a fresh migrated embedded database, for what concerns SQLite alone."""
    return installed({"HOERT_BIND": free_bind()}, tmp_path / "data", sqlite_template)


@pytest.fixture
def on_postgres(postgres: PostgresServer, postgres_template: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh migrated PostgreSQL database, for what concerns PostgreSQL alone."""
    name = postgres.create(postgres_template)
    yield installed({"HOERT_BIND": free_bind(), "HOERT_DATABASE_URL": postgres.url(name)}, tmp_path / "data")
    postgres.drop(name)
