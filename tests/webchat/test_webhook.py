import asyncio

import pytest
from aiohttp import web
from telegram.error import RetryAfter

from tests.webchat.hook import Receiver, drained, pending
from tests.webchat.served import Phone, Served

ROWS = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}


async def test_updates_are_pushed_with_the_secret_and_confirmed_by_200(
    served: Served, amina: Phone, receiver: Receiver
) -> None:
    await amina.write("før")
    bot = await served.bot()
    assert await bot.set_webhook(receiver.url, secret_token="S3cret_-", max_connections=7) is True
    await amina.write("efter")
    await receiver.until(2)
    assert receiver.texts() == ["før", "efter"]
    assert {secret for _, secret, _ in receiver.came} == {"S3cret_-"}
    await drained(served)
    assert [m["state"] for m in await amina.messages()] == ["received", "received"]
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count) == (receiver.url, 7, 0)
    assert info.last_error_message is None


async def test_a_failing_update_holds_only_its_chat(still: Served, amina: Phone, receiver: Receiver) -> None:
    jonas = await still.phone("Jonas")
    receiver.answer = lambda update: web.Response(status=503 if update["message"]["text"] == "a" else 200)
    await still.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(2)
    await amina.write("b")
    await jonas.write("j")
    await receiver.until(3)
    assert receiver.texts() == ["a", "a", "j"]
    receiver.answer = lambda _: web.Response()
    await still.later(2)
    await receiver.until(5)
    assert receiver.texts() == ["a", "a", "j", "a", "b"]
    info = (await still.call("getWebhookInfo")).result
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"


async def test_presses_do_not_wait_for_messages(served: Served, amina: Phone, receiver: Receiver) -> None:
    sent = (await served.call("sendMessage", chat_id=amina.chat_id, text="?", reply_markup=ROWS)).result
    receiver.answer = lambda update: web.Response(
        status=503 if "message" in update else 200, headers={"Retry-After": "60"}
    )
    await served.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(1)
    await amina.press(sent["message_id"], "ja")
    await receiver.until(2)
    assert receiver.came[1][2]["callback_query"]["data"] == "ja"


async def test_an_update_whose_next_try_would_be_too_late_is_dropped(
    served: Served, amina: Phone, receiver: Receiver
) -> None:
    receiver.answer = lambda _: web.Response(status=503, headers={"Retry-After": "3600"})
    await amina.write("a")
    served.clock.sleep(86_400 - 60)
    await served.call("setWebhook", url=receiver.url)
    await receiver.until(1)
    await drained(served)
    assert [m["state"] for m in await amina.messages()] == ["sent"]


async def test_a_webhook_and_what_it_has_not_delivered_survive_a_restart(
    served: Served, amina: Phone, receiver: Receiver
) -> None:
    receiver.answer = lambda _: web.Response(status=503, headers={"Retry-After": "600"})
    await served.call("setWebhook", url=receiver.url, secret_token="abc")
    await amina.write("a")
    await receiver.until(1)
    receiver.answer = lambda _: web.Response()
    await served.restart()
    await receiver.until(2)
    assert [(secret, update["message"]["text"]) for _, secret, update in receiver.came] == [("abc", "a")] * 2
    await drained(served)


async def test_a_dead_url_loses_nothing(served: Served, amina: Phone) -> None:
    await served.call("setWebhook", url="http://127.0.0.1:9/hook")
    await amina.write("a")
    async with asyncio.timeout(5):
        while "last_error_message" not in (await served.call("getWebhookInfo")).result:
            await asyncio.sleep(0.05)
    assert (await served.call("getWebhookInfo")).result["last_error_message"] == "Connection refused"
    await served.call("deleteWebhook")
    assert [update["message"]["text"] for update in await served.updates()] == ["a"]


async def test_pending_updates_can_be_dropped(served: Served, amina: Phone) -> None:
    await amina.write("a")
    assert await pending(served) == 1
    await served.call("deleteWebhook", drop_pending_updates=True)
    assert await pending(served) == 0


async def test_a_webhook_is_set_once_a_second_at_most(served: Served) -> None:
    bot = await served.bot()
    await bot.set_webhook("https://127.0.0.1:9/a")
    with pytest.raises(RetryAfter):
        await bot.set_webhook("https://127.0.0.1:9/b")


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"url": "ftp://x/"}, "invalid webhook URL specified"),
        ({"url": "https://"}, "invalid webhook URL specified"),
        ({"url": "https://x:0/"}, "invalid webhook URL specified"),
        ({"url": "https://x:99999/"}, "invalid webhook URL specified"),
        ({"url": "https://a b/"}, "invalid webhook URL specified"),
        ({"url": "https://x/", "secret_token": "ø"}, "secret token contains unallowed characters"),
        ({"url": "https://x/", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_webhooks_that_are_refused(served: Served, params: dict[str, str], error: str) -> None:
    assert (await served.call("setWebhook", **params)).refusal == (400, f"Bad Request: {error}")
    assert (await served.call("getWebhookInfo")).result["url"] == ""
