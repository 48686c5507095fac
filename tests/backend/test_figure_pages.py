"""Figures over HTTP: never a bare number, never a small cell, the bounds first where few answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from models.actions import register
from models.domain.figures import indicator
from models.domain.figures.indicator import Counts
from models.domain.figures.periods import Period
from models.queries import figures
from models.tables.figures import Publication
from models.transactions import Scope, atomic
from tests.backend.browsing import OpenBrowser
from tests.cast import Cast


@atomic
async def publish(
    scope: Scope, slug: str, key: str, counts: tuple[int, int, int, int], *, broken: bool = False
) -> None:
    """A published figure with these counts: N, r, n, x."""
    period = Period.parse(key)
    frozen = indicator.freeze(Counts(*counts), period, slug, salt="0" * 32)
    await Publication.create(
        municipality_id=scope.municipality_id, figure="heard", period=key, definition=indicator.DEFINITION,
        frozen=frozen, sha256="0" * 64 if broken else indicator.fingerprint(frozen), published_at=period.published_at,
    )  # fmt: skip


CASES = [
    ((55, 42, 40, 29), ["73 % føler sig hørt", "42 af 55", "mellem 64 % og 80 %", "29 af 40"], []),
    ((190, 40, 40, 30), ["Et sted mellem 15 % og 95 % føler sig hørt", "Kun 40 af 190"], []),
    ((53, 53, 53, 41), ["77 % føler sig hørt; alle 53 har svaret"], []),
    ((9, 9, 9, 7), ["For få har svaret"], ["7 af", "78", "9 af"]),
    ((40, 30, 28, 27), ["Over 75 % føler sig hørt"], ["96", "27", "28", "30 af"]),
    ((40, 30, 28, 1), ["Under 25 % føler sig hørt"], ["4 %", "28", "30 af"]),
    ((40, 0, 0, 0), ["For få har svaret"], ["0 %", "40"]),
]


@pytest.mark.parametrize(("counts", "said", "unsaid"), CASES)
async def test_the_first_sentence_says_exactly_what_may_be_said(
    browser: OpenBrowser, cast: Cast, counts: tuple[int, int, int, int], said: list[str], unsaid: list[str]
) -> None:
    await publish(Scope(cast.randers), "randers", "2026Q3", counts)
    page = await (await browser(cast.mette)).get("/figures")
    words = page.words.replace("\u00a0", " ").partition("Vis tallene som tabel")[0]
    assert [part for part in said if part not in words] == []
    lead = words.partition("Udgangspunktet mangler")[0].partition("3. kvartal 2026")[2]
    assert [part for part in unsaid if part in lead] == []


@pytest.mark.parametrize("counts", [(9, 9, 9, 7), (40, 30, 28, 27)])
async def test_what_is_withheld_is_nowhere_on_the_page_as_a_number(
    browser: OpenBrowser, cast: Cast, counts: tuple[int, int, int, int]
) -> None:
    await publish(Scope(cast.randers), "randers", "2026Q3", counts)
    one = await (await browser(cast.per)).get("/figures")
    await publish(Scope(cast.odsherred), "odsherred", "2026Q3", (counts[0] + 1, counts[1], counts[2], counts[3]))
    other = await (await browser(cast.odd)).get("/figures")

    def figure(body: str) -> str:
        start = body.index("<section aria-labelledby")
        return body[start : body.index("</section>", start)]

    assert figure(one.body) == figure(other.body)


async def test_a_figure_that_is_not_as_it_was_frozen_is_not_shown(browser: OpenBrowser, cast: Cast) -> None:
    await publish(Scope(cast.randers), "randers", "2026Q3", (55, 42, 40, 29), broken=True)
    assert "73" not in (await (await browser(cast.per)).get("/figures")).words


async def test_a_change_is_claimed_only_when_it_is_one(browser: OpenBrowser, cast: Cast) -> None:
    here = Scope(cast.randers)
    await publish(here, "randers", "2026Q1", (100, 90, 90, 30))
    await publish(here, "randers", "2026Q2", (100, 90, 90, 80))
    await publish(here, "randers", "2026Q3", (100, 90, 90, 81))
    per = await browser(cast.per)
    assert "kan være tilfældig" in (await per.get("/figures")).words
    assert (await per.get("/figures?period=2026Q2")).status == 200
    assert (await per.get("/figures?period=2020Q1")).status == 404


async def test_a_caseworker_sees_the_own_municipality_and_the_national_board_all(
    browser: OpenBrowser, cast: Cast
) -> None:
    mette, nanna = await browser(cast.mette), await browser(cast.nanna)
    nothing = await nanna.get("/figures")
    assert ("Ingen tal endnu" in nothing.words, "<figure" in nothing.body) == (True, False)
    await publish(Scope(cast.randers), "randers", "2026Q3", (55, 42, 40, 29))
    await publish(Scope(cast.odsherred), "odsherred", "2026", (55, 42, 40, 20))
    assert (await mette.get("/figures?place=odsherred")).status == 404
    side_by_side = (await nanna.get("/figures")).words
    assert side_by_side.index("Odsherred Kommune") < side_by_side.index("Randers Kommune")
    assert "sat i rækkefølge" in side_by_side
    assert "50 % føler sig hørt" in (await nanna.get("/figures?place=odsherred")).words.replace("\u00a0", " ")
    assert (await nanna.get("/people")).status == 403


async def test_a_correction_is_what_is_shown(browser: OpenBrowser, cast: Cast) -> None:
    here = Scope(cast.randers)
    await publish(here, "randers", "2026Q3", (55, 42, 40, 29))
    await correct(here, "2026Q3", (55, 42, 40, 20))
    assert "50 % føler sig hørt" in (await (await browser(cast.per)).get("/figures")).words.replace("\u00a0", " ")


async def test_offered_to_all_is_counted_from_the_own_register(browser: OpenBrowser, cast: Cast, now: datetime) -> None:
    await register.looked_at(cast.mette, cast.amina, now=now)
    found = await figures.offered(cast.mette, now=now)
    assert (found.population, found.offered) == (3, 0)
    assert await figures.offered(cast.nanna, now=now) is None
    assert await figures.offered(cast.admin, now=datetime(2026, 11, 21, tzinfo=UTC)) is None
    assert "0 af 3 unge i målgruppen" in (await (await browser(cast.mette)).get("/figures")).words


@atomic
async def correct(scope: Scope, key: str, counts: tuple[int, int, int, int]) -> None:
    period = Period.parse(key)
    frozen = indicator.freeze(Counts(*counts), period, "randers", version=2, salt="0" * 32)
    await Publication.create(
        municipality_id=scope.municipality_id, figure="heard", period=key, version=2, definition=indicator.DEFINITION,
        frozen=frozen, sha256=indicator.fingerprint(frozen), published_at=period.published_at,
    )  # fmt: skip


async def test_the_municipality_s_own_goal_and_phases_are_drawn_in_the_figure_all_share(
    browser: OpenBrowser, cast: Cast
) -> None:
    for key in ("2026Q1", "2026Q2", "2026Q3"):
        await publish(Scope(cast.randers), "randers", key, (55, 42, 40, 29))
    per = await browser(cast.per)
    assert "chart-target" not in (await per.get("/figures")).body
    heard = {"title": "Flere høres", "measured": "heard", "baseline": "50", "target": "80", "due_on": "2027-12-31"}
    assert (await per.post("/goals", **heard)).status == 303
    phases = {"prepare": "2026-01-01", "change": "2026-05-01", "anchor": "2027-07-01", "ends": "2027-12-31"}
    assert (await per.post("/goals/phases", **phases)).status == 303
    body = (await (await browser(cast.mette)).get("/figures")).body
    drawn = body[body.index('class="chart chart-trend"') : body.index('class="figure-table"')]
    assert ("chart-target" in drawn, "chart-baseline" in drawn) == (True, True)
    assert re.findall(r'chart-band-words"[^>]*>(\w+)<', drawn)[:2] == ["Forberede", "Forandre"]
