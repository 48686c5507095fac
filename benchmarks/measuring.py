"""What a process costs, read from /proc; and the marked tables in docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(*pids: int) -> float:
    """CPU time these processes and everything below them have used, ended children included."""
    total, below = 0, list(pids)
    known = children()
    while below:
        pid = below.pop()
        below += known.get(pid, [])
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(stat[place]) for place in (11, 12, 13, 14))
    return total / _TICK


def peak_megabytes(pid: int) -> float:
    """The most memory this process ever held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


def children() -> dict[int, list[int]]:
    """The processes each process on this machine has started."""
    found: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            stat = Path(f"/proc/{name}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found.setdefault(int(stat[1]), []).append(int(name))
    return found


def sync_milliseconds(folder: Path) -> float:
    """The median time of writing 4 kB and waiting for the disk: what every commit pays."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(50):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took)


def pace() -> float:
    """Milliseconds of a fixed piece of Python: how fast this machine is just now. A machine shared with others may
    take twice the time an hour later; whoever compares two tables compares this first."""
    began, words = time.process_time(), {}
    for number in range(30_000):
        words[str(number % 977)] = words.get(str(number % 977), 0) + number
    return 1000 * (time.process_time() - began)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def machine(folder: Path) -> str:
    """One line: what this was measured on."""
    return (
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), "  # noqa: DTZ011 (a date to read)
        f"Python {platform.python_version()}, a synced write takes {sync_milliseconds(folder):.1f} ms"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_marked(name: str, text: str, page: Path = PAGE) -> None:
    """Put `text` between the marks of this name in docs/performance.md. Raises ValueError where there are none."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, mark, rest = page.read_text(encoding="utf-8").partition(begin)
    _, mark_end, after = rest.partition(end)
    if not (mark and mark_end):
        raise ValueError(f"{page.name} has no place marked {name}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
