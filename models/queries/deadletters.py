"""What came in and could not be processed three times. The audience is not known, so only a coordinator reads it; and
what came while feedback was asked for, only one who is not close to the person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.domain import messages as texts
from models.domain.errors import NotFound
from models.domain.staff import Viewer
from models.queries import within
from models.tables.reach import dead_letters_for, person_for
from models.transactions import reading


@dataclass(frozen=True, slots=True)
class DeadLetterView:
    """A dead letter, opened. `words` is what the person wrote, "" where it was a button or a file without text."""

    inbox_id: int
    person_id: str
    name: str
    words: str
    received_at: datetime


@reading
async def dead_letter(viewer: Viewer, inbox_id: int) -> DeadLetterView:
    """One dead letter. Raises NotFound for other roles and municipalities, and once somebody has dealt with it."""
    row = next(iter(await dead_letters_for(viewer, inbox_id)), None)
    if row is None or row.seen_by_id is not None or row.person_id is None or row.payload is None:
        raise NotFound
    person = await person_for(viewer, row.person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    payload = json.loads(opened.open("inbox_update", "payload", f"{row.bot}:{row.update_id}", row.payload))
    return DeadLetterView(
        row.id, person.id, within.name_of(opened, person.id, person.name_sealed), texts.visible(_words(payload)),
        row.received_at,
    )  # fmt: skip


def _words(payload: dict[str, Any]) -> str:
    for kind in ("message", "edited_message"):
        body = payload.get(kind)
        if isinstance(body, dict):
            return str(body.get("text") or body.get("caption") or "")
    return ""
