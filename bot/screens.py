"""Screens: what a letter looks like when it is sent. Rendered late, from rows, in the person's language.

A noun's module registers a renderer per kind of letter with `@screen("offer.show")`. Buttons carry a *deed* and an
*option*; on the wire they are an opaque reference to the letter and a position, so a button can only ever do, for this
chat, what its own letter offered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from models.actions.letters import Taken

#: The one fixed button: it must work in any state, even when the database is gone.
HELP = "help"


@dataclass(frozen=True, slots=True)
class Button:
    """One button. `deed` names what it does (`bot.presses`), `option` which; `url` instead makes it a link.

    A `door` leads into the web chat: its address is made when the letter is sent.
    """

    label: str
    deed: str = ""
    option: str = ""
    url: str = ""
    door: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture with the text alternative that stands as its caption."""

    png: bytes
    filename: str


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep or to hear. `kind`: "document", "voice" or "photo", as the Bot API sends it."""

    content: bytes
    filename: str
    kind: str = "document"


@dataclass(frozen=True, slots=True)
class Screen:
    """One message: plain text (never parsed as HTML), rows of buttons, perhaps a picture or a file.

    With a picture or a file the text is its caption, at most 1024 characters. `forget` instead says nothing: it empties
    the chat, on Telegram of the messages it names.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    photo: Photo | None = None
    file: File | None = None
    forget: tuple[int, ...] | None = None
    keep_links: bool = field(default=False)


Renderer = Callable[[Taken, datetime], Awaitable[Screen | None]]
_renderers: dict[str, Renderer] = {}


def screen(kind: str) -> Callable[[Renderer], Renderer]:
    """Register the renderer of a kind of letter. A renderer returns None when there is nothing left to say."""

    def register(renderer: Renderer) -> Renderer:
        if kind in _renderers:
            raise ValueError(f"{kind} is rendered twice")
        _renderers[kind] = renderer
        return renderer

    return register


def kinds() -> frozenset[str]:
    """The kinds of letter that have a renderer."""
    return frozenset(_renderers)


async def render(taken: Taken, now: datetime) -> tuple[Screen, list[list[str]]] | None:
    """The screen of a letter and the list of its deeds, in button order; None when there is nothing left to say."""
    made = await _renderers[taken.kind](taken, now)
    if made is None:
        return None
    deeds = [[button.deed, button.option] for row in made.buttons for button in row if button.deed]
    return made, deeds


def markup(made: Screen, nonce: str) -> dict[str, object] | None:
    """The inline keyboard of a screen, with opaque references: `<nonce>.<position>`, or `help`."""
    if not made.buttons:
        return None
    position = 0
    rows: list[list[dict[str, str]]] = []
    for row in made.buttons:
        shown: list[dict[str, str]] = []
        for button in row:
            if button.url or button.door:
                if button.url:
                    shown.append({"text": button.label, "url": button.url})
                continue
            shown.append(
                {"text": button.label, "callback_data": HELP if button.deed == HELP else f"{nonce}.{position}"}
            )
            position += 1
        if shown:
            rows.append(shown)
    return {"inline_keyboard": rows}
