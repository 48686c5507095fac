"""The case file: every message is a record, and somebody decides whether it belongs to the case or not.

What is recorded: each message of a conversation, both ways, notes and calls, each file with a message, what was
answered to an offer, what was agreed at a meeting. Feedback is not: who reads that, the young person chooses.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from models.domain.errors import Invalid

#: So long something may wait undecided before Today says so.
DUE: Final = timedelta(days=14)
LONGEST_THEME: Final = 60
#: What one hand-over holds at most; the rest is for the next one. One record is always in it.
MOST_RECORDS: Final = 1000
MOST_BYTES: Final = 48 * 1024 * 1024
#: Answers to an offer that are a record of their own; words that came as a message are recorded as that.
ANSWERS: Final = frozenset({"yes", "no", "change", "regret", "yes.words", "no.words", "change.words", "ask.words"})


class Kind(StrEnum):
    """What a record is."""

    MESSAGE = "message"
    FILE = "file"
    OFFER = "offer"
    MEETING = "meeting"


class Choice(StrEnum):
    """What is decided about a record. One with no decision that stands is undecided."""

    FILE = "file"
    NOT_RELEVANT = "not"


class Theme(StrEnum):
    """What a record is about, for whoever keeps the case. OTHER may have words of its own."""

    HOUSING = "housing"
    EDUCATION = "education"
    MONEY = "money"
    WELLBEING = "wellbeing"
    OFFERS = "offers"
    OTHER = "other"


def read_theme(code: str, words: str) -> tuple[Theme, str]:
    """The theme somebody chose, and its own words. Raises Invalid ("theme_missing", "theme_too_long") on field "theme"
    or "words".
    """
    said = " ".join(words.split())
    if len(said) > LONGEST_THEME:
        raise Invalid("theme_too_long", "words")
    if said:
        return Theme.OTHER, said
    if code not in {theme.value for theme in Theme}:
        raise Invalid("theme_missing", "theme")
    return Theme(code), ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as it is handed over. `kind`: photo, audio, video or document, by its content."""

    name: str
    mime: str
    kind: str
    content: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a message said before it was edited, and until when."""

    words: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """One record in a hand-over. `form`: in, out, note, contact, missed, file, offer, meeting; `what` a code or a title
    in it; `about` the title of the offer or the meeting.
    """

    record_id: str
    form: str
    at: datetime
    who: str
    words: str = field(repr=False)
    theme: Theme
    theme_words: str = field(repr=False)
    decided_by: str
    decided_at: datetime
    what: str = ""
    about: str = field(default="", repr=False)
    earlier: tuple[Earlier, ...] = ()
    edited_at: datetime | None = None
    file: Attached | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """That a hand-over is fetched again: when and by whom, and the fingerprint of the first."""

    at: datetime
    by: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a hand-over says. The same content is always the same document, byte for byte.

    `left`: records that wait for the next one; `missing`: records of it that are no longer there when it is copied.
    """

    person_id: str
    municipality: str
    reference: str
    name: str = field(repr=False)
    number: int
    at: datetime
    by: str
    records: tuple[Recorded, ...]
    left: int = 0
    missing: int = 0
    copy: Copy | None = None


#: From here on signs are pictures: said in words also where the font has an outline for them.
_PICTURES: Final = 0x1F000


def spelled(text: str, drawn: frozenset[int]) -> str:
    """Text with what cannot be drawn, and every emoji, in words: "😊" becomes "[smiler]". `drawn`: the code points that
    can be.
    """
    made: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        named = _EMOJI.get(character)
        if named is not None:
            made.append(f"[{named}]")
        elif character == "\n":
            made.append(character)
        elif _only_changes(character):
            made.append(character if ord(character) in drawn and unicodedata.category(character) == "Mn" else "")
        else:
            is_drawn = ord(character) in drawn and ord(character) < _PICTURES
            made.append(character if is_drawn else f"[{_name(character)}]")
    return "".join(made)


def _only_changes(character: str) -> bool:
    """Signs that only change the one before: accents, skin, direction, joining, control."""
    return unicodedata.category(character) in {"Cf", "Cc", "Mn", "Me", "Cs"} or 0x1F3FB <= ord(character) <= 0x1F3FF


def _name(character: str) -> str:
    place = ord(character)
    if 0x1F1E6 <= place <= 0x1F1FF:
        return f"flag {chr(place - 0x1F1E6 + ord('A'))}"
    code = f"tegn U+{place:04X}"
    return code if unicodedata.category(character).startswith("L") else unicodedata.name(character, code).lower()


_EMOJI: Final = {
    "😀": "griner", "😃": "griner", "😄": "griner", "😁": "griner bredt", "😆": "griner højt", "😅": "griner lettet",
    "😂": "græder af grin", "🤣": "græder af grin", "🙂": "smiler", "😊": "smiler", "☺": "smiler", "😉": "blinker",
    "😍": "forelsket", "🥰": "glad og varm", "😘": "kys", "😎": "cool", "🤗": "krammer", "🤔": "tænker",
    "😐": "neutral", "😕": "i tvivl", "🙁": "ked af det", "☹": "ked af det", "😔": "trist", "😞": "skuffet",
    "😢": "græder", "😭": "græder meget", "😟": "bekymret", "😰": "nervøs", "😨": "bange", "😱": "skriger",
    "😡": "vred", "😠": "sur", "🤬": "bander", "😴": "sover", "🥱": "gaber", "😩": "træt", "😫": "udmattet",
    "🤒": "syg", "🤢": "dårlig", "🙄": "ruller med øjnene", "😬": "akavet", "😶": "tavs", "🥺": "bønfalder",
    "👍": "tommel op", "👎": "tommel ned", "👌": "okay", "👋": "vinker", "🙏": "tak", "💪": "stærk", "👏": "klapper",
    "🙌": "jubler", "🤞": "krydser fingre", "❤": "hjerte", "🧡": "hjerte", "💛": "hjerte", "💚": "hjerte",
    "💙": "hjerte", "💜": "hjerte", "🖤": "hjerte", "💔": "knust hjerte", "💕": "hjerter", "🔥": "ild", "🎉": "fest",
    "🎂": "kage", "✨": "glimt", "⭐": "stjerne", "💯": "hundrede procent", "✅": "flueben", "❌": "kryds",
    "⚠": "advarsel", "🏠": "hus", "💰": "penge", "📞": "telefon", "🤷": "trækker på skuldrene",
    "🤦": "slår sig for panden",
}  # fmt: skip
