"""Telling the municipalities' own systems that something happened: signed, in order, again and again for three days.

The rows of `models.actions.webhooks` are the outbox. A webhook is taken under a lease, spoken to outside any
transaction, and settled. Ids and kinds leave the house, nothing else; and nothing inside the house can be reached.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from hoert.away import signature
from hoert.clock import Clock
from models.actions import webhooks as deeds
from models.actions.webhooks import Taken
from models.domain.api import ABOUT, PATIENCE
from models.settings import Settings
from models.transactions import HOUSE

log = logging.getLogger("hoert.webhooks")

#: How often is looked, in seconds.
_EVERY: Final = 2.0
#: How many webhooks one process tells at the same time.
_BESIDE: Final = 8
#: Addresses that lead to others: what is behind them is looked at instead, or nothing is reached through them.
_THROUGH: Final = tuple(
    ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class Inside(OSError):
    """The name leads to an address that is not out in the open."""


class Outside(AbstractResolver):
    """Names as the machine knows them, unless any address of one lies inside: then it leads nowhere.

    The connection is made to the very address that was looked at.
    """

    def __init__(self, *, loopback: bool) -> None:
        self._known, self._loopback = aiohttp.ThreadedResolver(), loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises Inside."""
        found = await self._known.resolve(host, port, family)
        if not all(is_outside(one["host"], loopback=self._loopback) for one in found):
            raise Inside
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._known.close()


class Teller:
    """Tells what is due."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock

    async def round(self) -> int:
        """Tell every webhook what waits for it, each in its order; returns how many events were told."""
        waiting = await deeds.due(HOUSE, real_now=self._clock.real_now())
        if not waiting:
            return 0
        room = asyncio.Semaphore(_BESIDE)
        connector = aiohttp.TCPConnector(
            resolver=Outside(loopback=self._settings.demo), use_dns_cache=False, force_close=True
        )
        async with aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE), trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:  # fmt: skip

            async def told(webhook_id: str) -> int:
                async with room:
                    return await self._tell_all(session, webhook_id)

            return sum(await asyncio.gather(*(told(one) for one in waiting)))

    async def _tell_all(self, session: aiohttp.ClientSession, webhook_id: str) -> int:
        lease: datetime | None = None
        count = 0
        while True:
            taken = await deeds.take(HOUSE, webhook_id, lease=lease, real_now=self._clock.real_now())
            if taken is None:
                return count
            lease = taken.lease
            failure = await self._tell(session, taken)
            if failure:
                log.warning("webhooks.not_told", extra={"reason": failure})
            count += not failure
            on = await deeds.settle(HOUSE, taken, failure, now=self._clock.now(), real_now=self._clock.real_now())
            if not on:
                return count

    async def _tell(self, session: aiohttp.ClientSession, taken: Taken) -> str:
        """One call; why it failed, as a code, "" when it was taken."""
        if not literal_is_outside(taken.address, loopback=self._settings.demo):
            return "inside"
        body = body_of(taken)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Hoert-Webhook/1",
            "Hoert-Event": taken.event.value,
            "Hoert-Event-Id": taken.event_id,
            "Hoert-Signature": signature(taken.secret, body, int(self._clock.real_now().timestamp())),
        }
        try:
            async with session.post(taken.address, data=body, headers=headers, allow_redirects=False) as answer:
                status = answer.status
        except Inside:
            return "inside"
        except aiohttp.ClientConnectorCertificateError:
            return "certificate"
        except TimeoutError:
            return "slow"
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            return "inside" if isinstance(getattr(fault, "os_error", None), Inside) else "away"
        if 200 <= status < 300:
            return ""
        return "redirected" if 300 <= status < 400 else "refused"


@asynccontextmanager
async def webhooks_told(settings: Settings, clock: Clock) -> AsyncIterator[Teller]:
    """Tell while open; what is on its way when it closes is finished first. Any number of processes may: each webhook
    is taken by one of them."""
    teller, stop = Teller(settings, clock), asyncio.Event()

    async def tell() -> None:
        while not stop.is_set():
            try:
                await teller.round()
            except Exception as exc:  # noqa: BLE001 (the database is away: the rows wait)
                log.warning("webhooks.round_failed", extra={"fault": type(exc).__name__})
            try:
                await asyncio.wait_for(stop.wait(), _EVERY)
            except TimeoutError:
                continue

    work = asyncio.create_task(tell())
    try:
        yield teller
    finally:
        stop.set()
        await asyncio.gather(work, return_exceptions=True)


def body_of(taken: Taken) -> bytes:
    """What is sent: the event's own id, its kind, when, and the id of what it is about."""
    told = {
        "id": taken.event_id,
        "type": taken.event.value,
        "at": taken.at.isoformat(timespec="milliseconds"),
        "about": {"type": ABOUT[taken.event], "id": taken.about},
    }
    return json.dumps(told, separators=(",", ":")).encode()


def literal_is_outside(address: str, *, loopback: bool) -> bool:
    """Whether an address with numbers for a name lies out in the open; names are looked at when they are resolved."""
    host = urlsplit(address).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return is_outside(host, loopback=loopback)


def is_outside(host: str, *, loopback: bool) -> bool:
    """Whether an IP address may be called: one of the whole internet, or this machine where that is allowed."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_loopback:
        return loopback
    if any(found.version == one.version and found in one for one in _THROUGH):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved
