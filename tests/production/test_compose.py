"""compose.yaml says only what is so, and gives nobody more than it needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hoert.cli import run
from models.settings import load
from tests.production.compose import TOP, compose, environment, prepare, read

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
#: Each secret, and who may read it. Nobody else can, and nobody reads one that is not here.
MAY_READ = {
    "master_key": {"migrate", "bot", "backend", "scheduler", "webchat"},
    "telegram_token": {"bot"},
    "webhook_secret": {"bot"},
    "webchat_token": {"bot", "webchat"},
    "database_superuser_password": {"postgres"},
    "database_owner_password": {"postgres"},
    "database_app_password": {"postgres"},
    "database_owner": {"migrate"},
    "database_app": {"bot", "backend", "scheduler"},
    "database_certificate": {"postgres", "migrate", "bot", "backend", "scheduler"},
    "database_key": {"postgres"},
}
#: Each network, and who is on it.
ON = {
    "edge": {"proxy"},
    "web": {"proxy", "bot", "backend", "webchat"},
    "data": {"postgres", "migrate", "bot", "backend", "scheduler"},
    "out": {"bot", "webchat"},
    "watch": {"bot", "backend", "scheduler"},
}


def test_the_services_are_those_the_handbook_names() -> None:
    assert set(SERVICES) == {"postgres", "migrate", "bot", "backend", "scheduler", "webchat", "proxy"}
    assert set(OURS) == set(SERVICES) - {"postgres", "proxy"}


def test_two_bots_two_backends_and_one_of_the_rest() -> None:
    replicas = {name: service["deploy"].get("replicas", 1) for name, service in SERVICES.items()}
    assert {name: number for name, number in replicas.items() if number != 1} == {"bot": 2, "backend": 2}


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_hoerts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert OURS[name]["command"] == [name]
    with pytest.raises(SystemExit) as ended:
        run([name, "--help"])
    assert (ended.value.code, capsys.readouterr().err) == (0, "")


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_hoert_reads(name: str) -> None:
    settings = (TOP / "models/settings.py").read_text(encoding="utf-8")
    secrets = {f"{found}_FILE" for found in re.findall(r"read_secret\(\"(HOERT_[A-Z_]+)\"", settings)}
    known = set(re.findall(r"\bHOERT_[A-Z_]+", settings)) | secrets
    assert {variable for variable in OURS[name]["environment"] if variable.startswith("HOERT_")} - known == set()


@pytest.mark.parametrize("name", OURS)
def test_hoert_accepts_what_each_service_is_told(name: str, prepared: Path, tmp_path: Path) -> None:
    told = load(environment(name, prepared), data_dir=tmp_path)
    assert told.public_url == "https://hoert.example"
    assert told.is_sqlite is (name == "webchat")  # which opens none


def test_the_two_sides_of_the_web_chat_know_the_same_token(prepared: Path, tmp_path: Path) -> None:
    one, other = (load(environment(name, prepared), data_dir=tmp_path / name) for name in ("bot", "webchat"))
    assert one.webchat_token == other.webchat_token
    assert re.fullmatch(r"[0-9]{10}:[A-Za-z0-9]{35}", one.webchat_token)
    assert one.webchat_api == f"http://webchat:{other.webchat_bind[1]}"


def test_preparing_again_changes_no_secret(prepared: Path) -> None:
    before = {path.name: path.read_text(encoding="utf-8") for path in (prepared / "secrets").iterdir()}
    prepare(prepared)
    assert {path.name: path.read_text(encoding="utf-8") for path in (prepared / "secrets").iterdir()} == before
    assert set(before) == set(MAY_READ)
    assert {name for name, secret in before.items() if not secret} == {"telegram_token"}


def test_nobody_but_the_one_who_needs_a_secret_can_read_it(prepared: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (prepared / "secrets").iterdir()}
    assert modes == dict.fromkeys(MAY_READ, 0o400) | {"database_certificate": 0o444}
    assert (prepared / "secrets").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_has_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert {"privileged", "network_mode", "pid", "ipc", "devices", "userns_mode"} & set(service) == set()
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["pids_limit"] == 256


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_comes_back_and_is_given_time_to_end(name: str) -> None:
    assert SERVICES[name]["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert SERVICES[name]["stop_grace_period"] == ("60s" if name == "postgres" else "30s")
    assert set(SERVICES[name]["logging"]["options"]) == {"max-size", "max-file"}


def test_only_the_proxy_is_published() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "proxy": ["80:80", "443:443"]
    }


def test_who_is_on_which_network_is_who_may_be() -> None:
    found = {network: {name for name, service in SERVICES.items() if network in service["networks"]} for network in ON}
    assert found == ON
    networks = compose()["networks"]
    assert set(networks) == set(ON)
    assert {name for name, network in networks.items() if (network or {}).get("internal")} == {"web", "data", "watch"}


def test_the_proxy_that_is_believed_is_the_proxy() -> None:
    address = SERVICES["proxy"]["networks"]["web"]["ipv4_address"]
    assert {service["environment"]["HOERT_TRUSTED_PROXIES"] for service in OURS.values()} == {address}


def test_each_secret_is_a_file_that_only_those_read_who_may() -> None:
    found = {
        secret: {name for name, service in SERVICES.items() if secret in service.get("secrets", [])}
        for secret in compose()["secrets"]
    }
    assert found == MAY_READ
    assert compose()["secrets"] == {name: {"file": f"/etc/hoert/secrets/{name}"} for name in MAY_READ}


@pytest.mark.parametrize("name", SERVICES)
def test_every_secret_a_service_names_is_given_to_it(name: str) -> None:
    named = set(re.findall(r"/run/secrets/(\w+)", str(SERVICES[name].get("environment", {}))))
    if name == "postgres":
        for file in ("postgresql.conf", "roles.sql"):
            named |= set(re.findall(r"/run/secrets/(\w+)", _text(f"docs/production/postgres/{file}")))
    assert named == set(SERVICES[name].get("secrets", []))


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_file(name: str) -> None:
    secret = re.compile(r"TOKEN|SECRET|KEY|PASSWORD|PASS")
    environment = SERVICES[name].get("environment", {})
    inline = {key for key, value in environment.items() if secret.search(key) and not value.startswith("/run/secrets/")}
    addresses = [value for value in environment.values() if re.search(r"//[^/@]*:[^/@]*@", value)]
    assert (inline, addresses) == (set(), [])


@pytest.mark.parametrize("name", OURS)
def test_every_process_of_ours_waits_for_the_tables(name: str) -> None:
    waits = {other: how["condition"] for other, how in OURS[name].get("depends_on", {}).items()}
    migrated = {"postgres": "service_healthy", "migrate": "service_completed_successfully"}
    assert waits == {
        "migrate": {"postgres": "service_healthy"},
        "bot": migrated | {"webchat": "service_healthy"},
        "webchat": {},
    }.get(name, migrated)


def test_every_process_of_ours_has_the_images_health_check_and_the_job_none() -> None:
    assert {name: service["healthcheck"] for name, service in OURS.items() if "healthcheck" in service} == {
        "migrate": {"disable": True}
    }
    assert "HEALTHCHECK" in _text("Dockerfile")
    assert {name for name, service in OURS.items() if "HOERT_BIND" in service["environment"]} == set()


def test_images_of_others_are_pinned_to_a_version() -> None:
    images = {name: service["image"] for name, service in SERVICES.items() if name not in OURS}
    assert images == {"postgres": "postgres:17-bookworm", "proxy": "caddy:2.10-alpine"}


def test_every_file_that_is_mounted_is_there() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    assert [path for path in mounted if path.startswith("./") and not (TOP / path).is_file()] == []


def test_the_example_settings_are_those_compose_asks_for() -> None:
    asked = set(re.findall(r"\$\{(SITE_[A-Z_]+)", _text("compose.yaml")))
    assert set(re.findall(r"^(?:# )?(SITE_[A-Z_]+)=", _text("docs/production/example.env"), re.MULTILINE)) == asked


def test_the_proxy_sends_each_path_to_a_service_that_is_there() -> None:
    caddyfile = _text("docs/production/Caddyfile")
    assert re.findall(r"dynamic a (\w+) (\d+)", caddyfile) == [
        ("bot", "8080"),
        ("webchat", "8080"),
        ("backend", "8080"),
    ]
    assert set(re.findall(r"\{\$(\w+)\}", caddyfile)) == set(SERVICES["proxy"]["environment"])
    assert re.findall(r"^\tlog ?\{?$|\boutput\b", caddyfile, re.MULTILINE) == ["\tlog {"]


@pytest.mark.parametrize(
    "text",
    ["a: 1\na: 2", "a: {b: c}", "a: |\n  b", "a\n", "a: 'b'", "a: b # c", "a: !tag b", "a: [b", "a: 1\n   b: 2"],
)
def test_what_the_reader_does_not_know_it_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"said twice|not understood|comment"):
        read(text)


def test_the_reader_resolves_what_is_merged() -> None:
    text = 'x: &x\n  a: 1\n  b: [p, "q r"]\ny:\n  <<: *x\n  a: 2\nz:\n  - k: v\n    l: w\n  - m\n'
    assert read(text) == {
        "x": {"a": 1, "b": ["p", "q r"]},
        "y": {"a": 2, "b": ["p", "q r"]},
        "z": [{"k": "v", "l": "w"}, "m"],
    }


def _text(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")
