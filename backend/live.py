"""What is live: hints that something changed, never what. Pages re-read their lists when they get one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from aiohttp import web

from models.domain.staff import Viewer
from models.queries import live as marks
from models.transactions import at_once

_LOG = logging.getLogger(__name__)
_LOOK_EVERY = 2.0
_LOOK_SOON = 0.4
"""While a reply on the screen is being sent: who has just sent it watches what becomes of it."""
_HEARTBEAT_EVERY = 15.0
_LONGEST = 600.0
"""A stream ends after ten minutes: the browser opens the next one, and whether the session still lives is asked."""
_PER_PERSON = 4
"""Fewer than the six connections a browser keeps to one address: whoever has many windows open still gets pages."""
_ALTOGETHER = 500


Still = Callable[[], Awaitable[bool]]
"""Whether the session a stream was opened in still lives."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the screen of whoever listens: whose thread ("" none), as of which version, and whether something
    of it was said to be on its way."""

    person_id: str = ""
    version: int = 0
    on_its_way: bool = False


class Streams:
    """The open event streams of this process."""

    def __init__(self) -> None:
        self._open: dict[str, list[asyncio.Event]] = {}
        self._shared: dict[str, tuple[float, Mapping[str, str]]] = {}
        self._closed = False

    def __len__(self) -> int:
        return sum(len(ends) for ends in self._open.values())

    def close_all(self) -> None:
        """End every stream, so that the server can stop without waiting for browsers."""
        self._closed = True
        for ends in self._open.values():
            for end in ends:
                end.set()

    async def serve(
        self, request: web.Request, viewer: Viewer, shown: Shown, clock: Callable[[], datetime], still: Still
    ) -> web.StreamResponse:
        """One stream: a hint naming the topics that changed, a heartbeat, until the browser leaves, its session is over
        (`still`) or we stop.

        What happened between the reading of the page and the opening of its stream is hinted at first. `clock` is
        Hørt's. 204 (do not come back) when too many are open.
        """
        if self._closed or len(self) >= _ALTOGETHER:
            return web.Response(status=204)
        end = asyncio.Event()
        mine = self._open.setdefault(viewer.staff_id, [])
        if len(mine) >= _PER_PERSON:
            mine[0].set()
        mine.append(end)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        try:
            await response.prepare(request)
            await self._run(response, viewer, shown, clock, end, still)
        except ConnectionError:
            _LOG.debug("a browser left its stream")
        finally:
            mine.remove(end)
            if not mine:
                self._open.pop(viewer.staff_id, None)
        return response

    async def _run(
        self,
        response: web.StreamResponse,
        viewer: Viewer,
        shown: Shown,
        clock: Callable[[], datetime],
        end: asyncio.Event,
        still: Still,
    ) -> None:
        begun = spoke = asked = monotonic()
        before, soon, stale = await self._look(viewer, shown, clock)
        await response.write(b"retry: 5000\n: here\n\n")
        if stale:
            await response.write(_hint([f"thread-{shown.person_id}"]))
        while not end.is_set() and monotonic() - begun < _LONGEST:
            try:
                await asyncio.wait_for(end.wait(), _LOOK_SOON if soon else _LOOK_EVERY)
            except TimeoutError:
                if monotonic() - asked >= _HEARTBEAT_EVERY:
                    if not await still():
                        return
                    asked = monotonic()
                now, soon, _ = await self._look(viewer, shown, clock)
                changed = sorted(topic for topic, mark in now.items() if before.get(topic) != mark)
                before = now
                if changed:
                    await response.write(_hint(changed))
                    spoke = monotonic()
                elif monotonic() - spoke >= _HEARTBEAT_EVERY:
                    await response.write(b": still here\n\n")
                    spoke = monotonic()

    async def _look(
        self, viewer: Viewer, shown: Shown, clock: Callable[[], datetime]
    ) -> tuple[dict[str, str], bool, bool]:
        """The marks of what is shown, whether to look again soon, and whether the thread on the screen was read before
        something happened in it. One reading; the marks of a municipality are asked for once for all who look at it."""
        now = clock()

        async def look() -> tuple[dict[str, str], bool, bool]:
            key = viewer.municipality_id or ""
            known = self._shared.get(key)
            if known is None or monotonic() - known[0] >= _LOOK_EVERY * 0.9:
                known = (monotonic(), await marks.municipality(viewer, now=now))
                self._shared[key] = known
            found = await marks.shown(viewer, shown.person_id, known[1], now=now)
            if not shown.person_id:
                return found, False, False
            stands = await marks.standing(viewer, shown.person_id, now=now)
            stale = stands.version != shown.version or stands.on_its_way != shown.on_its_way
            return found, stands.due, stale

        return await at_once(viewer, look)


def _hint(topics: list[str]) -> bytes:
    return f"event: hint\ndata: {' '.join(topics)}\n\n".encode()
