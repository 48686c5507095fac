"""Feedback: who may see it is asked first, and whoever may not is told that it does not exist."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from models.actions import feedback
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.feedback import About, Audience, State
from models.domain.people import YoungPerson
from models.queries import feedback as views
from models.tables.feedback import Feedback
from models.tables.outbox import Letter
from models.tables.register import Person
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
    await change(Person, {"id": cast.amina}, caseworker_id=cast.per.staff_id)
    row = await said(amina, Audience.SOMEONE_ELSE, now)
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
