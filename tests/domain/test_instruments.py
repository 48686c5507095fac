import dataclasses

import pytest

from models.domain.instruments import (
    DONT_KNOW,
    INSTRUMENTS,
    LANGUAGES,
    SKIP,
    Audience,
    InvalidAnswer,
    UnknownInstrument,
    UnknownItem,
    accepts,
    check,
    instrument,
    wording,
)

# A changed text or code is a new version: whoever changes one raises `version` and adds a line here.
FROZEN_WORDING: dict[tuple[str, int], str] = {
    ("who5", 1): "99d2151c67c8cf7450e31b6d62ab21f9c2eaecdbe4791c2ee7ebb3ca419c3352",
    ("tils", 1): "936a10cd9e46e208868df59cd1f4fbf9ea82180ab32d450c0294aeb8eb452d79",
    ("hoert5", 1): "14bf5d9b98e8303d361d4440ba1b526d351d209f6fd13631676f06e4d52adc4b",
    ("life_now", 1): "e4c47f6ef1845748c5e3649df417579d3f0d72c731c834322386c813b2d39c6e",
    ("pulse", 1): "da3ac41c2965c1704e24e30419537883f2ebe293da9f332ee8995b57b4e03105",
    ("ie2021", 0): "e96c26c63e5fcde3f53923f4fc131051b8e6a77bd027e3faf11f720fa2da930b",
}

EVERY = pytest.mark.parametrize("key", sorted(INSTRUMENTS))


def texts(key: str, language: str) -> list[str]:
    return [item.text[language] for item in instrument(key).items]


def codes(key: str, item: int = 0) -> list[int | str]:
    return [option.code for option in instrument(key).items[item].options]


def labels(key: str, language: str, item: int = 0) -> list[str]:
    return [option.label[language] for option in instrument(key).items[item].options]


def test_the_registry_holds_exactly_the_six_instruments():
    assert sorted(INSTRUMENTS) == ["hoert5", "ie2021", "life_now", "pulse", "tils", "who5"]


def test_an_unknown_instrument_is_a_key_error_with_a_sentence():
    with pytest.raises(UnknownInstrument, match="no instrument is called 'phq9'") as caught:
        instrument("phq9")
    assert isinstance(caught.value, KeyError)


def test_an_unknown_item_is_a_key_error():
    with pytest.raises(UnknownItem):
        instrument("who5").item("lonely")


def test_who5_is_asked_word_for_word():
    assert texts("who5", "da") == [
        "I de sidste 2 uger har jeg været glad og i godt humør",
        "I de sidste 2 uger har jeg følt mig rolig og afslappet",
        "I de sidste 2 uger har jeg følt mig aktiv og energisk",
        "I de sidste 2 uger er jeg vågnet frisk og udhvilet",
        "I de sidste 2 uger har min dagligdag været fyldt med ting der interesserer mig",
    ]
    assert texts("who5", "en") == [
        "I have felt cheerful and in good spirits",
        "I have felt calm and relaxed",
        "I have felt active and vigorous",
        "I woke up feeling fresh and rested",
        "My daily life has been filled with things that interest me",
    ]
    assert labels("who5", "da") == [
        "Hele tiden",
        "Det meste af tiden",
        "Lidt mere end halvdelen af tiden",
        "Lidt mindre end halvdelen af tiden",
        "Lidt af tiden",
        "På intet tidspunkt",
    ]
    assert [codes("who5", item) for item in range(5)] == [[5, 4, 3, 2, 1, 0]] * 5


def test_the_loneliness_scale_asks_full_questions_and_never_says_lonely():
    assert texts("tils", "da") == [
        "Hvor ofte føler du dig isoleret fra andre?",
        "Hvor ofte føler du, at du savner nogen at være sammen med?",
        "Hvor ofte føler du dig holdt udenfor?",
    ]
    assert labels("tils", "da") == ["Sjældent", "En gang imellem", "Ofte"]
    assert [codes("tils", item) for item in range(3)] == [[1, 2, 3]] * 3
    i = instrument("tils")
    read = [*i.title.values(), *texts("tils", "da"), *texts("tils", "en")]
    assert [text for text in read if "ensom" in text.casefold() or "lonel" in text.casefold()] == []


def test_hoert5_is_asked_word_for_word():
    assert instrument("hoert5").stem["da"] == "De sidste 3 måneder. Hvor godt passer det på dig?"
    assert texts("hoert5", "da") == [
        "Jeg fik tid til at sige, hvad jeg mener.",
        "Jeg fik at vide, hvad jeg havde brug for at vide.",
        "Det, jeg sagde, blev taget alvorligt.",
        "Det, jeg sagde, gjorde en forskel for min plan.",
        "Jeg fik at vide, hvad der skete med det, jeg sagde.",
    ]
    assert [item.key for item in instrument("hoert5").items] == [
        "space",
        "information",
        "audience",
        "influence",
        "feedback",
    ]
    assert labels("hoert5", "da") == ["Slet ikke", "Dårligt", "Delvist", "Godt", "Helt", "Ved ikke"]
    assert [codes("hoert5", item) for item in range(5)] == [[1, 2, 3, 4, 5, DONT_KNOW]] * 5


def test_the_pulse_is_one_item_from_one_to_five():
    assert texts("pulse", "da") == ["Følte du dig hørt?"]
    assert codes("pulse") == [1, 2, 3, 4, 5]
    assert labels("pulse", "da") == ["1 Slet ikke", "2", "3", "4", "5 Helt"]


def test_my_life_now_has_five_coded_items_and_no_number():
    i = instrument("life_now")
    assert [item.key for item in i.items] == ["education", "work", "home", "people", "money"]
    assert [option.code for item in i.items for option in item.options if isinstance(option.code, int)] == []


def test_the_anchor_of_2021_is_an_empty_disabled_slot():
    i = instrument("ie2021")
    assert (i.enabled, i.items, i.version) == (False, (), 0)
    assert [key for key in sorted(INSTRUMENTS) if not INSTRUMENTS[key].enabled] == ["ie2021"]


def test_only_hoert5_and_pulses_are_kept_from_the_caseworker():
    asked = [i for i in INSTRUMENTS.values() if i.enabled]
    assert sorted(i.key for i in asked if i.audience is Audience.PERSON) == ["hoert5", "pulse"]
    assert sorted(i.key for i in asked if i.audience is Audience.CASEWORKER) == ["life_now", "tils", "who5"]


def test_who5_rests_fourteen_days_and_only_validated_scales_say_so():
    assert instrument("who5").minimum_days == 14
    assert sorted(i.key for i in INSTRUMENTS.values() if i.validated) == ["tils", "who5"]


def test_the_declared_cuts():
    assert {key: INSTRUMENTS[key].cut for key in INSTRUMENTS} == {
        "who5": 51,
        "tils": 7,
        "hoert5": 4,
        "pulse": 4,
        "life_now": None,
        "ie2021": None,
    }


@EVERY
def test_every_instrument_is_whole_in_both_languages(key: str):
    i = instrument(key)
    options = [option for item in i.items for option in item.options]
    for text in [i.title, i.stem, *(item.text for item in i.items), *(option.label for option in options)]:
        assert tuple(text) == LANGUAGES
    spoken = [i.title, *(item.text for item in i.items), *(option.label for option in options)]
    assert [text for text in spoken if not all(value.strip() == value != "" for value in text.values())] == []
    assert i.key == key
    assert i.source != "" != i.licence


@EVERY
def test_keys_codes_and_labels_are_unique_within_an_instrument(key: str):
    i = instrument(key)
    assert len({item.key for item in i.items}) == len(i.items)
    for item in i.items:
        shown = len(item.options)
        assert len({option.code for option in item.options}) == shown
        assert [len({option.label[language] for option in item.options}) for language in LANGUAGES] == [shown] * 2


@EVERY
def test_labels_fit_a_button_and_skip_is_never_an_option(key: str):
    options = [option for item in instrument(key).items for option in item.options]
    assert [option for option in options if max(map(len, option.label.values())) > 40] == []
    assert [option for option in options if option.code == SKIP] == []


@EVERY
def test_no_text_or_code_changes_without_a_new_version(key: str):
    i = instrument(key)
    assert wording(i) == FROZEN_WORDING[key, i.version]


def test_the_wording_is_another_when_one_letter_is():
    i = instrument("pulse")
    text = {"da": "Følte du dig hørt!", "en": "Did you feel heard?"}
    other = dataclasses.replace(i, items=(dataclasses.replace(i.items[0], text=text),))
    assert wording(other) != wording(i)


def test_instruments_cannot_be_changed():
    i = instrument("who5")
    with pytest.raises(dataclasses.FrozenInstanceError):
        i.version = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        i.title["da"] = "x"  # type: ignore[index]
    with pytest.raises(TypeError):
        INSTRUMENTS["who5"] = i  # type: ignore[index]


def test_an_item_accepts_its_codes_and_skip_and_nothing_else():
    hoert5, who5 = instrument("hoert5"), instrument("who5")
    item = hoert5.items[0]
    assert [accepts(hoert5, item, code) for code in (1, 5, DONT_KNOW, SKIP)] == [True] * 4
    assert [accepts(hoert5, item, code) for code in (0, 6, "1", True, "")] == [False] * 5
    assert [accepts(who5, who5.items[0], code) for code in (0, 5, SKIP)] == [True] * 3
    assert [accepts(who5, who5.items[0], code) for code in (6, DONT_KNOW)] == [False] * 2


def test_skipping_is_refused_where_the_instrument_does_not_allow_it():
    i = dataclasses.replace(instrument("who5"), may_skip=False)
    assert not accepts(i, i.items[0], SKIP)


def test_answers_are_checked_as_a_whole():
    i = instrument("tils")
    check(i, {"isolated": 1, "left_out": SKIP})
    with pytest.raises(InvalidAnswer, match="no item"):
        check(i, {"space": 1})
    with pytest.raises(InvalidAnswer, match="does not offer"):
        check(i, {"isolated": 4})
