"""The webhooks of a municipality, as its administrator sees them. Never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.errors import NotAllowed
from models.domain.staff import Viewer, may
from models.tables.api import Webhook
from models.transactions import reading, rows


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """One webhook. `state`: active, failing or disabled; `failure` a code; `waiting` events that were not told yet;
    `off_at`: when it was switched off.
    """

    webhook_id: str
    address: str
    events: tuple[str, ...]
    state: str
    failure: str
    waiting: int
    created_at: datetime
    succeeded_at: datetime | None
    next_at: datetime | None
    off_at: datetime | None


@reading
async def webhooks(viewer: Viewer) -> list[WebhookLine]:
    """All of the viewer's municipality, the oldest first. Raises NotAllowed for roles that may not."""
    if not may(viewer.role, "webhooks.administer"):
        raise NotAllowed
    found = await Webhook.filter(municipality_id=viewer.municipality_id or "").order_by("created_at", "id")
    waiting = await rows(
        "SELECT webhook_id, COUNT(*) AS n FROM webhook_delivery WHERE municipality_id = ? AND sent_at IS NULL "
        "GROUP BY webhook_id",
        viewer.municipality_id or "",
    )
    counts = {row["webhook_id"]: int(row["n"]) for row in waiting}
    return [
        WebhookLine(
            row.id, row.address, tuple(row.events.split()), _state(row), row.failure, counts.get(row.id, 0),
            row.created_at, row.succeeded_at, row.next_at if row.failing_since and row.state == "active" else None,
            row.disabled_at,
        )
        for row in found
    ]  # fmt: skip


@reading
async def given_up(viewer: Viewer) -> list[WebhookLine]:
    """The webhooks of the viewer's municipality that are switched off; none for roles that do not run them."""
    if viewer.municipality_id is None or not may(viewer.role, "webhooks.administer"):
        return []
    return [one for one in await webhooks(viewer) if one.state == "disabled"]


def _state(row: Webhook) -> str:
    if row.state == "disabled":
        return "disabled"
    return "failing" if row.failing_since else "active"
