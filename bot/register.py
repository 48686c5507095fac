"""Who comes and goes: a new caseworker, turning 23, moving to another municipality."""

from __future__ import annotations

from datetime import datetime

from bot.context import Context
from bot.phrases import (
    genitive,
    help_button,
    home_button,
    lines,
    paragraphs,
    purpose_label,
    rows,
    said,
    whose,
    write_button,
)
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import messages, register
from models.actions.letters import Taken
from models.domain.consent import Purpose
from models.domain.errors import Invalid
from models.domain.register import leaves_at
from models.queries import conversation, register_moves

#: How long the question of where one may be asked stays open, in hours.
_CONTACT_OPEN = 24 * 14

# --- a new caseworker -----------------------------------------------------------------------------------------------


@screen("caseworker.new")
async def new_caseworker(taken: Taken, now: datetime) -> Screen | None:
    """Who, when, why in one line; that nothing has to be told again; a promise that stands; a hello.

    What the municipality wrote about why waits for the safety words; who reads from now on is said at once.
    """
    found = await register_moves.new_caseworker(whose(taken), taken.about)
    if found is None:
        return None
    language = taken.language
    before = text("chat.caseworker.instead", language, name=found.before) if found.before else ""
    promised = ""
    if found.waiting and found.promised_at and found.promised_at > now:
        promised = text("chat.caseworker.by", language, when=dates.when(found.promised_at, now, language))
    elif found.waiting:
        promised = text("chat.caseworker.owed", language, name=found.name)
    hello = found.hello or text("chat.caseworker.hello", language, name=found.name)
    return Screen(
        paragraphs(
            lines(text("chat.caseworker.new", language, name=found.name), before, found.why if taken.confirmed else ""),
            lines(text("chat.caseworker.reads", language, name=found.name), promised),
            text("chat.caseworker.says", language, name=found.name, words=hello),
        ),
        rows([write_button(language, found.name), home_button(language)]),
    )


# --- turning 23 -----------------------------------------------------------------------------------------------------


@press("farewell.then")
async def what_then(context: Context, pressed: Press) -> None:
    """ "What happens then?" """
    await context.say("farewell.then", replaces=None)


@press("farewell.follow")
async def follow(context: Context, pressed: Press) -> None:
    """Whether one may be asked again after 23; a yes asks where."""
    if pressed.option == "no":
        await register.follow_up(context.person, on=False, now=context.now)
        await context.say("farewell.no")
        return
    await register.follow_up(context.person, on=True, now=context.now)
    letter_id = await context.say("farewell.contact")
    await messages.ask(
        context.person, "farewell.contact", "", letter_id=letter_id, now=context.now, hours=_CONTACT_OPEN
    )


async def worded(context: Context, words: str) -> bool:
    """The answer to where one may be asked; what is no number and no address is a message to a human."""
    try:
        await register.follow_up_at(context.person, words, now=context.now)
    except Invalid:
        return False
    await context.say("farewell.kept")
    return True


@screen("farewell.soon")
async def soon(taken: Taken, now: datetime) -> Screen | None:
    """Three months before: that it ends, and that there is time."""
    day = await _last_day(taken)
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    return Screen(
        text("chat.farewell.soon", language, name=near.first_name, day=day),
        rows(
            [Button(text("chat.farewell.button.then", language), "farewell.then")],
            [write_button(language, near.caseworker), _data_button(language)],
        ),
    )


@screen("farewell.month")
async def month(taken: Taken, now: datetime) -> Screen | None:
    """One month before: may we ask again, and here is what you can take along."""
    day = await _last_day(taken)
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    return Screen(
        paragraphs(
            text("chat.farewell.month", language, day=day),
            text("chat.farewell.month.ask", language, municipality=near.municipality),
        ),
        rows(
            [
                Button(text("chat.farewell.button.yes", language), "farewell.follow", "yes"),
                Button(text("chat.farewell.button.no", language), "farewell.follow", "no"),
            ],
            [
                Button(text("chat.farewell.button.then", language), "farewell.then"),
                _data_button(language),
            ],
            [write_button(language, near.caseworker)],
        ),
    )


@screen("farewell.then")
async def then(taken: Taken, now: datetime) -> Screen | None:
    """What then: who helps, what is kept, what one can take along."""
    near = await conversation.around(whose(taken), now=now)
    day = await _last_day(taken)
    language = taken.language
    return Screen(
        paragraphs(
            text("chat.farewell.then", language, day=day, name=near.caseworker),
            text("chat.farewell.then.help", language, municipality=near.municipality),
        ),
        rows([write_button(language, near.caseworker), _data_button(language)], [help_button(language)]),
    )


@screen("farewell.contact")
async def contact(taken: Taken, now: datetime) -> Screen | None:
    """Where may we ask?"""
    return Screen(text("chat.farewell.contact", taken.language), rows([home_button(taken.language)]))


@screen("farewell.kept")
async def kept(taken: Taken, now: datetime) -> Screen | None:
    """The yes, and how to take it back."""
    label = purpose_label(Purpose.FOLLOW_UP, taken.language, "")
    return Screen(text("chat.farewell.kept", taken.language, label=label), rows([home_button(taken.language)]))


@screen("farewell.no")
async def no(taken: Taken, now: datetime) -> Screen | None:
    """No is met with respect."""
    return Screen(text("chat.farewell.no", taken.language), rows([home_button(taken.language)]))


@screen("farewell.wait")
async def wait(taken: Taken, now: datetime) -> Screen | None:
    """The birthday is here, and somebody still owes an answer: the chat stays open until it has come."""
    found = await conversation.around(whose(taken), now=now)
    return Screen(
        text("chat.farewell.wait", taken.language, name=found.answers),
        rows([write_button(taken.language, found.caseworker), help_button(taken.language)]),
    )


@screen("farewell.goodbye")
async def goodbye(taken: Taken, now: datetime) -> Screen | None:
    """Warm, not cheerful: thank you, what stays possible, and that the chat is closed now."""
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    cut = text("chat.farewell.goodbye.check_in", language) if taken.args.get("check_in") else ""
    number = text("chat.over.phone", language, number=near.phone) if near.phone else ""
    return Screen(
        paragraphs(
            text("chat.farewell.goodbye", language, name=near.first_name, caseworker=near.caseworker),
            cut,
            lines(text("chat.farewell.goodbye.after", language, municipality=near.municipality), number),
        ),
        rows([help_button(language)]),
    )


async def _last_day(taken: Taken) -> str:
    """The day before the 23rd birthday is the last; it is the birthday people know."""
    return dates.day(leaves_at(await register_moves.born(whose(taken))), taken.language, year=True)


def _data_button(language: str) -> Button:
    return Button(text("chat.settings.button.data", language), "settings.data")


# --- moving ---------------------------------------------------------------------------------------------------------


@screen("move.offered")
async def move_offered(taken: Taken, now: datetime) -> Screen | None:
    """The old municipality has asked the new one to take over; nothing has changed yet."""
    found = await register_moves.move(whose(taken), taken.about)
    if found is None:
        return None
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    return Screen(
        paragraphs(
            text("chat.move.offered", language, old=found.old, new=found.new),
            text("chat.move.offered.take", language, old=genitive(found.old, language)),
        ),
        rows([_data_button(language), write_button(language, near.caseworker)]),
    )


@screen("move.stays")
async def move_stays(taken: Taken, now: datetime) -> Screen | None:
    """It came to nothing: everything is as it was."""
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    return Screen(
        text("chat.move.stays", language, municipality=near.municipality, name=near.caseworker),
        rows([write_button(language, near.caseworker), home_button(language)]),
    )


@screen("move.welcome")
async def move_welcome(taken: Taken, now: datetime) -> Screen | None:
    """The new municipality: who, what did not move along, and that it asks for every yes anew."""
    found = await register_moves.arrival(whose(taken), str(taken.args.get("from")))
    if found is None:
        return None
    near = await conversation.around(whose(taken), now=now)
    return Screen(
        paragraphs(
            said(taken, "chat.move.welcome", new=found.new, name=near.caseworker),
            said(taken, "chat.move.welcome.left", old=found.old),
        ),
        rows([help_button(taken.language)]),
    )
