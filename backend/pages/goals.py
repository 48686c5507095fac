"""Local goals: written by a coordinator, with the numbers entered by hand and the phases of the project."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from aiohttp import web

from backend import charts, context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.leaving import going
from backend.rendering import page
from locales import text
from models.actions import goals as deeds
from models.actions import municipality
from models.domain.errors import Invalid, Stale
from models.domain.figures.periods import Period
from models.domain.goals import (
    Goal,
    Measured,
    Phase,
    Phases,
    mark,
    mark_of_numbers,
    number,
    quarters,
    reached,
)
from models.domain.localtime import local_date
from models.domain.municipality import mark as mark_of_page
from models.queries import goals
from models.queries.goals import Goals, Pursued

_QUARTERS = 13
_PAGE = 50
#: So many of those that ended stand on the page of those that are pursued.
_ENDED = 3
_FIELDS = ("title", "measured", "unit", "baseline", "target", "due_on")
_PHASES = (*(phase.value for phase in Phase), "ends")


async def show(request: web.Request) -> web.StreamResponse:
    """What is pursued, the phases, and the form for one more; or those that ended."""
    if request.query.get("show") == "ended":
        return await _ended_page(request)
    return await _goals_page(request)


async def add(request: web.Request) -> web.StreamResponse:
    """One more goal."""
    form, now = await forms.read(request), context.desk(request).now
    typed = {field: form.line(field) for field in _FIELDS}
    try:
        goal_id = await deeds.add(request[VIEWER], _goal(form), now=now)
    except Invalid as refused:
        field = refused.field or "title"
        return await _goals_page(request, typed=typed, field=field, problem=refused.code, status=422)
    raise going(f"/goals/{goal_id}", said="goal_added")


async def save_phases(request: web.Request) -> web.StreamResponse:
    """When the project prepares, changes and anchors."""
    form, now = await forms.read(request), context.desk(request).now
    typed = {field: form.line(field) for field in (*_PHASES, "seen")}
    try:
        begins = {phase: form.day(phase.value) for phase in Phase}
        phases = Phases(begins, form.day("ends"))
        await municipality.save_phases(request[VIEWER], phases, now=now, seen=typed["seen"])
    except Stale as refused:
        return await _goals_page(request, phases=typed, problem=refused.code, status=409)
    except Invalid as refused:
        field = refused.field or "prepare"
        return await _goals_page(request, phases=typed, field=field, problem=refused.code, status=422)
    raise going("/goals", said="phases_saved")


async def one(request: web.Request) -> web.StreamResponse:
    """One goal: its numbers, and the form that changes it."""
    return await _goal_page(request)


async def change(request: web.Request) -> web.StreamResponse:
    """Word it anew, or set it otherwise."""
    form, now, goal_id = await forms.read(request), context.desk(request).now, request.match_info["goal_id"]
    found = await goals.one(request[VIEWER], goal_id)
    typed = {field: form.line(field) for field in (*_FIELDS, "seen")} | {"measured": found.goal.measured.value}
    try:
        await deeds.change(request[VIEWER], goal_id, _goal(form, found.goal.measured), now=now, seen=typed["seen"])
    except Stale as refused:
        return await _goal_page(request, typed=typed, problem=refused.code, status=409)
    except Invalid as refused:
        field = refused.field or "title"
        return await _goal_page(request, typed=typed, field=field, problem=refused.code, status=422)
    raise going(f"/goals/{goal_id}", said="goal_changed")


async def enter(request: web.Request) -> web.StreamResponse:
    """The number of a quarter."""
    form, now, goal_id = await forms.read(request), context.desk(request).now, request.match_info["goal_id"]
    await goals.one(request[VIEWER], goal_id)
    entered = {"quarter": form.text("quarter"), "value": form.line("value")}
    try:
        value = number(entered["value"], "value")
        await deeds.enter(request[VIEWER], goal_id, entered["quarter"], value, now=now, seen=form.text("seen"))
    except Stale as refused:
        return await _goal_page(request, entered=entered, problem=refused.code, status=409)
    except Invalid as refused:
        field = refused.field or "value"
        return await _goal_page(request, entered=entered, field=field, problem=refused.code, status=422)
    raise going(f"/goals/{goal_id}", said="goal_entered")


async def end(request: web.Request) -> web.StreamResponse:
    """No longer pursued, and why."""
    form, now, goal_id = await forms.read(request), context.desk(request).now, request.match_info["goal_id"]
    try:
        await deeds.end(request[VIEWER], goal_id, form.line("because"), now=now)
    except Stale as refused:
        return await _goal_page(request, entered={"because": form.line("because")}, problem=refused.code, status=409)
    except Invalid as refused:
        entered = {"because": form.line("because")}
        return await _goal_page(request, entered=entered, field="because", problem=refused.code, status=422)
    raise going(f"/goals/{goal_id}", said="goal_ended")


def _goal(form: Form, measured: Measured | None = None) -> Goal:
    try:
        chosen = measured or Measured(form.text("measured"))
    except ValueError:
        raise Invalid("goal_measured", "measured") from None
    baseline = form.line("baseline")
    unit = "%" if chosen is Measured.HEARD else form.line("unit")
    return Goal(
        form.line("title"), chosen, unit, number(baseline, "baseline") if baseline else None,
        number(form.line("target"), "target"), form.day("due_on"),
    )  # fmt: skip


async def _goals_page(
    request: web.Request, *, typed: dict[str, str] | None = None, phases: dict[str, str] | None = None,
    field: str = "", problem: str = "", status: int = 200,
) -> web.Response:  # fmt: skip
    viewer, language = request[VIEWER], context.language(request)
    found = await goals.own(viewer)
    lately, over = await goals.ended(viewer, first=_ENDED)
    known = found.phases.to_plain() if found.phases else dict.fromkeys(_PHASES, "")
    fields = _phase_fields(language)
    shown = forms.shown(
        phases, known, {one["key"]: one["words"] for one in fields}, refused_at=field,
        seen=mark_of_page("phases", [], {"phases": found.phases.to_plain() if found.phases else None}),
        named=_days_in_words(phases or {}, _PHASES, language),
    )  # fmt: skip
    return await page(
        request, "goals.html", current="figures", status=status,
        goals=[
            {"href": f"/goals/{one.goal_id}", "title": one.goal.title, "says": finding(one, language, beside=False)}
            for one in found.pursued
        ],
        ended=[_ended_line(one, language) for one in lately], ended_n=over,
        values=typed or dict.fromkeys(_FIELDS, "") | {"measured": Measured.OWN.value}, measured=_measured(language),
        phase_values=shown["values"], phase_fields=fields, unsaved=shown["unsaved"], seen=shown["seen"],
        errors=_errors(field, problem, language) if field else [],
        problem="" if field or not problem else words.refusal(problem, language),
    )  # fmt: skip


async def _ended_page(request: web.Request) -> web.Response:
    language, after = context.language(request), context.after(request)
    found, over = await goals.ended(request[VIEWER], first=_PAGE, after=after)
    if not found:
        raise going("/goals?show=ended" if after else "/goals")
    there = "/goals?show=ended&after="
    return await page(
        request, "goals_ended.html", current="figures", n=over, ended=[_ended_line(one, language) for one in found],
        earlier=f"{there}{max(0, after - _PAGE)}" if after else "",
        later=f"{there}{after + _PAGE}" if after + _PAGE < over else "",
    )  # fmt: skip


def _ended_line(one: Pursued, language: str) -> dict[str, str]:
    """A goal that ended as lists show it: how far it came, when it ended, and why."""
    return {
        "href": f"/goals/{one.goal_id}", "title": one.goal.title, "says": finding(one, language),
        "ended": ended_on(one, language), "because": one.because,
    }  # fmt: skip


def ended_on(one: Pursued, language: str) -> str:
    """The day a goal ended, in a sentence; "" while it is pursued."""
    if one.ended_at is None:
        return ""
    return text("desk.goals.ended", language, day=words.day(local_date(one.ended_at), language))


async def _goal_page(
    request: web.Request, *, typed: dict[str, str] | None = None, entered: dict[str, str] | None = None,
    field: str = "", problem: str = "", status: int = 200,
) -> web.Response:  # fmt: skip
    viewer, language, today = request[VIEWER], context.language(request), local_date(context.desk(request).now)
    found = await goals.one(viewer, request.match_info["goal_id"])
    goal, phases = found.goal, (await goals.own(viewer)).phases
    values = {
        "title": goal.title, "measured": goal.measured.value, "unit": goal.unit,
        "baseline": "" if goal.baseline is None else plain(goal.baseline, language),
        "target": plain(goal.target, language), "due_on": goal.due_on.isoformat(),
    }  # fmt: skip
    labels = {field: text(f"desk.goals.{field}", language) for field in _FIELDS if field != "measured"}
    shown = forms.shown(
        typed, values, labels, refused_at=field, seen=mark(goal, ended=found.ended_at is not None),
        named=_days_in_words(typed or {}, ("due_on",), language),
    )  # fmt: skip
    said = (entered or {}).get("because") or (entered or {}).get("value", "")
    lost = [{"term": text("desk.goals.end_because" if "because" in (entered or {}) else "desk.goals.value", language),
             "words": said}] if said and problem and not field else []  # fmt: skip
    return await page(
        request, "goal.html", current="figures", status=status, goal_id=found.goal_id, title=goal.title,
        says=finding(found, language, beside=False), ended=ended_on(found, language), because=found.because,
        own=goal.measured is Measured.OWN,
        chart=drawn(found, phases, today, language) if goal.measured is Measured.OWN else None,
        finding=finding(found, language), values=shown["values"], seen=shown["seen"], unsaved=shown["unsaved"] + lost,
        seen_numbers=mark_of_numbers((period.key, value) for period, value in found.values),
        entered={"quarter": quarters(today, 1)[0].key, "value": "", "because": ""} | (entered or {}),
        quarters=[{"value": one.key, "words": _period(one, language)} for one in quarters(today, _QUARTERS)],
        errors=_errors(field, problem, language) if field else [],
        problem="" if field or not problem else words.refusal(problem, language),
    )  # fmt: skip


def _days_in_words(typed: dict[str, str], fields: Iterable[str], language: str) -> dict[str, dict[str, str]]:
    named = {}
    for field in fields:
        with contextlib.suppress(ValueError):
            named[field] = {typed.get(field, ""): words.day(date.fromisoformat(typed.get(field, "")), language)}
    return named


def section(found: Goals, today: date, language: str) -> list[dict[str, Any]]:
    """The goals as the page of figures shows them. One on the heard-indicator is drawn in that figure, so said."""
    return [
        {
            "title": one.goal.title,
            "finding": finding(one, language),
            "chart": drawn(one, found.phases, today, language) if one.goal.measured is Measured.OWN else None,
        }
        for one in found.pursued
    ]


def phase_line(found: Goals, today: date, language: str) -> str:
    """ "I er i fasen Forandre til 31. december 2027."; "" outside of all phases."""
    now = found.phases.on(today) if found.phases else None
    if found.phases is None or now is None:
        return ""
    ends = dict(zip(Phase, [span.ends for span in spans(found.phases, language)], strict=True))[now]
    return text(
        "desk.goals.phase_now", language, phase=text(f"desk.goals.{now.value}", language), day=words.day(ends, language)
    )


def phase_of(found: Goals, period: Period, language: str) -> str:
    """The phase in which a period ended, in a word; "" where there was none."""
    phase = found.phases.on(period.last_day) if found.phases else None
    return text(f"desk.goals.{phase.value}", language) if phase else ""


def spans(phases: Phases, language: str) -> list[charts.PhaseSpan]:
    """The phases for a chart: each ends the day before the next begins."""
    begins = [phases.begins[phase] for phase in Phase]
    ends = [*(date.fromordinal(day.toordinal() - 1) for day in begins[1:]), phases.ends]
    return [
        charts.PhaseSpan(text(f"desk.goals.{phase.value}", language), first, last)
        for phase, first, last in zip(Phase, begins, ends, strict=True)
    ]


def drawn(one: Pursued, phases: Phases | None, today: date, language: str) -> charts.Chart:
    """The numbers of a goal over time."""
    goal = one.goal
    points = [
        charts.GoalPoint(_period(period, language), period.last_day, value, _unit(value, goal, language))
        for period, value in one.values
    ]
    lines = charts.GoalLines(
        goal.baseline, "" if goal.baseline is None else _unit(goal.baseline, goal, language), goal.target,
        _unit(goal.target, goal, language), goal.due_on,
    )  # fmt: skip

    def translate(key: str, **values: object) -> str:
        return text(key, language, **values)

    return charts.goal(
        f"goal-{one.goal_id[:8]}", finding(one, language), points, lines, spans(phases, language) if phases else [],
        today=today, t=translate,
    )  # fmt: skip


def finding(one: Pursued, language: str, *, beside: bool = True) -> str:
    """What a goal says in a sentence: where it is and where it should be, by when. `beside` the figure of the
    heard-indicator, or on another page."""
    goal = one.goal
    aim = {"target": _unit(goal.target, goal, language), "day": words.day(goal.due_on, language)}
    if one.ended_at is not None:
        return _came_to(one, aim, language)
    if goal.measured is Measured.HEARD:
        return text(f"desk.goals.finding_heard{'' if beside else '.elsewhere'}", language, **aim)
    if not one.values:
        return text("desk.goals.finding_none", language, **aim)
    period, value = one.values[-1]
    key = "reached" if reached(goal, value) else "now"
    return text(
        f"desk.goals.finding_{key}",
        language,
        value=_unit(value, goal, language),
        period=_period(period, language),
        **aim,
    )


def _came_to(one: Pursued, aim: dict[str, str], language: str) -> str:
    """How far a goal came that is no longer pursued."""
    if one.goal.measured is Measured.HEARD:
        return text("desk.goals.was_heard", language, **aim)
    if not one.values:
        return text("desk.goals.was_none", language, **aim)
    period, value = one.values[-1]
    key = "was_reached" if reached(one.goal, value) else "was"
    came = _unit(value, one.goal, language)
    return text(f"desk.goals.{key}", language, value=came, period=_period(period, language), **aim)


def plain(value: float, language: str) -> str:
    """A number as people write it: at most two decimals, none where there are none."""
    said = f"{value:.2f}".rstrip("0").rstrip(".")
    return said.replace(".", ",") if language == "da" else said


def _unit(value: float, goal: Goal, language: str) -> str:
    return f"{plain(value, language)} {goal.unit}".strip()


def _period(period: Period, language: str) -> str:
    return text(f"desk.period.{period.kind}", language, number=period.number, year=period.year)


def _measured(language: str) -> list[dict[str, str]]:
    return [
        {"value": one.value, "words": text(f"desk.goals.measured_{one.value}", language),
         "hint": text(f"desk.goals.measured_{one.value}_means", language)}
        for one in (Measured.OWN, Measured.HEARD)
    ]  # fmt: skip


def _phase_fields(language: str) -> list[dict[str, str]]:
    keys = [phase.value for phase in Phase]
    return [
        *({"key": key, "words": text(f"desk.goals.{key}_begins", language)} for key in keys),
        {"key": "ends", "words": text("desk.goals.anchor_ends", language)},
    ]


def _errors(field: str, problem: str, language: str) -> list[dict[str, str]]:
    return [{"id": field.replace("_", "-"), "words": words.refusal(problem, language)}] if problem else []
