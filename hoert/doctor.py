"""The doctor: everything that is missing or wrong, in plain words, with the mend.

What is set up wrongly is told from the environment alone, so that one missing secret does not hide the rest. Then the
data folder, then the database: its server, its role, its migrations, and what in it waits for too long.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from models.queries.away import Trouble
from models.queries.health import Server
from models.queries.watch import Watch
from models.settings import Settings, SettingsError, load, read_secret

#: The ports to which Telegram delivers webhooks.
_WEBHOOK_PORTS: Final = frozenset({80, 88, 443, 8443})
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}", re.ASCII)
_BOT_TOKEN = re.compile(r"[0-9]{6,}:[A-Za-z0-9_-]{30,}", re.ASCII)
_ADDRESS = re.compile(r".+:[0-9]{1,5}")
_ENGINES: Final = ("procrastinate", "embedded")
_LEVELS: Final = ("debug", "info", "warning", "error", "critical")
_ROOM: Final = 500 * 1024 * 1024
_OLDEST_SERVER: Final = 15
_SKEW: Final = timedelta(seconds=2)
#: How long something may wait before the doctor calls it stuck, and before he speaks of what staff have to decide.
_STUCK: Final = timedelta(minutes=1)
_UNDECIDED: Final = timedelta(minutes=5)
#: How long the doctor waits for a Hørt that runs, in seconds.
_PATIENCE: Final = 5.0


@dataclass(frozen=True, slots=True)
class CheckUp:
    """What the doctor found: a sentence per problem, and what is worth knowing though nothing is wrong."""

    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


async def examine(environ: Mapping[str, str]) -> list[str]:
    """One sentence per problem, none when all is well. See `check_up`."""
    return list((await check_up(environ)).problems)


async def check_up(environ: Mapping[str, str]) -> CheckUp:
    """Look at settings, data folder and database. Never raises for anything an operator can get wrong."""
    found = settings_problems(environ)
    try:
        settings = load(environ)
    except SettingsError as refusal:
        # What Hørt itself refuses is said once, in its own words.
        setting = str(refusal).split(" ", 1)[0]
        return CheckUp((str(refusal), *(one for one in found if not one.startswith(f"{setting} "))))
    found += folder_problems(settings.data_dir)
    inside = await _database(settings, environ)
    return CheckUp((*found, *inside.problems), inside.notes)


def settings_problems(environ: Mapping[str, str]) -> list[str]:
    """What the environment alone tells."""
    return [
        *_network(environ), *_telegram(environ), *_engine(environ), *_secrets(environ), *_signing_in(environ),
        *_logging(environ),
    ]  # fmt: skip


def _network(environ: Mapping[str, str]) -> list[str]:
    found = []
    bind = environ.get("HOERT_BIND", "127.0.0.1:8080")
    if not is_loopback(bind.rpartition(":")[0]):
        if not environ.get("HOERT_PUBLIC_URL", "").startswith("https://"):
            found.append("HOERT_PUBLIC_URL is not https: put a proxy with TLS in front and name its address there.")
        if not environ.get("HOERT_TRUSTED_PROXIES"):
            found.append(
                "HOERT_TRUSTED_PROXIES is not set although HOERT_BIND is open to the network: name the addresses of "
                "your proxy, or all visitors look like one and are limited together."
            )
    metrics = environ.get("HOERT_METRICS_BIND", "")
    if metrics and not _ADDRESS.fullmatch(metrics):
        found.append("HOERT_METRICS_BIND is an address and a port, like 127.0.0.1:9464.")
    elif metrics and metrics == bind:
        found.append("HOERT_METRICS_BIND is the same as HOERT_BIND: give the figures a port of their own.")
    return found


def _telegram(environ: Mapping[str, str]) -> list[str]:
    found = []
    token, problem = _secret("HOERT_TELEGRAM_TOKEN", environ)
    if problem:
        found.append(problem)
    if token and not _BOT_TOKEN.fullmatch(token):
        found.append("HOERT_TELEGRAM_TOKEN is no bot token: copy it from BotFather, whole, like 123456789:AA….")
    if environ.get("HOERT_TELEGRAM_MODE") != "webhook":
        return found
    if not token and not problem:
        if environ.get("HOERT_TELEGRAM_TOKEN_FILE"):
            return found  # an empty file says: the web chat is the only channel
        found.append("HOERT_TELEGRAM_MODE is webhook without HOERT_TELEGRAM_TOKEN: give the token, or use polling.")
    public = urlsplit(environ.get("HOERT_PUBLIC_URL", ""))
    with suppress(ValueError):
        port = public.port or 443
        if public.scheme != "https" or port not in _WEBHOOK_PORTS:
            found.append(
                "HOERT_TELEGRAM_MODE is webhook: HOERT_PUBLIC_URL must be https on port 443, 80, 88 or 8443, because "
                "Telegram delivers to no other; or use polling."
            )
    secret, problem = _secret("HOERT_WEBHOOK_SECRET", environ)
    if problem:
        found.append(problem)
    elif not _WEBHOOK_SECRET.fullmatch(secret or ""):
        found.append(
            "HOERT_WEBHOOK_SECRET is needed for webhook mode: 32 to 256 letters, digits, _ and -, best as a file named "
            'by HOERT_WEBHOOK_SECRET_FILE (make one: python3 -c "import secrets;print(secrets.token_urlsafe(48))").'
        )
    return found


def _engine(environ: Mapping[str, str]) -> list[str]:
    found = []
    url = environ.get("HOERT_DATABASE_URL") or "sqlite://"
    engine = environ.get("HOERT_ENGINE")
    if engine and engine not in _ENGINES:
        found.append("HOERT_ENGINE is procrastinate or embedded.")
    elif engine == "procrastinate" and url.startswith("sqlite"):
        found.append("HOERT_ENGINE is procrastinate, which needs PostgreSQL: name one in HOERT_DATABASE_URL.")
    if not url.startswith("sqlite") and "sslmode" not in url and not _near(url):
        found.append("HOERT_DATABASE_URL: say how the connection is secured (sslmode=verify-full).")
    return found


def _secrets(environ: Mapping[str, str]) -> list[str]:
    found = []
    if environ.get("HOERT_MASTER_KEY") and not environ.get("HOERT_MASTER_KEY_FILE"):
        found.append(
            "HOERT_MASTER_KEY stands in the environment, where other programs can read it: "
            "put it in a file and name that in HOERT_MASTER_KEY_FILE."
        )
    file = environ.get("HOERT_MASTER_KEY_FILE")
    with suppress(OSError):
        if file and Path(file).stat().st_mode & 0o007:
            found.append("The file HOERT_MASTER_KEY_FILE names can be read by everybody on this machine: chmod 600 it.")
    if environ.get("HOERT_WEBCHAT_API"):
        token, problem = _secret("HOERT_WEBCHAT_TOKEN", environ)
        if problem:
            found.append(problem)
        elif not token:
            found.append(
                "HOERT_WEBCHAT_API is set without HOERT_WEBCHAT_TOKEN: give bots and web chat the same token, "
                "best as a file named by HOERT_WEBCHAT_TOKEN_FILE."
            )
    return found


def _signing_in(environ: Mapping[str, str]) -> list[str]:
    found = []
    if environ.get("HOERT_SIGN_IN_CODES", "demanded") != "demanded":
        found.append(
            "HOERT_SIGN_IN_CODES is offered: whoever learns a password gets in. Leave it out, so that a one-time code "
            "is asked of everybody."
        )
    if environ.get("HOERT_OIDC_ISSUER") and not environ.get("HOERT_PUBLIC_URL"):
        found.append(
            "HOERT_OIDC_ISSUER is set without HOERT_PUBLIC_URL: the municipality's own sign-in leads back to "
            "HOERT_PUBLIC_URL/sign-in/oidc/back, so name the address people use."
        )
    if environ.get("HOERT_OIDC_CLIENT_SECRET") and not environ.get("HOERT_OIDC_CLIENT_SECRET_FILE"):
        found.append(
            "HOERT_OIDC_CLIENT_SECRET stands in the environment, where other programs can read it: put it in a file "
            "and name that in HOERT_OIDC_CLIENT_SECRET_FILE."
        )
    return found


def _logging(environ: Mapping[str, str]) -> list[str]:
    found = []
    if environ.get("HOERT_LOG_LEVEL", "info").lower() not in _LEVELS:
        found.append(f"HOERT_LOG_LEVEL is one of {', '.join(_LEVELS)}; until then it counts as info.")
    if environ.get("HOERT_LOG_FORMAT", "json") not in {"json", "text"}:
        found.append("HOERT_LOG_FORMAT is json or text; until then it counts as json.")
    return found


def folder_problems(data: Path) -> list[str]:
    """What is wrong with the data folder: who can read it, whether it can be written, how much room there is."""
    found = []
    if data.stat().st_mode & 0o077:
        found.append("The data directory can be read by others on this machine: chmod 700 it.")
    if not os.access(data, os.W_OK):
        found.append("The data directory cannot be written: give it to the user Hørt runs as.")
    journal = data / "journal"
    if journal.exists() and not (journal.is_dir() and os.access(journal, os.W_OK | os.X_OK)):
        found.append(
            "The folder journal in the data directory cannot be written, so nothing can be taken from Telegram: "
            "give it to the user Hørt runs as."
        )
    free = os.statvfs(data)
    if free.f_bavail * free.f_frsize < _ROOM:
        found.append("Less than 500 MB is free where the data directory is: make room before messages are refused.")
    return found


def server_problems(server: Server, *, skew: timedelta) -> list[str]:
    """What is wrong with the PostgreSQL server and the role. `skew`: the server's clock less this machine's."""
    found = []
    if server.version < _OLDEST_SERVER * 10_000:
        found.append(f"PostgreSQL is version {server.version // 10_000}: upgrade it to {_OLDEST_SERVER} or newer.")
    if not server.fsync:
        found.append("PostgreSQL runs with fsync off: a power cut loses messages. Set fsync = on and restart it.")
    if not server.full_page_writes:
        found.append("PostgreSQL runs with full_page_writes off: a power cut can ruin it. Set full_page_writes = on.")
    if server.synchronous_commit == "off":
        found.append(
            "PostgreSQL runs with synchronous_commit off: a crash loses messages. Set synchronous_commit = on."
        )
    if server.superuser or server.bypasses_row_security:
        right = "is a superuser" if server.superuser else "has BYPASSRLS"
        found.append(
            f"The role in HOERT_DATABASE_URL {right}, so row-level security does not bind it: use a role that is "
            "neither (ALTER ROLE … NOSUPERUSER NOBYPASSRLS)."
        )
    if abs(skew) > _SKEW:
        found.append(
            f"The clocks of this machine and of PostgreSQL differ by {abs(skew).total_seconds():.0f} seconds: "
            "let both ask the same time server (NTP)."
        )
    return found


def waiting_problems(watch: Watch, *, now: datetime) -> list[str]:
    """What in the database waits for too long, in words and numbers; whose it is, only the desk says."""
    found = []
    since = min((one.since for one in watch.inbox if one.since), default=None)
    new, dead_updates = sum(one.new for one in watch.inbox), sum(one.dead for one in watch.inbox)
    if since is not None and now - since > _STUCK:
        found.append(
            f"{_many(new, 'message')} from young people {_wait(new)} to be processed, the oldest for "
            f"{_span(now - since)}: check that hoert serve or hoert bot runs, and its log."
        )
    due_since = min((one.due_since for one in watch.letters if one.due_since), default=None)
    due = sum(one.due for one in watch.letters)
    if due_since is not None and now - due_since > _STUCK:
        found.append(
            f"{_many(due, 'letter')} to young people could have left and {'has' if due == 1 else 'have'} not, the "
            f"oldest for {_span(now - due_since)}: check that the bot runs and reaches its server."
        )
    if dead_updates:
        found.append(
            f"{_many(dead_updates, 'message')} from young people could not be processed: a coordinator reads "
            f"{_them(dead_updates)} on the front page of the desk."
        )
    for state, said in (("dead", "could not be delivered"), ("unsure", "may not have arrived")):
        old = [one for one in watch.letters if one.state == state and now - one.oldest > _UNDECIDED]
        count = sum(one.count for one in old)
        if count:
            found.append(
                f"{_many(count, 'letter')} to young people {said}: staff decide about {_them(count)} at the desk."
            )
    found += [
        f"The bot {bot.bot} stands still ({bot.stopped}): check its token, and that nobody else runs it."
        for bot in watch.bots
        if bot.stopped
    ]
    return found


async def _database(settings: Settings, environ: Mapping[str, str]) -> CheckUp:
    from models.database import SingleProcessLock, direct, opened
    from models.migrate import pending

    try:
        with SingleProcessLock(settings.database_url):
            pass
    except SettingsError:
        return await asyncio.to_thread(_running, environ.get("HOERT_BIND", "127.0.0.1:8080"))
    try:
        if not settings.is_sqlite:
            # The pool would try for as long as it has patience; one connection of our own says at once what is wrong.
            await (await direct(settings)).close()
        async with opened(settings, everywhere=False):
            waiting = await pending(settings)
            if waiting:
                named = ", ".join(waiting)
                return CheckUp(
                    (f"The database lacks {_many(len(waiting), 'migration')} ({named}). Run: hoert migrate",)
                )
            return CheckUp(tuple(await _inside(settings)))
    except SettingsError as refusal:
        return CheckUp((str(refusal),))
    except Exception as exc:  # noqa: BLE001 (whatever the driver says may carry the address)
        kind = type(exc).__name__
        return CheckUp((f"The database does not answer ({kind}): check HOERT_DATABASE_URL and that it runs.",))


async def _inside(settings: Settings) -> list[str]:
    from models.invariants import SchemaIncomplete
    from models.migrate import check
    from models.queries import away, health, watch
    from models.transactions import HOUSE

    found = []
    begun = datetime.now(UTC)
    server = await health.server(HOUSE)
    if server is not None:
        middle = begun + (datetime.now(UTC) - begun) / 2
        found += server_problems(server, skew=server.clock - middle)
    try:
        await check(settings)
    except SchemaIncomplete as incomplete:
        return [*found, f"The database: {incomplete}"]
    now = datetime.now(UTC)
    found += waiting_problems(await watch.watch(HOUSE, now=now), now=now)
    return [*found, *notice_problems(await away.trouble(HOUSE, now=now), now=now), *await _mail(settings)]


def notice_problems(trouble: Trouble, *, now: datetime) -> list[str]:
    """What of the notices to staff did not reach them, in numbers."""
    found = []
    if trouble.failed:
        found.append(
            f"{_many(trouble.failed, 'notice')} to staff of the last two days did not arrive: check the addresses "
            "under Administration, and the log."
        )
    if trouble.oldest is not None and now - trouble.oldest > _UNDECIDED:
        found.append(
            f"{_many(trouble.waiting, 'notice')} to staff {_wait(trouble.waiting)}, the oldest for "
            f"{_span(now - trouble.oldest)}: check HOERT_SMTP_URL, HOERT_SMS_WEBHOOK, and that the clock runs."
        )
    return found


async def _mail(settings: Settings) -> list[str]:
    """Whether the mail server lets us in; nothing is sent."""
    from hoert.away import probe

    if not settings.smtp_url:
        return []
    why = {
        "sign_in": "does not accept the user and password in HOERT_SMTP_URL: check them.",
        "tls": "cannot be trusted: check its certificate, and whether HOERT_SMTP_URL is smtps:// or smtp://.",
        "away": "does not answer: check the address in HOERT_SMTP_URL and what the firewall lets out.",
    }
    problem = await asyncio.to_thread(probe, settings)
    return [f"The mail server {why[problem]}"] if problem else []


def _running(bind: str) -> CheckUp:
    """An embedded database has one user at a time. That one answers for it."""
    host, _, port = bind.rpartition(":")
    # It listens everywhere, so also here.
    host = "127.0.0.1" if host in {"0.0.0.0", "[::]", "::"} else host  # noqa: S104
    address = f"http://{host}:{port}/readyz"
    status, told = _asked(address)
    if status == 200:
        return CheckUp((), (f"Hørt is running on this database, so the doctor asked it: ready ({address}).",))
    runs = "Hørt is running on this database"
    if status is None:
        return CheckUp((
            f"{runs}, but {address} does not answer: it may be starting, or HOERT_BIND is another one there.",
        ))  # fmt: skip
    why = [
        said
        for fact, said in (
            ("database", "its database does not answer"), ("queues", "messages wait for too long"),
            ("clock", "its clock stands still"),
        )
        if told.get(fact) is False
    ]  # fmt: skip
    reason = " and ".join(why) or str(told.get("status", "it does not say why"))
    return CheckUp((f"{runs} and is not ready: {reason}. See docs/operations.md.",))


def _asked(address: str) -> tuple[int | None, dict[str, Any]]:
    """The status and body of a page of ours; no status when nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=_PATIENCE) as answer:  # our own address, and always http
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            try:
                return refused.code, dict(json.loads(refused.read()))
            except (ValueError, TypeError):
                return refused.code, {}
    except (OSError, ValueError):
        return None, {}


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _near(url: str) -> bool:
    """Whether a database address leads to a socket or to this machine: then nothing crosses a network."""
    parts = urlsplit(url)
    return "host=%2F" in parts.query or "host=/" in parts.query or is_loopback(parts.hostname or "localhost")


def _secret(name: str, environ: Mapping[str, str]) -> tuple[str | None, str]:
    """A secret, and what is wrong with how it is given ("" when nothing is)."""
    try:
        return read_secret(name, environ), ""
    except SettingsError as refusal:
        return None, str(refusal)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return _many(minutes, "minute")
    return _many(minutes // 60, "hour") if minutes < 48 * 60 else _many(minutes // (24 * 60), "day")
