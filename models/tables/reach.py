"""The one place that fetches a row through whoever asks: outside their reach it does not exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import cast

from tortoise.expressions import Q, Subquery

from models.domain import feedback as rules
from models.domain.duty import in_order
from models.domain.errors import NotFound
from models.domain.feedback import Audience
from models.domain.localtime import day_bounds, local_date, local_time
from models.domain.promises import SIGNED_IN_BY, duty_holder
from models.domain.promises import Absence as Away
from models.domain.staff import Viewer, may, sees_people, sees_whole_municipality
from models.tables.alerts import Alert
from models.tables.attachments import Attachment
from models.tables.consent import Stray
from models.tables.feedback import Feedback
from models.tables.inbox import InboxUpdate
from models.tables.messages import Thread
from models.tables.register import Opening, Person
from models.tables.staff import Absence, DutyDay, Staff, StaffSession
from models.transactions import known


async def person_for(viewer: Viewer, person_id: str) -> Person:
    """A young person this member of staff may work with. Raises NotFound otherwise.

    Caseworkers reach their own people, those they stand in for, whoever an alert or a thread was handed to them about,
    and whom they have opened with a reason (no list shows those); coordinators reach their municipality; nobody reaches
    another one.
    """
    here, place = known(), ("person", viewer, person_id)
    if place not in here:
        here[place] = await _person_for(viewer, person_id)
    return cast(Person, here[place])


async def _person_for(viewer: Viewer, person_id: str) -> Person:
    if viewer.municipality_id is None or not sees_people(viewer.role):
        raise NotFound
    person = await Person.get_or_none(
        id=person_id, municipality_id=viewer.municipality_id, erased_at=None, moved_at=None
    )
    if person is None:
        raise NotFound
    if sees_whole_municipality(viewer.role) or viewer.staff_id in {person.caseworker_id, person.substitute_id}:
        return person
    handed = await Thread.exists(person_id=person.id, assigned_id=viewer.staff_id, state="open")
    if handed or await Alert.filter(person_id=person.id, owner_id=viewer.staff_id).exclude(state="closed").exists():
        return person
    # By the moment itself: the tick that writes down that it is closed may be late.
    opened = Opening.filter(person_id=person.id, staff_id=viewer.staff_id, closed_at=None)
    if viewer.at is not None and await opened.filter(ends_at__gt=viewer.at).exists():
        return person
    raise NotFound


async def case_for(viewer: Viewer, person_id: str) -> Person:
    """A young person whose case file this member of staff answers for. Raises NotFound otherwise.

    Whoever is within reach; and, for a coordinator, whoever moved to another municipality: what they wrote here stays
    this municipality's to decide about. Nothing else of them is within reach.
    """
    if viewer.municipality_id is not None and sees_whole_municipality(viewer.role):
        moved = Person.filter(id=person_id, municipality_id=viewer.municipality_id, erased_at=None)
        if (person := await moved.exclude(moved_at=None).first()) is not None:
            return person
    return await person_for(viewer, person_id)


async def thread_for(viewer: Viewer, thread_id: str) -> Thread:
    """A thread of a young person within reach. Raises NotFound otherwise."""
    thread = await Thread.get_or_none(id=thread_id, municipality_id=viewer.municipality_id)
    if thread is None:
        raise NotFound
    await person_for(viewer, thread.person_id)
    return thread


async def dead_letters_for(viewer: Viewer, inbox_id: int | None = None) -> list[InboxUpdate]:
    """What could not be processed and nobody has dealt with, or one of it, for a coordinator.

    What came while feedback for "someone else than my caseworker" was asked for may be its words: a coordinator who is
    close to that person does not get it.
    """
    if viewer.municipality_id is None or not may(viewer.role, "messages.dead_letters"):
        return []
    found = InboxUpdate.filter(municipality_id=viewer.municipality_id, state="dead")
    found = found.filter(seen_by_id=None) if inbox_id is None else found.filter(id=inbox_id)
    rows = await found.order_by("id")
    asked = [row.feedback_id for row in rows if row.feedback_id]
    if not asked:
        return rows
    for_others = Feedback.filter(id__in=asked, audience=Audience.SOMEONE_ELSE.value)
    kept = {
        str(key)
        for key, caseworker_id, substitute_id in await for_others.values_list(
            "id", "person__caseworker_id", "person__substitute_id"
        )
        if viewer.staff_id in {caseworker_id, substitute_id}
    }
    return [row for row in rows if row.feedback_id not in kept]


async def is_apart(file: Attachment) -> bool:
    """Whether a file came with what somebody else wrote in the person's name."""
    return await Stray.exists(id__in=[file.message_id, file.about], person_id=file.person_id)


async def may_open(viewer: Viewer, file: Attachment) -> None:
    """Raise NotFound where this member of staff may not open a file: out of reach, given with feedback whose audience
    they are not, or a stranger's, kept apart for the coordinator."""
    person = await person_for(viewer, file.person_id)
    if await is_apart(file) and not may(viewer.role, "messages.dead_letters"):
        raise NotFound
    given = await Feedback.get_or_none(id=file.about, municipality_id=viewer.municipality_id) if file.about else None
    if given is None:
        return
    readable = bool(given.audience) and rules.may_read(
        Audience(given.audience),
        viewer_is_caseworker=viewer.staff_id == person.caseworker_id,
        viewer_role=viewer.role,
        viewer_is_substitute=viewer.staff_id == person.substitute_id,
    )
    if not (readable and may(viewer.role, "feedback.read")):
        raise NotFound


async def people_for(viewer: Viewer, among: Iterable[str]) -> dict[str, Person]:
    """Of these people everyone within reach, by id, in no particular order; none is read twice in a reading.

    Only who is asked for: whoever sees a list of forty people needs three of them.
    """
    if viewer.municipality_id is None or not sees_people(viewer.role):
        return {}
    there: dict[str, Person | None] = known().setdefault(("people", viewer), {})
    wanted = list(dict.fromkeys(among))
    missing = [key for key in wanted if key not in there]
    if missing:
        found = Person.filter(id__in=missing, municipality_id=viewer.municipality_id, erased_at=None, moved_at=None)
        if not sees_whole_municipality(viewer.role):
            found = found.filter(_own(viewer))
        there.update(dict.fromkeys(missing))
        there.update({row.id: row for row in await found})
    return {key: person for key in wanted if (person := there[key]) is not None}


def _own(viewer: Viewer) -> Q:
    """A caseworker's own people, those they stand in for, and whoever was handed to them."""
    handed = Thread.filter(assigned_id=viewer.staff_id, state="open").values("person_id")
    alerted = Alert.filter(owner_id=viewer.staff_id, state__not="closed").values("person_id")
    return (
        Q(caseworker_id=viewer.staff_id) | Q(substitute_id=viewer.staff_id)
        | Q(id__in=Subquery(handed)) | Q(id__in=Subquery(alerted))
    )  # fmt: skip


async def on_duty(municipality_id: str | None, now: datetime) -> list[Staff]:
    """Who holds the duty of a municipality at this moment, and who would next; empty where nobody does.

    The plan of the day comes first, then whoever always holds it; whoever is away comes last. From ten o'clock on the
    first who has been at the desk today holds it.
    """
    day = local_date(now)
    active = {row.id: row for row in await Staff.filter(municipality_id=municipality_id, active=True).order_by("id")}
    away = [
        Away(row.staff_id, row.first_day, row.last_day)
        for row in await Absence.filter(municipality_id=municipality_id, first_day__lte=day, last_day__gte=day)
    ]
    standing = [key for key, row in active.items() if row.duty_holder]
    return [active[key] for key in await duty_order(municipality_id, now, standing, active, away)]


async def duty_order(
    municipality_id: str | None, now: datetime, standing: Sequence[str], active: Collection[str], away: Iterable[Away]
) -> list[str]:
    """The same by id, of who always holds the duty (`standing`), has an open account (`active`) and is `away`."""
    day = local_date(now)
    plan = DutyDay.filter(municipality_id=municipality_id, day=day).order_by("rank").values_list("staff_id", flat=True)
    order = in_order(day, [str(key) for key in await plan], standing, active, away)
    if len(order) > 1 and local_time(now) >= SIGNED_IN_BY:
        here = await StaffSession.filter(staff_id__in=order, seen_at__gte=day_bounds(day)[0]).values_list(
            "staff_id", flat=True
        )
        chosen = duty_holder(now, order, {str(key) for key in here})
        order.sort(key=lambda key: key != chosen)
    return order
