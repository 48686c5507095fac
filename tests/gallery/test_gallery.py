"""Every kind of letter is shown by some story, in both languages, plainly, and with nothing half translated."""

from __future__ import annotations

import re

from locales import LANGUAGES, catalogue
from locales.plainness import HARDEST, lix, measurable
from models.domain.letters import KINDS
from tests.gallery.__main__ import caught_screens, page
from tests.gallery.capture import Caught
from tests.gallery.tongues import foreign_lines


def name(one: Caught) -> str:
    return f"{one.kind}: {one.text[:60]}"


async def test_every_kind_of_letter_is_in_the_gallery_whole_and_plain_in_both_languages() -> None:
    found = await caught_screens()
    for language in LANGUAGES:
        assert sorted(set(KINDS) - {one.kind for one in found if one.language == language}) == []
    hard = {name(one): round(lix(one.text)) for one in found if one.language == "da" and measurable(one.text)}
    assert {screen: level for screen, level in hard.items() if level >= HARDEST} == {}
    assert [name(one) for one in found if foreign_lines(one.text, one.buttons, one.language)] == []
    assert [name(one) for one in found if re.search(r"\{[a-z_]+\}|\bNone\b|<[a-z]+", one.text)] == []
    shown = page(found)
    assert all(f"id='{kind}'" in shown for kind in KINDS)


def test_a_line_in_the_other_language_is_seen() -> None:
    danish, english = (catalogue()["chat.message.by"][language] for language in LANGUAGES)
    assert isinstance(danish, str)
    assert isinstance(english, str)
    assert foreign_lines(danish.replace("{when}", "i dag kl. 14"), (), "da") == []
    assert foreign_lines(english.replace("{when}", "today at 14"), (), "da") == [
        english.replace("{when}", "today at 14")
    ]
    assert foreign_lines("Hej", (("Home",),), "da") == ["Home"]
