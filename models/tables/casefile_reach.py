"""The one place that lists a young person's records, what was decided about each, and whether anything is to be.

A record is born undecided, is decided about, and is undecided again once it is edited: the row itself says so
(`undecided`), so that what waits is found by an index however many years of records there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.domain.casefile import ANSWERS, Choice
from models.tables.casefile import RecordDecision
from models.tables.fields import instant
from models.transactions import execute, rows

_ANSWERED = ", ".join(f"'{deed}'" for deed in sorted(ANSWERS))
#: Records of people, kind by kind: the table, which of its rows are one, when they came, and where they stand among
#: what came at the same moment.
_SOURCES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "message": ("message", "message r WHERE {whose}", "r.at", "r.position AS place, 0 AS part"),
    "file": (
        "attachment",
        "attachment r JOIN message m ON m.id = r.message_id WHERE r.state = 'kept' AND r.message_id <> '' AND {whose}",
        "m.at", "m.position AS place, 1 AS part",
    ),
    "offer": (
        "offer_event", f"offer_event r WHERE r.message_id = '' AND r.deed IN ({_ANSWERED}) AND {{whose}}", "r.at",
        "0 AS place, 2 AS part",
    ),
    "meeting": (
        "meeting_event", "meeting_event r WHERE r.deed = 'agreed' AND {whose}", "r.at", "0 AS place, 3 AS part",
    ),
}  # fmt: skip
KINDS: Final = tuple(_SOURCES)
_AT_ONCE = 500


def records(kind: str, whose: str) -> str:
    """Every record `r` of one kind that meets a condition, and when it came, in SQL."""
    _, source, at, place = _SOURCES[kind]
    return (
        f"SELECT '{kind}' AS kind, r.id, r.person_id, {at} AS at, r.undecided, {place} "  # noqa: S608 (names of our own)
        f"FROM {source.format(whose=whose)}"
    )


def oldest(kind: str) -> str:
    """When the oldest undecided record of one kind of a person `p` came, in SQL."""
    _, source, at, _ = _SOURCES[kind]
    whose = "r.person_id = p.id AND r.municipality_id = p.municipality_id AND r.undecided"
    return f"(SELECT {at} FROM {source.format(whose=whose)} ORDER BY {at} LIMIT 1)"  # noqa: S608


#: How many records of a person `p` belong to the case and are not handed over, in SQL.
READY = (
    "(SELECT COUNT(*) FROM record_decision w WHERE w.person_id = p.id AND w.choice = 'file' AND w.hand_over_id = '')"
)
#: The condition that something of a person `p` is undecided or not handed over, in SQL: nothing of theirs is deleted.
WAITS = f"({READY} > 0 OR {' OR '.join(f'{oldest(kind)} IS NOT NULL' for kind in KINDS)})"


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record and the last decision about it, whether it stands or not. `state`: undecided, file or not."""

    kind: str
    record_id: str
    at: datetime
    state: str
    decision: RecordDecision | None

    @property
    def ready(self) -> bool:
        """Decided to the case file, and not handed over."""
        return self.state == Choice.FILE.value and self.decision is not None and not self.decision.hand_over_id

    @property
    def waits(self) -> bool:
        """Nothing of it may be deleted: undecided, or not handed over."""
        return self.state == "undecided" or self.ready


async def records_of(municipality_id: str, person_id: str) -> list[RecordRow]:
    """Every record of a person in order of time, with the state it is in. Two queries."""
    union = " UNION ALL ".join(records(kind, "r.municipality_id = ? AND r.person_id = ?") for kind in KINDS)
    found = await rows(union, *[municipality_id, person_id] * len(KINDS))
    last: dict[str, RecordDecision] = {}
    for row in await RecordDecision.filter(person_id=person_id, municipality_id=municipality_id).order_by("edition"):
        last[row.record_id] = row
    return [_row(row, last.get(row["id"])) for row in sorted(found, key=_order)]


async def mark(undecided: bool, kinds: Mapping[str, str]) -> None:
    """Whether anything is to be decided about these records (id -> kind). Part of the deed that decides."""
    for kind, (table, *_) in _SOURCES.items():
        ids = [one for one, theirs in kinds.items() if theirs == kind]
        for begin in range(0, len(ids), _AT_ONCE):
            page = ids[begin : begin + _AT_ONCE]
            await execute(
                f"UPDATE {table} SET undecided = ? WHERE id IN ({', '.join('?' for _ in page)})",  # noqa: S608
                undecided, *page,
            )  # fmt: skip


def _order(row: dict[str, object]) -> tuple[object, ...]:
    return row["at"], row["place"], row["part"], row["id"]


def _row(row: dict[str, object], decision: RecordDecision | None) -> RecordRow:
    holds = decision is not None and not row["undecided"]
    return RecordRow(
        str(row["kind"]), str(row["id"]), instant(int(str(row["at"]))),
        decision.choice if holds and decision is not None else "undecided", decision,
    )  # fmt: skip
