"""My tokens for other systems: made and shown this once, listed without themselves, revoked."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.rendering import page
from locales import text
from models.actions import api as deeds
from models.domain.errors import Invalid
from models.domain.localtime import instant, local_date
from models.queries import api
from models.queries.api import TokenLine

_KINDS: Final = {"active": "done", "expired": "quiet", "revoked": "quiet"}
_USUAL: Final = timedelta(days=90)


async def show(request: web.Request) -> web.StreamResponse:
    """Mine, those that work first."""
    return await _tokens_page(request)


async def make(request: web.Request) -> web.StreamResponse:
    """A new one, shown this once: the answer is a page and no redirect, for what it shows exists nowhere else."""
    form, desk = await forms.read(request), context.desk(request)
    try:
        made = await deeds.make_token(
            request[VIEWER], form.line("name"), expires_at=_end_of(form), read_only=form.text("kind") != "write",
            now=desk.now, real_now=desk.clock.real_now(),
        )  # fmt: skip
    except Invalid as refused:
        return await _tokens_page(request, typed=form, field=refused.field or "name", problem=refused.code, status=422)
    return await _tokens_page(request, made=made.token)


async def revoke(request: web.Request) -> web.StreamResponse:
    """It works no more, from now on."""
    desk = context.desk(request)
    await deeds.revoke_token(
        request[VIEWER], request.match_info["token_id"], now=desk.now, real_now=desk.clock.real_now()
    )
    raise going("/settings/tokens", said="token_revoked")


def _end_of(form: forms.Form) -> datetime:
    """The end of the last day it lasts. Raises Invalid for no date."""
    return instant(form.day("expires") + timedelta(days=1), time(0))


async def _tokens_page(
    request: web.Request, *, made: str = "", typed: forms.Form | None = None, field: str = "", problem: str = "",
    status: int = 200,
) -> web.Response:  # fmt: skip
    desk, language = context.desk(request), context.language(request)
    real_now = desk.clock.real_now()
    found = await api.tokens(request[VIEWER], real_now=real_now)
    usual = (local_date(real_now) + _USUAL).isoformat()
    return await page(
        request, "tokens.html", current="settings", status=status, made=made,
        lines=[_line(one, real_now, language) for one in found],
        kinds=[{"value": kind, "words": text(f"desk.tokens.kind_{kind}", language)} for kind in ("read", "write")],
        values={
            "name": typed.line("name") if typed else "", "expires": typed.text("expires") if typed else usual,
            "kind": "write" if typed and typed.text("kind") == "write" else "read",
        },
        errors=[{"id": field, "words": words.refusal(problem, language)}] if problem else [],
    )  # fmt: skip


def _line(one: TokenLine, real_now: datetime, language: str) -> dict[str, object]:
    last = local_date(one.expires_at - timedelta(minutes=1))
    return {
        "id": one.token_id, "name": one.name,
        "state": {"kind": _KINDS[one.state], "words": text(f"desk.tokens.state.{one.state}", language)},
        "kind": text(f"desk.tokens.kind_{'read' if one.read_only else 'write'}", language),
        "until": text("desk.tokens.until", language, day=words.day(last, language)),
        "used": text("desk.tokens.used", language, when=words.since(one.used_at, real_now, language))
        if one.used_at
        else text("desk.tokens.unused", language),
        "revocable": one.state == "active",
    }  # fmt: skip
