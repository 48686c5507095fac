"""What a message was promised: kept another way than by a reply, or broken and said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from models.actions import letters, trail
from models.actions.alerts import hours_of, raise_alert, who_answers
from models.domain import promises
from models.domain.alerts import Reason
from models.domain.errors import NotAllowed, NotFound
from models.domain.localtime import local_date
from models.domain.staff import Viewer, may
from models.tables.messages import Message, Reading, Thread
from models.tables.outbox import Letter
from models.tables.reach import thread_for
from models.tables.register import Person
from models.transactions import Scope, Scoped, alone, atomic

#: A broken promise is told once for all messages that wait, not once for each.
_SAID_A_MOMENT_AGO = timedelta(hours=2)


@atomic
async def settle(viewer: Viewer, message_ids: Collection[str], *, by: str = "", now: datetime) -> int:
    """What these messages asked for was done another way: their clocks stop, and whoever did it has read them. Returns
    how many waited. Raises NotFound for one out of reach.

    `by`: the offer or meeting that answered, which the person is told of. Without one nobody answered: the clock stops,
    and no promise was kept by it.
    """
    if not may(viewer.role, "messages.reply"):
        raise NotAllowed
    settled, threads = 0, set[str]()
    for message_id in message_ids:
        message = await Message.get_or_none(id=message_id, municipality_id=viewer.municipality_id, direction="in")
        if message is None:
            raise NotFound
        thread = await thread_for(viewer, message.thread_id)
        await alone("thread", thread.person_id)
        waiting = Message.filter(id=message.id, needs_answer=True, answered_at=None)
        if await waiting.update(answered_at=now, answered_by_message=by or None):
            settled += 1
            await _recount(thread.id)
            threads.add(thread.id)
            await trail.record(viewer, "thread.settle", person_id=thread.person_id, about=message.id, now=now)
    for thread_id in threads:
        await _read_beside(viewer, thread_id, message_ids, now)
    return settled


@atomic
async def break_due(scope: Scoped, *, now: datetime) -> int:
    """Promises that ran out: said to the person with a new time and who has it now, and raised as an alert. One that
    breaks again is said again, once a day at most; the message keeps when its promise broke first."""
    broken = 0
    waiting = Message.filter(needs_answer=True, answered_at=None, promised_at__lte=now)
    for found in await waiting.order_by("promised_at").limit(200):
        await alone("thread", found.person_id)
        message = await waiting.get_or_none(id=found.id)
        if message is None:
            continue
        person = await Person.get(id=message.person_id)
        here = Scope(message.municipality_id)
        named = _broken_name(message, now)
        message.promise_broken_at = message.promise_broken_at or now
        message.promised_at = promises.promise(now, await hours_of(message.municipality_id), urgent=True)
        await message.save(update_fields=["promise_broken_at", "promised_at"])
        holder = await who_answers(person, now)
        await Thread.filter(id=message.thread_id).update(assigned_id=holder.id if holder else None)
        await _recount(message.thread_id)
        await raise_alert(here, person.id, Reason.BROKEN_PROMISE, about=named, now=now)
        # What could not be sent yet says the new time when it goes out; what was said a moment ago need not be repeated
        # for each message that waits.
        told = Letter.filter(kind="message.late", person_id=person.id)
        unsent = told.filter(state__in=["queued", "waiting", "held"])
        if not await unsent.exists() and not await told.filter(created_at__gt=now - _SAID_A_MOMENT_AGO).exists():
            await letters.post(
                here, "message.late", person_id=person.id, key=f"late:{named}", about=message.id, now=now,
                args={"by": holder.id if holder else ""},
            )  # fmt: skip
        broken += 1
    return broken


def _broken_name(message: Message, now: datetime) -> str:
    """What a broken promise is called: the message, and from the second day on the day it is said."""
    first, today = message.promise_broken_at, local_date(now)
    return message.id if first is None or local_date(first) == today else f"{message.id}:{today.isoformat()}"


async def _read_beside(viewer: Viewer, thread_id: str, message_ids: Collection[str], now: datetime) -> None:
    """Messages that were read where they were answered, and not in the thread: nothing else of it counts as read."""
    await Message.filter(id__in=list(message_ids), read_at=None).update(read_at=now, read_by_id=viewer.staff_id)
    thread = await Thread.get(id=thread_id)
    reading = await Reading.get_or_none(thread_id=thread_id, staff_id=viewer.staff_id)
    read_to = reading.position if reading else 0
    others = Message.filter(thread_id=thread_id, direction="in", position__gt=read_to).exclude(id__in=list(message_ids))
    if not await others.exists():
        await Reading.update_or_create(
            defaults={"position": thread.version, "municipality_id": thread.municipality_id},
            thread_id=thread_id,
            staff_id=viewer.staff_id,
        )


async def _recount(thread_id: str) -> None:
    waiting = await Message.filter(thread_id=thread_id, direction="in", needs_answer=True, answered_at=None).order_by(
        "position"
    )
    await Thread.filter(id=thread_id).update(
        waiting_since=waiting[0].at if waiting else None,
        promised_at=min((m.promised_at for m in waiting if m.promised_at), default=None),
    )
