"""Deleting the rest at the desk: who may, what is said before, what must be typed, and the receipt."""

from __future__ import annotations

import re
from datetime import datetime

from models.actions import alerts, erasure
from models.domain.people import YoungPerson
from models.tables.alerts import Alert
from models.tables.register import Person
from models.transactions import HOUSE
from tests.actions.rows import found
from tests.actions.world import settled
from tests.backend.browsing import OpenBrowser, Story
from tests.cast import Cast


async def test_a_coordinator_sees_what_goes_and_stays_types_the_reference_and_gets_a_receipt(
    browser: OpenBrowser, cast: Cast, story: Story, now: datetime
) -> None:
    path = f"/people/{cast.amina}/erase"
    mette, per = await browser(cast.mette), await browser(cast.per)
    assert path not in (await mette.get(f"/people/{cast.amina}/case")).body
    assert path in (await per.get(f"/people/{cast.amina}/case")).body
    assert (await mette.get(path)).status == 403

    # Somebody has to read something first: there is no button.
    shown = await per.get(path)
    assert "Der kan først slettes, når den er afsluttet" in shown.words
    assert "Slet for altid" not in shown.words
    (row,) = await found(Person, id=cast.amina)
    assert (await per.post(path, kept="yes", reference=row.reference)).status == 409
    for alert in await found(Alert, person_id=cast.amina, kind="read_now"):
        await alerts.close(cast.per, alert.id, "ringet", now=now)

    # So must be what was said: nothing goes before it is decided.
    shown = await per.get(path)
    assert "8 ting er ikke afgjort eller ikke lagt på sagen endnu. Gør det først." in shown.words
    assert f'href="/people/{cast.amina}/case-file"' in shown.body
    assert (await per.post(path, kept="yes", reference=row.reference)).status == 409
    await settled(cast.per, cast.amina, now=now)

    said = (await per.get(path)).words
    for words in (
        "Slet alt om Amina Yusuf", "Amina har ikke selv bedt om det", "offentlighedsloven §§ 13 og 15", "3 beskeder",
        "4 interne noter", "1 tilbud", "2 møder", "nøgletal, der er vist før", "sikkerhedskopier",
        "1 besked fra Amina er ikke besvaret", "Amina får at vide, at alt er slettet",
    ):  # fmt: skip
        assert words in said
    for fields, refusal in (
        ({"reference": row.reference}, "Gem først det, I har pligt til at gemme."),
        ({"kept": "yes", "reference": "R-9999"}, "Intet er slettet."),
        ({"kept": "yes"}, "Intet er slettet."),
    ):
        refused = await per.post(path, **fields)
        assert (refused.status, refusal in refused.words) == (422, True)

    done = await per.post(path, kept="yes", reference=row.reference)
    assert (done.status, "Alt er slettet" in done.words, "Amina" in done.words) == (200, True, False)
    number = re.search(r"\d{4}-\d{4}-\d\d", done.words)
    assert number is not None
    assert await erasure.receipt(HOUSE, number[0]) == now
    again = await per.post(path, kept="yes", reference=row.reference)
    assert ((await per.get(path)).status, again.status) == (404, 404)
    assert "Amina" not in (await per.get("/people")).words


async def test_who_asked_for_it_in_the_chat_is_said_to_have_asked(
    browser: OpenBrowser, cast: Cast, story: Story, now: datetime
) -> None:
    await erasure.leave(YoungPerson(cast.randers, cast.amina, story.link, "webchat", "", "da", confirmed=True), now=now)
    per, path = await browser(cast.per), f"/people/{cast.amina}/erase"
    assert "Amina slettede sig selv i chatten 17. november 2026" in (await per.get(path)).words
    # From Today and from the alert it is one step: for a coordinator to deleting, for others to what comes first.
    (alert,) = await found(Alert, person_id=cast.amina, reason="wants_erasure")
    for who, there in ((per, path), (await browser(cast.mette), f"/people/{cast.amina}/case-file")):
        assert [there in (await who.get(page)).body for page in ("/", f"/alerts/{alert.id}")] == [True, True]
    await per.post("/language", language="en")
    assert "Amina left the chat on 17 November 2026" in (await per.get(path)).words
