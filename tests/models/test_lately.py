"""What is remembered of what was opened: found by the sealed bytes only, of whoever is asked for, of so many."""

from __future__ import annotations

from models.tables.lately import TURN, Lately

A, B = "a" * 32, "b" * 32


def turn(lately: Lately) -> None:
    """So many questions that a turn has come, about nobody."""
    for _ in range(TURN):
        assert lately.found("name", []) == {}


def test_only_the_very_bytes_it_was_opened_from_find_it() -> None:
    lately = Lately()
    lately.keep("name", A, b"one", "Amina")
    assert lately.found("name", [(A, b"one"), (B, b"one")]) == {A: "Amina"}
    assert lately.found("name", [(A, b"other")]) == lately.found("birth", [(A, b"one")]) == {}
    assert lately.found("name", []) == {}


def test_a_changed_name_takes_the_place_of_the_one_before() -> None:
    lately = Lately()
    lately.keep("name", A, b"one", "Amina")
    lately.keep("name", A, b"two", "Aminah")
    assert (lately.found("name", [(A, b"one")]), lately.found("name", [(A, b"two")])) == ({}, {A: "Aminah"})
    lately.keep("birth", A, b"three", "2007-08-03")
    assert (lately.found("name", [(A, b"two")]), lately.found("birth", [(A, b"three")])) == (
        {A: "Aminah"}, {A: "2007-08-03"},
    )  # fmt: skip


def test_who_is_forgotten_is_forgotten_wherever_they_were() -> None:
    lately = Lately()
    lately.keep("name", A, b"one", "Amina")
    lately.keep("birth", A, b"two", "2007-08-03")
    turn(lately)
    lately.keep("name", B, b"three", "Bo")
    lately.forget(A)
    lately.forget(A)
    assert lately.found("name", [(A, b"one"), (B, b"three")]) == {B: "Bo"}
    assert lately.found("birth", [(A, b"two")]) == {}


def test_who_is_asked_for_stays_and_who_is_not_falls_out_within_two_turns() -> None:
    lately = Lately()
    for person, blob in ((A, b"one"), (B, b"two")):
        lately.keep("name", person, blob, person)
    for _ in range(3):
        turn(lately)
        assert lately.found("name", [(A, b"one")]) == {A: A}
    assert lately.found("name", [(B, b"two")]) == {}


def test_of_more_people_than_there_is_room_for_the_last_are_remembered() -> None:
    lately = Lately(most=10)
    people = [f"{number:032}" for number in range(100)]
    for person in people:
        lately.keep("name", person, b"one", person)
    left = lately.found("name", [(person, b"one") for person in people])
    assert 10 <= len(left) <= 22
    assert list(left) == people[-len(left) :]
