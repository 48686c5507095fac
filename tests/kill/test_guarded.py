"""Points 14 to 17: killed during a migration, a renewal of keys, an erasure; the power cut under the receiver."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest

import models.migrate as migrating
from models.actions import erasure, rotation
from models.actions.rotation import Level
from models.database import opened, tortoise_config
from models.invariants import SchemaIncomplete
from models.migrate import check, migrate, pending
from models.settings import Settings, load
from models.tables.keys import subject
from models.transactions import HOUSE
from tests.actions.clear import look, rows_of, without
from tests.actions.rows import dump, select
from tests.actions.world import live
from tests.cast import invite_the_cast
from tests.kill.ledger import ROOT, Ledger
from tests.kill.power import Call, Disk, read, strace
from tests.kill.stage import KILLED, Nursery, Stage, set_up
from tests.postgres import PostgresServer, find_binaries

NEW = bytes(range(100, 132))
LATER = """
    from tortoise import migrations
    from tortoise.migrations import operations as ops

    class Migration(migrations.Migration):
        dependencies = [("models", {last!r})]
        operations = [ops.RunSQL([
            "ALTER TABLE person ADD COLUMN nickname TEXT", "UPDATE person SET nickname = 'x'",
            "CREATE TABLE extra (id INTEGER)", "INSERT INTO extra VALUES (1)", "UPDATE message SET crisis = urgent",
        ])]
"""
WROTE = [f"Ord {number} fra Amina?" for number in range(8)]


class Guarded(Nursery):
    """A nursery for another kind of victim, behind another command."""

    def __init__(self, module: str, *prefix: str) -> None:
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-W", "error", "-m", module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self._victim = 0


@pytest.fixture(scope="module")
def guarded() -> Iterator[Guarded]:
    """One mother of all victims of points 14 to 16."""
    nursery = Guarded("tests.kill.guarded_victim")
    yield nursery
    assert nursery.close() == 0


@dataclass
class Lives:
    """One deed that is carried out over many lives."""

    nursery: Guarded
    settings: Settings
    folder: Path
    plan: dict[str, Any]

    async def one(self, statements: int) -> int:
        """Let one victim live for so many statements (0: to the end); its exit status."""
        environ = {
            "HOERT_DATABASE_URL": self.settings.database_url,
            "HOERT_MASTER_KEY": _text(self.settings.master_key),
        }
        if self.settings.master_key_previous:
            environ["HOERT_MASTER_KEY_PREVIOUS"] = _text(self.settings.master_key_previous)
        log = self.folder / "log"
        await self.nursery.begin(
            {**self.plan, "environ": environ, "data_dir": str(self.settings.data_dir), "log": str(log),
             "statements": statements}
        )  # fmt: skip
        return await self.nursery.ended()

    async def end_by_end(self, kills: list[int], between: Callable[[], Awaitable[None]]) -> int:
        """Kill it after each of these numbers of statements, look in between, then let it finish; how many died."""
        killed = 0
        for statements in kills:
            status = await self.one(statements)
            assert status in {KILLED, 0}, (self.folder / "log").read_text(encoding="utf-8")
            killed += status == KILLED
            await between()
            if status == 0:
                break
        assert await self.one(0) == 0, (self.folder / "log").read_text(encoding="utf-8")
        return killed


async def test_a_kill_between_any_two_statements_of_a_migration_undoes_it_and_the_next_start_does_it(
    settings: Settings, guarded: Guarded, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = _later(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(migrating, "tortoise_config", lambda url: _with_migrations(url, package))
    async with opened(settings):
        await invite_the_cast(now)
    async with opened(settings):
        before = await dump()

    async def undone_or_done() -> None:
        async with opened(settings):
            waiting = await pending(settings)
            content = await dump()
        assert waiting in (["9999_later"], [])
        if waiting:
            assert content == before
        else:
            assert len(content["person"]) == len(before["person"])
            assert content["extra"] == [(1,)]

    lives = Lives(
        guarded, settings, tmp_path, {"deed": "migrate", "package": package, "later": str(tmp_path), "now": ""}
    )
    lives.plan["now"] = now.isoformat()
    assert await lives.end_by_end([40, 75, 90, 110], undone_or_done) >= 3
    async with opened(settings):
        await check(settings)
        after = await dump()
    assert after["extra"] == [(1,)]
    assert {row[-1] for row in after.pop("person")} == {"x"}
    assert after == {"extra": [(1,)], **{table: rows for table, rows in before.items() if table != "person"}}


async def test_a_kill_during_the_very_first_migration_leaves_a_database_that_the_next_start_completes(
    guarded: Guarded, postgres: PostgresServer, tmp_path: Path, now: datetime
) -> None:
    name = postgres.create()
    settings = load({"HOERT_DATABASE_URL": postgres.url(name)}, demo=True, data_dir=tmp_path / "data")
    plan = {"deed": "migrate", "package": "", "later": str(tmp_path), "now": now.isoformat()}
    assert await Lives(guarded, settings, tmp_path, plan).end_by_end([90], _refused(settings)) == 1
    async with opened(settings):
        await check(settings)
        assert await pending(settings) == []
    postgres.drop(name)


async def test_a_kill_during_a_renewal_of_keys_leaves_every_row_readable_and_the_next_run_goes_on(
    settings: Settings, guarded: Guarded, tmp_path: Path, now: datetime
) -> None:
    async with opened(settings):
        await live(await invite_the_cast(now), now)
    async with opened(settings):
        before = await look()
    both = replace(settings, master_key=NEW, master_key_previous=settings.master_key)

    async def readable() -> None:
        async with opened(both):
            assert await look() == before

    plan = {"deed": "rotate", "levels": list(Level), "page": 40, "now": now.isoformat()}
    chance = Random(15)
    lives = Lives(guarded, both, tmp_path, plan)
    assert await lives.end_by_end([chance.randint(5, 130) for _ in range(6)], readable) == 6
    async with opened(replace(settings, master_key=NEW)):
        assert await look() == before
        assert await rotation.left(HOUSE) == dict.fromkeys(Level, 0)


async def test_a_kill_during_an_erasure_is_finished_at_the_next_start_and_touches_nobody_else(
    settings: Settings, guarded: Guarded, tmp_path: Path, now: datetime
) -> None:
    async with opened(settings):
        world = await live(await invite_the_cast(now), now)
        gone = world.amina.person_id
        here = world.amina.municipality_id
        pseudonyms = (subject(here, gone), subject(here, gone, of="panel"))
        traces = (gone, world.amina.chat_index, *pseudonyms, *await rows_of(gone))
    async with opened(settings):
        before, clear = await dump(), await look()
    begun = False

    async def others_are_whole() -> None:
        nonlocal begun
        async with opened(settings):
            entries = (await dump())["erasure"]
            begun = begun or gone in repr(entries)
            if begun:
                assert await select("SELECT * FROM person_key WHERE person_id = ?", gone) == []
            # What is left to do is to empty the chat itself, under a name of chance.
            left = without(await dump(), *traces, "rights.forget")
        assert left == without(before, *traces)

    lives = Lives(guarded, settings, tmp_path, {"deed": "erase", "person": gone, "page": 3, "now": now.isoformat()})
    killed = await lives.end_by_end([6, 40, 9, 80, 25], others_are_whole)
    assert (killed, begun) == (5, True)
    async with opened(settings):
        # What the tick at the next start does, with nobody asking again.
        await erasure.finish_erasures(HOUSE, now=now)
        after = await dump()
        left = {key: said for key, said in (await look()).items() if key[0] != "letter"}
    assert without(after, "rights.forget") == without(before, *traces)
    assert {key: clear[key] for key in left} == left
    assert [row[1:3] for row in after["erasure"] if gone in row] == [(gone, "begun"), (gone, "done")]


async def test_after_a_power_cut_every_message_that_telegram_was_told_of_is_there(
    ledger: Ledger, nursery: Nursery, sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(sqlite_template, data / "hoert.sqlite3")
    record = tmp_path / "calls"
    traced = Guarded("tests.kill.victim", *strace(record))
    stage = await set_up(load({}, demo=True, data_dir=data), ledger, traced, tmp_path, now)
    disk, blind = Disk(data / "hoert.sqlite3"), Disk(data / "hoert.sqlite3", syncs=False)
    await _write_until_told(stage)
    assert traced.close() == 0
    known = _updates(data / "hoert.sqlite3")
    assert len(known) == len(WROTE)

    calls = list(read(record))
    told = [number for number, call in enumerate(calls) if _told(call)]
    moments = {*told, *(number + 1 for number in told), *Random(17).sample(range(told[0], len(calls)), 25), len(calls)}
    acknowledged, waited = 0, 0
    for number in range(len(calls) + 1):
        for chance in (None, Random(number)) if number in moments else ():
            waited += disk.cut(_fresh(tmp_path / "cut"), chance)
            found = _updates(tmp_path / "cut" / "hoert.sqlite3")
            assert [one for one in found if one < acknowledged] == [one for one in known if one < acknowledged]
        if number < len(calls):
            disk.feed(calls[number])
            blind.feed(calls[number])
            acknowledged = max(acknowledged, _told(calls[number]))
    assert acknowledged == known[-1] + 1
    # It was not for nothing: something was always waiting for its sync, and without syncs nothing is there.
    assert waited > 0
    blind.cut(_fresh(tmp_path / "blind"), None)
    assert _updates(tmp_path / "blind" / "hoert.sqlite3") == []

    for name in ("hoert.sqlite3", "hoert.sqlite3-wal", "hoert.sqlite3-shm"):
        (data / name).unlink(missing_ok=True)
    disk.cut(data, None)
    await _settled_with_every_word(stage, nursery)


async def test_after_postgres_was_killed_under_load_every_message_that_telegram_was_told_of_is_there(
    ledger: Ledger, nursery: Nursery, tmp_path: Path, now: datetime
) -> None:
    server = DurablePostgres()
    server.start()
    try:
        name = server.create()
        settings = load({"HOERT_DATABASE_URL": server.url(name)}, demo=True, data_dir=tmp_path / "data")
        async with opened(settings):
            await migrate(settings)
        server.restart_durably()
        stage = await set_up(settings, ledger, nursery, tmp_path, now)
        await _write_until_told(stage, cut=server.cut)
        told = len(WROTE) - (await ledger.call("getWebhookInfo"))["pending_update_count"]
        server.restart_durably()
        with server.admin(name) as connection:
            shown = [connection.execute(f"SHOW {one}").fetchone() for one in ("fsync", "synchronous_commit")]
            stored = connection.execute("SELECT COUNT(*) FROM inbox_update").fetchone()
        assert shown == [("on",), ("on",)]
        assert stored is not None
        assert 0 < told <= stored[0] <= len(WROTE)
        await _settled_with_every_word(stage, nursery)
    finally:
        server.stop()


class DurablePostgres(PostgresServer):
    """A server of its own that syncs what it commits, and that can be killed with everything that belongs to it."""

    def restart_durably(self) -> None:
        """Start it again, as an operator runs it. It recovers by itself."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)
        arguments = ["-c", "fsync=on", "-c", "full_page_writes=on", "-c", "synchronous_commit=on"]
        self._process = subprocess.Popen(
            [find_binaries() / "postgres", "-D", self._root / "data", "-h", "", "-k", self._socket, *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self._root)},
            **_as_owner_of(self._root / "data"),
        )  # fmt: skip
        for _ in range(400):
            try:
                self.admin().close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not come back")

    def cut(self) -> None:
        """SIGKILL for the server and all its processes at once."""
        assert self._process is not None
        with self.admin() as connection:
            workers = [row[0] for row in connection.execute("SELECT pid FROM pg_stat_activity").fetchall()]
        for process in (self._process.pid, *workers):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait(20)


async def _write_until_told(stage: Stage, cut: Callable[[], None] | None = None) -> None:
    """Amina writes while a victim receives, processes and answers; it is killed when Telegram was told of everything,
    or some time after the power was cut in the middle.
    """
    process = await stage.nursery.begin(stage.plan(until="signal"))
    for number, words in enumerate(WROTE):
        await stage.phones["amina"].write(words)
        if number < len(WROTE) // 2:
            await _told_of(stage, waiting=0)
        elif cut is not None and number == len(WROTE) - 2:
            cut()
    if cut is None:
        await _told_of(stage, waiting=0)
    else:
        await asyncio.sleep(0.5)
    os.kill(process, signal.SIGKILL)
    assert await stage.nursery.ended() == KILLED


async def _told_of(stage: Stage, *, waiting: int) -> None:
    """Wait until Telegram keeps no more than so many updates for us."""
    async with asyncio.timeout(60):
        while (await stage.ledger.call("getWebhookInfo"))["pending_update_count"] > waiting:
            await asyncio.sleep(0.02)


async def _settled_with_every_word(stage: Stage, nursery: Nursery) -> None:
    """A fresh process starts on what is left, and Amina's words are all there, each once, in order."""
    stage.nursery = nursery
    (stage.folder / "log").unlink()
    await stage.settle()
    assert (await stage.truth()).messages == {"amina": [("in", words) for words in WROTE]}
    for phone in stage.phones.values():
        await phone.web.close()
    assert stage.leaks() == []


def _told(call: Call) -> int:
    """The offset that a call tells Telegram, 0 for any other: everything below it is ours from then on."""
    if call.name not in {"sendto", "sendmsg", "write", "writev"} or not call.path.startswith(("socket:", "TCP")):
        return 0
    said = b"".join(call.strings)
    found = _OFFSET.search(said) if b"getUpdates" in said else None
    return int(found[1]) if found else 0


_OFFSET = re.compile(rb'offset"?(?:=|: ?)(\d+)')


def _updates(path: Path) -> list[int]:
    """The updates in a database file, which must be whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [row[0] for row in connection.execute("SELECT update_id FROM inbox_update ORDER BY update_id")]


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _as_owner_of(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    status = folder.stat()
    return {"user": status.st_uid, "group": status.st_gid, "extra_groups": []}


def _refused(settings: Settings) -> Callable[[], Awaitable[None]]:
    """What a database that was not finished is to every other command: refused, with a sentence that says the mend."""

    async def look_in() -> None:
        async with opened(settings, everywhere=False):
            with pytest.raises(SchemaIncomplete, match="Run: hoert migrate"):
                await check(settings)

    return look_in


def _later(folder: Path) -> str:
    """A later version of Hørt with one more migration; the name of its package of migrations."""
    package = folder / f"later_{folder.name.replace('-', '_')}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    names = sorted(path.stem for path in (ROOT / "models/migrations").glob("[0-9]*.py"))
    for name in names:
        line = f"from importlib import import_module\nMigration = import_module('models.migrations.{name}').Migration\n"
        (package / f"{name}.py").write_text(line)
    (package / "9999_later.py").write_text(textwrap.dedent(LATER.format(last=names[-1])))
    return package.name


def _with_migrations(url: str, package: str) -> dict[str, Any]:
    made = tortoise_config(url)
    made["apps"]["models"]["migrations"] = package
    return made


def _text(key: bytes) -> str:
    return urlsafe_b64encode(key).decode()
