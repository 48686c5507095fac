import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.webchat.served import Phone, Served

ROWS = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}]]}


@asynccontextmanager
async def events(phone: Phone, last: str | None = None) -> AsyncIterator[asyncio.Queue[tuple[str, str]]]:
    """The events of an open stream as (name, data), and ("end", "") when the server ends it."""
    queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    headers = {} if last is None else {"Last-Event-ID": last}
    async with phone.web.get("api/events", headers=headers) as stream:
        assert (stream.status, stream.content_type) == (200, "text/event-stream")

        async def read() -> None:
            name = ""
            async for line in stream.content:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    await queue.put((name, value))
            await queue.put(("end", ""))

        reader = asyncio.create_task(read())
        yield queue
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


async def soon(queue: asyncio.Queue[tuple[str, str]]) -> tuple[str, str]:
    async with asyncio.timeout(5):
        return await queue.get()


# Arriving


async def test_looking_leaves_nothing_behind(served: Served) -> None:
    stranger = served.browser()
    async with stranger.web.get("") as page:
        assert (page.status, page.content_type) == (200, "text/html")
    hello = await stranger.post("hello", language="da")
    assert hello == {
        "me": None,
        "bot": {"name": "Hørt"},
        "header": None,
        "commands": [],
        "locked": False,
        "has_pin": False,
        "new": True,
    }
    assert list(stranger.web.cookie_jar) == []
    assert served.chat.chats.store.rows("SELECT * FROM person") == []
    for path in ("messages", "events", "files/x"):
        assert await stranger.get(path, 401) == {"error": "no_session"}


async def test_starting_makes_a_chat_with_a_cookie_for_this_path_only(served: Served) -> None:
    phone = served.browser()
    async with phone.web.post("api/start", json={"payload": "abc", "language": "da-DK"}) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert sorted(part.split("=")[0].strip() for part in cookie.split(";")) == [
        "HttpOnly",
        "Max-Age",
        "Path",
        "SameSite",
        "hoert_chat",
    ]
    assert "Path=/chat/" in cookie
    assert "SameSite=Strict" in cookie
    hello = await phone.post("hello")
    assert (hello["new"], hello["me"]) == (False, {"name": "Gæst", "language": "da"})
    assert await phone.texts() == ["/start abc"]
    assert (await phone.post("hello", language="en-GB"))["me"]["language"] == "en"


async def test_behind_a_proxy_with_https_the_cookie_is_secure(served: Served) -> None:
    phone = served.browser(**{"X-Forwarded-Proto": "https"})
    async with phone.web.post("api/start", json={}) as answer:
        assert "Secure" in [part.strip() for part in answer.headers["Set-Cookie"].split(";")]


async def test_starting_again_speaks_in_the_same_chat(served: Served) -> None:
    phone = served.browser()
    await phone.start("one")
    await phone.post("start", payload="two", client_id="c")
    await phone.post("start", payload="two", client_id="c")
    assert await phone.texts() == ["/start one", "/start two"]


@pytest.mark.parametrize("payload", ["a b", "æ", "x" * 65, "a/b", 5])
async def test_a_payload_is_64_letters_of_a_link(served: Served, payload: object) -> None:
    assert await served.browser().post("start", 400, payload=payload) == {"error": "bad_payload"}
    assert served.chat.chats.store.rows("SELECT * FROM person") == []


async def test_a_strangers_chat_is_gone_after_a_day_unless_the_bot_took_it_up(served: Served) -> None:
    stranger, amina, jonas = served.browser(), served.browser(), served.browser()
    for phone in (stranger, amina, jonas):
        await phone.start("x")
    numbers = [update["message"]["chat"]["id"] for update in await served.updates()]
    await served.call("setChatHeader", chat_id=numbers[1], title="Siri", subtitle="")
    await served.call(
        "setMyCommands",
        commands=[{"command": "a", "description": "b"}],
        scope={"type": "chat", "chat_id": numbers[2]},
    )
    served.clock.sleep(86_399)
    assert served.chat.chats.sweep() == 0
    served.clock.sleep(2)
    assert served.chat.chats.sweep() == 1
    assert (await stranger.post("hello"))["new"] is True
    assert await amina.texts() == ["/start x"]
    assert await jonas.texts() == ["/start x"]
    assert served.chat.chats.store.rows("SELECT * FROM pending WHERE user_id = ?", numbers[0]) == []


async def test_the_header_says_who_answers(served: Served, amina: Phone) -> None:
    async with events(amina, last="0") as stream:
        await served.call("setChatHeader", chat_id=amina.chat_id, title="Siri", subtitle="svarer senest i morgen")
        assert await soon(stream) == ("header", '{"title": "Siri", "subtitle": "svarer senest i morgen"}')
    assert (await amina.post("hello"))["header"] == {"title": "Siri", "subtitle": "svarer senest i morgen"}
    await served.call("setChatHeader", chat_id=amina.chat_id, title="", subtitle="")
    assert (await amina.post("hello"))["header"] is None
    assert (await served.call("setChatHeader", chat_id=1, title="x")).refusal == (400, "Bad Request: chat not found")


# Writing and reading


async def test_a_message_is_sent_once_whatever_the_network_does(served: Served, amina: Phone) -> None:
    answers = await asyncio.gather(*(amina.write("hej", client_id="same") for _ in range(20)))
    assert {answer["id"] for answer in answers} == {1}
    await served.restart()
    assert (await amina.write("hej", client_id="same"))["id"] == 1
    assert len(await served.updates()) == 1


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"text": "x" * 4097, "client_id": "a"}, 400, "too_long"),
        ({"text": " \n ", "client_id": "a"}, 400, "empty"),
        ({"text": "x"}, 400, "bad_client_id"),
        ({"text": "x", "client_id": "a" * 65}, 400, "bad_client_id"),
        ({"text": 5, "client_id": "a"}, 400, "bad_text"),
        ({"text": "\ud800", "client_id": "a"}, 400, "bad_text"),
        ({"text": "x" * 70_000, "client_id": "a"}, 413, "too_big"),
    ],
)
async def test_what_cannot_be_sent(served: Served, amina: Phone, body: dict[str, Any], status: int, error: str) -> None:
    assert await amina.post("messages", status, **body) == {"error": error}
    assert await amina.messages() == []


async def test_4096_characters_fit_also_when_they_are_emoji(served: Served, amina: Phone) -> None:
    await amina.write("😀" * 4096)
    assert [len(text) for text in await amina.texts()] == [4096]


async def test_pages_of_messages(served: Served, amina: Phone) -> None:
    for number in range(1, 8):
        await amina.write(str(number))
    latest = await amina.get("messages?limit=3")
    assert ([m["text"] for m in latest["messages"]], latest["more"], latest["cursor"]) == (["5", "6", "7"], True, 7)
    older = await amina.get("messages?limit=3&before=5")
    assert ([m["text"] for m in older["messages"]], older["more"]) == (["2", "3", "4"], True)
    oldest = await amina.get("messages?limit=3&before=2")
    assert ([m["text"] for m in oldest["messages"]], oldest["more"]) == (["1"], False)
    step = await amina.get("messages?limit=5&after=0")
    assert ([m["text"] for m in step["messages"]], step["more"], step["cursor"]) == (list("12345"), True, 5)
    rest = await amina.get("messages?after=5")
    assert ([m["text"] for m in rest["messages"]], rest["more"], rest["cursor"]) == (list("67"), False, 7)
    assert await amina.get("messages?after=7") == {"messages": [], "cursor": 7, "more": False}
    assert await amina.get("messages?after=x", 400) == {"error": "bad_after"}


async def test_a_cursor_from_before_a_restored_backup_shows_everything_again(served: Served, amina: Phone) -> None:
    await amina.write("a")
    again = await amina.get("messages?after=99")
    assert ([m["text"] for m in again["messages"]], again["cursor"]) == (["a"], 1)


async def test_changes_applied_to_an_old_state_give_the_new_state(served: Served, amina: Phone) -> None:
    old = {m["id"]: m for m in await amina.messages()}
    cursor = (await amina.get("messages"))["cursor"]
    bot = await served.bot()
    await amina.write("a")
    first = await bot.send_message(amina.chat_id, "b")
    second = await bot.send_message(amina.chat_id, "c")
    await first.edit_text("b2")
    await second.delete()
    await served.updates(offset=(await served.updates())[-1]["update_id"] + 1)
    for message in await amina.messages(f"?after={cursor}"):
        if message["deleted"]:
            old.pop(message["id"], None)
        else:
            old[message["id"]] = message
    assert old == {m["id"]: m for m in await amina.messages()}


# Live


async def test_a_stream_tells_of_changes_typing_and_answers(served: Served, amina: Phone) -> None:
    bot = await served.bot()
    async with events(amina) as stream:
        assert await soon(stream) == ("change", '{"cursor":0}')
        await bot.send_chat_action(amina.chat_id, "typing")
        assert await soon(stream) == ("typing", "{}")
        sent = await bot.send_message(amina.chat_id, "?", reply_markup=None)
        assert await soon(stream) == ("change", '{"cursor":1}')
        await sent.edit_reply_markup(_inline())
        assert await soon(stream) == ("change", '{"cursor":2}')
        await amina.press(sent.message_id, "ja")
        assert await soon(stream) == ("change", '{"cursor":3}')
        query = (await bot.get_updates())[0].callback_query
        assert query is not None
        await query.answer("Tak", show_alert=True)
        assert await soon(stream) == ("notice", '{"text": "Tak", "alert": true}')
    async with events(amina, last="3") as stream:
        await bot.send_chat_action(amina.chat_id, "typing")
        assert await soon(stream) == ("typing", "{}")


def _inline() -> Any:
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup

    return InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="ja")]])


async def test_a_stream_hears_nothing_of_other_people(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    async with events(jonas, last="0") as stream:
        await amina.write("hej")
        await served.call("sendMessage", chat_id=amina.chat_id, text="svar")
        await served.call("sendChatAction", chat_id=jonas.chat_id, action="typing")
        assert await soon(stream) == ("typing", "{}")


async def test_a_session_has_four_streams_and_the_oldest_gives_way(served: Served, amina: Phone) -> None:
    async with events(amina) as oldest, events(amina), events(amina), events(amina), events(amina) as newest:
        assert await soon(oldest) == ("change", '{"cursor":0}')
        assert await soon(oldest) == ("end", "")
        assert served.chat.chats.live.count(amina.chat_id) == 4
        await soon(newest)
        await amina.write("hej")
        assert await soon(newest) == ("change", '{"cursor":1}')


async def test_a_closed_page_leaves_no_stream_behind(served: Served, amina: Phone) -> None:
    async with events(amina) as stream:
        await soon(stream)
    async with asyncio.timeout(5):
        while served.chat.chats.live.count(amina.chat_id):
            await amina.write("x")
            await asyncio.sleep(0.05)


async def test_streams_do_not_hold_up_the_end(served: Served, amina: Phone) -> None:
    async with events(amina) as stream:
        await soon(stream)
        loop = asyncio.get_running_loop()
        started = loop.time()
        await served.restart()
        assert loop.time() - started < 3


# The lock


async def test_a_locked_page_shows_nothing(served: Served, amina: Phone) -> None:
    await amina.write("hemmeligt")
    await served.call("setChatHeader", chat_id=amina.chat_id, title="Siri", subtitle="")
    async with events(amina) as stream:
        await soon(stream)
        await amina.post("lock")
        assert await soon(stream) == ("end", "")
    for path in ("messages", "events", "files/x"):
        assert await amina.get(path, 423) == {"error": "locked"}
    for path in ("messages", "presses", "block", "pin", "start"):
        assert await amina.post(path, 423) == {"error": "locked"}
    hello = await amina.post("hello")
    assert (hello["locked"], hello["me"], hello["header"], hello["new"]) == (True, None, None, False)
    await served.restart()
    await amina.get("messages", 423)
    await amina.post("unlock")
    assert await amina.texts() == ["hemmeligt"]


async def test_a_pin_opens_and_the_fifth_wrong_one_ends_the_session(served: Served, amina: Phone) -> None:
    await amina.post("pin", pin="1234")
    assert (await amina.post("hello"))["has_pin"] is True
    await amina.post("lock")
    assert await amina.post("unlock", 403) == {"error": "wrong_pin"}
    for _ in range(3):
        assert await amina.post("unlock", 403, pin="0000") == {"error": "wrong_pin"}
    await amina.post("unlock", pin="1234")
    await amina.post("lock")
    await served.restart()
    for _ in range(4):
        assert await amina.post("unlock", 403, pin="0000") == {"error": "wrong_pin"}
    assert await amina.post("unlock", 401, pin="0000") == {"error": "session_ended"}
    assert await amina.post("unlock", 401, pin="1234") == {"error": "no_session"}
    assert (await amina.post("hello"))["new"] is True


async def test_many_guesses_at_once_are_not_more_than_five(served: Served, amina: Phone) -> None:
    await amina.post("pin", pin="1234")
    await amina.post("lock")

    async def guess(number: int) -> int:
        async with amina.web.post("api/unlock", json={"pin": f"{number:04}"}) as answer:
            return answer.status

    statuses = await asyncio.gather(*(guess(number) for number in range(30)))
    assert statuses.count(403) == 4
    assert set(statuses) == {401, 403}


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "١٢٣٤", 1234])
async def test_a_pin_is_four_to_eight_digits(served: Served, amina: Phone, pin: object) -> None:
    assert await amina.post("pin", 400, pin=pin) == {"error": "bad_pin"}


async def test_a_pin_can_be_taken_away(served: Served, amina: Phone) -> None:
    await amina.post("pin", pin="12345678")
    assert await amina.post("pin", pin=None) == {"has_pin": False}
    await amina.post("lock")
    await amina.post("unlock")


async def test_a_session_ends_after_half_a_year_without_a_visit(served: Served, amina: Phone) -> None:
    served.clock.sleep(179 * 86_400)
    await amina.messages()
    served.clock.sleep(179 * 86_400)
    await amina.messages()
    served.clock.sleep(181 * 86_400)
    assert await amina.get("messages", 401) == {"error": "no_session"}


# Other sites


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"X-Hoert": "0"}, "no_proof"),
        ({"Sec-Fetch-Site": "cross-site"}, "other_site"),
        ({"Sec-Fetch-Site": "same-site"}, "other_site"),
        ({"Sec-Fetch-Site": "none"}, "other_site"),
    ],
)
async def test_another_site_can_do_nothing(served: Served, amina: Phone, headers: dict[str, str], error: str) -> None:
    for path in ("hello", "start", "messages", "presses", "block", "lock", "unlock", "pin", "session"):
        assert await amina.post(path, 403, headers=headers) == {"error": error}
    await amina.post("hello", headers={"Sec-Fetch-Site": "same-origin"})
    assert await amina.messages() == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 200),
        ("page/index.html", 200),
        ("page/../server.py", 404),
        ("page/x.py", 404),
        ("api/x", 404),
        ("nothing", 404),
    ],
)
async def test_every_answer_carries_the_headers(served: Served, path: str, status: int) -> None:
    async with served.browser().web.get(path) as answer:
        assert answer.status == status
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
            "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == ("no-cache" if status == 200 else "no-store")


async def test_the_demo_may_frame_the_page(served: Served, amina: Phone) -> None:
    await served.restart(frame_ancestors="'self'")
    for path in ("", "api/messages", "api/x"):
        async with amina.web.get(path) as answer:
            assert answer.headers["Content-Security-Policy"].rpartition("; ")[2] == "frame-ancestors 'self'"


async def test_the_nearest_of_two_cookies_counts(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    await jonas.write("fra Jonas")
    tokens = [next(iter(phone.web.cookie_jar)).value for phone in (jonas, amina)]
    bare = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    headers = {"Cookie": f"a=b; hoert_chat={tokens[0]}; hoert_chat={tokens[1]}"}
    async with bare, bare.get(f"http://127.0.0.1:{served.ports[1]}/chat/api/messages", headers=headers) as answer:
        assert [m["text"] for m in (await answer.json())["messages"]] == ["fra Jonas"]


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b"[" * 20_000, b'{"text":' + b"1" * 5000 + b"}"])
async def test_nonsense_is_refused(served: Served, amina: Phone, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with amina.web.post("api/messages", data=body, headers=headers) as answer:
        assert (answer.status, list(await answer.json())) == (400, ["error"])


async def test_a_body_that_never_ends_is_cut_off(served: Served, amina: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.webchat.limits.BODY_SECONDS", 0.3)
    token = next(iter(amina.web.cookie_jar)).value
    reader, writer = await asyncio.open_connection("127.0.0.1", served.ports[1])
    writer.write(
        f"POST /chat/api/messages HTTP/1.1\r\nHost: x\r\nX-Hoert: 1\r\nCookie: hoert_chat={token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
    )
    async with asyncio.timeout(5):
        assert (await reader.readline()).split()[1] == b"408"
    writer.close()
    await writer.wait_closed()


async def test_a_file_type_the_browser_must_know(served: Served) -> None:
    async with served.browser().web.get("page/chat.js") as answer:
        assert (answer.status, answer.content_type) == (200, "text/javascript")


async def test_the_service_worker_stands_at_the_root_and_knows_its_version(served: Served) -> None:
    phone = served.browser()
    async with phone.web.get("sw.js") as answer:
        found = await answer.text()
        assert (answer.status, answer.content_type, answer.headers["Cache-Control"]) == (
            200,
            "text/javascript",
            "no-cache",
        )
    assert (len(re.findall(r'VERSION = "[0-9a-f]{12}"', found)), found.count("{version}")) == (1, 0)
    async with phone.web.get("offline.html") as answer:
        assert (answer.status, answer.content_type, answer.headers["Cache-Control"]) == (200, "text/html", "no-cache")
