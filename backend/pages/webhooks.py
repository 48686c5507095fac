"""Webhooks of the municipality: registered, tried, started again, removed. A new one's secret is shown this once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.administration import rooms
from backend.pages.leaving import going
from backend.rendering import page
from locales import text
from models.actions import webhooks as deeds
from models.actions.webhooks import Registered
from models.domain.api import EVENTS
from models.domain.errors import Invalid, Stale
from models.queries import webhooks
from models.queries.webhooks import WebhookLine

_KINDS: Final = {"active": "done", "failing": "due", "disabled": "failed"}


async def show(request: web.Request) -> web.StreamResponse:
    """All of them, and how each does."""
    return await _webhooks_page(request)


async def add(request: web.Request) -> web.StreamResponse:
    """One more: the answer is a page and no redirect, for the secret it shows exists nowhere else."""
    form, desk = await forms.read(request), context.desk(request)
    try:
        made = await deeds.register(
            request[VIEWER], form.line("address"), form.several.get("events", ()), loopback=desk.settings.demo,
            now=desk.now, real_now=desk.clock.real_now(),
        )  # fmt: skip
    except Invalid as refused:
        return await _webhooks_page(request, typed=form, field=refused.field or "address", problem=refused.code)
    return await _webhooks_page(request, made=made)


async def remove(request: web.Request) -> web.StreamResponse:
    """It is told nothing more."""
    await deeds.remove(request[VIEWER], request.match_info["webhook_id"], now=context.desk(request).now)
    raise going("/administration/webhooks", said="webhook_removed")


async def enable(request: web.Request) -> web.StreamResponse:
    """Try again with one that was given up."""
    desk = context.desk(request)
    await deeds.enable(request[VIEWER], request.match_info["webhook_id"], now=desk.now, real_now=desk.clock.real_now())
    raise going("/administration/webhooks", said="webhook_enabled")


async def test(request: web.Request) -> web.StreamResponse:
    """Send a test."""
    desk = context.desk(request)
    try:
        await deeds.test(
            request[VIEWER], request.match_info["webhook_id"], now=desk.now, real_now=desk.clock.real_now()
        )
    except Stale as refused:
        return await _webhooks_page(request, problem=refused.code, status=409)
    raise going("/administration/webhooks", said="webhook_tested")


async def _webhooks_page(
    request: web.Request, *, made: Registered | None = None, typed: Form | None = None, field: str = "",
    problem: str = "", status: int = 0,
) -> web.Response:  # fmt: skip
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    found = await webhooks.webhooks(viewer)
    errors = [{"id": "events-1" if field == "events" else "address", "words": words.refusal(problem, language)}]
    chosen = list(typed.several.get("events", ())) if typed else [event.value for event in EVENTS]
    return await page(
        request, "webhooks.html", current="administration", status=status or (422 if problem else 200),
        rooms=rooms(viewer, "webhooks", language), secret=made.secret if made else "",
        lines=[_line(one, desk.now, language) for one in found],
        events=[{"value": event.value, "words": _event(event.value, language)} for event in EVENTS],
        values={"address": typed.line("address") if typed else "", "events": chosen},
        errors=errors if problem else [],
    )  # fmt: skip


def _line(one: WebhookLine, now: datetime, language: str) -> dict[str, Any]:
    why = text(f"desk.webhooks.failure.{one.failure}", language) if one.failure else ""
    return {
        "id": one.webhook_id, "address": one.address, "kind": _KINDS[one.state],
        "state": text(f"desk.webhooks.state.{one.state}", language), "why": why,
        "events": ", ".join(_event(event, language) for event in one.events),
        "told": text("desk.webhooks.told", language, when=words.since(one.succeeded_at, now, language))
        if one.succeeded_at
        else text("desk.webhooks.never_told", language),
        "waiting": text("desk.webhooks.waiting", language, n=one.waiting) if one.waiting else "",
        "off": one.state == "disabled",
    }  # fmt: skip


def _event(event: str, language: str) -> str:
    return text(f"desk.webhooks.event.{event.replace('.', '_')}", language)
