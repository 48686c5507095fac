"""The way through a panel survey: no dead end, nothing counted that was not shown, honest progress, picks that hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.domain import panels
from models.domain.panels import Answer, Asks, Choice, Kind, Question, Rule, Survey
from models.domain.panels_check import Problem, lix, problems, unreachable
from models.domain.panels_typed import read_answer

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def both(words: str) -> dict[str, str]:
    return {"da": words, "en": words}


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label.casefold(), both(label)) for label in labels)


LIVE = Question("live", Kind.SINGLE, both("Hvor bor du?"), choices=choices("Alene", "Sammen", "Andet"), required=True)
WITH = Question(
    "with", Kind.MULTIPLE, both("Hvem bor du med?"), choices=choices("Ven", "Familie"),
    show_if=(Rule("live", Asks.IS, "sammen"),),
)  # fmt: skip
GLAD = Question("glad", Kind.SCALE, both("Er du glad for det?"), low=1, high=5, cut=4)
WHY = Question("why", Kind.TEXT, both("Hvad mangler?"), show_if=(Rule("glad", Asks.AT_MOST, 2),))
RANK = Question("rank", Kind.RANKING, both("Hvad er vigtigst?"), choices=choices("Ro", "Pris", "Plads"))
YEARS = Question("years", Kind.NUMBER, both("Hvor mange år?"), low=0, high=60, cut=2)
HOME = Survey(both("Bolig"), (LIVE, WITH, GLAD, WHY, RANK, YEARS))


def keys(questions: tuple[Question, ...]) -> list[str]:
    return [one.key for one in questions]


# --- the way through ------------------------------------------------------------------------------------------------


def test_a_branch_is_shown_when_the_earlier_answer_asks_for_it_and_only_then() -> None:
    assert keys(panels.shown(HOME, {})) == ["live", "glad", "rank", "years"]
    assert keys(panels.shown(HOME, {"live": "sammen", "glad": 1})) == ["live", "with", "glad", "why", "rank", "years"]
    assert keys(panels.shown(HOME, {"live": "alene", "glad": None})) == ["live", "glad", "rank", "years"]


def test_back_and_another_way_leaves_the_old_way_s_answers_out() -> None:
    answers: dict[str, Answer] = {"live": "sammen", "with": ("ven",), "glad": 4}
    assert panels.previous_question(HOME, answers, "glad") == WITH
    answers["live"] = "alene"
    assert panels.counted(HOME, answers) == {"live": "alene", "glad": 4}
    assert panels.previous_question(HOME, answers, "glad") == LIVE


def test_an_answer_that_is_not_counted_opens_no_branch() -> None:
    deeper = Question("who", Kind.TEXT, both("Hvem?"), show_if=(Rule("with", Asks.CONTAINS, "ven"),))
    survey = Survey(HOME.title, (LIVE, WITH, deeper))
    assert keys(panels.shown(survey, {"live": "alene", "with": ("ven",)})) == ["live"]


@pytest.mark.parametrize(
    ("answers", "current", "expected"),
    [
        ({}, "live", (1, 6, False)),
        ({"live": "alene"}, "glad", (2, 5, False)),
        ({"live": "alene", "glad": 5}, "rank", (3, 4, True)),
        ({"live": "sammen", "with": None, "glad": 1}, "why", (4, 6, True)),
        ({"live": "sammen", "with": (), "glad": 1}, "glad", (3, 6, False)),
    ],
)
def test_progress_says_at_most_as_long_as_an_answer_can_still_add_questions(
    answers: dict[str, Answer], current: str, expected: tuple[int, int, bool]
) -> None:
    assert panels.progress(HOME, answers, current) == expected


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (LIVE, "alene", True),
        (LIVE, "Alene", False),
        (LIVE, None, False),
        (WITH, None, True),
        (WITH, (), True),
        (WITH, ("ven", "ven"), False),
        (WITH, ("ven", "fjende"), False),
        (GLAD, 5, True),
        (GLAD, 6, False),
        (GLAD, True, False),
        (GLAD, "5", False),
        (WHY, "  ", False),
        (WHY, "x" * 2000, True),
        (WHY, "x" * 2001, False),
        (RANK, ("pris", "ro", "plads"), True),
        (RANK, ("pris", "ro"), False),
        (YEARS, 60, True),
        (YEARS, 61, False),
    ],
)
def test_only_an_answer_the_question_has_is_taken(question: Question, answer: Answer, expected: bool) -> None:
    assert panels.accepts(question, answer) is expected


@pytest.mark.parametrize(
    ("rule", "answer", "expected"),
    [
        (Rule("q", Asks.IS, "a"), "a", True),
        (Rule("q", Asks.IS_NOT, "a"), "b", True),
        (Rule("q", Asks.IS_NOT, "a"), None, False),
        (Rule("q", Asks.CONTAINS, "a"), ("b", "a"), True),
        (Rule("q", Asks.LACKS, "a"), ("b", "a"), False),
        (Rule("q", Asks.LACKS, "a"), (), True),
        (Rule("q", Asks.IS, "b"), ("b", "a"), True),
        (Rule("q", Asks.IS, "a"), ("b", "a"), False),
        (Rule("q", Asks.AT_LEAST, 3), 3, True),
        (Rule("q", Asks.AT_MOST, 3), 4, False),
        (Rule("q", Asks.AT_LEAST, 3), "4", False),
        (Rule("q", Asks.ANSWERED), "", True),
        (Rule("q", Asks.ANSWERED), None, False),
    ],
)
def test_a_rule_holds_for_what_was_answered(rule: Rule, answer: Answer, expected: bool) -> None:
    assert panels.holds(rule, {"q": answer}) is expected
    assert panels.holds(rule, {}) is False


# --- picking --------------------------------------------------------------------------------------------------------


def test_a_tick_pressed_twice_is_one_tick_and_they_stand_in_the_question_s_order() -> None:
    once = panels.ticked(WITH, (), "familie", on=True)
    assert panels.ticked(WITH, once, "familie", on=True) == once
    assert panels.ticked(WITH, once, "ven", on=True) == ("ven", "familie")
    assert panels.ticked(WITH, ("ven", "familie"), "ven", on=False) == ("familie",)


def test_a_ranking_is_tapped_in_order_and_the_last_falls_into_place() -> None:
    first = panels.placed(RANK, (), "pris", 1)
    assert first == ("pris",)
    assert panels.placed(RANK, first, "pris", 1) == first
    assert panels.placed(RANK, first, "ro", 1) == first
    assert panels.placed(RANK, first, "plads", 2) == ("pris", "plads", "ro")
    assert panels.unplaced(RANK, ("pris", "plads", "ro")) == ("pris",)
    assert panels.unplaced(RANK, ("pris",)) == ()


# --- typed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        (LIVE, "sammen", "sammen"),
        (LIVE, "2", "sammen"),
        (LIVE, "nr. 2", "sammen"),
        (LIVE, "to", "sammen"),
        (LIVE, "B", "sammen"),
        (GLAD, "3", 3),
        (GLAD, "tre!", 3),
        (GLAD, "nummer 3", 3),
        (YEARS, "12", 12),
        (YEARS, "tolv", 12),
        (WITH, "Ven og familie", ("ven", "familie")),
        (WITH, "2, 1", ("ven", "familie")),
        (WITH, "familie", ("familie",)),
        (RANK, "B A C", ("pris", "ro", "plads")),
        (RANK, "3, 1", ("plads", "ro", "pris")),
        (RANK, "Plads, så ro, så pris", ("plads", "ro", "pris")),
        (RANK, "plads ro pris", ("plads", "ro", "pris")),
    ],
)
def test_what_is_typed_counts_when_it_clearly_is_an_answer(question: Question, typed: str, expected: Answer) -> None:
    assert read_answer(question, typed, "da") == (expected is not None, expected)


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        (LIVE, "sammen med min mor"),
        (LIVE, "2?"),
        (LIVE, "9"),
        (GLAD, "0"),
        (GLAD, "3,5"),
        (GLAD, "-3"),
        (YEARS, "12 eller 13"),
        (WITH, "ven, fjende"),
        (RANK, "1"),
        (RANK, "1 1 2"),
        (WHY, "Hej Mette"),
        (LIVE, "spring over"),
    ],
)
def test_everything_else_is_for_a_human(question: Question, typed: str) -> None:
    assert read_answer(question, typed, "da") == (False, None)


def test_skip_is_understood_where_the_question_may_be_skipped() -> None:
    assert read_answer(GLAD, "Spring over.", "da") == (True, None)
    assert read_answer(WHY, "skip", "en") == (True, None)


# --- before it is published -----------------------------------------------------------------------------------------


def test_a_sound_survey_has_no_problems() -> None:
    assert problems(HOME) == ()


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (replace(LIVE, text={"da": "Hvor?", "en": ""}), "text_missing"),
        (replace(LIVE, text=both("Hvordan oplever du kommunens koordinerende indsats vedrørende bolig?")),
         "text_hard"),
        (replace(LIVE, choices=choices("En")), "too_few_choices"),
        (replace(LIVE, choices=choices(*(f"Valg {n}" for n in range(11)))), "too_many_choices"),
        (replace(LIVE, choices=(*LIVE.choices, Choice("x", {"da": "Noget", "en": ""}))), "label_missing"),
        (replace(LIVE, choices=(*LIVE.choices, Choice("x", both("y" * 41)))), "label_long"),
        (replace(LIVE, choices=(*LIVE.choices, Choice("x", both("alene")))), "choice_twice"),
        (replace(LIVE, upper=("ukendt",)), "cut_wrong"),
        (replace(GLAD, low=1, high=12), "range_wrong"),
        (replace(GLAD, cut=None), "cut_wrong"),
        (replace(GLAD, cut=1), "cut_wrong"),
        (replace(GLAD, show_if=(Rule("later", Asks.ANSWERED),)), "rule_not_before"),
        (replace(GLAD, show_if=(Rule("glad", Asks.AT_LEAST, 2),)), "rule_not_before"),
        (replace(GLAD, show_if=(Rule("first", Asks.AT_LEAST, 2),)), "rule_wrong"),
        (replace(GLAD, show_if=(Rule("first", Asks.IS, "ukendt"),)), "rule_wrong"),
        (replace(GLAD, show_if=(Rule("first", Asks.IS, "ja"), Rule("first", Asks.IS, "nej"))), "unreachable"),
        (replace(GLAD, show_if=(Rule("first", Asks.IS, "ja"), Rule("first", Asks.IS_NOT, "ja"))), "unreachable"),
        (replace(GLAD, key="first"), "key_twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_question(question: Question, code: str) -> None:
    first = Question("first", Kind.SINGLE, both("Ja?"), choices=choices("Ja", "Nej"))
    assert Problem(code, question.key) in problems(Survey(both("Titel"), (first, question)))


def test_a_question_behind_one_that_cannot_be_reached_cannot_be_reached_either() -> None:
    low = replace(WHY, show_if=(Rule("glad", Asks.AT_MOST, 2), Rule("glad", Asks.AT_LEAST, 3)))
    behind = Question("behind", Kind.TEXT, both("Og?"), show_if=(Rule("why", Asks.ANSWERED),))
    assert unreachable(Survey(both("x"), (GLAD, low, behind))) == {"why", "behind"}


def test_an_empty_survey_cannot_be_published() -> None:
    assert problems(Survey({"da": "x", "en": "x"})) == (Problem("no_questions"),)


def test_lix_counts_words_sentences_and_long_words() -> None:
    assert lix("Kommunen svarer dig.") == 3 + 100 / 3
    assert lix("") == 0.0


# --- time -----------------------------------------------------------------------------------------------------------


def test_reminders_come_after_two_days_three_days_apart_at_most_twice_and_not_in_the_last_hours() -> None:
    def due(days: float, *reminded: float, closes: float = 14) -> bool:
        return panels.reminder_due(
            NOW + timedelta(days=days), asked_at=NOW, reminded=[NOW + timedelta(days=one) for one in reminded],
            closes_at=NOW + timedelta(days=closes),
        )  # fmt: skip

    assert [due(1.9), due(2), due(4.9, 2), due(5, 2), due(9, 2, 5), due(2, closes=2.4)] == [
        False, True, False, True, False, False
    ]  # fmt: skip


def test_what_was_done_falls_only_when_three_say_no_and_they_are_the_most() -> None:
    assert [panels.approved(0, 2), panels.approved(0, 3), panels.approved(3, 3), panels.approved(2, 3)] == [
        True, False, True, False
    ]  # fmt: skip


# --- any survey -----------------------------------------------------------------------------------------------------


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    made: list[Question] = []
    for number in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(list(Kind)))
        counting = kind in {Kind.SCALE, Kind.NUMBER}
        options = choices("A", "B", "C") if kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING} else ()
        rules = tuple(draw(st.sampled_from(_rules(one))) for one in draw(st.lists(st.sampled_from(made), max_size=2))
                      ) if made else ()  # fmt: skip
        made.append(
            Question(
                f"q{number}",
                kind,
                both(f"Spørgsmål {number}"),
                choices=options,
                low=0,
                high=5 if counting else 0,
                cut=3 if counting else None,
                required=draw(st.booleans()),
                show_if=rules,
            )
        )
    return Survey(both("x"), tuple(made))


def _rules(asked: Question) -> list[Rule]:
    tests: dict[Kind, list[tuple[Asks, str | int]]] = {
        Kind.SINGLE: [(Asks.IS, "a"), (Asks.IS_NOT, "b")],
        Kind.MULTIPLE: [(Asks.CONTAINS, "a"), (Asks.LACKS, "c")],
        Kind.RANKING: [(Asks.IS, "b"), (Asks.IS_NOT, "a")],
        Kind.TEXT: [(Asks.ANSWERED, "")],
    }
    counting: list[tuple[Asks, str | int]] = [(Asks.AT_LEAST, 3), (Asks.AT_MOST, 2), (Asks.IS, 4), (Asks.IS_NOT, 0)]
    return [Rule(asked.key, test, value) for test, value in tests.get(asked.kind, counting)]


def any_answer(question: Question) -> st.SearchStrategy[Answer]:
    keys_ = [one.key for one in question.choices]
    made: dict[Kind, st.SearchStrategy[Answer]] = {
        Kind.SINGLE: st.sampled_from(keys_ or [""]),
        Kind.MULTIPLE: st.sets(st.sampled_from(keys_ or [""])).map(lambda one: tuple(sorted(one))),
        Kind.RANKING: st.permutations(keys_).map(tuple),
        Kind.SCALE: st.integers(question.low, question.high),
        Kind.NUMBER: st.integers(question.low, question.high),
        Kind.TEXT: st.just("ord"),
    }
    return made[question.kind] if question.required else st.one_of(made[question.kind], st.none())


@settings(max_examples=40, deadline=None)
@given(surveys(), st.data())
def test_any_survey_is_walked_to_its_end_with_back_on_the_way_and_nothing_hidden_counts(
    survey: Survey, data: st.DataObject
) -> None:
    answers: dict[str, Answer] = {}
    backs = 0
    for _ in range(40):
        question = panels.next_question(survey, answers)
        if question is None:
            break
        place, of, exact = panels.progress(survey, answers, question.key)
        assert 1 <= place <= of <= len(survey.questions)
        before = panels.previous_question(survey, answers, question.key)
        if before is not None and backs < 6 and data.draw(st.booleans()):
            backs += 1
            question = before
        given_ = data.draw(any_answer(question))
        assert panels.accepts(question, given_)
        answers = panels.counted(survey, {**answers, question.key: given_})
        assert set(answers) <= {one.key for one in panels.shown(survey, answers)}
        if exact and question is not before:
            assert len(panels.shown(survey, answers)) == of
    assert panels.next_question(survey, answers) is None
    assert set(answers) == {one.key for one in panels.shown(survey, answers)}
    assert panels.from_plain(panels.to_plain(survey)) == survey
    assert {key: panels.answer_from_plain(panels.answer_to_plain(one)) for key, one in answers.items()} == answers


@settings(max_examples=30, deadline=None)
@given(surveys(), st.data())
def test_what_is_called_unreachable_no_answers_reach(survey: Survey, data: st.DataObject) -> None:
    never = unreachable(survey)
    answers: dict[str, Answer] = {}
    while (question := panels.next_question(survey, answers)) is not None:
        assert question.key not in never
        answers[question.key] = data.draw(any_answer(question))
