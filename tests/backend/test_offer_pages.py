"""Offers over HTTP: a draft, a mistake beside its field, shown, started, revised; what each state allows."""

from __future__ import annotations

import html
import re

import pytest

from backend.pages.offers import STEPS
from models.actions import offers
from models.actions.offers import Content
from models.domain import offers as rules
from models.domain.offers import Answer, OfferState
from models.queries.offers import offer as one
from models.transactions import Scope, reading, rows
from tests.backend.browsing import Browser, OpenBrowser
from tests.cast import Cast, link

FIELDS = {
    "kind": "contact_person", "title": "Kontaktperson", "what": "To timer om ugen.", "with_whom": "Jonas Holm",
    "starts": "2026-12-01", "how_often": "2 timer om ugen", "where": "Hos dig", "purpose": "Bolig & skole",
    "next_meeting": "2026-12-03T15:00",
}  # fmt: skip


async def made(mette: Browser, cast: Cast, **fields: str) -> str:
    answer = await mette.post(f"/people/{cast.amina}/offers", **FIELDS | fields)
    assert answer.status == 303, answer.words
    found = re.fullmatch(r"/offers/([0-9a-f]{32})\?said=offer_drafted", answer.leads_to)
    assert found is not None
    return found.group(1)


async def test_an_offer_is_drafted_read_through_shown_and_started(mette: Browser, cast: Cast, now) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    offer = await made(mette, cast)
    page = await mette.get(f"/offers/{offer}?said=offer_drafted")
    assert "Kladden er gemt" in page.words
    assert "torsdag 3. december kl. 15" in page.words
    assert await letters(Scope(cast.randers)) == 0
    assert (await mette.post(f"/offers/{offer}/move", deed="publish")).status == 303
    assert await letters(Scope(cast.randers)) == 1
    await offers.answer(amina, offer, Answer.YES, now=now)
    assert "Amina har sagt ja" in (await mette.get(f"/offers/{offer}")).words
    assert (await mette.post(f"/offers/{offer}/move", deed="start")).status == 303
    assert "Tilbuddet er i gang" in (await mette.get(f"/offers/{offer}")).words


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"title": " "}, "title", "Giv tilbuddet en overskrift"),
        ({"title": "x" * 121}, "title", "Teksten er for lang"),
        ({"what": "x" * 1001}, "what", "Teksten er for lang"),
        ({"with_whom": "x" * 121}, "with-whom", "Teksten er for lang"),
        ({"starts": "i morgen"}, "starts", "Datoen kan ikke læses"),
        ({"next_meeting": "torsdag"}, "next-meeting", "Datoen kan ikke læses"),
    ],
)
async def test_a_mistake_is_said_beside_its_field_and_the_rest_stays(
    mette: Browser, cast: Cast, fields: dict[str, str], field: str, words: str
) -> None:
    page = await mette.post(f"/people/{cast.amina}/offers", **FIELDS | fields)
    assert page.status == 422
    assert words in html.unescape(re.search(rf'id="{field}-error">(.*?)</span>\s*<', page.body, re.DOTALL)[0])
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page.body)
    assert "Bolig &amp; skole" in page.body


async def test_a_draft_that_a_colleague_changed_meanwhile_is_neither_run_over_nor_shown_unread(
    mette: Browser, browser: OpenBrowser, cast: Cast
) -> None:
    per, offer = await browser(cast.per), await made(mette, cast)
    form, page = await mette.get(f"/offers/{offer}/edit"), await mette.get(f"/offers/{offer}")
    seen, read = (re.search(r'name="revision" value="([0-9a-f]{64})"', one.body) for one in (form, page))
    assert seen
    assert read
    theirs = FIELDS | {"with_whom": "Karin Ny", "revision": seen.group(1)}
    for _ in range(2):  # a second click says the same
        assert (await per.post(f"/offers/{offer}", **theirs)).status == 303
    beaten = await mette.post(f"/offers/{offer}", **FIELDS | {"title": "Mentor", "revision": seen.group(1)})
    assert (beaten.status, "Det er ikke gemt. Overskrift Mentor Med hvem? Jonas Holm" in beaten.words) == (409, True)
    assert ['value="Kontaktperson"' in beaten.body, 'value="Karin Ny"' in beaten.body] == [True, True]
    unread = await mette.post(f"/offers/{offer}/move", deed="publish", revision=read.group(1))
    assert (unread.status, "har ændret kladden" in unread.words, "Karin Ny" in unread.words) == (409, True, True)
    fresh = re.search(r'name="revision" value="([0-9a-f]{64})"', unread.body)
    assert fresh
    assert (await mette.post(f"/offers/{offer}/move", deed="publish", revision=fresh.group(1))).status == 303


async def test_a_draft_may_become_another_kind_of_support_until_it_is_shown(mette: Browser, cast: Cast) -> None:
    offer = await made(mette, cast)
    assert '<select class="form-select" id="kind"' in (await mette.get(f"/offers/{offer}/edit")).body
    await mette.post(f"/offers/{offer}", **FIELDS | {"kind": "mentor"})
    assert (await one(cast.mette, offer)).offer.kind == "mentor"
    await mette.post(f"/offers/{offer}/move", deed="publish")
    assert 'id="kind"' not in (await mette.get(f"/offers/{offer}/edit")).body
    await mette.post(f"/offers/{offer}", **FIELDS | {"title": "Mentor", "kind": "home"})
    assert (await one(cast.mette, offer)).offer.kind == "mentor"


async def test_revising_keeps_what_was_typed_and_asks_again(mette: Browser, cast: Cast) -> None:
    offer = await made(mette, cast)
    await mette.post(f"/offers/{offer}/move", deed="publish")
    form = await mette.get(f"/offers/{offer}/edit")
    assert 'value="2026-12-03T15:00"' in form.body
    assert "bliver spurgt igen" in form.words
    assert (await mette.post(f"/offers/{offer}", **FIELDS | {"title": "Mentor"})).status == 303
    assert "Mentor" in (await mette.get(f"/offers/{offer}")).words


@pytest.mark.parametrize("deed", ["start", "pause", "end", "nonsense"])
async def test_a_step_the_state_does_not_allow_is_refused_in_words(mette: Browser, cast: Cast, deed: str) -> None:
    offer = await made(mette, cast)
    page = await mette.post(f"/offers/{offer}/move", deed=deed)
    assert page.status == (422 if deed == "nonsense" else 409)
    assert "Amina har ikke set det endnu" in page.words


@pytest.mark.parametrize("state", list(OfferState))
def test_the_buttons_of_a_state_are_exactly_the_steps_the_rules_allow(state: OfferState) -> None:
    allowed = set()
    for step in ("publish", "start", "pause", "end", "withdraw"):
        try:
            moved = getattr(rules, step)(state)
        except rules.Stale:
            continue
        if moved is not state:
            allowed.add(step)
    assert {step for step in STEPS[state] if step != "revise"} == allowed


async def test_the_list_says_who_waits_and_for_how_long(mette: Browser, cast: Cast, clock) -> None:
    offer = await made(mette, cast)
    await mette.post(f"/offers/{offer}/move", deed="publish")
    clock.move(minutes=20)
    assert "Vist i dag" in (await mette.get("/offers")).words
    assert "1 ung har ikke svaret på et tilbud" in (await mette.get("/")).words


async def test_what_jonas_says_about_his_offer_is_not_mettes_to_read(mette: Browser, cast: Cast, now) -> None:
    content = Content(title="Noget til Jonas")
    offer = await offers.draft(cast.siri, cast.jonas, "mentor", content, now=now)
    assert (await mette.get(f"/offers/{offer}")).status == 404
    assert "Noget til Jonas" not in (await mette.get("/offers")).words


@reading
async def letters(scope: Scope) -> int:
    return len(await rows("SELECT id FROM letter WHERE kind = 'offer.new'"))
