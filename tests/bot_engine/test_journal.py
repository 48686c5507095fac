"""The journal: sealed, on the disk, whole up to what a crash tore off, and back into a restored database."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.receiving import Journal, forget_journal, put_back, replay
from bot.receiving.journal import PutBack
from models import crypto
from models.actions import consent
from models.domain.people import YoungPerson
from models.settings import SettingsError
from models.transactions import HOUSE, Scoped, reading, rows
from tests.actions.rows import sql
from tests.bot_engine.hooked import KEY
from tests.bot_engine.script import written
from tests.cast import Cast

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@contextmanager
def journal(folder: Path, *, largest: int = 2**20) -> Iterator[Journal]:
    made = Journal(folder / "journal", KEY, largest=largest)
    yield made
    made.close()


async def filled(folder: Path, *bodies: bytes, at: datetime = NOON) -> list[Path]:
    """A journal of one file with these records; its files."""
    with journal(folder) as made:
        for body in bodies:
            await made.append("telegram", at, body)
    return files(folder)


def files(folder: Path) -> list[Path]:
    return sorted((folder / "journal").glob("*.journal"))


def bodies(folder: Path, since: datetime | None = None) -> list[bytes]:
    return [kept.raw for kept in replay(folder / "journal", KEY, since)]


def head_of(whole: bytes) -> bytes:
    """A file's head: magic, id, and the record that proves the key."""
    start = len(b"hoertj1\n") + 16
    return whole[: start + 4 + int.from_bytes(whole[start : start + 4], "big")]


@reading
async def ids(scope: Scoped) -> list[tuple[str, int]]:
    found = await rows("SELECT bot, update_id FROM inbox_update ORDER BY id")
    return [(row["bot"], row["update_id"]) for row in found]


async def test_what_was_appended_is_read_back_as_it_came(tmp_path: Path) -> None:
    with journal(tmp_path) as made:
        await made.append("telegram", NOON, b'{"update_id":1}')
        await made.append("webchat", NOON + timedelta(microseconds=1), "{\u00e6}".encode())
        # It is on the disk when the call returns, not when the file is closed.
        assert [tuple(kept) for kept in replay(tmp_path / "journal", KEY)] == [
            ("telegram", NOON, b'{"update_id":1}'),
            ("webchat", NOON + timedelta(microseconds=1), "{\u00e6}".encode()),
        ]
    assert bodies(tmp_path, NOON + timedelta(microseconds=1)) == ["{\u00e6}".encode()]


async def test_nobody_else_may_read_it_and_nothing_stands_there_in_the_clear(tmp_path: Path) -> None:
    (file,) = await filled(tmp_path, b"en ganske bestemt saetning")
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"bestemt" not in file.read_bytes()
    assert b"telegram" not in file.read_bytes()


async def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir(mode=0o755)
    await filled(tmp_path, b"a")
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o700


async def test_wherever_a_crash_tears_it_everything_before_is_there(tmp_path: Path) -> None:
    (file,) = await filled(tmp_path, b"first", b"second")
    whole = file.read_bytes()
    start = len(head_of(whole))
    second = len(whole) - start - 4 - int.from_bytes(whole[start : start + 4], "big")
    for cut in range(1, len(whole) + 1):
        file.write_bytes(whole[:-cut])
        assert bodies(tmp_path) == ([b"first"] if cut <= second else [])


async def test_zeros_that_a_crash_left_behind_are_no_record(tmp_path: Path) -> None:
    (file,) = await filled(tmp_path, b"first")
    file.write_bytes(file.read_bytes() + bytes(4096))
    assert bodies(tmp_path) == [b"first"]


async def test_a_damaged_record_hides_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (file,) = await filled(tmp_path, b"first", b"second", b"third")
    whole = bytearray(file.read_bytes())
    third = 4 + len(crypto.seal(KEY, bytes(1 + 8 + len("telegram")) + b"third", b""))
    whole[-third - 1] ^= 1
    file.write_bytes(whole)
    assert bodies(tmp_path) == [b"first", b"third"]
    assert [(record.getMessage(), getattr(record, "count", 0)) for record in caplog.records] == [("journal.damaged", 1)]


async def test_a_record_counts_only_in_its_file_and_at_its_place(tmp_path: Path) -> None:
    (one,) = await filled(tmp_path / "a", b"first", b"other")
    (two,) = await filled(tmp_path / "b", b"third")
    whole, record = one.read_bytes(), two.read_bytes()
    size = len(record) - len(head_of(record))
    head, first, other = head_of(whole), whole[-2 * size : -size], whole[-size:]
    one.write_bytes(head + other + first)
    two.write_bytes(record + first)
    assert bodies(tmp_path / "a") == []
    assert bodies(tmp_path / "b") == [b"third"]


async def test_the_journal_of_another_key_is_refused_aloud(tmp_path: Path) -> None:
    await filled(tmp_path, b"first")
    with pytest.raises(crypto.Unreadable):
        list(replay(tmp_path / "journal", crypto.new_key()))
    found = replay(tmp_path / "journal", crypto.new_key(), older=[crypto.new_key(), KEY])
    assert [kept.raw for kept in found] == [b"first"]


async def test_each_day_and_each_size_has_a_file_of_its_own_and_the_order_is_kept(tmp_path: Path) -> None:
    with journal(tmp_path, largest=150) as made:
        for number in range(6):
            await made.append("telegram", NOON + number * DAY / 2, str(number).encode() * 40)
    assert [path.name[:10] for path in files(tmp_path)] == [
        "2026-11-17", "2026-11-18", "2026-11-18", "2026-11-19", "2026-11-19", "2026-11-20"
    ]  # fmt: skip
    assert bodies(tmp_path) == [str(number).encode() * 40 for number in range(6)]


async def test_two_processes_write_beside_each_other_and_are_read_as_one(tmp_path: Path) -> None:
    with journal(tmp_path) as one, journal(tmp_path) as two:
        for number in range(4):
            await (one, two)[number % 2].append("telegram", NOON + number * timedelta(seconds=1), b"%d" % number)
    assert (len(files(tmp_path)), bodies(tmp_path)) == (2, [b"0", b"1", b"2", b"3"])


async def test_seven_days_are_kept_and_then_deleted(tmp_path: Path) -> None:
    with journal(tmp_path) as made:
        for number in range(10):
            await made.append("telegram", NOON + number * DAY, b"%d" % number)
    assert bodies(tmp_path) == [b"%d" % number for number in range(2, 10)]
    (tmp_path / "journal" / "notes.journal").touch()
    assert forget_journal(tmp_path / "journal", NOON + 12 * DAY) == 3
    assert bodies(tmp_path, NOON) == [b"%d" % number for number in range(5, 10)]
    assert (tmp_path / "journal" / "notes.journal").exists()


async def test_a_folder_that_cannot_be_written_is_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "journal").touch()
    with pytest.raises(SettingsError, match="The folder of the journal cannot be written"):
        Journal(tmp_path / "journal", KEY)


async def test_a_disk_that_fills_up_in_the_middle_of_a_record_spoils_nothing(tmp_path: Path) -> None:
    with journal(tmp_path) as made:
        await made.append("telegram", NOON, b"first")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (files(tmp_path)[0].stat().st_size + 10, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                await made.append("telegram", NOON, b"second" * 100)
            with pytest.raises(OSError, match="File too large"):
                await made.append("telegram", NOON, b"third" * 100)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await made.append("telegram", NOON + DAY / 24, b"fourth")
    assert bodies(tmp_path) == [b"first", b"fourth"]


async def test_nothing_counts_as_written_after_an_fsync_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, failing = os.fsync, [True]
    with journal(tmp_path) as made:
        await made.append("telegram", NOON, b"0")
        (file,) = files(tmp_path)
        size = file.stat().st_size

        def full(descriptor: int) -> None:
            if failing:
                # Everybody has written by now, and waits for this one.
                while file.stat().st_size < size + 3 * (size - len(head_of(file.read_bytes()))):
                    time.sleep(0.005)
                failing.clear()
                raise OSError(errno.ENOSPC, "full")
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", full)
        ended = await asyncio.gather(
            *(made.append("telegram", NOON, b"%d" % number) for number in range(1, 4)), return_exceptions=True
        )
        # The next fsync of the same file would succeed without what the first one lost.
        assert [type(one) for one in ended] == [OSError] * 3
        await made.append("telegram", NOON, b"4")
    assert {b"0", b"4"} <= set(bodies(tmp_path))
    assert len(files(tmp_path)) == 2


async def test_those_who_come_at_once_share_an_fsync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, calls = os.fsync, []

    def slow(descriptor: int) -> None:
        calls.append(descriptor)
        time.sleep(0.02)
        fsync(descriptor)

    with journal(tmp_path) as made:
        await made.append("telegram", NOON, b"first")
        monkeypatch.setattr(os, "fsync", slow)
        await asyncio.gather(*(made.append("telegram", NOON, b"%d" % number) for number in range(40)))
        assert len(calls) <= 30
    assert sorted(bodies(tmp_path)) == sorted([b"first", *(b"%d" % number for number in range(40))])


async def test_a_restored_database_gets_back_what_came_since_and_twice_is_once(
    amina: YoungPerson, now: datetime, tmp_path: Path
) -> None:
    with journal(tmp_path) as made:
        for number in range(5):
            body = json.dumps(written(number, 7001, "a")).encode()
            await made.append("telegram", now + number * timedelta(minutes=1), body)
    folder = tmp_path / "journal"
    assert await put_back(folder, KEY, since=now + timedelta(minutes=3)) == PutBack(read=2, new=2, nobodys=0)
    assert await put_back(folder, KEY) == PutBack(read=5, new=3, nobodys=0)
    assert await put_back(folder, KEY) == PutBack(read=5, new=0, nobodys=0)
    assert sorted(await ids(HOUSE)) == [("telegram", number) for number in range(5)]


async def test_strangers_and_whoever_was_erased_do_not_come_back_out_of_the_journal(
    amina: YoungPerson, cast: Cast, now: datetime, tmp_path: Path
) -> None:
    with journal(tmp_path) as made:
        # Before she joined, from a stranger, on a bot where she is not, of nobody at all, and what is no update.
        await made.append("telegram", now - timedelta(minutes=1), json.dumps(written(1, 7001, "a")).encode())
        await made.append("telegram", now, json.dumps(written(2, 99, "b")).encode())
        await made.append("webchat", now, json.dumps(written(3, 7001, "c")).encode())
        await made.append("telegram", now, b'{"update_id":4}')
        await made.append("telegram", now, b"[]")
        await made.append("telegram", now, json.dumps(written(5, 7001, "d")).encode())
    folder = tmp_path / "journal"
    assert await put_back(folder, KEY) == PutBack(read=6, new=1, nobodys=5)
    await consent.close_link(cast.mette, amina.link_id, now=now)
    await sql("DELETE FROM inbox_update")
    assert await put_back(folder, KEY) == PutBack(read=6, new=0, nobodys=6)
    assert await ids(HOUSE) == []
