"""The worlds in which the desk is photographed: nothing yet, the demo's seven towns, and names and words too long."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp.test_utils import TestServer

from backend.app import create_app
from backend.guard import Route
from backend.routes import ROUTES
from hoert.clock import Clock
from hoert.demo.app import populate
from hoert.demo.panel_surveys import MEETINGS
from hoert.demo.people import PLACE
from hoert.serve import running
from models.actions import messages, panels, register, staff
from models.actions.staff_codes import begin_half
from models.database import opened
from models.domain.staff import FRESH, Role, Viewer
from models.domain.staff_codes import code_at, step_of
from models.migrate import migrate
from models.queries import goals
from models.queries import panels as hosted
from models.queries import staff as accounts
from models.settings import Settings, load
from models.transactions import HOUSE, Scope
from tests.backend.browsing import MovedClock, Story, tell_story
from tests.cast import Cast, invite_the_cast, link
from tests.gallery.desk_pages import ERRORS, NO_PAGE, VISITS

#: A Tuesday at eleven: the office is open.
_BEGINS = datetime(2026, 11, 24, 10, tzinfo=UTC)
PAGES: Mapping[str, Route] = {
    route.name: route for route in ROUTES if route.method == "GET" and route.name not in NO_PAGE
}

_LONG_WORD = "Efterværnskoordinatorforberedelsessamtaleskabelonbeskrivelsen"
LONG_WORDS = f"Kan vi tale om {_LONG_WORD} på mødet? Jeg forstår den ikke."
FORTY_LINES = "\n".join(f"{number}. Det her er noget, jeg gerne vil have sagt." for number in range(1, 41))


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a page is to be seen in a world, and by which cookies of whom."""

    path: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    #: What is put into the form there, beside what stands in it.
    typed: Mapping[str, str] = field(default_factory=dict)
    #: Of another desk than the world's.
    address: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """A product that runs, and where its pages are."""

    name: str
    address: str
    seats: Mapping[str, Seat]
    staff: tuple[str, ...]

    async def speak(self, language: str) -> None:
        """Everybody at the desk reads this language from now on."""
        for one in self.staff:
            await staff.set_language(HOUSE, one, language)


@asynccontextmanager
async def empty(home: Path) -> AsyncIterator[World]:
    """A town on its first day, and in another one young person who has not joined."""
    async with _desk_alone(home, "empty") as (address, later):
        now = _BEGINS
        cast = await invite_the_cast(now)
        town = await register.add_municipality(
            HOUSE, slug="laesoe", name="Læsø Kommune", region="nordjylland", phone="98 49 15 15",
            telegram_content="full", now=now,
        )  # fmt: skip
        roles = {"mette": Role.CASEWORKER, "per": Role.COORDINATOR, "admin": Role.ADMINISTRATOR}
        names = {"mette": "Lone Bang", "per": "Ib Krog", "admin": "Rie Dam"}
        here = {
            who: await staff.add(Scope(town), email=f"{who}@laesoe.example.org", name=names[who], role=role, now=now)
            for who, role in roles.items()
        }
        there = _staff_of(cast)
        at_the_door = await _at_the_door(cast, now)
        seats = {}
        for name, visit in VISITS.items():
            route = PAGES[name]
            about_a_person = "{person_id" in route.path
            if "{" in route.path and not about_a_person and name != "plan-preview":
                continue
            path = _person_path(route.path, cast.leila).replace("{key:[a-z0-9_]+}", "who5")
            sits = (there if about_a_person else here).get(visit.who)
            seats[name] = Seat(path, await _cookies(sits, now) if sits else at_the_door.get(visit.who, {}))
        seats |= await _seats_once(cast, here["mette"], later, now)
        yield World("empty", address, seats, (*here.values(), *there.values()))


@asynccontextmanager
async def full(home: Path) -> AsyncIterator[World]:
    """The demo as it stands when somebody opens it; its pages are found by following its own links."""
    settings, clock = load({"HOERT_BIND": "127.0.0.1:0"}, demo=True, data_dir=home / "full"), Clock()
    clock.start_at(_BEGINS)
    async with running(settings, clock, tick=False) as house:
        cast = await populate(house, home)
        randers = PLACE["randers"]
        by_role = {role: name for name, role in reversed(randers.staff)}
        sits = {
            "mette": cast.staff["Mette Holm"],
            "per": cast.staff[by_role[Role.COORDINATOR]],
            "admin": cast.staff[by_role[Role.ADMINISTRATOR]],
        }
        jars = {who: await _cookies(staff_id, house.clock.real_now()) for who, staff_id in sits.items()}
        amina = cast.personas["Amina"].person_id
        found = await _crawl(house.address, jars, amina)
        found |= _errors(jars["mette"])
        per = Viewer(sits["per"], cast.municipalities["randers"], Role.COORDINATOR, by_role[Role.COORDINATOR])
        found["survey-choose"] = Seat(f"/surveys/{await _unsent(per, house.clock.now())}/send", jars["per"])
        # Links lead to goals that ended too: those ask nothing any more.
        found["goal"] = Seat(f"/goals/{(await goals.own(per)).pursued[0].goal_id}", jars["per"])
        yield World("full", house.address, found, tuple(cast.staff.values()))


@asynccontextmanager
async def long(home: Path) -> AsyncIterator[World]:
    """One of everything, with names of more than sixty letters, words without an end and messages of forty lines."""
    async with _desk_alone(home, "long") as (address, later):
        now = _BEGINS
        cast = await invite_the_cast(now, called=long_name)
        story = await tell_story(cast, now, words=LONG_WORDS)
        amina = await link(Scope(cast.randers), cast.amina, 13, now=now, confirmed_by=cast.mette.staff_id)
        await messages.receive(amina, FORTY_LINES, source_key="webchat:long:1", now=now)
        thread = await messages.open_thread(cast.mette, cast.amina, now=now)
        await messages.note(cast.mette, thread, FORTY_LINES, now=now)
        seats = await seats_of(cast, story, now) | await _seats_once(cast, cast.mette.staff_id, later, now)
        yield World("long", address, seats, tuple(_staff_of(cast).values()))


WORLDS = {"empty": empty, "full": full, "long": long}


def long_name(name: str) -> str:
    """A name that is longer than any form expects, and still begins as it did."""
    if name.endswith("Kommune"):
        return f"{name.removesuffix(' Kommune')}-Nørhald-Purhus-Langå-Sønderhald Storbykommunefællesskab"
    first, _, last = name.partition(" ")
    return f"{first}-Alexandrina Wilhelmina {last}-Christoffersen-Ahlefeldt-Laurvig-Bille"


async def seats_of(cast: Cast, story: Story, now: datetime) -> dict[str, Seat]:
    """Every page of the desk where a story with one of everything has been told."""
    sits = _staff_of(cast)
    jars = {who: await _cookies(staff_id, now) for who, staff_id in sits.items()} | await _at_the_door(cast, now)
    seats = {name: Seat(story.path(PAGES[name].path), jars.get(visit.who, {})) for name, visit in VISITS.items()}
    return seats | {
        "plan-preview": Seat("/check-in-plans/preview/who5", jars["per"]),
        "survey-choose": Seat(f"/surveys/{story.sent}/send", jars["per"]),
    }


async def _unsent(per: Viewer, now: datetime) -> str:
    """A survey that is published and was sent to nobody: any part of the panel may be chosen. Its id."""
    panel = (await hosted.panels(per))[0].panel_id
    survey = await panels.draft(per, panel, MEETINGS, now=now)
    await panels.publish(per, survey, now=now)
    return survey


async def _seats_once(cast: Cast, mette: str, later: str, now: datetime) -> dict[str, Seat]:
    """What can be come to once, in each language with somebody else; and what is said of an address that is wrong."""
    per, jar = await _cookies(cast.per.staff_id, now), await _cookies(mette, now)
    seats = _errors(jar) | {
        "again": Seat("/settings", await _cookies(cast.lars.staff_id, now), address=later),
        "invitation-made": Seat(f"/people/{cast.leila}/invitation", await _cookies(cast.mette.staff_id, now)),
    }
    for language, key, reference, newcomer in (
        ("da", cast.jonas, "R-1002", cast.siri), ("en", cast.leila, "R-1003", cast.odd),
    ):  # fmt: skip
        seats[f"erased:{language}"] = Seat(f"/people/{key}/erase", per, {"reference": reference})
        begun = await begin_half(HOUSE, newcomer.staff_id, back="/", now=now)
        half = await accounts.half_way(HOUSE, begun.token, real_now=now)
        assert half is not None
        assert half.secret is not None
        typed = {"code": code_at(half.secret, step_of(now))}
        seats[f"recovery-codes:{language}"] = Seat("/sign-in/app", {"hoert-half": begun.token}, typed)
    return seats


def _errors(jar: Mapping[str, str]) -> dict[str, Seat]:
    return {name: Seat(path, jar) for name, path in ERRORS.items()}


def _staff_of(cast: Cast) -> dict[str, str]:
    return {who: getattr(cast, who).staff_id for who in ("mette", "per", "admin", "lars", "siri", "odd")}


def _person_path(template: str, person_id: str) -> str:
    return re.sub(r"\{person_id:[^{}]*\{32\}\}", person_id, template)


async def _cookies(staff_id: str, now: datetime) -> dict[str, str]:
    return {"hoert": (await staff.open_session(HOUSE, staff_id, now=now)).token}


async def _at_the_door(cast: Cast, now: datetime) -> dict[str, dict[str, str]]:
    """Two who have shown the right password: Lars, whose app shows codes, and Siri, who has none yet."""
    begun = await begin_half(HOUSE, cast.lars.staff_id, back="/", now=now)
    half = await accounts.half_way(HOUSE, begun.token, real_now=now)
    assert half is not None
    assert half.secret is not None
    code = code_at(half.secret, step_of(now))
    await staff.confirm_first_app(HOUSE, begun.token, code, address="10.0.0.2", browser="firefox mac", real_now=now)
    asked = await begin_half(HOUSE, cast.lars.staff_id, back="/", now=now)
    new = await begin_half(HOUSE, cast.siri.staff_id, back="/", now=now)
    return {"half": {"hoert-half": asked.token}, "new": {"hoert-half": new.token}}


@asynccontextmanager
async def _desk_alone(home: Path, name: str) -> AsyncIterator[tuple[str, str]]:
    """The desk on an empty database, without bots and clocks: its address, and that of the same one a while later,
    which asks again who it is before a deed of weight."""
    settings = load({}, demo=True, data_dir=home / name)
    async with opened(settings):
        await migrate(settings)
        strict, later = replace(settings, demo=False), _BEGINS + 2 * FRESH
        async with desk_served(settings, _BEGINS) as address, desk_served(strict, later) as again:
            yield address, again


@asynccontextmanager
async def desk_served(settings: Settings, now: datetime) -> AsyncIterator[str]:
    """The desk on a database that is open, where it is always `now`; its address."""
    server = TestServer(create_app(settings, MovedClock(now), bot_username="hoert_test_bot"))
    await server.start_server()
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


async def _crawl(address: str, jars: Mapping[str, Mapping[str, str]], person_id: str) -> dict[str, Seat]:
    """Where each page of the desk is: whoever is to see it follows the links from the first page, and from Amina's."""
    templates = {name: re.compile(_pattern(route.path)) for name, route in PAGES.items()}
    found: dict[str, Seat] = {name: Seat(PAGES[name].path) for name, visit in VISITS.items() if visit.who == "nobody"}
    for who, jar in jars.items():
        mine = {name for name, visit in VISITS.items() if visit.who == who}
        waiting = ["/", f"/people/{person_id}", f"/inbox/{person_id}"]
        looked: dict[str, int] = {}
        seen = set(waiting)
        async with aiohttp.ClientSession(address, cookies=jar, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            while waiting:
                path = waiting.pop(0)
                name = next((name for name, one in templates.items() if one.fullmatch(urlsplit(path).path)), "")
                if not name or looked.get(name, 0) >= 3:
                    continue
                looked[name] = looked.get(name, 0) + 1
                async with browser.get(path) as answer:
                    body = await answer.text() if answer.status == 200 else ""
                if body and name in mine:
                    found.setdefault(name, Seat(path, jar))
                links = re.findall(r'href="(/[^"#]*)', body.replace("&amp;", "&"))
                for one in sorted(set(links) - seen, key=lambda link: (person_id not in link, "?" in link)):
                    seen.add(one)
                    waiting.append(one)
    return found


def _pattern(template: str) -> str:
    """The pattern of a route's address."""
    return re.sub(r"\{\w+:((?:[^{}]|\{32\})+)\}", r"\1", template)
