"""Feedback: who may see it first, then the words; into the right inbox; seen, answered, done or explained; or back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from models.actions import letters, trail
from models.actions.alerts import hours_of, raise_alert
from models.domain import feedback as rules
from models.domain import promises
from models.domain.alerts import Reason
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.feedback import About, Audience, Colleague, State
from models.domain.localtime import local_date
from models.domain.people import YoungPerson
from models.domain.staff import Role, Viewer, may
from models.tables.attachments import Attachment
from models.tables.feedback import Feedback, FeedbackStep
from models.tables.keys import vault
from models.tables.outbox import Letter
from models.tables.reach import on_duty, person_for
from models.tables.register import Person
from models.tables.staff import Absence, Staff
from models.transactions import Scope, Scoped, alone, atomic

#: The answer comes in one chat message, with the question under it.
LONGEST_ANSWER = 3500
#: What came of it stands under the answer.
LONGEST_CLOSING = 1500
_OPEN = (State.SAID.value, State.SEEN.value, State.ANSWERED.value)


#: A broken promise is told once for all feedback that waits for the same eyes, not once for each.
_SAID_A_MOMENT_AGO = timedelta(hours=2)


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
    """Who may see it. Only until the words are said. True when words are wanted: statistics take none.

    Raises Stale ("feedback.no_reader") for "someone else" where nobody else could read it.
    """
    row = await _own(person, feedback_id)
    if row.said_at is not None:
        return False
    if audience is Audience.SOMEONE_ELSE and await _who_has_it(row, audience, now) is None:
        raise Stale("feedback.no_reader")
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
    row.owner_id = await _who_has_it(row, Audience(row.audience), now)
    await row.save()
    return cast(datetime, row.promised_at)


@atomic
async def add(person: YoungPerson, feedback_id: str, words: str, *, now: datetime) -> bool:
    """More words for the same feedback, on a line of their own, while nobody has read it. False when it is too late."""
    row = await _own(person, feedback_id)
    if row.state != State.SAID.value or row.body_sealed is None or row.reopened:
        return False
    opened = await vault(person.municipality_id, person.person_id)
    before = opened.open("feedback", "body", row.id, row.body_sealed)
    row.body_sealed = opened.seal("feedback", "body", row.id, f"{before}\n{words}")
    await row.save(update_fields=["body_sealed"])
    return True


@atomic
async def receipted(person: YoungPerson, feedback_id: str, letter_id: int | None) -> None:
    """The receipt that says by when somebody answers: "read by" takes its place."""
    row = await _own(person, feedback_id)
    row.receipt_letter_id = letter_id
    await row.save(update_fields=["receipt_letter_id"])


@atomic
async def narrow(person: YoungPerson, feedback_id: str, audience: Audience, *, now: datetime) -> None:
    """Keep it from somebody after all, while nobody has seen it. "Only as statistics" drops the words.

    Raises Stale once somebody has seen it, or where nobody else could read it; Invalid for a wider audience.
    """
    row = await _own(person, feedback_id)
    if row.body_sealed is None or row.reopened:
        raise Stale("feedback.seen")
    row.audience = rules.narrow(State(row.state), Audience(row.audience), audience).value
    await _step(row, "narrowed", now)
    if rules.has_reader(audience):
        row.owner_id = await _who_has_it(row, audience, now)
        if row.owner_id is None:
            raise Stale("feedback.no_reader")
    else:
        await _drop_words(row)
        row.state, row.closed_at, row.promised_at, row.owner_id = State.DONE.value, now, None, None
    await row.save()


@atomic
async def withdraw(person: YoungPerson, feedback_id: str, *, now: datetime) -> None:
    """Take it back while nobody has seen it: the words are gone. Raises Stale once somebody has seen it."""
    row = await _own(person, feedback_id)
    if row.reopened:
        raise Stale("feedback.seen")
    row.state = rules.withdraw(State(row.state)).value
    await _drop_words(row)
    row.closed_at, row.promised_at, row.owner_id = now, None, None
    await row.save()
    await _step(row, "withdrawn", now)


@atomic
async def see(viewer: Viewer, feedback_id: str, *, now: datetime) -> None:
    """A human reads it: seen, by whom and when. The person sees that, quietly, where the receipt stood."""
    row = await _readable(viewer, feedback_id)
    if row.state == State.SAID.value:
        await _seen(viewer, row, now)
        await row.save()
    await trail.record(viewer, "feedback.read", person_id=row.person_id, about=row.id, now=now)


@atomic
async def answer(
    viewer: Viewer, feedback_id: str, words: str, closing: State | None = None, *, now: datetime, came_of_it: str = ""
) -> None:
    """Answer; with `closing` also close, done or explained why not, in one go. The person is told.

    Without `closing` a promise runs until what came of it is said. `came_of_it` are the words of the closing, "" where
    the answer says it all. The same again changes nothing. Raises Invalid without words, Stale when it was answered or
    closed before, NotFound where this viewer may not read it.
    """
    _check_answer(words, closing, came_of_it)
    row = await _readable(viewer, feedback_id)
    state = State(row.state)
    if state not in {State.SAID, State.SEEN}:
        if await _said_by(viewer, row, "answered", words):
            return
        raise Stale("feedback.moved_on")
    if state is State.SAID:
        await _seen(viewer, row, now)
    row.state = rules.move(State(row.state), State.ANSWERED).value
    opened = await vault(row.municipality_id, row.person_id)
    row.answer_sealed = opened.seal("feedback", "answer", row.id, words.strip())
    row.answered_at, row.answered_by_id, row.owner_id = now, viewer.staff_id, viewer.staff_id
    await _step(row, "answered", now, staff_id=viewer.staff_id, words=words.strip())
    if closing is None:
        row.promised_at = rules.closing_due(now, await hours_of(row.municipality_id))
    else:
        await _close(viewer, row, closing, came_of_it.strip(), now)
    await row.save()
    await letters.post(
        viewer, "feedback.answer", person_id=row.person_id, key=_key(row, "answer"), about=row.id, now=now
    )
    await trail.record(viewer, "feedback.answer", person_id=row.person_id, about=row.id, now=now)


@atomic
async def close(viewer: Viewer, feedback_id: str, closing: State, words: str, *, now: datetime) -> None:
    """What came of an answer: done, or explained why not. The person is told, and asked if they felt heard.

    Raises Invalid without words or before there is an answer, Stale when it was closed before, NotFound where this
    viewer may not read it.
    """
    if not words.strip():
        raise Invalid("feedback_closing_empty", "words")
    if len(words.strip()) > LONGEST_CLOSING:
        raise Invalid("feedback_answer_too_long", "words")
    if closing not in {State.DONE, State.EXPLAINED}:
        raise Invalid("feedback_closing", "closing")
    row = await _readable(viewer, feedback_id)
    if rules.is_closed(State(row.state)):
        if await _said_by(viewer, row, closing.value, words):
            return
        raise Stale("feedback.moved_on")
    await _close(viewer, row, closing, words.strip(), now)
    await row.save()
    await letters.post(
        viewer, "feedback.closed", person_id=row.person_id, key=_key(row, "closed"), about=row.id, now=now
    )
    await trail.record(viewer, "feedback.close", person_id=row.person_id, about=row.id, now=now)


@atomic
async def not_helped(person: YoungPerson, feedback_id: str, *, now: datetime) -> None:
    """ "That did not help": said again, with a new promise; the second time a coordinator has it.

    Raises Stale where there is no answer, or where it was said too often.
    """
    row = await _own(person, feedback_id)
    row.state = rules.reopen(State(row.state), Audience(row.audience), row.reopened).value
    row.reopened += 1
    row.seen_at = row.seen_by_id = row.answered_at = row.answered_by_id = row.closed_at = None
    row.answer_sealed = row.heard_sealed = row.receipt_letter_id = row.broken_at = None
    row.promised_at = promises.promise(now, await hours_of(person.municipality_id))
    row.owner_id = await _who_has_it(row, Audience(row.audience), now)
    await row.save()
    await _step(row, "not_helped", now)


@atomic
async def say_why(person: YoungPerson, feedback_id: str, words: str, *, now: datetime) -> bool:
    """What is still missing, in the person's words, to the newest "that did not help". False when somebody has read
    that already."""
    row = await _own(person, feedback_id)
    step = await FeedbackStep.filter(feedback_id=row.id, deed="not_helped").order_by("-at").first()
    if step is None or row.state != State.SAID.value:
        return False
    opened = await vault(person.municipality_id, person.person_id)
    before = opened.open("feedback_step", "words", step.id, step.words_sealed) if step.words_sealed else ""
    step.words_sealed = opened.seal("feedback_step", "words", step.id, f"{before}\n{words}".strip())
    await step.save(update_fields=["words_sealed"])
    return True


@atomic
async def heard(person: YoungPerson, feedback_id: str, code: int, *, now: datetime) -> bool:
    """ "Did you feel heard?" in one tap, 1 to 5; the first counts. Nobody at the desk sees whose it is."""
    row = await _own(person, feedback_id)
    if row.heard_sealed is not None or code not in range(1, 6) or not rules.is_closed(State(row.state)):
        return False
    opened = await vault(person.municipality_id, person.person_id)
    row.heard_sealed = opened.seal("feedback", "heard", row.id, str(code))
    await row.save(update_fields=["heard_sealed"])
    return True


@atomic
async def break_due(scope: Scoped, *, now: datetime) -> int:
    """Promises that ran out: said to the person with a new time and who has it now, and raised as an alert, which
    those who may not read the feedback do not see. Once a day at most."""
    broken = 0
    waiting = Feedback.filter(state__in=list(_OPEN), promised_at__lte=now)
    for found in await waiting.order_by("promised_at").limit(200):
        await alone("feedback", found.id)
        row = await waiting.get_or_none(id=found.id)
        if row is None:
            continue
        here, today = Scope(row.municipality_id), local_date(now)
        named = row.id if row.broken_at is None else f"{row.id}:{today.isoformat()}"
        row.broken_at = row.broken_at or now
        row.promised_at = promises.promise(now, await hours_of(row.municipality_id), urgent=True)
        row.owner_id = await _who_has_it(row, Audience(row.audience), now)
        await row.save()
        await _step(row, "late", now)
        await raise_alert(
            here, row.person_id, Reason.BROKEN_PROMISE, about=named, now=now, owner_id=row.owner_id,
            apart=row.audience == Audience.SOMEONE_ELSE.value,
        )  # fmt: skip
        unsent = Letter.filter(kind="feedback.late", about=row.id, state__in=["queued", "waiting", "held"])
        if not await unsent.exists() and not await _just_said(row, now):
            await letters.post(
                here, "feedback.late", person_id=row.person_id, key=f"feedback-late:{named}", about=row.id, now=now
            )
        broken += 1
    return broken


async def _just_said(row: Feedback, now: datetime) -> bool:
    """Whether the very same words were said a moment ago, about another feedback of the person: who has it now and by
    when are the same, and so is what it waits for, an answer or what came of it."""
    told = await Letter.filter(
        kind="feedback.late", person_id=row.person_id, created_at__gt=now - _SAID_A_MOMENT_AGO
    ).values_list("about", flat=True)  # fmt: skip
    others = Feedback.filter(id__in=[str(key) for key in told], owner_id=row.owner_id).exclude(id=row.id)
    if row.owner_id is None:
        others = others.filter(audience=row.audience)
    answered = State.ANSWERED.value
    alike = others.filter(state=answered) if row.state == answered else others.exclude(state=answered)
    return await alike.exists()


async def _seen(viewer: Viewer, row: Feedback, now: datetime) -> None:
    row.state, row.seen_at, row.seen_by_id = rules.move(State(row.state), State.SEEN).value, now, viewer.staff_id
    await _step(row, "seen", now, staff_id=viewer.staff_id)
    if row.receipt_letter_id is not None:
        await letters.post(
            viewer, "feedback.seen", person_id=row.person_id, key=f"feedback-seen:{row.receipt_letter_id}",
            about=row.id, now=now, replaces=row.receipt_letter_id,
        )  # fmt: skip


async def _close(viewer: Viewer, row: Feedback, closing: State, words: str, now: datetime) -> None:
    row.state = rules.move(State(row.state), closing).value
    row.closed_at, row.promised_at, row.owner_id = now, None, None
    await _step(row, closing.value, now, staff_id=viewer.staff_id, words=words)


async def _step(row: Feedback, deed: str, now: datetime, *, staff_id: str | None = None, words: str = "") -> None:
    step = FeedbackStep(
        municipality_id=row.municipality_id, person_id=row.person_id, feedback_id=row.id, deed=deed, staff_id=staff_id,
        at=now,
    )  # fmt: skip
    if words:
        opened = await vault(row.municipality_id, row.person_id)
        step.words_sealed = opened.seal("feedback_step", "words", step.id, words)
    await step.save()


async def _said_by(viewer: Viewer, row: Feedback, deed: str, words: str) -> bool:
    """Whether the latest such step is the viewer's, with these words: a second press."""
    last = await FeedbackStep.filter(feedback_id=row.id, deed=deed).order_by("-at", "-id").first()
    if last is None or last.staff_id != viewer.staff_id or last.words_sealed is None:
        return False
    opened = await vault(row.municipality_id, row.person_id)
    return opened.open("feedback_step", "words", last.id, last.words_sealed) == words.strip()


async def _drop_words(row: Feedback) -> None:
    row.body_sealed = None
    await FeedbackStep.filter(feedback_id=row.id).update(words_sealed=None)
    await Attachment.filter(about=row.id, person_id=row.person_id).delete()


async def _who_has_it(row: Feedback, audience: Audience, now: datetime) -> str | None:
    person = await Person.get(id=row.person_id)
    day = local_date(now)
    here = await Staff.filter(municipality_id=row.municipality_id, active=True)
    away = await Absence.filter(municipality_id=row.municipality_id, first_day__lte=day, last_day__gte=day).values_list(
        "staff_id", flat=True
    )
    duty = {one.id for one in await on_duty(row.municipality_id, now)}
    return rules.who_has_it(
        audience,
        [Colleague(one.id, Role(one.role), one.id in duty) for one in here],
        caseworker_id=person.caseworker_id,
        substitute_id=person.substitute_id,
        away={str(one) for one in away},
        lead=rules.goes_to_lead(row.reopened),
    )


def _check_answer(words: str, closing: State | None, came_of_it: str) -> None:
    if not words.strip():
        raise Invalid("feedback_answer_empty", "words")
    if len(words.strip()) > LONGEST_ANSWER - len(came_of_it.strip()) or len(came_of_it.strip()) > LONGEST_CLOSING:
        raise Invalid("feedback_answer_too_long", "words")
    if closing not in {None, State.DONE, State.EXPLAINED}:
        raise Invalid("feedback_closing", "closing")


def _key(row: Feedback, what: str) -> str:
    """What is told once per round of a loop."""
    round_ = f":{row.reopened}" if row.reopened else ""
    return f"feedback:{row.id}{round_}" if what == "answer" else f"feedback-{what}:{row.id}{round_}"


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
