"""The plan of one young person: dates, goals, progress in eight areas, days on which to ask again, contacts outside the
chat, and whom to contact when they are out of reach."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.leaving import going
from backend.pages.offers import line_of
from backend.pages.person import looked, reached, show_tab
from backend.pages.person_card import card
from backend.rendering import page
from locales import text
from models.actions import messages, register_kept
from models.actions import progress as deeds
from models.actions.progress import Aim
from models.actions.register_kept import Faulty
from models.domain import progress as rules
from models.domain import register as people
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.localtime import local_date
from models.domain.marks import fingerprint
from models.domain.progress import CODES, UNKNOWN, Area, Course, GoalState, Wave, Way
from models.domain.staff import Viewer, may
from models.queries import offers, progress
from models.queries.progress import AreaLine, FollowUpLine, GoalLine
from models.queries.register import PersonView
from models.transactions import atomic

_NOTHING: Final[Mapping[Area, str]] = MappingProxyType({})
_COURSE: Final = {Course.BETTER: "done", Course.SAME: "quiet", Course.WORSE: "due"}
_GOAL: Final = {GoalState.OPEN: "waiting", GoalState.REACHED: "done", GoalState.DROPPED: "quiet"}


async def show(request: web.Request) -> web.StreamResponse:
    """Everything about where this person is going."""
    return await _plan_page(request)


async def set_goal(request: web.Request) -> web.StreamResponse:
    """One more goal."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    try:
        aim = Aim(form.text("words"), form.text("area"), _day(form, "follow_up_on"))
        await deeds.set_goal(request[VIEWER], person_id, aim, now=now)
    except Invalid as refused:
        return await _plan_page(request, form, "goal", refused)
    raise going(f"/people/{person_id}/plan#goals", said="goal_set")


async def look_at_goal(request: web.Request) -> web.StreamResponse:
    """How far a goal is, and when it is looked at again; or that it is reached, or let go."""
    form, now = await forms.read(request), context.desk(request).now
    person_id, goal_id = request.match_info["person_id"], request.match_info["plan_goal_id"]
    await _of_this_person(request[VIEWER], person_id, goal=goal_id)
    try:
        state = GoalState(form.text("state")) if form.text("state") in set(GoalState) else GoalState.OPEN
        await deeds.look_at_goal(
            request[VIEWER], goal_id, form.text("standing"), state=state, follow_up_on=_day(form, "follow_up_on"),
            now=now, seen=form.text("seen"),
        )  # fmt: skip
    except (Invalid, Stale) as refused:
        return await _plan_page(request, form, f"goal-{goal_id}", refused)
    raise going(f"/people/{person_id}/plan#goals", said="goal_looked_at")


async def progress_form(request: web.Request) -> web.StreamResponse:
    """The eight areas of one wave, with what was said so far."""
    return await _progress_page(request, _wave(request.query.get("wave", "")))


async def set_progress(request: web.Request) -> web.StreamResponse:
    """What is said about the eight areas now; an area left alone stays as it was."""
    form, person_id = await forms.read(request), request.match_info["person_id"]
    wave = _wave(form.text("wave"))
    codes = {area: form.text(area.value) for area in Area if form.text(area.value)}
    seen = {area: form.text(f"was_{area.value}") for area in Area if f"was_{area.value}" in form.values}
    try:
        await deeds.set_progress(request[VIEWER], person_id, wave, codes, seen=seen, now=context.desk(request).now)
    except (Invalid, Stale) as refused:
        chosen = {area: code for area, code in codes.items() if seen.get(area) != code}
        return await _progress_page(request, wave, refused, chosen)
    raise going(f"/people/{person_id}/plan#progress", said="progress_set")


async def agree(request: web.Request) -> web.StreamResponse:
    """A day on which to ask again."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    try:
        await deeds.agree_follow_up(request[VIEWER], person_id, form.day("due_on"), form.text("note"), now=now)
    except Invalid as refused:
        return await _plan_page(request, form, "follow-up", refused)
    raise going(f"/people/{person_id}/plan#follow_ups", said="follow_up_agreed")


async def followed_up(request: web.Request) -> web.StreamResponse:
    """They were asked again, and what came of it."""
    form, now = await forms.read(request), context.desk(request).now
    person_id, follow_up_id = request.match_info["person_id"], request.match_info["follow_up_id"]
    await _of_this_person(request[VIEWER], person_id, follow_up=follow_up_id)
    try:
        await deeds.followed_up(request[VIEWER], follow_up_id, form.text("came_of_it"), now=now)
    except (Invalid, Stale) as refused:
        return await _plan_page(request, form, f"follow-up-{follow_up_id}", refused)
    raise going(f"/people/{person_id}/plan#follow_ups", said="followed_up")


async def contact(request: web.Request) -> web.StreamResponse:
    """A call, a visit or a letter, written down; a talk answers what waits."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    way = Way(form.text("way")) if form.text("way") in set(Way) else Way.OTHER
    try:
        await _write_contact(
            request[VIEWER], person_id, way, form.day("held_on"), form.text("body"), form.text("key")[:40], now=now
        )
    except Invalid as refused:
        return await _plan_page(request, form, "contact", refused)
    raise going(f"/people/{person_id}/case", said="contact_written")


async def reach(request: web.Request) -> web.StreamResponse:
    """Another phone number, and whom to contact when this person is out of reach."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    try:
        await register_kept.change_contact(
            request[VIEWER], person_id, form.line("phone"), form.text("kin"), now=now, seen=form.text("seen")
        )
    except Faulty as refused:
        return await _plan_page(request, form, "reach", Invalid(f"phone_{refused.faults[0].code}", "phone"))
    except (Invalid, Stale) as refused:
        return await _plan_page(request, form, "reach", refused)
    raise going(f"/people/{person_id}/plan#reach", said="contact_changed")


@atomic
async def _write_contact(
    viewer: Viewer, person_id: str, way: Way, held_on: date, body: str, key: str, *, now: datetime
) -> None:
    """The words as a note in the thread, with how and when beside it."""
    waits = await progress.waiting_since(viewer, person_id)
    thread_id = await messages.open_thread(viewer, person_id, now=now)
    note = await messages.note(
        viewer, thread_id, body, now=now, contact=rules.fulfils(way, held_on, waits), key=key and f"{key}:{way}"
    )
    await deeds.describe_contact(viewer, person_id, note, way, held_on, now=now)


async def _of_this_person(viewer: Viewer, person_id: str, *, goal: str = "", follow_up: str = "") -> None:
    """Raise NotFound for a row that is somebody else's."""
    found = await progress.plan(viewer, person_id)
    known = {*(one.goal_id for one in found.goals), *(one.follow_up_id for one in found.follow_ups)}
    if (goal or follow_up) not in known:
        raise NotFound


async def _plan_page(
    request: web.Request, form: Form | None = None, which: str = "", refused: Invalid | Stale | None = None
) -> web.Response:
    """The plan; `which` of its forms was refused, with what was typed in it."""
    person = await reached(request)
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    today = local_date(desk.now)
    found = await progress.plan(viewer, person.person_id)
    offered = await offers.of_person(viewer, person.person_id)
    field = refused.field if isinstance(refused, Invalid) and refused.field else _at(which)
    said = words.refusal(refused.code, language) if refused else ""
    # Refused at what was typed, a form stays one for what its writer read: the next press runs over nothing either.
    read = {"seen": form.text("seen")} if form and isinstance(refused, Invalid) else {}
    return await show_tab(
        request, person, "plan", status=422 if isinstance(refused, Invalid) else 409 if refused else 200,
        dates=_dates(person, language),
        running=[line_of(one, desk.now, language) for one in offered if one.state in {"accepted", "started", "paused"}],
        goals=[
            {**_goal(one, today, language), **(read if which == f"goal-{one.goal_id}" else {})} for one in found.goals
        ],
        areas=[_area(one, language) for one in found.areas],
        anything=any(one.said for one in found.areas),
        waves=[{"value": wave.value, "words": text(f"desk.progress.wave.{wave.value}", language)} for wave in Wave],
        follow_ups=[_follow_up(one, today, language) for one in found.follow_ups],
        choices={
            "areas": [{"value": "", "words": text("desk.progress.area.none", language)},
                      *({"value": area.value, "words": text(f"desk.progress.area.{area.value}", language)}
                        for area in Area)],
            "ways": [{"value": way.value, "words": text(f"desk.contact.way.{way.value}", language)} for way in Way],
            "states": [{"value": one.value, "words": text(f"desk.goal.choose.{one.value}", language), "hint": ""}
                       for one in GoalState],
        },
        typed={which: dict(form.values)} if form else _unfolded(request), today=today.isoformat(),
        key=secrets.token_urlsafe(12),
        reach={"phone": person.phone, "kin": person.kin, "seen": fingerprint(person.phone, person.kin),
               **(read if which == "reach" else {})},
        may_register=may(viewer.role, "register.write"),
        errors=[{"id": f"{which}-{field}".replace("_", "-"), "words": said}] if refused else [],
    )  # fmt: skip


async def _progress_page(
    request: web.Request, wave: Wave, refused: Invalid | Stale | None = None, chosen: Mapping[Area, str] = _NOTHING
) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await reached(request)
    found = await progress.plan(viewer, person.person_id)
    stands = {one.area: one.said[wave].code if wave in one.said else "" for one in found.areas}
    shown = await page(
        request, "progress_form.html", current="people",
        status=422 if isinstance(refused, Invalid) else 409 if refused else 200,
        person=card(person, desk.now, language),
        wave={"value": wave.value, "words": text(f"desk.progress.wave.{wave.value}", language)},
        areas=[
            {"id": one.area.value, "words": text(f"desk.progress.area.{one.area.value}", language),
             "code": stands[one.area],
             "options": [
                 {"value": code, "words": _code(one.area, code, language)} for code in (*CODES[one.area], UNKNOWN)
             ]}
            for one in found.areas
        ],
        unsaved=[
            {"term": text(f"desk.progress.area.{area.value}", language), "words": _code(area, code, language)}
            for area, code in chosen.items()
            if stands[area] != code and code in {*CODES[area], UNKNOWN}
        ],
        problem=words.refusal(refused.code, language) if refused else "",
    )  # fmt: skip
    return await looked(request, shown)


def _at(which: str) -> str:
    """The field of a form beside which it is said that a colleague was quicker."""
    return "phone" if which == "reach" else "came_of_it" if which.startswith("follow-up") else "standing"


def _unfolded(request: web.Request) -> dict[str, dict[str, str]]:
    """The empty form that is open from the start, where a link leads to it."""
    return {"follow-up": {"due_on": "", "note": ""}} if request.query.get("open") == "follow-up" else {}


def _goal(one: GoalLine, today: date, language: str) -> dict[str, Any]:
    due = one.state is GoalState.OPEN and one.follow_up_on is not None and one.follow_up_on <= today
    return {
        "id": one.goal_id,
        "area": text(f"desk.progress.area.{one.area}", language) if one.area else "",
        "words": one.words,
        "standing": one.standing,
        "open": one.state is GoalState.OPEN,
        "kind": "due" if due else _GOAL[one.state],
        "state": text(f"desk.goal.state.{one.state.value}", language),
        "follow_up": words.day(one.follow_up_on, language) if one.follow_up_on else "",
        "follow_up_on": one.follow_up_on.isoformat() if one.follow_up_on and one.follow_up_on >= today else "",
        "who": one.who,
        "when": words.day(local_date(one.at), language),
        "seen": rules.mark(one.state, one.standing, one.follow_up_on),
    }


def _area(one: AreaLine, language: str) -> dict[str, Any]:
    """A row of the table: what was said in each wave, by whom and when, and how it went from the start."""
    return {
        "area": text(f"desk.progress.area.{one.area.value}", language),
        "said": [
            {"wave": text(f"desk.progress.wave.{wave.value}", language),
             "words": _code(one.area, one.said[wave].code, language) if wave in one.said else "–",
             "by": text("desk.progress.by", language, who=one.said[wave].who,
                        day=words.day(local_date(one.said[wave].at), language)) if wave in one.said else ""}
            for wave in Wave
        ],
        "course": {"kind": _COURSE[one.course], "words": text(f"desk.progress.course.{one.course.value}", language)}
        if one.course
        else None,
    }  # fmt: skip


def _follow_up(one: FollowUpLine, today: date, language: str) -> dict[str, Any]:
    done = one.done_at is not None
    return {
        "id": one.follow_up_id,
        "day": words.day(one.due_on, language),
        "note": one.note,
        "who": one.who,
        "open": not done,
        "kind": "done" if done else "due" if one.due_on <= today else "waiting",
        "done": one.done,
        "done_by": text("desk.progress.by", language, who=one.done_by, day=words.day(local_date(one.done_at), language))
        if one.done_at
        else "",
    }


def _code(area: Area, code: str, language: str) -> str:
    return text(f"desk.progress.code.{UNKNOWN if code == UNKNOWN else f'{area.value}.{code}'}", language)


def _wave(given: str) -> Wave:
    return Wave(given) if given in set(Wave) else Wave.STATUS


def _day(form: Form, name: str) -> date | None:
    return form.day(name) if form.line(name) else None


def _dates(person: PersonView, language: str) -> list[dict[str, str]]:
    said = (
        ("placement_end", person.placement_end),
        ("offer_deadline", person.offer_deadline),
        ("offered_on", person.offered_on),
        ("decided_on", person.decided_on),
        ("left_on", person.left_on),
        ("goodbye_from", people.goodbye_from(person.birth)),
        ("leaves_at", person.leaves_at),
    )
    facts = [
        {"term": text(f"desk.plan.{key}", language), "words": words.day(value, language)}
        for key, value in said
        if value is not None
    ]
    return [
        {"term": text("desk.plan.group", language), "words": text(f"desk.group.{person.group}", language)},
        {"term": text("desk.plan.aftercare", language), "words": text(f"desk.aftercare.{person.aftercare}", language)},
        *facts,
    ]
