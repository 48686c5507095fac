"""Today, people, invitation, alerts, feedback, check-ins, settings, health, live hints."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime, timedelta

import pytest

from models.actions import alerts, away, meetings, messages, offers, register, staff
from models.domain.alerts import Reason
from models.domain.away import Outcome
from models.domain.offers import Answer
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.tables.consent import Link
from models.tables.staff import StaffNotice, StaffSession
from models.transactions import HOUSE, Scope, atomic
from tests.actions.rows import change, deliver, found
from tests.backend.browsing import Browser, MovedClock, OpenBrowser, Story
from tests.cast import Cast, link


async def test_today_names_each_thing_with_its_reason_and_one_thing_to_do(mette: Browser, story: Story) -> None:
    said = (await mette.get("/")).words
    for words in (
        "Amina Yusuf skriver, at det ikke kan vente", "kan have det svært", "Feedback fra Amina Yusuf venter på svar",
        "Besked til Amina Yusuf nåede ikke frem", "chatten er blokeret", "har ikke svaret på et tilbud",
        "1 ung er ikke på chatten", "kvittér senest i dag kl. 11", "senest i dag kl. 12", "nåede ikke frem",
    ):  # fmt: skip
        assert words in said
    assert re.search(r"venter på dig\. Begynd øverst", said)


async def test_today_is_in_the_order_in_which_it_should_be_done(
    mette: Browser, cast: Cast, story: Story, now: datetime
) -> None:
    before = now - timedelta(hours=3)
    over = meetings.Content(about="Bolig")
    await meetings.make(cast.mette, cast.amina, over, starts_at=now - timedelta(hours=2), minutes=30, now=before)
    await meetings.end_due(HOUSE, now=now)
    body = (await mette.get("/")).body
    titles = re.findall(r'<h3 class="row-title">(?:<span[^>]*>[^<]*</span>)? ?([^<]*)', body)
    order = (
        "det ikke kan vente", "kan have det svært", "venter på svar", "nåede ikke frem", "Skriv, hvad",
        "har ikke svaret på et tilbud", "ikke på chatten",
    )  # fmt: skip
    places = [next(place for place, title in enumerate(titles) if words in title) for words in order]
    assert (places, len(set(places))) == (sorted(places), len(order))


async def test_who_is_not_on_the_chat_or_not_heard_from_is_named_or_where_they_are_more_listed(
    browser: OpenBrowser, cast: Cast, now
) -> None:
    per = await browser(cast.per)
    page = await per.get("/")
    assert [f'href="/people/{one}"' in page.body for one in (cast.amina, cast.jonas, cast.leila)] == [True] * 3
    assert "/people?show=no_chat" not in page.body
    entry = register.Entry(
        reference="R-1", name="Aage Ås", birth=date(2007, 1, 1), group=Group.PLACED, aftercare=Aftercare.NO, phone="",
        caseworker_id=cast.siri.staff_id, entered_on=date(2025, 1, 1),
    )  # fmt: skip
    aage = await register.add_person(Scope(cast.randers), entry, now=now)
    assert 'href="/people?show=no_chat"' in (await per.get("/")).body
    for number, who in enumerate((cast.amina, cast.jonas, cast.leila, aage)):
        await link(Scope(cast.randers), who, 20 + number, now=now, confirmed_by=cast.per.staff_id)
        left = re.findall(r'<th scope="row"><a[^>]*>([^<]*)', (await per.get("/people?show=no_chat")).body)
        assert len(left) == 3 - number
    await change(Link, {}, seen_at=now - timedelta(days=31))
    assert 'href="/people?show=not_heard"' in (await per.get("/")).body
    amina = YoungPerson(cast.randers, cast.amina, "", "webchat", "", "da", confirmed=True)
    await messages.receive(amina, "Hej", source_key="webchat:a:1", now=now)
    silent = re.findall(r'<th scope="row"><a[^>]*>([^<]*)', (await per.get("/people?show=not_heard")).body)
    assert silent == ["Jonas Birk", "Leila Haddad", "Aage Ås"]
    assert "Ikke hørt fra 3 unge i 30 dage" in (await per.get("/")).words


async def test_what_waits_in_a_proposal_stands_on_today_once(mette: Browser, cast: Cast, now: datetime) -> None:
    leila = await link(Scope(cast.randers), cast.leila, 13, now=now, confirmed_by=cast.mette.staff_id)
    offer = await offers.draft(cast.mette, cast.leila, "mentor", offers.Content(title="Mentor"), now=now)
    await offers.publish(cast.mette, offer, now=now)
    said = await messages.receive(leila, "Hellere en kvinde", source_key="webchat:l:1", now=now)
    assert "Ny besked fra Leila Haddad" in (await mette.get("/")).words
    await offers.answer(leila, offer, Answer.CHANGE, now=now)
    await offers.say(leila, offer, "change", "Hellere en kvinde", now=now, message_id=said.message_id)
    page = (await mette.get("/")).words
    assert ("Leila Haddad vil hellere noget andet: Mentor" in page, "Ny besked fra Leila" in page) == (True, False)
    await messages.receive(leila, "Og så noget andet", source_key="webchat:l:2", now=now)
    assert "Ny besked fra Leila Haddad" in (await mette.get("/")).words


async def test_today_of_somebody_with_nothing_to_do_says_so(browser: OpenBrowser, cast: Cast) -> None:
    page = await (await browser(cast.lars)).get("/")
    assert "Du er helt ajour" in page.words


async def test_people_are_in_danish_order_and_searched_without_a_word_in_the_address(
    browser: OpenBrowser, cast: Cast
) -> None:
    per = await browser(cast.per)
    listed = re.findall(r'<th scope="row"><a[^>]*>([^<]*)', (await per.get("/people")).body)
    assert listed == ["Amina Yusuf", "Jonas Birk", "Leila Haddad"]
    found = await per.post("/people", words="leila r-10")
    assert re.findall(r'<th scope="row"><a[^>]*>([^<]*)', found.body) == ["Leila Haddad"]
    assert "words=" not in found.body.replace('name="words"', "")
    assert re.findall(r'<th scope="row"><a', (await per.get("/people?show=declined")).body) == []


async def test_search_finds_words_of_messages_within_reach_only(browser: OpenBrowser, cast: Cast, story: Story) -> None:
    found = await (await browser(cast.mette)).post("/search", words="MØDER torsdags")
    assert "er <mark>mødet</mark> på <mark>torsdag</mark>?" in found.body
    nothing = await (await browser(cast.siri)).post("/search", words="MØDET torsdag")
    assert "Ingenting fundet" in nothing.words


async def test_going_back_finds_a_search_again_for_who_made_it_and_only_in_that_session(
    browser: OpenBrowser, mette: Browser, cast: Cast, story: Story, now
) -> None:
    first = await mette.post("/search", words="MØDER torsdags")
    again = re.search(r'data-again="(/search\?again=\w+)"', first.body)
    assert again is not None
    assert "torsdag" not in again.group(1)
    assert "er <mark>mødet</mark> på <mark>torsdag</mark>?" in (await mette.get(again.group(1))).body
    listed = await mette.post("/people", words="leila")
    there = re.search(r'data-again="(/people\?again=\w+)"', listed.body)
    assert there is not None
    page = await mette.get(there.group(1))
    assert (re.findall(r'<th scope="row"><a[^>]*>([^<]*)', page.body), 'value="leila"' in page.body) == (
        ["Leila Haddad"], True,
    )  # fmt: skip
    for stranger in (await browser(cast.per), await browser(cast.mette)):
        assert "torsdag" not in (await stranger.get(again.group(1))).body
    for number in range(12):  # only the latest are kept
        await mette.post("/search", words=f"ord {number}")
    assert "torsdag" not in (await mette.get(again.group(1))).body
    assert "torsdag" not in (await mette.get("/search")).body
    await staff.forget(HOUSE, real_now=now + timedelta(minutes=31))  # nobody has used it since
    assert {row.searches_sealed for row in await found(StaffSession)} == {None}


async def test_an_invitation_is_shown_once_with_link_code_and_picture(mette: Browser, cast: Cast, now) -> None:
    page = await mette.post(f"/people/{cast.amina}/invitation")
    assert page.status == 200
    web = re.search(r"/chat/#start=([\w-]{32})", page.body)
    telegram = re.search(r"https://t\.me/hoert_test_bot\?start=([\w-]{32})", page.body)
    assert web is not None
    code = re.search(r'class="code">([A-Z2-9]{4}-[A-Z2-9]{4})<', page.body)
    assert code is not None
    assert telegram is None  # no Telegram token: the web chat is the only channel
    assert re.search(r'<svg[^>]*class="qr-code"', page.body)
    assert "style=" not in page.body
    again = await mette.get(f"/people/{cast.amina}/invitation")
    assert (web.group(1) in again.body, code.group(1) in again.body) == (False, False)
    assert "Ikke brugt endnu" in again.words


async def test_the_two_words_are_shown_confirmed_and_gone(mette: Browser, cast: Cast, now) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now)
    page = await mette.get(f"/people/{cast.amina}/invitation")
    words = re.search(r'class="safety-words">([A-Z]+) · ([A-Z]+)<', page.body)
    assert words is not None
    path = f"/people/{cast.amina}/links/{amina.link_id}"
    assert (await mette.post(f"{path}/confirm")).status == 303
    assert words.group(1) not in (await mette.get(f"/people/{cast.amina}")).body
    assert (await mette.post(f"{path}/close")).status == 303
    assert (await mette.post(f"{path}/close")).status == 404


async def test_an_alert_is_taken_by_one_and_closed_with_what_was_done(
    browser: OpenBrowser, cast: Cast, story: Story
) -> None:
    mette, per = await browser(cast.mette), await browser(cast.per)
    path = f"/alerts/{story.alert}"
    assert (await mette.post(f"{path}/acknowledge")).status == 303
    second = await per.post(f"{path}/acknowledge")
    assert (second.status, "En kollega har allerede taget den" in second.words) == (409, True)
    assert "Mette Holm" in second.words
    assert "Ret 1 ting" not in second.words  # nothing in the form is wrong
    empty = await mette.post(f"{path}/close", note="  ")
    assert (empty.status, "Skriv, hvad du har gjort" in empty.words) == (422, True)
    assert (await mette.post(f"{path}/close", note="Ringede og aftalte i dag")).status == 303
    closed = await mette.get(path)
    assert "Det blev gjort Ringede og aftalte i dag" in " ".join(closed.words.split())
    assert "Lukkede den" in closed.words
    again = await mette.post(f"{path}/close", note=" Ringede og aftalte i dag\n")
    meanwhile = await per.post(f"{path}/close", note="Jeg ringede til moren")
    assert (again.status, meanwhile.status) == (303, 409)
    assert "En kollega lukkede den, mens du skrev. Det, du skrev, er ikke gemt." in meanwhile.words
    assert ("Jeg ringede til moren" in meanwhile.words, "Ringede og aftalte i dag" in meanwhile.words) == (True, True)


async def test_feedback_is_read_answered_and_closed(mette: Browser, story: Story) -> None:
    path = f"/feedback/{story.feedback}"
    assert "Læs det, svar, og sig, hvad der sker" in (await mette.get(path)).words
    await mette.post(f"{path}/seen")
    assert "ved, at det er læst" in (await mette.get(path)).words
    half = await mette.post(f"{path}/answer", body="Vi bliver færre næste gang")
    assert (half.status, "Vi bliver færre næste gang" in half.words) == (422, True)
    assert (await mette.post(f"{path}/answer", body="Vi bliver færre næste gang", closing="done")).status == 303
    assert "Gjort" in (await mette.get(path)).words
    assert "Vi bliver færre" in (await mette.get(path)).words
    late = await mette.post(f"{path}/answer", body="Igen", closing="explained")
    assert (late.status, "Der er svaret imens, eller den er lukket" in late.words) == (422, True)


async def test_feedback_for_somebody_else_is_not_for_the_caseworker(
    browser: OpenBrowser, cast: Cast, story: Story
) -> None:
    await for_somebody_else(HOUSE, story.feedback)
    assert (await (await browser(cast.mette)).get(f"/feedback/{story.feedback}")).status == 404
    assert (await (await browser(cast.per)).get(f"/feedback/{story.feedback}")).status == 200


async def test_a_check_in_is_asked_once_and_hoert5_never(mette: Browser, cast: Cast) -> None:
    path = f"/people/{cast.amina}/check-ins"
    assert (await mette.post(path, instrument="tils")).status == 303
    assert (await mette.post(path, instrument="tils")).status == 409
    assert [(await mette.post(path, instrument=key)).status for key in ("hoert5", "pulse", "nonsense")] == [404] * 3


async def test_settings_hold_for_each_role_what_is_theirs_to_set_and_nothing_else(
    browser: OpenBrowser, cast: Cast
) -> None:
    mine = {"Sprog", "Adgangsnøgler", "Engangskoder", "Her er du logget ind"}
    answers = {"Fravær", "Når du ikke er ved skrivebordet", "Sådan hilser jeg", "Sådan virker min skærm"}
    for viewer, more in ((cast.mette, answers), (cast.per, answers), (cast.admin, set()), (cast.nanna, set())):
        looking = await browser(viewer)
        page = await looking.get("/settings")
        assert set(re.findall(r"<h2>([^<]*)</h2>", page.body)) - {viewer.name} == mine | more
        assert ("fravær" in page.words) is ("Fravær" in more)
        sent = [
            await looking.post("/settings/absence", first_day="2026-12-01", last_day="2026-12-24"),
            await looking.post("/settings/notices", phone=""),
        ]
        assert {one.status for one in sent} == {303 if "Fravær" in more else 404}


async def test_absence_and_language_are_ones_own(mette: Browser) -> None:
    wrong = await mette.post("/settings/absence", first_day="2026-12-24", last_day="2026-12-01")
    assert (wrong.status, "Den sidste dag ligger før den første" in wrong.words) == (422, True)
    assert (await mette.post("/settings/absence", first_day="2026-12-01", last_day="2026-12-24")).status == 303
    page = await mette.get("/settings")
    assert "1. december 2026 – 24. december 2026" in page.words
    absence = re.search(r'name="absence" value="(\w{32})"', page.body)
    assert absence is not None
    for _ in range(2):  # the second press finds nothing, and says the same
        ended = await mette.post("/settings/absence/end", absence=absence.group(1))
        assert (ended.status, ended.leads_to) == (303, "/settings?said=absence_ended")
    assert "24. december 2026" not in (await mette.get("/settings")).words
    assert (await mette.post("/language", language="en", back="/settings")).leads_to == "/settings"
    assert "Where you are signed in" in (await mette.get("/settings")).words
    nothing = await mette.get("/findes-ikke")  # theirs too: their language, and the menu to go on by
    assert (nothing.status, 'href="/settings"' in nothing.body, 'lang="en"' in nothing.body) == (404, True, True)


async def test_who_has_looked_is_told_on_the_case_page(browser: OpenBrowser, cast: Cast, story: Story) -> None:
    await (await browser(cast.per)).get(f"/inbox/{story.person}")
    page = await (await browser(cast.mette)).get(f"/people/{story.person}/case")
    assert "Per Lund Så samtalen" in page.words


async def test_health_says_ages_and_nothing_else(browser: OpenBrowser, clock) -> None:
    import json

    nobody = await browser()
    assert json.loads((await nobody.get("/healthz")).body) == {"status": "ok"}
    assert json.loads((await nobody.get("/readyz")).body) == {
        "status": "ready", "database": True, "inbox_age_seconds": None, "outbox_age_seconds": None,
        "last_tick_seconds": None,
    }  # fmt: skip


async def test_a_stream_hints_at_what_changed_and_never_says_what(mette: Browser, cast: Cast, now) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    async with mette.client.get(f"/events?thread={cast.amina}") as stream:
        assert stream.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        await stream.content.readuntil(b"\n\n")
        await messages.receive(amina, "hemmelige ord", source_key="webchat:a:1", now=now)
        hint = (await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 10)).decode()
    assert hint == f"event: hint\ndata: inbox thread-{cast.amina} today\n\n"


async def test_what_happened_before_the_stream_was_open_is_hinted_at_first(mette: Browser, cast: Cast, now) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej", source_key="webchat:a:1", now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.reply(cast.mette, thread, "Hej Amina", version=None, key="k", now=now)
    page = (await mette.get(f"/inbox/{cast.amina}")).body
    version, way = re.search(r'data-version="(\d+)" data-answered="\d+"( data-way="yes")?', page).groups()  # type: ignore[union-attr]
    assert (version, bool(way)) == ("2", True)
    await deliver(now)
    for read, hinted in ((f"version={version}&way=yes", True), ("version=1&way=", True), ("version=2&way=", False)):
        async with mette.client.get(f"/events?thread={cast.amina}&{read}") as stream:
            await stream.content.readuntil(b"\n\n")
            said = stream.content.readuntil(b"\n\n")
            if hinted:
                assert await asyncio.wait_for(said, 5) == f"event: hint\ndata: thread-{cast.amina}\n\n".encode()
            else:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(said, 0.3)


async def test_a_reply_that_is_being_sent_is_watched_closely(mette: Browser, cast: Cast, now) -> None:
    await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.reply(cast.mette, thread, "Hej Amina", version=None, key="k", now=now)
    async with mette.client.get(f"/events?thread={cast.amina}&version=1&way=yes") as stream:
        await stream.content.readuntil(b"\n\n")
        await deliver(now)
        hint = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 1.5)
    assert hint == f"event: hint\ndata: thread-{cast.amina}\n\n".encode()


async def test_a_thread_out_of_reach_gives_no_hint(browser: OpenBrowser, cast: Cast, now) -> None:
    from models.queries import live

    for viewer in (cast.odd, cast.siri, cast.mette):
        told = (await live.shown(viewer, cast.amina, {}, now=now))[f"thread-{cast.amina}"]
        assert (told != "") is (viewer is cast.mette)


async def test_a_stream_ends_with_its_session_and_nothing_is_re_read_after_it(
    mette: Browser, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.live._HEARTBEAT_EVERY", 0.05)
    monkeypatch.setattr("backend.live._LOOK_EVERY", 0.05)
    async with mette.client.get("/events") as stream:
        await stream.content.readuntil(b"\n\n")
        clock.move(minutes=29)  # what a page asks for by itself keeps nothing alive
        assert b"still here" in await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 5)
        clock.move(minutes=2)
        await asyncio.wait_for(stream.content.read(), 5)
    for path in ("/events", "/waiting"):
        async with mette.client.get(path, headers={"HX-Request": "true"}, allow_redirects=False) as answer:
            assert answer.status == 401


async def test_streams_end_when_the_desk_stops(mette: Browser, server) -> None:
    async with mette.client.get("/events") as stream:
        await stream.content.readuntil(b"\n\n")
        await server.close()
        assert await asyncio.wait_for(stream.content.read(), 5) == b""


@atomic
async def for_somebody_else(scope: object, feedback_id: str) -> None:
    from models.tables.feedback import Feedback

    await Feedback.filter(id=feedback_id).update(audience="someone_else")


async def test_who_is_not_reached_away_from_the_desk_is_told_at_it(mette: Browser, cast: Cast, now: datetime) -> None:
    assert "uden for skrivebordet, når ikke frem" not in (await mette.get("/")).words
    await away.choose(cast.mette, mail=False, sms=True, phone="+45 20 30 40 50", now=now)
    await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.CANNOT_WAIT, about="x", now=now)
    await away.post_alerts(HOUSE, now=now)
    (notice,) = await found(StaffNotice, kind="alert")
    await away.take(HOUSE, notice.id, now=now)
    await away.settle(HOUSE, notice.id, Outcome.REFUSED, reason="refused", now=now)
    page = await mette.get("/")
    assert ("uden for skrivebordet, når ikke frem" in page.words, 'href="/settings#notices"' in page.body) == (
        True,
        True,
    )
    assert "Den seneste SMS til dig nåede ikke frem. Er nummeret rigtigt?" in (await mette.get("/settings")).words
