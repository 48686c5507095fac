"""Settings: language, a pause, what I said yes to, what is stored about me and who has looked, stop."""

from __future__ import annotations

from datetime import datetime

from telegram import Update

from bot import discreet
from bot.context import Context
from bot.phrases import (
    easy_label,
    home_button,
    lines,
    paragraphs,
    purpose_label,
    rows,
    some_day,
    ticked,
    whose,
)
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import text
from models.actions import consent, messages, register
from models.actions.letters import Taken
from models.domain.consent import ON_THE_SCREEN, Purpose
from models.domain.localtime import local_date
from models.domain.rhythm import PAUSE_WEEKS, paused
from models.queries import casefile, conversation


async def show(update: Update, context: Context) -> None:
    """Settings, from a command."""
    await messages.drop_question(context.person)
    await context.say("settings")


@press("settings")
async def press_show(context: Context, pressed: Press) -> None:
    """Settings, from a button; a page of the settings is replaced in place."""
    inside = pressed.kind.startswith("settings.")
    await context.say("settings", replaces=pressed.letter_id if inside else None)


@press("settings.language")
async def language(context: Context, pressed: Press) -> None:
    """The other language, from now on."""
    await consent.set_language(context.person, pressed.option, now=context.now)
    await context.say("settings", replaces=pressed.letter_id)


@press("settings.easy")
async def easy(context: Context, pressed: Press) -> None:
    """Easier Danish in what is consented to and in help, or the usual again."""
    await consent.set_easy(context.person, on=pressed.option == "on", now=context.now)
    await context.say("settings", replaces=pressed.letter_id)


@press("settings.purpose")
async def purpose(context: Context, pressed: Press) -> None:
    """Give or withdraw one consent. What the button said is what happens, however often it is pressed."""
    name, _, on = pressed.option.partition(":")
    if name == Purpose.FOLLOW_UP.value:
        await register.follow_up(context.person, on=on == "on", now=context.now)
        await context.say("settings", replaces=pressed.letter_id)
        return
    if name == Purpose.PANEL.value and on == "off":
        # Leaving deletes: what it means is said first.
        await context.say("panel.leave", replaces=pressed.letter_id)
        return
    await consent.choose_purpose(context.person, Purpose(name), on=on == "on", now=context.now)
    await context.say("settings", replaces=pressed.letter_id)


@press("settings.pause")
async def pause(context: Context, pressed: Press) -> None:
    """For how long?"""
    await context.say("settings.pause", replaces=pressed.letter_id)


@press("settings.pause_for")
async def pause_for(context: Context, pressed: Press) -> None:
    """No questions for some weeks."""
    await consent.pause(context.person, int(pressed.option), now=context.now)
    await context.say("settings", replaces=pressed.letter_id)


@press("settings.go_on")
async def go_on(context: Context, pressed: Press) -> None:
    """End the pause, or start again after /stop."""
    await consent.start_again(context.person, now=context.now)
    await context.say("settings", replaces=pressed.letter_id)


@press("settings.data")
async def data(context: Context, pressed: Press) -> None:
    """What is stored, and who has looked."""
    await context.say("settings.data", replaces=pressed.letter_id)


@screen("settings")
async def settings(taken: Taken, now: datetime) -> Screen | None:
    """Everything that can be chosen, with what is chosen now."""
    if taken.discreet:
        return await discreet.settings(taken)
    chosen = await conversation.choices(whose(taken))
    near = await conversation.around(whose(taken), now=now)
    tongue = taken.language
    resting = paused(now, chosen.paused_until)
    boxes = [
        [
            Button(
                ticked(tongue, purpose_label(one, tongue, near.caseworker), one in chosen.purposes),
                "settings.purpose",
                f"{one.value}:{'off' if one in chosen.purposes else 'on'}",
            )
        ]
        for one in (*ON_THE_SCREEN, *(chosen.purposes & {Purpose.FOLLOW_UP}))
    ]
    easier = Button(easy_label(taken), "settings.easy", "off" if taken.easy else "on") if tongue == "da" else None
    if chosen.stopped or resting:
        rest = Button(text("chat.settings.button.go_on", tongue), "settings.go_on")
    else:
        rest = Button(text("chat.settings.button.pause", tongue), "settings.pause")
    return Screen(
        lines(
            text("chat.settings", tongue),
            _resting(chosen.stopped, chosen.paused_until if resting else None, now, tongue),
        ),
        rows(
            *boxes,
            [Button(text("chat.rhythm.button", tongue), "rhythm")],
            [rest, None if chosen.stopped else Button(text("chat.settings.button.stop", tongue), "stop")],
            [
                Button(text("chat.settings.button.data", tongue), "settings.data"),
                Button(text("chat.settings.button.rights", tongue), "rights"),
            ],
            [
                Button(text("chat.settings.button.discreet", tongue), "rights.discreet"),
                Button(
                    text("chat.join.button.language", tongue), "settings.language", "en" if tongue == "da" else "da"
                ),
            ],
            [easier, home_button(tongue)],
        ),
    )


def _resting(stopped: bool, until: datetime | None, now: datetime, tongue: str) -> str:
    if stopped:
        return text("chat.settings.stopped", tongue)
    if until is not None:
        return text("chat.settings.paused", tongue, day=some_day(local_date(until), now, tongue))
    return ""


@screen("settings.pause")
async def pause_screen(taken: Taken, now: datetime) -> Screen | None:
    """One, four or twelve weeks without questions."""
    tongue = taken.language
    return Screen(
        text("chat.settings.pause", tongue),
        rows(
            [
                Button(text("chat.settings.button.weeks", tongue, n=weeks), "settings.pause_for", str(weeks))
                for weeks in PAUSE_WEEKS
            ],
            [Button(text("chat.button.back", tongue), "settings")],
        ),
    )


@screen("settings.data")
async def data_screen(taken: Taken, now: datetime) -> Screen | None:
    """What is stored about me, and what I can do with it. The content of the case only after the safety words."""
    tongue = taken.language
    back = Button(text("chat.button.back", tongue), "settings")
    consents = Button(text("chat.rights.button.consents", tongue), "rights.consents")
    if not taken.confirmed:
        near = await conversation.around(whose(taken), now=now)
        return Screen(
            paragraphs(text("chat.data.kept", tongue), text("chat.not_confirmed", tongue, name=near.caseworker)),
            rows([consents], [back]),
        )
    found = await conversation.stored(whose(taken))
    on_file = sum(n for _, n in await casefile.on_file(whose(taken)))
    counts = lines(
        text("chat.data.messages", tongue, n=found.messages),
        text("chat.data.offers", tongue, n=found.offers),
        text("chat.data.check_ins", tongue, n=found.check_ins),
        text("chat.data.feedback", tongue, n=found.feedback),
        text("chat.data.case", tongue, n=on_file) if on_file else "",
    )
    return Screen(
        paragraphs(text("chat.data.kept", tongue), counts, text("chat.data.yours", tongue)),
        rows(
            [Button(text("chat.rights.button.export", tongue), "rights.export")],
            [Button(text("chat.rights.button.opened", tongue), "rights.looked", "0")],
            [Button(text("chat.rights.button.case", tongue), "rights.case")],
            [consents],
            [Button(text("chat.rights.button.delete", tongue), "rights.delete")],
            [back],
        ),
    )
