"""Tokens and webhooks at the desk: made and shown once, listed without themselves, ended; and told of on the trail."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from models.actions import api
from models.actions import register as trail
from models.queries import register
from models.queries import webhooks as views
from models.settings import Settings
from models.tables.api import Webhook
from models.transactions import HOUSE, Scope, atomic
from tests.backend.browsing import Browser, MovedClock, OpenBrowser
from tests.backend.calling import System
from tests.cast import Cast

FORM = {"name": "Fagsystem", "expires": "2027-02-01", "kind": "read"}


async def test_a_token_is_shown_once_works_and_ends_at_the_desk(mette: Browser, cast: Cast, clock: MovedClock) -> None:
    empty = await mette.get("/settings/tokens")
    assert "Du har ingen nøgler" in empty.words
    made = await mette.post("/settings/tokens", **FORM)
    found = re.search(r'id="token"[^>]* value="(hoert_[\w-]+)"', made.body)
    assert found is not None
    token = found.group(1)
    listed = await mette.get("/settings/tokens")
    assert token not in listed.body
    assert "Gælder til 1. februar 2027" in listed.words
    assert "Aldrig brugt" in listed.words
    system = System(mette.client, token)
    assert (await system.get("/people")).status == 200
    assert "Aldrig brugt" not in (await mette.get("/settings/tokens")).words
    address = re.search(r'action="(/settings/tokens/\w+/revoke)"', listed.body)
    assert address is not None
    ended = await mette.post(address.group(1))
    assert ended.leads_to == "/settings/tokens?said=token_revoked"
    assert (await system.get("/people")).status == 401
    assert "Lukket" in (await mette.get("/settings/tokens")).words


async def test_what_cannot_be_made_is_said_at_its_field_and_nothing_typed_is_lost(mette: Browser) -> None:
    for typed, words in (
        ({"name": ""}, "Giv nøglen et navn"),
        ({"expires": "2026-11-01"}, "mindst til i morgen"),
        ({"expires": "2028-11-01"}, "højst gælde et år"),
        ({"expires": "snart"}, ""),
    ):
        page = await mette.post("/settings/tokens", **(FORM | typed))
        assert page.status == 422
        assert words in page.words
        for value in (FORM | typed).values():
            assert value in page.body


async def test_what_a_system_looked_at_is_told_like_what_its_owner_looked_at(cast: Cast, clock: MovedClock) -> None:
    made = await api.make_token(
        cast.mette, "Fagsystem", expires_at=clock.now() + timedelta(days=1), read_only=True, now=clock.now(),
        real_now=clock.now(),
    )  # fmt: skip
    held = await api.hold(HOUSE, made.token, real_now=clock.now())
    assert held is not None
    await trail.looked_at(held.viewer, cast.amina, now=clock.now())
    assert [(one.who, one.deed) for one in await register.looked(cast.mette, cast.amina)] == [
        ("Mette Holm", "person.view")
    ]


async def test_the_audit_log_says_what_was_done_by_api(browser: OpenBrowser, cast: Cast, clock: MovedClock) -> None:
    made = await api.make_token(
        cast.mette, "Fagsystem", expires_at=clock.now() + timedelta(days=1), read_only=True, now=clock.now(),
        real_now=clock.now(),
    )  # fmt: skip
    held = await api.hold(HOUSE, made.token, real_now=clock.now())
    assert held is not None
    await trail.looked_at(held.viewer, cast.amina, now=clock.now())
    anna = await browser(cast.admin)
    words = (await anna.get("/administration/trail")).words
    assert "Mette Holm via API" in words
    assert "Lavede en adgangsnøgle" in words


async def test_a_webhook_is_made_tried_and_removed_by_the_administrator(
    browser: OpenBrowser, database: Settings, cast: Cast, clock: MovedClock
) -> None:
    anna = await browser(cast.admin)
    assert "I har ingen webhooks" in (await anna.get("/administration/webhooks")).words
    wrong = await anna.post("/administration/webhooks", address="http://fagsystem.example.org/", events="alert.raised")
    assert (wrong.status, "https://" in wrong.words, "http://fagsystem.example.org/" in wrong.body) == (422, True, True)
    address = "https://fagsystem.example.org/hoert"
    made = await anna.post("/administration/webhooks", address=address, events="alert.raised")
    found = re.search(r'id="secret"[^>]* value="([\w-]+)"', made.body)
    assert found is not None
    listed = await anna.get("/administration/webhooks")
    assert found.group(1) not in listed.body
    assert address in listed.words
    one = (await webhooks_of(cast))[0]
    tried = await anna.post(f"/administration/webhooks/{one}/test")
    assert tried.leads_to == "/administration/webhooks?said=webhook_tested"
    assert "1 venter" in (await anna.get("/administration/webhooks")).words
    await switch_off(Scope(cast.randers), one, clock.now())
    front = await anna.get("/administration")
    for words in (
        "En webhook er slået fra",
        address,
        "Slået fra 17. nov. 10.00 · Sagde nej · 1 venter",
        "1 webhook er slået fra",
    ):
        assert words in front.words
    assert f'action="/administration/webhooks/{one}/enable"' in front.body
    refused = await anna.post(f"/administration/webhooks/{one}/test")
    assert (refused.status, "slået fra" in refused.words) == (409, True)
    await anna.post(f"/administration/webhooks/{one}/enable")
    assert "En webhook er slået fra" not in (await anna.get("/administration")).words
    await anna.post(f"/administration/webhooks/{one}/remove")
    assert await webhooks_of(cast) == []


async def test_the_description_is_a_page_in_both_languages_and_open_to_anybody(browser: OpenBrowser) -> None:
    nobody = await browser()
    danish, english = (
        await nobody.get("/api/v1/"),
        await nobody.get("/api/v1/", **{"Accept-Language": "en-GB,da;q=0.5"}),
    )
    assert (danish.status, "API til andre systemer" in danish.words) == (200, True)
    assert (english.status, "API for other systems" in english.words) == (200, True)
    assert danish.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert re.search(r'\$TOKEN" https?://[^/ ]+/api/v1/people', danish.words)  # as it is typed


async def webhooks_of(cast: Cast) -> list[str]:
    return [one.webhook_id for one in await views.webhooks(cast.admin)]


@atomic
async def switch_off(scope: Scope, webhook_id: str, now: datetime) -> None:
    """As after three days."""
    await Webhook.filter(id=webhook_id).update(state="disabled", failure="refused", disabled_at=now)
