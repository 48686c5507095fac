"""Feedback: who may see it is asked first, and whoever may not is told that it does not exist."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from models.actions import alerts, feedback, inbox, messages
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.feedback import About, Audience, State, may_read
from models.domain.people import YoungPerson
from models.queries import alerts as alerting
from models.queries import conversation_feedback as own
from models.queries import deadletters, register, timeline, today
from models.queries import feedback as views
from models.queries.messages_badges import badges
from models.tables.alerts import Alert
from models.tables.feedback import Feedback
from models.tables.inbox import InboxUpdate
from models.tables.keys import vault
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope, atomic
from tests.actions.rows import change, count, dump, found, one
from tests.cast import Cast

#: Eight working hours from ten in the morning.
PROMISE = timedelta(days=1, hours=1)


async def said(person: YoungPerson, audience: Audience, now: datetime) -> str:
    row = await feedback.begin(person, About.CASEWORKER, now=now)
    await feedback.choose_audience(person, row, audience, now=now)
    await feedback.say(person, row, "I lytter ikke", now=now)
    return row


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (Audience.CASEWORKER, {"mette", "lars", "per"}),
        (Audience.SOMEONE_ELSE, {"per"}),
        (Audience.STATISTICS, set()),
    ],
)
async def test_each_audience_is_all_who_can_see_or_answer(
    amina: YoungPerson, cast: Cast, now: datetime, audience: Audience, readers: set[str]
) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.lars.staff_id)
    row = await said(amina, audience, now)
    for name in ("mette", "lars", "per", "siri", "odd", "admin", "nanna"):
        viewer = getattr(cast, name)
        if name in readers:
            await feedback.see(viewer, row, now=now)
            continue
        before = await dump()
        with pytest.raises(NotFound):
            await feedback.see(viewer, row, now=now)
        with pytest.raises(NotFound):
            await feedback.answer(viewer, row, "Tak", State.DONE, now=now)
        assert await dump() == before


async def test_a_coordinator_who_is_the_caseworker_does_not_see_what_was_for_someone_else(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await said(amina, Audience.SOMEONE_ELSE, now)
    await change(Person, {"id": cast.amina}, caseworker_id=cast.per.staff_id)
    with pytest.raises(NotFound):
        await feedback.see(cast.per, row, now=now)


async def test_words_are_taken_only_after_the_audience_and_only_once(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await feedback.begin(amina, About.OFFER, now=now)
    assert await feedback.say(amina, row, "for tidligt", now=now) is None
    assert (await one(Feedback)).body_sealed is None
    with pytest.raises(NotFound):
        await feedback.see(cast.per, row, now=now)
    assert await feedback.choose_audience(amina, row, Audience.CASEWORKER, now=now) is True
    assert await feedback.say(amina, row, "nu", now=now) == now + PROMISE
    assert await feedback.say(amina, row, "igen", now=now) is None
    assert await feedback.choose_audience(amina, row, Audience.STATISTICS, now=now) is False
    assert (await one(Feedback)).audience == "caseworker"


async def test_only_as_statistics_takes_no_words_and_is_closed_at_once(amina: YoungPerson, now: datetime) -> None:
    row = await feedback.begin(amina, About.OFFER, now=now)
    assert await feedback.choose_audience(amina, row, Audience.STATISTICS, now=now) is False
    assert await feedback.say(amina, row, "ord", now=now) is None
    kept = await one(Feedback)
    assert (kept.body_sealed, kept.state, kept.closed_at, kept.promised_at) == (None, "done", now, None)


@pytest.mark.parametrize("closing", [State.DONE, State.EXPLAINED])
async def test_the_loop_is_dated_step_by_step_and_told_once(
    amina: YoungPerson, cast: Cast, now: datetime, closing: State
) -> None:
    row = await said(amina, Audience.CASEWORKER, now)
    seen, answered = now + timedelta(hours=1), now + timedelta(hours=2)
    await feedback.see(cast.mette, row, now=seen)
    await feedback.see(cast.per, row, now=answered)
    await feedback.answer(cast.mette, row, " Vi ændrer det ", closing, now=answered)
    kept = await one(Feedback)
    assert (kept.state, kept.seen_at, kept.seen_by_id) == (closing.value, seen, cast.mette.staff_id)
    assert (kept.answered_at, kept.closed_at) == (answered, answered)
    with pytest.raises(Stale):
        await feedback.answer(cast.per, row, "En gang til", State.DONE, now=answered)
    assert [letter.kind for letter in await found(Letter)] == ["feedback.answer"]


async def test_an_answer_closes_the_loop_or_is_refused(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    row = await said(amina, Audience.CASEWORKER, now)
    for closing in (State.SAID, State.SEEN, State.ANSWERED):
        with pytest.raises(Invalid):
            await feedback.answer(cast.mette, row, "Tak", closing, now=now)
    assert ((await one(Feedback)).state, await count(Letter)) == ("said", 0)


async def test_an_answer_has_words_and_fits_one_message(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    row = await said(amina, Audience.CASEWORKER, now)
    for words in ("", "  \n", "x" * (feedback.LONGEST_ANSWER + 1)):
        with pytest.raises(Invalid):
            await feedback.answer(cast.mette, row, words, State.DONE, now=now)
    assert (await one(Feedback)).state == "said"


async def test_the_first_tap_of_heard_counts(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    row = await said(amina, Audience.CASEWORKER, now)
    await feedback.answer(cast.mette, row, "Tak", State.DONE, now=now)
    taps = [await feedback.heard(amina, row, code, now=now) for code in (0, 6, 5, 1)]
    assert taps == [False, False, True, False]


async def test_of_two_who_answer_at_once_only_the_first_is_kept(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    row = await said(amina, Audience.CASEWORKER, now)
    tried = await asyncio.gather(
        feedback.answer(cast.mette, row, "Fra Mette", State.DONE, now=now),
        feedback.answer(cast.per, row, "Fra Per", State.EXPLAINED, now=now),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in tried) == ["NoneType", "Stale"]
    assert await count(Letter) == 1


async def test_more_words_are_added_only_while_nobody_has_read_the_first(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await feedback.begin(amina, About.CASEWORKER, now=now)
    await feedback.choose_audience(amina, row, Audience.CASEWORKER, now=now)
    tries = [await feedback.add(amina, row, "for tidligt", now=now)]
    await feedback.say(amina, row, "først", now=now)
    tries.append(await feedback.add(amina, row, "og så", now=now))
    await feedback.see(cast.mette, row, now=now)
    tries.append(await feedback.add(amina, row, "for sent", now=now))
    assert tries == [False, True, False]
    assert (await views.feedback(cast.mette, row)).words == "først\nog så"


async def steps(person: YoungPerson, row: str) -> list[str]:
    given = await own.feedback(person, row)
    assert given is not None
    return [step.deed for step in given.steps]


async def test_an_answer_and_what_came_of_it_are_two_steps_each_with_its_own_promise_and_letter(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await said(amina, Audience.CASEWORKER, now)
    await feedback.receipted(amina, row, 71)
    await feedback.see(cast.mette, row, now=now)
    await feedback.answer(cast.mette, row, "Jeg taler med skolen.", now=now + timedelta(hours=1))
    with pytest.raises(Stale):
        await feedback.answer(cast.mette, row, "Igen", now=now)
    line = await views.feedback(cast.mette, row)
    assert (line.state, line.promised_at is not None and line.promised_at > now + timedelta(days=10)) == (
        "answered",
        True,
    )
    with pytest.raises(Invalid):
        await feedback.close(cast.mette, row, State.DONE, " ", now=now)
    await feedback.close(cast.mette, row, State.EXPLAINED, "Skolen siger nej.", now=now + timedelta(days=2))
    assert await steps(amina, row) == ["said", "seen", "answered", "explained"]
    assert [letter.kind for letter in await found(Letter, "id")] == [
        "feedback.seen",
        "feedback.answer",
        "feedback.closed",
    ]
    given = await own.feedback(amina, row)
    assert given is not None
    assert (given.answer, given.closing, given.answered_by) == ("Jeg taler med skolen.", "Skolen siger nej.", "Mette")
    assert await feedback.heard(amina, row, 2, now=now) is True


async def test_that_it_did_not_help_opens_it_once_for_the_same_and_once_for_a_coordinator(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await said(amina, Audience.CASEWORKER, now)
    for n, holder in ((1, cast.mette), (2, cast.per)):
        await feedback.answer(cast.mette, row, f"Svar {n}", State.DONE, now=now + timedelta(hours=n))
        await feedback.heard(amina, row, 1, now=now)
        await feedback.not_helped(amina, row, now=now + timedelta(hours=n, minutes=1))
        assert await feedback.say_why(amina, row, f"Mangler {n}", now=now) is True
        with pytest.raises(Stale):  # somebody has read it before
            await feedback.withdraw(amina, row, now=now)
        assert [one.feedback_id for one in await views.feedbacks(holder, views.Show.MINE)] == [row]
    assert await views.feedbacks(cast.mette, views.Show.MINE) == []
    line = await views.feedback(cast.per, row)
    assert [step.words for step in line.steps if step.words] == ["Svar 1", "Mangler 1", "Svar 2", "Mangler 2"]
    await feedback.answer(cast.per, row, "Svar 3", State.DONE, now=now + timedelta(hours=4))
    with pytest.raises(Stale):
        await feedback.not_helped(amina, row, now=now + timedelta(hours=5))
    assert len({letter.natural_key for letter in await found(Letter, "id", kind="feedback.answer")}) == 3


async def test_it_can_be_kept_from_somebody_or_taken_back_until_it_is_seen(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row, other = await said(amina, Audience.CASEWORKER, now), await said(amina, Audience.SOMEONE_ELSE, now)
    await feedback.narrow(amina, row, Audience.SOMEONE_ELSE, now=now)
    with pytest.raises(NotFound):
        await feedback.see(cast.mette, row, now=now)
    with pytest.raises(Invalid):
        await feedback.narrow(amina, row, Audience.CASEWORKER, now=now)
    await feedback.narrow(amina, row, Audience.STATISTICS, now=now)
    await feedback.withdraw(amina, other, now=now)
    assert [(one.state, one.body_sealed, one.promised_at) for one in await found(Feedback, "said_at")] == [
        ("done", None, None), ("withdrawn", None, None),
    ]  # fmt: skip
    assert await views.feedbacks(cast.per) == []
    third = await said(amina, Audience.CASEWORKER, now)
    await feedback.see(cast.mette, third, now=now)
    for late in (feedback.withdraw(amina, third, now=now), feedback.narrow(amina, third, Audience.STATISTICS, now=now)):
        with pytest.raises(Stale):
            await late


async def test_a_list_goes_on_to_its_end_and_holds_what_its_reader_may_read_and_nothing_else(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    """As the page asks the database, so the rule has it; also of the 201st."""
    await change(Person, {"id": cast.amina}, substitute_id=cast.lars.staff_id)

    @atomic
    async def much(scope: Scope) -> None:
        opened, made = await vault(cast.randers, cast.amina), []
        for number in range(206):
            audience, state = (list(Audience)[number % 3], "said") if number < 6 else (Audience.CASEWORKER, "done")
            made.append(Feedback(
                municipality_id=cast.randers, person_id=cast.amina, about="meeting", audience=audience.value,
                state=state, opened_at=now, said_at=now + timedelta(minutes=number),
                closed_at=now - timedelta(hours=number),
                promised_at=now + timedelta(hours=number) if number % 2 else None,
            ))  # fmt: skip
            made[-1].body_sealed = opened.seal("feedback", "body", made[-1].id, str(number))
        await Feedback.bulk_create(made)

    await much(Scope(cast.randers))
    for viewer in (cast.mette, cast.lars, cast.per, cast.siri, cast.admin):
        close = viewer in {cast.mette, cast.lars}
        there = (await views.feedback_page(viewer, views.Show.OPEN)).lines
        assert {Audience(line.audience) for line in there} == {
            audience
            for audience in Audience
            if may_read(audience, viewer_is_caseworker=close, viewer_role=viewer.role)
        }  # fmt: skip
        assert (await views.waiting(viewer, most=1))[1] == max(0, len(there) - 1)
    assert [line.words for line in (await views.feedback_page(cast.per, views.Show.OPEN)).lines] == ["1", "3", "0", "4"]
    last = await views.feedback_page(cast.per, views.Show.CLOSED, after=195)
    assert ([line.words for line in last.lines], last.total) == (["201", "202", "203", "204", "205"], 200)


async def test_two_promises_that_break_at_once_are_said_once_for_the_same_eyes_and_raised_each(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    for audience in (Audience.CASEWORKER, Audience.CASEWORKER, Audience.SOMEONE_ELSE):
        await said(amina, audience, now)
    assert await feedback.break_due(HOUSE, now=now + PROMISE + timedelta(minutes=1)) == 3
    assert len(await found(Alert)) == 3
    assert [letter.kind for letter in await found(Letter, "id")] == ["feedback.late"] * 2


async def test_what_was_read_and_what_was_not_wait_for_the_same_and_are_said_once(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    seen = await said(amina, Audience.CASEWORKER, now)
    await said(amina, Audience.CASEWORKER, now)
    await feedback.see(cast.mette, seen, now=now)
    assert await feedback.break_due(HOUSE, now=now + PROMISE + timedelta(minutes=1)) == 2
    assert [letter.kind for letter in await found(Letter) if letter.kind == "feedback.late"] == ["feedback.late"]


@pytest.mark.parametrize("audience", [Audience.CASEWORKER, Audience.SOMEONE_ELSE])
async def test_a_promise_that_breaks_is_said_and_raised_for_who_may_read_it_and_for_nobody_else(
    amina: YoungPerson, cast: Cast, now: datetime, audience: Audience
) -> None:
    row = await said(amina, audience, now)
    later = now + PROMISE + timedelta(minutes=1)
    assert await feedback.break_due(HOUSE, now=later) == 1
    assert await feedback.break_due(HOUSE, now=later) == 0
    assert [letter.kind for letter in await found(Letter, "id")] == ["feedback.late"]
    holder, apart = (cast.mette, False) if audience is Audience.CASEWORKER else (cast.per, True)
    raised = await one(Alert)
    assert (raised.owner_id, raised.apart, raised.about) == (holder.staff_id, apart, row)
    for viewer in (cast.mette, cast.per):
        sees = not apart or viewer is cast.per
        assert [line.feedback_id for line in await alerting.alerts(viewer)] == ([row] if sees else [])
        assert (await badges(viewer, now=later)).alerts == int(sees)
        assert [one.kind for one in await timeline.happenings(viewer, cast.amina) if one.kind == "alert"] == (
            ["alert"] if sees else []
        )
    if apart:
        for refused in (
            alerting.alert(cast.mette, raised.id), alerts.acknowledge(cast.mette, raised.id, now=later),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                await refused
        await alerts.acknowledge(cast.per, raised.id, now=later)
        assert await register.looked(cast.mette, cast.amina) == []
        await change(Alert, {"id": raised.id}, state="open")
    await alerts.escalate_due(HOUSE, now=later + timedelta(days=3))
    assert (await one(Alert)).owner_id == (cast.per.staff_id if apart else cast.lars.staff_id)


async def test_someone_else_is_not_offered_where_there_is_nobody_else(
    astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await feedback.begin(astrid, About.CASEWORKER, now=now)
    assert await own.other_reader(astrid, now=now) == ""
    with pytest.raises(Stale):
        await feedback.choose_audience(astrid, row, Audience.SOMEONE_ELSE, now=now)
    assert await feedback.choose_audience(astrid, row, Audience.CASEWORKER, now=now) is True


async def test_what_dies_while_feedback_for_someone_else_is_asked_for_is_not_for_a_coordinator_who_is_close(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await feedback.begin(amina, About.CASEWORKER, now=now)
    await feedback.choose_audience(amina, row, Audience.SOMEONE_ELSE, now=now)
    await messages.ask(amina, "feedback.words", row, letter_id=None, now=now)
    message = {"message_id": 5, "chat": {"id": 1, "type": "private"}, "text": "Per er hård", "date": 0}
    await inbox.receive(HOUSE, amina.bot, [inbox.read_raw({"update_id": 5, "message": message})], now=now)
    dead = (await one(InboxUpdate)).id
    for _ in range(inbox.TRIES):
        await inbox.failed(HOUSE, dead, "ValueError", now=now)
    assert (await deadletters.dead_letter(cast.per, dead)).words == "Per er hård"
    await change(Person, {"id": cast.amina}, substitute_id=cast.per.staff_id)
    for refused in (deadletters.dead_letter(cast.per, dead), inbox.read_dead(cast.per, dead, now=now)):
        with pytest.raises(NotFound):
            await refused
    assert (await today.today(cast.per, now=now)).dead_letters == ()
    await change(Feedback, {"id": row}, audience="caseworker")
    assert len((await today.today(cast.per, now=now)).dead_letters) == 1
