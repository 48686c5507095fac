"""The world in which young people talk with the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from tests.bot.talk import World
from tests.cast import Cast


@pytest.fixture
async def world(cast: Cast, now: datetime) -> AsyncIterator[World]:
    """A bot with nobody in it yet, beside the cast, on either database."""
    made = World(cast, now)
    await made.begin()
    yield made
    await made.end()
