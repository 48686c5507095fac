import pytest
from telegram import CallbackQuery, Message
from telegram.error import BadRequest

from bot.webchat.errors import QUERY_TOO_OLD
from tests.webchat.served import Phone, Served

ROWS = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}, {"text": "Nej", "callback_data": "nej"}]]}
TOO_OLD = (400, f"Bad Request: {QUERY_TOO_OLD}")


async def ask(served: Served, phone: Phone) -> int:
    sent = await served.call("sendMessage", chat_id=phone.chat_id, text="?", reply_markup=ROWS)
    number: int = sent.result["message_id"]
    return number


async def queries(served: Served) -> list[CallbackQuery]:
    updates = await (await served.bot()).get_updates()
    return [update.callback_query for update in updates if update.callback_query]


async def test_a_press_arrives_with_its_message_and_stays_visible(served: Served, amina: Phone) -> None:
    number = await ask(served, amina)
    await amina.press(number, "nej")
    (query,) = await queries(served)
    assert isinstance(query.message, Message)
    assert (query.data, query.message.message_id, query.from_user.id) == ("nej", number, amina.chat_id)
    assert query.message.reply_markup is not None
    assert query.message.text == "?"
    assert [m["pressed"] for m in await amina.messages()] == ["nej"]
    await served.restart()
    assert [m["pressed"] for m in await amina.messages()] == ["nej"]


async def test_a_repeated_request_is_one_press_and_a_new_press_is_a_new_update(served: Served, amina: Phone) -> None:
    number = await ask(served, amina)
    await amina.press(number, "ja", client_id="one")
    await amina.press(number, "ja", client_id="one")
    await amina.press(number, "ja", client_id="two")
    found = await queries(served)
    assert [query.data for query in found] == ["ja", "ja"]
    assert found[0].id != found[1].id
    assert found[0].chat_instance == found[1].chat_instance


async def test_only_a_button_that_is_there_can_be_pressed(served: Served, amina: Phone) -> None:
    number = await ask(served, amina)
    assert await amina.press(number, "andet", status=404) == {"error": "no_such_button"}
    assert await amina.press(77, "ja", status=404) == {"error": "no_such_button"}
    await served.call("editMessageReplyMarkup", chat_id=amina.chat_id, message_id=number)
    assert await amina.press(number, "ja", status=404) == {"error": "no_such_button"}
    assert await queries(served) == []


async def test_a_press_is_answered_once(served: Served, amina: Phone) -> None:
    await amina.press(await ask(served, amina), "ja")
    (query,) = await queries(served)
    assert await query.answer() is True
    with pytest.raises(BadRequest) as raised:
        await query.answer()
    assert raised.value.message.lower() == QUERY_TOO_OLD.lower()


async def test_a_press_older_than_its_time_cannot_be_answered(served: Served, amina: Phone) -> None:
    await amina.press(await ask(served, amina), "ja")
    (query,) = await queries(served)
    served.clock.sleep(151)
    assert (await served.call("answerCallbackQuery", callback_query_id=query.id)).refusal == TOO_OLD


async def test_a_press_without_an_answer_comes_again_with_a_new_number_when_the_app_is_back(
    served: Served, amina: Phone
) -> None:
    await amina.press(await ask(served, amina), "ja")
    await amina.press(await ask(served, amina), "nej", client_id="nej")
    first, second = (await served.updates())[:2]
    assert (await served.call("answerCallbackQuery", callback_query_id=first["callback_query"]["id"])).result is True
    assert (await served.call("reconnect", chat_id=amina.chat_id)).result == 1
    third = (await served.updates(offset=second["update_id"] + 1))[0]
    query = third["callback_query"]
    assert (third["update_id"], query["data"]) == (second["update_id"] + 1, "nej")
    assert query["message"] == second["callback_query"]["message"]
    old = await served.call("answerCallbackQuery", callback_query_id=second["callback_query"]["id"])
    assert old.refusal == TOO_OLD
    await amina.press(query["message"]["message_id"], "nej", client_id="nej")
    assert await served.updates() == [third]
    assert (await served.call("answerCallbackQuery", callback_query_id=query["id"])).result is True
    assert (await served.call("reconnect", chat_id=amina.chat_id)).result == 0


async def test_a_press_on_a_message_that_is_gone_does_not_come_again(served: Served, amina: Phone) -> None:
    number = await ask(served, amina)
    await amina.press(number, "ja")
    await served.call("deleteMessage", chat_id=amina.chat_id, message_id=number)
    assert (await served.call("reconnect", chat_id=amina.chat_id)).result == 0


async def test_an_invented_press_cannot_be_answered(served: Served) -> None:
    for invented in ("", "1", "x", "9" * 19):
        assert (await served.call("answerCallbackQuery", callback_query_id=invented)).refusal == TOO_OLD


async def test_an_answer_has_at_most_200_characters(served: Served, amina: Phone) -> None:
    await amina.press(await ask(served, amina), "ja")
    (query,) = await queries(served)
    answer = await served.call("answerCallbackQuery", callback_query_id=query.id, text="x" * 201)
    assert answer.refusal == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert await query.answer("x" * 200) is True


async def test_the_mark_goes_when_the_button_goes(served: Served, amina: Phone) -> None:
    number = await ask(served, amina)
    await amina.press(number, "ja")
    to = {"chat_id": amina.chat_id, "message_id": number}
    await served.call("editMessageText", **to, text="??", reply_markup=ROWS)
    assert [m["pressed"] for m in await amina.messages()] == ["ja"]
    await served.call("editMessageText", **to, text="tak")
    assert [m["pressed"] for m in await amina.messages()] == [None]
    await served.call("editMessageText", **to, text="?", reply_markup=ROWS)
    assert [m["pressed"] for m in await amina.messages()] == [None]


async def test_nobody_presses_who_has_blocked_the_bot(served: Served, amina: Phone) -> None:
    number = await ask(served, amina)
    await amina.post("block", blocked=True)
    assert await amina.press(number, "ja", status=409) == {"error": "blocked"}


async def test_a_link_button_cannot_be_pressed(served: Served, amina: Phone) -> None:
    rows = {"inline_keyboard": [[{"text": "Læs", "url": "https://www.dr.dk/a"}]]}
    sent = await served.call("sendMessage", chat_id=amina.chat_id, text="?", reply_markup=rows)
    assert (await amina.messages())[0]["buttons"] == [[{"text": "Læs", "url": "https://www.dr.dk/a"}]]
    assert await amina.press(sent.result["message_id"], "https://www.dr.dk/a", status=404) == {
        "error": "no_such_button"
    }
