"""Files in both directions: checked by what they hold, freed of what they tell, kept sealed in pieces.

Slow work (drawing a picture anew) is done before a transaction begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import pictures
from models.actions import letters, trail
from models.actions.alerts import hours_of, raise_unheard
from models.domain import media, promises
from models.domain.errors import NotFound
from models.domain.feedback import Audience
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.engine import expected
from models.tables.attachments import Attachment, AttachmentPart
from models.tables.audit import TrailEntry
from models.tables.feedback import Feedback
from models.tables.fields import micros
from models.tables.keys import vault
from models.tables.messages import Message
from models.tables.reach import is_apart, may_open, person_for
from models.transactions import Scope, Scoped, alone, atomic, execute, rows

#: So long a file waits for the reply it was chosen for.
_UNCLAIMED = timedelta(hours=24)
#: Pieces of a recording asked for within this time are one opening of it.
_ONE_SITTING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """A file somebody has sent to the chat, as the Bot API tells of it. `kind`: one of `media.FILED`."""

    kind: str
    file_id: str = field(repr=False)
    name: str = field(default="", repr=False)
    size: int = 0
    seconds: int | None = None
    declared: str = ""  # the type somebody said it is of

    @property
    def refused(self) -> str:
        """Why it is not even fetched; "" when only its content can tell."""
        return media.refused_unseen(self.name, self.declared, self.size)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file in hand, to be fetched. `tries`: how often it was taken in hand, this time included."""

    attachment_id: str
    municipality_id: str
    bot: str
    tries: int
    file_id: str = field(repr=False)
    name: str = field(repr=False)


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
async def expect(
    person: YoungPerson, coming: Coming, *, message_id: str = "", about: str = "", once: str = "", now: datetime
) -> str:
    """A file came to the chat, with a message or (`about`) as feedback: it is written down, and fetched later. Returns
    its id. What need not be fetched to be refused is refused at once, and the person is told; `once` names that answer
    where several come together.
    """
    if message_id:
        await alone("attachment", message_id)
        if already := await Attachment.get_or_none(message_id=message_id, person_id=person.person_id):
            return already.id
        if not await Message.exists(id=message_id, person_id=person.person_id, direction="in"):
            raise NotFound
    elif not await Feedback.exists(id=about, person_id=person.person_id):
        raise NotFound
    reason = coming.refused
    row = Attachment(
        municipality_id=person.municipality_id,
        person_id=person.person_id,
        message_id=message_id,
        about=about,
        direction="in",
        kind=coming.kind,
        state="refused" if reason else "waiting",
        reason=reason,
        bot=person.bot,
        size=coming.size,
        seconds=coming.seconds,
        next_at=now,
        created_at=now,
    )
    opened = await vault(person.municipality_id, person.person_id)
    row.name_sealed = opened.seal("attachment", "name", row.id, coming.name)
    row.file_sealed = None if reason else opened.seal("attachment", "file", row.id, coming.file_id)
    if coming.kind in media.SPOKEN:
        row.listen_by = promises.promise(now, await hours_of(person.municipality_id), urgent=True)
    await row.save()
    if reason:
        await letters.answer(person, "media.refused", key=once or f"refused:{row.id}", about=row.id, now=now)
    else:
        expected()
    return row.id


@atomic
async def claim(scope: Scoped, *, bots: Collection[str], limit: int, now: datetime) -> list[Waiting]:
    """Take files in hand that wait to be fetched, for these bots: nobody else has them until the lease ends."""
    await alone("attachments", "claim")
    found = await rows(
        "SELECT a.id FROM attachment a JOIN person p ON p.id = a.person_id AND p.erased_at IS NULL "  # noqa: S608
        f"WHERE a.state = 'waiting' AND a.next_at <= ? AND a.bot IN ({', '.join('?' for _ in bots) or 'NULL'}) "
        "ORDER BY a.next_at, a.id LIMIT ?",
        micros(now), *bots, limit,
    )  # fmt: skip
    taken: list[Waiting] = []
    for row in await Attachment.filter(id__in=[one["id"] for one in found]).order_by("next_at") if found else []:
        row.tries, row.next_at = row.tries + 1, now + media.LEASE
        await row.save(update_fields=["tries", "next_at"])
        opened = await vault(row.municipality_id, row.person_id)
        taken.append(
            Waiting(
                row.id, row.municipality_id, row.bot, row.tries,
                opened.open("attachment", "file", row.id, row.file_sealed or b""),
                opened.open("attachment", "name", row.id, row.name_sealed or b""),
            )
        )  # fmt: skip
    return taken


@atomic
async def keep(scope: Scoped, attachment_id: str, ready: Ready, *, now: datetime) -> bool:
    """A file that waited was fetched: kept, once. False when it waits no longer."""
    row = await _waiting(scope, attachment_id)
    if row is None:
        return False
    await _keep(row, ready, now)
    return True


@atomic
async def refuse(scope: Scoped, attachment_id: str, reason: str, *, now: datetime) -> None:
    """What was fetched is nothing that can be kept: staff see why, and the person is told, if it was theirs."""
    row = await _waiting(scope, attachment_id)
    if row is not None:
        row.state, row.reason, row.file_sealed = "refused", reason, None
        await row.save()
        if not await is_apart(row):
            await letters.post(
                scope, "media.refused", person_id=row.person_id, key=f"refused:{row.id}", about=row.id, now=now
            )


@atomic
async def not_fetched(
    scope: Scoped, attachment_id: str, *, gone: bool = False, wait: timedelta | None = None, now: datetime
) -> datetime | None:
    """It could not be fetched: when it is tried again; None when it is lost. Then staff see that, the person is asked
    once to send it again, and what may have been said aloud is an alert. `wait`: for how long the server wants peace.
    """
    row = await _waiting(scope, attachment_id)
    if row is None:
        return None
    again = now + wait if wait is not None else media.try_again(row.created_at, now, row.tries, gone=gone)
    if again is not None:
        row.next_at = again
        await row.save(update_fields=["next_at"])
        return again
    row.state, row.reason, row.file_sealed = "lost", "gone" if gone else "unreachable", None
    await row.save()
    if await is_apart(row):
        return None  # somebody else sent it: it is not for the person to send again
    # One answer for all the pictures of an album, and whatever else was lost with them.
    hour = f"{row.created_at:%Y%m%d%H}"
    await letters.post(
        scope, "media.lost", person_id=row.person_id, key=f"lost:{row.person_id}:{hour}", about=row.id, now=now
    )
    if row.listen_by is not None:
        await _raise_unheard(row, now)
    return None


@atomic
async def open_file(viewer: Viewer, attachment_id: str, *, now: datetime, part: bool = False) -> None:
    """Staff open a file: a line in the trail. Raises NotFound where they may not.

    `part`: a later piece is asked for; it belongs to an opening of the last hour, and is one where there is none.
    """
    row = await Attachment.get_or_none(id=attachment_id, municipality_id=viewer.municipality_id, state="kept")
    if row is None:
        raise NotFound
    await may_open(viewer, row)
    opened = TrailEntry.filter(person_id=row.person_id, about=row.id, deed="file.open", actor_id=viewer.staff_id)
    if part and await opened.filter(at__gt=now - _ONE_SITTING).exists():
        return
    await trail.record(viewer, "file.open", person_id=row.person_id, about=row.id, now=now)


@atomic
async def unheard_due(scope: Scoped, *, now: datetime) -> int:
    """What a young person said aloud and nobody has opened in time: an alert, which goes on from one to the next.

    What could not be kept counts as heard once the message that tells of it is read.
    """
    raised = 0
    due = Attachment.filter(listen_by__lte=now, person__erased_at=None)
    for found in await due.order_by("listen_by").limit(200):
        await alone("attachment", found.id)
        row = await due.get_or_none(id=found.id)
        if row is not None and not await _is_heard(row):
            await _raise_unheard(row, now)
            raised += 1
        elif row is not None:
            row.listen_by = None
            await row.save(update_fields=["listen_by"])
    return raised


@atomic
async def forget_unclaimed(scope: Scoped, *, now: datetime) -> None:
    """Delete what staff chose for a reply that was never sent."""
    await execute(
        "DELETE FROM attachment WHERE direction = 'out' AND message_id = '' AND about = '' AND created_at < ?",
        micros(now - _UNCLAIMED),
    )


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


async def _waiting(scope: Scoped, attachment_id: str) -> Attachment | None:
    await alone("attachment", attachment_id)
    return await Attachment.get_or_none(
        id=attachment_id, municipality_id=scope.municipality_id, person__erased_at=None, state="waiting"
    )


async def _is_heard(row: Attachment) -> bool:
    if row.state == "kept" and await TrailEntry.exists(person_id=row.person_id, about=row.id, deed="file.open"):
        return True
    if row.state in {"refused", "lost"} and row.message_id:
        return await Message.exists(id=row.message_id, read_at__not_isnull=True)
    return await Feedback.exists(id=row.about, seen_at__not_isnull=True) if row.state != "kept" and row.about else False


async def _raise_unheard(row: Attachment, now: datetime) -> None:
    given = await Feedback.get_or_none(id=row.about) if row.about else None
    await raise_unheard(
        Scope(row.municipality_id), row.person_id, about=row.about or row.message_id,
        for_reader=given is not None and given.audience != Audience.CASEWORKER.value, now=now,
    )  # fmt: skip
    row.listen_by = None
    await row.save(update_fields=["listen_by"])
