"""The inbox: which threads wait for whom, and one thread with the truth about every message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.domain import messages as rules
from models.domain.letters import REPLIES
from models.domain.localtime import local_date
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import attachments, within
from models.queries.attachments import FileLine
from models.tables.fields import micros
from models.tables.keys import Vault
from models.tables.messages import Message, MessageVersion, Reading, Thread
from models.tables.outbox import Letter
from models.tables.reach import person_for
from models.transactions import reading, rows

PAGE = 50
_TROUBLE = ("dead", "unsure", "held", "waiting", "queued", "sending", "sent")


class Folder(StrEnum):
    """Which threads the inbox shows."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    STANDING_IN = "standing_in"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One thread in the list. `line` is the beginning of its last message; `last` says whose: in, out or note."""

    thread_id: str
    person_id: str
    name: str
    line: str
    last: str
    unread: bool
    last_at: datetime
    waiting_since: datetime | None
    promised_at: datetime | None
    broken: bool
    assigned: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of threads, the most pressing first, and how many are unread in each folder."""

    threads: tuple[ThreadLine, ...]
    later: str
    unread: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message to the young person. `state`: sent, waiting, held, unsure or failed; `reason` a code."""

    state: str
    reason: str
    at: datetime | None
    resent: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a thread. `kind` is that of the message; `staff` who wrote it; `read_by` who read it first."""

    message_id: str
    direction: str
    kind: str
    words: str
    at: datetime
    position: int
    staff: str
    urgent: bool
    crisis: bool
    read_by: str
    read_at: datetime | None
    answered: bool
    promised_at: datetime | None
    earlier: tuple[str, ...]
    delivery: Delivery | None
    files: tuple[FileLine, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A person's open thread. Without one (nobody has written yet) the version is 0 and there are no entries."""

    thread_id: str
    person_id: str
    name: str
    first_name: str
    version: int
    assigned_id: str
    assigned: str
    waiting_since: datetime | None
    promised_at: datetime | None
    broken: bool
    unread: int
    read_to: int
    entries: tuple[Entry, ...]
    older: int


_BROKEN = (
    "EXISTS (SELECT 1 FROM message b WHERE b.thread_id = t.id AND b.needs_answer AND b.answered_at IS NULL "
    "AND b.promise_broken_at IS NOT NULL)"
)
_UNREAD = (
    "(t.version > COALESCE(r.position, 0) AND EXISTS (SELECT 1 FROM message u WHERE u.thread_id = t.id "
    "AND u.direction = 'in' AND u.position > COALESCE(r.position, 0)))"
)
_FROM = (
    "FROM thread t JOIN person p ON p.id = t.person_id "
    "LEFT JOIN reading r ON r.thread_id = t.id AND r.staff_id = ? "
    "WHERE t.municipality_id = ? AND t.state = 'open' AND t.version > 0 AND "
)
_COLUMNS = "t.id, t.person_id, t.assigned_id, t.version, t.last_at, t.waiting_since, t.promised_at, p.name_sealed, "


def _folder(folder: Folder, viewer: Viewer, now: datetime) -> tuple[str, list[object]]:
    match folder:
        case Folder.MINE:
            return "(t.assigned_id = ? OR (t.assigned_id IS NULL AND p.caseworker_id = ?))", [viewer.staff_id] * 2
        case Folder.UNASSIGNED:
            return "t.assigned_id IS NULL", []
        case Folder.OVERDUE:
            return f"(t.promised_at <= ? OR {_BROKEN})", [micros(now)]
        case Folder.STANDING_IN:
            return "p.substitute_id = ?", [viewer.staff_id]
        case Folder.ALL:
            return "1 = 1", []


@reading
async def inbox(viewer: Viewer, folder: Folder, *, now: datetime, after: str = "") -> Inbox:
    """A page of threads: what is promised first by its time, then the latest. `after` is the last thread of the page
    before; unknown or foreign ones give the first page."""
    within_reach, reach_values = within.reach(viewer)
    condition, values = _folder(folder, viewer, now)
    beyond, beyond_values = await _after(viewer, after)
    found = await rows(
        f"SELECT {_COLUMNS} {_BROKEN} AS broken, {_UNREAD} AS unread {_FROM} {within_reach} AND {condition} "
        f"AND {beyond} ORDER BY CASE WHEN t.promised_at IS NULL THEN 1 ELSE 0 END, t.promised_at, t.last_at DESC, t.id "
        f"LIMIT {PAGE + 1}",
        viewer.staff_id, viewer.municipality_id, *reach_values, *values, *beyond_values,
    )  # fmt: skip
    page = found[:PAGE]
    return Inbox(
        threads=tuple(await _lines(viewer, page)),
        later=str(page[-1]["id"]) if len(found) > PAGE else "",
        unread=await unread(viewer, now=now),
    )


@reading
async def waiting(viewer: Viewer, *, now: datetime) -> list[ThreadLine]:
    """What Today shows of threads: the viewer's own, those they answer today for somebody who is away, and overdue ones
    of those they stand in for (a coordinator: of everybody). Unread or waiting for an answer; unread first."""
    within_reach, reach_values = within.reach(viewer)
    mine, mine_values = _folder(Folder.MINE, viewer, now)
    overdue, overdue_values = _folder(Folder.OVERDUE, viewer, now)
    away = await within.away(viewer, local_date(now))
    stands_in = f"p.substitute_id = ? AND p.caseworker_id IN ({', '.join('?' for _ in away) or 'NULL'})"
    whole = "1 = 1" if sees_whole_municipality(viewer.role) else "p.substitute_id = ?"
    whole_values = [] if sees_whole_municipality(viewer.role) else [viewer.staff_id]
    found = await rows(
        f"SELECT {_COLUMNS} {_BROKEN} AS broken, {_UNREAD} AS unread {_FROM} {within_reach} "
        f"AND ({mine} OR ({stands_in}) OR ({whole} AND {overdue})) AND (t.waiting_since IS NOT NULL OR {_UNREAD}) "
        "ORDER BY CASE WHEN t.promised_at IS NULL THEN 1 ELSE 0 END, t.promised_at, t.last_at DESC, t.id "
        f"LIMIT {PAGE}",
        viewer.staff_id,
        viewer.municipality_id,
        *reach_values,
        *mine_values,
        viewer.staff_id,
        *away,
        *whole_values,
        *overdue_values,
    )
    return sorted(await _lines(viewer, found), key=lambda line: not line.unread)


@reading
async def unread(viewer: Viewer, *, now: datetime) -> dict[str, int]:
    """How many threads of each folder hold something the viewer has not read."""
    within_reach, reach_values = within.reach(viewer)
    parts, values = [], []
    for folder in Folder:
        condition, more = _folder(folder, viewer, now)
        parts.append(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {folder.value}_count")
        values += more
    found = await rows(
        f"SELECT {', '.join(parts)} {_FROM} {within_reach} AND {_UNREAD}",
        *values, viewer.staff_id, viewer.municipality_id, *reach_values,
    )  # fmt: skip
    return {folder.value: int(found[0][f"{folder.value}_count"] or 0) for folder in Folder}


@reading
async def conversation(viewer: Viewer, person_id: str, *, before: int = 0) -> Conversation:
    """A person's open thread, its latest entries or those before a position. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    name = within.name_of(opened, person.id, person.name_sealed)
    first_name = within.first_name_of(opened, person.id, person.first_name_sealed)
    thread = await Thread.get_or_none(person_id=person.id, state="open")
    if thread is None:
        return Conversation("", person.id, name, first_name, 0, "", "", None, None, False, 0, 0, (), 0)
    shown = Message.filter(thread_id=thread.id)
    if before:
        shown = shown.filter(position__lt=before)
    found = list(reversed(await shown.order_by("-position").limit(PAGE)))
    mine = await Reading.get_or_none(thread_id=thread.id, staff_id=viewer.staff_id)
    read_to = mine.position if mine else 0
    names = await within.staff_names(viewer)
    return Conversation(
        thread_id=thread.id,
        person_id=person.id,
        name=name,
        first_name=first_name,
        version=thread.version,
        assigned_id=thread.assigned_id or "",
        assigned=names.get(thread.assigned_id or "", ""),
        waiting_since=thread.waiting_since,
        promised_at=thread.promised_at,
        broken=any(m.promise_broken_at and m.needs_answer and m.answered_at is None for m in found),
        unread=sum(m.direction == "in" and m.position > read_to for m in found),
        read_to=read_to,
        entries=tuple(await _entries(viewer, opened, found, names)),
        older=found[0].position if found and found[0].position > 1 else 0,
    )


@reading
async def thread_of(viewer: Viewer, person_id: str) -> str:
    """The id of a person's open thread, "" when there is none. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    thread = await Thread.get_or_none(person_id=person.id, state="open")
    return thread.id if thread else ""


def delivery(letters: Iterable[Letter]) -> Delivery | None:
    """What became of the letters one message went out as: the least good of their states. None without letters."""
    parts = sorted((one for one in letters if one.state != "cancelled"), key=lambda one: _TROUBLE.index(one.state))
    if not parts:
        return None
    worst = parts[0]
    state = {"dead": "failed", "queued": "waiting", "sending": "waiting"}.get(worst.state, worst.state)
    return Delivery(state, worst.reason, worst.sent_at, any(one.resent for one in parts))


async def _after(viewer: Viewer, cursor: str) -> tuple[str, list[object]]:
    thread = await Thread.get_or_none(id=cursor, municipality_id=viewer.municipality_id) if cursor else None
    if thread is None:
        return "1 = 1", []
    last, promised = micros(thread.last_at), thread.promised_at
    older = "(t.last_at < ? OR (t.last_at = ? AND t.id > ?))"
    if promised is None:
        return f"(t.promised_at IS NULL AND {older})", [last, last, cursor]
    at = micros(promised)
    return (
        f"(t.promised_at > ? OR t.promised_at IS NULL OR (t.promised_at = ? AND {older}))",
        [at, at, last, last, cursor],
    )


async def _lines(viewer: Viewer, page: list[dict[str, Any]]) -> list[ThreadLine]:
    if not page:
        return []
    vaults = await within.opened(viewer, [row["person_id"] for row in page])
    marks = ", ".join("?" for _ in page)
    latest = await rows(
        "SELECT m.id, m.thread_id, m.direction, m.body_sealed FROM message m "  # noqa: S608 (question marks)
        f"JOIN thread t ON t.id = m.thread_id AND m.position = t.version WHERE t.id IN ({marks})",
        *[row["id"] for row in page],
    )
    last = {row["thread_id"]: row for row in latest}
    names = await within.staff_names(viewer)
    lines = []
    for row in page:
        opened, message = vaults[row["person_id"]], last.get(row["id"])
        words = opened.open("message", "body", message["id"], message["body_sealed"]) if message else ""
        lines.append(
            ThreadLine(
                thread_id=row["id"],
                person_id=row["person_id"],
                name=within.name_of(opened, row["person_id"], row["name_sealed"]),
                line=rules.first_line(words),
                last=message["direction"] if message else "",
                unread=bool(row["unread"]),
                last_at=within.at(row["last_at"]),
                waiting_since=within.moment(row["waiting_since"]),
                promised_at=within.moment(row["promised_at"]),
                broken=bool(row["broken"]),
                assigned=names.get(row["assigned_id"] or "", ""),
            )
        )
    return lines


async def _entries(viewer: Viewer, opened: Vault, found: list[Message], names: Mapping[str, str]) -> list[Entry]:
    ids = [message.id for message in found]
    files = await attachments.belonging(viewer, opened, ids)
    letters: dict[str, list[Letter]] = defaultdict(list)
    for letter in await Letter.filter(about__in=ids, kind__in=list(REPLIES)):
        letters[letter.about].append(letter)
    versions: dict[str, list[MessageVersion]] = defaultdict(list)
    for version in await MessageVersion.filter(message_id__in=ids).order_by("replaced_at"):
        versions[version.message_id].append(version)
    return [
        Entry(
            message_id=message.id,
            direction=message.direction,
            kind=message.kind,
            words=rules.visible(opened.open("message", "body", message.id, message.body_sealed)),
            at=message.at,
            position=message.position,
            staff=names.get(message.staff_id or "", ""),
            urgent=message.urgent,
            crisis=message.crisis,
            read_by=names.get(message.read_by_id or "", ""),
            read_at=message.read_at,
            answered=message.answered_at is not None or not message.needs_answer,
            promised_at=message.promised_at,
            earlier=tuple(
                rules.visible(opened.open("message_version", "body", one.id, one.body_sealed))
                for one in versions[message.id]
            ),
            delivery=delivery(letters[message.id]) if message.direction == "out" else None,
            files=tuple(files.get(message.id, ())),
        )
        for message in found
    ]
