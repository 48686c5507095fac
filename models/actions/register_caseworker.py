"""A new caseworker: what is open moves along in the same transaction, and the person is told who, when and why."""

from __future__ import annotations

from datetime import datetime

from models.actions import letters, trail
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.staff import Role, Viewer, may, sees_people
from models.tables.alerts import Alert
from models.tables.keys import vault
from models.tables.messages import Thread
from models.tables.reach import person_for
from models.tables.register import Handover, Person
from models.tables.staff import Staff
from models.transactions import Scoped, alone, atomic

LONGEST_WHY = 160
LONGEST_HELLO = 300


@atomic
async def change_caseworker(
    viewer: Viewer, person_id: str, staff_id: str, *, why: str = "", now: datetime, seen: str | None = None
) -> bool:
    """Give a young person a new caseworker. False when they have that one already.

    Threads and alerts the old one held become the new one's; a promise stands as it was given. The old one reaches
    nothing of it from the commit on. Raises NotAllowed for roles that may not, NotFound out of reach or for a colleague
    who meets no young people here, Invalid for a reason longer than one line. `seen` is who had them when that was
    chosen, "" nobody: Stale ("caseworker_moved_on") when a colleague has given them to somebody else since.
    """
    if not may(viewer.role, "people.assign"):
        raise NotAllowed
    await alone("thread", person_id)
    person = await person_for(viewer, person_id)
    fresh = await _colleague(viewer, staff_id)
    if seen is not None and (person.caseworker_id or "") not in {seen, fresh.id}:
        raise Stale("caseworker_moved_on")
    return await _hand_over(viewer, person, fresh, _one_line(why), now)


@atomic
async def hand_over_all(viewer: Viewer, from_staff_id: str, to_staff_id: str, *, why: str = "", now: datetime) -> int:
    """Everybody one caseworker has, to another: when somebody leaves. Returns how many young people that were."""
    if not may(viewer.role, "people.assign"):
        raise NotAllowed
    leaving = await Staff.get_or_none(id=from_staff_id, municipality_id=viewer.municipality_id)
    if leaving is None:
        raise NotFound
    fresh, said = await _colleague(viewer, to_staff_id), _one_line(why)
    if fresh.id == leaving.id:
        raise Invalid("same_caseworker", "colleague")
    theirs = await Person.filter(
        municipality_id=viewer.municipality_id, caseworker_id=leaving.id, erased_at=None, moved_at=None
    ).order_by("id")
    for person in theirs:
        await _hand_over(viewer, person, fresh, said, now)
    return len(theirs)


@atomic
async def introduce_myself(viewer: Viewer, words: str, *, now: datetime) -> None:
    """What young people who are new to this member of staff read first; empty for the usual words."""
    said = " ".join(words.split())
    if len(said) > LONGEST_HELLO:
        raise Invalid("hello_too_long", "hello")
    await Staff.filter(id=viewer.staff_id, municipality_id=viewer.municipality_id).update(hello=said)
    await trail.record(viewer, "staff.hello", now=now)


async def _hand_over(scope: Scoped, person: Person, fresh: Staff, why: str, now: datetime) -> bool:
    """The same inside a deed that has looked at both already. False when they are theirs already."""
    await alone("thread", person.id)
    before = person.caseworker_id
    if before == fresh.id:
        return False
    person.caseworker_id = fresh.id
    person.substitute_id = None if person.substitute_id == fresh.id else person.substitute_id
    await person.save(update_fields=["caseworker_id", "substitute_id"])
    await Thread.filter(person_id=person.id, state="open", assigned_id=before).update(assigned_id=fresh.id)
    await Alert.filter(person_id=person.id, owner_id=before).exclude(state="closed").update(owner_id=fresh.id)
    handover = Handover(
        municipality_id=person.municipality_id, person_id=person.id, from_staff_id=before, to_staff_id=fresh.id,
        by_staff_id=scope.staff_id if isinstance(scope, Viewer) else "", at=now,
    )  # fmt: skip
    if why:
        opened = await vault(person.municipality_id, person.id)
        handover.why_sealed = opened.seal("handover", "why", handover.id, why)
    await handover.save()
    if person.left_on is None:
        await letters.post(
            scope, "caseworker.new", person_id=person.id, key=f"caseworker:{handover.id}", about=handover.id, now=now
        )
    await trail.record(scope, "person.caseworker", person_id=person.id, about=fresh.id, now=now)
    return True


async def _colleague(viewer: Viewer, staff_id: str) -> Staff:
    staff = await Staff.get_or_none(id=staff_id, municipality_id=viewer.municipality_id, active=True)
    if staff is None or not sees_people(Role(staff.role)):
        raise NotFound
    return staff


def _one_line(why: str) -> str:
    said = " ".join(why.split())
    if len(said) > LONGEST_WHY:
        raise Invalid("why_too_long", "why")
    return said
