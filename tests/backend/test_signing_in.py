"""Signing in and out, sessions, limits, the first password."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from backend import security
from models.actions import register_caseworker, staff, staff_administered
from models.actions.staff_administered import Member
from models.domain.staff import Role
from models.settings import load
from models.transactions import HOUSE, reading, rows
from tests import quick
from tests.backend.browsing import SAME_ORIGIN, Browser, MovedClock, OpenBrowser
from tests.cast import Cast

PASSWORD = "en lang sætning om æbler og pærer"
WELCOME = "Du er logget ud"


async def choose(cast: Cast, clock: MovedClock, password: str = PASSWORD) -> None:
    token = await staff.make_sign_in_link(HOUSE, cast.mette.staff_id, now=clock.real_now())
    await staff.choose_password(token, password, now=clock.real_now())


async def sign_in(browser: Browser, email: str = "mette@example.org", password: str = PASSWORD, back: str = "/"):
    return await browser.post("/sign-in", email=email, password=password, back=back)


async def test_mette_signs_in_and_lands_where_she_was_going(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    await choose(cast, clock)
    nobody = await browser()
    asked = await nobody.get("/inbox?folder=all")
    assert (asked.status, asked.leads_to) == (303, "/sign-in?back=%2Finbox%3Ffolder%3Dall")
    done = await sign_in(nobody, back="/inbox?folder=all")
    assert (done.status, done.leads_to) == (303, "/inbox?folder=all")
    assert (await nobody.get("/inbox?folder=all")).status == 200


async def test_the_cookie_is_for_the_server_alone_and_holds_nothing_but_the_token(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    await choose(cast, clock)
    cookie = (await sign_in(await browser())).headers["Set-Cookie"]
    assert [part.strip() for part in cookie.split(";")[1:]] == ["HttpOnly", "Path=/", "SameSite=Lax"]
    assert len(cookie.split(";")[0].removeprefix("hoert=")) == 43


def test_over_tls_the_cookie_is_bound_to_the_host_and_to_tls(tmp_path) -> None:
    from aiohttp import web

    settings = load({"HOERT_PUBLIC_URL": "https://hoert.example.org"}, demo=True, data_dir=tmp_path)
    response = web.Response()
    security.set_session_cookie(response, settings, "t")
    assert response.headers.get("Set-Cookie", response.cookies.output(header="").strip()) == (
        "__Host-hoert=t; HttpOnly; Path=/; SameSite=Lax; Secure"
    )
    security.add_headers(response, settings, frame_self=True)
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert response.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\n"]
)
async def test_nobody_is_led_to_another_place_after_signing_in(
    browser: OpenBrowser, cast: Cast, clock: MovedClock, back: str
) -> None:
    await choose(cast, clock)
    assert (await sign_in(await browser(), back=back)).leads_to == "/"


async def test_unknown_and_known_are_answered_alike_in_words_and_time(
    browser: OpenBrowser, cast: Cast, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, shipped in zip(("_hasher", "_NOBODY"), quick.SHIPPED, strict=True):
        monkeypatch.setattr(staff, name, shipped)
    await choose(cast, clock)
    nobody, taken = await browser(), {}
    for email in ("mette@example.org", "who@example.org", "mette@example.org", "who@example.org"):
        begun = time.perf_counter()
        answer = await sign_in(nobody, email, "forkert men lang nok")
        taken.setdefault(email, []).append(time.perf_counter() - begun)
        assert (answer.status, answer.body.replace(email, "")) == (
            403,
            taken.setdefault("body", answer.body.replace(email, "")),
        )
    assert 0.4 < min(taken["mette@example.org"]) / min(taken["who@example.org"]) < 2.5


async def test_too_many_wrong_tries_are_refused_even_with_the_right_password(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    await choose(cast, clock)
    nobody = await browser()
    statuses = [(await sign_in(nobody, password=f"forkert {number}")).status for number in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    assert (await sign_in(nobody)).status == 429
    clock.move(minutes=16)
    assert (await sign_in(nobody)).status == 303


async def test_signing_in_in_a_second_tab_that_had_waited_leads_on_as_well(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    await choose(cast, clock)
    both = await browser()
    form = {"email": "mette@example.org", "password": PASSWORD}  # as both tabs have it: of no session, with no token
    for back in ("/inbox", "/people"):
        done = await both.send("/sign-in", form | {"back": back}, SAME_ORIGIN)
        assert (done.status, done.leads_to) == (303, back)
    assert (await both.send("/sign-in", form, {"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await both.get("/settings")).status == 200


async def test_a_session_somebody_brought_along_is_not_the_one_that_is_signed_in(
    browser: OpenBrowser, cast: Cast, clock: MovedClock, server
) -> None:
    await choose(cast, clock)
    planted = (await staff.open_session(HOUSE, cast.siri.staff_id, now=clock.real_now())).token
    nobody = await browser()
    nobody.client.session.cookie_jar.update_cookies({"hoert": planted}, server.make_url("/"))
    await nobody.learn_token()
    answer = await sign_in(nobody)
    assert planted not in answer.headers["Set-Cookie"]
    assert await staff.resume(HOUSE, planted, real_now=clock.real_now()) is None


async def test_a_session_that_is_used_ends_after_twelve_hours(mette: Browser, clock: MovedClock) -> None:
    begun, answers = clock.now(), []
    for _ in range(25):
        clock.move(minutes=29)
        answers.append(await mette.get("/settings"))
    assert clock.now() - begun > timedelta(hours=12)
    assert [answer.status for answer in answers] == [200] * 24 + [303]
    assert answers[-1].leads_to == "/sign-in?back=%2Fsettings&why=expired"


async def test_idling_half_an_hour_ends_it_and_what_pages_ask_by_themselves_does_not_keep_it(
    mette: Browser, clock: MovedClock
) -> None:
    for _ in range(3):
        clock.move(minutes=11)
        status = (await mette.get("/", **{"HX-Request": "true"})).status
    assert status == 401


async def test_typing_into_a_session_that_ended_loses_no_words(mette: Browser, cast: Cast, clock: MovedClock) -> None:
    clock.move(hours=1)
    page = await mette.post(
        f"/people/{cast.amina}/reply",
        headers={"Referer": str(mette.client.make_url(f"/inbox/{cast.amina}"))},
        body="Hej",
    )
    assert page.status == 419
    assert "data-session-expired" in page.body
    assert f"/sign-in?why=expired&amp;back=/inbox/{cast.amina}" in page.body


async def test_a_page_from_before_signing_in_anew_in_another_tab_loses_no_words_and_does_nothing(
    mette: Browser, browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    other_tab = await browser(cast.mette)
    written = await other_tab.post(
        f"/people/{cast.amina}/note",
        headers={"Referer": str(other_tab.client.make_url(f"/inbox/{cast.amina}"))},
        csrf=mette.csrf, body="Ringede kort", kind="note", key="k" * 12,
    )  # fmt: skip
    assert written.status == 419
    assert "data-session-expired" in written.body
    assert "Du har logget ind igen siden" in written.words
    assert "Din rolle" not in written.words
    assert f'href="/inbox/{cast.amina}"' in written.body
    assert "Ringede kort" not in (await other_tab.get(f"/inbox/{cast.amina}")).words
    stranger = await other_tab.post(f"/people/{cast.amina}/note", csrf="x", body="Ringede kort", key="k" * 12)
    assert stranger.status == 403


async def test_a_changed_role_or_closed_account_acts_at_the_next_request(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    await register_caseworker.hand_over_all(cast.per, cast.siri.staff_id, cast.lars.staff_id, now=clock.now())
    member, at = Member("Siri Kjær", Role.COORDINATOR), {"now": clock.now(), "real_now": clock.real_now()}
    for active in (True, False):
        opened = await browser(cast.siri)
        assert (await opened.get("/settings")).status == 200
        await staff_administered.change_member(cast.admin, cast.siri.staff_id, member, active=active, **at)
        assert (await opened.get("/settings")).status == 303


async def test_signing_out_ends_the_session_and_empties_the_browser(mette: Browser, clock: MovedClock, server) -> None:
    token = next(cookie.value for cookie in mette.client.session.cookie_jar)
    left = await mette.post("/sign-out")
    assert (left.status, left.leads_to) == (303, "/sign-in?why=left")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert await staff.resume(HOUSE, token, real_now=clock.real_now()) is None
    assert WELCOME in (await mette.get("/sign-in?why=left")).words


async def test_signing_out_everywhere_ends_every_browser(browser: OpenBrowser, cast: Cast) -> None:
    here, there = await browser(cast.mette), await browser(cast.mette)
    assert (await here.post("/settings/sign-out-everywhere")).status == 303
    assert [(await one.get("/settings")).status for one in (here, there)] == [303, 303]


async def test_a_first_password_is_chosen_once_with_a_link_whose_secret_no_address_holds(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    token = await staff.make_sign_in_link(HOUSE, cast.mette.staff_id, now=clock.real_now())
    nobody = await browser()
    fields = {"token": f"http://x/welcome#{token}", "password": PASSWORD, "again": PASSWORD}
    assert (await nobody.post("/welcome", **fields | {"again": "noget andet"})).status == 422
    assert (await nobody.post("/welcome", **fields | {"password": "kort", "again": "kort"})).status == 422
    assert (await nobody.post("/welcome", **fields)).leads_to == "/"
    assert (await nobody.get("/settings")).status == 200
    again = await (await browser()).post("/welcome", **fields)
    assert (again.status, "Linket virker ikke mere" in again.words) == (422, True)


async def test_nothing_in_the_database_is_a_token_or_a_password(
    browser: OpenBrowser, cast: Cast, clock: MovedClock
) -> None:
    await choose(cast, clock)
    nobody = await browser()
    token = (await sign_in(nobody)).headers["Set-Cookie"].split(";")[0].partition("=")[2]
    stored = str(await everything_about_staff(HOUSE))
    assert token not in stored
    assert PASSWORD not in stored
    assert "$argon2id$" in stored


async def test_a_form_from_elsewhere_signs_nobody_in(browser: OpenBrowser, cast: Cast, clock: MovedClock) -> None:
    await choose(cast, clock)
    nobody = await browser()
    fields = {"email": "mette@example.org", "password": PASSWORD}
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert (headers, (await nobody.send("/sign-in", fields, headers)).status) == (headers, 403)
    assert (await nobody.send("/sign-in", fields, SAME_ORIGIN)).status == 303


@reading
async def everything_about_staff(scope: object) -> list[object]:
    return [
        await rows(f"SELECT * FROM {table}")  # noqa: S608
        for table in ("staff", "staff_session", "sign_in_link", "sign_in_attempt")
    ]
