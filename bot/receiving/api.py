"""Calls of one bot's API by plain aiohttp, for what PTB must not do for us: receive, and help without a database."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import aiohttp


class BotApi:
    """One bot on one server of the Bot API. The address carries the token: it is never logged and never shown."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return "BotApi(…)"

    async def close(self) -> None:
        """Close the connections; a later call opens them again."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, method: str, data: dict[str, Any], *, patience: float = 10.0) -> tuple[int, Any]:
        """One call: the HTTP status, and the JSON of the answer or None where it is none.

        `patience`: seconds to wait for the answer. Raises what aiohttp raises; the text of such an error may carry the
        address, so only its kind may be written down (`bot.request.transport_of`).
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        timeout = aiohttp.ClientTimeout(sock_connect=5, sock_read=patience)
        async with self._session.post(
            f"{self._url}/{method}", json=data, timeout=timeout, allow_redirects=False
        ) as response:
            body = await response.read()
            with contextlib.suppress(ValueError, RecursionError):
                return response.status, json.loads(body)
            return response.status, None


def result_of(reply: object) -> dict[str, Any]:
    """The result of an answer, where it is an object; an empty one otherwise."""
    found = reply.get("result") if isinstance(reply, dict) else None
    return found if isinstance(found, dict) else {}
