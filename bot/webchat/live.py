"""Server-sent events to the pages. They only hint; a page reads what changed by its cursor."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from bot.webchat import limits

_WAITING = 64


@dataclass(eq=False)
class Stream:
    """One open event stream. Changes coalesce to the latest cursor; other events queue, the oldest dropped first."""

    user_id: int
    session: str
    cursor: int | None = None
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    open: bool = True
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self, cursor: int) -> None:
        """The latest change in this chat."""
        self.cursor = cursor
        self.news.set()

    async def next(self) -> bytes:
        """The next piece to write: events, or a heartbeat after 15 s. Empty when the stream is to end."""
        try:
            async with asyncio.timeout(limits.HEARTBEAT):
                await self.news.wait()
        except TimeoutError:
            return b": \n\n"
        self.news.clear()
        if not self.open:
            return b""
        pieces = []
        if self.cursor is not None:
            pieces.append(f'id: {self.cursor}\nevent: change\ndata: {{"cursor":{self.cursor}}}\n\n')
            self.cursor = None
        for name, data in self.events:
            pieces.append(f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n")
        self.events.clear()
        return "".join(pieces).encode()


class Live:
    """All open streams."""

    def __init__(self) -> None:
        self._streams: dict[int, list[Stream]] = {}

    def open(self, user_id: int, session: str) -> Stream:
        """A new stream; the oldest of this session ends when it has too many."""
        stream = Stream(user_id, session)
        mine = [other for other in self._streams.get(user_id, []) if other.session == session]
        for other in mine[: max(0, len(mine) - limits.STREAMS_PER_SESSION + 1)]:
            self.close(other)
        self._streams.setdefault(user_id, []).append(stream)
        return stream

    def close(self, stream: Stream) -> None:
        """Ends a stream; twice does no harm."""
        stream.open = False
        stream.news.set()
        streams = self._streams.get(stream.user_id, [])
        if stream in streams:
            streams.remove(stream)
        if not streams:
            self._streams.pop(stream.user_id, None)

    def close_session(self, session: str) -> None:
        """Ends the streams of a session that was locked or ended."""
        for streams in list(self._streams.values()):
            for stream in [stream for stream in streams if stream.session == session]:
                self.close(stream)

    def close_person(self, user_id: int) -> None:
        """Ends the streams of a person who was erased."""
        for stream in list(self._streams.get(user_id, [])):
            self.close(stream)

    def close_all(self) -> None:
        """Ends every stream."""
        for user_id in list(self._streams):
            self.close_person(user_id)

    def changed(self, user_id: int, cursor: int) -> None:
        """Something in this chat is new."""
        for stream in self._streams.get(user_id, []):
            stream.changed(cursor)

    def tell(self, user_id: int, name: str, data: dict[str, Any]) -> None:
        """An event that is not kept: typing, notice, header."""
        for stream in self._streams.get(user_id, []):
            del stream.events[: max(0, len(stream.events) - _WAITING + 1)]
            stream.events.append((name, data))
            stream.news.set()

    def count(self, user_id: int) -> int:
        """How many streams this person has open."""
        return len(self._streams.get(user_id, []))
