"""Beside a thread: putting it aside until a moment, and telling colleagues that somebody writes in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.actions import trail
from models.domain.errors import Invalid, NotAllowed
from models.domain.staff import Viewer, may
from models.tables.messages import ReplyLater, Thread, Writing
from models.tables.reach import thread_for
from models.tables.staff import Staff
from models.transactions import alone, atomic

#: Whoever puts something aside for longer means something else.
FURTHEST = timedelta(days=90)


@atomic
async def later(viewer: Viewer, thread_id: str, until: datetime, *, now: datetime) -> None:
    """Put a thread aside for oneself, read or not, until a moment: then it comes back on top. It does so before, when
    the young person writes or the promise to them, which is not touched, breaks. Raises Invalid for a moment that is
    over or too far away, NotFound out of reach.
    """
    thread = await _thread(viewer, thread_id)
    if not now < until <= now + FURTHEST:
        raise Invalid("later_when", "later")
    await ReplyLater.update_or_create(
        defaults={"until": until, "municipality_id": thread.municipality_id, "person_id": thread.person_id},
        thread_id=thread.id, staff_id=viewer.staff_id,
    )  # fmt: skip
    await trail.record(viewer, "thread.later", person_id=thread.person_id, about=thread.id, now=now)


@atomic
async def not_later(viewer: Viewer, thread_id: str, *, now: datetime) -> None:
    """What was put aside is taken up again, or is done with. Raises NotFound out of reach."""
    thread = await _thread(viewer, thread_id)
    if await ReplyLater.filter(thread_id=thread.id, staff_id=viewer.staff_id).delete():
        await trail.record(viewer, "thread.taken_up", person_id=thread.person_id, about=thread.id, now=now)


@atomic
async def writing(viewer: Viewer, thread_id: str, *, now: datetime, done: bool = False) -> None:
    """The viewer is writing in this thread now, or (`done`) no more. What they write is not told. Raises NotFound out
    of reach."""
    thread = await _thread(viewer, thread_id)
    mine = Writing.filter(thread_id=thread.id, staff_id=viewer.staff_id)
    if done:
        await mine.delete()
        return
    await Writing.update_or_create(
        defaults={"at": now, "municipality_id": thread.municipality_id}, thread_id=thread.id, staff_id=viewer.staff_id
    )


@atomic
async def habits(viewer: Viewer, *, undo_sending: bool, shortcuts: bool) -> None:
    """How the viewer's own desk behaves: whether what they send can be taken back, whether single keys do something."""
    await Staff.filter(id=viewer.staff_id).update(undo_sending=undo_sending, shortcuts=shortcuts)


async def _thread(viewer: Viewer, thread_id: str) -> Thread:
    thread = await thread_for(viewer, thread_id)
    if not may(viewer.role, "messages.reply"):
        raise NotAllowed
    await alone("beside", f"{thread.id}:{viewer.staff_id}")
    return thread
