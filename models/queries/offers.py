"""Offers at the desk: by state, one with its dated history, what waits for an answer, wishes, and the range."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.domain import messages as texts
from models.domain.errors import NotFound
from models.domain.offers import Change, OfferState, WishState, changes, free_places
from models.domain.staff import Viewer
from models.queries import attachments, within
from models.queries.attachments import FileLine
from models.queries.messages import Delivery, delivery
from models.tables.keys import Vault
from models.tables.messages import Message
from models.tables.offers import Offer, OfferEvent, RangeOffer, Wish
from models.tables.outbox import Letter
from models.tables.reach import people_for, person_for
from models.tables.register import Person
from models.transactions import reading, rows

_LONGEST_LIST = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """Words of the young person that wait for an answer: a proposal ("change") or a question ("ask")."""

    message_id: str
    deed: str
    words: str
    at: datetime
    promised_at: datetime | None
    broken: bool


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One offer. `content` has the fields of the desk's form; `asked` what waits for an answer, the oldest first."""

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
    wish_id: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One dated step of an offer. `who` is "" for the young person; `changes` what a revision changed."""

    at: datetime
    deed: str
    who: str
    words: str
    changes: tuple[Change, ...]
    holds_from: date | None


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer and everything that happened with it, oldest first. `told` is what became of its newest letter."""

    offer: OfferLine
    history: tuple[Event, ...]
    told: Delivery | None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of support in the municipality's range of offers. `wished` is how many wait to hear about it; `price` is
    in øre for a `price_unit`; `free` how many more can have it, where that is known.
    """

    range_id: str
    kind: str
    title: str
    description: str
    purpose: str
    active: bool
    running: int
    wished: int
    price: int | None
    price_unit: str
    capacity: int | None
    free: int | None


@dataclass(frozen=True, slots=True)
class WishLine:
    """Something a young person wants to hear about, and what became of it."""

    wish_id: str
    person_id: str
    name: str
    first_name: str
    title: str
    description: str
    purpose: str
    kind: str
    words: str
    state: WishState
    made_at: datetime
    promised_at: datetime | None
    broken: bool
    settled_at: datetime | None
    answer: str
    who: str
    message_id: str


@reading
async def offers(viewer: Viewer, states: Iterable[OfferState]) -> list[OfferLine]:
    """The offers within reach in these states, the longest waiting first."""
    ((lines, _),) = await grouped(viewer, [list(states)], first=_LONGEST_LIST)
    return lines


@reading
async def grouped(
    viewer: Viewer, groups: Sequence[Sequence[OfferState]], *, first: int, after: int = 0
) -> list[tuple[list[OfferLine], int]]:
    """Of each group of states the `first` longest waiting after so many, and how many there are within reach: of a
    whole town's only what is shown is opened. What is gone before it is opened is left out."""
    reached, values = within.reach(viewer)
    of = {state.value: number for number, states in enumerate(groups) for state in states}
    whens = " ".join(f"WHEN '{state}' THEN {number}" for state, number in of.items())
    order = "PARTITION BY s.grp ORDER BY s.since IS NULL, s.since, s.created_at, s.id"
    found = await rows(
        f"SELECT f.id, f.grp, f.n FROM (SELECT s.id, s.grp, ROW_NUMBER() OVER ({order}) AS place, "  # noqa: S608 (constants)
        "COUNT(*) OVER (PARTITION BY s.grp) AS n FROM (SELECT o.id, o.published_at AS since, o.created_at, "
        f"CASE o.state {whens} END AS grp FROM offer o JOIN person p ON p.id = o.person_id "
        f"WHERE o.municipality_id = ? AND o.state IN ({', '.join('?' for _ in of)}) AND {reached}) s) f "
        "WHERE f.place > ? AND f.place <= ? ORDER BY f.grp, f.place",
        viewer.municipality_id, *of, *values, after, after + first,
    )  # fmt: skip
    shown = await Offer.filter(id__in=[one["id"] for one in found]) if found else []
    people = await people_for(viewer, [row.person_id for row in shown])
    lines = {line.offer_id: line for line in await _lines(viewer, shown, people)}
    return [
        (
            [lines[one["id"]] for one in found if one["grp"] == number and one["id"] in lines],
            next((int(one["n"]) for one in found if one["grp"] == number), 0),
        )
        for number in range(len(groups))
    ]


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
    line = (await _lines(viewer, [row], {person.id: person}))[0]
    letters = await Letter.filter(
        about=row.id, person_id=person.id, kind__in=["offer.new", "offer.reply", "offer.told"]
    ).order_by("-id").limit(1)  # fmt: skip
    return OfferView(
        line,
        await _history(viewer, opened, await OfferEvent.filter(offer_id=row.id).order_by("at", "id"), line.content),
        delivery(letters),
    )


@reading
async def documents(viewer: Viewer, offer_id: str) -> list[FileLine]:
    """The files that go with an offer, the oldest first. Raises NotFound out of reach."""
    row = await Offer.get_or_none(id=offer_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    person = await person_for(viewer, row.person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    return (await attachments.belonging(viewer, opened, [row.id])).get(row.id, [])


@reading
async def waiting(viewer: Viewer, offer_id: str) -> list[str]:
    """The messages that wait for an answer to this offer's proposals and questions, or to the wish it was made from."""
    row = await Offer.get_or_none(id=offer_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    await person_for(viewer, row.person_id)
    carried = await OfferEvent.filter(offer_id=row.id).exclude(message_id="").values_list("message_id", flat=True)
    wished = await Wish.filter(id=row.wish_id, person_id=row.person_id).values_list("message_id", flat=True)
    found = Message.filter(
        id__in=[str(key) for key in (*carried, *wished)], person_id=row.person_id, needs_answer=True, answered_at=None
    )
    return [str(key) for key in await found.order_by("position").values_list("id", flat=True)]


@reading
async def kinds(viewer: Viewer, *, hidden: bool = False) -> list[Kind]:
    """The range of offers of the viewer's municipality, with how many of each kind are running and wished for."""
    running = Offer.filter(municipality_id=viewer.municipality_id, state__in=["started", "paused"])
    wished = Wish.filter(municipality_id=viewer.municipality_id, state=WishState.WAITING.value)
    runs = Counter(str(kind) for kind in await running.values_list("kind", flat=True))
    wishes = Counter(str(key) for key in await wished.values_list("range_offer_id", flat=True))
    found = RangeOffer.filter(municipality_id=viewer.municipality_id)
    return [
        Kind(
            row.id,
            row.kind,
            row.title,
            row.description,
            row.purpose,
            row.active,
            runs[row.kind],
            wishes[row.id],
            row.price,
            row.price_unit,
            row.capacity,
            free_places(row.capacity, runs[row.kind]),
        )
        for row in await (found if hidden else found.filter(active=True)).order_by("-active", "title")
    ]


@reading
async def wishes(viewer: Viewer, *, first: int = _LONGEST_LIST, after: int = 0) -> tuple[list[WishLine], int]:
    """Of the wishes within reach that wait for an answer the `first` oldest after so many, and how many there are."""
    reached, values = within.reach(viewer)
    found = await rows(
        "SELECT w.id, COUNT(*) OVER () AS n FROM wish w JOIN person p ON p.id = w.person_id "  # noqa: S608 (constants)
        f"WHERE w.municipality_id = ? AND w.state = ? AND {reached} ORDER BY w.made_at, w.id LIMIT ? OFFSET ?",
        viewer.municipality_id, WishState.WAITING.value, *values, first, after,
    )  # fmt: skip
    shown = await Wish.filter(id__in=[one["id"] for one in found]).order_by("made_at", "id") if found else []
    people = await people_for(viewer, [row.person_id for row in shown])
    return await _wishes(viewer, shown, people), int(found[0]["n"]) if found else 0


@reading
async def wishes_of(viewer: Viewer, person_id: str) -> list[WishLine]:
    """Everything a person has wanted to hear about, the newest first. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    return await _wishes(viewer, await Wish.filter(person_id=person.id).order_by("-made_at"), {person.id: person})


@reading
async def wish(viewer: Viewer, wish_id: str) -> WishLine:
    """One wish. Raises NotFound out of reach."""
    row = await Wish.get_or_none(id=wish_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    person = await person_for(viewer, row.person_id)
    found = await _wishes(viewer, [row], {person.id: person})
    if not found:
        raise NotFound
    return found[0]


async def _wishes(viewer: Viewer, found: list[Wish], people: Mapping[str, Person]) -> list[WishLine]:
    if not found:
        return []
    vaults = await within.opened(viewer, [row.person_id for row in found])
    names = await within.staff_names(viewer)
    kept = {row.id: row for row in await RangeOffer.filter(id__in=list({row.range_offer_id for row in found}))}
    messages = await _waiting_messages([row.message_id for row in found])
    lines = []
    for row in found:
        if row.person_id not in vaults or row.person_id not in people or row.range_offer_id not in kept:
            continue
        opened, person, about = vaults[row.person_id], people[row.person_id], kept[row.range_offer_id]
        message = messages.get(row.message_id)
        lines.append(
            WishLine(
                wish_id=row.id,
                person_id=row.person_id,
                name=within.name_of(opened, person.id, person.name_sealed),
                first_name=within.first_name_of(opened, person.id, person.first_name_sealed),
                title=about.title,
                description=about.description,
                purpose=about.purpose,
                kind=about.kind,
                words=texts.visible(opened.open("wish", "words", row.id, row.words_sealed)) if row.words_sealed else "",
                state=WishState(row.state),
                made_at=row.made_at,
                promised_at=message.promised_at if message else None,
                broken=bool(message and message.promise_broken_at),
                settled_at=row.settled_at,
                answer=opened.open("wish", "answer", row.id, row.answer_sealed) if row.answer_sealed else "",
                who=names.get(row.staff_id or "", ""),
                message_id=row.message_id,
            )
        )
    return lines


async def _waiting_messages(message_ids: Iterable[str]) -> dict[str, Message]:
    wanted = [key for key in message_ids if key]
    if not wanted:
        return {}
    return {row.id: row for row in await Message.filter(id__in=wanted, needs_answer=True, answered_at=None)}


async def _asked(found: list[Offer], vaults: Mapping[str, Vault]) -> dict[str, list[Asked]]:
    """What waits for an answer, by offer. An edited message says what it says now."""
    events = (
        await OfferEvent.filter(offer_id__in=[row.id for row in found]).exclude(message_id="").order_by("at", "id")
        if found
        else []
    )
    messages = await _waiting_messages(event.message_id for event in events)
    asked: dict[str, list[Asked]] = {}
    for event in events:
        message = messages.get(event.message_id)
        if message is None:
            continue
        words = vaults[event.person_id].open("message", "body", message.id, message.body_sealed)
        asked.setdefault(event.offer_id, []).append(
            Asked(
                message.id, event.deed.removesuffix(".words"), texts.visible(words), event.at, message.promised_at,
                message.promise_broken_at is not None,
            )
        )  # fmt: skip
    return asked


async def _history(
    viewer: Viewer, opened: Vault, found: Iterable[OfferEvent], content: Mapping[str, str]
) -> tuple[Event, ...]:
    names = await within.staff_names(viewer)
    after, made = content, []
    # A revision stands after the answer that was written with it.
    for event in sorted(found, key=lambda one: (one.at, one.deed == "revised"), reverse=True):
        changed: tuple[Change, ...] = ()
        if event.before_sealed:
            before = json.loads(opened.open("offer_event", "before", event.id, event.before_sealed))
            changed, after = changes(before, after), before
        made.append(
            Event(
                at=event.at,
                deed=event.deed,
                who=names.get(event.staff_id or "", ""),
                words=texts.visible(opened.open("offer_event", "words", event.id, event.words_sealed))
                if event.words_sealed
                else "",
                changes=changed,
                holds_from=event.holds_from,
            )
        )
    return tuple(reversed(made))


async def _lines(viewer: Viewer, found: Iterable[Offer], people: Mapping[str, Person]) -> list[OfferLine]:
    found = list(found)
    if not found:
        return []
    vaults = await within.opened(viewer, [row.person_id for row in found])
    found = [row for row in found if row.person_id in vaults and row.person_id in people]
    asked = await _asked(found, vaults)
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
                wish_id=row.wish_id,
                asked=tuple(asked.get(row.id, ())),
            )
        )
    return lines
