"""Everything that happened around a person besides messages: offers, wishes, meetings, check-ins, alerts, contacts,
consents, links.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from models.domain import messages as texts
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import within
from models.queries.checkins import OPEN_TO_CASEWORKER
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn
from models.tables.consent import Consent, Link
from models.tables.keys import Vault
from models.tables.meetings import Meeting, MeetingEvent
from models.tables.messages import Message
from models.tables.offers import Offer, OfferEvent, RangeOffer, Wish
from models.tables.reach import person_for
from models.tables.register import Handover, Person
from models.transactions import reading

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `kind`: offer, wish, meeting, check_in, alert, contact, consent, link or handover;
    `what` a code in it.

    `who` is a member of staff or ""; `words` what was written; `about` the row it belongs to; `score` a WHO-5 score.
    """

    at: datetime
    kind: str
    what: str
    who: str
    words: str
    about: str
    score: int | None = None


@reading
async def happenings(viewer: Viewer, person_id: str, *, since: datetime | None = None) -> list[Happening]:
    """What happened, oldest first. Hørt-5 and pulses are not in it, not even that they were answered."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    names = await within.staff_names(viewer)
    found = [
        *await _offers(person.id, opened, names),
        *await _wishes(person.id, opened, names),
        *await _meetings(person.id, opened, names),
        *await _check_ins(person.id, opened),
        *await _alerts(viewer, person, opened, names),
        *await _links(person.id, names),
        *await _consents(person.id),
        *await _handovers(person.id, names),
    ]
    return sorted((one for one in found if since is None or one.at >= since), key=lambda one: one.at)


@reading
async def contacts(viewer: Viewer, person_id: str) -> list[Happening]:
    """Calls and meetings written down at the desk, oldest first. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    names = await within.staff_names(viewer)
    found = await Message.filter(person_id=person.id, direction="note", kind="contact").order_by("at").limit(_LONGEST)
    return [
        Happening(
            row.at, "contact", "contact", names.get(row.staff_id or "", ""),
            texts.visible(opened.open("message", "body", row.id, row.body_sealed)), row.id,
        )
        for row in found
    ]  # fmt: skip


async def _offers(person_id: str, opened: Vault, names: dict[str, str]) -> list[Happening]:
    titles = {
        row.id: str(json.loads(opened.open("offer", "content", row.id, row.content_sealed)).get("title", ""))
        for row in await Offer.filter(person_id=person_id)
    }
    events = await OfferEvent.filter(person_id=person_id).order_by("at").limit(_LONGEST)
    return [
        Happening(
            at=event.at,
            kind="offer",
            what=event.deed,
            who=names.get(event.staff_id or "", ""),
            words=texts.visible(opened.open("offer_event", "words", event.id, event.words_sealed))
            if event.words_sealed
            else titles.get(event.offer_id, ""),
            about=event.offer_id,
        )
        for event in events
        if event.deed != "seen"
    ]


async def _wishes(person_id: str, opened: Vault, names: dict[str, str]) -> list[Happening]:
    made: list[Happening] = []
    found = await Wish.filter(person_id=person_id).order_by("made_at").limit(_LONGEST)
    titles = {row.id: row.title for row in await RangeOffer.filter(id__in=[row.range_offer_id for row in found])}
    for row in found:
        title = titles.get(row.range_offer_id, "")
        made.append(Happening(row.made_at, "wish", "made", "", title, row.id))
        if row.settled_at is not None:
            answer = opened.open("wish", "answer", row.id, row.answer_sealed) if row.answer_sealed else title
            who = names.get(row.staff_id or "", "")
            made.append(Happening(row.settled_at, "wish", row.state, who, texts.visible(answer), row.id))
    return made


async def _meetings(person_id: str, opened: Vault, names: dict[str, str]) -> list[Happening]:
    about = {
        row.id: str(json.loads(opened.open("meeting", "content", row.id, row.content_sealed)).get("about", ""))
        for row in await Meeting.filter(person_id=person_id)
    }
    events = await MeetingEvent.filter(person_id=person_id).order_by("at").limit(_LONGEST)
    return [
        Happening(
            at=event.at,
            kind="meeting",
            what=event.deed,
            who=names.get(event.staff_id or "", ""),
            words=texts.visible(opened.open("meeting_event", "words", event.id, event.words_sealed))
            if event.words_sealed
            else about.get(event.meeting_id, ""),
            about=event.meeting_id,
        )
        for event in events
    ]


async def _check_ins(person_id: str, opened: Vault) -> list[Happening]:
    found = (
        await CheckIn.filter(person_id=person_id, state="done", instrument__in=list(OPEN_TO_CASEWORKER))
        .order_by("closed_at")
        .limit(_LONGEST)
    )
    return [
        Happening(
            at=row.closed_at or row.due_at,
            kind="check_in",
            what=row.instrument,
            who="",
            words="",
            about=row.id,
            score=int(json.loads(opened.open("check_in", "score", row.id, row.score_sealed)))
            if row.instrument == "who5" and row.score_sealed
            else None,
        )
        for row in found
    ]


async def _alerts(viewer: Viewer, person: Person, opened: Vault, names: dict[str, str]) -> list[Happening]:
    made: list[Happening] = []
    close = viewer.staff_id in {person.caseworker_id, person.substitute_id}
    away = not sees_whole_municipality(viewer.role) or close
    for row in await Alert.filter(person_id=person.id).order_by("raised_at").limit(_LONGEST):
        if row.apart and away and row.owner_id != viewer.staff_id:
            continue
        made.append(Happening(row.raised_at, "alert", row.reason, "", "", row.id))
        if row.closed_at is not None:
            done = opened.open("alert", "done", row.id, row.done_sealed) if row.done_sealed else ""
            who = names.get(row.closed_by_id or "", "")
            made.append(Happening(row.closed_at, "alert", "closed", who, texts.visible(done), row.id))
    return made


async def _links(person_id: str, names: dict[str, str]) -> list[Happening]:
    made: list[Happening] = []
    for row in await Link.filter(person_id=person_id):
        made.append(Happening(row.opened_at, "link", "opened", "", "", row.id))
        if row.confirmed_at is not None:
            made.append(
                Happening(row.confirmed_at, "link", "confirmed", names.get(row.confirmed_by_id or "", ""), "", row.id)
            )
        if row.closed_at is not None:
            made.append(Happening(row.closed_at, "link", "closed", "", "", row.id))
    return made


async def _handovers(person_id: str, names: dict[str, str]) -> list[Happening]:
    found = await Handover.filter(person_id=person_id).order_by("at").limit(_LONGEST)
    return [
        Happening(row.at, "handover", "new", names.get(row.by_staff_id, ""), names.get(row.to_staff_id, ""), row.id)
        for row in found
    ]


async def _consents(person_id: str) -> list[Happening]:
    made: list[Happening] = []
    for row in await Consent.filter(person_id=person_id):
        made.append(Happening(row.given_at, "consent", row.purpose, "", "", "given"))
        if row.withdrawn_at is not None:
            made.append(Happening(row.withdrawn_at, "consent", row.purpose, "", "", "withdrawn"))
    return made
