"""The gallery puts both languages beside each other; what is wrong with a screen or a page is seen. The stories
themselves are played in `tests/journeys/test_stories.py`, the pages of the desk opened in `tests/e2e`."""

from __future__ import annotations

from locales import LANGUAGES, catalogue
from tests.gallery.__main__ import page
from tests.gallery.capture import Caught
from tests.gallery.desk import Shot, index, said
from tests.gallery.desk_pages import missing
from tests.gallery.plain import faults
from tests.gallery.tongues import foreign_lines


def test_the_page_shows_both_languages_side_by_side_and_names_what_is_missing() -> None:
    danish = Caught("home", "da", "Hej <Amina>.", (("Hjælp nu", "Indstillinger"),))
    english = Caught("home", "en", "Hi <Amina>.", (("Help now", "Settings"),))
    shown = page([danish, english])
    pair = shown.partition("<div class=pair>")[2].partition("<h2>")[0]
    assert pair.index("Hej &lt;Amina&gt;.") < pair.index("Indstillinger") < pair.index("Hi &lt;Amina&gt;.")
    assert "stranger.hello" in shown.partition("Mangler")[2]
    assert "home" not in shown.partition("Mangler")[2]


def test_what_is_hard_foreign_or_left_over_is_named() -> None:
    hard = "Kommunalbestyrelsens efterværnsforpligtelser administreres af ungerådgivningens afdeling hver dag."
    assert faults(Caught("home", "da", "Hej Amina. Vælg her, eller skriv bare.", ())) == []
    assert ["LIX" in fault for fault in faults(Caught("home", "da", hard, ()))] == [True]
    assert faults(Caught("home", "da", "Hej {name}.", ())) == ["home (da): Hej {name}.: left over: {name}"]
    assert faults(Caught("home", "da", "Hej.", (("Home",),))) == ["home (da): Hej.: in the other language: Home"]


def test_a_line_in_the_other_language_is_seen() -> None:
    danish, english = (catalogue()["chat.message.by"][language] for language in LANGUAGES)
    assert isinstance(danish, str)
    assert isinstance(english, str)
    assert foreign_lines(danish.replace("{when}", "i dag kl. 14"), (), "da") == []
    assert foreign_lines(english.replace("{when}", "today at 14"), (), "da") == [
        english.replace("{when}", "today at 14")
    ]
    assert foreign_lines("Hej", (("Home",),), "da") == ["Home"]


def test_every_page_of_the_desk_is_in_the_gallery() -> None:
    assert missing() == set()


def test_the_pictures_of_the_desk_stand_by_page_with_what_is_wrong() -> None:
    shots = [Shot("today", "full", "da", 1280), Shot("today", "full", "da", 390, ["wider than 390: <p>"])]
    shown = index(shots)
    assert shown.index("today--full--da--1280.png") < shown.index("today--full--da--390.png")
    assert "<li>wider than 390: &lt;p&gt;</li>" in shown
    assert said(shots) == ["today full da 390: wider than 390: <p>"]
