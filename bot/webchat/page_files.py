"""Files over HTTP: those of the page itself, and those of people, which a browser may show or play but never run."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from bot.webchat.errors import PageError
from bot.webchat.files import Stored

_PAGE = Path(__file__).with_name("page")
_STATIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\.(?:html|css|js|svg|png|webp|ico|woff2|webmanifest|json)")
_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".woff2": "font/woff2"}
_PLAYED = frozenset(
    {"audio/ogg", "audio/webm", "audio/mp4", "audio/mpeg", "audio/aac", "audio/wav"}
    | {"video/ogg", "video/webm", "video/mp4"}
)


@cache
def worker() -> str:
    """The service worker's text, with a version that changes when any file of the page does."""
    digest = sha256()
    for path in sorted(_PAGE.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return (_PAGE / "sw.js").read_text("utf-8").replace("{version}", digest.hexdigest()[:12])


def page_file(name: str) -> web.StreamResponse:
    """A file of the page; 404 for anything else."""
    path = _PAGE / name
    if not _STATIC.fullmatch(name) or not path.is_file():
        raise PageError(404, "not_found")
    response = web.FileResponse(path, headers={"Cache-Control": "no-cache"})
    kind = _TYPES.get(path.suffix)
    if kind:
        response.content_type = kind
    return response


def handed_out(request: web.Request, stored: Stored) -> web.Response:
    """A person's file: shown or played on the page when it is of a kind that is safe to, otherwise a download."""
    if stored.kind == "photo" or stored.facts["mime"] in _PLAYED:
        return _part_of(request, stored)
    named = f"attachment; filename*=UTF-8''{quote(stored.facts['name'], safe='')}"
    return web.Response(
        body=stored.content, content_type="application/octet-stream", headers={"Content-Disposition": named}
    )


def _part_of(request: web.Request, stored: Stored) -> web.Response:
    """What is shown or played on the page, whole or the part asked for: some browsers play nothing without parts."""
    size = len(stored.content)
    headers = {"Accept-Ranges": "bytes"}
    try:
        start, stop, _ = request.http_range.indices(size)
    except ValueError:
        start, stop = 0, 0
    if "Range" not in request.headers:
        return web.Response(body=stored.content, content_type=stored.facts["mime"], headers=headers)
    if start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return web.Response(status=206, body=stored.content[start:stop], content_type=stored.facts["mime"], headers=headers)
