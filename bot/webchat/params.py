"""Parameters of a Bot API call: query string, form, multipart and JSON mean the same."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.webchat import limits
from bot.webchat.errors import ApiError, bad_request, too_large
from bot.webchat.spans import utf8


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    mime: str
    content: bytes


class Params:
    """What was given, read leniently as Telegram does: numbers and flags may be text, objects may be JSON text."""

    def __init__(self, values: dict[str, Any], files: dict[str, Upload]) -> None:
        self._values = values
        self._files = files

    def has(self, name: str) -> bool:
        """If there is anything under this name."""
        return self._values.get(name) not in (None, "") or name in self._files

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers become text; objects become JSON."""
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        found = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        utf8(found)
        return found

    def number(self, name: str, default: int = 0) -> int:
        """An integer; anything else is the default."""
        match = re.fullmatch(r"\s*([+-]?[0-9]{1,19})(?:\.0+)?\s*", self.text(name))
        found = int(match[1]) if match else default
        return found if -(1 << 63) <= found < 1 << 63 else default

    def flag(self, name: str) -> bool:
        """True for true, yes, 1 and the like."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, failure: str) -> Any:
        """An object or list, given as such or as JSON text; None when absent; 400 `failure` when it cannot be read."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise bad_request(failure) from None

    def upload(self, name: str) -> Upload | None:
        """The file under this name, directly or as `attach://other`."""
        found = self._files.get(name)
        reference = self._values.get(name)
        if found is None and isinstance(reference, str) and reference.startswith("attach://"):
            found = self._files.get(reference.removeprefix("attach://"))
        return found


async def read(request: web.Request) -> Params:
    """Reads a call within its deadline: 10 s, or 60 s for an upload."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    kind = request.content_type
    seconds = limits.UPLOAD_SECONDS if kind == "multipart/form-data" else limits.BODY_SECONDS
    try:
        async with asyncio.timeout(seconds):
            if kind == "multipart/form-data":
                await _multipart(request, values, files)
            elif kind == "application/json":
                values |= _object(await request.read())
            elif request.method == "POST":
                values |= dict(await request.post())
    except TimeoutError:
        raise ApiError(408, "Request Timeout") from None
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None
    except (UnicodeDecodeError, LookupError):
        raise bad_request("strings must be encoded in UTF-8") from None
    except ValueError:
        raise bad_request("can't parse the request body") from None
    return Params(values, files)


async def _multipart(request: web.Request, values: dict[str, Any], files: dict[str, Upload]) -> None:
    for name, field in (await request.post()).items():
        if isinstance(field, web.FileField):
            content = await asyncio.to_thread(field.file.read)
            field.file.close()
            files[name] = Upload(field.filename or "file", field.content_type or "application/octet-stream", content)
        else:
            values[name] = field if isinstance(field, str) else bytes(field).decode()


def _object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON object") from None
    if not isinstance(given, dict):
        raise bad_request("expected an Object")
    return given
