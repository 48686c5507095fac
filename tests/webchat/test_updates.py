import asyncio
import json
from typing import Any

import aiohttp
import pytest
from telegram import Update
from telegram.error import Conflict

from bot.webchat import limits
from bot.webchat.errors import OTHER_POLLER, POLL_ENDED_BY_WEBHOOK, WEBHOOK_ACTIVE
from bot.webchat.updates import ALL_KINDS
from tests.webchat.served import TOKEN, Phone, Served


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


def ids(updates: list[dict[str, Any]]) -> list[int]:
    return [update["update_id"] for update in updates]


async def test_a_deep_link_arrives_as_a_start_command_with_its_payload(served: Served) -> None:
    phone = served.browser()
    await phone.start("Abc-123_x", "en-GB")
    bot = await served.bot()
    update = (await bot.get_updates())[0]
    assert isinstance(update, Update)
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.text == "/start Abc-123_x"
    assert [(e.type, e.offset, e.length) for e in update.message.entities] == [("bot_command", 0, 6)]
    assert update.message.chat.id == update.message.from_user.id
    assert update.message.chat.type == "private"
    assert (update.message.from_user.is_bot, update.message.from_user.language_code) == (False, "en")


async def test_updates_come_again_until_an_offset_confirms_them(served: Served, amina: Phone) -> None:
    for text in ("a", "b", "c"):
        await amina.write(text)
    first = await served.updates()
    assert texts(first) == ["a", "b", "c"]
    assert ids(first) == list(range(first[0]["update_id"], first[0]["update_id"] + 3))
    assert await served.updates(offset=0) == first
    assert await served.updates(offset=first[0]["update_id"]) == first
    assert texts(await served.updates(offset=first[1]["update_id"])) == ["b", "c"]
    assert texts(await served.updates(offset=0)) == ["b", "c"]
    assert await served.updates(offset=first[2]["update_id"] + 1) == []
    assert await served.updates() == []


async def test_a_negative_offset_forgets_all_but_the_last(served: Served, amina: Phone) -> None:
    for text in ("a", "b", "c", "d"):
        await amina.write(text)
    assert texts(await served.updates(offset=-2)) == ["c", "d"]
    assert texts(await served.updates()) == ["c", "d"]
    assert [m["state"] for m in await amina.messages()] == ["sent"] * 4


async def test_an_offset_far_beyond_the_tail_confirms_nothing(served: Served, amina: Phone) -> None:
    await amina.write("a")
    last = (await served.updates())[0]["update_id"]
    assert texts(await served.updates(offset=last + 1 + 11)) == ["a"]
    assert await served.updates(offset=last + 1 + 10) == []


@pytest.mark.parametrize(("limit", "given"), [(1, 1), (3, 3), (0, 1), (-5, 1), (1000, 100)])
async def test_the_limit_is_one_to_a_hundred(served: Served, amina: Phone, limit: int, given: int) -> None:
    for number in range(105 if limit == 1000 else 4):
        await amina.write(str(number))
    assert len(await served.updates(limit=limit)) == given


async def test_a_poller_that_repeats_its_offset_at_once_gets_one_update(served: Served, amina: Phone) -> None:
    for text in ("a", "b"):
        await amina.write(text)
    assert texts((await served.call("getUpdates", offset=0)).result) == ["a", "b"]
    assert texts((await served.call("getUpdates", offset=0)).result) == ["a"]


async def test_a_short_poll_with_the_same_offset_waits_up_to_three_seconds(still: Served) -> None:
    assert (await still.call("getUpdates", offset=7)).result == []
    again = asyncio.create_task(still.call("getUpdates", offset=7))
    await still.polled()
    await still.later(2.5)
    assert not again.done()
    await still.later(0.5)
    assert (await again).result == []
    assert (await still.call("getUpdates", offset=8)).result == []


async def test_a_long_poll_answers_as_soon_as_somebody_writes(served: Served, amina: Phone) -> None:
    loop = asyncio.get_running_loop()
    poll = asyncio.create_task(served.updates(timeout=30))
    await asyncio.sleep(0.2)
    started = loop.time()
    await amina.write("hej")
    assert texts(await poll) == ["hej"]
    assert loop.time() - started < 1


@pytest.mark.parametrize(("asked", "given"), [(20, 20), (50, 50), (600, 50)])
async def test_a_long_poll_ends_empty_when_its_time_is_over(still: Served, asked: int, given: int) -> None:
    poll = asyncio.create_task(still.updates(timeout=asked))
    await still.polled()
    await still.later(given - 1)
    assert not poll.done()
    await still.later(1)
    assert await poll == []


async def test_a_poll_waits_on_while_the_bot_itself_writes(served: Served, amina: Phone) -> None:
    poll = asyncio.create_task(served.updates(timeout=20))
    await served.polled()
    sent = (await served.call("sendMessage", chat_id=amina.chat_id, text="?", reply_markup=_one_button())).result
    await served.call("deleteMessage", chat_id=amina.chat_id, message_id=sent["message_id"])
    assert not poll.done()
    await amina.write("hej")
    assert texts(await poll) == ["hej"]


async def test_of_two_pollers_the_older_is_told_to_stop_and_the_newer_gets_the_update(
    served: Served, amina: Phone
) -> None:
    older = asyncio.create_task((await served.bot()).get_updates(timeout=20))
    await asyncio.sleep(0.2)
    newer = asyncio.create_task(served.updates(timeout=20))
    with pytest.raises(Conflict) as raised:
        await older
    assert raised.value.message == f"Conflict: {OTHER_POLLER}"
    await amina.write("hej")
    assert texts(await newer) == ["hej"]


async def test_a_second_conflict_within_three_seconds_is_held_back(still: Served, amina: Phone) -> None:
    first = asyncio.create_task(still.call("getUpdates", timeout=20))
    await still.polled()
    second = asyncio.create_task(still.call("getUpdates", timeout=20))
    assert (await first).refusal == (409, f"Conflict: {OTHER_POLLER}")
    third = asyncio.create_task(still.call("getUpdates", timeout=20))
    await asyncio.sleep(0.1)
    await still.later(2.5)
    assert not second.done()
    await still.later(0.5)
    assert (await second).refusal == (409, f"Conflict: {OTHER_POLLER}")
    await amina.write("hej")
    assert texts((await third).result) == ["hej"]


async def test_polling_is_refused_while_a_webhook_is_set_and_ended_when_one_is(still: Served) -> None:
    served = still
    waiting = asyncio.create_task(served.call("getUpdates", timeout=20))
    await served.polled()
    assert (await served.call("setWebhook", url="https://127.0.0.1:9/x")).result is True
    assert (await waiting).refusal == (409, f"Conflict: {POLL_ENDED_BY_WEBHOOK}")
    await served.later(3)
    assert (await served.call("getUpdates")).refusal == (409, f"Conflict: {WEBHOOK_ACTIVE}")
    assert (await served.call("deleteWebhook")).result is True
    assert await served.updates() == []


async def test_only_the_kinds_asked_for_are_queued_from_then_on(served: Served, amina: Phone) -> None:
    await amina.write("before")
    assert texts(await served.updates(allowed_updates=["callback_query"])) == ["before"]
    await amina.write("after")
    sent = (await served.call("sendMessage", chat_id=amina.chat_id, text="?", reply_markup=_one_button())).result
    await amina.press(sent["message_id"], "x")
    await amina.post("block", blocked=True)
    assert [sorted(update) for update in await served.updates()] == [
        ["message", "update_id"],
        ["callback_query", "update_id"],
    ]
    assert (await served.call("getWebhookInfo")).result["allowed_updates"] == ["callback_query"]
    for wish in (None, "x", "[", 7, ["message", 7], {"message": True}):
        await served.updates(allowed_updates=wish)
    assert (await served.call("getWebhookInfo")).result["allowed_updates"] == ["callback_query"]
    await served.updates(allowed_updates=[])
    await amina.post("block", blocked=False)
    assert [sorted(update) for update in await served.updates()][-1] == ["my_chat_member", "update_id"]


def _one_button() -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        (["MESSAGE", "poll", "message"], ["message", "poll"]),
        ('["callback_query"]', ["callback_query"]),
        (["nothing_of_the_kind"], None),
        (
            [kind for kind in ALL_KINDS if kind not in ("chat_member", "message_reaction", "message_reaction_count")],
            None,
        ),
        (list(ALL_KINDS), list(ALL_KINDS)),
    ],
)
async def test_the_kinds_asked_for_are_kept_as_telegram_keeps_them(served: Served, wish: Any, kept: Any) -> None:
    await served.updates(allowed_updates=wish)
    await served.restart()
    await served.updates()
    assert (await served.call("getWebhookInfo")).result.get("allowed_updates") == kept


async def test_a_kind_that_is_asked_for_too_late_is_not_there(served: Served, amina: Phone) -> None:
    await served.updates(allowed_updates=["callback_query"])
    await amina.write("ikke ønsket")
    await served.updates(allowed_updates=["message"])
    await amina.write("ønsket")
    assert texts(await served.updates()) == ["ønsket"]


async def test_an_update_over_64_kib_is_never_seen(served: Served, amina: Phone) -> None:
    rows = [[{"text": "x" * 64, "callback_data": f"{number:064}"}] for number in range(100)]
    for text in ("x" * 4096, "😀" * 4096):
        shown = {"text": text, "reply_markup": {"inline_keyboard": rows}}
        sent = (await served.call("sendMessage", chat_id=amina.chat_id, **shown)).result
        await amina.press(sent["message_id"], f"{0:064}")
    assert [update["callback_query"]["message"]["message_id"] for update in await served.updates()] == [1]


async def test_a_poll_gives_four_mebibytes_at_most(
    served: Served, amina: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await amina.write("æ" * 1000)
    whole = await served.updates()
    size = len(json.dumps(whole[0], separators=(",", ":"))) + 50
    assert (len(whole), size > 6000) == (3, True)
    monkeypatch.setattr(limits, "UPDATES_PER_POLL_BYTES", 2 * size + 10)
    assert await served.updates() == whole[:2]


async def test_an_edit_waits_24_hours_from_the_edit(served: Served, amina: Phone) -> None:
    message = await amina.write("hej")
    served.clock.sleep(3600)
    await served.call("editAsUser", chat_id=amina.chat_id, message_id=message["id"], text="hej igen")
    served.clock.sleep(86_399)
    assert [sorted(update) for update in await served.updates()] == [["edited_message", "update_id"]]
    served.clock.sleep(1)
    assert await served.updates() == []


async def test_a_message_waits_24_hours_and_a_press_150_seconds(served: Served, amina: Phone) -> None:
    sent = (await served.call("sendMessage", chat_id=amina.chat_id, text="?", reply_markup=_one_button())).result
    await amina.write("hej")
    await amina.press(sent["message_id"], "x")
    served.clock.sleep(149)
    assert len(await served.updates()) == 2
    served.clock.sleep(2)
    assert texts(await served.updates()) == ["hej"]
    served.clock.sleep(86_400 - 152)
    assert texts(await served.updates()) == ["hej"]
    served.clock.sleep(2)
    assert await served.updates() == []


async def test_the_clock_can_be_moved_by_a_test(served: Served, amina: Phone) -> None:
    await amina.write("hej")
    await served.call("setClockOffset", seconds=86_401)
    assert await served.updates() == []
    await served.call("setClockOffset", seconds=0)
    assert await served.updates() == []


async def test_numbers_jump_after_a_week_of_silence(served: Served, amina: Phone) -> None:
    await amina.write("før")
    before = (await served.updates())[0]["update_id"]
    served.clock.sleep(7 * 86_400)
    await amina.write("a")
    assert ids(await served.updates(offset=before + 1)) == [before + 1]
    first = before + 1
    served.clock.sleep(7 * 86_400 + 1)
    await amina.write("b")
    assert ids(await served.updates(offset=first + 1)) != [first + 1]
    assert texts(await served.updates()) == ["b"]


async def test_everything_survives_a_restart(served: Served, amina: Phone) -> None:
    sent = (await served.call("sendMessage", chat_id=amina.chat_id, text="?", reply_markup=_one_button())).result
    await amina.write("a")
    await amina.write("b")
    first = await served.updates()
    await served.updates(offset=first[1]["update_id"], allowed_updates=["message", "callback_query"])
    before = await amina.messages()
    await served.restart()
    assert await served.updates() == first[1:]
    assert await amina.messages() == before
    await amina.write("c")
    await amina.press(sent["message_id"], "x")
    after = await served.updates()
    assert ids(after) == [first[1]["update_id"] + step for step in range(3)]
    assert [m["id"] for m in await amina.messages()] == [1, 2, 3, 4]
    assert (await served.call("getWebhookInfo")).result["allowed_updates"] == ["message", "callback_query"]


async def test_ticks_show_what_the_bot_has_confirmed(served: Served, amina: Phone) -> None:
    await amina.write("a")
    await amina.write("b")
    cursor = (await amina.get("messages"))["cursor"]
    updates = await served.updates()
    assert [m["state"] for m in await amina.messages()] == ["sent", "sent"]
    await served.updates(offset=updates[1]["update_id"])
    changed = await amina.get(f"messages?after={cursor}")
    assert [(m["id"], m["state"]) for m in changed["messages"]] == [(1, "received")]
    assert changed["cursor"] > cursor


async def test_an_edit_of_the_person_is_an_edited_message(served: Served, amina: Phone) -> None:
    message = await amina.write("hej")
    served.clock.sleep(5)
    await served.call("editAsUser", chat_id=amina.chat_id, message_id=message["id"], text="hej igen")
    edited = (await served.updates())[1]["edited_message"]
    assert (edited["text"], edited["edit_date"] - edited["date"]) == ("hej igen", 5)
    assert [(m["text"], m["edited"]) for m in await amina.messages()] == [("hej igen", True)]


async def test_blocking_is_told_and_so_is_coming_back(served: Served, amina: Phone) -> None:
    await amina.post("block", blocked=True)
    await amina.post("block", blocked=True)
    await served.call("setBlocked", chat_id=amina.chat_id, blocked=False)
    bot = await served.bot()
    changes = [update.my_chat_member for update in await bot.get_updates()]
    assert [(c.old_chat_member.status, c.new_chat_member.status) for c in changes if c] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert await amina.write("x", status=200)


async def test_parameters_may_come_as_json_form_query_or_multipart(served: Served, amina: Phone) -> None:
    await amina.write("a")
    url = f"/bot{TOKEN}/getUpdates"
    form = aiohttp.FormData({"limit": "1"}, default_to_multipart=True)
    answers = []
    for ways in ({"json": {"limit": 1}}, {"data": {"limit": "1"}}, {"params": {"limit": "1"}}, {"data": form}):
        async with served.raw.post(url, **ways) as answer:
            answers.append((answer.status, (await answer.json())["result"][0]["message"]["text"]))
    async with served.raw.get(url, params={"limit": "1", "allowed_updates": '["message"]'}) as answer:
        answers.append((answer.status, (await answer.json())["result"][0]["message"]["text"]))
    assert answers == [(200, "a")] * 5
