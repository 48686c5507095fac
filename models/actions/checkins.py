"""Check-ins: asked, answered one item at a time, scored, measured. One engine for every instrument.

Answers are rows; the next question is computed from them. A press may come twice, late, from another device or after a
restart: the same row is written again, or nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.actions import trail
from models.actions.alerts import follow_up_open, raise_alert
from models.actions.checkins_measured import _answers_of, _close, _measure
from models.actions.checkins_planned import _last_asked, ask_due, expire_due, plan_due, plan_heard, remind_due
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
from models.transactions import atomic

_RUNNING = ("due", "asked", "open")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a check-in stands after a press: the item to show next, or None when it is complete."""

    check_in_id: str
    state: str
    item: str | None
    low: bool = False


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
    answers = await _answers_of(opened, row.id)
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
    "Step", "answer", "ask_due", "ask_now", "back", "begin", "expire_due", "open_check_in", "plan_due", "plan_heard",
    "remind_due", "screen_shown", "share", "skip", "stop",
]  # fmt: skip
