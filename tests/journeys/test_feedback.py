"""Feedback: who may see it is asked first, then the words; the right inbox, an answer, and one tap at the end."""

from __future__ import annotations

from tests.stage import Stage


async def test_feedback_to_the_caseworker_is_answered_and_the_loop_closed(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("/feedback")
    await phone.press("møde")
    await phone.press("Mette")
    await phone.say("Jeg fik ikke sagt det, jeg ville.")
    desk = await stage.desk(cast.mette)
    feedback = (await desk.get("/feedback")).split("/feedback/")[1][:32]
    assert "Jeg fik ikke sagt det" in await desk.text(f"/feedback/{feedback}")
    await desk.submit(f"/feedback/{feedback}", "/answer", body="Vi tager et møde til, og du begynder.", closing="done")
    assert "Vi tager et møde til" in await phone.last()
    before = [await desk.text(path) for path in (f"/feedback/{feedback}", f"/people/{cast.amina}/wellbeing")]
    await phone.press("4")
    after = [await desk.text(path) for path in (f"/feedback/{feedback}", f"/people/{cast.amina}/wellbeing")]
    assert after == before  # how heard she felt is hers; the desk looks the same


async def test_feedback_to_somebody_else_never_reaches_the_caseworker(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("/feedback")
    await phone.press("Mette")
    await phone.press("anden")
    await phone.say("Mette lytter ikke til mig.")
    mette, per = await stage.desk(cast.mette), await stage.desk(cast.per)
    for path in ("/", "/feedback", "/inbox", f"/people/{cast.amina}", f"/people/{cast.amina}/case"):
        assert "lytter ikke" not in await mette.text(path)
    feedback = (await per.get("/feedback")).split("/feedback/")[1][:32]
    assert "Mette lytter ikke til mig." in await per.text(f"/feedback/{feedback}")
    await mette.get(f"/feedback/{feedback}", 404)
