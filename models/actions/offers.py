"""Offers: made at the desk, published to the chat, answered by the young person, every step dated."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from models.actions import events, letters, trail
from models.domain import offers as rules
from models.domain.api import Event
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.localtime import local_date
from models.domain.offers import Answer, OfferState, WishState
from models.domain.people import YoungPerson
from models.domain.register import leaves_at
from models.domain.staff import Viewer, may
from models.tables.keys import Vault, vault
from models.tables.offers import Offer, OfferEvent, RangeOffer, Wish
from models.tables.reach import person_for
from models.tables.register import Person
from models.transactions import Scope, Scoped, alone, atomic

_LONGEST = {"title": 120, "what": 1000, "with_whom": 120, "starts": 40, "how_often": 120, "where": 120, "purpose": 600,
            "next_meeting": 40}  # fmt: skip
LONGEST_ANSWER = 1500
LONGEST_WHY = 300

#: Later than this, that an offer started or ended is no news.
_TOLD_WITHIN = timedelta(days=7)
#: What a deed is called in the dated history.
_DONE = {"start": "started", "pause": "paused", "end": "ended", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Content:
    """What an offer says. `starts` is an ISO date or empty; `next_meeting` an ISO instant with offset or empty."""

    title: str
    what: str = ""
    with_whom: str = ""
    starts: str = ""
    how_often: str = ""
    where: str = ""
    purpose: str = ""
    next_meeting: str = ""

    def check(self) -> None:
        """Raise Invalid naming the field that cannot be used."""
        if not self.title.strip():
            raise Invalid("offer_title_missing", "title")
        for field, longest in _LONGEST.items():
            if len(getattr(self, field)) > longest:
                raise Invalid("offer_field_too_long", field)
        try:
            if self.starts:
                date.fromisoformat(self.starts)
        except ValueError:
            raise Invalid("date_unreadable", "starts") from None
        try:
            if self.next_meeting and datetime.fromisoformat(self.next_meeting).tzinfo is None:
                raise Invalid("date_unreadable", "next_meeting")
        except ValueError:
            raise Invalid("date_unreadable", "next_meeting") from None


def seal_content(opened: Vault, offer_id: str, content: Content) -> bytes:
    """The sealed document of an offer."""
    return opened.seal("offer", "content", offer_id, json.dumps(asdict(content), ensure_ascii=False))


@atomic
async def draft(
    viewer: Viewer, person_id: str, kind: str, content: Content, *, now: datetime, wish_id: str = ""
) -> str:
    """Make an offer nobody has been shown yet; returns its id. Raises NotFound out of reach, Invalid by field.

    `wish_id` is the person's wish it answers, once it is published.
    """
    _may_write(viewer)
    content.check()
    person = await person_for(viewer, person_id)
    if wish_id and not await Wish.exists(id=wish_id, person_id=person.id):
        raise NotFound
    opened = await vault(person.municipality_id, person.id)
    offer = Offer(
        municipality_id=person.municipality_id,
        person_id=person.id,
        kind=kind,
        wish_id=wish_id,
        state=OfferState.DRAFT.value,
        created_by_id=viewer.staff_id,
        created_at=now,
    )
    offer.content_sealed = seal_content(opened, offer.id, content)
    await offer.save()
    await _event(offer, "drafted", now, staff_id=viewer.staff_id)
    await trail.record(viewer, "offer.draft", person_id=person.id, about=offer.id, now=now)
    return offer.id


@atomic
async def publish(viewer: Viewer, offer_id: str, *, now: datetime) -> None:
    """Show a draft to the young person: a letter goes out, and the register knows that they were offered something. The
    wish it was made from is answered by it.
    """
    _may_write(viewer)
    offer = await _for_staff(viewer, offer_id)
    before = OfferState(offer.state)
    after = rules.publish(before)
    if after is before:
        return
    offer.state, offer.published_at = after.value, now
    await offer.save()
    await Person.filter(id=offer.person_id, offered_on=None).update(offered_on=local_date(now))
    await _event(offer, "published", now, staff_id=viewer.staff_id)
    wished = offer.wish_id and await Wish.filter(
        id=offer.wish_id, person_id=offer.person_id, state=WishState.WAITING.value
    ).update(state=WishState.OFFERED.value, settled_at=now, staff_id=viewer.staff_id)
    await _tell(viewer, offer, now, "offer.reply" if wished else "offer.new")
    await trail.record(viewer, "offer.publish", person_id=offer.person_id, about=offer.id, now=now)


@atomic
async def revise(viewer: Viewer, offer_id: str, content: Content, *, now: datetime, kind: str = "") -> None:
    """Change what an offer says, and of a draft which `kind` of support it is. A published one is shown anew as its
    next revision, to be answered again; of a running one the person is told. The history keeps what it said before.
    Raises Invalid when nothing is changed.
    """
    _may_write(viewer)
    content.check()
    offer = await _for_staff(viewer, offer_id)
    opened = await vault(offer.municipality_id, offer.person_id)
    before = OfferState(offer.state)
    said = opened.open("offer", "content", offer.id, offer.content_sealed)
    if before is not OfferState.DRAFT:
        if not rules.changes(json.loads(said), asdict(content)):
            raise Invalid("offer_nothing_changed", "title")
        offer.state = rules.revise(before).value
        offer.revision += 1
        if offer.state == OfferState.PUBLISHED.value:
            offer.published_at, offer.answered_at = now, None
    elif kind:
        offer.kind = kind[:24]
    offer.content_sealed = seal_content(opened, offer.id, content)
    await offer.save()
    # What only a draft has said was never shown, and is nobody's history.
    await _event(offer, "revised", now, staff_id=viewer.staff_id, before="" if before is OfferState.DRAFT else said)
    if rules.is_running(before):
        await _tell(viewer, offer, now, "offer.told")
    elif before is not OfferState.DRAFT:
        # What answers the person's own words is a human's reply; the rest the office begins.
        await _tell(viewer, offer, now, "offer.reply" if before is OfferState.CHANGE_ASKED else "offer.new")
    await trail.record(viewer, "offer.revise", person_id=offer.person_id, about=offer.id, now=now)


@atomic
async def reply(viewer: Viewer, offer_id: str, words: str, *, message_id: str, now: datetime) -> None:
    """Keep with the offer what staff answered to a proposal or a question; the words themselves go as `message_id`.
    The same message again changes nothing. Raises Invalid for empty or overlong words.
    """
    _may_write(viewer)
    if not words.strip():
        raise Invalid("reply_empty", "words")
    if len(words) > LONGEST_ANSWER:
        raise Invalid("reply_too_long", "words")
    offer = await _for_staff(viewer, offer_id)
    if offer.state == OfferState.DRAFT.value:
        raise Stale("offer.draft")
    if await OfferEvent.exists(offer_id=offer.id, deed="answered", message_id=message_id):
        return
    await _event(offer, "answered", now, staff_id=viewer.staff_id, words=words.strip(), message_id=message_id)
    await trail.record(viewer, "offer.reply", person_id=offer.person_id, about=offer.id, now=now)


@atomic
async def move(
    viewer: Viewer, offer_id: str, deed: str, *, now: datetime, on: date | None = None, why: str = ""
) -> None:
    """Start, pause, end or withdraw an offer; the same again changes nothing. Raises Stale if its state forbids it, and
    where a colleague did it first with another day or other words: those given here would stand nowhere.

    `on` is the day it counts from (today), `why` stands in the history, which the young person reads too. The price is
    that of the day on which it starts. Raises Invalid for a day from which nothing can count, or overlong words.
    """
    _may_write(viewer)
    step = {"start": rules.start, "pause": rules.pause, "end": rules.end, "withdraw": rules.withdraw}.get(deed)
    if step is None:
        raise Invalid("offer_deed_unknown", "deed")
    offer = await _for_staff(viewer, offer_id)
    before = OfferState(offer.state)
    after = step(before)
    if after is before:
        if not await _already(offer, _DONE[deed], on, why.strip()):
            raise Stale("offer.moved_on")
        return
    day = on or local_date(now)
    rules.check_day(day, local_date(now), started_on=offer.started_on)
    if len(why) > LONGEST_WHY:
        raise Invalid("offer_why_too_long", "why")
    offer.state = after.value
    if deed == "start":
        await Person.filter(id=offer.person_id).update(aftercare="yes", decided_on=local_date(now))
    if deed == "start" and offer.started_on is None:
        offer.started_on = day
        ranged = await RangeOffer.filter(municipality_id=offer.municipality_id, kind=offer.kind).first()
        offer.price, offer.price_unit = (ranged.price, ranged.price_unit) if ranged else (None, "")
    if deed == "end":
        offer.ended_on = day
    await offer.save(update_fields=["state", "started_on", "ended_on", "price", "price_unit"])
    event_id = await _event(
        offer, _DONE[deed], now, staff_id=viewer.staff_id, words=why.strip(),
        holds_from=day if deed != "withdraw" else None,
    )  # fmt: skip
    if before is not OfferState.DRAFT:
        await letters.post(
            viewer, "offer.told", person_id=offer.person_id, key=f"offer:{offer.id}:{event_id}", about=offer.id,
            args={"what": _DONE[deed]}, now=now, not_after=now + _TOLD_WITHIN,
        )  # fmt: skip
    await trail.record(viewer, f"offer.{deed}", person_id=offer.person_id, about=offer.id, now=now)


@atomic
async def remind_due(scope: Scoped, *, now: datetime) -> int:
    """One reminder of an offer that has waited a week for its answer; never a second for the same revision."""
    reminded = 0
    week_ago = now - timedelta(days=7)
    waiting = Offer.filter(
        state=OfferState.PUBLISHED.value, published_at__lte=week_ago, published_at__gte=week_ago - timedelta(days=7)
    )
    for offer in await waiting.order_by("published_at"):
        posted = await letters.post(
            Scope(offer.municipality_id), "offer.reminder", person_id=offer.person_id,
            key=f"offer-reminder:{offer.id}:{offer.revision}", about=offer.id, now=now,
            not_after=now + timedelta(days=2),
        )  # fmt: skip
        reminded += posted is not None
    return reminded


@atomic
async def seen(person: YoungPerson, offer_id: str, *, now: datetime) -> None:
    """The young person looked at the offer; only the first time is dated."""
    offer = await _own(person, offer_id)
    if offer.seen_at is None:
        offer.seen_at = now
        await offer.save(update_fields=["seen_at"])
        await _event(offer, "seen", now)


@atomic
async def answer(
    person: YoungPerson, offer_id: str, given: Answer, *, now: datetime, revision: int | None = None
) -> OfferState:
    """The young person's answer. The same one again changes nothing. Raises Stale when the offer has moved on.

    `revision` is the one on the screen that was answered: Stale ("offer.revised") when the offer says something else by
    now.
    """
    if not person.confirmed:
        raise NotAllowed("not_confirmed")
    offer = await _own(person, offer_id)
    if revision is not None and revision != offer.revision:
        raise Stale("offer.revised")
    row = await Person.get(id=person.person_id)
    opened = await vault(person.municipality_id, person.person_id)
    birth = date.fromisoformat(opened.open("person", "birth", row.id, row.birth_sealed))
    before = OfferState(offer.state)
    after = rules.answer(before, given, now=now, until=leaves_at(birth))
    if after is not before:
        offer.state = after.value
        offer.answered_at = None if given is Answer.REGRET else now
        await offer.save(update_fields=["state", "answered_at"])
    if after is not before or given is Answer.ASK:
        await _event(offer, given.value, now)
        await events.tell(person, Event.OFFER_ANSWERED, offer.id, now=now)
    if given is Answer.NO and after is not before and not await _has_another(row.id):
        await Person.filter(id=row.id, aftercare="no").update(aftercare="declined")
    if given in {Answer.REGRET, Answer.YES} and after is not before:
        await Person.filter(id=row.id, aftercare="declined").update(aftercare="no")
    return after


@atomic
async def say(
    person: YoungPerson, offer_id: str, deed: str, words: str, *, now: datetime, message_id: str = ""
) -> None:
    """The words that go with an answer (why not, what instead, a question): kept in the dated history, sealed.

    `message_id` is the message they also are, with its promise.
    """
    offer = await _own(person, offer_id)
    await _event(offer, f"{deed}.words"[:24], now, words=words, message_id=message_id)


async def _has_another(person_id: str) -> bool:
    """Whether somebody has said yes to something that has not ended."""
    return await Offer.filter(person_id=person_id, state__in=["accepted", "started", "paused"]).exists()


def _may_write(viewer: Viewer) -> None:
    if not may(viewer.role, "offers.write"):
        raise NotAllowed


async def _tell(viewer: Viewer, offer: Offer, now: datetime, kind: str) -> None:
    await letters.post(
        viewer, kind, person_id=offer.person_id, key=f"offer:{offer.id}:{offer.revision}", about=offer.id, now=now,
    )  # fmt: skip


async def _already(offer: Offer, done: str, on: date | None, why: str) -> bool:
    """Whether the last such step of an offer counts from this day, with these words; what is left out is no other."""
    last = await OfferEvent.filter(offer_id=offer.id, deed=done).order_by("-at", "-id").first()
    if last is None:
        return not why
    opened = await vault(offer.municipality_id, offer.person_id)
    said = opened.open("offer_event", "words", last.id, last.words_sealed) if last.words_sealed else ""
    return why in {"", said} and on in {None, last.holds_from or on}


async def _event(
    offer: Offer,
    deed: str,
    now: datetime,
    *,
    staff_id: str | None = None,
    words: str = "",
    before: str = "",
    message_id: str = "",
    holds_from: date | None = None,
) -> str:
    event = OfferEvent(
        municipality_id=offer.municipality_id,
        person_id=offer.person_id,
        offer_id=offer.id,
        deed=deed,
        message_id=message_id,
        staff_id=staff_id,
        at=now,
        holds_from=holds_from,
    )
    if words or before:
        opened = await vault(offer.municipality_id, offer.person_id)
        event.words_sealed = opened.seal("offer_event", "words", event.id, words) if words else None
        event.before_sealed = opened.seal("offer_event", "before", event.id, before) if before else None
    await event.save()
    return event.id


async def _for_staff(viewer: Viewer, offer_id: str) -> Offer:
    await alone("offer", offer_id)
    offer = await Offer.get_or_none(id=offer_id, municipality_id=viewer.municipality_id)
    if offer is None:
        raise NotFound
    await person_for(viewer, offer.person_id)
    return offer


async def _own(person: YoungPerson, offer_id: str) -> Offer:
    await alone("offer", offer_id)
    offer = await Offer.get_or_none(id=offer_id, person_id=person.person_id, municipality_id=person.municipality_id)
    # A draft that was withdrawn was never shown either.
    if offer is None or offer.published_at is None:
        raise NotFound
    return offer
