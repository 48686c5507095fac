"""Check-ins: asked, answered one item at a time, scored, measured. One engine for every instrument.

Answers are rows; the next question is computed from them. A press may come twice, late, from another device or after a
restart: the same row is written again, or nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.actions import trail
from models.actions.alerts import follow_up_open, raise_alert, thresholds_of
from models.actions.checkins_measured import _answers_of, _close, _measure, _refused, _unmeasure, _without
from models.actions.checkins_planned import _last_asked, ask_due, expire_due, plan_due, plan_heard, remind_due
from models.actions.checkins_plans import change_plan, follow_plans, plan, set_plan
from models.actions.checkins_pulse import plan_pulses, pulse_after
from models.actions.checkins_rhythm import (
    _ask_not,
    ask_again,
    choose_quiet,
    choose_reminders,
    choose_rhythm,
)
from models.actions.checkins_shared import looked_at_shared, share, unshare
from models.domain import alerts as alert_rules
from models.domain import checkins as rules
from models.domain import rhythm, scoring
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.instruments import SKIP, Code, Instrument, UnknownInstrument, accepts, instrument
from models.domain.localtime import local_date
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.tables.checkins import Answer, CheckIn
from models.tables.consent import Link
from models.tables.keys import Vault, vault
from models.tables.reach import person_for
from models.transactions import alone, atomic

_RUNNING = ("due", "asked", "open")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a check-in stands after a press: the item to show next, or None when it is complete.

    `counted` is an item that had been answered otherwise before, and that answer stands. `again`: nothing changed.
    """

    check_in_id: str
    state: str
    item: str | None
    low: bool = False
    counted: str = ""
    again: bool = False


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
    today = await CheckIn.get_or_none(person_id=person.person_id, instrument=key, period=day, asked_by="self", about="")
    if today is not None:
        raise Stale("check_in_too_soon")
    last = await CheckIn.filter(person_id=person.person_id, instrument=key, state="done").order_by("-closed_at").first()
    if last is not None and local_date(now) < rules.may_ask_from(chosen, local_date(last.closed_at)):
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
    """Answer one item. The first press counts, from whatever device; the item on the screen may be answered anew.

    Raises Stale when the check-in is closed, Invalid for a code the item does not have.
    """
    await alone("check_in", check_in_id)
    row = await _own(person, check_in_id)
    if row.expires_at <= now or not (row.state in _RUNNING or row.state == "done"):
        raise Stale("check_in_closed")
    chosen = instrument(row.instrument)
    asked = next((one for one in chosen.items if one.key == item), None)
    if asked is None or not accepts(chosen, asked, code):
        raise Invalid("answer_unknown", item)
    opened = await vault(person.municipality_id, person.person_id)
    without = await _without(person.person_id, row.instrument)
    answers = await _answers_of(opened, row.id)
    if row.current != item and (item in answers or row.state == "done"):
        following = None if row.state == "done" else rules.next_item(chosen, answers, without)
        counted = item if item in answers and answers[item] != code else ""
        return Step(row.id, row.state, following.key if following else None, counted=counted, again=True)
    await _write(row, item, code, answers.get(item), opened, now)
    answers[item] = code
    following = rules.next_item(chosen, answers, without)
    if row.state == "done":  # a correction goes through all of them, in order
        following = rules.following_item(chosen, item, without) if item not in without else None
    elif following is not None:
        row.state = "open"
    row.current = following.key if following and row.state == "done" else ""
    await row.save(update_fields=["state", "current"])
    low = False
    if row.state == "done" or following is None:
        low = await _finish(person, row, chosen, answers, opened, now)
    return Step(row.id, row.state, following.key if following else None, low and following is None)


@atomic
async def skip(person: YoungPerson, check_in_id: str, item: str, *, now: datetime) -> Step:
    """Skip one item: kept apart from every answer. Only where the instrument allows it."""
    return await answer(person, check_in_id, item, SKIP, now=now)


@atomic
async def never_again(person: YoungPerson, check_in_id: str, item: str, *, now: datetime) -> Step:
    """ "Don't ask me that again": this item, or with no item the whole instrument, whose asking ends at once.

    Where no item would be left it is the whole instrument. Taken back with `ask_again`.
    """
    row = await _own(person, check_in_id)
    if row.state not in _RUNNING or row.expires_at <= now:
        raise Stale("check_in_closed")
    chosen = instrument(row.instrument)
    if item and item not in {one.key for one in chosen.items}:
        raise Invalid("answer_unknown", "item")
    without = await _without(person.person_id, row.instrument) | {item}
    if not rules.asked_items(chosen, without):
        item = ""
    await _ask_not(person, row.instrument, item, now)
    if not item:
        for running in await CheckIn.filter(
            person_id=row.person_id, instrument=row.instrument, state__in=list(_RUNNING)
        ):
            await _close(running, "stopped", now)
        return Step(row.id, "stopped", None)
    opened = await vault(person.municipality_id, person.person_id)
    answers = await _answers_of(opened, row.id)
    following = rules.next_item(chosen, answers, without)
    row.state, row.current = "open", ""
    await row.save(update_fields=["state", "current"])
    if following is not None:
        return Step(row.id, row.state, following.key)
    return Step(row.id, "done", None, await _finish(person, row, chosen, answers, opened, now))


@atomic
async def back(person: YoungPerson, check_in_id: str, item: str, *, now: datetime) -> Step:
    """Show the item before; its answer stays until another is pressed."""
    row = await _own(person, check_in_id)
    if row.state not in _RUNNING and not row.current:
        raise Stale("check_in_closed")
    chosen = instrument(row.instrument)
    without = await _without(person.person_id, row.instrument)
    if item not in {one.key for one in rules.asked_items(chosen, without)}:
        raise Invalid("answer_unknown", "item")
    before = rules.previous_item(chosen, item, without)
    row.current = before.key if before else item
    await row.save(update_fields=["current"])
    return Step(row.id, row.state, row.current)


@atomic
async def correct(person: YoungPerson, check_in_id: str, item: str = "", *, now: datetime) -> Step:
    """Show an answered item again, to be answered anew: the one named, or the first. Also in a check-in that is done,
    as long as it may be answered; raises Stale after that."""
    row = await _own(person, check_in_id)
    if row.state not in {*_RUNNING, "done"} or row.expires_at <= now:
        raise Stale("check_in_closed")
    asked = rules.asked_items(instrument(row.instrument), await _without(person.person_id, row.instrument))
    if item and item not in {one.key for one in asked}:
        raise Invalid("answer_unknown", "item")
    if not asked:
        raise Stale("check_in_closed")
    row.current = item or asked[0].key
    await row.save(update_fields=["current"])
    return Step(row.id, row.state, row.current)


@atomic
async def take_back(person: YoungPerson, check_in_id: str, *, now: datetime) -> None:
    """Take back what was answered, as long as it may be answered: answers, score and coded row are deleted.

    That is always before a figure is published. An alert it raised stays with the human who has it.
    """
    row = await _own(person, check_in_id)
    if row.state not in {"done", "stopped"} or row.expires_at <= now:
        raise Stale("check_in_closed")
    await Answer.filter(check_in_id=row.id).delete()
    await _unmeasure(row)
    row.state, row.current, row.score_sealed = "stopped", "", None
    await row.save(update_fields=["state", "current", "score_sealed"])
    await trail.record(person, "checkin.take_back", person_id=row.person_id, about=row.id, now=now)


@atomic
async def stop(person: YoungPerson, check_in_id: str, *, now: datetime) -> None:
    """End this check-in only, or the correcting of it. What was answered stays the person's; nothing is asked again
    until the next round."""
    row = await _own(person, check_in_id)
    if row.state in _RUNNING:
        await _close(row, "stopped", now)
    elif row.current:
        row.current = ""
        await row.save(update_fields=["current"])


@atomic
async def screen_shown(person: YoungPerson, check_in_id: str, letter_id: int | None) -> None:
    """Remember which letter carries the question, so that the next one replaces it in place."""
    row = await _own(person, check_in_id)
    if letter_id is not None:
        row.screen_letter_id = letter_id
        await row.save(update_fields=["screen_letter_id"])


@atomic
async def ask_now(viewer: Viewer, person_id: str, key: str, *, now: datetime) -> str:
    """A caseworker asks now. It never counts in a figure. Raises Stale while one is running, too soon after the last
    answer or when the person does not want to be asked, Invalid for what is no instrument."""
    person = await person_for(viewer, person_id)
    if await CheckIn.filter(person_id=person.id, instrument=key, state__in=list(_RUNNING)).exists():
        raise Stale("check_in_running")
    chosen = _asked(key)
    if await _refused(person.id, key):
        raise Stale("check_in_refused")
    if await _last_asked(person.id, chosen) > local_date(now) - timedelta(days=chosen.minimum_days):
        raise Stale("check_in_too_soon")
    row, made = (
        await CheckIn.get_or_none(
            person_id=person.id, instrument=key, period=local_date(now).isoformat(), asked_by="staff", about=""
        ),
        False,
    )
    if row is None:
        row, made = await CheckIn.create(
            municipality_id=person.municipality_id, person_id=person.id, instrument=key, version=chosen.version,
            period=local_date(now).isoformat(), asked_by="staff", state="due", due_at=now,
            expires_at=rhythm.expires(now, key),
        ), True  # fmt: skip
    if made:
        await trail.record(viewer, "checkin.ask", person_id=person.id, about=row.id, now=now)
    return row.id


def _asked(key: str) -> Instrument:
    try:
        chosen = instrument(key)
    except UnknownInstrument:
        raise Invalid("instrument_unknown", "instrument") from None
    if not chosen.enabled:
        raise Invalid("instrument_unknown", "instrument")
    return chosen


async def _write(row: CheckIn, item: str, code: Code, before: Code | None, opened: Vault, now: datetime) -> None:
    """Store one answer. Another one than before is not what was shown to the caseworker: it is shown no longer."""
    sealed = opened.seal("answer", "code", f"{row.id}:{item}", json.dumps(code))
    stored = await Answer.get_or_none(check_in_id=row.id, item=item)
    if stored is None:
        await Answer.create(
            municipality_id=row.municipality_id, person_id=row.person_id, check_in_id=row.id, item=item,
            code_sealed=sealed, at=now,
        )  # fmt: skip
        return
    stored.code_sealed, stored.at = sealed, now
    stored.shared_at = stored.shared_at if before == code else None
    await stored.save(update_fields=["code_sealed", "at", "shared_at"])


async def _finish(
    person: YoungPerson, row: CheckIn, chosen: Instrument, answers: dict[str, Code], opened: Vault, now: datetime
) -> bool:
    """Score, measure, and see whether a human should look; also after a correction. True for a low score."""
    corrected = row.state == "done"
    score = scoring.score(row.instrument, answers)
    row.state, row.closed_at = "done", row.closed_at if corrected else now
    row.score_sealed = None if score is None else opened.seal("check_in", "score", row.id, json.dumps(score))
    await row.save()
    await _measure(row, answers, now, corrected=corrected)
    if row.instrument != "who5" or not isinstance(score, int):
        return False
    reason = alert_rules.from_who5(
        score, await _previous_score(row, opened), follow_up_open=await follow_up_open(person, row.person_id),
        thresholds=await thresholds_of(row.municipality_id),
    )  # fmt: skip
    if reason is not None:
        await raise_alert(person, row.person_id, reason, about=row.id, now=now)
    return alert_rules.is_low(score)


async def _previous_score(row: CheckIn, opened: Vault) -> int | None:
    before = (
        await CheckIn.filter(
            person_id=row.person_id,
            instrument=row.instrument,
            state="done",
            closed_at__lt=row.closed_at,
            score_sealed__not_isnull=True,
        )
        .order_by("-closed_at")
        .first()
    )
    if before is None or before.score_sealed is None:
        return None
    return int(json.loads(opened.open("check_in", "score", before.id, before.score_sealed)))


async def _own(person: YoungPerson, check_in_id: str) -> CheckIn:
    row = await CheckIn.get_or_none(id=check_in_id, person_id=person.person_id, municipality_id=person.municipality_id)
    if row is None:
        raise NotFound
    if not person.confirmed and row.opened_at is not None:
        link = await Link.get(id=person.link_id, municipality_id=person.municipality_id)
        if row.opened_at < link.opened_at:
            raise NotAllowed("not_confirmed")  # somebody's answers from before; whose phone this is, nobody has heard
    return row


__all__ = [
    "Step", "answer", "ask_again", "ask_due", "ask_now", "back", "begin", "change_plan", "choose_quiet",
    "choose_reminders", "choose_rhythm", "correct", "expire_due", "follow_plans", "looked_at_shared", "never_again",
    "open_check_in", "plan", "plan_due", "plan_heard", "plan_pulses", "pulse_after", "remind_due", "screen_shown",
    "set_plan", "share", "skip", "stop", "take_back", "unshare",
]  # fmt: skip
