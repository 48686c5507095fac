"""Injected failures of the Bot API, for delivery tests and the demo. Off unless the extensions are on."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from dataclasses import dataclass
from enum import Enum
from typing import Any

from aiohttp import web

from bot.webchat.errors import bad_request


class Kind(Enum):
    """What goes wrong. "after": the call was carried out; otherwise it was not."""

    TOO_MANY = "429"
    UNAUTHORIZED = "401"
    RESTART = "500"
    BAD_GATEWAY = "502"
    BAD_GATEWAY_AFTER = "502_after"
    TIMEOUT_AFTER = "timeout_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    SLOW = "slow"

    @property
    def delivers(self) -> bool:
        """If the call is carried out."""
        return self in (Kind.BAD_GATEWAY_AFTER, Kind.TIMEOUT_AFTER, Kind.RESET_AFTER, Kind.SLOW)


# Without `methods` a fault strikes what speaks to a person, never the polling or the extensions.
_SPEAKING = frozenset(
    name.lower()
    for name in (
        "sendMessage",
        "sendPhoto",
        "sendDocument",
        "sendVoice",
        "sendChatAction",
        "editMessageText",
        "editMessageCaption",
        "editMessageReplyMarkup",
        "deleteMessage",
        "deleteMessages",
        "answerCallbackQuery",
    )
)
BAD_GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(slots=True)
class Fault:
    """One rule: strikes the next `left` fitting calls (None: all), each with `probability`."""

    kind: Kind
    methods: frozenset[str]
    chat_id: str | None
    left: int | None
    probability: float
    retry_after: int
    delay: float


class Faults:
    """The rules in force, first match wins. `setFaults` replaces them all."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._random = random.Random(0)  # noqa: S311
        self.struck: dict[str, int] = {}
        self._ended = asyncio.Event()

    def set(self, rules: object, seed: int) -> None:
        """Puts rules in force, an empty list none; counts start anew. 400 for what is not understood."""
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise bad_request("faults must be an Array of Objects")
        self._rules = [_fault(rule) for rule in rules]
        self._random = random.Random(seed)  # noqa: S311
        self.struck = {}

    def strike(self, method: str, chat_id: str) -> Fault | None:
        """The fault of this call, if any; used up by it."""
        for rule in self._rules:
            fits = method.lower() in rule.methods and rule.chat_id in (None, chat_id) and rule.left != 0
            if fits and self._random.random() < rule.probability:
                if rule.left is not None:
                    rule.left -= 1
                self.struck[rule.kind.value] = self.struck.get(rule.kind.value, 0) + 1
                return rule
        return None

    async def hang(self, request: web.Request, seconds: float) -> None:
        """Waits until the caller gives up, the time is over or the server closes."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until and not self._ended.is_set():
            if request.transport is None or request.transport.is_closing():
                return
            try:
                async with asyncio.timeout(0.1):
                    await self._ended.wait()
            except TimeoutError:
                continue

    def end(self) -> None:
        """Lets go of everybody who hangs."""
        self._ended.set()


def reset(request: web.Request) -> web.Response:
    """Cuts the connection with a TCP reset; the response is for aiohttp only and reaches nobody."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


def _fault(rule: dict[str, Any]) -> Fault:
    try:
        kind = Kind(str(rule.get("kind")))
        methods = rule.get("methods")
        count = rule.get("count")
        return Fault(
            kind,
            frozenset(str(name).lower() for name in methods) if methods else _SPEAKING,
            None if rule.get("chat_id") is None else str(rule["chat_id"]),
            None if count is None else int(count),
            float(rule.get("probability", 1.0)),
            int(rule.get("retry_after", 1)),
            float(rule.get("delay", 120.0 if kind is Kind.TIMEOUT_AFTER else 1.0)),
        )
    except (TypeError, ValueError):
        raise bad_request("wrong fault") from None
