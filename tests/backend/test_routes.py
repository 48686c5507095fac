"""The routes table: who may, on every route, for every role, with one's own ids and with somebody else's."""

from __future__ import annotations

import re

import pytest

from backend.guard import ANYONE, SIGNED_IN, Route
from backend.routes import ROUTES
from models.domain.staff import DEEDS, may
from tests.backend.browsing import SAME_ORIGIN, Browser, OpenBrowser, Story
from tests.cast import Cast

NAMES = [route.name for route in ROUTES]
#: Routes whose address names a row of a young person; the key of a helpline is everybody's.
ABOUT_SOMEBODY = [route for route in ROUTES if "{" in route.path and "{key:" not in route.path]
#: What a role without the deed, or nobody, gets.
CLOSED = {"GET": 403, "POST": 403}


def missing(path: str) -> str:
    """The same address with ids nobody has."""
    return re.sub(r"[0-9a-f]{32}", "0" * 32, re.sub(r"/dead-letters/\d+", "/dead-letters/999999", path))


async def ask(browser: Browser, route: Route, path: str) -> tuple[int, str]:
    if route.method == "GET":
        got = await browser.get(path)
    else:
        got = await browser.post(path, body="ord", note="ord", version="3", position="1", deed="again", title="Ord")
    return got.status, got.body


def test_every_route_names_a_known_deed_and_a_name_of_its_own() -> None:
    assert {route.may for route in ROUTES} - set(DEEDS) == {ANYONE, SIGNED_IN}
    assert sorted(NAMES) == sorted(set(NAMES))


def test_the_application_has_no_route_beside_the_table_and_the_static_files(server) -> None:
    # The API has a table of its own (`tests/backend/api`).
    served = {
        (route.method, route.resource.canonical)
        for route in server.app.router.routes()
        if not route.resource.canonical.startswith("/api/")
    }
    table = {(route.method, re.sub(r"\{(\w+):[^{}]*(\{32\})?\}", r"{\1}", route.path)) for route in ROUTES}
    assert served == table | {("GET", "/static/{name}")}


async def test_somebody_signed_out_reaches_only_what_is_for_anyone(browser: OpenBrowser, story: Story) -> None:
    nobody = await browser()
    for route in ROUTES:
        path = story.path(route.path)
        if route.may == ANYONE:
            continue
        status, body = await ask(nobody, route, path)
        expected = 401 if route.name == "events" else 303 if route.method == "GET" else 419
        assert (route.name, status) == (route.name, expected)
        assert "Amina" not in body


@pytest.mark.parametrize("who", ["mette", "per", "nanna", "admin", "odd"])
async def test_a_role_reaches_exactly_what_its_deeds_allow(
    browser: OpenBrowser, cast: Cast, story: Story, who: str
) -> None:
    viewer = getattr(cast, who)
    for route in ROUTES:
        if route.name in {"sign-out", "sign-out-everywhere", "events"} or route.may == ANYONE:
            continue
        opened = await browser(viewer)
        status, body = await ask(opened, route, story.path(route.path))
        allowed = route.may == SIGNED_IN or may(viewer.role, route.may)
        assert (route.name, status == 403) == (route.name, not allowed)
        if who in {"nanna", "admin", "odd"}:
            assert "Amina" not in body


@pytest.mark.parametrize("who", ["odd", "siri"])
async def test_a_foreign_id_is_answered_exactly_like_one_that_does_not_exist(
    browser: OpenBrowser, cast: Cast, story: Story, who: str
) -> None:
    viewer = getattr(cast, who)
    opened = await browser(viewer)
    tried = [route for route in ABOUT_SOMEBODY if may(viewer.role, route.may)]
    for route in tried:
        path = story.path(route.path)
        foreign, nothing = await ask(opened, route, path), await ask(opened, route, missing(path))
        assert (route.name, foreign[0]) == (route.name, 404)
        assert (route.name, foreign) == (route.name, nothing)
    assert len(tried) > 30


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_other_methods_find_nothing(mette: Browser, method: str) -> None:
    async with mette.client.request(method, "/people", headers=SAME_ORIGIN) as answer:
        assert answer.status == 404
