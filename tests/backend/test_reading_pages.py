"""What holds for every page: looking changes nothing, links lead somewhere, headers stand, words stay words."""

from __future__ import annotations

import html
import re
from datetime import datetime
from operator import itemgetter

import pytest

from backend.guard import ANYONE, SIGNED_IN, Route
from backend.routes import ROUTES
from models.actions import checkins, staff
from models.domain.instruments import instrument
from models.domain.people import YoungPerson
from models.domain.staff import Viewer, may
from models.queries import conversation_checkins
from models.transactions import HOUSE, atomic, reading, rows
from tests.backend.browsing import CANARY, Browser, OpenBrowser, Story, table_contents, tell_story
from tests.cast import Cast

#: What is read, and no page: a stream, files, what machines ask, the way to another's sign-in and back; pages of what
#: the story has not: a published survey, an instrument (`test_survey_pages`).
NO_PAGES = {
    "events", "figures-file", "file", "healthz", "plan-preview", "readyz", "sign-in-elsewhere",
    "sign-in-elsewhere-back", "survey-choose",
}  # fmt: skip
PAGES = [route for route in ROUTES if route.method == "GET" and route.name not in NO_PAGES]


#: Whoever is signed in is led on from there.
ELSEWHERE = {"sign-in", "sign-in-code", "sign-in-app", "app"}
#: A part of every page, re-read alone.
PART = "waiting"


class Desks:
    """Browsers of Per, Mette and Anna: each page is looked at by the first of them who may."""

    def __init__(self, opened: list[tuple[Viewer, Browser]]) -> None:
        self._opened = opened

    def of(self, route: Route) -> Browser:
        everybody = route.may in {ANYONE, SIGNED_IN}
        return next(browser for viewer, browser in self._opened if everybody or may(viewer.role, route.may))

    async def look(self, story: Story) -> dict[str, str]:
        """Every page, by the name of its route."""
        found = {}
        for route in PAGES:
            got = await self.of(route).get(story.path(route.path))
            found[route.name] = got.body
            assert (route.name, got.status) in {(route.name, 200)} | {(name, 303) for name in ELSEWHERE}
        return found


@pytest.fixture
async def desks(browser: OpenBrowser, cast: Cast, story: Story) -> Desks:
    """Signed in before anything is looked at."""
    return Desks([(viewer, await browser(viewer)) for viewer in (cast.per, cast.mette, cast.admin)])


async def test_looking_at_every_page_changes_nothing_but_the_trail(desks: Desks, story: Story) -> None:
    before = await table_contents(HOUSE)
    await desks.look(story)
    assert await table_contents(HOUSE) == before


async def test_every_look_at_a_person_is_written_to_the_trail(desks: Desks, story: Story) -> None:
    looks = [route for route in PAGES if re.search(r"\{(person|offer|wish|meeting|alert|feedback)_id:", route.path)]
    for route in looks:
        before = await entries_about(HOUSE, story.person)
        await desks.of(route).get(story.path(route.path))
        assert (route.name, len(await entries_about(HOUSE, story.person)) - len(before)) == (route.name, 1)


async def test_every_link_and_form_of_every_page_leads_somewhere(desks: Desks, story: Story) -> None:
    pages = await desks.look(story)
    links: dict[tuple[str, int], Browser] = {}
    for route in PAGES:
        browser = desks.of(route)
        for found in re.findall(r'(?:href|src)="([^"#][^"]*)"', pages[route.name]):
            links[html.unescape(found), id(browser)] = browser
    # A page leads to nowhere else, but for the numbers of the helplines.
    assert {link for link, _ in links if not re.fullmatch(r"/.*|tel:\d+", link)} == set()
    for (link, _), browser in sorted(links.items(), key=itemgetter(0)):
        if link.startswith("/"):
            # Whoever meets no young people is led from the front page to their own.
            assert (link, (await browser.get(link)).status) in {(link, 200), ("/", 303)}
    actions = {
        re.split("[#?]", html.unescape(found))[0]
        for body in pages.values()
        for found in re.findall(r'action="([^"]*)"', body)
    }
    paths = [re.compile(re.sub(r"\{\w+:([^{}]*(?:\{32\})?)\}", r"\1", route.path)) for route in ROUTES]
    assert [action for action in actions if not any(path.fullmatch(action) for path in paths)] == []


async def test_every_answer_carries_the_security_headers(browser: OpenBrowser, cast: Cast, story: Story) -> None:
    per, nobody = await browser(cast.per), await browser()
    paths = [story.path(route.path) for route in PAGES] + [
        "/healthz",
        "/nowhere",
        "/static/app.css",
        "/static/nothing.css",
    ]
    for opened in (per, nobody):
        for path in paths:
            headers = (await opened.get(path)).headers
            assert headers["Content-Security-Policy"] == (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
                "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "camera=()" in headers["Permissions-Policy"]
            assert "Server" not in headers
            kept = "no-store" if not path.startswith("/static/app.css") else "public, no-cache"
            assert (path, headers["Cache-Control"]) == (path, kept)


async def test_no_page_carries_a_script_or_style_of_its_own(desks: Desks, story: Story) -> None:
    for body in (await desks.look(story)).values():
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son\w+=|javascript:", body) == []


@pytest.mark.parametrize("language", ["da", "en"])
async def test_pages_are_whole_in_both_languages(desks: Desks, cast: Cast, story: Story, language: str) -> None:
    for viewer in (cast.per, cast.mette, cast.admin):
        await staff.set_language(HOUSE, viewer.staff_id, language)
    for name, body in (await desks.look(story)).items():
        if name not in ELSEWHERE | {PART}:
            assert f'<html lang="{language}">' in body


async def test_what_people_write_is_shown_as_text_everywhere(browser: OpenBrowser, cast: Cast, now) -> None:
    await rename(HOUSE, cast)
    story = await tell_story(cast, now, words=CANARY)
    for route in PAGES:
        for who in (cast.per, cast.mette, cast.admin):
            if route.may not in {ANYONE, SIGNED_IN} and not may(who.role, route.may):
                continue
            body = (await (await browser(who)).get(story.path(route.path))).body
            assert re.findall(r"<img src=x|onerror=\"|<svg/onload|(?<!7\*7)\b49\b(?=</p>)", body) == []
            if route.name in {"thread", "offer", "feedback"}:
                assert html.escape(CANARY[:30], quote=True).replace("&quot;", "&#34;") in body


async def test_hoert5_is_on_no_page_not_even_that_it_was_answered(desks: Desks, story: Story) -> None:
    for name, body in (await desks.look(story)).items():
        if name != "about":
            said = [item.text["da"] for item in instrument("hoert5").items if item.text["da"] in html.unescape(body)]
            assert (name, said, "hoert5" in body.replace("hoert5-v1", "")) == (name, [], False)


async def test_one_shared_answer_is_shown_alone_and_gone_at_once_when_taken_back(
    mette: Browser, cast: Cast, story: Story, now: datetime
) -> None:
    amina = YoungPerson(cast.randers, cast.amina, story.link, "webchat", "x", "da", confirmed=True)
    check_in = await hoert5_of(HOUSE, cast.amina)
    texts = {item.key: item.text["da"] for item in instrument("hoert5").items}
    everywhere = [f"/people/{cast.amina}{tab}" for tab in ("", "/offers", "/wellbeing", "/plan", "/case")]
    everywhere += [f"/inbox/{cast.amina}", "/"]

    async def on_pages() -> dict[str, set[str]]:
        pages = {page: (await mette.get(page)).words for page in everywhere}
        pages["search"] = (await mette.post("/search", words="taget alvorligt")).words
        return {
            page: said
            for page, words in pages.items()
            if (said := {key for key, text in texts.items() if text in words})
        }

    assert await on_pages() == {}
    assert "shared.read" not in await entries_about(HOUSE, cast.amina)
    await checkins.share(amina, check_in, "audience", now=now)
    assert await on_pages() == {f"/people/{cast.amina}/wellbeing": {"audience"}}
    words = (await mette.get(everywhere[2])).words
    assert "Amina har valgt at vise det her og kan tage det tilbage." in words
    assert "ikke valideret" in words
    await checkins.unshare(amina, check_in, "", now=now)
    assert await on_pages() == {}
    assert (await entries_about(HOUSE, cast.amina)).count("shared.read") == 2
    assert await conversation_checkins.saw_shared(amina, check_in) == ["Mette"]
    await checkins.share(amina, check_in, "", now=now)
    assert await on_pages() == {f"/people/{cast.amina}/wellbeing": set(texts)}


@reading
async def entries_about(scope: object, person_id: str) -> list[str]:
    return [row["deed"] for row in await rows("SELECT deed FROM trail_entry WHERE person_id = ?", person_id)]


@reading
async def hoert5_of(scope: object, person_id: str) -> str:
    found = await rows("SELECT id FROM check_in WHERE person_id = ? AND instrument = 'hoert5'", person_id)
    return str(found[0]["id"])


@atomic
async def rename(scope: object, cast: Cast) -> None:
    """Names and references of staff, place and person carry the canary too."""
    from models.tables.keys import vault
    from models.tables.register import Municipality, Person
    from models.tables.staff import Staff

    await Staff.filter(id=cast.mette.staff_id).update(name=CANARY)
    await Municipality.filter(id=cast.randers).update(name=CANARY)
    opened = await vault(cast.randers, cast.amina)
    await Person.filter(id=cast.amina).update(
        name_sealed=opened.seal("person", "name", cast.amina, CANARY),
        first_name_sealed=opened.seal("person", "first_name", cast.amina, CANARY),
        phone_sealed=opened.seal("person", "phone", cast.amina, CANARY),
        reference=CANARY[:40],
    )
