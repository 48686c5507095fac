"""All of it, for the one it is about and nobody else; what is withdrawn stops at once; who leaves is gone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from bot import rights_document
from models import crypto
from models.actions import consent, erasure, letters, messages, register
from models.actions.consent import Chat
from models.domain import rights
from models.domain.consent import NEEDS, Purpose
from models.domain.errors import NotAllowed
from models.domain.letters import KINDS
from models.domain.people import YoungPerson
from models.queries import rights as views
from models.queries.conversation import Reader
from models.queries.rights_export import everything, tables_of_a_person
from models.tables.alerts import Alert
from models.tables.checkins import Answer, CheckIn, Measured, Rhythm
from models.tables.consent import Consent, Link, SignIn
from models.tables.feedback import Feedback
from models.tables.keys import Erasure, chat_index
from models.tables.messages import Message
from models.tables.outbox import Letter
from models.tables.register import Person, Transfer
from models.transactions import HOUSE, Scope
from tests.actions.rows import change, count, deliver, dump, found, one, select
from tests.actions.world import CANARY, World
from tests.cast import Cast, link

PREFIX = "withdrawn:"


# --- everything about me --------------------------------------------------------------------------------------------


async def test_every_table_with_something_of_a_person_is_handed_out_or_kept_back_for_a_reason(cast: Cast) -> None:
    assert set(tables_of_a_person()) == rights.HANDED_OUT | set(rights.KEPT_BACK)
    assert set(tables_of_a_person()) == set(rights.GOES) | set(rights.STAYS)


async def test_the_export_holds_all_of_mine_and_nothing_of_anybody_elses(
    world: World, cast: Cast, now: datetime
) -> None:
    await messages.receive(world.jonas, "Kun Jonas ved det", source_key="webchat:j:1", now=now)
    await register.change_caseworker(cast.per, world.amina.person_id, cast.siri.staff_id, why="på orlov", now=now)
    await register.change_caseworker(cast.per, world.amina.person_id, cast.mette.staff_id, why="er her igen", now=now)
    await change(Transfer, {"id": world.transfer}, person_id=world.amina.person_id)
    whose = Reader(cast.randers, world.amina.person_id)
    whole = await everything(whose)
    assert set(whole.tables) == set(rights.HANDED_OUT)
    empty = {table for table, rows in whole.tables.items() if not rows}
    assert empty <= {"attachment", "opening"}
    data = json.loads(rights_document.as_json(whole, now))
    pages = [rights_document.as_document(whole, now, language).decode() for language in ("da", "en")]
    said = [
        "hvornår kommer du?", "hvornår ringer du?", "i morgen", "er du der?", "kontaktperson", "to timer",
        "jeg vil selv", "I lytter ikke", "det gør vi nu", "mødet var godt",
    ]  # fmt: skip
    for shown in (json.dumps(data, ensure_ascii=False), *pages):
        assert [words for words in said if words not in shown] == []
        assert [name for name in ("Mette Holm", f"Frida {CANARY}", "Randers Kommune") if name not in shown] == []
        internal = ("ringede til mor", "talte med hende", "Jonas", "Astrid", "Odd", cast.mette.staff_id, "token")
        assert [words for words in internal if words in shown] == []
    assert len(data["tables"]["offer"]) == 1
    assert [row["direction"] for row in data["tables"]["message"]].count("note") == 0
    assert [(row["item"], row["code"]) for row in data["tables"]["answer"]][:1] == [("cheerful", 1)]
    danish, english = pages
    assert "Lidt af tiden" in danish
    assert "aktindsigt" in danish
    assert 'lang="en"' in english
    assert "<script" not in danish
    assert "http" not in danish.replace("http-equiv", "")


async def test_what_is_handed_out_cannot_break_out_of_the_page(amina: YoungPerson, now: datetime) -> None:
    nasty = '</p><script>alert(1)</script>"&\ud800'
    await messages.receive(amina, nasty, source_key="webchat:x:1", now=now)
    whole = await everything(Reader(amina.municipality_id, amina.person_id))
    page = rights_document.as_document(whole, now, "da").decode()
    assert "<script" not in page
    assert "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;" in page
    assert json.loads(rights_document.as_json(whole, now))["tables"]["message"][0]["body"].startswith("</p>")


async def test_who_has_opened_what_is_paged_newest_first_and_names_them(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    whose = Reader(amina.municipality_id, amina.person_id)
    assert (await views.opened(whose, 0)).entries == ()
    for number in range(10):
        await register.looked_at(cast.mette, amina.person_id, now=now + timedelta(hours=number))
    first, last = await views.opened(whose, 0), await views.opened(whose, 99)
    assert (first.page, first.pages, len(first.entries)) == (0, 2, views.PAGE)
    assert (last.page, len(last.entries)) == (1, 10 - views.PAGE)
    assert {(entry.name, entry.deed) for entry in first.entries} == {("Mette Holm", "person.view")}
    assert first.entries[0].at == now + timedelta(hours=9)


# --- what is withdrawn ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_withdrawing_stops_exactly_the_letters_of_that_purpose_queued_held_and_to_come(
    cast: Cast, now: datetime, purpose: Purpose
) -> None:
    everything_given = [one.value for one in Purpose]
    amina = await link(
        Scope(cast.randers), cast.amina, 1, now=now, purposes=everything_given, confirmed_by=cast.mette.staff_id
    )
    for place, kind in enumerate(KINDS):
        for state in ("queued", "held"):
            await letters.post(amina, kind, person_id=amina.person_id, key=f"{PREFIX}{state}:{kind}", now=now)
            if state == "held" and place % 2:
                await change(Letter, {"natural_key": f"{PREFIX}held:{kind}"}, state="held", reason="blocked")
    await consent.choose_purpose(amina, purpose, on=False, now=now)
    cancelled = {(row.kind, row.reason) for row in await found(Letter, state="cancelled")}
    expected = {kind for kind, rule in KINDS.items() if NEEDS[rule.needs] is purpose}
    assert cancelled == {(kind, "consent") for kind in expected}
    assert await count(Letter, state="cancelled") == 2 * len(expected)
    late = {
        kind: await letters.post(amina, kind, person_id=amina.person_id, key=f"{PREFIX}late:{kind}", now=now)
        for kind in expected
    }
    for letter_id in late.values():
        assert letter_id is not None
        assert await letters.take(HOUSE, letter_id, _never_drawn, now=now, real_now=now) is None
    assert {row.reason for row in await found(Letter, id__in=list(late.values()))} <= {"consent"}


async def _never_drawn(taken: letters.Taken) -> None:
    raise AssertionError("a letter was drawn after its purpose was withdrawn")


async def test_all_of_it_withdrawn_leaves_crisis_and_answers_and_is_dated(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    later = now + timedelta(days=3)
    assert await consent.withdraw_everything(amina, now=later) == 3
    assert [(row.withdrawn_at, row.given_at) for row in await found(Consent)] == [(later, now)] * 3
    assert [row.active for row in await found(Rhythm)] == [False]
    assert [row.withdrawn_at for row in await views.consents(Reader(cast.randers, cast.amina))] == [later] * 3
    await messages.receive(amina, "jeg vil ikke leve mere", source_key="webchat:x:1", now=later)
    await letters.post(amina, "offer.new", person_id=cast.amina, key="o", now=later)
    assert await deliver(later) == ["crisis", "message.first"]
    assert await consent.withdraw_everything(amina, now=later) == 0


# --- delete me ------------------------------------------------------------------------------------------------------


async def test_who_leaves_takes_the_chats_side_along_and_what_is_on_record_stays(
    world: World, cast: Cast, now: datetime
) -> None:
    gone = world.amina.person_id
    said = {row.id: row.body_sealed for row in await found(Message, person_id=gone)}
    index = world.amina.chat_index
    before = await dump()
    number = await erasure.leave(world.amina, now=now)
    assert await erasure.receipt(HOUSE, f"Nummer {number}") == now
    assert await erasure.receipt(HOUSE, "0000-0000-00") is None
    for table in (Link, CheckIn, Answer, Rhythm, SignIn):
        assert await count(table, person_id=gone) == 0
    assert await count(Measured) == 0
    assert {row.id: row.body_sealed for row in await found(Message, person_id=gone)} == said
    assert [row.audience for row in await found(Feedback, person_id=gone)] == ["caseworker"] * 2
    alert = await one(Alert, person_id=gone, reason="wants_erasure")
    assert (alert.kind, alert.state, alert.owner_id) == ("follow_up", "open", cast.mette.staff_id)
    assert (await one(Person, id=gone)).stopped_at == now
    assert [(row.person_uid, row.step) for row in await found(Erasure, step__startswith="chat")] == [(gone, "chat1")]
    after = await dump()
    assert index not in repr(after)
    assert index[:40] not in repr(after)
    others = [cast.jonas, world.jonas.link_id, world.astrid.person_id, world.astrid.link_id]
    for table, rows in before.items():
        kept = [row for row in rows if any(other in repr(row) for other in others)]
        assert [row for row in kept if row not in after[table]] == []
    last = {row.kind: row for row in await found(Letter, person_id=None, state="queued")}
    assert set(last) == {"rights.gone", "rights.forget"}
    assert last["rights.gone"].args == {"number": number, "kept": True}
    assert last["rights.forget"].next_at == now + rights.LAST_WORDS
    assert await deliver(now) == ["rights.gone"]
    assert await letters.purge(HOUSE, now=now + timedelta(days=2)) == 2
    assert [row.kind for row in await found(Letter, person_id=None, state="queued")] == ["rights.forget"]


async def test_nobody_leaves_before_the_two_words_and_a_list_without_words_asks_nobody(
    cast: Cast, now: datetime
) -> None:
    unproven = await link(Scope(cast.randers), cast.amina, 1, now=now)
    with pytest.raises(NotAllowed):
        await erasure.leave(unproven, now=now)
    jonas = await link(Scope(cast.randers), cast.jonas, 2, now=now, confirmed_by=cast.siri.staff_id)
    first = await erasure.leave(jonas, now=now)
    assert await count(Alert, person_id=cast.jonas) == 0
    back = await link(Scope(cast.randers), cast.jonas, 2, now=now, confirmed_by=cast.siri.staff_id)
    second = await erasure.leave(back, now=now + timedelta(days=1))
    assert first != second
    assert await erasure.receipt(HOUSE, second) == now + timedelta(days=1)


async def test_a_backup_from_before_they_left_is_cleansed_by_the_ledger(amina: YoungPerson, now: datetime) -> None:
    ledger = [erasure.LedgerEntry(amina.person_id, now, "chat1")]
    assert await erasure.replay_erasures(HOUSE, ledger, now=now + timedelta(days=1)) == 1
    assert await count(Link) == 0
    assert await erasure.ledger(HOUSE) == ledger
    assert await erasure.replay_erasures(HOUSE, ledger, now=now + timedelta(days=1)) == 0


async def test_a_chat_that_is_somebodys_again_is_not_emptied(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await erasure.leave(amina, now=now)
    await link(Scope(cast.randers), cast.leila, 1, now=now)
    assert await deliver(now + rights.LAST_WORDS) == ["rights.gone"]
    assert [(row.state, row.reason) for row in await found(Letter, kind="rights.forget")] == [("cancelled", "linked")]


# --- from Telegram into the web chat --------------------------------------------------------------------------------


def _page(number: int) -> Chat:
    return Chat("webchat", chat_index("webchat", number), number, "en")


async def test_a_way_in_makes_a_confirmed_web_chat_once_and_changes_no_choice(cast: Cast, now: datetime) -> None:
    amina = await link(
        Scope(cast.randers), cast.amina, 1, now=now, bot="telegram", purposes=["checkins"],
        confirmed_by=cast.mette.staff_id,
    )  # fmt: skip
    await consent.stop(amina, now=now)
    held = await letters.post(amina, "message.receipt", person_id=cast.amina, key="h", now=now)
    await change(Letter, {"id": held}, state="held", reason="discreet")
    way = await consent.make_way_in(Scope(cast.randers), amina.link_id, now=now)
    assert way.chat_id is None
    assert way.token is not None
    assert (await one(SignIn)).token_hash == crypto.token_hash(way.token)
    assert await consent.make_way_in(Scope(cast.odsherred), amina.link_id, now=now) == consent.WayIn()
    for why in ("a chat of Telegram", "somebody's guess"):
        secret, chat = (way.token, Chat("telegram", "x", 9, "da")) if "chat" in why else ("guess", _page(9))
        assert await consent.come_in(HOUSE, chat, secret, key=why, now=now) is ("chat" in why)
        assert await count(Link, bot="webchat") == 0
    assert await consent.come_in(HOUSE, _page(7), way.token, key="k", now=now + timedelta(minutes=29)) is True
    web = await one(Link, bot="webchat")
    assert (web.person_id, web.language, web.confirmed_by_id) == (cast.amina, "da", cast.mette.staff_id)
    assert web.confirmed_at is not None
    assert [(row.purpose, row.withdrawn_at) for row in await found(Consent)] == [("checkins", None)]
    assert (await one(Person, id=cast.amina)).stopped_at == now
    assert (await one(Letter, id=held)).link_id == web.id
    assert await consent.come_in(HOUSE, _page(8), way.token, key="again", now=now) is True
    assert await count(Link, bot="webchat") == 1
    assert [row.args for row in await found(Letter, kind="join.closed")] == [{"why": "way_in"}] * 2
    again = await consent.make_way_in(Scope(cast.randers), amina.link_id, now=now)
    assert again == consent.WayIn(chat_id=7)


async def test_a_way_in_dies_with_time_with_its_telegram_and_for_everybody_else(
    jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    unproven = await link(Scope(cast.randers), cast.leila, 5, now=now, bot="telegram")
    assert await consent.make_way_in(Scope(cast.randers), unproven.link_id, now=now) == consent.WayIn()
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, bot="telegram", confirmed_by=cast.mette.staff_id)
    late = await consent.make_way_in(Scope(cast.randers), amina.link_id, now=now)
    assert late.token is not None
    assert await consent.come_in_again(jonas, late.token, now=now) is False
    assert await consent.come_in(HOUSE, _page(7), late.token, key="a", now=now + rights.WAY_IN) is True
    fresh = await consent.make_way_in(Scope(cast.randers), amina.link_id, now=now)
    assert fresh.token is not None
    await consent.close_link(cast.mette, amina.link_id, now=now)
    assert await consent.come_in(HOUSE, _page(7), fresh.token, key="b", now=now) is True
    assert [row.person_id for row in await found(Link, bot="webchat")] == [cast.jonas]
    assert await consent.forget_strangers(HOUSE, now=now + timedelta(days=2)) >= 1
    assert await select("SELECT id FROM sign_in") == []
