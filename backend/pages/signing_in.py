"""Signing in and out, the first password, the language of the desk."""

from __future__ import annotations

from typing import Any

from aiohttp import hdrs, web

from backend import context, forms, security, words
from backend.context import ACCOUNT, VIEWER
from backend.pages.leaving import going
from backend.rendering import page
from models.actions import staff
from models.actions.staff import SignedIn
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.transactions import HOUSE

_LONGEST_PASSWORD = 1000


async def show_sign_in(request: web.Request) -> web.StreamResponse:
    """The form to sign in with; whoever is signed in already goes on."""
    back = security.safe_back(request.query.get("back", "/"))
    if request.get(ACCOUNT) is not None:
        raise going(back)
    return await _sign_in_form(
        request, back=back, expired=request.query.get("why") == "expired", signed_out=request.query.get("why") == "left"
    )


async def sign_in(request: web.Request) -> web.StreamResponse:
    """E-mail and password. Unknown and known answer alike, in words and time."""
    form, desk = await forms.read(request), context.desk(request)
    email, back = form.line("email")[:200], security.safe_back(form.text("back") or "/")
    try:
        signed_in = await staff.sign_in(
            email, form.text("password")[:_LONGEST_PASSWORD], address=security.caller(request, desk.settings),
            real_now=desk.clock.real_now(),
        )  # fmt: skip
    except NotAllowed as refused:
        return await _sign_in_form(request, back=back, email=email, problem=refused.code, status=429)
    if signed_in is None:
        return await _sign_in_form(request, back=back, email=email, problem="wrong_password", status=403)
    await _end_old_session(request)
    return _signed_in(request, signed_in, back)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session, and let the browser forget everything of this site."""
    await _end_old_session(request)
    response = web.Response(status=303, headers={hdrs.LOCATION: "/sign-in?why=left"})
    settings = context.desk(request).settings
    security.drop_session_cookie(response, settings)
    response.headers["Clear-Site-Data"] = security.clear_site_data(settings)
    return response


async def show_welcome(request: web.Request) -> web.StreamResponse:
    """Where a one-time link leads. Its secret is behind the #, so no server and no log ever sees it in an address."""
    return await _welcome_form(request)


async def welcome(request: web.Request) -> web.StreamResponse:
    """Choose the first password with the secret of a one-time link."""
    form, desk = await forms.read(request), context.desk(request)
    secret, password = form.text("token").strip().rpartition("#")[2], form.text("password")
    if password != form.text("again"):
        return await _welcome_form(request, token=secret, field="again", problem="passwords_differ")
    try:
        signed_in = await staff.choose_password(secret, password[:_LONGEST_PASSWORD], now=desk.clock.real_now())
    except NotFound:
        return await _welcome_form(request, field="token", problem="link_dead")
    except Invalid as refused:
        return await _welcome_form(request, token=secret, field="password", problem=refused.code)
    await _end_old_session(request)
    return _signed_in(request, signed_in, "/")


async def choose_language(request: web.Request) -> web.StreamResponse:
    """The desk in Danish or English, kept with the account."""
    form = await forms.read(request)
    await staff.set_language(HOUSE, request[VIEWER].staff_id, form.text("language"))
    raise going(security.safe_back(form.text("back") or "/"))


async def _sign_in_form(
    request: web.Request, *, back: str, email: str = "", problem: str = "", status: int = 200, **flags: bool
) -> web.Response:
    said = words.refusal(problem, context.language(request)) if problem else ""
    errors = [{"id": "email", "words": said}] if said else []
    values: dict[str, Any] = {"expired": False, "signed_out": False, **flags}
    return await page(
        request, "sign_in.html", status=status, step="password", values={"email": email}, errors=errors, sso="",
        back=back, **values,
    )  # fmt: skip


async def _welcome_form(request: web.Request, *, token: str = "", field: str = "", problem: str = "") -> web.Response:
    errors = [{"id": field, "words": words.refusal(problem, context.language(request))}] if problem else []
    return await page(request, "welcome.html", status=422 if problem else 200, token=token, errors=errors)


def _signed_in(request: web.Request, signed_in: SignedIn, back: str) -> web.Response:
    response = web.Response(status=303, headers={hdrs.LOCATION: back})
    security.set_session_cookie(response, context.desk(request).settings, signed_in.token)
    return response


async def _end_old_session(request: web.Request) -> None:
    """Whatever session the browser came with ends: nobody can hand somebody else a session of theirs."""
    desk = context.desk(request)
    token = security.session_token(request, desk.settings)
    if token:
        await staff.sign_out(HOUSE, token, real_now=desk.clock.real_now())
