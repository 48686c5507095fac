"""Calls that found nobody: written down, told to the person, and promised anew."""

from __future__ import annotations

from datetime import datetime

from tortoise.expressions import F

from models.actions import letters, trail
from models.actions.alerts import hours_of
from models.domain import promises
from models.domain.staff import Viewer
from models.tables.keys import vault
from models.tables.messages import Message, Reading, Thread
from models.tables.reach import thread_for
from models.transactions import alone, atomic


@atomic
async def missed(viewer: Viewer, thread_id: str, words: str, *, key: str, now: datetime) -> str:
    """ "I rang and got no answer": an internal note that keeps no promise. What waited is promised anew (what cannot
    wait, within hours), and the person is told who rang and by when somebody tries again. Whether the promise was kept
    is asked of what it was before. `key` makes a second click the same deed. `words` is what the note says. Raises
    NotFound out of reach.
    """
    await alone("thread", (await thread_for(viewer, thread_id)).person_id)
    thread = await Thread.get(id=thread_id)
    source_key = f"note:{thread.id}:missed:{key}"
    if already := await Message.get_or_none(source_key=source_key):
        return already.id
    opened = await vault(thread.municipality_id, thread.person_id)
    note = Message(
        municipality_id=thread.municipality_id, person_id=thread.person_id, thread_id=thread.id, direction="note",
        kind="missed", staff_id=viewer.staff_id, source_key=source_key, position=thread.version + 1, at=now,
    )  # fmt: skip
    note.body_sealed = opened.seal("message", "body", note.id, words)
    waiting = Message.filter(thread_id=thread.id, direction="in", needs_answer=True, answered_at=None)
    urgent = await waiting.filter(urgent=True).exists()
    again = promises.promise(now, await hours_of(thread.municipality_id), urgent=urgent)
    note.promised_at = again
    await note.save()
    if await waiting.exists():
        await waiting.filter(put_off_from=None).update(put_off_from=F("promised_at"))
        await waiting.update(promised_at=again)
        thread.promised_at = again
    thread.version, thread.last_at = note.position, now
    await thread.save(update_fields=["version", "last_at", "promised_at"])
    await Reading.update_or_create(
        defaults={"position": note.position, "municipality_id": thread.municipality_id},
        thread_id=thread.id, staff_id=viewer.staff_id,
    )  # fmt: skip
    await letters.post(
        viewer, "call.missed", person_id=thread.person_id, key=f"missed:{note.id}", about=note.id, now=now,
        args={"by": viewer.staff_id},
    )  # fmt: skip
    await trail.record(viewer, "contact.missed", person_id=thread.person_id, about=note.id, now=now)
    return note.id
