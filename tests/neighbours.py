"""What others on the machine took from a test that measures time: how long its own processes could have run and had no
core, as Linux counts it for each thread (/proc/…/schedstat)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from benchmarks.measuring import children

_PROC = Path("/proc")


def _waits() -> dict[str, int]:
    """Nanoseconds that each thread of this process and of all below it has waited for a core; empty where nobody counts
    them."""
    found, below, known = {}, [os.getpid()], children()
    while below:
        pid = below.pop()
        below += known.get(pid, [])
        for thread in _PROC.glob(f"{pid}/task/*/schedstat"):
            with suppress(OSError, IndexError):
                found[str(thread)] = int(thread.read_text(encoding="ascii").split()[1])
    return found


class Neighbours:
    """From when it is made."""

    def __init__(self) -> None:
        self._before = _waits()

    def took(self) -> float:
        """Seconds that whichever thread waited most had no core: never more than they took from the whole."""
        return max((now - self._before.get(thread, now) for thread, now in _waits().items()), default=0) / 1e9
