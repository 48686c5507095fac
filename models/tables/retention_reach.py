"""The one place that lists who left long enough ago to be deleted by itself, and whether something of theirs waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from models.domain.municipality import KEPT, goes_on
from models.tables.casefile_reach import WAITS
from models.tables.register import FollowUp, Municipality, Person
from models.transactions import rows

_HELD = (
    f"SELECT p.id, {WAITS} AS waits, "  # noqa: S608 (names of our own)
    "EXISTS (SELECT 1 FROM alert a WHERE a.person_id = p.id AND a.state <> 'closed') "
    "OR EXISTS (SELECT 1 FROM thread t WHERE t.person_id = p.id AND t.waiting_since IS NOT NULL) "
    "OR EXISTS (SELECT 1 FROM transfer f WHERE f.person_id = p.id AND f.state = 'offered') "
    "OR EXISTS (SELECT 1 FROM link l WHERE l.person_id = p.id AND l.state <> 'closed') AS busy FROM person p "
)


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody who left, and the day from which they are deleted by themselves. `undecided`: something waits for the
    case file; `busy`: an alert, a message or an open chat does.
    """

    municipality_id: str
    person_id: str
    on: date
    undecided: bool
    busy: bool

    @property
    def held(self) -> bool:
        """Not deleted before somebody has done something."""
        return self.undecided or self.busy


async def going(municipality_id: str | None, until: date, person_id: str | None = None) -> list[Going]:
    """Who is deleted by itself until that day, the first first; of one municipality or of all, everybody or one."""
    left = Person.filter(erased_at=None, left_on__lte=until - timedelta(days=KEPT["people"][0]))
    left = left if municipality_id is None else left.filter(municipality_id=municipality_id)
    left = left if person_id is None else left.filter(id=person_id)
    gone = [
        (str(place), str(key), day) for place, key, day in await left.values_list("municipality_id", "id", "left_on")
    ]
    if not gone:
        return []
    here = sorted({place for place, _, _ in gone})
    settings = {row.id: row.settings for row in await Municipality.filter(id__in=here)}
    asked = {str(key) for key in await FollowUp.filter(municipality_id__in=here).values_list("person_id", flat=True)}
    found = []
    for place, key, day in gone:
        on = goes_on(settings[place], day, follow_up=key in asked)
        if on <= until:
            found.append((place, key, on))
    held = await _held([key for _, key, _ in found])
    made = [Going(place, key, day, *held[key]) for place, key, day in found if key in held]
    return sorted(made, key=lambda one: (one.on, one.person_id))


async def _held(person_ids: list[str]) -> dict[str, tuple[bool, bool]]:
    if not person_ids:
        return {}
    marks = ", ".join("?" for _ in person_ids)
    found = await rows(f"{_HELD} WHERE p.id IN ({marks})", *person_ids)
    return {str(row["id"]): (bool(row["waits"]), bool(row["busy"])) for row in found}
