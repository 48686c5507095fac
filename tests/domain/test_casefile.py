"""The case file: what a theme may be, and how what cannot be drawn is said in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.casefile import Theme, read_theme, spelled
from models.domain.errors import Invalid

DRAWN = frozenset(range(0x20, 0x180))


def test_a_theme_is_one_of_the_list_or_words_of_its_own() -> None:
    assert read_theme("housing", "  ") == (Theme.HOUSING, "")
    assert read_theme("housing", "  Kontakt  til\nlæge ") == (Theme.OTHER, "Kontakt til læge")
    for code, words, refusal in (("", "", "theme_missing"), ("boats", "", "theme_missing"), ("", "x" * 61, "too_long")):
        with pytest.raises(Invalid, match=refusal):
            read_theme(code, words)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Blåbærgrød på Æbeløgade", "Blåbærgrød på Æbeløgade"),
        ("Tak 😊👍🏽\nVi ses ❤️", "Tak [smiler][tommel op]\nVi ses [hjerte]"),
        ("👩‍👧 🇩🇰", "[woman][girl] [flag D][flag K]"),
        ("𝕳 你", "[tegn U+1D573] [tegn U+4F60]"),
        ("a\u200bb\u202ec\x07", "abc"),
        ("A\u030a", "Å"),
    ],
)
def test_emoji_and_what_cannot_be_drawn_is_said_in_words(said: str, expected: str) -> None:
    assert spelled(said, DRAWN) == expected


@given(st.text())
def test_nothing_is_left_that_cannot_be_drawn(said: str) -> None:
    assert {ord(character) for character in spelled(said, DRAWN)} <= DRAWN | {ord("\n")}
