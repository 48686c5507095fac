"""Check-in plans at the desk, and what the clock makes of them: each person's rhythms follow the plan that is theirs.

What a person has chosen themselves stands: a plan never asks anybody more or less often than they said.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from models.actions import trail
from models.actions.checkins_planned import _askable, _last_asked_of
from models.domain import checkin_plans as rules
from models.domain import rhythm
from models.domain.checkin_plans import APART, Content, Plan, State, Wanted, Whom
from models.domain.errors import NotFound, Stale
from models.domain.instruments import instrument
from models.domain.localtime import instant, local_date
from models.domain.staff import Viewer, may
from models.tables.checkins import CheckInPlan, Rhythm
from models.tables.fields import micros
from models.tables.offers import Offer
from models.tables.reach import person_for
from models.transactions import Scoped, alone, atomic, execute_many

#: So many rhythms are laid out in one go; the clock goes on with the rest.
_PAGE = 2000
#: Whoever chose otherwise in this very moment keeps what they chose; the clock comes round again.
_LAY_ANEW = (
    "UPDATE rhythm SET weeks = ?, anchor = ?, active = ?, next_due_at = ?, plan = ?, chosen = ? "
    "WHERE id = ? AND weeks = ? AND weekday = ? AND hour = ?"
)
_LIVE = (State.RUNNING.value, State.PAUSED.value)


@atomic
async def plan(viewer: Viewer, content: Content, *, now: datetime) -> str:
    """A new plan, running from its date. Raises Stale when there is one for the same already. Returns its id."""
    await _may_plan(viewer, content)
    await alone("plans", str(viewer.municipality_id))
    await _only_one(viewer, content, "")
    row = await _create(viewer, content, "", 1, State.RUNNING, now)
    await trail.record(viewer, "plan.make", person_id=content.person_id or "", about=row.id, now=now)
    await _follow(str(viewer.municipality_id), now)
    return row.id


@atomic
async def change_plan(viewer: Viewer, plan_id: str, content: Content, *, now: datetime) -> str:
    """The next version of a plan; those it is for are asked by it from now on. Returns the id of that version."""
    row = await _own(viewer, plan_id)
    await _may_plan(viewer, content)
    await alone("plans", str(viewer.municipality_id))
    await row.refresh_from_db()
    _live(row)
    await _only_one(viewer, content, row.series)
    state, row.state, row.ended_at = State(row.state), State.REPLACED.value, now
    await row.save(update_fields=["state", "ended_at"])
    following = await _create(viewer, content, row.series, row.version + 1, state, now)
    await trail.record(viewer, "plan.change", person_id=content.person_id or "", about=following.id, now=now)
    await _follow(str(viewer.municipality_id), now)
    return following.id


@atomic
async def set_plan(viewer: Viewer, plan_id: str, to: State, *, now: datetime) -> None:
    """Pause a plan, take it up again, or end it. Again changes nothing. Raises Stale for one that is over."""
    row = await _own(viewer, plan_id)
    await alone("plans", str(viewer.municipality_id))
    await row.refresh_from_db()
    if row.state == to.value:
        return
    _live(row)
    row.state = to.value
    row.ended_at = now if to is State.ENDED else None
    await row.save(update_fields=["state", "ended_at"])
    await trail.record(viewer, f"plan.{to.value}", person_id=row.person_id or "", about=row.id, now=now)
    await _follow(row.municipality_id, now)


@atomic
async def follow_plans(scope: Scoped, *, now: datetime) -> int:
    """Lay out the rhythms of whoever a plan is for and does not follow it yet; how many were laid out."""
    made = 0
    planned = await CheckInPlan.all().distinct().order_by("municipality_id").values_list("municipality_id", flat=True)
    for municipality_id in map(str, planned):
        await alone("plans", municipality_id)
        made += await _follow(municipality_id, now)
    return made


async def _follow(municipality_id: str, now: datetime) -> int:
    rows = await CheckInPlan.filter(municipality_id=municipality_id, state__in=list(_LIVE))
    plans = [plan_of(row) for row in rows]
    standing = Offer.filter(municipality_id=municipality_id, state__in=[one.value for one in rules.STANDING])
    offered = {str(one) for one in await standing.values_list("person_id", flat=True)}
    rhythms = {
        (one.person_id, one.instrument): one for one in await Rhythm.filter(municipality_id=municipality_id)
    }  # fmt: skip
    made, today = 0, local_date(now)
    for key in APART:
        wants = {
            person_id: rules.wanted(plans, key, person_id, offered=person_id in offered, today=today)
            for person_id in await _askable(municipality_id, key)
        }
        late = [one for one, want in wants.items() if not _follows(rhythms.get((one, key)), want)][: _PAGE - made]
        stood = {one: rhythms[one, key].weeks for one in late if (one, key) in rhythms}
        last = await _last_asked_of(late, instrument(key))
        laid = [
            _laid_out(
                rhythms.get((one, key)) or _begun(municipality_id, one, key, rhythms.get((one, rules.FROM_THE_START))),
                wants[one], last.get(one), now,
            )
            for one in late
        ]  # fmt: skip
        await Rhythm.bulk_create([row for row in laid if row.person_id not in stood])
        anew = [[*_values(row), stood[row.person_id], row.weekday, row.hour] for row in laid if row.person_id in stood]
        await execute_many(_LAY_ANEW, anew)
        made += len(laid)
    return made


def _follows(row: Rhythm | None, want: Wanted) -> bool:
    if row is None:
        return not want.asked
    if not row.plan and not want.series:
        return True  # nobody's plan: as the person and the first day left it
    return row.plan == want.series and row.active is want.asked and (_own_choice(row) or row.weeks == want.weeks)


def _own_choice(row: Rhythm) -> bool:
    """Whether the weeks are the person's own. Before there were plans, whatever was not as from the first day was."""
    return row.chosen or (not row.plan and row.weeks not in {0, rhythm.DEFAULT.weeks})


def _begun(municipality_id: str, person_id: str, key: str, beside: Rhythm | None) -> Rhythm:
    """A rhythm that is not there yet, at the hour and, where they chose it, as often as the one that is."""
    model = beside or Rhythm(weekday=rhythm.DEFAULT.weekday, hour=rhythm.DEFAULT.at.hour, chosen=False)
    row = Rhythm(
        municipality_id=municipality_id, person_id=person_id, instrument=key, weekday=model.weekday,
        hour=model.hour, chosen=False, weeks=0, active=False,
    )  # fmt: skip
    if beside is not None and _own_choice(beside) and beside.weeks in rules.weeks_of(key):
        row.weeks, row.chosen = beside.weeks, True
    return row


def _laid_out(row: Rhythm, want: Wanted, last: date | None, now: datetime) -> Rhythm:
    """The rhythm as the plan wants it. `last`: when the person was last asked this, and answered."""
    row.chosen = _own_choice(row)
    weeks = row.weeks if row.chosen else want.weeks
    if want.asked and (not row.active or row.weeks != weeks):
        beat = rhythm.Rhythm(weeks, row.weekday, time(row.hour))
        after = now if last else now + timedelta(weeks=APART[row.instrument])
        row.anchor = rhythm.rearranged(beat, after, last, instrument(row.instrument).minimum_days)
        row.weeks, row.next_due_at = weeks, instant(row.anchor, beat.at)
    row.active, row.plan = want.asked, want.series
    return row


def _values(row: Rhythm) -> list[object]:
    """What `_LAY_ANEW` writes, and where."""
    due = micros(row.next_due_at)
    return [row.weeks, row.anchor.isoformat(), row.active, due, row.plan, row.chosen, row.id]


async def _create(
    viewer: Viewer, content: Content, series: str, version: int, state: State, now: datetime
) -> CheckInPlan:  # fmt: skip
    row = CheckInPlan(
        municipality_id=viewer.municipality_id, series=series, version=version, instrument=content.instrument,
        weeks=content.weeks, whom=content.whom.value, person_id=content.person_id, starts_on=content.starts_on,
        state=state.value, at=now,
    )  # fmt: skip
    row.series = series or row.id
    await row.save(force_create=True)
    return row


def plan_of(row: CheckInPlan) -> Plan:
    """A row as the rules know it."""
    content = Content(row.instrument, row.weeks, Whom(row.whom), row.person_id, row.starts_on)
    return Plan(row.series, State(row.state), content)


async def _may_plan(viewer: Viewer, content: Content) -> None:
    if viewer.municipality_id is None or not may(viewer.role, "checkins.plan"):
        raise NotFound
    if content.person_id is not None:
        await person_for(viewer, content.person_id)


async def _only_one(viewer: Viewer, content: Content, but: str) -> None:
    same = CheckInPlan.filter(
        municipality_id=viewer.municipality_id, instrument=content.instrument, whom=content.whom.value,
        state__in=list(_LIVE), person_id=content.person_id,
    )  # fmt: skip
    if await same.exclude(series=but).exists():
        raise Stale("plan_exists")


async def _own(viewer: Viewer, plan_id: str) -> CheckInPlan:
    row = None
    if viewer.municipality_id is not None and may(viewer.role, "checkins.plan"):
        row = await CheckInPlan.get_or_none(id=plan_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    return row


def _live(row: CheckInPlan) -> None:
    if row.state not in _LIVE:
        raise Stale("plan_over")
