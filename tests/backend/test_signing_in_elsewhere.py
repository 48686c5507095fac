"""The municipality's own sign-in: OpenID Connect against a real provider over HTTP, honest and otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestServer

from backend.app import create_app
from models.settings import Settings
from tests.backend.browsing import Browser, MovedClock, OpenBrowser, Page
from tests.backend.provider import CLIENT, SECRET, Provider
from tests.cast import Cast

WAY = "/sign-in/oidc"
UNTRUSTED = "Svaret fra kommunens login var ikke til at stole på"


@pytest.fixture
async def provider(clock: MovedClock) -> AsyncIterator[Provider]:
    """The provider, served."""
    made = Provider(clock.real_now)
    served = TestServer(made.application())
    await served.start_server()
    made.issuer = str(served.make_url("")).rstrip("/")
    yield made
    await served.close()


@pytest.fixture
async def server(database: Settings, clock: MovedClock, provider: Provider) -> AsyncIterator[TestServer]:
    """The desk of a municipality that has a sign-in of its own."""
    opened = TestServer(create_app(database, clock))
    await opened.start_server()
    address = str(opened.make_url("")).rstrip("/")
    await opened.close()
    settings = replace(
        database, demo=False, codes_demanded=True, public_url=address, oidc=(provider.issuer, CLIENT, SECRET)
    )
    opened = TestServer(create_app(settings, clock), port=opened.port)
    await opened.start_server()
    provider.redirect = f"{address}{WAY}/back"
    yield opened
    await opened.close()


async def at_the_provider(browser: Browser, there: str) -> str:
    """Follow the desk to the provider; the way back from there."""
    async with browser.client.session.get(there, allow_redirects=False) as answer:
        assert answer.status == 302, await answer.text()
        return answer.headers["Location"]


async def the_way_back(browser: Browser, set_out: Page) -> str:
    """The address at our desk the provider leads back to."""
    assert set_out.status == 303, set_out.words
    back = await at_the_provider(browser, set_out.leads_to)
    return back[back.index(WAY) :]


async def come(browser: Browser, back: str = "/settings") -> Page:
    """The whole way there and back."""
    return await browser.get(await the_way_back(browser, await browser.get(f"{WAY}?back={back}")))


async def test_mette_comes_in_by_the_municipality_s_own_sign_in(
    browser: OpenBrowser, cast: Cast, provider: Provider
) -> None:
    nobody = await browser()
    assert f'href="{WAY}?back=/"' in (await nobody.get("/sign-in")).body
    done = await come(nobody)
    assert (done.status, done.leads_to) == (303, "/settings")
    assert "Mette" in (await nobody.get("/settings")).words
    asked = provider.asked[0]
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid email", "S256")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) == 43


async def test_who_they_are_there_outlives_their_address(browser: OpenBrowser, cast: Cast, provider: Provider) -> None:
    assert (await come(await browser())).status == 303
    provider.email, provider.verified, provider.elsewhere = "gift@example.org", False, True
    assert (await come(await browser())).status == 303


#: What the provider does wrong, or denies, and the sentence that says so.
NOT_IN = [
    ({"lies": {"nonce": "another"}}, "Begynd forfra"),
    ({"lies": {"exp": 1}}, "Begynd forfra"),
    ({"lies": {"aud": ["somebody-else"]}}, UNTRUSTED),
    ({"lies": {"aud": [CLIENT, "other"], "azp": "other"}}, UNTRUSTED),
    ({"lies": {"iss": "https://evil.example"}}, UNTRUSTED),
    ({"lies": {"iat": 99999999999}}, UNTRUSTED),
    ({"lies": {"at_hash": "wrong"}}, UNTRUSTED),
    ({"forges": True}, UNTRUSTED),
    ({"algorithm": "none"}, UNTRUSTED),
    ({"algorithm": "HS256"}, UNTRUSTED),
    ({"email": "ukendt@example.org"}, "Du har ikke en konto i Hørt endnu"),
    ({"verified": False}, "siger ikke god for din mailadresse"),
    ({"email": ""}, "siger ikke god for din mailadresse"),
    ({"denies": True}, "lukkede dig ikke ind"),
]


async def test_what_cannot_be_trusted_lets_nobody_in_and_is_said_plainly(
    browser: OpenBrowser, cast: Cast, provider: Provider
) -> None:
    for changes, sentence in NOT_IN:
        usual = {name: getattr(provider, name) for name in changes}
        for name, value in changes.items():
            setattr(provider, name, value)
        nobody = await browser()
        refused = await come(nobody)
        assert (changes, refused.status, sentence in refused.words) == (changes, 403, True), refused.words
        assert (changes, (await nobody.get("/settings")).status) == (changes, 303)
        for name, value in usual.items():
            setattr(provider, name, value)


async def test_a_provider_that_is_down_is_said_to_be_and_the_password_stands_beside_it(
    browser: OpenBrowser, cast: Cast, provider: Provider
) -> None:
    provider.broken = True
    down = await (await browser()).get(WAY)
    assert (down.status, "svarer ikke lige nu" in down.words, 'name="password"' in down.body) == (403, True, True)
    provider.broken = False
    provider.issuer += "/"  # it says it is another than the one that was set up
    odd = await (await browser()).get(WAY)
    assert (odd.status, UNTRUSTED in odd.words) == (403, True)


async def test_a_way_back_belongs_to_the_browser_that_set_out_is_used_once_and_grows_old(
    browser: OpenBrowser, cast: Cast, provider: Provider, clock: MovedClock
) -> None:
    mine, theirs = await browser(), await browser()
    path = await the_way_back(mine, await mine.get(WAY))
    for planted in (path, f"{WAY}/back", f"{WAY}/back?state=x&code=y"):
        assert (planted, (await theirs.get(planted)).status) == (planted, 403)
    assert "Begynd forfra" in (await mine.get(path.replace("state=", "state=x"))).words  # and the journey is over
    path = await the_way_back(mine, await mine.get(WAY))
    clock.move(minutes=11)
    assert "Begynd forfra" in (await mine.get(path)).words
    assert (await come(mine)).status == 303
    used = await the_way_back(theirs, await theirs.get(WAY))
    provider.codes.clear()
    assert "ville ikke svare" in (await theirs.get(used)).words


async def test_nobody_is_led_elsewhere_and_without_a_provider_there_is_no_such_page(
    browser: OpenBrowser, cast: Cast, provider: Provider, database: Settings, clock: MovedClock
) -> None:
    assert (await come(await browser(), "https://evil.example")).leads_to == "/"
    served = TestServer(create_app(replace(database, demo=False), clock))
    await served.start_server()
    async with (await browser()).client.session.get(served.make_url(WAY)) as answer:
        assert answer.status == 404
    await served.close()


async def test_it_is_proved_again_in_a_tab_beside_the_form_by_the_same_person_only(
    browser: OpenBrowser, cast: Cast, provider: Provider, clock: MovedClock
) -> None:
    mette = await browser()
    await come(mette)
    await mette.learn_token()
    clock.move(minutes=20)
    asking = await mette.post("/settings/sign-out-everywhere")
    assert (asking.status, f'href="{WAY}?again=1"' in asking.body) == (428, True)

    async def again() -> Page:
        return await mette.get(await the_way_back(mette, await mette.get(f"{WAY}?again=1")))

    provider.subject = "somebody-else"
    assert "Det var en anden" in (await again()).words
    provider.subject = "mette-at-work"
    provider.lies = {"auth_time": int(clock.real_now().timestamp()) - 3600}
    assert "spurgte dig ikke igen" in (await again()).words
    assert (await mette.post("/settings/sign-out-everywhere")).status == 428
    provider.lies = {}
    assert "Tak, det er dig" in (await again()).words
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    left = await mette.post("/settings/sign-out-everywhere")  # of Hørt alone: the provider is not asked
    assert (left.status, left.leads_to, (await mette.get("/settings")).status) == (303, "/sign-in?why=left", 303)
