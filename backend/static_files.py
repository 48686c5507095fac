"""The files pages are made of, read once at the start: known by name only, with a fingerprint, never from a path."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "public, no-cache"


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    packed: bytes | None
    type: str
    tag: str


class StaticFiles:
    """Every file under `static/` by its path there. What is not of a known type is not served."""

    def __init__(self) -> None:
        self._files = {
            path.relative_to(_FOLDER).as_posix(): _read(path)
            for path in sorted(_FOLDER.rglob("*"))
            if path.suffix in _TYPES and path.is_file()
        }

    def address(self, name: str) -> str:
        """The address of a file with its fingerprint, so that it can be kept for ever."""
        file = self._files.get(name)
        return f"/static/{name}" if file is None else f"/static/{name}?v={file.tag[:12]}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A file; 304 where the browser has it; 404 for every other name."""
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        asked = request.query.get("v")
        headers = {
            hdrs.ETAG: f'"{file.tag}"',
            hdrs.CACHE_CONTROL: _FOR_EVER if asked == file.tag[:12] else _ASK_EACH_TIME,
            hdrs.VARY: "Accept-Encoding",
        }
        if f'"{file.tag}"' in request.headers.get(hdrs.IF_NONE_MATCH, ""):
            return web.Response(status=304, headers=headers)
        headers[hdrs.CONTENT_TYPE] = file.type
        if file.packed is not None and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            return web.Response(body=file.packed, headers=headers)
        return web.Response(body=file.content, headers=headers)


def _read(path: Path) -> _File:
    content = path.read_bytes()
    packs = path.suffix != ".woff2" and len(content) > 1000
    return _File(
        content=content,
        packed=gzip.compress(content, 6, mtime=0) if packs else None,
        type=_TYPES[path.suffix],
        tag=hashlib.sha256(content).hexdigest(),
    )
