"""Marks that change when something a member of staff may see has changed. They say that, and nothing else."""

from __future__ import annotations

from models.domain.errors import NotFound
from models.domain.staff import Viewer
from models.tables.reach import person_for
from models.transactions import reading, rows


@reading
async def municipality(viewer: Viewer) -> dict[str, str]:
    """One mark per topic ("inbox", "today", "alerts", "offers") of the viewer's municipality."""
    place = viewer.municipality_id or ""
    threads = await _mark(
        "SELECT COUNT(*) a, SUM(version) b, MAX(last_at) c, COUNT(waiting_since) d, SUM(promised_at / 1000000) e, "
        "COUNT(assigned_id) f FROM thread WHERE municipality_id = ?",
        place,
    )
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
async def own_reading(viewer: Viewer) -> str:
    """How far the viewer has read, all threads together."""
    return await _mark("SELECT SUM(position) a FROM reading WHERE staff_id = ?", viewer.staff_id)


@reading
async def thread(viewer: Viewer, person_id: str) -> str:
    """The mark of one person's thread and of what became of the letters in it; "" out of reach."""
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
        + await _mark("SELECT MAX(edited_at) a FROM message WHERE person_id = ?", person_id)
        + await _mark(
            "SELECT state a, COUNT(*) b FROM attachment WHERE person_id = ? GROUP BY state ORDER BY state", person_id
        )
    )


async def _mark(sql: str, *values: object) -> str:
    return ";".join(",".join(str(value) for value in row.values()) for row in await rows(sql, *values)) + "|"
