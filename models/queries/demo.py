"""What only the demo's page asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.tables.consent import Link
from models.tables.keys import vault
from models.tables.messages import Message
from models.tables.staff import Staff
from models.transactions import Scope, reading


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a thread as the chat shows it. `author` is empty for the young person's own."""

    text: str
    author: str
    at: datetime


@reading
async def chat_of(scope: Scope, person_id: str) -> int | None:
    """The web chat of a young person, or None when they have not joined there."""
    link = await Link.filter(
        person_id=person_id, municipality_id=scope.municipality_id, bot="webchat", state__in=["active", "blocked"]
    ).first()
    if link is None:
        return None
    opened = await vault(link.municipality_id, person_id)
    return int(opened.open("link", "chat", link.id, link.chat_sealed))


@reading
async def said_so_far(scope: Scope, person_id: str) -> list[Said]:
    """What a young person and the office have written to each other, oldest first, notes left out."""
    opened = await vault(scope.municipality_id or "", person_id)
    names = dict(await Staff.filter(municipality_id=scope.municipality_id).values_list("id", "first_name"))
    return [
        Said(
            opened.open("message", "body", row.id, row.body_sealed),
            "" if row.direction == "in" else str(names.get(row.staff_id, "")),
            row.at,
        )
        for row in await Message.filter(
            person_id=person_id, municipality_id=scope.municipality_id, direction__in=["in", "out"]
        ).order_by("position")
    ]
