import asyncio
from typing import Any

import pytest

from bot.webchat import limits
from bot.webchat.signins import _LETTERS
from tests.webchat.served import Phone, Served
from tests.webchat.test_page import events, soon

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


async def link(served: Served, phone: Phone) -> str:
    token: str = (await served.call("createSignIn", chat_id=phone.chat_id)).result["token"]
    return token


async def second(served: Served, phone: Phone, **headers: str) -> Phone:
    """Another device of the same person."""
    other = served.browser(**headers)
    other.chat_id = phone.chat_id
    await other.post("signin", token=(await phone.post("devices/code"))["code"])
    return other


async def devices(phone: Phone) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await phone.get("devices"))["devices"]
    return found


# One more device


async def test_a_code_from_one_device_opens_the_same_chat_on_another_once(served: Served, amina: Phone) -> None:
    await amina.write("fra telefonen")
    made = await amina.post("devices/code", address="https://hoert.example.dk/chat/")
    assert (len(made["code"]), set(made["code"]) <= set(_LETTERS), made["seconds"]) == (8, True, 600)
    assert {len(row) for row in made["squares"]} == {len(made["squares"])}
    assert (await amina.post("devices/code", address="javascript:x"))["squares"] == []
    laptop, thief = served.browser(), served.browser()
    assert await thief.post("signin", 404, token=made["code"]) == {"error": "no_such_sign_in"}  # a newer one ended it
    made = await amina.post("devices/code")
    await served.restart()
    code = made["code"]
    await laptop.post("signin", token=f" {code[:4].lower()}-{code[4:]} ")
    assert await laptop.texts() == ["fra telefonen"]
    assert (await laptop.post("hello"))["me"]["name"] == "Amina"
    assert await thief.post("signin", 404, token=made["code"]) == {"error": "no_such_sign_in"}
    async with events(amina, last="1") as stream:
        await laptop.write("fra computeren", client_id="computer")
        assert await soon(stream) == ("change", '{"cursor":2}')
    assert await amina.texts() == ["fra telefonen", "fra computeren"]


async def test_ways_in_end_by_themselves(served: Served, amina: Phone) -> None:
    stranger = served.browser()
    code = (await amina.post("devices/code"))["code"]
    token = await link(served, amina)
    served.clock.sleep(limits.CODE_LIVES)
    assert await stranger.post("signin", 404, token=code) == {"error": "no_such_sign_in"}
    served.clock.sleep(limits.LINK_LIVES - limits.CODE_LIVES)
    assert await stranger.post("signin", 404, token=token) == {"error": "no_such_sign_in"}
    served.chat.chats.sweep()
    assert served.chat.chats.store.rows("SELECT 1 FROM signin") == []
    for nonsense in ("", "x", "#", "2" * 8):
        assert await served.browser().post("signin", 404, token=nonsense) == {"error": "no_such_sign_in"}
    assert await served.browser().post("signin", 400, token="x" * 101) == {"error": "bad_token"}


async def test_guessing_is_slow_for_one_address_and_for_all(served: Served, amina: Phone) -> None:
    guesser = served.browser()
    for _ in range(10):
        await guesser.post("signin", 404, token="22222222")
    async with guesser.web.post("api/signin", json={"token": "22222222"}) as answer:
        assert (answer.status, await answer.json(), answer.headers["Retry-After"]) == (
            429,
            {"error": "too_many_tries"},
            "60",
        )
    far = served.browser(**{"X-Forwarded-For": "198.51.100.7"})
    await far.post("signin", token=await link(served, amina))
    answers = await asyncio.gather(*(_try_from(served, number) for number in range(250)))
    assert (answers.count(404), answers.count(429)) == (189, 61)
    served.clock.sleep(600)
    await guesser.post("signin", token=await link(served, amina))


async def _try_from(served: Served, number: int) -> int:
    headers = {"X-Hoert": "1", "X-Forwarded-For": f"203.0.113.{number}"}
    url = f"http://127.0.0.1:{served.ports[1]}/chat/api/signin"
    async with served.raw.post(url, json={"token": "33333333"}, headers=headers) as answer:
        return answer.status


async def test_a_link_from_the_bot_opens_a_chat_that_exists_and_a_newer_one_ends_the_older(
    served: Served, amina: Phone
) -> None:
    made = (await served.call("createSignIn", chat_id=amina.chat_id)).result
    assert made["expires_at"] == int(served.clock.now) + 1800
    newer = await link(served, amina)
    laptop = served.browser()
    assert await laptop.post("signin", 404, token=made["token"]) == {"error": "no_such_sign_in"}
    await laptop.post("signin", token=newer)
    assert (await laptop.post("hello"))["me"]["name"] == "Amina"
    assert (await served.call("createSignIn", chat_id=1)).refusal == (400, "Bad Request: chat not found")


async def test_a_device_in_another_chat_is_asked_before_it_changes(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    token = await link(served, amina)
    assert await jonas.post("signin", 409, token=token) == {"error": "other_chat"}
    assert (await jonas.post("hello"))["me"]["name"] == "Jonas"
    await jonas.post("signin", token=token, replace=True)
    assert (await jonas.post("hello"))["me"]["name"] == "Amina"
    assert len(served.chat.chats.store.rows("SELECT 1 FROM session")) == 2


async def test_devices_have_plain_names_and_can_be_signed_out(served: Served, amina: Phone) -> None:
    laptop = await second(served, amina, **{"User-Agent": IPHONE})
    served.clock.sleep(3600)
    tablet = await second(served, amina, **{"User-Agent": ANDROID})
    shown = await devices(tablet)
    assert [(one["name"], one["here"], one["seen_at"] - int(served.clock.now)) for one in shown] == [
        ("android chrome", True, 0),
        ("", False, 0),
        ("iphone safari", False, -3600),
    ]
    await served.restart()
    phone_id = next(one["id"] for one in shown if one["name"] == "iphone safari")
    assert await tablet.post("devices/end", id=phone_id) == {"ended": 1}
    assert (await laptop.post("hello"))["new"] is True
    async with events(amina) as stream:
        await soon(stream)
        assert await tablet.post("devices/end", others=True) == {"ended": 1}
        assert await soon(stream) == ("end", "")
    assert [one["here"] for one in await devices(tablet)] == [True]
    jonas = await served.phone("Jonas")
    assert await jonas.post("devices/end", id=(await devices(tablet))[0]["id"]) == {"ended": 0}
    assert await tablet.post("devices/end", id=(await devices(tablet))[0]["id"]) == {"ended": 1}
    await tablet.get("messages", 401)


async def test_the_lock_and_the_pin_belong_to_the_device(served: Served, amina: Phone) -> None:
    laptop = await second(served, amina)
    await laptop.post("pin", pin="4711")
    await laptop.post("lock")
    await served.restart()
    await amina.write("åben")
    await laptop.get("messages", 423)
    assert (await amina.post("hello"))["has_pin"] is False
    await laptop.post("unlock", pin="4711")
    assert await laptop.texts() == ["åben"]


# A chat that asks for a PIN


async def test_a_chat_that_asks_for_a_pin_shows_nothing_before_there_is_one(served: Served, amina: Phone) -> None:
    await amina.write("hemmeligt")
    await served.call("setChatHeader", chat_id=amina.chat_id, title="Siri", subtitle="")
    async with events(amina) as stream:
        await soon(stream)
        assert (await served.call("requirePin", chat_id=amina.chat_id, required=True)).result is True
        assert await soon(stream) == ("end", "")
    await served.restart()
    for path in ("messages", "events", "files/x", "devices"):
        assert await amina.get(path, 423) == {"error": "needs_pin"}
    for path in ("messages", "presses", "block", "start", "devices/code", "devices/end"):
        assert await amina.post(path, 423) == {"error": "needs_pin"}
    assert await amina.upload(b"x", 423) == {"error": "needs_pin"}
    hello = await amina.post("hello")
    assert (hello["needs_pin"], hello["pin_needed"], hello["me"], hello["header"]) == (True, True, None, None)
    assert await amina.post("pin", 409) == {"error": "pin_needed"}
    await amina.post("pin", pin="4711")
    assert await amina.texts() == ["hemmeligt"]
    assert await amina.post("pin", 409) == {"error": "pin_needed"}
    assert (await served.call("requirePin", chat_id=amina.chat_id, required=False)).result is True
    await amina.post("pin")
    assert await amina.texts() == ["hemmeligt"]
    assert (await served.call("requirePin", chat_id=1, required=True)).refusal == (400, "Bad Request: chat not found")


async def test_such_a_chat_locks_when_it_is_left_alone(served: Served, amina: Phone) -> None:
    jonas = await served.phone("Jonas")
    await jonas.post("pin", pin="4711")
    await served.call("requirePin", chat_id=amina.chat_id, required=True)
    await amina.post("pin", pin="4711")
    for _ in range(4):
        served.clock.sleep(299)
        await amina.post("here")
    served.clock.sleep(361)
    assert await amina.get("messages", 423) == {"error": "locked"}
    await served.restart()
    assert (await amina.post("hello"))["locked"] is True
    assert await amina.post("here", 423) == {"error": "locked"}
    await amina.post("unlock", pin="4711")
    assert await amina.messages() == []
    assert await jonas.messages() == []


async def test_a_forgotten_pin_is_answered_with_a_new_link_and_a_new_pin(served: Served, amina: Phone) -> None:
    await served.call("requirePin", chat_id=amina.chat_id, required=True)
    await amina.post("pin", pin="4711")
    await amina.post("lock")
    await amina.post("signin", token=await link(served, amina))
    assert await amina.get("messages", 423) == {"error": "needs_pin"}
    await amina.post("pin", pin="1147")
    assert len(await devices(amina)) == 1
    await amina.post("lock")
    assert await amina.post("unlock", 403, pin="4711") == {"error": "wrong_pin"}
    await amina.post("unlock", pin="1147")


@pytest.mark.parametrize("path", ["signin", "devices/code", "devices/end", "here", "uploads"])
async def test_other_sites_can_ask_for_none_of_it(served: Served, amina: Phone, path: str) -> None:
    assert await amina.post(path, 403, headers={"X-Hoert": ""}) == {"error": "no_proof"}
    assert await amina.post(path, 403, headers={"Sec-Fetch-Site": "cross-site"}) == {"error": "other_site"}


async def test_no_way_in_is_written_down(served: Served, amina: Phone, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    code, token = (await amina.post("devices/code"))["code"], await link(served, amina)
    kept = b"".join(path.read_bytes() for path in served.folder.iterdir() if path.is_file())
    assert [kept.count(secret.encode()) for secret in (code, token)] == [0, 0]
    await served.browser().post("signin", token=token)
    assert caplog.text.count(token) == 0
