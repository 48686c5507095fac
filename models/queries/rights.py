"""What a young person may ask about themselves: who has opened what, what they said yes to and when, discretion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from models.domain import rights
from models.domain.consent import Purpose, read_purposes
from models.queries.conversation import Whose
from models.tables.audit import BY_STAFF, TrailEntry
from models.tables.consent import Consent, Link
from models.tables.messages import Message
from models.tables.offers import Offer
from models.tables.register import Municipality, Person
from models.tables.staff import Staff
from models.transactions import reading, rows

#: Rows of one page of "who has opened it".
PAGE = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody of the staff opened something of a person's."""

    at: datetime
    name: str
    deed: str


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """One page of who has opened what, newest first, and how many there are in all."""

    entries: tuple[Opened, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Given:
    """One yes, from when, and until when (None while it holds)."""

    purpose: Purpose
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Discretion:
    """How Telegram is for a person: what holds, whether the municipality demands it, whether there is a Telegram."""

    discreet: bool
    by_municipality: bool
    on_telegram: bool


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the municipality holds of a person besides the chat's side."""

    messages: int
    offers: int


@reading
async def opened(whose: Whose, page: int) -> OpenedPage:
    """Who has opened what concerns the person. Counted from page 0; a page that is not there is the last."""
    deeds = await rows(
        "SELECT DISTINCT deed FROM trail_entry WHERE municipality_id = ? AND person_id = ? "
        "AND actor IN ('staff', 'api')",
        whose.municipality_id, whose.person_id,
    )  # fmt: skip
    views = sorted(row["deed"] for row in deeds if rights.opens(row["deed"]))
    found = TrailEntry.filter(
        municipality_id=whose.municipality_id, person_id=whose.person_id, actor__in=list(BY_STAFF), deed__in=views
    )
    count = await found.count() if views else 0
    pages = max(1, -(-count // PAGE))
    shown = min(max(page, 0), pages - 1)
    entries = await found.order_by("-id").offset(shown * PAGE).limit(PAGE) if views else []
    names = await _staff_names(whose.municipality_id)
    return OpenedPage(
        tuple(Opened(entry.at, names.get(entry.actor_id, ""), entry.deed) for entry in entries), shown, pages
    )


@reading
async def consents(whose: Whose) -> list[Given]:
    """What the person has said yes to, and when that ended; in the order of the boxes, oldest first within one."""
    found = await Consent.filter(person_id=whose.person_id, municipality_id=whose.municipality_id).order_by("given_at")
    known = [row for row in found if read_purposes([row.purpose])]
    order = {purpose.value: place for place, purpose in enumerate(Purpose)}
    return [
        Given(Purpose(row.purpose), row.given_at, cast("datetime | None", row.withdrawn_at))
        for row in sorted(known, key=lambda row: order[row.purpose])
    ]


@reading
async def discretion(whose: Whose) -> Discretion:
    """Whether Telegram may say no more than that there is something, and who chose that."""
    person = await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)
    municipality = await Municipality.get(id=whose.municipality_id)
    return Discretion(
        discreet=rights.discreet(municipality.telegram_content, person.telegram_content),
        by_municipality=municipality.telegram_content == rights.DISCREET,
        on_telegram=await Link.filter(person_id=person.id, bot=rights.TELEGRAM).exclude(state="closed").exists(),
    )


@reading
async def on_record(whose: Whose) -> OnRecord:
    """What stays when the person deletes themselves in the chat."""
    mine = {"person_id": whose.person_id, "municipality_id": whose.municipality_id}
    return OnRecord(
        messages=await Message.filter(**mine).exclude(direction="note").count(),
        offers=await Offer.filter(**mine).exclude(state="draft").count(),
    )


async def _staff_names(municipality_id: str) -> dict[str, str]:
    """The names of a municipality's staff, also of those who have left."""
    found = await Staff.filter(municipality_id=municipality_id)
    return {row.id: row.name for row in found}
