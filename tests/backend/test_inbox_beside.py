"""Answering in the inbox, without a script: undo, canned replies, later, handing over, two at once; and search."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.actions import alerts, canned, messages, staff
from models.domain.alerts import Reason
from models.domain.canned import Text
from models.transactions import Scope
from tests.backend.browsing import Browser, MovedClock, OpenBrowser, Page
from tests.cast import Cast, link

KEY = "abcdefgh1"


@pytest.fixture
async def written(cast: Cast, now) -> str:
    """Amina has written; returns her id."""
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej Mette, er mødet på torsdag?", source_key="webchat:a:1", now=now)
    return cast.amina


def box(page: Page) -> str:
    """What stands in the box of the reply."""
    found = re.search(r'<textarea[^>]*id="reply"[^>]*>([^<]*)</textarea>', page.body)
    assert found is not None
    return found.group(1)


async def test_what_was_just_sent_is_taken_back_and_its_words_stand_in_the_box(
    mette: Browser, written: str, clock: MovedClock
) -> None:
    await mette.post(f"/people/{written}/reply", body="Ja & hej", version="1", key=KEY, undo="yes")
    page = await mette.get(f"/inbox/{written}")
    action = re.search(r'action="(/people/\w+/messages/\w+/undo)#latest"', page.body)
    assert action is not None
    undone = await mette.post(action.group(1))
    assert (undone.status, box(undone)) == (200, "Ja &amp; hej")
    assert "Amina har ikke set den" in undone.words
    again = await mette.post(action.group(1))
    assert (again.status, "for sent" in again.words) == (409, True)
    await mette.post(f"/people/{written}/reply", body="Ja", version="3", key="abcdefgh2", undo="yes")
    clock.move(seconds=10)
    assert "/undo" not in (await mette.get(f"/inbox/{written}")).body


async def test_whoever_does_not_want_to_wait_sends_at_once(mette: Browser, written: str) -> None:
    assert 'name="undo"' in (await mette.get(f"/inbox/{written}")).body
    assert (await mette.post("/settings/desk", undo_sending="no", shortcuts="no")).status == 303
    page = await mette.get(f"/inbox/{written}")
    assert 'name="undo"' not in page.body
    assert ("data-shortcuts" in page.body, "Genveje på tastaturet" in page.words) == (False, False)


async def test_a_canned_reply_is_put_into_the_box_and_found_without_a_script(
    mette: Browser, cast: Cast, written: str, now
) -> None:
    one = await canned.add(cast.per, Text("Vi ringer", "Hej {first_name}. Jeg ringer. Hilsen {my_first_name}"), now=now)
    await canned.add(cast.per, Text("Åbningstid", "Vi har åbent fra 9 til 15."), now=now)
    page = await mette.get(f"/inbox/{written}")
    assert f'value="{one}"' in page.body
    put = await mette.post(f"/people/{written}/canned", body="Tak for din besked.", insert=one, find="")
    assert box(put) == "Tak for din besked.\n\nHej Amina. Jeg ringer. Hilsen Mette"
    searched = await mette.post(f"/people/{written}/canned", body="Tak", find="åbent")
    assert ("Åbningstid" in searched.words, "Vi ringer" in searched.words, box(searched)) == (True, False, "Tak")
    none = await mette.post(f"/people/{written}/canned", body="Tak", find="xyz")
    assert "Intet fast svar har de ord" in none.words


async def test_canned_replies_are_written_where_the_desk_is_run_and_refused_at_the_field(
    browser: OpenBrowser, cast: Cast
) -> None:
    admin = await browser(cast.admin)
    assert "Ingen faste svar endnu" in (await admin.get("/canned")).words
    wrong = await admin.post("/canned", title="Vi ringer", da="Hej {navn}", en="Hi")
    assert (wrong.status, "Brug kun de navne i klammer" in wrong.words) == (422, True)
    assert "Hej {navn}" in wrong.body
    assert (await admin.post("/canned", title="Vi ringer", da="Hej {first_name}", en="")).status == 303
    page = await admin.get("/canned")
    path = re.search(r'href="(/canned/\w{32})"', page.body)
    assert path is not None
    assert "Kun på dansk" in page.words
    await admin.post(path.group(1), title="Vi ringer", da="Hej", en="Hi", used="no")
    assert "Ikke i brug" in (await admin.get("/canned")).words


async def test_answering_later_says_that_the_promise_runs_and_comes_back_by_itself(
    browser: OpenBrowser, mette: Browser, cast: Cast, written: str, clock: MovedClock
) -> None:
    await mette.post(f"/people/{written}/read", position="1")
    page = await mette.get(f"/inbox/{written}")
    assert "Løftet løber stadig: Amina får svar senest" in page.words
    wrong = await mette.post(f"/people/{written}/later", later="2020-01-01T10:00")
    assert (wrong.status, "Vælg et tidspunkt, der kommer" in wrong.words) == (422, True)
    choice = re.findall(r'name="when" value="(\w+)"', page.body)[0]
    assert (await mette.post(f"/people/{written}/later", when=choice)).leads_to == "/inbox?said=later_set"
    assert "Amina" not in (await mette.get("/inbox")).words
    assert "Kommer igen" in (await mette.get("/inbox?folder=later")).words
    clock.move(days=4)
    mette = await browser(cast.mette)  # the session is over long ago
    assert "Du ville svare nu" in (await mette.get("/inbox")).words
    assert "Amina" in (await mette.get("/")).words
    assert (await mette.post(f"/people/{written}/later/done")).status == 303
    assert "Du ville svare nu" not in (await mette.get(f"/inbox/{written}")).words


async def test_a_hand_over_carries_words_for_the_colleague(
    browser: OpenBrowser, mette: Browser, cast: Cast, written: str
) -> None:
    await mette.post(f"/people/{written}/read", position="1")
    long = await mette.post(f"/people/{written}/assign", colleague=cast.siri.staff_id, words="x" * 16001, key=KEY)
    assert (long.status, "Noten er for lang" in long.words) == (422, True)
    await mette.post(f"/people/{written}/assign", colleague=cast.siri.staff_id, words="Spørg til boligen", key=KEY)
    siri = await browser(cast.siri)
    assert "Mette Holm har givet dig samtalen med Amina Yusuf" in (await siri.get("/")).words
    assert "Spørg til boligen" in (await siri.get(f"/inbox/{written}")).words


async def test_the_second_of_two_who_write_is_told_who_answered_and_chooses(
    browser: OpenBrowser, mette: Browser, cast: Cast, written: str, now
) -> None:
    per = await browser(cast.per)
    assert (await per.post(f"/people/{written}/writing")).status == 204
    assert "Per Lund skriver her lige nu" in (await mette.get(f"/inbox/{written}")).words
    await per.post(f"/people/{written}/reply", body="Jeg svarer", version="1", key=KEY)
    second = await mette.post(f"/people/{written}/reply", body="Mit svar", version="1", key="abcdefgh2", undo="yes")
    assert (second.status, box(second)) == (409, "Mit svar")
    assert "Per Lund har svaret imens" in second.words
    assert ("Send alligevel" in second.words, "Kassér mit svar" in second.words) == (True, True)
    assert "skriver her lige nu" not in second.words
    anyway = await mette.post(f"/people/{written}/reply", body="Mit svar", version="2", key="abcdefgh2", undo="yes")
    assert anyway.status == 303


async def test_who_looks_after_somebody_is_told_why(
    browser: OpenBrowser, cast: Cast, written: str, now, clock: MovedClock
) -> None:
    thread = await messages.open_thread(cast.mette, written, now=now)
    await messages.assign(cast.mette, thread, cast.siri.staff_id, now=now)
    await staff.be_absent(cast.mette, now.date(), now.date() + timedelta(days=3), now=now)
    page = await (await browser(cast.siri)).get(f"/inbox/{written}")
    assert "Du ser den her, fordi Mette Holm er væk til og med" in page.words


async def test_a_search_over_years_is_bounded_goes_on_and_leads_to_the_message(
    mette: Browser, cast: Cast, written: str, now, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.queries.search.MOST_OPENED", 60)
    monkeypatch.setattr("models.queries.search._AT_ONCE", 20)
    thread = await messages.open_thread(cast.mette, written, now=now)
    for number in range(70):
        await messages.note(cast.mette, thread, f"Nummer {number}", now=now + timedelta(minutes=number))
    first = await mette.post("/search", words="MØDER")
    assert ("Vi har søgt tilbage til" in first.words, "torsdag" in first.words) == (True, False)
    older = re.search(r'name="older" value="([\d.a-f]+)"', first.body)
    assert older is not None
    second = await mette.post("/search", words="MØDER", older=older.group(1))
    assert "er <mark>mødet</mark> på torsdag?" in second.body
    path = re.search(r'href="(/inbox/\w+\?before=\d+)#(m-\w+)"', second.body)
    assert path is not None
    page = await mette.get(path.group(1))
    assert (f'id="{path.group(2)}"' in page.body, "Gå til de nyeste beskeder" in page.words) == (True, True)
    assert "søgt tilbage" not in second.words


async def test_whatever_one_does_in_a_thread_leads_back_to_the_folder_one_came_from(
    mette: Browser, cast: Cast, written: str
) -> None:
    page = await mette.get(f"/inbox/{written}?folder=all")
    inside = page.body.split('class="inbox-thread"', 1)[1].split("<aside", 1)[0]
    leads = re.findall(rf'(?:action|formaction|href)="(/(?:people/{written}/(?!case-file)|inbox)[^"]*)"', inside)
    assert [one for one in leads if "folder=all" not in one] == []
    assert len(leads) >= 9
    here = "?folder=all"
    refused = await mette.post(f"/people/{written}/reply{here}", body=" ", version="1", key=KEY)
    assert 'href="/inbox?folder=all" aria-current="page"' in refused.body
    for deed, fields, leads_to in (
        ("reply", {"body": "Ja", "version": "1", "key": KEY}, f"/inbox/{written}{here}#latest"),
        ("note", {"kind": "note", "body": "Ringede", "key": KEY}, f"/inbox/{written}{here}&said=noted#latest"),
        ("later", {"when": "next_week"}, f"/inbox{here}&said=later_set"),
        ("later/done", {}, f"/inbox/{written}{here}&said=taken_up#latest"),
        ("assign", {"colleague": cast.siri.staff_id, "key": KEY}, f"/inbox{here}&said=handed_over"),
    ):
        assert (await mette.post(f"/people/{written}/{deed}{here}", **fields)).leads_to == leads_to


async def test_what_must_be_looked_at_stands_in_the_thread_and_is_taken_there(
    browser: OpenBrowser, mette: Browser, cast: Cast, written: str, now
) -> None:
    alert = await alerts.raise_alert(Scope(cast.randers), written, Reason.CANNOT_WAIT, about="x", now=now)
    page = await mette.get(f"/inbox/{written}?folder=all")
    assert "Amina Yusuf skriver, at det ikke kan vente" in page.words
    back = re.search(r'name="back" value="([^"]*)"', page.body)
    assert back is not None
    taken = await mette.post(f"/alerts/{alert}/acknowledge", back=back.group(1))
    assert taken.leads_to == f"/inbox/{written}?folder=all&said=alert_taken#latest"
    elsewhere = await mette.post(f"/alerts/{alert}/acknowledge", back="//evil.example/")
    assert elsewhere.leads_to == "/?said=alert_taken#latest"
    assert f'href="/alerts/{alert}"' in (await mette.get(f"/inbox/{written}")).body.split('id="thread-alerts"')[1]
    # A colleague's is not offered, and what is closed is gone.
    per = await browser(cast.per)
    assert "ikke kan vente" not in (await per.get(f"/inbox/{written}")).body.split('id="thread-alerts"')[1][:200]
    await alerts.close(cast.mette, str(alert), "Ringede", now=now)
    assert "ikke kan vente" not in (await mette.get(f"/inbox/{written}")).body.split('id="thread-alerts"')[1][:200]
