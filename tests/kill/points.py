"""The points at which a victim is killed. The product knows nothing of them: they are hung on from outside, here.

A point is passed each time the victim's code runs by it. The numbers are those of the fault catalogue: 4 and 5
receiving, 6 to 8 processing, 9 to 12 sending.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import aiohttp

from bot import dispatch, fetching, receiving, request, screens
from models.actions import attachments, inbox, letters, messages, trail
from models.domain import delivery as rules
from models.tables.attachments import AttachmentPart
from models.tables.inbox import InboxUpdate


@dataclass(frozen=True, slots=True)
class Point:
    """One place in the code. `number`: of the fault catalogue. `letter`: how far the letter in hand has come there."""

    name: str
    number: int
    where: str
    letter: str = "none"


#: "none": no letter is in hand; "safe": certainly not sent and not claimed; "claimed": claimed, not sent; "gone": sent,
#: not settled; "settled": sent and settled.
POINTS: tuple[Point, ...] = (
    Point("fetched", 4, "getUpdates has answered, nothing is stored"),
    Point("storing", 4, "inside the transaction that stores the updates"),
    Point("stored", 5, "the updates are committed, the offset is not"),
    Point("offset", 5, "the offset is committed, Telegram has not been told"),
    Point("claimed", 6, "an update is taken in hand, its handler has not begun"),
    Point("handling", 7, "inside the handler, after its first effects"),
    Point("undone", 7, "after all effects and “done”, before the commit"),
    Point("done", 8, "the effects, the letters and “done” are committed"),
    Point("writing", 7, "inside a staff deed, after its letter is posted"),
    Point("posted", 9, "a staff deed and its letter are committed"),
    Point("due", 9, "a letter is due and not yet claimed", "safe"),
    Point("rendering", 9, "inside the claim, after the letter is rendered", "safe"),
    Point("taken", 10, "the claim is committed, nothing is written to the socket", "claimed"),
    Point("sent", 11, "the request is written, the reply is not read", "gone"),
    Point("answered", 12, "the reply is read, nothing is settled", "gone"),
    Point("settling", 12, "inside the transaction that settles the letter", "gone"),
    Point("settled", 12, "the letter is settled", "settled"),
)
#: On the way of a file; they are played with files (`tests.kill.test_fetching`), and stand in no story.
FETCHING = {
    "in hand": "files are taken in hand, nothing is asked for",
    "downloaded": "a file is downloaded and looked at, nothing is stored",
    "keeping": "inside the transaction that keeps it, after its pieces",
    "kept": "the file and its row are committed",
}
BY_NAME = {point.name: point for point in POINTS}

_SPEAKING = ("/sendMessage", "/editMessageText")
#: Long enough for the server to carry out what was written and to answer it.
_ON_THE_WIRE = 0.2


class Killer:
    """Kills its own process at the n-th passage of a point, and writes down what it had in hand."""

    def __init__(self, point: str, passage: int, mark: Path, *, kind: str = "") -> None:
        self.point, self._left, self._mark, self._kind = point, passage, mark, kind

    def passes(self, point: str) -> None:
        """The code runs by a point."""
        letter_id, kind = _in_hand.get()
        if point != self.point or (self._kind and kind and kind != self._kind):
            return
        self._left -= 1
        if self._left > 0:
            return
        with self._mark.open("w", encoding="utf-8") as file:
            json.dump({"point": point, "letter": letter_id}, file)
            file.flush()
            os.fsync(file.fileno())
        os.kill(os.getpid(), signal.SIGKILL)


_in_hand: ContextVar[tuple[int, str]] = ContextVar("kill_letter", default=(0, ""))
_speaking: ContextVar[bool] = ContextVar("kill_speaking", default=False)


def hang_on(killer: Killer) -> None:
    """Wrap the product's functions in this process, so that the killer is told of each point that is passed."""
    passes = killer.passes
    _around(receiving.Receiver, "_keep", passes, before="fetched")
    _around(InboxUpdate, "create", passes, after="storing")
    _around(inbox, "receive", passes, after="stored")
    _around(inbox, "move_offset", passes, after="offset")
    _around(inbox, "open_update", passes, after="claimed")
    _around(letters, "answer", passes, after="handling")
    _around(inbox, "done", passes, after="undone")
    _around(dispatch, "_process", passes, after="done")
    _around(trail, "record", passes, after="writing")
    _around(messages, "reply", passes, after="posted")
    _around(messages, "read", passes, after="posted")
    _around(screens, "render", passes, after="rendering")
    _around(letters, "settle", passes, after="settled")
    _around(attachments, "claim", passes, after="in hand", when=bool)
    _around(fetching.Fetcher, "_get", passes, after="downloaded")
    _around(AttachmentPart, "bulk_create", passes, after="keeping")
    _around(attachments, "keep", passes, after="kept")
    _take(passes)
    _speak(passes, wait=_ON_THE_WIRE if killer.point == "sent" else 0.0)
    _settle(passes)


def _around(
    owner: Any, name: str, passes: Callable[[str], None], *, before: str = "", after: str = "",
    when: Callable[[Any], bool] = lambda _: True,
) -> None:  # fmt: skip
    original = getattr(owner, name)

    @wraps(original)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            passes(before)
        result = await original(*args, **kwargs)
        if after and when(result):
            passes(after)
        return result

    setattr(owner, name, wrapped)


def _take(passes: Callable[[str], None]) -> None:
    take, render = letters.take, screens.render

    async def taking(scope: Any, letter_id: int, *args: Any, **kwargs: Any) -> Any:
        _in_hand.set((letter_id, ""))
        passes("due")
        return await take(scope, letter_id, *args, **kwargs)

    async def rendering(taken: Any, now: Any) -> Any:
        _in_hand.set((taken.letter_id, taken.kind))
        return await render(taken, now)

    async def kept(*args: Any, **kwargs: Any) -> Any:
        # The claim runs in a task of its own: what it knows of the letter is not seen here.
        taken = await taking(*args, **kwargs)
        if taken is not None:
            _in_hand.set((taken.letter_id, taken.kind))
        return taken

    letters.take, screens.render = kept, rendering


def _speak(passes: Callable[[str], None], wait: float) -> None:
    do_request, start = request.AiohttpRequest.do_request, aiohttp.ClientResponse.start

    async def asking(self: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        if not url.endswith(_SPEAKING):
            return await do_request(self, url, *args, **kwargs)
        passes("taken")
        _speaking.set(True)
        try:
            answer = await do_request(self, url, *args, **kwargs)
        finally:
            _speaking.set(False)
        passes("answered")
        return answer

    async def waiting(self: Any, connection: Any) -> Any:
        if _speaking.get():
            await asyncio.sleep(wait)
            passes("sent")
        return await start(self, connection)

    request.AiohttpRequest.do_request, aiohttp.ClientResponse.start = asking, waiting  # type: ignore[method-assign]


def _settle(passes: Callable[[str], None]) -> None:
    after = rules.after

    def deciding(*args: Any, **kwargs: Any) -> Any:
        passes("settling")
        return after(*args, **kwargs)

    rules.after = deciding
