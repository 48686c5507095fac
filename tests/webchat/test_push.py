import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.webchat.served import Phone, Served
from tests.webchat.test_page import events, soon


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class PushService:
    """A push service on loopback: checks who is pushing as RFC 8292 says, and writes down what came."""

    origin: str = ""
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    retry_after: str = ""

    async def take(self, request: web.Request) -> web.Response:
        assert claims_of(request.headers["Authorization"])["aud"] == self.origin
        self.came.append((request.path, dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 201
        return web.Response(status=status, headers={"Retry-After": self.retry_after} if self.retry_after else {})

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.came) < count:
                await asyncio.sleep(0.01)


def claims_of(authorization: str) -> dict[str, Any]:
    """What a header claims; fails unless it is signed with the key it names."""
    scheme, _, rest = authorization.partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, sorted(given)) == ("vapid", ["k", "t"])
    head, body, signature = given["t"].split(".")
    assert json.loads(bytes_of(head)) == {"typ": "JWT", "alg": "ES256"}
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(given["k"]))
    r, s = bytes_of(signature)[:32], bytes_of(signature)[32:]
    signed = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    key.verify(signed, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    claims: dict[str, Any] = json.loads(bytes_of(body))
    return claims


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    service = PushService()
    app = web.Application()
    app.router.add_post("/{rest:.*}", service.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield service
    await runner.cleanup()


@pytest.fixture
async def served(tmp_path: Path, service: PushService) -> AsyncIterator[Served]:
    served = Served(tmp_path, push_contact="https://hoert.example.dk", push_services=(service.origin,))
    await served.begin()
    yield served
    await served.end()


async def say(served: Served, phone: Phone, text: str = "hej", **more: Any) -> None:
    assert (await served.call("sendMessage", chat_id=phone.chat_id, text=text, **more)).status == 200


async def idle(served: Served) -> None:
    """Returns when nothing is under way at the push service."""
    async with asyncio.timeout(5):
        while served.chat._parts().push._tasks:
            await asyncio.sleep(0.01)


async def test_a_push_says_nothing_and_comes_once_until_the_chat_is_opened(
    served: Served, amina: Phone, service: PushService
) -> None:
    push = (await amina.post("hello"))["push"]
    assert (push["on"], len(bytes_of(push["key"]))) == (False, 65)
    await say(served, amina)
    assert await amina.post("push", endpoint=f"{service.origin}/amina") == {"on": True}
    assert (await amina.post("hello"))["push"] == {"key": push["key"], "on": True}
    for _ in range(3):
        await say(served, amina)
    await idle(served)
    ((path, headers, body),) = service.came
    assert (path, body, headers["Content-Length"]) == ("/amina", b"", "0")
    assert (headers["TTL"], headers["Topic"], headers["Urgency"]) == ("86400", "hoert", "normal")
    assert claims_of(headers["Authorization"]) == {
        "aud": service.origin,
        "exp": int(served.clock.now) + 12 * 3600,
        "sub": "https://hoert.example.dk",
    }
    assert sorted({"Content-Encoding", "Crypto-Key", "Encryption", "Cookie"} & set(headers)) == []
    await served.restart()
    await say(served, amina)
    await amina.messages()
    await say(served, amina, disable_notification=True)
    await idle(served)
    assert len(service.came) == 1
    served.clock.sleep(11.5 * 3600)
    await say(served, amina)
    await service.until(2)
    renewed = claims_of(service.came[1][1]["Authorization"])
    assert renewed["exp"] == int(served.clock.now) + 12 * 3600
    assert service.came[1][1]["Authorization"].endswith(f"k={push['key']}")


async def test_nobody_who_is_looking_is_pushed_and_somebody_whose_line_is_dead_is(
    served: Served, amina: Phone, service: PushService
) -> None:
    await amina.post("push", endpoint=f"{service.origin}/amina")
    await served.restart(timer=lambda: 0.0)
    async with events(amina, last="0") as stream:
        await say(served, amina)
        await soon(stream)
        await amina.messages()
        await served.later(11)
        await idle(served)
        assert service.came == []
        await say(served, amina)  # this page has a stream and never asks what is new
        await served.later(22)
        await service.until(1)
    await amina.post("pin", pin="4711")
    await amina.messages()
    await amina.post("lock")
    await say(served, amina)
    await service.until(2)


async def test_an_address_that_is_gone_is_forgotten_and_a_busy_service_is_asked_again(
    served: Served, amina: Phone, service: PushService
) -> None:
    await served.restart(timer=lambda: 0.0)
    service.answers, service.retry_after = [429, 500, 201], "7"
    await amina.post("push", endpoint=f"{service.origin}/amina")
    await say(served, amina)
    for number in (1, 2):
        await service.until(number)
        await asyncio.sleep(0.05)
        await served.later(8 * number)
    await service.until(3)
    await idle(served)
    for status in (403, 410):
        service.answers, service.retry_after = [status], ""
        await amina.messages()
        await say(served, amina)
        await idle(served)
    assert len(service.came) == 5
    assert (await amina.post("hello"))["push"]["on"] is False
    assert served.chat.chats.store.rows("SELECT 1 FROM push") == []


async def test_a_service_that_is_away_holds_nothing_up_and_the_next_message_tries_again(
    served: Served, amina: Phone, service: PushService
) -> None:
    await served.restart(timer=lambda: 0.0, push_services=(service.origin, "http://127.0.0.1:9"))
    await amina.post("push", endpoint="http://127.0.0.1:9/amina")
    loop = asyncio.get_running_loop()
    started = loop.time()
    await say(served, amina)
    assert loop.time() - started < 1
    for number in range(1, 5):
        await asyncio.sleep(0.05)
        await served.later(1000.0 * number)
    await idle(served)
    await amina.post("push", endpoint=f"{service.origin}/amina")
    await say(served, amina)
    await service.until(1)


async def test_every_device_has_its_own_address_and_can_say_no(
    served: Served, amina: Phone, service: PushService
) -> None:
    laptop = served.browser()
    await laptop.post("signin", token=(await amina.post("devices/code"))["code"])
    for name, phone in (("amina", amina), ("laptop", laptop)):
        await phone.post("push", endpoint=f"{service.origin}/{name}")
    await say(served, amina)
    await service.until(2)
    assert sorted(path for path, _, _ in service.came) == ["/amina", "/laptop"]
    assert await laptop.post("push", endpoint=None) == {"on": False}
    await amina.messages()
    await say(served, amina)
    await idle(served)
    assert [path for path, _, _ in service.came[2:]] == ["/amina"]
    kept = b"".join(path.read_bytes() for path in served.folder.iterdir() if path.is_file())
    assert kept.count(b"/amina") == 0
    await laptop.post("devices/end", others=True)
    await amina.get("messages", 401)
    await say(served, amina)
    await served.call("forgetChat", chat_id=amina.chat_id)
    await idle(served)
    assert (len(service.came), served.chat.chats.store.rows("SELECT 1 FROM push")) == (3, [])


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com.example/x",
        "https://user@fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "http://127.0.0.1:1/x",
        "https://fcm.googleapis.com/" + "x" * 1000,
        "https://[::1/x",
        "https://ﬀcm.googleapis.com/x",
        "javascript:x",
    ],
)
async def test_only_push_services_that_we_know_are_ever_called(tmp_path: Path, endpoint: str) -> None:
    served = Served(tmp_path, push_contact="https://hoert.example.dk")
    await served.begin()
    phone = await served.phone()
    assert await phone.post("push", 400, endpoint=endpoint) == {"error": "bad_endpoint"}
    for good in ("https://fcm.googleapis.com/fcm/send/x", "https://updates.push.services.mozilla.com/wpush/v2/x"):
        assert await phone.post("push", endpoint=good) == {"on": True}
    await served.end()


async def test_without_a_contact_there_is_no_push(served: Served, amina: Phone, service: PushService) -> None:
    await amina.post("push", endpoint=f"{service.origin}/amina")
    await served.restart(push_contact="")
    assert (await amina.post("hello"))["push"] == {"key": None, "on": True}
    assert await amina.post("push", 400, endpoint=f"{service.origin}/b") == {"error": "bad_endpoint"}
    await say(served, amina)
    await idle(served)
    assert service.came == []


async def test_the_service_worker_learns_how_discreet_it_must_be_also_while_locked(
    served: Served, amina: Phone
) -> None:
    assert await amina.get("sign") == {"discreet": False, "language": "da"}
    await served.call("requirePin", chat_id=amina.chat_id, required=True)
    await amina.post("lock")
    assert await amina.get("sign") == {"discreet": True, "language": "da"}
    assert await served.browser().get("sign", 401) == {"error": "no_session"}
