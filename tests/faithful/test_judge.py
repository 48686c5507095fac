"""The judge itself: what is right passes, what is wrong does not."""

from typing import Any

from tests.faithful.aiograms import Aiogram

CHAT = {"id": 7, "type": "private", "first_name": "Ung"}
MESSAGE = {"message_id": 1, "date": 1_795_262_400, "chat": CHAT, "text": "hej"}


def call(params: dict[str, Any], answer: dict[str, Any], method: str = "sendMessage") -> dict[str, Any]:
    return {"method": method, "params": params, "files": [], "answer": answer}


async def test_what_telegram_does_not_know_is_found_wherever_it_stands(aiogram: Aiogram) -> None:
    sent = {"ok": True, "result": MESSAGE}
    refused = {"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": 3}}
    markup = '{"inline_keyboard": [[{"text": "Ja", "callback_data": "ja", "colour": "red"}]]}'
    assert await aiogram.judge(
        [
            call({"chat_id": "7", "text": "hej", "disable_notification": "true"}, sent),
            call({"chat_id": 7, "text": "hej"}, refused),
            call({"chat_id": 7, "text": "hej", "volume": 3}, sent),
            call({"chat_id": 7, "text": "hej", "reply_markup": markup}, sent),
            call({"text": "hej"}, sent),
            call({"chat_id": 7, "text": "hej"}, {"ok": True, "result": MESSAGE | {"mood": "x"}}),
            call({"chat_id": 7, "text": "hej"}, {"ok": True, "result": {"message_id": 1}}),
            call({}, {"ok": True, "result": True}, "setChatHeader"),
            {"update": {"update_id": 1, "message": MESSAGE}},
            {"update": {"update_id": 1, "message": MESSAGE, "rumour": {}}},
            {"update": {"update_id": 1, "message": {"text": "hej"}}},
        ]
    ) == [
        [],
        [],
        ["sendMessage.volume: unknown"],
        ["sendMessage.reply_markup.inline_keyboard[0][0].colour: unknown"],
        ["sendMessage.chat_id: missing"],
        ["sendMessage().result.mood: unknown"],
        ["sendMessage().result.date: missing", "sendMessage().result.chat: missing"],
        ["setChatHeader: no such method"],
        [],
        ["Update.rumour: unknown"],
        ["Update.message.message_id: missing", "Update.message.date: missing", "Update.message.chat: missing"],
    ]
