"""Feedback: said, seen, answered, done or explained. The loop is closed here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages.files import lines_of
from backend.pages.leaving import going
from backend.rendering import page
from locales import dates, text
from models.actions import feedback as deeds
from models.actions import register as trail
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.feedback import State
from models.queries import feedback
from models.queries.feedback import FeedbackLine


async def show(request: web.Request) -> web.StreamResponse:
    """Open loops by their promise, or the closed ones."""
    closed = request.query.get("show") == "closed"
    now, language = context.desk(request).now, context.language(request)
    found = await feedback.feedbacks(request[VIEWER], closed=closed)
    return await page(
        request, "feedbacks.html", current="feedback", closed=closed, items=[_line(one, now, language) for one in found]
    )


async def one(request: web.Request) -> web.StreamResponse:
    """One piece of feedback. Looking is written to the trail; a button (or desk.js) tells the person it was read."""
    return await _feedback_page(request)


async def see(request: web.Request) -> web.StreamResponse:
    """Read by a human: the person is told by whom."""
    feedback_id = request.match_info["feedback_id"]
    await deeds.see(request[VIEWER], feedback_id, now=context.desk(request).now)
    if "X-CSRF-Token" in request.headers:
        return web.Response(status=204)
    raise going(f"/feedback/{feedback_id}")


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer and close the loop: done, or explained why not. The person hears it in the chat."""
    form, now = await forms.read(request), context.desk(request).now
    feedback_id, said = request.match_info["feedback_id"], form.text("body")
    closing = {"done": State.DONE, "explained": State.EXPLAINED}.get(form.text("closing"))
    try:
        if closing is None:
            raise Invalid("feedback_closing_missing", "closing")
        await deeds.answer(request[VIEWER], feedback_id, said, closing, now=now)
    except (Invalid, Stale) as refused:
        field = refused.field if isinstance(refused, Invalid) and refused.field else "words"
        return await _feedback_page(
            request, typed=said, closing=form.text("closing"), field=field, problem=refused.code, status=422
        )
    raise going("/feedback", said="feedback_answered")


async def _feedback_page(
    request: web.Request, *, typed: str = "", closing: str = "", field: str = "", problem: str = "", status: int = 200
) -> web.Response:
    viewer, now, language = request[VIEWER], context.desk(request).now, context.language(request)
    found = await feedback.feedback(viewer, request.match_info["feedback_id"])
    await trail.looked_at(viewer, found.person_id, now=now, what="feedback.view", about=found.feedback_id)
    if not found.words:
        raise NotFound
    errors = []
    if problem:
        errors.append({"id": "closing-1" if field == "closing" else "words", "words": words.refusal(problem, language)})
    return await page(
        request, "feedback.html", current="feedback", status=status, item=_line(found, now, language),
        values={"words": typed, "closing": closing}, errors=errors,
        closings=[
            {"value": value, "words": text(f"desk.feedback.closing.{value}", language)}
            for value in ("done", "explained")
        ],
    )  # fmt: skip


def _line(one: FeedbackLine, now: datetime, language: str) -> dict[str, Any]:
    about = text(f"desk.feedback.about.{one.about}", language)
    closed = one.state in {"done", "explained"}
    return {
        "id": one.feedback_id,
        "href": f"/feedback/{one.feedback_id}",
        "person_href": f"/people/{one.person_id}",
        "name": one.name,
        "first_name": one.first_name,
        "title": text("desk.feedback.line", language, name=one.name, about=about),
        "kind": "done" if closed else "due",
        "state": one.state,
        "state_words": text(f"desk.feedback.state.{one.state}", language),
        "words": one.words,
        "files": lines_of(one.files, language),
        "audience": text(f"desk.feedback.audience.{one.audience}", language),
        "promise": None if closed else words.promise(one.promised_at, now, language),
        "meta": dates.when(one.said_at, now, language),
        "answer": one.answer,
        "answered_by": one.answered_by,
        "seen_by": one.seen_by,
        "quote": "",
    }
