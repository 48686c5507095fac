"""A: the same check-in as aiogram's own examples would write it.

A state for each person in memory, updates side by side, aiohttp, long polling, and a commit for every answer. Runs in
an environment of its own and imports nothing of Hørt.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message


class Asking(StatesGroup):
    """Where somebody is."""

    question = State()


async def main(api: str, token: str, data: Path, read: dict[str, Any]) -> None:
    items, options, thanks = read["items"], read["options"], read["thanks"]
    answers = sqlite3.connect(data / "answers.sqlite3")
    answers.execute("CREATE TABLE IF NOT EXISTS answer (chat INTEGER, item TEXT, value INTEGER, at TEXT)")
    answers.commit()
    dispatcher = Dispatcher()

    def keyboard() -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text=label, callback_data=str(code))] for code, label in options]
        )

    @dispatcher.message(Command("checkin"))
    async def begin(message: Message, state: FSMContext) -> None:
        await state.set_state(Asking.question)
        await state.update_data(place=0)
        await message.answer(items[0][1], reply_markup=keyboard())

    @dispatcher.callback_query(Asking.question, F.data)
    async def answer(query: CallbackQuery, state: FSMContext) -> None:
        await query.answer()
        place = (await state.get_data())["place"]
        answers.execute(
            "INSERT INTO answer VALUES (?, ?, ?, datetime('now'))",
            (query.from_user.id, items[place][0], int(query.data)),
        )
        answers.commit()
        if place + 1 < len(items):
            await state.update_data(place=place + 1)
            await query.message.edit_text(items[place + 1][1], reply_markup=keyboard())
        else:
            await state.clear()
            await query.message.edit_text(thanks)

    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    await dispatcher.start_polling(bot, polling_timeout=25)


if __name__ == "__main__":
    asyncio.run(
        main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), json.loads(Path(sys.argv[4]).read_text(encoding="utf-8")))
    )
