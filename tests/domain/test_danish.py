"""Danish words as one looks for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.danish import MOST_WORDS, folded, has, lacking, marked, stem, touches, wanted

#: Forms that are one word to whoever looks for any of them.
FAMILIES = (
    "møde mødet møder møderne mødets mødernes",
    "bolig boligen boliger boligerne boligens",
    "skole skolen skoler skolerne skolens",
    "bus bussen busser busserne",
    "lejlighed lejligheden lejligheder lejlighedernes",
    "kontaktperson kontaktpersonen kontaktpersoner kontaktpersonernes",
    "ven venner vennerne venners",
    "hus huset huse husene husets",
    "angst angsten",
    "aftale aftalen aftaler aftalerne",
    "uddannelse uddannelsen uddannelser uddannelsernes",
)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_forms_of_a_word_find_one_another(family: str) -> None:
    forms = family.split()
    found = {(asked, written) for asked in forms for written in forms if has(f"Ja, {written}.", wanted(asked))}
    assert found == {(asked, written) for asked in forms for written in forms}


@pytest.mark.parametrize(
    ("asked", "written"),
    [("aalborg", "Ålborg"), ("Ålborg", "AALBORG"), ("møde", "moede"), ("moeder", "mødet")],
)
def test_every_spelling_of_the_danish_letters_is_the_same(asked: str, written: str) -> None:
    assert has(written, wanted(asked)) is True


@pytest.mark.parametrize(
    ("asked", "written", "found"),
    [
        ("netværk", "netværksmøde på tirsdag", True), ("møde fredag", "Mødet er på tirsdag", False),
        ("barn", "børn", False), ("en", "ven", True), ("?!", "alt", False), ("", "alt", False), ("lån", "lånet", True),
        ("job", "Jeg har fået JOBBET", True),
    ],
)  # fmt: skip
def test_all_words_must_be_there_and_a_part_of_a_word_counts(asked: str, written: str, found: bool) -> None:
    assert has(written, wanted(asked)) is found


def test_what_was_found_is_marked_in_whole_words_and_the_line_cut_around_it() -> None:
    assert marked("Hej\nKan vi rykke mødet?\nTak", wanted("møder")) == (
        ("Kan vi rykke ", False), ("mødet", True), ("?", False),
    )  # fmt: skip
    long = "ord " * 60 + "om mødet i morgen " + "og mere " * 40
    parts = marked(long, wanted("møde"))
    assert [part for part, is_found in parts if is_found] == ["mødet"]
    assert (parts[0][0], parts[-1][0][-1]) == ("…", "…")
    assert marked("ingenting her", wanted("møde")) == (("ingenting her", False),)
    assert marked("", wanted("møde")) == ()


def test_no_more_words_are_asked_for_than_one_can_mean() -> None:
    assert len(wanted("a b c d e f g h i j k").words) == MOST_WORDS


@given(st.text(alphabet="abdeghiklmnorstuyæøå", min_size=1, max_size=20))
def test_a_stem_is_the_beginning_of_its_word_and_never_empty(word: str) -> None:
    plain = folded(word)
    found = stem(plain)
    assert plain.startswith(found)
    assert found != ""


@given(st.text(max_size=120), st.text(max_size=30))
def test_marking_leaves_out_nothing_of_what_it_shows(text: str, asked: str) -> None:
    parts = marked(text, wanted(asked))
    shown = "".join(part for part, _ in parts)
    assert len(shown) <= 162
    assert all(part for part, _ in parts)


def test_a_name_beside_the_words_is_not_looked_for_in_the_text() -> None:
    asked = wanted("amina biblioteket")
    assert [lacking(name, asked) for name in ("Amina Yusuf", "Leila Haddad", "Amina Bibliotek")] == [
        wanted("biblioteket"), asked, asked,
    ]  # fmt: skip


def test_a_text_touches_what_it_has_any_of() -> None:
    words = wanted("Amina mødet")
    assert [touches(text, words) for text in ("Amina Yusuf", "møder", "Jonas Birk", "")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert not touches("Amina", wanted("  "))
