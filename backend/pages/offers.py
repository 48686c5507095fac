"""Offers: by state, making and revising one, answering a proposal, showing it, its files, starting, pausing, ending."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages import range_words
from backend.pages.files import lines_of
from backend.pages.leaving import going
from backend.pages.meetings import meeting_line
from backend.pages.offers_history import event_line, from_day
from backend.rendering import page
from locales import dates, text
from models.actions import attachments, messages
from models.actions import offers as deeds
from models.actions import register as trail
from models.actions.offers import Content
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.localtime import COPENHAGEN, local_date
from models.domain.marks import fingerprint
from models.domain.offers import OfferState, changes, waiting_days
from models.domain.staff import Viewer
from models.queries import meetings, offers, register
from models.queries.offers import Asked, OfferLine, OfferView, WishLine
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


async def one(request: web.Request) -> web.StreamResponse:
    """One offer as the young person reads it, its history, and what may be done."""
    return await _offer_page(request)


async def new(request: web.Request) -> web.StreamResponse:
    """The form of a new offer; filled in from the wish it answers, where it does."""
    wished = await _wish_of(request, request.query.get("wish", ""))
    values = (
        {"kind": wished.kind, "title": wished.title, "what": wished.description, "purpose": wished.purpose,
         "wish": wished.wish_id}
        if wished
        else {}
    )  # fmt: skip
    return await _form_page(request, request.match_info["person_id"], None, values, wished=wished)


async def draft(request: web.Request) -> web.StreamResponse:
    """Make a draft; it is read through before anybody is shown it."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    wished = await _wish_of(request, form.text("wish"))
    try:
        kind = form.line("kind")[:24]
        offer_id = await _draft_once(
            request[VIEWER], person_id, kind, _content(form), wished.wish_id if wished else "", now=now
        )
    except Invalid as refused:
        return await _form_page(request, person_id, None, dict(form.values), refused, wished=wished)
    raise going(f"/offers/{offer_id}", said="offer_drafted")


async def edit(request: web.Request) -> web.StreamResponse:
    """The form with what the offer says now."""
    found = await offers.offer(request[VIEWER], request.match_info["offer_id"])
    return await _form_page(request, found.offer.person_id, found, _typed(found.offer))


async def revise(request: web.Request) -> web.StreamResponse:
    """Change what it says; a published one is shown anew. What somebody else changed meanwhile is not run over."""
    form, now = await forms.read(request), context.desk(request).now
    offer_id = request.match_info["offer_id"]
    answer, key = form.text("answer").strip(), _key(form.text("key"))
    try:
        await _revise_seen(
            request[VIEWER], offer_id, _content(form), form.text("revision"), answer, key, kind=form.line("kind"),
            now=now,
        )  # fmt: skip
    except (Invalid, Stale) as refused:
        found = await offers.offer(request[VIEWER], offer_id)
        return await _form_page(request, found.offer.person_id, found, dict(form.values), refused)
    raise going(f"/offers/{offer_id}", said="offer_revised")


async def move(request: web.Request) -> web.StreamResponse:
    """Show it, start, pause, end or withdraw it."""
    form, now = await forms.read(request), context.desk(request).now
    offer_id, deed = request.match_info["offer_id"], form.text("deed")
    typed = {deed: {"on": form.line("on"), "why": form.text("why")}}
    try:
        if deed == "publish":
            await _publish(request[VIEWER], offer_id, form.text("revision"), now=now)
        else:
            on = form.day("on") if form.line("on") else None
            await deeds.move(request[VIEWER], offer_id, deed, now=now, on=on, why=form.text("why"))
    except Stale as refused:
        return await _offer_page(request, problem=refused.code, status=409, typed=typed)
    except Invalid as refused:
        return await _offer_page(request, problem=refused.code, status=422, typed=typed)
    raise going(f"/offers/{offer_id}", said=f"offer_{deed}")


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer a proposal or a question in words; the offer stays as it is."""
    form, now = await forms.read(request), context.desk(request).now
    offer_id, said = request.match_info["offer_id"], form.text("answer").strip()
    try:
        await _answer(request[VIEWER], offer_id, said, _key(form.text("key")), now=now)
    except (Invalid, Stale) as refused:
        status = 422 if isinstance(refused, Invalid) else 409
        return await _offer_page(request, problem=refused.code, status=status, answer=said)
    raise going(f"/offers/{offer_id}", said="offer_answered")


async def attach(request: web.Request) -> web.StreamResponse:
    """Give a file with the offer: the young person opens it from there."""
    offer_id, now = request.match_info["offer_id"], context.desk(request).now
    found = await offers.offer(request[VIEWER], offer_id)
    form = await forms.read(request)
    chosen = form.files("file")
    if not chosen:
        return await _offer_page(request, problem="file_missing", status=422)
    try:
        for file in chosen:
            await attachments.attach(
                request[VIEWER], found.offer.person_id, name=file.filename, content=file.content, about=offer_id,
                now=now,
            )  # fmt: skip
    except Invalid as refused:
        return await _offer_page(request, problem=refused.code, status=422)
    raise going(f"/offers/{offer_id}", said="offer_attached")


def wish_line(one: WishLine, now: datetime, language: str, *, named: bool = False) -> dict[str, Any]:
    """One wish in a list."""
    waits = one.state == "waiting"
    return {
        "name": one.name if named else "",
        "title": one.title,
        "quote": one.words,
        "href": f"/wishes/{one.wish_id}",
        "kind": "due" if waits else "done" if one.state == "offered" else "quiet",
        "state": text(f"desk.wish_state.{one.state}", language),
        "since": dates.when(one.settled_at or one.made_at, now, language),
        "promise": words.promise(one.promised_at, now, language, broken=one.broken),
    }


def line_of(one: OfferLine, now: datetime, language: str, *, named: bool = False) -> dict[str, Any]:
    """One offer in a list."""
    status = words.offer_status(one.state, language)
    since = ""
    if one.state is OfferState.PUBLISHED and one.published_at:
        days = waiting_days(one.published_at, now)
        since = text("desk.offers.waiting_days" if days else "desk.offers.shown_today", language, n=days)
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
        "asked": [_asked(each, now, language) for each in one.asked],
    }


def _asked(one: Asked, now: datetime, language: str) -> dict[str, Any]:
    return {
        "words": one.words,
        "when": words.moment(one.at, now, language),
        "promise": words.promise(one.promised_at, now, language, broken=one.broken),
    }


def _told(one: OfferLine, language: str) -> str:
    parts = [
        one.content.get("with_whom", ""),
        one.content.get("how_often", ""),
        from_day(one.content.get("starts", ""), language),
    ]
    return " · ".join(filter(None, parts))


async def _offer_page(
    request: web.Request, *, problem: str = "", status: int = 200, answer: str = "",
    typed: dict[str, dict[str, str]] | None = None,
) -> web.Response:  # fmt: skip
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    found = await offers.offer(viewer, request.match_info["offer_id"])
    offer = found.offer
    met = await meetings.of_offer(viewer, offer.offer_id, now=desk.now)
    await trail.looked_at(viewer, offer.person_id, now=desk.now, what="offer.view", about=offer.offer_id)
    return await page(
        request, "offer.html", current="offers", status=status,
        person={"name": offer.name, "first_name": offer.first_name, "href": f"/people/{offer.person_id}"},
        offer={
            "id": offer.offer_id, "title": offer.content.get("title", ""), **words.offer_status(offer.state, language),
            "state": offer.state.value, "seen": bool(offer.seen_at), "mark": _mark(offer),
            "facts": _facts(offer, desk.now, language), "what": offer.content.get("what", ""),
        },
        steps=[step for step in STEPS[offer.state] if step != "revise"], may_revise="revise" in STEPS[offer.state],
        unsaved=_unsaved(typed or {}, "" if offer.asked else answer, offer, language),
        asked=[_asked(one, desk.now, language) for one in offer.asked], answer=answer, key=secrets.token_urlsafe(12),
        told=words.delivery(found.told, desk.now, language), typed=typed or {}, today=local_date(desk.now).isoformat(),
        files=lines_of(tuple(await offers.documents(viewer, offer.offer_id)), language),
        may_attach=offer.state not in {OfferState.ENDED, OfferState.WITHDRAWN},
        meetings=[meeting_line(one, desk.now, language) for one in met],
        history=[event_line(event, offer, desk.now, language) for event in reversed(found.history)],
        problem=words.refusal(problem, language) if problem else "",
    )  # fmt: skip


def _unsaved(
    typed: dict[str, dict[str, str]], answer: str, offer: OfferLine, language: str
) -> list[dict[str, str]]:  # fmt: skip
    """The reason typed for a step that is possible no longer, and the answer to what has been answered."""
    lost = [("why", one["why"].strip()) for deed, one in typed.items() if deed not in STEPS[offer.state]]
    return [
        {"term": text(f"desk.offer.{field}", language, name=offer.first_name), "words": said}
        for field, said in (*lost, ("answer", answer)) if said
    ]  # fmt: skip


def _mark(offer: OfferLine) -> str:
    """What a form was filled in for: the revision, and of a draft, which has none yet, what it says."""
    if offer.state is not OfferState.DRAFT:
        return str(offer.revision)
    return fingerprint(offer.kind, sorted(offer.content.items()))


def _shown(
    values: dict[str, Any], found: OfferView, refused: Invalid | Stale, kinds: dict[str, str], now: datetime,
    language: str,
) -> dict[str, Any]:  # fmt: skip
    """What a refused form shows: what was typed, or where a colleague was quicker what stands, and that beside it."""
    labels = {one: text(f"desk.offer_form.{'headline' if one == 'title' else one}", language) for one in _FIELDS}
    labels["kind"] = text("desk.offer_form.kind", language)
    named = {"kind": kinds, "starts": {values.get("starts", ""): from_day(values.get("starts", ""), language)}}
    with contextlib.suppress(ValueError):
        meeting = datetime.fromisoformat(values.get("next_meeting", "")).replace(tzinfo=COPENHAGEN)
        named["next_meeting"] = {values["next_meeting"]: dates.when(meeting, now, language)}
    shown = forms.shown(
        values | {"seen": values.get("revision", "")}, _typed(found.offer), labels, named=named,
        refused_at="title" if isinstance(refused, Invalid) else "", seen=_mark(found.offer),
    )  # fmt: skip
    if not found.offer.asked and values.get("answer"):
        said = {"term": text("desk.offer.answer", language, name=found.offer.first_name), "words": values["answer"]}
        shown["unsaved"].append(said)
    return shown


def _facts(offer: OfferLine, now: datetime, language: str) -> list[dict[str, str]]:
    meeting = offer.content.get("next_meeting", "")
    said = {
        "with_whom": offer.content.get("with_whom", ""),
        "starts": from_day(offer.content.get("starts", ""), language),
        "how_often": offer.content.get("how_often", ""),
        "where": offer.content.get("where", ""),
        "purpose": offer.content.get("purpose", ""),
        "next_meeting": dates.when(datetime.fromisoformat(meeting), now, language) if meeting else "",
    }
    return [{"term": text(f"desk.offer_form.{key}", language), "words": value} for key, value in said.items() if value]


async def _form_page(
    request: web.Request,
    person_id: str,
    found: OfferView | None,
    values: dict[str, Any],
    refused: Invalid | Stale | None = None,
    *,
    wished: WishLine | None = None,
) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await register.person(viewer, person_id, now=desk.now)
    await trail.looked_at(
        viewer, person_id, now=desk.now, what="offer.edit", about=found.offer.offer_id if found else ""
    )
    # A draft may become another kind of support; what is hidden from the range by now stays what it is.
    kinds = [
        one for one in await offers.kinds(viewer, hidden=found is not None)
        if one.active or one.kind == values.get("kind")
    ]  # fmt: skip
    shown = (
        _shown(values, found, refused, {one.kind: range_words.with_places(one, language) for one in kinds}, desk.now,
               language)
        if found and refused
        else {"values": values, "unsaved": [], "seen": _mark(found.offer) if found else ""}
    )  # fmt: skip
    errors = []
    if isinstance(refused, Invalid):
        field = refused.field if refused.field in {*_FIELDS, "answer"} else "title"
        errors.append({"id": (field or "title").replace("_", "-"), "words": words.refusal(refused.code, language)})
    return await page(
        request, "offer_form.html", current="offers", status=422 if errors else 409 if refused else 200,
        person={"name": person.name, "first_name": person.first_name, "href": f"/people/{person_id}"},
        kinds=[{"value": kind.kind, "words": range_words.with_places(kind, language)} for kind in kinds]
        or [{"value": "other", "words": text("desk.offers.kind_other", language)}],
        values={"kind": "", "answer": values.get("answer", ""), "wish": "", **dict.fromkeys(_FIELDS, ""),
                **shown["values"]},
        errors=errors, unsaved=shown["unsaved"],
        asked=[_asked(one, desk.now, language) for one in found.offer.asked] if found else [],
        wished=wish_line(wished, desk.now, language) if wished else None, key=secrets.token_urlsafe(12),
        action=f"/offers/{found.offer.offer_id}" if found else f"/people/{person_id}/offers",
        revising=found is not None,
        revision=shown["seen"],
        closed=found is not None and "revise" not in STEPS[found.offer.state],
        drafted=found is not None and found.offer.state is OfferState.DRAFT,
        problem=words.refusal(refused.code, language) if isinstance(refused, Stale) else "",
        again=found is not None and found.offer.state not in {OfferState.DRAFT, OfferState.STARTED, OfferState.PAUSED},
        running=found is not None and found.offer.state in {OfferState.STARTED, OfferState.PAUSED},
    )  # fmt: skip


@atomic
async def _draft_once(
    viewer: Viewer, person_id: str, kind: str, content: Content, wish_id: str, *, now: datetime
) -> str:
    """A draft with exactly these words that nobody has been shown yet is the draft: a second click makes no other."""
    await alone("draft", person_id)
    said = asdict(content)
    for one in await offers.of_person(viewer, person_id):
        if (one.state, one.kind, one.content, one.wish_id) == (OfferState.DRAFT, kind, said, wish_id):
            return one.offer_id
    return await deeds.draft(viewer, person_id, kind, content, now=now, wish_id=wish_id)


@atomic
async def _revise_seen(
    viewer: Viewer, offer_id: str, content: Content, revision: str, answer: str, key: str, *, kind: str, now: datetime
) -> None:
    """Revise the offer the form was filled in for, and answer in words where there are any: what the person had
    proposed or asked is answered by either. Raises Stale when it says something else by now.
    """
    await alone("offer", offer_id)
    found = await offers.offer(viewer, offer_id)
    if revision and revision != _mark(found.offer):
        same_kind = found.offer.state is not OfferState.DRAFT or kind in {"", found.offer.kind}
        if same_kind and _said_already(found, answer) and not changes(found.offer.content, asdict(content)):
            return  # a second click, or a colleague wrote the same
        raise Stale("decided_meanwhile")
    waiting = await offers.waiting(viewer, offer_id)
    if answer:
        await _answer(viewer, offer_id, answer, key, now=now)
    await deeds.revise(viewer, offer_id, content, now=now, kind=kind)
    await messages.settle(viewer, waiting, by=offer_id, now=now)


@atomic
async def _answer(viewer: Viewer, offer_id: str, said: str, key: str, *, now: datetime) -> None:
    """Answer what waits beside an offer: the words go as a message, and stand in the offer's history. Raises Stale
    where a colleague has answered it: nobody is answered twice unseen."""
    if len(said) > deeds.LONGEST_ANSWER:
        raise Invalid("reply_too_long", "answer")
    if not said:
        raise Invalid("reply_empty", "answer")
    await alone("offer", offer_id)
    found = await offers.offer(viewer, offer_id)
    waiting = await offers.waiting(viewer, offer_id)
    if not waiting and _said_already(found, said):
        return
    if not waiting:
        raise Stale("offer.answered")
    thread_id = await messages.open_thread(viewer, found.offer.person_id, now=now)
    message_id = await messages.reply(viewer, thread_id, said, version=None, key=key, now=now, answers=waiting)
    await deeds.reply(viewer, offer_id, said, message_id=message_id, now=now)


def _said_already(found: OfferView, said: str) -> bool:
    """Whether there is nothing more to say: no words, or the very words that stand in the history."""
    return not said or any((one.deed, one.words) == ("answered", said) for one in found.history)


@atomic
async def _publish(viewer: Viewer, offer_id: str, revision: str, *, now: datetime) -> None:
    """Show the offer as it was read; the wish it was made from is answered by it. Raises Stale when it says something
    else by now."""
    await alone("offer", offer_id)
    found = await offers.offer(viewer, offer_id)
    if revision and found.offer.state is OfferState.DRAFT and revision != _mark(found.offer):
        raise Stale("offer.draft_changed")
    waiting = await offers.waiting(viewer, offer_id)
    await deeds.publish(viewer, offer_id, now=now)
    await messages.settle(viewer, waiting, by=offer_id, now=now)


async def _wish_of(request: web.Request, wish_id: str) -> WishLine | None:
    """The wish a form names, when it is this person's. Raises NotFound for anybody else's."""
    if not context.row_id(wish_id):
        return None
    found = await offers.wish(request[VIEWER], wish_id)
    if found.person_id != request.match_info["person_id"]:
        raise NotFound
    return found


def _key(given: str) -> str:
    """The form's own key: a second click on the same form is the same deed. A form without one is a deed of its own."""
    return given[:40] or secrets.token_urlsafe(12)


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
