"""Settings: read from the environment once, loudly. Every secret may also come as a file named by NAME_FILE."""

from __future__ import annotations

import os
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class SettingsError(Exception):
    """A setting is missing or wrong. The text names the setting and the mend, never its value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything Hørt is told from outside. Times of day are in `timezone`; everything stored is UTC."""

    data_dir: Path
    database_url: str
    master_key: bytes
    bind_host: str = "127.0.0.1"
    bind_port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    telegram_token: str | None = None
    telegram_api: str = "https://api.telegram.org"
    telegram_mode: str = "polling"
    webchat_token: str = ""
    timezone: str = "Europe/Copenhagen"
    language: str = "da"
    log_level: str = "info"
    log_format: str = "json"
    demo: bool = False
    trusted_proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    engine: str = "embedded"
    master_key_previous: bytes | None = None
    migration_url: str | None = None
    webhook_secret: str | None = None
    webchat_api: str | None = None
    webchat_bind: tuple[str, int] = ("127.0.0.1", 8081)
    metrics_bind: tuple[str, int] | None = None
    web_push: bool = False
    codes_demanded: bool = True
    oidc: tuple[str, str, str] | None = field(default=None, repr=False)
    smtp_url: str | None = None
    smtp_from: str = ""
    sms_webhook: str | None = None
    sms_secret: str | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one: then there is exactly one process."""
        return self.database_url.startswith("sqlite")


def read_secret(name: str, environ: Mapping[str, str]) -> str | None:
    """The value of a secret: from NAME, or from the file that NAME_FILE names. Both at once is an error."""
    value, file = environ.get(name), environ.get(f"{name}_FILE")
    if value and file:
        raise SettingsError(f"{name} and {name}_FILE are both set; keep one of them")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{name}_FILE names a file that cannot be read") from None
    return value or None


def load(environ: Mapping[str, str] | None = None, *, demo: bool = False, data_dir: Path | None = None) -> Settings:
    """Read the settings. In the demo the data directory and the master key are made when missing; elsewhere the key is
    demanded. Raises SettingsError with a sentence that names the setting and the mend."""
    env = os.environ if environ is None else environ
    data = data_dir or Path(env.get("HOERT_DATA_DIR", "./data"))
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    data.chmod(0o700)
    host, port = _bind("HOERT_BIND", env.get("HOERT_BIND", "127.0.0.1:8080"))
    database_url = env.get("HOERT_DATABASE_URL") or f"sqlite://{(data / 'hoert.sqlite3').absolute()}"
    mode = env.get("HOERT_TELEGRAM_MODE", "polling")
    if mode not in {"polling", "webhook"}:
        raise SettingsError("HOERT_TELEGRAM_MODE is polling or webhook")
    zone = env.get("HOERT_TIMEZONE", "Europe/Copenhagen")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError("HOERT_TIMEZONE is no known time zone; Europe/Copenhagen is the usual one") from None
    push = env.get("HOERT_WEB_PUSH", "off")
    if push not in {"on", "off"}:
        raise SettingsError("HOERT_WEB_PUSH is on or off")
    codes = env.get("HOERT_SIGN_IN_CODES", "offered" if demo else "demanded")
    if codes not in {"demanded", "offered"}:
        raise SettingsError("HOERT_SIGN_IN_CODES is demanded or offered")
    language = env.get("HOERT_LANGUAGE", "da")
    if language not in {"da", "en"}:
        raise SettingsError("HOERT_LANGUAGE is da or en")
    return Settings(
        data_dir=data,
        database_url=database_url,
        master_key=_master_key(env, data, demo=demo),
        bind_host=host,
        bind_port=port,
        public_url=env.get("HOERT_PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
        telegram_token=read_secret("HOERT_TELEGRAM_TOKEN", env),
        telegram_api=env.get("HOERT_TELEGRAM_API", "https://api.telegram.org").rstrip("/"),
        telegram_mode=mode,
        webchat_token=read_secret("HOERT_WEBCHAT_TOKEN", env)
        or _kept_secret(data / "webchat.token", lambda: f"{10**9 + secrets.randbelow(9 * 10**9)}:{_token35()}"),
        timezone=zone,
        language=language,
        log_level=env.get("HOERT_LOG_LEVEL", "info"),
        log_format=env.get("HOERT_LOG_FORMAT", "json"),
        demo=demo,
        trusted_proxies=_addresses(env.get("HOERT_TRUSTED_PROXIES", "127.0.0.1,::1")),
        master_key_previous=_previous_key(env),
        engine=_engine(env.get("HOERT_ENGINE"), database_url),
        migration_url=read_secret("HOERT_MIGRATION_URL", env),
        webhook_secret=_webhook_secret(read_secret("HOERT_WEBHOOK_SECRET", env), mode),
        webchat_api=(env.get("HOERT_WEBCHAT_API") or "").rstrip("/") or None,
        webchat_bind=_bind("HOERT_WEBCHAT_BIND", env.get("HOERT_WEBCHAT_BIND", "127.0.0.1:8081")),
        metrics_bind=_bind("HOERT_METRICS_BIND", env["HOERT_METRICS_BIND"]) if env.get("HOERT_METRICS_BIND") else None,
        web_push=push == "on",
        codes_demanded=codes == "demanded",
        oidc=_oidc(env),
        **_notices(env),
    )


def tortoise_connection(url: str) -> dict[str, Any]:
    """Tortoise's connection settings for a database address.

    sqlite:///file uses our engine (BEGIN IMMEDIATE); postgres:// is mapped to psycopg, because Tortoise would take
    asyncpg and the job engine could then not share our transaction. A `host=` query names a socket directory.
    """
    if url.startswith("sqlite://"):
        return {
            "engine": "models.sqlite_engine",
            "credentials": {
                "file_path": url.removeprefix("sqlite://"),
                "synchronous": "FULL",
                "busy_timeout": 10000,
                "secure_delete": "ON",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingsError("HOERT_DATABASE_URL starts with sqlite:// or postgres://")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "engine": "tortoise.backends.psycopg",
        "credentials": {
            "host": unquote(query.get("host", parts.hostname or "localhost")),
            "port": int(query.get("port", parts.port or 5432)),
            "user": unquote(parts.username or "hoert"),
            "password": unquote(parts.password) if parts.password else None,
            "database": parts.path.lstrip("/"),
            "minsize": 1,
            "maxsize": int(query.get("pool", 10)),
            "timeout": 5,
            "max_lifetime": 1800,
            "application_name": "hoert",
            "server_settings": _KEPT_ALIVE | {name: unquote(query[name]) for name in _LIBPQ if name in query},
        },
    }


def _bind(name: str, given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    if not host or not port.isdigit():
        raise SettingsError(f"{name} is an address and a port, like 127.0.0.1:8080")
    return host, int(port)


def _engine(given: str | None, database_url: str) -> str:
    """Procrastinate on PostgreSQL, the embedded engine on SQLite, unless told otherwise."""
    sqlite = database_url.startswith("sqlite")
    engine = given or ("embedded" if sqlite else "procrastinate")
    if engine not in {"embedded", "procrastinate"}:
        raise SettingsError("HOERT_ENGINE is procrastinate or embedded")
    if sqlite and engine == "procrastinate":
        raise SettingsError("HOERT_ENGINE is procrastinate, which needs PostgreSQL: set HOERT_DATABASE_URL")
    return engine


def _webhook_secret(given: str | None, mode: str) -> str | None:
    if mode == "webhook" and given is None:
        raise SettingsError(
            "HOERT_WEBHOOK_SECRET is missing: HOERT_TELEGRAM_MODE is webhook, and without the secret anybody could "
            'speak as Telegram (make one: python3 -c "import secrets;print(secrets.token_urlsafe(48))")'
        )
    if given is not None and not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", given):
        raise SettingsError("HOERT_WEBHOOK_SECRET is 32 to 256 of the characters A-Z a-z 0-9 _ -")
    return given


def _oidc(env: Mapping[str, str]) -> tuple[str, str, str] | None:
    """The municipality's own sign-in: issuer, client id and client secret; all three, or none."""
    given = {
        "HOERT_OIDC_ISSUER": env.get("HOERT_OIDC_ISSUER") or None,
        "HOERT_OIDC_CLIENT_ID": env.get("HOERT_OIDC_CLIENT_ID") or None,
        "HOERT_OIDC_CLIENT_SECRET": read_secret("HOERT_OIDC_CLIENT_SECRET", env),
    }
    issuer, client_id, client_secret = given.values()
    if issuer is None and client_id is None and client_secret is None:
        return None
    if issuer is None or client_id is None or client_secret is None:
        missing = next(name for name, value in given.items() if value is None)
        raise SettingsError(f"{missing} is missing: the municipality's own sign-in needs issuer, client id and secret")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise SettingsError("HOERT_OIDC_ISSUER is an https address")
    return issuer, client_id, client_secret


def _notices(env: Mapping[str, str]) -> dict[str, Any]:
    """How staff are told away from the desk: smtps://, or smtp:// with STARTTLS."""
    smtp, sms, secret = (read_secret(name, env) for name in ("HOERT_SMTP_URL", "HOERT_SMS_WEBHOOK", "HOERT_SMS_SECRET"))
    sender = env.get("HOERT_SMTP_FROM", "")
    if smtp:
        parts = urlsplit(smtp)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise SettingsError("HOERT_SMTP_URL is smtps://user:password@host, or smtp:// for STARTTLS")
        if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", sender):
            raise SettingsError("HOERT_SMTP_FROM is missing: the address that notices to staff come from")
    if sms:
        parts = urlsplit(sms)
        if not parts.hostname or (parts.scheme != "https" and (parts.scheme, parts.hostname) != ("http", "127.0.0.1")):
            raise SettingsError("HOERT_SMS_WEBHOOK is an https address")
        if len(secret or "") < 32:
            raise SettingsError(
                "HOERT_SMS_SECRET is missing or short: at least 32 characters, known to the gateway too"
            )
    return {"smtp_url": smtp, "smtp_from": sender, "sms_webhook": sms, "sms_secret": secret}


def _addresses(given: str) -> frozenset[str]:
    """The proxies that are believed about who is calling: addresses with commas between; none when empty."""
    try:
        return frozenset(str(ip_address(one.strip())) for one in given.split(",") if one.strip())
    except ValueError:
        raise SettingsError("HOERT_TRUSTED_PROXIES is addresses with commas between, like 127.0.0.1,::1") from None


#: A connection whose other end has vanished is given up within a quarter of a minute (in seconds; the last in ms).
_KEPT_ALIVE = {
    "connect_timeout": 3, "keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 2,
    "tcp_user_timeout": 15000,
}  # fmt: skip
#: How the connection to PostgreSQL is secured: these words of the address go to libpq as they are.
_LIBPQ = ("sslmode", "sslrootcert", "sslcert", "sslkey")


def _master_key(env: Mapping[str, str], data: Path, *, demo: bool) -> bytes:
    given = read_secret("HOERT_MASTER_KEY", env)
    if given is None:
        if not demo:
            raise SettingsError(
                "HOERT_MASTER_KEY is missing: 32 random bytes in URL-safe base64, best as a file named by "
                'HOERT_MASTER_KEY_FILE (make one: python3 -c "import secrets;print(secrets.token_urlsafe(32))")'
            )
        given = _kept_secret(data / "master.key", lambda: urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return _key("HOERT_MASTER_KEY", given)


def _previous_key(env: Mapping[str, str]) -> bytes | None:
    """The master key before this one, only while `hoert keys rotate` has not ended."""
    given = read_secret("HOERT_MASTER_KEY_PREVIOUS", env)
    return None if given is None else _key("HOERT_MASTER_KEY_PREVIOUS", given)


def _key(name: str, given: str) -> bytes:
    try:
        key = urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingsError(f"{name} is not 32 bytes in URL-safe base64")
    return key


def _kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret in a file of our own, made when there is none. Of several processes that start at once, one makes it:
    it is written beside its place and then given its name, which only one of them can.
    """
    if not path.exists():
        beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(make() + "\n")
        with suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    return path.read_text(encoding="utf-8").strip()


def _token35() -> str:
    return secrets.token_urlsafe(40).replace("-", "a").replace("_", "b")[:35]
