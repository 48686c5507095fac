"""A PostgreSQL that syncs to the disk, dies at once when told to, and comes back with what was committed."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.durable_postgres import DurablePostgres


class MortalPostgres(DurablePostgres):
    """`die` and `rise`, any number of times."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.deaths = 0

    def die(self) -> None:
        """An immediate shutdown: no goodbye to anybody, no checkpoint."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        self.deaths += 1

    def rise(self) -> None:
        """Start on the same files; returns when it takes connections again."""
        assert self._process is not None
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            as_user = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
        self._process = subprocess.Popen(
            self._process.args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}, **as_user,
        )  # fmt: skip
        for _ in range(600):
            try:
                self._run("SELECT 1")
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not come back")
