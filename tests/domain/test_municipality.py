"""What a municipality decides: contact, keeping, texts, and the list before going live."""

from dataclasses import replace
from datetime import date

import pytest

from models.domain.errors import Invalid
from models.domain.golive import Facts, lines, ready
from models.domain.municipality import Contact, check_kept, goes_on, kept_days, texts_approved

DONE = Facts(
    helplines_waiting=0, duty_gaps=0, hours_decided=True, telegram_decided=True, texts_approved=True, coordinators=1,
    administrators=2, people=40, without_caseworker=0, without_substitute=0, phone_given=True, webhooks_off=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("contact", "code", "field"),
    [
        (("", "", ""), "contact_name", "name"),
        (("R" * 81, "", ""), "contact_too_long", "name"),
        (("Randers", "ring", ""), "contact_phone", "phone"),
        (("Randers", "12 34", ""), "contact_phone", "phone"),
        (("Randers", "", "V" * 121), "contact_too_long", "address"),
    ],
)
def test_a_contact_that_cannot_be_used_is_refused_at_its_field(contact, code, field):
    with pytest.raises(Invalid) as refused:
        Contact(*contact)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("phone", ["", "89 15 15 15", "+45 89151515", "112233"])
def test_a_number_people_can_dial_is_taken(phone):
    assert Contact("Randers", phone, "").phone == phone


def test_things_are_kept_as_long_as_decided_never_outside_the_bounds():
    assert [kept_days(settings, "updates") for settings in (
        {}, {"retention": {"updates": 60}}, {"retention": {"updates": 1}}, {"retention": {"updates": 9999}},
    )] == [30, 60, 14, 90]  # fmt: skip
    check_kept({"people": 365, "updates": 14, "notices": 365})
    with pytest.raises(Invalid) as refused:
        check_kept({"people": 1825, "updates": 14, "notices": 366})
    assert refused.value.field == "notices"
    left = date(2024, 2, 29)
    assert [goes_on(settings, left, follow_up=asked) for settings, asked in (
        ({}, False), ({"retention": {"people": 365}}, False), ({"retention": {"people": 365}}, True),
    )] == [date(2027, 2, 28), date(2025, 2, 28), date(2029, 2, 27)]  # fmt: skip


def test_an_approval_is_of_exactly_these_texts():
    settings = {"texts": {"fingerprint": "abc", "by": "Anna", "on": "2026-11-17"}}
    assert (texts_approved(settings, "abc"), texts_approved(settings, "abd"), texts_approved({}, "abc")) == (
        True, False, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"helplines_waiting": 3}, {"helplines": 3}),
        ({"duty_gaps": 2}, {"duty": 2}),
        ({"webhooks_off": 1}, {"webhooks": 1}),
        ({"hours_decided": False, "telegram_decided": False}, {"hours": 1, "telegram": 1}),
        ({"texts_approved": False, "phone_given": False}, {"texts": 1, "contact": 1}),
        ({"coordinators": 0, "administrators": 0}, {"coordinator": 1, "administrators": 2}),
        ({"administrators": 1}, {"administrators": 1}),
        ({"without_caseworker": 1, "without_substitute": 7}, {"caseworkers": 1, "substitutes": 7}),
    ],
)
def test_what_is_missing_before_going_live_is_counted_and_says_where_it_is_mended(change, missing):
    facts = replace(DONE, **change)
    found = [line for line in lines(facts) if not line.done]
    assert {line.key: line.missing for line in found} == missing
    assert all(line.mended_at.startswith("/") for line in found)
    assert (ready(facts), ready(DONE)) == (False, True)
