"""The request class: every failure says how far the request came, and none shows the token."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import TelegramError

from bot.delivery import outcome_of
from bot.request import AiohttpRequest
from models.domain import delivery as rules
from tests.bot_engine.wire import (
    TOKEN,
    Act,
    WireServer,
    chain,
    everything,
    falls_silent,
    free_port,
    hangs_up,
    own_certificate,
    resets,
    says,
    says_raw,
    stops_halfway,
)

HTML = b"<html><h1>The requested URL /bot" + TOKEN.encode() + b"/sendMessage failed</h1></html>"
DEEP = b'{"ok":true,"result":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
MESSAGE = b'{"ok":true,"result":{"message_id":5,"date":1,"chat":{"id":7,"type":"private"}}}'


@asynccontextmanager
async def bot_at(root: str, *, read_timeout: float = 0.4) -> AsyncIterator[Bot]:
    """A bot that speaks to `root` through our request class, not introduced to it."""
    request = AiohttpRequest(read_timeout=read_timeout)
    bot = Bot(TOKEN, base_url=f"{root}/bot", request=request, get_updates_request=AiohttpRequest())
    await request.initialize()
    try:
        yield bot
    finally:
        await request.shutdown()


async def outcome(bot: Bot, caplog: pytest.LogCaptureFixture) -> rules.Outcome:
    """What one message comes to; checks on the way that the token is nowhere to be seen."""
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    try:
        sent = await bot.send_message(7, "hej", connect_timeout=0.4)
    except TelegramError as error:
        shown = chain(error)
        found = outcome_of(error)
    else:
        found = rules.classify(200, "", message_id=sent.message_id)
    assert [text for text in shown if "CANARY" in text] == []
    assert [record for record in caplog.records if "CANARY" in everything(record)] == []
    return found


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(says("200 OK", MESSAGE), rules.Sent(5), id="it arrives"),
        pytest.param(hangs_up, rules.Unknown("reset"), id="hangs up"),
        pytest.param(resets, rules.Unknown("reset"), id="reset"),
        pytest.param(says_raw(b"\x16\x03\x01 what?\r\n\r\n"), rules.Unknown("reset"), id="no HTTP"),
        pytest.param(
            says_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), rules.Unknown("reset"), id="half a body"
        ),
        pytest.param(falls_silent, rules.Unknown("read_timeout"), id="silence"),
        pytest.param(stops_halfway, rules.Unknown("read_timeout"), id="silence after half a body"),
        pytest.param(says("200 OK", b"{garbage"), rules.Unknown("reset"), id="garbage JSON"),
        pytest.param(says("200 OK", b"\xff\xfe\x00"), rules.Unknown("reset"), id="no text at all"),
        pytest.param(says("200 OK", b"[]"), rules.Unknown("reset"), id="a list"),
        pytest.param(says("200 OK", b'{"ok":true}'), rules.Unknown("reset"), id="no result"),
        pytest.param(says("200 OK", DEEP), rules.Unknown("reset"), id="deep JSON"),
        pytest.param(says("500 Internal Server Error", HTML), rules.Unknown("server"), id="500 HTML"),
        pytest.param(says("502 Bad Gateway", HTML), rules.Unknown("server"), id="502 HTML"),
        pytest.param(says("504 Gateway Timeout", b""), rules.Unknown("server"), id="504 empty"),
        pytest.param(
            says("302 Found", b"", "Location: http://127.0.0.1:9/elsewhere"), rules.Unknown("server"), id="redirect"
        ),
        pytest.param(
            says("429 Too Many Requests", b'{"ok":false,"error_code":429,"description":"Too Many Requests: '
                 b'retry after 9","parameters":{"retry_after":9}}'), rules.NotSent("flood", 9.0), id="429",
        ),
        pytest.param(says("429 Too Many Requests", HTML, "Retry-After: 7"), rules.NotSent("flood", 7.0), id="429 HTML"),
        pytest.param(says("429 Too Many Requests", b""), rules.NotSent("flood", None), id="429 empty"),
        pytest.param(says("413 Request Entity Too Large", HTML), rules.Refused("too_long"), id="413 HTML"),
        pytest.param(
            says("403 Forbidden", b'{"ok":false,"description":"Forbidden: bot was blocked by the user"}'),
            rules.Blocked("blocked"), id="blocked",
        ),
        pytest.param(
            says("400 Bad Request", b'{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'),
            rules.Gone("chat_not_found"), id="no chat",
        ),
        pytest.param(
            says("401 Unauthorized", b'{"ok":false,"error_code":401,"description":"Unauthorized"}'),
            rules.Unauthorized(), id="401",
        ),
        pytest.param(says("409 Conflict", b'{"ok":false,"description":"Conflict"}'), rules.Conflict(), id="409"),
        pytest.param(says("403 Forbidden", HTML), rules.Blocked("forbidden"), id="403 HTML"),
    ],
)  # fmt: skip
async def test_every_answer_is_understood(act: Act, expected: rules.Outcome, caplog: pytest.LogCaptureFixture) -> None:
    """C 33, C 34, C 35."""
    async with WireServer(act) as server, bot_at(f"http://127.0.0.1:{server.port}") as bot:
        assert await outcome(bot, caplog) == expected
    assert len(server.asked) == 1


async def test_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    async with bot_at(f"http://127.0.0.1:{free_port()}") as bot:
        assert await outcome(bot, caplog) == rules.NotSent("connect")


async def test_a_name_that_does_not_exist(caplog: pytest.LogCaptureFixture) -> None:
    """C 36."""
    async with bot_at("http://hoert.invalid") as bot:
        assert await outcome(bot, caplog) == rules.NotSent("dns")


async def test_a_server_that_speaks_no_tls_is_never_spoken_to_in_the_clear(caplog: pytest.LogCaptureFixture) -> None:
    """C 36."""
    server = WireServer(says("200 OK", MESSAGE), at_once=True)
    async with server, bot_at(f"https://127.0.0.1:{server.port}") as bot:
        assert await outcome(bot, caplog) == rules.NotSent("tls")
    assert server.asked == []


async def test_a_certificate_nobody_signed_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """C 36."""
    server = WireServer(says("200 OK", MESSAGE), own_certificate(tmp_path))
    async with server, bot_at(f"https://127.0.0.1:{server.port}") as bot:
        assert await outcome(bot, caplog) == rules.NotSent("tls")
    assert server.asked == []


async def test_a_handshake_that_never_ends_is_given_up_before_anything_was_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with WireServer(falls_silent) as server, bot_at(f"https://127.0.0.1:{server.port}") as bot:
        assert await outcome(bot, caplog) == rules.NotSent("connect_timeout")


async def test_how_long_to_wait_for_an_answer_is_the_callers_to_say() -> None:
    assert AiohttpRequest(read_timeout=0.25).read_timeout == 0.25
    assert AiohttpRequest().read_timeout == 35.0
