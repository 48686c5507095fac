"""Who opened somebody who is not theirs, and why; and what is open for oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.staff import Viewer, may
from models.queries import within
from models.tables.register import Opening
from models.transactions import reading, rows


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening that no coordinator has seen yet."""

    opening_id: str
    person_id: str
    name: str
    who: str
    why: str
    at: datetime


@reading
async def unseen(viewer: Viewer) -> list[Opened]:
    """The openings a coordinator has not seen yet, the oldest first; nobody else is told of any."""
    if viewer.municipality_id is None or not may(viewer.role, "people.assign"):
        return []
    found = await rows(
        "SELECT o.id, o.person_id, o.staff_id, o.why_sealed, o.opened_at, p.name_sealed "
        "FROM opening o JOIN person p ON p.id = o.person_id "
        "WHERE o.municipality_id = ? AND o.seen_by_id IS NULL AND p.erased_at IS NULL ORDER BY o.opened_at, o.id",
        viewer.municipality_id,
    )
    vaults = await within.opened(viewer, [row["person_id"] for row in found])
    names = await within.staff_names(viewer)
    return [
        Opened(
            row["id"],
            row["person_id"],
            within.name_of(vaults[row["person_id"]], row["person_id"], row["name_sealed"]),
            names.get(row["staff_id"], ""),
            vaults[row["person_id"]].open("opening", "why", row["id"], row["why_sealed"]),
            within.at(row["opened_at"]),
        )
        for row in found
        if row["person_id"] in vaults
    ]


@reading
async def open_until(viewer: Viewer, person_id: str, *, now: datetime) -> datetime | None:
    """Until when the viewer has opened this person with a reason; None when they have not, or it is over."""
    row = await Opening.filter(
        municipality_id=viewer.municipality_id, person_id=person_id, staff_id=viewer.staff_id, closed_at=None,
        ends_at__gt=now,
    ).first()  # fmt: skip
    return row.ends_at if row else None
