"""The inbox over HTTP: reading, answering, noting, handing over, and the truth about every message."""

from __future__ import annotations

from models.actions import messages
from models.transactions import Scope
from tests.cast import Cast, link


async def test_walk(mette, cast: Cast, now) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej Mette, er mødet på torsdag?", source_key="w:1", now=now)
    for path in ("/", "/inbox", f"/inbox/{cast.amina}", "/people", f"/people/{cast.amina}", "/offers", "/alerts", "/feedback", "/figures", "/settings", "/about"):
        got = await mette.get(path)
        assert got.status == 200, (path, got.status, got.words[-600:])
    for tab in ("offers", "wellbeing", "plan", "case", "invitation", "offers/new"):
        got = await mette.get(f"/people/{cast.amina}/{tab}")
        assert got.status == 200, (tab, got.status, got.words[-600:])
    page = await mette.get(f"/inbox/{cast.amina}")
    assert "er mødet på torsdag?" in page.words
    sent = await mette.post(f"/people/{cast.amina}/reply", body="Ja, klokken tre.", version="1", key="abcdefgh1")
    assert sent.status == 303, sent.words
    assert "Ja, klokken tre." in (await mette.get(f"/inbox/{cast.amina}")).words
