"""Feedback for somebody else than the caseworker: nothing of it, however it comes, is hers to see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from models.actions.feedback import see
from models.domain.errors import NotFound
from models.queries import alerts, attachments, feedback, register
from models.tables.alerts import Alert
from models.tables.attachments import Attachment
from models.tables.messages import Message
from models.transactions import HOUSE
from tests.actions.rows import change, found, one
from tests.bot.talk import Talk, World, all_of, count
from tests.cast import Cast
from tests.stage import Stage

ASKED = "Mette får det ikke at se. Det er lederen, der læser det."


@pytest.fixture
async def world(cast: Cast, now: datetime) -> AsyncIterator[World]:
    """A bot with nobody in it yet, beside the cast."""
    made = World(cast, now)
    await made.begin()
    yield made
    await made.end()


async def for_someone_else(world: World) -> Talk:
    talk = await world.linked(world.cast.amina)
    await talk.say("/feedback")
    await talk.press("Et møde")
    await talk.press("En anden end")
    return talk


async def words_of(world: World) -> list[str]:
    """What the coordinator reads, oldest first, and that the caseworker reads none of it."""
    assert await feedback.feedbacks(world.cast.mette) == []
    return [line.words for line in await feedback.feedbacks(world.cast.per)]


async def test_more_words_join_the_feedback_until_done_or_a_quarter_of_an_hour(world: World) -> None:
    talk = await for_someone_else(world)
    await talk.say("Hun lytter ikke til mig.")
    await talk.say("Hun kigger på sin telefon.")
    assert talk.labels == ["Færdig", "Ret, hvem der ser det", "Til forsiden"]
    assert await words_of(world) == ["Hun lytter ikke til mig.\nHun kigger på sin telefon."]
    assert await count(HOUSE, Message) == 0
    await talk.press("Færdig")
    assert talk.last == "Tak. Vi har det, du skrev."
    await talk.say("Hvornår ses vi?")
    assert (await count(HOUSE, Message), len(await words_of(world))) == (1, 1)


async def test_after_a_quarter_of_an_hour_words_go_to_the_caseworker_again(world: World) -> None:
    talk = await for_someone_else(world)
    await talk.say("Hun lytter ikke til mig.")
    world.now += timedelta(minutes=16)
    await talk.say("Hvornår ses vi?")
    assert (await count(HOUSE, Message), await words_of(world)) == (1, ["Hun lytter ikke til mig."])


async def test_more_words_after_somebody_began_to_read_are_a_feedback_of_their_own(world: World) -> None:
    talk = await for_someone_else(world)
    await talk.say("Hun lytter ikke til mig.")
    await see(world.cast.per, (await feedback.feedbacks(world.cast.per))[0].feedback_id, now=world.now)
    world.now += timedelta(minutes=1)
    await talk.say("Hun kigger på sin telefon.")
    assert sorted(await words_of(world)) == ["Hun kigger på sin telefon.", "Hun lytter ikke til mig."]
    assert await count(HOUSE, Message) == 0


async def test_a_voice_message_is_heard_by_the_leader_and_never_by_the_caseworker(world: World) -> None:
    talk = await for_someone_else(world)
    voice = {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}}
    await talk.send(**voice, caption="Hun lytter ikke til mig.")
    assert await words_of(world) == ["(talebesked)\nHun lytter ikke til mig."]
    assert await count(HOUSE, Message) == 0
    said = (await feedback.feedbacks(world.cast.per))[0].feedback_id
    (file,) = await found(Attachment, about=said)
    assert (file.kind, file.message_id) == ("voice", "")
    await change(Attachment, {"id": file.id}, state="kept")
    with pytest.raises(NotFound):
        await attachments.content(world.cast.mette, file.id)
    assert (await attachments.content(world.cast.per, file.id)).kind == "voice"


async def test_words_long_after_the_question_are_an_answer_to_a_human(world: World) -> None:
    talk = await for_someone_else(world)
    world.now += timedelta(hours=2, minutes=1)
    await talk.say("Ja, tirsdag passer fint")
    assert (await count(HOUSE, Message), await words_of(world)) == (1, [])


async def test_words_of_crisis_go_to_somebody_who_may_read_them(world: World) -> None:
    cast = world.cast
    talk = await for_someone_else(world)
    await talk.say("det mødet gjorde at jeg vil dø")
    assert "\n\nPer får besked nu og ser på det senest" in talk.texts[-2]
    await talk.say("jeg vil dø")
    given = (await feedback.feedbacks(cast.per))[0].feedback_id
    raised = [(row.owner_id, row.about) for row in await found(Alert, "about")]
    assert raised == [(cast.per.staff_id, given), (cast.per.staff_id, f"{given}:1")]
    assert [line.feedback_id for line in await alerts.alerts(cast.per)] == [given, given]
    assert [(line.feedback_id, line.words) for line in await alerts.alerts(cast.mette)] == [("", ""), ("", "")]


async def test_words_of_crisis_for_the_caseworker_stay_with_the_caseworker(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/feedback")
    await talk.press("Et møde")
    message_id, data = next(
        (talk.shown[-1].message_id, button["callback_data"])
        for row in talk.shown[-1].rows for button in row if button["text"] == "Mette"
    )  # fmt: skip
    await talk.press_data(message_id, data)
    await talk.say("det mødet gjorde at jeg vil dø")
    assert [row.owner_id for row in await all_of(HOUSE, Alert)] == [world.cast.mette.staff_id]


async def test_the_case_page_does_not_say_that_somebody_read_or_answered_feedback(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("/feedback")
    await phone.press("møde")
    await phone.press("anden")
    await phone.say("det mødet gjorde at jeg vil dø")
    per, mette = await stage.desk(cast.per), await stage.desk(cast.mette)
    given = (await per.get("/feedback")).split("/feedback/")[1][:32]
    alert = (await one(Alert)).id
    assert f'href="/feedback/{given}"' in await per.get(f"/alerts/{alert}")
    assert "/feedback/" not in await mette.get(f"/alerts/{alert}")
    await per.submit(f"/feedback/{given}", "/answer", body="Tak. Vi taler om det.", closing="done")
    case = await mette.text(f"/people/{cast.amina}/case")
    assert [said for said in ("Så feedback", "Læste feedback", "Svarede på feedback") if said in case] == []
    deeds = {line.deed for line in await register.looked(cast.mette, cast.amina)}
    assert deeds == {"alert.view", "person.view"}
