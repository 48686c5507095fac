"""What may be wrong with a screen: too hard to read, half in the other language, something left over."""

from __future__ import annotations

import re

from locales.plainness import HARDEST, lix, measurable
from tests.gallery.capture import Caught
from tests.gallery.tongues import foreign_lines

_LEFT_OVER = re.compile(r"\{[a-z_]+\}|\bNone\b|<[a-z]+")


def faults(one: Caught) -> list[str]:
    """In words, for whoever wrote the text."""
    name = f"{one.kind} ({one.language}): {one.text[:60]}"
    found = [f"{name}: in the other language: {line}" for line in foreign_lines(one.text, one.buttons, one.language)]
    if one.language == "da" and measurable(one.text) and (level := lix(one.text)) >= HARDEST:
        found.append(f"{name}: LIX {level:.0f}")
    if left := _LEFT_OVER.search(one.text):
        found.append(f"{name}: left over: {left[0]}")
    return found
