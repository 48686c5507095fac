import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.checkins import (
    computable,
    following_item,
    is_complete,
    is_never,
    may_ask_from,
    next_item,
    position,
    previous_item,
    read_answer,
    with_skipped,
)
from models.domain.instruments import DONT_KNOW, INSTRUMENTS, LANGUAGES, SKIP, UnknownItem, instrument

WHO5, TILS, HOERT5, PULSE, LIFE_NOW = (instrument(key) for key in ("who5", "tils", "hoert5", "pulse", "life_now"))


def read(i, text, language="da", item=0):
    return read_answer(i, i.items[item], text, language)


def key_of(item):
    return None if item is None else item.key


def test_a_check_in_walks_through_its_items_in_order():
    answers = {}
    walked = []
    while (item := next_item(HOERT5, answers)) is not None:
        walked.append(item.key)
        answers[item.key] = 4
    assert walked == ["space", "information", "audience", "influence", "feedback"]
    assert is_complete(HOERT5, answers)


def test_it_resumes_at_the_first_gap_and_a_skipped_item_is_no_gap():
    assert key_of(next_item(HOERT5, {"space": 1, "information": SKIP, "influence": 4})) == "audience"
    assert not is_complete(HOERT5, {"space": 1})


def test_skipping_everything_completes_it():
    assert is_complete(WHO5, {item.key: SKIP for item in WHO5.items})


def test_an_empty_slot_asks_nothing_and_is_never_complete():
    assert next_item(instrument("ie2021"), {}) is None
    assert not is_complete(instrument("ie2021"), {})


def test_back_goes_one_item_and_stops_at_the_first():
    assert [key_of(previous_item(TILS, item.key)) for item in TILS.items] == [None, "isolated", "companionship"]


def test_a_person_sees_one_of_five():
    assert [position(WHO5, item.key) for item in WHO5.items] == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_an_item_of_another_instrument_has_no_position():
    with pytest.raises(UnknownItem):
        position(WHO5, "space")
    with pytest.raises(UnknownItem):
        previous_item(WHO5, "space")


def test_an_instrument_rests_its_minimum_days():
    assert may_ask_from(WHO5, date(2026, 11, 21)) == date(2026, 12, 5)
    assert may_ask_from(PULSE, date(2026, 11, 21)) == date(2026, 11, 21)


@pytest.mark.parametrize("text", ["2", "2.", "2)", " 2 ", "(2)", "nr. 2", "svar 2", "#2", "2!", "2️⃣", "٢", "2. dårligt"])
def test_a_number_is_the_place_as_shown(text):
    assert read(HOERT5, text) == 2


def test_on_who5_a_number_is_the_place_and_not_the_code():
    assert [read(WHO5, str(number)) for number in range(8)] == [None, 5, 4, 3, 2, 1, 0, None]


def test_dont_know_has_no_number():
    assert read(HOERT5, "6") is None


@pytest.mark.parametrize(
    "text", ["0", "7", "99", "-2", "- 2", "2,5", "2.5", "2-3", "2/5", "2 eller 3", "2%", "+2", "2. helt", "9" * 70]
)
def test_a_number_that_is_no_place_is_not_an_answer(text):
    assert read(HOERT5, text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("delvist", 3),
        ("Delvist!", 3),
        ("DELVIST...", 3),
        ("»delvist«", 3),
        ("godt 🙂", 4),
        ("dårligt", 2),
        ("daarligt", 2),
        ("darligt", 2),
        ("da\u030arligt", 2),
        ("slet ikke", 1),
        ("Slet  ikke.", 1),
        ("slet", 1),
        ("delv", 3),
        ("ved ikke", DONT_KNOW),
        ("Det ved jeg ikke", DONT_KNOW),
        ("spring over", SKIP),
        ("Spring den over", SKIP),
        ("skip", SKIP),
    ],
)
def test_a_typed_answer_counts(text, code):
    assert read(HOERT5, text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hele tiden", 5),
        ("hele", 5),
        ("det meste", 4),
        ("lidt mere", 3),
        ("lidt mindre", 2),
        ("lidt af", 1),
        ("på intet tidspunkt", 0),
        ("paa intet", 0),
        ("pa intet tidspunkt", 0),
        ("lidt", None),
        ("det", None),
        ("ved ikke", None),
        ("spring over", SKIP),
    ],
)
def test_a_prefix_counts_only_if_it_can_become_one_label(text, code):
    assert read(WHO5, text) == code


@pytest.mark.parametrize(("text", "code"), [("sjældent", 1), ("sjaeldent", 1), ("en gang imellem", 2), ("ofte", 3)])
def test_the_loneliness_scale_is_read(text, code):
    assert read(TILS, text) == code


@pytest.mark.parametrize(("text", "code"), [("1", 1), ("slet ikke", 1), ("1 slet ikke", 1), ("4", 4), ("helt", 5)])
def test_a_pulse_is_read_with_and_without_its_number(text, code):
    assert read(PULSE, text) == code


@pytest.mark.parametrize(
    ("item", "text", "code"),
    [(0, "nej", "none"), (1, "ja", None), (1, "ja, på fuld tid", "full_time"), (2, "1", "own"), (4, "Ja!", "enough")],
)
def test_my_life_now_is_read_by_its_own_words(item, text, code):
    assert read(LIFE_NOW, text, item=item) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("Partly", 3), ("not at all", 1), ("don't know", DONT_KNOW), ("dont know", DONT_KNOW), ("Don’t know", DONT_KNOW)],
)
def test_english_labels_are_read_too_whatever_the_language(text, code):
    assert [read(HOERT5, text, language) for language in LANGUAGES] == [code, code]


def test_a_prefix_is_only_read_in_the_persons_own_language():
    assert [read(HOERT5, "part", language) for language in LANGUAGES] == [None, 3]


def test_an_unknown_language_falls_back_to_whole_labels():
    assert [read(HOERT5, text, "ar") for text in ("godt", "well", "2", "delv")] == [4, 4, 2, None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "...",
        "🙂",
        "?",
        "delvist?",
        "Hvad betyder delvist?",
        "helt ærligt så har jeg det dårligt",
        "Hele tiden tænker jeg på at stoppe",
        "Godt nok ikke",
        "ikke helt",
        "det meste af tiden er jeg bange",
        "ofte",
        "Jeg ved ikke hvad jeg skal gøre",
        "spring over hvor gærdet er lavest",
        "1 ting mere: jeg har ingen penge",
        "2 minutter",
        "stop",
        "/help",
        "helt" + " " * 200,
        "he",
    ],
)
def test_a_sentence_is_never_swallowed_as_an_answer(text):
    assert read(HOERT5, text) is None
    assert read(HOERT5, text, "en") is None


def test_skipping_is_not_read_where_it_is_not_allowed():
    strict = dataclasses.replace(WHO5, may_skip=False)
    assert read(strict, "spring over") is None


def every_label():
    return [
        (i, item, option, language)
        for i in INSTRUMENTS.values()
        for item in i.items
        for option in item.options
        for language in LANGUAGES
    ]


def test_every_label_of_every_instrument_is_read_back_as_its_own_code():
    wrong = [
        (i.key, item.key, option.code)
        for i, item, option, language in every_label()
        for form in (str.upper, str.lower, str)
        if read_answer(i, item, f"{form(option.label[language])}.", language) != option.code
    ]
    assert wrong == []


@given(st.text(max_size=100), st.sampled_from([(i, item) for i in INSTRUMENTS.values() for item in i.items]))
def test_whatever_is_typed_gives_a_code_of_the_item_or_nothing(text, asked):
    i, item = asked
    allowed = [None, SKIP, *(option.code for option in item.options)]
    assert allowed.count(read_answer(i, item, text, "da")) == 1


@given(st.text(alphabet="abdeghiklmnoprstvæøå ", min_size=1, max_size=12))
def test_a_word_more_is_never_an_answer(text):
    if not text.strip():
        text = "men"
    assert read(WHO5, f"hele tiden {text.strip()} fordi") is None


# --- what is not to be asked again ----------------------------------------------------------------------------------


def test_an_item_that_is_not_asked_is_as_if_it_were_not_there():
    without = {"information", "feedback"}
    assert key_of(next_item(HOERT5, {"space": 4}, without)) == "audience"
    assert position(HOERT5, "influence", without) == (3, 3)
    assert key_of(previous_item(HOERT5, "audience", without)) == "space"
    assert [key_of(following_item(HOERT5, key, without)) for key in ("space", "influence")] == ["audience", None]
    assert is_complete(HOERT5, dict.fromkeys(("space", "audience", "influence"), 4), without)
    with pytest.raises(UnknownItem):
        position(HOERT5, "feedback", without)


def test_it_counts_as_skipped_and_may_leave_no_number():
    assert with_skipped(HOERT5, {"space": 4, "audience": 2}, {"audience", "feedback"}) == {
        "space": 4, "audience": 2, "feedback": SKIP,
    }  # fmt: skip
    assert [computable(HOERT5, set(out)) for out in ([], ["space"], ["space", "feedback"])] == [True, True, False]
    assert (computable(WHO5, {"calm"}), computable(LIFE_NOW, {"work"})) == (False, True)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Spørg mig ikke om det igen", True),
        ("spoerg ikke om det igen!", True),
        ("Don't ask me that again", True),
        ("spørg mig ikke om det igen, jeg kan ikke mere", False),
        ("aldrig", False),
    ],
)
def test_dont_ask_me_again_is_only_the_whole_message(words, meant):
    assert is_never(words) is meant
