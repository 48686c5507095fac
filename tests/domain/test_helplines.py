"""Who to ring right now: region, hours, and what is said about a number nobody has checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.errors import Invalid
from models.domain.helplines import (
    ALWAYS,
    HELPLINES,
    OUT_OF_HOURS,
    VERIFIED_FOR,
    Hours,
    Region,
    answers_at,
    lines_of,
    municipal_line,
    region_for,
    shown,
)
from models.domain.localtime import instant


def at(text):
    """A Copenhagen wall time as an instant: "2026-11-21 12:00"."""
    moment = datetime.fromisoformat(text)
    return instant(moment.date(), moment.time())


NOW = at("2026-11-21 23:00")
TODAY = date(2026, 11, 21)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
BY_KEY = {line.key: line for line in HELPLINES}
NIGHTLY = Hours({weekday: ((time(9), time(5)),) for weekday in range(7)})


def verified(key, on=TODAY, hours=None):
    line = replace(BY_KEY[key], verified_at=on)
    return line if hours is None else replace(line, hours=hours)


def opens(line, now=NOW, region=Region.MIDTJYLLAND):
    return [entry.open for entry in shown(now, region, [line])]


# --- data -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "region"),
    [
        ("vesthimmerland", Region.NORDJYLLAND),
        ("odsherred", Region.SJAELLAND),
        ("frederikshavn", Region.NORDJYLLAND),
        ("randers", Region.MIDTJYLLAND),
        ("middelfart", Region.SYDDANMARK),
        ("guldborgsund", Region.SJAELLAND),
        ("gentofte", Region.HOVEDSTADEN),
        ("atlantis", None),
    ],
)
def test_each_municipality_of_the_partnership_lies_in_its_region(slug, region):
    assert region_for(slug) is region


def test_nothing_that_is_shipped_claims_to_be_checked_and_only_112_is_certain():
    assert [line.key for line in HELPLINES if line.verified_at is not None] == []
    assert [line.key for line in HELPLINES if line.certain] == ["112"]


def test_every_line_has_a_number_to_ring_and_says_in_both_languages_who_it_is_for():
    assert len(BY_KEY) == len(HELPLINES)
    assert [line.key for line in HELPLINES if len(line.dial) not in (3, 4, 8) and not line.web] == []
    assert [line.key for line in HELPLINES if set(line.about) != {"da", "en"}] == []
    assert [line.key for line in HELPLINES for text in line.about.values() if not 0 < len(text) <= 60] == []


def test_a_number_is_dialled_without_its_spaces():
    assert (BY_KEY["livslinien"].dial, BY_KEY["112"].dial) == ("70201201", "112")


@pytest.mark.parametrize("region", Region)
def test_every_region_has_exactly_one_doctor_of_its_own(region):
    mine = [entry.line.key for entry in shown(NOW, region, HELPLINES) if entry.line.regions]
    assert mine == [f"doctor_{region.value}"]


# --- what is shown --------------------------------------------------------------------------------------------------


def test_randers_sees_112_first_and_the_doctor_of_its_own_region():
    assert [(entry.line.key, entry.open) for entry in shown(NOW, region_for("randers"), HELPLINES)] == [
        ("112", True),
        ("livslinien", None),
        ("doctor_midtjylland", None),
        ("lev_uden_vold", None),
        ("giftlinjen", None),
        ("headspace", None),
        ("police", None),
    ]


def test_a_region_read_from_the_database_as_a_word_is_that_region():
    assert shown(NOW, "midtjylland", HELPLINES) == shown(NOW, Region.MIDTJYLLAND, HELPLINES)


@pytest.mark.parametrize("region", [None, "", "atlantis"])
def test_without_a_known_region_only_the_national_lines_are_shown(region):
    assert [entry.line.regions for entry in shown(NOW, region, HELPLINES)] == [None] * 6


def test_112_is_first_wherever_it_stands_in_the_list_and_the_rest_keep_their_order():
    listed = [BY_KEY["giftlinjen"], BY_KEY["livslinien"], BY_KEY["112"]]
    assert [entry.line.key for entry in shown(NOW, None, listed)] == ["112", "giftlinjen", "livslinien"]


def test_112_is_open_however_long_ago_hoert_was_released():
    assert opens(BY_KEY["112"], at("2040-01-01 03:00")) == [True]


def test_a_line_says_whether_it_is_open_for_183_days_after_it_was_checked():
    line = verified("giftlinjen")
    last = instant(TODAY + VERIFIED_FOR, time(23))
    assert [opens(line, now) for now in (NOW, last, last + timedelta(days=1))] == [[True], [True], [None]]
    assert timedelta(days=183) == VERIFIED_FOR


def test_a_checked_line_without_known_hours_says_nothing_about_being_open():
    assert opens(verified("livslinien")) == [None]


def test_a_checked_line_with_hours_is_open_or_closed_by_the_minute():
    line = verified("livslinien", hours=NIGHTLY)
    moments = ["2026-11-21 08:59:59", "2026-11-21 09:00", "2026-11-22 04:59:59", "2026-11-22 05:00"]
    assert [opens(line, at(moment)) for moment in moments] == [[False], [True], [True], [False]]


def test_the_municipalitys_own_line_stands_among_the_others():
    line = municipal_line("Social døgnvagt", "89 15 15 15", ALWAYS, TODAY)
    assert (line.key, line.dial, line.regions) == ("municipal", "89151515", None)
    assert opens(line) == [True]


def test_a_municipal_line_without_a_number_is_refused():
    with pytest.raises(Invalid) as refused:
        municipal_line("Social døgnvagt", "ring", None, None)
    assert refused.value.field == "number"


# --- hours ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "answers"),
    [
        ("2026-11-18 07:59", True),
        ("2026-11-18 08:00", False),
        ("2026-11-18 15:59", False),
        ("2026-11-18 16:00", True),
        ("2026-11-20 20:00", True),  # Friday evening
        ("2026-11-21 12:00", True),  # Saturday
        ("2026-11-22 23:59", True),  # Sunday
        ("2026-11-23 07:59", True),  # Monday: the night after Sunday
        ("2026-04-02 12:00", True),  # Maundy Thursday
        ("2026-12-25 12:00", True),
        ("2026-12-24 12:00", False),  # a weekday that is no public holiday
    ],
)
def test_the_doctor_out_of_hours(moment, answers):
    assert answers_at(at(moment), OUT_OF_HOURS) is answers


@given(MOMENTS)
def test_round_the_clock_is_every_minute_over_both_changes_of_the_clock(now):
    assert answers_at(now, ALWAYS) is True


def test_round_the_clock_is_known_from_the_hours():
    assert [hours.round_the_clock for hours in (ALWAYS, OUT_OF_HOURS, NIGHTLY)] == [True, False, False]
    assert Hours(ALWAYS.weekly, holidays=()).round_the_clock is False


def test_a_line_may_be_closed_on_holidays():
    hours = Hours({weekday: ((time(9), time(15)),) for weekday in range(5)}, holidays=())
    assert [answers_at(at(f"2026-04-{day:02} 10:00"), hours) for day in (1, 2, 3, 7)] == [True, False, False, True]


def test_a_weekday_that_does_not_exist_is_refused():
    with pytest.raises(Invalid) as refused:
        Hours({7: ((time(9), time(15)),)})
    assert refused.value.field == "hours"


# --- as JSON --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hours", [ALWAYS, OUT_OF_HOURS, NIGHTLY, Hours({0: ((time(8), time(12)), (time(13), time(15)))})]
)
def test_hours_are_kept_as_they_are(hours):
    again = Hours.from_plain(hours.to_plain())
    assert (dict(again.weekly), again.holidays) == (dict(hours.weekly), hours.holidays)


@pytest.mark.parametrize(
    "plain",
    [
        None,
        {},
        {"weekly": {"x": []}},
        {"weekly": {"0": [["8"]]}, "holidays": None},
        {"weekly": {"9": []}, "holidays": None},
    ],
)
def test_hours_that_are_none_are_refused(plain):
    with pytest.raises(Invalid):
        Hours.from_plain(plain)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [("2026-03-29 03:30", True), ("2026-10-25 02:30", True), ("2026-10-25 08:00", True), ("2026-12-25 12:00", True),
     ("2026-12-28 07:59", True), ("2026-12-28 08:00", False)],
)  # fmt: skip
def test_the_night_line_answers_on_both_nights_when_the_clocks_change_and_on_holidays(moment, open_):
    assert answers_at(at(moment), OUT_OF_HOURS) is open_


def test_a_municipality_reads_its_own_settings():
    settings = {"helplines": {"municipal": "2026-11-20", "giftlinjen": "2026-01-01"},
                "own_line": {"name": "Den sociale vagt", "hours": ALWAYS.to_plain()}}  # fmt: skip
    lines = lines_of("Randers Kommune", "89 15 20 24", settings)
    says = {one.line.key: one.open for one in shown(NOW, Region.MIDTJYLLAND, lines)}
    assert [one.line.name for one in shown(NOW, Region.MIDTJYLLAND, lines)][:2] == ["Alarm 112", "Den sociale vagt"]
    assert (says["municipal"], says["giftlinjen"], says["livslinien"]) == (True, None, None)
    assert "municipal" not in {line.key for line in lines_of("Randers Kommune", "", settings)}
