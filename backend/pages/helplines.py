"""Helplines of my municipality: what people are shown under Help now, what I have rung, and our own line."""

from __future__ import annotations

from datetime import time
from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages.administration import rooms
from backend.pages.leaving import going
from backend.rendering import page
from locales import text
from models.actions import helplines as deeds
from models.domain.errors import Invalid, Stale
from models.domain.helplines import ALWAYS, OUT_OF_HOURS, Hours, Region, Shown
from models.queries import helplines
from models.queries.helplines import Lines

_TIMES = ("weekday_from", "weekday_to", "weekend_from", "weekend_to")
_KNOWN = {"always": ALWAYS, "out_of_hours": OUT_OF_HOURS}


async def show(request: web.Request) -> web.StreamResponse:
    """The lines in the order people meet them, and the form for our own."""
    return await _helplines_page(request)


async def checked(request: web.Request) -> web.StreamResponse:
    """I have rung it and checked it today."""
    await deeds.checked(request[VIEWER], request.match_info["key"], now=context.desk(request).now)
    raise going("/helplines", said="helpline_checked")


async def save(request: web.Request) -> web.StreamResponse:
    """Our own line: name, number and hours."""
    form, now = await forms.read(request), context.desk(request).now
    typed = {field: form.text(field) for field in ("name", "number", "hours", *_TIMES, "seen")}
    try:
        await deeds.save_own(
            request[VIEWER], typed["name"], typed["number"], _hours(typed), now=now, seen=typed["seen"]
        )
    except Stale as refused:
        return await _helplines_page(request, typed=typed, problem=refused.code, status=409)
    except Invalid as refused:
        return await _helplines_page(
            request, typed=typed, field=refused.field or "number", problem=refused.code, status=422
        )
    raise going("/helplines", said="helpline_saved")


def _hours(typed: dict[str, str]) -> Hours | None:
    if typed["hours"] != "times":
        return _KNOWN.get(typed["hours"])
    try:
        begins, ends, late_begins, late_ends = (time.fromisoformat(typed[field]) for field in _TIMES)
    except ValueError:
        raise Invalid("helpline_hours", "weekday_from") from None
    weekdays, weekends = ((begins, ends),), ((late_begins, late_ends),)
    return Hours({day: weekdays if day < 5 else weekends for day in range(7)}, holidays=weekends)


async def _helplines_page(
    request: web.Request, *, typed: dict[str, str] | None = None, field: str = "", problem: str = "", status: int = 200
) -> web.Response:
    now, language = context.desk(request).now, context.language(request)
    found = await helplines.lines(request[VIEWER], now=now)
    region = text(f"desk.helplines.region.{found.region}", language) if found.region in frozenset(Region) else ""
    said = words.refusal(problem, language) if problem else ""
    errors = [{"id": field.replace("_", "-"), "words": said}] if field else []
    hours = {value: text(f"desk.helplines.hours.{value}", language) for value in ("unknown", *_KNOWN, "times")}
    labels = {"name": "name", "number": "number", "hours": "when", **{field: field for field in _TIMES}}
    waiting = sum(not one.line.certain and one.line.key not in found.verified for one in found.shown)
    return await page(
        request, "helplines.html", current="administration", status=status, region=region, waiting=waiting,
        rooms=rooms(request[VIEWER], "helplines", language),
        lines=[_line(one, found, language) for one in found.shown], errors=errors,
        problem="" if field else said, hours=[{"value": value, "words": said} for value, said in hours.items()],
        **forms.shown(
            typed, _values(found), {field: text(f"desk.helplines.{key}", language) for field, key in labels.items()},
            refused_at=field, seen=found.seen, named={"hours": hours},
        ),
    )  # fmt: skip


def _line(one: Shown, found: Lines, language: str) -> dict[str, Any]:
    line = one.line
    verified = line.key in found.verified
    if line.certain:
        said = text("desk.helplines.certain", language)
    elif line.verified_at is None:
        said = text("desk.helplines.never", language)
    else:
        said = text(
            "desk.helplines.verified" if verified else "desk.helplines.old", language,
            day=words.day(line.verified_at, language),
        )  # fmt: skip
    state = {True: "open", False: "shut", None: "silent"}[one.open]
    return {
        "key": line.key,
        "name": line.name,
        "number": line.number,
        "dial": line.dial,
        "web": line.web,
        "about": line.about[language],
        "kind": "done" if verified else "due",
        "checked": said,
        "state": text(f"desk.helplines.{state}", language),
        "may_check": not line.certain,
    }


def _values(found: Lines) -> dict[str, str]:
    own = found.own
    values = {"name": own.name, "number": own.number} if own else {"name": "", "number": ""}
    hours = own.hours if own else None
    values |= dict.fromkeys(_TIMES, "")
    if hours is None:
        return values | {"hours": "unknown"}
    known = next((key for key, one in _KNOWN.items() if one.to_plain() == hours.to_plain()), "times")
    if known == "times":
        for days, day in (("weekday", 0), ("weekend", 6)):
            begins, ends = hours.weekly[day][0]
            values |= {f"{days}_from": f"{begins:%H:%M}", f"{days}_to": f"{ends:%H:%M}"}
    return values | {"hours": known}
