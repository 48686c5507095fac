"""A discreet Telegram: what may stand there, and the way from there into the web chat.

Nothing here names a person, a municipality or what anything is about.
"""

from __future__ import annotations

from datetime import datetime

from bot.context import Context
from bot.phrases import help_button, helpline, lines, paragraphs, rows, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import text
from models.actions.letters import Taken
from models.domain import helplines
from models.queries import conversation

_NUDGES = ("discreet.waiting", "discreet.got", "discreet.better")


def door_button(taken: Taken) -> Button | None:
    """The way into the web chat, for whoever has said the two words; the address is put in when it is sent."""
    return Button(text("chat.discreet.button.open", taken.language), door=True) if taken.confirmed else None


def fresh_button(taken: Taken) -> Button | None:
    """Another way in, when the one that was sent is too old or used."""
    return Button(text("chat.discreet.button.fresh", taken.language), "discreet.fresh") if taken.confirmed else None


@press("discreet.fresh")
async def fresh(context: Context, pressed: Press) -> None:
    """A new way in; it takes the place of the old one."""
    await context.say("discreet.door", replaces=pressed.letter_id)


async def _nudge(taken: Taken) -> Screen:
    """There is something; or: it has arrived, and the answer is over there."""
    language = taken.language
    later = "" if taken.confirmed else text("chat.discreet.words_first", language)
    return Screen(
        lines(text(f"chat.{taken.kind}", language), later),
        rows([door_button(taken)], [fresh_button(taken), help_button(language)]),
    )


@screen("discreet.waiting")
async def waiting(taken: Taken, now: datetime) -> Screen | None:
    """There is something."""
    return await _nudge(taken)


@screen("discreet.got")
async def got(taken: Taken, now: datetime) -> Screen | None:
    """What they wrote has arrived."""
    return await _nudge(taken)


@screen("discreet.better")
async def better(taken: Taken, now: datetime) -> Screen | None:
    """The same, the first time: it is better written in the web chat."""
    return await _nudge(taken)


@screen("discreet.door")
async def door(taken: Taken, now: datetime) -> Screen | None:
    """A fresh way in."""
    if not taken.confirmed:
        return await home(taken)
    return Screen(
        text("chat.discreet.door", taken.language),
        rows([door_button(taken)], [fresh_button(taken), help_button(taken.language)]),
    )


async def home(taken: Taken) -> Screen:
    """Home, without anything in it."""
    language = taken.language
    later = "" if taken.confirmed else text("chat.discreet.words_first", language)
    return Screen(
        lines(text("chat.discreet.home", language), later),
        rows(
            [door_button(taken)],
            [help_button(language), Button(text("chat.home.button.settings", language), "settings")],
        ),
    )


async def settings(taken: Taken) -> Screen:
    """What can be chosen here: language, and whether anything is begun."""
    language = taken.language
    chosen = await conversation.choices(whose(taken))
    if chosen.stopped or chosen.paused_until is not None:
        rest = Button(text("chat.settings.button.go_on", language), "settings.go_on")
    else:
        rest = Button(text("chat.settings.button.stop", language), "stop")
    other = "en" if language == "da" else "da"
    return Screen(
        text("chat.discreet.settings", language),
        rows(
            [door_button(taken)],
            [rest, Button(text("chat.join.button.language", language), "settings.language", other)],
            [help_button(language)],
        ),
    )


def help_now(taken: Taken, now: datetime, *, before: str = "") -> Screen:
    """The lines that answer anybody; in a crisis with one warm sentence before them, and where there is more."""
    language = taken.language
    shown = helplines.shown(now, None, helplines.HELPLINES)
    lined = [helpline(one.line, one.open, language) for one in shown if not one.line.certain]
    return Screen(
        paragraphs(
            before,
            text("chat.help.danger", language),
            "\n".join(lined),
            text("chat.help.next", language),
            text("chat.discreet.crisis", language) if before else "",
        ),
        rows([door_button(taken)] if taken.link_id is not None else []),
    )
