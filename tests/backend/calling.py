"""Other systems, calling the API with a token of somebody's."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp.test_utils import TestClient

from backend.api.calls import Operation
from backend.api.description import BASE
from backend.api.schemas import Day, Flag, Many, Moment, Perhaps, Record, Schema, Text, Token, Whole
from tests.backend.browsing import Story

_numbers = count(1)


@dataclass
class Told:
    """An answer as a system has it."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def kind(self) -> str:
        """Which problem it is."""
        return str(self.body["type"]).removeprefix("urn:hoert:problem:")


@dataclass
class System:
    """A system with a token."""

    client: TestClient
    token: str = field(repr=False)
    token_id: str = ""

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = "",
        raw: bytes | None = None,
        **headers: str,
    ) -> Told:
        """Call once. A POST has a key of its own unless one is given; None sends none."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if method == "POST" and key is not None:
            sent["Idempotency-Key"] = key or f"key-{next(_numbers)}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        more: dict[str, Any] = {"json": body} if body is not None else {}
        if raw is not None:
            more = {"data": raw}
            sent.setdefault("Content-Type", "application/json")
        async with self.client.request(method, BASE + path, headers=sent, allow_redirects=False, **more) as answer:
            content = await answer.read()
            told = content.decode("latin-1") if content else None
            if answer.content_type.endswith("json"):
                told = await answer.json(content_type=None)
            return Told(answer.status, told, answer.headers)

    async def get(self, path: str, **headers: str) -> Told:
        """Read."""
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> Told:
        """Do something once."""
        return await self.call("POST", path, body, key=key, **headers)


OpenSystem = Callable[..., Awaitable[System]]


def path_of(operation: Operation, story: Story) -> str:
    """The address of an operation with the story's ids in it, and what its query needs."""
    ids = {"person_id": story.person, "offer_id": story.offer, "thread_id": story.thread, "alert_id": story.alert,
           "survey_id": "0" * 32, "webhook_id": "0" * 32,
           "hand_over_id": story.hand_over}  # fmt: skip
    path = re.sub(r"\{(\w+)\}", lambda found: ids[found.group(1)], operation.path)
    return path + (f"?person={story.person}" if operation.needs else "")


def body_of(operation: Operation, **ids: str) -> Any:
    """Something the schema takes: every field that must be there."""
    if operation.body is None:
        return None
    must = {key: schema for key, schema in operation.body.fields.items() if key not in operation.body.may}
    return {key: ids.get(key) or example(schema) for key, schema in (must or dict(operation.body.fields)).items()}


def example(schema: Schema) -> Any:
    """A value of a schema."""
    if isinstance(schema, Perhaps):
        return example(schema.of)
    if isinstance(schema, Many):
        return [example(schema.of)] * schema.least
    if isinstance(schema, Record):
        return {key: example(one) for key, one in schema.fields.items() if key not in schema.may}
    if isinstance(schema, Text | Token) and schema.example:
        return schema.example
    plain: dict[type, Any] = {Text: "ord", Token: "0" * 32, Day: "2008-02-03", Moment: "2026-12-01T10:00:00+01:00",
                              Whole: 1, Flag: True}  # fmt: skip
    return plain.get(type(schema)) or schema.spec()["enum"][0]
