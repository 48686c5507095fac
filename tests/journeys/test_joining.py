"""Joining: a link or a code, a birthday, plain words, consent, two safety words; personal things only after them."""

from __future__ import annotations

from models.actions import consent
from tests.stage import Stage


async def test_amina_joins_with_the_link_and_mette_confirms_the_two_words(stage: Stage) -> None:
    cast = stage.cast
    desk = await stage.desk(cast.mette)
    made = await consent.invite(cast.mette, cast.amina, now=stage.now())
    phone = stage.new_phone()
    await phone.open(made.token)
    assert "fødselsdag" in await phone.last()
    assert not any("Amina" in text or "Mette" in text for text in await phone.from_hoert())

    await phone.say("4. august")
    assert not any("Mette" in text for text in await phone.from_hoert())
    await phone.say("3. august")
    assert "Mette fra Randers Kommune" in await phone.last()
    await phone.press("Det er fint")
    assert all("✓" not in label for label in await phone.labels())
    await phone.press("Beskeder")
    await phone.press("Tjek-ind")
    await phone.press("Tæl mig med")
    await phone.press("Færdig")
    # Under a minute: the link, a birthday (typed twice here), and five taps with three things to say yes to.
    assert next(phone.numbers) == 2 + 5

    texts = await phone.from_hoert()
    words = next(text for text in texts if "ord" in text and " · " in text)
    first, second = [part for part in words.replace(".", " ").split() if part.isupper() and len(part) > 2][:2]
    assert "Mit tilbud" in await phone.labels()
    await phone.press("Mit tilbud")
    assert first not in await phone.last()

    page = await desk.text(f"/people/{cast.amina}")
    assert first in page
    assert second in page
    await desk.submit(f"/people/{cast.amina}", "/confirm")
    assert "Mette" in await phone.last()


async def test_five_wrong_birthdays_close_the_invitation_and_say_so_kindly(stage: Stage) -> None:
    made = await consent.invite(stage.cast.mette, stage.cast.amina, now=stage.now())
    phone = stage.new_phone()
    await phone.open(made.code)
    for day in range(5, 10):
        await phone.say(f"{day}. august")
    await phone.say("3. august")
    texts = await phone.from_hoert()
    assert not any("Mette" in text or "Randers" in text for text in texts)


async def test_a_link_works_once_and_a_second_phone_learns_nothing(stage: Stage) -> None:
    cast = stage.cast
    made = await consent.invite(cast.mette, cast.amina, now=stage.now())
    phone = stage.new_phone()
    await phone.open(made.token)
    await phone.say("3/8")
    await phone.press("Det er fint")
    await phone.press("Færdig")
    other = stage.new_phone()
    await other.open(made.token)
    assert not any("Amina" in text or "Mette" in text for text in await other.from_hoert())
