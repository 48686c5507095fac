"""Formatted text as Telegram sees it: cleaning, trimming, and the entities found in plain text.

A reading of td's `clean_input_string`, `fix_formatted_text` and `fix_entities` (tdlib/td MessageEntity.cpp). Offsets
and lengths are UTF-16 code units. Markdown is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.webchat import limits
from bot.webchat.errors import bad_request
from bot.webchat.html_mode import parse_html
from bot.webchat.spans import ORDER, Entity, Formatted, checked_link, in_order, units, utf8

_SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
_ALONE = frozenset({"pre", "code", "text_link"})
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,24}(?![\w-])", re.IGNORECASE)),
    (
        "url",
        re.compile(
            r"(?<![\w@./-])(?:[\w-]+\.)+(?:dk|com|org|net|eu|info|io|me|nu|se|no|de)(?![\w.-])(?:[/?#][^\s<>\"]*)?",
            re.IGNORECASE,
        ),
    ),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
    ),
    ("mention", re.compile(r"(?<![\w/@.])@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w/#])#(?=\w*[^\W\d_])\w{1,256}")),
)
_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_CONTROL = {code: " " for code in range(32) if code not in (10, 13)}


def formatted(text: str, parse_mode: str, given: object, *, name: str, longest: int, empty: bool = False) -> Formatted:
    """The text as it will be shown, or a 400.

    `given` are MessageEntity objects, used when there is no parse mode. `name` ("message", "message caption") is for
    the error; `longest` counts characters after parsing; `empty` allows nothing at all (a caption).
    """
    utf8(text)
    if len(text.encode()) > limits.RAW_TEXT_BYTES:
        raise bad_request("Text is too long")
    mode = parse_mode.lower()
    if text and mode and mode != "none":
        if mode != "html":
            raise bad_request("Unsupported parse_mode")
        parsed = parse_html(text)
    else:
        parsed = Formatted(text, _given(given, units(text)))
    shown = _trimmed(_cleaned(parsed))
    if not shown.text and not empty:
        raise bad_request("Text must be non-empty")
    if len(shown.text) > longest:
        raise bad_request(f"{name} is too long")
    marked = _settled(shown.entities)
    return Formatted(shown.text, in_order([*marked, *_found(shown.text, marked)])[: limits.ENTITIES_SHOWN])


def plain(text: str) -> Formatted:
    """What a person typed, cleaned as Telegram's apps do; the text may come out empty."""
    shown = _trimmed(_cleaned(Formatted(text)))
    return Formatted(shown.text, in_order(_found(shown.text, ()))[: limits.ENTITIES_SHOWN])


def _given(entities: object, length: int) -> tuple[Entity, ...]:
    if entities is None:
        return ()
    if not isinstance(entities, list):
        return ()
    kept: list[Entity] = []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad_request("Can't parse MessageEntity: expected an Object")
        kind, offset, size = entity.get("type"), entity.get("offset"), entity.get("length")
        if not isinstance(kind, str):
            raise bad_request("Can't parse MessageEntity: Can't find field \"type\"")
        if not isinstance(offset, int) or not isinstance(size, int):
            missing = "length" if isinstance(offset, int) else "offset"
            raise bad_request(f"Can't parse MessageEntity: Can't find field \"{missing}\"")
        if kind not in ORDER or offset < 0 or size <= 0 or offset + size > length:
            continue
        value = entity.get({"text_link": "url", "pre": "language", "custom_emoji": "custom_emoji_id"}.get(kind, ""), "")
        value = value if isinstance(value, str) else ""
        if kind == "text_link":
            value = checked_link(value)
            if not value:
                continue
        kept.append(Entity(kind, offset, size, value))
    return in_order(kept)


def _cleaned(source: Formatted) -> Formatted:
    """Control characters become spaces; carriage returns, direction overrides and line-like marks go."""
    text = source.text.translate(_CONTROL)
    if not _REMOVED.search(text):
        return Formatted(text, source.entities)
    gone = [units(text[: found.start()]) for found in _REMOVED.finditer(text)]

    def moved(entity: Entity) -> Entity:
        before = sum(at < entity.offset for at in gone)
        within = sum(entity.offset <= at < entity.offset + entity.length for at in gone)
        return replace(entity, offset=entity.offset - before, length=entity.length - within)

    kept = tuple(entity for entity in map(moved, source.entities) if entity.length > 0)
    return Formatted(_REMOVED.sub("", text), kept)


def _trimmed(source: Formatted) -> Formatted:
    """White space goes at the end, and at the beginning as far as the first entity."""
    text = source.text.rstrip(" \n")
    first = min((entity.offset for entity in source.entities), default=len(text))
    lead = min(len(text) - len(text.lstrip(" \n")), first)
    size = units(text)
    kept = []
    for entity in source.entities:
        length = min(entity.length, size - entity.offset)
        if length > 0:
            kept.append(replace(entity, offset=entity.offset - lead, length=length))
    return Formatted(text[lead:], tuple(kept))


def _settled(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Spans of one style that touch become one; no style inside code."""
    coded = [(e.offset, e.offset + e.length) for e in entities if e.type in ("code", "pre")]
    settled = [e for e in entities if e.type not in _SPLITTABLE]
    for style in _SPLITTABLE:
        joined: list[tuple[int, int]] = []
        for begin, end in sorted((e.offset, e.offset + e.length) for e in entities if e.type == style):
            if joined and begin <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((begin, end))
        settled += [Entity(style, a, b - a) for a, b in _without(joined, coded)]
    return in_order(settled)


def _without(spans: list[tuple[int, int]], holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for hole_begin, hole_end in holes:
        pieces = []
        for begin, end in spans:
            pieces += [(begin, min(end, hole_begin)), (max(begin, hole_end), end)]
        spans = [(begin, end) for begin, end in pieces if begin < end]
    return spans


def _found(text: str, marked: Iterable[Entity]) -> list[Entity]:
    """Links, addresses, commands, mentions and tags that Telegram finds by itself."""
    taken = [(e.offset, e.offset + e.length) for e in marked if e.type in _ALONE]
    found: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            piece = match[0].rstrip(".,:;!?'\")]}") if kind == "url" else match[0]
            begin = units(text[: match.start()])
            end = begin + units(piece)
            if end > begin and all(end <= a or begin >= b for a, b in taken):
                taken.append((begin, end))
                found.append(Entity(kind, begin, end - begin))
    return found
