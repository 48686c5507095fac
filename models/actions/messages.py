"""Messages: what a young person writes, the promise it starts, the human who reads it, the reply.

Nothing a young person wrote is lost: a message is a row before anything else happens with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.actions import events, letters, trail
from models.actions.alerts import hours_of, raise_alert
from models.actions.messages_promises import _comes_back, _read_beside, _recount, break_due, cover_due, settle
from models.actions.messages_sending import _just_said, _says, _send_along, _written, decide_delivery, undo
from models.domain import crisis, promises
from models.domain import messages as rules
from models.domain.alerts import Reason
from models.domain.api import Event
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.people import YoungPerson
from models.domain.staff import Role, Viewer, may, sees_people
from models.tables.keys import vault
from models.tables.messages import Message, MessageVersion, Question, Reading, ReplyLater, Thread, Writing
from models.tables.outbox import Letter
from models.tables.reach import person_for, thread_for
from models.tables.register import Person
from models.tables.staff import Staff
from models.transactions import alone, atomic

LONGEST = 16000
#: Code points of a reply in one chat message: room is left for the name above and the mark of a second sending below.
PART = 3800


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message: its row, whether it needs an answer and by when."""

    message_id: str
    first: bool
    needs_answer: bool
    promised_at: datetime | None
    crisis: bool


@atomic
async def receive(
    person: YoungPerson, text: str, *, source_key: str, now: datetime, kind: str = "text", urgent: bool = False,
    receipt: bool = True, once: str = "", promised_at: datetime | None = None,
) -> Received:  # fmt: skip
    """Take in a message to the caseworker: a row in the thread, a promise where it needs an answer, a receipt.

    `source_key` names the chat message it came as: the same one never makes two rows. Words of crisis raise an alert
    and bring up help gently. `once` names the receipt where several messages come together (an album). `promised_at`: a
    promise of its own, such as a time to be rung.
    """
    await alone("thread", person.person_id)
    existing = await Message.get_or_none(source_key=source_key)
    if existing is not None and existing.person_id != person.person_id:
        raise NotFound
    if existing is not None:
        return Received(existing.id, False, existing.needs_answer, existing.promised_at, existing.crisis)
    row = await Person.get(id=person.person_id, municipality_id=person.municipality_id)
    thread = await _thread(row, now)
    found = crisis.check(text)
    beside = bool(once) and await Letter.exists(natural_key=once)  # of an album one message waits for the answer
    needs = not beside and rules.needs_answer(kind, text)
    urgent = urgent or rules.is_urgent(text)
    opened = await vault(person.municipality_id, person.person_id)
    first = thread.version == 0
    message = Message(
        municipality_id=person.municipality_id,
        person_id=person.person_id,
        thread_id=thread.id,
        direction="in",
        kind=kind,
        source_key=source_key,
        bot=person.bot,
        position=thread.version + 1,
        at=now,
        urgent=urgent,
        crisis=found.found,
        needs_answer=needs,
    )
    message.body_sealed = opened.seal("message", "body", message.id, text)
    if needs:
        hours = await hours_of(person.municipality_id)
        message.promised_at = promised_at or promises.promise(now, hours, urgent=urgent)
    await message.save()
    thread.version, thread.last_at = message.position, now
    if needs:
        thread.waiting_since = thread.waiting_since or now
        thread.promised_at = min(filter(None, (thread.promised_at, message.promised_at)))
    await thread.save()
    await _comes_back(thread.id)
    await events.tell(person, Event.MESSAGE_RECEIVED, thread.id, now=now)
    if found.found:
        await raise_alert(person, person.person_id, Reason.CRISIS_WORDS, about=source_key[:80], now=now)
        await letters.answer(person, "crisis", key=f"crisis:{message.id}", about=message.id, now=now)
    if receipt and not beside:
        await _receipt(person, message, first=first, now=now, key=once)
    return Received(message.id, first, needs, message.promised_at, found.found)


@atomic
async def edit(person: YoungPerson, source_key: str, text: str, *, now: datetime) -> bool:
    """The person edited a message: both versions are kept, and the crisis check runs again. False if we never had it.
    What was read, answered or needed no answer as it stood is promised anew where it needs one now. Whoever writes an
    answer is told, as if something had come in."""
    await alone("thread", person.person_id)
    # Whoever decides about it for the case file has done so before this, or does it of the words as they are now.
    await alone("casefile", person.person_id)
    message = await Message.get_or_none(source_key=source_key, person_id=person.person_id)
    if message is None:
        return False
    opened = await vault(person.municipality_id, person.person_id)
    before = opened.open("message", "body", message.id, message.body_sealed)
    if before == text:
        return True
    version = MessageVersion(municipality_id=person.municipality_id, message_id=message.id, replaced_at=now)
    version.body_sealed = opened.seal("message_version", "body", version.id, before)
    await version.save()
    message.body_sealed = opened.seal("message", "body", message.id, text)
    message.edited_at, message.undecided = now, True
    if crisis.check(text).found and not message.crisis:
        message.crisis = True
        await raise_alert(person, person.person_id, Reason.CRISIS_WORDS, about=f"{source_key}:e"[:80], now=now)
        await letters.answer(person, "crisis", key=f"crisis:{message.id}", about=message.id, now=now)
    needs = rules.needs_answer(message.kind, text)
    anew = needs and (message.answered_at is not None or message.read_at is not None or not message.needs_answer)
    if anew:
        await _promise_anew(message, text, now)
    await message.save()
    thread = await Thread.get(id=message.thread_id)
    thread.version += 1
    await thread.save(update_fields=["version"])
    if anew:
        await _recount(message.thread_id)
        await _comes_back(message.thread_id)
        n = await MessageVersion.filter(message_id=message.id).count()
        await _receipt(person, message, first=False, now=now, key=f"receipt:{message.id}:{n}")
    return True


@atomic
async def needs_no_answer(person: YoungPerson, message_id: str, *, now: datetime) -> bool:
    """ "You needn't answer": the clock of this message stops. False when it was already answered."""
    message = await _own(person, message_id)
    if message.answered_at is not None:
        return False
    message.needs_answer, message.promised_at = False, None
    await message.save(update_fields=["needs_answer", "promised_at"])
    await _recount(message.thread_id)
    return True


@atomic
async def cannot_wait(person: YoungPerson, message_id: str, *, now: datetime) -> datetime:
    """ "It can't wait": the promise moves up and a human is alerted. Returns by when they answer."""
    message = await _own(person, message_id)
    sooner = promises.promise(now, await hours_of(person.municipality_id), urgent=True)
    if message.answered_at is None:
        message.urgent, message.needs_answer = True, True
        message.promised_at = min(filter(None, (message.promised_at, sooner)))
        await message.save(update_fields=["urgent", "needs_answer", "promised_at"])
        await _recount(message.thread_id)
        await _comes_back(message.thread_id)
        await raise_alert(person, person.person_id, Reason.CANNOT_WAIT, about=message.id, now=now)
    return message.promised_at or sooner


@atomic
async def ask(
    person: YoungPerson, kind: str, about: str, *, letter_id: int | None, now: datetime, hours: float = 48
) -> None:
    """Ask a question whose answer is free text; the next text the person writes is that answer."""
    await Question.filter(person_id=person.person_id).delete()
    await Question.create(
        person_id=person.person_id,
        municipality_id=person.municipality_id,
        kind=kind,
        about=about,
        letter_id=letter_id,
        asked_at=now,
        expires_at=now + timedelta(hours=hours),
    )


@atomic
async def take_question(person: YoungPerson, *, now: datetime) -> tuple[str, str] | None:
    """The open question (kind, about) that a free text answers, closed by taking it; None when none is open."""
    question = await Question.get_or_none(person_id=person.person_id)
    if question is None:
        return None
    await question.delete()
    return (question.kind, question.about) if question.expires_at > now else None


@atomic
async def drop_question(person: YoungPerson) -> None:
    """A button or command was pressed instead of answering: no question is open any more."""
    await Question.filter(person_id=person.person_id).delete()


@atomic
async def read(viewer: Viewer, thread_id: str, *, position: int, now: datetime) -> int:
    """Staff read a thread up to `position`. The person sees, quietly, by whom. Returns how many became read."""
    thread = await _locked(viewer, thread_id)
    position = min(position, thread.version)
    reading = await Reading.get_or_none(thread_id=thread.id, staff_id=viewer.staff_id)
    if reading is None:
        await Reading.create(
            municipality_id=thread.municipality_id, thread_id=thread.id, staff_id=viewer.staff_id, position=position
        )
    elif reading.position < position:
        reading.position = position
        await reading.save(update_fields=["position"])
    fresh = await Message.filter(thread_id=thread.id, direction="in", read_at=None, position__lte=position).order_by(
        "position"
    )
    for message in fresh:
        message.read_at, message.read_by_id = now, viewer.staff_id
        await message.save(update_fields=["read_at", "read_by_id"])
        if message.receipt_letter_id is None:
            continue  # "read by" takes the receipt's place; where there was none, it would come out of nowhere
        await letters.post(
            viewer, "message.read", person_id=thread.person_id, key=f"read:{message.receipt_letter_id}",
            about=message.id, now=now, replaces=message.receipt_letter_id, not_after=now + timedelta(days=2),
        )  # fmt: skip
    if fresh:
        await trail.record(viewer, "thread.read", person_id=thread.person_id, about=thread.id, now=now)
    return len(fresh)


@atomic
async def reply(
    viewer: Viewer,
    thread_id: str,
    body: str,
    *,
    version: int | None,
    key: str,
    now: datetime,
    files: Sequence[str] = (),
    answers: Collection[str] | None = None,
    undo_until: datetime | None = None,
) -> str:
    """Answer a young person. Every waiting message of the thread is answered by it, or those of `answers` only, where
    it was written beside one matter and not beside the thread.

    `version` is the thread as the writer saw it: raises Stale when something came in between (nothing is sent, the
    text is the caller's to keep); None where they did not see it. `key` makes a second click the same deed, and so does
    "back" in the browser, where the words stand in the box again: nobody is told the same twice in a row. `files` are
    attachments the viewer chose for this person; they follow the words, in order. `undo_until`: nothing leaves before
    then, and until then the writer may take it back. Raises Invalid for empty or overlong text, for too many files and
    for one that is there no more, and Stale where this form has sent something else already: written on while the first
    click was under way, it is not said, and not lost either.
    """
    if not may(viewer.role, "messages.reply"):
        raise NotAllowed
    text = body.strip()
    if not text:
        raise Invalid("reply_empty", "body")
    if len(text) > LONGEST:
        raise Invalid("reply_too_long", "body")
    thread = await _locked(viewer, thread_id)
    source_key = f"desk:{thread.id}:{key}"
    already = await Message.get_or_none(source_key=source_key)
    if already is not None and await _says(already, text, files):
        return already.id
    if already is not None:
        raise Stale("sent_before")
    if version is not None and thread.version != version:
        raise Stale("thread_moved_on")
    if not files and not viewer.by_api and (said := await _just_said(viewer, thread, text, now)):
        return said
    message = await _write(viewer, thread, "out", text, now, source_key=source_key, read=answers is None)
    if answers is not None:
        await _read_beside(viewer, thread.id, answers, now)
    for part, _ in enumerate(rules.split(text, PART)):
        await letters.post(
            viewer, "message.reply", person_id=thread.person_id, key=f"reply:{message.id}:{part}", about=message.id,
            args={"part": part}, now=now, undo_until=undo_until,
        )  # fmt: skip
    await _send_along(viewer, message, files, now=now, undo_until=undo_until)
    await _answered(thread, message.id, now, answers)
    await _nobody_waits(thread, viewer)
    await trail.record(viewer, "thread.reply", person_id=thread.person_id, about=message.id, now=now)
    return message.id


@atomic
async def note(
    viewer: Viewer, thread_id: str, body: str, *, now: datetime, contact: bool = False, key: str = ""
) -> str:
    """An internal note; it has no way to the chat. `contact`: a call or a meeting, which fulfils the promise. `key`
    makes a second click the same note."""
    text = body.strip()
    if not text or (contact and not any(c.isalnum() for c in text)):
        raise Invalid("note_empty", "body")
    thread = await _locked(viewer, thread_id)
    kind = "contact" if contact else "text"
    # The two forms of a page carry the same key, and nobody's key may find a note of another thread.
    source_key, already = await _written(f"note:{thread.id}:{kind}:{key}" if key else None, text)
    if already is not None:
        return already.id
    message = await _write(viewer, thread, "note", text, now, kind=kind, source_key=source_key)
    if contact:
        await _answered(thread, message.id, now)
        await _nobody_waits(thread, viewer)
    await trail.record(
        viewer, "contact.note" if contact else "thread.note", person_id=thread.person_id, about=message.id, now=now
    )
    return message.id


@atomic
async def open_thread(viewer: Viewer, person_id: str, *, now: datetime) -> str:
    """The person's open thread, made where there is none yet: staff may write first. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    await alone("thread", person.id)
    return (await _thread(person, now)).id


@atomic
async def assign(
    viewer: Viewer, thread_id: str, staff_id: str, *, now: datetime, words: str = "", key: str = ""
) -> None:
    """Hand a thread over to a colleague of the same municipality who meets young people. Raises NotFound for others.

    `words` for the colleague become an internal note that is unread until somebody else has read it; the young person
    never gets it. `key` makes a second click the same deed.
    """
    thread = await _locked(viewer, thread_id)
    colleague = await Staff.get_or_none(id=staff_id, municipality_id=viewer.municipality_id, active=True)
    if colleague is None or not sees_people(Role(colleague.role)):
        raise NotFound
    text = words.strip()
    if len(text) > LONGEST:
        raise Invalid("note_too_long", "words")
    source_key, already = await _written(f"note:{thread.id}:handed:{key}" if key else None, text)
    if already is not None and thread.assigned_id == colleague.id:
        return
    source_key = None if already is not None else source_key
    thread.assigned_id, thread.stood_in = colleague.id, False
    await thread.save(update_fields=["assigned_id", "stood_in"])
    await ReplyLater.filter(thread_id=thread.id, staff_id__in=[viewer.staff_id, colleague.id]).delete()
    if text:
        await _write(viewer, thread, "note", text, now, kind="handed", source_key=source_key)
    await events.tell(viewer, Event.THREAD_ASSIGNED, thread.id, now=now)
    await trail.record(viewer, "thread.assign", person_id=thread.person_id, about=colleague.id, now=now)


async def _locked(viewer: Viewer, thread_id: str) -> Thread:
    """The thread as it is once nobody else is writing in it."""
    await alone("thread", (await thread_for(viewer, thread_id)).person_id)
    return await Thread.get(id=thread_id)


async def _thread(person: Person, now: datetime) -> Thread:
    thread = await Thread.get_or_none(person_id=person.id, state="open")
    if thread is None:
        thread = await Thread.create(
            municipality_id=person.municipality_id,
            person_id=person.id,
            assigned_id=person.caseworker_id,
            opened_at=now,
            last_at=now,
        )
    return thread


async def _write(
    viewer: Viewer, thread: Thread, direction: str, text: str, now: datetime, *, kind: str = "text",
    source_key: str | None = None, read: bool = True,
) -> Message:  # fmt: skip
    opened = await vault(thread.municipality_id, thread.person_id)
    message = Message(
        municipality_id=thread.municipality_id, person_id=thread.person_id, thread_id=thread.id, direction=direction,
        kind=kind, staff_id=viewer.staff_id, source_key=source_key, position=thread.version + 1, at=now,
    )  # fmt: skip
    message.body_sealed = opened.seal("message", "body", message.id, text)
    await message.save()
    thread.version, thread.last_at = message.position, now
    await thread.save(update_fields=["version", "last_at"])
    if read:  # who writes in a thread has read it
        await Reading.update_or_create(
            defaults={"position": message.position, "municipality_id": thread.municipality_id},
            thread_id=thread.id,
            staff_id=viewer.staff_id,
        )
    return message


async def _answered(thread: Thread, message_id: str, now: datetime, only: Collection[str] | None = None) -> None:
    waiting = Message.filter(thread_id=thread.id, direction="in", answered_at=None, needs_answer=True)
    if only is not None:
        waiting = waiting.filter(id__in=list(only))
    await waiting.update(answered_at=now, answered_by_message=message_id)
    await _recount(thread.id)


async def _nobody_waits(thread: Thread, viewer: Viewer) -> None:
    """It was answered: nobody has to come back to it, and whoever answered writes no more."""
    await _comes_back(thread.id)
    await Writing.filter(thread_id=thread.id, staff_id=viewer.staff_id).delete()


async def _promise_anew(message: Message, text: str, now: datetime) -> None:
    """The message as if it had just come: unread, unanswered, promised. A promise that runs is not put off."""
    running = message.promised_at if message.answered_at is None else None
    message.put_off_from = message.put_off_from if running else None
    message.urgent = message.urgent or rules.is_urgent(text)
    made = promises.promise(now, await hours_of(message.municipality_id), urgent=message.urgent)
    message.needs_answer, message.promised_at = True, min(filter(None, (running, made)))
    message.answered_at = message.answered_by_message = None
    message.read_at = message.read_by_id = None
    unread = Reading.filter(thread_id=message.thread_id, position__gte=message.position)
    await unread.update(position=message.position - 1)
    await Thread.filter(id=message.thread_id).update(last_at=now)


async def _receipt(person: YoungPerson, message: Message, *, first: bool, now: datetime, key: str = "") -> None:
    asked = "message.first" if first else "message.receipt"
    kind, named = asked if message.needs_answer else "message.thanks", key or f"receipt:{message.id}"
    message.receipt_letter_id = await letters.answer(person, kind, key=named, about=message.id, now=now)
    await message.save(update_fields=["receipt_letter_id"])


async def _own(person: YoungPerson, message_id: str) -> Message:
    theirs = Message.filter(person_id=person.person_id, municipality_id=person.municipality_id, direction="in")
    if (message := await theirs.get_or_none(id=message_id)) is None:
        raise NotFound
    return message


__all__ = [
    "LONGEST", "PART", "Received", "ask", "assign", "break_due", "cannot_wait", "cover_due", "decide_delivery",
    "drop_question", "edit", "needs_no_answer", "note", "open_thread", "read", "receive", "reply", "settle",
    "take_question", "undo",
]  # fmt: skip
