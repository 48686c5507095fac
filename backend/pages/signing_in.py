"""Signing in and out, one-time codes, the municipality's own sign-in, the first password, the language of the desk."""

from __future__ import annotations

from typing import Any

from aiohttp import hdrs, web

from backend import context, forms, security, words
from backend.context import ACCOUNT, LANGUAGE, VIEWER
from backend.pages.leaving import going
from backend.pages.qr import app_address, qr_code
from backend.rendering import page
from backend.sso import Journey, SsoFailed
from models.actions import staff
from models.actions.staff import Half, SignedIn
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.staff_codes import secret_text
from models.queries import staff as accounts
from models.queries.staff import HalfWay
from models.transactions import HOUSE

_LONGEST_PASSWORD = 1000
_LONGEST_CODE = 40
#: Cookies for a part of the way in: half a sign-in, and the journey to the municipality's own.
_HALF, _JOURNEY = "half", "elsewhere"
_PASSING_SECONDS = 600


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
            browser=security.browser(request), known=security.known_browser(request, desk.settings, email), back=back,
            demanded=desk.settings.codes_demanded, real_now=desk.clock.real_now(),
        )  # fmt: skip
    except NotAllowed as refused:
        return await _sign_in_form(request, back=back, email=email, problem=refused.code, status=429)
    if signed_in is None:
        return await _sign_in_form(request, back=back, email=email, problem="wrong_password", status=403)
    await _end_old_session(request)
    return _signed_in(request, signed_in, back, email)


async def show_code(request: web.Request) -> web.StreamResponse:
    """The question for the code, for whoever has shown the right password."""
    half = await _half_way(request)
    if half.secret is not None:
        raise going("/sign-in/app")
    return await _code_form(request)


async def enter_code(request: web.Request) -> web.StreamResponse:
    """A code of the app, or a recovery code. Wrong ones count like wrong passwords."""
    form, desk = await forms.read(request), context.desk(request)
    half = await _half_way(request)
    try:
        entered = await staff.enter_code(
            HOUSE, _half_token(request), form.line("code")[:_LONGEST_CODE],
            address=security.caller(request, desk.settings), browser=security.browser(request),
            known=security.known_browser(request, desk.settings, half.email), real_now=desk.clock.real_now(),
        )  # fmt: skip
    except NotAllowed as refused:
        return await _code_form(request, problem=refused.code, status=429)
    if entered is None:
        return await _code_form(request, problem="wrong_code", status=403)
    signed_in, back = entered
    await _end_old_session(request)
    return _signed_in(request, signed_in, back, half.email)


async def show_app(request: web.Request) -> web.StreamResponse:
    """The first sign-in: put an app in place that shows codes."""
    return await _app_form(request, await _half_way(request))


async def confirm_app(request: web.Request) -> web.StreamResponse:
    """The first code of the app: signed in, and the recovery codes, this once.

    Its answer is a page and no redirect, like an invitation's: what it shows exists nowhere else.
    """
    form, desk = await forms.read(request), context.desk(request)
    half = await _half_way(request)
    try:
        enrolled = await staff.confirm_first_app(
            HOUSE, _half_token(request), form.line("code")[:_LONGEST_CODE],
            address=security.caller(request, desk.settings), browser=security.browser(request),
            real_now=desk.clock.real_now(),
        )  # fmt: skip
    except NotAllowed as refused:
        return await _app_form(request, half, problem=refused.code, status=429)
    except NotFound:
        raise going("/sign-in") from None
    if enrolled is None:
        return await _app_form(request, half, problem="wrong_first_code", status=403)
    await _end_old_session(request)
    response = await page(
        request, "codes_recovery.html", codes=enrolled.recovery_codes, onward=enrolled.back, first=True
    )  # fmt: skip
    _give_session(request, response, enrolled.signed_in, half.email)
    return response


async def go_elsewhere(request: web.Request) -> web.StreamResponse:
    """To the municipality's own sign-in. `again`: whoever is signed in proves it once more, in a tab of its own."""
    desk, account = context.desk(request), request.get(ACCOUNT)
    if desk.sso is None:
        raise NotFound
    again = account is not None and request.query.get("again") == "1"
    back = security.safe_back(request.query.get("back", "/"))
    if account is not None and not again:
        raise going(back)
    now = desk.clock.real_now()
    journey = desk.sso.set_out(back, again=again, now=now)
    try:
        there = await desk.sso.way_there(journey, now=now)
    except SsoFailed as failed:
        return await _not_by_sso(request, journey, failed.code)
    response = web.Response(status=303, headers={hdrs.LOCATION: there})
    security.set_passing_cookie(
        response, desk.settings, _JOURNEY, desk.sso.packed(journey), seconds=_PASSING_SECONDS
    )  # fmt: skip
    return response


async def come_back(request: web.Request) -> web.StreamResponse:
    """From the municipality's own sign-in: the one GET that changes something, because OpenID Connect comes back so.

    It does so only with a journey this browser set out on, and only once: the provider takes each code once.
    """
    desk = context.desk(request)
    if desk.sso is None:
        raise NotFound
    now, journey = desk.clock.real_now(), None
    try:
        journey = desk.sso.unpacked(security.passing_cookie(request, desk.settings, _JOURNEY), now=now)
        somebody = await desk.sso.who(journey, request.query, now=now)
        if journey.again:
            return await _proved_elsewhere(request, journey, somebody.issuer, somebody.subject)
        signed_in = await staff.sign_in_elsewhere(
            HOUSE, issuer=somebody.issuer, subject=somebody.subject, email=somebody.email, verified=somebody.verified,
            browser=security.browser(request), real_now=now,
        )  # fmt: skip
    except (SsoFailed, NotAllowed) as failed:
        return await _not_by_sso(request, journey, failed.code)
    await _end_old_session(request)
    return _signed_in(request, signed_in, journey.back)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session, and let the browser forget everything of this site."""
    await _end_old_session(request)
    response = web.Response(status=303, headers={hdrs.LOCATION: "/sign-in?why=left"})
    settings = context.desk(request).settings
    security.drop_session_cookie(response, settings)
    response.headers["Clear-Site-Data"] = security.CLEARED
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
        signed_in = await staff.choose_password(
            secret, password[:_LONGEST_PASSWORD], browser=security.browser(request),
            demanded=desk.settings.codes_demanded, now=desk.clock.real_now(),
        )  # fmt: skip
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
    request: web.Request, *, back: str, email: str = "", problem: str = "", field: str = "email", status: int = 200,
    **flags: bool,
) -> web.Response:  # fmt: skip
    said = words.refusal(problem, context.language(request)) if problem else ""
    errors = [{"id": field, "words": said}] if said else []
    values: dict[str, Any] = {"expired": False, "signed_out": False, **flags}
    return await page(
        request, "sign_in.html", status=status, step="password", values={"email": email}, errors=errors,
        sso=context.desk(request).sso is not None, back=back, **values,
    )  # fmt: skip


async def _code_form(request: web.Request, *, problem: str = "", status: int = 200) -> web.Response:
    errors = [{"id": "code", "words": words.refusal(problem, context.language(request))}] if problem else []
    return await page(
        request, "sign_in.html", status=status, step="code", values={}, errors=errors, sso=False, back="/",
        expired=False, signed_out=False,
    )  # fmt: skip


async def _app_form(request: web.Request, half: HalfWay, *, problem: str = "", status: int = 200) -> web.Response:
    if half.secret is None:
        raise going("/sign-in/code")
    errors = [{"id": "code", "words": words.refusal(problem, context.language(request))}] if problem else []
    return await page(
        request, "codes_app.html", status=status, first=True, action="/sign-in/app", errors=errors,
        qr=qr_code(app_address(half.secret, half.email)), secret=secret_text(half.secret),
    )  # fmt: skip


async def _not_by_sso(request: web.Request, journey: Journey | None, problem: str) -> web.Response:
    """Why the municipality's own sign-in did not lead in, and the other way beside it."""
    if journey is not None and journey.again and request.get(ACCOUNT) is not None:
        said = words.refusal(problem, context.language(request))
        response = await page(request, "again_done.html", status=403, problem=said)
    else:
        back = journey.back if journey else "/"
        response = await _sign_in_form(request, back=back, problem=problem, field="elsewhere", status=403)
    security.drop_passing_cookie(response, context.desk(request).settings, _JOURNEY)
    return response


async def _proved_elsewhere(request: web.Request, journey: Journey, issuer: str, subject: str) -> web.StreamResponse:
    desk, account = context.desk(request), request.get(ACCOUNT)
    if account is None:
        raise going("/sign-in")
    same = await staff.prove_elsewhere(
        account.viewer, account.session, issuer=issuer, subject=subject, real_now=desk.clock.real_now()
    )
    if not same:
        return await _not_by_sso(request, journey, "sso_somebody_else")
    response = await page(request, "again_done.html", problem="")
    security.drop_passing_cookie(response, desk.settings, _JOURNEY)
    return response


async def _welcome_form(request: web.Request, *, token: str = "", field: str = "", problem: str = "") -> web.Response:
    errors = [{"id": field, "words": words.refusal(problem, context.language(request))}] if problem else []
    return await page(request, "welcome.html", status=422 if problem else 200, token=token, errors=errors)


def _signed_in(request: web.Request, signed_in: SignedIn | Half, back: str, email: str = "") -> web.Response:
    """On to the desk; or to what is still missing, with a cookie that is worth nothing anywhere else.

    `email`: what they proved themselves with here, by which the browser is known the next time.
    """
    settings = context.desk(request).settings
    if isinstance(signed_in, Half):
        missing = "/sign-in/app" if signed_in.enrols else "/sign-in/code"
        response = web.Response(status=303, headers={hdrs.LOCATION: missing})
        security.drop_session_cookie(response, settings)
        security.set_passing_cookie(response, settings, _HALF, signed_in.token, seconds=_PASSING_SECONDS)
        return response
    response = web.Response(status=303, headers={hdrs.LOCATION: back})
    _give_session(request, response, signed_in, email)
    return response


def _give_session(request: web.Request, response: web.StreamResponse, signed_in: SignedIn, email: str) -> None:
    settings = context.desk(request).settings
    security.set_session_cookie(response, settings, signed_in.token)
    if email:
        security.remember_browser(request, response, settings, email)
    for name in (_HALF, _JOURNEY):
        if security.passing_cookie(request, settings, name):
            security.drop_passing_cookie(response, settings, name)


def _half_token(request: web.Request) -> str:
    return security.passing_cookie(request, context.desk(request).settings, _HALF)


async def _half_way(request: web.Request) -> HalfWay:
    """Who is half signed in in this browser, in their language; whoever is not begins at the beginning."""
    now = context.desk(request).clock.real_now()
    half = await accounts.half_way(HOUSE, _half_token(request), real_now=now)
    if half is None:
        raise going("/sign-in")
    request[LANGUAGE] = half.language
    return half


async def _end_old_session(request: web.Request) -> None:
    """Whatever session the browser came with ends: nobody can hand somebody else a session of theirs."""
    desk = context.desk(request)
    token = security.session_token(request, desk.settings)
    if token:
        await staff.sign_out(HOUSE, token, real_now=desk.clock.real_now())
