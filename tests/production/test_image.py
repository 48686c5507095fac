"""The image: what goes in, and that compose.yaml and the Dockerfile speak of the same user and the same port."""

from __future__ import annotations

import re

from tests.house.sources import PACKAGES
from tests.production.compose import TOP, compose


def test_what_goes_into_the_image_is_what_runs_and_its_licence() -> None:
    lines = (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "*"  # nothing, unless it is named
    assert {line[1:] for line in lines if line.startswith("!")} == {*PACKAGES, "requirements.lock", "LICENSE", "NOTICE"}


def test_the_image_runs_as_the_user_whose_files_compose_makes() -> None:
    dockerfile = (TOP / "Dockerfile").read_text(encoding="utf-8")
    (user,) = re.findall(r"^USER (\d+):(\d+)$", dockerfile, re.MULTILINE)
    mounted = [
        mount
        for service in compose()["services"].values()
        if "build" in service
        for mount in service["tmpfs"]
        if mount.startswith("/data")
    ]
    assert mounted == ["/data:mode=0700,uid={},gid={}".format(*user)] * 4
    prepared = (TOP / "docs/production/prepare.sh").read_text(encoding="utf-8")
    assert set(re.findall(r"keep \S+ (\d+)", prepared)) == {
        user[0],
        compose()["services"]["postgres"]["user"].split(":")[0],
    }


def test_the_proxy_calls_on_the_port_the_image_listens_on() -> None:
    dockerfile = (TOP / "Dockerfile").read_text(encoding="utf-8")
    (port,) = re.findall(r"^EXPOSE (\d+)$", dockerfile, re.MULTILINE)
    assert re.findall(r"HOERT_BIND=0\.0\.0\.0:(\d+)", dockerfile) == [port]
    caddyfile = (TOP / "docs/production/Caddyfile").read_text(encoding="utf-8")
    assert set(re.findall(r"dynamic a \w+ (\d+)", caddyfile)) == {port}
