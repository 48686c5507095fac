"""Who comes and goes at the desk: a new caseworker, moving to another municipality, words kept apart."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.files import lines_of
from backend.pages.leaving import going
from backend.pages.person_card import card
from backend.rendering import page
from locales import text
from models.actions import consent
from models.actions import register as deeds
from models.domain.errors import Invalid, Stale
from models.domain.localtime import local_date
from models.domain.staff import Role, Viewer, may, sees_people
from models.queries import register, register_moves, staff
from models.transactions import HOUSE


async def caseworker(request: web.Request) -> web.StreamResponse:
    """Who has this person, and who should from now on."""
    return await _caseworker_page(request)


async def change_caseworker(request: web.Request) -> web.StreamResponse:
    """Another caseworker: what is open moves along, and the person is told."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    try:
        await deeds.change_caseworker(
            request[VIEWER], person_id, _chosen(form, "colleague"), why=form.line("why"), now=now,
            seen=form.values.get("seen"),
        )  # fmt: skip
    except Invalid as refused:
        return await _caseworker_page(request, form, refused, status=422)
    except Stale as refused:
        return await _caseworker_page(request, form, said=refused.code, status=409)
    raise going(f"/people/{person_id}", said="caseworker_changed")


async def hand_over(request: web.Request) -> web.StreamResponse:
    """Everybody one caseworker has, to another."""
    return await _hand_over_page(request)


async def hand_over_all(request: web.Request) -> web.StreamResponse:
    """The same, done."""
    form, now = await forms.read(request), context.desk(request).now
    try:
        handed = await deeds.hand_over_all(
            request[VIEWER], _chosen(form, "from"), _chosen(form, "colleague"), why=form.line("why"), now=now
        )  # fmt: skip
    except Invalid as refused:
        return await _hand_over_page(request, typed=form, problem=refused, status=422)
    raise going("/people", said="all_handed_over" if handed else "none_handed_over")


async def transfer(request: web.Request) -> web.StreamResponse:
    """Offer a person who moves to their new municipality."""
    return await _transfer_page(request)


async def offer_transfer(request: web.Request) -> web.StreamResponse:
    """The same, done; refused while somebody here owes the person something."""
    form, now = await forms.read(request), context.desk(request).now
    person_id = request.match_info["person_id"]
    try:
        await deeds.offer_transfer(request[VIEWER], person_id, _chosen(form, "municipality"), now=now)
    except Invalid as refused:
        return await _transfer_page(request, problem=refused.code, status=422)
    except Stale as refused:
        return await _transfer_page(request, problem=refused.code, status=409)
    raise going(f"/people/{person_id}/transfer", said="transfer_offered")


async def withdraw_transfer(request: web.Request) -> web.StreamResponse:
    """Take the offer back."""
    now, person_id = context.desk(request).now, request.match_info["person_id"]
    open_now = await register_moves.outgoing(request[VIEWER], person_id)
    if open_now is not None:
        await deeds.withdraw_transfer(request[VIEWER], open_now.transfer_id, now=now)
    raise going(f"/people/{person_id}", said="transfer_withdrawn")


async def transfer_seen(request: web.Request) -> web.StreamResponse:
    """A coordinator has read that the new municipality said no."""
    await deeds.see_declined(request[VIEWER], request.match_info["person_id"], now=context.desk(request).now)
    raise going("/", said="transfer_seen")


async def transfers(request: web.Request) -> web.StreamResponse:
    """Whom other municipalities want to hand over to this one."""
    return await _transfers_page(request)


async def accept_transfer(request: web.Request) -> web.StreamResponse:
    """Take somebody over."""
    form, now = await forms.read(request), context.desk(request).now
    try:
        person_id = await deeds.accept_transfer(
            request[VIEWER], request.match_info["transfer_id"], context.row_id(form.text("colleague")), now=now
        )
    except Stale as refused:
        return await _transfers_page(request, problem=refused.code, status=409)
    raise going(f"/people/{person_id}", said="transfer_accepted")


async def decline_transfer(request: web.Request) -> web.StreamResponse:
    """It is the wrong municipality."""
    try:
        await deeds.decline_transfer(
            request[VIEWER], request.match_info["transfer_id"], now=context.desk(request).now
        )  # fmt: skip
    except Stale as refused:
        return await _transfers_page(request, problem=refused.code, status=409)
    raise going("/transfers", said="transfer_declined")


async def apart(request: web.Request) -> web.StreamResponse:
    """What somebody else wrote in this person's name, kept apart from their case; for coordinators."""
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await register.person(viewer, request.match_info["person_id"], now=desk.now)
    await deeds.looked_at(viewer, person.person_id, now=desk.now, what="stray.view")
    found = await register_moves.strays(viewer, person.person_id)
    return await page(
        request, "apart.html", current="people", person=card(person, desk.now, language),
        entries=[
            {"who": text(f"desk.apart.kind.{one.kind}", language), "words": one.words,
             "when": words.moment(one.at, desk.now, language), "files": lines_of(one.files, language)}
            for one in found
        ],
        unseen=any(not one.seen for one in found),
    )  # fmt: skip


async def apart_seen(request: web.Request) -> web.StreamResponse:
    """The coordinator has seen it: off the list of what waits."""
    person_id = request.match_info["person_id"]
    await consent.see_stray(request[VIEWER], person_id, now=context.desk(request).now)
    raise going(f"/people/{person_id}", said="stray_seen")


def moves(viewer: Viewer, person_id: str, language: str) -> list[dict[str, str]]:
    """The ways from a person's page to what only a coordinator does."""
    ways = (("register.write", "register"), ("people.assign", "caseworker"), ("people.transfer", "transfer"))
    return [
        {"words": text(f"desk.moves.{page_name}", language), "href": f"/people/{person_id}/{page_name}"}
        for deed, page_name in ways
        if may(viewer.role, deed)
    ]


async def _caseworker_page(
    request: web.Request, typed: Form | None = None, problem: Invalid | None = None, *, said: str = "",
    status: int = 200,
) -> web.Response:  # fmt: skip
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await register.person(viewer, request.match_info["person_id"], now=desk.now)
    await deeds.looked_at(viewer, person.person_id, now=desk.now)
    # Refused at a field, the form stays one for whoever had them when it was read.
    seen = typed.values.get("seen", "") if typed and problem else person.caseworker_id
    return await page(
        request, "caseworker.html", current="people", status=status, person=card(person, desk.now, language),
        colleagues=await _colleagues(viewer, person.caseworker_id), why=typed.line("why") if typed else "",
        chosen=typed.text("colleague") if typed else "", seen=seen, errors=_refused(problem, language),
        problem=words.refusal(said, language) if said else "",
    )  # fmt: skip


async def _hand_over_page(
    request: web.Request, *, typed: Form | None = None, problem: Invalid | None = None, status: int = 200
) -> web.Response:
    viewer, language = request[VIEWER], context.language(request)
    names = await register.caseloads(viewer)
    return await page(
        request, "hand_over.html", current="people", status=status,
        leaving=[
            {"value": one.staff_id, "words": text("desk.hand_over.has", language, name=one.name, n=one.people)}
            for one in names
        ],
        colleagues=await _colleagues(viewer, ""), why=typed.line("why") if typed else "",
        chosen={"leaving": typed.text("from"), "colleague": typed.text("colleague")} if typed else {},
        errors=_refused(problem, language),
    )  # fmt: skip


async def _transfer_page(request: web.Request, *, problem: str = "", status: int = 200) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person = await register.person(viewer, request.match_info["person_id"], now=desk.now)
    await deeds.looked_at(viewer, person.person_id, now=desk.now)
    open_now = await register_moves.outgoing(viewer, person.person_id)
    declined = await register_moves.last_declined(viewer, person.person_id)
    return await page(
        request, "transfer.html", current="people", status=status, person=card(person, desk.now, language),
        offered=None if open_now is None else text(
            "desk.transfer.offered", language, municipality=open_now.new, name=person.first_name
        ),
        declined="" if declined is None else text(
            "desk.transfer.declined", language, municipality=declined.new,
            when=words.day(local_date(declined.offered_at), language),
        ),
        municipalities=[
            {"value": key, "words": name} for key, name in await register_moves.other_municipalities(viewer)
        ],
        errors=_errors(problem, "municipality", language),
    )  # fmt: skip


async def _transfers_page(request: web.Request, *, problem: str = "", status: int = 200) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    return await page(
        request, "transfers.html", current="people", status=status,
        incoming=[
            {"id": one.transfer_id, "name": one.name,
             "words": text("desk.transfers.line", language, age=one.age, municipality=one.old),
             "when": words.moment(one.offered_at, desk.now, language)}
            for one in await register_moves.incoming(HOUSE, viewer, now=desk.now)
        ],
        colleagues=[{"value": viewer.staff_id, "words": viewer.name}, *await _colleagues(viewer, viewer.staff_id)],
        problem=words.refusal(problem, language) if problem else "",
    )  # fmt: skip


async def _colleagues(viewer: Viewer, without: str) -> list[dict[str, str]]:
    """Whoever may be somebody's caseworker here."""
    return [
        {"value": one.staff_id, "words": one.name}
        for one in await staff.colleagues(viewer)
        if sees_people(Role(one.role)) and one.staff_id != without
    ]


def _chosen(form: Form, field: str) -> str:
    """What was chosen on a list. Raises Invalid when nothing was: nobody goes to whoever happens to stand first."""
    if chosen := context.row_id(form.text(field)):
        return chosen
    raise Invalid("none_chosen", field)


def _refused(problem: Invalid | None, language: str) -> list[dict[str, Any]]:
    return _errors(problem.code, problem.field or "why", language) if problem else []


def _errors(problem: str, field: str, language: str) -> list[dict[str, Any]]:
    return [{"id": field, "words": words.refusal(problem, language)}] if problem else []
