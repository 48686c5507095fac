"""What the young person sees of offers: their own, and nobody else's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from models.domain.offers import OfferState
from models.queries.conversation import Whose
from models.tables.keys import Vault, vault
from models.tables.offers import Offer, OfferEvent
from models.transactions import reading

_ORDER = ("published", "change_asked", "accepted", "started", "paused", "declined", "ended", "withdrawn")


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as the young person reads it; what was left empty at the desk is "" or None."""

    offer_id: str
    state: OfferState
    revision: int
    title: str
    what: str
    with_whom: str
    starts: date | None
    how_often: str
    where: str
    purpose: str
    next_meeting: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One dated step of an offer's history."""

    deed: str
    at: datetime


@reading
async def offers(whose: Whose) -> list[Offered]:
    """Every offer the person has been shown; what waits for an answer first, the newest first within a state."""
    found = (
        await Offer.filter(person_id=whose.person_id, municipality_id=whose.municipality_id)
        .exclude(state=OfferState.DRAFT.value)
        .order_by("-published_at")
    )
    opened = await vault(whose.municipality_id, whose.person_id)
    return sorted((_read(opened, row) for row in found), key=lambda offer: _ORDER.index(offer.state.value))


@reading
async def offer(whose: Whose, offer_id: str) -> Offered | None:
    """One offer of the person; None for a draft or somebody else's."""
    row = await Offer.get_or_none(id=offer_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    if row is None or row.state == OfferState.DRAFT.value:
        return None
    return _read(await vault(whose.municipality_id, whose.person_id), row)


@reading
async def history(whose: Whose, offer_id: str) -> list[Happened]:
    """The dated steps of an offer, oldest first; words and drafts are not among them."""
    found = await OfferEvent.filter(
        offer_id=offer_id, person_id=whose.person_id, municipality_id=whose.municipality_id
    ).order_by("at", "id")
    return [Happened(row.deed, row.at) for row in found if row.deed != "drafted" and not row.deed.endswith(".words")]


def _read(opened: Vault, row: Offer) -> Offered:
    content = json.loads(opened.open("offer", "content", row.id, row.content_sealed))
    meeting = content.get("next_meeting") or ""
    return Offered(
        offer_id=row.id,
        state=OfferState(row.state),
        revision=row.revision,
        title=content["title"],
        what=content.get("what", ""),
        with_whom=content.get("with_whom", ""),
        starts=date.fromisoformat(content["starts"]) if content.get("starts") else None,
        how_often=content.get("how_often", ""),
        where=content.get("where", ""),
        purpose=content.get("purpose", ""),
        next_meeting=datetime.fromisoformat(meeting) if meeting else None,
        answered_at=row.answered_at,
    )
