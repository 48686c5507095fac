"""Cookies, the CSRF token, where a request may come from, and the headers of every answer."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from models import crypto
from models.domain.staff_browsers import browser_of
from models.settings import Settings

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
_PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "hid",
        "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    )
)  # fmt: skip
_YEAR: Final = 365 * 24 * 3600
_KNOWN: Final = "known"
#: What a browser forgets at sign-out; its cookies are taken back one by one.
CLEARED: Final = '"cache", "storage"'


def is_https(settings: Settings) -> bool:
    """Whether the desk is reached over TLS, so that cookies can demand it."""
    return settings.public_url.startswith("https://")


def cookie_name(settings: Settings) -> str:
    """`__Host-hoert` over TLS (no other host or path can set it), else `hoert`."""
    return "__Host-hoert" if is_https(settings) else "hoert"


def set_session_cookie(response: web.StreamResponse, settings: Settings, token: str) -> None:
    """Give the browser its session. The cookie holds the token and nothing else, and ends with the browser."""
    response.set_cookie(
        cookie_name(settings), token, httponly=True, secure=is_https(settings), samesite="Lax", path="/"
    )


def drop_session_cookie(response: web.StreamResponse, settings: Settings) -> None:
    """Take the session back from the browser."""
    response.del_cookie(cookie_name(settings), httponly=True, secure=is_https(settings), samesite="Lax", path="/")


def set_passing_cookie(
    response: web.StreamResponse, settings: Settings, name: str, value: str, *, seconds: int
) -> None:
    """Give the browser something for a part of the way in: half a sign-in, or the journey to the municipality's own."""
    response.set_cookie(
        f"{cookie_name(settings)}-{name}", value, max_age=seconds, httponly=True, secure=is_https(settings),
        samesite="Lax", path="/",
    )  # fmt: skip


def passing_cookie(request: web.Request, settings: Settings, name: str) -> str:
    """What `set_passing_cookie` gave this browser, or ""."""
    value = request.cookies.get(f"{cookie_name(settings)}-{name}", "")
    return value if len(value) <= 2000 and value.isascii() else ""


def drop_passing_cookie(response: web.StreamResponse, settings: Settings, name: str) -> None:
    """Take it back."""
    response.del_cookie(
        f"{cookie_name(settings)}-{name}", httponly=True, secure=is_https(settings), samesite="Lax", path="/"
    )


def browser(request: web.Request) -> str:
    """The two words by which somebody knows a browser of theirs again."""
    return browser_of(request.headers.get(hdrs.USER_AGENT, "")[:400])


def known_browser(request: web.Request, settings: Settings, email: str) -> str:
    """The secret by which this browser is known to have signed in to an account before, or "" where it has not."""
    secret, _, mark = passing_cookie(request, settings, _KNOWN).partition(".")
    right = hmac.compare_digest(_known_mark(settings, secret, email).encode(), mark.encode())
    return secret if secret and right else ""


def remember_browser(request: web.Request, response: web.StreamResponse, settings: Settings, email: str) -> None:
    """Let a browser that has signed in be known again. Its cookie says nothing of who, and opens nothing: what somebody
    else tries elsewhere does not lock this browser out (`models/actions/staff_attempts.py`)."""
    secret = known_browser(request, settings, email) or secrets.token_hex(16)
    value = f"{secret}.{_known_mark(settings, secret, email)}"
    set_passing_cookie(response, settings, _KNOWN, value, seconds=_YEAR // 2)


def _known_mark(settings: Settings, secret: str, email: str) -> str:
    key = crypto.derive(settings.master_key, b"desk known browsers")
    return hmac.new(key, f"{secret} {email.strip().lower()}".encode(), sha256).hexdigest()


def caller(request: web.Request, settings: Settings) -> str:
    """Who is calling: a proxy of ours is believed about the address it added last, nobody else about any."""
    remote = request.remote or ""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).rpartition(",")[2].strip()
    return forwarded if forwarded and remote in settings.trusted_proxies else remote


def session_token(request: web.Request, settings: Settings) -> str:
    """The session token the browser sent, or "" when there is none or it cannot be one."""
    token = request.cookies.get(cookie_name(settings), "")
    return token if len(token) <= 100 and token.isascii() else ""


def csrf_key(settings: Settings) -> bytes:
    """The key CSRF tokens are made with, derived from the master key."""
    return crypto.derive(settings.master_key, b"desk csrf")


def csrf_token(key: bytes, session: str) -> str:
    """The CSRF token of one session: nothing is stored, and it dies with the session."""
    return hmac.new(key, session.encode(), sha256).hexdigest()


def csrf_right(key: bytes, session: str, given: str) -> bool:
    """Whether a form carries the token of this session."""
    return hmac.compare_digest(csrf_token(key, session).encode(), given.encode("utf-8", "replace"))


def csrf_shaped(given: str) -> bool:
    """Whether it could be the token of some session."""
    return len(given) == 64 and set(given) <= set("0123456789abcdef")


def comes_from_here(request: web.Request, settings: Settings) -> bool:
    """Whether a state change was asked for by one of our own pages.

    `Sec-Fetch-Site` decides where the browser sends it; else `Origin` must name us. Neither: no.
    """
    origin = request.headers.get(hdrs.ORIGIN)
    ours = origin is not None and _names_us(origin, request, settings)
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin" and (origin in {None, "null"} or ours)
    return ours


def _names_us(origin: str, request: web.Request, settings: Settings) -> bool:
    parts = urlsplit(origin)
    if f"{parts.scheme}://{parts.netloc}" == settings.public_url:
        return True
    return parts.scheme in {"http", "https"} and parts.netloc == request.host


def safe_back(path: str) -> str:
    """An address of the desk to go back to, or "/": never another host, never an answer to a form."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or len(path) > 200 or not path.isprintable():
        return "/"
    parts = urlsplit(path)
    if parts.scheme or parts.netloc:
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def add_headers(response: web.StreamResponse, settings: Settings, *, frame_self: bool) -> None:
    """The security headers of every answer of the desk. What a page has set itself stands."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY.format(ancestors="'self'" if frame_self else "'none'"))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", _PERMISSIONS)
    headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    if not frame_self:
        headers.setdefault("X-Frame-Options", "DENY")
    if is_https(settings):
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}; includeSubDomains")
