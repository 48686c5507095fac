"""What only the person may see, shown to the caseworker: one answer, or all of a check-in, and taken back."""

from __future__ import annotations

from datetime import datetime

from models.actions import trail
from models.domain.errors import NotAllowed, NotFound, Stale
from models.domain.instruments import INSTRUMENTS, Audience
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.tables.checkins import Answer, CheckIn
from models.tables.reach import person_for
from models.transactions import atomic

_MINE = tuple(key for key, one in INSTRUMENTS.items() if one.audience is Audience.PERSON)


@atomic
async def share(person: YoungPerson, check_in_id: str, item: str, *, now: datetime) -> None:
    """Show the caseworker one answer, or with no item all of this check-in's. Again changes nothing.

    Raises NotAllowed until the safety words are confirmed, NotFound where there is no such answer.
    """
    row = await _own(person, check_in_id)
    if row.state != "done":
        raise Stale("check_in_closed")
    answers = await _answers(row, item)
    if not answers:
        raise NotFound
    fresh = [one.id for one in answers if one.shared_at is None]
    if fresh:
        await Answer.filter(id__in=fresh).update(shared_at=now)
        await trail.record(person, "checkin.share", person_id=row.person_id, about=row.id, now=now)


@atomic
async def unshare(person: YoungPerson, check_in_id: str, item: str, *, now: datetime) -> None:
    """Take back one shown answer, or with no item all of them: gone from the desk at once. The trail keeps who saw
    it."""
    row = await _own(person, check_in_id)
    shown = [one.id for one in await _answers(row, item) if one.shared_at is not None]
    if shown:
        await Answer.filter(id__in=shown).update(shared_at=None)
        await trail.record(person, "checkin.unshare", person_id=row.person_id, about=row.id, now=now)


@atomic
async def looked_at_shared(viewer: Viewer, person_id: str, check_in_ids: list[str], *, now: datetime) -> None:
    """A member of staff was shown these answers; the person may ask who, also after taking them back."""
    person = await person_for(viewer, person_id)
    shared = Answer.filter(check_in_id__in=check_in_ids, person_id=person.id, shared_at__not_isnull=True)
    shown = {str(key) for key in await shared.values_list("check_in_id", flat=True)}
    for check_in_id in check_in_ids:
        if check_in_id in shown:
            await trail.record(viewer, "shared.read", person_id=person.id, about=check_in_id, now=now)


async def _answers(row: CheckIn, item: str) -> list[Answer]:
    found = Answer.filter(check_in_id=row.id, person_id=row.person_id)
    return await (found.filter(item=item) if item else found)


async def _own(person: YoungPerson, check_in_id: str) -> CheckIn:
    """One of the person's own check-ins that only they see. Which one it is, is told to the person alone."""
    row = await CheckIn.get_or_none(
        id=check_in_id, person_id=person.person_id, municipality_id=person.municipality_id, instrument__in=list(_MINE)
    )
    if row is None:
        raise NotFound
    if not person.confirmed:
        raise NotAllowed("not_confirmed")
    return row
