"""Files in both directions: checked by what they hold, freed of what they tell, kept sealed in pieces.

Slow work (drawing a picture anew) is done before a transaction begins.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from models import pictures
from models.actions import trail
from models.domain import media
from models.domain.errors import NotFound
from models.domain.staff import Viewer
from models.tables.attachments import Attachment, AttachmentPart
from models.tables.keys import vault
from models.tables.messages import Message
from models.tables.reach import person_for
from models.transactions import atomic


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that may be kept: what it is, its cleaned name, and its content without what it told besides."""

    name: str
    mime: str
    kind: str
    content: bytes


def make_ready(name: str, content: bytes) -> Ready:
    """Look at a file, draw a picture anew, clean the name. Slow: for a thread.

    Raises Invalid ("file_empty", "file_too_big", "file_type") on field "file".
    """
    found = media.look(content)
    mime = found.mime
    if mime in media.PICTURES:
        content, mime = pictures.redraw(content)
    return Ready(media.clean_name(name, mime), mime, media.kind_of(mime), media.quiet(content, mime))


async def attach(
    viewer: Viewer, person_id: str, *, name: str, content: bytes, about: str = "", message_id: str = "", now: datetime
) -> str:
    """Staff give a file, for a person within reach; returns its id. `about`: the offer it belongs to. `message_id`: a
    message of theirs to that person.

    Raises Invalid ("file_empty", "file_too_big", "file_type") on field "file", NotFound out of reach.
    """
    ready = await asyncio.to_thread(make_ready, name, content)
    return await _attach(viewer, person_id, ready, about, message_id, now)


@atomic
async def _attach(viewer: Viewer, person_id: str, ready: Ready, about: str, message_id: str, now: datetime) -> str:
    person = await person_for(viewer, person_id)
    if message_id and not await Message.exists(id=message_id, person_id=person.id, direction="out"):
        raise NotFound
    row = Attachment(
        municipality_id=person.municipality_id,
        person_id=person.id,
        message_id=message_id,
        about=about,
        direction="out",
        kind=ready.kind,
        state="waiting",
        staff_id=viewer.staff_id,
        next_at=now,
        created_at=now,
    )
    await _keep(row, ready, now)
    await trail.record(viewer, "file.attach", person_id=person.id, about=row.id, now=now)
    return row.id


async def _keep(row: Attachment, ready: Ready, now: datetime) -> None:
    """Seal the content in pieces; the row says what it is."""
    opened = await vault(row.municipality_id, row.person_id)
    row.state, row.reason, row.kept_at = "kept", "", now
    row.mime, row.size = ready.mime, len(ready.content)
    row.name_sealed = opened.seal("attachment", "name", row.id, ready.name)
    row.file_sealed = None
    await row.save()
    await AttachmentPart.bulk_create(
        AttachmentPart(
            municipality_id=row.municipality_id,
            person_id=row.person_id,
            attachment_id=row.id,
            number=number,
            content_sealed=opened.seal_bytes(
                "attachment_part", "content", f"{row.id}:{number}", ready.content[place : place + media.PIECE]
            ),
        )
        for number, place in enumerate(range(0, len(ready.content), media.PIECE))
    )
