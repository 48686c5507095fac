"""Log lines say what happened and never to whom: the formatter itself keeps out what has no place in them."""

from __future__ import annotations

import json
import logging
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hoert.logs import JsonFormatter, TextFormatter

ROOT = Path(__file__).parents[2]
CANARY = "what somebody wrote"


def record(name: str, message: object, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": name, "msg": message, "levelname": "ERROR", "levelno": 40, **extra})
    made.args = args or None
    return made


def line(name: str, message: object, *args: object, **extra: object) -> dict[str, Any]:
    """A line as production writes it, without its time."""
    found: dict[str, Any] = json.loads(JsonFormatter().format(record(name, message, *args, **extra)))
    del found["at"]
    return found


def caught(fault: Exception) -> Any:
    try:
        raise fault
    except ValueError as exc:
        return type(exc), exc, exc.__traceback__


def test_our_events_keep_their_name_and_codes() -> None:
    assert line("hoert.delivery", "delivery.letter_failed", letter=7, fault="OSError") == {
        "level": "error", "from": "hoert.delivery", "event": "delivery.letter_failed", "letter": 7, "fault": "OSError",
    }  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [0, -3, 2.5, True, None, "", "dead", "guard.py:117", "a" * 80, "0f" * 16, "2026-11-22", "0001_initial"],
    ids=str,
)
def test_a_number_a_truth_value_and_a_short_code_may_stand(value: object) -> None:
    assert line("bot.x", "a.b", code=value) == {"level": "error", "from": "bot.x", "event": "a.b", "code": value}


@pytest.mark.parametrize(
    "value",
    [
        "two words", "Sørensen", "a@b", "+4520", "x\ny", "a" * 81, "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr",
        "010107-1234", math.nan, math.inf, ["list"], {"a": 1}, b"bytes", ValueError(CANARY), object(),
    ],
    ids=range(15),
)  # fmt: skip
def test_anything_else_is_left_out_and_counted(value: object) -> None:
    assert line("bot.x", "a.b", code=value, kind="k") == {
        "level": "error", "from": "bot.x", "event": "a.b", "kind": "k", "dropped": 1,
    }  # fmt: skip


def test_a_field_that_is_not_on_the_list_is_left_out_whatever_its_value() -> None:
    assert line("hoert.x", "a.b", person="Amina", chat_id=7, letter=1) == {
        "level": "error", "from": "hoert.x", "event": "a.b", "letter": 1, "dropped": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "args"), [("Hej Mette", ()), ("said %s", (CANARY,)), ("a" * 61, ()), (ValueError(CANARY), ()), (7, ())]
)
def test_an_event_without_the_shape_of_one_loses_its_name(message: object, args: tuple[object, ...]) -> None:
    assert line("hoert.x", message, *args) == {
        "level": "error", "from": "hoert.x", "event": "unnamed", "dropped": 1,
    }  # fmt: skip


def test_what_a_library_says_is_not_repeated_and_its_fields_are_not_taken() -> None:
    said = line("procrastinate.worker", "Job %s", CANARY, job={"args": CANARY}, reason="x", code=5)
    assert said == {"level": "error", "from": "procrastinate.worker", "event": "library"}
    assert line("Amina Yusuf", "x") == {"level": "error", "from": "unnamed", "event": "library"}


def test_an_exception_leaves_its_kind_and_its_place_and_not_its_words() -> None:
    made = record("bot.x", "dispatch.update_failed", exc_info=caught(ValueError(CANARY)))
    said = json.loads(JsonFormatter().format(made))
    assert (said["fault"], [frame.split(":")[0::2] for frame in said["where"]]) == (
        "ValueError",
        [["test_logs.py", "caught"]],
    )
    for formatter in (JsonFormatter(), TextFormatter()):
        assert CANARY not in formatter.format(made)


def test_a_line_on_a_terminal_says_the_same() -> None:
    assert TextFormatter().format(record("bot.x", "a.b", letter=7, person="Amina"))[9:] == (
        "error   a.b letter=7 dropped=1"
    )
    assert TextFormatter().format(record("httpx", "POST"))[9:] == "error   library httpx"


PROGRAM = """
import asyncio, logging, sys, threading, warnings
from hoert.logs import set_up
set_up("debug", "json")
CANARY = "what somebody wrote"

class Loud:
    def __del__(self):
        raise ValueError(CANARY)

class Broken:
    def __str__(self):
        raise ValueError(CANARY)

def thread():
    raise ValueError(CANARY)

async def lost():
    raise ValueError(CANARY)

async def main():
    task = asyncio.ensure_future(lost())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    asyncio.get_running_loop().call_soon(thread)
    await asyncio.sleep(0)

warnings.simplefilter("always")
warnings.warn(CANARY, UserWarning)
Loud()
runner = threading.Thread(target=thread)
runner.start()
runner.join()
asyncio.run(main())
logging.getLogger("procrastinate.worker").info("Starting job send(words='%s')", CANARY)
logging.getLogger("procrastinate.worker").error("Job %s failed", CANARY, extra={"job": {"args": CANARY}})
logging.getLogger("hoert.x").error("a %s", Broken())
logging.getLogger("hoert.x").debug("a.b")
raise ValueError(CANARY)
"""


def test_nothing_a_process_can_say_reaches_stderr_in_words_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, CANARY in done.stderr) == (1, "", False)
    said = [json.loads(one) for one in done.stderr.splitlines()]
    assert [(one["level"], one["event"], one.get("fault")) for one in said] == [
        ("warning", "process.warning", "UserWarning"),
        ("error", "process.destructor_failed", "ValueError"),
        ("critical", "process.thread_failed", "ValueError"),
        ("error", "process.task_failed", "ValueError"),
        ("error", "process.task_failed", "ValueError"),
        ("error", "library", None),
        ("error", "unnamed", None),
        ("debug", "a.b", None),
        ("critical", "process.uncaught", "ValueError"),
    ]


def test_an_unknown_level_counts_as_info() -> None:
    program = (
        "import logging; from hoert.logs import set_up; set_up('loud', 'text'); l = logging.getLogger('hoert.x');"
        "l.debug('a.debug'); l.info('a.info')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stderr[9:] == "info    a.info\n"
