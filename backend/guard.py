"""The door of every page: who is asking, may they, did one of our own pages ask; and errors as pages."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final
from urllib.parse import quote, urlsplit

from aiohttp import hdrs, web

from backend import context, forms, security
from backend.again import asked_again
from backend.context import ACCOUNT, LANGUAGE, ROUTE, VIEWER, Account
from backend.rendering import page
from models.actions import staff as sessions
from models.domain.errors import Invalid, NotAllowed, NotFound, Refusal
from models.domain.staff import may
from models.transactions import HOUSE, at_once

_LOG = logging.getLogger("backend.requests")
ANYONE: Final = "anyone"
SIGNED_IN: Final = "signed-in"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the routes table. `may` is a deed of `models.domain.staff.DEEDS`, "anyone" or "signed-in".

    `files`: its form may carry files, so it may be large and takes longer. `fresh`: a deed of weight; who has not
    proved for ten minutes who they are is asked again, and goes on with the form they sent (which carries no files).
    `long`: its answer takes long (a stream of hints, a document that is drawn), so what it reads is not one reading.
    """

    method: str
    path: str
    name: str
    handler: Handler
    may: str
    files: bool = False
    fresh: bool = False
    long: bool = False


def guarded(route: Route) -> Handler:
    """The handler of a route behind its door."""

    async def serve(request: web.Request) -> web.StreamResponse:
        request[ROUTE], request[forms.WITH_FILES] = route.name, route.files
        account = await _recognised(request)
        if route.may != ANYONE and account is None:
            return await _signed_out(request)
        if route.method == "POST" and not await _ours(request, None if route.may == ANYONE else account):
            return await error(request, 419, back=_came_from(request), anew=True)
        if account is not None and route.may not in {ANYONE, SIGNED_IN} and not may(account.role, route.may):
            raise NotAllowed
        if route.fresh and account is not None and (asking := await asked_again(request, account)) is not None:
            return asking
        if account is None or route.method != "GET" or route.may == ANYONE or route.long:
            return await route.handler(request)
        return await _read_at_once(account, request, route.handler)

    return serve


async def _read_at_once(account: Account, request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page asks once who looks and what it shows of them. Where it leads elsewhere, that is said after it."""

    async def read() -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as leads:
            return leads

    answer = await at_once(account.viewer, read)
    if isinstance(answer, web.HTTPException):
        raise answer
    return answer


@web.middleware
async def faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the request (method, route, status, time) and turn what goes wrong into a page."""
    if request.match_info.apps[-1] is not request.app:
        return await handler(request)  # a part mounted under the desk looks after itself
    begun = perf_counter()
    status = 500
    try:
        response = await _answered(request, handler)
        status = response.status
        return response
    except web.HTTPException as raised:
        status = raised.status
        raise
    finally:
        _LOG.info(
            "request",
            extra={
                "method": request.method if request.method in hdrs.METH_ALL else "other",
                "route": request.get(ROUTE, "none"),
                "status": status,
                "milliseconds": round((perf_counter() - begun) * 1000, 1),
            },
        )


async def error(
    request: web.Request, status: int, *, reference: str = "", back: str = "", anew: bool = False
) -> web.Response:
    """An error as a page. It says nothing of what was asked for, so the foreign and the missing look the same."""
    return await page(
        request, "error.html", status=status, error_status=status, reference=reference, back=back, anew=anew, path="/"
    )


#: What goes wrong in an expected way, and the status of its page; the first that fits counts.
_STATUS: Final[tuple[tuple[tuple[type[Exception], ...], int], ...]] = (
    ((NotFound, web.HTTPNotFound, web.HTTPMethodNotAllowed), 404),
    ((NotAllowed, web.HTTPForbidden), 403),
    ((Invalid, web.HTTPBadRequest), 400),
    ((web.HTTPRequestEntityTooLarge,), 413),
    ((web.HTTPRequestTimeout,), 408),
    ((Refusal,), 409),
)


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await _found(request, handler)
    except Exception as fault:  # the last resort: an incident number, never a detail
        status = next((status for kinds, status in _STATUS if isinstance(fault, kinds)), None)
        if status is not None:
            return await error(request, status)
        if isinstance(fault, web.HTTPException | ConnectionError):
            raise
        incident = secrets.token_hex(4)
        last = traceback.extract_tb(fault.__traceback__)[-1]
        _LOG.error(
            "a page failed",
            extra={
                "code": incident,
                "route": request.get(ROUTE, "none"),
                "fault": type(fault).__name__,
                "reason": f"{last.filename.rpartition('/')[2]}:{last.lineno}",
            },
        )
        return await _last_resort(request, incident)


async def _found(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Where an address has nothing behind it, whoever is signed in is told so in their language, with the ways on."""
    try:
        if "\x00" in request.rel_url.query_string:  # no database keeps it, and not every one can be asked for it
            raise web.HTTPNotFound
        return await handler(request)
    except web.HTTPNotFound:
        if ROUTE not in request:
            await _recognised(request)
        raise


async def _last_resort(request: web.Request, incident: str) -> web.Response:
    request.pop(ACCOUNT, None)  # the frame asks the database, which may be what failed
    try:
        return await error(request, 500, reference=incident)
    except Exception:  # noqa: BLE001 (a page that cannot even say that it failed)
        return web.Response(text=f"500 · {incident}", status=500)


async def _recognised(request: web.Request) -> Account | None:
    """Whose session it is; from here on the page is theirs."""
    account = await _account(request)
    if account is not None:
        request[ACCOUNT], request[VIEWER], request[LANGUAGE] = account, account.viewer, account.language
    return account


async def _account(request: web.Request) -> Account | None:
    desk = context.desk(request)
    token = security.session_token(request, desk.settings)
    if not token:
        return None
    # What the page asks for by itself must not keep a forgotten session alive.
    asked_by_hand = "HX-Request" not in request.headers and request.get(ROUTE) != "events"
    here = await sessions.resume(HOUSE, token, real_now=desk.clock.real_now(), touch=asked_by_hand)
    return (
        Account(here.viewer.asking(desk.now), here.language, here.municipality, here.shortcuts, token) if here else None
    )


async def _ours(request: web.Request, account: Account | None) -> bool:
    """Refuse a state change that none of our pages asked for, before anything is read or done. A form that anybody may
    send was made for no session: who has signed in meanwhile in another tab sends it all the same.

    False for a form of ours that was made for another session: they have signed in anew since, beside it.
    """
    desk = context.desk(request)
    if not security.comes_from_here(request, desk.settings):
        raise web.HTTPForbidden
    if account is None:
        return True
    given = request.headers.get("X-CSRF-Token") or (await forms.read(request)).text("csrf")
    if security.csrf_right(desk.csrf_key, account.session, given):
        return True
    if not security.csrf_shaped(given):
        raise web.HTTPForbidden
    return False


def _came_from(request: web.Request) -> str:
    """The page a form was sent from, to go back to."""
    referrer = urlsplit(request.headers.get(hdrs.REFERER, ""))
    return security.safe_back(referrer.path) if referrer.netloc == request.host else "/"


async def _signed_out(request: web.Request) -> web.StreamResponse:
    desk = context.desk(request)
    had = bool(security.session_token(request, desk.settings))
    if "HX-Request" in request.headers or request.get(ROUTE) == "events":
        return web.Response(status=401)
    if request.method != "GET":
        response: web.StreamResponse = await error(request, 419, back=_came_from(request))
    else:
        back = quote(security.safe_back(request.path_qs), safe="")
        why = "&why=expired" if had else ""
        response = web.Response(status=303, headers={hdrs.LOCATION: f"/sign-in?back={back}{why}"})
    if had:
        security.drop_session_cookie(response, desk.settings)
    return response
