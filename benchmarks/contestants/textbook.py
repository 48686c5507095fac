"""T: the check-in as python-telegram-bot's own examples would write it.

ConversationHandler, PicklePersistence, updates one after the other, httpx, long polling, and a commit for every answer.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
from pathlib import Path

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,  # noqa: TID251 (this is the bot we are measured against)
    PicklePersistence,
)

ASKING = 0


class CheckIn:
    """The handlers of the conversation."""

    def __init__(self, data: Path, texts: Path) -> None:
        texts_read = json.loads(texts.read_text(encoding="utf-8"))
        self.items: list[list[str]] = texts_read["items"]
        self.thanks: str = texts_read["thanks"]
        self.options: list[tuple[int, str]] = texts_read["options"]
        self.answers = sqlite3.connect(data / "answers.sqlite3")
        self.answers.execute("CREATE TABLE IF NOT EXISTS answer (chat INTEGER, item TEXT, value INTEGER, at TEXT)")
        self.answers.commit()

    def keyboard(self) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(label, callback_data=str(code))] for code, label in self.options]
        )

    async def begin(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        assert update.message is not None
        assert context.user_data is not None
        context.user_data["place"] = 0
        await update.message.reply_text(self.items[0][1], reply_markup=self.keyboard())
        return ASKING

    async def answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        assert query is not None
        assert query.data is not None
        assert context.user_data is not None
        await query.answer()
        place = context.user_data["place"]
        self.answers.execute(
            "INSERT INTO answer VALUES (?, ?, ?, datetime('now'))",
            (query.from_user.id, self.items[place][0], int(query.data)),
        )
        self.answers.commit()
        context.user_data["place"] = place + 1
        if place + 1 < len(self.items):
            await query.edit_message_text(self.items[place + 1][1], reply_markup=self.keyboard())
            return ASKING
        await query.edit_message_text(self.thanks)
        return int(ConversationHandler.END)


def main(api: str, token: str, data: Path, texts: Path) -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    check_in = CheckIn(data, texts)
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api}/bot")
        .persistence(PicklePersistence(filepath=data / "state.pickle"))
        .build()
    )
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("checkin", check_in.begin)],
            states={ASKING: [CallbackQueryHandler(check_in.answer)]},
            fallbacks=[],
            name="checkin",
            persistent=True,
        )
    )
    application.run_polling(timeout=25)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
