"""Offers: nobody sees a draft, each answer is dated once, and the register knows what was offered and decided."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.actions import offers, offers_wishes
from models.actions.offers import Content
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.offers import Answer, OfferState
from models.domain.people import YoungPerson
from models.queries import offers as views
from models.tables.offers import Offer, OfferEvent
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE
from tests.actions.rows import change, count, deliver, found, one
from tests.cast import Cast

CONTENT = Content(title="Kontaktperson", what="To timer om ugen", starts="2026-12-01")


async def drafted(cast: Cast, now: datetime) -> str:
    return await offers.draft(cast.mette, cast.amina, "contact_person", CONTENT, now=now)


async def published(cast: Cast, now: datetime) -> str:
    offer = await drafted(cast, now)
    await offers.publish(cast.mette, offer, now=now)
    return offer


async def history() -> list[str]:
    return [event.deed for event in await found(OfferEvent, "at", "id")]


async def deeds() -> dict[str, int]:
    every = await history()
    return {deed: every.count(deed) for deed in every}


async def test_a_draft_does_not_exist_for_the_young_person(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    offer = await drafted(cast, now)
    with pytest.raises(NotFound):
        await offers.seen(amina, offer, now=now)
    with pytest.raises(NotFound):
        await offers.answer(amina, offer, Answer.YES, now=now)
    assert (await count(Letter), (await one(Person, id=cast.amina)).offered_on) == (0, None)


async def test_publishing_tells_the_person_once_and_the_register_when(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    offer = await drafted(cast, now)
    await asyncio.gather(*(offers.publish(cast.mette, offer, now=now) for _ in range(5)))
    assert await deeds() == {"drafted": 1, "published": 1}
    assert await deliver(now) == ["offer.new"]
    assert (await one(Person, id=cast.amina)).offered_on == date(2026, 11, 17)


@pytest.mark.parametrize(
    ("given", "state", "aftercare"),
    [
        (Answer.YES, "accepted", "no"),
        (Answer.NO, "declined", "declined"),
        (Answer.CHANGE, "change_asked", "no"),
        (Answer.ASK, "published", "no"),
    ],
)
async def test_each_answer_is_dated_and_the_same_again_changes_nothing(
    amina: YoungPerson, cast: Cast, now: datetime, given: Answer, state: str, aftercare: str
) -> None:
    offer = await published(cast, now)
    later = now + timedelta(hours=1)
    assert await offers.answer(amina, offer, given, now=later) is OfferState(state)
    await offers.answer(amina, offer, given, now=later + timedelta(hours=1))
    row = await one(Offer)
    assert (row.state, row.answered_at) == (state, None if given is Answer.ASK else later)
    assert (await one(Person, id=cast.amina)).aftercare == aftercare
    assert (await deeds())[given.value] == (2 if given is Answer.ASK else 1)


async def test_a_no_is_taken_back_in_one_tap(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    offer = await published(cast, now)
    await offers.answer(amina, offer, Answer.NO, now=now)
    assert await offers.answer(amina, offer, Answer.REGRET, now=now) is OfferState.PUBLISHED
    row, person = await one(Offer), await one(Person, id=cast.amina)
    assert (row.state, row.answered_at, person.aftercare) == ("published", None, "no")


async def test_without_confirmed_words_no_answer_is_taken(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    offer = await published(cast, now)
    with pytest.raises(NotAllowed):
        await offers.answer(replace(amina, confirmed=False), offer, Answer.YES, now=now)
    assert (await one(Offer)).state == "published"


async def test_from_the_23rd_birthday_an_offer_can_only_be_asked_about(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    offer = await published(cast, now)
    birthday = datetime(2030, 8, 2, 22, tzinfo=UTC)  # midnight in Copenhagen
    with pytest.raises(Stale):
        await offers.answer(amina, offer, Answer.YES, now=birthday)
    await offers.answer(amina, offer, Answer.ASK, now=birthday)
    await offers.answer(amina, offer, Answer.YES, now=birthday - timedelta(seconds=1))
    assert (await one(Offer)).state == "accepted"


async def test_a_yes_and_a_withdrawal_at_the_same_moment_end_in_one_of_the_two(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    offer = await published(cast, now)
    await asyncio.gather(
        offers.answer(amina, offer, Answer.YES, now=now), offers.move(cast.mette, offer, "withdraw", now=now),
        return_exceptions=True,
    )  # fmt: skip
    row, events = await one(Offer), await deeds()
    assert row.state == "withdrawn"
    assert (row.answered_at is not None) == ("yes" in events)


async def test_an_offer_runs_pauses_and_ends_and_the_history_says_so(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    offer = await published(cast, now)
    with pytest.raises(Stale):
        await offers.move(cast.mette, offer, "start", now=now)
    await offers.answer(amina, offer, Answer.YES, now=now)
    for day, deed in enumerate(("start", "start", "pause", "start", "end")):
        await offers.move(cast.mette, offer, deed, now=now + timedelta(days=day))
    with pytest.raises(Stale):
        await offers.move(cast.mette, offer, "withdraw", now=now)
    with pytest.raises(Invalid):
        await offers.move(cast.mette, offer, "explode", now=now)
    assert await deeds() == {"drafted": 1, "published": 1, "yes": 1, "started": 2, "paused": 1, "ended": 1}
    person = await one(Person, id=cast.amina)
    assert (person.aftercare, person.decided_on) == ("yes", date(2026, 11, 20))


async def test_who_has_a_place_holds_it_until_it_ends(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    async def free() -> tuple[int, int | None]:
        (kind,) = await views.kinds(cast.mette)
        return kind.running, kind.free

    await offers_wishes.add_to_range(cast.per, offers_wishes.Described("Mentor", capacity=1), now=now)
    (kind,) = await views.kinds(cast.per)
    offer = await offers.draft(cast.mette, cast.amina, kind.kind, CONTENT, now=now)
    await offers.publish(cast.mette, offer, now=now)
    await offers.answer(amina, offer, Answer.YES, now=now)
    assert await free() == (0, 1)
    for deed, stands in (("start", (1, 0)), ("pause", (1, 0)), ("end", (0, 1))):
        await offers.move(cast.mette, offer, deed, now=now)
        assert await free() == stands


async def test_a_revision_is_shown_anew_to_be_answered_anew(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    offer = await published(cast, now)
    await offers.answer(amina, offer, Answer.CHANGE, now=now)
    await offers.revise(cast.mette, offer, replace(CONTENT, title="Mentor"), now=now)
    row = await one(Offer)
    assert (row.state, row.revision, row.answered_at) == ("published", 2, None)
    assert [letter.natural_key for letter in await found(Letter, "id")] == [f"offer:{offer}:1", f"offer:{offer}:2"]


async def test_a_running_offer_revised_keeps_its_yes_and_its_dates(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    offer = await published(cast, now)
    await offers.answer(amina, offer, Answer.YES, now=now)
    await offers.move(cast.mette, offer, "start", now=now)
    await offers.revise(cast.mette, offer, replace(CONTENT, title="Mentor"), now=now + timedelta(days=40))
    row = await one(Offer)
    assert (row.state, row.revision, row.answered_at, row.published_at) == ("started", 2, now, now)
    assert [letter.kind for letter in await found(Letter, "id")] == ["offer.new", "offer.told", "offer.told"]


async def test_a_draft_revised_is_still_seen_by_nobody(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    offer = await drafted(cast, now)
    await offers.revise(cast.mette, offer, CONTENT, now=now)
    assert ((await one(Offer)).state, (await one(Offer)).revision, await count(Letter)) == ("draft", 1, 0)


async def test_one_reminder_after_a_week_and_none_after_two(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await published(cast, now)
    day = timedelta(days=1)
    reminded = [await offers.remind_due(HOUSE, now=now + n * day) for n in (6, 7, 8, 14, 15)]
    assert reminded == [0, 1, 0, 0, 0]


async def test_old_offers_nobody_answered_keep_no_reminder_from_the_new_ones(
    amina: YoungPerson, jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    for _ in range(30):
        await published(cast, now - timedelta(days=60))
    await change(Offer, {}, published_at=now - timedelta(days=60))
    fresh = await offers.draft(cast.siri, cast.jonas, "mentor", CONTENT, now=now)
    await offers.publish(cast.siri, fresh, now=now)
    assert await offers.remind_due(HOUSE, now=now + timedelta(days=8)) == 1
    assert (await one(Letter, kind="offer.reminder")).about == fresh


async def test_no_reminder_for_what_was_answered(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    offer = await published(cast, now)
    await offers.answer(amina, offer, Answer.NO, now=now)
    assert await offers.remind_due(HOUSE, now=now + timedelta(days=8)) == 0


async def test_looking_is_dated_the_first_time_only(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    offer = await published(cast, now)
    await offers.seen(amina, offer, now=now)
    await offers.seen(amina, offer, now=now + timedelta(days=1))
    assert ((await one(Offer)).seen_at, (await deeds())["seen"]) == (now, 1)


async def test_what_cannot_be_used_is_named_by_field(cast: Cast, now: datetime) -> None:
    for field, value in (
        ("title", "  "),
        ("title", "x" * 121),
        ("what", "x" * 1001),
        ("starts", "i morgen"),
        ("next_meeting", "2026-12-03T15:00:00"),
        ("next_meeting", "torsdag"),
    ):
        with pytest.raises(Invalid) as refusal:
            await offers.draft(cast.mette, cast.amina, "other", replace(CONTENT, **{field: value}), now=now)
        assert refusal.value.field == field
    assert await count(Offer) == 0
