"""Reading what a browser sends: with a deadline of our own, one value per name, in one normal form."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from aiohttp import web

from models.domain.errors import Invalid
from models.domain.localtime import COPENHAGEN

BODY_DEADLINE: Final = 10.0
"""Seconds a browser has to send a form. aiohttp itself waits for ever."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form. Of a repeated name the first counts; what is no text is left out."""

    values: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]

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


async def read(request: web.Request) -> Form:
    """The form of a request. Raises 408 when it does not arrive in time; aiohttp raises 413 above its limit."""
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            sent = await request.post()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, UnicodeDecodeError):
        raise web.HTTPBadRequest from None
    fields = [(name, _normal(value)) for name, value in sent.items() if isinstance(value, str)]
    return Form(_first(fields), _all(fields))


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
