"""What a coordinator is about to erase: how much there is, whether the person asked for it, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.alerts import AlertKind
from models.domain.errors import NotAllowed
from models.domain.staff import Viewer, may
from models.tables.alerts import Alert
from models.tables.casefile_reach import records_of
from models.tables.consent import Link
from models.tables.keys import Erasure
from models.tables.meetings import Meeting
from models.tables.messages import Message
from models.tables.offers import Offer
from models.tables.reach import person_for
from models.transactions import reading


@dataclass(frozen=True, slots=True)
class Extent:
    """What goes. `asked_at`: when the person deleted themselves in the chat, the last time. `chat`: they have one where
    they are told. `unanswered` messages go with the rest; while something is to be `read_first`, or `undecided` records
    are not settled for the case file, nothing may be erased.
    """

    messages: int
    notes: int
    offers: int
    meetings: int
    unanswered: int
    chat: bool
    read_first: bool
    undecided: int
    asked_at: datetime | None


@reading
async def extent(viewer: Viewer, person_id: str) -> Extent:
    """How much there is of a person. Raises NotFound out of reach, NotAllowed for roles that may not erase."""
    if not may(viewer.role, "people.erase"):
        raise NotAllowed
    person = await person_for(viewer, person_id)
    theirs = {"person_id": person.id, "municipality_id": person.municipality_id}
    left = await Erasure.filter(person_uid=person.id, step__startswith="chat").order_by("-at").first()
    to_read = Alert.filter(**theirs, kind=AlertKind.READ_NOW.value).exclude(state="closed")
    return Extent(
        messages=await Message.filter(**theirs).exclude(direction="note").count(),
        notes=await Message.filter(**theirs, direction="note").count(),
        offers=await Offer.filter(**theirs).count(),
        meetings=await Meeting.filter(**theirs).count(),
        unanswered=await Message.filter(**theirs, needs_answer=True, answered_at=None).count(),
        chat=await Link.filter(**theirs, state="active", confirmed_at__not_isnull=True).exists(),
        read_first=await to_read.exists(),
        undecided=sum(row.waits for row in await records_of(person.municipality_id, person.id)),
        asked_at=left.at if left is not None else None,
    )
