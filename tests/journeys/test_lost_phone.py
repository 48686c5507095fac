"""A chat in other hands: what stood in it is gone, what a stranger sent is nobody's but the coordinator's to see."""

from __future__ import annotations

import json
import re

from tests.files import picture
from tests.journeys.test_files import send
from tests.stage import Phone, Stage


async def door(phone: Phone) -> int:
    """What the page says to whoever holds that phone now."""
    async with phone.web.get("api/messages") as answer:
        return answer.status


async def test_a_lost_phone_shows_nothing_any_more_and_the_new_one_goes_on(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    desk, page = await stage.desk(cast.mette), f"/people/{cast.amina}/invitation"
    await phone.say("Hej Mette. Jeg skal til lægen.")
    await desk.submit(page, "/close")
    assert await door(phone) == 401
    assert "Jeg skal til lægen" in await desk.text(f"/people/{cast.amina}")

    # The new phone comes in by the code, and is shown the case once the words are the same.
    code = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", await desk.submit(page, "/invitation", 200))[0]
    new = stage.new_phone()
    await new.open(code)
    await new.say("3. august")
    await new.press("Det er fint")
    await new.press("Beskeder")
    await new.press("Færdig")
    await desk.submit(page, "/confirm")
    await new.say("Nu er jeg her igen")
    assert "Nu er jeg her igen" in await desk.text(f"/people/{cast.amina}")

    # Somebody has that one too: shut out, without a word, and let in again only by staff.
    assert "Vælg, hvorfor" in await desk.submit(page, "/bar", 422)
    await desk.submit(page, "/bar", reason="lost")
    assert await door(new) == 401
    assert "lukket ude" in await desk.text(page)
    await desk.submit(page, "/unbar")
    assert "lukket ude" not in await desk.text(page)


async def test_what_a_stranger_sent_is_no_file_of_hers_and_only_the_coordinator_sees_it(stage: Stage) -> None:
    cast = stage.cast
    stranger = await stage.phone(cast.amina)
    await stranger.say("Hvad får hun af jer?")
    await send(stranger, "photo", "p.jpg", picture())
    mette, per = await stage.desk(cast.mette), await stage.desk(cast.per)
    file = re.findall(r'src="(/files/\w+)"', await mette.get(f"/people/{cast.amina}"))[0]
    await mette.submit(f"/people/{cast.amina}/invitation", "/differ")
    apart = await per.get(f"/people/{cast.amina}/apart")
    assert file in apart
    assert "Hvad får hun af jer?" in apart
    async with per.web.get(file) as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
    await mette.get(file, 404)
    assert file not in await mette.get(f"/people/{cast.amina}")

    # Amina herself takes hers home: the stranger's picture is not among it.
    amina = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await amina.say("/indstillinger")
    await amina.press("Mine data")
    await amina.press("Giv mig det hele")
    kept = [one["document"] for one in await amina.messages() if one["document"]]
    assert [one["name"] for one in kept] == ["mine-data-2026-11-17.html", "mine-data-2026-11-17.json"]
    async with amina.web.get(kept[1]["url"]) as answer:
        assert json.loads(await answer.read())["tables"]["attachment"] == []
