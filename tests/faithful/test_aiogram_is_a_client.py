"""A bot written with aiogram, in a process and an environment of its own, plays through our server over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from bot.webchat.errors import NOT_MODIFIED, QUERY_TOO_OLD, WEBHOOK_ACTIVE
from tests.faithful.aiograms import Aiogram
from tests.webchat.served import TOKEN, Phone, Served, png


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    served = Served(tmp_path)
    await served.begin()
    yield served
    await served.end()


async def shown(phone: Phone, count: int) -> list[str]:
    """The texts on the screen, once there are so many."""
    async with asyncio.timeout(20):
        while len(found := await phone.texts()) < count:
            await asyncio.sleep(0.02)
    return found


async def test_a_conversation_by_polling(aiogram: Aiogram, served: Served) -> None:
    phone = served.browser()
    async with aiogram.playing(f"http://127.0.0.1:{served.ports[0]}", TOKEN):
        assert await aiogram.tells("ready") == {
            "username": "hoert_bot",
            "stranger": "TelegramUnauthorizedError: Unauthorized",
            "unknown": [],
        }
        await phone.start("Abc-123_x")
        assert await aiogram.tells("greeted") == {"payload": "Abc-123_x", "entities": [["bold", "du"]], "unknown": []}
        greeting = (await phone.messages())[1]
        assert (greeting["text"], [len(row) for row in greeting["buttons"]]) == ("Hej du 😀 Abc-123_x", [2, 1])

        await phone.press(greeting["id"], "ja")
        said = "TelegramBadRequest: Bad Request: "
        assert await aiogram.tells("pressed") == {
            "data": "ja",
            "answered": ["fine", f"{said}{QUERY_TOO_OLD}"],
            "edits": ["fine", f"{said}{NOT_MODIFIED}"],
            "gone": f"{said}message to edit not found",
        }
        assert (await phone.texts())[1] == "Du trykkede ja"

        await phone.write("hallo 😀 & <b>")
        assert (await shown(phone, 4))[-1] == "hallo 😀 & <b>"
        assert (await phone.messages())[-1]["reply_to"] == 3

        me = int((await served.call("getLedger")).result["chats"].popitem()[0])
        served.clock.sleep(5)
        await served.call("editAsUser", chat_id=me, message_id=3, text="hallo igen")
        assert await aiogram.tells("edited") == {"seconds": 5}

        await phone.write(f"filer {png(5, 4).hex()}")
        assert await aiogram.tells("files") == {
            "digests": [sha256(one).hexdigest() for one in (png(5, 4), b"plan" * 9, b"OggS" * 7)],
            "duration": 7,
            "unknown": [],
        }
        assert [m["document"]["name"] for m in await phone.messages() if m["document"]] == [
            "plan.txt",
            "svar.ogg",
            "plan.txt",
        ]

        faults = [{"kind": "429", "count": 1, "retry_after": 7}]
        faults += [{"kind": kind, "count": 1} for kind in ("500", "502", "401", "reset_before")]
        await served.call("setFaults", faults=faults)
        await phone.write("fejl")
        trouble = await aiogram.tells("trouble")
        assert [met.split(":")[0] for met in trouble["met"]] == [
            "TelegramRetryAfter 7",
            "RestartingTelegram",
            "ClientDecodeError",
            "TelegramUnauthorizedError",
            "TelegramNetworkError",
            "fine",
        ]
        assert trouble["wrong"] == [
            f"{said}chat not found",
            f'{said}can\'t parse entities: Unsupported start tag "x" at byte offset 0',
            f"{said}message is too long",
            f"{said}text must be non-empty",
            f"{said}message to be replied not found",
            f"{said}invalid file_id",
            "TelegramNotFound: Not Found: method not found",
        ]

        await phone.post("block", blocked=True)
        blocked = "TelegramForbiddenError: Forbidden: bot was blocked by the user"
        assert await aiogram.tells("member") == {"status": "kicked", "outcome": blocked}
        await phone.post("block", blocked=False)
        assert await aiogram.tells("member") == {"status": "member", "outcome": "fine"}
    kinds = ["message", "callback_query", "message", "edited_message", "message", "message"]
    kinds += ["my_chat_member", "my_chat_member"]
    assert aiogram.updates == [{"type": kind, "unknown": []} for kind in kinds]
    assert await served.updates() == []


async def test_a_conversation_by_webhook(aiogram: Aiogram, served: Served) -> None:
    phone = served.browser()
    async with aiogram.playing(f"http://127.0.0.1:{served.ports[0]}", TOKEN, "S3cret_-"):
        assert await aiogram.tells("ready") == {
            "same": True,
            "allowed": ["message", "edited_message", "callback_query", "my_chat_member"],
            "polled": f"TelegramConflictError: Conflict: {WEBHOOK_ACTIVE}",
            "unknown": [],
        }
        await phone.start("abc")
        assert (await aiogram.tells("greeted"))["payload"] == "abc"
        await phone.press(2, "nej")
        assert (await aiogram.tells("pressed"))["edits"][0] == "fine"
        for number in range(5):
            await phone.write(f"nummer {number}")
        await shown(phone, 12)
        echoed = [m["text"] for m in await phone.messages() if m["reply_to"]]
        assert echoed == [f"nummer {number}" for number in range(5)]
        await phone.post("block", blocked=True)
        assert (await aiogram.tells("member"))["status"] == "kicked"
    kinds = ["message", "callback_query", *["message"] * 5, "my_chat_member"]
    assert aiogram.updates == [{"type": kind, "unknown": []} for kind in kinds]
    assert (await served.call("getWebhookInfo")).result["url"] == ""
    assert await served.updates() == []
