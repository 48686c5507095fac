"""The demo's plug: the wire between Hørt and the chat server, which may be pulled out and put back.

A pulled wire refuses every connection, as a network that is down does: what Hørt wants to send has then certainly not
arrived, waits, and is sent once when the wire is back. A fault injected behind an open connection would leave that
unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import urlsplit

from models.tables.fields import micros
from models.transactions import Scoped, reading, rows

_HERE = "127.0.0.1"
_PIECE = 65_536


class Plug:
    """Carries the bots' calls to the chat server while it is in. Only the bots use it: pages and the demo go direct."""

    def __init__(self) -> None:
        self.out_since: datetime | None = None
        self._target = (_HERE, 0)
        self._port = 0
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._moving = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def line(self, address: str) -> AsyncIterator[str]:
        """Lay the wire to `address` ("http://host:port"); yields the address that stands for it, plugged in."""
        parts = urlsplit(address)
        self._target = (parts.hostname or _HERE, parts.port or 80)
        # Holds the port while the plug is out, so that nobody else is given it meanwhile.
        with _bound(0) as seat:
            self._port = int(seat.getsockname()[1])
            self._server = await self._listen()
            try:
                yield f"http://{_HERE}:{self._port}"
            finally:
                self._cut()

    async def pull(self, now: datetime) -> None:
        """Pull it: open connections break, new ones are refused. Pulled already: nothing changes, nor since when."""
        async with self._moving:
            if self.out_since is None:
                self.out_since = now
                self._cut()

    async def put_in(self) -> bool:
        """Put it back; False when it was in."""
        async with self._moving:
            if self.out_since is None:
                return False
            self._server = await self._listen()
            self.out_since = None
            return True

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._carry, sock=_bound(self._port))

    def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in self._ends:
            end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a bot, both ways, until either side ends it."""
        self._ends.add(writer)
        try:
            there, onward = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            self._ends.discard(writer)
            return
        self._ends.add(onward)
        if self._server is None:
            writer.transport.abort()
            onward.transport.abort()
        try:
            await asyncio.gather(_pump(reader, onward), _pump(there, writer))
        finally:
            self._ends -= {writer, onward}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    writer.close()


def _bound(port: int) -> socket.socket:
    """A socket that has the port and does not listen. Two of ours may have it; of those, one listens."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((_HERE, port))
    return bound


@reading
async def letters_waiting(scope: Scoped, bot: str, *, now: datetime) -> int:  # noqa: ARG001
    """How many letters of a bot are due or have been tried and not come through. Quiet hours are no waiting."""
    found = await rows(
        "SELECT COUNT(*) AS n FROM letter WHERE bot = ? AND state IN ('queued', 'waiting', 'sending') "
        "AND (next_at <= ? OR (started_at IS NOT NULL AND reason <> 'quiet'))",
        bot, micros(now),
    )  # fmt: skip
    return int(found[0]["n"])
