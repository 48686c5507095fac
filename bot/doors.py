"""Between Telegram and the web chat: one-time ways in, the PIN in front of it, whether anybody has looked.

What our own server does beyond the Bot API is asked of it here, outside every transaction.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.screens import Screen
from models.actions import consent, letters
from models.actions.letters import Taken
from models.transactions import Scope

log = logging.getLogger("hoert.doors")


class Doors:
    """Puts the address of a way into the web chat on the buttons that lead there."""

    def __init__(self, webchat: Bot | None, public_url: str, now: Callable[[], datetime]) -> None:
        self._webchat = webchat
        self._page = f"{public_url}/chat/"
        self._now = now

    async def __call__(self, made: Screen, taken: Taken) -> Screen:
        """The screen with its addresses; without its doors where there is no way in."""
        if not any(button.door for row in made.buttons for button in row):
            return made
        address = await self._address(taken)
        kept = (
            tuple(replace(button, url=address) if button.door else button for button in row)
            for row in made.buttons
            if address or not all(button.door for button in row)
        )
        return replace(made, buttons=tuple(kept))

    async def _address(self, taken: Taken) -> str:
        if taken.municipality_id is None or taken.link_id is None:
            return ""
        way = await consent.make_way_in(Scope(taken.municipality_id), taken.link_id, now=self._now())
        if way.token is not None:
            return f"{self._page}#start={way.token}"
        if way.chat_id is None:
            return ""
        token = ""
        if self._webchat is not None:
            try:
                token = _token(await self._webchat.do_api_request("createSignIn", {"chat_id": way.chat_id}))
            except TelegramError as exc:
                # Whoever has been there on this phone is let in by the page itself, and its PIN.
                log.warning("doors.no_sign_in", extra={"fault": type(exc).__name__})
        return f"{self._page}#in={token}" if token else self._page


def _token(answer: object) -> str:
    found = answer.get("token", "") if isinstance(answer, dict) else answer
    return found if isinstance(found, str) else ""


class Locks:
    """Keeps the web chat of somebody with a discreet Telegram behind a PIN, and knows whether they have looked."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._locked: dict[int, bool] = {}

    async def before(self, bot: Bot, taken: Taken) -> None:
        """Before a letter shows something: the PIN is in front of it. Raises TelegramError while that is not sure."""
        if taken.person_id is None or taken.locked == self._locked.get(taken.chat_id, False):
            return
        try:
            await bot.do_api_request("requirePin", {"chat_id": taken.chat_id, "required": taken.locked})
        except InvalidToken:
            # So PTB reads a server that does not know the method: nothing is shown there, and staff see that.
            raise BadRequest("no PIN") from None
        if len(self._locked) > 10_000:
            self._locked.clear()
        self._locked[taken.chat_id] = taken.locked

    async def after(self, bot: Bot, taken: Taken) -> None:
        """After it: Telegram says that there is something, unless it did and nobody has looked since."""
        if not taken.locked or taken.municipality_id is None:
            return
        looked_at = None
        with contextlib.suppress(TelegramError, TypeError, ValueError):
            seen = float(await bot.do_api_request("getChatSeen", {"chat_id": taken.chat_id}))
            looked_at = datetime.fromtimestamp(seen, UTC) if seen else None
        await letters.call_for_a_look(
            Scope(taken.municipality_id), taken.letter_id, looked_at=looked_at, now=self._now()
        )
