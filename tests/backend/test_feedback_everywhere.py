"""Three audiences, kept apart on every page: the pages are those of the routes table, so none is forgotten.

What the pages are made of is asked in the same way by `tests/actions/test_feedback_everywhere.py`.
"""

from __future__ import annotations

import itertools
import re
from datetime import datetime

import pytest

from backend.routes import ROUTES
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.tables.register import Person
from models.transactions import Scope
from tests import hidden
from tests.actions.rows import change
from tests.backend.browsing import Browser, MovedClock, OpenBrowser
from tests.cast import Cast, link
from tests.hidden import FOR_SOMEONE_ELSE, FOR_THE_CASEWORKER, Hidden

_PART = re.compile(r"\{(\w+):[^{}]*(?:\{32\})?\}")
#: Lists that have more than one face.
_ALSO = ("/feedback?show=open", "/feedback?show=closed", "/alerts?show=closed", "/inbox?folder=all", "/people?show=all")
#: Forms that only read; their fields carry the words that are looked for.
_SEARCHES = {"people-find": "words", "search": "words"}


def addresses(given: Hidden, cast: Cast) -> list[str]:
    """Every page there is, with every id that is Amina's in it."""
    ids = {
        "person_id": [cast.amina], "alert_id": list(given.alerts), "attachment_id": list(given.files),
        "inbox_id": [str(one) for one in given.dead],
        "feedback_id": [*given.someone_else, *given.caseworker, given.counted],
    }  # fmt: skip
    found = list(_ALSO)
    for route in ROUTES:
        if route.method != "GET" or route.name == "events":
            continue
        names = _PART.findall(route.path)
        for chosen in itertools.product(*(ids.get(name, ["0" * 32]) for name in names)):
            path = route.path
            for value in chosen:
                path = _PART.sub(value, path, count=1)
            found.append(path)
    return found


async def everything(browser: Browser, given: Hidden, cast: Cast) -> dict[str, str]:
    """What every page says to this browser, and what every search finds."""
    said = {path: (await browser.get(path)).body for path in addresses(given, cast)}
    for route in ROUTES:
        if route.name in _SEARCHES:
            for word in (FOR_SOMEONE_ELSE, FOR_THE_CASEWORKER):
                body = (await browser.post(route.path, **{_SEARCHES[route.name]: word, "q": word})).body
                # The words that were looked for stand in the field, once more in what says that there is nothing.
                said[f"{route.path} {word}"] = re.sub(rf'value="{word}"|»{word}«|Du søgte efter: {word}', "", body)
    return said


@pytest.fixture
async def given(cast: Cast, clock: MovedClock, now: datetime) -> Hidden:
    amina: YoungPerson = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    made = await hidden.hide(amina, cast, now)
    clock.move(days=2)
    return made


def traces(said: dict[str, str], words: str, ids: tuple[str, ...]) -> list[str]:
    """The pages that let the words through, or lead to them."""
    return [path for path, body in said.items() if words in body or any(f"/feedback/{one}" in body for one in ids)]


async def test_no_page_shows_what_was_for_someone_else_to_those_it_was_not_for(
    browser: OpenBrowser, given: Hidden, cast: Cast
) -> None:
    said = await everything(await browser(cast.per), given, cast)
    assert len(traces(said, FOR_SOMEONE_ELSE, given.someone_else)) > len(given.someone_else)
    await change(Person, {"id": cast.amina}, substitute_id=cast.lars.staff_id)
    wrong: tuple[Viewer, ...] = (cast.mette, cast.lars, cast.siri, cast.odd, cast.admin, cast.nanna)
    for viewer in wrong:
        said = await everything(await browser(viewer), given, cast)
        assert traces(said, FOR_SOMEONE_ELSE, given.someone_else) == [], viewer.name
    await change(Person, {"id": cast.amina}, substitute_id=cast.per.staff_id)
    said = await everything(await browser(cast.per), given, cast)
    assert traces(said, FOR_SOMEONE_ELSE, given.someone_else) == []


async def test_no_page_shows_what_was_for_the_caseworker_to_a_colleague(
    browser: OpenBrowser, given: Hidden, cast: Cast
) -> None:
    said = await everything(await browser(cast.mette), given, cast)
    assert len(traces(said, FOR_THE_CASEWORKER, given.caseworker)) > len(given.caseworker)
    for viewer in (cast.siri, cast.lars, cast.odd, cast.admin, cast.nanna):
        said = await everything(await browser(viewer), given, cast)
        assert traces(said, FOR_THE_CASEWORKER, given.caseworker) == [], viewer.name


async def test_what_came_as_a_dead_letter_is_not_on_a_close_leaders_list(
    browser: OpenBrowser, given: Hidden, cast: Cast
) -> None:
    per = await browser(cast.per)
    body = (await per.get("/")).body
    assert [f"/dead-letters/{one}" in body for one in given.dead] == [True, True]
    await change(Person, {"id": cast.amina}, caseworker_id=cast.per.staff_id)
    body = (await per.get("/")).body
    assert [f"/dead-letters/{one}" in body for one in given.dead] == [False, True]
    assert (await per.get(f"/dead-letters/{given.dead[0]}")).status == 404
