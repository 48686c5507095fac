"""The clock everything is told. In the demo it can be moved; sessions and leases always keep the machine's time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Hørt's time: the machine's, plus an offset that only the demo ever moves (and keeps across restarts)."""

    def __init__(self, kept_in: Path | None = None) -> None:
        self._kept_in = kept_in
        self._offset = timedelta(0)
        if kept_in is not None and kept_in.exists():
            self._offset = timedelta(seconds=float(json.loads(kept_in.read_text(encoding="utf-8"))["offset"]))

    def now(self) -> datetime:
        """Hørt's clock, aware UTC."""
        return self.real_now() + self._offset

    def real_now(self) -> datetime:
        """The machine's clock, aware UTC."""
        return datetime.now(UTC)

    def move(self, by: timedelta) -> None:
        """Move on (never back: what was promised cannot be unsaid)."""
        if by < timedelta(0):
            raise ValueError("the clock only moves forward")
        self._offset += by
        self._keep()

    def start_at(self, instant: datetime) -> None:
        """Begin at an instant: for trying Hørt on a given day, before anything has happened."""
        self._offset = instant - self.real_now()
        self._keep()

    def _keep(self) -> None:
        if self._kept_in is not None:
            self._kept_in.write_text(json.dumps({"offset": self._offset.total_seconds()}), encoding="utf-8")
