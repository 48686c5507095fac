"""Files: one served to whoever may open it, and what a page says of the files of a message."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

from aiohttp import hdrs, web

from backend import context
from backend.context import VIEWER
from locales import text
from models.actions import attachments as deeds
from models.domain import media
from models.domain.errors import Invalid
from models.queries import attachments
from models.queries.attachments import FileLine, Kept

_RANGE: Final = re.compile(r"bytes=(\d{1,10})-(\d{0,10})")
#: What a browser may show by itself; everything else is only ever saved.
_SHOWN: Final = frozenset({"photo", "audio", "video"})


async def one(request: web.Request) -> web.StreamResponse:
    """A file, through the viewer. Opening it is written to the trail; what a player asks for besides is part of that.

    A picture, sound or film is shown, a document only saved; nothing is kept by a browser or run in it.
    """
    viewer, attachment_id = request[VIEWER], request.match_info["attachment_id"]
    asked = _RANGE.fullmatch(request.headers.get(hdrs.RANGE, ""))
    part = asked is not None and int(asked[1]) > 0
    await deeds.open_file(viewer, attachment_id, now=context.desk(request).now, part=part)
    kept = await attachments.content(viewer, attachment_id)
    kind = media.kind_of(kept.mime)
    headers = {
        hdrs.CONTENT_TYPE: f"{kept.mime}; charset=utf-8" if kept.mime == "text/plain" else kept.mime,
        hdrs.CONTENT_DISPOSITION: _disposition(kept, shown=kind in _SHOWN),
        hdrs.CACHE_CONTROL: "no-store",
        hdrs.ACCEPT_RANGES: "bytes",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if asked is None:
        return web.Response(body=kept.content, headers=headers)
    begin, last = int(asked[1]), min(int(asked[2] or kept.size), kept.size - 1)
    if begin > last:
        return web.Response(status=416, headers={hdrs.CONTENT_RANGE: f"bytes */{kept.size}"})
    headers[hdrs.CONTENT_RANGE] = f"bytes {begin}-{last}/{kept.size}"
    return web.Response(status=206, body=kept.content[begin : last + 1], headers=headers)


def lines_of(files: tuple[FileLine, ...], language: str) -> list[dict[str, Any]]:
    """The files of a message as a page shows them (macros/files.html)."""
    return [_line(one, language) for one in files]


async def choose(request: web.Request, person_id: str, uploads: tuple[Any, ...]) -> tuple[list[str], str]:
    """Take in what somebody chose for a reply: the ids of what could be kept, and the code of the first refusal."""
    chosen: list[str] = []
    problem = ""
    if len(uploads) > media.MOST_FILES:
        return chosen, "too_many_files"
    for sent in uploads:
        try:
            chosen.append(
                await deeds.attach(
                    request[VIEWER], person_id, name=sent.filename, content=sent.content, now=context.desk(request).now
                )
            )
        except Invalid as refused:
            problem = problem or refused.code
    return chosen, problem


def _line(one: FileLine, language: str) -> dict[str, Any]:
    kind = media.kind_of(one.mime) if one.mime else {"photo": "photo", "document": "document"}.get(
        one.kind, "audio" if one.kind in {"voice", "audio"} else "video"
    )  # fmt: skip
    state = one.state if one.state != "refused" or one.reason == "file_too_big" else "not_taken"
    said = text(f"desk.file.kind.{'voice' if one.kind == 'voice' else kind}", language)
    facts = [said]
    if one.seconds:
        facts.append(f"{one.seconds // 60}:{one.seconds % 60:02d}")
    if one.state == "kept" and kind == "document":
        facts[0] = text(f"desk.file.type.{media.ending_of(one.mime)}", language)
    if one.size:
        facts.append(_size(one.size, language))
    return {
        "id": one.attachment_id,
        "href": f"/files/{one.attachment_id}",
        "kind": kind,
        "mime": one.mime,
        "state": state,
        "name": one.name,
        "facts": " · ".join(facts),
        "words": text(f"desk.file.state.{state}", language, what=said) if one.state != "kept" else "",
        "spoken": one.kind in media.SPOKEN,
    }


def _size(size: int, language: str) -> str:
    if size < media.MIB:
        return f"{max(1, round(size / 1024))} KB"
    written = f"{size / media.MIB:.1f}"
    return f"{written.replace('.', ',') if language == 'da' else written} MB"


def _disposition(kept: Kept, *, shown: bool) -> str:
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", kept.name)
    way = "inline" if shown else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(kept.name, safe='')}"
