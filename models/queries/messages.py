"""The inbox: which threads wait for whom, and one thread with the truth about every message."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, cast

from models.domain import messages as rules
from models.domain.letters import REPLIES
from models.domain.localtime import local_date
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import attachments, within
from models.queries.attachments import FileLine
from models.queries.messages_sql import _ASLEEP, _BACK, _BROKEN, _FROM_PEOPLE, _PERHAPS, _UNREAD, _listed, _people
from models.tables.fields import micros
from models.tables.keys import Vault
from models.tables.messages import Message, MessageVersion, Thread
from models.tables.outbox import Letter
from models.tables.reach import person_for
from models.transactions import known, reading, rows

PAGE = 50
#: Put aside and back, promised at, the last message at, the thread: what the list is ordered by.
_PLACE = re.compile(r"([01])\.([0-9]{0,17})\.([0-9]{1,17})\.([0-9a-f]{32})")
_TROUBLE = ("dead", "unsure", "held", "waiting", "queued", "sending", "sent")


class Folder(StrEnum):
    """Which threads the inbox shows."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    STANDING_IN = "standing_in"
    LATER = "later"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Cover:
    """Why somebody sees another's person: that caseworker is away, up to and with a day."""

    name: str
    last_day: date


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One thread in the list. `line` is the beginning of its last message; `last` says whose: in, out, note or handed,
    "" where there is none, and `last_by` which member of staff. `later`: until when the viewer has put it aside.
    """

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
    last_by: str
    later: datetime | None
    cover: Cover | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of threads, the most pressing first, and how many in each folder are unread or have come back."""

    threads: tuple[ThreadLine, ...]
    later: str
    unread: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message to the young person. `state`: sent, waiting, held, unsure or failed; `reason` a code.
    `undo_until`: nothing of it leaves before then."""

    state: str
    reason: str
    at: datetime | None
    resent: bool
    undo_until: datetime | None = None

    @property
    def on_its_way(self) -> bool:
        """Whether it is still to become something else by itself."""
        return self.state == "waiting"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a thread; `staff` is who wrote it (their id: `staff_id`), `read_by` who read it first."""

    message_id: str
    direction: str
    kind: str
    words: str
    at: datetime
    position: int
    staff_id: str
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
    """A person's open thread. Without one (nobody has written yet) the version is 0 and there are no entries. What
    happened beside these entries was from `begins` (None: from the first of all) until `ends` (None: until now).
    """

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
    ends: datetime | None = None

    @property
    def begins(self) -> datetime | None:
        """From when on what happened stands beside these entries."""
        return self.entries[0].at if self.older else None


@dataclass(frozen=True, slots=True)
class Mine:
    """How a thread stands to one viewer: read up to a position, put aside until, and whether what they send waits so
    that it can be taken back."""

    read_to: int
    later: datetime | None
    undo: bool


def _folder(folder: Folder, viewer: Viewer, now: datetime) -> tuple[str, list[object]]:
    match folder:
        case Folder.MINE:
            mine = "(t.assigned_id = ? OR (t.assigned_id IS NULL AND p.caseworker_id = ?))"
            return f"({mine} AND NOT {_ASLEEP})", [viewer.staff_id, viewer.staff_id, micros(now), micros(now)]
        case Folder.UNASSIGNED:
            return "t.assigned_id IS NULL", []
        case Folder.OVERDUE:
            return f"(t.promised_at <= ? OR {_BROKEN})", [micros(now)]
        case Folder.STANDING_IN:
            return "p.substitute_id = ?", [viewer.staff_id]
        case Folder.LATER:
            return "l.until IS NOT NULL", []
        case Folder.ALL:
            return "1 = 1", []


@reading
async def inbox(viewer: Viewer, folder: Folder, *, now: datetime, after: str = "") -> Inbox:
    """A page of threads: what the viewer put aside and has come back, then what is promised first by its time, then the
    latest. `after` is where the page before ended (its `later`); what is none of these gives the first page."""
    within_reach, reach_values = within.reach(viewer)
    condition, values = _folder(folder, viewer, now)
    beyond, beyond_values = _after(after, now)
    found = await rows(
        _people(within_reach) + _listed(f"{condition} AND {beyond}", PAGE + 1, _FROM_PEOPLE),
        *reach_values, micros(now), viewer.staff_id, viewer.staff_id, viewer.municipality_id, *values, *beyond_values,
    )  # fmt: skip
    page = found[:PAGE]
    return Inbox(
        threads=tuple(await _lines(viewer, page, now)),
        later=_place(page[-1], now) if len(found) > PAGE else "",
        unread=await unread(viewer, now=now),
    )


@reading
async def waiting(
    viewer: Viewer, *, now: datetime, most: int = PAGE, besides: Collection[str] = ()
) -> tuple[list[ThreadLine], int]:
    """What Today shows of threads: the viewer's own, those they answer today for somebody who is away, and overdue ones
    of those they stand in for (a coordinator: of everybody). Unread, waiting for an answer or come back, and not put
    aside. The `most` pressing of them without those of the people `besides`, unread first, and how many of a page more
    there are: only what is shown is opened."""
    within_reach, reach_values = within.reach(viewer)
    mine, mine_values = _folder(Folder.MINE, viewer, now)
    overdue, overdue_values = _folder(Folder.OVERDUE, viewer, now)
    away = await within.away(viewer, local_date(now))
    stands_in = f"p.substitute_id = ? AND p.caseworker_id IN ({', '.join('?' for _ in away) or 'NULL'})"
    whole = "1 = 1" if sees_whole_municipality(viewer.role) else "p.substitute_id = ?"
    whole_values = [] if sees_whole_municipality(viewer.role) else [viewer.staff_id]
    # Of a whole town, first the few that may be on it, each by its index.
    few = _PERHAPS if sees_whole_municipality(viewer.role) else "1 = 1"
    few_values = [*[viewer.staff_id] * 3, viewer.municipality_id] if sees_whole_municipality(viewer.role) else []
    found = await rows(
        _listed(
            f"{within_reach} AND {few} AND ({mine} OR ({stands_in}) OR ({whole} AND {overdue})) "
            f"AND (t.waiting_since IS NOT NULL OR {_UNREAD} OR {_BACK}) AND NOT {_ASLEEP}",
            PAGE,
        ),
        micros(now), viewer.staff_id, viewer.staff_id, viewer.municipality_id, *reach_values, *few_values,
        *mine_values, viewer.staff_id, *away, *whole_values, *overdue_values, *[micros(now)] * 3,
    )  # fmt: skip
    here = [row for row in found if row["person_id"] not in besides]
    shown = sorted(here[:most], key=lambda row: not (row["unread"] or row["until"]))
    return await _lines(viewer, shown, now), len(here[most:])


#: So far the unread threads of a folder are counted: of more, nobody needs to know how many.
MOST_COUNTED: Final = 99


@reading
async def unread(viewer: Viewer, *, now: datetime) -> dict[str, int]:
    """How many threads of each folder hold something the viewer has not read, or were put aside and have come back;
    one more than `MOST_COUNTED` where there are more."""
    within_reach, reach_values = within.reach(viewer)
    parts: list[str] = []
    values: list[object] = [*reach_values]
    for folder in Folder:
        condition, more = _folder(folder, viewer, now)
        parts.append(
            f"(SELECT COUNT(*) FROM (SELECT t.id {_FROM_PEOPLE} {condition} AND ({_UNREAD} OR {_BACK}) "  # noqa: S608 (constants)
            f"LIMIT {MOST_COUNTED + 1}) f) AS {folder.value}_count"
        )
        values += [viewer.staff_id, viewer.staff_id, viewer.municipality_id, *more, micros(now)]
    found = await rows(f"{_people(within_reach)}SELECT {', '.join(parts)}", *values)
    return {folder.value: int(found[0][f"{folder.value}_count"]) for folder in Folder}


@reading
async def conversation(viewer: Viewer, person_id: str, *, before: int = 0) -> Conversation:
    """A person's open thread, its latest entries or those before a position. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    name = within.name_of(opened, person.id, person.name_sealed)
    first_name = within.first_name_of(opened, person.id, person.first_name_sealed)
    thread = await open_thread(viewer, person.id)
    if thread is None:
        return Conversation("", person.id, name, first_name, 0, "", "", None, None, False, 0, 0, (), 0)
    shown = Message.filter(thread_id=thread.id)
    if before:
        shown = shown.filter(position__lt=before)
    found = list(reversed(await shown.order_by("-position").limit(PAGE)))
    read_to = (await mine_of(viewer, thread.id)).read_to
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
        unread=sum((m.direction == "in" or m.kind == "handed") and m.position > read_to for m in found),
        read_to=read_to,
        entries=tuple(await _entries(viewer, opened, found, names)),
        older=found[0].position if found and found[0].position > 1 else 0,
        ends=await _at(thread.id, before) if before else None,
    )


async def _at(thread_id: str, position: int) -> datetime | None:
    """When the entry at this position was written; None where there is none."""
    found = await Message.filter(thread_id=thread_id, position__gte=position).order_by("position").first()
    return found.at if found else None


@reading
async def thread_of(viewer: Viewer, person_id: str) -> str:
    """The id of a person's open thread, "" when there is none. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    thread = await open_thread(viewer, person.id)
    return thread.id if thread else ""


@reading
async def open_thread(viewer: Viewer, person_id: str) -> Thread | None:
    """The open thread of somebody within reach, asked for once in a reading."""
    here, place = known(), ("thread", viewer.municipality_id, person_id)
    if place not in here:
        here[place] = await Thread.get_or_none(
            person_id=person_id, municipality_id=viewer.municipality_id, state="open"
        )  # fmt: skip
    return cast("Thread | None", here[place])


@reading
async def mine_of(viewer: Viewer, thread_id: str) -> Mine:
    """How a thread within reach stands to the viewer, asked for once in a reading; "" where there is none."""
    here, place = known(), ("mine", viewer, thread_id)
    if place not in here:
        found = await rows(
            "SELECT (SELECT r.position FROM reading r WHERE r.thread_id = ? AND r.staff_id = ?) AS read_to, "
            "(SELECT l.until FROM reply_later l WHERE l.thread_id = ? AND l.staff_id = ?) AS until, "
            "(SELECT s.undo_sending FROM staff s WHERE s.id = ?) AS undo",
            *[thread_id, viewer.staff_id] * 2, viewer.staff_id,
        )  # fmt: skip
        row = found[0]
        here[place] = Mine(row["read_to"] or 0, within.moment(row["until"]), bool(row["undo"]))
    return cast(Mine, here[place])


def delivery(letters: Iterable[Letter]) -> Delivery | None:
    """What became of the letters one message went out as: the least good of their states. None without letters."""
    parts = sorted((one for one in letters if one.state != "cancelled"), key=lambda one: _TROUBLE.index(one.state))
    if not parts:
        return None
    worst = parts[0]
    state = {"dead": "failed", "queued": "waiting", "sending": "waiting"}.get(worst.state, worst.state)
    stays = min((one.undo_until for one in parts if one.undo_until), default=None)
    untouched = all(one.state in {"queued", "waiting", "held"} for one in parts)
    return Delivery(
        state, worst.reason, worst.sent_at, any(one.resent for one in parts), stays if untouched else None
    )  # fmt: skip


def _place(row: dict[str, Any], now: datetime) -> str:
    """Where a thread stands in the list: the next page goes on from there, wherever the thread goes meanwhile."""
    back = 1 <= (row["until"] or 0) <= micros(now)
    return f"{int(back)}.{row['promised_at'] or ''}.{row['last_at']}.{row['id']}"


def _after(place: str, now: datetime) -> tuple[str, list[object]]:
    found = _PLACE.fullmatch(place)
    if found is None:
        return "1 = 1", []
    (back, promised, last, key), moment = found.groups(), micros(now)
    beyond = "(t.last_at < ? OR (t.last_at = ? AND t.id > ?))"
    values: list[object] = [int(last), int(last), key]
    if not promised:
        beyond = f"(t.promised_at IS NULL AND {beyond})"
    else:
        beyond = f"(t.promised_at > ? OR t.promised_at IS NULL OR (t.promised_at = ? AND {beyond}))"
        values = [int(promised), int(promised), *values]
    if back == "1":
        return f"(NOT {_BACK} OR {beyond})", [moment, *values]
    return f"(NOT {_BACK} AND {beyond})", [moment, *values]


async def _lines(viewer: Viewer, page: list[dict[str, Any]], now: datetime) -> list[ThreadLine]:
    if not page:
        return []
    away = await within.absences(viewer, local_date(now))
    vaults = await within.opened_with(viewer, page)
    names = await within.staff_names(viewer)
    lines = []
    for row in page:
        opened = vaults[row["person_id"]]
        words = opened.open("message", "body", row["message_id"], row["body_sealed"]) if row["message_id"] else ""
        lines.append(
            ThreadLine(
                thread_id=row["id"],
                person_id=row["person_id"],
                name=within.name_of(opened, row["person_id"], row["name_sealed"]),
                line=rules.first_line(words),
                last=_whose(row),
                unread=bool(row["unread"]),
                last_at=within.at(row["last_at"]),
                waiting_since=within.moment(row["waiting_since"]),
                promised_at=within.moment(row["promised_at"]),
                broken=bool(row["broken"]),
                assigned=names.get(row["assigned_id"] or "", ""),
                last_by=names.get(row["staff_id"] or "", ""),
                later=within.moment(row["until"]),
                cover=cover(viewer, row["caseworker_id"], (row["substitute_id"], row["assigned_id"]), names, away),
            )
        )
    return lines


def cover(
    viewer: Viewer, caseworker_id: str | None, stands_in: Iterable[str | None], names: Mapping[str, str],
    away: Mapping[str, date],
) -> Cover | None:  # fmt: skip
    """For whom the viewer looks after somebody: the caseworker is away, and the viewer among those who stand in."""
    if caseworker_id is None or caseworker_id not in away or caseworker_id == viewer.staff_id:
        return None
    return Cover(names.get(caseworker_id, ""), away[caseworker_id]) if viewer.staff_id in stands_in else None


def _whose(row: dict[str, Any]) -> str:
    return "handed" if row["kind"] == "handed" else str(row["direction"] or "")


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
            staff_id=message.staff_id or "",
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
