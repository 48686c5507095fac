"""The two clocks of the desk: Hørt's, which the demo may move, and the machine's, which sessions live by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the desk asks for the time. Both answers are aware UTC datetimes."""

    def now(self) -> datetime:
        """Hørt's time: promises, deadlines, what is due."""
        ...

    def real_now(self) -> datetime:
        """The machine's time: sessions, limits on sign-in."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """Both clocks are the machine's; what runs in production."""

    def now(self) -> datetime:
        """The machine's time in UTC."""
        return datetime.now(UTC)

    def real_now(self) -> datetime:
        """The machine's time in UTC."""
        return datetime.now(UTC)
