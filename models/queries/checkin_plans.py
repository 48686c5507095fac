"""Check-in plans as the desk shows them: what each says, how many it reaches now, when the next asking comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.domain.checkin_plans import APART, STANDING, Content, Plan, State, Whom, is_for, wanted
from models.domain.consent import Purpose
from models.domain.errors import NotFound
from models.domain.localtime import local_date
from models.domain.staff import Viewer, may
from models.queries import within
from models.tables.checkins import CheckInPlan, NotAsked, Rhythm
from models.tables.consent import Consent, Link
from models.tables.offers import Offer
from models.tables.reach import people_for, person_for
from models.tables.register import Person
from models.transactions import reading

_LIVE = (State.RUNNING.value, State.PAUSED.value)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many a plan is for, how many of them can be asked (on the chat, and said yes), and when the next is due."""

    meant: int
    asked: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a plan, for its history."""

    version: int
    weeks: int
    state: State
    at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan, the person it is for by name, whom it reaches, and its versions, newest first."""

    plan_id: str
    series: str
    version: int
    content: Content
    state: State
    name: str
    reach: Reach
    versions: tuple[Version, ...]


@reading
async def plans(viewer: Viewer, *, now: datetime) -> list[PlanView]:
    """The municipality's plans that run or are paused. Raises NotFound for whoever does not plan."""
    _plans_for(viewer)
    every = await CheckInPlan.filter(municipality_id=viewer.municipality_id).order_by("at", "id")
    live = [one for one in every if one.state in _LIVE]
    stands = await _stands(viewer)
    mine = {one.person_id for one in live}
    names = await _names(viewer, [one for one in stands.people if one.id in mine])
    ruling = [_plan(one) for one in live]
    return [
        _view(row, names, [one for one in every if one.series == row.series], _reach(row, ruling, stands, now))
        for row in live
    ]


@reading
async def plan(viewer: Viewer, plan_id: str, *, now: datetime) -> PlanView:
    """One of them. Raises NotFound for one that is over, or of another municipality."""
    found = next((one for one in await plans(viewer, now=now) if one.plan_id == plan_id), None)
    if found is None:
        raise NotFound
    return found


@reading
async def would_reach(viewer: Viewer, content: Content, *, now: datetime) -> Reach:
    """Whom a plan would reach that says this."""
    _plans_for(viewer)
    if content.person_id is not None:
        await person_for(viewer, content.person_id)
    stands = await _stands(viewer)
    meant = [one.id for one in stands.people if is_for(content, one.id, offered=one.id in stands.offered)]
    return Reach(len(meant), sum(stands.asked(one, content.instrument) for one in meant), None)


@reading
async def named(viewer: Viewer, person_id: str) -> str:
    """The name of somebody a plan may be made for. Raises NotFound out of reach."""
    _plans_for(viewer)
    person = await person_for(viewer, person_id)
    return (await _names(viewer, [person]))[person.id]


@dataclass(frozen=True, slots=True)
class _Stands:
    """What decides whom a plan reaches, read once."""

    people: tuple[Person, ...]
    offered: frozenset[str]
    willing: frozenset[str]
    refused: frozenset[tuple[str, str]]
    rhythms: tuple[Rhythm, ...]

    def asked(self, person_id: str, key: str) -> bool:
        return person_id in self.willing and (person_id, key) not in self.refused


async def _stands(viewer: Viewer) -> _Stands:
    here = {"municipality_id": viewer.municipality_id}
    found = [one for one in (await people_for(viewer)).values() if one.left_on is None]
    said_yes = Consent.filter(purpose=Purpose.CHECKINS.value, withdrawn_at=None, **here)
    consenting = {str(one) for one in await said_yes.values_list("person_id", flat=True)}
    linked = {str(one) for one in await Link.filter(state="active", **here).values_list("person_id", flat=True)}
    offered = await Offer.filter(state__in=[one.value for one in STANDING], **here).values_list("person_id", flat=True)
    refused = await NotAsked.filter(item="", **here).values_list("person_id", "instrument")
    return _Stands(
        tuple(found),
        frozenset(map(str, offered)),
        frozenset(one.id for one in found if one.stopped_at is None and one.id in consenting & linked),
        frozenset((str(person_id), str(key)) for person_id, key in refused),
        tuple(await Rhythm.filter(active=True, instrument__in=list(APART), **here)),
    )


def _reach(row: CheckInPlan, ruling: Sequence[Plan], stands: _Stands, now: datetime) -> Reach:
    """Of whom this plan is the one that counts; before its first day, of whom it will be."""
    content = _content(row)
    day = max(local_date(now), content.starts_on)
    meant = [
        one.id
        for one in stands.people
        if wanted(ruling, row.instrument, one.id, offered=one.id in stands.offered, today=day).series == row.series
    ]
    asked = {one for one in meant if stands.asked(one, row.instrument)}
    following = [one.next_due_at for one in stands.rhythms if one.plan == row.series and one.person_id in asked]
    return Reach(len(meant), len(asked), min(following, default=None))


def _view(row: CheckInPlan, names: dict[str, str], versions: Sequence[CheckInPlan], reach: Reach) -> PlanView:
    return PlanView(
        row.id, row.series, row.version, _content(row), State(row.state), names.get(row.person_id or "", ""), reach,
        tuple(
            Version(one.version, one.weeks, State(one.state), one.at, one.ended_at)
            for one in sorted(versions, key=lambda one: -one.version)
        ),
    )  # fmt: skip


def _content(row: CheckInPlan) -> Content:
    return Content(row.instrument, row.weeks, Whom(row.whom), row.person_id, row.starts_on)


def _plan(row: CheckInPlan) -> Plan:
    return Plan(row.series, State(row.state), _content(row))


def _plans_for(viewer: Viewer) -> None:
    if viewer.municipality_id is None or not may(viewer.role, "checkins.plan"):
        raise NotFound


async def _names(viewer: Viewer, found: Sequence[Person]) -> dict[str, str]:
    vaults = await within.opened(viewer, [one.id for one in found])
    return {one.id: within.name_of(vaults[one.id], one.id, one.name_sealed) for one in found if one.id in vaults}
