"""The Bot API over HTTP: token, parameters, faults, errors. No access log: the token is in the path."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from bot.webchat import limits, params
from bot.webchat.errors import (
    ApiError,
    internal,
    misdirected,
    not_found,
    restarting,
    too_many_requests,
    unauthorized,
    wrong_token,
)
from bot.webchat.faults import BAD_GATEWAY_PAGE, Fault, Faults, Kind, reset
from bot.webchat.files import Files
from bot.webchat.methods import Methods

_LOG = logging.getLogger(__name__)
_CALL = re.compile(r"/bot([^/]+)/([A-Za-z0-9_]+)/?")
_FILE = re.compile(r"/file/bot([^/]+)/([A-Za-z0-9_/-]+)")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the handlers need of an open web chat."""

    token: str
    methods: Methods
    files: Files
    faults: Faults


class BotApi:
    """Builds the application; `parts` gives what is open now."""

    def __init__(self, parts: Callable[[], Parts]) -> None:
        self._parts = parts

    def application(self) -> web.Application:
        """Answers /bot<token>/<method> and /file/bot<token>/<path>, by GET and POST."""
        app = web.Application(client_max_size=limits.UPLOAD_BYTES + (1 << 20))
        app.router.add_route("*", "/{rest:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except ApiError as failure:
            headers = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
            return web.json_response(failure.body(), status=failure.code, headers=headers)
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception as failure:  # noqa: BLE001  (its name is logged, never its text)
            _LOG.error("bot api call failed", extra={"fault": type(failure).__name__})
            return web.json_response(internal().body(), status=500)

    def _check(self, token: str) -> None:
        """Refuses every token but ours, as Telegram does: by what is wrong with it."""
        if hmac.compare_digest(token.encode(), self._parts().token.encode()):
            return
        if token.startswith("0") or len(token.encode()) > limits.TOKEN_BYTES or ":" not in token:
            raise wrong_token()
        number = token.partition(":")[0]
        if not re.fullmatch(r"-?[0-9]{1,18}", number):
            raise misdirected()
        if not 0 < int(number) < limits.USER_IDS:
            raise wrong_token()
        raise unauthorized()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.method not in ("GET", "POST"):
            raise ApiError(405, "Method Not Allowed")
        path = "/" + request.match_info["rest"]
        file = _FILE.fullmatch(path)
        if file is not None:
            self._check(file[1])
            stored = self._parts().files.by_path(file[2])
            if stored is None:
                raise not_found()
            return web.Response(body=stored.content, content_type="application/octet-stream")
        call = _CALL.fullmatch(path)
        if call is None:
            raise not_found()
        self._check(call[1])
        return await self._call(request, call[2])

    async def _call(self, request: web.Request, method: str) -> web.StreamResponse:
        given = await params.read(request.clone(client_max_size=limits.UPLOAD_BYTES + (1 << 20)))
        fault = self._parts().faults.strike(method, given.text("chat_id"))
        if fault is not None and not fault.kind.delivers:
            return _instead(request, fault)
        if fault is not None and fault.kind is Kind.SLOW:
            await self._parts().faults.hang(request, fault.delay)
        if fault is None or fault.kind is Kind.SLOW:
            result = await self._parts().methods.call(method, given)
            return web.json_response({"ok": True, "result": result})
        with suppress(ApiError):
            await self._parts().methods.call(method, given)
        if fault.kind is Kind.BAD_GATEWAY_AFTER:
            return _bad_gateway()
        if fault.kind is Kind.TIMEOUT_AFTER:
            await self._parts().faults.hang(request, fault.delay)
        return reset(request)


def _bad_gateway() -> web.Response:
    return web.Response(status=502, text=BAD_GATEWAY_PAGE, content_type="text/html")


def _instead(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind is Kind.TOO_MANY:
        raise too_many_requests(fault.retry_after)
    if fault.kind is Kind.UNAUTHORIZED:
        raise unauthorized()
    if fault.kind is Kind.RESTART:
        raise restarting()
    if fault.kind is Kind.BAD_GATEWAY:
        return _bad_gateway()
    return reset(request)
