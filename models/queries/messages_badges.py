"""The numbers beside the main menu, which every page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.staff import Viewer
from models.queries import alerts, within
from models.queries.messages import Folder, _folder
from models.queries.messages_sql import _BACK, _FROM, _UNREAD
from models.tables.fields import micros
from models.transactions import reading, rows


@dataclass(frozen=True, slots=True)
class Badges:
    """How many of the viewer's own threads hold something unread or have come back, and how many alerts within reach
    nobody has acknowledged; a promise that broke again and again is one."""

    unread: int
    alerts: int


@reading
async def badges(viewer: Viewer, *, now: datetime) -> Badges:
    """What waits, in one question."""
    within_reach, reach_values = within.reach(viewer)
    mine, values = _folder(Folder.MINE, viewer, now)
    raised, raised_values = alerts.nobodys(viewer)
    found = await rows(
        f"SELECT (SELECT COUNT(*) {_FROM} {within_reach} AND {mine} AND ({_UNREAD} OR {_BACK})) AS unread, "
        f"(SELECT COUNT(DISTINCT CASE WHEN a.reason = 'broken_promise' THEN SUBSTR(a.about, 1, 32) ELSE a.id END) "
        f"{raised}) AS alerts",
        viewer.staff_id, viewer.staff_id, viewer.municipality_id, *reach_values, *values, micros(now), *raised_values,
    )  # fmt: skip
    return Badges(int(found[0]["unread"]), int(found[0]["alerts"]))
