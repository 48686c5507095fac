"""What a message is before anybody has read it, and how it is cut and shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.messages import (
    TELEGRAM_LIMIT,
    asks_nothing,
    compatible,
    first_line,
    is_blank,
    is_help,
    is_start,
    is_stop,
    is_urgent,
    split,
    visible,
)

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇩🇰"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
TEXTS = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from(list("ab .!?\n\r\t\u0301\u200b\u200d\ufe0f👍🏽🇩🇰\u202e\ud800\x00가ᄀ")),
    ),
    max_size=120,
)


@pytest.mark.parametrize(
    "text", ["stop", "Stop!", "/stop", "STOP.", " stop \n", "/stop@hoert_bot", "“stop”", "sto\u200bp"]
)
def test_stop_counts_when_it_is_the_whole_message(text):
    assert is_stop(text) is True


@pytest.mark.parametrize(
    "text",
    ["jeg vil stoppe det hele", "stop det", "stop nu", "stoppe", "nonstop", "", "/stopper", "bus stop", "stop?nej"],
)
def test_stop_inside_other_words_is_not_stop(text):
    assert is_stop(text) is False


def test_start_and_help_are_whole_messages_too():
    assert [is_start(t) for t in ("start", "/start", "Start!", "/start abc", "start forfra", "/start@hoert_bot")] == [
        True,
        True,
        True,
        False,
        False,
        True,
    ]
    helped = [
        "/hjælp",
        "/hjaelp",
        "/help",
        "hjælp nu",
        "hjælp",
        "HJÆLP!!",
        "Help now",
        "/help@hoert_bot",
        "hja\u0308lp",
    ]
    assert [is_help(t) for t in helped] == [True] * 8 + [False]
    assert [is_help(t) for t in ("hjælp mig med SU", "kan du hjælpe", "helpful", "")] == [False] * 4


def test_a_decomposed_letter_is_the_same_letter():
    assert is_help(unicodedata.normalize("NFD", "på hjælp".removeprefix("på "))) is True


@pytest.mark.parametrize(
    "text",
    [
        "tak",
        "ok tak",
        "mange tak!",
        "👍",
        "👍🏽",
        "❤️",
        "thanks",
        "Thank you so much!",
        "tusind tak for hjælpen 😊",
        "ok",
        "det er fint",
        "du behøver ikke svare",
        "Jeg er hjemme nu. Du behøver ikke at svare.",
        "no need to reply",
        "You don’t need to answer",
        "selv tak",
        "det lyder godt, tak",
    ],
)
def test_thanks_starts_no_clock(text):
    assert asks_nothing(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ja tak",
        "nej tak",
        "tak, men hvornår er mødet?",
        "tak?",
        "tak for alt",
        "farvel og tak",
        "😢",
        "👍 😢",
        "jeg",
        "det er",
        "du behøver ikke svare i dag, men hvornår kan vi mødes?",
        "tak, det haster",
        "du behøver ikke svare, men det kan ikke vente",
        "kan vi mødes torsdag",
        "tak jeg har det skidt",
        "🔪",
    ],
)
def test_when_in_doubt_the_clock_starts(text):
    assert asks_nothing(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "det kan ikke vente",
        "Det her kan ik vente!",
        "det haster",
        "HASTER",
        "it can't wait",
        "can’t wait",
        "this is urgent",
        "jeg har brug for akut hjælp",
        "ring så hurtigt som muligt",
        "jeg har ikke sovet, og det haster",
    ],
)
def test_what_cannot_wait_is_heard(text):
    assert is_urgent(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "det haster ikke",
        "det haster slet ikke",
        "it's not urgent",
        "I can't wait to see you",
        "jeg kan ikke vente til sommer",
        "det kan godt vente",
        "ikke akut",
        "",
        "hvornår er mødet?",
    ],
)
def test_what_can_wait_waits(text):
    assert is_urgent(text) is False


# --- splitting ------------------------------------------------------------------------------------------------------


def test_a_short_text_is_one_message_and_nothing_is_none():
    assert split("Hej Amina") == ["Hej Amina"]
    assert split("") == []
    assert split(" \n\u200b ") == []
    assert split("a" * TELEGRAM_LIMIT) == ["a" * TELEGRAM_LIMIT]


def test_a_line_end_of_two_characters_is_not_cut_in_two():
    assert split("aaaa\r\nbbbb", 5) == ["aaaa", "\r\nbbb", "b"]


def test_it_cuts_at_a_paragraph_then_a_line_then_a_sentence_then_a_word():
    assert split("Hej du.\n\nDer er nyt om dit møde.", 24) == ["Hej du.\n\n", "Der er nyt om dit møde."]
    assert split("Det er på skolen\nog ikke på kontoret", 22) == ["Det er på skolen\n", "og ikke på kontoret"]
    assert split("Vi ses på torsdag. Mødet er flyttet.", 24) == ["Vi ses på torsdag. ", "Mødet er flyttet."]
    assert split("Mødet er flyttet til din skole", 20) == ["Mødet er flyttet ", "til din skole"]


def test_a_time_is_not_the_end_of_a_sentence():
    assert split("Du kan komme til mødet kl. 12 på din skole", 30) == ["Du kan komme til mødet kl. 12 ", "på din skole"]


def test_code_points_are_counted_as_telegram_counts_them():
    assert [len(part) for part in split("\U0001d573" * 4097)] == [4096, 1]


@pytest.mark.parametrize("grapheme", [FAMILY, FLAG, WALES, "👍🏽", "e\u0301\u0323", "a\r\n", "❤️", "각"])
@pytest.mark.parametrize("limit", range(8, 15))
def test_what_a_reader_sees_as_one_character_stays_whole(grapheme, limit):
    text = grapheme * 40
    parts = split("x" + text, limit)
    assert "".join(parts) == "x" + text
    assert [part.replace("x", "").replace(grapheme, "") for part in parts] == [""] * len(parts)


def test_a_grapheme_longer_than_a_message_is_cut_all_the_same():
    zalgo = "a" + "\u0301" * 9000
    assert [len(part) for part in split(zalgo)] == [4096, 4096, 809]
    assert "".join(split(zalgo)) == zalgo


def test_a_part_nobody_could_see_is_left_out():
    assert split("a" + " " * 30 + "b", 10) == ["a" + " " * 9, " b"]


def test_a_limit_below_one_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="one code point"):
        split("a", 0)
    with pytest.raises(ValueError, match="one code point"):
        first_line("a", 0)


@given(TEXTS, st.integers(1, 40))
def test_splitting_loses_nothing_that_can_be_seen(text, limit):
    parts = split(text, limit)
    assert max(map(len, parts), default=0) <= limit
    assert [part for part in parts if is_blank(part)] == []
    rest = text
    for part in parts:
        before, found, rest = rest.partition(part)
        assert found == part
        assert is_blank(before)
    assert is_blank(rest)


@given(st.text(st.characters(codec="utf-8", categories=["L", "Nd", "P", "Sc"]), max_size=200), st.integers(1, 30))
def test_where_everything_can_be_seen_the_parts_join_to_the_text(text, limit):
    seen = "".join(c for c in text if not is_blank(c))
    assert "".join(split(seen, limit)) == seen


# --- showing --------------------------------------------------------------------------------------------------------


def test_what_hides_or_turns_the_line_is_shown_as_a_mark():
    assert visible("gnp.\u202efdp") == "gnp.⟦RLO⟧fdp"
    assert visible("a\u200bb\u2066c\u2069\ufeff") == "a⟦ZWSP⟧b⟦LRI⟧c⟦PDI⟧⟦BOM⟧"
    assert visible("a\u00adb\ufe0f\ufe0f\U000e0101") == "a⟦SHY⟧b\ufe0f⟦VS⟧⟦U+E0101⟧"
    assert visible("x\U000e0041") == "x⟦U+E0041⟧"


def test_what_breaks_a_page_is_replaced():
    assert visible("a\x00b\ud83d\x1b[31mc\x85") == "a\ufffdb\ufffd\ufffd[31mc\ufffd"
    assert visible("1\r\n2\r3\n4\t5") == "1\n2\n3\n4\t5"


@pytest.mark.parametrize(
    "text", [FAMILY, FLAG, WALES, "❤️", "👍🏽", "🏳️‍🌈", "👩🏽‍⚕️", "می‌خواهم", "مرحبا", "Æblegrød på Ærø"]
)
def test_joiners_that_do_their_work_are_left_alone(text):
    assert visible(text) == text


def test_a_joiner_with_nothing_to_join_is_a_mark():
    assert visible("a\u200db") == "a⟦ZWJ⟧b"
    assert visible("\u200d👩") == "⟦ZWJ⟧👩"
    assert visible("👩\u200d") == "👩⟦ZWJ⟧"


@given(TEXTS)
def test_visible_text_has_nothing_hidden_left_and_does_not_change_again(text):
    shown = visible(text)
    assert visible(shown) == shown
    assert {c for c in shown if unicodedata.category(c) == "Cs" or c in "\x00\r\u202e\u200b"} == set()
    shown.encode()


def test_the_first_line_is_short_and_whole():
    assert first_line("\n\n  Hej   Mette \nEn til") == "Hej Mette"
    assert first_line(" \u200b") == "⟦ZWSP⟧"
    assert first_line("") == ""
    assert first_line("Kan vi flytte mødet til torsdag efter skole", 24) == "Kan vi flytte mødet til…"
    assert first_line("Donaudampfschifffahrt", 10) == "Donaudamp…"
    assert first_line(FAMILY * 2, 10) == FAMILY + "…"
    assert first_line(FAMILY * 2, 5) == "…"


@given(TEXTS, st.integers(1, 40))
def test_the_first_line_never_exceeds_its_limit(text, limit):
    line = first_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line


def test_a_character_that_stands_for_many_is_read_as_a_space_and_every_other_as_before():
    assert compatible("\ufdfa" * 4096) == " " * 4096
    few = "".join(c for c in map(chr, range(0x3000)) if len(unicodedata.normalize("NFKC", c)) <= 4)
    assert compatible(few) == unicodedata.normalize("NFKC", few)
    assert is_stop("ＳＴＯＰ\ufdfa")
    assert compatible("a\u030a") == "å"
