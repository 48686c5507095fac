"""The one place that lists a young person's records and what was decided about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.casefile import ANSWERS, Choice, stands
from models.tables.casefile import RecordDecision
from models.tables.fields import instant
from models.transactions import rows

_ANSWERED = ", ".join(f"'{deed}'" for deed in sorted(ANSWERS))
#: Records of people, table by table: which rows are one, when they came, and when they last changed.
SOURCES = (
    (
        "message",
        "SELECT 'message' AS kind, r.id, r.at, COALESCE(r.edited_at, r.at) AS changed, r.position AS place, 0 AS part "
        "FROM message r WHERE {whose}",
    ),
    (
        "file",
        "SELECT 'file' AS kind, r.id, m.at, r.created_at AS changed, m.position AS place, 1 AS part "
        "FROM attachment r JOIN message m ON m.id = r.message_id WHERE r.state = 'kept' AND {whose}",
    ),
    (
        "offer",
        "SELECT 'offer' AS kind, r.id, r.at, r.at AS changed, 0 AS place, 2 AS part FROM offer_event r "  # noqa: S608
        f"WHERE r.message_id = '' AND r.deed IN ({_ANSWERED}) AND {{whose}}",
    ),
    (
        "meeting",
        "SELECT 'meeting' AS kind, r.id, r.at, r.at AS changed, 0 AS place, 3 AS part FROM meeting_event r "
        "WHERE r.deed = 'agreed' AND {whose}",
    ),
)  # fmt: skip

_CHANGED = {
    "message": "COALESCE(r.edited_at, r.at)", "file": "r.created_at", "offer": "r.at", "meeting": "r.at",
}  # fmt: skip


def undecided(kind: str) -> str:
    """The condition on a record `r` of one kind that nobody has decided about it as it is now, in SQL."""
    return (
        "NOT EXISTS (SELECT 1 FROM record_decision d "  # noqa: S608 (names of our own)
        f"WHERE d.record_id = r.id AND d.at >= {_CHANGED[kind]})"
    )


def oldest(kind: str) -> str:
    """When the oldest undecided record of one kind of a person `p` came, in SQL."""
    whose = f"r.person_id = p.id AND r.municipality_id = p.municipality_id AND {undecided(kind)}"
    return f"(SELECT o.at FROM ({dict(SOURCES)[kind].format(whose=whose)}) o ORDER BY o.at LIMIT 1)"  # noqa: S608


#: How many records of a person `p` belong to the case and are not handed over, in SQL.
READY = (
    "(SELECT COUNT(*) FROM record_decision w WHERE w.person_id = p.id AND w.choice = 'file' AND w.hand_over_id = '')"
)
#: The condition that something of a person `p` is undecided or not handed over, in SQL: nothing of theirs is deleted.
WAITS = f"({READY} > 0 OR {' OR '.join(f'{oldest(kind)} IS NOT NULL' for kind, _ in SOURCES)})"


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record and the last decision about it, whether it stands or not. `state`: undecided, file or not."""

    kind: str
    record_id: str
    at: datetime
    changed_at: datetime
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
    union = " UNION ALL ".join(
        source.format(whose="r.municipality_id = ? AND r.person_id = ?") for _, source in SOURCES
    )
    found = await rows(union, *[municipality_id, person_id] * len(SOURCES))
    last: dict[str, RecordDecision] = {}
    for row in await RecordDecision.filter(person_id=person_id, municipality_id=municipality_id).order_by("edition"):
        last[row.record_id] = row
    return [_row(row, last.get(row["id"])) for row in sorted(found, key=_order)]


def _order(row: dict[str, object]) -> tuple[object, ...]:
    return row["at"], row["place"], row["part"], row["id"]


def _row(row: dict[str, object], decision: RecordDecision | None) -> RecordRow:
    changed = instant(int(str(row["changed"])))
    holds = decision is not None and stands(decision.at, changed)
    return RecordRow(
        str(row["kind"]), str(row["id"]), instant(int(str(row["at"]))), changed,
        decision.choice if holds and decision is not None else "undecided", decision,
    )  # fmt: skip
