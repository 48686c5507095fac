"""The duty plan: four weeks with who holds the duty each working day, the days nobody has, and who is away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.administration import rooms
from backend.pages.leaving import going
from backend.rendering import page
from locales import dates, text
from models.actions import duty as deeds
from models.domain.duty import Planned
from models.domain.errors import Invalid, NotFound
from models.queries import duty
from models.queries.duty import WEEKS, Day, Plan

_NAMED = 5


async def show(request: web.Request) -> web.StreamResponse:
    """The plan from this week on, or from the week in the address."""
    return await _plan_page(request, _first(request.query.get("from", "")))


async def save(request: web.Request) -> web.StreamResponse:
    """Who holds the duty on the days of this page."""
    form, now = await forms.read(request), context.desk(request).now
    first = _first(form.text("from"))
    planned, seen = _planned(form), _seen(form)
    # What was left as it was is not written again: a colleague may have changed it meanwhile.
    changed = [one for one in planned if seen.get(one.day) != one]
    typed = {f"holder_{one.day}": one.holder for one in changed} | {
        f"second_{one.day}": one.stand_in for one in changed
    }
    try:
        await deeds.plan(request[VIEWER], changed, seen=seen or None, now=now)
    except Invalid as refused:
        field = f"holder-{refused.field}" if refused.field else "from"
        return await _plan_page(request, first, typed=typed, seen=seen, field=field, problem=refused.code, status=422)
    raise going(_address(first), said="duty_saved")


async def repeat(request: web.Request) -> web.StreamResponse:
    """The following weeks like the first of this page, where nobody has the day yet."""
    form, now = await forms.read(request), context.desk(request).now
    first = _first(form.text("from"))
    try:
        planned = await deeds.repeat(request[VIEWER], first or date.min, form.number("weeks"), now=now)
    except Invalid as refused:
        return await _plan_page(request, first, field="weeks", problem=refused.code, status=422)
    raise going(_address(first), said="duty_repeated" if planned else "duty_nothing_repeated")


async def absent(request: web.Request) -> web.StreamResponse:
    """A colleague who is away, and cannot say so."""
    form, now = await forms.read(request), context.desk(request).now
    first, typed = _first(form.text("from")), {name: form.text(name) for name in ("colleague", "first_day", "last_day")}
    try:
        await deeds.away(
            request[VIEWER], typed["colleague"], form.day("first_day"), form.day("last_day"), now=now
        )  # fmt: skip
    except Invalid as refused:
        field = refused.field.replace("_", "-") if refused.field else "first-day"
        return await _plan_page(request, first, typed=typed, field=field, problem=refused.code, status=422)
    raise going(_address(first), said="colleague_away")


async def back(request: web.Request) -> web.StreamResponse:
    """Somebody is there after all."""
    form = await forms.read(request)
    await deeds.back(request[VIEWER], form.text("absence"), now=context.desk(request).now)
    raise going(_address(_first(form.text("from"))), said="absence_ended")


def _first(typed: str) -> date | None:
    if not typed:
        return None
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise NotFound from None
    if not 2000 <= found.year <= 2999:
        raise NotFound
    return found


def _address(first: date | None) -> str:
    return f"/administration/duty?from={first.isoformat()}" if first else "/administration/duty"


def _planned(form: Form) -> list[Planned]:
    found = []
    for name, holder in form.values.items():
        if name.startswith("holder_"):
            day = _first(name.removeprefix("holder_"))
            if day is not None:
                found.append(Planned(day, holder, form.text(f"second_{day.isoformat()}")))
    return found


def _seen(form: Form) -> dict[date, Planned]:
    """How the plan stood when the page was read."""
    found = {}
    for name, stood in form.values.items():
        day = _first(name.removeprefix("was_")) if name.startswith("was_") else None
        if day is not None:
            holder, _, second = stood.partition(" ")
            found[day] = Planned(day, holder, second)
    return found


async def _plan_page(
    request: web.Request, first: date | None, *, typed: dict[str, str] | None = None,
    seen: Mapping[date, Planned] = MappingProxyType({}), field: str = "", problem: str = "", status: int = 200,
) -> web.Response:  # fmt: skip
    viewer, language = request[VIEWER], context.language(request)
    plan = await duty.plan(viewer, first, language, now=context.desk(request).now)
    nobody = [{"value": "", "words": text("desk.duty.nobody", language)}]
    step, names = timedelta(days=7 * WEEKS), dict(plan.people)
    return await page(
        request, "duty.html", current="administration", status=status, rooms=rooms(viewer, "duty", language),
        monday=plan.monday.isoformat(), gaps=_gaps(plan, language), standing=", ".join(plan.standing),
        people=nobody + [{"value": key, "words": name} for key, name in plan.people],
        weeks=[
            {
                "words": text("desk.duty.week", language, n=days[0].day.isocalendar().week,
                              first=dates.day(days[0].day, language), last=dates.day(days[-1].day, language)),
                "days": [_day(day, typed or {}, seen, names, language) for day in days if day.open or day.holiday],
            }
            for days in plan.weeks
        ],
        earlier=_address(plan.monday - step), later=_address(plan.monday + step),
        away=[
            {"id": one.absence_id, "about": one.name,
             "words": f"{one.name}: {words.day(one.first_day, language)} – {words.day(one.last_day, language)}"}
            for one in plan.away
        ],
        desk=[{"value": key, "words": name} for key, name in plan.desk],
        values={name: (typed or {}).get(name, "") for name in ("colleague", "first_day", "last_day")},
        errors=[{"id": field, "words": words.refusal(problem, language)}] if problem else [],
    )  # fmt: skip


def _day(
    day: Day, typed: dict[str, str], seen: Mapping[date, Planned], names: Mapping[str, str], language: str
) -> dict[str, Any]:
    key = day.day.isoformat()
    stands = Planned(day.day, day.holder, day.stand_in)
    # Every day that was planned meanwhile says so: the next press writes what was chosen here, whatever stands.
    planned = ", ".join(names[one] for one in (day.holder, day.stand_in) if one in names)
    meanwhile = planned or text("desk.duty.nobody", language) if seen.get(day.day, stands) != stands else ""
    return {
        "key": key,
        "words": dates.weekday_and_day(day.day, language).capitalize(),
        "open": day.open,
        "holiday": day.holiday,
        "over": day.over,
        "covered": day.covered,
        "was": f"{day.holder} {day.stand_in}",
        "holder": typed.get(f"holder_{key}", day.holder),
        "second": typed.get(f"second_{key}", day.stand_in),
        "meanwhile": text("desk.duty.meanwhile", language, names=meanwhile) if meanwhile else "",
    }


def _gaps(plan: Plan, language: str) -> str:
    """The days nobody has, the first few by name; "" when there is none."""
    if not plan.gaps:
        return ""
    named = ", ".join(dates.day(day, language) for day in plan.gaps[:_NAMED])
    return text("desk.duty.gaps", language, n=len(plan.gaps), days=named + (" …" if len(plan.gaps) > _NAMED else ""))
