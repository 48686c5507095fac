"""A voice message and a picture from a phone to the desk, and a file back: fetched over TCP, heard, sent, delivered."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path

import aiohttp

from models.settings import Settings
from tests.files import MAKER, PDF, picture, voice
from tests.journeys.test_offer import publish
from tests.stage import Phone, Stage, on_stage

#: Stands in each file, and nowhere on the disk.
CLEAR = (MAKER.encode(), b"stemmestemme", b"/Type/Catalog")


async def send(phone: Phone, kind: str, name: str, content: bytes) -> None:
    """Send a file from the page."""
    form = aiohttp.FormData()
    form.add_field("facts", json.dumps({"client_id": name, "kind": kind, "name": name, "mime": "", "seconds": 3}))
    form.add_field("file", BytesIO(content), filename=name)
    async with phone.web.post("api/uploads", data=form) as answer:
        assert answer.status == 200, await answer.text()
    await phone.stage.settle()


def on_disk(folder: Path) -> list[bytes]:
    """What every file under a folder holds."""
    return [one.read_bytes() for one in folder.rglob("*") if one.is_file()]


async def test_a_voice_message_is_heard_at_the_desk_and_a_file_comes_back(settings: Settings, now: datetime) -> None:
    async with on_stage(settings, now) as stage:
        phone = await stage.phone(stage.cast.amina, confirmed_by=stage.cast.mette)
        await send(phone, "voice", "v.ogg", voice())
        assert (await phone.last()).startswith("Tak for din talebesked. Mette lytter til den.")
        await send(phone, "photo", "p.jpg", picture())
        mette = await stage.desk(stage.cast.mette)
        path = f"/inbox/{stage.cast.amina}"
        assert "Kan haste – lyt først" in await mette.text(path)
        sources = [part.partition('"')[0] for part in (await mette.get(path)).split('src="/files/')[1:]]
        heard = []
        for source in sources:
            async with mette.web.get(f"/files/{source}") as answer:
                heard.append((answer.status, answer.headers["Content-Type"], MAKER.encode() in await answer.read()))
        assert heard == [(200, "audio/ogg", False), (200, "image/jpeg", False)]
        odd = await stage.desk(stage.cast.odd)
        await odd.get(f"/files/{sources[0]}", status=404)
        form = aiohttp.FormData(quote_fields=False)  # as browsers do
        form.add_field("body", "Her er planen")
        form.add_field("file", BytesIO(PDF), filename="Plan for næste uge.pdf")
        await mette.submit(path, "/reply", form=form)
        told = (await phone.messages())[-2:]
        assert told[0]["text"] == "Mette skriver:\nHer er planen"
        assert told[1]["document"]["name"] == "Plan for næste uge.pdf"
        assert "Sendt" in (await mette.text(path)).rpartition("Her er planen")[2]
        assert [clear for clear in CLEAR for content in on_disk(settings.data_dir) if clear in content] == []


async def test_a_document_that_goes_with_an_offer_opens_in_the_chat_of_the_one_it_is_for(
    stage: Stage, settings: Settings
) -> None:
    cast = stage.cast
    amina, jonas = [await stage.phone(one, confirmed_by=cast.mette) for one in (cast.amina, cast.jonas)]
    mette = await stage.desk(cast.mette)
    offer = await publish(stage)
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", BytesIO(PDF), filename="Hvad en kontaktperson gør.pdf")
    await mette.submit(f"/offers/{offer}", "/files", form=form)
    assert "Hvad en kontaktperson gør.pdf" in await mette.text(f"/offers/{offer}")

    await amina.press("Se mit tilbud")
    await amina.press("Hvad en kontaktperson gør.pdf")
    document = (await amina.messages())[-1]["document"]
    assert document["name"] == "Hvad en kontaktperson gør.pdf"
    async with amina.web.get(document["url"]) as answer:
        assert (answer.status, await answer.read()) == (200, PDF)
    async with jonas.web.get(document["url"]) as answer:
        assert answer.status == 404
    assert [clear for clear in CLEAR for content in on_disk(settings.data_dir) if clear in content] == []
