"""Offers: by state, making and revising one, showing it, starting, pausing, ending."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.leaving import going
from backend.rendering import page
from locales import dates, has, text
from models.actions import offers as deeds
from models.actions import register as trail
from models.actions.offers import Content
from models.domain.errors import Invalid, Stale
from models.domain.localtime import COPENHAGEN
from models.domain.offers import OfferState, waiting_days
from models.domain.staff import Viewer
from models.queries import offers, register
from models.queries.offers import Event, OfferLine, OfferView
from models.transactions import alone, atomic

_FIELDS: Final = ("title", "what", "with_whom", "starts", "how_often", "where", "purpose", "next_meeting")
_STATE: Final = OfferState
#: What may be done with an offer in each state, in the order of the buttons.
STEPS: Final = {
    _STATE.DRAFT: ("publish", "revise", "withdraw"),
    _STATE.PUBLISHED: ("revise", "withdraw"),
    _STATE.CHANGE_ASKED: ("revise", "withdraw"),
    _STATE.ACCEPTED: ("start", "revise", "withdraw"),
    _STATE.DECLINED: ("revise",),
    _STATE.STARTED: ("pause", "end", "revise"),
    _STATE.PAUSED: ("start", "end", "revise"),
    _STATE.ENDED: (),
    _STATE.WITHDRAWN: (),
}
_GROUPS: Final = (
    ("change_asked", (_STATE.CHANGE_ASKED,)),
    ("accepted", (_STATE.ACCEPTED,)),
    ("waiting", (_STATE.PUBLISHED,)),
    ("drafts", (_STATE.DRAFT,)),
    ("declined", (_STATE.DECLINED,)),
    ("running", (_STATE.STARTED, _STATE.PAUSED)),
)


async def show(request: web.Request) -> web.StreamResponse:
    """All offers within reach by what is to be done with them, and the range of offers."""
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    found = await offers.offers(viewer, [state for _, states in _GROUPS for state in states])
    kinds = await offers.kinds(viewer)
    return await page(
        request, "offers.html", current="offers",
        groups=[
            {
                "key": key,
                "offers": [line_of(one, desk.now, language, named=True) for one in found if one.state in states],
            }
            for key, states in _GROUPS
        ],
        waiting=sum(one.state is OfferState.PUBLISHED for one in found),
        kinds=[
            {"name": kind.title, "words": kind.description,
             "running": text("desk.offers.running_n", language, n=kind.running)}
            for kind in kinds
        ],
    )  # fmt: skip


async def one(request: web.Request) -> web.StreamResponse:
    """One offer as the young person reads it, its history, and what may be done."""
    return await _offer_page(request)


async def new(request: web.Request) -> web.StreamResponse:
    """The form of a new offer."""
    return await _form_page(request, request.match_info["person_id"], None, {})


async def draft(request: web.Request) -> web.StreamResponse:
    """Make a draft; it is read through before anybody is shown it."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    try:
        kind = form.line("kind")[:24]
        offer_id = await _draft_once(request[VIEWER], person_id, kind, _content(form), now=now)
    except Invalid as refused:
        return await _form_page(request, person_id, None, dict(form.values), refused)
    raise going(f"/offers/{offer_id}", said="offer_drafted")


async def edit(request: web.Request) -> web.StreamResponse:
    """The form with what the offer says now."""
    found = await offers.offer(request[VIEWER], request.match_info["offer_id"])
    return await _form_page(request, found.offer.person_id, found, _typed(found.offer))


async def revise(request: web.Request) -> web.StreamResponse:
    """Change what it says; a published one is shown anew. What somebody else changed meanwhile is not run over."""
    form, now = await forms.read(request), context.desk(request).now
    offer_id = request.match_info["offer_id"]
    try:
        await _revise_seen(request[VIEWER], offer_id, _content(form), form.text("revision"), now=now)
    except (Invalid, Stale) as refused:
        found = await offers.offer(request[VIEWER], offer_id)
        return await _form_page(request, found.offer.person_id, found, dict(form.values), refused)
    raise going(f"/offers/{offer_id}", said="offer_revised")


async def move(request: web.Request) -> web.StreamResponse:
    """Show it, start, pause, end or withdraw it."""
    form, now = await forms.read(request), context.desk(request).now
    offer_id, deed = request.match_info["offer_id"], form.text("deed")
    try:
        if deed == "publish":
            await deeds.publish(request[VIEWER], offer_id, now=now)
        else:
            await deeds.move(request[VIEWER], offer_id, deed, now=now)
    except (Stale, Invalid) as refused:
        return await _offer_page(request, problem=refused.code, status=409)
    raise going(f"/offers/{offer_id}", said=f"offer_{deed}")


def line_of(one: OfferLine, now: datetime, language: str, *, named: bool = False) -> dict[str, Any]:
    """One offer in a list."""
    status = words.offer_status(one.state, language)
    since = ""
    if one.state is OfferState.PUBLISHED and one.published_at:
        since = text("desk.offers.waiting_days", language, n=waiting_days(one.published_at, now))
        if one.seen_at:
            since += f" · {text('desk.offers.seen', language, when=dates.when(one.seen_at, now, language))}"
    elif one.answered_at or one.published_at or one.created_at:
        since = dates.when(one.answered_at or one.published_at or one.created_at, now, language)
    return {
        "name": one.name if named else "",
        "title": one.content.get("title", ""),
        "words": _told(one, language),
        "href": f"/offers/{one.offer_id}",
        "kind": status["kind"],
        "state": status["words"],
        "since": since,
    }


def _told(one: OfferLine, language: str) -> str:
    parts = [
        one.content.get("with_whom", ""),
        one.content.get("how_often", ""),
        _date(one.content.get("starts", ""), language),
    ]
    return " · ".join(filter(None, parts))


def _date(iso: str, language: str) -> str:
    try:
        return (
            text("desk.offers.from", language, day=words.day(datetime.fromisoformat(iso).date(), language))
            if iso
            else ""
        )
    except ValueError:
        return ""


async def _offer_page(request: web.Request, *, problem: str = "", status: int = 200) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    found = await offers.offer(viewer, request.match_info["offer_id"])
    offer = found.offer
    await trail.looked_at(viewer, offer.person_id, now=desk.now, what="offer.view", about=offer.offer_id)
    return await page(
        request, "offer.html", current="offers", status=status,
        person={"name": offer.name, "first_name": offer.first_name, "href": f"/people/{offer.person_id}"},
        offer={
            "id": offer.offer_id, "title": offer.content.get("title", ""), **words.offer_status(offer.state, language),
            "state": offer.state.value, "seen": bool(offer.seen_at), "revision": offer.revision,
            "facts": _facts(offer, desk.now, language), "what": offer.content.get("what", ""),
        },
        steps=[step for step in STEPS[offer.state] if step != "revise"], may_revise="revise" in STEPS[offer.state],
        history=[_event(event, offer, language) for event in reversed(found.history)],
        problem=words.refusal(problem, language) if problem else "",
    )  # fmt: skip


def _facts(offer: OfferLine, now: datetime, language: str) -> list[dict[str, str]]:
    meeting = offer.content.get("next_meeting", "")
    said = {
        "with_whom": offer.content.get("with_whom", ""),
        "starts": _date(offer.content.get("starts", ""), language),
        "how_often": offer.content.get("how_often", ""),
        "where": offer.content.get("where", ""),
        "purpose": offer.content.get("purpose", ""),
        "next_meeting": dates.when(datetime.fromisoformat(meeting), now, language) if meeting else "",
    }
    return [{"term": text(f"desk.offer_form.{key}", language), "words": value} for key, value in said.items() if value]


def _event(event: Event, offer: OfferLine, language: str) -> list[str]:
    key = f"desk.happened.offer.{event.deed.replace('.', '_')}"
    said = text(key if has(key) else "desk.happened.offer.other", language)
    return [
        dates.short(event.at, language),
        event.who or offer.first_name,
        f"{said}: {event.words}" if event.words else said,
    ]


async def _form_page(
    request: web.Request,
    person_id: str,
    found: OfferView | None,
    values: dict[str, Any],
    refused: Invalid | Stale | None = None,
) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await register.person(viewer, person_id, now=desk.now)
    await trail.looked_at(
        viewer, person_id, now=desk.now, what="offer.edit", about=found.offer.offer_id if found else ""
    )
    kinds = await offers.kinds(viewer)
    errors = []
    if isinstance(refused, Invalid):
        field = refused.field if refused.field in _FIELDS else "title"
        errors.append({"id": (field or "title").replace("_", "-"), "words": words.refusal(refused.code, language)})
    return await page(
        request, "offer_form.html", current="offers", status=422 if errors else 409 if refused else 200,
        person={"name": person.name, "first_name": person.first_name, "href": f"/people/{person_id}"},
        kinds=[{"value": kind.kind, "words": kind.title} for kind in kinds]
        or [{"value": "other", "words": text("desk.offers.kind_other", language)}],
        values={"kind": "", **dict.fromkeys(_FIELDS, ""), **values}, errors=errors,
        action=f"/offers/{found.offer.offer_id}" if found else f"/people/{person_id}/offers",
        revising=found is not None, revision=found.offer.revision if found else 0,
        problem=words.refusal(refused.code, language) if isinstance(refused, Stale) else "",
        again=found is not None and found.offer.state not in {OfferState.DRAFT, OfferState.STARTED, OfferState.PAUSED},
    )  # fmt: skip


@atomic
async def _draft_once(viewer: Viewer, person_id: str, kind: str, content: Content, *, now: datetime) -> str:
    """A draft with exactly these words that nobody has been shown yet is the draft: a second click makes no other."""
    await alone("draft", person_id)
    said = asdict(content)
    for one in await offers.of_person(viewer, person_id):
        if one.state is OfferState.DRAFT and one.kind == kind and one.content == said:
            return one.offer_id
    return await deeds.draft(viewer, person_id, kind, content, now=now)


@atomic
async def _revise_seen(viewer: Viewer, offer_id: str, content: Content, revision: str, *, now: datetime) -> None:
    """Revise the offer the form was filled in for. Raises Stale when it has another revision by now."""
    await alone("offer", offer_id)
    found = await offers.offer(viewer, offer_id)
    if revision and revision != str(found.offer.revision):
        raise Stale("thread_moved_on")
    await deeds.revise(viewer, offer_id, content, now=now)


def _content(form: Form) -> Content:
    return Content(
        title=form.line("title"),
        what=form.text("what").strip(),
        with_whom=form.line("with_whom"),
        starts=form.line("starts"),
        how_often=form.line("how_often"),
        where=form.line("where"),
        purpose=form.text("purpose").strip(),
        next_meeting=form.moment("next_meeting"),
    )


def _typed(offer: OfferLine) -> dict[str, str]:
    """What an offer says, as the form's fields take it: the meeting as local wall time."""
    values = {field: offer.content.get(field, "") for field in _FIELDS}
    if values["next_meeting"]:
        at = datetime.fromisoformat(values["next_meeting"]).astimezone(COPENHAGEN)
        values["next_meeting"] = at.strftime("%Y-%m-%dT%H:%M")
    return {"kind": offer.kind, **values}
