"""Erasure: a young person's key is destroyed at once, then everything of theirs is deleted, a page at a time.

What stays: counts that were published, entries of the trail (opaque ids and codes), and the erasure ledger, which names
an opaque id and two instants. Whoever is killed in the middle is followed by `finish_erasures`; a backup that is put
back is cleansed by `replay_erasures`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from tortoise import Tortoise

from models import crypto
from models.actions import events, letters, trail
from models.actions.erasure_leaving import _leave_behind, _number, empty_chat, leave, receipt
from models.domain.alerts import AlertKind, AlertState
from models.domain.api import Event
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.people import YoungPerson
from models.domain.staff import Viewer, may
from models.tables.alerts import Alert
from models.tables.casefile_reach import records_of
from models.tables.checkins import CheckIn, Measured
from models.tables.consent import Joining, Link, Stranger
from models.tables.fields import micros
from models.tables.keys import Erasure, PersonKey, ring, subject, vault
from models.tables.messages import Message, Thread
from models.tables.panels import PanelAnswering, PanelMeasured
from models.tables.reach import person_for
from models.tables.register import Person
from models.transactions import HOUSE, Scope, Scoped, after_commit, alone, atomic, dialect, execute, reading, rows

#: Rows deleted in one transaction.
PAGE = 500
#: What the clock, the sender or the receiver would act upon: gone in the transaction that begins.
_ACTED_UPON = ("alert", "rhythm", "question", "joining", "invitation", "letter")
#: The trail is kept: append-only, ids only. Of raw updates an empty shell is kept for a day. The last two end it.
_NOT_BY_PAGES = {"trail_entry", "inbox_update", "person_key", "person"}
#: Other rows hang on these, so they go after them.
_PARENTS = ("attachment", "thread", "check_in", "panel_answering", "offer", "link")
#: How long after it began a transaction that ran beside an erasure may still leave a row behind.
_STRAGGLERS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat the person had, for a last word and for emptying it: what the web chat's own server keeps, and the
    messages (`shown`) that Telegram still deletes."""

    bot: str
    chat_index: str
    chat_id: int
    language: str
    confirmed: bool
    shown: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the erasure ledger: an opaque id, and when that person was erased; or, where the step says so, left
    the chat.
    """

    person_uid: str
    at: datetime
    step: str = "begun"


async def erase(scope: Scoped, person_id: str, *, now: datetime) -> tuple[Chat, ...]:
    """Begin to erase a young person; returns the open chats they had. Safe to repeat: then nothing is returned.

    When this is committed nothing they wrote can be opened, nothing is sent, and a message from their chat is a
    stranger's. `finish_erasures` deletes the rest. Raises NotFound out of reach, NotAllowed for roles that may not, and
    Stale for staff while the case file is not settled: a record undecided, or one that belongs to it not handed over.
    """
    await _may_erase(scope, person_id)
    return await _erase(HOUSE, scope, person_id, now)


async def erase_rest(viewer: Viewer, person_id: str, reference: str, *, now: datetime) -> str:
    """A coordinator erases somebody from the desk, naming them by their reference; returns the number of the receipt.

    A chat that was surely theirs gets a last word with that number. Raises Invalid ("reference_differs") for another
    reference, Stale while an alert to read now is open or a record is undecided or not handed over, NotFound out of
    reach, NotAllowed for roles that may not.
    """
    await _may_erase(viewer, person_id)
    await _is_meant(viewer, person_id, reference)
    number = _number(person_id, now)
    await _erase(HOUSE, viewer, person_id, now, number)
    return number


@atomic
async def _is_meant(viewer: Viewer, person_id: str, reference: str) -> None:
    person = await person_for(viewer, person_id)
    if " ".join(reference.split()).casefold() != person.reference.casefold():
        raise Invalid("reference_differs", "reference")


@atomic
async def _may_erase(scope: Scoped, person_id: str) -> None:
    if isinstance(scope, Viewer):
        if not may(scope.role, "people.erase"):
            raise NotAllowed
        await person_for(scope, person_id)
        return
    if isinstance(scope, YoungPerson) and scope.person_id != person_id:
        raise NotFound
    person = await Person.get_or_none(id=person_id)
    if person is None or scope.municipality_id not in {"*", person.municipality_id}:
        raise NotFound


@atomic
async def _erase(_house: Scoped, by: Scoped, person_id: str, now: datetime, number: str = "") -> tuple[Chat, ...]:
    # In the scope of the house: what came from their chats before anybody knew whose they were has no municipality.
    await alone("person", person_id)
    person = await Person.get(id=person_id)
    if await Erasure.exists(person_uid=person_id, step="begun"):
        return ()
    if number and await _is_to_be_read(person_id):
        raise Stale("erasure_read_first")
    if isinstance(by, Viewer) and any(row.waits for row in await records_of(person.municipality_id, person.id)):
        raise Stale("erasure_undecided")
    chats = await _chats(person, now)
    await Erasure.create(person_uid=person_id, step="begun", at=now)
    await _begin(person, now)
    await events.tell(Scope(person.municipality_id), Event.PERSON_ERASED, person.id, now=now)
    for chat in chats:
        await empty_chat(
            HOUSE, chat.bot, chat.chat_id, chat.language, key=f"erase:{secrets.token_hex(8)}", now=now,
            last_word={"number": number, "by": "staff"} if number and chat.confirmed else None, shown=list(chat.shown),
        )  # fmt: skip
    await trail.record(_by(by, person), "person.erase", person_id=person_id, now=now)
    return chats


async def _is_to_be_read(person_id: str) -> bool:
    """Whether a human has still to see to them now: that is not deleted unread."""
    waiting = Alert.filter(person_id=person_id, kind=AlertKind.READ_NOW.value)
    return await waiting.exclude(state=AlertState.CLOSED.value).exists()


async def finish_erasures(scope: Scoped, *, now: datetime) -> int:
    """Delete, page by page, what is left of everybody whose erasure has begun; returns how many pages that took.

    A tick calls it, and whoever has just erased somebody. `scope` is the house.
    """
    pages = 0
    while await _page(scope, now):
        pages += 1
    return pages


@atomic
async def replay_erasures(scope: Scoped, ledger: Sequence[LedgerEntry], *, now: datetime) -> int:
    """Erase again whom an older backup has brought back: the ledger is the one kept outside that backup.

    Returns how many were there again. Their rows are deleted by `finish_erasures`. Entries that are missing here are
    written with the instant they name, so that the ledger is whole again.
    """
    again = 0
    for entry in ledger:
        if entry.step != "begun":
            again += await _leave_again(scope, entry, now)
            continue
        if not await Erasure.exists(person_uid=entry.person_uid, step="begun"):
            await Erasure.create(person_uid=entry.person_uid, step="begun", at=entry.at)
        person = await Person.get_or_none(id=entry.person_uid)
        if person is not None and await PersonKey.exists(person_id=person.id):
            await _begin(person, now)
            await trail.record(_by(scope, person), "person.erase_again", person_id=person.id, now=now)
            again += 1
    return again


async def _leave_again(scope: Scoped, entry: LedgerEntry, now: datetime) -> bool:
    """A backup from before somebody left the chat has brought its side of them back."""
    if await Erasure.exists(person_uid=entry.person_uid, step=entry.step):
        return False
    await Erasure.create(person_uid=entry.person_uid, step=entry.step, at=entry.at)
    person = await Person.get_or_none(id=entry.person_uid)
    if person is None or not await PersonKey.exists(person_id=person.id):
        return False
    await _leave_behind(person, now)
    await trail.record(_by(scope, person), "person.leave_again", person_id=person.id, now=now)
    return True


@reading
async def ledger(scope: Scoped) -> list[LedgerEntry]:
    """The erasure ledger, oldest first: to be kept outside the backups."""
    found = await Erasure.exclude(step="done").order_by("id")
    return [LedgerEntry(row.person_uid, row.at, row.step) for row in found]


@reading
async def unfinished(scope: Scoped) -> int:
    """How many erasures have begun and are not finished."""
    return len(await _unfinished())


@reading
async def empty_write_ahead_log(scope: Scoped) -> None:
    """SQLite: bring deletions into the file and cut the log, where a destroyed key would stand until it is used again.

    PostgreSQL keeps deleted rows until its own vacuum; there nothing is done here.
    """
    if dialect() == "sqlite":
        await rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _by(scope: Scoped, person: Person) -> Scoped:
    """Who stands in the trail: whoever acts, in the person's own municipality."""
    return Scope(person.municipality_id) if scope.municipality_id == "*" else scope


async def _chats(person: Person, now: datetime) -> tuple[Chat, ...]:
    opened = await vault(person.municipality_id, person.id)
    links = await Link.filter(person_id=person.id).exclude(state="closed").order_by("id")
    made = [
        Chat(
            link.bot,
            link.chat_index,
            int(opened.open("link", "chat", link.id, link.chat_sealed)),
            link.language,
            link.confirmed_at is not None,
            tuple(await letters.deletable(link, now)),
        )
        for link in links
    ]
    return tuple(made)


async def _begin(person: Person, now: datetime) -> None:
    """The key is destroyed, the person is out of everybody's reach, and nothing is left to act upon."""
    after_commit(partial(ring().lately.forget, person.id))
    await PersonKey.filter(person_id=person.id).delete()
    await Person.filter(id=person.id).update(erased_at=now, stopped_at=now)
    await _forget_chats(person.id, now)
    await _empty_updates("person_id = ?", person.id, now=now)
    for table in _ACTED_UPON:
        await execute(f"DELETE FROM {table} WHERE person_id = ?", person.id)  # noqa: S608 (names of our own)
    await Link.filter(person_id=person.id).delete()
    await CheckIn.filter(person_id=person.id, state__in=["due", "asked", "open"]).delete()
    await PanelAnswering.filter(person_id=person.id, state__in=["due", "invited", "open"]).delete()
    await Message.filter(person_id=person.id, needs_answer=True).update(needs_answer=False, promised_at=None)
    await Thread.filter(person_id=person.id).update(state="closed", waiting_since=None, promised_at=None)


async def _forget_chats(person_id: str, now: datetime) -> None:
    """What was kept of their chats while nobody knew yet whose they were; a chat another person has had is left."""
    mine = [(link.bot, link.chat_index) for link in await Link.filter(person_id=person_id)]
    mine += [(row.bot, row.chat_index) for row in await Joining.filter(person_id=person_id)]
    for bot, index in sorted(set(mine)):
        if await Link.filter(bot=bot, chat_index=index).exclude(person_id=person_id).exists():
            continue
        await Stranger.filter(chat_index__in=[index, crypto.token_hash(f"tries:{index}")]).delete()
        await execute("DELETE FROM letter WHERE bot = ? AND chat_index = ? AND person_id IS NULL", bot, index)
        await _empty_updates("bot = ? AND chat_index = ? AND person_id IS NULL", bot, index, now=now)


async def _empty_updates(which: str, *values: object, now: datetime) -> int:
    """Leave of raw updates only that they came, for a day: one that Telegram brings again must not count as new."""
    return await execute(
        "UPDATE inbox_update SET person_id = NULL, municipality_id = NULL, chat_index = '', message_key = '', "  # noqa: S608
        "kind = '', payload = NULL, state = 'done', tries = 0, error = '', done_at = ?, seen_by_id = NULL "
        f"WHERE {which}",
        micros(now), *values,
    )  # fmt: skip


@atomic
async def _page(scope: Scoped, now: datetime) -> bool:
    """Delete one page; True when there was something to do."""
    waiting = await _unfinished()
    if not waiting:
        return await _stragglers(now) > 0
    person_id = waiting[0]
    await alone("person", person_id)
    for table, key in _tables():
        deleted = await execute(
            f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE person_id = ? LIMIT ?)",  # noqa: S608
            person_id, PAGE,
        )  # fmt: skip
        if deleted:
            return True
    person = await Person.get_or_none(id=person_id)
    if person is not None:
        # The person first: who has written a row of theirs meanwhile is waited for, and nobody can write one after.
        await person.delete()
        who = subject(person.municipality_id, person_id)
        await Measured.filter(municipality_id=person.municipality_id, subject=who).delete()
        who = subject(person.municipality_id, person_id, of="panel")
        await PanelMeasured.filter(municipality_id=person.municipality_id, subject=who).delete()
    if not await Erasure.exists(person_uid=person_id, step="done"):
        await Erasure.create(person_uid=person_id, step="done", at=now)
    return True


async def _unfinished() -> list[str]:
    found = await rows(
        "SELECT b.person_uid AS uid FROM erasure b WHERE b.step = 'begun' AND NOT EXISTS "
        "(SELECT 1 FROM erasure d WHERE d.person_uid = b.person_uid AND d.step = 'done') "
        "UNION SELECT p.id AS uid FROM person p WHERE p.erased_at IS NOT NULL ORDER BY uid"
    )
    return [str(row["uid"]) for row in found]


async def _stragglers(now: datetime) -> int:
    """Rows without a foreign key that a transaction beside the erasure has put in after their table was emptied."""
    whose = "person_id IN (SELECT person_uid FROM erasure WHERE at >= ?)"
    recently = micros(now - _STRAGGLERS)
    deleted = await execute(f"DELETE FROM letter WHERE {whose}", recently)  # noqa: S608
    return deleted + await _empty_updates(whose, recently, now=now)


def _tables() -> list[tuple[str, str]]:
    """Every table with rows of a young person and its key, asked of the tables themselves; parents last."""
    found = {
        model._meta.db_table: model._meta.db_pk_column
        for models in (Tortoise.apps or {}).values()
        for model in models.values()
        if "person_id" in model._meta.fields_db_projection.values()
    }
    last = {table: number for number, table in enumerate(_PARENTS)}
    names = sorted(found.keys() - _NOT_BY_PAGES, key=lambda table: (last.get(table, -1), table))
    return [(name, found[name]) for name in names]


__all__ = [
    "Chat", "LedgerEntry", "empty_write_ahead_log", "erase", "erase_rest", "finish_erasures", "leave", "ledger",
    "receipt", "replay_erasures", "unfinished",
]  # fmt: skip
