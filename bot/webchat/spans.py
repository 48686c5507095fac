"""Spans of a text, counted as Telegram counts: entities, their order, and the links that may stand in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bot.webchat.errors import NOT_UTF8, bad_request

SPACE = " \t\r\n\0\v"
ORDER = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


@dataclass(frozen=True, slots=True)
class Entity:
    """One span of a text. `value` is the link, the language or the emoji id, by type."""

    type: str
    offset: int
    length: int
    value: str = ""

    def json(self) -> dict[str, Any]:
        """The MessageEntity object."""
        found: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        field = {"text_link": "url", "pre": "language", "custom_emoji": "custom_emoji_id"}.get(self.type)
        if field and self.value:
            found[field] = self.value
        return found


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and its entities, in order."""

    text: str
    entities: tuple[Entity, ...] = ()

    def json(self) -> list[dict[str, Any]]:
        """The entities as MessageEntity objects."""
        return [entity.json() for entity in self.entities]


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf8(text: str) -> None:
    """400 when the text holds half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request(NOT_UTF8) from None


def checked_link(url: str) -> str:
    """The link as Telegram would keep it, or "" when it would not."""
    if any(character in SPACE for character in url):
        return ""
    if url.lower().startswith(("tg://", "ton://")):
        return url
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return ""
    host = parts.hostname or ""
    if parts.scheme.lower() not in ("http", "https") or not port_fits:
        return ""
    if "." not in host.strip("."):
        return ""
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path or "/", parts.query, parts.fragment))


def in_order(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Entities by where they begin, the longer first, then by kind, as td orders them."""
    return tuple(sorted(entities, key=lambda e: (e.offset, -e.length, ORDER.get(e.type, 50))))
