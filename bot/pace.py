"""Turns to send: evenly, just under what Telegram allows, the most urgent first, shared with every other process."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import logging
from collections.abc import Callable
from datetime import datetime

from models.actions import letters
from models.engine import URGENT_RANK
from models.transactions import HOUSE

log = logging.getLogger("hoert.delivery")

#: Turns taken at once: a fifth of a second's worth, so that what is urgent is never far from the next one. More are
#: asked for while some are left: asking takes its time, and a turn that passes meanwhile is lost.
_AT_ONCE = 6
_ASK_AT = 3
_NO_DATABASE = 1.0
#: Turns are even, but making a letter ready is not: what can wait leaves this long after its turn (in seconds) however
#: quick it was, so that the wire is even too, in one process and over several.
_MADE_READY = 0.1
#: Seconds between two letters at the door, when several were late: no second sees more than 31 of one process. A little
#: less than between two turns, so that what was late can catch up.
_APART = 0.033
#: A turn this long ago, in seconds, is another process's by now: on a machine that cannot keep up, late letters of
#: several processes would leave together (measured: 47 in a second).
_STALE = 0.2


class Pace:
    """The turns of one bot in this process. Whoever is most urgent gets the next one, whoever asked first."""

    def __init__(self, name: str, *, real_now: Callable[[], datetime]) -> None:
        self._name = name
        self._real_now = real_now
        self._waiting: list[tuple[int, int, asyncio.Future[float]]] = []
        self._numbers = itertools.count()
        self._turns: list[float] = []  # instants of the loop's clock, soonest first
        self._giving: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._given_back = asyncio.Event()
        self._door = asyncio.Lock()
        self._left = 0.0
        self._closed = False

    async def turn(self, rank: int) -> float:
        """Wait for a turn; 0 is most urgent. Returns when it was (the loop's clock). Cancelled once this is closed."""
        if self._closed:
            raise asyncio.CancelledError
        mine: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._numbers), mine))
        if self._giving is None or self._giving.done():
            self._giving = asyncio.create_task(self._give())
        try:
            return await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self.give_back()
            mine.cancel()
            raise

    async def door(self, rank: int, turn: float) -> None:
        """Wait until a letter may leave that had its turn then and is ready now; too late, it takes another turn."""
        loop = asyncio.get_running_loop()
        if rank > URGENT_RANK:
            if loop.time() > turn + _STALE:
                turn = await self.turn(rank)
            await asyncio.sleep(turn + _MADE_READY - loop.time())
        async with self._door:
            wait = self._left + _APART - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            self._left = loop.time()

    def give_back(self) -> None:
        """A turn was not used: whoever waits may have it now."""
        if self._waiting:
            self._turns.insert(0, asyncio.get_running_loop().time())
            self._given_back.set()

    async def _give(self) -> None:
        loop = asyncio.get_running_loop()
        # What nobody used while nobody waited is over.
        self._turns = [at for at in self._turns if at > loop.time()]
        while self._waiting:
            if self._asking is None and len(self._turns) < min(_ASK_AT + 1, len(self._waiting)):
                self._asking = asyncio.create_task(self._ask())
            if not self._turns:
                assert self._asking is not None  # noqa: S101 (somebody waits, and there are no turns)
                await asyncio.wait([self._asking])
                continue
            self._given_back.clear()
            wait = self._turns[0] - loop.time()
            if wait > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._given_back.wait(), wait)
                continue
            turn = self._turns.pop(0)
            while self._waiting:
                mine = heapq.heappop(self._waiting)[2]
                if not mine.done():
                    mine.set_result(turn)
                    break

    async def _ask(self) -> None:
        try:
            count = min(len(self._waiting), _AT_ONCE)
            found = await letters.reserve(HOUSE, self._name, count, real_now=self._real_now())
            # Asking took time: counted from when the answer came, a turn is never too early.
            now = asyncio.get_running_loop().time()
            self._turns += [now + seconds for seconds in found]
        except Exception as exc:  # noqa: BLE001 (the database is away: nobody could send anyway)
            log.warning("delivery.no_turns", extra={"fault": type(exc).__name__, "bot": self._name})
            await asyncio.sleep(_NO_DATABASE)
        finally:
            self._asking = None

    async def close(self) -> None:
        """End; whoever still waits is cancelled."""
        self._closed = True
        ending = [task for task in (self._giving, self._asking) if task is not None]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        for _, _, mine in self._waiting:
            mine.cancel()
        self._waiting.clear()
