"""What a handler knows about the update it serves: who it came from, what it is called, what time it is."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram.ext import Application, CallbackContext, ExtBot

from models.actions import letters
from models.actions.consent import Chat
from models.domain.people import YoungPerson
from models.transactions import HOUSE


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update in hand, inside the transaction that processes it.

    `key` names the update; the natural keys of everything it causes start with it, so that processing it again makes
    nothing twice. `person` is set when the chat is linked, `joining_id` when its owner is on the way in. `answered`
    means that help was already shown before the database was asked.
    """

    key: str
    chat: Chat
    person: YoungPerson | None
    joining_id: str | None
    now: datetime
    answered: bool


#: The update in hand; set by the dispatcher around `Application.process_update`.
current: ContextVar[Incoming] = ContextVar("hoert_incoming")
#: A fault a handler raised: PTB swallows it, the dispatcher must not (the transaction has to roll back).
fault: ContextVar[list[BaseException]] = ContextVar("hoert_fault")


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context, with the update in hand."""

    @property
    def incoming(self) -> Incoming:
        """The update in hand."""
        return current.get()

    @property
    def now(self) -> datetime:
        """Hørt's clock for this update."""
        return self.incoming.now

    @property
    def person(self) -> YoungPerson:
        """The linked young person. Only for handlers that run for linked chats."""
        person = self.incoming.person
        if person is None:
            raise LookupError("no linked person in this chat")
        return person

    async def say(
        self,
        kind: str,
        *,
        about: str = "",
        args: dict[str, Any] | None = None,
        replaces: int | None = None,
        key: str = "",
    ) -> int | None:
        """Post the answer to this update, to the chat it came from; sent after the commit. Returns the letter's id.

        `key` names it when it may be said once only, whatever comes twice; else the update and the kind do. None when
        it was said before.
        """
        incoming = self.incoming
        named = key or f"{incoming.key}:{kind}"
        if incoming.person is not None:
            return await letters.answer(
                incoming.person, kind, key=named, now=incoming.now, about=about, args=args, replaces=replaces
            )
        chat = incoming.chat
        return await letters.answer_chat(
            HOUSE, kind, bot=chat.bot, chat_index=chat.chat_index, chat_id=chat.chat_id, language=chat.language,
            key=named, now=incoming.now, about=about, args=args, replaces=replaces,
        )  # fmt: skip


App = Application[Any, Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], Any]
