"""A proxy in front of a Bot API server: passes every byte on, and writes down what was called and answered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from typing import Any

import aiohttp
from aiohttp import web


@dataclass(frozen=True)
class Call:
    """One call and its answer, as they were on the wire."""

    method: str
    params: dict[str, Any]
    files: list[str]
    status: int
    answer: Any

    def line(self) -> dict[str, Any]:
        """What the judge reads."""
        return {"method": self.method, "params": self.params, "files": self.files, "answer": self.answer}


@dataclass
class Tap:
    """`address` is where to call, `target` where it goes on to."""

    target: str
    address: str = ""
    calls: list[Call] = field(default_factory=list)

    def of(self, *methods: str) -> list[Call]:
        """The calls of these methods, in order."""
        return [call for call in self.calls if call.method in methods]

    def updates(self) -> list[dict[str, Any]]:
        """Every update that was given out, each once."""
        found = {one["update_id"]: one for call in self.of("getUpdates") for one in call.answer.get("result") or []}
        return list(found.values())

    async def pass_on(self, request: web.Request, client: aiohttp.ClientSession) -> web.Response:
        """One call there and its answer back."""
        body, kind = await request.read(), request.headers.get("Content-Type", "")
        headers = {"Content-Type": kind} if kind else {}
        async with client.request(request.method, f"{self.target}{request.path_qs}", data=body, headers=headers) as got:
            answer = await got.read()
            if not request.path.startswith("/file/"):
                params, files = _parameters(kind, body)
                params |= dict(request.query)
                method = request.path.rpartition("/")[2]
                self.calls.append(Call(method, params, files, got.status, json.loads(answer)))
            passed = {name: got.headers[name] for name in ("Content-Type", "Retry-After") if name in got.headers}
            return web.Response(status=got.status, body=answer, headers=passed)


def _parameters(kind: str, body: bytes) -> tuple[dict[str, Any], list[str]]:
    if not body:
        return {}, []
    if kind.startswith("application/json"):
        return json.loads(body), []
    params, files = {}, []
    for part in (
        BytesParser(policy=policy.HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).iter_parts()
    ):
        name, content = str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True)
        if part.get_filename() is None:
            assert isinstance(content, bytes)
            params[name] = content.decode()
        else:
            files.append(name)
    return params, files


@asynccontextmanager
async def tapped(target: str = "") -> AsyncIterator[Tap]:
    """A tap on a free port."""
    tap = Tap(target)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as client:

        async def handle(request: web.Request) -> web.Response:
            return await tap.pass_on(request, client)

        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/{rest:.*}", handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        tap.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield tap
        finally:
            await runner.cleanup()
