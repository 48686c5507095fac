"""The API as a part mounted under the desk: a door of its own, no cookies, no forms, nothing of the desk's session."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import web

from backend import security
from backend.api.calls import Operation
from backend.api.description import BASE, described, refusals, said, tags
from backend.api.door import problems, served
from backend.api.operations import OPERATIONS
from backend.context import DESK, LANGUAGE, ROUTE, Desk, desk
from backend.rendering import page


def api_app(desk: Desk) -> web.Application:
    """The part; it shares the desk's parts and none of its guard."""
    app = web.Application(middlewares=[problems])
    app[DESK] = desk
    app.router.add_get("/", _documentation, allow_head=False)
    app.router.add_get("/openapi.json", _description, allow_head=False)
    for operation in OPERATIONS:
        app.router.add_route(operation.method, address(operation), served(operation))

    async def headers(request: web.Request, response: web.StreamResponse) -> None:
        security.add_headers(response, desk.settings, frame_self=desk.frame_self)

    app.on_response_prepare.append(headers)
    return app


def address(operation: Operation) -> str:
    """Where an operation is served below the part: every id in it is an opaque one."""
    return re.sub(r"\{(\w+)\}", r"{\1:[0-9a-f]{32}}", operation.path)


async def _description(request: web.Request) -> web.Response:
    request[ROUTE] = "api.openapi"
    body = json.dumps(described(), ensure_ascii=False).encode()
    return web.Response(body=body, content_type="application/json", headers={"Cache-Control": "max-age=300"})


async def _documentation(request: web.Request) -> web.Response:
    request[ROUTE] = "api.documentation"
    language = request[LANGUAGE]
    whole = described(language)
    return await page(
        request, "api.html", about=whole["info"]["description"], base=BASE,
        address=desk(request).settings.public_url + BASE,
        resources=[
            {
                "name": name, "words": said(f"tag.{name}", language),
                "operations": [_line(one, whole, language) for one in OPERATIONS if one.tag == name],
            }
            for name in tags()
        ],
        schemas=[
            {"name": name, "text": json.dumps(spec, ensure_ascii=False, indent=2)}
            for name, spec in whole["components"]["schemas"].items()
        ],
    )  # fmt: skip


def _line(operation: Operation, whole: dict[str, Any], language: str) -> dict[str, Any]:
    told = whole["paths"][operation.path][operation.method.lower()]
    return {
        "id": operation.name, "method": operation.method, "path": operation.path, "words": told["summary"],
        "right": operation.may, "body": operation.body.name if operation.body else "",
        "answer": getattr(operation.answer, "name", ""), "status": operation.status,
        "refusals": ", ".join(str(status) for status in refusals(operation)),
        "parameters": [
            f"{one['name']} ({one['in']}{'' if one['required'] else ', ' + said('optional', language)})"
            for one in told["parameters"]
        ],
    }  # fmt: skip
