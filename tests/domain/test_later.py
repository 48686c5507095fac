"""Answering later: the moments one usually means by it."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.domain.later import moments
from models.domain.localtime import COPENHAGEN


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=COPENHAGEN)


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-23T10:00", {"afternoon": "2026-11-23T14:00", "next_day": "2026-11-24T09:00", "next_week": "2026-11-30T09:00"}),  # noqa: E501
        ("2026-11-23T13:00", {"next_day": "2026-11-24T09:00", "next_week": "2026-11-30T09:00"}),
        ("2026-11-27T10:00", {"afternoon": "2026-11-27T14:00", "next_week": "2026-11-30T09:00"}),
        ("2026-11-28T10:00", {"next_week": "2026-11-30T09:00"}),
        ("2026-12-23T15:00", {"next_week": "2026-12-28T09:00"}),
        ("2026-03-27T10:00", {"afternoon": "2026-03-27T14:00", "next_week": "2026-03-30T09:00"}),
        ("2026-04-01T15:00", {"next_week": "2026-04-07T09:00"}),
    ],
)  # fmt: skip
def test_only_moments_on_working_days_are_offered_and_none_twice(now: str, offered: dict[str, str]) -> None:
    assert dict(moments(at(now))) == {name: at(moment) for name, moment in offered.items()}
