"""The description of the API (OpenAPI 3.1), made from the table of operations, and its page."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from backend.api.calls import Match, Operation
from backend.api.operations import OPERATIONS
from backend.api.problems import MEDIA, PROBLEM
from backend.api.schemas import Content, Record, records
from locales import text
from models.domain.api import CALLS, KEPT

BASE: Final = "/api/v1"
VERSION: Final = "1.0.0"
_KEY: Final = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}  # fmt: skip
_TAG: Final = {"type": "string", "pattern": '^"[A-Za-z0-9]{1,64}"$'}


@cache
def described(language: str = "en") -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, language)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hørt",
            "version": VERSION,
            "description": text("desk.api.about", language, calls=CALLS, hours=int(KEPT.total_seconds() // 3600)),
            "license": {"name": "MPL-2.0", "identifier": "MPL-2.0"},
        },
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "tags": [{"name": name, "description": said(f"tag.{name}", language)} for name in tags()],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {record.name: record.spec() for record in _records()},
        },
    }


def tags() -> list[str]:
    """The resources, in the order of the table."""
    return list(dict.fromkeys(operation.tag for operation in OPERATIONS))


def said(name: str, language: str) -> str:
    """What the catalogue says about an operation or a resource."""
    return text(f"desk.api.{name.replace('-', '_')}", language)


def refusals(operation: Operation) -> list[int]:
    """Every status an operation may refuse with."""
    found = {401, 403, 422, 429, 500}
    if "{" in operation.path or operation.query:
        found.add(404)
    if operation.body is not None:
        found |= {400, 404, 408, 413, 415}
    if operation.method == "POST":
        found |= {400, 404, 409}
    if operation.writes:
        found.add(409)
    if operation.match is not Match.NONE:
        found.add(412)
    if operation.match is Match.MUST:
        found.add(428)
    return sorted(found)


def _operation(operation: Operation, language: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": said(f"op.{operation.name}", language),
        "parameters": _parameters(operation),
        "responses": _responses(operation, language),
        "x-hoert-right": operation.may,
    }
    if operation.body is not None:
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{operation.body.name}"}}},
        }
    return made


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    made += [
        {"name": name, "in": "query", "required": name in operation.needs, "schema": schema.spec()}
        for name, schema in operation.query.items()
    ]
    if operation.method == "POST":
        made.append(dict(_KEY))
    if operation.match is not Match.NONE:
        made.append(
            {"name": "If-Match", "in": "header", "required": operation.match is Match.MUST, "schema": dict(_TAG)}
        )
    return made


def _responses(operation: Operation, language: str) -> dict[str, Any]:
    good: dict[str, Any] = {"description": said(f"answer.{operation.status}", language)}
    if operation.answer is not None:
        schema = (
            {"$ref": f"#/components/schemas/{operation.answer.name}"}
            if isinstance(operation.answer, Record)
            else operation.answer.spec()
        )
        media = operation.answer.media if isinstance(operation.answer, Content) else "application/json"
        good["content"] = {media: {"schema": schema}}
    headers = {}
    if operation.tagged:
        headers["ETag"] = {"required": True, "schema": dict(_TAG)}
    if operation.method == "POST":
        headers["Idempotency-Replayed"] = {"schema": {"type": "string", "enum": ["true"]}}
    if headers:
        good["headers"] = headers
    problem = {MEDIA: {"schema": {"$ref": f"#/components/schemas/{PROBLEM.name}"}}}
    bad = {
        str(status): {"description": said(f"answer.{status}", language), "content": problem}
        for status in refusals(operation)
    }
    if "429" in bad:
        bad["429"]["headers"] = {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}}
    return {str(operation.status): good, **bad}


def _records() -> list[Record]:
    found: dict[str, Record] = {}
    for operation in OPERATIONS:
        for schema in (operation.body, operation.answer, PROBLEM):
            for record in records(schema) if schema is not None else ():
                found[record.name] = record
    return list(found.values())
