"""The way in: an invitation, a birthday, what Hørt is, what one says yes to, two safety words. And /stop and /start."""

from __future__ import annotations

from datetime import datetime

from telegram import ChatMember, Update

from bot import discreet
from bot.context import Context
from bot.phrases import (
    easy_label,
    help_button,
    holder,
    home_button,
    lines,
    paragraphs,
    purpose_label,
    rows,
    said,
    ticked,
    whose,
    write_button,
)
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import text
from models.actions import consent, messages
from models.actions.letters import Taken
from models.domain import crisis
from models.domain.consent import ON_THE_SCREEN, Purpose
from models.domain.joining import Step
from models.domain.messages import is_help, is_stop
from models.queries import conversation
from models.queries.conversation import OnTheWayIn
from models.transactions import HOUSE, Scope

_LONGEST_PAYLOAD = 64

# --- what somebody without a link does ------------------------------------------------------------------------------


async def outside(update: Update, context: Context) -> None:
    """A message from a chat without a link: somebody on the way in, or a stranger, of whom nothing is kept."""
    if update.my_chat_member is not None:
        return
    message = update.effective_message
    words = (message.text or message.caption or "") if message else ""
    secret = _payload(words)
    if is_help(words) or crisis.check(words).found:
        # Words of crisis from somebody we do not know: no alert is possible, the helplines are.
        if not context.incoming.answered:
            await context.say("help")
    elif update.edited_message is not None:
        return
    elif secret:
        incoming = context.incoming
        if not await consent.come_in(HOUSE, incoming.chat, secret, key=incoming.key, now=context.now):
            await consent.open_invitation(HOUSE, incoming.chat, secret, key=incoming.key, now=context.now)
    elif context.incoming.joining_id is None:
        await greet(context, words)
    elif is_stop(words):
        await consent.decline(
            HOUSE, context.incoming.joining_id, context.incoming.chat, key=context.incoming.key, now=context.now
        )
    else:
        await _on_the_way(context, context.incoming.joining_id, words)


async def greet(context: Context, words: str = "") -> None:
    """One kind sentence to a stranger; a typed code opens its invitation."""
    await consent.greet_stranger(HOUSE, context.incoming.chat, words, key=context.incoming.key, now=context.now)


async def _on_the_way(context: Context, joining_id: str, words: str) -> None:
    incoming = context.incoming
    found = await conversation.on_the_way_in(HOUSE, joining_id)
    if found is not None and found.step == Step.BIRTHDAY.value:
        await consent.say_birthday(HOUSE, joining_id, incoming.chat, words, key=incoming.key, now=context.now)
    else:
        await consent.show_step(HOUSE, joining_id, incoming.chat, key=incoming.key, now=context.now)


def carries_secret(words: str) -> bool:
    """Whether a message is "/start <secret>", as opening an invitation link sends it."""
    return bool(_payload(words))


def _payload(words: str) -> str:
    """The secret of "/start <secret>", "" for anything else."""
    parts = words.split()
    if len(parts) != 2 or parts[0].split("@", maxsplit=1)[0] != "/start":
        return ""
    return parts[1][:_LONGEST_PAYLOAD]


@press("join.language")
async def choose_language(context: Context, pressed: Press) -> None:
    """Danish or English, on the way in."""
    incoming = context.incoming
    await consent.choose_language(
        HOUSE, _joining(context), incoming.chat, pressed.option, key=incoming.key, now=context.now
    )


@press("join.easy")
async def choose_easy(context: Context, pressed: Press) -> None:
    """Easier Danish, on the way in."""
    incoming = context.incoming
    await consent.choose_easy(
        HOUSE, _joining(context), incoming.chat, on=pressed.option == "on", key=incoming.key, now=context.now
    )


@press("join.more")
async def read_more(context: Context, pressed: Press) -> None:
    """ "What is this?" and "read more"; the screen is replaced."""
    incoming = context.incoming
    await consent.show_step(
        HOUSE, _joining(context), incoming.chat, key=incoming.key, now=context.now, replace=True, more=True
    )


@press("join.back")
async def back_to_step(context: Context, pressed: Press) -> None:
    """From the longer explanation back to the step, from the purposes back to the explanation."""
    incoming = context.incoming
    if pressed.kind == "join.purposes":
        await consent.back(HOUSE, _joining(context), incoming.chat, key=incoming.key, now=context.now)
    else:
        await consent.show_step(
            HOUSE, _joining(context), incoming.chat, key=incoming.key, now=context.now, replace=True
        )


@press("join.fine")
async def accept(context: Context, pressed: Press) -> None:
    """ "That is fine": on to the purposes."""
    incoming = context.incoming
    await consent.accept_explanation(HOUSE, _joining(context), incoming.chat, key=incoming.key, now=context.now)


@press("join.no")
async def decline(context: Context, pressed: Press) -> None:
    """ "No thanks": nothing is kept."""
    incoming = context.incoming
    await consent.decline(HOUSE, _joining(context), incoming.chat, key=incoming.key, now=context.now)


@press("join.toggle")
async def toggle(context: Context, pressed: Press) -> None:
    """Tick or untick one purpose."""
    incoming = context.incoming
    await consent.toggle_purpose(
        HOUSE, _joining(context), incoming.chat, Purpose(pressed.option), key=incoming.key, now=context.now
    )


@press("join.finish")
async def finish(context: Context, pressed: Press) -> None:
    """Done: the link is made, with its two words."""
    incoming = context.incoming
    await consent.finish_joining(HOUSE, _joining(context), incoming.chat, key=incoming.key, now=context.now)


def _joining(context: Context) -> str:
    if context.incoming.joining_id is None:
        raise LookupError("nobody is on the way in here")
    return context.incoming.joining_id


# --- what a linked person does --------------------------------------------------------------------------------------


async def start_with_payload(update: Update, context: Context) -> None:
    """A linked person opened an invitation or a way in: their own is used up; any other is refused."""
    words = update.effective_message.text or "" if update.effective_message else ""
    if await consent.come_in_again(context.person, _payload(words), now=context.now):
        await context.say("home")
    elif await consent.renew(context.person, _payload(words), now=context.now):
        await start(update, context)
    else:
        await context.say("join.closed", args={"why": "linked"})
        await context.say("home")


async def start(update: Update, context: Context) -> None:
    """/start: questions may come again after /stop or a pause; then home."""
    await messages.drop_question(context.person)
    if await consent.start_again(context.person, now=context.now):
        await context.say("start")
    await context.say("home")


async def stop(update: Update, context: Context) -> None:
    """/stop, or a message that is only "stop": every prompt ends at once."""
    await consent.stop(context.person, now=context.now)
    await context.say("stop")


@press("start")
async def press_start(context: Context, pressed: Press) -> None:
    """ "Start again"."""
    await consent.start_again(context.person, now=context.now)
    await context.say("start", replaces=pressed.letter_id)


@press("stop")
async def press_stop(context: Context, pressed: Press) -> None:
    """ "Stop all questions", from the settings."""
    await consent.stop(context.person, now=context.now)
    await context.say("stop")


async def membership(update: Update, context: Context) -> None:
    """The person blocked the chat, or came back to it."""
    if is_block(update):
        await consent.blocked(context.person, now=context.now)


def is_block(update: Update) -> bool:
    """Whether the person just blocked the chat."""
    changed = update.my_chat_member
    return changed is not None and changed.new_chat_member.status == ChatMember.BANNED


# --- screens --------------------------------------------------------------------------------------------------------


async def _way_in(taken: Taken) -> OnTheWayIn | None:
    return await conversation.on_the_way_in(Scope(taken.municipality_id), taken.about)


@screen("stranger.hello")
async def hello(taken: Taken, now: datetime) -> Screen | None:
    """To somebody nobody invited."""
    return Screen(text("chat.stranger.hello", taken.language), rows([help_button(taken.language)]))


@screen("join.birthday")
async def birthday(taken: Taken, now: datetime) -> Screen | None:
    """A neutral greeting and the question of the day and month of birth; no names yet."""
    asked = "chat.join.birthday.again" if taken.args.get("again") else "chat.join.birthday"
    return _ask_birthday(said(taken, asked), taken)


@screen("join.wrong")
async def wrong(taken: Taken, now: datetime) -> Screen | None:
    """The date was read and is another one."""
    return _ask_birthday(said(taken, "chat.join.wrong", n=int(taken.args.get("left", 1))), taken)


def _ask_birthday(words: str, taken: Taken) -> Screen:
    return Screen(
        words,
        rows(
            [
                _other_language(taken.language),
                Button(text("chat.join.button.what", taken.language), "join.more"),
            ],
            [_easier(taken)],
        ),
    )


def _other_language(language: str) -> Button:
    return Button(text("chat.join.button.language", language), "join.language", "en" if language == "da" else "da")


def _easier(taken: Taken) -> Button | None:
    """Easier Danish, one tap away on every screen of the way in; there is no easier English."""
    return Button(easy_label(taken), "join.easy", "off" if taken.easy else "on") if taken.language == "da" else None


@screen("join.closed")
async def closed(taken: Taken, now: datetime) -> Screen | None:
    """Expired, used, guessed, somebody else's: a kind sentence and the way to a new one."""
    why = str(taken.args.get("why"))
    known = why if why in _CLOSED else "unknown"
    return Screen(text(f"chat.join.closed.{known}", taken.language), rows([help_button(taken.language)]))


_CLOSED = frozenset(
    {"expired", "used", "void", "linked", "too_many", "taken", "too_young", "too_old", "barred", "way_in"}
)  # fmt: skip


@screen("link.over")
async def over(taken: Taken, now: datetime) -> Screen | None:
    """To a chat whose tie has ended: why, in a word, and where a human is. A discreet one names nobody."""
    if taken.discreet:
        return Screen(text("chat.over.discreet", taken.language), rows([help_button(taken.language)]))
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    number = text("chat.over.phone", language, number=near.phone) if near.phone else ""
    why = taken.args.get("why")
    known = why if why in {"turned_23", "moved"} else "barred"
    return Screen(
        paragraphs(text(f"chat.over.{known}", language, municipality=near.municipality), number),
        rows([help_button(language)]),
    )


@screen("join.explain")
async def explain(taken: Taken, now: datetime) -> Screen | None:
    """What Hørt is and who reads; only after the birthday was right are there names."""
    found = await _way_in(taken)
    if found is None:
        return None
    language = taken.language
    if taken.discreet:
        words = text("chat.discreet.explain", language)
    else:
        words = said(taken, "chat.join.explain", name=found.inviter, municipality=found.municipality)
    return Screen(
        words,
        rows(
            [Button(text("chat.join.button.fine", language), "join.fine")],
            [
                Button(text("chat.join.button.no", language), "join.no"),
                Button(text("chat.join.button.more", language), "join.more"),
            ],
            [_easier(taken), _other_language(language)],
        ),
    )


@screen("join.more")
async def more(taken: Taken, now: datetime) -> Screen | None:
    """The longer explanation; before the birthday was right it names nobody."""
    found = await _way_in(taken)
    if found is None:
        return None
    language = taken.language
    if found.step == Step.BIRTHDAY.value:
        words = said(taken, "chat.join.what")
    elif taken.discreet:
        words = text("chat.discreet.more", language)
    else:
        words = said(taken, "chat.join.more", name=found.inviter, municipality=found.municipality)
    return Screen(words, rows([Button(text("chat.button.back", language), "join.back")]))


@screen("join.purposes")
async def purposes(taken: Taken, now: datetime) -> Screen | None:
    """What do you say yes to? Nothing is ticked beforehand."""
    found = await _way_in(taken)
    if found is None:
        return None
    language = taken.language
    inviter = text("chat.discreet.caseworker", language) if taken.discreet else found.inviter
    boxes = [
        [
            Button(
                ticked(language, purpose_label(purpose, language, inviter), purpose in found.purposes),
                "join.toggle",
                purpose.value,
            )
        ]
        for purpose in ON_THE_SCREEN
    ]
    return Screen(
        said(taken, "chat.join.purposes"),
        rows(
            *boxes,
            [Button(text("chat.join.button.done", language), "join.finish")],
            [
                Button(text("chat.button.back", language), "join.back"),
                Button(text("chat.join.button.no", language), "join.no"),
            ],
            [_easier(taken), _other_language(language)],
        ),
    )


@screen("join.declined")
async def declined(taken: Taken, now: datetime) -> Screen | None:
    """ "No thanks" is met with respect."""
    return Screen(said(taken, "chat.join.declined"))


@screen("join.words")
async def words(taken: Taken, now: datetime) -> Screen | None:
    """The two words that stand on both screens."""
    found = await conversation.safety_words(whose(taken), taken.about)
    if found is None:
        return None
    words = said(taken, "chat.join.words", first=found[0], second=found[1])
    if taken.discreet:
        return Screen(paragraphs(words, text("chat.discreet.words_why", taken.language)))
    near = await conversation.around(whose(taken), now=now)
    return Screen(paragraphs(words, said(taken, "chat.join.words.why", name=near.caseworker)))


@screen("link.confirmed")
async def confirmed(taken: Taken, now: datetime) -> Screen | None:
    """Staff heard the words match: the personal screens are open."""
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    return Screen(
        text("chat.join.confirmed", language, name=near.caseworker),
        rows([Button(text("chat.home.button.offer", language), "offer"), home_button(language)]),
    )


@screen("stop")
async def stopped(taken: Taken, now: datetime) -> Screen | None:
    """Okay. I ask no more."""
    language = taken.language
    if taken.discreet:
        words = text("chat.discreet.stop", language)
    else:
        words = text("chat.stop", language, name=(await holder(taken, now)).caseworker)
    return Screen(
        lines(words, text("chat.stop.back", language)),
        rows([Button(text("chat.stop.button.start", language), "start"), help_button(language)]),
    )


@screen("start")
async def started(taken: Taken, now: datetime) -> Screen | None:
    """Questions may come again."""
    if taken.discreet:
        return Screen(text("chat.start", taken.language), rows([discreet.door_button(taken)]))
    near = await conversation.around(whose(taken), now=now)
    return Screen(
        text("chat.start", taken.language),
        rows([write_button(taken.language, near.caseworker), home_button(taken.language)]),
    )
