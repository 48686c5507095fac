"""A power cut, played over: the record of a process's system calls, and the disk as it is when the power goes.

`strace` records every write, sync and name change of the process. A write is on the disk when a sync of its file that
began after it has returned; a new name when its folder was synced. Whatever is not, may be there or not, whole or torn
at a sector: `Disk.cut` makes such a disk. What is not modelled: a disk that lies about its syncs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

#: What a sync covers, and what is seen outside.
CALLS = (
    "openat,open,creat,write,writev,pwrite64,pwritev,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,"
    "unlink,unlinkat,link,linkat,mmap,sendto,sendmsg"
)
SECTOR = 512
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+|\?)")
_UNFINISHED = re.compile(r"(\d+) +(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)$")
_DESCRIPTOR = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that has returned."""

    name: str
    arguments: str
    result: int

    @property
    def path(self) -> str:
        """The file behind its first descriptor, "" for none."""
        found = _DESCRIPTOR.match(self.arguments)
        return bytes.fromhex(found[2].replace("\\x", "")).decode() if found else ""

    @property
    def strings(self) -> list[bytes]:
        """What it was given in quotation marks."""
        assert "..." not in [found[2] for found in _STRING.finditer(self.arguments)], "strace cut a string short"
        return [bytes.fromhex(found[1].replace("\\x", "")) for found in _STRING.finditer(self.arguments)]

    @property
    def numbers(self) -> list[int]:
        """Its plain numbers after the last string or descriptor."""
        return [int(one) for one in re.findall(r"(?<=, )(-?\d+)(?=,|$)", _STRING.sub("", self.arguments))]


def strace(record: Path) -> list[str]:
    """The command in front of a command that is to be recorded, with everything that it starts."""
    options = ["-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1000000", "-e", "signal=none", "-e", f"trace={CALLS}"]
    return ["strace", *options, "-o", str(record)]


def read(record: Path) -> Iterator[Call]:
    """The calls in the order in which they returned. One that never returned did nothing that can be relied on."""
    begun: dict[str, str] = {}
    for line in record.read_text(encoding="ascii", errors="replace").splitlines():
        whole = line
        if unfinished := _UNFINISHED.match(line):
            begun[unfinished[1]] = unfinished[2]
            continue
        if resumed := _RESUMED.match(line):
            whole = f"{resumed[1]} {begun.pop(resumed[1], '')}{resumed[2]}"
        if (found := _LINE.match(whole)) and found[4] != "?":
            yield Call(found[2], found[3], int(found[4]))


@dataclass
class _File:
    safe: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)  # (offset, bytes); None cuts to that length
    named: bool = False


class Disk:
    """The files of one SQLite database as the disk has them, fed with calls. Without `syncs` no sync does anything."""

    def __init__(self, database: Path, *, syncs: bool = True) -> None:
        self._folder, self._syncs = database.parent, syncs
        self._ours = {f"{database}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")}
        present = [Path(path) for path in self._ours if Path(path).exists()]
        self.files = {str(path): _File(bytearray(path.read_bytes()), named=True) for path in present}

    def feed(self, call: Call) -> None:
        """Take one call into account."""
        if call.result < 0:
            return
        if call.name in {"openat", "open", "creat"}:
            self._opened(call)
        elif call.name in {"pwrite64", "pwritev", "write", "writev"} and call.path in self.files:
            assert call.name == "pwrite64", f"a database file was written with {call.name}"
            self.files[call.path].waiting.append((call.numbers[-1], call.strings[0][: call.result]))
        elif call.name == "ftruncate" and call.path in self.files:
            self.files[call.path].waiting.append((call.numbers[-1], None))
        elif call.name in {"fsync", "fdatasync"} and self._syncs:
            self._synced(call.path)
        elif call.name in {"unlink", "unlinkat", "rename", "renameat", "renameat2"}:
            gone = call.strings[0].decode()
            # The harshest: the name is gone at once, and nothing of the file can be had any more.
            self.files.pop(gone, None)

    def cut(self, target: Path, chance: Random | None) -> int:
        """Write the disk after the power went into `target`: nothing that waits is there, or by chance some sectors of
        it. Returns how many bytes waited.
        """
        waited = 0
        for path, file in self.files.items():
            waited += sum(len(data or b"") for _, data in file.waiting)
            if not file.named or path.endswith("-shm"):
                continue  # the shared memory of SQLite is never synced and made anew
            content = bytearray(file.safe)
            for change in file.waiting if chance else []:
                _apply(content, _some(change, chance) if chance else [])
            (target / Path(path).name).write_bytes(content)
        return waited

    def _opened(self, call: Call) -> None:
        path = call.strings[0].decode()
        if "O_CREAT" in call.arguments and path in self._ours and path not in self.files:
            self.files[path] = _File()

    def _synced(self, path: str) -> None:
        if path == str(self._folder):
            for file in self.files.values():
                file.named = True
        elif path in self.files:
            file = self.files[path]
            _apply(file.safe, file.waiting)
            file.waiting = []


def _apply(content: bytearray, changes: Sequence[tuple[int, bytes | None]]) -> None:
    for offset, data in changes:
        if data is None:
            del content[offset:]
            content.extend(bytes(offset - len(content)))
        else:
            content.extend(bytes(max(0, offset + len(data) - len(content))))
            content[offset : offset + len(data)] = data


def _some(change: tuple[int, bytes | None], chance: Random) -> list[tuple[int, bytes | None]]:
    offset, data = change
    if data is None:
        return [change] if chance.random() < 0.5 else []
    pieces = [(offset + at, data[at : at + SECTOR]) for at in range(0, len(data), SECTOR)]
    return [piece for piece in pieces if chance.random() < 0.5]
