from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import BadRequest, Forbidden, InvalidToken

from bot.webchat.errors import NOT_MODIFIED, bad_request
from tests.webchat.served import TOKEN, Phone, Served

PRESS = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="ja")]])


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


async def refused(served: Served, method: str, **params: Any) -> str:
    status, description = (await served.call(method, **params)).refusal
    assert status == 400
    return description.removeprefix("Bad Request: ")


async def test_a_message_comes_back_as_telegram_gives_it(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_message(
        amina.chat_id,
        "<b>Hej</b> 😀 <i>du</i>",
        parse_mode="HTML",
        reply_markup=PRESS,
        disable_notification=True,
        protect_content=True,
    )
    assert isinstance(sent, Message)
    assert sent.from_user is not None
    assert (sent.text, sent.message_id, sent.chat.id) == ("Hej 😀 du", 1, amina.chat_id)
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 0, 3), ("italic", 7, 2)]
    assert (sent.from_user.is_bot, sent.has_protected_content) == (True, True)
    assert sent.reply_markup == PRESS
    assert await amina.messages() == [
        {
            "id": 1,
            "from": "bot",
            "date": int(served.clock.now),
            "edited": False,
            "deleted": False,
            "text": "Hej 😀 du",
            "entities": [{"type": "bold", "offset": 0, "length": 3}, {"type": "italic", "offset": 7, "length": 2}],
            "buttons": [[{"text": "Ja", "data": "ja"}]],
            "pressed": None,
            "photo": None,
            "document": None,
            "reply_to": None,
            "silent": True,
            "state": "received",
        }
    ]


async def test_message_numbers_rise_within_a_chat_whoever_speaks(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    await amina.write("a")
    sent = (await served.call("sendMessage", chat_id=amina.chat_id, text="b")).result
    await amina.write("c")
    other = (await served.call("sendMessage", chat_id=jonas.chat_id, text="d")).result
    assert (sent["message_id"], other["message_id"]) == (2, 1)
    assert [m["id"] for m in await amina.messages()] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "message text is empty"),
        (" \n\t ", "text must be non-empty"),
        ("x" * 4097, "message is too long"),
        ("𝕳" * 4097, "message is too long"),
        ("x" * 32_769, "text is too long"),
        ("\ud800", "strings must be encoded in UTF-8"),
    ],
)
async def test_texts_that_telegram_refuses(served: Served, amina: Phone, text: str, error: str) -> None:
    assert await refused(served, "sendMessage", chat_id=amina.chat_id, text=text) == error
    assert await amina.messages() == []


async def test_the_limit_counts_characters_after_the_tags_are_gone(served: Served, amina: Phone) -> None:
    text = f"<b>{'𝕳' * 4096}</b>"
    sent = (await served.call("sendMessage", chat_id=amina.chat_id, text=text, parse_mode="html")).result
    assert (len(sent["text"]), sent["entities"]) == (4096, [{"type": "bold", "offset": 0, "length": 8192}])


async def test_wrong_markup_is_refused_with_the_place_of_the_error(served: Served, amina: Phone) -> None:
    error = await refused(served, "sendMessage", chat_id=amina.chat_id, text="æ<x>", parse_mode="HTML")
    assert error == 'can\'t parse entities: Unsupported start tag "x" at byte offset 2'
    error = await refused(served, "sendMessage", chat_id=amina.chat_id, text="x", parse_mode="Wiki")
    assert error == "unsupported parse_mode"


@pytest.mark.parametrize(
    ("chat_id", "status", "description"),
    [
        ("", 400, "Bad Request: chat_id is empty"),
        (42, 400, "Bad Request: chat not found"),
        (-100123, 400, "Bad Request: chat not found"),
        ("@siri", 400, "Bad Request: chat not found"),
        ("9" * 30, 400, "Bad Request: chat not found"),
    ],
)
async def test_chats_that_are_not_there(served: Served, chat_id: object, status: int, description: str) -> None:
    answer = await served.call("sendMessage", chat_id=chat_id, text="hej")
    assert answer.refusal == (status, description)


async def test_the_bot_cannot_write_first(served: Served) -> None:
    leila = await served.phone("Leila", started=False)
    bot = await served.bot()
    with pytest.raises(Forbidden) as raised:
        await bot.send_message(leila.chat_id, "hej")
    assert raised.value.message == "Forbidden: bot can't initiate conversation with a user"
    await leila.start()
    assert (await bot.send_message(leila.chat_id, "hej")).message_id == 2


async def test_a_blocked_bot_can_neither_write_nor_edit(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_message(amina.chat_id, "hej")
    await amina.post("block", blocked=True)
    for deed in (
        bot.send_message(amina.chat_id, "x"),
        sent.edit_text("x"),
        sent.delete(),
        bot.send_chat_action(amina.chat_id, "typing"),
    ):
        with pytest.raises(Forbidden) as raised:
            await deed
        assert raised.value.message == "Forbidden: bot was blocked by the user"
    assert await amina.texts() == ["hej"]
    await amina.write("x", status=409)
    await amina.start()
    assert (await bot.send_message(amina.chat_id, "igen")).text == "igen"


async def test_an_account_that_is_gone_can_neither_be_written_to_nor_come_back_by_itself(
    served: Served, amina: Phone
) -> None:
    bot = await served.bot()
    sent = await bot.send_message(amina.chat_id, "hej")
    assert (await served.call("setDeactivated", chat_id=amina.chat_id, deactivated=True)).result is True
    for deed in (
        bot.send_message(amina.chat_id, "x"),
        sent.edit_text("x"),
        bot.send_chat_action(amina.chat_id, "typing"),
    ):
        with pytest.raises(Forbidden) as raised:
            await deed
        assert raised.value.message == "Forbidden: user is deactivated"
    assert (await bot.get_chat(amina.chat_id)).id == amina.chat_id
    assert await amina.post("start", 409) == {"error": "blocked"}
    refused = await served.call("setBlocked", chat_id=amina.chat_id, blocked=False)
    assert refused.refusal == (400, "Bad Request: user is deactivated")
    assert await served.updates() == []
    await served.call("setDeactivated", chat_id=amina.chat_id, deactivated=False)
    assert (await bot.send_message(amina.chat_id, "igen")).text == "igen"


@pytest.mark.parametrize(
    ("token", "status", "description"),
    [
        (TOKEN[:-1] + "x", 401, "Unauthorized"),
        ("42:" + "x" * 35, 401, "Unauthorized"),
        ("0" + TOKEN, 401, "Unauthorized: invalid token specified"),
        (TOKEN + "x" * 60, 401, "Unauthorized: invalid token specified"),
        (TOKEN.replace(":", "_"), 401, "Unauthorized: invalid token specified"),
        ("-1:x", 401, "Unauthorized: invalid token specified"),
        (f"{1 << 54}:x", 401, "Unauthorized: invalid token specified"),
        ("bot:x", 421, "Misdirected Request: unallowed token specified"),
    ],
)
async def test_a_token_is_refused_by_what_is_wrong_with_it(
    served: Served, token: str, status: int, description: str
) -> None:
    async with served.raw.post(f"/bot{token}/getMe") as answer:
        assert (answer.status, await answer.json()) == (
            status,
            {"ok": False, "error_code": status, "description": description},
        )


@pytest.mark.parametrize(
    ("said", "description"),
    [
        ("Message text is empty", "Bad Request: message text is empty"),
        ("Text is too long", "Bad Request: text is too long"),
        ("can't parse entities: x", "Bad Request: can't parse entities: x"),
        ("BUTTON_DATA_INVALID", "Bad Request: BUTTON_DATA_INVALID"),
        ("A_b", "Bad Request: A_b"),
        ("X", "Bad Request: x"),
    ],
)
def test_the_first_letter_is_lowered_unless_it_begins_a_code(said: str, description: str) -> None:
    assert bad_request(said).description == description


async def test_a_wrong_token_a_wrong_path_and_an_unknown_method(served: Served) -> None:
    async with served.raw.post(f"/bot{TOKEN[:-1]}x/getMe") as answer:
        assert (answer.status, await answer.json()) == (
            401,
            {"ok": False, "error_code": 401, "description": "Unauthorized"},
        )
    async with served.raw.get("/") as answer:
        assert (answer.status, (await answer.json())["description"]) == (404, "Not Found")
    assert (await served.call("getGame")).refusal == (404, "Not Found: method not found")
    assert (await served.call("GETME")).result["username"] == "hoert_bot"
    bot = await served.bot()
    bot._token = "1:x"
    bot._base_url = bot._base_url.replace(TOKEN, "1:x")
    with pytest.raises(InvalidToken):
        await bot.get_me()


@pytest.mark.parametrize(
    ("buttons", "error"),
    [
        ([[{"text": "x", "callback_data": "x" * 65}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "x", "callback_data": "æ" * 33}]], "BUTTON_DATA_INVALID"),
        (
            [[{"text": "x", "callback_data": ""}]],
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ([[{"callback_data": "x"}]], "can't parse inline keyboard button: Can't find field \"text\""),
        ([["x"]], "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        ([{"text": "x"}], 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        ([[{"text": "x", "callback_data": str(n)}] for n in range(101)], "reply markup is too long"),
        (
            [[{"text": "x", "url": "tel://112"}]],
            "inline keyboard button URL 'tel://112' is invalid: Unsupported URL protocol",
        ),
        (
            [[{"text": "x", "url": "http://localhost/"}]],
            "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
        ),
    ],
)
async def test_keyboards_that_telegram_refuses(served: Served, amina: Phone, buttons: Any, error: str) -> None:
    markup = {"inline_keyboard": buttons}
    assert await refused(served, "sendMessage", chat_id=amina.chat_id, text="x", reply_markup=markup) == error
    assert await amina.messages() == []


async def test_a_hundred_buttons_with_64_bytes_each_are_fine(served: Served, amina: Phone) -> None:
    rows = [[{"text": "x", "callback_data": "æ" * 32}] for _ in range(100)]
    await served.call("sendMessage", chat_id=amina.chat_id, text="x", reply_markup=keyboard(*rows))
    assert len((await amina.messages())[0]["buttons"]) == 100


async def test_markup_that_is_no_object(served: Served, amina: Phone) -> None:
    to = {"chat_id": amina.chat_id, "text": "x"}
    error = await refused(served, "sendMessage", **to, reply_markup="{")
    assert error == "can't parse reply keyboard markup JSON object"
    assert await refused(served, "sendMessage", **to, reply_markup=[]) == "object expected as reply markup"
    assert (await served.call("sendMessage", **to, reply_markup={"remove_keyboard": True})).status == 200


async def test_an_edit_changes_the_message_and_its_place_stays(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    first = await bot.send_message(amina.chat_id, "første", reply_markup=PRESS)
    await bot.send_message(amina.chat_id, "anden")
    served.clock.sleep(3)
    edited = await first.edit_text("<i>rettet</i>", parse_mode="HTML")
    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    assert ((edited.edit_date - edited.date).seconds, edited.reply_markup) == (3, None)
    assert [(m["text"], m["edited"], m["buttons"]) for m in await amina.messages()] == [
        ("rettet", True, []),
        ("anden", False, []),
    ]


async def test_an_edit_that_changes_nothing_is_refused(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_message(amina.chat_id, "<b>x</b>", parse_mode="HTML", reply_markup=PRESS)
    for deed in (
        sent.edit_text("<b>x</b> ", parse_mode="HTML", reply_markup=PRESS),
        sent.edit_reply_markup(PRESS),
    ):
        with pytest.raises(BadRequest) as raised:
            await deed
        assert raised.value.message.lower() == NOT_MODIFIED
    answer = await served.call(
        "editMessageReplyMarkup", chat_id=amina.chat_id, message_id=1, reply_markup=PRESS.to_dict()
    )
    assert answer.refusal == (400, f"Bad Request: {NOT_MODIFIED}")
    edited = await sent.edit_text("x", reply_markup=PRESS)
    assert isinstance(edited, Message)
    assert (edited.text, edited.entities) == ("x", ())


async def test_taking_buttons_away_is_not_shown_as_an_edit(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_message(amina.chat_id, "x", reply_markup=PRESS)
    await sent.edit_reply_markup(None)
    assert [(m["buttons"], m["edited"]) for m in await amina.messages()] == [([], False)]


async def test_messages_that_are_not_there_or_not_the_bots(served: Served, amina: Phone) -> None:
    mine = await amina.write("mit")
    to = {"chat_id": amina.chat_id}
    assert await refused(served, "editMessageText", **to, message_id=9, text="x") == "message to edit not found"
    assert await refused(served, "editMessageText", **to, text="x") == "message to edit not found"
    assert await refused(served, "editMessageText", **to, message_id=mine["id"], text="x") == "message can't be edited"
    assert await refused(served, "editMessageText", **to, message_id=mine["id"], text="") == "message text is empty"
    assert await refused(served, "editMessageText", text="x") == "message identifier is not specified"
    assert await refused(served, "deleteMessage", **to, message_id=9) == "message to delete not found"
    assert (
        await refused(served, "sendMessage", **to, text="x", reply_parameters={"message_id": 9})
        == "message to be replied not found"
    )


async def test_a_reply_shows_what_it_replies_to(served: Served, amina: Phone) -> None:
    mine = await amina.write("mit")
    bot = await served.bot()
    sent = await bot.send_message(amina.chat_id, "svar", reply_to_message_id=mine["id"])
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "mit"
    lost = await bot.send_message(amina.chat_id, "svar", reply_to_message_id=99, allow_sending_without_reply=True)
    assert lost.reply_to_message is None
    assert [m["reply_to"] for m in await amina.messages()] == [None, 1, None]


async def test_a_deleted_message_is_gone_and_its_number_stays_used(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    sent = await bot.send_message(amina.chat_id, "væk", reply_markup=PRESS)
    cursor = (await amina.get("messages"))["cursor"]
    assert await sent.delete() is True
    changed = await amina.messages(f"?after={cursor}")
    assert [(m["id"], m["deleted"], m["text"], m["buttons"]) for m in changed] == [(1, True, "", [])]
    assert await amina.messages() == []
    assert (await bot.send_message(amina.chat_id, "ny")).message_id == 2
    with pytest.raises(BadRequest) as raised:
        await sent.edit_text("x")
    assert raised.value.message == "Message to edit not found"


async def test_messages_older_than_two_days_cannot_be_deleted(served: Served, amina: Phone) -> None:
    await served.call("sendMessage", chat_id=amina.chat_id, text="x")
    served.clock.sleep(48 * 3600 + 1)
    error = await refused(served, "deleteMessage", chat_id=amina.chat_id, message_id=1)
    assert error == "message can't be deleted for everyone"


async def test_several_messages_are_deleted_at_once_and_missing_ones_skipped(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    for text in ("a", "b", "c"):
        await bot.send_message(amina.chat_id, text)
    assert await bot.delete_messages(amina.chat_id, [1, 3, 77]) is True
    assert await amina.texts() == ["b"]


async def test_a_chat_action_needs_a_known_word(served: Served, amina: Phone) -> None:
    assert await (await served.bot()).send_chat_action(amina.chat_id, "typing") is True
    error = await refused(served, "sendChatAction", chat_id=amina.chat_id, action="dancing")
    assert error == "wrong parameter action in request"


async def test_nobody_reads_anothers_chat(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    await served.call("sendMessage", chat_id=amina.chat_id, text="til Amina")
    assert await jonas.messages() == []
    assert (await jonas.press(1, "ja", status=404)) == {"error": "no_such_button"}


async def test_the_bot_may_ask_who_somebody_is(served: Served, amina: Phone) -> None:
    chat = await (await served.bot()).get_chat(amina.chat_id)
    assert (chat.id, chat.type, chat.first_name) == (amina.chat_id, "private", "Amina")


@pytest.mark.parametrize("body", [b"[]", b"{", b'"x"', b"\xff\xfe", b"[" * 20_000])
async def test_a_body_that_is_no_object_is_refused(served: Served, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with served.raw.post(f"/bot{TOKEN}/sendMessage", data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["ok"]) == (400, False)
