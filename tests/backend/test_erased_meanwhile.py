"""Who is erased, or what is taken away, between two questions of a page: lists leave it out, and it is not there."""

from __future__ import annotations

from typing import Any

import pytest

from backend.guard import ANYONE, SIGNED_IN
from backend.routes import ROUTES
from models.domain.offers import OfferState
from models.domain.staff import may
from models.queries import offers
from models.tables.keys import PersonKey
from models.tables.offers import Offer
from models.transactions import HOUSE, Scope, atomic, rows
from tests.backend.browsing import OpenBrowser, Story
from tests.cast import Cast

#: Pages that say nothing of people.
OTHERS = "/administration /canned /figures /goals /helplines /panels /range /settings /surveys"


@atomic
async def _forget(scope: Scope, person_id: str) -> None:
    """As an erasure begins: what is sealed is never opened again, and the rows are still there."""
    await PersonKey.filter(person_id=person_id).delete()


async def test_no_page_fails_by_it(browser: OpenBrowser, cast: Cast, story: Story) -> None:
    per = await browser(cast.per)
    await _forget(HOUSE, story.person)
    his = [one for one in ROUTES if one.may not in {ANYONE, SIGNED_IN} and may(cast.per.role, one.may)]
    pages = [one.path for one in his if one.method == "GET" and not one.path.startswith(tuple(OTHERS.split()))]
    got = {path: (await per.get(story.path(path))).status for path in ["/", *pages]}
    assert {path: status for path, status in got.items() if status not in {200, 404}} == {}
    assert {path for path, status in got.items() if "{person_id" in path and status != 404} == set()


async def test_an_offer_that_is_gone_before_it_is_opened_is_left_out_of_its_group(
    cast: Cast, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [list(OfferState)]
    before, n = (await offers.grouped(cast.mette, every, first=9))[0]

    async def then_it_goes(sql: str, *values: object) -> list[dict[str, Any]]:
        answer = await rows(sql, *values)
        await Offer.filter(id=story.offer).delete()
        return answer

    monkeypatch.setattr(offers, "rows", then_it_goes)
    after, still = (await offers.grouped(cast.mette, every, first=9))[0]
    assert [one.offer_id for one in after] == [one.offer_id for one in before if one.offer_id != story.offer]
    assert (len(before), still) == (len(after) + 1, n)
