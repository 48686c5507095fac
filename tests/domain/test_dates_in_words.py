"""Instants in words, near and far, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from locales import dates

NOW = datetime(2027, 1, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "danish", "english"),
    [
        (datetime(2027, 1, 20, 14, tzinfo=UTC), "i dag kl. 15", "today at 15:00"),
        (datetime(2027, 1, 21, 8, 15, tzinfo=UTC), "i morgen kl. 9.15", "tomorrow at 9:15"),
        (datetime(2027, 1, 26, 8, tzinfo=UTC), "tirsdag kl. 9", "Tuesday at 9:00"),
        (datetime(2027, 3, 4, 8, tzinfo=UTC), "torsdag 4. marts kl. 9", "Thursday 4 March at 9:00"),
        # A midnight to come ends the day before it, also in summer time; one that has been is the beginning of its day.
        (datetime(2027, 1, 20, 23, tzinfo=UTC), "i dag kl. 24", "today at midnight"),
        (datetime(2027, 3, 31, 22, tzinfo=UTC), "onsdag 31. marts kl. 24", "Wednesday 31 March at midnight"),
        (datetime(2027, 1, 19, 23, tzinfo=UTC), "i dag kl. 0", "today at 0:00"),
    ],
)
def test_an_instant_is_said_as_people_say_it(at: datetime, danish: str, english: str) -> None:
    assert (dates.when(at, NOW, "da"), dates.when(at, NOW, "en")) == (danish, english)


@pytest.mark.parametrize(
    ("at", "danish", "english"),
    [
        (datetime(2027, 5, 3, 12, 5, tzinfo=UTC), "3. maj 14.05", "3 May 14:05"),
        (datetime(2025, 11, 21, 13, 5, tzinfo=UTC), "21. nov. 2025 14.05", "21 Nov 2025 14:05"),
        # The year is Copenhagen's.
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "1. jan. 0.30", "1 Jan 0:30"),
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), "31. dec. 2026 23.30", "31 Dec 2026 23:30"),
    ],
)
def test_a_stamp_of_another_year_says_which(at: datetime, danish: str, english: str) -> None:
    assert (dates.short(at, NOW, "da"), dates.short(at, NOW, "en")) == (danish, english)
