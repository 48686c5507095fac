"""Check-ins: planned by the clock, asked, answered one item at a time, scored, measured. One engine for every instrument.

Answers are rows; the next question is computed from them. A press may come twice, late, from another device or after a
restart: the same row is written again, or nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q

from models.actions import letters, trail
from models.actions.alerts import follow_up_open, raise_alert
from models.domain import alerts as alert_rules
from models.domain import checkins as rules
from models.domain import rhythm, scoring
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.figures.periods import Period, asking_window
from models.domain.instruments import SKIP, Code, Instrument, UnknownInstrument, accepts, instrument
from models.domain.localtime import instant, local_date
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.tables.alerts import Alert
from models.tables.checkins import Answer, CheckIn, Measured, Rhythm
from models.tables.consent import Consent, Link
from models.tables.fields import micros
from models.tables.figures import PeriodPlan
from models.tables.keys import Vault, municipality_vault, subject, vault
from models.tables.messages import Thread
from models.tables.reach import person_for
from models.tables.register import Municipality, Person
from models.transactions import Scope, Scoped, atomic, rows

_RUNNING = ("due", "asked", "open")
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Step:
    """Where a check-in stands after a press: the item to show next, or None when it is complete."""

    check_in_id: str
    state: str
    item: str | None
    low: bool = False


# --- planned by the clock -------------------------------------------------------------------------------------------


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
        if await _may_be_asked(row.municipality_id, row.person_id) and not await _too_soon(row, local_date(came)):
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
        for person_id in await _askable(municipality.id):
            if person_id not in asked:
                due = max(now, instant(first, time(16)))
                made += await _plan(
                    municipality.id, person_id, "hoert5", period.key, due,
                    min(rhythm.expires(due, "hoert5", window_ends=period.ends_at), period.ends_at),
                )  # fmt: skip
    return made


@atomic
async def ask_due(scope: Scoped, *, now: datetime) -> int:
    """Invite to the check-ins that are due. Someone who paused, or whose conversation with a human is open, is asked
    afterwards, where there is still time."""
    asked = 0
    silent = await Person.filter(Q(stopped_at__not_isnull=True) | Q(paused_until__gt=now)).values_list("id", flat=True)
    resting = frozenset(map(str, silent))
    for row in await CheckIn.filter(state="due", due_at__lte=now, expires_at__gt=now).order_by("due_at"):
        if asked >= _PAGE:
            break
        if row.person_id in resting or await _asked_already(row) or await _held(row, now):
            continue
        row.state, row.asked_at = "asked", now
        await row.save(update_fields=["state", "asked_at"])
        await letters.post(
            Scope(row.municipality_id), "checkin.invite", person_id=row.person_id, key=f"checkin:{row.id}",
            about=row.id, args={"instrument": row.instrument}, now=now,
            not_after=min(row.expires_at, now + timedelta(days=2)),
        )  # fmt: skip
        asked += 1
    return asked


@atomic
async def remind_due(scope: Scoped, *, now: datetime) -> int:
    """One gentle reminder, a day after an invitation nobody opened; never a second."""
    reminded = 0
    day_ago = now - timedelta(hours=24)
    waiting = await rows(
        "SELECT c.id FROM check_in c WHERE c.state = 'asked' AND c.asked_at <= ? AND c.expires_at > ? AND NOT EXISTS "
        "(SELECT 1 FROM letter l WHERE l.natural_key = 'checkin-reminder:' || c.id) ORDER BY c.asked_at LIMIT ?",
        micros(day_ago), micros(now), _PAGE,
    )  # fmt: skip
    for row in await CheckIn.filter(id__in=[one["id"] for one in waiting]):
        posted = await letters.post(
            Scope(row.municipality_id), "checkin.reminder", person_id=row.person_id, key=f"checkin-reminder:{row.id}",
            about=row.id, args={"instrument": row.instrument}, now=now,
            not_after=min(row.expires_at, now + timedelta(hours=12)),
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


# --- in the chat ----------------------------------------------------------------------------------------------------


@atomic
async def begin(person: YoungPerson, key: str, *, now: datetime) -> str:
    """The person starts an instrument by themselves, or resumes the one that waits. Returns the check-in's id.

    A clock's asking that waits is the one that is opened, so nobody is asked the same twice.
    """
    waiting = (
        await CheckIn.filter(person_id=person.person_id, instrument=key, state__in=list(_RUNNING))
        .order_by("due_at")
        .first()
    )
    if waiting is not None:
        return await open_check_in(person, waiting.id, now=now)
    chosen = _asked(key)
    day = local_date(now).isoformat()
    today = await CheckIn.get_or_none(
        person_id=person.person_id, instrument=key, period=day, asked_by="self", about=""
    )
    if today is not None:
        raise Stale("check_in_too_soon")
    last = await CheckIn.filter(person_id=person.person_id, instrument=key, state="done").order_by("-closed_at").first()
    if last is not None and last.closed_at is not None:
        if local_date(now) < rules.may_ask_from(chosen, local_date(last.closed_at)):
            raise Stale("check_in_too_soon")
    row = await CheckIn.create(
        municipality_id=person.municipality_id,
        person_id=person.person_id,
        instrument=key,
        version=chosen.version,
        period=day,
        asked_by="self",
        state="open",
        due_at=now,
        asked_at=now,
        opened_at=now,
        expires_at=now + timedelta(days=2),
    )
    return row.id


@atomic
async def open_check_in(person: YoungPerson, check_in_id: str, *, now: datetime) -> str:
    """The first question is shown, or the one where the person stopped. Raises Stale when it is closed."""
    row = await _own(person, check_in_id)
    if row.state not in _RUNNING or row.expires_at <= now:
        raise Stale("check_in_closed")
    if row.state != "open":
        row.state, row.opened_at = "open", now
        await row.save(update_fields=["state", "opened_at"])
    return row.id


@atomic
async def answer(person: YoungPerson, check_in_id: str, item: str, code: Code, *, now: datetime) -> Step:
    """Answer one item. The first press counts once; another code is a correction of the same row until it closes.

    Raises Stale when the check-in is closed, Invalid for a code the item does not have.
    """
    row = await _own(person, check_in_id)
    if row.state == "done":
        return Step(row.id, row.state, None)
    if row.state not in _RUNNING or row.expires_at <= now:
        raise Stale("check_in_closed")
    chosen = instrument(row.instrument)
    asked = next((one for one in chosen.items if one.key == item), None)
    if asked is None or not accepts(chosen, asked, code):
        raise Invalid("answer_unknown", item)
    opened = await vault(person.municipality_id, person.person_id)
    stored = await Answer.get_or_none(check_in_id=row.id, item=item)
    sealed = opened.seal("answer", "code", f"{row.id}:{item}", json.dumps(code))
    if stored is None:
        await Answer.create(
            municipality_id=row.municipality_id, person_id=row.person_id, check_in_id=row.id, item=item,
            code_sealed=sealed, at=now,
        )  # fmt: skip
    else:
        stored.code_sealed, stored.at = sealed, now
        await stored.save(update_fields=["code_sealed", "at"])
    row.state, row.current = "open", ""
    await row.save(update_fields=["state", "current"])
    answers = await answers_of(opened, row.id)
    following = rules.next_item(chosen, answers)
    if following is not None:
        return Step(row.id, row.state, following.key)
    low = await _finish(person, row, chosen, answers, opened, now)
    return Step(row.id, "done", None, low)


@atomic
async def skip(person: YoungPerson, check_in_id: str, item: str, *, now: datetime) -> Step:
    """Skip one item: kept apart from every answer. Only where the instrument allows it."""
    return await answer(person, check_in_id, item, SKIP, now=now)


@atomic
async def back(person: YoungPerson, check_in_id: str, item: str, *, now: datetime) -> Step:
    """Show the item before; its answer stays until another is pressed."""
    row = await _own(person, check_in_id)
    if row.state not in _RUNNING:
        raise Stale("check_in_closed")
    chosen = instrument(row.instrument)
    if item not in {one.key for one in chosen.items}:
        raise Invalid("answer_unknown", "item")
    before = rules.previous_item(chosen, item)
    row.current = before.key if before else item
    await row.save(update_fields=["current"])
    return Step(row.id, row.state, row.current)


@atomic
async def stop(person: YoungPerson, check_in_id: str, *, now: datetime) -> None:
    """End this check-in only. What was answered stays the person's; nothing is asked again until the next round."""
    row = await _own(person, check_in_id)
    if row.state in _RUNNING:
        await _close(row, "stopped", now)


@atomic
async def share(person: YoungPerson, check_in_id: str, *, on: bool, now: datetime) -> None:
    """Share one check-in's answers with the caseworker, or take that back."""
    row = await _own(person, check_in_id)
    row.shared_at = now if on else None
    await row.save(update_fields=["shared_at"])


@atomic
async def screen_shown(person: YoungPerson, check_in_id: str, letter_id: int | None) -> None:
    """Remember which letter carries the question, so that the next one replaces it in place."""
    row = await _own(person, check_in_id)
    if letter_id is not None:
        row.screen_letter_id = letter_id
        await row.save(update_fields=["screen_letter_id"])


@atomic
async def ask_now(viewer: Viewer, person_id: str, key: str, *, now: datetime) -> str:
    """A caseworker asks now. It never counts in a figure. Raises Stale while one is running or too soon after the last
    answer, Invalid for what is no instrument."""
    person = await person_for(viewer, person_id)
    if await CheckIn.filter(person_id=person.id, instrument=key, state__in=list(_RUNNING)).exists():
        raise Stale("check_in_running")
    chosen = _asked(key)
    if await _last_asked(person.id, chosen) > local_date(now) - timedelta(days=chosen.minimum_days):
        raise Stale("check_in_too_soon")
    row, made = await CheckIn.get_or_none(
        person_id=person.id, instrument=key, period=local_date(now).isoformat(), asked_by="staff", about=""
    ), False
    if row is None:
        row, made = await CheckIn.create(
            municipality_id=person.municipality_id, person_id=person.id, instrument=key, version=chosen.version,
            period=local_date(now).isoformat(), asked_by="staff", state="due", due_at=now,
            expires_at=rhythm.expires(now, key),
        ), True  # fmt: skip
    if made:
        await trail.record(viewer, "checkin.ask", person_id=person.id, about=row.id, now=now)
    return row.id


async def answers_of(opened: Vault, check_in_id: str) -> dict[str, Code]:
    """The answers of a check-in, item by item."""
    return {
        row.item: json.loads(opened.open("answer", "code", f"{check_in_id}:{row.item}", row.code_sealed))
        for row in await Answer.filter(check_in_id=check_in_id)
    }


def _asked(key: str) -> Instrument:
    try:
        chosen = instrument(key)
    except UnknownInstrument:
        raise Invalid("instrument_unknown", "instrument") from None
    if not chosen.enabled:
        raise Invalid("instrument_unknown", "instrument")
    return chosen


# --- inside ---------------------------------------------------------------------------------------------------------


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


async def _askable(municipality_id: str) -> list[str]:
    consenting = set(
        await Consent.filter(
            municipality_id=municipality_id, purpose=Purpose.CHECKINS.value, withdrawn_at=None
        ).values_list("person_id", flat=True)
    )
    linked = set(await Link.filter(municipality_id=municipality_id, state="active").values_list("person_id", flat=True))
    here = await Person.filter(
        municipality_id=municipality_id, left_on=None, erased_at=None, stopped_at=None
    ).values_list("id", flat=True)
    return [str(person_id) for person_id in here if person_id in consenting and person_id in linked]


async def _may_be_asked(municipality_id: str, person_id: str) -> bool:
    return (
        await Consent.exists(person_id=person_id, purpose=Purpose.CHECKINS.value, withdrawn_at=None)
        and await Link.exists(person_id=person_id, state="active")
        and await Person.exists(id=person_id, municipality_id=municipality_id, left_on=None, stopped_at=None)
    )


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


async def _finish(
    person: YoungPerson, row: CheckIn, chosen: Instrument, answers: dict[str, Code], opened: Vault, now: datetime
) -> bool:
    score = scoring.score(row.instrument, answers)
    row.state, row.closed_at = "done", now
    if score is not None:
        row.score_sealed = opened.seal("check_in", "score", row.id, json.dumps(score))
    await row.save()
    await _measure(row, answers, now)
    if row.instrument != "who5" or not isinstance(score, int):
        return False
    reason = alert_rules.from_who5(
        score, await _previous_score(row, opened), follow_up_open=await follow_up_open(person, row.person_id)
    )
    if reason is not None:
        await raise_alert(person, row.person_id, reason, about=row.id, now=now)
    return alert_rules.is_low(score)


async def _previous_score(row: CheckIn, opened: Vault) -> int | None:
    before = (
        await CheckIn.filter(
            person_id=row.person_id, instrument=row.instrument, state="done", closed_at__lt=row.closed_at,
            score_sealed__not_isnull=True,
        )
        .order_by("-closed_at")
        .first()
    )
    if before is None or before.score_sealed is None:
        return None
    return int(json.loads(opened.open("check_in", "score", before.id, before.score_sealed)))


async def _close(row: CheckIn, state: str, now: datetime) -> None:
    row.state, row.closed_at = state, now
    await row.save(update_fields=["state", "closed_at"])
    opened = await vault(row.municipality_id, row.person_id)
    answers = await answers_of(opened, row.id)
    if answers:
        await _measure(row, answers, now)


async def _measure(row: CheckIn, answers: dict[str, Code], now: datetime) -> None:
    """One coded, pseudonymous row, in the transaction of the last answer. Only what the clock asked can count."""
    if row.asked_by != "clock":
        return
    if not await Consent.exists(person_id=row.person_id, purpose=Purpose.FIGURES.value, withdrawn_at=None):
        return
    who = subject(row.municipality_id, row.person_id)
    if await Measured.exists(subject=who, instrument=row.instrument, period=row.period):
        return
    over = await municipality_vault(row.municipality_id)
    measured = Measured(
        municipality_id=row.municipality_id,
        subject=who,
        instrument=row.instrument,
        version=row.version,
        period=row.period,
        at=now,
    )
    measured.codes_sealed = over.seal("measured", "codes", measured.id, json.dumps(answers, sort_keys=True))
    await measured.save()


async def _own(person: YoungPerson, check_in_id: str) -> CheckIn:
    row = await CheckIn.get_or_none(
        id=check_in_id, person_id=person.person_id, municipality_id=person.municipality_id
    )
    if row is None:
        raise NotFound
    return row


