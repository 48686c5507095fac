"""The case file: somebody decides about every record, and what belongs to the case is handed over, once.

Nothing that is undecided, or decided and not handed over, may be deleted (`models.actions.erasure`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.actions import trail
from models.case_document import fingerprint, render
from models.domain.casefile import Choice, Content, Kind, Theme
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.staff import Viewer, may
from models.tables.casefile import CaseHandOver, RecordDecision
from models.tables.casefile_reach import RecordRow, mark, records_of
from models.tables.keys import Vault, vault
from models.tables.messages import Message
from models.tables.reach import case_for
from models.tables.register import Person
from models.transactions import alone, atomic


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-over that was made: its row, its number, the document and its fingerprint."""

    hand_over_id: str
    number: int
    fingerprint: str
    document: bytes = field(repr=False)


@atomic
async def decide(
    viewer: Viewer, person_id: str, records: Collection[str], choice: Choice, *, theme: Theme | None = None,
    words: str = "", now: datetime, shown_at: datetime | None = None,
) -> int:  # fmt: skip
    """Decide about records of a person; returns about how many. What was decided so already is not decided again.

    Raises NotAllowed; NotFound for a person out of reach or a record that is not theirs; Invalid "nothing_chosen", and
    "theme_missing" where something goes to the case without one. Stale "casefile_decided" when somebody has decided
    otherwise about one of them, which is taken back first; "casefile_edited" for words that were edited since
    `shown_at`, when the records were read.
    """
    person, found = await _found(viewer, person_id)
    known = {row.record_id: row for row in found}
    if not records:
        raise Invalid("nothing_chosen", "record")
    if not known.keys() >= set(records):
        raise NotFound
    chosen = [row for row in found if row.record_id in set(records)]
    await _as_read(chosen, shown_at)
    return await _decide(viewer, person, chosen, choice, theme, words, now)


@atomic
async def decide_until(
    viewer: Viewer, person_id: str, record_id: str, choice: Choice, *, theme: Theme | None = None, words: str = "",
    now: datetime, shown_at: datetime | None = None,
) -> int:  # fmt: skip
    """Decide about everything undecided up to and with this record; returns about how many. Raises as `decide`."""
    person, found = await _found(viewer, person_id)
    last = next((place for place, row in enumerate(found) if row.record_id == record_id), None)
    if last is None:
        raise NotFound
    chosen = [row for row in found[: last + 1] if row.state == "undecided"]
    await _as_read(chosen, shown_at)
    return await _decide(viewer, person, chosen, choice, theme, words, now)


@atomic
async def undo(viewer: Viewer, person_id: str, records: Collection[str], *, now: datetime) -> int:
    """Take decisions back; returns how many. Raises as `decide`, and Stale once one of them was handed over."""
    person, found = await _found(viewer, person_id)
    known = {row.record_id: row for row in found}
    if not known.keys() >= set(records):
        raise NotFound
    taken = [known[one].decision for one in records if known[one].state != "undecided"]
    decisions = [one for one in taken if one is not None]
    if any(one.hand_over_id for one in decisions):
        raise Stale("casefile_handed")
    for one in decisions:
        await one.delete()
    await mark(True, {one.record_id: one.kind for one in decisions})
    for one in decisions[-1:]:
        await trail.record(viewer, "casefile.undo", person_id=person.id, about=one.record_id, now=now)
    return len(decisions)


async def hand_over(viewer: Viewer, content: Content, document: bytes | None = None) -> HandedOver:
    """Hand over what `models.queries.casefile.ready` has gathered: the document is made, then its records are marked.

    Making it takes seconds, so it is done before the transaction; whoever is in one has made it already. Raises Invalid
    "casefile_nothing" where there is nothing in it, Stale when somebody decided, edited or handed over meanwhile;
    NotFound, NotAllowed.
    """
    if not content.records:
        raise Invalid("casefile_nothing")
    if document is None:
        document = await asyncio.to_thread(render, content)
    return await _hand_over(viewer, content, document)


@atomic
async def looked_at(viewer: Viewer, person_id: str, *, now: datetime) -> None:
    """Somebody looked through the records of a person: a line in the trail. Raises NotFound, NotAllowed."""
    person = await _reached(viewer, person_id)
    await trail.record(viewer, "casefile.view", person_id=person.id, now=now)


@atomic
async def copied(viewer: Viewer, hand_over_id: str, *, now: datetime) -> None:
    """Somebody fetches a hand-over again: a line in the trail. Raises NotFound, NotAllowed."""
    row = await CaseHandOver.get_or_none(id=hand_over_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    person = await _reached(viewer, row.person_id)
    await trail.record(viewer, "casefile.export", person_id=person.id, about=row.id, now=now)


@atomic
async def _hand_over(viewer: Viewer, content: Content, document: bytes) -> HandedOver:
    person, found = await _found(viewer, content.person_id)
    ready = {row.record_id: row.decision for row in found if row.ready}
    decisions = [ready.get(one.record_id) for one in content.records]
    number = await CaseHandOver.filter(person_id=person.id).count() + 1
    same = number == content.number and all(
        row is not None and row.at == one.decided_at for row, one in zip(decisions, content.records, strict=True)
    )
    if not same:
        raise Stale("casefile_moved_on")
    made = await CaseHandOver.create(
        municipality_id=person.municipality_id, person_id=person.id, number=number, staff_id=viewer.staff_id,
        at=content.at, records=len(decisions), size=len(document), fingerprint=fingerprint(document),
    )  # fmt: skip
    ids = [row.id for row in decisions if row is not None]
    await RecordDecision.filter(id__in=ids).update(hand_over_id=made.id)
    await trail.record(viewer, "casefile.hand_over", person_id=person.id, about=made.id, now=content.at)
    return HandedOver(made.id, number, made.fingerprint, document)


async def _decide(
    viewer: Viewer, person: Person, chosen: Sequence[RecordRow], choice: Choice, theme: Theme | None, words: str,
    now: datetime,
) -> int:  # fmt: skip
    filed = choice is Choice.FILE
    if filed and theme is None:
        raise Invalid("theme_missing", "theme")
    opened = await vault(person.municipality_id, person.id)
    changed, made = list[RecordDecision](), list[RecordDecision]()
    for row in chosen:
        decision = row.decision
        if decision is not None and row.state != "undecided":
            if not _is_said(opened, decision, choice, theme, words):
                raise Stale("casefile_decided")
            continue
        if decision is None or decision.hand_over_id:
            decision = RecordDecision(
                municipality_id=person.municipality_id, person_id=person.id, kind=row.kind, record_id=row.record_id,
                record_at=row.at, edition=row.decision.edition + 1 if row.decision is not None else 0,
            )  # fmt: skip
            made.append(decision)
        else:
            changed.append(decision)
        decision.choice, decision.staff_id, decision.at = choice.value, viewer.staff_id, now
        decision.theme = theme.value if filed and theme is not None else ""
        said = words if filed else ""
        decision.theme_sealed = opened.seal("record_decision", "theme", decision.id, said) if said else None
    await RecordDecision.bulk_create(made)
    for decision in changed:
        await decision.save()
    await mark(False, {one.record_id: one.kind for one in [*made, *changed]})
    last = [*made, *changed][-1:]
    for decision in last:
        deed = f"casefile.{choice.value}"
        await trail.record(viewer, deed, person_id=person.id, about=decision.record_id, now=now)
    return len(made) + len(changed)


def _is_said(opened: Vault, decision: RecordDecision, choice: Choice, theme: Theme | None, words: str) -> bool:
    """Whether a decision that stands says this already. What was handed over has its theme for good."""
    if decision.choice != choice.value or choice is not Choice.FILE or decision.hand_over_id:
        return decision.choice == choice.value
    sealed = decision.theme_sealed
    stands = opened.open("record_decision", "theme", decision.id, sealed) if sealed else ""
    return (decision.theme, stands) == (theme.value if theme else "", words)


async def _as_read(chosen: Sequence[RecordRow], shown_at: datetime | None) -> None:
    """Raise Stale when one of them says something else than when it was read."""
    ids = [row.record_id for row in chosen if row.kind == Kind.MESSAGE.value]
    if shown_at is not None and ids and await Message.exists(id__in=ids, edited_at__gt=shown_at):
        raise Stale("casefile_edited")


async def _found(viewer: Viewer, person_id: str) -> tuple[Person, list[RecordRow]]:
    person = await _reached(viewer, person_id)
    await alone("casefile", person.id)
    return person, await records_of(person.municipality_id, person.id)


async def _reached(viewer: Viewer, person_id: str) -> Person:
    if not may(viewer.role, "casefile.decide"):
        raise NotAllowed
    return await case_for(viewer, person_id)
