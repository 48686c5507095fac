"""The way in: the next step, the state of an invitation, birthdays as people type them, codes and safety words."""

from __future__ import annotations

import calendar
from calendar import monthrange
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.domain.joining import (
    CODE_ALPHABET,
    INVITATION_DAYS,
    MAX_WRONG,
    SAFETY_WORDS,
    InvitationState,
    Step,
    code_from,
    invitation_expires,
    invitation_state,
    normalise_code,
    read_birthday,
    safety_words,
    same_birthday,
    spoken_code,
    step,
)

LANGUAGES = ("da", "en")
DAYS_OF_LEAP_YEAR = [(day, month) for month in range(1, 13) for day in range(1, monthrange(2000, month)[1] + 1)]
DANISH = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)
ENGLISH = tuple(month.lower() for month in calendar.month_name[1:])


# --- steps and invitations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ((None, False, False, False), Step.LANGUAGE),
        (("da", False, False, False), Step.BIRTHDAY),
        (("da", True, False, False), Step.EXPLAIN),
        (("en", True, True, False), Step.PURPOSES),
        (("en", True, True, True), Step.DONE),
        (("da", False, True, True), Step.BIRTHDAY),
        (("da", True, False, True), Step.EXPLAIN),
    ],
)
def test_the_step_is_the_first_not_taken(stored, expected):
    language, birthday_right, explained, purposes_chosen = stored
    assert (
        step(
            language=language,
            birthday_right=birthday_right,
            explained=explained,
            purposes_chosen=purposes_chosen,
        )
        == expected
    )


MADE = datetime(2026, 11, 21, 12, tzinfo=UTC)
EXPIRES = invitation_expires(MADE)


def state(now=MADE, used_at=None, voided_at=None, wrong=0):
    return invitation_state(now, expires_at=EXPIRES, used_at=used_at, voided_at=voided_at, wrong=wrong)


def test_an_invitation_is_open_for_seven_days():
    assert EXPIRES - MADE == timedelta(days=INVITATION_DAYS) == timedelta(days=7)
    assert [state(now) for now in (MADE, EXPIRES - timedelta(seconds=1), EXPIRES)] == [
        InvitationState.OPEN,
        InvitationState.OPEN,
        InvitationState.EXPIRED,
    ]


def test_five_wrong_answers_void_an_invitation():
    assert [state(wrong=wrong) for wrong in (MAX_WRONG - 1, MAX_WRONG, MAX_WRONG + 1)] == [
        InvitationState.OPEN,
        InvitationState.VOID,
        InvitationState.VOID,
    ]
    assert MAX_WRONG == 5


def test_a_used_invitation_stays_used_and_a_voided_one_void():
    late = EXPIRES + timedelta(days=1)
    assert state(late, used_at=MADE, voided_at=MADE, wrong=9) == InvitationState.USED
    assert state(late, voided_at=MADE) == InvitationState.VOID
    assert state(voided_at=MADE) == InvitationState.VOID


# --- birthdays ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "3. august",
        "3/8",
        "03.08",
        "03/08",
        "3-8",
        "3.8.",
        "3 8",
        "3,8",
        "3 aug",
        "3. aug.",
        "3AUG",
        "august 3rd",
        "August 3",
        "Aug 3, 2007",
        "the 3rd of August",
        "third of august",
        "d. 3 august 2007",
        "den 3. august",
        "Den tredje august",
        "den tredje i ottende",
        "3. i 8.",
        "3-8-2007",
        "3/8/07",
        "03.08.2007",
        "2007-08-03",
        "0308",
        "030807",
        "03082007",
        "20070803",
        "3 august 07",
        "  3 .  AUGUST  ",
        "min fødselsdag er den 3. august",
        "my birthday is august 3rd",
        "Jeg er født d. 3. august 2007 i Randers",
        "\uff13\uff0e\uff18",
        "٣/٨",
    ],
)
def test_the_third_of_august_is_read_however_it_is_typed(text, language):
    assert read_birthday(text, language) == (3, 8)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("trettende august", (13, 8)),
        ("enogtyvende maj", (21, 5)),
        ("en og tyvende maj", (21, 5)),
        ("twenty-first of May", (21, 5)),
        ("twenty first may", (21, 5)),
        ("thirty-first of December", (31, 12)),
        ("enogtredivte december", (31, 12)),
        ("den første i første", (1, 1)),
        ("May 2nd", (2, 5)),
        ("second of may", (2, 5)),
        ("anden maj", (2, 5)),
        ("29/2", (29, 2)),
        ("29. februar 2007", (29, 2)),
        ("10. oktober", (10, 10)),
        ("12/11", (12, 11)),
        ("8/25", (25, 8)),
        ("25/8", (25, 8)),
        ("1 sept", (1, 9)),
        ("1 dec.", (1, 12)),
        ("31. okt", (31, 10)),
        ("½", (1, 2)),
    ],
)
def test_other_days_are_read_too(text, read):
    assert [read_birthday(text, language) for language in LANGUAGES] == [read, read]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hej",
        "3",
        "august",
        "31/2",
        "30. februar",
        "31. april",
        "0/8",
        "3/0",
        "32/1",
        "13/13",
        "2007",
        "1999",
        "3. august eller 4. august",
        "3 august 4",
        "3. august 1707",
        "3.8.7",
        "3/8/9999",
        "august september 3",
        "003/08",
        "jeg har 2 søstre og 3 brødre",
        "3 dage før 8",
        "-",
        "²",
        "030807-1234",
        "0308071234",
        "030807 1234",
        "3. ma",
        pytest.param("8" * 5000, id="five thousand figures"),
        pytest.param("3. august " + "x" * 200, id="a date in a long text"),
        "\x00",
        "😀",
    ],
)
def test_what_is_not_one_existing_date_is_not_read(text):
    assert [read_birthday(text, language) for language in LANGUAGES] == [None, None]


def test_every_day_of_the_year_can_be_typed_in_figures_and_in_words():
    read = {
        (text, language): (read_birthday(text, language), (day, month))
        for day, month in DAYS_OF_LEAP_YEAR
        for text in (
            f"{day}. {DANISH[month - 1]}",
            f"{day} {DANISH[month - 1][:3]}",
            f"{day}/{month}",
            f"{day:02}.{month:02}",
            f"{day}-{month}-2007",
            f"{ENGLISH[month - 1]} {day}, 2007",
            f"{ENGLISH[month - 1][:3]} {day}",
            f"2007-{month:02}-{day:02}",
            f"{day:02}{month:02}2007",
        )
        for language in LANGUAGES
    }
    assert len(read) > 9 * 366
    assert {typed: (found, meant) for typed, (found, meant) in read.items() if found != meant} == {}


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
@example("¹/¹", "da")
@example("一/一", "en")
def test_whatever_is_typed_gives_a_date_that_exists_or_none(text, language):
    read = read_birthday(text, language)
    assert read is None or read in DAYS_OF_LEAP_YEAR


@given(st.from_regex(r"[0-9 ./\-]{0,14}", fullmatch=True))
def test_figures_and_dots_never_give_a_date_that_does_not_exist(text):
    read = read_birthday(text, "da")
    assert read is None or read in DAYS_OF_LEAP_YEAR


@given(st.dates(date(1995, 1, 1), date(2015, 1, 1)), st.integers(0, 9999))
def test_a_cpr_number_is_never_read(birth, serial):
    typed = [f"{birth:%d%m%y}-{serial:04}", f"{birth:%d%m%y}{serial:04}"]
    assert [read_birthday(text, "da") for text in typed] == [None, None]


def test_a_birthday_is_right_only_when_both_day_and_month_are():
    birth = date(2007, 8, 3)
    assert [same_birthday(birth, read) for read in ((3, 8), (8, 3), (3, 7))] == [True, False, False]


# --- codes ----------------------------------------------------------------------------------------------------------


def test_the_alphabet_has_nothing_that_looks_like_something_else():
    assert len(CODE_ALPHABET) == len(set(CODE_ALPHABET)) == 32
    assert set("0O1I") & set(CODE_ALPHABET) == set()


@pytest.mark.parametrize(
    "typed",
    [
        "ABCDEFGH",
        "abcdefgh",
        "abcd-efgh",
        "AB CD EF GH",
        " abcd – efgh ",
        "ab.cd.ef.gh",
        "\uff21\uff22\uff23\uff24\uff25\uff26\uff27\uff28",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert normalise_code(typed) == "ABCDEFGH"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ABCDEFG",
        "ABCDEFGH0",
        "ABCDEFGHO",
        "ABCDEFGH1",
        "ABCDEFGHI",
        "ABCDEFGÆ",
        "A" * 33,
        pytest.param("A" * 9999, id="ten thousand"),
    ],
)
def test_what_cannot_be_a_code_is_none(typed):
    assert normalise_code(typed) is None


@given(st.binary(min_size=8, max_size=32))
def test_a_code_is_read_back_as_it_was_made(seed):
    code = code_from(seed)
    assert len(code) == len(seed)
    assert normalise_code(code) == code
    assert normalise_code(spoken_code(code).lower()) == code


def test_every_character_of_a_code_is_equally_likely():
    made = Counter("".join(code_from(bytes(range(first, first + 32))) for first in range(0, 256, 32)))
    assert made == dict.fromkeys(CODE_ALPHABET, 8)


def test_a_code_is_said_in_groups_of_four():
    assert [spoken_code("ABCDEFGH"), spoken_code("ABCDEFGHJK")] == ["ABCD-EFGH", "ABCD-EFGH-JK"]


@pytest.mark.parametrize("seed", [b"", b"1234567", b"x" * 33])
def test_a_code_too_short_or_too_long_is_not_made(seed):
    with pytest.raises(ValueError, match="8 to 32"):
        code_from(seed)


# --- safety words ---------------------------------------------------------------------------------------------------


def test_there_are_256_different_words_in_plain_capitals():
    assert len(SAFETY_WORDS) == len(set(SAFETY_WORDS)) == 256
    assert [word for word in SAFETY_WORDS if not (word.isascii() and word.isalpha() and word.isupper())] == []
    assert [word for word in SAFETY_WORDS if not 4 <= len(word) <= 10] == []


def test_the_words_of_the_design_are_among_them():
    assert {"LYGTE", "HAVN"} - set(SAFETY_WORDS) == set()


def test_no_two_words_differ_by_a_single_letter():
    def one_apart(a, b):
        if len(a) == len(b):
            return sum(x != y for x, y in zip(a, b, strict=True)) == 1
        short, long = sorted((a, b), key=len)
        return len(long) - len(short) == 1 and any(long[:n] + long[n + 1 :] == short for n in range(len(long)))

    assert [pair for pair in combinations(SAFETY_WORDS, 2) if one_apart(*pair)] == []


@given(st.binary(min_size=8, max_size=64))
def test_two_different_words_always_the_same_for_the_same_seed(seed):
    first, second = safety_words(seed)
    assert first != second
    assert {first, second} <= set(SAFETY_WORDS)
    assert safety_words(seed) == (first, second)


def test_the_words_of_a_known_seed_do_not_change_between_releases():
    assert safety_words(b"Hoert-01") == ("TRAKTOR", "SENNEP")


def test_many_seeds_use_every_word_in_both_places():
    pairs = [safety_words(n.to_bytes(8)) for n in range(6000)]
    assert [len({pair[place] for pair in pairs}) for place in (0, 1)] == [256, 256]
    assert len(set(pairs)) > 5700


def test_a_seed_that_could_be_guessed_is_refused():
    with pytest.raises(ValueError, match="8 random bytes"):
        safety_words(b"1234567")
