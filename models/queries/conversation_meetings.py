"""What the young person sees of their meetings: their own, and nobody else's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from models.domain.meetings import MeetingState, Verdict, over
from models.queries.conversation import Whose
from models.tables.keys import Vault, vault
from models.tables.meetings import Meeting, MeetingEvent
from models.tables.messages import Message
from models.tables.register import Municipality, Person
from models.tables.staff import Staff
from models.transactions import reading


@dataclass(frozen=True, slots=True)
class Met:
    """A meeting as the young person reads it. `made_by` and `agreed_by` are first names, or the municipality's name."""

    meeting_id: str
    offer_id: str
    about: str
    where: str
    with_whom: str
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    sequence: int
    made_by: str
    cannot: bool
    promised_at: datetime | None
    topics: str
    agreed: str
    agreed_by: str
    agreed_version: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step of a meeting's history."""

    deed: str
    at: datetime
    words: str


@reading
async def meetings(whose: Whose, *, now: datetime) -> list[Met]:
    """Every meeting of the person: what lies ahead first, the next one first; then what was, the latest first."""
    found = await Meeting.filter(person_id=whose.person_id, municipality_id=whose.municipality_id).order_by("starts_at")
    read = await _read(whose, found, now)
    ahead = [one for one in read if one.state is MeetingState.PLANNED]
    return [*ahead, *(one for one in reversed(read) if one.state is not MeetingState.PLANNED)]


@reading
async def meeting(whose: Whose, meeting_id: str, *, now: datetime) -> Met | None:
    """One meeting of the person; None for somebody else's."""
    row = await Meeting.get_or_none(id=meeting_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    return None if row is None else (await _read(whose, [row], now))[0]


@reading
async def lies_ahead(whose: Whose, *, now: datetime) -> bool:
    """Whether the person has a meeting that is not over."""
    return await Meeting.exists(
        person_id=whose.person_id, municipality_id=whose.municipality_id, ends_at__gt=now,
        state=MeetingState.PLANNED.value,
    )  # fmt: skip


@reading
async def next_of(whose: Whose, offer_id: str, *, now: datetime) -> Met | None:
    """The next meeting that belongs to an offer of the person; None without one."""
    row = (
        await Meeting.filter(
            offer_id=offer_id, person_id=whose.person_id, municipality_id=whose.municipality_id, ends_at__gt=now,
            state=MeetingState.PLANNED.value,
        )
        .order_by("starts_at")
        .first()
    )  # fmt: skip
    return None if row is None else (await _read(whose, [row], now))[0]


@reading
async def steps(whose: Whose, meeting_id: str) -> list[Step]:
    """What happened with a meeting, oldest first, with what was said."""
    found = await MeetingEvent.filter(
        meeting_id=meeting_id, person_id=whose.person_id, municipality_id=whose.municipality_id
    ).order_by("at", "id")
    opened = await vault(whose.municipality_id, whose.person_id)
    return [
        Step(
            row.deed, row.at,
            opened.open("meeting_event", "words", row.id, row.words_sealed) if row.words_sealed else "",
        )
        for row in found
    ]  # fmt: skip


@reading
async def waiting_message(whose: Whose, meeting_id: str) -> str:
    """The message that came with "I can't" and still waits for its answer; "" when none does."""
    found = await MeetingEvent.filter(
        meeting_id=meeting_id, person_id=whose.person_id, municipality_id=whose.municipality_id, deed="cannot"
    ).exclude(message_id="").order_by("-at").first()  # fmt: skip
    if found is None:
        return ""
    waits = await Message.exists(id=found.message_id, person_id=whose.person_id, needs_answer=True, answered_at=None)
    return found.message_id if waits else ""


@reading
async def reminded(whose: Whose) -> bool:
    """Whether the person wants to be reminded of meetings."""
    return (await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)).meeting_reminders


async def _read(whose: Whose, found: list[Meeting], now: datetime) -> list[Met]:
    if not found:
        return []
    opened = await vault(whose.municipality_id, whose.person_id)
    house = (await Municipality.get(id=whose.municipality_id)).name
    names = {row.id: row.first_name for row in await Staff.filter(municipality_id=whose.municipality_id)}
    cannot = await MeetingEvent.filter(
        meeting_id__in=[row.id for row in found], person_id=whose.person_id
    ).exclude(message_id="").order_by("at")  # fmt: skip
    messages = {
        row.id: row
        for row in await Message.filter(
            id__in=[event.message_id for event in cannot], person_id=whose.person_id, needs_answer=True,
            answered_at=None,
        )
    } if cannot else {}  # fmt: skip
    promised = {
        event.meeting_id: messages[event.message_id].promised_at for event in cannot if event.message_id in messages
    }
    return [_one(opened, row, names, house, promised.get(row.id), now) for row in found]


def _one(
    opened: Vault, row: Meeting, names: dict[str, str], house: str, promised_at: datetime | None, now: datetime
) -> Met:
    content = json.loads(opened.open("meeting", "content", row.id, row.content_sealed))
    return Met(
        meeting_id=row.id,
        offer_id=row.offer_id or "",
        about=content["about"],
        where=content.get("where", ""),
        with_whom=content.get("with_whom", ""),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=over(MeetingState(row.state), row.ends_at, now, cannot=row.cannot_at is not None),
        sequence=row.sequence,
        made_by=names.get(row.made_by_id or "", house),
        cannot=row.cannot_at is not None,
        promised_at=promised_at,
        topics=opened.open("meeting", "topics", row.id, row.topics_sealed) if row.topics_sealed else "",
        agreed=opened.open("meeting", "agreed", row.id, row.agreed_sealed) if row.agreed_sealed else "",
        agreed_by=names.get(row.agreed_by, house),
        agreed_version=row.agreed_version,
        verdict=Verdict(row.verdict),
    )
