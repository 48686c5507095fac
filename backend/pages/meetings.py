"""Meetings: make one, move it, cancel it, read what the person wants to talk about, write down what was agreed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.leaving import going
from backend.rendering import page
from locales import dates, has, text
from models.actions import meetings as deeds
from models.actions import messages
from models.actions import register as trail
from models.actions.meetings import Content
from models.domain.errors import Invalid, Stale
from models.domain.localtime import COPENHAGEN
from models.domain.meetings import MeetingState, may_agree, may_change
from models.domain.staff import Viewer
from models.queries import meetings, municipality, offers, register
from models.queries.meetings import MeetingEventLine, MeetingLine
from models.transactions import alone, atomic

_FIELDS: Final = ("about", "starts", "minutes", "where", "with_whom")
_MINUTES: Final = (15, 30, 45, 60, 90, 120, 180, 240)
_USUAL: Final = 60
_SIGN: Final = {"planned": "waiting", "held": "done", "missed": "quiet", "cancelled": "quiet"}


async def one(request: web.Request) -> web.StreamResponse:
    """One meeting: when and where, what the person said, what was agreed, and what may be done."""
    return await _page(request)


async def new(request: web.Request) -> web.StreamResponse:
    """The form of a new meeting, from an offer or not."""
    viewer, offer_id = request[VIEWER], context.row_id(request.query.get("offer", ""))
    address = (await municipality.decided(viewer)).address
    values: dict[str, Any] = {"minutes": str(_USUAL), "offer": offer_id, "where": address}
    if offer_id:
        found = await offers.offer(viewer, offer_id)
        values |= {"about": found.offer.content.get("title", ""), "with_whom": found.offer.content.get("with_whom", ""),
                   "where": found.offer.content.get("where", "") or address}  # fmt: skip
    return await _form_page(request, request.match_info["person_id"], None, values)


async def make(request: web.Request) -> web.StreamResponse:
    """Make it; the person is told."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    try:
        meeting_id = await deeds.make(
            request[VIEWER], person_id, _content(form), starts_at=_starts(form), minutes=form.number("minutes"),
            now=now, offer_id=context.row_id(form.text("offer")),
        )  # fmt: skip
    except Invalid as refused:
        return await _form_page(request, person_id, None, dict(form.values), refused)
    raise going(f"/meetings/{meeting_id}", said="meeting_made")


async def edit(request: web.Request) -> web.StreamResponse:
    """The form with how the meeting stands."""
    found = await meetings.meeting(request[VIEWER], request.match_info["meeting_id"], now=context.desk(request).now)
    return await _form_page(request, found.meeting.person_id, found.meeting, _typed(found.meeting))


async def change(request: web.Request) -> web.StreamResponse:
    """Move it, or change where or with whom; the person is told, and what they had said is answered by it."""
    form, now = await forms.read(request), context.desk(request).now
    meeting_id = request.match_info["meeting_id"]
    try:
        await _change(
            request[VIEWER], meeting_id, _content(form), _starts(form), form.number("minutes"),
            form.number("sequence"), now=now,
        )  # fmt: skip
    except (Invalid, Stale) as refused:
        typed, found = dict(form.values), (await meetings.meeting(request[VIEWER], meeting_id, now=now)).meeting
        if isinstance(refused, Stale) and not may_change(found.state, found.starts_at, now):
            unsaved = _shown(typed, found, refused, now, context.language(request))["unsaved"]
            return await _page(request, problem=refused.code, status=409, unsaved=unsaved)
        return await _form_page(request, found.person_id, found, typed, refused)
    raise going(f"/meetings/{meeting_id}", said="meeting_changed")


async def cancel(request: web.Request) -> web.StreamResponse:
    """Cancel it; the person is told."""
    form, meeting_id = await forms.read(request), request.match_info["meeting_id"]
    sequence = form.number("sequence") if form.text("sequence") else None
    try:
        await _cancel(request[VIEWER], meeting_id, sequence, now=context.desk(request).now)
    except Stale as refused:
        return await _page(request, problem=refused.code, status=409)
    raise going(f"/meetings/{meeting_id}", said="meeting_cancelled")


async def correct(request: web.Request) -> web.StreamResponse:
    """It did, or did not, take place."""
    form, meeting_id = await forms.read(request), request.match_info["meeting_id"]
    to = MeetingState.MISSED if form.text("to") == "missed" else MeetingState.HELD
    try:
        await deeds.correct(request[VIEWER], meeting_id, to, now=context.desk(request).now)
    except Stale as refused:
        return await _page(request, problem=refused.code, status=409)
    raise going(f"/meetings/{meeting_id}", said=f"meeting_{to.value}")


async def agree(request: web.Request) -> web.StreamResponse:
    """What was agreed: the person is asked whether it is right."""
    form, meeting_id = await forms.read(request), request.match_info["meeting_id"]
    try:
        await _agree(request[VIEWER], meeting_id, form.text("agreed"), _version(form), now=context.desk(request).now)
    except (Invalid, Stale) as refused:
        # Refused at what was typed, the form stays one for what its writer read.
        status, version = (422, _version(form)) if isinstance(refused, Invalid) else (409, None)
        return await _page(request, problem=refused.code, status=status, agreed=form.text("agreed"), version=version)
    raise going(f"/meetings/{meeting_id}", said="meeting_agreed")


def meeting_line(one: MeetingLine, now: datetime, language: str) -> dict[str, Any]:
    """One meeting in a list."""
    said = _said(one, language)
    return {
        "title": one.content.get("about", ""),
        "name": one.name,
        "words": " · ".join(filter(None, (one.content.get("with_whom", ""), one.content.get("where", "")))),
        "href": f"/meetings/{one.meeting_id}",
        "kind": said["kind"],
        "state": said["words"],
        "when": dates.when(one.starts_at, now, language),
        "promise": words.promise(one.promised_at, now, language, broken=one.broken) if one.cannot_at else None,
        "topics": one.topics,
        "trouble": untold(one, language),
    }


def untold(one: MeetingLine, language: str) -> str:
    """Why the person does not know of it, or perhaps not; "" when they do, or soon will."""
    if not one.trouble:
        return ""
    reason = one.untold or (one.told.reason if one.told else "")
    return text("desk.meeting.untold", language, name=one.first_name, reason=words.letter_reason(reason, language))


def _said(one: MeetingLine, language: str) -> dict[str, str]:
    """The sign of a meeting: where it is, and what the person said."""
    key = one.state.value
    if one.state is MeetingState.PLANNED and one.cannot_at:
        key = "cannot"
    elif one.state is MeetingState.HELD:
        key = {"right": "right", "not_quite": "not_quite"}.get(one.verdict, "asked" if one.agreed else "held")
    kind = {"cannot": "due", "held": "due", "not_quite": "due", "asked": "waiting", "right": "done"}.get(
        key, _SIGN.get(key, "quiet")
    )
    return {"kind": kind, "words": text(f"desk.meeting_state.{key}", language)}


async def _page(
    request: web.Request, *, problem: str = "", status: int = 200, agreed: str | None = None,
    version: int | None = None, unsaved: Sequence[Mapping[str, str]] = (),
) -> web.Response:  # fmt: skip
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    found = await meetings.meeting(viewer, request.match_info["meeting_id"], now=desk.now)
    meeting = found.meeting
    await trail.looked_at(viewer, meeting.person_id, now=desk.now, what="meeting.view", about=meeting.meeting_id)
    said = _said(meeting, language)
    return await page(
        request, "meeting.html", current="people", status=status,
        person={"name": meeting.name, "first_name": meeting.first_name, "href": f"/people/{meeting.person_id}"},
        meeting={
            **meeting_line(meeting, desk.now, language), "id": meeting.meeting_id, "state": meeting.state.value,
            "sign": said, "advice": _advice(meeting, desk.now, language), "facts": _facts(meeting, desk.now, language),
            "topics_when": dates.when(meeting.topics_at, desk.now, language) if meeting.topics_at else "",
            "version": meeting.agreed_version if version is None else version, "agreed": meeting.agreed,
            "sequence": meeting.sequence,
            "agreed_by": text(
                "desk.meeting.agreed_by", language, name=meeting.agreed_by or "–",
                when=dates.when(meeting.agreed_at, desk.now, language),
            ) if meeting.agreed_at else "",
        },
        told=words.delivery(meeting.told, desk.now, language),
        typed=meeting.agreed if agreed is None else agreed, unsaved=unsaved,
        may_change=may_change(meeting.state, meeting.starts_at, desk.now),
        may_agree=may_agree(meeting.state, meeting.starts_at, desk.now),
        may_miss=meeting.state is MeetingState.HELD and not meeting.agreed,
        history=[_event(event, meeting, desk.now, language) for event in reversed(found.history)],
        problem=words.refusal(problem, language) if problem else "",
    )  # fmt: skip


def _advice(one: MeetingLine, now: datetime, language: str) -> str:
    """The one line that says what to do now."""
    if one.state is MeetingState.PLANNED and one.cannot_at:
        key = "cannot"
    elif one.state is MeetingState.PLANNED:
        key = "topics" if one.topics else "planned" if one.starts_at > now else "begun"
    elif one.state is MeetingState.HELD:
        key = {"right": "right", "not_quite": "not_quite"}.get(one.verdict, "asked" if one.agreed else "held")
    else:
        key = one.state.value
    return text(f"desk.meeting.advice.{key}", language, name=one.first_name)


def _facts(one: MeetingLine, now: datetime, language: str) -> list[dict[str, str]]:
    said = {
        "starts": text(
            "desk.meeting.from_to", language, start=dates.when(one.starts_at, now, language),
            end=dates.clock(one.ends_at, language),
        ),
        "where": one.content.get("where", ""),
        "with_whom": one.content.get("with_whom", ""),
        "made_by": one.made_by,
    }  # fmt: skip
    return [
        {"term": text(f"desk.meeting_form.{key}", language), "words": value} for key, value in said.items() if value
    ]


def _event(event: MeetingEventLine, one: MeetingLine, now: datetime, language: str) -> list[str]:
    key = f"desk.happened.meeting.{event.deed.replace('.', '_')}"
    said = text(key if has(key) else "desk.happened.meeting.other", language)
    by_nobody = event.deed in {"held", "missed"} and not event.who
    return [
        dates.short(event.at, now, language),
        event.who or ("–" if by_nobody else one.first_name),
        f"{said}: {event.words}" if event.words else said,
    ]


async def _form_page(
    request: web.Request,
    person_id: str,
    found: MeetingLine | None,
    values: dict[str, Any],
    refused: Invalid | Stale | None = None,
) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await register.person(viewer, person_id, now=desk.now)
    await trail.looked_at(viewer, person_id, now=desk.now, what="meeting.edit", about=found.meeting_id if found else "")
    errors = []
    if isinstance(refused, Invalid):
        field = refused.field if refused.field in _FIELDS else "about"
        errors.append({"id": field.replace("_", "-"), "words": words.refusal(refused.code, language)})
    shown = _shown(values, found, refused, desk.now, language)
    values = shown["values"]
    minutes = str(values.get("minutes", _USUAL))
    lengths = sorted(
        {*map(str, _MINUTES), *([minutes] if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else [])},
        key=int,
    )
    return await page(
        request, "meeting_form.html", current="people", status=422 if errors else 409 if refused else 200,
        person={"name": person.name, "first_name": person.first_name, "href": f"/people/{person_id}"},
        values={"offer": "", **dict.fromkeys(_FIELDS, ""), **values, "minutes": minutes}, errors=errors,
        lengths=[{"value": n, "words": text("desk.meeting_form.minutes_n", language, n=int(n))} for n in lengths],
        action=f"/meetings/{found.meeting_id}" if found else f"/people/{person_id}/meetings",
        back=f"/meetings/{found.meeting_id}" if found else f"/people/{person_id}/meetings",
        changing=found is not None, sequence=shown["seen"], unsaved=shown["unsaved"],
        reachable=person.link == "active",
        problem=words.refusal(refused.code, language) if isinstance(refused, Stale) else "",
    )  # fmt: skip


def _shown(
    values: Mapping[str, str], found: MeetingLine | None, refused: Invalid | Stale | None, now: datetime, language: str
) -> dict[str, Any]:
    """What the form shows; where a colleague was quicker how the meeting stands, and beside it what was typed."""
    if found is None or refused is None:
        return {"values": values, "unsaved": [], "seen": found.sequence if found else 0}
    typed = {**values, "seen": values.get("sequence", "")}
    stands, named = _typed(found), {}
    with contextlib.suppress(ValueError):
        starts = datetime.fromisoformat(typed.get("starts", "")).replace(tzinfo=COPENHAGEN)
        named["starts"] = {typed["starts"]: dates.when(starts, now, language)}
    with contextlib.suppress(ValueError):
        minutes = typed.get("minutes", "")
        named["minutes"] = {minutes: text("desk.meeting_form.minutes_n", language, n=int(minutes))}
    return forms.shown(
        typed, stands, {field: text(f"desk.meeting_form.{field}", language) for field in _FIELDS},
        refused_at="about" if isinstance(refused, Invalid) else "", seen=str(found.sequence), named=named,
    )  # fmt: skip


@atomic
async def _change(
    viewer: Viewer,
    meeting_id: str,
    content: Content,
    starts_at: datetime,
    minutes: int,
    sequence: int,
    *,
    now: datetime,
) -> None:
    await alone("meeting", meeting_id)
    waiting = await meetings.waiting(viewer, meeting_id)
    changed = await deeds.change(
        viewer, meeting_id, content, starts_at=starts_at, minutes=minutes, sequence=sequence, now=now
    )
    if changed:
        await messages.settle(viewer, waiting, by=meeting_id, now=now)


@atomic
async def _cancel(viewer: Viewer, meeting_id: str, sequence: int | None, *, now: datetime) -> None:
    waiting = await meetings.waiting(viewer, meeting_id)
    await deeds.cancel(viewer, meeting_id, sequence=sequence, now=now)
    await messages.settle(viewer, waiting, by=meeting_id, now=now)


@atomic
async def _agree(viewer: Viewer, meeting_id: str, agreed: str, version: int, *, now: datetime) -> None:
    waiting = await meetings.waiting(viewer, meeting_id)
    await deeds.agree(viewer, meeting_id, agreed, version=version, now=now)
    await messages.settle(viewer, waiting, by=meeting_id, now=now)


def _content(form: Form) -> Content:
    return Content(about=form.line("about"), where=form.line("where"), with_whom=form.line("with_whom"))


def _starts(form: Form) -> datetime:
    moment = form.moment("starts")
    if not moment:
        raise Invalid("date_unreadable", "starts")
    return datetime.fromisoformat(moment)


def _version(form: Form) -> int:
    return form.number("version") if form.text("version") else 0


def _typed(one: MeetingLine) -> dict[str, str]:
    """How it stands, as the form's fields take it: local wall time."""
    return {
        "about": one.content.get("about", ""),
        "where": one.content.get("where", ""),
        "with_whom": one.content.get("with_whom", ""),
        "starts": one.starts_at.astimezone(COPENHAGEN).strftime("%Y-%m-%dT%H:%M"),
        "minutes": str(one.minutes),
        "offer": one.offer_id,
    }
