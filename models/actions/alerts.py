"""Alerts: raised by what happens, owned by a named human, acknowledged by a deadline, closed with what was done.

Also the one place that knows who answers for a young person today (caseworker, substitute, duty holder) and the
municipality's opening hours.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from models.actions import events, trail
from models.domain import alerts as rules
from models.domain import promises
from models.domain.alerts import AlertKind, AlertState, Reason, Thresholds
from models.domain.api import Event
from models.domain.errors import NotFound
from models.domain.localtime import local_date
from models.domain.people import YoungPerson
from models.domain.promises import OpeningHours
from models.domain.staff import Viewer, may, sees_whole_municipality
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.inbox import InboxUpdate
from models.tables.keys import vault
from models.tables.reach import on_duty
from models.tables.register import Municipality, Person
from models.tables.staff import Absence, Staff
from models.transactions import Scope, Scoped, alone, atomic

_ESCALATIONS = 3


def opening_hours(settings: dict[str, Any]) -> OpeningHours:
    """A municipality's opening hours from its settings; the usual ones where it has chosen none.

    Shape: {"opening_hours": {"0": ["08:00", "15:00"], …, "5": null}, "closed": ["2026-12-23", …]}.
    """
    weekly = settings.get("opening_hours") or OpeningHours.DEFAULT.to_plain()["weekly"]
    return OpeningHours.from_plain({"weekly": weekly, "closed": settings.get("closed", [])})


async def hours_of(municipality_id: str) -> OpeningHours:
    """The opening hours of a municipality."""
    row = await Municipality.get(id=municipality_id)
    return opening_hours(row.settings)


async def thresholds_of(municipality_id: str) -> Thresholds:
    """When a score asks for a follow-up in a municipality."""
    row = await Municipality.get(id=municipality_id)
    return Thresholds.from_plain(row.settings.get("thresholds"))


async def who_answers(person: Person, now: datetime) -> Staff | None:
    """The member of staff who answers for this person at this moment; None when nobody has them."""
    day = local_date(now)
    absences = [
        promises.Absence(row.staff_id, row.first_day, row.last_day)
        for row in await Absence.filter(municipality_id=person.municipality_id, last_day__gte=day)
    ]
    active = await Staff.filter(municipality_id=person.municipality_id, active=True).order_by("id")
    here = {row.id: row for row in active}
    duty = next((row.id for row in await on_duty(person.municipality_id, now)), None)
    # A closed account answers nobody; whoever stands in does.
    caseworker, substitute = (key if key in here else None for key in (person.caseworker_id, person.substitute_id))
    chosen = promises.stand_in(day, caseworker, substitute, absences, duty)
    return here.get(chosen) if chosen else None


@atomic
async def raise_alert(
    scope: Scoped,
    person_id: str,
    reason: Reason,
    *,
    about: str = "",
    now: datetime,
    owner_id: str | None = None,
    apart: bool = False,
) -> str | None:
    """Raise an alert for `owner_id`, else for the human who answers today; None where the same one was raised before.

    `apart`: it is about what the people close to the young person may not know of; only its owner and coordinators who
    are not close see it.
    """
    await alone("alert", person_id, reason.value)
    if await Alert.exists(person_id=person_id, reason=reason.value, about=about):
        return None
    person = await Person.get(id=person_id)
    kind = rules.kind_of(reason)
    owner = await who_answers(person, now) if owner_id is None and not apart else None
    alert = await Alert.create(
        municipality_id=person.municipality_id,
        person_id=person_id,
        kind=kind.value,
        reason=reason.value,
        about=about,
        owner_id=owner.id if owner else owner_id,
        raised_at=now,
        deadline_at=promises.alert_deadline(now, await hours_of(person.municipality_id), kind.value),
        apart=apart,
    )
    here = Scope(person.municipality_id)
    if not apart:
        await events.tell(here, Event.ALERT_RAISED, alert.id, now=now)
    await trail.record(here, f"alert.{reason.value}", person_id=person_id, about=alert.id, now=now)
    return alert.id


@atomic
async def hand_to_reader(scope: Scoped, person_id: str, feedback_id: str, *, inbox_id: int, now: datetime) -> None:
    """Words of crisis stood in feedback the caseworker may not read: their alert goes to somebody who may.

    `inbox_id` is the update they came as. The owner becomes a coordinator who is not close to the person, else the
    duty holder; `about` becomes the feedback's id, with ":1" and so on where it has such an alert already.
    """
    update = await InboxUpdate.get(id=inbox_id)
    source = f"{update.bot}:{update.chat_index[:40]}:{update.message_key.split(':')[1]}"
    await raise_alert(scope, person_id, Reason.CRISIS_WORDS, about=source, now=now)
    alert = await Alert.get(person_id=person_id, reason=Reason.CRISIS_WORDS.value, about=source)
    before = await Alert.filter(
        person_id=person_id, reason=Reason.CRISIS_WORDS.value, about__startswith=feedback_id
    ).count()
    alert.about = f"{feedback_id}:{before}" if before else feedback_id
    owner = await _reader(await Person.get(id=person_id), now)
    if owner is not None and alert.state == AlertState.OPEN.value:
        alert.owner_id = owner.id
    await alert.save(update_fields=["about", "owner_id"])
    await trail.record(Scope(alert.municipality_id), "alert.escalate", person_id=person_id, about=alert.id, now=now)


@atomic
async def mistaken(person: YoungPerson, *, now: datetime) -> int:
    """ "It was a mistake": whoever has the person's crisis alerts is told. It closes none of them, and puts off none.

    Returns how many are told of it; saying it again tells nobody twice.
    """
    told = 0
    for alert in await Alert.filter(
        person_id=person.person_id, municipality_id=person.municipality_id, reason=Reason.CRISIS_WORDS.value
    ).exclude(state=AlertState.CLOSED.value):
        if not await TrailEntry.exists(person_id=person.person_id, about=alert.id, deed="alert.mistake"):
            await trail.record(person, "alert.mistake", person_id=person.person_id, about=alert.id, now=now)
            told += 1
    return told


@atomic
async def raise_unheard(scope: Scoped, person_id: str, *, about: str, for_reader: bool, now: datetime) -> None:
    """What the person said aloud was not opened in time, or is gone: `about` is its message or feedback. `for_reader`:
    the caseworker may not hear it, so the alert goes to somebody who may, and is kept apart."""
    reader = await _reader(await Person.get(id=person_id), now) if for_reader else None
    await raise_alert(
        scope, person_id, Reason.UNHEARD, about=about, now=now, owner_id=reader.id if reader else None,
        apart=reader is not None,
    )  # fmt: skip


@atomic
async def raise_blocked(scope: Scoped, person_id: str, link_id: str, *, now: datetime) -> str | None:
    """The person cannot be reached there any more: raised each time anew, but not while the last one is open."""
    await alone("alert", person_id, Reason.BLOCKED.value)
    before = await Alert.filter(person_id=person_id, reason=Reason.BLOCKED.value)
    if any(alert.state != AlertState.CLOSED.value for alert in before):
        return None
    about = f"{link_id}:{len(before)}" if before else link_id
    return await raise_alert(scope, person_id, Reason.BLOCKED, about=about, now=now)


@atomic
async def follow_up_open(scope: Scoped, person_id: str) -> bool:
    """Whether a follow-up alert about this person is not closed yet: a further low score is then silent. That somebody
    wants to be erased says nothing of how they are.
    """
    found = Alert.filter(person_id=person_id, kind=AlertKind.FOLLOW_UP.value).exclude(state="closed")
    return await found.exclude(reason=Reason.WANTS_ERASURE.value).exists()


@atomic
async def acknowledge(viewer: Viewer, alert_id: str, *, now: datetime) -> None:
    """A named human takes the alert, and what nobody has taken of the same broken promise; a second time is the same.
    Raises NotFound outside the viewer's reach, Stale when somebody else was first."""
    alert, others = await _with_others(viewer, alert_id)
    if alert.state == AlertState.ACKNOWLEDGED.value and alert.owner_id == viewer.staff_id:
        return
    rules.acknowledge(AlertState(alert.state))
    for each in (alert, *(other for other in others if other.state == AlertState.OPEN.value)):
        each.state = rules.acknowledge(AlertState(each.state)).value
        each.acknowledged_at, each.acknowledged_by_id = now, viewer.staff_id
        each.owner_id = viewer.staff_id
        await each.save()
        await trail.record(viewer, "alert.acknowledge", person_id=each.person_id, about=each.id, now=now)


@atomic
async def close(viewer: Viewer, alert_id: str, done: str, *, now: datetime) -> None:
    """Close an alert with what was done, and with the same words every other of the same broken promise: who has dealt
    with the message has dealt with each day it waited. Raises Invalid without words, NotFound outside the viewer's
    reach."""
    alert, others = await _with_others(viewer, alert_id)
    for each in (alert, *others):
        await _close(viewer, each, done, now)


async def _close(viewer: Viewer, alert: Alert, done: str, now: datetime) -> None:
    state = AlertState(alert.state)
    if state is AlertState.OPEN:
        # Whoever writes down what was done has taken it; two clicks for one deed would help nobody.
        state = rules.acknowledge(state)
        alert.acknowledged_at, alert.acknowledged_by_id = now, viewer.staff_id
    alert.state = rules.close(state, done).value
    opened = await vault(alert.municipality_id, alert.person_id)
    alert.done_sealed = opened.seal("alert", "done", alert.id, done.strip())
    alert.closed_at, alert.closed_by_id = now, viewer.staff_id
    await alert.save()
    if not alert.apart:
        await events.tell(viewer, Event.ALERT_CLOSED, alert.id, now=now)
    await trail.record(viewer, "alert.close", person_id=alert.person_id, about=alert.id, now=now)


@atomic
async def escalate_due(scope: Scoped, *, now: datetime) -> int:
    """Alerts nobody acknowledged by their deadline go to the next human: substitute, duty holder, coordinator."""
    moved = 0
    late = Alert.filter(state="open", deadline_at__lte=now, escalations__lt=_ESCALATIONS)
    for key in await late.order_by("deadline_at", "id").limit(200).values_list("id", flat=True):
        await alone("alert", str(key))
        alert = await late.get_or_none(id=key)
        if alert is None:
            continue  # somebody took it in this very moment
        person = await Person.get(id=alert.person_id)
        owner = await _next_owner(alert, person, now)
        alert.escalations += 1
        alert.owner_id = owner.id if owner else alert.owner_id
        alert.deadline_at = promises.alert_deadline(now, await hours_of(alert.municipality_id), alert.kind)  # type: ignore[arg-type]
        await alert.save()
        await trail.record(
            Scope(alert.municipality_id), "alert.escalate", person_id=alert.person_id, about=alert.id, now=now
        )
        moved += 1
    return moved


async def _reader(person: Person, now: datetime) -> Staff | None:
    """Who may read what the caseworker may not: a coordinator, rather one who is there that day; else on duty."""
    day = local_date(now)
    here = await Staff.filter(municipality_id=person.municipality_id, active=True).order_by("id")
    close = {person.caseworker_id, person.substitute_id}
    absences = await Absence.filter(
        municipality_id=person.municipality_id, first_day__lte=day, last_day__gte=day
    ).values_list("staff_id", flat=True)
    away = {str(staff_id) for staff_id in absences}
    coordinators = [row for row in here if row.role == "coordinator" and row.id not in close]
    duty = await on_duty(person.municipality_id, now)
    present = [row for row in coordinators if row.id not in away]
    return next(iter([*present, *coordinators, *duty]), None)


async def _next_owner(alert: Alert, person: Person, now: datetime) -> Staff | None:
    duty = await on_duty(alert.municipality_id, now)
    coordinators = await Staff.filter(municipality_id=alert.municipality_id, role="coordinator", active=True).order_by(
        "id"
    )
    ladder = [person.caseworker_id, person.substitute_id, *(s.id for s in duty), *(s.id for s in coordinators)]
    if alert.apart:
        ladder = [s.id for s in coordinators if s.id not in {person.caseworker_id, person.substitute_id}]
    known = [step for step in dict.fromkeys(ladder) if step]
    if alert.owner_id in known:
        known = known[known.index(alert.owner_id) + 1 :]
    active = await Staff.filter(id__in=known, municipality_id=alert.municipality_id, active=True) if known else []
    day = local_date(now)
    absent = await Absence.filter(
        municipality_id=alert.municipality_id, first_day__lte=day, last_day__gte=day
    ).values_list("staff_id", flat=True)
    away = {str(key) for key in absent}
    steps = [row for step in known for row in active if row.id == step]
    # Whoever is away is passed over; where all are, somebody is better than nobody.
    return next(iter([*(row for row in steps if row.id not in away), *steps]), None)


async def _with_others(viewer: Viewer, alert_id: str) -> tuple[Alert, list[Alert]]:
    """An alert within the viewer's reach, and beside it whatever is not closed of the same broken promise; nobody else
    moves one of them meanwhile."""
    if not may(viewer.role, "alerts.acknowledge"):
        raise NotFound
    seen = await Alert.get_or_none(id=alert_id, municipality_id=viewer.municipality_id)
    if seen is None:
        raise NotFound
    about = rules.subject(Reason(seen.reason), seen.about)
    same = Alert.filter(person_id=seen.person_id, municipality_id=seen.municipality_id, reason=seen.reason)
    same = same.filter(Q(about=about) | Q(about__startswith=f"{about}:") if about else Q(id=seen.id))
    # In the order in which the clock takes them, so that neither waits for the other.
    for key in await same.order_by("deadline_at", "id").values_list("id", flat=True):
        await alone("alert", str(key))
    person, found = await Person.get(id=seen.person_id), {alert.id: alert for alert in await same}
    alert = found.pop(alert_id, None)
    if alert is None or not _is_mine(viewer, person, alert):
        raise NotFound
    others = [other for other in found.values() if other.state != AlertState.CLOSED.value]
    # Of whoever was handed one day of it the other days are too, but for what they may not know of.
    return alert, [other for other in others if other.apart == alert.apart or _is_mine(viewer, person, other)]


def _is_mine(viewer: Viewer, person: Person, alert: Alert) -> bool:
    close = viewer.staff_id in {person.caseworker_id, person.substitute_id}
    if alert.apart and close and alert.owner_id != viewer.staff_id:
        return False
    return close or alert.owner_id == viewer.staff_id or sees_whole_municipality(viewer.role)
