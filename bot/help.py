"""Help now: 112 first, then the lines of one's own region. Always one tap away, also without a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from telegram import Update

from bot import discreet
from bot.context import Context
from bot.phrases import help_button, helpline, home_button, lines, paragraphs, rows, said, whose, write_button
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import LANGUAGES, dates, text
from models.actions import alerts
from models.actions.letters import Taken
from models.domain import helplines, promises
from models.domain.alerts import Reason
from models.domain.helplines import Helpline, Shown
from models.queries import conversation

_CRISIS = frozenset({Reason.CRISIS_WORDS.value})


async def show(context: Context) -> None:
    """Help, unless it was shown already while the database was away."""
    if not context.incoming.answered:
        await context.say("help")


async def asked(update: Update, context: Context) -> None:
    """/hjælp, /help, or a message that only asks for help."""
    await show(context)


@press("help")
async def pressed_help(context: Context, pressed: Press) -> None:
    """The help button."""
    await show(context)


@screen("help")
async def help_now(taken: Taken, now: datetime) -> Screen | None:
    """The help screen; to a chat without a link with the national lines only."""
    language = taken.language
    if taken.discreet:
        return discreet.help_now(taken, now)
    if taken.link_id is None:
        return Screen(_text(helplines.shown(now, None, helplines.HELPLINES), language, ""))
    found = await conversation.helping(whose(taken))
    if promises.is_open(now, found.hours):
        office = said(taken, "chat.help.office.open")
    else:
        opens = dates.when(promises.next_open(now, found.hours), now, language)
        office = said(taken, "chat.help.office.closed", when=opens)
    not_told = said(taken, "chat.help.not_told", name=found.caseworker)
    words = _text(helplines.shown(now, found.region, found.lines), language, lines(not_told, office), taken)
    return Screen(words, rows([write_button(language, found.caseworker), home_button(language)]))


@screen("crisis")
async def crisis(taken: Taken, now: datetime) -> Screen | None:
    """Gently, and truly: what happens now, and when."""
    language = taken.language
    if taken.discreet:
        return discreet.help_now(taken, now, before=text("chat.discreet.thanks", language))
    raised = await conversation.raised(whose(taken), _CRISIS)
    near = await conversation.around(whose(taken), now=now)
    if raised is not None and raised.taken:
        happens = said(taken, "chat.crisis.taken", name=raised.owner)
    else:
        by = raised.deadline_at if raised else promises.alert_deadline(now, near.hours, "read_now")
        name = raised.owner if raised else near.answers
        happens = said(taken, "chat.crisis.happens", name=name, when=dates.when(max(by, now), now, language))
    closed = "" if promises.is_open(now, near.hours) else said(taken, "chat.crisis.closed")
    return Screen(
        paragraphs(said(taken, "chat.crisis"), lines(happens, closed)),
        rows([help_button(language)], [Button(text("chat.crisis.button.mistake", language), "crisis.mistake")]),
    )


@press("crisis.mistake")
async def mistaken(context: Context, pressed: Press) -> None:
    """ "It was a mistake": the human is told, and looks anyway."""
    await alerts.mistaken(context.person, now=context.now)
    await context.say("crisis.mistake")


@screen("crisis.mistake")
async def mistake(taken: Taken, now: datetime) -> Screen | None:
    """Who is told; nothing is closed by it."""
    raised = await conversation.raised(whose(taken), _CRISIS)
    near = await conversation.around(whose(taken), now=now)
    name = raised.owner if raised else near.answers
    return Screen(text("chat.crisis.mistake", taken.language, name=name), rows([help_button(taken.language)]))


def _text(shown: list[Shown], language: str, last: str, taken: Taken | None = None) -> str:
    listed = [helpline(one.line, one.open, language) for one in shown if not one.line.certain]
    further = text("chat.help.next", language) if taken is None else said(taken, "chat.help.next")
    return paragraphs(text("chat.help.danger", language), "\n".join(listed), further, last)


# --- without a database ---------------------------------------------------------------------------------------------


def offline_texts(own: Sequence[Helpline] = ()) -> dict[str, str]:
    """The help text per language for when the database is away: 112, the national lines and every municipality's own,
    no hours."""
    national = [Shown(line, None) for line in helplines.HELPLINES if line.regions is None]
    lines_ = [*national[:1], *(Shown(line, None) for line in own), *national[1:]]
    return {language: _text(lines_, language, "") for language in LANGUAGES}


def write_help_file(path: Path, own: Sequence[Helpline] = ()) -> None:
    """Write the file the receiver answers from, whole or not at all: JSON, language -> text. What stands already is
    not written again."""
    if path.exists() and read_help_file(path) == offline_texts(own):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(offline_texts(own), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def read_help_file(path: Path) -> dict[str, str]:
    """What `write_help_file` wrote; the texts themselves where the file is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {language: str(found[language]) for language in LANGUAGES}
    except (OSError, ValueError, KeyError, TypeError):
        return offline_texts()
