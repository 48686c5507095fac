"""Staff, as an administrator runs them: who there is, what they may, and how they get in."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.administration import rooms
from backend.pages.leaving import going
from backend.rendering import page
from locales import text
from models.actions import staff_administered as deeds
from models.actions.staff_administered import ROLES, Member
from models.domain.errors import Invalid, Stale
from models.domain.staff import Role, mark
from models.queries import staff
from models.queries.staff import Account

_LABELS = {
    "name": "staff.name", "email": "sign_in.email", "role": "own.role", "duty": "staff.duty", "active": "staff.account",
}  # fmt: skip


async def show(request: web.Request) -> web.StreamResponse:
    """Everybody on the desk, and the form for one more."""
    return await _staff_page(request)


async def add(request: web.Request) -> web.StreamResponse:
    """One more; the page that follows shows the one-time link, once."""
    form, desk = await forms.read(request), context.desk(request)
    typed = {"email": form.line("email"), "name": form.line("name"), "role": form.text("role"),
             "duty": form.text("duty")}  # fmt: skip
    try:
        staff_id, token = await deeds.hire(
            request[VIEWER], typed["email"], _member(form), language=context.language(request), now=desk.now
        )
    except Invalid as refused:
        field = refused.field or "email"
        return await _staff_page(request, typed=typed, field=field, problem=refused.code, status=422)
    return await _member_page(request, staff_id, token=token)


async def one(request: web.Request) -> web.StreamResponse:
    """One of them."""
    return await _member_page(request, request.match_info["staff_id"])


async def change(request: web.Request) -> web.StreamResponse:
    """Another name, role or duty; an account closed or opened again."""
    form, desk, staff_id = await forms.read(request), context.desk(request), request.match_info["staff_id"]
    await staff.account(request[VIEWER], staff_id, real_now=desk.clock.real_now())
    typed = {"name": form.line("name"), "email": form.line("email"), "role": form.text("role"),
             "duty": form.text("duty"), "active": form.text("active"), "seen": form.text("seen")}  # fmt: skip
    try:
        await deeds.change_member(
            request[VIEWER], staff_id, _member(form), active=typed["active"] == "yes", email=typed["email"],
            now=desk.now, real_now=desk.clock.real_now(), seen=typed["seen"],
        )  # fmt: skip
    except Stale as refused:
        return await _member_page(request, staff_id, typed=typed, problem=refused.code, status=409)
    except Invalid as refused:
        field = refused.field or "name"
        return await _member_page(request, staff_id, typed=typed, field=field, problem=refused.code, status=422)
    raise going(f"/administration/staff/{staff_id}", said="staff_changed")


async def reset(request: web.Request) -> web.StreamResponse:
    """A new one-time link, shown once; whoever is signed in as them is signed out."""
    desk, staff_id = context.desk(request), request.match_info["staff_id"]
    way = await deeds.reset_sign_in(request[VIEWER], staff_id, now=desk.now, real_now=desk.clock.real_now())
    return await _member_page(request, staff_id, token=way.token, again=way.again)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End every session of theirs."""
    desk, staff_id = context.desk(request), request.match_info["staff_id"]
    await deeds.sign_out_member(request[VIEWER], staff_id, now=desk.now, real_now=desk.clock.real_now())
    raise going(f"/administration/staff/{staff_id}", said="staff_signed_out")


def _member(form: Form) -> Member:
    try:
        role = Role(form.text("role"))
    except ValueError:
        raise Invalid("staff_role", "role") from None
    return Member(form.line("name"), role, duty_holder=form.text("duty") == "yes")


def _roles(language: str) -> list[dict[str, str]]:
    return [
        {"value": role.value, "words": text(f"desk.role.{role.value}", language),
         "hint": text(f"desk.staff.{role.value}_means", language)}
        for role in ROLES
    ]  # fmt: skip


async def _staff_page(
    request: web.Request, *, typed: dict[str, str] | None = None, field: str = "", problem: str = "", status: int = 200
) -> web.Response:
    viewer, language = request[VIEWER], context.language(request)
    found = await staff.roster(viewer, real_now=context.desk(request).clock.real_now())
    return await page(
        request, "staff.html", current="administration", status=status, rooms=rooms(viewer, "staff", language),
        members=[_line(one, language) for one in found], roles=_roles(language),
        values=typed or {"email": "", "name": "", "role": Role.CASEWORKER.value, "duty": ""},
        errors=[{"id": field, "words": words.refusal(problem, language)}] if problem else [],
    )  # fmt: skip


def _line(one: Account, language: str) -> dict[str, Any]:
    says = [text(f"desk.role.{one.role.value}", language)]
    if one.duty_holder:
        says.append(text("desk.staff.on_duty", language))
    if one.people:
        says.append(text("desk.staff.people", language, n=one.people))
    if one.sessions:
        says.append(text("desk.staff.sessions", language, n=one.sessions))
    state = "active" if one.active and one.gets_in else "invited" if one.active else "closed"
    return {
        "name": one.name,
        "email": one.email,
        "href": f"/administration/staff/{one.staff_id}",
        "says": " · ".join(says),
        "kind": {"active": "done", "invited": "waiting", "closed": "quiet"}[state],
        "state": text(f"desk.staff.{state}", language),
    }


async def _member_page(
    request: web.Request, staff_id: str, *, token: str = "", again: bool = False, typed: dict[str, str] | None = None,
    field: str = "", problem: str = "", status: int = 200,
) -> web.Response:  # fmt: skip
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    found = await staff.account(viewer, staff_id, real_now=desk.clock.real_now())
    values = {"name": found.name, "email": found.email, "role": found.role.value,
              "duty": "yes" if found.duty_holder else "", "active": "yes" if found.active else "no"}  # fmt: skip
    said = words.refusal(problem, language) if problem else ""
    return await page(
        request, "staff_member.html", current="administration", status=status,
        rooms=rooms(viewer, "staff", language), member=_line(found, language), staff_id=staff_id,
        people=found.people, covers=found.covers, sessions=found.sessions, active=found.active,
        yourself=staff_id == viewer.staff_id, roles=_roles(language),
        link=f"{desk.settings.public_url}/welcome#{token}" if token else "", again=again,
        errors=[{"id": field, "words": said}] if field else [], problem="" if field else said,
        **forms.shown(
            typed, values, {field: text(f"desk.{key}", language) for field, key in _LABELS.items()}, refused_at=field,
            seen=mark(
                found.name, found.email, found.role.value, duty_holder=found.duty_holder, active=found.active
            ),
            named={
                "role": {one["value"]: one["words"] for one in _roles(language)},
                "duty": {"yes": text("desk.staff.duty_yes", language)},
                "active": {"yes": text("desk.staff.account_open", language),
                           "no": text("desk.staff.account_closed", language)},
            },
        ),
    )  # fmt: skip
