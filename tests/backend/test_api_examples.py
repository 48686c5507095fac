"""Every example of docs/api.md, executed in its order: what the page promises is what is answered."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from backend.api.description import BASE
from models.actions import messages
from models.transactions import Scope
from tests.backend.browsing import MovedClock
from tests.backend.calling import OpenSystem
from tests.cast import Cast, link

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(r"```http\n(.*?)```\n```json\n(.*?)```", re.DOTALL)


def fits(expected: Any, given: Any, known: dict[str, str]) -> bool:
    """Whether an answer is what the page says; what it names in braces is learnt, or is what was learnt before."""
    if expected == "…":
        return True
    if isinstance(expected, str) and (named := re.fullmatch(r"\{(\w+)\}", expected)):
        return bool(known.setdefault(named.group(1), given) == given)
    if isinstance(expected, dict):
        return isinstance(given, dict) and all(
            key in given and fits(value, given[key], known) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(given, list)
            and len(expected) == len(given)
            and all(fits(*pair, known) for pair in zip(expected, given, strict=True))
        )
    return bool(expected == given)


async def test_every_example_is_answered_as_the_page_says(system: OpenSystem, cast: Cast, clock: MovedClock) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 11, now=clock.now(), confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej Mette, er mødet på torsdag?", source_key="webchat:a:1", now=clock.now())
    per, known = await system(cast.per), dict[str, str]()
    examples = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    for asked, answered in examples:
        head, _, body = asked.partition("\n\n")
        first, *lines = [
            re.sub(r"\{(\w+)\}", lambda found: known[found.group(1)], one) for one in head.split("\n") if one
        ]
        method, path = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        key = headers.pop("Idempotency-Key", None)
        filled = re.sub(r"\"\{(\w+)\}\"", lambda found: json.dumps(known[found.group(1)]), body)
        told = await per.call(
            method, path.removeprefix(BASE), json.loads(filled) if filled.strip() else None, key=key,
            **{name.replace("-", "_"): value for name, value in headers.items()},
        )  # fmt: skip
        status, _, expected = answered.strip().partition(" ")
        assert (first, told.status) == (first, int(status))
        assert not expected or fits(json.loads(expected), told.body, known), (first, told.body)
        if "ETag" in told.headers:
            known["etag"] = told.headers["ETag"]
    assert known["amina"] == cast.amina
    assert len(examples) == PAGE.read_text(encoding="utf-8").count("```http") > 15
