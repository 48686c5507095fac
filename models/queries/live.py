"""Marks that change when something a member of staff may see has changed. They say that, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.errors import NotFound
from models.domain.staff import Viewer
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
    )
    return {"inbox": threads, "alerts": alerts, "offers": offers, "today": threads + alerts + offers + rest}


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
        await person_for(viewer, person_id)
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
        + await _mark(
            "SELECT state a, COUNT(*) b FROM attachment WHERE person_id = ? GROUP BY state ORDER BY state", person_id
        )
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
        await person_for(viewer, person_id)
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
