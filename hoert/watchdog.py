"""The watchdog: a process whose hands have fallen asleep is killed, and whoever started it starts it again.

The engine's workers can hang without a word on a half-open connection (docs/decisions). Each of them brings back a
canary every half minute; a thread, which hangs with nobody, watches. Killing is safe: the rows are the truth.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import psycopg

log = logging.getLogger("hoert.watchdog")

#: Silent for so long, with a database that answers, means asleep (in seconds).
PATIENCE = 90.0
_LOOK = 5.0


class Watchdog:
    """Watches `silence` (seconds since the last sign of life) from a thread of its own."""

    def __init__(
        self,
        silence: Callable[[], float],
        database: dict[str, Any],
        *,
        patience: float = PATIENCE,
        look: float = _LOOK,
        bite: Callable[[], None] | None = None,
    ) -> None:
        self._silence, self._database = silence, database
        self._patience, self._look = patience, look
        self._bite = bite or (lambda: os.kill(os.getpid(), signal.SIGKILL))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="hoert-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End: whoever stops in an orderly way may be silent."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self._look):
            if self._silence() < self._patience or not self._database_answers():
                continue
            if self._silence() >= self._patience and not self._ended.is_set():
                log.critical("watchdog.asleep", extra={"seconds": int(self._silence())})
                self._bite()
                return

    def _database_answers(self) -> bool:
        """While there is no database nobody can give a sign of life, and killing would mend nothing."""
        try:
            with psycopg.connect(**self._database, autocommit=True) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True
