"""Token buckets: Telegram's send rates, and the limits on people and addresses. In memory; a restart forgets.

A send to a chat takes one token from that chat's bucket (3 deep, refilled by 1 a second) and one from the bot's (30
deep, 30 a second). An edit, a deletion or a chat action takes one from the bot's bucket only. A refused call takes
nothing.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

from bot.webchat import limits

_BUCKETS_KEPT = 20_000
_Key = TypeVar("_Key", int, str)


@dataclass
class Bucket:
    """`depth` tokens at most, `rate` new ones a second."""

    depth: float
    rate: float
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until one token is there; 0 when it is there now. A clock that goes back refills nothing."""
        self.tokens = min(self.depth, self.tokens + max(0.0, now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.tokens >= 1 - 1e-9 else (1 - self.tokens) / self.rate

    def take(self) -> None:
        """Takes one token; call after `wait` gave 0."""
        self.tokens -= 1


class SendRates:
    """Decides if a call may pass now."""

    def __init__(self) -> None:
        self._bot = Bucket(limits.BOT_BURST, limits.BOT_RATE, limits.BOT_BURST, 0.0)
        self._chats: OrderedDict[int, Bucket] = OrderedDict()

    def refused(self, now: float, chat_id: int | None) -> int:
        """0 and the tokens are taken, or the whole seconds to wait. `chat_id` None: the bot's bucket only."""
        waits = [self._bot.wait(now)]
        chat = self._chat(chat_id, now) if chat_id is not None else None
        if chat is not None:
            waits.append(chat.wait(now))
        longest = max(waits)
        if longest > 0:
            return max(1, math.ceil(longest - 1e-9))
        self._bot.take()
        if chat is not None:
            chat.take()
        return 0

    def _chat(self, chat_id: int, now: float) -> Bucket:
        bucket = self._chats.get(chat_id)
        if bucket is None:
            bucket = self._chats[chat_id] = Bucket(limits.CHAT_BURST, limits.CHAT_RATE, limits.CHAT_BURST, now)
        self._chats.move_to_end(chat_id)
        while len(self._chats) > _BUCKETS_KEPT:
            self._chats.popitem(last=False)
        return bucket


class StartRates:
    """How often one address may begin a new chat: STARTS_PER_ADDRESS in STARTS_WINDOW."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def refused(self, now: float, address: str) -> int:
        """0 and it counts, or the whole seconds to wait."""
        depth = float(limits.STARTS_PER_ADDRESS)
        return _draw(self._buckets, address, Bucket(depth, depth / limits.STARTS_WINDOW, depth, now), now)


class SignInRates:
    """How often one address may try a code or a link, and all addresses together."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def refused(self, now: float, address: str) -> int:
        """0 and it counts, or the whole seconds to wait."""
        for key, tries in ((f"from {address}", limits.SIGNINS_PER_ADDRESS), ("from all", limits.SIGNINS_OF_ALL)):
            depth = float(tries)
            wait = _draw(self._buckets, key, Bucket(depth, depth / limits.SIGNINS_WINDOW, depth, now), now)
            if wait:
                return wait
        return 0


class PersonRates:
    """How fast one person may do something: `burst` at once, then `rate` a second."""

    def __init__(self, burst: float, rate: float) -> None:
        self._burst = burst
        self._rate = rate
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()

    def refused(self, now: float, user_id: int) -> int:
        """0 and it counts, or the whole seconds to wait."""
        return _draw(self._buckets, user_id, Bucket(self._burst, self._rate, self._burst, now), now)


def _draw(buckets: OrderedDict[_Key, Bucket], key: _Key, fresh: Bucket, now: float) -> int:
    bucket = buckets.setdefault(key, fresh)
    buckets.move_to_end(key)
    while len(buckets) > _BUCKETS_KEPT:
        buckets.popitem(last=False)
    wait = bucket.wait(now)
    if wait > 0:
        return max(1, math.ceil(wait))
    bucket.take()
    return 0
