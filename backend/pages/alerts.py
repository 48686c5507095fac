"""Alerts: the list, taking one, closing one with what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web

from backend import context, forms, security, words
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.rendering import page
from locales import dates, text
from models.actions import alerts as deeds
from models.actions import register as trail
from models.domain.alerts import AlertState, Reason
from models.domain.errors import Invalid, Stale
from models.domain.staff import Viewer, may
from models.queries import alerts, staff
from models.queries.alerts import AlertLine, Step


async def show(request: web.Request) -> web.StreamResponse:
    """What nobody has taken first, then what somebody has; the closed ones on their own page."""
    closed = request.query.get("show") == "closed"
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    after, there = context.after(request), "/alerts?show=closed" if closed else "/alerts?show=open"
    states = (AlertState.CLOSED.value,) if closed else (AlertState.OPEN.value, AlertState.ACKNOWLEDGED.value)
    found = await alerts.alert_page(viewer, states, most=alerts.PAGE, after=after)
    if after and not found.lines:
        raise going(there)  # what stood there is dealt with, and more may wait before it
    duty = await staff.duty(viewer, now=desk.now)
    return await page(
        request, "alerts.html", current="today", alerts=[line_of(alert, desk.now, language) for alert in found.lines],
        waiting=found.waiting, closed=closed, duty=duty.name or text("desk.today.duty_nobody", language),
        earlier=f"{there}&after={max(0, after - alerts.PAGE)}" if after else "",
        later=f"{there}&after={after + alerts.PAGE}" if after + alerts.PAGE < found.total else "",
    )  # fmt: skip


async def one(request: web.Request) -> web.StreamResponse:
    """One alert with its history and the form to close it."""
    return await _alert_page(request)


async def acknowledge(request: web.Request) -> web.StreamResponse:
    """I take it. Somebody may have been first: then the page says who. From a thread it leads back to it."""
    form, alert_id, now = await forms.read(request), request.match_info["alert_id"], context.desk(request).now
    try:
        await deeds.acknowledge(request[VIEWER], alert_id, now=now)
    except Stale as refused:
        return await _alert_page(request, problem=refused.code, status=409)
    back = form.text("back")
    there = f"{security.safe_back(back)}#latest" if back else f"/alerts/{alert_id}"
    raise going(there, said="alert_taken")


async def close(request: web.Request) -> web.StreamResponse:
    """Close it with what was done written down. Where a colleague closed it meanwhile, the words stay on the page."""
    form, now = await forms.read(request), context.desk(request).now
    alert_id, done = request.match_info["alert_id"], form.text("note")
    try:
        await deeds.close(request[VIEWER], alert_id, done, now=now)
    except Invalid as refused:
        return await _alert_page(request, note=done, problem=refused.code, status=422)
    except Stale as refused:
        if (await alerts.alert(request[VIEWER], alert_id)).alert.done != done.strip():
            return await _alert_page(request, note=done, problem=refused.code, status=409)
    raise going("/alerts", said="alert_closed")


def title_of(alert: AlertLine, language: str) -> str:
    """Why somebody must look, in one line with the person's name."""
    if alert.silent_since is None:
        said = text(f"desk.alert_reason.{alert.reason}", language, name=alert.name)
    else:
        since = dates.day(alert.silent_since, language, year=alert.silent_since.year != alert.raised_at.year)
        said = text("desk.alert_reason.no_contact_since", language, name=alert.name, since=since)
    return f"{said} · {text('desk.alerts.mistake', language)}" if alert.mistake else said


def with_earlier(said: str, alert: AlertLine, language: str) -> str:
    """A line about an alert, and how many of the same broken promise it stands for besides."""
    return f"{said} · {text('desk.alerts.earlier', language, n=alert.earlier)}" if alert.earlier else said


def also_to(alert: AlertLine, viewer: Viewer, language: str) -> list[dict[str, str]]:
    """Where else an alert leads: who wants the rest deleted, to where it is done, or to what must be decided first."""
    if alert.reason != Reason.WANTS_ERASURE.value or alert.state == AlertState.CLOSED.value:
        return []
    place, words = ("erase", "desk.alerts.to_erase") if may(viewer.role, "people.erase") else (
        "case-file", "desk.alerts.to_case_file"
    )  # fmt: skip
    href = f"/people/{alert.person_id}/{place}"
    return [{"words": text(words, language), "href": href, "about": alert.name}]


async def _alert_page(request: web.Request, *, note: str = "", problem: str = "", status: int = 200) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    found = await alerts.alert(viewer, request.match_info["alert_id"])
    await trail.looked_at(viewer, found.alert.person_id, now=desk.now, what="alert.view", about=found.alert.alert_id)
    said = words.refusal(problem, language) if problem else ""
    wrong = status == 422  # what a colleague was first with is no mistake in the form
    return await page(
        request, "alert.html", current="today", status=status, alert=line_of(found.alert, desk.now, language),
        also=also_to(found.alert, viewer, language),
        history=[_step(step, desk.now, language) for step in found.history], values={"note": note},
        errors=[{"id": "note", "words": said}] if wrong else [], meanwhile="" if wrong else said,
    )  # fmt: skip


def line_of(alert: AlertLine, now: datetime, language: str) -> dict[str, Any]:
    """An alert as pages show it."""
    kind = "now" if alert.kind == "read_now" else "due"
    taken = {"open": "", "acknowledged": "desk.alerts.taken_by", "closed": "desk.alerts.closed_by"}[alert.state]
    return {
        "id": alert.alert_id,
        "kind": "done" if alert.state == "closed" else kind,
        "title": title_of(alert, language),
        "quote": alert.words,
        "meta": with_earlier(
            text(taken, language, name=alert.owner or text("desk.person.nobody", language)) if taken
            else text("desk.alerts.since_and_deadline", language, since=dates.ago(alert.raised_at, now, language),
                      deadline=dates.when(alert.deadline_at, now, language)),
            alert, language,
        ),
        "earlier": alert.earlier,
        "promise": None,
        "name": alert.name,
        "person_href": f"/feedback/{alert.feedback_id}" if alert.feedback_id else f"/inbox/{alert.person_id}#latest",
        "state": alert.state if alert.state != "acknowledged" else "mine" if alert.mine else "other",
        "done": alert.done,
        "href": f"/alerts/{alert.alert_id}",
    }  # fmt: skip


def _step(step: Step, now: datetime, language: str) -> list[str]:
    deed = step.deed.removeprefix("alert.")
    known = deed in {"acknowledge", "close", "escalate", "view", "mistake"}
    said = text(f"desk.alerts.step.{deed if known else 'raised'}", language)
    young = text("desk.alerts.the_young_person", language) if deed == "mistake" else ""
    return [dates.short(step.at, now, language), step.who or young or text("desk.alerts.the_clock", language), said]
