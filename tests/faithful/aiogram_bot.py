"""Runs under `.venv-aiogram`: a small bot written with aiogram, which knows nothing of Hørt and everything of Telegram.

Every line of input asks for something: {"do": "judge", "lines"} for verdicts, {"do": "play", "api", "token", "secret"}
to talk to a server until {"do": "stop"}. Every line it writes is one thing that happened.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyParameters,
    Update,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiogram_judge import verdict
from aiohttp import web
from pydantic import BaseModel

BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Ja", callback_data="ja"), InlineKeyboardButton(text="Nej", callback_data="nej")],
        [InlineKeyboardButton(text="Læs", url="https://www.dr.dk/a")],
    ]
)
FILES = {"document": ("plan.txt", b"plan" * 9), "voice": ("svar.ogg", b"OggS" * 7)}


def tell(kind: str, **facts: Any) -> None:
    """One thing that happened."""
    sys.stdout.write(json.dumps({"kind": kind, **facts}) + "\n")
    sys.stdout.flush()


async def tried(call: Awaitable[object]) -> str:
    """What aiogram makes of the answer to a call."""
    try:
        await call
    except AiogramError as failure:
        wait = getattr(failure, "retry_after", None)
        said = getattr(failure, "message", "")
        return f"{type(failure).__name__} {wait}" if wait is not None else f"{type(failure).__name__}: {said}"
    return "fine"


def unknown(found: object) -> list[str]:
    """Names of fields that aiogram does not know, anywhere in an object."""
    if isinstance(found, list):
        return [name for one in found for name in unknown(one)]
    if not isinstance(found, BaseModel):
        return []
    inside = [name for field in type(found).model_fields for name in unknown(getattr(found, field))]
    return [*(found.model_extra or {}), *inside]


async def noticed(handler: Callable[..., Awaitable[Any]], update: Update, data: dict[str, Any]) -> object:
    """Tells of every update before it is handled."""
    tell("update", type=update.event_type, unknown=unknown(update))
    return await handler(update, data)


async def started(message: Message, command: CommandObject) -> None:
    """/start with its payload: a greeting with buttons, in HTML."""
    sent = await message.answer(f"Hej <b>du</b> 😀 {command.args}", parse_mode="HTML", reply_markup=BUTTONS)
    entities = [(one.type, one.extract_from(sent.text or "")) for one in sent.entities or []]
    tell("greeted", payload=command.args, entities=entities, unknown=unknown(sent))


async def pressed(query: CallbackQuery, bot: Bot) -> None:
    """A press: answered, its message edited, once too often."""
    message = query.message
    assert isinstance(message, Message)
    answered = [await tried(query.answer("Noteret")), await tried(query.answer("igen"))]
    edits = [await tried(message.edit_text(f"Du trykkede {query.data}")) for _ in range(2)]
    gone = await tried(bot.edit_message_reply_markup(chat_id=message.chat.id, message_id=9999))
    tell("pressed", data=query.data, answered=answered, edits=edits, gone=gone)


async def sends_files(message: Message, bot: Bot) -> None:
    """Uploads by multipart, and what comes back by getFile."""
    picture = BufferedInputFile(bytes.fromhex(str(message.text).partition(" ")[2]), "billede.png")
    photo = await message.answer_photo(picture, caption="<i>se</i>", parse_mode="HTML")
    document = await message.answer_document(BufferedInputFile(FILES["document"][1], "plan.txt"))
    voice = await message.answer_voice(BufferedInputFile(FILES["voice"][1], "svar.ogg"), duration=7)
    parts = [(photo.photo or [None])[-1], document.document, voice.voice]
    digests = []
    for part in parts:
        file = await bot.get_file(part.file_id if part else "")
        content = await bot.download_file(str(file.file_path))
        digests.append(sha256(content.read() if content else b"").hexdigest())
    again = await message.answer_document(document.document.file_id if document.document else "")
    facts = unknown([photo, document, voice, again])
    tell("files", digests=digests, duration=voice.voice.duration if voice.voice else None, unknown=facts)


async def meets_trouble(message: Message, bot: Bot) -> None:
    """The same call again and again, while the server fails in its ways."""
    met = [await tried(message.answer("x")) for _ in range(6)]
    wrong = [
        await tried(bot.send_message(42, "x")),
        await tried(message.answer("<x>", parse_mode="HTML")),
        await tried(message.answer("x" * 4097)),
        await tried(message.answer(" \n ")),
        await tried(message.answer("x", reply_parameters=ReplyParameters(message_id=9999))),
        await tried(bot.get_file("x" * 30)),
        await tried(bot.get_game_high_scores(user_id=1, chat_id=1, message_id=1)),
    ]
    tell("trouble", met=met, wrong=wrong)


async def membership_changed(change: ChatMemberUpdated, bot: Bot) -> None:
    """Blocked: what happens to a message?"""
    outcome = await tried(bot.send_message(change.chat.id, "er du der?"))
    tell("member", status=change.new_chat_member.status, outcome=outcome)


async def edited(message: Message) -> None:
    """The person edited something."""
    tell("edited", seconds=(message.edit_date or 0) - int(message.date.timestamp()))


async def echo(message: Message) -> None:
    """Anything else comes back as it was."""
    await message.reply(str(message.text))


def dispatcher() -> Dispatcher:
    """The handlers in order."""
    found = Dispatcher()
    found.update.outer_middleware(noticed)
    found.message.register(started, CommandStart())
    found.message.register(sends_files, F.text.startswith("filer "))
    found.message.register(meets_trouble, F.text == "fejl")
    found.message.register(echo)
    found.edited_message.register(edited)
    found.callback_query.register(pressed)
    found.my_chat_member.register(membership_changed)
    return found


async def listening(bot: Bot, handlers: Dispatcher, secret: str) -> None:
    """Takes updates by webhook until the input ends."""
    app = web.Application()
    SimpleRequestHandler(handlers, bot, handle_in_background=False, secret_token=secret).register(app, path="/hook")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.set_webhook(url, secret_token=secret, allowed_updates=handlers.resolve_used_update_types())
    info = await bot.get_webhook_info()
    polled = await tried(bot.get_updates())
    tell("ready", same=info.url == url, allowed=info.allowed_updates, polled=polled, unknown=unknown(info))
    await heard()
    await bot.delete_webhook()
    await runner.cleanup()


async def heard() -> dict[str, Any]:
    """The next line of input; {} at the end."""
    line = await asyncio.to_thread(sys.stdin.readline)
    return dict(json.loads(line or "{}"))


async def play(told: dict[str, Any]) -> None:
    """Polls or, with a secret, listens until the next line."""
    server = TelegramAPIServer.from_base(told["api"])
    async with Bot(told["token"], session=AiohttpSession(api=server)) as bot:
        handlers = dispatcher()
        if told["secret"]:
            await listening(bot, handlers, told["secret"])
            return
        me = await bot.get_me()
        async with Bot(told["token"][:-1] + "_", session=AiohttpSession(api=server)) as stranger:
            tell("ready", username=me.username, stranger=await tried(stranger.get_me()), unknown=unknown(me))
        polling = asyncio.create_task(handlers.start_polling(bot, handle_signals=False, polling_timeout=20))
        await heard()
        await handlers.stop_polling()
        await polling


async def main() -> None:
    """Does as told until the input ends."""
    while told := await heard():
        if told["do"] == "judge":
            tell("judged", wrong=[verdict(line) for line in told["lines"]])
        else:
            await play(told)
            tell("stopped")


if __name__ == "__main__":
    asyncio.run(main())
