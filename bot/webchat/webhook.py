"""Delivery of updates to the bot's own URL, as tdlib/telegram-bot-api does it.

Each queue (a chat's messages; a person's presses) is delivered in order, one at a time; queues go in parallel up to
`max_connections`. Any 2xx confirms. A failure is repeated at once, then after 2, 4, 8 … seconds up to a minute or
two, or after the `Retry-After` that the bot asked for; an update whose next try would come after its expiry is
dropped.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.webchat import limits
from bot.webchat.errors import bad_request, too_many_requests
from bot.webchat.store import Store
from bot.webchat.timer import Timer
from bot.webchat.updates import Pending, UpdateQueue

_LOG = logging.getLogger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
_IDLE = 5.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go."""

    url: str
    secret: str
    connections: int


@dataclass(slots=True)
class _Trouble:
    """Failures of one update: how often, the growing delay, and when (by the timer) to try again."""

    fails: int = 0
    delay: float = 1.0
    again_at: float = 0.0


class Webhook:
    """The webhook, if one is set. `start` begins delivery, `stop` ends it."""

    def __init__(
        self, store: Store, queue: UpdateQueue, now: Callable[[], float], timer: Timer, *, anywhere: bool = True
    ) -> None:
        self._store = store
        self._queue = queue
        self._now = now
        self._timer = timer
        self._anywhere = anywhere
        blob = store.secret("webhook")
        self.target: Target | None = Target(**json.loads(blob)) if blob else None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._deliveries: dict[str, asyncio.Task[None]] = {}
        self._troubles: dict[int, _Trouble] = {}
        self._last_error: tuple[int, str] | None = None
        self._gone_since: float | None = None
        self._next_set = -1.0
        queue.listeners.append(self._changed.set)

    @property
    def active(self) -> bool:
        """If updates are pushed, so that `getUpdates` is refused."""
        return self.target is not None

    def start(self) -> None:
        """Begins to deliver, now or when a webhook is set."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends; what was not confirmed stays in the queue."""
        tasks = [task for task in (self._task, *self._deliveries.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._task = None
        self._deliveries.clear()

    def pace(self) -> None:
        """429 for the second `set` within a second."""
        started = self._timer.now()
        if started < self._next_set:
            raise too_many_requests(1)
        self._next_set = started + 1

    async def set(self, url: str, secret: str, connections: int, *, drop: bool) -> None:
        """Sets or changes the webhook. One that is refused takes the older one with it."""
        target = Target(url, secret, max(1, min(connections, limits.WEBHOOK_CONNECTIONS_MOST)))
        if target == self.target and not drop:
            return
        await self._replace(None, drop=drop)
        self._check(target)
        await self._replace(target, drop=False)

    def _check(self, target: Target) -> None:
        url = urlsplit(_with_scheme(target.url))
        if len(target.secret) > limits.SECRET_TOKEN_CHARACTERS:
            raise bad_request("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", target.secret):
            raise bad_request("secret token contains unallowed characters")
        if self._anywhere:
            return
        if url.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if (url.port or 443) not in limits.WEBHOOK_PORTS:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        try:
            address = ip_address(url.hostname or "")
        except ValueError:
            return
        if address.version != 4:
            raise bad_request("bad webhook: IPv6-only addresses are not allowed")
        if not address.is_global:
            raise bad_request(f"bad webhook: IP address {address} is reserved")

    async def delete(self, *, drop: bool) -> None:
        """Removes the webhook."""
        if self.target is not None or drop:
            await self._replace(None, drop=drop)

    async def _replace(self, target: Target | None, *, drop: bool) -> None:
        for task in list(self._deliveries.values()):
            task.cancel()
        await asyncio.gather(*self._deliveries.values(), return_exceptions=True)
        self._deliveries.clear()
        with self._store.tx():
            if target is None:
                self._store.set_secret("webhook", None)
            else:
                facts = {"url": target.url, "secret": target.secret, "connections": target.connections}
                self._store.set_secret("webhook", json.dumps(facts).encode())
            if drop:
                self._queue.drop_all()
        self.target = target
        self._troubles.clear()
        self._last_error = None
        self._gone_since = None
        self._changed.set()

    def info(self, now: float) -> dict[str, Any]:
        """The WebhookInfo object."""
        found: dict[str, Any] = {
            "url": self.target.url if self.target else "",
            "has_custom_certificate": False,
            "pending_update_count": self._queue.count(now),
        }
        if self._last_error is not None:
            found |= {"last_error_date": self._last_error[0], "last_error_message": self._last_error[1]}
        if self.target is not None:
            found |= {"max_connections": self.target.connections, "ip_address": "<unknown>"}
        allowed = self._queue.allowed()
        return {**found, "allowed_updates": allowed} if allowed else found

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=limits.WEBHOOK_TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as client:
            while True:
                self._changed.clear()
                pause = _IDLE
                if self.target is not None:
                    pause = self._begin_deliveries(client, self.target)
                try:
                    async with asyncio.timeout(pause):
                        await self._changed.wait()
                except TimeoutError:
                    continue

    def _begin_deliveries(self, client: aiohttp.ClientSession, target: Target) -> float:
        """Starts what is due; seconds until something may be due again."""
        pause = _IDLE
        heads = self._queue.heads(self._now())
        waiting = {head.n for head in heads}
        self._troubles = {n: trouble for n, trouble in self._troubles.items() if n in waiting}
        for head in heads:
            if head.queue in self._deliveries:
                continue
            trouble = self._troubles.get(head.n)
            wait = trouble.again_at - self._timer.now() if trouble else 0.0
            if wait > 0:
                pause = min(pause, wait)
            elif len(self._deliveries) < target.connections:
                task = asyncio.create_task(self._deliver(client, target, head))
                self._deliveries[head.queue] = task
        return pause

    async def _deliver(self, client: aiohttp.ClientSession, target: Target, head: Pending) -> None:
        try:
            failure, retry_after, status = await self._post(client, target, head)
            if failure:
                self._failed(head, failure, retry_after)
                self._maybe_gone(status)
            else:
                self._gone_since = None
                self._troubles.pop(head.n, None)
                self._queue.confirm(head.n)
        finally:
            if self._deliveries.get(head.queue) is asyncio.current_task():
                del self._deliveries[head.queue]
            self._changed.set()

    async def _post(self, client: aiohttp.ClientSession, target: Target, head: Pending) -> tuple[str, int, int]:
        """What went wrong ("" when nothing), the seconds that the bot asked us to wait, and the HTTP status (or 0)."""
        headers = {SECRET_HEADER: target.secret} if target.secret else {}
        try:
            async with client.post(
                _with_scheme(target.url), json=head.update, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                if 200 <= answer.status < 300:
                    return "", 0, answer.status
                failure = f"Wrong response from the webhook: {answer.status} {answer.reason or ''}".rstrip()
                asked = answer.headers.get("Retry-After", "")
                wait = min(int(asked), limits.WEBHOOK_LONGEST_RETRY_AFTER) if asked.isdecimal() else 0
                return failure, wait, answer.status
        except TimeoutError:
            return "Read timeout expired", 0, 0
        except aiohttp.ClientConnectorError:
            return "Connection refused", 0, 0
        except (aiohttp.ClientError, OSError):
            return "Connection closed", 0, 0

    def _failed(self, head: Pending, failure: str, retry_after: int) -> None:
        now = self._now()
        self._last_error = (int(now), failure)
        trouble = self._troubles.setdefault(head.n, _Trouble())
        delay: float = retry_after
        if retry_after == 0 and trouble.fails > 0:
            longest = random.uniform(limits.WEBHOOK_LONGEST_DELAY, 2 * limits.WEBHOOK_LONGEST_DELAY)  # noqa: S311
            trouble.delay = delay = min(longest, trouble.delay * 2)
        trouble.fails += 1
        trouble.again_at = self._timer.now() + delay
        _LOG.info("webhook delivery failed", extra={"attempts": trouble.fails})
        if now + delay > head.expires_at:
            self._queue.forget(head.n)
            self._troubles.pop(head.n, None)

    def _maybe_gone(self, status: int) -> None:
        """410 for 23 hours, and no other answer in between: the bot does not want its webhook any more."""
        if status == 0:
            return
        if status != 410:
            self._gone_since = None
            return
        now = self._timer.now()
        if self._gone_since is None:
            self._gone_since = now
        elif now - self._gone_since > limits.WEBHOOK_GONE_AFTER:
            self._store.set_secret("webhook", None)
            self.target = None


def _with_scheme(url: str) -> str:
    """The URL with its scheme, https where it has none; 400 when it is none."""
    whole = url if "://" in url else f"https://{url}"
    try:
        parts = urlsplit(whole)
        fits = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or re.search(r"\s", whole):
        raise bad_request("invalid webhook URL specified")
    return whole
