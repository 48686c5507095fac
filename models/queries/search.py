"""Search: names and words within reach, opened in memory. The words never leave the request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from models.domain import danish
from models.domain.danish import Wanted
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import within
from models.queries.messages import PAGE
from models.tables.fields import micros
from models.tables.keys import Vault
from models.tables.messages import Thread
from models.transactions import reading, rows

#: Messages that are opened for one page of what was found, and how many of them lie in memory at once. Of a whole town
#: half as many: nearly each brings a key of its own that is opened first.
MOST_OPENED = 1000
_AT_ONCE = 500
#: Offers, meetings, goals and follow-ups that are opened for one page, of each.
MOST_THINGS = 1000
_MOST = 50
#: How much of a thread is shown after a message that lies far back.
_AFTER = 10

Parts = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person whose name or reference has the words. `name` in parts: what is marked was found."""

    person_id: str
    name: Parts
    reference: str


@dataclass(frozen=True, slots=True)
class FoundThing:
    """An offer, a meeting, or of a plan a goal or a day to ask again, that has the words: its id and whose it is; what
    it is called (nothing where it has no name) and a line of it, in parts; and the moment by which it is in order.
    """

    kind: str
    about: str
    person_id: str
    name: str
    title: Parts
    line: Parts
    at: datetime


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that has the words. `line` in parts: what is marked was found. `kind` is how it came ("in", "out",
    "note"), or "contact" for what was said outside the chat. `before` is the position before which its thread must be
    opened to show it, 0 for the latest."""

    message_id: str
    person_id: str
    name: str
    kind: str
    line: Parts
    at: datetime
    before: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: people first, then things and messages, each the latest first. `back_to`: how far back it
    has looked, when there is more before; `older` is the cursor with which to look on."""

    people: tuple[FoundPerson, ...]
    things: tuple[FoundThing, ...]
    messages: tuple[FoundMessage, ...]
    back_to: datetime | None
    older: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """A table with words of somebody: by which moment it is in order, its sealed columns, and which of them is a
    document of fields, with the one that names it.
    """

    table: str
    at: str
    sealed: tuple[str, ...]
    document: str = ""
    title: str = ""


_KINDS: Final[Mapping[str, _Kind]] = {
    "offer": _Kind("offer", "created_at", ("content",), "content", "title"),
    "meeting": _Kind("meeting", "starts_at", ("content", "topics", "agreed"), "content", "about"),
    "goal": _Kind("plan_goal", "made_at", ("words", "standing")),
    "follow_up": _Kind("follow_up_date", "made_at", ("note", "done")),
}
#: Fields of a document that are no words.
_NO_WORDS: Final = frozenset({"starts", "next_meeting"})
#: The ends of time, and before every id.
_NEVER, _ALWAYS, _FIRST = 2**62, -(2**62), "0" * 32


@dataclass(frozen=True, slots=True)
class _Reached:
    """Everybody within reach by id: their row with its key, their name, and what is looked for beside the name."""

    people: Mapping[str, dict[str, Any]]
    names: Mapping[str, str]
    beside: Mapping[str, Wanted]


@reading
async def search(viewer: Viewer, words: str, *, older: str = "") -> Found:
    """Everyone, and every message, note, offer, meeting, goal and follow-up within reach, that has all the words,
    whatever their case, spelling of æ, ø and å, or Danish ending. Words of the person's name may stand beside those of
    the text. Nothing for no words.

    However much there is: one page opens at most `MOST_OPENED` messages, a few hundred at a time, and what else lies
    between the same two moments. `older` goes on where the page before ended; a cursor that is none begins anew.
    """
    looked_for = danish.wanted(words)
    if not looked_for.words:
        return Found((), (), (), None, "")
    # By columns and not as objects: it may be a whole town.
    within_reach, values = within.reach(viewer)
    found_rows = await rows(
        f"SELECT p.id AS person_id, p.reference, p.name_sealed, {within.KEY} FROM person p {within.KEYED}"  # noqa: S608 (constants)
        f"WHERE {within_reach}",
        *values,
    )
    people, names = {row["person_id"]: row for row in found_rows}, await within.names(viewer, found_rows)
    # Of a whole town few names have any of the words; the others are read once.
    named = {key: said for key, name in names.items()
             if danish.touches(said := f"{name} {people[key]['reference']}", looked_for)}  # fmt: skip
    beside = {key: danish.lacking(names[key], looked_for) if key in named else looked_for for key in names}
    reached = _Reached(people, names, beside)
    found_people = sorted(
        (key for key, said in named.items() if danish.has(said, looked_for)),
        key=lambda key: within.danish_order(names[key]),
    )
    begin = _cursor(older)
    found, last = await _messages(viewer, reached, looked_for, begin)
    more = last is not None and bool(await _before(viewer, list(names), last, 1))
    floor = last[0] if more and last else _ALWAYS
    things, cut = await _things(viewer, reached, looked_for, begin[0] if begin else _NEVER, floor)
    if cut > floor:
        # So much else lies here that the page ends earlier: what is before that comes with the next one.
        more, last = True, (cut, _FIRST)
        found = [(row, line) for row, line in found if row["at"] >= cut]
    return Found(
        people=()
        if older
        else tuple(
            FoundPerson(key, danish.marked(names[key], looked_for), people[key]["reference"])
            for key in found_people[:_MOST]
        ),
        things=tuple(things),
        messages=tuple(await _lines(found, names)),
        back_to=within.at(last[0]) if more and last else None,
        older=f"{last[0]}.{last[1]}" if more and last else "",
    )


async def _messages(
    viewer: Viewer, reached: _Reached, looked_for: Wanted, begin: tuple[int, str] | None
) -> tuple[list[tuple[dict[str, Any], Parts]], tuple[int, str] | None]:
    """The messages that have the words, the latest first, and the last one that was looked at."""
    found: list[tuple[dict[str, Any], Parts]] = []
    last, opened = begin, 0
    most = MOST_OPENED // 2 if sees_whole_municipality(viewer.role) else MOST_OPENED
    while len(found) < _MOST and opened < most:
        page = await _before(viewer, list(reached.names), last, _AT_ONCE)
        vaults = await _opened(viewer, reached, page)
        for row in page:
            last, opened = (row["at"], row["id"]), opened + 1
            body = vaults[row["person_id"]].open("message", "body", row["id"], row["body_sealed"])
            if danish.has(body, reached.beside[row["person_id"]]):
                found.append((row, danish.marked(body, looked_for)))
                if len(found) == _MOST:
                    break
        if len(page) < _AT_ONCE:
            break
    return found, last


async def _things(
    viewer: Viewer, reached: _Reached, looked_for: Wanted, end: int, floor: int
) -> tuple[list[FoundThing], int]:
    """What else has the words from `floor` on and before `end`, the latest first; and from when on it is all there."""
    found: list[FoundThing] = []
    for kind, made in _KINDS.items():
        read = await _of_kind(viewer, made, list(reached.names), end, floor)
        if len(read) > MOST_THINGS:
            floor = read[MOST_THINGS - 1]["at"]
        read = [row for row in read if row["at"] >= floor and row["person_id"] in reached.names]
        vaults = await _opened(viewer, reached, read)
        hits = [one for row in read if (one := _thing(kind, made, row, vaults, reached, looked_for)) is not None]
        if len(hits) > _MOST:
            floor = max(floor, micros(hits[_MOST - 1].at))
        found += hits
    latest = sorted(found, key=lambda one: (one.at, one.about), reverse=True)
    return [one for one in latest if micros(one.at) >= floor], floor


async def _of_kind(
    viewer: Viewer, made: _Kind, person_ids: list[str], end: int, floor: int
) -> list[dict[str, Any]]:  # fmt: skip
    whole, at = sees_whole_municipality(viewer.role), made.at
    whose = "" if whole else f"AND person_id IN ({', '.join('?' for _ in person_ids) or 'NULL'}) "
    sealed = ", ".join(f"{column}_sealed" for column in made.sealed)
    return await rows(
        f"SELECT id, person_id, {at} AS at, {sealed} FROM {made.table} "  # noqa: S608 (constants and marks)
        f"WHERE municipality_id = ? {whose}AND {at} < ? AND {at} >= ? ORDER BY {at} DESC, id DESC LIMIT ?",
        viewer.municipality_id, *([] if whole else person_ids), end, floor, MOST_THINGS + 1,
    )  # fmt: skip


async def _opened(viewer: Viewer, reached: _Reached, found: list[dict[str, Any]]) -> dict[str, Vault]:
    """The vaults of those only whose words are looked through."""
    return await within.opened_with(viewer, [reached.people[key] for key in {row["person_id"] for row in found}])


def _thing(
    kind: str, made: _Kind, row: dict[str, Any], vaults: Mapping[str, Vault], reached: _Reached, looked_for: Wanted
) -> FoundThing | None:  # fmt: skip
    person_id, title, texts = row["person_id"], "", list[str]()
    for column in made.sealed:
        if (sealed := row[f"{column}_sealed"]) is None:
            continue
        said = vaults[person_id].open(made.table, column, row["id"], sealed)
        if column == made.document:
            fields = {name: str(value) for name, value in json.loads(said).items() if value and name not in _NO_WORDS}
            title = fields.pop(made.title, "")
            texts += fields.values()
        else:
            texts.append(said)
    text = "\n".join(texts)
    if not danish.has(f"{title}\n{text}", reached.beside[person_id]):
        return None
    return FoundThing(
        kind, row["id"], person_id, reached.names[person_id], danish.marked(title, looked_for),
        danish.marked(text, looked_for), within.at(row["at"]),
    )  # fmt: skip


async def _lines(found: list[tuple[dict[str, Any], Parts]], names: dict[str, str]) -> list[FoundMessage]:
    threads = Thread.filter(id__in=list({row["thread_id"] for row, _ in found}))
    ends = {str(key): int(version) for key, version in await threads.values_list("id", "version")} if found else {}
    return [
        FoundMessage(
            row["id"], row["person_id"], names[row["person_id"]],
            "contact" if row["kind"] in {"contact", "missed"} else row["direction"], line, within.at(row["at"]),
            row["position"] + _AFTER if ends.get(row["thread_id"], 0) - row["position"] > PAGE - _AFTER else 0,
        )
        for row, line in found
    ]  # fmt: skip


async def _before(
    viewer: Viewer, person_ids: list[str], last: tuple[int, str] | None, limit: int
) -> list[dict[str, Any]]:  # fmt: skip
    """The latest messages of these people, before the last one that was looked at. Rows and not objects: most of them
    are opened, looked through and forgotten."""
    people, end = set(person_ids), last or (_NEVER, "")
    found: list[dict[str, Any]] = []
    whole = sees_whole_municipality(viewer.role)
    whose = "" if whole else f"AND person_id IN ({', '.join('?' for _ in person_ids) or 'NULL'}) "
    while len(found) < limit:
        page = await rows(
            "SELECT id, person_id, thread_id, direction, kind, position, at, body_sealed FROM message "  # noqa: S608 (marks)
            f"WHERE municipality_id = ? {whose}AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?",
            viewer.municipality_id, *([] if whole else person_ids), *end, limit,
        )  # fmt: skip
        found += [row for row in page if row["person_id"] in people]
        if len(page) < limit:
            break
        end = (page[-1]["at"], page[-1]["id"])
    return found[:limit]


def _cursor(older: str) -> tuple[int, str] | None:
    at, _, message_id = older.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) <= 16 and len(message_id) == 32):
        return None
    return int(at), message_id
