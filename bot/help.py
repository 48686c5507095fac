"""Help now: 112 first, then the lines of one's own region. Always one tap away, also without a database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from telegram import Update

from bot import discreet
from bot.context import Context
from bot.phrases import help_button, home_button, lines, paragraphs, rows, whose, write_button
from bot.presses import Press, press
from bot.screens import Screen, screen
from locales import LANGUAGES, dates, text
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
        office = text("chat.help.office.open", language)
    else:
        opens = dates.when(promises.next_open(now, found.hours), now, language)
        office = text("chat.help.office.closed", language, when=opens)
    not_told = text("chat.help.not_told", language, name=found.caseworker)
    said = _text(helplines.shown(now, found.region, found.lines), language, lines(not_told, office))
    return Screen(said, rows([write_button(language, found.caseworker), home_button(language)]))


@screen("crisis")
async def crisis(taken: Taken, now: datetime) -> Screen | None:
    """Gently, and truly: what happens now, and when."""
    language = taken.language
    if taken.discreet:
        return discreet.help_now(taken, now, before=text("chat.discreet.thanks", language))
    raised = await conversation.raised(whose(taken), _CRISIS)
    near = await conversation.around(whose(taken), now=now)
    if raised is not None and raised.taken:
        happens = text("chat.crisis.taken", language, name=raised.owner)
    else:
        by = raised.deadline_at if raised else promises.alert_deadline(now, near.hours, "read_now")
        name = raised.owner if raised else near.answers
        happens = text("chat.crisis.happens", language, name=name, when=dates.when(max(by, now), now, language))
    closed = "" if promises.is_open(now, near.hours) else text("chat.crisis.closed", language)
    return Screen(
        paragraphs(text("chat.crisis", language), lines(happens, closed)),
        rows([help_button(language)]),
    )


def _text(shown: list[Shown], language: str, last: str) -> str:
    listed = [_line(one.line, one.open, language) for one in shown if not one.line.certain]
    return paragraphs(text("chat.help.danger", language), "\n".join(listed), text("chat.help.next", language), last)


def _line(line: Helpline, is_open: bool | None, language: str) -> str:
    said = text("chat.help.line", language, name=line.name, number=line.number, about=line.about[language])
    if is_open is None:
        return said
    return f"{said} {text('chat.help.open' if is_open else 'chat.help.shut', language)}"


# --- without a database ---------------------------------------------------------------------------------------------


def offline_texts() -> dict[str, str]:
    """The help text per language for when the database is away: 112 and the national lines, no hours."""
    national = [Shown(line, None) for line in helplines.HELPLINES if line.regions is None]
    return {language: _text(national, language, "") for language in LANGUAGES}


def write_help_file(path: Path) -> None:
    """Write the file the receiver answers from, whole or not at all: JSON, language -> text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(offline_texts(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def read_help_file(path: Path) -> dict[str, str]:
    """What `write_help_file` wrote; the texts themselves where the file is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {language: str(found[language]) for language in LANGUAGES}
    except (OSError, ValueError, KeyError, TypeError):
        return offline_texts()
