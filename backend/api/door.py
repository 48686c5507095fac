"""The door of every operation: whose token, how often, may they, is what they sent usable; and answers as JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import traceback
from time import perf_counter
from typing import Any, Final, cast

from aiohttp import hdrs, web

from backend.api.calls import Call, Match, Moved, Operation, Preparing
from backend.api.calls import Handler as Work
from backend.api.problems import Problem, preferred
from backend.api.schemas import Record, Wrong, pointer
from backend.context import LANGUAGE, ROUTE, desk
from backend.guard import Handler
from models import crypto
from models.actions import api
from models.actions.api import Answer, Held, InHand, Once, OtherBody
from models.actions.register_kept import Faulty
from models.domain.errors import Invalid, NotAllowed, NotFound, Refusal
from models.domain.staff import may
from models.transactions import HOUSE, Scoped, at_once

_LOG = logging.getLogger("backend.requests")
LARGEST_BODY: Final = 256 * 1024
BODY_DEADLINE: Final = 10.0
_CHALLENGE: Final = {hdrs.WWW_AUTHENTICATE: 'Bearer realm="hoert"'}


def served(operation: Operation) -> Handler:
    """The handler of an operation behind its door."""

    async def serve(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = f"api.{operation.name}"
        held = await _held(request)
        if not may(held.viewer.role, operation.may):
            raise NotAllowed
        if operation.writes and held.read_only:
            raise Problem("read-only-token")
        raw = await _raw(request, operation)
        key = _key(request, operation)
        call = Call(
            viewer=held.viewer.asking(desk(request).now), desk=desk(request), language=request[LANGUAGE],
            ids=dict(request.match_info),
            query=_query(request, operation), body=_body(raw, operation), match=_match(request, operation),
            once=crypto.token_hash(f"{held.token_id} {key}")[:24],
        )  # fmt: skip
        asked = Once(held.token_id, key, f"{operation.name} {request.path} {call.match}\n".encode() + raw)
        return _sent(await _worked(operation, call, asked))

    return serve


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the call (method, operation, status, time) and turn what goes wrong into a problem."""
    begun, status = perf_counter(), 500
    here = desk(request)
    request[LANGUAGE] = preferred(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""), here.settings.language)
    try:
        response = await _answered(request, handler)
        status = response.status
        return response
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


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ConnectionError:
        raise
    except Exception as fault:  # noqa: BLE001 (the last resort: an incident number, never a detail)
        problem = _problem_of(fault)
        if problem is None:
            problem = Problem("fault", reference=secrets.token_hex(4))
            last = traceback.extract_tb(fault.__traceback__)[-1]
            _LOG.error(
                "a call failed",
                extra={
                    "code": problem.reference,
                    "route": request.get(ROUTE, "none"),
                    "fault": type(fault).__name__,
                    "reason": f"{last.filename.rpartition('/')[2]}:{last.lineno}",
                },
            )
        return problem.answer(request[LANGUAGE])


def _problem_of(fault: Exception) -> Problem | None:  # noqa: C901, PLR0911 (one line for each kind of fault)
    """What a fault is called outside; None for one that nobody expected."""
    match fault:
        case Problem():
            return fault
        case Wrong():
            return Problem("invalid", fields=fault.found)
        case Moved():
            return Problem("precondition-failed", code="thread_moved_on")
        case InHand():
            return Problem("idempotency-in-progress", headers={hdrs.RETRY_AFTER: "1"})
        case OtherBody():
            return Problem("idempotency-key-reused")
        case NotFound() | web.HTTPNotFound():
            return Problem("not-found")
        case web.HTTPMethodNotAllowed():
            return Problem("method-not-allowed", headers={hdrs.ALLOW: ", ".join(sorted(fault.allowed_methods))})
        case Faulty():
            return Problem("invalid", faults=fault.faults)
        case Invalid():
            return Problem("invalid", code=fault.code, fields=[(f"/{fault.field}", fault.code)] if fault.field else [])
        case NotAllowed():
            return Problem("not-allowed", code="" if fault.code == NotAllowed.default else fault.code)
        case Refusal():
            return Problem("conflict", code=fault.code)
        case web.HTTPBadRequest():
            return Problem("malformed")
    return None


async def _held(request: web.Request) -> Held:
    """Whose token it is. What is wrong with a token is not said."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    token = token.strip()
    here = desk(request)
    real_now = here.clock.real_now()
    usable = scheme.casefold() == "bearer" and 0 < len(token) <= 100 and token.isascii()
    held = await api.hold(HOUSE, token, real_now=real_now) if usable else None
    if held is None:
        raise Problem("unauthorized", headers=_CHALLENGE)
    if wait := await api.pace(HOUSE, held.token_id, real_now=real_now):
        raise Problem("too-many-requests", headers={hdrs.RETRY_AFTER: str(wait)})
    return held


async def _raw(request: web.Request, operation: Operation) -> bytes:
    if operation.body is None:
        return b""
    if request.content_type != "application/json" or (request.charset or "utf-8").casefold() != "utf-8":
        raise Problem("unsupported-media-type")
    if (request.content_length or 0) > LARGEST_BODY:
        raise Problem("too-large")
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            async for chunk in request.content.iter_any():
                raw += chunk
                if len(raw) > LARGEST_BODY:
                    raise Problem("too-large")
    except TimeoutError:
        raise Problem("timeout") from None
    return bytes(raw)


def _body(raw: bytes, operation: Operation) -> dict[str, Any]:
    if operation.body is None:
        return {}
    try:
        given = json.loads(raw.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_one_of_each)
    except (ValueError, RecursionError):
        raise Problem("malformed") from None
    return operation.body.check(given)


def _query(request: web.Request, operation: Operation) -> dict[str, Any]:
    """The query, checked like a body: each name once, and none that is not declared."""
    known = Record("Query", operation.query, may=frozenset(operation.query) - operation.needs)
    twice = [(f"/{pointer(name)}", "given_twice") for name in set(request.query) if len(request.query.getall(name)) > 1]
    if twice:
        raise Wrong(*twice)
    return known.check(dict(request.query))


def _match(request: web.Request, operation: Operation) -> str:
    given = request.headers.get(hdrs.IF_MATCH, "").strip()
    if operation.match is Match.MUST and not given:
        raise Problem("precondition-required")
    return given if operation.match is not Match.NONE and given != "*" else ""


def _key(request: web.Request, operation: Operation) -> str:
    if operation.method != "POST":
        return ""
    given = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(given) <= 200 or not given.isprintable():
        raise Problem("idempotency-key-missing")
    return given


async def _worked(operation: Operation, call: Call, asked: Once) -> Answer:
    """Reads in one reading; a deed with what it looked at in one transaction, and a POST with its answer kept."""

    async def deed() -> Answer:
        return await cast("Work", operation.handler)(call)

    scope: Scoped = HOUSE if operation.house else call.viewer
    if not operation.writes:
        return await at_once(scope, deed)
    if operation.slow:
        real_now = call.desk.clock.real_now()
        if (kept := await api.answered(scope, asked, real_now=real_now)) is not None:
            return kept
        return await api.once(scope, asked, await cast("Preparing", operation.handler)(call), real_now=real_now)
    if operation.method != "POST":
        return await api.together(scope, deed)
    return await api.once(scope, asked, deed, real_now=call.desk.clock.real_now())


def _sent(answer: Answer) -> web.Response:
    headers = {**answer.headers, **({"Idempotency-Replayed": "true"} if answer.again else {})}
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    if isinstance(answer.body, bytes):
        return web.Response(status=answer.status, body=answer.body, headers=headers)
    return web.Response(
        status=answer.status, body=json.dumps(answer.body, ensure_ascii=False).encode(), headers=headers,
        content_type="application/json",
    )  # fmt: skip


def _no_number(name: str) -> float:
    raise ValueError(name)


def _one_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made
