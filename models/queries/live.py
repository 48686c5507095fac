"""Marks that change when something a member of staff may see has changed. They say that, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.domain.errors import NotFound
from models.domain.staff import Viewer
from models.queries.checkins import OPEN_TO_CASEWORKER
from models.queries.messages_beside import STILL_WRITING
from models.tables.fields import micros
from models.tables.reach import person_for
from models.transactions import reading, rows

#: A part of a question: its rows, each as (name, mark), and their values.
_Part = tuple[str, list[object]]


@reading
async def municipality(viewer: Viewer, *, now: datetime) -> dict[str, str]:
    """One mark per topic ("inbox", "today", "alerts", "offers") of the viewer's municipality. A promise that runs
    out is a change too."""
    place = viewer.municipality_id or ""
    found = await _marks(
        _part(
            "threads", "assigned_id", "COUNT(*)", "SUM(version)", "MAX(last_at)", "COUNT(waiting_since)",
            "SUM(promised_at / 1000000)", "SUM(opened_at / 1000000)", "COUNT(CASE WHEN promised_at <= ? THEN 1 END)",
            of="FROM thread WHERE municipality_id = ? GROUP BY assigned_id", values=[micros(now), place],
        ),
        _part(
            "alerts", "state", "COUNT(*)", "MAX(raised_at)", "SUM(escalations)",
            of="FROM alert WHERE municipality_id = ? GROUP BY state", values=[place],
        ),
        _part(
            "offers", "state", "COUNT(*)", "MAX(answered_at)",
            of="FROM offer WHERE municipality_id = ? GROUP BY state", values=[place],
        ),
        _part(
            "letters", "state", "COUNT(*)",
            of="FROM letter WHERE municipality_id = ? AND state IN ('held', 'unsure', 'dead') GROUP BY state",
            values=[place],
        ),
        _part(
            "feedback", "state", "COUNT(*)", of="FROM feedback WHERE municipality_id = ? GROUP BY state", values=[place]
        ),
        # What only Today shows: dead letters, openings, a stranger's words, who moves here, who may not move, meetings.
        _part(
            "rest",
            "(SELECT COUNT(*) FROM inbox_update WHERE municipality_id = ? AND state = 'dead' AND seen_by_id IS NULL)",
            "(SELECT COUNT(*) FROM opening WHERE municipality_id = ? AND seen_by_id IS NULL)",
            "(SELECT COUNT(*) FROM stray WHERE municipality_id = ? AND seen_by_id IS NULL)",
            "(SELECT COUNT(*) FROM transfer WHERE to_municipality_id = ? AND state = 'offered')",
            "(SELECT COUNT(*) FROM transfer WHERE municipality_id = ? AND state = 'declined')", "COUNT(*)",
            "SUM(starts_at / 1000000)", "MAX(topics_at)", "MAX(cannot_at)",
            of="FROM meeting WHERE municipality_id = ? AND state = 'planned'", values=[place] * 6,
        ),
    )  # fmt: skip
    inbox, raised, offered = (found.get(one, "") for one in ("threads", "alerts", "offers"))
    return {"inbox": inbox, "alerts": raised, "offers": offered, "today": _joined(found)}


@reading
async def shown(viewer: Viewer, person_id: str, here: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """The marks of what one browser shows: those of the municipality (`here`, asked for once for all who look at it),
    what is the viewer's own, and those of the open thread ("" none). One question, and one for who may see it."""
    reached = bool(person_id) and await _reached(viewer, person_id, now)
    marks = await _marks(*_own(viewer, now), *(_thread(viewer, person_id, now) if reached else ()))
    mine = _joined({key: mark for key, mark in marks.items() if key in _MINE})
    found = {**here, "inbox": here.get("inbox", "") + mine, "today": here.get("today", "") + mine}
    if person_id:
        found[f"thread-{person_id}"] = _joined(marks) if reached else ""
    return found


async def _reached(viewer: Viewer, person_id: str, now: datetime) -> bool:
    try:
        await person_for(viewer.asking(now), person_id)
    except NotFound:
        return False
    return True


_MINE: Final = ("read", "aside")


def _own(viewer: Viewer, now: datetime) -> tuple[_Part, ...]:
    """How far the viewer has read, and what they have put aside, all threads together."""
    return (
        _part("read", "SUM(position)", of="FROM reading WHERE staff_id = ?", values=[viewer.staff_id]),
        _part(
            "aside", "COUNT(*)", "SUM(until / 1000000)", "COUNT(CASE WHEN until <= ? THEN 1 END)",
            of="FROM reply_later WHERE staff_id = ?", values=[micros(now), viewer.staff_id],
        ),
    )  # fmt: skip


def _thread(viewer: Viewer, person_id: str, now: datetime) -> tuple[_Part, ...]:
    """One person's thread, what became of its letters, who writes there, and what stands between its messages."""
    return (
        _part(
            "thread", "SUM(version)", "MAX(last_at)", "MAX(assigned_id)", "SUM(waiting_since / 1000000)",
            of="FROM thread WHERE person_id = ?", values=[person_id],
        ),
        _part(
            "letters", "state", "COUNT(*)",
            of="FROM letter WHERE person_id = ? AND kind IN ('message.reply', 'message.file') GROUP BY state",
            values=[person_id],
        ),
        _part(
            "messages", "MAX(edited_at)", "COUNT(read_at)", "COUNT(answered_at)",
            "COUNT(CASE WHEN needs_answer THEN 1 END)", "COUNT(CASE WHEN urgent THEN 1 END)",
            of="FROM message WHERE person_id = ?", values=[person_id],
        ),
        _part(
            "writers", "w.staff_id",
            of="FROM writing w JOIN thread t ON t.id = w.thread_id WHERE t.person_id = ? AND w.at > ? "
            "AND w.staff_id <> ?",
            values=[person_id, micros(now - STILL_WRITING), viewer.staff_id],
        ),
        _part("between", *_BESIDES, of="", values=[person_id] * len(_BESIDES)),
        _part(
            "files", "state", "COUNT(*)", of="FROM attachment WHERE person_id = ? GROUP BY state", values=[person_id]
        ),
    )  # fmt: skip


#: What stands between the messages of a thread (`models.queries.timeline`): the same for everybody who reads it, so
#: neither alerts that are kept apart nor answers that are not the caseworker's.
_BESIDES: Final = (
    "(SELECT COUNT(*) FROM alert WHERE person_id = ? AND NOT apart)",
    "(SELECT COUNT(closed_at) FROM alert WHERE person_id = ? AND NOT apart)",
    "(SELECT COUNT(*) FROM offer_event WHERE person_id = ? AND deed <> 'seen')",
    "(SELECT COUNT(*) FROM meeting_event WHERE person_id = ?)",
    "(SELECT COUNT(*) + COUNT(settled_at) FROM wish WHERE person_id = ?)",
    "(SELECT COUNT(*) FROM check_in WHERE person_id = ? AND state = 'done' "  # noqa: S608 (constants)
    f"AND instrument IN ({', '.join(repr(key) for key in OPEN_TO_CASEWORKER)}))",
    "(SELECT COUNT(*) + COUNT(confirmed_at) + COUNT(closed_at) FROM link WHERE person_id = ?)",
    "(SELECT COUNT(*) + COUNT(withdrawn_at) FROM consent WHERE person_id = ?)",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a thread stands: its version, and whether something to the person is on its way, or due in this moment."""

    version: int
    on_its_way: bool
    due: bool


@reading
async def standing(viewer: Viewer, person_id: str, *, now: datetime) -> Standing:
    """What tells a page that was read a moment ago from one read now. Nothing out of reach."""
    if not await _reached(viewer, person_id, now):
        return Standing(0, on_its_way=False, due=False)
    found = await rows(
        "SELECT COALESCE(SUM(t.version), 0) AS version, (SELECT MIN(l.next_at) FROM letter l WHERE l.person_id = ? "
        "AND l.kind IN ('message.reply', 'message.file') AND l.state IN ('queued', 'waiting', 'sending')) AS next_at "
        "FROM thread t WHERE t.person_id = ?",
        person_id, person_id,
    )  # fmt: skip
    due = found[0]["next_at"]
    return Standing(int(found[0]["version"]), due is not None, due is not None and due <= micros(now))


def _part(name: str, *columns: str, of: str, values: list[object]) -> _Part:
    said = " || ',' || ".join(f"COALESCE(CAST({column} AS TEXT), '')" for column in columns)
    return f"SELECT '{name}' AS part, {said} AS mark {of}", values


async def _marks(*parts: _Part) -> dict[str, str]:
    """The mark of each part, all asked for at once."""
    found: dict[str, list[str]] = {}
    for row in await rows(" UNION ALL ".join(sql for sql, _ in parts), *[one for _, values in parts for one in values]):
        found.setdefault(row["part"], []).append(row["mark"])
    return {part: ";".join(sorted(marks)) for part, marks in found.items()}


def _joined(marks: Mapping[str, str]) -> str:
    return "|".join(f"{part}:{marks[part]}" for part in sorted(marks))
