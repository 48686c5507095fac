"""Staff are told away from the desk by a real mail server and a real gateway: once, without a word of what waits."""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from hoert.away import Courier, probe
from hoert.doctor import notice_problems
from models.actions import alerts, away, messages, staff
from models.domain.alerts import Reason
from models.domain.away import LEASE, Outcome
from models.domain.errors import Invalid
from models.domain.people import YoungPerson
from models.queries import away as views
from models.settings import Settings
from models.tables.staff import Staff, StaffNotice
from models.transactions import HOUSE, Scope
from tests.actions.rows import change, found
from tests.backend.browsing import MovedClock
from tests.cast import Cast, link

SECRET = "s" * 40


class Post:
    """A mail server's inside: keeps what it takes, refuses whom it is told to."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusing: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 (aiosmtpd's)
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's)
        self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return self.refusing.get("data", "250 taken")

    @property
    def told(self) -> list[str]:
        return sorted(str(message["To"]) for message in self.taken)


def free_port() -> int:
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        return int(probing.getsockname()[1])


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def server(post: Post) -> Iterator[Controller]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    if controller.server is not None:
        controller.stop()


def mailing(settings: Settings, port: int) -> Settings:
    return replace(settings, smtp_url=f"smtp://127.0.0.1:{port}", smtp_from="hoert@example.org")


@pytest.fixture
async def amina(cast: Cast, now: datetime) -> YoungPerson:
    return await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)


async def cry(cast: Cast, now: datetime, about: str = "x") -> str:
    alert = await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.CANNOT_WAIT, about=about, now=now)
    assert alert is not None
    return alert


async def states() -> list[tuple[str, str, str]]:
    rows = await found(StaffNotice, "created_at", "id", kind="alert")
    return [(row.channel, row.state, row.reason) for row in rows]


async def good_morning(courier: Courier) -> Courier:
    """Nothing waits yet: today's digests are over."""
    assert await courier.round() == 0
    return courier


async def test_an_alert_is_told_at_once_to_whoever_has_it_and_to_the_next_when_it_goes_on(
    cast: Cast, database: Settings, server: Controller, post: Post, now: datetime
) -> None:
    clock = MovedClock(now)
    courier = await good_morning(Courier(mailing(database, server.port), clock))
    await cry(cast, now)
    assert [await courier.round() for _ in range(2)] == [1, 0]
    assert post.told == ["mette@example.org"]
    letter = post.taken[0]
    assert (letter["Subject"], letter["Auto-Submitted"]) == ("Noget venter på dig i Hørt", "auto-generated")
    assert letter.get_content().split() == (
        f"Der er en alarm til dig i Hørt. Åbn skrivebordet: {database.public_url} "
        "Du kan slå det fra under Indstillinger.".split()
    )
    clock.move(hours=3)
    await alerts.escalate_due(HOUSE, now=clock.now())
    assert await courier.round() == 1
    assert post.told == ["lars@example.org", "mette@example.org"]
    await cry(cast, clock.now(), about="taken before it was told")
    for alert in await alerts_open():
        await alerts.acknowledge(cast.mette, alert, now=clock.now())
    assert await courier.round() == 0


async def alerts_open() -> list[str]:
    from models.tables.alerts import Alert

    return [row.id for row in await found(Alert, state="open")]


async def test_the_morning_digest_says_how_much_once_on_a_working_day_and_nothing_to_whom_nothing_waits_for(
    amina: YoungPerson, cast: Cast, database: Settings, server: Controller, post: Post, now: datetime
) -> None:
    clock = MovedClock(now.replace(hour=6, minute=59))
    courier = Courier(mailing(database, server.port), clock)
    await staff.be_absent(cast.per, now.date(), now.date(), now=now)
    await messages.receive(amina, "Hej Mette, det er hemmeligt", source_key="webchat:a:1", now=clock.now())
    assert await courier.round() == 0
    clock.move(minutes=1)
    assert [await courier.round() for _ in range(2)] == [1, 0]
    assert post.told == ["mette@example.org"]
    words = post.taken[0].get_content()
    assert "- 1 samtale" in words
    assert [part for part in ("Amina", "hemmeligt", "Mette") if part in words] == []
    assert sorted(row.state for row in await found(StaffNotice, kind="digest")) == ["gone", "gone", "gone", "sent"]
    clock.at = datetime.fromisoformat("2026-11-21T09:00+01:00")  # a Saturday
    assert await courier.round() == 0


async def test_a_server_that_is_down_is_tried_again_and_nothing_is_lost_or_doubled(
    cast: Cast, database: Settings, server: Controller, post: Post, now: datetime
) -> None:
    clock, port = MovedClock(now), server.port
    server.stop()
    here, there = (Courier(mailing(database, port), clock) for _ in range(2))
    await good_morning(here)
    await cry(cast, now)
    assert await here.round() == 0
    assert await states() == [("mail", "waiting", "away")]
    trouble = await views.trouble(HOUSE, now=now)
    assert notice_problems(trouble, now=now + timedelta(minutes=9)) == [
        "1 notice to staff waits, the oldest for 9 minutes: check HOERT_SMTP_URL, HOERT_SMS_WEBHOOK, and that the "
        "clock runs."
    ]
    assert probe(here._settings) == "away"
    again = Controller(post, hostname="127.0.0.1", port=port)
    again.start()
    try:
        clock.move(seconds=31)
        assert sum(await asyncio.gather(here.round(), there.round())) == 1
        assert (post.told, probe(here._settings)) == (["mette@example.org"], "")
    finally:
        again.stop()


async def test_who_is_refused_for_good_is_said_and_who_is_refused_for_now_is_tried_again(
    cast: Cast, database: Settings, server: Controller, post: Post, now: datetime
) -> None:
    clock = MovedClock(now)
    courier = await good_morning(Courier(mailing(database, server.port), clock))
    post.refusing["mette@example.org"] = "450 later"
    await cry(cast, now)
    await courier.round()
    assert await states() == [("mail", "waiting", "later")]
    post.refusing["mette@example.org"] = "550 nobody here"
    clock.move(minutes=1)
    await courier.round()
    assert await states() == [("mail", "failed", "recipient")]
    assert notice_problems(await views.trouble(HOUSE, now=clock.now()), now=clock.now()) == [
        "1 notice to staff of the last two days did not arrive: check the addresses under Administration, and the log."
    ]


async def test_an_address_no_mail_server_takes_keeps_nobody_else_from_being_told(
    cast: Cast, database: Settings, server: Controller, post: Post, now: datetime
) -> None:
    courier = await good_morning(Courier(mailing(database, server.port), MovedClock(now)))
    await change(Staff, {"id": cast.mette.staff_id}, email="mætte@example.org")
    for person in (cast.amina, cast.jonas):
        await alerts.raise_alert(Scope(cast.randers), person, Reason.CANNOT_WAIT, about="x", now=now)
    assert await courier.round() == 1
    assert post.told == ["siri@example.org"]
    assert sorted(await states()) == [("mail", "failed", "recipient"), ("mail", "sent", "")]


async def test_a_sender_that_dies_in_between_is_followed_by_one_more_try_and_no_third(
    cast: Cast, database: Settings, server: Controller, post: Post, now: datetime
) -> None:
    clock = MovedClock(now)
    courier = await good_morning(Courier(mailing(database, server.port), clock))
    await cry(cast, now)
    await away.post_alerts(HOUSE, now=now)
    for end in ("waiting", "unsure"):
        (notice,) = [row.id for row in await found(StaffNotice, kind="alert")]
        assert await away.take(HOUSE, notice, now=clock.now()) is not None
        assert await away.take(HOUSE, notice, now=clock.now()) is None
        clock.at += LEASE
        await away.due(HOUSE, courier.channels, now=clock.now())
        assert [state for _, state, _ in await states()] == [end]
    assert await courier.round() == 0
    await cry(cast, clock.now(), about="nobody answered")
    await away.post_alerts(HOUSE, now=clock.now())
    for end in ("waiting", "unsure"):
        (notice,) = [row.id for row in await found(StaffNotice, state="waiting")]
        await away.take(HOUSE, notice, now=clock.now())
        await away.settle(HOUSE, notice, Outcome.UNKNOWN, reason="away", now=clock.now())
        clock.move(minutes=1)
        assert (await states())[-1] == ("mail", end, "away")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_mail_is_given_over_tls_to_a_server_that_is_who_it_says_with_user_and_password(
    cast: Cast, database: Settings, post: Post, now: datetime, certificate: tuple[Path, Path], scheme: str
) -> None:
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(*certificate)
    # aiosmtpd does not count smtps as TLS.
    login = {"auth_required": scheme == "smtp", "auth_require_tls": scheme == "smtp", "authenticator": _let_in}
    tls = {"ssl_context": inside} if scheme == "smtps" else {"tls_context": inside, "require_starttls": True}
    controller = Controller(post, hostname="localhost", port=free_port(), **login, **tls)
    controller.start()
    try:
        url = f"{scheme}://us%40er:p%3Ass@localhost:{controller.port}"
        settings = replace(database, smtp_url=url, smtp_from="hoert@example.org")
        trusting = ssl.create_default_context(cafile=certificate[0])
        clock = MovedClock(now)
        await good_morning(Courier(settings, clock))
        await cry(cast, now)
        await Courier(settings, clock).round()
        assert await states() == [("mail", "waiting", "tls")]
        clock.move(minutes=1)
        wrong = replace(settings, smtp_url=url.replace("p%3A", "q"))
        await Courier(wrong, clock, context=trusting).round()
        assert (await states(), probe(wrong, trusting)) == ([("mail", "waiting", "sign_in")], "sign_in")
        clock.move(minutes=2)
        await Courier(settings, clock, context=trusting).round()
        assert (await states(), post.told) == ([("mail", "sent", "")], ["mette@example.org"])
    finally:
        controller.stop()


def _let_in(_: Any, __: Any, ___: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"us@er", b"p:ss"), handled=False)


@pytest.fixture
async def gateway() -> AsyncIterator[tuple[str, list[tuple[dict[str, str], bytes]], list[int]]]:
    """A gateway for SMS: its address, what it was asked, and what it will answer next (else 202)."""
    asked: list[tuple[dict[str, str], bytes]] = []
    answers: list[int] = []

    async def take(request: web.Request) -> web.Response:
        asked.append((dict(request.headers), await request.read()))
        return web.Response(status=answers.pop(0) if answers else 202)

    app = web.Application()
    app.router.add_post("/sms", take)
    served = TestServer(app, host="127.0.0.1")
    await served.start_server()
    yield str(served.make_url("/sms")), asked, answers
    await served.close()


async def test_an_sms_goes_to_the_gateway_signed_and_only_to_who_asked_for_it(
    cast: Cast, database: Settings, gateway: Any, now: datetime
) -> None:
    url, asked, answers = gateway
    clock = MovedClock(now)
    courier = await good_morning(Courier(replace(database, sms_webhook=url, sms_secret=SECRET), clock))
    for phone in ("", "ring"):
        with pytest.raises(Invalid):
            await away.choose(cast.mette, mail=False, sms=True, phone=phone, now=now)
    await away.choose(cast.mette, mail=True, sms=True, phone="+45 20 30 40 50", now=now)
    await cry(cast, now)
    answers += [503]
    assert await courier.round() == 0
    asked.clear()
    assert sorted(await states()) == [("mail", "off", ""), ("sms", "waiting", "later")]
    clock.move(minutes=1)
    assert await courier.round() == 1
    headers, body = asked[0]
    at, sealed = (part.partition("=")[2] for part in headers["Hoert-Signature"].split(","))
    assert hmac.compare_digest(sealed, hmac.new(SECRET.encode(), f"{at}.".encode() + body, sha256).hexdigest())
    sent = json.loads(body)
    assert (sent["to"], headers["Idempotency-Key"]) == ("+45 20 30 40 50", sent["id"])
    assert sent["text"] == f"Der er en alarm til dig i Hørt. Åbn skrivebordet: {database.public_url}"
    answers += [400]
    await cry(cast, clock.now(), about="second")
    await courier.round()
    assert ("sms", "failed", "refused") in await states()
    # Whoever is not reached is told at the desk, until it is reached again.
    assert await views.missed(cast.mette, now=clock.now()) == {"mail": "off", "sms": "failed"}
    clock.move(minutes=1)
    await cry(cast, clock.now(), about="third")
    assert await courier.round() == 1
    assert await views.missed(cast.mette, now=clock.now()) == {"mail": "off"}


async def test_who_wants_to_be_told_nothing_is_not_and_settled_notices_are_forgotten(
    cast: Cast, database: Settings, server: Controller, post: Post, now: datetime
) -> None:
    courier = await good_morning(Courier(mailing(database, server.port), MovedClock(now)))
    await change(Staff, {"id": cast.mette.staff_id}, notify_mail=False)
    await cry(cast, now)
    assert (await courier.round(), await states()) == (0, [])
    await change(Staff, {"id": cast.mette.staff_id}, notify_mail=True)
    assert await courier.round() == 1
    assert await away.forget(HOUSE, now=now + timedelta(days=90)) == 0
    assert await away.forget(HOUSE, now=now + timedelta(days=91)) > 0
    assert await found(StaffNotice) == []
