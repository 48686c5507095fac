"""How screens are put together: lines, buttons, names in the genitive, who has a person's messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.screens import Button
from locales import dates, has, text
from locales.taps import Taps
from models.actions.letters import Taken
from models.domain.consent import Purpose
from models.domain.helplines import Helpline
from models.domain.localtime import local_date
from models.queries import conversation
from models.queries.conversation import Around, Reader, Sent

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the young person's messages now, and whose they are."""

    name: str
    caseworker: str
    around: Around

    @property
    def standing_in(self) -> bool:
        """Whether somebody looks after the caseworker's messages."""
        return self.name != self.caseworker


def whose(taken: Taken) -> Reader:
    """The young person a letter is for. Raises LookupError for a letter to a chat without a link."""
    if taken.municipality_id is None or taken.person_id is None:
        raise LookupError("a letter to nobody known")
    return Reader(taken.municipality_id, taken.person_id)


async def holder(taken: Taken, now: datetime) -> Holder:
    """Who has the messages of the person a letter is for."""
    reader = whose(taken)
    around = await conversation.around(reader, now=now)
    return Holder(await conversation.holder(reader, now=now), around.caseworker, around)


def said(taken: Taken, key: str, /, **values: object) -> str:
    """A text in the reader's language; in easier Danish where they chose that and it has such a variant."""
    easy = f"{key}.easy"
    chosen = easy if taken.easy and taken.language == "da" and has(easy) else key
    return text(chosen, taken.language, **values)


def easy_label(taken: Taken) -> str:
    """What the button for easier Danish says: that, or back to the usual."""
    return text("chat.join.button.usual" if taken.easy else "chat.join.button.easier", taken.language)


def lines(*parts: str) -> str:
    """The parts that say something, each on a line of its own."""
    return "\n".join(part for part in parts if part)


def paragraphs(*parts: str) -> str:
    """The parts that say something, with an empty line between."""
    return "\n\n".join(part for part in parts if part)


def rows(*found: Iterable[Button | None]) -> Rows:
    """Rows of buttons without what is not there."""
    kept = (tuple(button for button in row if button is not None) for row in found)
    return tuple(row for row in kept if row)


def buttons(taps: Taps) -> Rows:
    """What can be tapped, as buttons."""
    return tuple(tuple(Button(one.label, one.deed, one.option) for one in row) for row in taps)


def help_button(language: str) -> Button:
    """The one button that works in any state."""
    return Button(text("chat.button.help", language), "help")


def home_button(language: str) -> Button:
    """The way back to where everything is."""
    return Button(text("chat.button.home", language), "home")


def write_button(language: str, name: str) -> Button:
    """Write to the caseworker, by name."""
    return Button(text("chat.button.write", language, name=shorten(name)), "message.write")


def ticked(language: str, label: str, on: bool) -> str:
    """A label with a mark that says whether it is chosen."""
    return text("chat.mark.on" if on else "chat.mark.off", language, label=label)


def purpose_label(purpose: Purpose, language: str, name: str) -> str:
    """What a consent is to, in a few words."""
    return text(f"chat.purpose.{purpose.value}", language, name=shorten(name))


def genitive(name: str, language: str) -> str:
    """A name's genitive: "Mettes" and "Lars'" in Danish, "Mette's" and "Lars'" in English."""
    if name[-1:].casefold() in {"s", "x", "z"}:
        return f"{name}'"
    return f"{name}s" if language == "da" else f"{name}'s"


def helpline(line: Helpline, is_open: bool | None, language: str) -> str:
    """A helpline on one line: its number, its address where it has no other, what it is for, whether it answers now."""
    both = line.number and line.web
    ways = text("chat.help.either", language, number=line.number, web=line.web) if both else line.number or line.web
    words = text("chat.help.line", language, name=line.name, number=ways, about=line.about[language])
    if is_open is None:
        return words
    return f"{words} {text('chat.help.open' if is_open else 'chat.help.shut', language)}"


def shorten(name: str, longest: int = 30) -> str:
    """A name that fits on a button."""
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"


def some_day(day: date, now: datetime, language: str) -> str:
    """A date, with its year where that is not this one."""
    return dates.day(day, language, year=day.year != local_date(now).year)


def promised(found: Sent, now: datetime, language: str) -> str:
    """By when a message is answered; "" where nobody waits for that, or the time is over."""
    if not found.needs_answer or found.promised_at is None or found.promised_at <= now:
        return ""
    return text("chat.message.by", language, when=dates.when(found.promised_at, now, language))
