"""An installation as docs/production.md makes it: its secrets, and its PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.production.compose import prepare
from tests.production.server import ProductionServer


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that stands for /etc/hoert."""
    folder = tmp_path_factory.mktemp("etc") / "hoert"
    prepare(folder)
    return folder


@pytest.fixture(scope="session")
def server(prepared: Path) -> Iterator[ProductionServer]:
    """PostgreSQL with the files of docs/production/postgres, reached over TCP and TLS."""
    made = ProductionServer(prepared)
    try:
        made.start()
        yield made
    finally:
        made.stop()
