"""What a message of staff goes out as: its files, after the words; taking it back before it leaves; and what staff
decide when it did not arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.actions import letters, trail
from models.actions.messages_promises import _recount
from models.domain import media
from models.domain.delivery import LetterState
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.letters import REPLIES
from models.domain.staff import Viewer
from models.tables.attachments import Attachment
from models.tables.keys import vault
from models.tables.messages import Message, Thread
from models.tables.outbox import Letter
from models.tables.reach import person_for, thread_for
from models.transactions import alone, atomic

#: Files of one message are a moment apart, so that they stay in order.
_STEP = timedelta(microseconds=1)
#: The same words by the same human so soon, with nothing in between, are a click and nothing meant.
_JUST_NOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a reply was before it was taken back: its words, and the files that were to follow them."""

    words: str
    files: tuple[str, ...]


async def _send_along(
    viewer: Viewer, message: Message, files: Sequence[str], *, now: datetime, undo_until: datetime | None = None
) -> None:
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
            about=message.id, args={"file": file}, now=now, undo_until=undo_until,
        )  # fmt: skip


async def _says(message: Message, text: str, files: Sequence[str] = ()) -> bool:
    """Whether a message says just this, with no more files than it has: what a second click on its form brings."""
    opened = await vault(message.municipality_id, message.person_id)
    if opened.open("message", "body", message.id, message.body_sealed) != text:
        return False
    more = len(set(files))
    return not more or more <= await Attachment.filter(message_id=message.id, direction="out").count()


async def _written(source_key: str | None, text: str) -> tuple[str | None, Message | None]:
    """Under which key words of a form are written, and what says them already. Words written on while the first click
    was under way are a note more, rather than lost; a second click on them is the same note."""
    if source_key is None:
        return None, None
    place, n = source_key, 1
    while (already := await Message.get_or_none(source_key=place)) is not None and not await _says(already, text):
        n += 1
        place = f"{source_key}:{n}"
    return place, already


async def _just_said(viewer: Viewer, thread: Thread, text: str, now: datetime) -> str:
    """The last thing in the thread, when it is the same words by the same human minutes ago; "" otherwise."""
    last = await Message.filter(thread_id=thread.id).order_by("-position").first()
    if last is None or (last.direction, last.staff_id) != ("out", viewer.staff_id) or last.at <= now - _JUST_NOW:
        return ""
    return last.id if await _says(last, text) else ""


@atomic
async def undo(viewer: Viewer, person_id: str, message_id: str, *, now: datetime) -> TakenBack:
    """The writer takes a reply to this person back before any of it has left: it was never said. What it answered waits
    again, by the promise it had, and the words come back. Raises Stale when it is too late or was done already,
    NotFound out of reach.
    """
    person = await person_for(viewer, person_id)
    await alone("thread", person.id)
    message = await Message.get_or_none(id=message_id, person_id=person.id, direction="out", staff_id=viewer.staff_id)
    if message is None:
        raise Stale("undo_too_late")
    sent = Letter.filter(about=message.id, kind__in=list(REPLIES))
    posted = await sent.count()
    stopped = await sent.filter(undo_until__gt=now, state__in=["queued", "waiting", "held"]).update(
        state=LetterState.CANCELLED.value, reason="undone"
    )
    if posted == 0 or stopped != posted:
        raise Stale("undo_too_late")
    opened = await vault(message.municipality_id, message.person_id)
    words = opened.open("message", "body", message.id, message.body_sealed)
    followed = Attachment.filter(message_id=message.id, direction="out")
    files = tuple(str(key) for key in await followed.order_by("created_at").values_list("id", flat=True))
    await followed.update(message_id="")
    await Message.filter(thread_id=message.thread_id, answered_by_message=message.id).update(
        answered_at=None, answered_by_message=None
    )
    await message.delete()
    thread = await Thread.get(id=message.thread_id)
    latest = await Message.filter(thread_id=thread.id).order_by("-position").first()
    # The version goes on: whoever saw the thread with the reply in it has not seen it without.
    thread.version += 1
    thread.last_at = latest.at if latest else thread.opened_at
    await thread.save(update_fields=["version", "last_at"])
    await _recount(thread.id)
    await trail.record(viewer, "thread.undo", person_id=thread.person_id, about=message.id, now=now)
    return TakenBack(words, files)


@atomic
async def decide_delivery(viewer: Viewer, person_id: str, message_id: str, deed: str, *, now: datetime) -> bool:
    """Staff decide about a message to this person that did not arrive or may not have: send it "again", or it "arrived"
    (seen or said another way). False when there was nothing to decide any more. Raises NotFound out of reach."""
    message = await Message.get_or_none(
        id=message_id, person_id=person_id, municipality_id=viewer.municipality_id, direction="out"
    )
    if message is None or deed not in {"again", "arrived"}:
        raise NotFound
    await thread_for(viewer, message.thread_id)
    decided = False
    for letter in await Letter.filter(about=message.id, kind__in=list(REPLIES), state__in=["unsure", "held", "dead"]):
        step = letters.send_again if deed == "again" else letters.mark_arrived
        decided = await step(viewer, letter.id, now=now) or decided
    await trail.record(viewer, f"thread.{deed}", person_id=message.person_id, about=message.id, now=now)
    return decided
