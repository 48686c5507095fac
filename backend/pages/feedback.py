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
from models.queries.feedback import FeedbackLine, Loops, Show

_CLOSINGS = {"done": State.DONE, "explained": State.EXPLAINED}


async def show(request: web.Request) -> web.StreamResponse:
    """What waits for me by its promise, all open loops, or the closed ones; and how the loops of a year went."""
    asked = request.query.get("show", "")
    shown = Show(asked) if asked in set(Show) else Show.MINE
    now, language = context.desk(request).now, context.language(request)
    after = context.after(request)
    found = await feedback.feedback_page(request[VIEWER], shown, after=after)
    there = f"/feedback?show={shown.value}"
    if after and not found.lines:
        raise going(there)
    return await page(
        request, "feedbacks.html", current="feedback", show=shown.value,
        tabs=[
            {"href": f"/feedback?show={one.value}", "words": text(f"desk.feedback.{one.value}", language),
             "current": one is shown}
            for one in Show
        ],
        items=[_line(one, now, language) for one in found.lines], total=found.total,
        earlier=f"{there}&after={max(0, after - feedback.PAGE)}" if after else "",
        later=f"{there}&after={after + feedback.PAGE}" if after + feedback.PAGE < found.total else "",
        loops=_loops(await feedback.loops(request[VIEWER], now=now), language),
    )  # fmt: skip


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
    """Answer; and at once, or later, say what came of it. The person hears it in the chat."""
    form, now = await forms.read(request), context.desk(request).now
    feedback_id, said, chosen = request.match_info["feedback_id"], form.text("body"), form.text("closing")
    try:
        if chosen not in {*_CLOSINGS, "later"}:
            raise Invalid("feedback_closing_missing", "closing")
        await deeds.answer(request[VIEWER], feedback_id, said, _CLOSINGS.get(chosen), now=now)
    except (Invalid, Stale) as refused:
        return await _refused(request, refused, said, chosen)
    raise going("/feedback", said="feedback_answered" if chosen in _CLOSINGS else "feedback_answered_later")


async def close(request: web.Request) -> web.StreamResponse:
    """What came of an answer: done, or explained why not, in words."""
    form, now = await forms.read(request), context.desk(request).now
    feedback_id, said, chosen = request.match_info["feedback_id"], form.text("body"), form.text("closing")
    try:
        if chosen not in _CLOSINGS:
            raise Invalid("feedback_closing_missing", "closing")
        await deeds.close(request[VIEWER], feedback_id, _CLOSINGS[chosen], said, now=now)
    except (Invalid, Stale) as refused:
        return await _refused(request, refused, said, chosen)
    raise going("/feedback", said="feedback_closed")


async def _refused(request: web.Request, refused: Invalid | Stale, said: str, closing: str) -> web.Response:
    field = refused.field if isinstance(refused, Invalid) and refused.field else "words"
    return await _feedback_page(request, typed=said, closing=closing, field=field, problem=refused.code, status=422)


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
    offered = ("later", "done", "explained") if found.state in {"said", "seen"} else ("done", "explained")
    return await page(
        request, "feedback.html", current="feedback", status=status, item=_line(found, now, language),
        values={"words": typed, "closing": closing}, errors=errors,
        unsaved=[{"term": text("desk.feedback.answer", language, name=found.first_name), "words": typed}]
        if typed.strip() and found.state in _CLOSINGS else [],
        closings=[
            {"value": value, "words": text(f"desk.feedback.closing.{value}", language)} for value in offered
        ],
    )  # fmt: skip


def _line(one: FeedbackLine, now: datetime, language: str) -> dict[str, Any]:
    about = text(f"desk.feedback.about.{one.about}", language)
    closed = one.state in _CLOSINGS
    owner = text("desk.feedback.owner", language, name=one.owner) if one.owner and not closed else ""
    return {
        "id": one.feedback_id,
        "href": f"/feedback/{one.feedback_id}",
        "person_href": f"/people/{one.person_id}",
        "name": one.name,
        "first_name": one.first_name,
        "title": text("desk.feedback.line", language, name=one.name, about=about),
        "kind": "done" if closed else "due" if one.mine or not one.owner else "waiting",
        "state": one.state,
        "state_words": text(f"desk.feedback.state.{one.state}", language),
        "words": one.words,
        "files": lines_of(one.files, language),
        "audience": text(f"desk.feedback.audience.{one.audience}", language),
        "promise": None if closed else words.promise(one.promised_at, now, language, broken=one.broken),
        "meta": dates.when(one.closed_at if closed and one.closed_at else one.said_at, now, language),
        "owner": owner,
        "reopened": one.reopened,
        "steps": [
            {
                "when": words.moment(step.at, now, language),
                "words": text(f"desk.feedback.step.{step.deed}", language),
                "who": step.who,
                "said": step.words,
            }
            for step in one.steps
        ],
        "quote": "",
    }


def _loops(found: Loops, language: str) -> list[dict[str, str]]:
    numbers = ("said", "open", "done", "explained", "reopened", "broken")
    facts = [
        {"term": text(f"desk.feedback.loops.{name}", language), "words": str(getattr(found, name))} for name in numbers
    ]
    if found.counted is not None:
        facts.append({"term": text("desk.feedback.loops.counted", language), "words": str(found.counted)})
    return facts if found.said or found.counted else []
