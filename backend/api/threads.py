"""Threads with young people: list, read, reply, note, assign, close. The version of a thread is its ETag."""

from __future__ import annotations

from typing import Any, Final

from backend.api.calls import Call, Moved, done, made, moment, ok
from backend.api.pages import CURSOR, LIMIT, a_page, after, cut
from backend.api.people import EMAIL, colleague
from backend.api.schemas import Choice, Flag, Many, Moment, Perhaps, Record, Text, Whole, Wrong, an_id
from models.actions import messages as deeds
from models.actions import register as trail
from models.actions.api import Answer
from models.domain.errors import Stale
from models.queries import api, messages
from models.queries.messages import Entry

LINE: Final = Record(
    "ThreadLine",
    {
        "id": an_id(), "person": an_id(), "assigned_email": Perhaps(EMAIL), "version": Whole(0, 2**31 - 1),
        "unread": Flag(), "opened_at": Moment(), "last_at": Moment(), "waiting_since": Perhaps(Moment()),
        "promised_at": Perhaps(Moment()),
    },
)  # fmt: skip
THREADS: Final = a_page("Threads", LINE)
MESSAGE: Final = Record(
    "Message",
    {
        "id": an_id(), "position": Whole(1, 2**31 - 1), "direction": Choice(("in", "out", "note")), "kind": Text(16),
        "at": Moment(), "by": Perhaps(Text(120)), "text": Text(16000, blank=True),
        "earlier": Many(Text(16000, blank=True), 100),
        "urgent": Flag(), "crisis": Flag(), "answered": Flag(), "promised_at": Perhaps(Moment()),
        "read_by": Perhaps(Text(120)), "read_at": Perhaps(Moment()),
        "delivery": Perhaps(Choice(("sent", "waiting", "held", "unsure", "failed"))),
        "delivery_reason": Text(80, blank=True), "files": Whole(0, 1000),
    },
)  # fmt: skip
THREAD: Final = Record(
    "Thread",
    {
        "id": an_id(), "person": an_id(), "assigned_email": Perhaps(EMAIL), "version": Whole(0, 2**31 - 1),
        "waiting_since": Perhaps(Moment()), "promised_at": Perhaps(Moment()), "promise_broken": Flag(),
        "messages": Many(MESSAGE, 100), "older": Perhaps(CURSOR),
    },
)  # fmt: skip
REPLY: Final = Record("ReplyCreate", {"text": Text(deeds.LONGEST, example="Hej. Jeg ringer på torsdag klokken ti.")})
NOTE: Final = Record(
    "NoteCreate", {"text": Text(deeds.LONGEST), "contact": Flag()}, may=frozenset({"contact"})
)  # fmt: skip
ASSIGN: Final = Record("ThreadAssign", {"to": EMAIL})
LISTED: Final = {"cursor": CURSOR, "limit": LIMIT}
SHOWN: Final = {"cursor": CURSOR}


async def index(call: Call) -> Answer:
    """Open threads within reach, without a word of what was written."""
    limit = call.query.get("limit", 50)
    found = await api.threads(call.viewer, after=after(call), limit=limit + 1)
    emails = await api.emails(call.viewer)
    lines = [
        {
            "id": one.thread_id, "person": one.person_id, "assigned_email": emails.get(one.assigned_id),
            "version": one.version, "unread": one.unread, "opened_at": moment(one.opened_at),
            "last_at": moment(one.last_at), "waiting_since": moment(one.waiting_since),
            "promised_at": moment(one.promised_at),
        }
        for one in found
    ]  # fmt: skip
    return ok(cut(lines, limit, lambda line: line["id"]))


async def show(call: Call) -> Answer:
    """One thread with its newest messages; the cursor leads to older ones. Looking does not make it read."""
    given = after(call)
    if given and not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Wrong(("/cursor", "cursor_unreadable"))
    person_id = await api.person_of(call.viewer, call.ids["thread_id"])
    found = await messages.conversation(call.viewer, person_id, before=int(given or 0))
    await trail.looked_at(call.viewer, person_id, now=call.now, what="thread.view", about=found.thread_id)
    emails = await api.emails(call.viewer)
    older = cut([str(found.older)] * 2, 1, str)["next"] if found.older else None
    body = {
        "id": found.thread_id, "person": found.person_id, "assigned_email": emails.get(found.assigned_id),
        "version": found.version, "waiting_since": moment(found.waiting_since),
        "promised_at": moment(found.promised_at), "promise_broken": found.broken,
        "messages": [_message(one) for one in found.entries], "older": older,
    }  # fmt: skip
    return ok(body, ETag=_tag(found.version))


async def reply(call: Call) -> Answer:
    """Answer the young person: every waiting message is answered by it. Refused when something came in between."""
    version = await _version(call)
    try:
        message_id = await deeds.reply(
            call.viewer, call.ids["thread_id"], call.body["text"], version=version, key=f"api:{call.once}", now=call.now
        )
    except Stale as refused:
        raise Moved from refused
    return made({"id": message_id})


async def note(call: Call) -> Answer:
    """An internal note, or a call or a meeting written down, which keeps a promise. Neither can be sent."""
    contact = call.body.get("contact", False)
    message_id = await deeds.note(
        call.viewer, call.ids["thread_id"], call.body["text"], now=call.now, contact=contact, key=f"api:{call.once}"
    )
    return made({"id": message_id})


async def assign(call: Call) -> Answer:
    """Hand it over to a colleague."""
    await api.person_of(call.viewer, call.ids["thread_id"])
    to = await colleague(call, call.body["to"])
    await deeds.assign(call.viewer, call.ids["thread_id"], str(to), now=call.now)
    return done()


async def close(call: Call) -> Answer:
    """What waits in it was done another way: clocks stop, and whoever closes it has read it. The thread stays."""
    # In this order: what comes in between waits on, or is found by its version.
    waiting = await api.waiting_in(call.viewer, call.ids["thread_id"])
    await _version(call)
    await deeds.settle(call.viewer, waiting, now=call.now)
    return done()


async def _version(call: Call) -> int:
    """The version the caller has seen. Raises Moved when it is not the thread's."""
    current = await api.version_of(call.viewer, call.ids["thread_id"])
    if call.match != _tag(current):
        raise Moved
    return current


def _tag(version: int) -> str:
    return f'"v{version}"'


def _message(one: Entry) -> dict[str, Any]:
    return {
        "id": one.message_id, "position": one.position, "direction": one.direction, "kind": one.kind,
        "at": moment(one.at), "by": one.staff or None, "text": one.words, "earlier": list(one.earlier),
        "urgent": one.urgent, "crisis": one.crisis, "answered": one.answered, "promised_at": moment(one.promised_at),
        "read_by": one.read_by or None, "read_at": moment(one.read_at),
        "delivery": one.delivery.state if one.delivery else None,
        "delivery_reason": one.delivery.reason if one.delivery else "", "files": len(one.files),
    }  # fmt: skip
