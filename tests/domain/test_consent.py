"""What a yes lets the bot do by itself, and what never needs one."""

from __future__ import annotations

from itertools import combinations

import pytest

from models.domain.consent import EVERYTHING, NEEDS, NOTHING, ON_THE_SCREEN, VERSION, Purpose, allows, read_purposes

EVERY_CONSENT = [frozenset(some) for size in range(6) for some in combinations(Purpose, size)]


def test_there_are_four_boxes_on_the_screen_and_one_purpose_for_afterwards():
    assert [purpose.value for purpose in Purpose] == ["messages", "checkins", "figures", "panel", "follow_up"]
    assert (*ON_THE_SCREEN, Purpose.FOLLOW_UP) == tuple(Purpose)
    assert set(Purpose) == EVERYTHING
    assert frozenset() == NOTHING


def test_the_version_of_the_explanation_fits_where_it_is_stored():
    assert 1 <= len(VERSION) <= 16


def test_a_thing_is_allowed_exactly_when_its_purpose_is():
    every = [(purposes, what) for purposes in EVERY_CONSENT for what in NEEDS]
    assert len(every) == 32 * len(NEEDS)
    assert [one for one in every if allows(*one)] == [
        (purposes, what) for purposes, what in every if NEEDS[what] is None or NEEDS[what] in purposes
    ]


def test_without_any_consent_only_answers_help_and_rights_are_left():
    assert {what for what in NEEDS if allows(NOTHING, what)} == {
        "answer",
        "receipt",
        "read",
        "reply",
        "promise_broken",
        "feedback_answer",
        "help",
        "crisis",
        "join",
        "stop",
        "rights",
        "goodbye",
        "moved",
        "new_caseworker",
    }


@pytest.mark.parametrize(
    ("what", "purpose"),
    [
        ("message", Purpose.MESSAGES),
        ("offer", Purpose.MESSAGES),
        ("meeting_reminder", Purpose.MESSAGES),
        ("checkin", Purpose.CHECKINS),
        ("pulse", Purpose.CHECKINS),
        ("figures", Purpose.FIGURES),
        ("panel_survey", Purpose.PANEL),
    ],
)
def test_one_missing_yes_is_a_no(what, purpose):
    assert allows(frozenset({purpose}), what) is True
    assert allows(EVERYTHING - {purpose}, what) is False


def test_what_nobody_has_thought_through_is_not_allowed():
    assert allows(EVERYTHING, "advertisement") is False


def test_stored_words_are_read_and_unknown_ones_give_no_consent():
    assert read_purposes(["messages", "panel", "newsletter", ""]) == {Purpose.MESSAGES, Purpose.PANEL}
    assert read_purposes([]) == NOTHING
