"""Feedback: who may see it first, then the words; into the right inbox; answered; the loop closed."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from models.actions import letters, trail
from models.actions.alerts import hours_of
from models.domain import feedback as rules
from models.domain import promises
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.feedback import About, Audience, State
from models.domain.people import YoungPerson
from models.domain.staff import Viewer, may
from models.tables.feedback import Feedback
from models.tables.keys import vault
from models.tables.reach import person_for
from models.transactions import alone, atomic

#: The answer comes in one chat message, with the question under it.
LONGEST_ANSWER = 3500


@atomic
async def begin(person: YoungPerson, about: About, *, now: datetime) -> str:
    """What the feedback is about; returns its id. Who may see it is asked next, before any words are taken."""
    row = await Feedback.create(
        municipality_id=person.municipality_id,
        person_id=person.person_id,
        about=about.value,
        audience="",
        state="opened",
        opened_at=now,
    )
    return row.id


@atomic
async def choose_audience(person: YoungPerson, feedback_id: str, audience: Audience, *, now: datetime) -> bool:
    """Who may see it. Only until the words are said. True when words are wanted: statistics take none."""
    row = await _own(person, feedback_id)
    if row.said_at is not None:
        return False
    row.audience = audience.value
    if not rules.has_reader(audience):
        row.state, row.said_at, row.closed_at = State.DONE.value, now, now
    await row.save()
    return rules.has_reader(audience)


@atomic
async def say(person: YoungPerson, feedback_id: str, words: str, *, now: datetime) -> datetime | None:
    """The words. A promise starts, by which a human answers; None when they were said before."""
    row = await _own(person, feedback_id)
    if row.said_at is not None or not row.audience:
        return None
    opened = await vault(person.municipality_id, person.person_id)
    row.body_sealed = opened.seal("feedback", "body", row.id, words)
    row.state, row.said_at = State.SAID.value, now
    row.promised_at = promises.promise(now, await hours_of(person.municipality_id))
    await row.save()
    return cast(datetime, row.promised_at)


@atomic
async def add(person: YoungPerson, feedback_id: str, words: str, *, now: datetime) -> bool:
    """More words for the same feedback, on a line of their own, while nobody has read it. False when it is too late."""
    row = await _own(person, feedback_id)
    if row.state != State.SAID.value or row.body_sealed is None:
        return False
    opened = await vault(person.municipality_id, person.person_id)
    before = opened.open("feedback", "body", row.id, row.body_sealed)
    row.body_sealed = opened.seal("feedback", "body", row.id, f"{before}\n{words}")
    await row.save(update_fields=["body_sealed"])
    return True


@atomic
async def see(viewer: Viewer, feedback_id: str, *, now: datetime) -> None:
    """A human reads it: seen, by whom and when."""
    row = await _readable(viewer, feedback_id)
    if row.state == State.SAID.value:
        row.state, row.seen_at, row.seen_by_id = State.SEEN.value, now, viewer.staff_id
        await row.save()
    await trail.record(viewer, "feedback.read", person_id=row.person_id, about=row.id, now=now)


@atomic
async def answer(viewer: Viewer, feedback_id: str, words: str, closing: State, *, now: datetime) -> None:
    """Answer and close: done, or explained why not. The person is told, and asked if they felt heard.

    Raises Invalid without words, Stale when it was closed before, NotFound where this viewer may not read it.
    """
    if not words.strip():
        raise Invalid("feedback_answer_empty", "words")
    if len(words.strip()) > LONGEST_ANSWER:
        raise Invalid("feedback_answer_too_long", "words")
    if not rules.is_closed(closing):
        raise Invalid("feedback_closing", "closing")
    row = await _readable(viewer, feedback_id)
    state = State(row.state)
    if rules.is_closed(state):
        raise Stale("feedback.moved_on")
    if state is State.SAID:
        state = rules.move(state, State.SEEN)
        row.seen_at, row.seen_by_id = now, viewer.staff_id
    if state is State.SEEN:
        state = rules.move(state, State.ANSWERED)
    row.state = rules.move(state, closing).value
    opened = await vault(row.municipality_id, row.person_id)
    row.answer_sealed = opened.seal("feedback", "answer", row.id, words.strip())
    row.answered_at, row.answered_by_id, row.closed_at = now, viewer.staff_id, now
    await row.save()
    await letters.post(
        viewer, "feedback.answer", person_id=row.person_id, key=f"feedback:{row.id}", about=row.id, now=now
    )
    await trail.record(viewer, "feedback.answer", person_id=row.person_id, about=row.id, now=now)


@atomic
async def heard(person: YoungPerson, feedback_id: str, code: int, *, now: datetime) -> bool:
    """ "Did you feel heard?" in one tap, 1 to 5; the first counts. Nobody at the desk sees whose it is."""
    row = await _own(person, feedback_id)
    if row.heard_sealed is not None or code not in range(1, 6):
        return False
    opened = await vault(person.municipality_id, person.person_id)
    row.heard_sealed = opened.seal("feedback", "heard", row.id, str(code))
    await row.save(update_fields=["heard_sealed"])
    return True


async def _own(person: YoungPerson, feedback_id: str) -> Feedback:
    await alone("feedback", feedback_id)
    row = await Feedback.get_or_none(id=feedback_id, person_id=person.person_id, municipality_id=person.municipality_id)
    if row is None:
        raise NotFound
    return row


async def _readable(viewer: Viewer, feedback_id: str) -> Feedback:
    await alone("feedback", feedback_id)
    row = await Feedback.get_or_none(id=feedback_id, municipality_id=viewer.municipality_id)
    if row is None or not may(viewer.role, "feedback.read") or row.body_sealed is None or not row.audience:
        raise NotFound
    person = await person_for(viewer, row.person_id)
    if not rules.may_read(
        Audience(row.audience),
        viewer_is_caseworker=viewer.staff_id == person.caseworker_id,
        viewer_role=viewer.role,
        viewer_is_substitute=viewer.staff_id == person.substitute_id,
    ):
        raise NotFound
    return row
