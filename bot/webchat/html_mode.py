"""HTML parse mode: a reading of td's `parse_html` (tdlib/td MessageEntity.cpp), with the same errors at the same bytes.

The newer tag tg-time is not known; a mention by user id (`tg://user?id=`) becomes plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.webchat.errors import ApiError, bad_request
from bot.webchat.spans import SPACE, Entity, Formatted, checked_link, in_order

_SIMPLE = {
    "i": "italic",
    "em": "italic",
    "b": "bold",
    "strong": "bold",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = frozenset(_SIMPLE) | {"a", "tg-emoji", "pre", "code", "blockquote"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


def parse_html(source: str) -> Formatted:
    """HTML parse mode; raises the 400 that Telegram gives."""
    return _Parser(source).run()


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    begin: int


class _Parser:
    """One pass over the source, which ends in a NUL as it does in C."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._text = source + "\0"
        self._at = 0
        self._out: list[str] = []
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def run(self) -> Formatted:
        end = len(self._source)
        while self._at < end:
            character = self._text[self._at]
            decoded = self._character_reference() if character == "&" else ""
            if decoded:
                self._put(decoded)
            elif character != "<":
                self._put(character)
                self._at += 1
            elif self._text[self._at + 1] != "/":
                self._start_tag()
            else:
                self._end_tag()
        if self._open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        text = "".join(self._out)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._error(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                "surrogate code units"
            )
        coded = (replace(e, value="") if e.type == "code" else e for e in self._entities)
        return Formatted(text, in_order(coded))

    def _put(self, character: str) -> None:
        self._out.append(character)
        self._units += 1 + (character > "\uffff")

    def _error(self, text: str, at: int | None = None) -> ApiError:
        place = "" if at is None else f" at byte offset {len(self._source[:at].encode())}"
        return bad_request(f"can't parse entities: {text}{place}")

    def _character_reference(self) -> str:
        """The character meant at `&`, moving behind it; "" and no move when it is none that Telegram knows."""
        found = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z]+))").match(self._text, self._at)
        if not found:
            return ""
        if found[3]:
            character = _NAMED.get(found[3], "")
        else:
            code = int(found[1], 16) if found[1] else int(found[2])
            fits = 0 < code < 0x10FFFF and found.end() - self._at < 10
            character = chr(code) if fits else ""
        if character:
            self._at = found.end() + (self._text[found.end()] == ";")
        return character

    def _skip(self, stop: str) -> str:
        begin = self._at
        while self._text[self._at] not in stop:
            self._at += 1
        return self._text[begin : self._at]

    def _skip_space(self) -> None:
        while self._text[self._at] in " \t\r\n\v":
            self._at += 1

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        tag = self._skip(SPACE + ">").lower()
        if self._text[self._at] == "\0":
            raise self._error("Unclosed start tag", begin)
        if tag not in _TAGS:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self._at += 1
        self._open.append(_Open(tag, argument, self._units, len(self._out)))

    def _attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while self._text[self._at] != ">":
            self._skip_space()
            if self._text[self._at] == ">":
                break
            name = self._skip(SPACE + "=>")
            if not name:
                raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
            self._skip_space()
            value = ""
            if self._text[self._at] == "=":
                self._at += 1
                self._skip_space()
                if self._text[self._at] == "\0":
                    raise self._error(f'Unclosed start tag "{tag}"', begin)
                value = self._value()
            if self._text[self._at] == "\0":
                raise self._error("Unclosed start tag", begin)
            argument = _argument(tag, name, value, argument)
        return argument

    def _value(self) -> str:
        quote = self._text[self._at]
        begin = self._at
        if quote not in "'\"":
            while self._text[self._at].isascii() and (self._text[self._at].isalnum() or self._text[self._at] in ".-"):
                self._at += 1
            if self._text[self._at] not in SPACE + ">":
                raise self._error("Unexpected end of name token", begin)
            return self._text[begin : self._at].lower()
        self._at += 1
        value: list[str] = []
        while self._text[self._at] not in (quote, "\0"):
            decoded = self._character_reference() if self._text[self._at] == "&" else ""
            if not decoded:
                decoded = self._text[self._at]
                self._at += 1
            value.append(decoded)
        if self._text[self._at] == quote:
            self._at += 1
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._error("Unexpected end tag", begin)
        self._at += 2
        tag = self._skip(SPACE + ">").lower()
        self._skip_space()
        if self._text[self._at] != ">":
            raise self._error("Unclosed end tag", begin)
        self._at += 1
        opened = self._open[-1]
        if tag and tag != opened.tag:
            raise self._error(
                f"Unmatched end tag at byte offset {len(self._source[:begin].encode())}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        self._open.pop()
        if self._units > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        offset, length, tag = opened.offset, self._units - opened.offset, opened.tag
        last = self._entities[-1] if self._entities else None
        same = last is not None and (last.offset, last.length) == (offset, length)
        if tag in _SIMPLE:
            self._entities.append(Entity(_SIMPLE[tag], offset, length))
        elif tag == "tg-emoji":
            if not re.fullmatch(r"-?[0-9]{1,19}", opened.argument) or int(opened.argument) == 0:
                raise self._error("Invalid custom emoji identifier specified")
            self._entities.append(Entity("custom_emoji", offset, length, opened.argument))
        elif tag == "a":
            link = opened.argument or "".join(self._out[opened.begin :])
            kept = "" if link.startswith("tg://user?id=") else checked_link(link)
            if kept:
                self._entities.append(Entity("text_link", offset, length, kept))
        elif tag == "pre":
            if same and last is not None and last.type == "code" and last.value:
                self._entities[-1] = replace(last, type="pre")
            else:
                self._entities.append(Entity("pre", offset, length))
        elif tag == "code":
            if same and last is not None and last.type == "pre" and opened.argument:
                self._entities[-1] = replace(last, value=opened.argument)
            else:
                self._entities.append(Entity("code", offset, length, opened.argument))
        else:
            self._entities.append(Entity(f"{opened.argument}blockquote", offset, length))


def _argument(tag: str, name: str, value: str, argument: str) -> str:
    if tag == "a" and name == "href":
        return value
    if tag == "code" and name == "class" and value.startswith("language-"):
        return value[9:]
    if tag == "span" and name == "class" and value.startswith("tg-"):
        return value[3:]
    if tag == "tg-emoji" and name == "emoji-id":
        return value
    if tag == "blockquote" and name == "expandable":
        return "expandable_"
    return argument
