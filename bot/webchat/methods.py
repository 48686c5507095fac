"""The Bot API methods that our bot uses, with Telegram's checks in Telegram's order."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.webchat import entities, limits, shapes
from bot.webchat.chats import Chats
from bot.webchat.errors import ApiError, bad_request, method_not_found, too_many_requests
from bot.webchat.files import Files
from bot.webchat.keyboards import buttons
from bot.webchat.messages import Content, Message
from bot.webchat.params import Params
from bot.webchat.people import Person
from bot.webchat.rates import SendRates
from bot.webchat.spans import Formatted
from bot.webchat.updates import Poller
from bot.webchat.webhook import Webhook

Method = Callable[[Params], Any | Awaitable[Any]]

_COMMAND_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
ACCEPTED = ("setChatMenuButton", "setMyDescription", "setMyShortDescription", "setMyName")


class Methods:
    """Looks up and runs methods; results are JSON values, failures are ApiError."""

    def __init__(
        self, chats: Chats, poller: Poller, webhook: Webhook, files: Files, now: Callable[[], float], *, rates: bool
    ) -> None:
        self._chats = chats
        self._poller = poller
        self._webhook = webhook
        self._files = files
        self._now = now
        self._rates = SendRates() if rates else None
        named: dict[str, Method] = {
            "getMe": lambda _: chats.bot.me(),
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": lambda _: webhook.info(self._now()),
            "sendMessage": self._send_message,
            "sendPhoto": lambda params: self._send_file(params, "photo"),
            "sendDocument": lambda params: self._send_file(params, "document"),
            "sendVoice": lambda params: self._send_file(params, "voice"),
            "sendChatAction": self._send_chat_action,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageReplyMarkup": self._edit_markup,
            "deleteMessage": self._delete_message,
            "deleteMessages": self._delete_messages,
            "answerCallbackQuery": self._answer,
            "getFile": lambda params: files.link(params.text("file_id")),
            "getChat": self._get_chat,
            "setMyCommands": self._set_commands,
            "getMyCommands": self._get_commands,
            "deleteMyCommands": self._delete_commands,
            **{name: lambda _: True for name in ACCEPTED},
        }
        self._methods = {name.lower(): method for name, method in named.items()}

    def add(self, named: dict[str, Method]) -> None:
        """More methods: the extensions."""
        self._methods |= {name.lower(): method for name, method in named.items()}

    async def call(self, name: str, params: Params) -> Any:
        """Runs a method by its name, in any case."""
        method = self._methods.get(name.lower())
        if method is None:
            raise method_not_found()
        result = method(params)
        return await result if inspect.isawaitable(result) else result

    # Updates

    async def _get_updates(self, params: Params) -> Any:
        return await self._poller.get_updates(
            params.number("offset"), params.number("limit", 100), params.number("timeout"), _allowed(params)
        )

    async def _set_webhook(self, params: Params) -> bool:
        url = params.text("url").strip()
        if not url:
            return await self._delete_webhook(params)
        self._webhook.pace()
        self._poller.stop()
        connections = params.number("max_connections", limits.WEBHOOK_CONNECTIONS)
        drop = params.flag("drop_pending_updates")
        await self._webhook.set(url, params.text("secret_token"), connections, drop=drop)
        self._chats.updates.set_allowed(_allowed(params))
        return True

    async def _delete_webhook(self, params: Params) -> bool:
        await self._webhook.delete(drop=params.flag("drop_pending_updates"))
        return True

    # Sending

    def _chat_id(self, params: Params) -> int | None:
        given = params.text("chat_id").strip()
        if not given:
            raise bad_request("chat_id is empty")
        return params.number("chat_id") if re.fullmatch(r"[0-9]{1,18}", given) else None

    def _person(self, params: Params, *, sends: bool) -> Person:
        """The person written to, after the rates have agreed."""
        chat_id = self._chat_id(params)
        person = self._chats.reachable(chat_id)
        self._pace(chat_id if sends else None)
        return person

    def _pace(self, chat_id: int | None) -> None:
        wait = self._rates.refused(self._now(), chat_id) if self._rates is not None else 0
        if wait:
            raise too_many_requests(wait)

    def _replied(self, person: Person, params: Params) -> Message | None:
        wish = params.json("reply_parameters", "Can't parse reply parameters JSON object")
        number = wish.get("message_id") if isinstance(wish, dict) else params.number("reply_to_message_id")
        if not number:
            return None
        lenient = wish.get("allow_sending_without_reply") if isinstance(wish, dict) else None
        found = self._chats.messages.get(person.user_id, int(number)) if str(number).isdecimal() else None
        if found is None and not (lenient or params.flag("allow_sending_without_reply")):
            raise bad_request("message to be replied not found")
        return found

    def _send(self, params: Params, person: Person, content: Content, replied: Message | None) -> dict[str, Any]:
        sent = self._chats.send(
            person, content, silent=params.flag("disable_notification"), protected=params.flag("protect_content")
        )
        return shapes.message(sent, person, self._chats.bot, replied)

    def _text(self, params: Params) -> Formatted:
        text = params.text("text")
        if not text:
            raise bad_request("message text is empty")
        given = params.json("entities", "Can't parse entities JSON object")
        return entities.formatted(
            text, params.text("parse_mode"), given, name="message", longest=limits.TEXT_CHARACTERS
        )

    def _caption(self, params: Params) -> Formatted:
        given = params.json("caption_entities", "Can't parse entities JSON object")
        return entities.formatted(
            params.text("caption"),
            params.text("parse_mode"),
            given,
            name="message caption",
            longest=limits.CAPTION_CHARACTERS,
            empty=True,
        )

    def _send_message(self, params: Params) -> dict[str, Any]:
        shown, rows = self._text(params), buttons(params)
        person = self._person(params, sends=True)
        replied = self._replied(person, params)
        content = Content(shown.text, shown.json(), rows, reply_to=replied.message_id if replied else None)
        return self._send(params, person, content, replied)

    def _send_file(self, params: Params, kind: str) -> dict[str, Any]:
        shown, rows = self._caption(params), buttons(params)
        upload = self._files.given(params, kind)
        facts = self._files.facts(upload, kind)
        if kind == "voice":
            facts |= {"kind": "voice", "seconds": max(0, params.number("duration"))}
        person = self._person(params, sends=True)
        replied = self._replied(person, params)
        with self._chats.store.tx():
            facts = self._files.keep(person.user_id, kind, facts, upload.content)
        content = Content(shown.text, shown.json(), rows, reply_to=replied.message_id if replied else None)
        content = replace(content, photo=facts) if kind == "photo" else replace(content, document=facts)
        return self._send(params, person, content, replied)

    def _send_chat_action(self, params: Params) -> bool:
        if params.text("action") not in _ACTIONS:
            raise bad_request("Wrong parameter action in request")
        person = self._person(params, sends=False)
        self._chats.live.tell(person.user_id, "typing", {})
        return True

    # Editing

    def _edited(self, params: Params, what: str = "message to edit") -> tuple[Person, Message]:
        if not params.has("chat_id") and not params.has("inline_message_id"):
            raise bad_request("message identifier is not specified")
        person = self._person(params, sends=False)
        return person, self._chats.own_message(person, params.number("message_id"), what)

    def _edit(self, person: Person, message: Message, content: Content) -> dict[str, Any]:
        edited = self._chats.edit(person, message, content)
        return shapes.message(edited, person, self._chats.bot)

    def _edit_text(self, params: Params) -> dict[str, Any]:
        shown, rows = self._text(params), buttons(params)
        person, message = self._edited(params)
        if message.content.photo is not None or message.content.document is not None:
            raise bad_request("there is no text in the message to edit")
        content = replace(message.content, text=shown.text, entities=shown.json(), buttons=rows)
        return self._edit(person, message, content)

    def _edit_caption(self, params: Params) -> dict[str, Any]:
        shown, rows = self._caption(params), buttons(params)
        person, message = self._edited(params)
        if message.content.photo is None and message.content.document is None:
            raise bad_request("there is no caption in the message to edit")
        content = replace(message.content, text=shown.text, entities=shown.json(), buttons=rows)
        return self._edit(person, message, content)

    def _edit_markup(self, params: Params) -> dict[str, Any]:
        rows = buttons(params)
        person, message = self._edited(params)
        return self._edit(person, message, replace(message.content, buttons=rows))

    def _delete_message(self, params: Params) -> bool:
        self._chats.delete(self._person(params, sends=False), params.number("message_id"))
        return True

    def _delete_messages(self, params: Params) -> bool:
        numbers = params.json("message_ids", "Can't parse message identifiers JSON object")
        if not isinstance(numbers, list):
            raise bad_request("Expected an Array of message identifiers")
        if len(numbers) > limits.DELETE_MESSAGES:
            raise bad_request("Too many message identifiers specified")
        person = self._person(params, sends=False)
        for number in numbers:
            if isinstance(number, int) and self._chats.messages.get(person.user_id, number) is not None:
                self._chats.delete(person, number)
        return True

    def _answer(self, params: Params) -> bool:
        text = params.text("text")
        if len(text) > limits.ANSWER_CHARACTERS:
            raise bad_request("MESSAGE_TOO_LONG")
        self._chats.answer(params.number("callback_query_id"), text, params.flag("show_alert"))
        return True

    def _get_chat(self, params: Params) -> dict[str, Any]:
        chat_id = self._chat_id(params)
        person = None if chat_id is None else self._chats.people.get(chat_id)
        if person is None:
            raise bad_request("chat not found")
        return {
            **shapes.chat(person),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }

    # Commands

    def _scope(self, params: Params) -> str:
        scope = params.json("scope", "Can't parse BotCommandScope JSON object")
        if scope is None:
            return "default"
        if not isinstance(scope, dict):
            raise bad_request("Can't parse BotCommandScope: BotCommandScope must be an Object")
        kind = scope.get("type")
        if kind in _COMMAND_SCOPES:
            return str(kind)
        if kind != "chat":
            raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
        chat_id = str(scope.get("chat_id", ""))
        if not chat_id:
            raise bad_request("Can't parse BotCommandScope: Empty chat_id specified")
        person = self._chats.people.get(int(chat_id)) if re.fullmatch(r"[0-9]{1,18}", chat_id) else None
        if person is None:
            raise bad_request("chat not found")
        return f"chat:{person.user_id}"

    def _language(self, params: Params) -> str:
        language = params.text("language_code")
        if language and not re.fullmatch(r"[a-z]{2}", language):
            raise bad_request("LANG_CODE_INVALID")
        return language

    def _set_commands(self, params: Params) -> bool:
        given = params.json("commands", "Can't parse commands JSON object") or []
        if not isinstance(given, list):
            raise bad_request("Expected an Array of BotCommand")
        if len(given) > limits.COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        listed = [_command(command) for command in given]
        scope, language = self._scope(params), self._language(params)
        with self._chats.store.tx():
            self._chats.store.run(
                "INSERT INTO commands VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET list = excluded.list",
                *(scope, language, json.dumps(listed, ensure_ascii=False)),
            )
            if scope.startswith("chat:"):
                self._chats.people.keep(int(scope.removeprefix("chat:")))
        return True

    def _get_commands(self, params: Params) -> list[dict[str, str]]:
        return self.commands([(self._scope(params), self._language(params))])

    def _delete_commands(self, params: Params) -> bool:
        self._chats.store.run(
            "DELETE FROM commands WHERE scope = ? AND language = ?", self._scope(params), self._language(params)
        )
        return True

    def commands(self, places: list[tuple[str, str]]) -> list[dict[str, str]]:
        """The first list that was set among (scope, language) places."""
        for scope, language in places:
            row = self._chats.store.row("SELECT list FROM commands WHERE scope = ? AND language = ?", scope, language)
            found: list[dict[str, str]] = [] if row is None else json.loads(row["list"])
            if found:
                return found
        return []

    def commands_for(self, person: Person) -> list[dict[str, str]]:
        """The commands that this person's page shows, by Telegram's order of scopes and languages."""
        scopes = (f"chat:{person.user_id}", "all_private_chats", "default")
        language = person.language[:2]
        return self.commands([(scope, tongue) for scope in scopes for tongue in dict.fromkeys((language, ""))])


def _allowed(params: Params) -> Any:
    """The kinds of updates asked for; what cannot be read counts as not said."""
    try:
        return params.json("allowed_updates", "")
    except ApiError:
        return None


def _command(command: object) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(command.get(name), str):
            raise bad_request(f"Can't parse BotCommand: Can't find field \"{name}\"")
    name, description = command["command"].removeprefix("/").lower(), command["description"].strip()
    if not re.fullmatch(rf"[a-z0-9_]{{1,{limits.COMMAND_CHARACTERS}}}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= limits.COMMAND_DESCRIPTION_CHARACTERS:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
