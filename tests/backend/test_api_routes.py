"""The table of operations: who may, on every one, for every role, with one's own ids and with somebody else's."""

from __future__ import annotations

import json
import re
import sys

import pytest
from aiohttp.test_utils import TestServer

from backend.api.calls import Match, Operation
from backend.api.operations import OPERATIONS
from models.domain.staff import DEEDS, may
from models.transactions import HOUSE
from tests.backend.browsing import OpenBrowser, Story, table_contents
from tests.backend.calling import OpenSystem, System, Told, body_of, path_of
from tests.cast import Cast

NOBODY = Story(*["0" * 32] * 12, dead_letter=0)
#: Operations that name a row of a young person, in their address, query or body.
ABOUT_SOMEBODY = [
    one for one in OPERATIONS if "{" in one.path or one.needs or (one.body and "person" in one.body.fields)
]


async def ask(system: System, operation: Operation, path: str, story: Story) -> Told:
    seen = {"If_Match": '"v99"'} if operation.match is Match.MUST else {}
    body = body_of(operation, person=story.person)
    return await system.call(operation.method, path, body, **seen)


def test_every_operation_names_a_known_deed_and_a_name_of_its_own() -> None:
    assert {one.may for one in OPERATIONS} <= set(DEEDS)
    assert len({one.name for one in OPERATIONS}) == len(OPERATIONS)
    assert len({(one.method, one.path) for one in OPERATIONS}) == len(OPERATIONS)


def test_nothing_is_served_under_the_api_beside_the_table_and_its_description(server: TestServer) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in server.app.router.routes()
        if route.resource.canonical.startswith("/api/v1")
    }
    table = {(one.method, f"/api/v1{one.path}") for one in OPERATIONS}
    assert served == table | {("GET", "/api/v1/"), ("GET", "/api/v1/openapi.json")}


async def test_nobody_gets_in_without_a_token_nor_with_a_session(
    system: OpenSystem, browser: OpenBrowser, cast: Cast, story: Story
) -> None:
    nobody, mette = await system(), await browser(cast.mette)
    signed_in = System(mette.client, "")
    for operation in OPERATIONS:
        for one in (nobody, signed_in):
            told = await ask(one, operation, path_of(operation, story), story)
            assert (operation.name, told.status, "Amina" in json.dumps(told.body)) == (operation.name, 401, False)


@pytest.mark.parametrize("who", ["mette", "per", "nanna", "admin", "odd"])
async def test_a_role_reaches_exactly_what_its_deeds_allow(
    system: OpenSystem, cast: Cast, story: Story, who: str
) -> None:
    viewer = getattr(cast, who)
    opened = await system(viewer)
    checks = 0
    # Erasing last: after it there is nobody to ask about.
    for operation in sorted(OPERATIONS, key=lambda one: one.name == "people-erase"):
        told = await ask(opened, operation, path_of(operation, story), story)
        assert (operation.name, told.status == 403) == (operation.name, not may(viewer.role, operation.may))
        assert told.status < 500
        if who in {"nanna", "admin", "odd"}:
            assert "Amina" not in json.dumps(told.body)
        checks += 1
    assert checks == len(OPERATIONS)


@pytest.mark.parametrize("who", ["odd", "siri"])
async def test_a_foreign_id_is_answered_exactly_like_one_that_does_not_exist_and_changes_nothing(
    system: OpenSystem, cast: Cast, story: Story, who: str
) -> None:
    viewer = getattr(cast, who)
    opened = await system(viewer)
    tried = [one for one in ABOUT_SOMEBODY if may(viewer.role, one.may)]
    before = await table_contents(HOUSE)
    checks = 0
    for operation in tried:
        path = path_of(operation, story)
        nothing = path if path == operation.path else re.sub(r"[0-9a-f]{32}", "0" * 32, path)
        foreign = await ask(opened, operation, path, story)
        missing = await ask(opened, operation, nothing, NOBODY)
        assert (operation.name, foreign.status) == (operation.name, 404)
        assert (operation.name, foreign.body) == (operation.name, missing.body)
        checks += 2
    assert await table_contents(HOUSE) == before
    sys.stdout.write(f"{who}: {checks} checks of foreign ids over {len(tried)} operations" + "\n")
    assert len(tried) > 12


async def test_a_token_that_may_only_read_changes_nothing(system: OpenSystem, cast: Cast, story: Story) -> None:
    opened = await system(cast.per, read_only=True)
    before = await table_contents(HOUSE)
    for operation in OPERATIONS:
        told = await ask(opened, operation, path_of(operation, story), story)
        if operation.writes and may(cast.per.role, operation.may):
            assert (operation.name, told.kind) == (operation.name, "read-only-token")
    assert await table_contents(HOUSE) == before
