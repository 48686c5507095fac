"""Message, promise, reply: what Amina writes is promised an answer, read by a named human, and answered."""

from __future__ import annotations

from tests.stage import Stage


async def test_amina_writes_mette_reads_and_answers_and_the_chat_tells_the_truth_at_every_step(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    desk = await stage.desk(cast.mette)
    await phone.say("Hej Mette, er mødet stadig på torsdag?")
    receipt = await phone.last()
    assert "Mette" in receipt
    assert "onsdag" in receipt or "i morgen" in receipt  # written on a Tuesday while the office is open

    thread = cast.amina
    assert "er mødet stadig på torsdag?" in await desk.text("/inbox")
    assert "er mødet stadig på torsdag?" in await desk.text(f"/inbox/{thread}")
    await desk.submit(f"/inbox/{thread}", "/read")
    assert "Læst af Mette" in await phone.last()

    await desk.submit(f"/inbox/{thread}", "/reply", body="Ja, klokken tre. Jeg glæder mig.")
    assert "Ja, klokken tre. Jeg glæder mig." in await phone.last()
    assert "sendt" in (await desk.text(f"/inbox/{thread}")).lower()


async def test_a_broken_promise_is_said_with_who_has_it_now(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("Kan du ringe til mig?")
    await stage.later(days=2)
    assert "beklager" in await phone.last()
    today = await (await stage.desk(cast.mette)).text("/")
    assert "Amina" in today


async def test_somebody_from_another_municipality_meets_nothing(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("Hemmelig hilsen")
    odd = await stage.desk(cast.odd)
    for path in (f"/inbox/{cast.amina}", f"/people/{cast.amina}"):
        assert await odd.get(path, 404) == await odd.get(path[:-32] + "0" * 32, 404)
    for path in ("/", "/inbox", "/people"):
        page = await odd.text(path)
        assert "Amina" not in page
        assert "Hemmelig" not in page
