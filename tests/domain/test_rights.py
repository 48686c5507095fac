"""The stricter choice holds, every purpose has its own letters, a receipt's number can be said aloud."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import media, rights
from models.domain.consent import NEEDS, Purpose
from models.domain.letters import KINDS

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("municipality", "person", "expected"),
    [("full", "", False), ("full", "discreet", True), ("discreet", "", True), ("discreet", "discreet", True),
     ("", "", False), ("", "discreet", True)],
)  # fmt: skip
def test_the_stricter_of_what_municipality_and_person_chose_holds(municipality, person, expected):
    assert rights.discreet(municipality, person) is expected


def test_every_kind_of_letter_belongs_to_the_one_purpose_it_needs_or_to_none():
    of_some = [kind for purpose in Purpose for kind in rights.kinds_of(purpose)]
    assert len(of_some) == len(set(of_some))
    assert set(KINDS) - set(of_some) == {kind for kind, rule in KINDS.items() if NEEDS[rule.needs] is None}
    assert {"offer.new", "offer.reminder"} <= rights.kinds_of(Purpose.MESSAGES)
    assert {"checkin.invite", "checkin.reminder", "pulse.invite"} <= rights.kinds_of(Purpose.CHECKINS)


def test_nothing_begun_by_the_bot_and_nothing_personal_may_stand_on_a_discreet_telegram():
    assert [kind for kind, rule in KINDS.items() if rule.neutral and (rule.starts or rule.personal)] == []


def test_what_a_discreet_telegram_may_carry_is_a_short_list():
    neutral = {kind for kind, rule in KINDS.items() if rule.neutral and not kind.startswith("join.")}
    assert neutral == {
        "stranger.hello", "home", "help", "settings", "stop", "start", "old", "crisis", "checkin.low", "rights.gone",
        "rights.forget", "link.over", "discreet.waiting", "discreet.got", "discreet.better", "discreet.door",
    }  # fmt: skip


def test_a_quiet_read_by_is_no_reason_to_call_and_a_reminder_is():
    assert not rights.is_worth_a_nudge("message.read")
    assert rights.is_worth_a_nudge("checkin.reminder")
    assert rights.is_worth_a_nudge("message.reply")
    assert not rights.is_worth_a_nudge("home")


def test_without_a_web_chat_a_humans_words_and_receipts_wait_and_what_answered_a_tap_does_not():
    assert rights.waits_for_the_web_chat("message.reply")
    assert rights.waits_for_the_web_chat("message.receipt")
    assert rights.waits_for_the_web_chat("offer.new")
    assert not rights.waits_for_the_web_chat("offer.show")


@pytest.mark.parametrize(
    ("after", "used", "expected"),
    [(0, False, "open"), (29.99, False, "open"), (30, False, "expired"), (1, True, "used"), (31, True, "used")],
)
def test_a_way_in_is_good_once_and_for_half_an_hour(after, used, expected):
    now = NOW + timedelta(minutes=after)
    assert rights.way_in_state(now, expires_at=NOW + rights.WAY_IN, used_at=NOW if used else None) == expected


@pytest.mark.parametrize(
    ("deed", "expected"),
    [("person.view", True), ("thread.read", True), ("feedback.read", True), ("person.break_glass", True),
     ("attachment.open", True), ("thread.reply", False), ("alert.close", False), ("person.leave", False)],
)  # fmt: skip
def test_opening_is_seeing_reading_opening_whatever_it_is_of(deed, expected):
    assert rights.opens(deed) is expected


def test_a_receipts_number_has_ten_digits_and_is_read_however_it_is_typed():
    number = rights.receipt_number(bytes(range(32)))
    assert number == "8307-9757-35" or (len(number) == 12 and number.replace("-", "").isdigit())
    assert rights.read_receipt_number(f" nr. {number.replace('-', ' ')} ") == number
    assert rights.read_receipt_number("1234") == ""
    assert rights.receipt_number(b"\0" * 32) == "0000-0000-00"


def test_what_is_handed_out_and_what_is_kept_back_are_two_lists_each_with_a_reason():
    assert rights.HANDED_OUT & set(rights.KEPT_BACK) == set()
    assert set(rights.GOES) & set(rights.STAYS) == set()
    reasons = [*rights.KEPT_BACK.values(), *rights.KEPT_BACK_COLUMNS.values(), *rights.STAYS.values()]
    assert [reason for reason in reasons if len(reason) < 12] == []


@given(st.lists(st.integers(0, media.LARGEST), max_size=250))
def test_files_are_put_into_zips_in_order_none_cut_none_left_and_each_zip_within_its_bounds(sizes):
    files = [(str(number), size) for number, size in enumerate(sizes)]
    made = rights.bundles(files)
    assert [name for one in made for name in one] == [name for name, _ in files]
    of = dict(files)
    assert all(0 < len(one) <= rights.MOST_BUNDLED for one in made)
    assert all(sum(of[name] for name in one) <= rights.BUNDLE for one in made)
    # No zip more than it takes: with the next file it would be too large.
    for one, after in pairwise(made):
        assert len(one) == rights.MOST_BUNDLED or sum(of[name] for name in one) + of[after[0]] > rights.BUNDLE


def test_a_file_in_a_zip_is_the_only_one_of_its_name_and_sorts_by_when_it_came():
    day = date(2026, 11, 17)
    assert rights.bundled_name(3, day, "plan.pdf") == "003 2026-11-17 plan.pdf"
    assert rights.bundled_name(1000, day, "plan.pdf") == "1000 2026-11-17 plan.pdf"
    assert media.LARGEST <= rights.BUNDLE <= 48 * media.MIB
