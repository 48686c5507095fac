"""A PostgreSQL as a careful operator runs it (fsync, full_page_writes, synchronous_commit on), on a Unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.postgres import find_binaries


class DurablePostgres:
    """One server in `folder` (removed at the end); databases are cloned from one another by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """initdb, start, and the application's role."""
        binaries = find_binaries()
        data, socket = self._folder / "pg", self._folder / "s"
        as_user: dict[str, Any] = {}
        for folder in (data, socket):
            folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._folder.chmod(0o755)
            for folder in (data, socket):
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            as_user = {"user": "nobody", "group": nobody.pw_gid, "extra_groups": []}
        environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8"],
            check=True, stdout=subprocess.DEVNULL, env=environ, cwd="/", **as_user,
        )  # fmt: skip
        self._process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-h", "", "-k", socket, "-c", "shared_buffers=256MB"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ, cwd="/", **as_user,
        )  # fmt: skip
        for _ in range(200):
            try:
                self._run("CREATE ROLE hoert LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB")
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not come up")

    def create(self, name: str, template: str = "template1") -> str:
        """A database of the application's, a copy of `template`; returns its address."""
        self._run(f"CREATE DATABASE {name} OWNER hoert TEMPLATE {template} STRATEGY FILE_COPY")
        return f"postgres://hoert@localhost/{name}?host={quote(str(self._folder / 's'), safe='')}"

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop and remove the folder."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self._folder / "s"), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)
