"""Every screen that Hørt shows while stories are played, caught as it is rendered, in both languages."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from bot import screens
from bot.screens import Screen
from locales import LANGUAGES
from models.actions.letters import Taken


@dataclass(frozen=True, slots=True)
class Caught:
    """One screen: what kind of letter, in which language, what stands on it."""

    kind: str
    language: str
    text: str
    buttons: tuple[tuple[str, ...], ...]
    picture: str = ""  # as a data address
    file: str = ""  # its name


@contextmanager
def catching() -> Iterator[list[Caught]]:
    """While open, every rendered letter is rendered in the other language too, and both are kept, each once."""
    caught: dict[Caught, None] = {}
    drawn = screens.render

    async def render(taken: Taken, now: datetime) -> tuple[Screen, list[list[str]]] | None:
        made = await drawn(taken, now)
        for language in LANGUAGES:
            one = made if language == taken.language else await drawn(replace(taken, language=language), now)
            if one is not None:
                caught[_caught(taken.kind, language, one[0])] = None
        return made

    found: list[Caught] = []
    screens.render = render
    try:
        yield found
    finally:
        screens.render = drawn
        found.extend(caught)


def _caught(kind: str, language: str, made: Screen) -> Caught:
    image, name = made.photo.png if made.photo else None, ""
    if made.file is not None:
        image, name = (made.file.content, "") if made.file.kind == "photo" else (None, made.file.filename)
    picture = f"data:image/png;base64,{base64.b64encode(image).decode()}" if image else ""
    rows = tuple(tuple(button.label for button in row) for row in made.buttons)
    return Caught(kind, language, made.text, rows, picture, name)
