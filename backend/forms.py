"""Reading what a browser sends: with a deadline of our own, one value per name, in one normal form."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from aiohttp import BodyPartReader, web

from models.domain.errors import Invalid
from models.domain.localtime import COPENHAGEN
from models.domain.media import LARGEST, MIB, MOST_FILES

BODY_DEADLINE: Final = 10.0
"""Seconds a browser has to send a form. aiohttp itself waits for ever."""
UPLOAD_DEADLINE: Final = 180.0
"""The same for a form with files: twenty megabytes on a slow line."""
LARGEST_UPLOAD: Final = 64 * MIB
"""Bytes of a whole form with files; more is not read."""
_MOST_FIELDS: Final = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it: unchecked. One above the largest size comes as the first byte too many."""

    filename: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; of a repeated name the first counts. `uploads`: its files, by the name of their field."""

    values: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]
    uploads: Mapping[str, tuple[Upload, ...]] = field(default_factory=dict)

    def files(self, name: str) -> tuple[Upload, ...]:
        """The files chosen in a field, in order; what was left empty is none."""
        return self.uploads.get(name, ())

    def text(self, name: str) -> str:
        """A field as typed, in NFC, line ends as "\\n", without NUL; "" when it was not sent."""
        return self.values.get(name, "")

    def line(self, name: str) -> str:
        """A field of one line, without spaces around it."""
        return " ".join(self.text(name).split())

    def number(self, name: str) -> int:
        """A whole number of at most nine digits. Raises Invalid for anything else."""
        value = self.text(name).strip()
        if not (value.isascii() and value.isdigit() and len(value) <= 9):
            raise Invalid("number_unreadable", name)
        return int(value)

    def day(self, name: str) -> date:
        """A date as browsers send it. Raises Invalid for anything else."""
        try:
            return date.fromisoformat(self.text(name).strip())
        except ValueError:
            raise Invalid("date_unreadable", name) from None

    def moment(self, name: str) -> str:
        """A local date and time as an ISO instant with offset, "" when left out. Raises Invalid for anything else."""
        value = self.text(name).strip()
        if not value:
            return ""
        try:
            return datetime.fromisoformat(value).replace(tzinfo=COPENHAGEN).isoformat()
        except ValueError:
            raise Invalid("date_unreadable", name) from None


def shown(
    typed: Mapping[str, str] | None, stands: Mapping[str, str], labels: Mapping[str, str], *, refused_at: str,
    seen: str, named: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> dict[str, Any]:  # fmt: skip
    """What a form shows that two may fill in at once, as its template takes it: `values`, `unsaved`, `seen`.

    That is what stands. Where what was typed was refused at a field it stays there, with the mark it was typed for:
    what a colleague changes meanwhile is not run over by the next press either. Where a colleague was quicker
    (`refused_at` is empty) what stands is shown, and beside it, by its label, what was typed and is not it. `named` has
    the words of a field whose values are codes.
    """
    if typed is None:
        return {"values": stands, "unsaved": [], "seen": seen}
    if refused_at:
        return {"values": typed, "unsaved": [], "seen": typed.get("seen") or seen}
    unsaved = [
        {"term": label, "words": named.get(field, {}).get(typed[field], typed[field].strip()) or "–"}
        for field, label in labels.items()
        if field in typed and typed[field].strip() != stands.get(field, "").strip()
    ]
    return {"values": stands, "unsaved": unsaved, "seen": seen}


FORM = web.RequestKey("form", Form)
WITH_FILES = web.RequestKey("with_files", bool)


async def read(request: web.Request) -> Form:
    """The form of a request, read once. Raises 408 when it does not arrive in time, 413 above its limit.

    Files stay in memory: what somebody chose to send must not lie about on a disk in the clear.
    """
    if FORM not in request:
        with_files = request.get(WITH_FILES, False) and request.content_type == "multipart/form-data"
        try:
            async with asyncio.timeout(UPLOAD_DEADLINE if with_files else BODY_DEADLINE):
                request[FORM] = await (_read_files(request) if with_files else _read_fields(request))
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (ValueError, UnicodeDecodeError, AssertionError):
            raise web.HTTPBadRequest from None
    return request[FORM]


async def _read_fields(request: web.Request) -> Form:
    sent = await request.post()
    fields = [(name, _normal(value)) for name, value in sent.items() if isinstance(value, str)]
    return Form(_first(fields), _all(fields))


async def _read_files(request: web.Request) -> Form:
    fields: list[tuple[str, str]] = []
    uploads: dict[str, tuple[Upload, ...]] = {}
    total = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            raise ValueError("a part without a name")
        largest = LARGEST if part.filename is not None else MIB
        content = bytearray()
        while chunk := await part.read_chunk(65536):
            total += len(chunk)
            if total > LARGEST_UPLOAD:
                raise web.HTTPRequestEntityTooLarge(LARGEST_UPLOAD, total)
            if len(content) <= largest:
                content += chunk
        if part.filename is None:
            if len(content) > largest or len(fields) >= _MOST_FIELDS:
                raise web.HTTPRequestEntityTooLarge(largest, len(content))
            fields.append((part.name, _normal(content.decode("utf-8"))))
        elif (part.filename or content) and len(uploads.get(part.name, ())) <= MOST_FILES:
            uploads[part.name] = (*uploads.get(part.name, ()), Upload(part.filename, bytes(content[: largest + 1])))
    return Form(_first(fields), _all(fields), uploads)


def _normal(value: str) -> str:
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    # A lone surrogate cannot be stored or sent; it becomes the sign for what could not be read.
    return text.encode("utf-8", "replace").decode("utf-8")


def _first(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in fields:
        found.setdefault(name, value)
    return found


def _all(fields: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in fields:
        found[name] = (*found.get(name, ()), value)
    return found
