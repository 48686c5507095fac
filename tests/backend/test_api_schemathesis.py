"""schemathesis against a live desk: what the description says is so, and what it does not say is refused."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from backend.api.description import BASE, described
from models.actions import api
from models.domain import api as rules
from tests.backend.browsing import MovedClock, Story
from tests.cast import Cast

#: Examples of each operation: `HOERT_API_EXAMPLES=200` looks longer.
EXAMPLES = os.environ.get("HOERT_API_EXAMPLES", "3")
#: Every border of every parameter is two thousand calls: `make soak` makes them, and whoever asks for more examples.
THOROUGH = "HOERT_API_EXAMPLES" in os.environ or os.environ.get("HOERT_TEST_ENGINES") == "all"
PHASES = "examples,coverage,fuzzing" if THOROUGH else "examples,fuzzing"
#: Saying that If-Match is missing has a status of its own (RFC 6585).
CONFIG = "[checks.missing_required_header]\nexpected-statuses = [400, 401, 403, 406, 415, 422, 428]\n"
#: A body may be all that the schema asks and still be refused by a rule: a birth date, a colleague who is not there.
NOT_CHECKED = "positive_data_acceptance"


def test_the_description_is_made_from_the_table_and_names_every_schema() -> None:
    whole = described()
    named = set(whole["components"]["schemas"])
    assert whole["openapi"] == "3.1.0"
    assert set(_referred(whole)) == {f"#/components/schemas/{name}" for name in named}


async def test_schemathesis_finds_nothing(
    server: TestServer, cast: Cast, story: Story, clock: MovedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CALLS", 10**9)
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    for viewer, which in ((cast.per, ()), (cast.admin, ("--include-tag", "webhooks"))):
        made = await api.make_token(
            viewer, "schemathesis", expires_at=clock.real_now() + timedelta(days=1), read_only=False, now=clock.now(),
            real_now=clock.real_now(),
        )  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("schemathesis"), "run", str(server.make_url(f"{BASE}/openapi.json")),
            "--url", str(server.make_url(BASE)), "--phases", PHASES, "--checks", "all",
            "--exclude-checks", NOT_CHECKED, "--max-examples", EXAMPLES, "--max-failures", "8", *which,
            "--seed", "1", "--workers", "1",
            "--header", f"Authorization: Bearer {made.token}", "--generation-with-security-parameters", "false",
            "--generation-allow-x00", "false", "--generation-database", "none", "--no-color",
            cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()[-6000:]


def _referred(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [str(value["$ref"])] if "$ref" in value else []
        return own + [one for inner in value.values() for one in _referred(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in _referred(inner)]
    return []
