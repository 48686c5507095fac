"""Pulses: one tap after a meeting or a decision, at most one for each, only while it is fresh."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.actions.checkins_measured import _refused
from models.actions.checkins_planned import _may_be_asked
from models.domain import rhythm
from models.domain.instruments import instrument
from models.domain.localtime import local_date
from models.tables.checkins import CheckIn
from models.tables.fields import micros
from models.tables.register import Person
from models.transactions import Scope, Scoped, alone, atomic, rows

#: What of an offer's history is a decision.
DECISIONS = ("yes", "no", "change", "started", "ended")
#: An event is left in peace for an hour, since answers come in twos, and is stale after a day.
_SETTLED = timedelta(hours=1)
_STALE = timedelta(hours=24)
_PAGE = 500


@atomic
async def pulse_after(scope: Scoped, person_id: str, about: str, *, now: datetime, event: str = "offer") -> str | None:
    """Plan one pulse after the event `about` (the id of its row); `event` is its kind: offer, meeting or feedback.

    Returns the check-in's id; None where that event has had one, or the person does not want any. It is asked when
    nothing else is, holds its tongue while a conversation or an alert is open, and is gone after two days.
    """
    await alone("pulse", about)
    person = await Person.get_or_none(id=person_id)
    if person is None or await CheckIn.exists(person_id=person_id, instrument="pulse", about=about):
        return None
    if await _refused(person_id, "pulse") or not await _may_be_asked(person.municipality_id, person_id, now):
        return None
    row = await CheckIn.create(
        municipality_id=person.municipality_id,
        person_id=person_id,
        instrument="pulse",
        version=instrument("pulse").version,
        period=local_date(now).isoformat(),
        asked_by="event",
        about=about,
        event=event,
        state="due",
        due_at=now,
        expires_at=rhythm.expires(now, "pulse"),
    )
    return row.id


@atomic
async def plan_pulses(scope: Scoped, *, now: datetime) -> int:
    """A pulse after each meeting that was held, and after each decision about an offer, the latest where several came.

    Closed feedback has none: its answer carries the same question already.
    """
    made = 0
    for event, found in (("offer", await _decided(now)), ("meeting", await _met(now))):
        for one in found:
            here = Scope(one["municipality_id"])
            made += await pulse_after(here, one["person_id"], one["id"], now=now, event=event) is not None
    return made


async def _decided(now: datetime) -> list[Any]:
    """The decisions about offers that are settled and fresh, and have had no pulse."""
    marks = ", ".join("?" * len(DECISIONS))
    return await rows(
        "SELECT e.id, e.person_id, e.municipality_id FROM offer_event e "  # noqa: S608 (only marks are put in)
        f"WHERE e.at > ? AND e.at <= ? AND e.deed IN ({marks}) "
        "AND NOT EXISTS (SELECT 1 FROM offer_event l WHERE l.offer_id = e.offer_id AND l.at > e.at "
        f"AND l.deed IN ({marks}, 'regret')) "
        "AND NOT EXISTS (SELECT 1 FROM check_in c WHERE c.about = e.id AND c.instrument = 'pulse') "
        "ORDER BY e.at LIMIT ?",
        micros(now - _STALE), micros(now - _SETTLED), *DECISIONS, *DECISIONS, _PAGE,
    )  # fmt: skip


async def _met(now: datetime) -> list[Any]:
    """The meetings that ended an hour to a day ago and have had no pulse. One was held when nobody cancelled it, said
    that they can't, or wrote that it did not take place; whether the clock has ended it yet makes no difference.
    """
    return await rows(
        "SELECT m.id, m.person_id, m.municipality_id FROM meeting m "
        "WHERE m.ends_at > ? AND m.ends_at <= ? AND m.cannot_at IS NULL AND m.state IN ('planned', 'held') "
        "AND NOT EXISTS (SELECT 1 FROM check_in c WHERE c.about = m.id AND c.instrument = 'pulse') "
        "ORDER BY m.ends_at LIMIT ?",
        micros(now - _STALE), micros(now - _SETTLED), _PAGE,
    )  # fmt: skip
