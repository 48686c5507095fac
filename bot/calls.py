"""Call me: when, on which number, and what happens when nobody picks up."""

from __future__ import annotations

from datetime import datetime

from bot.context import Context
from bot.phrases import help_button, holder, home_button, lines, rows, whose, write_button
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import messages
from models.actions.letters import Taken
from models.domain import calls, promises
from models.domain.calls import Choice, When
from models.queries import conversation

#: So long a number is waited for; longer, and it would be somebody's answer to something else.
_NUMBER_HOURS = 1


# --- what the person does -------------------------------------------------------------------------------------------


@press("call")
async def wanted(context: Context, pressed: Press) -> None:
    """Call me: when?"""
    await context.say("call.when")


@press("call.when")
async def chosen(context: Context, pressed: Press) -> None:
    """On which number? The one on the register, or one that is typed now."""
    when = When(pressed.option)
    await messages.ask(context.person, "call.number", when.value, letter_id=None, now=context.now, hours=_NUMBER_HOURS)
    await context.say("call.number", args={"when": when.value}, replaces=pressed.letter_id)


@press("call.yes")
async def confirmed(context: Context, pressed: Press) -> None:
    """On the number we have."""
    number = await conversation.phone_of(context.person) if context.person.confirmed else ""
    if number:
        await _book(context, When(pressed.option), number, source=f"call:{pressed.letter_id}")


async def typed(context: Context, when: str, words: str, source: str) -> bool:
    """A number was written. False where there is none in it: then the words are a message."""
    if not calls.read_number(words):
        return False
    # All of the words go with it: they may say more than the number.
    await _book(context, When(when), words, source=source)
    return True


async def _book(context: Context, when: When, number: str, *, source: str) -> None:
    near = await conversation.around(context.person, now=context.now)
    choice = calls.choice(when, context.now, near.hours)
    asked = text("chat.call.asks", "da", when=_label(choice, context.now, "da"), number=number)
    received = await messages.receive(
        context.person, asked, source_key=source, now=context.now, kind="call", receipt=False, promised_at=choice.ends
    )
    await context.say("call.booked", about=received.message_id, args={"when": choice.when.value})


# --- screens --------------------------------------------------------------------------------------------------------


@screen("call.when")
async def ask_when(taken: Taken, now: datetime) -> Screen | None:
    """When may we ring? Outside hours it says that nobody is there, and when somebody is."""
    near = await holder(taken, now)
    language = taken.language
    times = [
        [Button(_label(one, now, language), "call.when", one.when.value)]
        for one in calls.choices(now, near.around.hours)
    ]
    return Screen(
        lines(text("chat.call.when", language, name=near.name), _closed(now, near.around, language)),
        rows(*times, [help_button(language), home_button(language)]),
    )


@screen("call.number")
async def ask_number(taken: Taken, now: datetime) -> Screen | None:
    """Which number? The one we have is shown only where the safety words are confirmed."""
    language = taken.language
    known = await conversation.phone_of(whose(taken)) if taken.confirmed else ""
    when = str(taken.args.get("when", When.MORNING.value))
    yes = Button(text("chat.call.yes", language), "call.yes", when) if known else None
    said = text("chat.call.number", language, number=known) if known else text("chat.call.number.write", language)
    return Screen(said, rows([yes], [home_button(language)]))


@screen("call.booked")
async def booked(taken: Taken, now: datetime) -> Screen | None:
    """Who rings, and by when."""
    found = await conversation.sent(whose(taken), taken.about)
    if found is None or found.answered or found.promised_at is None:
        return None
    near = await holder(taken, now)
    language = taken.language
    by = dates.when(max(found.promised_at, now), now, language)
    return Screen(
        lines(text("chat.call.booked", language, name=near.name, when=by), _closed(now, near.around, language)),
        rows(
            [help_button(language), Button(text("chat.call.button.no_call", language), "message.no_answer")],
            [home_button(language)],
        ),
    )  # fmt: skip


@screen("call.missed")
async def missed(taken: Taken, now: datetime) -> Screen | None:
    """Somebody rang and you did not pick up: by when they try again, and what you can do."""
    found = await conversation.missed_call(whose(taken), taken.about)
    if found is None:
        return None
    language = taken.language
    at, again = found
    near = await conversation.around(whose(taken), now=now)
    who = await conversation.staff_name(whose(taken), str(taken.args.get("by", ""))) or near.answers
    return Screen(
        lines(
            text("chat.call.missed", language, name=who, at=dates.when(at, now, language)),
            text("chat.call.missed.again", language, name=who, when=dates.when(max(again, now), now, language)),
        ),
        rows([call_button(language), write_button(language, near.caseworker)], [help_button(language)]),
    )


def call_button(language: str) -> Button:
    """Be rung instead of writing."""
    return Button(text("chat.call.button", language), "call")


def _label(choice: Choice, now: datetime, language: str) -> str:
    if choice.when is When.LATER:
        return text("chat.call.later", language, hour=dates.clock(choice.starts, language))
    return text(f"chat.call.{choice.when.value}", language, when=dates.when(choice.ends, now, language))


def _closed(now: datetime, near: conversation.Around, language: str) -> str:
    if promises.is_open(now, near.hours):
        return ""
    opens = dates.when(promises.next_open(now, near.hours), now, language)
    return text("chat.call.closed", language, when=opens)
