"""The clock that the demo moves, and log lines that say what happened and never to whom."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hoert.clock import Clock
from hoert.logs import JsonFormatter, TextFormatter


def test_a_moved_clock_stays_moved_after_a_restart_and_never_goes_back(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock.json")
    clock.move(timedelta(days=91))
    again = Clock(tmp_path / "clock.json")
    assert timedelta(days=91) - (again.now() - again.real_now()) < timedelta(seconds=1)
    with pytest.raises(ValueError, match="only moves forward"):
        clock.move(timedelta(seconds=-1))


def test_a_clock_can_begin_on_a_given_day() -> None:
    clock = Clock()
    clock.start_at(datetime(2026, 11, 21, 10, tzinfo=UTC))
    assert abs(clock.now() - datetime(2026, 11, 21, 10, tzinfo=UTC)) < timedelta(seconds=1)


def record(name: str, message: str, **extra: object) -> logging.LogRecord:
    return logging.makeLogRecord({"name": name, "msg": message, "levelname": "ERROR", "levelno": 40, **extra})


def test_our_events_keep_their_name_and_codes() -> None:
    line = json.loads(
        JsonFormatter().format(record("hoert.delivery", "delivery.letter_failed", letter=7, fault="OSError"))
    )
    assert (line["event"], line["letter"], line["fault"]) == ("delivery.letter_failed", 7, "OSError")


def test_what_a_library_says_is_not_repeated() -> None:
    line = JsonFormatter().format(record("httpx", "HTTP Request: POST https://x/bot123:abc/sendMessage"))
    assert "bot123" not in line


def test_an_exception_leaves_its_kind_and_its_place_and_not_its_words() -> None:
    try:
        raise ValueError("what somebody wrote")
    except ValueError as exc:
        made = record("bot.x", "dispatch.update_failed", exc_info=(ValueError, exc, exc.__traceback__))
    for formatter in (JsonFormatter(), TextFormatter()):
        line = formatter.format(made)
        assert "what somebody wrote" not in line
        assert "ValueError" in line
