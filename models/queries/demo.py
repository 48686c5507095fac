"""What only the demo's page asks."""

from __future__ import annotations

from models.tables.consent import Link
from models.tables.keys import vault
from models.transactions import Scope, reading


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
