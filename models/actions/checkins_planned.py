"""Check-ins by the clock: planned, asked, reminded of once, closed when their time is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q

from models.actions import letters
from models.actions.checkins_measured import _close, _refused
from models.domain import rhythm
from models.domain.consent import Purpose
from models.domain.figures.periods import Period, asking_window
from models.domain.instruments import Instrument, instrument
from models.domain.localtime import instant, local_date
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn, Rhythm
from models.tables.consent import Consent, Link
from models.tables.fields import instant as moment
from models.tables.fields import micros
from models.tables.figures import PeriodPlan
from models.tables.messages import Thread
from models.tables.outbox import Letter
from models.tables.register import Municipality, Person
from models.transactions import Scope, Scoped, atomic, rows

_RUNNING = ("due", "asked", "open")
_INVITES = ("checkin.invite", "pulse.invite")
_PAGE = 500


@atomic
async def plan_due(scope: Scoped, *, now: datetime) -> int:
    """Make a check-in for every rhythm that has come round, and set its next instant. Catches up after a stop: what
    was missed while Hørt was down is asked once, not once for each time."""
    made = 0
    due = await Rhythm.filter(active=True, next_due_at__lte=now).order_by("next_due_at").limit(_PAGE)
    for row in due:
        beat = rhythm.Rhythm(row.weeks, row.weekday, time(row.hour))
        came = rhythm.last_due(beat, now, row.anchor) or row.next_due_at
        row.next_due_at = rhythm.next_due(beat, now, row.anchor)
        await row.save(update_fields=["next_due_at"])
        if await _refused(row.person_id, row.instrument):
            continue
        if await _may_be_asked(row.municipality_id, row.person_id, now) and not await _too_soon(row, local_date(came)):
            made += await _plan(
                row.municipality_id, row.person_id, row.instrument, local_date(came).isoformat(), came,
                rhythm.expires(came, row.instrument),
            )  # fmt: skip
    return made


@atomic
async def plan_heard(scope: Scoped, *, now: datetime) -> int:
    """In the window of each municipality's period: one Hørt-5 for everyone who said yes to check-ins, once a period."""
    made = 0
    today = local_date(now)
    for municipality in await Municipality.all():
        plan = await PeriodPlan.get_or_none(municipality_id=municipality.id, year=today.year)
        if plan is None or plan.kind == "none":
            continue
        period = Period.for_date(plan.kind, today)  # type: ignore[arg-type]
        first, last = asking_window(period)
        if not first <= today <= last:
            continue
        asked = {
            row.person_id
            for row in await CheckIn.filter(
                municipality_id=municipality.id, instrument="hoert5", period=period.key, asked_by="clock"
            )
        }
        for person_id in await _askable(municipality.id, "hoert5"):
            if person_id not in asked:
                due = max(now, instant(first, time(16)))
                made += await _plan(
                    municipality.id, person_id, "hoert5", period.key, due,
                    min(rhythm.expires(due, "hoert5", window_ends=period.ends_at), period.ends_at),
                )  # fmt: skip
    return made


@atomic
async def ask_due(scope: Scoped, *, now: datetime) -> int:
    """Invite to the check-ins that are due. Someone who paused, whose conversation with a human is open, or who has had
    enough this week is asked afterwards, at the hour it was meant for, where there is still time."""
    await _take_up(now)
    asked = 0
    silent = await Person.filter(Q(stopped_at__not_isnull=True) | Q(paused_until__gt=now)).values_list("id", flat=True)
    resting = frozenset(map(str, silent))
    for row in await CheckIn.filter(state="due", due_at__lte=now, expires_at__gt=now).order_by("due_at"):
        if asked >= _PAGE:
            break
        if row.person_id in resting or await _asked_already(row) or await _held(row, now):
            continue
        person = await Person.get(id=row.person_id)
        quiet = time(person.quiet_from % 24), time(person.quiet_to % 24)
        if not rhythm.asking_opens(now, row.due_at, *quiet) or await letters.begins_from(person, now) is not None:
            continue
        row.state, row.asked_at = "asked", now
        await row.save(update_fields=["state", "asked_at"])
        before = await Letter.filter(about=row.id, kind__in=list(_INVITES)).count()
        await letters.post(
            Scope(row.municipality_id), "pulse.invite" if row.instrument == "pulse" else "checkin.invite",
            person_id=row.person_id, key=f"checkin:{row.id}:{before}" if before else f"checkin:{row.id}",
            about=row.id, args={"instrument": row.instrument}, now=now,
            not_after=min(row.expires_at, rhythm.deliver_by(now, *quiet)),
        )  # fmt: skip
        asked += 1
    return asked


@atomic
async def remind_due(scope: Scoped, *, now: datetime) -> int:
    """One gentle reminder, a day after an invitation nobody opened; never a second, none of a pulse, and none while a
    human has the word or to someone who wants no reminders."""
    reminded = 0
    day_ago = now - timedelta(hours=24)
    waiting = await rows(
        "SELECT c.id FROM check_in c JOIN person p ON p.id = c.person_id WHERE c.state = 'asked' AND c.asked_at <= ? "
        "AND c.expires_at > ? AND c.instrument <> 'pulse' AND p.reminders AND NOT EXISTS "
        "(SELECT 1 FROM letter l WHERE l.natural_key = 'checkin-reminder:' || c.id) ORDER BY c.asked_at LIMIT ?",
        micros(day_ago), micros(now), _PAGE,
    )  # fmt: skip
    for row in await CheckIn.filter(id__in=[one["id"] for one in waiting]):
        person = await Person.get(id=row.person_id)
        quiet = time(person.quiet_from % 24), time(person.quiet_to % 24)
        if rhythm.in_quiet_hours(now, *quiet) or await _held(row, now):
            continue
        posted = await letters.post(
            Scope(row.municipality_id), "checkin.reminder", person_id=row.person_id, key=f"checkin-reminder:{row.id}",
            about=row.id, args={"instrument": row.instrument}, now=now,
            not_after=min(row.expires_at, rhythm.deliver_by(now, *quiet)),
        )  # fmt: skip
        reminded += posted is not None
    return reminded


@atomic
async def expire_due(scope: Scoped, *, now: datetime) -> int:
    """Close what was not answered in time. What was answered of it still counts where a figure allows it."""
    closed = 0
    for row in await CheckIn.filter(state__in=list(_RUNNING), expires_at__lte=now).limit(_PAGE):
        await _close(row, "expired", now)
        closed += 1
    return closed


async def _plan(
    municipality_id: str, person_id: str, key: str, period: str, due_at: datetime, expires_at: datetime
) -> int:
    if expires_at <= due_at or await CheckIn.exists(
        person_id=person_id, instrument=key, period=period, asked_by="clock", about=""
    ):
        return 0
    await CheckIn.create(
        municipality_id=municipality_id,
        person_id=person_id,
        instrument=key,
        version=instrument(key).version,
        period=period,
        asked_by="clock",
        state="due",
        due_at=due_at,
        expires_at=expires_at,
    )
    return 1


async def _last_asked(person_id: str, chosen: Instrument) -> date:
    """The local date of the asking that was last answered; long ago where there is none."""
    last = await CheckIn.filter(person_id=person_id, instrument=chosen.key, state="done").order_by("-due_at").first()
    return local_date(last.due_at) if last is not None else date.min


async def _too_soon(row: Rhythm, day: date) -> bool:
    chosen = instrument(row.instrument)
    return await _last_asked(row.person_id, chosen) > day - timedelta(days=chosen.minimum_days)


async def _last_asked_of(person_ids: Collection[str], chosen: Instrument) -> dict[str, date]:
    """The same of many at once, of whom there is one."""
    if not person_ids:
        return {}
    found = await rows(
        "SELECT person_id, MAX(due_at) AS due_at FROM check_in WHERE instrument = ? AND state = 'done' "  # noqa: S608
        f"AND person_id IN ({', '.join('?' for _ in person_ids)}) GROUP BY person_id",
        chosen.key, *person_ids,
    )  # fmt: skip
    return {str(row["person_id"]): local_date(moment(row["due_at"])) for row in found}


async def _askable(municipality_id: str, key: str) -> list[str]:
    found = await rows(
        "SELECT p.id FROM person p WHERE p.municipality_id = ? AND p.left_on IS NULL AND p.erased_at IS NULL "
        "AND p.stopped_at IS NULL AND p.id IN (SELECT c.person_id FROM consent c WHERE c.municipality_id = ? "
        "AND c.purpose = ? AND c.withdrawn_at IS NULL) AND p.id IN (SELECT l.person_id FROM link l "
        "WHERE l.municipality_id = ? AND l.state = 'active') AND p.id NOT IN (SELECT n.person_id FROM not_asked n "
        "WHERE n.municipality_id = ? AND n.instrument = ? AND n.item = '') ORDER BY p.id",
        municipality_id, municipality_id, Purpose.CHECKINS.value, municipality_id, municipality_id, key,
    )  # fmt: skip
    return [str(row["id"]) for row in found]


async def _may_be_asked(municipality_id: str, person_id: str, now: datetime) -> bool:
    person = await Person.get_or_none(id=person_id, municipality_id=municipality_id, left_on=None, stopped_at=None)
    return (
        person is not None
        and not rhythm.paused(now, person.paused_until)
        and await Consent.exists(person_id=person_id, purpose=Purpose.CHECKINS.value, withdrawn_at=None)
        and await Link.exists(person_id=person_id, state="active")
    )


async def _take_up(now: datetime) -> None:
    """What became of invitations that never left. One that went stale closes its check-in, only the figure's question
    comes again; one that held its tongue because a human had the word waits for its turn."""
    kinds = ", ".join(f"'{kind}'" for kind in _INVITES)
    unsaid = await rows(
        "SELECT c.id, l.reason FROM check_in c JOIN letter l ON l.about = c.id WHERE c.state = 'asked' "  # noqa: S608
        "AND l.state = 'cancelled' AND l.unknowns = 0 AND l.id = "
        f"(SELECT MAX(m.id) FROM letter m WHERE m.about = c.id AND m.kind IN ({kinds})) LIMIT ?",
        _PAGE,
    )  # fmt: skip
    for one in unsaid:
        row = await CheckIn.get(id=one["id"])
        if one["reason"] == "expired" and row.instrument != "hoert5":
            await _close(row, "expired", now)
        else:
            row.state, row.asked_at = "due", None
            await row.save(update_fields=["state", "asked_at"])


async def _asked_already(row: CheckIn) -> bool:
    # One at a time, whatever the instrument: two questionnaires at once in a chat would be one too many.
    return await CheckIn.exists(person_id=row.person_id, state__in=["asked", "open"])


async def _held(row: CheckIn, now: datetime) -> bool:
    thread = await Thread.get_or_none(person_id=row.person_id, state="open")
    alert = await Alert.filter(person_id=row.person_id, state="open").order_by("raised_at").first()
    return rhythm.held_back(
        now,
        unanswered_since=thread.waiting_since if thread else None,
        alert_open_since=alert.raised_at if alert else None,
        instrument=row.instrument,
        due_at=row.due_at,
    )
