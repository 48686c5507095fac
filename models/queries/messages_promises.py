"""How a municipality keeps its promises of an answer: of all who answer together, never of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.domain.staff import Viewer, sees_people
from models.tables.fields import micros
from models.transactions import reading, rows

#: How far back is looked.
WINDOW: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kept:
    """Of how many messages that asked for an answer a human's came by the promised time. What is not due yet is not
    among them; what came late stays late, whatever was said or done meanwhile: ringing in vain puts the promise off,
    and not what counts as kept. What was only closed was not answered.
    """

    kept: int
    of: int


@reading
async def kept(viewer: Viewer, *, now: datetime) -> Kept:
    """The promises of the viewer's municipality over the last thirty days; nothing for who meets no young people."""
    if viewer.municipality_id is None or not sees_people(viewer.role):
        return Kept(0, 0)
    (row,) = await rows(
        "SELECT COUNT(*) AS n, SUM(CASE WHEN m.promise_broken_at IS NULL AND m.answered_by_message IS NOT NULL "
        "AND m.answered_at <= COALESCE(m.put_off_from, m.promised_at) THEN 1 ELSE 0 END) AS kept FROM message m "
        "WHERE m.municipality_id = ? AND m.at >= ? AND m.direction = 'in' AND m.needs_answer "
        "AND (m.answered_at IS NOT NULL OR m.promise_broken_at IS NOT NULL "
        "OR COALESCE(m.put_off_from, m.promised_at) <= ?)",
        viewer.municipality_id, micros(now - WINDOW), micros(now),
    )  # fmt: skip
    return Kept(int(row["kept"] or 0), int(row["n"]))
