from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.error import RetryAfter

from bot.webchat.rates import SendRates
from tests.webchat.served import Phone, Served


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    served = Served(tmp_path, enforce_rates=True)
    await served.begin()
    yield served
    await served.end()


async def test_three_messages_at_once_then_one_a_second(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    for text in ("a", "b", "c"):
        await bot.send_message(amina.chat_id, text)
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(amina.chat_id, "d")
    assert int(raised.value._retry_after.total_seconds()) == 1
    answer = await served.call("sendMessage", chat_id=amina.chat_id, text="d")
    assert answer.refusal == (429, "Too Many Requests: retry after 1")
    assert (answer.body["parameters"], answer.headers["Retry-After"]) == ({"retry_after": 1}, "1")
    served.clock.sleep(1)
    await bot.send_message(amina.chat_id, "d")
    assert await amina.texts() == ["a", "b", "c", "d"]


async def test_one_chats_burst_does_not_hold_up_another(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    for _ in range(4):
        last = await served.call("sendMessage", chat_id=amina.chat_id, text="a")
    assert last.status == 429
    assert (await served.call("sendMessage", chat_id=jonas.chat_id, text="b")).status == 200


async def test_thirty_a_second_over_all_chats(served: Served) -> None:
    chats = (await served.call("createChats", count=31, started=True)).result
    statuses = [(await served.call("sendMessage", chat_id=c["chat_id"], text="a")).status for c in chats]
    assert statuses == [200] * 30 + [429]
    served.clock.sleep(0.125)
    more = [(await served.call("sendMessage", chat_id=c["chat_id"], text="a")).status for c in chats[:4]]
    assert more == [200, 200, 200, 429]


async def test_a_message_that_is_wrong_costs_nothing(served: Served, amina: Phone) -> None:
    for _ in range(40):
        assert (await served.call("sendMessage", chat_id=amina.chat_id, text="")).status == 400
    assert (await served.call("sendMessage", chat_id=amina.chat_id, text="a")).status == 200


async def test_edits_count_for_the_bot_and_not_for_the_chat(served: Served, amina: Phone) -> None:
    sent = (await served.call("sendMessage", chat_id=amina.chat_id, text="a")).result
    to = {"chat_id": amina.chat_id, "message_id": sent["message_id"]}
    statuses = [(await served.call("editMessageText", **to, text=str(n))).status for n in range(30)]
    assert statuses == [200] * 29 + [429]


async def test_a_person_cannot_flood_the_bot(served: Served, amina: Phone) -> None:
    for number in range(40):
        await amina.write(str(number))
    assert await amina.write("x", status=429) == {"error": "too_fast"}
    served.clock.sleep(1)
    await amina.write("x")
    assert len(await served.updates()) == 41


async def test_one_address_cannot_begin_chats_without_end(served: Served) -> None:
    for _ in range(20):
        await served.browser().start()
    assert await served.browser().post("start", 429) == {"error": "too_many_chats"}
    served.clock.sleep(180)
    await served.browser().start()
    assert await served.browser(**{"X-Forwarded-For": "192.0.2.7"}).post("start") == {"id": 1, "cursor": 1}


def test_a_clock_that_goes_back_gives_no_new_tokens() -> None:
    rates = SendRates()
    assert [rates.refused(1000.0, 1) for _ in range(3)] == [0, 0, 0]
    assert rates.refused(10.0, 1) == 1
    assert rates.refused(11.0, 1) == 0
