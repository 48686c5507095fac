"""A conversation becomes a case file: written on a phone, decided at the desk, handed over, seen by its owner."""

from __future__ import annotations

import hashlib
import re

from models.tables.casefile import CaseHandOver
from tests.actions.rows import one
from tests.files import picture
from tests.journeys.test_files import send
from tests.stage import Stage


async def test_a_conversation_goes_to_the_case_file_and_amina_sees_it(stage: Stage) -> None:
    cast = stage.cast
    amina = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await amina.say("Hej Mette 😊 Må jeg flytte til Læsøvej?")
    await send(amina, "photo", "p.jpg", picture())
    desk = await stage.desk(cast.mette)
    await desk.submit(f"/inbox/{cast.amina}", "/reply", body="Ja, fra 1. december")
    path = f"/people/{cast.amina}/case-file"
    body = await desk.get(path)
    assert "4 ting er ikke afgjort" in await desk.text(path)
    last = re.findall(r'name="until" value="([0-9a-f]{32})"', body)[-1]
    await desk.submit(path, "/case-file", until=last, theme="housing")
    await desk.submit(path, "/hand-over")
    receipt = await desk.get(f"{path}?handed=1")
    there = re.search(r'name="csrf" value="([0-9a-f]+)"', receipt), re.search(r"/case-files/[0-9a-f]{32}", receipt)
    assert there[0] is not None
    assert there[1] is not None
    sent = {"csrf": there[0][1], "original": "yes"}
    async with desk.web.post(there[1][0], data=sent, headers={"Sec-Fetch-Site": "same-origin"}) as answer:
        document = await answer.read()
    assert document.startswith(b"%PDF-1.7")
    row = await one(CaseHandOver)
    assert (row.size, row.fingerprint) == (len(document), hashlib.sha256(document).hexdigest())
    await amina.say("/indstillinger")
    await amina.press("Mine data")
    assert "· lagt på din sag: 4" in await amina.last()
    await amina.press("Hvad er lagt på min sag?")
    assert await amina.last() == (
        "Det her er lagt på din sag i Randers Kommune:\n\n· 17. november 2026: 4 ting\n\nKommunen skal gemme det, der "
        "betyder noget for din sag. Det kan være en besked, en fil, en aftale eller et svar. Feedback er aldrig med."
    )
