"""What a page asks of the database: so many questions at most, and no more of them where there is more to show."""

from __future__ import annotations

import logging
from datetime import datetime

from models.transactions import Scope
from tests.backend.browsing import Browser, OpenBrowser, Story
from tests.backend.crowd import crowd
from tests.cast import Cast

#: Most questions of a page, those of who looks and of the frame among them; more only where it is said here.
MOST = 22
MORE = {"/": 38, "/inbox/{person}": 26, "/people/{person}/case-file": 26}
PAGES = (
    "/", "/inbox", "/inbox?folder=all", "/inbox/{person}", "/people", "/people?show=not_offered", "/people/{person}",
    "/people/{person}/offers", "/people/{person}/meetings", "/people/{person}/wellbeing", "/people/{person}/plan",
    "/people/{person}/case", "/people/{person}/invitation", "/people/{person}/case-file", "/offers", "/offers/{offer}",
    "/meetings/{meeting}", "/alerts", "/alerts/{alert}", "/feedback", "/feedback/{feedback}", "/case-files", "/range",
    "/check-in-plans", "/figures", "/settings",
)  # fmt: skip


class Counted(logging.Handler):
    """Counts the statements the database is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.asked.append(record.getMessage())

    def __enter__(self) -> Counted:
        self._logger = logging.getLogger("tortoise.db_client")
        self._level = self._logger.level
        self._logger.setLevel(logging.DEBUG)
        self._logger.propagate = False
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.setLevel(self._level)
        self._logger.propagate = True


async def test_a_page_asks_few_questions_however_much_there_is_to_show(
    browser: OpenBrowser, cast: Cast, story: Story, now: datetime
) -> None:
    looking = {"mette": await browser(cast.mette), "per": await browser(cast.per)}
    for number in range(2):
        await crowd(Scope(cast.randers), cast, number, now)
    await _asked(looking, story)  # names are opened once, and then remembered
    few = await _asked(looking, story)
    for number in range(2, 10):
        await crowd(Scope(cast.randers), cast, number, now)
    await _asked(looking, story)
    many = await _asked(looking, story)
    assert many == few
    assert {key: asked for key, asked in many.items() if asked > MORE.get(key[1], MOST)} == {}
    assert min(many.values()) > 3


async def _asked(looking: dict[str, Browser], story: Story) -> dict[tuple[str, str], int]:
    found = {}
    for who, browser in looking.items():
        for page in PAGES:
            path = page.format(
                person=story.person,
                offer=story.offer,
                meeting=story.meeting,
                alert=story.alert,
                feedback=story.feedback,
            )
            with Counted() as counted:
                answer = await browser.get(path)
            if answer.status == 200:
                found[who, page] = len(counted.asked)
    return found
