"""Everything that happened around a person besides messages: offers, wishes, meetings, check-ins, alerts, contacts,
goals, progress, follow-up, consents, links.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from models.domain import messages as texts
from models.domain.localtime import day_bounds, local_date
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
from models.tables.progress import Contact, FollowUpDate, PlanGoal, Progress
from models.tables.reach import person_for
from models.tables.register import Handover, Person
from models.transactions import reading

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `kind`: offer, wish, meeting, check_in, alert, contact, goal, progress, follow_up,
    consent, link or handover; `what` a code in it.

    `who` is a member of staff or ""; `words` what was written; `about` the row it belongs to; `score` a WHO-5 score;
    `with_time`: not only the day is known.
    """

    at: datetime
    kind: str
    what: str
    who: str
    words: str
    about: str
    score: int | None = None
    with_time: bool = True


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
        *await _goals(person.id, opened, names),
        *await _progress(person.id, names),
        *await _followed_up(person.id, opened, names),
    ]
    return sorted((one for one in found if since is None or one.at >= since), key=lambda one: one.at)


@reading
async def contacts(viewer: Viewer, person_id: str) -> list[Happening]:
    """Calls, visits and letters written down at the desk, each on the day it was. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    names = await within.staff_names(viewer)
    told = {row.message_id: row for row in await Contact.filter(person_id=person.id)}
    notes = Message.filter(Q(kind="contact") | Q(id__in=list(told)), person_id=person.id, direction="note")
    made: list[Happening] = []
    for row in await notes.order_by("at").limit(_LONGEST):
        how = told.get(row.id)
        that_day = how is None or how.held_on == local_date(row.at)
        made.append(
            Happening(
                row.at if how is None or that_day else day_bounds(how.held_on)[0], "contact",
                how.way if how else "contact", names.get(row.staff_id or "", ""),
                texts.visible(opened.open("message", "body", row.id, row.body_sealed)), row.id, with_time=that_day,
            )
        )  # fmt: skip
    return sorted(made, key=lambda one: one.at)


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


async def _goals(person_id: str, opened: Vault, names: dict[str, str]) -> list[Happening]:
    made: list[Happening] = []
    for row in await PlanGoal.filter(person_id=person_id).order_by("made_at").limit(_LONGEST):
        words = texts.visible(opened.open("plan_goal", "words", row.id, row.words_sealed))
        made.append(Happening(row.made_at, "goal", "set", names.get(row.made_by_id, ""), words, row.id))
        if row.closed_at is not None:
            made.append(Happening(row.closed_at, "goal", row.state, names.get(row.changed_by_id, ""), words, row.id))
    return made


async def _progress(person_id: str, names: dict[str, str]) -> list[Happening]:
    """What was set at once is one line."""
    made: dict[tuple[datetime, str, str], Happening] = {}
    for row in await Progress.filter(person_id=person_id).order_by("at").limit(_LONGEST):
        made[row.at, row.wave, row.staff_id] = Happening(
            row.at, "progress", row.wave, names.get(row.staff_id, ""), "", row.id
        )
    return list(made.values())


async def _followed_up(person_id: str, opened: Vault, names: dict[str, str]) -> list[Happening]:
    made: list[Happening] = []
    for row in await FollowUpDate.filter(person_id=person_id).order_by("made_at").limit(_LONGEST):
        note = texts.visible(opened.open("follow_up_date", "note", row.id, row.note_sealed)) if row.note_sealed else ""
        made.append(Happening(row.made_at, "follow_up", "agreed", names.get(row.made_by_id, ""), note, row.id))
        if row.done_at is not None and row.done_sealed is not None:
            done = texts.visible(opened.open("follow_up_date", "done", row.id, row.done_sealed))
            made.append(Happening(row.done_at, "follow_up", "done", names.get(row.done_by_id or "", ""), done, row.id))
    return made


async def _consents(person_id: str) -> list[Happening]:
    made: list[Happening] = []
    for row in await Consent.filter(person_id=person_id):
        made.append(Happening(row.given_at, "consent", row.purpose, "", "", "given"))
        if row.withdrawn_at is not None:
            made.append(Happening(row.withdrawn_at, "consent", row.purpose, "", "", "withdrawn"))
    return made
