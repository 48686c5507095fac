"""Canned replies: the texts our staff often need, kept by whoever runs the municipality's desk."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.administration import rooms
from backend.pages.leaving import going
from backend.rendering import page
from locales import text
from models.actions import canned as deeds
from models.domain import canned as rules
from models.domain.canned import Text
from models.domain.errors import Invalid, Stale
from models.queries import messages_beside as queries


async def show(request: web.Request) -> web.StreamResponse:
    """All of them, those out of use too, and the form of a new one."""
    return await _list_page(request, {})


async def add(request: web.Request) -> web.StreamResponse:
    """Write one more."""
    form, now = await forms.read(request), context.desk(request).now
    try:
        await deeds.add(request[VIEWER], _text(form), now=now)
    except Invalid as refused:
        return await _list_page(request, dict(form.values), refused)
    raise going("/canned", said="canned_added")


async def edit(request: web.Request) -> web.StreamResponse:
    """The form with what one of them says now."""
    return await _one_page(request, None)


async def change(request: web.Request) -> web.StreamResponse:
    """Write it anew, or take it out of use."""
    form, now = await forms.read(request), context.desk(request).now
    typed = dict(form.values)
    try:
        await deeds.change(
            request[VIEWER], request.match_info["canned_id"], _text(form), now=now, seen=form.text("seen")
        )
    except Stale as refused:
        return await _one_page(request, typed, stale=refused)
    except Invalid as refused:
        return await _one_page(request, typed, refused)
    raise going("/canned", said="canned_changed")


def _text(form: Form) -> Text:
    return Text(form.line("title"), form.text("da"), form.text("en"), form.text("used") != "no")


async def _list_page(request: web.Request, typed: dict[str, str], refused: Invalid | None = None) -> web.Response:
    language = context.language(request)
    return await page(
        request, "canned.html", current="administration", status=422 if refused else 200,
        rooms=rooms(request[VIEWER], "canned", language),
        kept=[
            {
                "title": one.text.title,
                "da": one.text.da,
                "en": one.text.en,
                "active": one.text.active,
                "href": f"/canned/{one.canned_id}",
            }
            for one in await queries.all_canned(request[VIEWER])
        ],
        **_form(typed, refused, language),
    )  # fmt: skip


async def _one_page(
    request: web.Request, typed: dict[str, str] | None, refused: Invalid | None = None, *, stale: Stale | None = None
) -> web.Response:
    found, language = (
        await queries.one_canned(request[VIEWER], request.match_info["canned_id"]),
        context.language(request),
    )
    stands = {"title": found.text.title, "da": found.text.da, "en": found.text.en,
              "used": "yes" if found.text.active else "no"}  # fmt: skip
    labels = {field: text(f"desk.canned.{field}", language) for field in ("title", "da", "en")}
    labels["used"] = text("desk.canned.used_ask", language)
    shown = forms.shown(
        typed,
        stands,
        labels,
        refused_at=refused.field or "title" if refused else "",
        seen=rules.mark(found.text),
        named={"used": {answer: text(f"desk.canned.used_{answer}", language) for answer in ("yes", "no")}},
    )
    return await page(
        request, "canned_form.html", current="administration", status=422 if refused else 409 if stale else 200,
        title=found.text.title, seen=shown["seen"], unsaved=shown["unsaved"], action=f"/canned/{found.canned_id}",
        problem=words.refusal(stale.code, language) if stale else "", used=shown["values"].get("used") != "no",
        **_form(shown["values"], refused, language),
    )  # fmt: skip


def _form(typed: dict[str, str], refused: Invalid | None, language: str) -> dict[str, Any]:
    """What the form says, and the places a text may leave open."""
    return {
        "values": {field: typed.get(field, "") for field in ("title", "da", "en")},
        "errors": [{"id": refused.field or "title", "words": words.refusal(refused.code, language)}] if refused else [],
        "places": [
            {"place": "{" + key + "}", "words": text(f"desk.canned.place.{key}", language)} for key in rules.PLACES
        ],
    }
