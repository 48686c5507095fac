"""Help now: one tap away in any state, without telling anybody; words of crisis are met and raised."""

from __future__ import annotations

from tests.stage import Stage


async def test_help_is_there_for_a_stranger_for_somebody_on_the_way_in_and_in_the_middle_of_a_check_in(
    stage: Stage,
) -> None:
    stranger = stage.new_phone()
    await stranger.open("")
    await stranger.say("/hjælp")
    assert "112" in await stranger.last()

    phone = await stage.phone(stage.cast.amina, confirmed_by=stage.cast.mette)
    await phone.say("/tjekind")
    await phone.press("Hvordan har du det")
    await phone.say("hjælp")
    assert (await phone.last()).startswith("Er du i fare, så ring 112.")
    assert "Mette får ikke at vide" in await phone.last()
    desk = await stage.desk(stage.cast.mette)
    assert "Amina" not in (await desk.text("/")).split("Ikke hørt fra")[0]


async def test_words_of_crisis_bring_help_and_one_alert_before_anything_else(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("jeg gider ikke leve mere")
    said = " ".join(await phone.from_hoert())
    assert "112" in said or "Hjælp nu" in " ".join(await phone.labels())
    desk = await stage.desk(cast.mette)
    today = await desk.text("/")
    assert "Amina" in today
    assert "jeg gider ikke leve mere" in today


async def test_stop_ends_the_questions_and_not_the_help_or_the_answers(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("Kan du ringe?")
    await phone.say("stop")
    assert "Jeg spørger ikke mere" in await phone.last()
    desk = await stage.desk(cast.mette)
    await desk.submit(f"/inbox/{cast.amina}", "/reply", body="Jeg ringer klokken 15.")
    assert "Jeg ringer klokken 15." in await phone.last()
