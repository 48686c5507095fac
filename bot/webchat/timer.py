"""Seconds that only pass: what pauses, polls and retries are measured by. A test may hold them still and move them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Timer:
    """Reads `seconds` (monotonic) and wakes whoever waits when somebody says that they jumped."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._jumped = asyncio.Event()

    def now(self) -> float:
        """Seconds since some instant in the past."""
        return self._seconds()

    def jump(self) -> None:
        """The seconds were moved: everybody who waits looks again."""
        self._jumped.set()
        self._jumped = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Returns when that many seconds have passed."""
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._jumped.wait()
            except TimeoutError:
                continue
