"""What a person sends from the page besides words: read within limits, sorted by its content, kept, told to the bot."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from bot.webchat import limits, page_guard
from bot.webchat.chats import Chats
from bot.webchat.errors import PageError
from bot.webchat.files import Files, sorted_out
from bot.webchat.messages import Message
from bot.webchat.params import Upload
from bot.webchat.people import Person
from bot.webchat.rates import PersonRates

_WISHES = ("photo", "voice", "file")
_FACTS_BYTES = 16 << 10
_BUSY = 3


@dataclass(frozen=True, slots=True)
class _Told:
    """What the page says of a file before it sends it."""

    client_id: str
    wish: str
    name: str
    mime: str
    text: str
    numbers: dict[str, int]


class Uploads:
    """Takes files: one at a time from a person, a few at a time from everybody, never more than there is room for."""

    def __init__(self, chats: Chats, files: Files, now: Callable[[], float], rates: PersonRates | None) -> None:
        self._chats = chats
        self._files = files
        self._now = now
        self._rates = rates
        self._busy: set[int] = set()

    async def take(self, request: web.Request, person: Person) -> Message:
        """multipart: `facts` {client_id, kind: photo|voice|file, name, mime, text?, seconds?, width?, height?}, `file`.

        A repeated client_id gives the same message and keeps nothing twice.
        """
        if (request.content_length or 0) > limits.DOWNLOAD_BYTES + limits.PAGE_BODY_BYTES:
            raise PageError(413, "too_big")
        if request.content_type != "multipart/form-data":
            raise PageError(400, "not_a_form")
        with self._turn(person):
            try:
                parts = await request.multipart()
                told = _told(await _piece(await parts.next(), "facts", _FACTS_BYTES))
                known = self._chats.messages.by_client(person.user_id, told.client_id)
                if known is not None:
                    return known
                self._pace(person)
                content = await _piece(await parts.next(), "file", self._room(person))
            except ValueError:
                raise PageError(400, "not_a_form") from None
            return self._hand_in(person, told, content)

    @contextmanager
    def _turn(self, person: Person) -> Iterator[None]:
        if person.user_id in self._busy or len(self._busy) >= limits.UPLOADS_AT_ONCE:
            raise PageError(429, "too_fast", _BUSY)
        self._busy.add(person.user_id)
        try:
            yield
        finally:
            self._busy.discard(person.user_id)

    def _pace(self, person: Person) -> None:
        wait = 0 if self._rates is None else self._rates.refused(self._now(), person.user_id)
        if wait:
            raise PageError(429, "too_fast", wait)

    def _room(self, person: Person) -> int:
        """How many bytes this person may send now; refuses when there is no room."""
        quota = limits.PERSON_BYTES if person.kept else limits.STRANGER_BYTES
        left = quota - self._files.kept_of(person.user_id)
        if left <= 0:
            raise PageError(409, "no_room")
        if shutil.disk_usage(self._chats.store.path.parent).free < limits.FREE_BYTES:
            raise PageError(507, "no_room")
        return min(left, limits.DOWNLOAD_BYTES)

    def _hand_in(self, person: Person, told: _Told, content: bytes) -> Message:
        if not content:
            raise PageError(400, "empty")
        current = self._chats.people.get(person.user_id)  # it may have taken minutes
        if current is None:
            raise PageError(401, "no_session")
        kind, facts = sorted_out(Upload(told.name, told.mime, content), told.wish, told.numbers)

        def keep() -> dict[str, Any]:
            return self._files.keep(person.user_id, kind, facts, content, mine=True)

        return self._chats.hand_in(current, told.text, told.client_id, keep)


async def _piece(part: object, name: str, most: int) -> bytes:
    """One part of the form, in memory; given up when nothing comes for a while or too much does."""
    if not isinstance(part, BodyPartReader) or part.name != name:
        raise PageError(400, f"bad_{name}")
    pieces = bytearray()
    try:
        while True:
            async with asyncio.timeout(limits.UPLOAD_SILENCE):
                piece = await part.read_chunk()
            if not piece:
                return bytes(pieces)
            pieces += piece
            if len(pieces) > most:
                raise PageError(413, "too_big") if most >= limits.DOWNLOAD_BYTES else PageError(409, "no_room")
    except TimeoutError:
        raise PageError(408, "too_slow") from None


def _told(given: bytes) -> _Told:
    try:
        facts = json.loads(given)
    except (ValueError, RecursionError):
        raise PageError(400, "bad_facts") from None
    if not isinstance(facts, dict):
        raise PageError(400, "bad_facts")
    client_id = page_guard.text(facts, "client_id", longest=limits.CLIENT_ID_CHARACTERS)
    wish = page_guard.text(facts, "kind")
    if not client_id or wish not in _WISHES:
        raise PageError(400, "bad_facts")
    numbers = {}
    for name in ("seconds", "width", "height"):
        number = facts.get(name, 0)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= limits.LONGEST_SECONDS:
            raise PageError(400, f"bad_{name}")
        numbers[name] = number
    return _Told(
        client_id,
        wish,
        _name(page_guard.text(facts, "name")),
        page_guard.text(facts, "mime", longest=200),
        page_guard.text(facts, "text"),
        numbers,
    )


def _name(given: str) -> str:
    """A file name that is only a name: no folders, no control or direction characters, not too long, its end kept."""
    last = re.split(r"[/\\]", given)[-1]
    clean = "".join(character for character in last if character.isprintable()).strip()
    stem, dot, end = clean.rpartition(".")
    if dot and len(end) <= 10:
        return f"{stem[: limits.FILE_NAME_CHARACTERS - len(end) - 1]}.{end}" if stem else f"fil.{end}"
    return clean[: limits.FILE_NAME_CHARACTERS] or "fil"
