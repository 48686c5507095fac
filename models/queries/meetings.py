"""Meetings at the desk: ahead, waiting to be written down, one with its dated history; and those that were held."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.domain import messages as texts
from models.domain.errors import NotFound
from models.domain.meetings import FURTHEST, MeetingState, Verdict, over
from models.domain.staff import Viewer
from models.queries import within
from models.queries.messages import Delivery, delivery
from models.tables.fields import micros
from models.tables.keys import Vault
from models.tables.meetings import Meeting, MeetingEvent
from models.tables.messages import Message
from models.tables.offers import Offer
from models.tables.outbox import Letter
from models.tables.reach import people_for, person_for
from models.tables.register import Person
from models.transactions import reading, rows

_LONGEST_LIST = 300
#: Why a letter was never sent, though it still had something to say.
_NEVER_TOLD = ("consent", "stopped", "erased")
#: How long staff are reminded that nothing is written down about a meeting.
WRITTEN_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting. `told` is what became of the newest letter about it; `untold` why the person was not told at all.

    `promised_at` is by when the person hears back, where they said that they can't.
    """

    meeting_id: str
    person_id: str
    name: str
    first_name: str
    offer_id: str
    made_by: str
    made_by_id: str
    content: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    sequence: int
    cannot_at: datetime | None
    topics: str
    topics_at: datetime | None
    agreed: str
    agreed_at: datetime | None
    agreed_by: str
    agreed_version: int
    verdict: Verdict
    told: Delivery | None
    untold: str
    promised_at: datetime | None
    broken: bool

    @property
    def trouble(self) -> bool:
        """Whether the person was not told of it, or perhaps not."""
        return bool(self.untold) or (self.told is not None and self.told.state in {"held", "unsure", "failed"})

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class MeetingEventLine:
    """One dated step of a meeting. `who` is "" for the young person and for the clock; `words` what was said."""

    at: datetime
    deed: str
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class MeetingView:
    """One meeting and everything that happened with it, oldest first."""

    meeting: MeetingLine
    history: tuple[MeetingEventLine, ...]


@reading
async def of_person(viewer: Viewer, person_id: str, *, now: datetime) -> list[MeetingLine]:
    """A person's meetings, the latest first. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    found = await Meeting.filter(person_id=person.id).order_by("-starts_at").limit(_LONGEST_LIST)
    return await _lines(viewer, found, {person.id: person}, now)


@reading
async def of_offer(viewer: Viewer, offer_id: str, *, now: datetime) -> list[MeetingLine]:
    """The meetings that belong to an offer, the latest first. Raises NotFound out of reach."""
    row = await Offer.get_or_none(id=offer_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    person = await person_for(viewer, row.person_id)
    found = await Meeting.filter(offer_id=row.id, person_id=person.id).order_by("-starts_at").limit(_LONGEST_LIST)
    return await _lines(viewer, found, {person.id: person}, now)


@reading
async def waiting_now(viewer: Viewer, *, now: datetime, until: datetime) -> tuple[list[MeetingLine], list[MeetingLine]]:
    """The meetings within reach that staff should think of now.

    Planned ones, the next one first: those the person can't come to, those the person could not be told of, and the
    viewer's own that begin before `until`. And those that are over without a word about what was agreed, and those the
    person did not find right, the oldest first.
    """
    reached, values = within.reach(viewer)
    here, moment = viewer.municipality_id, micros(now)
    never = ", ".join(f"'{reason}'" for reason in _NEVER_TOLD)
    found = await rows(
        "SELECT m.id FROM meeting m JOIN person p ON p.id = m.person_id "  # noqa: S608 (constants)
        f"WHERE m.municipality_id = ? AND {reached} AND (m.state = ? AND m.ends_at > ? AND (m.cannot_at IS NOT NULL "
        "OR (m.starts_at < ? AND m.made_by_id = ?) "
        "OR m.id IN (SELECT l.about FROM letter l WHERE l.municipality_id = ? AND l.kind = 'meeting.told' "
        "AND l.created_at > ? AND (l.state IN ('held', 'unsure', 'dead') "
        f"OR (l.state = 'cancelled' AND l.reason IN ({never}))))) "
        "OR m.ends_at <= ? AND m.ends_at > ? AND m.cannot_at IS NULL AND m.state IN (?, ?) "
        f"AND (m.agreed_version = 0 OR m.verdict = ?)) ORDER BY m.ends_at DESC, m.id LIMIT {_LONGEST_LIST}",
        here, *values, MeetingState.PLANNED.value, moment, micros(until), viewer.staff_id, here,
        micros(now - FURTHEST), moment, micros(now - WRITTEN_WITHIN), MeetingState.PLANNED.value,
        MeetingState.HELD.value, Verdict.NOT_QUITE.value,
    )  # fmt: skip
    if not found:
        return [], []
    shown = await Meeting.filter(id__in=[one["id"] for one in found]).order_by("ends_at", "id")
    people = await people_for(viewer, [row.person_id for row in shown])
    lines = await _lines(viewer, shown, people, now)
    # What a later letter has told is no trouble any more.
    pressing = [
        one for one in lines if one.ends_at > now and (one.cannot_at or one.trouble or one.starts_at < until)
    ]  # fmt: skip
    return sorted(pressing, key=lambda one: one.starts_at), [one for one in lines if one.ends_at <= now]


@reading
async def meeting(viewer: Viewer, meeting_id: str, *, now: datetime) -> MeetingView:
    """One meeting with its history. Raises NotFound out of reach."""
    row = await Meeting.get_or_none(id=meeting_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    person = await person_for(viewer, row.person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    names = await within.staff_names(viewer)
    events = await MeetingEvent.filter(meeting_id=row.id).order_by("at", "id")
    return MeetingView(
        (await _lines(viewer, [row], {person.id: person}, now))[0],
        tuple(
            MeetingEventLine(event.at, event.deed, names.get(event.staff_id or "", ""), _words(opened, event))
            for event in events
        ),
    )


@reading
async def waiting(viewer: Viewer, meeting_id: str) -> list[str]:
    """The messages about this meeting that wait for an answer ("I can't", another time, "not quite")."""
    row = await Meeting.get_or_none(id=meeting_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    await person_for(viewer, row.person_id)
    carried = await MeetingEvent.filter(meeting_id=row.id).exclude(message_id="").values_list("message_id", flat=True)
    found = Message.filter(
        id__in=[str(key) for key in carried], person_id=row.person_id, needs_answer=True, answered_at=None
    )
    return [str(key) for key in await found.order_by("position").values_list("id", flat=True)]


def _words(opened: Vault, event: MeetingEvent) -> str:
    if event.words_sealed is None:
        return ""
    return texts.visible(opened.open("meeting_event", "words", event.id, event.words_sealed))


async def _lines(
    viewer: Viewer, found: Iterable[Meeting], people: Mapping[str, Person], now: datetime
) -> list[MeetingLine]:
    found = list(found)
    if not found:
        return []
    vaults = await within.opened(viewer, [row.person_id for row in found])
    found = [row for row in found if row.person_id in vaults and row.person_id in people]
    names = await within.staff_names(viewer)
    letters = await _letters([row.id for row in found])
    promised = await _promised([row.id for row in found])
    lines = []
    for row in found:
        opened, person = vaults[row.person_id], people[row.person_id]
        letter, asked = letters.get(row.id), promised.get(row.id)
        content = json.loads(opened.open("meeting", "content", row.id, row.content_sealed))
        lines.append(
            MeetingLine(
                meeting_id=row.id,
                person_id=row.person_id,
                name=within.name_of(opened, person.id, person.name_sealed),
                first_name=within.first_name_of(opened, person.id, person.first_name_sealed),
                offer_id=row.offer_id or "",
                made_by=names.get(row.made_by_id or "", ""),
                made_by_id=row.made_by_id or "",
                content={key: str(value) for key, value in content.items()},
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                # What the clock has not written down yet is over all the same.
                state=over(MeetingState(row.state), row.ends_at, now, cannot=row.cannot_at is not None),
                sequence=row.sequence,
                cannot_at=row.cannot_at,
                topics=texts.visible(opened.open("meeting", "topics", row.id, row.topics_sealed))
                if row.topics_sealed
                else "",
                topics_at=row.topics_at,
                agreed=opened.open("meeting", "agreed", row.id, row.agreed_sealed) if row.agreed_sealed else "",
                agreed_at=row.agreed_at,
                agreed_by=names.get(row.agreed_by, ""),
                agreed_version=row.agreed_version,
                verdict=Verdict(row.verdict),
                told=delivery([letter]) if letter else None,
                untold=letter.reason if letter and letter.state == "cancelled" else "",
                promised_at=asked.promised_at if asked else None,
                broken=bool(asked and asked.promise_broken_at),
            )
        )
    return lines


async def _letters(meeting_ids: list[str]) -> dict[str, Letter]:
    """The newest letter about each meeting that staff caused."""
    found = await Letter.filter(about__in=meeting_ids, kind__in=["meeting.told", "meeting.agreed"]).order_by("id")
    return {row.about: row for row in found}


async def _promised(meeting_ids: list[str]) -> dict[str, Message]:
    """The message about each meeting that has waited longest for its answer."""
    events = await MeetingEvent.filter(meeting_id__in=meeting_ids).exclude(message_id="").order_by("-at")
    if not events:
        return {}
    messages = {
        row.id: row
        for row in await Message.filter(
            id__in=[event.message_id for event in events], needs_answer=True, answered_at=None
        )
    }
    return {event.meeting_id: messages[event.message_id] for event in events if event.message_id in messages}
