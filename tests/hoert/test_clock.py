"""The clock that the demo moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hoert.clock import Clock


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
