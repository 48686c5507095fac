"""What a message was promised: kept another way than by a reply, looked after while somebody is away, or broken and
said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from models.actions import events, letters, trail
from models.actions.alerts import hours_of, raise_alert, who_answers
from models.domain import promises
from models.domain.alerts import Reason
from models.domain.api import Event
from models.domain.errors import NotAllowed, NotFound
from models.domain.localtime import local_date
from models.domain.staff import Viewer, may
from models.tables.messages import Message, Reading, ReplyLater, Thread
from models.tables.outbox import Letter
from models.tables.reach import on_duty, thread_for
from models.tables.register import Person
from models.tables.staff import Absence, Staff
from models.transactions import Scope, Scoped, alone, atomic, rows

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
        handed = await _handed_to(message.thread_id, person, now)
        holder = handed or await who_answers(person, now)
        await Thread.filter(id=message.thread_id).update(
            assigned_id=holder.id if holder else None,
            stood_in=handed is None and holder is not None and holder.id != person.caseworker_id,
        )
        await _recount(message.thread_id)
        await _comes_back(message.thread_id)
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


@atomic
async def cover_due(scope: Scoped, *, now: datetime) -> int:
    """What waits with somebody who is away, or with nobody, goes to whoever answers today; what was only looked after
    goes back once its caseworker is there. Whoever was handed a thread keeps it while they are there. Returns how many
    moved."""
    today = local_date(now)
    away = [promises.Absence(row.staff_id, row.first_day, row.last_day) for row in await _away(today)]
    gone = sorted({str(one.staff_id) for one in away})
    listed = ", ".join("?" for _ in gone) or "NULL"
    found = await rows(
        "SELECT t.id, t.person_id, t.municipality_id, t.assigned_id, p.caseworker_id, p.substitute_id FROM thread t "  # noqa: S608 (constants)
        "JOIN person p ON p.id = t.person_id LEFT JOIN staff s ON s.id = p.caseworker_id AND s.active "
        "WHERE t.state = 'open' AND p.erased_at IS NULL AND p.moved_at IS NULL "
        f"AND ((t.promised_at IS NOT NULL AND (t.assigned_id IS NULL OR t.assigned_id IN ({listed}))) "
        f"OR (t.stood_in AND s.id IS NOT NULL AND COALESCE(s.id IN ({listed}), FALSE) = FALSE)) ORDER BY t.id",
        *gone, *gone,
    )  # fmt: skip
    here = {str(key) for key in await Staff.filter(active=True).values_list("id", flat=True)} if found else set()
    duty: dict[str, str | None] = {}
    moved = 0
    for row in found:
        place = row["municipality_id"]
        caseworker, substitute = (key if key in here else None for key in (row["caseworker_id"], row["substitute_id"]))
        holder = promises.stand_in(today, caseworker, substitute, away, None)
        if holder is None:  # only then it matters who has the duty
            if place not in duty:
                duty[place] = next((one.id for one in await on_duty(place, now)), None)
            holder = duty[place]
        if holder is None or holder == row["assigned_id"]:
            continue
        await alone("thread", row["person_id"])
        still = Thread.filter(id=row["id"], assigned_id=row["assigned_id"], state="open")
        if await still.update(assigned_id=holder, stood_in=holder != row["caseworker_id"]):
            await events.tell(Scope(place), Event.THREAD_ASSIGNED, row["id"], now=now)
            await trail.record(Scope(place), "thread.assign", person_id=row["person_id"], about=holder, now=now)
            moved += 1
    return moved


async def _handed_to(thread_id: str, person: Person, now: datetime) -> Staff | None:
    """The colleague a thread was handed over to, while they are there: a broken promise takes it from nobody who is."""
    thread = await Thread.get(id=thread_id)
    if thread.stood_in or thread.assigned_id in {None, person.caseworker_id}:
        return None
    if thread.assigned_id in {row.staff_id for row in await _away(local_date(now))}:
        return None
    return await Staff.get_or_none(id=thread.assigned_id, municipality_id=thread.municipality_id, active=True)


async def _away(day: date) -> list[Absence]:
    return await Absence.filter(first_day__lte=day, last_day__gte=day)


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


async def _comes_back(thread_id: str) -> None:
    """Something happened: whoever had put the thread aside has it before them again, until they put it aside anew."""
    await ReplyLater.filter(thread_id=thread_id).delete()


async def _recount(thread_id: str) -> None:
    waiting = await Message.filter(thread_id=thread_id, direction="in", needs_answer=True, answered_at=None).order_by(
        "position"
    )
    await Thread.filter(id=thread_id).update(
        waiting_since=waiting[0].at if waiting else None,
        promised_at=min((m.promised_at for m in waiting if m.promised_at), default=None),
    )
