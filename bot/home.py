"""Home: everything in one message. Also where to go when a button or a word leads nowhere."""

from __future__ import annotations

from datetime import datetime

from telegram import Update

from bot import discreet, panels
from bot.context import Context
from bot.phrases import help_button, home_button, paragraphs, rows, whose, write_button
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import text
from models.actions import checkins, messages
from models.actions.letters import Taken
from models.domain.consent import Purpose
from models.queries import conversation
from models.queries.conversation_checkins import open_check_in
from models.queries.conversation_meetings import lies_ahead
from models.queries.conversation_panels import here, open_answering

#: Open questions and the screen that asks them again.
_ASKED_AGAIN = {
    "feedback.words": "feedback.words",
    "feedback.missing": "feedback.missing",
    "call.number": "call.when",
    "offer.change": "offer.words",
    "offer.ask": "offer.words",
    "meeting.time": "meeting.words",
    "meeting.topics": "meeting.words",
    "meeting.not_quite": "meeting.words",
}


async def show(update: Update, context: Context) -> None:
    """Home, from a command."""
    await messages.drop_question(context.person)
    await context.say("home")


@press("home")
async def press_home(context: Context, pressed: Press) -> None:
    """Home, from a button; another home is replaced in place, anything else stays."""
    await context.say("home", replaces=pressed.letter_id if pressed.kind in _REPLACED else None)


_REPLACED = frozenset({
    "settings", "settings.data", "settings.pause", "rights.discreet", "checkin.choose", "feedback.about",
    "feedback.list", "feedback.one", "panel", "panel.left", "panel.done", "panel.stopped",
    "panel.proposed",
})  # fmt: skip


async def where_now(context: Context, *, old: bool = True) -> None:
    """What the button belonged to is closed: say so, and show where we are now."""
    if context.incoming.person is None:
        return
    if old:
        await context.say("old")
    open_now = await open_check_in(context.person, now=context.now)
    survey = await open_answering(context.person, now=context.now)
    question = await conversation.open_question(context.person, now=context.now)
    if open_now is not None and open_now.item is not None:
        letter_id = await context.say("checkin.question", about=open_now.check_in_id)
        await checkins.screen_shown(context.person, open_now.check_in_id, letter_id)
    elif survey is not None and survey.question is not None:
        await panels.ask_again(context, survey.answering_id)
    elif question is not None and question.kind in _ASKED_AGAIN:
        why = question.kind.partition(".")[2]
        await context.say(_ASKED_AGAIN[question.kind], about=question.about, args={"why": why})
    else:
        await context.say("home")


@screen("home")
async def home(taken: Taken, now: datetime) -> Screen | None:
    """One message with everything."""
    if taken.discreet:
        return await discreet.home(taken)
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    chosen = await conversation.choices(whose(taken))
    meeting = taken.confirmed and await lies_ahead(whose(taken), now=now)
    panel = Purpose.PANEL in chosen.purposes or await here(whose(taken)) is not None
    return Screen(
        text("chat.home.hello", language, name=near.first_name),
        rows(
            [Button(text("chat.home.button.offer", language), "offer"), write_button(language, near.caseworker)],
            [Button(text("chat.meeting.button.list", language), "meeting.list") if meeting else None],
            [
                Button(text("chat.home.button.feedback", language), "feedback"),
                Button(text("chat.home.button.checkin", language), "checkin"),
            ],
            [
                Button(text("chat.home.button.panel", language), "panel") if panel else None,
                help_button(language),
                Button(text("chat.home.button.settings", language), "settings"),
            ],
        ),
    )


@screen("old")
async def old(taken: Taken, now: datetime) -> Screen | None:
    """The button belongs to something that is closed; `why` "edited": something we cannot mend afterwards, and "asked":
    but words are asked for, so that it can be said anew."""
    if taken.args.get("why") == "asked":
        return Screen(text("chat.old.asked", taken.language))
    if taken.args.get("why") == "edited":
        near = await conversation.around(whose(taken), now=now)
        return Screen(text("chat.old.edited", taken.language, name=near.caseworker))
    return Screen(text("chat.old", taken.language))


@screen("not_confirmed")
async def not_confirmed(taken: Taken, now: datetime) -> Screen | None:
    """Personal things wait for the safety words."""
    if taken.confirmed:
        return None
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    return Screen(
        paragraphs(
            text("chat.not_confirmed", language, name=near.caseworker),
            text("chat.not_confirmed.phone", language, number=near.phone) if near.phone else "",
        ),
        rows([write_button(language, near.caseworker), home_button(language)]),
    )
