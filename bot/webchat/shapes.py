"""Objects as the Bot API and the page see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.webchat.messages import Message
from bot.webchat.people import Person


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot's own face."""

    user_id: int
    name: str
    username: str

    def user(self) -> dict[str, Any]:
        """The User object."""
        return {"id": self.user_id, "is_bot": True, "first_name": self.name, "username": self.username}

    def me(self) -> dict[str, Any]:
        """The User object with what only getMe tells."""
        return {
            **self.user(),
            "can_join_groups": False,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
        }


def user(person: Person) -> dict[str, Any]:
    """The User object of a person."""
    shown = {"id": person.user_id, "is_bot": False, "first_name": person.first_name}
    return {**shown, "language_code": person.language} if person.language else shown


def chat(person: Person) -> dict[str, Any]:
    """The private Chat object of a person."""
    return {"id": person.user_id, "first_name": person.first_name, "type": "private"}


def _size(photo: dict[str, Any]) -> dict[str, Any]:
    return {
        "file_id": photo["file_id"],
        "file_unique_id": photo["unique_id"],
        "width": photo["width"],
        "height": photo["height"],
        "file_size": photo["size"],
    }


def kind(facts: dict[str, Any]) -> str:
    """What kind of file a message carries besides a photo: voice, audio, video or document."""
    return str(facts.get("kind") or ("voice" if "seconds" in facts else "document"))


def file(facts: dict[str, Any]) -> dict[str, Any]:
    """The Document, Voice, Audio or Video object."""
    shown = {"file_id": facts["file_id"], "file_unique_id": facts["unique_id"], "file_size": facts["size"]}
    shown["mime_type"] = facts["mime"]
    if kind(facts) != "voice":
        shown["file_name"] = facts["name"]
    if kind(facts) != "document":
        shown["duration"] = facts["seconds"]
    if kind(facts) == "video":
        shown |= {"width": facts["width"], "height": facts["height"]}
    return shown


def message(
    shown: Message, person: Person, bot: Bot, replied: Message | None = None, *, pressed_from: bool = False
) -> dict[str, Any]:
    """The Message object. `pressed_from`: inside a callback query, where a reply is not repeated."""
    content = shown.content
    found: dict[str, Any] = {
        "message_id": shown.message_id,
        "from": user(person) if shown.mine else bot.user(),
        "chat": chat(person),
        "date": shown.date,
    }
    if shown.edit_date is not None:
        found["edit_date"] = shown.edit_date
    if shown.protected:
        found["has_protected_content"] = True
    if replied is not None and not pressed_from:
        found["reply_to_message"] = message(replied, person, bot)
    if content.photo is not None:
        found["photo"] = [_size(content.photo)]
    if content.document is not None:
        found[kind(content.document)] = file(content.document)
    has_file = content.photo is not None or content.document is not None
    if content.text:
        found["caption" if has_file else "text"] = content.text
        if content.entities:
            found["caption_entities" if has_file else "entities"] = content.entities
    if content.buttons:
        found["reply_markup"] = {"inline_keyboard": [[_button(b) for b in row] for row in content.buttons]}
    return found


def _button(button: dict[str, str]) -> dict[str, str]:
    if "url" in button:
        return {"text": button["text"], "url": button["url"]}
    return {"text": button["text"], "callback_data": button["data"]}


def page_message(shown: Message, link: Callable[[str], str]) -> dict[str, Any]:
    """The message as the page's API gives it. `link` makes a file id a relative URL."""
    content = shown.content
    photo = None
    if content.photo is not None:
        photo = {
            "url": link(content.photo["file_id"]),
            "width": content.photo["width"],
            "height": content.photo["height"],
            "size": content.photo["size"],
        }
    attached = None
    if content.document is not None:
        attached = {
            "kind": kind(content.document),
            "seconds": content.document.get("seconds", 0),
            "url": link(content.document["file_id"]),
            "name": content.document["name"],
            "size": content.document["size"],
            "mime": content.document["mime"],
        }
    state = "received" if shown.received or not shown.mine else "sent"
    return {
        "id": shown.message_id,
        "from": "me" if shown.mine else "bot",
        "date": shown.date,
        "edited": shown.edited,
        "deleted": shown.deleted,
        "text": content.text,
        "entities": content.entities,
        "buttons": content.buttons,
        "pressed": shown.pressed,
        "photo": photo,
        "document": attached,
        "reply_to": content.reply_to,
        "silent": shown.silent,
        "state": state,
    }
