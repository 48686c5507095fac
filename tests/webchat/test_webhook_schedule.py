"""When a webhook is tried again, and when it is given up. Nobody waits: pauses are measured by what a test moves."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from bot.webchat import limits
from tests.webchat.hook import Receiver, drained, pending, settled
from tests.webchat.served import Phone, Served

ROWS = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}


async def tried_after(served: Served, receiver: Receiver, most: float) -> float:
    """Seconds until the next try, to the half second."""
    before, waited = len(receiver.came), 0.0
    while len(receiver.came) == before and waited < most:
        await served.later(0.5)
        waited += 0.5
        await settled(served)
    return waited


def busy(seconds: int) -> web.Response:
    return web.Response(status=503, headers={"Retry-After": str(seconds)})


async def test_the_first_retry_comes_at_once_and_then_each_after_twice_as_long_up_to_a_minute_or_two(
    still: Served, amina: Phone, receiver: Receiver
) -> None:
    receiver.answer = lambda _: web.Response(status=500)
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(2)
    for count, seconds in enumerate((2, 4, 8, 16, 32), start=3):
        await settled(still)
        await still.later(seconds - 0.5)
        await settled(still)
        assert len(receiver.came) == count - 1
        await still.later(0.5)
        await receiver.until(count)
    await settled(still)
    await still.later(59.5)
    await settled(still)
    assert len(receiver.came) == 7
    await still.later(4.5)
    await receiver.until(8)
    await settled(still)
    await still.later(59.5)
    await settled(still)
    assert len(receiver.came) == 8
    await still.later(60.5)
    await receiver.until(9)


async def test_another_update_begins_at_once_again(still: Served, amina: Phone, receiver: Receiver) -> None:
    answers = iter([500, 500, 200, 500, 200])
    receiver.answer = lambda _: web.Response(status=next(answers))
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await amina.write("b")
    await receiver.until(2)
    await settled(still)
    await still.later(2)
    await receiver.until(5)
    await drained(still)
    assert receiver.texts() == ["a", "a", "a", "b", "b"]


@pytest.mark.parametrize(("asked", "waited"), [(1, 1), (300, 300), (3600, 3600), (86_000, 3600)])
async def test_retry_after_is_obeyed_for_up_to_an_hour(
    still: Served, amina: Phone, receiver: Receiver, asked: int, waited: int
) -> None:
    receiver.answer = lambda _: busy(asked)
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(1)
    await settled(still)
    await still.later(waited - 0.5)
    await settled(still)
    assert len(receiver.came) == 1
    await still.later(0.5)
    await receiver.until(2)


async def test_retry_after_leaves_the_growing_delay_as_it_was(still: Served, amina: Phone, receiver: Receiver) -> None:
    answers = iter([busy(10), busy(10), web.Response(status=500), web.Response(status=500), web.Response()])
    receiver.answer = lambda _: next(answers)
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(1)
    await settled(still)
    assert [await tried_after(still, receiver, 60) for _ in range(4)] == [10, 10, 2, 4]
    await drained(still)


async def test_a_press_that_fails_is_gone_after_its_150_seconds_and_a_message_is_not(
    still: Served, amina: Phone, receiver: Receiver
) -> None:
    sent = (await still.call("sendMessage", chat_id=amina.chat_id, text="?", reply_markup=ROWS)).result
    receiver.answer = lambda _: busy(100)
    await still.call("setWebhook", url=receiver.url)
    await amina.press(sent["message_id"], "ja")
    await amina.write("a")
    await receiver.until(2)
    await settled(still)
    await still.later(100)
    await receiver.until(4)
    await settled(still)
    assert await pending(still) == 1
    receiver.answer = lambda _: web.Response()
    await still.later(100)
    await receiver.until(5)
    await drained(still)
    assert [min(update) for _, _, update in receiver.came].count("callback_query") == 2
    assert "message" in receiver.came[-1][2]


async def test_410_for_23_hours_removes_the_webhook_and_nothing_else(
    still: Served, amina: Phone, receiver: Receiver
) -> None:
    receiver.answer = lambda _: web.Response(status=410, headers={"Retry-After": "3600"})
    await still.call("setWebhook", url=receiver.url, secret_token="abc")
    await amina.write("a")
    await receiver.until(1)
    await settled(still)
    served = still
    for count in range(2, 25):
        await served.later(3600)
        await receiver.until(count)
        await settled(still)
        assert (count, (await served.call("getWebhookInfo")).result["url"]) == (count, receiver.url)
    await amina.write("b")
    await receiver.until(24)
    await served.later(1)
    assert (await served.call("getWebhookInfo")).result["url"] == receiver.url
    jonas = await served.phone("Jonas")
    await jonas.write("c")
    async with asyncio.timeout(5):
        while (await served.call("getWebhookInfo")).result["url"]:
            await asyncio.sleep(0.01)
    assert [update["message"]["text"] for update in await served.updates()][-2:] == ["b", "c"]


async def test_any_other_answer_begins_the_23_hours_anew(still: Served, amina: Phone, receiver: Receiver) -> None:
    statuses = iter([410, 503, 410, 410])
    receiver.answer = lambda _: web.Response(status=next(statuses, 410), headers={"Retry-After": "3600"})
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    for count in range(1, 4):
        await receiver.until(count)
        await settled(still)
        await still.later(3600)
    await receiver.until(4)
    await still.later(20 * 3600 + 1)
    await receiver.until(5)
    await settled(still)
    assert (await still.call("getWebhookInfo")).result["url"] == receiver.url


@pytest.mark.parametrize(("status", "taken"), [(200, 1), (204, 1), (299, 1), (302, 2), (404, 2)])
async def test_any_2xx_confirms_and_nothing_else(
    still: Served, amina: Phone, receiver: Receiver, status: int, taken: int
) -> None:
    receiver.answer = lambda _: web.Response(status=status, headers={"Location": "/hook"} if status == 302 else {})
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(taken)
    await settled(still)
    assert (len(receiver.came), await pending(still)) == (taken, taken - 1)


async def test_a_bot_that_does_not_answer_in_time_is_asked_again(
    served: Served, amina: Phone, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.WEBHOOK_TIMEOUT == 60
    monkeypatch.setattr(limits, "WEBHOOK_TIMEOUT", 0.2)
    await served.restart(timer=lambda: 0.0)
    receiver.pause = 5
    await served.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(2)
    async with asyncio.timeout(5):
        while (await served.call("getWebhookInfo")).result.get("last_error_message") != "Read timeout expired":
            await asyncio.sleep(0.01)
    assert await pending(served) == 1


async def test_a_connection_that_closes_without_an_answer_is_a_failure(
    still: Served, amina: Phone, receiver: Receiver
) -> None:
    receiver.hangs_up = True
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(2)
    await settled(still)
    info = (await still.call("getWebhookInfo")).result
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection closed", 1)


async def test_a_block_does_not_wait_for_messages_and_messages_keep_their_order(
    still: Served, amina: Phone, receiver: Receiver
) -> None:
    receiver.answer = lambda update: busy(60) if "message" in update else web.Response()
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await amina.write("b")
    await receiver.until(1)
    await amina.post("block", blocked=True)
    await receiver.until(2)
    receiver.answer = lambda _: web.Response()
    await settled(still)
    await still.later(60)
    await drained(still)
    assert [min(update) for _, _, update in receiver.came] == ["message", "my_chat_member", "message", "message"]
    assert receiver.texts() == ["a", "a", "b"]


@pytest.mark.parametrize(("asked", "kept"), [(None, 40), (1, 1), (0, 1), (-3, 1), (100, 100), (1000, 100)])
async def test_connections_are_one_to_a_hundred(served: Served, asked: int | None, kept: int) -> None:
    params: dict[str, Any] = {} if asked is None else {"max_connections": asked}
    await served.call("setWebhook", url="https://127.0.0.1:9/x", **params)
    assert (await served.call("getWebhookInfo")).result["max_connections"] == kept


@pytest.mark.parametrize(("connections", "together"), [(1, 1), (2, 2), (40, 4)])
async def test_chats_are_delivered_side_by_side_up_to_the_connections(
    still: Served, receiver: Receiver, connections: int, together: int
) -> None:
    phones = [await still.phone(f"Ung {number}") for number in range(4)]
    for phone in phones:
        await phone.write("a")
        await phone.write("b")
    receiver.pause = 0.05
    await still.call("setWebhook", url=receiver.url, max_connections=connections)
    await drained(still)
    assert (len(receiver.came), receiver.most_at_once) == (8, together)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://hoert.example/x", "An HTTPS URL must be provided for webhook"),
        ("https://hoert.example:8080/x", "Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("https://127.0.0.1/x", "IP address 127.0.0.1 is reserved"),
        ("https://10.0.0.7:8443/x", "IP address 10.0.0.7 is reserved"),
        ("https://[2001:db8::1]/x", "IPv6-only addresses are not allowed"),
    ],
)
async def test_telegrams_own_servers_call_only_public_https_on_four_ports(served: Served, url: str, error: str) -> None:
    await served.restart(webhook_anywhere=False)
    assert (await served.call("setWebhook", url=url)).refusal == (400, f"Bad Request: bad webhook: {error}")
    await served.later(1)
    assert (await served.call("setWebhook", url="hoert.example:8443/x")).result is True
    assert (await served.call("getWebhookInfo")).result["url"] == "hoert.example:8443/x"


async def test_a_webhook_that_is_refused_takes_the_older_one_with_it(still: Served) -> None:
    await still.call("setWebhook", url="https://127.0.0.1:9/x", allowed_updates=["message"])
    await still.later(1)
    assert (await still.call("setWebhook", url="https://x/", secret_token="ø")).status == 400
    info = (await still.call("getWebhookInfo")).result
    assert (info["url"], info["allowed_updates"]) == ("", ["message"])
    assert await still.updates() == []
