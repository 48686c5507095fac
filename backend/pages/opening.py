"""Opening somebody who is not one's own: with a reason, for a working day, told to the coordinator."""

from __future__ import annotations

from aiohttp import web

from backend import context, forms
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.rendering import page
from locales import text
from models.actions import register
from models.domain.errors import Invalid


async def show(request: web.Request) -> web.StreamResponse:
    """Who, and why."""
    return await page(request, "open_other.html", current="people", who="", why="", errors=[])


async def do(request: web.Request) -> web.StreamResponse:
    """The person's page, and the reason written down."""
    form, desk = await forms.read(request), context.desk(request)
    who, why = form.line("who")[:200], form.line("why")[:1000]
    try:
        opened = await register.open_other(request[VIEWER], who, why, now=desk.now)
    except Invalid as refused:
        words = text(f"desk.opening.{refused.code}", context.language(request))
        return await page(
            request, "open_other.html", current="people", who=who, why=why, status=422,
            errors=[{"id": refused.field or "who", "words": words}],
        )  # fmt: skip
    raise going(f"/people/{opened.person_id}", said="opened_other" if opened.anew else "open_already")


async def close(request: web.Request) -> web.StreamResponse:
    """Done before it ends by itself."""
    await register.close_other(request[VIEWER], request.match_info["person_id"], now=context.desk(request).now)
    raise going("/people", said="closed_other")


async def seen(request: web.Request) -> web.StreamResponse:
    """A coordinator has read why."""
    await register.see_opening(request[VIEWER], request.match_info["opening_id"], now=context.desk(request).now)
    raise going("/", said="opening_seen")
