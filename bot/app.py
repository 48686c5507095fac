"""The handlers of the conversation, in the order that decides what a message is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from telegram import Message, Update
from telegram.ext import (
    ApplicationHandlerStop,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import (
    calls,
    checkins,
    checkins_mine,
    consent,
    feedback,
    feedback_loop,
    home,
    meetings,
    meetings_screens,
    messages,
    offers,
    offers_news,
    offers_range,
    panels,
    panels_menu,
    panels_told,
    rhythm,
    rights,
    settings,
)
from bot import help as helping
from bot import register as comings_and_goings
from bot.context import App, Context, fault
from bot.presses import Press, deeds, perform
from bot.screens import HELP
from models.actions import consent as consents
from models.actions import inbox, letters
from models.actions.messages import drop_question, take_question
from models.domain import messages as rules
from models.domain.errors import NotAllowed, NotFound, Refusal
from models.queries.conversation import pressed_letter
from models.transactions import HOUSE

#: The command menu per language: (command, key of its description). Telegram's commands are a-z, 0-9 and _ only.
COMMANDS: dict[str, list[tuple[str, str]]] = {
    "da": [
        ("skriv", "chat.command.write"),
        ("tilbud", "chat.command.offer"),
        ("moeder", "chat.command.meetings"),
        ("tjekind", "chat.command.checkin"),
        ("feedback", "chat.command.feedback"),
        ("ungepanel", "chat.command.panel"),
        ("hjaelp", "chat.command.help"),
        ("indstillinger", "chat.command.settings"),
        ("rettigheder", "chat.command.rights"),
        ("stop", "chat.command.stop"),
    ],
    "en": [
        ("write", "chat.command.write"),
        ("offer", "chat.command.offer"),
        ("meetings", "chat.command.meetings"),
        ("checkin", "chat.command.checkin"),
        ("feedback", "chat.command.feedback"),
        ("panel", "chat.command.panel"),
        ("help", "chat.command.help"),
        ("settings", "chat.command.settings"),
        ("rights", "chat.command.rights"),
        ("stop", "chat.command.stop"),
    ],
}

#: Modules that only show: importing them is what registers their screens.
SCREENS = (meetings_screens, offers_news)

#: Buttons beside the matter: a question that is open stays open when one of them is pressed.
_BESIDE = frozenset({"help", "crisis.mistake", "message.urgent", "message.no_answer", "feedback.heard"})


class Words(filters.MessageFilter):
    """A message that, as a whole, is what a rule says it is."""

    def __init__(self, rule: Callable[[str], bool]) -> None:
        super().__init__(name=rule.__name__)
        self._rule = rule

    def filter(self, message: Message) -> bool:
        """Whether the rule holds for the whole text."""
        return message.text is not None and self._rule(message.text)


def register(application: App) -> None:
    """Add every handler. Within a group the first that fits is the only one that runs."""
    add = application.add_handler
    fresh = filters.UpdateType.MESSAGE

    # Before everything: only a chat of one's own counts, and chats without a link have their own short way.
    add(TypeHandler(Update, gate), group=-1)

    # A block or a return is no message.
    add(ChatMemberHandler(consent.membership, ChatMemberHandler.MY_CHAT_MEMBER))
    add(CallbackQueryHandler(press_button))
    # An edit never runs a command again, so it comes before whatever reads commands.
    add(MessageHandler(filters.UpdateType.EDITED_MESSAGE, messages.edited))

    # Stop, help and start hold in any state, so they come before open questions. The crisis check came before them all.
    # Somebody else's "stop" that is passed on is no wish of one's own.
    own = fresh & ~filters.FORWARDED
    add(MessageHandler(own & Words(rules.is_stop), consent.stop))
    add(MessageHandler(fresh & Words(rules.is_help), helping.asked))
    add(MessageHandler(own & Words(rules.is_start), consent.start))
    add(MessageHandler(fresh & Words(consent.carries_secret), consent.start_with_payload))

    # A command with words after it is a message to a human: "/stop nu, jeg kan ikke mere" is not /stop.
    add(CommandHandler(["tilbud", "offer"], offers.show, fresh, has_args=False))
    add(CommandHandler(["moeder", "meetings"], meetings.show, fresh, has_args=False))
    add(CommandHandler(["skriv", "write"], messages.ask, fresh, has_args=False))
    add(CommandHandler("feedback", feedback.ask, fresh, has_args=False))
    add(CommandHandler(["tjekind", "checkin"], checkins_mine.choose, fresh, has_args=False))
    add(CommandHandler(["ungepanel", "panel"], panels_menu.show, fresh, has_args=False))
    add(CommandHandler(["indstillinger", "settings"], settings.show, fresh, has_args=False))
    add(CommandHandler(["rettigheder", "rights"], rights.show, fresh, has_args=False))
    add(CommandHandler(["hjem", "home"], home.show, fresh, has_args=False))

    # Free text: an open question's answer, or else a message to the caseworker.
    add(MessageHandler(fresh & filters.TEXT, said))
    # What Telegram itself says in the chat (a pinned message, a timer) was written by nobody.
    add(MessageHandler(fresh & filters.StatusUpdate.ALL, nothing))
    # Stickers, voice, places and whatever comes next year: last, because it takes everything.
    add(MessageHandler(fresh, messages.other))

    application.add_error_handler(hand_back)


async def gate(update: Update, context: Context) -> None:
    """Let private chats of linked people through; serve those on the way in and strangers; drop the rest."""
    chat, sender = update.effective_chat, update.effective_user
    if chat is None or sender is None or chat.id != sender.id:
        raise ApplicationHandlerStop
    if context.incoming.person is None:
        if update.callback_query is not None:
            await press_button(update, context)
        else:
            await consent.outside(update, context)
        raise ApplicationHandlerStop
    if not consent.is_block(update):
        await consents.seen(context.person, now=context.now)


async def nothing(update: Update, context: Context) -> None:
    """Nobody said anything."""


async def said(update: Update, context: Context) -> None:
    """Words of a linked person that are no command."""
    message = update.effective_message
    if message is None or message.text is None:
        return
    words, own = message.text, message.forward_origin is None
    if words.startswith("/") and len(words.split()) == 1:
        await home.show(update, context)
    elif not (
        (own and (await panels.typed(context, words) or await checkins.typed(context, words)))
        or await _answers_question(context, message, words)
    ):
        await messages.receive(context, message, words)


async def _answers_question(context: Context, message: Message, words: str) -> bool:
    question = await take_question(context.person, now=context.now)
    if question is None:
        return False
    try:
        return await _answered(context, message, *question, words)
    except NotFound:
        # What it was about is not theirs any more (they moved, say): the words are a message, and a human reads them.
        return False


async def _answered(context: Context, message: Message, kind: str, about: str, words: str) -> bool:
    if kind.startswith("offer."):
        return await offers.worded(context, message, kind, about, words)
    if kind == "wish.words":
        return await offers_range.worded(context, message, about, words)
    if kind.startswith("meeting."):
        return await meetings.worded(context, message, kind, about, words)
    if kind == "call.number":
        return await calls.typed(context, about, words, inbox.source_key(context.person, message.message_id))
    if kind in _ABOUT_A_ROW:
        return await _ABOUT_A_ROW[kind](context, about, words)
    return await _BY_ITSELF[kind](context, words) if kind in _BY_ITSELF else False


#: What takes the words that answer an open question: about a row, or about the person alone.
_ABOUT_A_ROW: Mapping[str, Callable[[Context, str, str], Awaitable[bool]]] = {
    "feedback.missing": feedback_loop.missing,
    "feedback.words": feedback.worded,
    "panel.propose": panels_told.proposed,
    "panel.words": panels.worded,
}
_BY_ITSELF: Mapping[str, Callable[[Context, str], Awaitable[bool]]] = {
    "farewell.contact": comings_and_goings.worded,
    "rhythm": rhythm.worded,
}


async def press_button(update: Update, context: Context) -> None:
    """A button: the server decides whether it is still valid, and whose it is."""
    query = update.callback_query
    data = (query.data or "") if query is not None else ""
    if data == HELP:
        await helping.show(context)
        return
    found = await _read_press(context, data)
    if found is None:
        await _lost(context)
        return
    if not await letters.pressed(context.incoming.person or HOUSE, found.letter_id, found.place, now=context.now):
        return
    if context.incoming.person is not None and found.deed not in _BESIDE:
        await drop_question(context.person)
    way_in = found.deed.startswith("join.")
    if context.incoming.person is None and (context.incoming.joining_id is None or not way_in):
        await _lost(context)
        return
    if context.incoming.person is not None and way_in:
        # "Done" pressed twice, or an old screen of the way in: nothing to explain, here is home.
        await _lost(context, old=False)
        return
    try:
        await perform(context, found)
    except NotAllowed:
        await context.say("not_confirmed")
    except Refusal:
        await _lost(context)


async def _read_press(context: Context, data: str) -> Press | None:
    nonce, _, place = data.partition(".")
    if not nonce or not (place.isascii() and place.isdecimal() and len(place) <= 2):
        return None
    incoming = context.incoming
    letter = await pressed_letter(
        incoming.person or HOUSE, bot=incoming.chat.bot, chat_index=incoming.chat.chat_index, nonce=nonce
    )
    if letter is None or int(place) >= len(letter.buttons):
        return None
    deed, option = letter.buttons[int(place)]
    if deed not in deeds():
        return None
    return Press(deed, option, letter.about, letter.letter_id, letter.kind, int(place))


async def _lost(context: Context, *, old: bool = True) -> None:
    """The button leads nowhere any more: where are we now?"""
    incoming = context.incoming
    if incoming.person is not None:
        await home.where_now(context, old=old)
    elif incoming.joining_id is not None:
        await consents.show_step(HOUSE, incoming.joining_id, incoming.chat, key=incoming.key, now=context.now)
    else:
        await consent.greet(context)


async def hand_back(update: object, context: Context) -> None:
    """PTB would log a handler's exception and go on; the dispatcher has to know, so that the transaction rolls back."""
    if context.error is not None:
        fault.get().append(context.error)
    raise ApplicationHandlerStop
