"""Settings: read once, refused loudly, and no secret ever in the refusal."""

from __future__ import annotations

import base64
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from models.settings import SettingsError, load, read_secret, tortoise_connection

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


def test_outside_the_demo_the_master_key_is_demanded_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HOERT_MASTER_KEY is missing"):
        load({}, data_dir=tmp_path)
    assert not (tmp_path / "master.key").exists()


def test_the_demo_makes_its_secrets_once_for_its_owner_only(tmp_path: Path) -> None:
    first, second = (load({}, demo=True, data_dir=tmp_path) for _ in range(2))
    assert (first.master_key, first.webchat_token) == (second.master_key, second.webchat_token)
    assert len(first.master_key) == 32
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"master.key": 0o600, "webchat.token": 0o600}
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_processes_that_start_at_once_have_one_key_between_them(tmp_path: Path) -> None:
    together = Barrier(8)

    def start(_: int) -> bytes:
        together.wait()
        return load({}, demo=True, data_dir=tmp_path / "data").master_key

    with ThreadPoolExecutor(8) as several:
        assert len(set(several.map(start, range(8)))) == 1
    assert [path.name for path in (tmp_path / "data").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("padding", ["", "=", "\n"])
def test_a_key_is_read_with_and_without_its_padding_from_the_value_or_a_file(tmp_path: Path, padding: str) -> None:
    given = KEY.rstrip("=") + padding
    assert load({"HOERT_MASTER_KEY": given.strip()}, data_dir=tmp_path).master_key == bytes(range(32))
    file = tmp_path / "key"
    file.write_text(given)
    assert load({"HOERT_MASTER_KEY_FILE": str(file)}, data_dir=tmp_path).master_key == bytes(range(32))


@pytest.mark.parametrize("bad", [KEY[:-8], "AAAA" + KEY, "å" * 43, "not a key", "="])
def test_a_key_that_is_none_is_refused_without_being_repeated(tmp_path: Path, bad: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load({"HOERT_MASTER_KEY": bad}, data_dir=tmp_path)
    assert str(refusal.value) == "HOERT_MASTER_KEY is not 32 bytes in URL-safe base64"
    assert refusal.value.__cause__ is None


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("b")
    with pytest.raises(SettingsError, match="both set"):
        read_secret("HOERT_TELEGRAM_TOKEN", {"HOERT_TELEGRAM_TOKEN": "a", "HOERT_TELEGRAM_TOKEN_FILE": str(file)})


def test_a_secrets_file_is_stripped_and_an_empty_one_is_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(" secret \n")
    assert read_secret("NAME", {"NAME_FILE": str(file)}) == "secret"
    file.write_text("\n")
    assert read_secret("NAME", {"NAME_FILE": str(file)}) is None
    assert read_secret("NAME", {}) is None


def test_a_file_that_cannot_be_read_is_named_by_its_setting_only(tmp_path: Path) -> None:
    missing = tmp_path / secrets.token_hex(4)
    with pytest.raises(SettingsError) as refusal:
        read_secret("NAME", {"NAME_FILE": str(missing)})
    assert str(refusal.value) == "NAME_FILE names a file that cannot be read"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"HOERT_BIND": "8080"}, "HOERT_BIND"),
        ({"HOERT_BIND": "localhost:http"}, "HOERT_BIND"),
        ({"HOERT_TELEGRAM_MODE": "push"}, "HOERT_TELEGRAM_MODE"),
        ({"HOERT_TIMEZONE": "Danmark"}, "HOERT_TIMEZONE"),
        ({"HOERT_TIMEZONE": "../../etc/passwd"}, "HOERT_TIMEZONE"),
        ({"HOERT_LANGUAGE": "sv"}, "HOERT_LANGUAGE"),
        ({"HOERT_WEB_PUSH": "maybe"}, "HOERT_WEB_PUSH"),
        ({"HOERT_SIGN_IN_CODES": "never"}, "HOERT_SIGN_IN_CODES"),
        ({"HOERT_OIDC_ISSUER": "https://id.dk"}, "HOERT_OIDC_CLIENT_ID"),
        ({"HOERT_OIDC_ISSUER": "https://id.dk", "HOERT_OIDC_CLIENT_ID": "h"}, "HOERT_OIDC_CLIENT_SECRET"),
        (
            {"HOERT_OIDC_ISSUER": "http://id.dk", "HOERT_OIDC_CLIENT_ID": "h", "HOERT_OIDC_CLIENT_SECRET": "s"},
            "HOERT_OIDC_ISSUER",
        ),
    ],
)
def test_a_wrong_setting_is_refused_by_name(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load(environ, demo=True, data_dir=tmp_path)


def test_without_an_address_the_database_is_a_file_in_the_data_directory(tmp_path: Path) -> None:
    settings = load({}, demo=True, data_dir=tmp_path)
    assert settings.database_url == f"sqlite://{tmp_path / 'hoert.sqlite3'}"
    assert settings.is_sqlite
    assert load({"HOERT_DATABASE_URL": ""}, demo=True, data_dir=tmp_path).is_sqlite


def test_an_embedded_database_waits_writes_through_and_overwrites_what_it_deletes() -> None:
    assert tortoise_connection("sqlite:///data/hoert.sqlite3") == {
        "engine": "models.sqlite_engine",
        "credentials": {
            "file_path": "/data/hoert.sqlite3", "synchronous": "FULL", "busy_timeout": 10000, "secure_delete": "ON",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://h@db.example:6543/hoert", ("db.example", 6543, "h", None, "hoert", 10)),
        ("postgresql://h:p%40ss%2Fword@db/hoert", ("db", 5432, "h", "p@ss/word", "hoert", 10)),
        ("postgres://h@localhost/x?host=%2Frun%2Fpg&pool=3", ("/run/pg", 5432, "h", None, "x", 3)),
        ("postgres:///x?port=7000", ("localhost", 7000, "hoert", None, "x", 10)),
    ],
)
def test_a_postgres_address_becomes_what_psycopg_takes(url: str, expected: tuple[object, ...]) -> None:
    made = tortoise_connection(url)
    credentials = made["credentials"]
    assert isinstance(credentials, dict)
    keys = ("host", "port", "user", "password", "database", "maxsize")
    assert (made["engine"], *(credentials[key] for key in keys)) == ("tortoise.backends.psycopg", *expected)


@pytest.mark.parametrize("url", ["mysql://x", "hoert.sqlite3", "asyncpg://x/y", "http://x"])
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="HOERT_DATABASE_URL"):
        tortoise_connection(url)


def test_how_the_connection_is_secured_goes_to_libpq_and_nothing_else_does() -> None:
    made = tortoise_connection("postgres://h@db/hoert?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&pool=3&x=y")
    credentials = made["credentials"]
    assert isinstance(credentials, dict)
    assert {name: value for name, value in credentials["server_settings"].items() if name.startswith("ssl")} == {
        "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem",
    }  # fmt: skip
    assert credentials["server_settings"].keys() & {"pool", "x"} == set()


def test_a_secrets_file_in_another_encoding_is_named_by_its_setting_only(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="HOERT_MASTER_KEY_FILE"):
        read_secret("HOERT_MASTER_KEY", {"HOERT_MASTER_KEY_FILE": str(file)})


def test_codes_are_demanded_outside_the_demo_and_a_sign_in_elsewhere_is_named_whole(tmp_path: Path) -> None:
    key = {"HOERT_MASTER_KEY": KEY}
    named = {
        "HOERT_OIDC_ISSUER": "https://id.dk/v2/", "HOERT_OIDC_CLIENT_ID": "h", "HOERT_OIDC_CLIENT_SECRET": "hemmeligt",
    }  # fmt: skip
    real, relaxed = (load(key | more, data_dir=tmp_path) for more in ({}, {"HOERT_SIGN_IN_CODES": "offered"}))
    demo, elsewhere = load({}, demo=True, data_dir=tmp_path), load(key | named, data_dir=tmp_path)
    assert [one.codes_demanded for one in (real, relaxed, demo, elsewhere)] == [True, False, False, True]
    assert (real.oidc, elsewhere.oidc) == (None, ("https://id.dk/v2/", "h", "hemmeligt"))
    assert "hemmeligt" not in repr(elsewhere)


NOTICES = {
    "HOERT_SMTP_URL": "smtps://user:p%40ss@mail.example.org", "HOERT_SMTP_FROM": "hoert@example.org",
    "HOERT_SMS_WEBHOOK": "https://sms.example.org/in", "HOERT_SMS_SECRET": "s" * 32,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOERT_SMTP_URL", "mail.example.org"), ("HOERT_SMTP_URL", "http://mail.example.org"),
        ("HOERT_SMTP_FROM", ""), ("HOERT_SMTP_FROM", "Hørt"), ("HOERT_SMS_WEBHOOK", "http://sms.example.org/in"),
        ("HOERT_SMS_SECRET", "abcabcabc"),
    ],
)  # fmt: skip
def test_a_way_to_tell_staff_that_is_none_is_refused_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    good = load(NOTICES, demo=True, data_dir=tmp_path)
    assert (good.smtp_url, good.sms_secret) == (NOTICES["HOERT_SMTP_URL"], "s" * 32)
    with pytest.raises(SettingsError, match=name) as refusal:
        load(NOTICES | {name: value}, demo=True, data_dir=tmp_path)
    assert value == "" or value not in str(refusal.value)
