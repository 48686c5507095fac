"""Check-in plans: which questions, how often, for whom; what will happen before it does; on the phone before it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.leaving import going
from backend.pages.qr import qr_code
from backend.rendering import page
from locales import LANGUAGES, checkin_screens, dates, text
from models.actions import checkins as deeds
from models.domain.checkin_plans import APART, Content, State, Whom, weeks_of
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.instruments import instrument
from models.domain.localtime import local_date
from models.domain.rhythm import WEEKLY_CAP, WEEKS
from models.queries import checkin_plans
from models.queries.checkin_plans import PlanView, Reach

_FIELDS: Final = ("instrument", "weeks", "whom", "person", "starts_on")
_KINDS: Final = {State.RUNNING: "done", State.PAUSED: "held", State.ENDED: "quiet", State.REPLACED: "quiet"}


async def show(request: web.Request) -> web.StreamResponse:
    """The plans that run, and what is asked without one."""
    viewer, language, now = request[VIEWER], context.language(request), context.desk(request).now
    found = await checkin_plans.plans(viewer, now=now)
    return await page(
        request, "checkin_plans.html", current="people",
        plans=[_line(one, now, language) for one in found], cap=WEEKLY_CAP,
        plain=not any(one.content.instrument == "who5" and one.content.whom is Whom.ALL for one in found),
        previews=[
            {"href": f"/check-in-plans/preview/{key}", "words": _name(key, language)} for key in APART
        ],
    )  # fmt: skip


async def new(request: web.Request) -> web.StreamResponse:
    """The form of a new plan; for one person when it is opened from theirs."""
    person = context.row_id(request.query.get("person", ""))
    today = local_date(context.desk(request).now).isoformat()
    begun = {"instrument": "who5", "weeks": "4", "whom": "person" if person else "all", "person": person}
    return await _form_page(request, None, {**begun, "starts_on": today})


async def make(request: web.Request) -> web.StreamResponse:
    """The first press shows what will happen; the second makes it."""
    return await _save(request, None)


async def one(request: web.Request) -> web.StreamResponse:
    """One plan: how it stands, the form that changes it, pause and end."""
    found = await _found(request)
    return await _form_page(request, found, _values(found.content))


async def change(request: web.Request) -> web.StreamResponse:
    """Change it, in the same two presses; pause, take up again, or end."""
    form, now = await forms.read(request), context.desk(request).now
    to = {"pause": State.PAUSED, "resume": State.RUNNING, "end": State.ENDED}.get(form.text("deed"))
    found = await _found(request)
    if found.plan_id != request.match_info["plan_id"]:
        return await _moved_on(request, found, form)
    if to is None:
        return await _save(request, found)
    try:
        await deeds.set_plan(request[VIEWER], request.match_info["plan_id"], to, now=now)
    except Stale:
        raise NotFound from None
    raise going("/check-in-plans", said=f"plan_{to}")


async def preview(request: web.Request) -> web.StreamResponse:
    """A phone with the check-in on it, one question after the other. Nothing is answered."""
    key = request.match_info["key"]
    chosen = instrument(key) if key in APART else None
    place, spoken = request.query.get("at", ""), request.query.get("in", context.language(request))
    if chosen is None or spoken not in LANGUAGES:
        raise NotFound
    number = int(place) if place.isdecimal() and len(place) < 3 else 0
    # In the caseworker's place stands whoever looks, as on their own young people's phones.
    sees = checkin_screens.who_sees(chosen, request[VIEWER].name.split(" ")[0], spoken)
    if not number:
        said, taps = f"{sees}\n\n{checkin_screens.invitation(chosen, spoken)}", checkin_screens.begin(spoken)
    elif number <= len(chosen.items):
        item = chosen.items[number - 1]
        above, asked = checkin_screens.question(chosen, item, spoken)
        said = "\n\n".join(part for part in (sees if number == 1 else "", f"{above}\n{asked}".strip()) if part)
        taps = checkin_screens.answers(item, None, spoken)
    else:
        said, taps = text("chat.checkin.done", spoken), ()
    language, here = context.language(request), f"/check-in-plans/preview/{key}"
    return await page(
        request, "checkin_preview.html", current="people", title=_name(key, language),
        phone={"language": spoken, "words": said,
               "rows": [[{"words": tap.label, "href": f"{here}?in={spoken}&at={number + 1}"} for tap in row]
                        for row in taps]},
        languages=[{"href": f"{here}?in={each}", "current": each == spoken,
                    "words": text(f"desk.language.{each}", language)} for each in LANGUAGES],
        again=f"{here}?in={spoken}", over=number > len(chosen.items),
        own_phone=qr_code(f"{context.desk(request).settings.public_url}{here}?in={spoken}"),
    )  # fmt: skip


async def _found(request: web.Request) -> PlanView:
    return await checkin_plans.plan(request[VIEWER], request.match_info["plan_id"], now=context.desk(request).now)


async def _moved_on(request: web.Request, found: PlanView, form: Form) -> web.Response:
    """The plan as a colleague has changed it meanwhile, with what was typed; a second click is the same change."""
    typed = _values(found.content) | {name: form.text(name) for name in ("weeks", "starts_on") if form.text(name)}
    if form.text("sure") == "yes" and typed == _values(found.content):
        raise going("/check-in-plans", said="plan_changed")
    return await _form_page(request, found, typed, Stale("plan_moved_on"))


async def _save(request: web.Request, found: PlanView | None) -> web.Response:
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    typed = {name: form.text(name) for name in _FIELDS} | {"person": context.row_id(form.text("person"))}
    try:
        if form.text("sure") == "no":
            return await _form_page(request, found, typed)
        content = _content(form, found)
        if content.starts_on < local_date(now) and (found is None or content.starts_on != found.content.starts_on):
            raise Invalid("plan_past", "starts_on")
        if form.text("sure") != "yes":
            reach = await checkin_plans.would_reach(viewer, content, now=now)
            return await _form_page(request, found, typed, reach=reach, content=content)
        if found is None:
            await deeds.plan(viewer, content, now=now)
        else:
            await deeds.change_plan(viewer, found.plan_id, content, now=now)
    except (Invalid, Stale) as refused:
        return await _form_page(request, found, typed, refused)
    raise going("/check-in-plans", said="plan_made" if found is None else "plan_changed")


def _content(form: Form, found: PlanView | None) -> Content:
    """What the form says. Which instrument and for whom stay as they are when a plan is changed."""
    if found is not None:
        stands = found.content
        return Content(stands.instrument, form.number("weeks"), stands.whom, stands.person_id, form.day("starts_on"))
    whom = next((each for each in Whom if each.value == form.text("whom")), None)
    if whom is None:
        raise Invalid("plan_person", "whom")
    person = form.text("person") if whom is Whom.PERSON else None
    return Content(form.text("instrument"), form.number("weeks"), whom, person, form.day("starts_on"))


def _values(content: Content) -> dict[str, str]:
    return {
        "instrument": content.instrument, "weeks": str(content.weeks), "whom": content.whom.value,
        "person": content.person_id or "", "starts_on": content.starts_on.isoformat(),
    }  # fmt: skip


async def _form_page(
    request: web.Request,
    found: PlanView | None,
    values: dict[str, str],
    refused: Invalid | Stale | None = None,
    *,
    reach: Reach | None = None,
    content: Content | None = None,
) -> web.Response:
    viewer, language, now = request[VIEWER], context.language(request), context.desk(request).now
    person = values.get("person", "")
    name = await checkin_plans.named(viewer, person) if person else ""
    whoms = [each for each in Whom if each is not Whom.PERSON or person]
    return await page(
        request, "checkin_plan.html", current="people", status=422 if refused else 200,
        plan=None if found is None else {**_line(found, now, language), "versions": [
            {"words": text("desk.plans.version", language, version=each.version, n=each.weeks),
             "state": text(f"desk.plans.state.{each.state}", language),
             "day": dates.day(local_date(each.at), language, year=True)}
            for each in found.versions
        ], "paused": found.state is State.PAUSED},
        action=f"/check-in-plans/{found.plan_id}" if found else "/check-in-plans",
        values=values, errors=_errors(refused, language),
        problem=words.refusal(refused.code, language) if isinstance(refused, Stale) else "",
        instruments=[{"value": key, "words": _name(key, language)} for key in APART],
        weeks=[
            {"value": str(each), "words": text("desk.plans.weeks", language, n=each)}
            for each in (weeks_of(found.content.instrument) if found else WEEKS)
        ],
        whoms=[{"value": each.value, "words": text(f"desk.plans.whom.{each}", language, name=name), "hint": ""}
               for each in whoms],
        sure=_sure(reach, content, language) if reach and content else [],
    )  # fmt: skip


def _errors(refused: Invalid | Stale | None, language: str) -> list[dict[str, str]]:
    if not isinstance(refused, Invalid):
        return []
    field = "whom" if refused.field == "person" else (refused.field or "weeks").replace("_", "-")
    return [{"id": field, "words": words.refusal(refused.code, language)}]


def _sure(reach: Reach, content: Content, language: str) -> list[dict[str, str]]:
    """What will happen, in order."""
    told: list[tuple[str, dict[str, Any]]] = [
        ("reach", {"n": reach.asked, "of": reach.meant}),
        ("often", {"n": content.weeks}),
        ("from", {"day": _day(content.starts_on, language)}),
    ]
    return [
        {"term": text(f"desk.plans.sure.{key}", language),
         "words": text(f"desk.plans.sure.{key}_words", language, **given)}
        for key, given in told
    ]  # fmt: skip


def _name(key: str, language: str) -> str:
    """What staff call an instrument."""
    return text(f"desk.plans.name.{key}", language)


def _day(value: date, language: str) -> str:
    return dates.day(value, language, year=True)


def _line(one: PlanView, now: datetime, language: str) -> dict[str, Any]:
    """A plan as lists show it."""
    ahead = one.content.starts_on > local_date(now)
    following = dates.when(one.reach.next_at, now, language) if one.reach.next_at else ""
    key = "from" if ahead else "next" if following and one.state is State.RUNNING else "none_next"
    return {
        "href": f"/check-in-plans/{one.plan_id}",
        "title": _name(one.content.instrument, language),
        "whom": text(f"desk.plans.whom.{one.content.whom}", language, name=one.name),
        "often": text("desk.plans.weeks", language, n=one.content.weeks),
        "kind": _KINDS[one.state],
        "state": text(f"desk.plans.state.{one.state}", language),
        "reach": text("desk.plans.reach", language, n=one.reach.asked, of=one.reach.meant),
        "next": text(f"desk.plans.{key}", language, when=following, day=_day(one.content.starts_on, language)),
        "preview": f"/check-in-plans/preview/{one.content.instrument}",
    }
