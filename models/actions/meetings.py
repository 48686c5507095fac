"""Meetings: made, moved and cancelled at the desk, told to the person, prepared and answered by them, written down.

Every step is dated. What staff do is told as a human's word (never bound by the weekly cap); only the reminder is begun
by the bot itself.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, time

from models.actions import letters, trail
from models.domain import meetings as rules
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.meetings import MeetingState, Verdict
from models.domain.people import YoungPerson
from models.domain.staff import Viewer, may
from models.tables.keys import Vault, vault
from models.tables.meetings import Meeting, MeetingEvent
from models.tables.offers import Offer
from models.tables.reach import person_for
from models.tables.register import Person
from models.transactions import Scope, Scoped, alone, atomic

_LONGEST = {"about": 120, "where": 120, "with_whom": 120}
LONGEST_AGREED = 1500
LONGEST_TOPICS = 1500
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Content:
    """What a meeting is about, where, and with whom."""

    about: str
    where: str = ""
    with_whom: str = ""

    def check(self) -> None:
        """Raise Invalid naming the field that cannot be used."""
        if not self.about.strip():
            raise Invalid("meeting_about_missing", "about")
        for field, longest in _LONGEST.items():
            if len(getattr(self, field)) > longest:
                raise Invalid("offer_field_too_long", field)


def seal_content(opened: Vault, meeting_id: str, content: Content) -> bytes:
    """The sealed document of a meeting."""
    return opened.seal("meeting", "content", meeting_id, json.dumps(asdict(content), ensure_ascii=False))


@atomic
async def make(
    viewer: Viewer,
    person_id: str,
    content: Content,
    *,
    starts_at: datetime,
    minutes: int,
    now: datetime,
    offer_id: str = "",
) -> str:
    """Make a meeting and tell the person; returns its id. The very same meeting again (a second click) is that one.

    Raises NotFound out of reach, Invalid by field.
    """
    _may_write(viewer)
    content.check()
    rules.check(starts_at, minutes, now=now)
    person = await person_for(viewer, person_id)
    await alone("meetings", person.id)
    if offer_id and not await Offer.exists(id=offer_id, person_id=person.id):
        raise NotFound
    opened = await vault(person.municipality_id, person.id)
    ends_at = rules.ends(starts_at, minutes)
    for other in await Meeting.filter(
        person_id=person.id, starts_at=starts_at, ends_at=ends_at, state=MeetingState.PLANNED.value
    ):
        if _content(opened, other) == asdict(content):
            return other.id
    meeting = Meeting(
        municipality_id=person.municipality_id,
        person_id=person.id,
        offer_id=offer_id or None,
        made_by_id=viewer.staff_id,
        starts_at=starts_at,
        ends_at=ends_at,
        state=MeetingState.PLANNED.value,
        made_at=now,
        told_at=now,
        remind_at=_remind_at(person, starts_at, now),
    )
    meeting.content_sealed = seal_content(opened, meeting.id, content)
    await meeting.save()
    await _event(meeting, "made", now, staff_id=viewer.staff_id)
    await _tell(viewer, meeting, "made", now)
    await trail.record(viewer, "meeting.make", person_id=person.id, about=meeting.id, now=now)
    return meeting.id


@atomic
async def change(
    viewer: Viewer,
    meeting_id: str,
    content: Content,
    *,
    starts_at: datetime,
    minutes: int,
    sequence: int,
    now: datetime,
) -> bool:
    """Move a meeting, or change where or with whom; the person is told. False when nothing was changed.

    `sequence` is the one the form was filled in for: Stale ("meeting.changed") when it says something else by now,
    unless that is the same. What the person had said about the old time ("I can't") is answered by the new one.
    """
    _may_write(viewer)
    content.check()
    meeting = await _for_staff(viewer, meeting_id)
    state = rules.move(MeetingState(meeting.state))
    opened = await vault(meeting.municipality_id, meeting.person_id)
    ends_at = rules.ends(starts_at, minutes)
    moved = (meeting.starts_at, meeting.ends_at) != (starts_at, ends_at)
    if not moved and _content(opened, meeting) == asdict(content):
        return False
    if sequence != meeting.sequence:
        raise Stale("meeting.changed")
    rules.check(starts_at, minutes, now=now)
    if moved:
        person = await Person.get(id=meeting.person_id)
        meeting.starts_at, meeting.ends_at, meeting.told_at = starts_at, ends_at, now
        meeting.remind_at, meeting.reminded_at = _remind_at(person, starts_at, now), None
        meeting.cannot_at = None
    meeting.state, meeting.sequence = state.value, meeting.sequence + 1
    meeting.content_sealed = seal_content(opened, meeting.id, content)
    await meeting.save()
    done = "moved" if moved else "changed"
    await _event(meeting, done, now, staff_id=viewer.staff_id)
    await _tell(viewer, meeting, done, now)
    await trail.record(viewer, "meeting.change", person_id=meeting.person_id, about=meeting.id, now=now)
    return True


@atomic
async def cancel(viewer: Viewer, meeting_id: str, *, now: datetime, sequence: int | None = None) -> None:
    """Cancel a meeting and tell the person. Twice changes nothing; Stale when it is over.

    `sequence` is the one that was read: Stale ("meeting.changed") when it is at another time by now.
    """
    _may_write(viewer)
    meeting = await _for_staff(viewer, meeting_id)
    before = MeetingState(meeting.state)
    after = rules.cancel(before)
    if after is before:
        return
    if sequence not in {None, meeting.sequence}:
        raise Stale("meeting.changed")
    meeting.state, meeting.sequence = after.value, meeting.sequence + 1
    await meeting.save()
    await _event(meeting, "cancelled", now, staff_id=viewer.staff_id)
    await _tell(viewer, meeting, "cancelled", now)
    await trail.record(viewer, "meeting.cancel", person_id=meeting.person_id, about=meeting.id, now=now)


@atomic
async def correct(viewer: Viewer, meeting_id: str, to: MeetingState, *, now: datetime) -> None:
    """Staff say that a meeting that is over did, or did not, take place. Stale before it is over."""
    _may_write(viewer)
    meeting = await _for_staff(viewer, meeting_id)
    before = rules.over(MeetingState(meeting.state), meeting.ends_at, now, cannot=meeting.cannot_at is not None)
    after = rules.correct(before, to)
    if after.value == meeting.state:
        return
    meeting.state = after.value
    await meeting.save(update_fields=["state"])
    await _event(meeting, after.value, now, staff_id=viewer.staff_id)
    await trail.record(viewer, f"meeting.{after.value}", person_id=meeting.person_id, about=meeting.id, now=now)


@atomic
async def agree(viewer: Viewer, meeting_id: str, words: str, *, version: int, now: datetime) -> None:
    """Write down what was agreed; the person is asked whether it is right. Written anew, they are asked anew.

    `version` is the one the writer saw (0 where nothing was written): Stale ("meeting.agreed_anew") when a colleague
    has written meanwhile. Raises Invalid for empty or overlong words, Stale before the meeting has begun.
    """
    _may_write(viewer)
    text = words.strip()
    if not text:
        raise Invalid("agreed_empty", "agreed")
    if len(text) > LONGEST_AGREED:
        raise Invalid("reply_too_long", "agreed")
    meeting = await _for_staff(viewer, meeting_id)
    if not rules.may_agree(MeetingState(meeting.state), meeting.starts_at, now):
        raise Stale("meeting.not_over")
    opened = await vault(meeting.municipality_id, meeting.person_id)
    if meeting.agreed_sealed and opened.open("meeting", "agreed", meeting.id, meeting.agreed_sealed) == text:
        return
    if version != meeting.agreed_version:
        raise Stale("meeting.agreed_anew")
    meeting.agreed_sealed = opened.seal("meeting", "agreed", meeting.id, text)
    meeting.agreed_at, meeting.agreed_by, meeting.verdict = now, viewer.staff_id, Verdict.NONE.value
    meeting.agreed_version += 1
    meeting.state = MeetingState.HELD.value
    await meeting.save()
    await _event(meeting, "agreed", now, staff_id=viewer.staff_id, words=text)
    await letters.post(
        viewer, "meeting.agreed", person_id=meeting.person_id, key=f"agreed:{meeting.id}:{meeting.agreed_version}",
        about=meeting.id, args={"version": meeting.agreed_version}, now=now,
    )  # fmt: skip
    await trail.record(viewer, "meeting.agree", person_id=meeting.person_id, about=meeting.id, now=now)


@atomic
async def remind_due(scope: Scoped, *, now: datetime) -> int:
    """Remind of the meetings whose moment has come, once for each time they have. Whoever turned reminders off, or said
    that they can't, is not reminded.
    """
    reminded = 0
    waiting = Meeting.filter(
        state=MeetingState.PLANNED.value, reminded_at=None, cannot_at=None, remind_at__lte=now, starts_at__gt=now
    )
    for found in await waiting.order_by("remind_at").limit(_PAGE):
        await alone("meeting", found.id)
        meeting = await waiting.get_or_none(id=found.id)
        if meeting is None:
            continue
        meeting.reminded_at = now
        await meeting.save(update_fields=["reminded_at"])
        if not (await Person.get(id=meeting.person_id)).meeting_reminders:
            continue
        posted = await letters.post(
            Scope(meeting.municipality_id), "meeting.reminder", person_id=meeting.person_id,
            key=f"meeting-reminder:{meeting.id}:{meeting.sequence}", about=meeting.id,
            args={"sequence": meeting.sequence}, now=now, not_after=meeting.starts_at,
        )  # fmt: skip
        reminded += posted is not None
    return reminded


@atomic
async def end_due(scope: Scoped, *, now: datetime) -> int:
    """Meetings that are over: held, or missed where the person had said that they can't. Staff then write down what was
    agreed, or that it did not take place.
    """
    ended = 0
    waiting = Meeting.filter(state=MeetingState.PLANNED.value, ends_at__lte=now)
    for found in await waiting.order_by("ends_at").limit(_PAGE):
        await alone("meeting", found.id)
        meeting = await waiting.get_or_none(id=found.id)
        if meeting is None:
            continue
        after = rules.over(MeetingState.PLANNED, meeting.ends_at, now, cannot=meeting.cannot_at is not None)
        meeting.state = after.value
        await meeting.save(update_fields=["state"])
        await _event(meeting, after.value, meeting.ends_at)
        ended += 1
    return ended


@atomic
async def cannot(person: YoungPerson, meeting_id: str, *, sequence: int, now: datetime) -> str:
    """ "I can't." Returns the step of the history, "" when it was said before.

    Raises Stale ("meeting.changed") when the screen showed another time, Stale ("meeting.over") once it has begun.
    """
    meeting = await _own(person, meeting_id)
    _check_open(meeting, sequence, now)
    if meeting.cannot_at is not None:
        return ""
    meeting.cannot_at = now
    await meeting.save(update_fields=["cannot_at"])
    return await _event(meeting, "cannot", now)


@atomic
async def can(person: YoungPerson, meeting_id: str, *, sequence: int, now: datetime) -> bool:
    """ "I can after all." False when nothing had been said."""
    meeting = await _own(person, meeting_id)
    _check_open(meeting, sequence, now)
    if meeting.cannot_at is None:
        return False
    meeting.cannot_at = None
    await meeting.save(update_fields=["cannot_at"])
    await _event(meeting, "can", now)
    return True


@atomic
async def carry(person: YoungPerson, meeting_id: str, event_id: str, message_id: str) -> None:
    """The message a step of the history came with: its promise is that step's."""
    meeting = await _own(person, meeting_id)
    await MeetingEvent.filter(id=event_id, meeting_id=meeting.id).update(message_id=message_id)


@atomic
async def say(
    person: YoungPerson, meeting_id: str, deed: str, words: str, *, now: datetime, message_id: str = ""
) -> None:
    """Words about a meeting (why they can't, when instead, what is not right): kept in its history, sealed."""
    meeting = await _own(person, meeting_id)
    await _event(meeting, f"{deed}.words"[:24], now, words=words, message_id=message_id)


@atomic
async def prepare(person: YoungPerson, meeting_id: str, words: str, *, now: datetime) -> None:
    """What the person wants to talk about; written anew it takes the place of what stood there. Raises Stale once the
    meeting has begun, Invalid for overlong words.
    """
    meeting = await _own(person, meeting_id)
    _check_open(meeting, None, now)
    if len(words) > LONGEST_TOPICS:
        raise Invalid("reply_too_long", "topics")
    opened = await vault(person.municipality_id, person.person_id)
    first = meeting.topics_sealed is None
    meeting.topics_sealed = opened.seal("meeting", "topics", meeting.id, words.strip())
    meeting.topics_at = now
    await meeting.save(update_fields=["topics_sealed", "topics_at"])
    await _event(meeting, "topics" if first else "topics_anew", now)


@atomic
async def answer_agreed(person: YoungPerson, meeting_id: str, given: Verdict, *, version: int, now: datetime) -> bool:
    """ "Right", or "not quite". False when it was said before. Stale ("meeting.agreed_anew") when something else stands
    there by now.
    """
    if not person.confirmed:
        raise NotAllowed("not_confirmed")
    meeting = await _own(person, meeting_id)
    before = Verdict(meeting.verdict)
    after = rules.answer_agreed(given, before=before, version=meeting.agreed_version, seen=version)
    if after is before:
        return False
    meeting.verdict = after.value
    await meeting.save(update_fields=["verdict"])
    await _event(meeting, after.value, now)
    return True


@atomic
async def choose_reminders(person: YoungPerson, *, on: bool, now: datetime) -> None:
    """Whether the person wants to be reminded of meetings at all."""
    changed = await Person.filter(
        id=person.person_id, municipality_id=person.municipality_id, meeting_reminders=not on
    ).update(meeting_reminders=on)
    if changed:
        await trail.record(person, f"meeting.reminders_{'on' if on else 'off'}", person_id=person.person_id, now=now)


def _may_write(viewer: Viewer) -> None:
    if not may(viewer.role, "meetings.write"):
        raise NotAllowed


def _remind_at(person: Person, starts_at: datetime, now: datetime) -> datetime | None:
    return rules.remind_at(starts_at, now, quiet_from=time(person.quiet_from % 24), quiet_to=time(person.quiet_to % 24))


def _content(opened: Vault, meeting: Meeting) -> dict[str, str]:
    found: dict[str, str] = json.loads(opened.open("meeting", "content", meeting.id, meeting.content_sealed))
    return found


def _check_open(meeting: Meeting, sequence: int | None, now: datetime) -> None:
    if not rules.may_change(MeetingState(meeting.state), meeting.starts_at, now):
        raise Stale("meeting.over")
    if sequence is not None and sequence != meeting.sequence:
        raise Stale("meeting.changed")


async def _tell(viewer: Viewer, meeting: Meeting, what: str, now: datetime) -> None:
    await letters.post(
        viewer, "meeting.told", person_id=meeting.person_id, key=f"meeting:{meeting.id}:{meeting.sequence}",
        about=meeting.id, args={"what": what, "sequence": meeting.sequence}, now=now,
    )  # fmt: skip


async def _event(
    meeting: Meeting, deed: str, now: datetime, *, staff_id: str | None = None, words: str = "", message_id: str = ""
) -> str:
    event = MeetingEvent(
        municipality_id=meeting.municipality_id,
        person_id=meeting.person_id,
        meeting_id=meeting.id,
        deed=deed,
        message_id=message_id,
        staff_id=staff_id,
        at=now,
    )
    if words:
        opened = await vault(meeting.municipality_id, meeting.person_id)
        event.words_sealed = opened.seal("meeting_event", "words", event.id, words)
    await event.save()
    return event.id


async def _for_staff(viewer: Viewer, meeting_id: str) -> Meeting:
    await alone("meeting", meeting_id)
    meeting = await Meeting.get_or_none(id=meeting_id, municipality_id=viewer.municipality_id)
    if meeting is None:
        raise NotFound
    await person_for(viewer, meeting.person_id)
    return meeting


async def _own(person: YoungPerson, meeting_id: str) -> Meeting:
    await alone("meeting", meeting_id)
    meeting = await Meeting.get_or_none(
        id=meeting_id, person_id=person.person_id, municipality_id=person.municipality_id
    )
    if meeting is None:
        raise NotFound
    return meeting
