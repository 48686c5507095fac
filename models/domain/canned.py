"""Canned replies: what may stand in one, and what it says to one person from one member of staff."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from models.domain.errors import Invalid
from models.domain.marks import fingerprint

PLACES: Final = ("first_name", "my_first_name")
"""What a text may leave open: the young person's first name, and the writer's."""

LONGEST: Final = 3000
_PLACE: Final = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """One canned reply: its title, its words in Danish and (perhaps) in English, whether it is in use."""

    title: str
    da: str
    en: str = ""
    active: bool = True


def checked(text: Text) -> Text:
    """The text as it is kept. Raises Invalid (code, field): "canned_empty", "canned_too_long", "canned_place" for a
    place that is not in `PLACES`: it would stand in braces before a young person.
    """
    title, da, en = " ".join(text.title.split()), text.da.strip(), text.en.strip()
    for field, words, longest in (("title", title, 80), ("da", da, LONGEST), ("en", en, LONGEST)):
        if not words and field != "en":
            raise Invalid("canned_empty", field)
        if len(words) > longest:
            raise Invalid("canned_too_long", field)
        if field != "title" and any(place not in PLACES for place in _PLACE.findall(words)):
            raise Invalid("canned_place", field)
    return Text(title, da, en, text.active)


def mark(text: Text) -> str:
    """What a form about it was filled in for: the same only while nobody has written it anew."""
    return fingerprint(text)


def filled(words: str, *, first_name: str, my_first_name: str) -> str:
    """The words with the names in their places. A name that looks like a place stays a name."""
    names = {"first_name": first_name, "my_first_name": my_first_name}
    return _PLACE.sub(lambda found: names.get(found.group(1), found.group(0)), words)


def in_language(text: Text, language: str) -> str:
    """The words in the person's language; Danish where there is no English."""
    return text.en if language == "en" and text.en else text.da
