"""One-time codes and proving it again at the desk, over real HTTP, where codes are demanded."""

from __future__ import annotations

import html
import re
from base64 import b32decode
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestServer

from backend.app import create_app
from backend.guard import ANYONE
from backend.routes import ROUTES
from models.actions import staff
from models.domain.staff_codes import code_at, step_of
from models.settings import Settings
from models.transactions import HOUSE
from tests.backend.browsing import Browser, MovedClock, OpenBrowser, Page, Story
from tests.cast import Cast

PASSWORD = "en lang sætning om æbler og pærer"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
async def server(database: Settings, clock: MovedClock) -> AsyncIterator[TestServer]:
    """The desk as it runs for real: a code is demanded of everybody, and who it is is asked again."""
    opened = TestServer(create_app(replace(database, demo=False, codes_demanded=True), clock))
    await opened.start_server()
    yield opened
    await opened.close()


async def welcomed(browser: Browser, cast: Cast, clock: MovedClock, who: str = "mette") -> tuple[bytes, list[str]]:
    """The first sign-in with a one-time link: password, app, recovery codes. The secret and those codes."""
    token = await staff.make_sign_in_link(HOUSE, getattr(cast, who).staff_id, now=clock.real_now())
    chosen = await browser.post("/welcome", token=token, password=PASSWORD, again=PASSWORD)
    assert (chosen.status, chosen.leads_to) == (303, "/sign-in/app")
    secret = secret_on(await browser.get("/sign-in/app"))
    done = await browser.post("/sign-in/app", code=code_at(secret, step_of(clock.real_now())))
    assert (done.status, "Gem dem nu" in done.words) == (200, True)
    await browser.learn_token()
    return secret, re.findall(r"<code>([a-z0-9-]{14})</code>", done.body)


def secret_on(page: Page) -> bytes:
    """The secret as the page writes it out, beside its QR code."""
    found = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page.body)
    assert (found is not None, "<svg" in page.body) == (True, True)
    return b32decode(found.group(1).replace(" ", ""))  # type: ignore[union-attr]


def hidden_in(page: Page) -> dict[str, str]:
    """The fields somebody does not see, and sends with the form."""
    return {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.body)
        if name != "back"
    }


async def password(browser: Browser, back: str = "/") -> Page:
    return await browser.post("/sign-in", email="mette@example.org", password=PASSWORD, back=back)


async def test_the_first_sign_in_sets_an_app_up_and_the_next_asks_for_its_code(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    first = await browser()
    secret, codes = await welcomed(first, cast, clock)
    assert len(codes) == 10
    assert "10 reservekoder tilbage" in (await first.get("/settings")).words
    clock.move(minutes=5)
    second = await browser()
    assert (await password(second, "/inbox?folder=all")).leads_to == "/sign-in/code"
    assert 'autocomplete="one-time-code"' in (await second.get("/sign-in/code")).body
    wrong = await second.post("/sign-in/code", code="000000")
    assert (wrong.status, "Koden passer ikke" in wrong.words) == (403, True)
    code = code_at(secret, step_of(clock.real_now()))
    entered = await second.post("/sign-in/code", code=f"{code[:3]} {code[3:]}")
    assert (entered.status, entered.leads_to) == (303, "/inbox?folder=all")
    assert (await second.get("/settings")).status == 200
    third = await browser()
    await password(third)
    assert (await third.post("/sign-in/code", code=code)).status == 403  # somebody read it over a shoulder
    assert (await third.post("/sign-in/code", code=codes[0].upper())).status == 303


async def test_half_a_sign_in_reaches_nothing(
    browser: OpenBrowser, cast: Cast, clock: MovedClock, story: Story
) -> None:
    await welcomed(await browser(), cast, clock)
    half = await browser()
    await password(half)
    assert [one.key for one in half.client.session.cookie_jar] == ["hoert-half"]
    for route in ROUTES:
        if route.may == ANYONE:
            continue
        path = story.path(route.path)
        status = (await half.get(path)).status if route.method == "GET" else (await half.post(path)).status
        expected = 401 if route.name == "events" else 303 if route.method == "GET" else 419
        assert (route.name, status) == (route.name, expected)
    token = next(one.value for one in half.client.session.cookie_jar if one.key == "hoert-half")
    half.client.session.cookie_jar.update_cookies({"hoert": token}, half.client.make_url("/"))
    assert (await half.get("/settings")).status == 303  # its cookie is no session's
    assert (await half.get("/sign-in/app")).leads_to == "/sign-in/code"  # and puts no other app in place
    clock.move(minutes=11)
    assert (await half.get("/sign-in/code")).leads_to == "/sign-in"
    for path in ("/sign-in/code", "/sign-in/app"):
        assert ((await (await browser()).get(path)).leads_to, (await half.post(path, code="1")).leads_to) == (
            "/sign-in", "/sign-in",
        )  # fmt: skip


async def test_a_deed_of_weight_asks_again_and_goes_on_with_what_was_typed(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    per = await browser()
    secret, _ = await welcomed(per, cast, clock, "per")
    clock.move(minutes=11)
    why = 'Mette går på <barsel> & "orlov"'
    fields = {"from": cast.mette.staff_id, "colleague": cast.siri.staff_id, "why": why}
    asking = await per.post("/hand-over", **fields)
    assert (asking.status, "Er det stadig dig?" in asking.words) == (428, True)
    kept = hidden_in(asking)
    assert {name: kept.get(name) for name in fields} == fields
    wrong = await per.post("/hand-over", **kept | {"proof_of_who": "forkert"})
    assert (wrong.status, "Det passer ikke" in wrong.words, hidden_in(wrong)) == (428, True, kept)
    assert (await per.get("/people")).words.count("Mette Holm") >= 1
    done = await per.post("/hand-over", **kept | {"proof_of_who": code_at(secret, step_of(clock.real_now()))})
    assert (done.status, done.leads_to) == (303, "/people?said=all_handed_over")
    # Whom a colleague has handed over already nobody is said to have handed over.
    nobody = await per.post("/hand-over", **fields)
    assert nobody.leads_to == "/people?said=none_handed_over"
    assert "Der var ingen at give videre" in (await per.get(nobody.leads_to)).words
    clock.move(minutes=9)
    assert (await per.post("/settings/sign-out-everywhere")).status == 303


async def test_asking_again_counts_wrong_answers_and_comes_after_the_right_and_the_token(
    browser: OpenBrowser, cast: Cast, clock: MovedClock, story: Story
) -> None:
    mette = await browser()
    await welcomed(mette, cast, clock)
    clock.move(minutes=20)
    path = f"/people/{cast.amina}/transfer"
    assert (await mette.post(path)).status == 403  # not hers to do
    assert (await mette.post("/settings/sign-out-everywhere", csrf="x")).status == 403
    statuses = [
        (await mette.post("/settings/sign-out-everywhere", proof_of_who=f"forkert {number}")).status
        for number in range(12)
    ]
    assert statuses == [428] * 10 + [429] * 2
    assert sorted(route.name for route in ROUTES if route.fresh) == [
        "app-begin", "case-file-copy", "case-file-do", "erase-do", "hand-over-do", "open-other-do", "recovery-codes",
        "register-export", "retention-save", "sign-out-everywhere", "staff-add", "staff-change", "staff-reset",
        "token-make", "transfer-accept", "transfer-offer", "webhook-add",
    ]  # fmt: skip
    assert [route.name for route in ROUTES if route.fresh and (route.method != "POST" or route.files)] == []


async def test_one_s_own_password_app_codes_and_browsers_are_mended_in_my_settings(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    here, there = await browser(), await browser()
    here.client.session.headers["User-Agent"] = FIREFOX
    secret, _ = await welcomed(here, cast, clock)
    clock.move(minutes=1)
    await password(there)
    await there.post("/sign-in/code", code=code_at(secret, step_of(clock.real_now())))
    page = await here.get("/settings")
    assert "Firefox på Windows · den, du bruger nu" in page.words
    assert "En ukendt browser på en ukendt maskine" in page.words
    assert "127.0.0.1" not in page.body
    ends = re.findall(r'action="(/settings/sessions/[0-9a-f]{32}/end)"', page.body)
    assert len(ends) == 1
    assert (await there.get("/settings")).status == 200
    assert (await here.post(ends[0])).leads_to == "/settings?said=session_ended#sessions"
    assert ((await there.get("/settings")).status, (await here.post(ends[0])).status) == (303, 404)
    chosen = {"current": PASSWORD, "password": "en anden sætning om solbær", "again": "en anden sætning om solbær"}
    for field, value, sentence in (
        ("again", "noget andet", "ikke ens"), ("current", "forkert", "ikke den adgangskode, du har nu"),
        ("password", "kort", "ikke ens"),
    ):  # fmt: skip
        refused = await here.post("/settings/password", **chosen | {field: value})
        assert (refused.status, sentence in refused.words) == (422, True)
    assert (await here.post("/settings/password", **chosen)).leads_to == "/settings?said=password_changed"
    assert (await here.post("/settings/app")).leads_to == "/settings/app"
    new = secret_on(await here.get("/settings/app"))
    assert (await here.post("/settings/app/confirm", code="123")).status == 422
    done = await here.post("/settings/app/confirm", code=code_at(new, step_of(clock.real_now())))
    assert len(re.findall(r"<code>([a-z0-9-]{14})</code>", done.body)) == 10
    assert (await here.get("/settings/app")).leads_to == "/settings"
    again = await here.post("/settings/recovery-codes")
    assert (again.status, len(set(re.findall(r"<code>([a-z0-9-]{14})</code>", again.body + done.body)))) == (200, 20)
    assert (await here.post("/settings/sessions/end-others")).leads_to == "/settings?said=sessions_ended#sessions"
