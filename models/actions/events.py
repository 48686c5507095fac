"""What the systems of a municipality are told of: a kind and an opaque id, written in the transaction of the deed.

A room of its own, like the trail: any journey may tell. Nobody is reached from here; whoever sends reads the rows.
"""

from __future__ import annotations

from datetime import datetime

from models.domain.api import Event
from models.tables.api import Webhook, WebhookDelivery
from models.tables.fields import new_id
from models.transactions import Scoped, atomic


@atomic
async def tell(scope: Scoped, event: Event, about: str, *, now: datetime) -> int:
    """Put an event down for every webhook of the scope's municipality that asked for its kind; returns how many."""
    hooks = await Webhook.filter(municipality_id=scope.municipality_id or "", state="active").order_by("id")
    asked = [hook for hook in hooks if event.value in hook.events.split()]
    event_id = new_id()
    for hook in asked:
        await WebhookDelivery.create(
            municipality_id=hook.municipality_id, webhook_id=hook.id, event=event.value, event_id=event_id, about=about,
            at=now,
        )  # fmt: skip
    return len(asked)
