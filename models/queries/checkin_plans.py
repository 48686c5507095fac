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
from models.tables.checkins import CheckInPlan, NotAsked
from models.tables.reach import people_for, person_for
from models.tables.register import Person
from models.transactions import reading, rows

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
    mine = [key for key in {one.person_id for one in live} if key in stands.people]
    names = await _names(viewer, list((await people_for(viewer, mine)).values()))
    ruling = [_plan(one) for one in live]
    return [
        _view(row, names, [one for one in every if one.series == row.series], _reach(row, ruling, stands, now))
        for row in live
    ]


@reading
async def plan(viewer: Viewer, plan_id: str, *, now: datetime) -> PlanView:
    """One of them; by an earlier version the one that is in its place. Raises NotFound for one that is over, or of
    another municipality."""
    live = await plans(viewer, now=now)
    found = next((one for one in live if one.plan_id == plan_id), None)
    if found is None:
        earlier = await CheckInPlan.get_or_none(id=plan_id, municipality_id=viewer.municipality_id)
        found = next((one for one in live if earlier and one.series == earlier.series), None)
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
    meant = [key for key, offered in stands.people.items() if is_for(content, key, offered=offered)]
    return Reach(len(meant), sum(stands.asked(one, content.instrument) for one in meant), None)


@reading
async def named(viewer: Viewer, person_id: str) -> str:
    """The name of somebody a plan may be made for. Raises NotFound out of reach."""
    _plans_for(viewer)
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    return within.name_of(opened, person.id, person.name_sealed)


@dataclass(frozen=True, slots=True)
class _Stands:
    """What decides whom a plan reaches, read once: everybody by id, and whether they have an offer that stands; who can
    be asked; who said never again to what; and when each of a plan is asked next."""

    people: dict[str, bool]
    willing: frozenset[str]
    refused: frozenset[tuple[str, str]]
    following: tuple[tuple[str, str, int], ...]

    def asked(self, person_id: str, key: str) -> bool:
        return person_id in self.willing and (person_id, key) not in self.refused


async def _stands(viewer: Viewer) -> _Stands:
    here, (within_reach, values) = viewer.municipality_id, within.reach(viewer)
    # By columns and not as objects: it is a whole town.
    found = await rows(
        "SELECT p.id, p.id IN (SELECT o.person_id FROM offer o WHERE o.municipality_id = ? "  # noqa: S608 (constants)
        f"AND o.state IN ({', '.join('?' for _ in STANDING)})) AS offered, p.stopped_at IS NULL "
        "AND p.id IN (SELECT c.person_id FROM consent c WHERE c.municipality_id = ? AND c.purpose = ? "
        "AND c.withdrawn_at IS NULL) AND p.id IN (SELECT l.person_id FROM link l WHERE l.municipality_id = ? "
        f"AND l.state = 'active') AS willing FROM person p WHERE {within_reach} AND p.left_on IS NULL",
        here, *sorted(one.value for one in STANDING), here, Purpose.CHECKINS.value, here, *values,
    )  # fmt: skip
    refused = await NotAsked.filter(item="", municipality_id=here).values_list("person_id", "instrument")
    following = await rows(
        "SELECT h.plan, h.person_id, h.next_due_at FROM rhythm h WHERE h.municipality_id = ? AND h.active "  # noqa: S608 (constants)
        f"AND h.plan <> '' AND h.instrument IN ({', '.join('?' for _ in APART)})",
        here, *APART,
    )  # fmt: skip
    return _Stands(
        {row["id"]: bool(row["offered"]) for row in found},
        frozenset(row["id"] for row in found if row["willing"]),
        frozenset((str(person_id), str(key)) for person_id, key in refused),
        tuple((row["plan"], row["person_id"], row["next_due_at"]) for row in following),
    )


def _reach(row: CheckInPlan, ruling: Sequence[Plan], stands: _Stands, now: datetime) -> Reach:
    """Of whom this plan is the one that counts; before its first day, of whom it will be."""
    content = _content(row)
    day = max(local_date(now), content.starts_on)
    own = {one.content.person_id for one in ruling}

    def ours(person_id: str, *, offered: bool) -> bool:
        return wanted(ruling, row.instrument, person_id, offered=offered, today=day).series == row.series

    # Whoever has no plan of their own stands as everybody else does who has, or has not, an offer.
    others = {offered: ours("", offered=offered) for offered in (True, False)}
    meant = [
        key
        for key, offered in stands.people.items()
        if (ours(key, offered=offered) if key in own else others[offered])
    ]  # fmt: skip
    asked = {one for one in meant if stands.asked(one, row.instrument)}
    following = [at for plan, person_id, at in stands.following if plan == row.series and person_id in asked]
    return Reach(len(meant), len(asked), within.moment(min(following, default=None)))


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
