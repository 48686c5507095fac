"""The webhook: Telegram calls us. An update is sealed in the journal and committed to the inbox before the 200.

The order of the steps is the defence: the path, the secret in constant time, what the head says of the body, the body
under a limit and a deadline, its JSON; then the disk, twice. Any trouble after that is 503 with `Retry-After`, which
Telegram obeys: it keeps the update and comes again.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.receiving.api import BotApi
from bot.receiving.help import OfflineHelp
from bot.receiving.journal import Journal
from bot.receiving.keeping import Keeper, is_update, read
from models.actions.inbox import Raw
from models.settings import SettingsError

log = logging.getLogger("hoert.receiving")

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
LARGEST_BODY = 256 * 1024
_DEADLINE = 10.0
_PATIENCE = 3.0
#: Telegram gives up after 60 seconds; we say 503 long before.
_LAST = 20.0
_RETRY_AFTER = "5"
_TELEGRAM = "api.telegram.org"
_PORTS = frozenset({443, 80, 88, 8443})


def webhook_address(public_url: str, secret: str, *, api: str) -> str:
    """Where the server at `api` is to call. Raises SettingsError where Telegram itself would refuse the address."""
    parts = urlsplit(public_url)
    if urlsplit(api).hostname == _TELEGRAM and (parts.scheme != "https" or (parts.port or 443) not in _PORTS):
        raise SettingsError(
            "HOERT_PUBLIC_URL must begin with https:// and have the port 443, 80, 88 or 8443, or Telegram does not "
            "call it; or set HOERT_TELEGRAM_MODE to polling"
        )
    return f"{public_url.rstrip('/')}/telegram/{_path_of(secret)}"


class WebhookReceiver:
    """Takes what Telegram pushes for one bot. Serve `application()` under /telegram.

    `secrets`: the one Telegram is told now, then any that are still accepted while it changes. `counts` says how many
    calls ended how ("kept", "repeated", "refused", "bad", "slow", "trouble"), for metrics.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        secrets: Sequence[str],
        now: Callable[[], datetime],
        on_received: Callable[[], None],
        help_file: Path,
        journal: Journal,
        deadline: float = _DEADLINE,
        last: float = _LAST,
    ) -> None:
        if not secrets or min(map(len, secrets)) < 32:
            raise SettingsError("The webhook's secret is missing or too short")
        self.name = name
        self.counts: Counter[str] = Counter()
        self._api = BotApi(url)
        self._secrets = [secret.encode() for secret in secrets]
        self._paths = [_path_of(secret).encode() for secret in secrets]
        self._now, self._on_received, self._journal = now, on_received, journal
        self._deadline, self._last = deadline, last
        self._help = OfflineHelp(name, self._api, help_file)
        self._keeper = Keeper(name, now=now, help_now=self._help)
        self._works: set[asyncio.Task[int]] = set()
        self._stopping = False

    def application(self) -> web.Application:
        """The part of the site below /telegram: one address that nobody can guess, and nothing else."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer, expect_handler=_expects_too_much)
        return app

    def stop(self) -> None:
        """Take nothing more: Telegram keeps it and comes again."""
        self._stopping = True

    async def close(self) -> None:
        """Wait for what is being kept, then close. The journal belongs to whoever made it."""
        self.stop()
        await asyncio.gather(*self._works, return_exceptions=True)
        await self._api.close()

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            said, status = await self._take(request)
        except Exception as exc:  # noqa: BLE001 (whatever it was: nothing is acknowledged, and no text of it is shown)
            log.warning("webhook.failed", extra={"fault": type(exc).__name__, "bot": self.name})
            said, status = "trouble", 503
        self.counts[said] += 1
        if status == 200:
            return web.Response()
        response = web.Response(status=status, headers={"Retry-After": _RETRY_AFTER} if status == 503 else None)
        if status != 503:
            response.force_close()
        return response

    async def _take(self, request: web.Request) -> tuple[str, int]:
        """How the call ended, in a word and as HTTP status."""
        if (refused := self._refusal(request)) is not None:
            return refused
        try:
            async with asyncio.timeout(self._deadline):
                body = await _body(request)
        except TimeoutError:
            return "slow", 408
        if body is None:
            return "bad", 413
        update = _parsed(body)
        if update is None:
            return "bad", 400
        return await self._keep(body, read(update))

    def _refusal(self, request: web.Request) -> tuple[str, int] | None:
        """What speaks against reading the body at all; None where nothing does."""
        if request.method != "POST" or not _one_of(self._paths, request.match_info["path"]):
            return "elsewhere", 404
        if not _one_of(self._secrets, request.headers.get(SECRET_HEADER, "")):
            # Once in a hundred: whoever tries secrets must not fill the disk with our complaints.
            if self.counts["refused"] % 100 == 0:
                log.warning("webhook.wrong_secret", extra={"count": self.counts["refused"] + 1, "bot": self.name})
            return "refused", 403
        if self._stopping:
            return "trouble", 503
        if request.content_type != "application/json" or "Content-Encoding" in request.headers:
            return "bad", 415
        if (request.content_length or 0) > LARGEST_BODY:
            return "bad", 413
        return None

    async def _keep(self, body: bytes, raw: Raw) -> tuple[str, int]:
        work = asyncio.create_task(self._put(body, raw))
        self._works.add(work)
        work.add_done_callback(self._put_away)
        if not (await asyncio.wait({work}, timeout=_PATIENCE))[0]:
            await self._help.offer([raw])
            await asyncio.wait({work}, timeout=self._last)
        if not work.done():
            log.warning("receiving.not_kept", extra={"fault": "TimeoutError", "bot": self.name})
            return "trouble", 503
        if work.exception() is not None:
            await self._help.offer([raw])
            return "trouble", 503
        return ("kept" if work.result() else "repeated"), 200

    async def _put(self, body: bytes, raw: Raw) -> int:
        """On the disk twice: the journal, then the inbox. Not cut short by anybody: what is begun here is finished."""
        await self._journal.append(self.name, self._now(), body)
        new = await self._keeper.keep([raw])
        self._on_received()
        self._help.answered.discard(raw.update_id)
        return new

    def _put_away(self, work: asyncio.Task[int]) -> None:
        self._works.discard(work)
        if not work.cancelled() and (fault := work.exception()) is not None:
            log.warning("receiving.not_kept", extra={"fault": type(fault).__name__, "bot": self.name})


def _path_of(secret: str) -> str:
    return hmac.digest(secret.encode(), b"webhook path", "sha256").hex()


def _one_of(known: list[bytes], shown: str) -> bool:
    """Whether it is one of ours, in a time that tells nothing about how much of it was right."""
    given = shown.encode("utf-8", "surrogateescape")
    return sum([hmac.compare_digest(one, given) for one in known]) > 0


async def _body(request: web.Request) -> bytes | None:
    """The whole body; None as soon as it is larger than allowed, whatever its head said."""
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any] | None:
    """The update; None where it is none."""
    try:
        update = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return update if is_update(update) else None


async def _expects_too_much(request: web.Request) -> web.Response:
    """`Expect: 100-continue` would invite the body before the secret was looked at. Telegram never asks."""
    return web.Response(status=417)
