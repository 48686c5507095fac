"""One young person: conversation, offers, meetings, wellbeing, plan, case; asking a check-in now."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from operator import itemgetter
from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.charts import LifeEvent, WellbeingPoint, wellbeing
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.pages.meetings import meeting_line
from backend.pages.offers import line_of, wish_line
from backend.pages.person_card import card, entry_of, sentence
from backend.pages.register import moves
from backend.pages.talk import entries
from backend.rendering import page
from locales import dates, has, text
from models.actions import checkins as deeds
from models.actions import register as trail
from models.domain import register as rules
from models.domain.errors import NotFound, Stale
from models.domain.instruments import DONT_KNOW, SKIP, Instrument, instrument
from models.domain.localtime import local_date
from models.domain.meetings import MeetingState
from models.domain.staff import Viewer, may
from models.queries import (
    casefile,
    checkins,
    meetings,
    messages,
    offers,
    progress,
    register,
    register_moves,
    register_openings,
    timeline,
)
from models.queries.checkins import Shared
from models.queries.register import PersonView
from models.queries.timeline import Talk

_DEEDS_SHOWN_BY_NAME = 40
#: So many messages stand after the first of a day, where its line leads.
_BESIDE = 25


async def conversation(request: web.Request) -> web.StreamResponse:
    """The latest of the conversation, and the way into it."""
    person = await reached(request)
    desk, language = context.desk(request), context.language(request)
    found = await messages.conversation(request[VIEWER], person.person_id)
    happened = await timeline.happenings(request[VIEWER], person.person_id, since=found.begins) if found.entries else []
    return await show_tab(
        request, person, "conversation", entries=entries(found, happened, desk.now, language),
        thread_href=f"/inbox/{person.person_id}#latest",
    )  # fmt: skip


async def offers_tab(request: web.Request) -> web.StreamResponse:
    """Everything offered, the newest first."""
    person = await reached(request)
    desk, language = context.desk(request), context.language(request)
    found = await offers.of_person(request[VIEWER], person.person_id)
    wished = await offers.wishes_of(request[VIEWER], person.person_id)
    return await show_tab(
        request, person, "offers", offers=[line_of(one, desk.now, language) for one in found],
        wishes=[wish_line(one, desk.now, language) for one in wished],
    )  # fmt: skip


async def meetings_tab(request: web.Request) -> web.StreamResponse:
    """The meetings ahead, the next one first, and those that were."""
    person = await reached(request)
    desk, language = context.desk(request), context.language(request)
    found = await meetings.of_person(request[VIEWER], person.person_id, now=desk.now)
    ahead = [one for one in reversed(found) if one.state is MeetingState.PLANNED]
    past = [one for one in found if one.state is not MeetingState.PLANNED]
    return await show_tab(
        request, person, "meetings", ahead=[meeting_line(one, desk.now, language) for one in ahead],
        past=[meeting_line(one, desk.now, language) for one in past],
    )  # fmt: skip


async def wellbeing_tab(request: web.Request) -> web.StreamResponse:
    """The WHO-5 curve with what happened meanwhile, and what the person has shared besides."""
    return await _wellbeing(request)


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask a check-in now. It never counts in a figure."""
    form, now = await forms.read(request), context.desk(request).now
    person_id, key = request.match_info["person_id"], form.text("instrument")
    if key not in checkins.askable():
        raise NotFound
    try:
        await deeds.ask_now(request[VIEWER], person_id, key, now=now)
    except Stale as refused:
        return await _wellbeing(request, problem=refused.code, status=409)
    raise going(f"/people/{person_id}/wellbeing", said="check_in_asked")


async def case(request: web.Request) -> web.StreamResponse:
    """Everything that happened, the consents, the chats, and who has looked."""
    person = await reached(request)
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    happened = await timeline.happenings(viewer, person.person_id)
    noted = await timeline.contacts(viewer, person.person_id)
    lines = [
        (one.at, {**entry_of(one, desk.now, language), "words": sentence(one, language), "quote": one.words})
        for one in (*happened, *noted)
    ] + [
        (one.at, _talk(one, person, desk.now, language))
        for one in await timeline.talks(viewer, person.person_id)
    ]  # fmt: skip
    looked = await register.looked(viewer, person.person_id)
    contact = await register_moves.follow_up_contact(viewer, person.person_id)
    return await show_tab(
        request, person, "case",
        happened=[line for _, line in sorted(lines, key=itemgetter(0), reverse=True)],
        cut=timeline.LONGEST if max(Counter(line["kind"] for _, line in lines).values(), default=0) >= timeline.LONGEST
        else 0,
        consents=[
            {"kind": "quiet" if one.withdrawn_at else "done",
             "state": text("desk.consent.withdrawn" if one.withdrawn_at else "desk.consent.given", language),
             "words": f"{text(f'desk.purpose.{one.purpose}', language)} · "
                      f"{words.day(local_date(one.withdrawn_at or one.given_at), language)}"}
            for one in person.consents
        ],
        follow_up=contact, apart=bool(await register_moves.strays(viewer, person.person_id)),
        chats=[_chat(one, desk.now, language) for one in person.links],
        undecided=await casefile.undecided_of(viewer, person.person_id),
        may_erase=may(viewer.role, "people.erase"),
        looked=[
            [dates.short(one.at, desk.now, language), one.who or "–",
             _looked(one.deed, language) + (f" ({one.times})" if one.times > 1 else "")]
            for one in looked[:_DEEDS_SHOWN_BY_NAME]
        ],
        looked_cut=_DEEDS_SHOWN_BY_NAME if len(looked) > _DEEDS_SHOWN_BY_NAME else 0,
    )  # fmt: skip


async def reached(request: web.Request) -> PersonView:
    """The person this page is about."""
    return await register.person(request[VIEWER], request.match_info["person_id"], now=context.desk(request).now)


async def looked(request: web.Request, shown: web.Response) -> web.Response:
    """What is shown of a person, and a line in the trail that somebody looked."""
    await trail.looked_at(request[VIEWER], request.match_info["person_id"], now=context.desk(request).now)
    return shown


async def show_tab(
    request: web.Request, person: PersonView, tab: str, *, status: int = 200, **values: Any
) -> web.Response:
    """One tab of a person's page, and a line in the trail that somebody looked."""
    now, language = context.desk(request).now, context.language(request)
    until = await register_openings.open_until(request[VIEWER], person.person_id, now=now)
    shown = await page(
        request, "person.html", current="people", status=status, tab=tab, person=card(person, now, language),
        opened=dates.when(until, now, language) if until else "",
        advice=await _advice(request[VIEWER], person, now, language), safety=_safety(person),
        moves=moves(request[VIEWER], person.person_id, language), **values,
    )  # fmt: skip
    return await looked(request, shown)


def _safety(person: PersonView) -> dict[str, Any] | None:
    """The two words of a chat nobody has confirmed yet."""
    link = next((one for one in person.links if one.words), None)
    return None if link is None else {"link_id": link.link_id, "words": link.words.split()}


async def _advice(viewer: Viewer, person: PersonView, now: datetime, language: str) -> str:
    """The one line that says what to do now."""
    if person.age < rules.ADULT_AT:
        what, day = "coming", words.day(person.offer_deadline, language)
    elif person.link == "blocked":
        what, day = "blocked", ""
    elif person.link == "unconfirmed":
        what, day = "confirm", ""
    elif person.link in {"none", "invited"}:
        what, day = person.link, ""
    elif person.offer == "none" and person.offered_on is None:
        what, day = "offer", ""
    elif person.offer in {"published", "change_asked", "accepted"}:
        what, day = person.offer, ""
    elif person.offer == "declined":
        agreed = (await progress.next_follow_ups(viewer, [person.person_id])).get(person.person_id)
        what, day = ("asked_again", words.day(agreed, language)) if agreed else ("declined", "")
    else:
        return ""
    return text(f"desk.person.advice.{what}", language, name=person.first_name, day=day)


async def _wellbeing(request: web.Request, *, problem: str = "", status: int = 200) -> web.Response:
    person = await reached(request)
    viewer, language = request[VIEWER], context.language(request)
    found = await checkins.wellbeing(viewer, person.person_id)
    shown = [one.check_in_id for one in found.shared if one.by_person]
    happened = await timeline.happenings(viewer, person.person_id)
    points = [WellbeingPoint(local_date(one.at), one.score) for one in found.who5]
    scored = [one for one in found.who5 if one.score is not None]
    events = [
        LifeEvent(local_date(one.at), sentence(one, language))
        for one in happened
        if points and one.kind == "offer" and one.what in {"published", "started", "ended"}
    ]
    finding = ""
    if scored:
        finding = text(
            "desk.person.who5_finding", language, name=person.first_name, score=scored[-1].score,
            day=words.day(local_date(scored[-1].at), language),
        )  # fmt: skip

    def translate(key: str, **values: object) -> str:
        return text(key, language, **values)

    tab = await show_tab(
        request, person, "wellbeing", status=status, finding=finding, sharing=text("desk.person.sharing", language),
        chart=wellbeing("wellbeing", finding, points, events, language=language, t=translate) if scored else None,
        shared=[_shared(one, person.first_name, language) for one in found.shared],
        asking=[
            {"value": key, "words": instrument(key).title[language], "running": key in found.running}
            for key in checkins.askable()
        ],
        plan_href=f"/check-in-plans/new?person={person.person_id}"
        if may(request[VIEWER].role, "checkins.plan") else "",
        problem=words.refusal(problem, language) if problem else "",
    )  # fmt: skip
    if shown:
        await deeds.looked_at_shared(viewer, person.person_id, shown, now=context.desk(request).now)
    return tab


def _shared(one: Shared, name: str, language: str) -> dict[str, Any]:
    asked = instrument(one.instrument)
    notes = [
        text("desk.person.shared_by", language, name=name) if one.by_person else "",
        "" if asked.validated else text("desk.person.not_validated", language),
    ]
    return {
        "note": " ".join(note for note in notes if note),
        "title": asked.title[language],
        "when": words.day(local_date(one.at), language),
        "rows": [
            [item.text[language], _label(asked, item.key, one, language)]
            for item in asked.items
            if item.key in one.answers
        ],
    }


def _talk(one: Talk, person: PersonView, now: datetime, language: str) -> dict[str, Any]:
    """A day of the conversation in one line, with the way to its first message."""
    said = (("theirs", one.theirs), ("ours", one.ours), ("notes", one.notes))
    return {
        "kind": "talk", "who": ", ".join(one.who), "when": words.stamp(one.at, now, language),
        "words": " · ".join(
            text(f"desk.happened.talk.{key}", language, n=n, name=person.first_name) for key, n in said if n
        ),
        "href": f"/inbox/{person.person_id}?before={one.position + _BESIDE}#m-{one.message_id}", "quote": "",
    }  # fmt: skip


def _label(asked: Instrument, item: str, one: Shared, language: str) -> str:
    code = one.answers[item]
    if code in {SKIP, DONT_KNOW}:
        return text(f"desk.answer.{code}", language)
    return next((option.label[language] for option in asked.item(item).options if option.code == code), "–")


def _chat(link: register.LinkView, now: datetime, language: str) -> dict[str, str]:
    state = link.state if link.state != "active" or link.confirmed_at else "unconfirmed"
    kind = {"active": "done", "unconfirmed": "due", "blocked": "failed", "closed": "quiet"}[state]
    return {
        "kind": kind,
        "state": text(f"desk.chat.{state}", language),
        "words": text(
            "desk.chat.line", language, channel=text(f"desk.channel.{link.channel}", language),
            opened=words.day(local_date(link.opened_at), language), seen=dates.ago(link.seen_at, now, language),
        ),
    }  # fmt: skip


def _looked(deed: str, language: str) -> str:
    keys = (f"desk.deed.{deed.replace('.', '_')}", f"desk.trail.deed.{deed}", "desk.deed.other")
    return text(next(key for key in keys if has(key)), language)
