"""The offer: made at the desk, seen on the phone, answered, wished otherwise, regretted."""

from __future__ import annotations

from models.actions import offers
from models.actions.offers import Content
from tests.stage import Stage

OFFER = Content(
    title="Kontaktperson: Sofie Holm",
    what="2 timer om ugen. I aftaler selv hvor.",
    with_whom="Sofie Holm",
    starts="2026-12-01",
    how_often="2 timer om ugen",
    purpose="I kan fx tale om bolig og skole.",
    next_meeting="2026-12-03T15:00:00+01:00",
)


async def publish(stage: Stage) -> str:
    cast = stage.cast
    offer_id = await offers.draft(cast.mette, cast.amina, "contact_person", OFFER, now=stage.now())
    await offers.publish(cast.mette, offer_id, now=stage.now())
    await stage.settle()
    return offer_id


async def test_amina_sees_her_offer_and_says_yes(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await publish(stage)
    await phone.press("tilbud")
    assert "Sofie Holm" in await phone.last()
    await phone.press("Ja tak")
    desk = await stage.desk(cast.mette)
    assert "Sofie Holm" in await desk.text(f"/people/{cast.amina}/offers")


async def test_not_quite_brings_her_words_to_mette_with_a_promise(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await publish(stage)
    await phone.press("tilbud")
    await phone.press("Ikke helt")
    await phone.say("Jeg vil hellere mødes om aftenen")
    assert "Mette" in await phone.last()
    desk = await stage.desk(cast.mette)
    assert "Jeg vil hellere mødes om aftenen" in await desk.text("/inbox")


async def test_a_no_is_met_with_respect_and_can_be_regretted(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await publish(stage)
    await phone.press("tilbud")
    await phone.press("Nej tak")
    assert "helt i orden" in " ".join(await phone.from_hoert())
    await phone.say("/start")
    await phone.press("Mit tilbud")
    await phone.press("ortr")  # Jeg fortryder
    await phone.press("Ja tak")


async def test_before_the_words_are_confirmed_no_offer_is_shown(stage: Stage) -> None:
    phone = await stage.phone(stage.cast.amina)
    await publish(stage)
    await phone.say("/start")
    await phone.press("Mit tilbud")
    assert not any("Sofie" in text for text in await phone.from_hoert())
