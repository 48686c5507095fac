"""The offer: made at the desk, seen on the phone, answered, wished otherwise, regretted."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

from models.actions import meetings, offers
from models.actions.offers import Content
from models.tables.offers import Offer, RangeOffer, Wish
from tests.actions.rows import one
from tests.stage import Phone, Stage

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


#: 73.915,37 kr. as it may be written or counted anywhere; no id and no instant looks like it.
PRICE = re.compile(r"(?<![0-9a-f])(?:73[.,]?915|7391537)(?![0-9a-f])")


async def everything_on(phone: Phone) -> str:
    """What the phone has been sent: words, buttons and files as they stand on it now, and what stands around them."""
    messages = await phone.messages()
    async with phone.web.post("api/hello", json={}) as answer:
        found = [json.dumps(messages, ensure_ascii=False), await answer.text()]
    for document in (message["document"] for message in messages if message.get("document")):
        async with phone.web.get(document["url"].removeprefix("/chat/")) as answer:
            content = await answer.read()
        if document["name"].endswith(".zip"):
            with ZipFile(BytesIO(content)) as packed:
                found += [packed.read(name).decode("latin-1") for name in packed.namelist()]
        found.append(content.decode("utf-8", "replace"))
    return "\n".join(found)


async def test_amina_sees_her_offer_says_yes_and_never_meets_what_it_costs(stage: Stage) -> None:
    cast, seen = stage.cast, list[str]()
    per, phone = await stage.desk(cast.per), await stage.phone(cast.amina, confirmed_by=cast.mette)

    async def press(*labels: str) -> None:
        for label in labels:
            await phone.press(label)
            seen.append(await everything_on(phone))

    priced = {"title": "En mentor", "description": "En voksen, du kan tale med.", "price": "73.915,37"}
    await per.submit("/range", "/range", **priced, price_unit="month", capacity="4")
    assert PRICE.search(await per.text("/range"))

    # The range is browsed and asked for; the offer made from the wish is seen, talked over and answered.
    await phone.say("/tilbud")
    await press("Se, hvad der findes", "En mentor", "Det vil jeg gerne høre om")
    kind, wish = await one(RangeOffer), await one(Wish)
    offer = await offers.draft(cast.mette, cast.amina, kind.kind, OFFER, now=stage.now(), wish_id=wish.id)
    await offers.publish(cast.mette, offer, now=stage.now())
    await stage.settle()
    await press("Se mit tilbud")
    assert "Sofie Holm" in await phone.last()
    await press("Nej tak", "Spring over")
    await phone.say("/tilbud")
    await press("Fortryd", "Ja tak")
    assert "Sofie Holm" in await (await stage.desk(cast.mette)).text(f"/people/{cast.amina}/offers")

    # It runs, at the price of that day; changes, pauses, a meeting, and its end are told.
    await offers.move(cast.mette, offer, "start", now=stage.now())
    assert (await one(Offer, id=offer)).price == 7391537
    await offers.revise(cast.mette, offer, replace(OFFER, how_often="Hver uge"), now=stage.now())
    soon = {"starts_at": stage.now() + timedelta(days=1), "minutes": 45, "now": stage.now(), "offer_id": offer}
    await meetings.make(cast.mette, cast.amina, meetings.Content("Det første møde"), **soon)
    for deed in ("pause", "start", "end"):
        await offers.move(cast.mette, offer, deed, now=stage.now())
    await stage.settle()
    await phone.say("/tilbud")
    await press("Hvad er der sket?")

    # And everything about her is taken home.
    await phone.say("/indstillinger")
    await press("Mine data", "Giv mig det hele")
    assert all(words in seen[-1] for words in ("Kontaktperson: Sofie Holm", "Hver uge", "mine-data", "En mentor"))
    assert [found.group() for one_time in seen for found in PRICE.finditer(one_time)] == []
