"""The doctor: everything that is missing or wrong in the configuration, in plain words, with the mend."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from models.settings import Settings, SettingsError, load


async def examine(environ: Mapping[str, str]) -> list[str]:
    """Look at settings, data directory and database; returns one sentence per problem, none when all is well."""
    try:
        settings = load(environ)
    except SettingsError as refusal:
        return [str(refusal)]
    return [*_settings(settings, environ), *_folder(settings.data_dir), *await _database(settings)]


def _settings(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    found = []
    local = settings.bind_host in {"127.0.0.1", "localhost", "::1"}
    if not local and not settings.public_url.startswith("https://"):
        found.append("HOERT_PUBLIC_URL is not https: put a proxy with TLS in front and name its address there.")
    if not settings.is_sqlite and "sslmode" not in environ.get("HOERT_DATABASE_URL", "") and local is False:
        found.append("HOERT_DATABASE_URL: say how the connection is secured (sslmode=verify-full).")
    if settings.telegram_mode == "webhook":
        found.append("HOERT_TELEGRAM_MODE is webhook, which this version cannot do yet: use polling.")
    if environ.get("HOERT_MASTER_KEY") and not environ.get("HOERT_MASTER_KEY_FILE"):
        found.append(
            "HOERT_MASTER_KEY stands in the environment, where other programs can read it: "
            "put it in a file and name that in HOERT_MASTER_KEY_FILE."
        )
    return found


def _folder(data: Path) -> list[str]:
    found = []
    if data.stat().st_mode & 0o077:
        found.append("The data directory can be read by others on this machine: chmod 700 it.")
    if not os.access(data, os.W_OK):
        found.append("The data directory cannot be written: give it to the user Hørt runs as.")
    free = os.statvfs(data)
    if free.f_bavail * free.f_frsize < 500 * 1024 * 1024:
        found.append("Less than 500 MB is free where the data directory is: make room before messages are refused.")
    return found


async def _database(settings: Settings) -> list[str]:
    from models.database import opened
    from models.invariants import SchemaIncomplete
    from models.migrate import check

    try:
        async with opened(settings, everywhere=False):
            try:
                await check(settings)
            except SchemaIncomplete as incomplete:
                return [f"The database: {incomplete}"]
    except SettingsError as refusal:
        return [str(refusal)]
    except Exception as exc:  # noqa: BLE001 (whatever the driver says may carry the address)
        return [f"The database does not answer ({type(exc).__name__}): check HOERT_DATABASE_URL and that it runs."]
    return []
