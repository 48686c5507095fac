"""When staff are told away from the desk: the morning of a working day, tries that grow apart, an end to trying."""

from datetime import UTC, datetime, timedelta

import pytest

from models.domain.away import GIVEN_UP, Kind, digest_due, given_up, next_try
from models.domain.promises import DEFAULT

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-17T07:59+01:00", False),
        ("2026-11-17T08:00+01:00", True),
        ("2026-11-17T14:59+01:00", True),
        ("2026-11-17T15:00+01:00", False),
        ("2026-11-21T08:00+01:00", False),
        ("2026-12-24T08:00+01:00", False),
        ("2026-07-01T08:00+02:00", True),
    ],
)
def test_a_digest_is_due_from_eight_on_a_working_day(at, due):
    assert digest_due(datetime.fromisoformat(at), DEFAULT) is due


def test_tries_grow_apart_and_never_by_more_than_half_an_hour():
    waits = [next_try(tries, NOW) - NOW for tries in (1, 2, 3, 7, 8, 900)]
    assert waits == [timedelta(seconds=30 * 2**power) for power in (0, 1, 2)] + [timedelta(minutes=30)] * 3


def test_an_alert_is_tried_for_three_days_and_a_digest_that_day():
    assert [given_up(NOW, NOW + wait, Kind.ALERT) for wait in (GIVEN_UP - timedelta(seconds=1), GIVEN_UP)] == [
        False, True,
    ]  # fmt: skip
    assert [given_up(NOW, NOW + timedelta(hours=hours), Kind.DIGEST) for hours in (0, 4, 5, 24)] == [
        False, False, True, True,
    ]  # fmt: skip
