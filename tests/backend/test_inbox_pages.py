"""The inbox over HTTP: reading, answering, noting, handing over, and the truth about every message."""

from __future__ import annotations

import re

import pytest

from models.actions import messages
from models.queries.messages import Folder
from models.tables.messages import Thread
from models.tables.register import Person
from models.transactions import HOUSE, Scope, atomic, reading, rows
from tests.actions.rows import change
from tests.backend.browsing import Browser, OpenBrowser, Story
from tests.backend.crowd import crowd
from tests.cast import Cast, link


@pytest.fixture
async def written(cast: Cast, now) -> str:
    """Amina has written; returns her id."""
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej Mette, er mødet på torsdag?", source_key="webchat:a:1", now=now)
    return cast.amina


async def test_mette_reads_and_answers(mette: Browser, written: str) -> None:
    listed = await mette.get("/inbox")
    assert "Amina Yusuf" in listed.words
    assert "er mødet på torsdag?" in listed.words
    sent = await mette.post(f"/people/{written}/reply", body="Ja, klokken tre.", version="1", key="abcdefgh1")
    assert (sent.status, sent.leads_to) == (303, f"/inbox/{written}#latest")
    page = await mette.get(f"/inbox/{written}")
    assert "Ja, klokken tre." in page.words
    assert "Venter på at blive sendt" in page.words


async def test_looking_does_not_mark_as_read_and_the_button_does(mette: Browser, written: str) -> None:
    assert "Jeg har læst den" in (await mette.get(f"/inbox/{written}")).words
    assert await read_by(HOUSE, written) == [None]
    await mette.post(f"/people/{written}/read", position="1")
    assert await read_by(HOUSE, written) != [None]
    assert "Jeg har læst den" not in (await mette.get(f"/inbox/{written}")).words


async def test_what_came_in_between_is_said_and_the_text_stays(mette: Browser, cast: Cast, written: str, now) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 12, now=now, bot="telegram", confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Og en ting til", source_key="telegram:a:1", now=now)
    page = await mette.post(f"/people/{written}/reply", body="Mit lange svar & mere", version="1", key="abcdefgh1")
    assert page.status == 409
    assert "Der er sket noget, mens du skrev" in page.words
    assert re.search(r"<textarea[^>]*>Mit lange svar &amp; mere</textarea>", page.body)
    assert await outgoing(HOUSE) == 0


async def test_two_clicks_send_once(mette: Browser, written: str) -> None:
    for _ in range(2):
        answer = await mette.post(f"/people/{written}/reply", body="Ja.", version="1", key="abcdefgh1")
        assert answer.status == 303
    assert await outgoing(HOUSE) == 1


@pytest.mark.parametrize(("body", "words"), [("", "Skriv et svar først"), ("x" * 16001, "Svaret er for langt")])
async def test_an_answer_that_cannot_be_sent_is_said_beside_the_field(
    mette: Browser, written: str, body: str, words: str
) -> None:
    page = await mette.post(f"/people/{written}/reply", body=body, version="1", key="abcdefgh1")
    assert (page.status, words in page.words) == (422, True)
    assert 'aria-invalid="true"' in page.body


async def test_staff_may_write_first(mette: Browser, cast: Cast) -> None:
    assert (await mette.get(f"/inbox/{cast.leila}")).status == 200
    answer = await mette.post(f"/people/{cast.leila}/reply", body="Hej Leila", version="0", key="abcdefgh1")
    assert answer.status == 303
    page = await mette.get(f"/inbox/{cast.leila}")
    assert "Holdt tilbage" in page.words
    assert "ikke på chatten" in page.words


async def test_a_note_cannot_be_sent_and_a_contact_keeps_the_promise(mette: Browser, written: str) -> None:
    await mette.post(f"/people/{written}/note", body="Virker træt", kind="note")
    assert await promised(HOUSE, written) != [None]
    nothing = await mette.post(f"/people/{written}/note", body=" … ", kind="contact")  # no word of what was said
    assert (nothing.status, await promised(HOUSE, written) != [None]) == (422, True)
    await mette.post(f"/people/{written}/note", body="Ringede, alt er godt", kind="contact")
    assert await promised(HOUSE, written) == [None]
    assert "Sammen har I holdt 1 af 1 løfte om svar" in (await mette.get("/")).words
    page = await mette.get(f"/inbox/{written}")
    assert "Intern note" in page.words
    assert "Ringede, alt er godt" in page.words
    assert await outgoing(HOUSE) == 0


async def test_handing_over_moves_it_to_a_colleague_of_the_same_municipality_only(
    browser: OpenBrowser, mette: Browser, cast: Cast, written: str
) -> None:
    siri = await browser(cast.siri)
    assert (await siri.get(f"/inbox/{written}")).status == 404
    assert (await mette.post(f"/people/{written}/assign", colleague=cast.odd.staff_id)).status == 404
    assert (await mette.post(f"/people/{written}/assign", colleague=cast.siri.staff_id)).status == 303
    assert "Amina Yusuf" in (await siri.get("/inbox")).words
    assert (await siri.get(f"/inbox/{written}")).status == 200


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("queued", "Venter på at blive sendt"), ("waiting", "Venter på at blive sendt"), ("sending", "Venter på"),
        ("sent", "Sendt"), ("held", "Holdt tilbage"), ("unsure", "Usikkert, om den nåede frem"), ("dead", "Ikke sendt"),
    ],
)  # fmt: skip
async def test_the_desk_tells_the_truth_about_a_message(mette: Browser, written: str, state: str, words: str) -> None:
    await mette.post(f"/people/{written}/reply", body="Ja.", version="1", key="abcdefgh1")
    await letters_become(HOUSE, state)
    page = await mette.get(f"/inbox/{written}")
    assert words in page.words
    assert ("Send igen" in page.words) is (state in {"held", "unsure", "dead"})


@pytest.mark.parametrize(("deed", "state"), [("again", "queued"), ("arrived", "sent"), ("called", "sent")])
async def test_staff_decide_about_a_message_that_did_not_arrive(
    mette: Browser, written: str, deed: str, state: str
) -> None:
    await mette.post(f"/people/{written}/reply", body="Ja.", version="1", key="abcdefgh1")
    await letters_become(HOUSE, "dead")
    message = (await rows_of(HOUSE, "SELECT id FROM message WHERE direction = 'out'"))[0]["id"]
    answer = await mette.post(f"/people/{written}/messages/{message}", deed=deed)
    assert answer.status == 303
    assert {row["state"] for row in await rows_of(HOUSE, "SELECT state FROM letter WHERE kind = 'message.reply'")} == {
        state
    }
    assert ("Ringede i stedet" in (await mette.get(f"/inbox/{written}")).words) is (deed == "called")


async def test_what_is_said_of_a_decision_is_what_came_of_it(mette: Browser, cast: Cast) -> None:
    await mette.post(f"/people/{cast.leila}/reply", body="Hej Leila", version="0", key="abcdefgh1")  # not on the chat
    message = (await rows_of(HOUSE, "SELECT id FROM message WHERE direction = 'out'"))[0]["id"]
    said = []
    for deed in ("again", "arrived", "arrived", "again"):
        answer = await mette.post(f"/people/{cast.leila}/messages/{message}", deed=deed)
        said.append((await mette.get(answer.leads_to.partition("#")[0])).words)
    assert ["bliver sendt igen" in words for words in said] == [False] * 4
    assert ["Der blev ikke sendt noget" in words for words in said] == [True, False, False, True]
    assert ["Noteret: Den er nået frem" in words for words in said] == [False, True, False, False]
    assert "Der er allerede taget stilling til beskeden" in said[2]


async def test_folders_hold_what_they_say(
    browser: OpenBrowser, mette: Browser, cast: Cast, written: str, clock
) -> None:
    per, siri = await browser(cast.per), await browser(cast.siri)

    async def holding(who: Browser) -> set[str]:
        return {folder.value for folder in Folder if "Amina" in (await who.get(f"/inbox?folder={folder.value}")).words}

    assert [await holding(who) for who in (mette, per, siri)] == [{"mine", "all"}, {"all"}, set()]
    listed = [(await who.get(f"/inbox?folder={folder}")).words for who, folder in (
        (mette, "mine"), (mette, "all"), (per, "all"),
    )]  # fmt: skip
    assert [("Hos dig" in words, "Hos Mette Holm" in words) for words in listed] == [
        (False, False), (True, False), (False, True),
    ]  # fmt: skip
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    assert await holding(siri) == {"standing_in", "all"}
    await mette.post(f"/people/{written}/read", position="1")
    await mette.post(f"/people/{written}/later", when="next_week")
    assert await holding(mette) == {"later", "all"}
    await change(Thread, {}, assigned_id=None)
    await change(Person, {"id": cast.amina}, caseworker_id=None)
    assert await holding(per) == {"unassigned", "all"}
    clock.move(days=3)
    again = await browser(cast.per)
    assert "Amina" in (await again.get("/inbox?folder=overdue")).words
    assert "Løftet om svar er brudt" in (await again.get("/inbox?folder=overdue")).words


async def test_threads_come_a_page_at_a_time_and_none_is_missed(mette: Browser, cast: Cast, now) -> None:
    people = [await crowd(Scope(cast.randers), cast, number, now) for number in range(60)]
    seen: list[str] = []
    path = "/inbox"
    while path:
        page = await mette.get(path)
        seen += re.findall(
            r'href="/inbox/([0-9a-f]{32})[^"]*"(?: aria-current="true")?>\s*<span class="entry-top"', page.body
        )
        later = re.search(r'href="([^"]*)" rel="next"', page.body)
        path = later.group(1).replace("&amp;", "&") if later else ""
    assert len(seen) == 60
    assert set(seen) == set(people)


async def test_a_dead_letter_is_read_by_the_coordinator_alone(browser: OpenBrowser, cast: Cast, story: Story) -> None:
    per, mette = await browser(cast.per), await browser(cast.mette)
    path = f"/dead-letters/{story.dead_letter}"
    assert (await mette.get(path)).status == 403
    assert "kunne ikke læses af systemet" in (await per.get("/")).words
    assert "er mødet på torsdag?" in (await per.get(path)).words
    assert (await per.post(f"{path}/done")).status == 303
    assert (await per.get(path)).status == 404
    assert "kunne ikke læses af systemet" not in (await per.get("/")).words


@reading
async def rows_of(scope: object, sql: str, *values: object) -> list[dict[str, object]]:
    return await rows(sql, *values)


async def read_by(scope: object, person_id: str) -> list[object]:
    found = await rows_of(scope, "SELECT read_by_id FROM message WHERE person_id = ? AND direction = 'in'", person_id)
    return [row["read_by_id"] for row in found]


async def promised(scope: object, person_id: str) -> list[object]:
    return [
        row["promised_at"]
        for row in await rows_of(scope, "SELECT promised_at FROM thread WHERE person_id = ?", person_id)
    ]


async def outgoing(scope: object) -> int:
    return len(await rows_of(scope, "SELECT id FROM letter WHERE kind = 'message.reply'"))


@atomic
async def letters_become(scope: object, state: str) -> None:
    from models.tables.outbox import Letter

    await Letter.filter(kind="message.reply").update(state=state)


async def test_an_edited_message_stands_there_in_both_versions(mette: Browser, cast: Cast, written: str, now) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 12, now=now, bot="telegram")
    assert await messages.edit(amina, "webchat:a:1", "Hej Mette, er mødet på fredag?", now=now)
    body = (await mette.get(f"/inbox/{written}")).body
    kept = body.split('class="bubble-earlier"', 1)[1].split("</details>", 1)[0]
    assert ("er mødet på torsdag?" in kept, "fredag" in kept, "er mødet på fredag?" in body) == (True, False, True)


async def test_everything_that_happened_stands_in_one_timeline(mette: Browser, story: Story) -> None:
    body = (await mette.get(f"/inbox/{story.person}")).body
    kinds = set(re.findall(r'<li class="(?:entry entry-)?(\w+)"', body.split('class="thread"', 1)[1]))
    assert kinds >= {"in", "out", "note", "contact", "check_in", "offer", "meeting", "link"}
