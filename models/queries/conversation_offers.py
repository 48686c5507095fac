"""What the young person sees of offers and of the range of offers: their own, and nobody else's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from models.domain.offers import Change, OfferState, WishState, changes
from models.domain.register import leaves_at
from models.queries.conversation import Whose
from models.tables.attachments import Attachment
from models.tables.keys import Vault, vault
from models.tables.messages import Message
from models.tables.offers import Offer, OfferEvent, RangeOffer, Wish
from models.tables.register import Municipality, Person
from models.tables.staff import Staff
from models.transactions import reading

_ORDER = ("published", "change_asked", "accepted", "started", "paused", "declined", "ended", "withdrawn")


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as the young person reads it; what was left empty at the desk is "" or None. `until` is the day from
    which nothing can be answered any more.
    """

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
    until: date


@dataclass(frozen=True, slots=True)
class Happened:
    """One dated step of an offer's history: what was written, and by whom ("" for the person); what was changed."""

    deed: str
    at: datetime
    words: str
    by: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """What the newest revision changed, and what was answered since the one before it, by whom (a first name)."""

    changes: tuple[Change, ...]
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes with an offer."""

    attachment_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Wished:
    """Something the person wanted to hear about. `promised_at` while an answer waits; `answer` and `by` once given."""

    wish_id: str
    range_id: str
    title: str
    state: WishState
    made_at: datetime
    promised_at: datetime | None
    settled_at: datetime | None
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class Ranged:
    """One kind of support the municipality has, and the person's latest wish to hear about it."""

    range_id: str
    title: str
    description: str
    purpose: str
    wish: Wished | None


@reading
async def offers(whose: Whose) -> list[Offered]:
    """Every offer the person has been shown; what waits for an answer first, the newest first within a state."""
    found = (
        await Offer.filter(person_id=whose.person_id, municipality_id=whose.municipality_id)
        .exclude(published_at=None)
        .order_by("-published_at")
    )
    opened, until = await vault(whose.municipality_id, whose.person_id), await _until(whose)
    return sorted((_read(opened, row, until) for row in found), key=lambda offer: _ORDER.index(offer.state.value))


@reading
async def offer(whose: Whose, offer_id: str) -> Offered | None:
    """One offer of the person; None for a draft or somebody else's."""
    row = await Offer.get_or_none(id=offer_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    if row is None or row.published_at is None:
        return None
    return _read(await vault(whose.municipality_id, whose.person_id), row, await _until(whose))


@reading
async def history(whose: Whose, offer_id: str) -> list[Happened]:
    """The dated steps of an offer, oldest first; what happened while it was a draft is not among them."""
    row = await Offer.get_or_none(id=offer_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    if row is None:
        return []
    opened = await vault(whose.municipality_id, whose.person_id)
    after = json.loads(opened.open("offer", "content", row.id, row.content_sealed))
    names = await _names(whose)
    made: list[Happened] = []
    events = await OfferEvent.filter(offer_id=row.id).order_by("at", "id")
    # A revision stands after the answer that was written with it.
    for event in sorted(events, key=lambda one: (one.at, one.deed == "revised"), reverse=True):
        if event.deed == "published":
            made.append(Happened(event.deed, event.at, "", "", ()))
            break
        changed: tuple[Change, ...] = ()
        if event.before_sealed:
            before = json.loads(opened.open("offer_event", "before", event.id, event.before_sealed))
            changed, after = changes(before, after), before
        words = opened.open("offer_event", "words", event.id, event.words_sealed) if event.words_sealed else ""
        by = names.get(event.staff_id, names[""]) if event.staff_id else ""
        made.append(Happened(event.deed, event.at, words, by, changed))
    return made[::-1] if row.published_at else []


@reading
async def revised(whose: Whose, offer_id: str) -> Revised | None:
    """What the newest revision changed and what was answered with it; None for an offer that was never revised."""
    steps = await history(whose, offer_id)
    revisions = [step for step in steps if step.deed == "revised"]
    if not revisions:
        return None
    newest = revisions[-1]
    answers = [
        step for step in steps if step.deed == "answered" and (len(revisions) == 1 or step.at > revisions[-2].at)
    ]
    return Revised(
        newest.changes,
        answers[-1].words if answers else "",
        answers[-1].by if answers else newest.by,
    )


@reading
async def proposals_waiting(whose: Whose, offer_id: str) -> list[str]:
    """The messages of the person's proposals to an offer that wait for an answer."""
    carried = await OfferEvent.filter(
        offer_id=offer_id, person_id=whose.person_id, municipality_id=whose.municipality_id, deed="change.words"
    ).exclude(message_id="").values_list("message_id", flat=True)  # fmt: skip
    found = Message.filter(
        id__in=[str(key) for key in carried], person_id=whose.person_id, needs_answer=True, answered_at=None
    )
    return [str(key) for key in await found.values_list("id", flat=True)]


@reading
async def documents(whose: Whose, offer_id: str) -> list[Document]:
    """The files that go with an offer of the person, the oldest first."""
    if not await Offer.filter(
        id=offer_id, person_id=whose.person_id, municipality_id=whose.municipality_id
    ).exclude(published_at=None).exists():  # fmt: skip
        return []
    opened = await vault(whose.municipality_id, whose.person_id)
    return [
        Document(row.id, opened.open("attachment", "name", row.id, row.name_sealed))
        for row in await Attachment.filter(
            about=offer_id, person_id=whose.person_id, direction="out", state="kept"
        ).order_by("created_at", "id")
        if row.name_sealed
    ]


@reading
async def range_offers(whose: Whose) -> list[Ranged]:
    """What the person's municipality has to offer, by title, with what they have asked to hear about."""
    latest = {one.range_id: one for one in await wishes(whose)}
    return [
        Ranged(row.id, row.title, row.description, row.purpose, latest.get(row.id))
        for row in await RangeOffer.filter(municipality_id=whose.municipality_id, active=True).order_by("title")
    ]


@reading
async def wishes(whose: Whose) -> list[Wished]:
    """Everything the person has wanted to hear about, the oldest first."""
    found = await Wish.filter(person_id=whose.person_id, municipality_id=whose.municipality_id).order_by("made_at")
    if not found:
        return []
    opened, names = await vault(whose.municipality_id, whose.person_id), await _names(whose)
    titles = {row.id: row.title for row in await RangeOffer.filter(municipality_id=whose.municipality_id)}
    waiting = {
        row.id: row.promised_at
        for row in await Message.filter(
            id__in=[row.message_id for row in found], person_id=whose.person_id, needs_answer=True, answered_at=None
        )
    }
    return [
        Wished(
            wish_id=row.id,
            range_id=row.range_offer_id,
            title=titles[row.range_offer_id],
            state=WishState(row.state),
            made_at=row.made_at,
            promised_at=waiting.get(row.message_id),
            settled_at=row.settled_at,
            answer=opened.open("wish", "answer", row.id, row.answer_sealed) if row.answer_sealed else "",
            by=names.get(row.staff_id or "", names[""]),
        )
        for row in found
    ]


async def _names(whose: Whose) -> dict[str, str]:
    """First names on the desk, by id; under "" the municipality's, for whoever is no longer there."""
    house = (await Municipality.get(id=whose.municipality_id)).name
    return {"": house} | {row.id: row.first_name for row in await Staff.filter(municipality_id=whose.municipality_id)}


async def _until(whose: Whose) -> date:
    person = await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)
    opened = await vault(whose.municipality_id, whose.person_id)
    return leaves_at(date.fromisoformat(opened.open("person", "birth", person.id, person.birth_sealed)))


def _read(opened: Vault, row: Offer, until: date) -> Offered:
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
        until=until,
    )
