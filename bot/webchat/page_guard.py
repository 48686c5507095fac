"""What every answer to the page and every request from it must satisfy: headers, origin, size, session, lock."""

from __future__ import annotations

import asyncio
import json
import logging
from http.cookies import CookieError, SimpleCookie
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.webchat import limits
from bot.webchat.chats import Chats
from bot.webchat.errors import PageError
from bot.webchat.people import Person, Session

_LOG = logging.getLogger(__name__)
COOKIE = "hoert_chat"
PROOF = "X-Hoert"
_YEAR = 365 * 86_400
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)


def set_headers(frame_ancestors: str) -> Any:
    """A signal handler that puts the security headers on every response, streams and errors included."""

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = _POLICY + frame_ancestors
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(self), geolocation=()"
        response.headers.setdefault("Cache-Control", "no-store")

    return prepare


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses what another site could have sent; turns failures into {"error": reason}."""
    try:
        if request.method not in ("GET", "HEAD"):
            if request.headers.get(PROOF) != "1":
                raise PageError(403, "no_proof")
            if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
                raise PageError(403, "other_site")
        return await handler(request)
    except PageError as failure:
        return _failed(failure.status, failure.reason, failure.wait)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as failure:
        return _failed(failure.status, "not_found" if failure.status == 404 else "refused")
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception as failure:  # noqa: BLE001  (its name is logged, never its text)
        _LOG.error("page call failed", extra={"fault": type(failure).__name__})
        return _failed(500, "internal")


def _failed(status: int, reason: str, wait: int = 0) -> web.Response:
    headers = {"Retry-After": str(wait)} if wait else {}
    return web.json_response({"error": reason}, status=status, headers=headers)


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a call: small, read within 10 s, {} when there is none."""
    pieces = bytearray()
    try:
        async with asyncio.timeout(limits.BODY_SECONDS):
            async for piece in request.content.iter_any():
                pieces += piece
                if len(pieces) > limits.PAGE_BODY_BYTES:
                    raise PageError(413, "too_big")
    except TimeoutError:
        raise PageError(408, "too_slow") from None
    if not pieces:
        return {}
    try:
        given = json.loads(pieces)
    except (ValueError, RecursionError):
        raise PageError(400, "not_json") from None
    if not isinstance(given, dict):
        raise PageError(400, "not_json")
    return given


def text(given: dict[str, Any], name: str, *, longest: int = 1 << 16) -> str:
    """A string of a call, "" when absent; 400 for anything else."""
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise PageError(400, f"bad_{name}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise PageError(400, f"bad_{name}") from None
    return value


def cookie(request: web.Request) -> str:
    """The session token: of several cookies with our name the one with the most specific path, which comes first."""
    for part in request.headers.get("Cookie", "").split(";"):
        if part.strip().startswith(f"{COOKIE}="):
            try:
                found = SimpleCookie(part.strip())
            except CookieError:
                return ""
            return found[COOKIE].value if COOKIE in found else ""
    return ""


def session(request: web.Request, chats: Chats) -> Session:
    """The session of a request, locked or not; 401 when there is none."""
    token = cookie(request)
    found = chats.people.session(token, chats.now()) if 20 <= len(token) <= 100 else None
    if found is None:
        raise PageError(401, "no_session")
    return found


def person(request: web.Request, chats: Chats) -> tuple[Session, Person]:
    """The session and its person; 401 without one, 423 while locked or before a PIN that is needed was chosen."""
    found = session(request, chats)
    if found.locked:
        raise PageError(423, "locked")
    if found.bare:
        raise PageError(423, "needs_pin")
    return found, chats.person(found.user_id)


_SYSTEMS = ("iphone", "ipad", "android", "windows", "macintosh", "cros", "linux")
_BROWSERS = ("edg", "samsungbrowser", "opr", "firefox", "fxios", "crios", "chrome", "safari")


def device(request: web.Request) -> str:
    """What a browser says it is, cut down to a system and a browser: enough to know one's own devices apart."""
    said = request.headers.get("User-Agent", "").lower()
    found = [next((name for name in names if name in said), "") for names in (_SYSTEMS, _BROWSERS)]
    return " ".join(found).strip()


def give_cookie(request: web.Request, response: web.StreamResponse, token: str, mount: str) -> None:
    """Puts the session into the browser, for this page's path only."""
    secure = request.secure or request.headers.get("X-Forwarded-Proto", "") == "https"
    response.set_cookie(COOKIE, token, path=mount, max_age=_YEAR, httponly=True, samesite="Strict", secure=secure)
