"""People at their phones: each goes through one WHO-5 check-in, pressing as soon as the next question can be seen."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

from benchmarks.bot_api import BotApi
from models.domain.instruments.who5 import WHO5

#: How long somebody waits for a reaction before the round counts as stalled, in seconds.
PATIENCE = 120.0
ITEMS = tuple(item.key for item in WHO5.items)
LABELS = {int(option.code): option.label["da"] for option in WHO5.items[0].options}
#: Most are well, some are not: about one in six scores below 51 of 100, and the caseworker is told.
_VALUES, _WEIGHTS = (5, 4, 3, 2, 1, 0), (10, 30, 30, 15, 10, 5)
COMMAND = "/checkin"


class Stalled(Exception):
    """Somebody could not go on."""


def values_of(chat_id: int) -> tuple[int, ...]:
    """What the person of this chat answers, item by item; the same in every round and for every contestant."""
    return tuple(random.Random(chat_id).choices(_VALUES, _WEIGHTS, k=len(ITEMS)))


@dataclass(slots=True)
class Run:
    """What one load measured. `waits` are seconds from an answer's press to the next thing seen."""

    people: int
    seconds: float
    waits: list[float] = field(default_factory=list)


class Person:
    """One person. `invited`: the bot has asked already and there is a button to begin; else they send a command."""

    def __init__(self, api: BotApi, chat_id: int, *, invited: bool) -> None:
        self._api, self._chat_id, self._invited = api, chat_id, invited
        self._chat = api.chat(chat_id)
        self._message = max(self._chat.messages, default=0)
        self._change: asyncio.Future[None] | None = None

    async def check_in(self, waits: list[float]) -> None:
        """The whole check-in; appends how long each answer took to be reacted to."""
        self._chat.seen = self._seen
        seen = self._expect()
        if self._invited:
            first = next(iter(self._chat.messages[self._message].buttons.values()))
            self._api.press(self._chat_id, self._message, first)
        else:
            self._api.say(self._chat_id, COMMAND)
        await self._until(seen)
        for value in values_of(self._chat_id):
            shown = self._chat.messages[self._message]
            pressed = time.perf_counter()
            seen = self._expect()
            self._api.press(self._chat_id, self._message, shown.buttons[LABELS[value]])
            await self._until(seen)
            waits.append(time.perf_counter() - pressed)
        self._chat.seen = None

    def _expect(self) -> asyncio.Future[None]:
        self._change = asyncio.get_running_loop().create_future()
        return self._change

    async def _until(self, seen: asyncio.Future[None]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await seen
        except TimeoutError:
            raise Stalled("nothing came in time") from None

    def _seen(self, message_id: int) -> None:
        self._message = message_id
        if self._change is not None and not self._change.done():
            self._change.set_result(None)


async def load(api: BotApi, chat_ids: range, *, at_once: int, invited: bool) -> Run:
    """Let everybody check in, `at_once` of them at any moment. Raises Stalled when anybody cannot go on."""
    waiting = iter(chat_ids)
    run = Run(len(chat_ids), 0.0)

    async def phone() -> None:
        for chat_id in waiting:
            await Person(api, chat_id, invited=invited).check_in(run.waits)

    began = time.perf_counter()
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(chat_ids))):
                group.create_task(phone())
    except ExceptionGroup as failed:
        raise Stalled(repr(failed.exceptions[0])) from None
    run.seconds = time.perf_counter() - began
    return run
