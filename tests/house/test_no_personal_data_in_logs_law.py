"""Law 10: a log line is a fixed event and a few named codes, counts and durations.

Which may stand beside it is said once, in `hoert.logs.FIELDS`; the formatter drops the rest, and this law finds it
before it runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoert.logs import FIELDS
from tests.house.sources import dotted, place, python_files, tree

LOGGER = re.compile(r"(.*\.)?(_?log(ger)?|logging)", re.IGNORECASE)
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
#: Names of things whose content belongs to a person, wherever they would be put.
CONFIDENCES = {
    "text", "body", "payload", "caption", "words", "token", "secret", "password", "first_name", "last_name", "username",
    "phone", "email", "chat_id", "birth_date", "update", "message_text", "document", "answer_text", "note",
}  # fmt: skip


def test_every_log_line_of_the_house_is_a_fixed_sentence_with_allowed_codes() -> None:
    wrong = [f"{place(path, call)} {why}" for path in python_files() for call in _logged(path) for why in _faults(call)]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('log.info("sent", extra={"letter": letter.id})', []),
        ('log.exception("a tick failed", extra={"job": name})', []),
        ('log.info(f"sent to {person}")', ["the message is not a constant"]),
        ('log.info("sent to %s", person)', ["values beside the message"]),
        ('log.info("sent", extra={"person": person})', ["extra person"]),
        ('log.info("sent", extra={"kind": update.text})', ["carries text"]),
        ('log.info("came", extra={"inbox": update.update_id})', []),
        ('log.info("came", extra={"inbox": update})', ["carries update"]),
        ('log.info("sent", extra=everything)', ["extra is not written out"]),
    ],
)
def test_the_law_itself_knows_a_good_line_from_a_bad_one(line: str, fault: list[str]) -> None:
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call)
    assert list(_faults(call)) == fault


def _logged(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree(path)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in LEVELS
            and LOGGER.fullmatch(dotted(node.func.value))
        ):
            yield node


def _faults(call: ast.Call) -> Iterator[str]:
    first = 1 if isinstance(call.func, ast.Attribute) and call.func.attr == "log" else 0
    message = call.args[first] if len(call.args) > first else None
    if not (isinstance(message, ast.Constant) and isinstance(message.value, str)):
        yield "the message is not a constant"
    if len(call.args) > first + 1:
        yield "values beside the message"
    for keyword in call.keywords:
        if keyword.arg == "extra":
            yield from _extra_faults(keyword.value)
        elif keyword.arg != "exc_info":
            yield f"argument {keyword.arg}"


def _extra_faults(extra: ast.expr) -> Iterator[str]:
    if not isinstance(extra, ast.Dict):
        yield "extra is not written out"
        return
    for key, value in zip(extra.keys, extra.values, strict=True):
        name = str(key.value) if isinstance(key, ast.Constant) else "that is computed"
        if name not in FIELDS:
            yield f"extra {name}"
        owners = {id(node.value) for node in ast.walk(value) if isinstance(node, ast.Attribute)}
        for node in ast.walk(value):
            carried = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if carried in CONFIDENCES and id(node) not in owners:
                yield f"carries {carried}"
