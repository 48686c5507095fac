"""What an operator has: a data folder, a database, and an environment around them."""

from __future__ import annotations

import shutil
import socket
from base64 import urlsafe_b64encode
from pathlib import Path

from models.settings import Settings, load


def free_bind() -> str:
    """An address of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def installed(environ: dict[str, str], data: Path, sqlite: Path | None = None) -> Settings:
    """The settings of an installation in a new data folder, with a copy of a SQLite database where one is given."""
    data.mkdir(mode=0o700)
    if sqlite is not None:
        shutil.copy(sqlite, data / "hoert.sqlite3")
    return load(environ, demo=True, data_dir=data)


def environment(settings: Settings, folder: Path) -> dict[str, str]:
    """The environment of an installation: its database, its data, and its master key in a file of the operator's."""
    key = folder / "key"
    key.write_text(urlsafe_b64encode(settings.master_key).decode(), encoding="utf-8")
    key.chmod(0o600)
    return {
        "HOERT_DATABASE_URL": settings.database_url,
        "HOERT_DATA_DIR": str(settings.data_dir),
        "HOERT_MASTER_KEY_FILE": str(key),
        "HOERT_BIND": f"{settings.bind_host}:{settings.bind_port}",
        "HOERT_ENGINE": settings.engine,
    }
