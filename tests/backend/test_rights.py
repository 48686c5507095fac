"""Who reaches what: every line of docs/rights.toml, walked against the running application by everybody, with one's own
ids, somebody else's and ones that nobody has. A step that is refused changes nothing; after one that is not, the house
is put back as it was. How many checks that is stands in the summary of the run.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from backend.api.calls import Match, Operation
from backend.api.operations import OPERATIONS
from backend.app import create_app
from backend.guard import ANYONE, SIGNED_IN, Route
from backend.routes import ROUTES
from models.actions import staff
from models.crypto import token_hash
from models.domain.staff import DEEDS, Role, may, sees_people
from models.settings import Settings, load
from models.tables.staff import StaffSession
from models.transactions import HOUSE, atomic
from tests.backend.browsing import SAME_ORIGIN, Browser, MovedClock, OpenBrowser, Story, table_contents
from tests.backend.calling import OpenSystem, System, Told, body_of, path_of
from tests.backend.walking import AsItWas, House, Somebody, Untouched, build_house, without_caseworker
from tests.cast import Cast

FILE = Path(__file__).parents[2] / "docs" / "rights.py"
#: What a form sends: something for many of them, so that what is allowed is tried.
FIELDS = {
    "body": "ord", "note": "ord", "version": "3", "position": "1", "deed": "again", "title": "Ord",
    "instrument": "tils",
}  # fmt: skip
#: One of every role: they try what only the role decides, and ids that nobody has.
OF_EVERY_ROLE = ("mette", "per", "admin", "hanne", "eva", "nanna")
#: A state change asked for by none of our own pages: with these fields and headers.
FORGED: tuple[tuple[str, dict[str, str]], ...] = (
    ("none", SAME_ORIGIN),
    ("wrong", SAME_ORIGIN),
    ("right", {}),
    ("right", {"Sec-Fetch-Site": "cross-site"}),
    ("right", {"Sec-Fetch-Site": "same-site"}),
    ("right", {"Sec-Fetch-Site": "none"}),
    ("right", {"Origin": "https://evil.example"}),
    ("right", {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}),
)


def _rights() -> Any:
    spec = spec_from_file_location("rights", FILE)
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules["rights"] = made
    spec.loader.exec_module(made)
    return made


RIGHTS = _rights()
DESK = [line for line in RIGHTS.lines() if line.part == "desk"]
API = [line for line in RIGHTS.lines() if line.part == "api"]


#: Who asked for what, and whose it is to them.
Step = tuple[str, str, str]


@dataclass
class Walk:
    """Everything that was tried, and what went otherwise than it should."""

    kept: AsItWas | Untouched
    checks: int = 0
    wrong: list[object] = field(default_factory=list)
    refusals: dict[tuple[object, ...], str] = field(default_factory=dict)

    async def right(
        self, step: Step, expected: str, status: int, *, told: str, meets_amina: bool, looks: bool = False
    ) -> None:
        """One step: its answer, that nothing changed where it was refused, and that no name is told. What is somebody
        else's, what is not there and what the role may not are each refused in the same words wherever they are asked
        for."""
        self.checks += 1
        if _meant(status) != expected:
            self.wrong.append((step, expected, status))
        changed = expected != RIGHTS.YES and await self.kept.changed()
        if changed:
            self.wrong.append((step, expected, status, "changed something"))
        if not (meets_amina and expected == RIGHTS.YES) and "Amina" in told:
            self.wrong.append((step, expected, status, "tells her name"))
        if expected in {RIGHTS.FORBIDDEN, RIGHTS.NOTHING}:
            part = "api" if told.startswith("{") else "desk"
            said = re.sub(r"[0-9a-f]{64}", "", told)  # the session's own token
            if said != self.refusals.setdefault((step[0], part, expected), said):
                self.wrong.append((step, "is told apart"))
        await self.kept.back(looked=looks or (expected != RIGHTS.YES and not changed))

    async def refused(self, step: object, is_so: bool, *, told: str) -> None:
        """One step that nobody may take this way."""
        self.checks += 1
        if not is_so or "Amina" in told or await self.kept.changed():
            self.wrong.append(step)
            await self.kept.back()


def _meant(status: int) -> str:
    """What an answer means. What a form lacks (400, 409, 422) is said to who may."""
    return {403: RIGHTS.FORBIDDEN, 404: RIGHTS.NOTHING, 428: RIGHTS.AGAIN}.get(
        status, RIGHTS.YES if status in {200, 201, 204, 303, 400, 409, 412, 422} else str(status)
    )


def test_the_file_says_what_the_tables_say() -> None:
    assert RIGHTS.FILE.read_text(encoding="utf-8") == RIGHTS.text(), "run: python docs/rights.py --write"


def test_every_route_and_operation_names_a_known_deed_and_a_name_of_its_own() -> None:
    assert {route.may for route in ROUTES} - set(DEEDS) == {ANYONE, SIGNED_IN}
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    assert {one.may for one in OPERATIONS} <= set(DEEDS)
    assert len({one.name for one in OPERATIONS}) == len(OPERATIONS)
    assert len({(one.method, one.path) for one in OPERATIONS}) == len(OPERATIONS)


def test_nothing_is_served_beside_the_tables_and_the_static_files(tmp_path: Path, now: datetime) -> None:
    app = create_app(load({}, demo=True, data_dir=tmp_path), MovedClock(now))
    served = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    desk = {(route.method, re.sub(r"\{(\w+):[^{}]*(\{32\})?\}", r"{\1}", route.path)) for route in ROUTES}
    api = {(one.method, f"/api/v1{one.path}") for one in OPERATIONS}
    described = {("GET", "/api/v1/"), ("GET", "/api/v1/openapi.json")}
    assert served == desk | api | described | {("GET", "/static/{name}")}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_everybody_reaches_exactly_what_the_file_says(
    database: Settings, cast: Cast, clock: MovedClock, browser: OpenBrowser, system: OpenSystem,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    house = await build_house(cast, clock.now())
    desks = {name: await browser(one.viewer) for name, one in house.people.items()}
    systems = {name: await system(one.viewer) for name, one in house.people.items()}
    nobody, no_token, reader = await browser(), await system(), await system(cast.per, read_only=True)
    for one in (*systems.values(), reader):
        await one.get("/figures")  # that a token was used is written down once a minute
    async with proved_long_ago(database, clock, house) as asked_again:
        walk = Walk(await AsItWas().keep())
        for name, who in house.people.items():
            await _desk(walk, desks[name], house, name, who, only=RIGHTS.OFFERED if name == "tove" else None)
            await _again(walk, asked_again[name], house.story, name, who)
            if name != "tove":
                await _api(walk, systems[name], house.story, name, who)
        await _signed_out(walk, nobody, house.story)
        await _without_token(walk, (no_token, System(desks["mette"].client, "")), house.story)
        await _read_only(walk, reader, house.story)
        await _forged(walk, desks["mette"], house.story)
        for name, theirs in (("mette", cast.leila), ("siri", cast.jonas), ("odd", cast.astrid)):
            await _beside_one_s_own(walk, desks[name], replace(house.story, person=theirs), name, house.people[name])
        await without_caseworker(HOUSE, cast.amina)
        assert await walk.kept.changed()  # what is done is noticed
        await walk.kept.keep()
        walk.refusals.clear()  # what waits for whom, in the frame of every page, is otherwise from here on
        for name in ("mette", "siri", "per"):
            who = replace(house.people[name], person="nobodys")
            await _desk(walk, desks[name], house, name, who, only=RIGHTS.PERSON)
            await _api(walk, systems[name], house.story, name, who, only=RIGHTS.PERSON)
    walk.kept.close()
    record_property("checks", ("who reaches what", walk.checks))
    assert walk.wrong == []


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
async def test_nothing_of_another_municipality_is_reached_under_row_level_security(
    cast: Cast, clock: MovedClock, browser: OpenBrowser, system: OpenSystem,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    house = await build_house(cast, clock.now())
    walk = Walk(Untouched())
    people = {name: house.people[name] for name in ("odd", "ida", "bo", "tove", "hugo")}
    desks = {name: await browser(one.viewer) for name, one in people.items()}
    systems = {name: await system(one.viewer) for name, one in people.items()}
    before = await table_contents(HOUSE)
    for name, who in people.items():
        only = RIGHTS.OFFERED if name == "tove" else None
        await _desk(walk, desks[name], house, name, who, only=only, foreign=True)
        await _api(walk, systems[name], house.story, name, who, only=only, foreign=True)
    assert await table_contents(HOUSE) == before
    record_property("checks", ("who reaches what of another municipality on PostgreSQL", walk.checks))
    assert walk.wrong == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_other_methods_find_nothing(mette: Browser, method: str) -> None:
    async with mette.client.request(method, "/people", headers=SAME_ORIGIN) as answer:
        assert answer.status == 404


@asynccontextmanager
async def proved_long_ago(database: Settings, clock: MovedClock, house: House) -> AsyncIterator[dict[str, Browser]]:
    """Everybody's browser at a desk that asks again: they proved an hour ago who they are."""
    async with TestServer(create_app(replace(database, demo=False), clock)) as served, AsyncExitStack() as all_of_them:
        browsers: dict[str, Browser] = {}
        for name, one in house.people.items():
            jar = CookieJar(unsafe=True)
            client = await all_of_them.enter_async_context(TestClient(served, cookie_jar=jar))
            signed_in = await staff.open_session(HOUSE, one.viewer.staff_id, now=clock.real_now())
            jar.update_cookies({"hoert": signed_in.token}, served.make_url("/"))
            browsers[name] = Browser(client)
            await browsers[name].learn_token()
            await proved(HOUSE, signed_in.token, clock.real_now() - timedelta(hours=1))
        yield browsers


@atomic
async def proved(scope: object, token: str, at: datetime) -> None:
    await StaffSession.filter(token_hash=token_hash(token)).update(proved_at=at)


def _whose(line: Any, who: Somebody) -> str:
    ways = {
        RIGHTS.PERSON: who.person, RIGHTS.OF_PLACE: who.place, RIGHTS.OWN: who.own, RIGHTS.OFFERED: who.offered, (): "",
    }  # fmt: skip
    return ways[line.whose]


async def _ask(browser: Browser, route: Route, path: str, **more: str) -> tuple[int, str]:
    jar = browser.client.session.cookie_jar
    cookies = {one.key: one.value for one in jar}
    got = await browser.get(path) if route.method == "GET" else await browser.post(path, **FIELDS | more)
    jar.update_cookies(cookies, browser.client.make_url("/"))  # who has signed out is there again, like everything else
    return got.status, got.body


def _missing(path: str) -> str:
    """The same address with ids nobody has."""
    return re.sub(r"[0-9a-f]{32}", "0" * 32, re.sub(r"/dead-letters/\d+", "/dead-letters/999999", path))


async def _desk(
    walk: Walk,
    browser: Browser,
    house: House,
    name: str,
    who: Somebody,
    *,
    only: tuple[str, ...] | None = None,
    foreign: bool = False,
) -> None:
    """Every route, with the story's ids and with nobody's. `foreign`: only what lies in another municipality."""
    for line, route in zip(DESK, ROUTES, strict=True):
        stream = route.name == "events" and sees_people(who.viewer.role)
        if route.may == ANYONE or stream or (only is not None and line.whose != only):
            continue
        path, role, whose = (
            house.paths.get(route.name, house.story).path(route.path),
            who.viewer.role,
            _whose(line, who),
        )
        expected = _done(line.answer(role, whose))
        if _tried_by_another(name, expected) or (foreign and (whose != "elsewhere" or expected != RIGHTS.NOTHING)):
            continue
        fields = {"colleague": who.team[1]} | house.fields.get(route.name, {})
        if route.name == "hand-over-do":
            fields["from"] = who.team[0]
        status, body = await _ask(browser, route, path, **fields)
        looks, step = route.method == "GET", (name, route.name, whose)
        await walk.right(step, expected, status, told=body, meets_amina=who.meets_amina, looks=looks)
        if line.whose and name in OF_EVERY_ROLE:
            status, body = await _ask(browser, route, _missing(path), **fields)
            meant = RIGHTS.FORBIDDEN if expected == RIGHTS.FORBIDDEN else RIGHTS.NOTHING
            await walk.right((name, route.name, "unknown"), meant, status, told=body, meets_amina=False, looks=looks)


def _tried_by_another(name: str, expected: str) -> bool:
    """What only the role decides is tried by one of each."""
    return expected in {RIGHTS.FORBIDDEN, RIGHTS.AGAIN} and name not in OF_EVERY_ROLE


async def _again(walk: Walk, browser: Browser, story: Story, name: str, who: Somebody) -> None:
    """What is of weight, long after who it is was proved."""
    for line, route in zip(DESK, ROUTES, strict=True):
        if not line.again:
            continue
        answer = line.answer(who.viewer.role, _whose(line, who))
        expected = answer if answer == RIGHTS.FORBIDDEN else RIGHTS.AGAIN  # asked before anything is looked for
        if _tried_by_another(name, expected):
            continue
        status, body = await _ask(browser, route, story.path(route.path))
        await walk.right((name, route.name, "again"), expected, status, told=body, meets_amina=False)


async def _call(system: System, operation: Operation, path: str, story: Story) -> Told:
    seen = {"If_Match": '"v99"'} if operation.match is Match.MUST else {}
    return await system.call(operation.method, path, body_of(operation, person=story.person, panel=story.panel), **seen)


async def _api(
    walk: Walk,
    system: System,
    story: Story,
    name: str,
    who: Somebody,
    *,
    only: tuple[str, ...] | None = None,
    foreign: bool = False,
) -> None:
    """Every operation, with the story's ids and with nobody's. `foreign`: only what lies in another municipality."""
    for line, operation in zip(API, OPERATIONS, strict=True):
        if only is not None and line.whose != only:
            continue
        path, whose = path_of(operation, story), _whose(line, who)
        expected = line.answer(who.viewer.role, whose)
        if _tried_by_another(name, expected) or (foreign and (whose != "elsewhere" or expected != RIGHTS.NOTHING)):
            continue
        told, meets, looks = await _call(system, operation, path, story), who.meets_amina, not operation.writes
        words, step = json.dumps(told.body, ensure_ascii=False), (name, operation.name, whose)
        await walk.right(step, expected, told.status, told=words, meets_amina=meets, looks=looks)
        if line.whose and name in OF_EVERY_ROLE:
            nobodys = replace(story, person="0" * 32, panel="0" * 32)
            nothing = await _call(system, operation, _missing(path), nobodys)
            step = (name, operation.name, "unknown")
            meant = RIGHTS.FORBIDDEN if expected == RIGHTS.FORBIDDEN else RIGHTS.NOTHING
            words = json.dumps(nothing.body, ensure_ascii=False)
            await walk.right(step, meant, nothing.status, told=words, meets_amina=False, looks=looks)


async def _signed_out(walk: Walk, nobody: Browser, story: Story) -> None:
    for route in ROUTES:
        if route.may == ANYONE:
            continue
        status, body = await _ask(nobody, route, story.path(route.path))
        expected = 401 if route.name == "events" else 303 if route.method == "GET" else 419
        await walk.refused(("nobody", route.name), status == expected, told=body)


async def _without_token(walk: Walk, systems: Sequence[System], story: Story) -> None:
    """Nobody gets into the API without a token, nor with a session."""
    for operation in OPERATIONS:
        for number, one in enumerate(systems):
            told = await _call(one, operation, path_of(operation, story), story)
            await walk.refused((number, operation.name), told.status == 401, told=json.dumps(told.body))


async def _beside_one_s_own(walk: Walk, browser: Browser, story: Story, name: str, who: Somebody) -> None:
    """What is Amina's does not become somebody else's by standing behind who is one's own in an address."""
    for route in ROUTES:
        if "{person_id" not in route.path or not re.search(r"\{(?!person_id)\w+_id", route.path):
            continue
        status, body = await _ask(browser, route, story.path(route.path))
        # What can be taken back no more is no more known from what never was; the page is that of one's own.
        is_so = status == (409 if route.name == "undo" else 404 if may(who.viewer.role, route.may) else 403)
        told = "" if route.name == "undo" and who.meets_amina else body
        await walk.refused((name, route.name, "beside one's own"), is_so, told=told)


async def _read_only(walk: Walk, reader: System, story: Story) -> None:
    """A coordinator's token that may only read changes nothing."""
    for operation in OPERATIONS:
        if operation.writes and may(Role.COORDINATOR, operation.may):
            told = await _call(reader, operation, path_of(operation, story), story)
            await walk.refused(("reader", operation.name), told.kind == "read-only-token", told=json.dumps(told.body))


async def _forged(walk: Walk, mette: Browser, story: Story) -> None:
    """Without the session's token, or asked for from elsewhere, nothing happens."""
    tokens = {"none": {}, "wrong": {"csrf": "0" * 64}, "right": {"csrf": mette.csrf}}
    asked = [route for route in ROUTES if route.method == "POST" and route.may != ANYONE]
    for number, route in enumerate(asked):
        # One door stands before all of them: each is tried in three ways, each way at many.
        for token, headers in (FORGED[number % len(FORGED) - way] for way in range(3)):
            got = await mette.send(story.path(route.path), FIELDS | tokens[token], headers)
            await walk.refused(("forged", route.name, token, tuple(headers)), got.status == 403, told=got.body)


def _done(answer: str) -> str:
    """At the demo's desk nobody is asked again."""
    return RIGHTS.YES if answer == RIGHTS.AGAIN else answer
