"""PostgreSQL as compose.yaml runs it, without a container: its settings, its gate, its roles, TLS and passwords."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres import find_binaries
from tests.production.compose import TOP, environment

FILES = TOP / "docs/production/postgres"


class ProductionServer:
    """One server on 127.0.0.1, first filled as the image does it, then started with the files as they stand."""

    def __init__(self, prepared: Path) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="hoert-production-"))
        self.root.chmod(0o755)
        self.port = _free_port()
        self._prepared = prepared
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user: dict[str, Any] = {}

    def start(self) -> None:
        """Make the database, run roles.sql in it, close the gate, open for everybody."""
        binaries, data, inside = find_binaries(), self.root / "data", self.root / "inside"
        shutil.copytree(self._prepared / "secrets", self.root / "secrets")
        for file in FILES.iterdir():
            shutil.copy(file, self.root)
        for folder in (data, inside):
            folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._as_user = {"user": "nobody", "group": nobody.pw_gid, "extra_groups": []}
            for path in (data, inside, *(self.root / "secrets").iterdir(), self.root / "secrets"):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        self._run(
            binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "--locale=C.UTF-8", "-E", "UTF8"
        )
        # Filling it does not wait for the disk.
        (data / "postgresql.auto.conf").write_text("fsync = off\n", encoding="utf-8")
        self._serve(binaries, data, "-c", "listen_addresses=", "-c", f"hba_file={data}/pg_hba.conf")
        with self._waited(
            lambda: psycopg.connect(host=str(inside), port=self.port, user="postgres", autocommit=True)
        ) as first:
            first.execute("CREATE DATABASE hoert")
        with psycopg.connect(
            host=str(inside), port=self.port, user="postgres", dbname="hoert", autocommit=True
        ) as filling:
            filling.execute(self._here("roles.sql"))
            # As the file says it, whatever the command line of this server overrides.
            self.settings = dict(
                filling.execute("SELECT name, setting FROM pg_file_settings ORDER BY seqno DESC").fetchall()
            )
            kept = "SELECT rolname, left(rolpassword, 14) FROM pg_authid WHERE rolpassword IS NOT NULL"
            self.kept_passwords = dict(filling.execute(kept).fetchall())
        self._end()
        self._serve(binaries, data, "-c", "listen_addresses=127.0.0.1", "-c", f"hba_file={self.root}/pg_hba.conf")
        self._waited(lambda: socket.create_connection(("127.0.0.1", self.port))).close()

    def environment(self, service: str) -> dict[str, str]:
        """What compose.yaml tells a service, with this server's port and files; PGHOSTADDR is where `postgres` is."""
        told = {
            name: value.replace("@postgres:5432/", f"@postgres:{self.port}/")
            for name, value in environment(service, self._prepared).items()
        }
        passwords = self.root / f"{service}.pgpass"
        passwords.write_text(Path(told["PGPASSFILE"]).read_text(encoding="utf-8").replace(":5432:", f":{self.port}:"))
        passwords.chmod(0o600)
        return told | {"PGPASSFILE": str(passwords), "PGHOSTADDR": "127.0.0.1"}

    def connect(self, **words: Any) -> psycopg.Connection:
        """A connection over TCP to the database, with TLS verified unless told otherwise."""
        usual = {
            "host": "postgres", "hostaddr": "127.0.0.1", "port": self.port, "dbname": "hoert", "sslmode": "verify-full",
            "sslrootcert": str(self._prepared / "secrets/database_certificate"), "autocommit": True,
        }  # fmt: skip
        return psycopg.connect(**usual | words)

    def settle(self) -> None:
        """From here on every commit waits for the disk, as postgresql.conf says."""
        (self.root / "data/postgresql.auto.conf").write_text("", encoding="utf-8")
        self._process.send_signal(signal.SIGHUP)
        with self.connect(user="hoert_app", password=self.password("app")) as connection:
            while connection.execute("SHOW fsync").fetchone() != ("on",):
                time.sleep(0.05)

    def password(self, role: str) -> str:
        """The prepared password of `owner`, `app` or `superuser`."""
        return (self._prepared / f"secrets/database_{role}_password").read_text(encoding="utf-8").strip()

    def stop(self) -> None:
        """Stop and remove everything."""
        self._end(signal.SIGQUIT)  # at once: nothing of it is kept
        shutil.rmtree(self.root, ignore_errors=True)

    def _serve(self, binaries: Path, data: Path, *more: object) -> None:
        given = ["-c", f"config_file={self.root}/postgresql.conf", "-c", f"port={self.port}",
                 "-c", f"unix_socket_directories={self.root}/inside", "-c", "shared_buffers=32MB",
                 "-c", f"ssl_cert_file={self.root}/secrets/database_certificate",
                 "-c", f"ssl_key_file={self.root}/secrets/database_key"]  # fmt: skip
        self._process = subprocess.Popen(
            [binaries / "postgres", "-D", data, *given, *map(str, more)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self._environ(), cwd="/", **self._as_user,
        )  # fmt: skip

    def _end(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is a fast shutdown, which is what the image asks for."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def _here(self, name: str) -> str:
        return re.sub(r"/run/secrets\b", str(self.root / "secrets"), (FILES / name).read_text(encoding="utf-8"))

    def _run(self, *command: object) -> None:
        subprocess.run(
            [str(part) for part in command],
            check=True, stdout=subprocess.DEVNULL, env=self._environ(), cwd="/", **self._as_user,
        )  # fmt: skip

    def _environ(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self.root)}

    @staticmethod
    def _waited(attempt: Callable[[], Any]) -> Any:
        for _ in range(200):
            try:
                return attempt()
            except (psycopg.OperationalError, ConnectionError):
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not come up with the files of docs/production/postgres")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
