"""The doctor: a sentence per problem, each with its mend, and no sentence where nothing is wrong."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from hoert.cli import run
from hoert.doctor import check_up, examine, folder_problems, server_problems, settings_problems, waiting_problems
from models.database import opened
from models.queries import health, watch
from models.queries.health import Server
from models.queries.watch import Bot, Letters, Waiting, Watch
from models.settings import Settings, load
from models.transactions import HOUSE
from tests.hoert.operating import environment
from tests.postgres import PostgresServer

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
SECRET = "s" * 32
OPEN = {
    "HOERT_BIND": "0.0.0.0:8080",
    "HOERT_PUBLIC_URL": "https://hoert.example.org",
    "HOERT_TRUSTED_PROXIES": "10.0.0.2",
}
HOOKED = {
    "HOERT_TELEGRAM_MODE": "webhook", "HOERT_TELEGRAM_TOKEN": TOKEN, "HOERT_WEBHOOK_SECRET": SECRET,
    "HOERT_PUBLIC_URL": "https://hoert.example.org",
}  # fmt: skip
#: The tests' PostgreSQL is fast and forgetful.
FORGETFUL = [
    "PostgreSQL runs with fsync off: a power cut loses messages. Set fsync = on and restart it.",
    "PostgreSQL runs with full_page_writes off: a power cut can ruin it. Set full_page_writes = on.",
    "PostgreSQL runs with synchronous_commit off: a crash loses messages. Set synchronous_commit = on.",
]


@pytest.mark.parametrize(
    "environ",
    [
        {}, OPEN, HOOKED, {**HOOKED, "HOERT_PUBLIC_URL": "https://hoert.example.org:8443"},
        {"HOERT_BIND": "[::1]:8080"}, {"HOERT_BIND": "localhost:8080"}, {"HOERT_METRICS_BIND": "10.0.0.3:9464"},
        {"HOERT_ENGINE": "embedded", "HOERT_DATABASE_URL": "postgres://h@db/h?sslmode=verify-full"},
        {"HOERT_DATABASE_URL": "postgres://h@127.0.0.1/h"}, {"HOERT_DATABASE_URL": "postgres://h@/h?host=%2Frun"},
        {"HOERT_WEBCHAT_API": "http://webchat:8081", "HOERT_WEBCHAT_TOKEN": TOKEN},
    ],
    ids=range(11),
)  # fmt: skip
def test_settings_that_are_right_are_not_spoken_of(environ: dict[str, str]) -> None:
    assert settings_problems(environ) == []


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({**OPEN, "HOERT_PUBLIC_URL": "http://h.example.org"}, "HOERT_PUBLIC_URL is not https: put a proxy with TLS"),
        ({**OPEN, "HOERT_TRUSTED_PROXIES": ""}, "HOERT_TRUSTED_PROXIES is not set although HOERT_BIND is open"),
        ({"HOERT_METRICS_BIND": "9464"}, "HOERT_METRICS_BIND is an address and a port, like"),
        ({"HOERT_METRICS_BIND": "127.0.0.1:8080"}, "HOERT_METRICS_BIND is the same as HOERT_BIND: give"),
        ({"HOERT_TELEGRAM_TOKEN": "abc"}, "HOERT_TELEGRAM_TOKEN is no bot token: copy it from BotFather"),
        ({**HOOKED, "HOERT_TELEGRAM_TOKEN": ""}, "HOERT_TELEGRAM_MODE is webhook without HOERT_TELEGRAM_TOKEN: give"),
        ({**HOOKED, "HOERT_PUBLIC_URL": "http://h.example.org"}, "HOERT_TELEGRAM_MODE is webhook: HOERT_PUBLIC_URL"),
        ({**HOOKED, "HOERT_PUBLIC_URL": "https://h.dk:9443"}, "HOERT_TELEGRAM_MODE is webhook: HOERT_PUBLIC_URL must"),
        ({**HOOKED, "HOERT_WEBHOOK_SECRET": "s" * 31}, "HOERT_WEBHOOK_SECRET is needed for webhook mode: 32 to 256"),
        ({**HOOKED, "HOERT_WEBHOOK_SECRET": "ø" * 40}, "HOERT_WEBHOOK_SECRET is needed for webhook mode: 32 to 256"),
        ({**HOOKED, "HOERT_WEBHOOK_SECRET_FILE": "x"}, "HOERT_WEBHOOK_SECRET and HOERT_WEBHOOK_SECRET_FILE are both"),
        ({"HOERT_ENGINE": "celery"}, "HOERT_ENGINE is procrastinate or embedded."),
        ({"HOERT_ENGINE": "procrastinate"}, "HOERT_ENGINE is procrastinate, which needs PostgreSQL: name one in"),
        ({"HOERT_DATABASE_URL": "postgres://h@db/h"}, "HOERT_DATABASE_URL: say how the connection is secured"),
        ({"HOERT_MASTER_KEY": "k"}, "HOERT_MASTER_KEY stands in the environment, where other programs can read it"),
        ({"HOERT_WEBCHAT_API": "http://webchat:8081"}, "HOERT_WEBCHAT_API is set without HOERT_WEBCHAT_TOKEN: give"),
        ({"HOERT_LOG_LEVEL": "loud"}, "HOERT_LOG_LEVEL is one of debug, info, warning, error, critical; until then"),
        ({"HOERT_LOG_FORMAT": "xml"}, "HOERT_LOG_FORMAT is json or text; until then it counts as json."),
        ({"HOERT_SIGN_IN_CODES": "offered"}, "HOERT_SIGN_IN_CODES is offered: whoever learns a password gets in."),
        ({"HOERT_OIDC_ISSUER": "https://id.dk"}, "HOERT_OIDC_ISSUER is set without HOERT_PUBLIC_URL: the municipality"),
        ({"HOERT_OIDC_CLIENT_SECRET": "s" * 32}, "HOERT_OIDC_CLIENT_SECRET stands in the environment, where other"),
    ],
    ids=range(21),
)
def test_a_setting_that_is_wrong_has_one_sentence_and_its_value_is_not_in_it(
    environ: dict[str, str], sentence: str
) -> None:
    found = settings_problems(environ)
    assert [one[: len(sentence)] for one in found] == [sentence]
    assert not any(value in found[0] for name, value in environ.items() if "TOKEN" in name or "SECRET" in name if value)


def test_a_key_that_everybody_may_read_is_told_of(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(urlsafe_b64encode(bytes(32)).decode())
    key.chmod(0o644)
    environ = {"HOERT_MASTER_KEY_FILE": str(key)}
    assert settings_problems(environ) == [
        "The file HOERT_MASTER_KEY_FILE names can be read by everybody on this machine: chmod 600 it."
    ]
    key.chmod(0o640)
    assert settings_problems(environ) == []


def test_a_folder_others_can_read_and_a_journal_that_is_no_folder_are_told_of(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    (tmp_path / "journal").write_text("")
    assert [one[:40] for one in folder_problems(tmp_path)] == [
        "The data directory can be read by others", "The folder journal in the data directory",
    ]  # fmt: skip
    (tmp_path / "journal").unlink()
    (tmp_path / "journal").mkdir()
    tmp_path.chmod(0o700)
    assert folder_problems(tmp_path) == []


GOOD = Server(150004, True, True, "on", False, False, NOW)


@pytest.mark.parametrize(
    ("server", "skew", "sentences"),
    [
        (GOOD, 0, []),
        (GOOD, -2, []),
        (replace(GOOD, synchronous_commit="remote_apply"), 0, []),
        (replace(GOOD, version=140011), 0, ["PostgreSQL is version 14: upgrade it to 15 or newer."]),
        (replace(GOOD, fsync=False, full_page_writes=False, synchronous_commit="off"), 0, FORGETFUL),
        (
            replace(GOOD, superuser=True, bypasses_row_security=True),
            0,
            ["The role in HOERT_DATABASE_URL is a superuser"],
        ),
        (replace(GOOD, bypasses_row_security=True), 0, ["The role in HOERT_DATABASE_URL has BYPASSRLS"]),
        (GOOD, 3, ["The clocks of this machine and of PostgreSQL differ by 3 seconds"]),
        (GOOD, -65, ["The clocks of this machine and of PostgreSQL differ by 65 seconds"]),
    ],
    ids=range(9),
)
def test_a_server_one_cannot_trust_is_told_of(server: Server, skew: float, sentences: list[str]) -> None:
    found = server_problems(server, skew=timedelta(seconds=skew))
    assert [one[: len(sentence)] for one, sentence in zip(found, sentences, strict=True)] == sentences


def test_what_waits_is_told_in_numbers_and_words() -> None:
    def ago(**span: float) -> datetime:
        return NOW - timedelta(**span)

    told = Watch(
        inbox=(Waiting("telegram", 3, ago(minutes=12), 1), Waiting("webchat", 1, ago(seconds=5), 0)),
        letters=(
            Letters("telegram", "staff_reply", "queued", 1, 1, ago(hours=5), ago(hours=5)),
            Letters("telegram", "staff_reply", "dead", 1, 0, None, ago(days=3)),
            Letters("telegram", "nudge", "unsure", 2, 0, None, ago(minutes=6)),
            Letters("webchat", "nudge", "unsure", 7, 0, None, ago(minutes=4)),
            Letters("webchat", "nudge", "held", 9, 0, None, ago(days=30)),
        ),
        bots=(Bot("telegram", None, "unauthorized"), Bot("webchat", None, "")),
        contacts={},
        ticks={},
        schema="0001_initial",
    )
    assert waiting_problems(told, now=NOW) == [
        "4 messages from young people wait to be processed, the oldest for 12 minutes: check that hoert serve or hoert "
        "bot runs, and its log.",
        "1 letter to young people could have left and has not, the oldest for 5 hours: check that the bot runs and "
        "reaches its server.",
        "1 message from young people could not be processed: a coordinator reads it on the front page of the desk.",
        "1 letter to young people could not be delivered: staff decide about it at the desk.",
        "2 letters to young people may not have arrived: staff decide about them at the desk.",
        "The bot telegram stands still (unauthorized): check its token, and that nobody else runs it.",
    ]
    assert waiting_problems(replace(told, inbox=(), letters=(), bots=()), now=NOW) == []


def test_a_good_installation_hears_that_all_is_well(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(settings, tmp_path).items():
        monkeypatch.setenv(name, value)
    status, said = run(["doctor"]), capsys.readouterr().out
    if settings.is_sqlite:
        assert (status, said.splitlines()[-1]) == (0, "All well.")
    else:
        assert (status, re.findall(r"^- (.*)$", said, re.MULTILINE)) == (1, FORGETFUL)


async def test_one_problem_hides_no_other(settings: Settings, tmp_path: Path) -> None:
    environ = environment(settings, tmp_path) | {"HOERT_LOG_LEVEL": "loud", "HOERT_ENGINE": "celery"}
    del environ["HOERT_MASTER_KEY_FILE"]
    found = await examine(environ)
    assert sorted(one.split(" ")[0] for one in found) == ["HOERT_ENGINE", "HOERT_LOG_LEVEL", "HOERT_MASTER_KEY"]


async def test_what_hoert_itself_refuses_is_said_once(tmp_path: Path) -> None:
    environ = {
        "HOERT_DATA_DIR": str(tmp_path), "HOERT_MASTER_KEY": urlsafe_b64encode(bytes(32)).decode(),
        "HOERT_ENGINE": "celery",
    }  # fmt: skip
    found = await examine(environ)
    assert [one.split(" ")[0] for one in found] == ["HOERT_ENGINE", "HOERT_MASTER_KEY"]


async def test_a_database_that_is_older_is_told_which_migrations_it_lacks(tmp_path: Path) -> None:
    settings = load({}, demo=True, data_dir=tmp_path / "data")
    found = await examine(environment(settings, tmp_path))
    assert len(found) == 1
    assert re.fullmatch(r"The database lacks \d+ migrations? \(0001_initial.*\)\. Run: hoert migrate", found[0])


async def test_a_database_that_is_not_there_is_told_without_its_address(tmp_path: Path) -> None:
    settings = load({"HOERT_DATABASE_URL": "postgres://h:hemmelig@127.0.0.1:9/h"}, demo=True, data_dir=tmp_path / "d")
    found = await examine(environment(settings, tmp_path))
    assert len(found) == 1
    assert re.fullmatch(r"The database does not answer \(\w+\): check HOERT_DATABASE_URL and that it runs\.", found[0])


async def test_the_doctor_reads_the_server_as_it_is(on_postgres: Settings, postgres: PostgresServer) -> None:
    async with opened(on_postgres):
        told = await health.server(HOUSE)
    assert told is not None
    assert abs(told.clock - datetime.now(UTC)) < timedelta(seconds=2)
    with postgres.admin() as admin:
        row = admin.execute("SHOW server_version_num").fetchone()
    assert row is not None
    assert replace(told, clock=NOW) == Server(int(row[0]), False, False, "off", False, False, NOW)


@asynccontextmanager
async def hoert_runs(settings: Settings, status: int, body: dict[str, object]) -> AsyncIterator[None]:
    """Somebody has the embedded database open and answers on the address of the installation."""

    async def readyz(_: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_get("/readyz", readyz)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    async with opened(settings):
        await web.TCPSite(runner, settings.bind_host, settings.bind_port).start()
        try:
            yield
        finally:
            await runner.cleanup()


async def test_where_hoert_runs_on_an_embedded_database_it_is_asked_itself(on_sqlite: Settings, tmp_path: Path) -> None:
    settings = on_sqlite
    environ = environment(settings, tmp_path)
    address = f"http://{settings.bind_host}:{settings.bind_port}/readyz"
    async with hoert_runs(settings, 200, {"status": "ready"}):
        told = await check_up(environ)
        assert told.problems == ()
        assert told.notes == (f"Hørt is running on this database, so the doctor asked it: ready ({address}).",)
    async with hoert_runs(settings, 503, {"status": "unready", "database": True, "queues": False, "clock": False}):
        assert await examine(environ) == [
            "Hørt is running on this database and is not ready: messages wait for too long and its clock stands still. "
            "See docs/operations.md."
        ]
    async with opened(settings):
        assert await examine(environ) == [
            f"Hørt is running on this database, but {address} does not answer: it may be starting, or HOERT_BIND is "
            "another one there."
        ]


async def test_the_doctor_finds_what_waits_in_a_real_database(settings: Settings, tmp_path: Path) -> None:
    async with opened(settings):
        assert await watch.watch(HOUSE, now=NOW) == replace(
            Watch((), (), (), {}, {}, ""), schema=(await watch.watch(HOUSE, now=NOW)).schema
        )
    found = await examine(environment(settings, tmp_path))
    assert found == ([] if settings.is_sqlite else FORGETFUL)
