"""Administration: the list before going live, and what a municipality decides about itself."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.rendering import page
from locales import dates, fingerprint, text, texts_of
from models.actions import municipality as deeds
from models.domain.alerts import BOUNDS, Thresholds
from models.domain.errors import Invalid, Stale
from models.domain.holidays import name as holiday
from models.domain.localtime import local_date
from models.domain.municipality import FIXED, KEPT, Contact
from models.domain.promises import Span, window
from models.domain.staff import Viewer, may
from models.queries import municipality, webhooks
from models.queries import retention as retained
from models.queries.municipality import Decided
from models.queries.retention import Preview
from models.queries.webhooks import WebhookLine

_TEXTS = "chat"
_CONTACT = ("name", "phone", "address")
#: The rooms of the administration, their addresses, and the deed a role must have for each.
_ROOMS = (
    ("staff", "/administration/staff", "staff.administer"),
    ("duty", "/administration/duty", "duty.administer"),
    ("hours", "/administration/hours", "hours.administer"),
    ("helplines", "/helplines", "helplines.administer"),
    ("canned", "/canned", "canned_replies.administer"),
    ("place", "/administration/place", "settings.administer"),
    ("thresholds", "/administration/thresholds", "thresholds.administer"),
    ("retention", "/administration/retention", "retention.administer"),
    ("texts", "/administration/texts", "texts.administer"),
    ("webhooks", "/administration/webhooks", "webhooks.administer"),
    ("trail", "/administration/trail", "audit.read"),
)


def rooms(viewer: Viewer, here: str, language: str) -> list[dict[str, Any]]:
    """The tabs of the administration for this role."""
    found = [{"href": "/administration", "words": text("desk.admin.golive", language), "current": here == "golive"}]
    return found + [
        {"href": address, "words": text(f"desk.admin.{key}", language), "current": key == here}
        for key, address, deed in _ROOMS
        if may(viewer.role, deed)
    ]


async def show(request: web.Request) -> web.StreamResponse:
    """The list: each line done or missing, with the page where it is mended."""
    viewer, now, language = request[VIEWER], context.desk(request).now, context.language(request)
    found = await municipality.go_live(viewer, fingerprint(_TEXTS), now=now)
    return await page(
        request, "golive.html", current="administration", rooms=rooms(viewer, "golive", language),
        missing=found.missing, webhooks_off=[_off(one, now, language) for one in await webhooks.given_up(viewer)],
        lines=[
            {
                "key": line.key,
                "kind": "done" if line.done else "due",
                "title": text(f"desk.golive.{line.key}", language),
                "words": text(f"desk.golive.{line.key}_{'done' if line.done else 'missing'}", language, n=line.missing),
                "href": line.mended_at if _may_follow(viewer, line.mended_at) else "",
            }
            for line in found.lines
        ],
    )  # fmt: skip


def _off(one: WebhookLine, now: datetime, language: str) -> dict[str, str]:
    """A webhook that was switched off: which, why, since when, and how much waits."""
    why = text(f"desk.webhooks.failure.{one.failure}", language) if one.failure else ""
    since = dates.short(one.off_at, now, language) if one.off_at else ""
    waiting = text("desk.webhooks.waiting", language, n=one.waiting) if one.waiting else ""
    said = text("desk.webhooks.off_since", language, when=since) if since else ""
    return {"id": one.webhook_id, "address": one.address, "words": " · ".join(filter(None, (said, why, waiting)))}


def _may_follow(viewer: Viewer, path: str) -> bool:
    deeds_of = {address: deed for _, address, deed in _ROOMS} | {"/people": "people.read"}
    return may(viewer.role, deeds_of[path])


async def hours(request: web.Request) -> web.StreamResponse:
    """When the office is open."""
    return await _hours_page(request)


async def save_hours(request: web.Request) -> web.StreamResponse:
    """The same, changed."""
    form, now = await forms.read(request), context.desk(request).now
    typed = {name: form.text(name) for day in range(7) for name in (f"opens_{day}", f"closes_{day}")}
    typed |= {"closed": form.text("closed"), "seen": form.text("seen")}
    try:
        weekly = {day: _span(typed, day) for day in range(7)}
        await deeds.save_hours(request[VIEWER], weekly, _days(typed["closed"]), now=now, seen=typed["seen"])
    except Stale as refused:
        return await _hours_page(request, typed=typed, problem=refused.code, status=409)
    except Invalid as refused:
        field = refused.field or "weekly"
        return await _hours_page(request, typed=typed, field=field, problem=refused.code, status=422)
    raise going("/administration/hours", said="hours_saved")


def _span(typed: dict[str, str], day: int) -> Span | None:
    opens, closes = typed[f"opens_{day}"].strip(), typed[f"closes_{day}"].strip()
    if not opens and not closes:
        return None
    try:
        span = time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError:
        raise Invalid("opening_hours_unreadable", f"opens_{day}") from None
    if any(at.minute % 15 or at.second for at in span):
        raise Invalid("opening_hours_quarter", f"opens_{day}")
    if span[0] >= span[1]:
        raise Invalid("opening_hours_order", f"opens_{day}")
    return span


def _days(typed: str) -> frozenset[date]:
    try:
        return frozenset(_day(line) for line in typed.split("\n") if line.strip())
    except ValueError:
        raise Invalid("date_unreadable", "closed") from None


def _day(line: str) -> date:
    parts = line.strip().replace("/", ".").replace("-", ".").rstrip(".").split(".")
    if len(parts) != 3:
        raise ValueError("not a day")
    first, month, last = (int(part) for part in parts)
    return date(first, month, last) if first > 31 else date(last, month, first)


async def _hours_page(
    request: web.Request, *, typed: dict[str, str] | None = None, field: str = "", problem: str = "", status: int = 200
) -> web.Response:
    viewer, language, today = request[VIEWER], context.language(request), local_date(context.desk(request).now)
    found = await municipality.decided(viewer)
    names = {day: dates.weekday(day, language).capitalize() for day in range(7)}
    labels = {
        f"{side}_{day}": f"{name}, {text(f'desk.hours.{side}', language).lower()}"
        for day, name in names.items()
        for side in ("opens", "closes")
    } | {"closed": text("desk.hours.closed", language)}
    every = [date.fromordinal(today.toordinal() + ahead) for ahead in range(366)]
    return await page(
        request, "hours.html", current="administration", status=status, rooms=rooms(viewer, "hours", language),
        days=[{"n": day, "words": name} for day, name in names.items()], decided=found.hours_decided,
        **_refused(field, problem, language),
        **forms.shown(typed, _hours_values(found), labels, refused_at=field, seen=found.seen["hours"]),
        holidays=[
            f"{dates.day(day, language, year=True)} · {holiday(day, language)}"
            for day in every
            if holiday(day, language) and window(day, found.hours) is None and found.hours.weekly[day.weekday()]
        ],
    )  # fmt: skip


def _hours_values(found: Decided) -> dict[str, str]:
    values = {"closed": "\n".join(f"{day:%d.%m.%Y}" for day in sorted(found.hours.closed))}
    for day in range(7):
        span = found.hours.weekly[day]
        values[f"opens_{day}"], values[f"closes_{day}"] = (f"{at:%H:%M}" for at in span) if span else ("", "")
    return values


async def place(request: web.Request) -> web.StreamResponse:
    """What the municipality is called, how it is reached, and what Telegram may carry."""
    return await _place_page(request)


async def save_place(request: web.Request) -> web.StreamResponse:
    """Its name and numbers, changed."""
    form, now = await forms.read(request), context.desk(request).now
    typed = {field: form.line(field) for field in (*_CONTACT, "seen")}
    try:
        contact = Contact(**{field: typed[field] for field in _CONTACT})
        await deeds.save_contact(request[VIEWER], contact, now=now, seen=typed["seen"])
    except Stale as refused:
        return await _place_page(request, typed=typed, problem=refused.code, status=409)
    except Invalid as refused:
        field = refused.field or "name"
        return await _place_page(request, typed=typed, field=field, problem=refused.code, status=422)
    raise going("/administration/place", said="place_saved")


async def choose_telegram(request: web.Request) -> web.StreamResponse:
    """The choice that is demanded before anybody is invited."""
    form, now = await forms.read(request), context.desk(request).now
    try:
        await deeds.choose_telegram(request[VIEWER], form.text("telegram"), now=now)
    except Invalid as refused:
        return await _place_page(request, field="telegram", problem=refused.code, status=422)
    raise going("/administration/place", said="telegram_chosen")


async def _place_page(
    request: web.Request, *, typed: dict[str, str] | None = None, field: str = "", problem: str = "", status: int = 200
) -> web.Response:
    viewer, language = request[VIEWER], context.language(request)
    found = await municipality.decided(viewer)
    return await page(
        request, "place.html", current="administration", status=status, rooms=rooms(viewer, "place", language),
        chosen=found.telegram,
        choices=[
            {"value": value, "words": text(f"desk.place.telegram_{value}", language),
             "hint": text(f"desk.place.telegram_{value}_means", language)}
            for value in ("discreet", "full")
        ],
        **_refused(field, problem, language),
        **forms.shown(
            typed, {field: getattr(found, field) for field in _CONTACT},
            {field: text(f"desk.place.{field}", language) for field in _CONTACT}, refused_at=field,
            seen=found.seen["contact"],
        ),
    )  # fmt: skip


async def thresholds(request: web.Request) -> web.StreamResponse:
    """When a check-in, or silence, asks for a follow-up."""
    return await _thresholds_page(request)


async def save_thresholds(request: web.Request) -> web.StreamResponse:
    """The same, changed, with the reason."""
    form, now = await forms.read(request), context.desk(request).now
    typed = {field: form.line(field) for field in (*BOUNDS, "why", "seen")}
    try:
        chosen = Thresholds(**{field: form.number(field) for field in BOUNDS})
        await deeds.save_thresholds(request[VIEWER], chosen, typed["why"], now=now, seen=typed["seen"])
    except Stale as refused:
        return await _thresholds_page(request, typed=typed, problem=refused.code, status=409)
    except Invalid as refused:
        field = refused.field or "low"
        return await _thresholds_page(request, typed=typed, field=field, problem=refused.code, status=422)
    raise going("/administration/thresholds", said="thresholds_saved")


async def _thresholds_page(
    request: web.Request, *, typed: dict[str, str] | None = None, field: str = "", problem: str = "", status: int = 200
) -> web.Response:
    viewer, language = request[VIEWER], context.language(request)
    found = await municipality.decided(viewer)
    usual = Thresholds.USUAL
    now_set = {name: str(getattr(found.thresholds, name)) for name in BOUNDS} | {"why": found.thresholds_why}
    return await page(
        request, "thresholds.html", current="administration", status=status,
        rooms=rooms(viewer, "thresholds", language), usual={name: getattr(usual, name) for name in BOUNDS},
        bounds=BOUNDS, **_refused(field, problem, language),
        **forms.shown(
            typed, now_set, {name: text(f"desk.thresholds.{name}", language) for name in now_set}, refused_at=field,
            seen=found.seen["thresholds"],
        ),
    )  # fmt: skip


async def retention(request: web.Request) -> web.StreamResponse:
    """How long each kind of data is kept, and why."""
    return await _retention_page(request)


async def save_retention(request: web.Request) -> web.StreamResponse:
    """The same, changed where it may be."""
    form, now = await forms.read(request), context.desk(request).now
    typed = {kind: form.line(kind) for kind in (*KEPT, "seen")}
    try:
        days = {kind: form.number(kind) for kind in KEPT}
        await deeds.save_retention(request[VIEWER], days, now=now, seen=typed["seen"])
    except Stale as refused:
        return await _retention_page(request, typed=typed, problem=refused.code, status=409)
    except Invalid as refused:
        field = refused.field or "updates"
        return await _retention_page(request, typed=typed, field=field, problem=refused.code, status=422)
    raise going("/administration/retention", said="retention_saved")


async def _retention_page(
    request: web.Request, *, typed: dict[str, str] | None = None, field: str = "", problem: str = "", status: int = 200
) -> web.Response:
    viewer, language, now = request[VIEWER], context.language(request), context.desk(request).now
    found, going = await municipality.decided(viewer), await retained.preview(viewer, now=now)
    return await page(
        request, "retention.html", current="administration", status=status,
        rooms=rooms(viewer, "retention", language), **_refused(field, problem, language),
        **forms.shown(
            typed, {kind: str(days) for kind, days in found.kept.items()},
            {kind: text(f"desk.retention.{kind}", language) for kind in KEPT}, refused_at=field,
            seen=found.seen["retention"],
        ),
        kinds=[
            {"key": kind, "words": text(f"desk.retention.{kind}", language),
             "hint": text(f"desk.retention.{kind}_means", language, least=least, most=most, usual=usual)}
            for kind, (least, usual, most) in KEPT.items()
        ],
        fixed=[
            {"term": text(f"desk.retention.{kind}", language), "words": text(f"desk.retention.{kind}_means", language)}
            for kind in FIXED
        ],
        going=_going(going, language),
    )  # fmt: skip


def _going(going: Preview, language: str) -> list[str]:
    """What is deleted next, as sentences; the last says that nothing is."""
    on = words.day(going.first, language)
    lines = [
        text(f"desk.retention.going.{key}", language, n=n, on=on)
        for key, n in (
            ("people", going.people), ("undecided", going.undecided), ("busy", going.busy), ("updates", going.updates),
            ("notices", going.notices),
        )
        if n
    ]  # fmt: skip
    return lines or [text("desk.retention.going.nothing", language)]


async def texts(request: web.Request) -> web.StreamResponse:
    """Every text a young person can meet, to be read and approved."""
    viewer, language = request[VIEWER], context.language(request)
    found = await municipality.decided(viewer)
    shown = request.query.get("part", "")
    parts = sorted(texts_of(_TEXTS))
    shown = shown if shown in parts else "chat_join"
    approved = found.approval
    return await page(
        request, "texts.html", current="administration", rooms=rooms(viewer, "texts", language),
        parts=[
            {"href": f"/administration/texts?part={part}", "words": text(f"desk.texts.{part}", language),
             "current": part == shown}
            for part in parts
        ],
        title=text(f"desk.texts.{shown}", language),
        rows=[
            [key, _plain(entry["da"]), _plain(entry.get("en", ""))] for key, entry in texts_of(_TEXTS)[shown].items()
        ],
        fingerprint=fingerprint(_TEXTS),
        approved=approved is not None and approved.fingerprint == fingerprint(_TEXTS),
        approval={"by": approved.by, "on": words.day(approved.on, language)} if approved else None,
    )  # fmt: skip


def _plain(entry: object) -> str:
    return entry if isinstance(entry, str) else " / ".join(dict(entry).values())  # type: ignore[call-overload]


async def approve_texts(request: web.Request) -> web.StreamResponse:
    """The municipality stands by these texts: those that were shown, and no others."""
    form = await forms.read(request)
    if form.text("fingerprint") != fingerprint(_TEXTS):
        raise going("/administration/texts", said="texts_changed")
    await deeds.approve_texts(request[VIEWER], fingerprint(_TEXTS), now=context.desk(request).now)
    raise going("/administration/texts", said="texts_approved")


def _refused(field: str, problem: str, language: str) -> dict[str, Any]:
    """Why a form was refused: at its field; or above it, where a colleague was quicker and it shows what stands now."""
    said = words.refusal(problem, language) if problem else ""
    return {"errors": [{"id": field.replace("_", "-"), "words": said}] if field else [],
            "problem": "" if field else said}  # fmt: skip
