"""What a young person can do in a story besides writing and pressing: send a picture, edit, block, come back."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.webchat.chats import Chats
from bot.webchat.messages import Content
from tests.files import PDF, picture, voice
from tests.two_channels import TwoChannels

if TYPE_CHECKING:
    from tests.journeys.stories import Player

PhoneDeed = Callable[["Player", str], Awaitable[object]]

PIN = "4711"
_PROGRAM = b"MZ" + bytes(60)
_STICKER = {
    "file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "is_animated": False, "is_video": False,
    "type": "regular", "emoji": "🙂",
}  # fmt: skip


# --- the way in, and the way out ------------------------------------------------------------------------------------


async def _opens_the_invitation(player: Player, words: str) -> None:
    await player.phone.open(player.invitation, player.story.language)


async def _blocks(player: Player, words: str) -> None:
    await player.phone._post("block", blocked=True)
    await player.stage.settle()


async def _comes_back(player: Player, words: str) -> None:
    await player.phone._post("block", blocked=False)
    await player.stage.settle()


async def _opens_hoert(player: Player, words: str) -> None:
    """From a discreet Telegram through its door into the web chat, with a code of one's own."""
    address = next(
        button["url"]
        for message in reversed(await player.phone.messages())
        for row in message["buttons"] or []
        for button in row
        if button.get("url")
    )
    player.elsewhere, player.phone = player.phone, player.stage.new_phone()
    await player.phone.open(address.partition("#start=")[2])
    await player.phone._post("pin", pin=PIN)
    await player.stage.settle()


async def _looks_at_telegram(player: Player, words: str) -> None:
    player.elsewhere, player.phone = player.phone, player.elsewhere


# --- more than words ------------------------------------------------------------------------------------------------


async def _upload(player: Player, kind: str, name: str, content: bytes) -> None:
    form = aiohttp.FormData()
    told = {"client_id": f"u{next(player.phone.numbers)}", "kind": kind, "name": name, "mime": "", "seconds": 3}
    form.add_field("facts", json.dumps(told))
    form.add_field("file", BytesIO(content), filename=name)
    async with player.phone.web.post("api/uploads", data=form) as answer:
        assert answer.status == 200, await answer.text()
    await player.stage.settle()


async def _sends_a_picture(player: Player, words: str) -> None:
    await _upload(player, "photo", "billede.jpg", picture())


async def _sends_a_voice_message(player: Player, words: str) -> None:
    await _upload(player, "voice", "stemme.ogg", voice())


async def _sends_a_file(player: Player, words: str) -> None:
    await _upload(player, "file", words, PDF if words.endswith(".pdf") else _PROGRAM)


async def _sends_a_program(player: Player, words: str) -> None:
    await _upload(player, "file", words, _PROGRAM)


async def _sends_a_picture_that_is_lost(player: Player, words: str) -> None:
    """The server never hands it out: it is asked for again and again, for three days."""
    await _call(player, "setFaults", faults=json.dumps([{"kind": "500", "methods": ["getFile"]}]))
    await _sends_a_picture(player, words)


async def _sends_a_sticker(player: Player, words: str) -> None:
    await _sends(player, {"sticker": _STICKER})


async def _shares_where_they_are(player: Player, words: str) -> None:
    await _sends(player, {"location": {"latitude": 56.46, "longitude": 10.03, "live_period": 900}})


async def _sends_a_story(player: Player, words: str) -> None:
    chat = {"id": 7, "type": "private", "first_name": "x"}
    await _sends(player, {"story": {"id": 1, "chat": chat}})


async def _sends(player: Player, what: dict[str, Any]) -> None:
    """What Telegram's app can send and our page cannot."""
    chats = _chats(player)
    person = chats.person(player.chat_id)
    now = chats.now()
    with chats.store.tx():
        message = chats.messages.add(person.user_id, Content(text="…"), mine=True, date=int(now))
        user = {"id": person.user_id, "is_bot": False, "first_name": "x", "language_code": player.story.language}
        body = {
            "message_id": message.message_id, "date": int(now), "from": user,
            "chat": {"id": person.user_id, "type": "private", "first_name": "x"}, **what,
        }  # fmt: skip
        chats.updates.add(
            person.user_id, "message", body, queue=f"c{person.user_id}", now=now, kept=86400,
            message_id=message.message_id,
        )  # fmt: skip
    chats.updates.announce()
    await player.stage.settle()


async def _edits(player: Player, words: str) -> None:
    """The newest thing they wrote becomes this."""
    newest = [one["id"] for one in await player.phone.messages() if one["from"] != "bot"][-1]
    await _call(player, "editAsUser", chat_id=player.chat_id, message_id=newest, text=words)
    await player.stage.settle()


async def _presses_the_first(player: Player, words: str) -> None:
    """An old button: the first on the screen that says this, where `[…]` presses the newest."""
    for one in await player.phone.messages():
        for button in (button for row in one["buttons"] or [] for button in row):
            if words in button["text"]:
                press = {"message_id": one["id"], "data": button["data"], "client_id": f"o{next(player.phone.numbers)}"}
                await player.phone._post("presses", **press)
                await player.stage.settle()
                return
    raise AssertionError(f"no button says {words!r}")


def _chats(player: Player) -> Chats:
    if player.channel == "telegram":
        assert isinstance(player.stage, TwoChannels)
        return player.stage.telegram.chat.chats
    return player.stage.house.webchat.chats


async def _call(player: Player, method: str, **params: Any) -> None:
    if player.channel == "telegram":
        assert isinstance(player.stage, TwoChannels)
        await player.stage.telegram.call(method, **params)
    else:
        await player.stage.bot_api(method, **params)


PHONE_DEEDS: dict[str, PhoneDeed] = {
    "blocks the chat": _blocks,
    "comes back": _comes_back,
    "edits to": _edits,
    "looks at Telegram": _looks_at_telegram,
    "opens Hørt": _opens_hoert,
    "opens the invitation": _opens_the_invitation,
    "presses the first": _presses_the_first,
    "sends a file": _sends_a_file,
    "sends a program named": _sends_a_program,
    "sends a picture": _sends_a_picture,
    "sends a picture that is lost": _sends_a_picture_that_is_lost,
    "sends a sticker": _sends_a_sticker,
    "sends a voice message": _sends_a_voice_message,
    "shares a story": _sends_a_story,
    "shares where they are": _shares_where_they_are,
}
