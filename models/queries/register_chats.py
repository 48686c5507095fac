"""Whom of the register a list is about because of their chat: who has none, and who was not heard from."""

from __future__ import annotations

from datetime import datetime

from models.domain import register as rules
from models.domain.staff import Viewer
from models.queries import within
from models.tables.fields import micros
from models.transactions import reading, rows

_CHATS = "SELECT l.person_id FROM link l WHERE l.municipality_id = ? AND l.state <> 'closed'"
_NOT_HEARD = (
    f"p.stopped_at IS NULL AND COALESCE(p.paused_until, 0) < ? AND p.id IN ({_CHATS} GROUP BY l.person_id "  # noqa: S608 (constants)
    "HAVING MAX(l.seen_at) < ?) AND NOT EXISTS (SELECT 1 FROM message m WHERE m.person_id = p.id "
    "AND m.municipality_id = ? AND m.at >= ? AND m.direction = 'in') AND NOT EXISTS "
    "(SELECT 1 FROM check_in d WHERE d.person_id = p.id AND d.closed_at >= ? AND d.state = 'done')"
)


@reading
async def silent(viewer: Viewer, *, chat: bool, now: datetime) -> set[str]:
    """The ids of those within reach who have a chat and were not heard from in it, as Today counts them; or (not
    `chat`) of those who have none."""
    within_reach, values = within.reach(viewer)
    here, before = viewer.municipality_id, micros(now - rules.QUIET)
    who, more = (
        (_NOT_HEARD, [micros(now), here, before, here, before, before]) if chat else (f"p.id NOT IN ({_CHATS})", [here])
    )
    found = await rows(
        f"SELECT p.id FROM person p WHERE {within_reach} AND p.left_on IS NULL AND {who}",  # noqa: S608 (constants)
        *values, *more,
    )  # fmt: skip
    return {row["id"] for row in found}
