"""Who comes and goes: a new caseworker, words kept apart, an offer from another municipality to take somebody over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.domain.localtime import local_date
from models.domain.messages import visible
from models.domain.register import age_on
from models.domain.staff import Viewer, may, sees_people
from models.queries import attachments, within
from models.queries.attachments import FileLine
from models.queries.conversation import Whose
from models.tables.consent import Stray
from models.tables.keys import vault, vaults
from models.tables.messages import Thread
from models.tables.reach import person_for
from models.tables.register import FollowUp, Handover, Municipality, Person, Transfer
from models.tables.staff import Staff
from models.transactions import Scoped, reading, rows

_MOST = 100


@dataclass(frozen=True, slots=True)
class NewCaseworker:
    """A new caseworker as the young person meets them. `before` and `why` are "" where there is nothing to say."""

    name: str
    hello: str
    before: str
    why: str
    waiting: bool
    promised_at: datetime | None


@dataclass(frozen=True, slots=True)
class Move:
    """From which municipality to which."""

    old: str
    new: str
    phone: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """Somebody another municipality offers to hand over: enough to know whether they live here."""

    transfer_id: str
    name: str
    age: int
    old: str
    offered_at: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An offer of ours that the new municipality has not answered."""

    transfer_id: str
    new: str
    offered_at: datetime


@dataclass(frozen=True, slots=True)
class Declined:
    """A municipality that would not take somebody of ours over, and when it said so."""

    person_id: str
    name: str
    new: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StrayView:
    """Something a stranger wrote in a person's name, or that was written to them."""

    kind: str
    words: str
    at: datetime
    apart_at: datetime
    seen: bool
    files: list[FileLine]


@reading
async def new_caseworker(whose: Whose, handover_id: str) -> NewCaseworker | None:
    """What the young person is told about their new caseworker; None once somebody else has taken over."""
    row = await Handover.get_or_none(
        id=handover_id, person_id=whose.person_id, municipality_id=whose.municipality_id
    )  # fmt: skip
    person = await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)
    if row is None or row.to_staff_id != person.caseworker_id:
        return None
    fresh = await Staff.get_or_none(id=row.to_staff_id, municipality_id=whose.municipality_id, active=True)
    if fresh is None:
        return None
    before = await Staff.get_or_none(id=row.from_staff_id, municipality_id=whose.municipality_id)
    opened = await vault(whose.municipality_id, whose.person_id)
    thread = await Thread.get_or_none(person_id=person.id, municipality_id=whose.municipality_id, state="open")
    return NewCaseworker(
        name=fresh.first_name,
        hello=fresh.hello,
        before=before.first_name if before else "",
        why=opened.open("handover", "why", row.id, row.why_sealed) if row.why_sealed else "",
        waiting=bool(thread and thread.waiting_since),
        promised_at=thread.promised_at if thread and thread.waiting_since else None,
    )


@reading
async def born(whose: Whose) -> date:
    """The person's own date of birth."""
    person = await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)
    opened = await vault(person.municipality_id, person.id)
    return date.fromisoformat(opened.open("person", "birth", person.id, person.birth_sealed))


@reading
async def move(whose: Whose, transfer_id: str) -> Move | None:
    """The move a person is told about; None when it is not theirs."""
    row = await Transfer.get_or_none(id=transfer_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    return None if row is None else await _move(row.municipality_id, row.to_municipality_id)


@reading
async def arrival(whose: Whose, old_id: str) -> Move | None:
    """The same for somebody who has arrived in the new municipality."""
    return await _move(old_id, whose.municipality_id) if await Municipality.exists(id=old_id) else None


@reading
async def follow_up_contact(viewer: Viewer, person_id: str) -> str:
    """Where the person said they may be asked after 23; "" where they said nothing. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    row = await FollowUp.get_or_none(person_id=person.id)
    if row is None or row.contact_sealed is None:
        return ""
    opened = await vault(person.municipality_id, person.id)
    return visible(opened.open("follow_up", "contact", row.id, row.contact_sealed))


@reading
async def strays(viewer: Viewer, person_id: str) -> list[StrayView]:
    """What is kept apart from a person's case, oldest first; nothing for whoever is no coordinator."""
    person = await person_for(viewer, person_id)
    if not may(viewer.role, "messages.dead_letters"):
        return []
    opened = await vault(person.municipality_id, person.id)
    apart = await Stray.filter(person_id=person.id).order_by("at", "id").limit(_MOST)
    files = await attachments.belonging(viewer, opened, [row.id for row in apart]) if apart else {}
    return [
        StrayView(
            row.kind, visible(opened.open("stray", "body", row.id, row.body_sealed)), row.at, row.apart_at,
            row.seen_by_id is not None, files.get(row.id, []),
        )
        for row in apart
    ]  # fmt: skip


@reading
async def outgoing(viewer: Viewer, person_id: str) -> Outgoing | None:
    """The offer to hand this person over that is open now."""
    person = await person_for(viewer, person_id)
    row = await Transfer.get_or_none(person_id=person.id, state="offered")
    if row is None:
        return None
    return Outgoing(row.id, (await Municipality.get(id=row.to_municipality_id)).name, row.offered_at)


@reading
async def declined(viewer: Viewer) -> list[Declined]:
    """Whom other municipalities would not take over, until a coordinator has read it; the oldest first."""
    if viewer.municipality_id is None or not may(viewer.role, "people.transfer"):
        return []
    found = await rows(
        "SELECT t.person_id, t.decided_at, m.name AS place, p.name_sealed FROM transfer t "  # noqa: S608 (a constant)
        "JOIN person p ON p.id = t.person_id JOIN municipality m ON m.id = t.to_municipality_id "
        "WHERE t.municipality_id = ? AND t.state = 'declined' AND p.erased_at IS NULL AND p.moved_at IS NULL "
        f"ORDER BY t.decided_at, t.id LIMIT {_MOST}",
        viewer.municipality_id,
    )
    opened = await within.opened(viewer, [row["person_id"] for row in found])
    return [
        Declined(
            row["person_id"], within.name_of(opened[row["person_id"]], row["person_id"], row["name_sealed"]),
            row["place"], within.at(row["decided_at"]),
        )
        for row in found
        if row["person_id"] in opened
    ]  # fmt: skip


@reading
async def last_declined(viewer: Viewer, person_id: str) -> Outgoing | None:
    """The last offer to hand this person over, where it was declined; `offered_at` is when it was."""
    person = await person_for(viewer, person_id)
    row = await Transfer.filter(person_id=person.id).order_by("-offered_at", "-id").first()
    if row is None or row.state not in {"declined", "settled"}:
        return None
    return Outgoing(row.id, (await Municipality.get(id=row.to_municipality_id)).name, row.decided_at or row.offered_at)


@reading
async def other_municipalities(viewer: Viewer) -> list[tuple[str, str]]:
    """Every other municipality that uses Hørt, as (id, name), in order of name."""
    found = await Municipality.exclude(id=viewer.municipality_id).order_by("name").values_list("id", "name")
    return [(str(key), str(name)) for key, name in found]


@reading
async def incoming(house: Scoped, viewer: Viewer, *, now: datetime) -> list[Incoming]:
    """Whom other municipalities offer to hand over to this one; nothing for roles that may not take over.

    Only their name, age and municipality: enough to say yes or no. Read for the house, because the row is the old
    municipality's until it is accepted.
    """
    if viewer.municipality_id is None or not sees_people(viewer.role) or not may(viewer.role, "people.transfer"):
        return []
    today = local_date(now)
    found = await Transfer.filter(to_municipality_id=viewer.municipality_id, state="offered").order_by("offered_at")
    if not found:
        return []
    names = {row.id: row.name for row in await Municipality.filter(id__in=[one.municipality_id for one in found])}
    made: list[Incoming] = []
    for row in found[:_MOST]:
        opened = (await vaults(row.municipality_id, [row.person_id])).get(row.person_id)
        person = await Person.get_or_none(id=row.person_id, erased_at=None)
        if opened is None or person is None:
            continue  # erased meanwhile
        birth = date.fromisoformat(opened.open("person", "birth", person.id, person.birth_sealed))
        made.append(
            Incoming(
                row.id, opened.open("person", "name", person.id, person.name_sealed), age_on(birth, today),
                names[row.municipality_id], row.offered_at,
            )
        )  # fmt: skip
    return made


async def _move(old_id: str, new_id: str) -> Move:
    old, new = await Municipality.get(id=old_id), await Municipality.get(id=new_id)
    return Move(old.name, new.name, new.phone)
