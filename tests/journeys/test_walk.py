"""A short random walk through everything a young person can press; `make soak` goes on for ten thousand steps."""

from __future__ import annotations

import os
from datetime import datetime

import pytest

from models.settings import Settings
from tests.journeys.walk import walking


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_whatever_somebody_presses_and_types_nothing_breaks(settings: Settings, now: datetime) -> None:
    seed = int(os.environ.get("HOERT_WALK_SEED", "0"))
    async with walking(settings, now, seed) as walker:
        await walker.walk(int(os.environ.get("HOERT_WALK_STEPS", "60")))
    assert walker.steps["press"] > 20
    assert walker.steps["restart"] >= 2
