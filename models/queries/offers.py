"""Offers at the desk: by state, one with its dated history, and the municipality's range."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.domain import messages as texts
from models.domain.errors import NotFound
from models.domain.offers import OfferState
from models.domain.staff import Viewer
from models.queries import within
from models.tables.keys import Vault
from models.tables.offers import Offer, OfferEvent, RangeOffer
from models.tables.reach import people_for, person_for
from models.tables.register import Person
from models.transactions import reading

_LONGEST_LIST = 300


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One offer. `content` has the fields of the desk's form."""

    offer_id: str
    person_id: str
    name: str
    first_name: str
    kind: str
    state: OfferState
    revision: int
    content: Mapping[str, str]
    created_at: datetime
    published_at: datetime | None
    answered_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """One dated step of an offer. `who` is "" for the young person; `words` are theirs."""

    at: datetime
    deed: str
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer and everything that happened with it, oldest first."""

    offer: OfferLine
    history: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of support in the municipality's range of offers."""

    kind: str
    title: str
    description: str
    running: int


@reading
async def offers(viewer: Viewer, states: Iterable[OfferState]) -> list[OfferLine]:
    """The offers within reach in these states, the longest waiting first."""
    people = {person.id: person for person in await people_for(viewer)}
    found = (
        await Offer.filter(municipality_id=viewer.municipality_id, state__in=[state.value for state in states])
        .order_by("published_at", "created_at")
        .limit(_LONGEST_LIST)
    )
    return await _lines(viewer, [row for row in found if row.person_id in people], people)


@reading
async def of_person(viewer: Viewer, person_id: str) -> list[OfferLine]:
    """A person's offers, the newest first. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    found = await Offer.filter(person_id=person.id).order_by("-created_at")
    return await _lines(viewer, found, {person.id: person})


@reading
async def offer(viewer: Viewer, offer_id: str) -> OfferView:
    """One offer with its history. Raises NotFound out of reach."""
    row = await Offer.get_or_none(id=offer_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    person = await person_for(viewer, row.person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    return OfferView(
        (await _lines(viewer, [row], {person.id: person}))[0],
        await _history(viewer, opened, await OfferEvent.filter(offer_id=row.id).order_by("at")),
    )


@reading
async def kinds(viewer: Viewer) -> list[Kind]:
    """The range of offers of the viewer's municipality, with how many of each kind are running."""
    running = Offer.filter(municipality_id=viewer.municipality_id, state__in=["started", "paused"])
    counts: dict[str, int] = {}
    for kind in await running.values_list("kind", flat=True):
        counts[str(kind)] = counts.get(str(kind), 0) + 1
    return [
        Kind(row.kind, row.title, row.description, counts.get(row.kind, 0))
        for row in await RangeOffer.filter(municipality_id=viewer.municipality_id, active=True).order_by("title")
    ]


async def _history(viewer: Viewer, opened: Vault, found: Iterable[OfferEvent]) -> tuple[Event, ...]:
    names = await within.staff_names(viewer)
    return tuple(
        Event(
            at=event.at,
            deed=event.deed,
            who=names.get(event.staff_id or "", ""),
            words=texts.visible(opened.open("offer_event", "words", event.id, event.words_sealed))
            if event.words_sealed
            else "",
        )
        for event in found
    )


async def _lines(viewer: Viewer, found: Iterable[Offer], people: Mapping[str, Person]) -> list[OfferLine]:
    found = list(found)
    vaults = await within.opened(viewer, [row.person_id for row in found])
    lines = []
    for row in found:
        opened, person = vaults[row.person_id], people[row.person_id]
        content = json.loads(opened.open("offer", "content", row.id, row.content_sealed))
        lines.append(
            OfferLine(
                offer_id=row.id,
                person_id=row.person_id,
                name=within.name_of(opened, person.id, person.name_sealed),
                first_name=within.first_name_of(opened, person.id, person.first_name_sealed),
                kind=row.kind,
                state=OfferState(row.state),
                revision=row.revision,
                content={key: str(value) for key, value in content.items()},
                created_at=row.created_at,
                published_at=row.published_at,
                answered_at=row.answered_at,
                seen_at=row.seen_at,
            )
        )
    return lines
