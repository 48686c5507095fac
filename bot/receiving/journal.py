"""The journal: every update a webhook brought, sealed and on the disk before Telegram is told that it arrived.

After our 200 this disk is the only copy in the world; the journal lies beside the database, so a database restored from
yesterday gets today's updates back (`put_back`). Files are only ever appended to, one per day and process. A file is a
head (magic and its own id) and records: four bytes of length, then the sealed record, bound to the file and its number
in it. Record 0 is empty and proves the key. What a crash tore off at the end was never acknowledged to anybody.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bot.receiving.keeping import is_update, read
from models import crypto
from models.actions import inbox, receiving
from models.settings import SettingsError
from models.transactions import HOUSE

log = logging.getLogger("hoert.journal")

KEEP = timedelta(days=7)
_MAGIC = b"hoertj1\n"
_ID = 16
_LARGEST_FILE = 64 * 2**20
_LARGEST_RECORD = 2**20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_THREADS = 4


class Kept(NamedTuple):
    """One update as it came: to which bot, when, and the raw body of the request."""

    bot: str
    received_at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class PutBack:
    """What `put_back` did: how many records it read, and how many of them were new to the inbox or nobody's."""

    read: int
    new: int
    nobodys: int


class Journal:
    """The journal of one process in `folder`. Raises SettingsError where that cannot be written: then do not start."""

    def __init__(self, folder: Path, key: bytes, *, largest: int = _LARGEST_FILE) -> None:
        self._folder, self._key, self._largest = folder, key, largest
        self._writing = threading.Lock()
        self._file: _File | None = None
        # Its own threads: a disk that hangs must not take those that everybody else needs.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hoert-journal")
        try:
            made = not folder.exists()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            if made:
                _sync_folder(folder.parent)
            _prove_writable(folder)
        except OSError:
            raise SettingsError(
                "The folder of the journal cannot be written; give Hørt the folder journal inside HOERT_DATA_DIR, or "
                "set HOERT_TELEGRAM_MODE to polling"
            ) from None

    async def append(self, bot: str, received_at: datetime, raw: bytes) -> None:
        """Put one update on the disk; returns when it is there. Raises OSError: then it may not be there."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._append, bot, received_at, raw)

    def close(self) -> None:
        """Finish what is being written and close the file."""
        self._threads.shutdown(wait=True)
        with self._writing:
            if self._file is not None:
                self._file.close()
            self._file = None

    def _append(self, bot: str, received_at: datetime, raw: bytes) -> None:
        name = bot.encode()
        clear = ((received_at - _EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big")
        clear += bytes([len(name)]) + name + raw
        with self._writing:
            file = self._file_for(received_at)
            number = file.write(self._key, clear)
        file.sync(number)

    def _file_for(self, moment: datetime) -> _File:
        day = moment.astimezone(UTC).date()
        file = self._file
        if file is not None and not file.broken and file.day == day and file.size < self._largest:
            return file
        if file is not None:
            self._file = None
            file.close()
        try:
            forget_journal(self._folder, moment)
        except OSError as exc:
            log.warning("journal.not_forgotten", extra={"fault": type(exc).__name__})
        self._file = _File(self._folder, self._key, day)
        return self._file


class _File:
    """One file being written. Whoever needs the disk at the same time as others shares their fsync."""

    def __init__(self, folder: Path, key: bytes, day: date) -> None:
        self.day, self.size, self.broken = day, 0, False
        self._id = secrets.token_bytes(_ID)
        self._syncing = threading.Lock()
        self._written = self._synced = 0
        path = folder / f"{day.isoformat()}-{os.getpid()}-{secrets.token_hex(4)}.journal"
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._put(_MAGIC + self._id + _framed(crypto.seal(key, b"", _place(self._id, 0))))
            os.fsync(self._descriptor)
            _sync_folder(folder)
        except OSError:
            os.close(self._descriptor)
            path.unlink(missing_ok=True)
            raise

    def write(self, key: bytes, clear: bytes) -> int:
        """Append a record, not yet safe; returns its number, from 1."""
        sealed = crypto.seal(key, clear, _place(self._id, self._written + 1))
        try:
            self._put(_framed(sealed))
        except OSError:
            # Half a record may lie there: nothing may come after it.
            self.broken = True
            raise
        self._written += 1
        return self._written

    def sync(self, number: int) -> None:
        """Wait until record `number` is on the disk."""
        with self._syncing:
            if self._synced >= number:
                return
            if self.broken:
                raise OSError("the file of the journal is given up")
            upto = self._written
            try:
                os.fsync(self._descriptor)
            except OSError:
                # After a failed fsync the next one may succeed without the lost pages.
                self.broken = True
                raise
            self._synced = upto

    def close(self) -> None:
        """Put what is left on the disk and close. What could not be put there fails in its own `sync`."""
        with self._syncing:
            try:
                if not self.broken:
                    os.fsync(self._descriptor)
                    self._synced = self._written
            except OSError:
                self.broken = True
            finally:
                os.close(self._descriptor)

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self.size += len(data)


def replay(folder: Path, key: bytes, since: datetime | None = None, *, older: Sequence[bytes] = ()) -> Iterator[Kept]:
    """Every update in the journal since then, oldest first. `older`: keys from before a rotation.

    Records that are damaged are passed over and counted in the log. Raises crypto.Unreadable where a file was written
    under another key: nothing is passed over in silence.
    """
    files = [_read(path, (key, *older)) for path in sorted(folder.glob("*.journal")) if _may_hold(path, since)]
    for kept in merge(*files, key=lambda kept: kept.received_at):
        if since is None or kept.received_at >= since:
            yield kept


async def put_back(folder: Path, key: bytes, *, since: datetime | None = None, older: Sequence[bytes] = ()) -> PutBack:
    """Put what people wrote into the inbox again, after the database was restored; what is there stays one row.

    Left out is what belongs to nobody (any more): strangers are not greeted twice, and whoever was erased stays erased.
    Raises crypto.Unreadable for another installation's journal. Process nothing before it has returned.
    """
    count, new, nobodys = 0, 0, 0
    for kept in replay(folder, key, since, older=older):
        count += 1
        update = json.loads(kept.raw)
        raw = read(update) if is_update(update) else None
        if raw is None or not await receiving.was_linked(HOUSE, kept.bot, raw.chat_id, at=kept.received_at):
            nobodys += 1
            continue
        new += await inbox.receive(HOUSE, kept.bot, [raw], now=kept.received_at)
    return PutBack(count, new, nobodys)


def forget_journal(folder: Path, now: datetime) -> int:
    """Delete the files whose day is more than seven days ago; returns how many. For the clock, whatever the mode."""
    gone = 0
    for path in folder.glob("*.journal"):
        if _day(path) < (now - KEEP).astimezone(UTC).date():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _read(path: Path, keys: Sequence[bytes]) -> Iterator[Kept]:
    with path.open("rb") as file:
        head = file.read(len(_MAGIC) + _ID)
        file_id, records = head[len(_MAGIC) :], _frames(file)
        proof = next(records, None)
        if not head.startswith(_MAGIC) or proof is None:
            log.warning("journal.no_head", extra={"bytes": len(head)})
            return
        key = _key_of(proof, file_id, keys)
        damaged = 0
        for number, sealed in enumerate(records, 1):
            try:
                yield _kept(crypto.unseal(key, sealed, _place(file_id, number)))
            except crypto.Unreadable:
                damaged += 1
        if damaged:
            log.error("journal.damaged", extra={"count": damaged})


def _frames(file: BinaryIO) -> Iterator[bytes]:
    """The sealed records, up to what was torn off."""
    while size := int.from_bytes(file.read(4), "big"):
        sealed = file.read(min(size, _LARGEST_RECORD))
        if len(sealed) < size:
            return
        yield sealed


def _framed(sealed: bytes) -> bytes:
    return len(sealed).to_bytes(4, "big") + sealed


def _key_of(proof: bytes, file_id: bytes, keys: Sequence[bytes]) -> bytes:
    for key in keys:
        with contextlib.suppress(crypto.Unreadable):
            crypto.unseal(key, proof, _place(file_id, 0))
            return key
    raise crypto.Unreadable("a journal of another key")


def _kept(clear: bytes) -> Kept:
    moment = _EPOCH + timedelta(microseconds=int.from_bytes(clear[:8], "big"))
    return Kept(clear[9 : 9 + clear[8]].decode(), moment, clear[9 + clear[8] :])


def _place(file_id: bytes, number: int) -> bytes:
    return crypto.associated("journal", file_id.hex(), number)


def _day(path: Path) -> date:
    try:
        return date.fromisoformat(path.name[:10])
    except ValueError:
        return date.max  # not ours: it stays


def _may_hold(path: Path, since: datetime | None) -> bool:
    return since is None or _day(path) >= since.astimezone(UTC).date()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prove_writable(folder: Path) -> None:
    path = folder / f".proof-{secrets.token_hex(4)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, b"proof")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
