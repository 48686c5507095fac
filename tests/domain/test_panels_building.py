"""Building a survey: choices that lead past questions, one change at a time, and the trial that keeps nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import panels, panels_edit, panels_trial
from models.domain.panels import END, Answer, Asks, Choice, Kind, Question, Rule, Survey
from models.domain.panels_check import Problem, at_fields, problems, unreachable
from models.domain.panels_results import results
from models.domain.panels_trial import Trial


def both(words: str) -> dict[str, str]:
    return {"da": words, "en": words}


def single(key: str, *leads: str, required: bool = True) -> Question:
    """A question with one choice for each place it leads to."""
    ways = tuple(Choice(f"c{number}", both(f"Valg {number}"), to) for number, to in enumerate(leads, start=1))
    return Question(key, Kind.SINGLE, both(f"Hvad med {key}?"), choices=ways, required=required)


#: q1 goes on or to q4; q2 goes on or ends; q3 and q4 are plain.
LEADING = Survey(
    both("Vej"), (single("q1", "", "q4"), single("q2", "", END), single("q3", "", ""), single("q4", "", ""))
)


def keys(survey: Survey, answers: dict[str, Answer]) -> list[str]:
    return [one.key for one in panels.shown(survey, answers)]


# --- leading past ---------------------------------------------------------------------------------------------------


def test_a_choice_leads_past_what_lies_between_and_only_while_it_is_the_answer() -> None:
    assert keys(LEADING, {}) == ["q1", "q2", "q3", "q4"]
    assert keys(LEADING, {"q1": "c2"}) == ["q1", "q4"]
    assert keys(LEADING, {"q1": "c1", "q2": "c2"}) == ["q1", "q2"]
    assert panels.counted(LEADING, {"q1": "c2", "q2": "c2", "q4": "c1"}) == {"q1": "c2", "q4": "c1"}
    assert panels.next_question(LEADING, {"q1": "c1", "q2": "c2"}) is None


@pytest.mark.parametrize(
    ("answers", "current", "expected"),
    [
        ({}, "q1", (1, 4, False)),
        ({"q1": "c1"}, "q2", (2, 4, False)),
        ({"q1": "c2"}, "q4", (2, 2, True)),
        ({"q1": "c1", "q2": "c1"}, "q3", (3, 4, True)),
    ],
)
def test_progress_counts_the_longest_way_that_is_left(
    answers: dict[str, Answer], current: str, expected: tuple[int, int, bool]
) -> None:
    assert panels.progress(LEADING, answers, current) == expected


@given(st.data())
def test_no_way_through_is_longer_than_was_said_nor_shorter_than_what_is_sure(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 6))
    names = [f"q{number}" for number in range(size)]
    survey = Survey(both("x"), tuple(
        single(name, *data.draw(st.lists(st.sampled_from(["", END, *names[place + 1 :]]), min_size=2, max_size=3)),
               required=data.draw(st.booleans()))
        for place, name in enumerate(names)
    ))  # fmt: skip
    answers: dict[str, Answer] = {}
    said: list[tuple[int, bool]] = []
    while (asked := panels.next_question(survey, answers)) is not None:
        assert asked.key not in unreachable(survey)
        _, of, exact = panels.progress(survey, answers, asked.key)
        said.append((of, exact))
        ways: list[Answer] = [one.key for one in asked.choices]
        answers[asked.key] = data.draw(st.sampled_from(ways if asked.required else [*ways, None]))
    walked = len(panels.shown(survey, answers))
    assert all(of == walked if exact else of >= walked for of, exact in said)


def test_a_question_nothing_leads_to_and_a_way_back_are_named() -> None:
    past = Survey(both("x"), (single("q1", "q3", "q3"), single("q2", "", ""), single("q3", "", "")))
    assert problems(past) == (Problem("unreachable", "q2"),)
    skipped = replace(past, questions=(replace(past.questions[0], required=False), *past.questions[1:]))
    assert problems(skipped) == ()
    round_again = Survey(both("x"), (single("q1", "", ""), single("q2", "q1", "")))
    assert problems(round_again) == (Problem("leads_back", "q2"),)
    assert problems(Survey(both("x"), (single("q1", "q9", ""),))) == (Problem("leads_nowhere", "q1"),)


def test_a_survey_with_ways_is_the_same_after_it_was_kept_and_one_without_is_kept_as_before() -> None:
    assert panels.from_plain(panels.to_plain(LEADING)) == LEADING
    assert '"leads_to"' not in panels.to_plain(Survey(both("x"), (single("q", "", ""),)))


def test_how_many_were_led_past_is_told_only_where_the_answer_itself_is() -> None:
    def told(first: int, second: int) -> list[str]:
        rows: list[dict[str, Answer]] = [{"q1": "c1", "q2": "c1", "q3": "c1", "q4": "c1"}] * first
        rows = rows + [{"q1": "c2", "q4": "c1"}] * second
        found = results(LEADING, rows, invited=99)
        return [one.how for one in found.outcomes if one.question in {"q1", "q2", "q3"}]

    assert told(25, 8) == ["whole", "whole", "whole"]
    assert told(25, 2) == ["few", "few", "few"]
    wide = Survey(both("x"), (single("q1", "", "q3"), single("q2", "", ""), single("q3", "", "")))
    rows: list[dict[str, Answer]] = [{"q1": "c1", "q2": f"c{place % 2 + 1}", "q3": "c1"} for place in range(24)]
    rows += [{"q1": "c2", "q3": "c2"}] * 8
    assert [one.how for one in results(wide, rows, invited=40).outcomes] == ["whole", "whole", "whole"]
    assert results(wide, rows[:26], invited=40).outcome("q2").how == "few"


# --- one change at a time -------------------------------------------------------------------------------------------


def test_questions_are_added_moved_and_removed_and_what_led_there_goes_on() -> None:
    assert panels_edit.next_key(Survey(both("x"))) == "q1"
    more = panels_edit.added(LEADING, panels_edit.blank(Kind.SCALE, panels_edit.next_key(LEADING)))
    assert [one.key for one in more.questions] == ["q1", "q2", "q3", "q4", "q5"]
    assert [one.key for one in panels_edit.moved(LEADING, "q2", -1).questions] == ["q2", "q1", "q3", "q4"]
    assert panels_edit.moved(LEADING, "q1", -1) == LEADING
    without = panels_edit.removed(more, "q4")
    assert without.questions[0].choices[1].leads_to == "q5"
    assert panels_edit.removed(LEADING, "q4").questions[0].choices[1].leads_to == END


def test_a_condition_on_what_is_gone_goes_too() -> None:
    hanging = replace(single("q3", ""), show_if=(Rule("q1", Asks.IS, "c2"), Rule("q2", Asks.ANSWERED)))
    survey = Survey(both("x"), (single("q1", "", ""), single("q2", "", ""), hanging))
    fewer = panels_edit.rewritten(survey, panels_edit.without_choice(survey.questions[0], "c2"))
    assert fewer.questions[2].show_if == (Rule("q2", Asks.ANSWERED),)
    assert panels_edit.removed(fewer, "q2").questions[1].show_if == ()


def test_choices_are_added_under_a_key_of_their_own_and_moved() -> None:
    one = panels_edit.with_choice(panels_edit.without_choice(single("q1", "", "", ""), "c2"))
    assert [way.key for way in one.choices] == ["c1", "c3", "c4"]
    assert [way.key for way in panels_edit.choice_moved(one, "c4", -1).choices] == ["c1", "c4", "c3"]


@pytest.mark.parametrize("kind", Kind)
def test_a_new_question_only_lacks_its_words(kind: Kind) -> None:
    survey = Survey(both("x"), (panels_edit.blank(kind, "q1"),))
    assert {one.code for one in problems(survey)} <= {"text_missing", "label_missing"}


def test_each_problem_stands_at_its_field() -> None:
    asked = replace(
        panels_edit.blank(Kind.SCALE, "q1"), text={"da": "Hvor?", "en": ""}, high=99,
        ends=(both("lidt"), {"da": "x" * 25, "en": "meget"}),
    )  # fmt: skip
    survey = Survey(both("x"), (asked,))
    assert at_fields(survey, asked, problems(survey)) == (
        ("text_en", "text_missing"), ("high", "range_wrong"), ("end_high_da", "label_long"),
    )  # fmt: skip
    back = Survey(both("x"), (single("q1", ""), replace(single("q2", "q1"), choices=single("q2", "q1").choices[:1])))
    found = at_fields(back, back.questions[1], problems(back))
    assert found == (("choices", "too_few_choices"), ("leads_to_c1", "leads_back"))


def test_a_condition_is_begun_with_what_fits_and_taken_away_by_its_place() -> None:
    asked = [panels_edit.blank(kind, f"q{place}") for place, kind in enumerate(Kind, start=1)]
    last = panels_edit.blank(Kind.TEXT, "q9")
    for one in asked:
        last = panels_edit.hanging_on(last, one)
    assert [(rule.test, rule.value) for rule in last.show_if] == [
        (Asks.IS, "c1"), (Asks.CONTAINS, "c1"), (Asks.AT_MOST, 1), (Asks.AT_LEAST, 5), (Asks.ANSWERED, ""),
        (Asks.IS, "c1"),
    ]  # fmt: skip
    survey = Survey(both("x"), (*asked, last))
    assert {one.code for one in problems(survey)} <= {"text_missing", "label_missing"}
    assert [rule.question for rule in panels_edit.without_rule(last, 1).show_if] == ["q1", "q3", "q4", "q5", "q6"]


def test_a_condition_that_is_wrong_is_named_at_its_own_fields() -> None:
    scale = replace(panels_edit.blank(Kind.SCALE, "q1"), text=both("Hvor glad?"))
    rules = (Rule("q1", Asks.AT_MOST, 2), Rule("q1", Asks.AT_MOST, 9), Rule("q3", Asks.ANSWERED))
    hanging = Question("q2", Kind.TEXT, both("Hvad hjælper?"), show_if=rules)
    survey = Survey(both("x"), (scale, hanging, Question("q3", Kind.TEXT, both("Og?"))))
    assert at_fields(survey, hanging, problems(survey)) == (
        ("if_value_1", "rule_outside"), ("if_test_2", "rule_not_before"),
    )  # fmt: skip


# --- trying it ------------------------------------------------------------------------------------------------------

TRIED = Survey(
    both("Prøve"),
    (
        single("q1", "", "q3"),
        Question("q2", Kind.MULTIPLE, both("Hvilke?"), choices=(Choice("a", both("A")), Choice("b", both("B")))),
        Question("q3", Kind.RANKING, both("Orden?"), choices=tuple(Choice(k, both(k.upper())) for k in "abc")),
        Question("q4", Kind.TEXT, both("Hvorfor?")),
    ),
)


def press(*taps: str, trial: Trial | None = None) -> Trial:
    """Every tap with the page in between, as a browser has it."""
    found = trial or Trial()
    for tap in taps:
        deed, _, option = tap.partition(" ")
        found = panels_trial.pressed(TRIED, found, f"panel.{deed}", option)
        found = panels_trial.from_plain(TRIED, panels_trial.to_plain(found))
    return found


def on_screen(trial: Trial) -> str:
    asked = panels_trial.question(TRIED, trial)
    return asked.key if asked else trial.at


def test_a_trial_goes_the_way_a_member_goes() -> None:
    assert on_screen(press("open")) == "q1"
    ticking = press("open", "answer q1:c1", "tick q2:b:on", "tick q2:a:on", "tick q2:b:off")
    assert (on_screen(ticking), ticking.picked) == ("q2", ("a",))
    ranking = press("finish q2", "place q3:c:1", "place q3:a:2", trial=ticking)
    assert ranking.picked == ("c", "a", "b")
    assert press("take_back q3:3", trial=ranking).picked == ("c",)
    words = press("finish q3", trial=ranking)
    assert on_screen(words) == "q4"
    said = panels_trial.typed(TRIED, words, "For lidt lys", "da")
    assert said is not None
    assert (said.at, said.answers["q4"]) == ("done", "For lidt lys")
    back = press("back q4", "back q3", trial=words)
    assert (on_screen(back), back.picked) == ("q2", ("a",))
    other = press("back q2", "answer q1:c2", trial=back)
    assert (on_screen(other), "q2" in other.answers) == ("q4", False)
    assert on_screen(press("skip q4", trial=other)) == "done"


def test_what_is_not_on_the_screen_changes_nothing_and_a_broken_page_begins_anew() -> None:
    begun = press("open")
    for tap in ("answer q2:a", "answer q1:c9", "skip q1", "back q1", "finish q1", "place q1:c1:1", "dance q1:1"):
        assert press(tap, trial=begun) == begun
    assert panels_trial.typed(TRIED, begun, "Kan du ringe?", "da") is None
    assert press("stop", trial=begun).at == "stopped"
    for broken in ("", "[]", "{}", '["asking", 3, [], ""]', "null"):
        assert panels_trial.from_plain(TRIED, broken) == Trial()
    forged = panels_trial.from_plain(TRIED, '["asking", {"q1": "c9", "q4": 7, "zz": 1}, [], "q4"]')
    assert (forged.answers, on_screen(forged)) == ({}, "q4")
