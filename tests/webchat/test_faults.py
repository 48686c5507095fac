import asyncio
import time
from typing import Any

import aiohttp
import pytest
from telegram.error import NetworkError, RetryAfter, TimedOut

from tests.webchat.served import TOKEN, Phone, Served


async def faults(served: Served, *rules: dict[str, Any], seed: int = 0) -> None:
    assert (await served.call("setFaults", faults=list(rules), seed=seed)).result is True


async def ledger(served: Served, phone: Phone) -> dict[str, Any]:
    chats = (await served.call("getLedger", chat_id=phone.chat_id)).result["chats"]
    found: dict[str, Any] = chats.get(str(phone.chat_id), {"entries": [], "doubles": []})
    return found


async def seen(served: Served, phone: Phone) -> list[tuple[str, str | None]]:
    return [(entry["kind"], entry.get("text")) for entry in (await ledger(served, phone))["entries"]]


async def test_the_ledger_holds_what_each_person_really_saw(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    bot = await served.bot()
    await amina.write("hej")
    first = await bot.send_message(amina.chat_id, "a")
    second = await bot.send_message(amina.chat_id, "b", disable_notification=True)
    await first.edit_text("a2")
    await second.delete()
    await bot.send_message(amina.chat_id, "a")
    await bot.send_message(amina.chat_id, "a")
    await bot.send_message(jonas.chat_id, "til Jonas")
    assert await seen(served, amina) == [
        ("mine", "hej"),
        ("message", "a"),
        ("message", "b"),
        ("edit", "a2"),
        ("delete", None),
        ("message", "a"),
        ("message", "a"),
    ]
    book = await ledger(served, amina)
    assert [entry["message_id"] for entry in book["entries"]] == [1, 2, 3, 2, 3, 4, 5]
    assert [entry.get("silent") for entry in book["entries"][1:3]] == [False, True]
    assert book["doubles"] == [4, 5]
    assert await seen(served, jonas) == [("message", "til Jonas")]
    everybody = (await served.call("getLedger")).result["chats"]
    assert sorted(everybody) == sorted([str(amina.chat_id), str(jonas.chat_id)])


async def test_a_flood_answer_is_not_delivered(served: Served, amina: Phone) -> None:
    await faults(served, {"kind": "429", "count": 1, "retry_after": 17})
    bot = await served.bot()
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(amina.chat_id, "a")
    assert int(raised.value._retry_after.total_seconds()) == 17
    await bot.send_message(amina.chat_id, "b")
    assert await seen(served, amina) == [("message", "b")]
    assert (await served.call("getFaults")).result == {"429": 1}


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [("401", (401, "Unauthorized")), ("500", (500, "Internal Server Error: restart"))],
)
async def test_a_token_that_was_revoked_and_a_server_that_restarts(
    served: Served, amina: Phone, kind: str, refusal: tuple[int, str]
) -> None:
    await faults(served, {"kind": kind, "count": 1})
    assert (await served.call("sendMessage", chat_id=amina.chat_id, text="a")).refusal == refusal
    assert await seen(served, amina) == []


@pytest.mark.parametrize(("kind", "delivered"), [("502", []), ("502_after", [("message", "a")])])
async def test_a_bad_gateway_is_a_page_of_html(
    served: Served, amina: Phone, kind: str, delivered: list[tuple[str, str]]
) -> None:
    await faults(served, {"kind": kind, "count": 1})
    async with served.raw.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": amina.chat_id, "text": "a"}) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
    await faults(served, {"kind": kind, "count": 1})
    with pytest.raises(NetworkError):
        await (await served.bot()).send_message(amina.chat_id, "a")
    assert await seen(served, amina) == delivered * 2


async def test_a_time_out_after_delivery_leaves_the_sender_in_doubt(served: Served, amina: Phone) -> None:
    await faults(served, {"kind": "timeout_after", "count": 1})
    bot = await served.bot(read=0.5)
    with pytest.raises(TimedOut):
        await bot.send_message(amina.chat_id, "a")
    await bot.send_message(amina.chat_id, "a")
    book = await ledger(served, amina)
    assert ([entry["text"] for entry in book["entries"]], book["doubles"]) == (["a", "a"], [2])


@pytest.mark.parametrize(("kind", "delivered"), [("reset_before", []), ("reset_after", [("message", "a")])])
async def test_a_reset_before_or_after_delivery(
    served: Served, amina: Phone, kind: str, delivered: list[tuple[str, str]]
) -> None:
    await faults(served, {"kind": kind})
    bot = await served.bot()
    with pytest.raises(NetworkError):
        await bot.send_message(amina.chat_id, "a")
    with pytest.raises(aiohttp.ClientError):
        await served.call("sendMessage", chat_id=amina.chat_id, text="")
    assert await seen(served, amina) == delivered


async def test_a_slow_answer_comes_late_and_is_right(served: Served, amina: Phone) -> None:
    await faults(served, {"kind": "slow", "delay": 0.6, "count": 1})
    started = time.monotonic()
    assert (await served.call("sendMessage", chat_id=amina.chat_id, text="a")).result["text"] == "a"
    assert 0.5 < time.monotonic() - started < 3


async def test_faults_strike_the_methods_and_chats_they_name(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    await faults(served, {"kind": "429", "methods": ["sendMessage"], "chat_id": amina.chat_id})
    assert (await served.call("sendMessage", chat_id=jonas.chat_id, text="a")).status == 200
    assert (await served.call("sendMessage", chat_id=amina.chat_id, text="a")).status == 429
    assert (await served.call("sendChatAction", chat_id=amina.chat_id, action="typing")).status == 200
    assert (await served.call("getMe")).status == 200
    await faults(served)
    assert (await served.call("sendMessage", chat_id=amina.chat_id, text="a")).status == 200


async def test_a_probability_strikes_the_same_calls_for_the_same_seed(served: Served, amina: Phone) -> None:
    runs = []
    for seed in (1, 1, 2):
        await faults(served, {"kind": "429", "probability": 0.5}, seed=seed)
        sends = [await served.call("sendMessage", chat_id=amina.chat_id, text="a") for _ in range(30)]
        runs.append([answer.status for answer in sends])
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert set(runs[0]) == {200, 429}


async def test_a_hanging_caller_does_not_hold_up_the_end(served: Served, amina: Phone) -> None:
    await faults(served, {"kind": "timeout_after", "delay": 300})
    hanging = asyncio.create_task(served.call("sendMessage", chat_id=amina.chat_id, text="a"))
    await asyncio.sleep(0.2)
    started = time.monotonic()
    await served.restart()
    assert time.monotonic() - started < 3
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await hanging


@pytest.mark.parametrize("rules", ["x", [1], [{"kind": "flood"}], [{"kind": "429", "count": "x"}]])
async def test_wrong_faults_are_refused(served: Served, rules: object) -> None:
    assert (await served.call("setFaults", faults=rules)).status == 400


async def test_without_the_extensions_their_methods_do_not_exist(served: Served, amina: Phone) -> None:
    await served.restart(extensions=False)
    for method in (
        "createChatSession",
        "createChats",
        "setBlocked",
        "editAsUser",
        "setFaults",
        "getFaults",
        "getLedger",
        "setClockOffset",
    ):
        answer = await served.call(method, chat_id=amina.chat_id)
        assert (method, answer.refusal) == (method, (404, "Not Found: method not found"))
    await amina.post("session", 404, session="x")
    assert (await served.call("setChatHeader", chat_id=amina.chat_id, title="Siri", subtitle="")).result is True
    assert sorted((await served.call("createSignIn", chat_id=amina.chat_id)).result) == ["expires_at", "token"]
    assert (await served.call("requirePin", chat_id=amina.chat_id, required=False)).result is True
    assert (await served.call("forgetChat", chat_id=1)).result is False
    await served.call("sendMessage", chat_id=amina.chat_id, text="ikke i bogen")
    await served.restart(extensions=True)
    assert await seen(served, amina) == []
