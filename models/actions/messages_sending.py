"""What a message of staff goes out as: its files, after the words; and what staff decide when it did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.actions import letters, trail
from models.domain import media
from models.domain.errors import Invalid, NotFound
from models.domain.letters import REPLIES
from models.domain.staff import Viewer
from models.tables.attachments import Attachment
from models.tables.messages import Message
from models.tables.outbox import Letter
from models.tables.reach import thread_for
from models.transactions import atomic

#: Files of one message are a moment apart, so that they stay in order.
_STEP = timedelta(microseconds=1)


async def _send_along(viewer: Viewer, message: Message, files: Sequence[str], *, now: datetime) -> None:
    """Files the viewer chose for this person follow the words, in order; nobody else's do. Raises Invalid for too many,
    and for one that is there no more."""
    chosen = list(dict.fromkeys(files))
    if len(chosen) > media.MOST_FILES:
        raise Invalid("too_many_files", "file")
    free = Attachment.filter(
        person_id=message.person_id, municipality_id=message.municipality_id, staff_id=viewer.staff_id, message_id="",
        about="", direction="out", state="kept",
    )  # fmt: skip
    for place, file in enumerate(chosen):
        if await free.filter(id=file).update(message_id=message.id, created_at=now + _STEP * place) != 1:
            raise Invalid("file_gone", "file")
        await letters.post(
            viewer, "message.file", person_id=message.person_id, key=f"reply:{message.id}:file:{place}",
            about=message.id, args={"file": file}, now=now,
        )  # fmt: skip


@atomic
async def decide_delivery(viewer: Viewer, message_id: str, deed: str, *, now: datetime) -> bool:
    """Staff decide about a message that did not arrive or may not have: send it "again", or it "arrived" (seen
    or said another way). False when there was nothing to decide any more. Raises NotFound out of reach."""
    message = await Message.get_or_none(id=message_id, municipality_id=viewer.municipality_id, direction="out")
    if message is None or deed not in {"again", "arrived"}:
        raise NotFound
    await thread_for(viewer, message.thread_id)
    decided = False
    for letter in await Letter.filter(about=message.id, kind__in=list(REPLIES), state__in=["unsure", "held", "dead"]):
        step = letters.send_again if deed == "again" else letters.mark_arrived
        decided = await step(viewer, letter.id, now=now) or decided
    await trail.record(viewer, f"thread.{deed}", person_id=message.person_id, about=message.id, now=now)
    return decided
