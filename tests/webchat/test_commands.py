from typing import Any

import pytest
from telegram import BotCommandScopeAllPrivateChats, BotCommandScopeChat

from tests.webchat.served import Phone, Served


async def shown(phone: Phone) -> list[str]:
    return [command["description"] for command in (await phone.post("hello"))["commands"]]


async def test_commands_are_kept_by_scope_and_language(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    await bot.set_my_commands([("help", "hjælp nu")])
    await bot.set_my_commands([("help", "help now")], language_code="en")
    assert [(c.command, c.description) for c in await bot.get_my_commands()] == [("help", "hjælp nu")]
    assert [c.description for c in await bot.get_my_commands(language_code="en")] == ["help now"]
    assert await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats()) == ()
    await served.restart()
    assert [c.description for c in await bot.get_my_commands(language_code="en")] == ["help now"]
    assert await bot.delete_my_commands(language_code="en") is True
    assert await bot.get_my_commands(language_code="en") == ()


async def test_a_page_shows_the_nearest_list(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    assert await shown(amina) == []
    await bot.set_my_commands([("a", "alle")])
    assert await shown(amina) == ["alle"]
    await bot.set_my_commands([("a", "private")], scope=BotCommandScopeAllPrivateChats())
    assert await shown(amina) == ["private"]
    await bot.set_my_commands([("a", "private da")], scope=BotCommandScopeAllPrivateChats(), language_code="da")
    assert await shown(amina) == ["private da"]
    await bot.set_my_commands([("a", "hendes")], scope=BotCommandScopeChat(amina.chat_id))
    assert await shown(amina) == ["hendes"]
    assert await shown(await served.phone("Jonas")) == ["private da"]


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"commands": [{"command": "hjælp", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a"}]}, "can't parse BotCommand: Can't find field \"description\""),
        ({"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": "["}, "can't parse commands JSON object"),
        ({"scope": {"type": "moon"}}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"scope": {"type": "chat", "chat_id": 42}}, "chat not found"),
        ({"language_code": "dansk"}, "LANG_CODE_INVALID"),
    ],
)
async def test_commands_that_are_refused(served: Served, params: dict[str, Any], error: str) -> None:
    given = {"commands": [{"command": "a", "description": "x"}], **params}
    assert (await served.call("setMyCommands", **given)).refusal == (400, f"Bad Request: {error}")


async def test_what_telegram_shows_elsewhere_is_accepted(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    assert await bot.set_chat_menu_button(amina.chat_id) is True
    assert await bot.set_my_description("x") is True
    assert await bot.set_my_short_description("x") is True
    assert await bot.set_my_name("x") is True
