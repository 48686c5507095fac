"""Deleting the rest of a person: what goes, what stays, what must be kept first; and the receipt."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages.person_card import card
from backend.rendering import page
from locales import text
from models.actions import erasure as deeds
from models.actions import register as trail
from models.domain.errors import Invalid, Stale
from models.domain.localtime import local_date
from models.queries import erasure, register
from models.queries.erasure import Extent


async def show(request: web.Request) -> web.StreamResponse:
    """Everything somebody should know before they delete a person."""
    return await _page(request)


async def erase(request: web.Request) -> web.StreamResponse:
    """It is done, once the reference is typed and what must be kept is kept. The receipt is shown this once."""
    form, desk, language = await forms.read(request), context.desk(request), context.language(request)
    viewer, person_id, reference = request[VIEWER], request.match_info["person_id"], form.line("reference")
    # Before anything is said of what was typed: somebody else's person is not there at all.
    person = await register.person(viewer, person_id, now=desk.now)
    had_chat = (await erasure.extent(viewer, person_id)).chat
    try:
        if form.text("kept") != "yes":
            raise Invalid("keep_first", "kept")
        number = await deeds.erase_rest(viewer, person_id, reference, now=desk.now)
    except Invalid as refused:
        return await _page(request, reference=reference, problem=refused, status=422)
    except Stale:
        return await _page(request, reference=reference, status=409)
    return await page(
        request, "erased.html", current="people", number=number, reference=person.reference, chat=had_chat,
        on=words.day(local_date(desk.now), language),
    )  # fmt: skip


async def _page(
    request: web.Request, *, reference: str = "", problem: Invalid | None = None, status: int = 200
) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await register.person(viewer, request.match_info["person_id"], now=desk.now)
    found = await erasure.extent(viewer, person.person_id)
    await trail.looked_at(viewer, person.person_id, now=desk.now)
    errors = [] if problem is None else [_error(problem, language)]
    return await page(
        request, "erase.html", current="people", status=status, person=card(person, desk.now, language),
        asked="" if found.asked_at is None else words.day(local_date(found.asked_at), language),
        goes=_goes(found, language), found=found, reference=reference, errors=errors,
    )  # fmt: skip


def _goes(found: Extent, language: str) -> list[str]:
    counts = (
        ("messages", found.messages), ("notes", found.notes), ("offers", found.offers), ("meetings", found.meetings),
    )  # fmt: skip
    return [text(f"desk.erase.goes.{key}", language, n=n) for key, n in counts if n]


def _error(problem: Invalid, language: str) -> dict[str, Any]:
    field = problem.field or "reference"
    return {"id": "kept-1" if field == "kept" else field, "words": words.refusal(problem.code, language)}
