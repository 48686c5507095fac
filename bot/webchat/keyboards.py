"""Inline keyboards under a message."""

from __future__ import annotations

from typing import Any

from bot.webchat import limits
from bot.webchat.errors import bad_request
from bot.webchat.params import Params
from bot.webchat.spans import checked_link, utf8

_UNPARSED = "Can't parse inline keyboard button: "


def buttons(params: Params) -> list[list[dict[str, str]]]:
    """The rows of buttons in `reply_markup`: {"text", "data"} or {"text", "url"}. Other keyboards are ignored."""
    markup = params.json("reply_markup", "Can't parse reply keyboard markup JSON object")
    if markup is None:
        return []
    if not isinstance(markup, dict):
        raise bad_request("Object expected as reply markup")
    given = markup.get("inline_keyboard")
    if given is None:
        return []
    if not isinstance(given, list):
        raise bad_request('Field "inline_keyboard" must be of type Array')
    rows: list[list[dict[str, str]]] = []
    for row in given:
        if not isinstance(row, list):
            raise bad_request('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        shown = [button for button in map(_button, row) if button["text"]]
        if shown:
            rows.append(shown)
    if sum(map(len, rows)) > limits.KEYBOARD_BUTTONS:
        raise bad_request("reply markup is too long")
    return rows


def _field(button: dict[str, Any], name: str) -> str:
    value = button.get(name, "")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise bad_request(f'{_UNPARSED}Field "{name}" must be of type String')
    utf8(value)
    return value


def _button(button: object) -> dict[str, str]:
    if not isinstance(button, dict):
        raise bad_request(f"{_UNPARSED}InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise bad_request(f'{_UNPARSED}Can\'t find field "text"')
    text, url, data = _field(button, "text"), _field(button, "url"), _field(button, "callback_data")
    if url:
        return {"text": text, "url": _link(url)}
    if not data:
        raise bad_request(f"{_UNPARSED}Text buttons are unallowed in the inline keyboard")
    if len(data.encode()) > limits.CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return {"text": text, "data": data}


def _link(url: str) -> str:
    kept = checked_link(url)
    if not kept:
        scheme = url.partition("://")[0].lower() if "://" in url else "http"
        reason = "Wrong HTTP URL" if scheme in ("http", "https") else "Unsupported URL protocol"
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {reason}")
    return kept
