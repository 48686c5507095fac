"""The youth panel's menu: what there is to answer, to see and to say; joining and leaving, with what it means."""

from __future__ import annotations

from datetime import datetime

from telegram import Update

from bot.context import Context
from bot.phrases import home_button, lines, paragraphs, rows, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import text
from models.actions import consent, messages, panels
from models.actions.letters import Taken
from models.domain.consent import Purpose
from models.queries import conversation
from models.queries import conversation_panels as views


async def show(update: Update, context: Context) -> None:
    """The panel, from a command."""
    await messages.drop_question(context.person)
    await context.say("panel")


@press("panel")
async def press_show(context: Context, pressed: Press) -> None:
    """The panel, from a button; another of its pages is replaced in place."""
    inside = pressed.kind in _PAGES
    await context.say("panel", replaces=pressed.letter_id if inside else None)


_PAGES = frozenset({
    "panel.leave", "panel.left", "panel.done", "panel.stopped", "panel.proposed", "panel.propose",
    "panel.votes", "panel.results", "panel.result", "panel.dones",
})  # fmt: skip


@press("panel.join")
async def join(context: Context, pressed: Press) -> None:
    """Yes, I want to be in it."""
    await consent.choose_purpose(context.person, Purpose.PANEL, on=True, now=context.now)
    await panels.join(context.person, now=context.now)
    await context.say("panel", args={"why": "joined"}, replaces=pressed.letter_id)


@press("panel.leave")
async def ask_leave(context: Context, pressed: Press) -> None:
    """What leaving means, before it is done."""
    await context.say("panel.leave", replaces=pressed.letter_id)


@press("panel.left")
async def leave(context: Context, pressed: Press) -> None:
    """Out of the panel: everything of theirs in it is deleted."""
    await consent.choose_purpose(context.person, Purpose.PANEL, on=False, now=context.now)
    await panels.leave(context.person, now=context.now)
    await context.say("panel.left", replaces=pressed.letter_id)


# --- screens ----------------------------------------------------------------------------------------------------------


@screen("panel")
async def menu(taken: Taken, now: datetime) -> Screen | None:
    """What there is to answer, to see and to say; for whoever is no member yet, what it would be."""
    language = taken.language
    found = await views.here(whose(taken))
    if found is None:
        return await _none_yet(taken)
    if not found.member:
        return _invitation(found.host, language)
    surveys = await views.surveys(whose(taken), now=now)
    waiting = [one for one in surveys if not one.done]
    vote = await views.latest_vote(whose(taken), found.panel_id, now=now)
    told, dones = await views.results(whose(taken)), await views.dones(whose(taken), now=now)
    said = text("chat.panel.joined" if taken.args.get("why") == "joined" else "chat.panel.hello", language)
    return Screen(
        lines(said, text("chat.panel.waiting" if waiting else "chat.panel.nothing", language)),
        rows(
            *([_begin_button(one.sendout_id, one.title[language], language, begun=one.begun)] for one in waiting),
            [
                Button(text("chat.panel.button.results", language), "panel.results") if told else None,
                Button(text("chat.panel.button.dones", language), "panel.dones") if dones else None,
            ],
            [
                Button(text("chat.panel.button.propose", language), "panel.propose"),
                Button(text("chat.panel.button.votes", language), "panel.votes") if vote else None,
            ],
            [Button(text("chat.panel.button.leave", language), "panel.leave"), home_button(language)],
        ),
    )


async def _none_yet(taken: Taken) -> Screen:
    """No panel here. Only whoever has said yes to one will hear of it."""
    language = taken.language
    if Purpose.PANEL in (await conversation.choices(whose(taken))).purposes:
        return Screen(text("chat.panel.none", language), rows([home_button(language)]))
    settings = Button(text("chat.home.button.settings", language), "settings")
    return Screen(text("chat.panel.none.say_so", language), rows([settings, home_button(language)]))


def _begin_button(sendout_id: str, title: str, language: str, *, begun: bool) -> Button:
    key = "chat.panel.button.go_on" if begun else "chat.panel.button.begin"
    return Button(text(key, language, title=title), "panel.begin", sendout_id)


def _invitation(host: str, language: str) -> Screen:
    return Screen(
        paragraphs(
            text("chat.panel.join", language),
            lines(
                text("chat.panel.join.sees", language),
                text("chat.panel.join.host", language, host=host) if host else "",
            ),
        ),
        rows([Button(text("chat.panel.button.join", language), "panel.join")], [home_button(language)]),
    )


@screen("panel.leave")
async def leave_screen(taken: Taken, now: datetime) -> Screen | None:
    """What goes, what stays."""
    language = taken.language
    return Screen(
        text("chat.panel.leave", language),
        rows(
            [Button(text("chat.panel.button.left", language), "panel.left")],
            [Button(text("chat.panel.button.stay", language), "panel")],
        ),
    )


@screen("panel.left")
async def left(taken: Taken, now: datetime) -> Screen | None:
    """Out, and the way back."""
    return Screen(text("chat.panel.left", taken.language), rows([home_button(taken.language)]))
