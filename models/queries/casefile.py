"""What was decided about a person's records, what waits, what was handed over; and a hand-over's whole content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from models.domain import casefile as rules
from models.domain.casefile import Content, Copy, Recorded
from models.domain.errors import NotAllowed, NotFound
from models.domain.staff import Viewer, may, sees_whole_municipality
from models.queries import within
from models.queries.casefile_content import _content, _told
from models.queries.conversation import Whose
from models.tables import casefile_reach
from models.tables.attachments import Attachment
from models.tables.casefile import CaseHandOver, RecordDecision
from models.tables.casefile_reach import KINDS, WAITS, RecordRow, records_of
from models.tables.fields import micros
from models.tables.reach import case_for, person_for
from models.tables.register import Municipality, Person, Transfer
from models.transactions import reading, rows

PAGE = 100
_PEOPLE = 50
#: Conversations with something undecided for too long are counted so far.
MOST_COUNTED: Final = 100
_OTHERS: Final = tuple(kind for kind in KINDS if kind != "message")


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A record on the page. `form` as in `Recorded`; `changed`: it was decided once and edited since."""

    record_id: str
    form: str
    at: datetime
    who: str
    words: str
    what: str
    about: str
    theme: str
    theme_words: str
    decided_by: str
    decided_at: datetime | None
    changed: bool
    edited: bool


@dataclass(frozen=True, slots=True)
class HandedLine:
    """One hand-over."""

    hand_over_id: str
    number: int
    at: datetime
    staff_id: str
    who: str
    records: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A person's records: undecided (the oldest `PAGE`, and how many more), the same of what is ready and not relevant,
    and the hand-overs.
    """

    undecided: tuple[RecordLine, ...]
    more: int
    ready: tuple[RecordLine, ...]
    not_relevant: tuple[RecordLine, ...]
    handed: tuple[HandedLine, ...]
    more_ready: int
    more_not_relevant: int

    @property
    def waiting(self) -> int:
        """How many are undecided."""
        return len(self.undecided) + self.more


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose case file it is. `moved_to`: the municipality they moved to, "" for who is still here."""

    person_id: str
    name: str
    first_name: str
    moved_to: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person with something undecided, since when the oldest, how much, and how much is ready. `moved`: they live in
    another municipality now.
    """

    person_id: str
    name: str
    caseworker: str
    moved: bool
    since: datetime | None
    undecided: int
    ready: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person's case file stands: how much is undecided, how much is ready, the hand-overs, the newest first."""

    undecided: int
    ready: int
    handed: tuple[HandedLine, ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """A hand-over fetched again: the document, which says that it is a copy, and what is in it."""

    line: HandedLine
    reference: str
    records: tuple[Recorded, ...] = field(repr=False)
    content: Content = field(repr=False)


@reading
async def case_file(viewer: Viewer, person_id: str) -> CaseFile:
    """Everything about a person's records. Raises NotFound out of reach, NotAllowed for roles that decide nothing."""
    person = await _reached(viewer, person_id)
    found = await records_of(person.municipality_id, person.id)
    undecided = [row for row in found if row.state == "undecided"]
    ready = [row for row in found if row.ready]
    dropped = [row for row in found if row.state == rules.Choice.NOT_RELEVANT.value]
    lines = await _lines(viewer, person, [*undecided[:PAGE], *ready[:PAGE], *dropped[-PAGE:]])

    def shown(those: Iterable[RecordRow]) -> tuple[RecordLine, ...]:
        return tuple(lines[row.record_id] for row in those if row.record_id in lines)

    return CaseFile(
        undecided=shown(undecided[:PAGE]),
        more=max(0, len(undecided) - PAGE),
        ready=shown(ready[:PAGE]),
        not_relevant=shown(reversed(dropped[-PAGE:])),
        handed=tuple(await _handed_lines(viewer, person.id)),
        more_ready=max(0, len(ready) - PAGE),
        more_not_relevant=max(0, len(dropped) - PAGE),
    )


@reading
async def whom(viewer: Viewer, person_id: str) -> Whom:
    """Whose case file it is. Raises NotFound out of reach, NotAllowed for roles that decide nothing."""
    person = await _reached(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    moved = None
    if person.moved_at is not None:
        moved = await Transfer.filter(person_id=person.id, state="accepted").order_by("-decided_at").first()
    there = await Municipality.get_or_none(id=moved.to_municipality_id) if moved is not None else None
    return Whom(
        person.id, within.name_of(opened, person.id, person.name_sealed),
        within.first_name_of(opened, person.id, person.first_name_sealed), there.name if there is not None else "",
    )  # fmt: skip


@reading
async def standing(viewer: Viewer, person_id: str) -> Standing:
    """How a person's case file stands. Raises NotFound out of reach, NotAllowed for roles that decide nothing."""
    person = await _reached(viewer, person_id)
    found = await records_of(person.municipality_id, person.id)
    return Standing(
        sum(row.state == "undecided" for row in found), sum(row.ready for row in found),
        tuple(await _handed_lines(viewer, person.id)),
    )  # fmt: skip


@reading
async def undecided_of(viewer: Viewer, person_id: str) -> int:
    """How many of a person's records are undecided. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    return (await _counted([person.id])).get(person.id, 0)


@reading
async def waiting_of(viewer: Viewer, person_id: str) -> int:
    """How many of a person's records stand in the way of deleting them. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    return sum(row.waits for row in await records_of(person.municipality_id, person.id))


@reading
async def overdue(viewer: Viewer, *, now: datetime) -> int:
    """How many conversations within reach hold something that has been undecided for too long; of more than
    `MOST_COUNTED` nobody needs to know how many."""
    if viewer.municipality_id is None or not may(viewer.role, "casefile.decide"):
        return 0
    within_reach, values = within.reach(viewer)
    before, here = micros(now - rules.DUE), viewer.municipality_id
    # Nearly all records are messages: of each person within reach whether one is old (one by one: PostgreSQL would
    # rather gather those of all seven municipalities), and of the others whose they are.
    others = " UNION ALL ".join(
        f"SELECT o.person_id FROM ({casefile_reach.records(kind, 'r.municipality_id = ? AND r.undecided')}) o "  # noqa: S608
        "WHERE o.at < ?"
        for kind in _OTHERS
    )
    found = await rows(
        f"WITH people AS {'' if sees_whole_municipality(viewer.role) else 'MATERIALIZED '}"  # noqa: S608 (constants)
        f"(SELECT p.id, p.municipality_id FROM person p WHERE {within_reach}) "
        "SELECT COUNT(*) AS n FROM (SELECT p.id FROM people p WHERE (SELECT 1 FROM message r WHERE r.person_id = p.id "
        "AND r.municipality_id = p.municipality_id AND r.undecided AND r.at < ? LIMIT 1) IS NOT NULL "
        f"OR p.id IN ({others}) LIMIT {MOST_COUNTED + 1}) o",
        *values, before, *[here, before] * len(_OTHERS),
    )  # fmt: skip
    return int(found[0]["n"])


@reading
async def left_behind(viewer: Viewer) -> int:
    """How many who moved to another municipality have left something undecided, or not handed over, with this one."""
    if viewer.municipality_id is None or not sees_whole_municipality(viewer.role):
        return 0
    found = await rows(
        "SELECT COUNT(*) AS n FROM person p WHERE p.municipality_id = ? AND p.erased_at IS NULL "  # noqa: S608 (constants)
        f"AND p.moved_at IS NOT NULL AND {WAITS}",
        viewer.municipality_id,
    )
    return int(found[0]["n"])


@reading
async def undecided(viewer: Viewer, *, after: int = 0) -> tuple[list[Waiting], int]:
    """The people with something undecided or ready: who moved away first, then whose oldest came first; and how many
    there are.

    `after`: how many to skip. Raises NotAllowed.
    """
    if viewer.municipality_id is None or not may(viewer.role, "casefile.decide"):
        raise NotAllowed
    within_reach, values = within.case_reach(viewer)
    # Nearly all records are messages: their oldest is looked for person by person; the others, and what is ready, are
    # gathered once.
    here = "r.municipality_id = ?"
    if not sees_whole_municipality(viewer.role):
        here += " AND r.person_id IN (SELECT q.id FROM people q)"
    others = " UNION ALL ".join(casefile_reach.records(kind, f"{here} AND r.undecided") for kind in _OTHERS)
    first = "CASE WHEN w.said < o.at OR o.at IS NULL THEN w.said ELSE o.at END"
    page = await rows(
        "WITH people AS (SELECT p.id, p.municipality_id, p.name_sealed, p.caseworker_id, p.moved_at FROM person p "  # noqa: S608 (constants)
        f"WHERE {within_reach}), "
        f"o AS (SELECT u.person_id, MIN(u.at) AS at FROM ({others}) u GROUP BY u.person_id), "
        f"f AS (SELECT r.person_id, COUNT(*) AS n FROM record_decision r WHERE {here} AND r.choice = 'file' "
        "AND r.hand_over_id = '' GROUP BY r.person_id), "
        f"w AS MATERIALIZED (SELECT p.*, {casefile_reach.oldest('message')} AS said FROM people p) "
        f"SELECT w.id, w.name_sealed, w.caseworker_id, w.moved_at, {first} AS since, COALESCE(f.n, 0) AS ready, "
        "COUNT(*) OVER () AS n FROM w LEFT JOIN o ON o.person_id = w.id LEFT JOIN f ON f.person_id = w.id "
        "WHERE w.said IS NOT NULL OR o.at IS NOT NULL OR f.n > 0 "
        "ORDER BY CASE WHEN w.moved_at IS NULL THEN 1 ELSE 0 END, CASE WHEN w.said IS NULL AND o.at IS NULL THEN 1 "
        f"ELSE 0 END, since, w.id LIMIT {_PEOPLE} OFFSET ?",
        *values, *[viewer.municipality_id] * (len(_OTHERS) + 1), after,
    )  # fmt: skip
    if not page:
        return [], (await undecided(viewer))[1] if after else 0
    counted = await _counted([row["id"] for row in page])
    vaults = await within.opened(viewer, [row["id"] for row in page])
    names = await within.staff_names(viewer)
    return [
        Waiting(
            row["id"], within.name_of(vaults[row["id"]], row["id"], row["name_sealed"]),
            names.get(row["caseworker_id"] or "", ""), row["moved_at"] is not None,
            within.moment(row["since"]), counted.get(row["id"], 0), int(row["ready"]),
        )
        for row in page
        if row["id"] in vaults
    ], int(page[0]["n"])  # fmt: skip


@reading
async def ready(viewer: Viewer, person_id: str, *, now: datetime) -> Content:
    """What the next hand-over of a person holds, for `actions.casefile.hand_over`. Raises NotFound, NotAllowed."""
    person = await _reached(viewer, person_id)
    waiting = [row for row in await records_of(person.municipality_id, person.id) if row.ready]
    chosen = await _first(waiting)
    number = await CaseHandOver.filter(person_id=person.id).count() + 1
    return await _content(viewer, person, chosen, number, now, viewer.name, left=len(waiting) - len(chosen))


@reading
async def handed(viewer: Viewer, hand_over_id: str, *, now: datetime) -> Handed:
    """A hand-over as it was, for a copy: `content` says so when it is drawn. Raises NotFound, NotAllowed."""
    row = await CaseHandOver.get_or_none(id=hand_over_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    person = await _reached(viewer, row.person_id)
    names = await within.staff_names(viewer)
    decisions = {one.record_id: one for one in await RecordDecision.filter(hand_over_id=row.id)}
    chosen = [
        RecordRow(one.kind, one.record_id, one.at, "file", decisions[one.record_id])
        for one in await records_of(person.municipality_id, person.id)
        if one.record_id in decisions
    ]
    content = await _content(
        viewer, person, chosen, row.number, row.at, names.get(row.staff_id, ""), as_of=row.at,
        missing=row.records - len(chosen), copy=Copy(now, viewer.name, row.fingerprint),
    )  # fmt: skip
    return Handed(_handed_line(row, names), person.reference, content.records, content)


@reading
async def of_person(viewer: Viewer, person_id: str) -> list[HandedLine]:
    """The hand-overs of a person, the newest first. Raises NotFound, NotAllowed."""
    return await _handed_lines(viewer, (await _reached(viewer, person_id)).id)


@reading
async def on_file(whose: Whose) -> list[tuple[datetime, int]]:
    """For the young person: when something was handed over to their case, and how many things; the newest first."""
    found = await CaseHandOver.filter(person_id=whose.person_id, municipality_id=whose.municipality_id)
    return [(row.at, row.records) for row in sorted(found, key=lambda row: row.number, reverse=True)]


async def _counted(person_ids: Sequence[str]) -> dict[str, int]:
    """How many records of each of these people are undecided, in one query."""
    if not person_ids:
        return {}
    marks = ", ".join("?" for _ in person_ids)
    union = " UNION ALL ".join(
        casefile_reach.records(kind, f"r.person_id IN ({marks}) AND r.undecided") for kind in KINDS
    )
    found = await rows(
        f"SELECT u.person_id, COUNT(*) AS n FROM ({union}) u GROUP BY u.person_id",  # noqa: S608 (constants)
        *list(person_ids) * len(KINDS),
    )
    return {str(row["person_id"]): int(row["n"]) for row in found}


async def _reached(viewer: Viewer, person_id: str) -> Person:
    if not may(viewer.role, "casefile.decide"):
        raise NotAllowed
    return await case_for(viewer, person_id)


async def _handed_lines(viewer: Viewer, person_id: str) -> list[HandedLine]:
    names = await within.staff_names(viewer)
    return [_handed_line(row, names) for row in await CaseHandOver.filter(person_id=person_id).order_by("-number")]


def _handed_line(row: CaseHandOver, names: Mapping[str, str]) -> HandedLine:
    return HandedLine(
        row.id, row.number, row.at, row.staff_id, names.get(row.staff_id, ""), row.records, row.fingerprint
    )


async def _first(waiting: Sequence[RecordRow]) -> list[RecordRow]:
    """The oldest of what waits, as much as one document may hold."""
    files = [row.record_id for row in waiting if row.kind == "file"]
    sizes = {
        str(key): int(size) for key, size in await Attachment.filter(id__in=files or [""]).values_list("id", "size")
    }
    chosen: list[RecordRow] = []
    total = 0
    for row in waiting[: rules.MOST_RECORDS]:
        total += sizes.get(row.record_id, 0)
        if chosen and total > rules.MOST_BYTES:
            break
        chosen.append(row)
    return chosen


async def _lines(viewer: Viewer, person: Person, shown: Sequence[RecordRow]) -> dict[str, RecordLine]:
    opened = (await within.opened(viewer, [person.id]))[person.id]
    name = within.first_name_of(opened, person.id, person.first_name_sealed)
    told = await _told(viewer, opened, name, shown, None)
    names = await within.staff_names(viewer)
    made = {}
    for row in shown:
        line, decision = told.get(row.record_id), row.decision
        if line is None:  # gone since the row was read
            continue
        holds = decision is not None and row.state != "undecided"
        sealed = decision.theme_sealed if decision is not None and holds else None
        made[row.record_id] = RecordLine(
            record_id=row.record_id, form=line.form, at=row.at, who=line.who, words=line.words, what=line.what,
            about=line.about, theme=decision.theme if decision is not None and holds else "",
            theme_words=opened.open("record_decision", "theme", decision.id, sealed) if decision and sealed else "",
            decided_by=names.get(decision.staff_id, "") if decision is not None and holds else "",
            decided_at=decision.at if decision is not None and holds else None,
            changed=decision is not None and not holds, edited=bool(line.earlier),
        )  # fmt: skip
    return made
