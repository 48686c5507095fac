"""Canned replies: what may stand in one, and what it says to one person."""

from __future__ import annotations

import pytest

from models.domain.canned import LONGEST, Text, checked, filled, in_language
from models.domain.errors import Invalid


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (Text("", "Hej"), "canned_empty", "title"), (Text("Hej", "  "), "canned_empty", "da"),
        (Text("x" * 81, "Hej"), "canned_too_long", "title"),
        (Text("Hej", "x" * (LONGEST + 1)), "canned_too_long", "da"),
        (Text("Hej", "Hej {navn}"), "canned_place", "da"), (Text("Hej", "Hej", "Hi {}"), "canned_place", "en"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_at_its_field(text: Text, code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(text)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_text_is_kept_without_spaces_around_it() -> None:
    kept = checked(Text("  Vi  ringer ", " Hej {first_name}.\n", "", active=False))
    assert kept == Text("Vi ringer", "Hej {first_name}.", "", active=False)


def test_names_stand_in_their_places_and_a_name_never_becomes_a_place() -> None:
    words = "Hej {first_name}. Hilsen {my_first_name}"
    assert filled(words, first_name="Amina", my_first_name="Mette") == "Hej Amina. Hilsen Mette"
    assert filled(words, first_name="{my_first_name}", my_first_name="M") == "Hej {my_first_name}. Hilsen M"


def test_the_person_s_language_is_spoken_where_there_is_a_text_in_it() -> None:
    both, danish = Text("t", "Hej", "Hi"), Text("t", "Hej")
    assert [in_language(one, language) for one in (both, danish) for language in ("da", "en")] == [
        "Hej", "Hi", "Hej", "Hej",
    ]  # fmt: skip
