"""Webhooks: registered by an administrator, taken by one process at a time, told in order, given up in three days."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from models.actions import trail
from models.domain import api as rules
from models.domain.api import Event
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.staff import Viewer, may
from models.tables.api import Webhook, WebhookDelivery
from models.tables.fields import micros, new_id
from models.tables.keys import municipality_vault
from models.transactions import Scope, Scoped, alone, atomic, rows

_AT_ONCE: Final = 50
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Registered:
    """A fresh webhook. Its secret exists in the clear only here."""

    webhook_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """A webhook this process has to itself until `lease`, and its oldest event that was not told."""

    webhook_id: str
    municipality_id: str
    address: str
    secret: str = field(repr=False)
    lease: datetime
    delivery_id: int
    event: Event
    event_id: str
    about: str
    at: datetime


@atomic
async def register(
    viewer: Viewer, address: str, events: Sequence[str], *, loopback: bool, now: datetime, real_now: datetime
) -> Registered:
    """A webhook of the viewer's municipality for these kinds of event. `loopback`: this machine may be told in the
    clear (the demo and the tests). Raises Invalid by field, NotAllowed for roles that may not.
    """
    municipality_id = _mine(viewer)
    told = _address(address.strip(), loopback=loopback)
    known = {event.value for event in rules.EVENTS}
    chosen = sorted(set(events))
    if not chosen or not set(chosen) <= known:
        raise Invalid("webhook_events", "events")
    await alone("webhooks", municipality_id)
    if await Webhook.filter(municipality_id=municipality_id).count() >= rules.MOST_WEBHOOKS:
        raise Invalid("webhook_too_many", "address")
    secret = secrets.token_urlsafe(32)
    row = Webhook(
        municipality_id=municipality_id, address=told, events=" ".join(chosen), made_by_id=viewer.staff_id,
        created_at=now, next_at=real_now,
    )  # fmt: skip
    row.secret_sealed = (await municipality_vault(municipality_id)).seal("webhook", "secret", row.id, secret)
    await row.save()
    await trail.record(viewer, "webhook.add", about=row.id, now=now)
    return Registered(row.id, secret)


@atomic
async def remove(viewer: Viewer, webhook_id: str, *, now: datetime) -> None:
    """It is told nothing more, and what waited is dropped. Raises NotFound elsewhere."""
    row = await _theirs(viewer, webhook_id)
    await row.delete()
    await trail.record(viewer, "webhook.remove", about=webhook_id, now=now)


@atomic
async def enable(viewer: Viewer, webhook_id: str, *, now: datetime, real_now: datetime) -> None:
    """Try again with one that was given up: what waited is told in its order. An active one stays as it is."""
    row = await _theirs(viewer, webhook_id)
    if row.state == "active":
        return
    row.state, row.tries, row.failing_since, row.failure = "active", 0, None, ""
    row.next_at, row.lease_until, row.disabled_at = real_now, None, None
    await row.save()
    await trail.record(viewer, "webhook.enable", about=row.id, now=now)


@atomic
async def test(viewer: Viewer, webhook_id: str, *, now: datetime, real_now: datetime) -> str:
    """Tell a test, after what already waits; it is tried at once. Returns the event's id. Raises Stale for one that is
    switched off."""
    row = await _theirs(viewer, webhook_id)
    if row.state != "active":
        raise Stale("webhook_disabled")
    event_id = new_id()
    await WebhookDelivery.create(
        municipality_id=row.municipality_id, webhook_id=row.id, event=Event.WEBHOOK_TEST.value, event_id=event_id,
        about=row.id, at=now,
    )  # fmt: skip
    row.next_at = real_now
    await row.save(update_fields=["next_at"])
    return event_id


@atomic
async def due(scope: Scoped, *, real_now: datetime) -> list[str]:
    """The webhooks that have something to be told now and that nobody is telling. The scope is the house."""
    found = await rows(
        "SELECT w.id FROM webhook w WHERE w.state = 'active' AND w.next_at <= ? "
        "AND (w.lease_until IS NULL OR w.lease_until <= ?) AND EXISTS "
        "(SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.sent_at IS NULL) ORDER BY w.next_at LIMIT ?",
        micros(real_now), micros(real_now), _AT_ONCE,
    )  # fmt: skip
    return [str(row["id"]) for row in found]


@atomic
async def take(scope: Scoped, webhook_id: str, *, lease: datetime | None, real_now: datetime) -> Taken | None:
    """Have a webhook to oneself for a minute, with its oldest event. `lease` is the one this process has already.

    None where another process has it, it waits, it is switched off, or nothing is left to tell (it is then let go).
    """
    await alone("webhook", webhook_id)
    row = await Webhook.get_or_none(id=webhook_id, state="active")
    if row is None or row.next_at > real_now:
        return None
    if row.lease_until is not None and row.lease_until > real_now and row.lease_until != lease:
        return None
    event = await WebhookDelivery.filter(webhook_id=row.id, sent_at=None).order_by("id").first()
    row.lease_until = real_now + rules.LEASE if event is not None else None
    await row.save(update_fields=["lease_until"])
    if event is None or row.lease_until is None:
        return None
    opened = await municipality_vault(row.municipality_id)
    return Taken(
        webhook_id=row.id, municipality_id=row.municipality_id, address=row.address,
        secret=opened.open("webhook", "secret", row.id, row.secret_sealed), lease=row.lease_until,
        delivery_id=event.id, event=Event(event.event), event_id=event.event_id, about=event.about, at=event.at,
    )  # fmt: skip


@atomic
async def settle(scope: Scoped, taken: Taken, failure: str, *, now: datetime, real_now: datetime) -> bool:
    """What became of one call: told ("" for `failure`), or not, by a code: then it waits longer each time, and after
    three days it is switched off. True where it is this process that goes on with the next.
    """
    await alone("webhook", taken.webhook_id)
    row = await Webhook.get_or_none(id=taken.webhook_id)
    if row is None:
        return False
    mine = bool(row.lease_until == taken.lease)
    if not failure:
        await WebhookDelivery.filter(id=taken.delivery_id, sent_at=None).update(sent_at=real_now)
        row.tries, row.failing_since, row.failure, row.succeeded_at = 0, None, "", real_now
        await row.save(update_fields=["tries", "failing_since", "failure", "succeeded_at"])
        return mine
    if not mine:
        return False
    row.tries, row.failing_since, row.failure = row.tries + 1, row.failing_since or real_now, failure
    row.next_at, row.lease_until = real_now + rules.wait_after(row.tries), None
    if rules.gives_up(row.failing_since, real_now):
        row.state, row.disabled_at = "disabled", real_now
        await trail.record(Scope(row.municipality_id), "webhook.disabled", about=row.id, now=now)
    await row.save()
    return False


@atomic
async def forget(scope: Scoped, *, real_now: datetime, now: datetime) -> int:
    """Drop what was told, and what was never told, after a week. The scope is the house."""
    told = await WebhookDelivery.filter(sent_at__lt=real_now - rules.REMEMBERED).delete()
    return told + await WebhookDelivery.filter(sent_at=None, at__lt=now - rules.REMEMBERED).delete()


def _mine(viewer: Viewer) -> str:
    if not may(viewer.role, "webhooks.administer"):
        raise NotAllowed
    if viewer.municipality_id is None:
        raise NotFound
    return viewer.municipality_id


async def _theirs(viewer: Viewer, webhook_id: str) -> Webhook:
    municipality_id = _mine(viewer)
    await alone("webhook", webhook_id)
    row = await Webhook.get_or_none(id=webhook_id, municipality_id=municipality_id)
    if row is None:
        raise NotFound
    return row


def _address(address: str, *, loopback: bool) -> str:
    """An address that may be told: over TLS, without a name or a password in it."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Invalid("webhook_address", "address") from None
    if len(address) > rules.LONGEST_ADDRESS or not address.isascii() or any(sign.isspace() for sign in address):
        raise Invalid("webhook_address", "address")
    if not host or parts.username or parts.password or parts.fragment or port == 0:
        raise Invalid("webhook_address", "address")
    here = loopback and parts.scheme == "http" and host in _HERE
    if parts.scheme != "https" and not here:
        raise Invalid("webhook_https", "address")
    return address
