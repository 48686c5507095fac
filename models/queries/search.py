"""Search: names and words within reach, opened in memory. The words never leave the request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.domain import danish
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import within
from models.queries.messages import PAGE
from models.tables.messages import Thread
from models.tables.reach import people_for
from models.transactions import reading, rows

#: Messages that are opened for one page of what was found, and how many of them lie in memory at once.
MOST_OPENED = 3000
_AT_ONCE = 500
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
class FoundMessage:
    """A message that has the words. `line` in parts: what is marked was found. `before` is the position before which
    its thread must be opened to show it, 0 for the latest."""

    message_id: str
    person_id: str
    name: str
    direction: str
    line: Parts
    at: datetime
    before: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: people first, then messages, the latest first. `back_to`: how far back it has looked, when
    there is more before; `older` is the cursor with which to look on."""

    people: tuple[FoundPerson, ...]
    messages: tuple[FoundMessage, ...]
    back_to: datetime | None
    older: str


@reading
async def search(viewer: Viewer, words: str, *, older: str = "") -> Found:
    """Everyone and every message and note within reach that has all the words, whatever their case, spelling of æ, ø
    and å, or Danish ending. Nothing for no words.

    However much there is: one page opens at most `MOST_OPENED` messages, a few hundred at a time. `older` goes on where
    the page before ended; a cursor that is none begins anew.
    """
    looked_for = danish.wanted(words)
    if not looked_for.words:
        return Found((), (), None, "")
    people = await people_for(viewer)
    vaults = await within.opened(viewer, people)
    names = {
        key: within.name_of(vaults[key], key, person.name_sealed) for key, person in people.items() if key in vaults
    }
    found_people = sorted(
        (key for key, name in names.items() if danish.has(f"{name} {people[key].reference}", looked_for)),
        key=lambda key: within.danish_order(names[key]),
    )
    found: list[tuple[dict[str, Any], Parts]] = []
    last, opened = _cursor(older), 0
    while len(found) < _MOST and opened < MOST_OPENED:
        page = await _before(viewer, list(names), last, _AT_ONCE)
        for row in page:
            last, opened = (row["at"], row["id"]), opened + 1
            body = vaults[row["person_id"]].open("message", "body", row["id"], row["body_sealed"])
            if danish.has(body, looked_for):
                found.append((row, danish.marked(body, looked_for)))
                if len(found) == _MOST:
                    break
        if len(page) < _AT_ONCE:
            break
    more = last is not None and bool(await _before(viewer, list(names), last, 1))
    return Found(
        people=()
        if older
        else tuple(
            FoundPerson(key, danish.marked(names[key], looked_for), people[key].reference)
            for key in found_people[:_MOST]
        ),
        messages=tuple(await _lines(found, names)),
        back_to=within.at(last[0]) if more and last else None,
        older=f"{last[0]}.{last[1]}" if more and last else "",
    )


async def _lines(found: list[tuple[dict[str, Any], Parts]], names: dict[str, str]) -> list[FoundMessage]:
    threads = Thread.filter(id__in=list({row["thread_id"] for row, _ in found}))
    ends = {str(key): int(version) for key, version in await threads.values_list("id", "version")} if found else {}
    return [
        FoundMessage(
            row["id"], row["person_id"], names[row["person_id"]], row["direction"], line, within.at(row["at"]),
            row["position"] + _AFTER if ends[row["thread_id"]] - row["position"] > PAGE - _AFTER else 0,
        )
        for row, line in found
    ]  # fmt: skip


async def _before(
    viewer: Viewer, person_ids: list[str], last: tuple[int, str] | None, limit: int
) -> list[dict[str, Any]]:  # fmt: skip
    """The latest messages of these people, before the last one that was looked at. Rows and not objects: most of them
    are opened, looked through and forgotten."""
    people, end = set(person_ids), last or (2**62, "")
    found: list[dict[str, Any]] = []
    whole = sees_whole_municipality(viewer.role)
    whose = "" if whole else f"AND person_id IN ({', '.join('?' for _ in person_ids) or 'NULL'}) "
    while len(found) < limit:
        page = await rows(
            "SELECT id, person_id, thread_id, direction, position, at, body_sealed FROM message "  # noqa: S608 (marks)
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
