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


@reading
async def municipality(viewer: Viewer, *, now: datetime) -> dict[str, str]:
    """One mark per topic ("inbox", "today", "alerts", "offers") of the viewer's municipality. A promise that runs
    out is a change too."""
    place = viewer.municipality_id or ""
    threads = await _mark(
        "SELECT assigned_id a, COUNT(*) b, SUM(version) c, MAX(last_at) d, COUNT(waiting_since) e, "
        "SUM(promised_at / 1000000) f, SUM(opened_at / 1000000) g, COUNT(CASE WHEN promised_at <= ? THEN 1 END) h "
        "FROM thread WHERE municipality_id = ? GROUP BY assigned_id ORDER BY assigned_id",
        micros(now), place,
    )  # fmt: skip
    alerts = await _mark(
        "SELECT state a, COUNT(*) b, MAX(raised_at) c, SUM(escalations) d FROM alert WHERE municipality_id = ? "
        "GROUP BY state ORDER BY state",
        place,
    )
    offers = await _mark(
        "SELECT state a, COUNT(*) b, MAX(answered_at) c FROM offer WHERE municipality_id = ? "
        "GROUP BY state ORDER BY state",
        place,
    )
    rest = await _mark(
        "SELECT state a, COUNT(*) b FROM letter WHERE municipality_id = ? AND state IN ('held', 'unsure', 'dead') "
        "GROUP BY state ORDER BY state",
        place,
    ) + await _mark(
        "SELECT state a, COUNT(*) b FROM feedback WHERE municipality_id = ? GROUP BY state ORDER BY state", place
    ) + await _mark(
        # What only Today shows: dead letters, openings, a stranger's words, who moves here, meetings.
        "SELECT (SELECT COUNT(*) FROM inbox_update WHERE municipality_id = ? AND state = 'dead' "
        "AND seen_by_id IS NULL) a, (SELECT COUNT(*) FROM opening WHERE municipality_id = ? AND seen_by_id IS NULL) b, "
        "(SELECT COUNT(*) FROM stray WHERE municipality_id = ? AND seen_by_id IS NULL) c, "
        "(SELECT COUNT(*) FROM transfer WHERE to_municipality_id = ? AND state = 'offered') d, "
        "COUNT(*) e, SUM(starts_at / 1000000) f, MAX(topics_at) g, MAX(cannot_at) h FROM meeting "
        "WHERE municipality_id = ? AND state = 'planned'",
        *[place] * 5,
    )  # fmt: skip
    return {"inbox": threads, "alerts": alerts, "offers": offers, "today": threads + alerts + offers + rest}


@reading
async def shown(viewer: Viewer, person_id: str, here: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """The marks of what one browser shows: those of the municipality (`here`, asked for once for all who look at it),
    what is the viewer's own, and those of the open thread ("" none)."""
    mine = await own(viewer, now=now)
    found = {**here, "inbox": here.get("inbox", "") + mine, "today": here.get("today", "") + mine}
    if person_id:
        found[f"thread-{person_id}"] = await thread(viewer, person_id, now=now)
    return found


@reading
async def own(viewer: Viewer, *, now: datetime) -> str:
    """How far the viewer has read, and what they have put aside, all threads together."""
    return await _mark("SELECT SUM(position) a FROM reading WHERE staff_id = ?", viewer.staff_id) + await _mark(
        "SELECT COUNT(*) a, SUM(until / 1000000) b, COUNT(CASE WHEN until <= ? THEN 1 END) c FROM reply_later "
        "WHERE staff_id = ?",
        micros(now), viewer.staff_id,
    )  # fmt: skip


@reading
async def thread(viewer: Viewer, person_id: str, *, now: datetime) -> str:
    """The mark of one person's thread, of what became of its letters, and of who writes there; "" out of reach."""
    try:
        await person_for(viewer.asking(now), person_id)
    except NotFound:
        return ""
    return (
        await _mark(
            "SELECT SUM(version) a, MAX(last_at) b, MAX(assigned_id) c, SUM(waiting_since / 1000000) d FROM thread "
            "WHERE person_id = ?",
            person_id,
        )
        + await _mark(
            "SELECT state a, COUNT(*) b FROM letter WHERE person_id = ? AND kind IN ('message.reply', 'message.file') "
            "GROUP BY state ORDER BY state",
            person_id,
        )
        + await _mark(
            "SELECT MAX(edited_at) a, COUNT(read_at) b, COUNT(answered_at) c, "
            "COUNT(CASE WHEN needs_answer THEN 1 END) d, COUNT(CASE WHEN urgent THEN 1 END) e "
            "FROM message WHERE person_id = ?",
            person_id,
        )
        + await _mark(
            "SELECT w.staff_id a FROM writing w JOIN thread t ON t.id = w.thread_id WHERE t.person_id = ? "
            "AND w.at > ? AND w.staff_id <> ? ORDER BY w.staff_id",
            person_id,
            micros(now - STILL_WRITING),
            viewer.staff_id,
        )
        + await own(viewer, now=now)
        + await _mark(_BESIDES, *[person_id] * _BESIDES.count("?"))
        + await _mark(
            "SELECT state a, COUNT(*) b FROM attachment WHERE person_id = ? GROUP BY state ORDER BY state", person_id
        )
    )


#: What stands between the messages of a thread (`models.queries.timeline`): the same for everybody who reads it, so
#: neither alerts that are kept apart nor answers that are not the caseworker's.
_BESIDES: Final = (
    "SELECT (SELECT COUNT(*) FROM alert WHERE person_id = ? AND NOT apart) a, "  # noqa: S608 (constants)
    "(SELECT COUNT(closed_at) FROM alert WHERE person_id = ? AND NOT apart) b, "
    "(SELECT COUNT(*) FROM offer_event WHERE person_id = ? AND deed <> 'seen') c, "
    "(SELECT COUNT(*) FROM meeting_event WHERE person_id = ?) d, "
    "(SELECT COUNT(*) + COUNT(settled_at) FROM wish WHERE person_id = ?) e, "
    "(SELECT COUNT(*) FROM check_in WHERE person_id = ? AND state = 'done' "
    f"AND instrument IN ({', '.join(repr(key) for key in OPEN_TO_CASEWORKER)})) f, "
    "(SELECT COUNT(*) + COUNT(confirmed_at) + COUNT(closed_at) FROM link WHERE person_id = ?) g, "
    "(SELECT COUNT(*) + COUNT(withdrawn_at) FROM consent WHERE person_id = ?) h"
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
    try:
        await person_for(viewer.asking(now), person_id)
    except NotFound:
        return Standing(0, on_its_way=False, due=False)
    found = await rows(
        "SELECT COALESCE(SUM(t.version), 0) AS version, (SELECT MIN(l.next_at) FROM letter l WHERE l.person_id = ? "
        "AND l.kind IN ('message.reply', 'message.file') AND l.state IN ('queued', 'waiting', 'sending')) AS next_at "
        "FROM thread t WHERE t.person_id = ?",
        person_id, person_id,
    )  # fmt: skip
    due = found[0]["next_at"]
    return Standing(int(found[0]["version"]), due is not None, due is not None and due <= micros(now))


async def _mark(sql: str, *values: object) -> str:
    return ";".join(",".join(str(value) for value in row.values()) for row in await rows(sql, *values)) + "|"
