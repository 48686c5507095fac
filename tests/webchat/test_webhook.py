import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from telegram.error import RetryAfter

from bot.webchat.webhook import SECRET_HEADER
from tests.webchat.served import Phone, Served

ROWS = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}


@dataclass
class Receiver:
    """A bot's webhook that writes down what came and answers as told."""

    url: str = ""
    came: list[tuple[float, str, Any]] = field(default_factory=list)
    answer: Callable[[Any], web.Response] = lambda _: web.Response()

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.came.append((asyncio.get_running_loop().time(), request.headers.get(SECRET_HEADER, ""), update))
        return self.answer(update)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, _, update in self.came if "message" in update]

    async def until(self, count: int, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while len(self.came) < count:
                await asyncio.sleep(0.02)


async def pending(served: Served) -> int:
    count: int = (await served.call("getWebhookInfo")).result["pending_update_count"]
    return count


async def drained(served: Served) -> None:
    async with asyncio.timeout(10):
        while await pending(served):
            await asyncio.sleep(0.02)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


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


async def test_a_failing_update_is_tried_again_at_once_then_after_two_seconds_and_holds_only_its_chat(
    served: Served, amina: Phone, receiver: Receiver
) -> None:
    jonas = await served.phone("Jonas")
    refusals = iter([500, 503])

    def answer(update: Any) -> web.Response:
        if update["message"]["text"] == "a":
            return web.Response(status=next(refusals, 200))
        return web.Response()

    receiver.answer = answer
    await served.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await amina.write("b")
    await jonas.write("j")
    await receiver.until(5)
    assert [text for text in receiver.texts() if text != "j"] == ["a", "a", "a", "b"]
    times = [at for at, _, update in receiver.came if update["message"]["text"] == "a"]
    assert times[1] - times[0] < 0.5
    assert 1.9 < times[2] - times[1] < 4
    assert receiver.texts().index("j") < 3
    info = (await served.call("getWebhookInfo")).result
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


async def test_retry_after_is_obeyed(served: Served, amina: Phone, receiver: Receiver) -> None:
    answers = iter([web.Response(status=503, headers={"Retry-After": "1"})])
    receiver.answer = lambda _: next(answers, web.Response())
    await served.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(2)
    assert 0.9 < receiver.came[1][0] - receiver.came[0][0] < 3


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
        ({"url": "ftp://x/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://x/", "secret_token": "ø"}, "secret token contains unallowed characters"),
        ({"url": "https://x/", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_webhooks_that_are_refused(served: Served, params: dict[str, str], error: str) -> None:
    assert (await served.call("setWebhook", **params)).refusal == (400, f"Bad Request: {error}")
    assert (await served.call("getWebhookInfo")).result["url"] == ""


async def test_410_for_a_day_removes_the_webhook(served: Served, amina: Phone, receiver: Receiver) -> None:
    receiver.answer = lambda _: web.Response(status=410)
    await served.call("setWebhook", url=receiver.url)
    await amina.write("a")
    await receiver.until(2)
    served.clock.sleep(23 * 3600 + 1)
    await receiver.until(3)
    async with asyncio.timeout(5):
        while (await served.call("getWebhookInfo")).result["url"]:
            await asyncio.sleep(0.02)
    assert [update["message"]["text"] for update in await served.updates()] == ["a"]
