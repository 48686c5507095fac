"""The range of offers, kept by the coordinator; and the wishes young people have to hear about something in it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages import range_words
from backend.pages.leaving import going
from backend.pages.offers import wish_line
from backend.rendering import page
from locales import dates, text
from models.actions import messages
from models.actions import offers_wishes as deeds
from models.actions import register as trail
from models.actions.offers_wishes import Described
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.offers import PriceUnit, WishState, read_kroner
from models.domain.staff import Viewer
from models.queries import offers
from models.transactions import atomic

_FIELDS = ("title", "description", "purpose", "price", "price_unit", "capacity")


async def show(request: web.Request) -> web.StreamResponse:
    """Everything in the range, hidden ones too, and the form of a new one."""
    return await _range_page(request, {})


async def add(request: web.Request) -> web.StreamResponse:
    """One more kind of support."""
    form, now = await forms.read(request), context.desk(request).now
    try:
        await deeds.add_to_range(request[VIEWER], _described(form), now=now)
    except Invalid as refused:
        return await _range_page(request, dict(form.values), refused)
    raise going("/range", said="range_added")


async def edit(request: web.Request) -> web.StreamResponse:
    """The form with what one of them says now."""
    return await _one_page(request, None)


async def change(request: web.Request) -> web.StreamResponse:
    """Describe it anew, hide it, or show it again."""
    form, now = await forms.read(request), context.desk(request).now
    typed = dict(form.values)
    try:
        await deeds.change_range(
            request[VIEWER], request.match_info["range_id"], _described(form), active=form.text("shown") == "yes",
            now=now, seen=form.text("seen"),
        )  # fmt: skip
    except (Invalid, Stale) as refused:
        return await _one_page(request, typed, refused)
    raise going("/range", said="range_changed")


async def wish(request: web.Request) -> web.StreamResponse:
    """One wish: what, in their words, by when; make an offer from it, or explain why not."""
    return await _wish_page(request)


async def explain(request: web.Request) -> web.StreamResponse:
    """Why not, or what instead: said as a message, and kept with the wish."""
    form, now = await forms.read(request), context.desk(request).now
    wish_id, said = request.match_info["wish_id"], form.text("answer").strip()
    try:
        await _explain(request[VIEWER], wish_id, said, form.text("key")[:40] or secrets.token_urlsafe(12), now=now)
    except (Invalid, Stale) as refused:
        return await _wish_page(request, refused, said)
    raise going(f"/wishes/{wish_id}", said="wish_explained")


@atomic
async def _explain(viewer: Viewer, wish_id: str, said: str, key: str, *, now: datetime) -> None:
    found = await offers.wish(viewer, wish_id)
    await deeds.explain(viewer, wish_id, said, now=now)
    if found.state is not WishState.WAITING:
        return
    thread_id = await messages.open_thread(viewer, found.person_id, now=now)
    await messages.reply(viewer, thread_id, said, version=None, key=key, now=now, answers=[found.message_id])


async def _range_page(request: web.Request, values: dict[str, Any], refused: Invalid | None = None) -> web.Response:
    viewer, language = request[VIEWER], context.language(request)
    found = await offers.kinds(viewer, hidden=True)
    return await page(
        request, "range.html", current="offers", status=422 if refused else 200,
        kinds=[
            {"name": kind.title, "words": kind.description, "purpose": kind.purpose, "active": kind.active,
             "href": f"/range/{kind.range_id}", "hard": range_words.hard(kind),
             "running": range_words.facts(kind, language),
             "wished": text("desk.range.wished_n", language, n=kind.wished) if kind.wished else ""}
            for kind in found
        ],
        values={**dict.fromkeys(_FIELDS, ""), **values}, units=_units(language), errors=_errors(refused, language),
    )  # fmt: skip


async def _one_page(
    request: web.Request, typed: dict[str, str] | None, refused: Invalid | Stale | None = None
) -> web.Response:
    viewer, language, range_id = request[VIEWER], context.language(request), request.match_info["range_id"]
    kind = next((one for one in await offers.kinds(viewer, hidden=True) if one.range_id == range_id), None)
    if kind is None:
        raise NotFound
    stands = {
        "title": kind.title, "description": kind.description, "purpose": kind.purpose, "price_unit": kind.price_unit,
        "price": "" if kind.price is None else words.kroner(kind.price, "da").removesuffix(" kr."),
        "capacity": "" if kind.capacity is None else str(kind.capacity), "shown": "yes" if kind.active else "no",
    }  # fmt: skip
    labels = {field: text(f"desk.range.{'visible' if field == 'shown' else field}", language) for field in stands}
    units, wrong = _units(language), refused if isinstance(refused, Invalid) else None
    shown = forms.shown(
        typed, stands, labels, refused_at=wrong.field or "title" if wrong else "",
        seen=deeds.mark(
            Described(kind.title, kind.description, kind.purpose, kind.price, kind.price_unit, kind.capacity),
            active=kind.active,
        ),
        named={"price_unit": {one["value"]: one["words"] for one in units},
               "shown": {answer: text(f"desk.range.visible_{answer}", language) for answer in ("yes", "no")}},
    )  # fmt: skip
    values = {**stands, **shown["values"]}
    return await page(
        request, "range_form.html", current="offers", status=422 if wrong else 409 if refused else 200,
        title=kind.title, action=f"/range/{range_id}", values=values, shown=values["shown"] == "yes", units=units,
        errors=_errors(wrong, language), unsaved=shown["unsaved"], seen=shown["seen"],
        problem=words.refusal(refused.code, language) if refused and not wrong else "",
    )  # fmt: skip


async def _wish_page(request: web.Request, refused: Invalid | Stale | None = None, answer: str = "") -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    found = await offers.wish(viewer, request.match_info["wish_id"])
    await trail.looked_at(viewer, found.person_id, now=desk.now, what="wish.view", about=found.wish_id)
    status = 200 if refused is None else 422 if isinstance(refused, Invalid) else 409
    return await page(
        request, "wish.html", current="offers", status=status,
        person={"name": found.name, "first_name": found.first_name, "href": f"/people/{found.person_id}"},
        wish={
            **wish_line(found, desk.now, language), "id": found.wish_id, "waiting": found.state is WishState.WAITING,
            "advice": text(f"desk.wish.advice.{found.state}", language, name=found.first_name),
            "made": words.moment(found.made_at, desk.now, language), "answer": found.answer, "who": found.who,
            "settled": dates.when(found.settled_at, desk.now, language) if found.settled_at else "",
        },
        answer=answer, key=secrets.token_urlsafe(12),
        errors=_errors(refused, language) if isinstance(refused, Invalid) else [],
        problem=words.refusal(refused.code, language) if isinstance(refused, Stale) else "",
    )  # fmt: skip


def _described(form: Form) -> Described:
    return Described(
        title=form.line("title"), description=form.text("description").strip(), purpose=form.line("purpose"),
        price=read_kroner(form.line("price")), price_unit=form.line("price_unit"),
        capacity=form.number("capacity") if form.line("capacity") else None,
    )  # fmt: skip


def _units(language: str) -> list[dict[str, str]]:
    chosen = ["none", *(one.value for one in PriceUnit)]
    return [
        {"value": "" if one == "none" else one, "words": text(f"desk.range.unit.{one}", language)} for one in chosen
    ]


def _errors(refused: Invalid | None, language: str) -> list[dict[str, str]]:
    if refused is None:
        return []
    field = "answer" if refused.field == "words" else refused.field or "title"
    return [{"id": field.replace("_", "-"), "words": words.refusal(refused.code, language)}]
