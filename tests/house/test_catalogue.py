"""Law 9: texts are data, whole in both languages, short enough for a phone and plain enough to be understood."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest

from locales import LANGUAGES, catalogue, placeholders
from locales.plainness import HARDEST, lix, measurable
from tests.house.sources import TOP, calls, dotted, place, python_files, tree

BUTTON_LIMIT = 64
TEXT_LIMIT = 1000
FORMS = {"one", "other"}  # CLDR's categories for whole numbers, the same in Danish and English
EASIEST = 20  # where somebody chose easier Danish
EASY = ".easy"  # the end of a key whose text is easier Danish; there is no easier English
BESIDE_THE_TEXTS = {"note"}  # for whoever reviews the texts
GENDERED = re.compile(r"\b(han|hun|ham|hende|hans|hendes)\b", re.IGNORECASE)
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
IN_TEMPLATES = re.compile(r"""\bt\(\s*["']([^"']+)["']\s*[,)]""")

Sentence = tuple[str, str]


def sentences(language: str) -> list[Sentence]:
    """(key, sentence) for every text of a language; a plural text gives one for each form."""
    found: list[Sentence] = []
    for key, entry in catalogue().items():
        text = entry.get(language, "")
        found += [(key, text)] if isinstance(text, str) else [(f"{key}[{form}]", each) for form, each in text.items()]
    return found


def chat_keys() -> set[str]:
    """The keys that young people read."""
    found: set[str] = set()
    for path in (TOP / "locales").glob("chat*.toml"):
        found |= set(tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def test_the_catalogue_has_texts_for_chat_and_desk() -> None:
    assert len(chat_keys()) >= 1
    assert len(set(catalogue()) - chat_keys()) >= 1


def test_every_text_is_there_in_both_languages_and_in_no_other() -> None:
    wrong = {
        key: sorted(entry)
        for key, entry in catalogue().items()
        if set(entry) - BESIDE_THE_TEXTS != ({"da"} if key.endswith(EASY) else set(LANGUAGES))
    }
    assert wrong == {}


def test_easier_danish_stands_beside_a_text_says_the_same_of_whom_and_is_easier() -> None:
    def filled(entry: object) -> frozenset[str]:
        return placeholders(entry if isinstance(entry, str) else " ".join(entry.values()))  # type: ignore[attr-defined]

    easy = {key: entry["da"] for key, entry in catalogue().items() if key.endswith(EASY)}
    plain = {key: catalogue().get(key.removesuffix(EASY), {}).get("da", "") for key in easy}
    assert len(easy) >= 15
    assert {key for key in easy if filled(easy[key]) != filled(plain[key])} == set()
    assert {key for key in easy if isinstance(easy[key], str) != isinstance(plain[key], str)} == set()
    hard = {
        key: round(lix(text), 1)
        for key, text in sentences("da")
        if key.partition("[")[0] in easy
        if lix(text) >= EASIEST
    }
    assert hard == {}


def test_a_plural_text_is_plural_in_both_languages_and_has_every_form() -> None:
    wrong = [
        key
        for key, entry in catalogue().items()
        if len({isinstance(entry[language], str) for language in LANGUAGES if language in entry}) > 1
        or any(not isinstance(form := entry.get(language, ""), str) and set(form) != FORMS for language in LANGUAGES)
    ]
    assert wrong == []


def test_a_plural_text_knows_its_number() -> None:
    wrong = [
        key
        for key, entry in catalogue().items()
        for language in LANGUAGES
        if not isinstance(form := entry.get(language, ""), str) and "n" not in placeholders(form.get("other", ""))
    ]
    assert wrong == []


def test_both_languages_fill_in_the_same_things() -> None:
    def filled(key: str, language: str) -> frozenset[str]:
        entry = catalogue()[key].get(language, "")
        return placeholders(entry if isinstance(entry, str) else " ".join(entry.values()))

    both = [key for key in catalogue() if not key.endswith(EASY)]
    wrong = [key for key in both if len({filled(key, language) for language in LANGUAGES}) > 1]
    assert wrong == []


def test_braces_stand_only_around_the_name_of_a_placeholder() -> None:
    wrong = [
        key
        for language in LANGUAGES
        for key, text in sentences(language)
        if re.search(r"[{}]", re.sub(r"\{[a-z_]+\}", "", text))
    ]
    assert wrong == []


def test_no_text_is_empty_or_has_loose_ends() -> None:
    wrong = [
        (language, key)
        for language in LANGUAGES
        for key, text in sentences(language)
        if not (key.endswith(EASY) and language != "da")
        if not text or text != text.strip() or "  " in text
    ]
    assert wrong == []


def test_every_button_fits_on_a_phone() -> None:
    wrong = [
        (language, key, len(text))
        for language in LANGUAGES
        for key, text in sentences(language)
        if re.search(r"\.button(\.|\[|$)", key) and len(text) > BUTTON_LIMIT
    ]
    assert wrong == []


def test_no_text_is_longer_than_a_screen() -> None:
    wrong = [
        (language, key, len(text))
        for language in LANGUAGES
        for key, text in sentences(language)
        if len(text) > TEXT_LIMIT
    ]
    assert wrong == []


def test_every_danish_text_of_the_chat_is_plain() -> None:
    chat = chat_keys()
    hard = {
        key: round(lix(text), 1)
        for key, text in sentences("da")
        if key.partition("[")[0] in chat and measurable(text) and lix(text) >= HARDEST
    }
    assert hard == {}


def test_no_danish_text_of_the_chat_guesses_anybodys_gender() -> None:
    chat = chat_keys()
    found = [
        (key, match.group())
        for key, text in sentences("da")
        if key.partition("[")[0] in chat and (match := GENDERED.search(text))
    ]
    assert found == []


def test_every_text_that_the_code_names_exists() -> None:
    missing = [f"{where} {key}" for where, key in _named() if key not in catalogue()]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hej. Vi ses.", 1.5),
        ("Du kan altid skrive.", 4.0),
        ("Kommunen svarer dig.", 3 + 100 / 3),
        ("Vi ses kl. 12.30 i dag.", 6.0),
        ("Hej {name}\nSkriv her", 2.0),
        ("<b>Hej</b> du!", 2.0),
    ],
)
def test_lix_counts_words_sentences_and_long_words(text: str, expected: float) -> None:
    assert round(lix(text), 6) == round(expected, 6)


def _named() -> Iterator[tuple[str, str]]:
    for path in python_files("hoert", "bot", "backend", "scheduler", "models"):
        for call in calls(tree(path)):
            # `said` takes the letter first: it decides about easier Danish.
            names = call.args[1:] if dotted(call.func) == "said" else call.args
            first = names[0] if names else None
            if (
                dotted(call.func) in {"t", "text", "locales.text", "said"}
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
                and KEY.fullmatch(first.value)
            ):
                yield place(path, call), first.value
    for path in sorted((TOP / "backend").rglob("*.html")):
        for key in IN_TEMPLATES.findall(path.read_text(encoding="utf-8")):
            yield place(path), key
