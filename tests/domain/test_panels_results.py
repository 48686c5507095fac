"""What a panel is told: the golden cases of each kind, and no count that a branch would give away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.domain import panels_results as results
from models.domain.panels import Answer, Asks, Kind, Question, Rule, Survey
from models.domain.panels_results import UPPER, Outcome, Results
from tests.domain.test_panels import GLAD, HOME, LIVE, RANK, WHY, WITH, YEARS, both

Row = dict[str, Answer]
WITH_ALL = replace(WITH, show_if=())


def told(questions: tuple[Question, ...], rows: list[Row]) -> dict[str, Outcome]:
    made = results.results(Survey(both("x"), questions), rows, invited=len(rows) + 5)
    return {one.question: one for one in made.outcomes}


def rows(key: str, *answers: tuple[Answer, int]) -> list[Row]:
    return [{key: answer} for answer, times in answers for _ in range(times)]


def test_below_ten_nothing_is_told_not_even_how_many() -> None:
    made = results.results(HOME, rows("live", ("alene", 9)), invited=12)
    assert (made.invited, made.answered) == (12, None)
    assert {one.how for one in made.outcomes} == {"few"}


def test_a_single_choice_is_shown_whole_from_twenty_with_five_at_each() -> None:
    assert told((LIVE,), rows("live", ("alene", 8), ("sammen", 12)))["live"] == Outcome(
        "live", "whole", 20, {"alene": 8, "sammen": 12, "andet": 0}
    )
    assert told((LIVE,), rows("live", ("alene", 8), ("sammen", 8), ("andet", 4)))["live"].how == "few"
    assert told((LIVE,), rows("live", ("alene", 9), ("sammen", 10)))["live"].how == "few"


def test_a_single_choice_with_a_cut_is_parted_in_two_when_it_is_not_whole() -> None:
    parted = replace(LIVE, upper=("alene",))
    assert told((parted,), rows("live", ("alene", 8), ("sammen", 4)))["live"] == Outcome("live", "two", 12, {UPPER: 8})
    assert told((parted,), rows("live", ("alene", 11), ("andet", 1)))["live"] == Outcome(
        "live", "two", 12, bands={UPPER: "over_75"}
    )


def test_each_of_several_choices_is_a_share_of_its_own() -> None:
    made = told((WITH_ALL,), rows("with", (("ven",), 6), (("ven", "familie"), 4), ((), 2)))["with"]
    assert made == Outcome("with", "shares", 12, {"familie": 4}, {"ven": "over_75"})


def test_a_scale_is_whole_or_parted_at_its_cut_and_a_number_always_parted() -> None:
    assert told((GLAD,), rows("glad", (2, 5), (4, 5), (5, 10)))["glad"].counts == {
        "1": 0, "2": 5, "3": 0, "4": 5, "5": 10
    }  # fmt: skip
    assert told((GLAD,), rows("glad", (2, 4), (4, 3), (5, 3)))["glad"] == Outcome("glad", "two", 10, {UPPER: 6})
    assert told((YEARS,), rows("years", (1, 10), (7, 15)))["years"] == Outcome("years", "two", 25, {UPPER: 15})


def test_a_ranking_is_an_order_without_numbers_and_equals_stand_together() -> None:
    made = told((RANK,), rows("rank", (("ro", "pris", "plads"), 6), (("pris", "ro", "plads"), 6)))["rank"]
    assert made == Outcome("rank", "order", 12, order=(("ro", "pris"), ("plads",)))


def test_of_words_only_how_many_wrote_is_told_and_the_coded_row_has_none() -> None:
    asked = replace(WHY, show_if=())
    assert told((asked,), rows("why", ("", 11), (None, 4)))["why"] == Outcome("why", "words", 11)
    assert results.coded(Survey(both("x"), (asked,)), {"why": "Hemmelig"}) == {"why": ""}
    assert results.coded(Survey(both("x"), (asked,)), {"why": None}) == {"why": None}
    assert results.coded(HOME, {"live": "alene", "with": ("ven",)}) == {"live": "alene"}


def branched(alone: int, together: int) -> dict[str, Outcome]:
    more: list[Row] = [{"live": "sammen", "with": ("ven",)} for _ in range(together)]
    return told((LIVE, WITH), [*rows("live", ("alene", alone)), *more])


def test_a_branch_is_told_only_where_the_answer_it_hangs_on_is() -> None:
    assert branched(15, 10)["with"].how == "shares"
    # The first is withheld (a cell of four), and how many were led on would give it away.
    assert (branched(4, 20)["live"].how, branched(4, 20)["with"].how) == ("few", "few")


def test_a_branch_off_a_number_is_told_only_at_the_published_cut() -> None:
    at_cut = Question("more", Kind.TEXT, both("Og?"), show_if=(Rule("years", Asks.AT_LEAST, 2),))
    beside = replace(at_cut, show_if=(Rule("years", Asks.AT_LEAST, 5),))
    made: list[Row] = [{"years": 1}] * 8 + [{"years": 9, "more": ""}] * 14
    assert told((YEARS, at_cut), made)["more"] == Outcome("more", "words", 14)
    assert told((YEARS, beside), made)["more"].how == "few"


def test_two_rules_together_tell_nothing_when_fewer_than_three_are_led_past() -> None:
    deeper = Question(
        "deep", Kind.TEXT, both("Og?"), show_if=(Rule("live", Asks.IS, "sammen"), Rule("glad", Asks.AT_LEAST, 4))
    )
    both_of = [{"live": "sammen", "glad": 5, "deep": ""}]

    def of(both_said: int, together: int, happy: int) -> str:
        made = both_of * both_said + [{"live": "sammen", "glad": 1}] * together + [{"live": "alene", "glad": 5}] * happy
        return told((LIVE, GLAD, deeper), made + [{"live": "alene", "glad": 1}] * 5)["deep"].how

    assert (of(18, 7, 3), of(10, 3, 3)) == ("words", "words")
    assert of(2, 7, 16) == "few"
    # Everybody who is glad lives with others, or all but two: then the number asked would say so of each of them.
    assert (of(18, 7, 0), of(18, 7, 2), of(18, 2, 7)) == ("few", "few", "few")


def test_whether_something_was_answered_may_keep_nobody_out() -> None:
    rules = (Rule("live", Asks.IS, "sammen"), Rule("years", Asks.ANSWERED))
    deeper = Question("deep", Kind.TEXT, both("Og?"), show_if=rules)
    made: list[Row] = [{"live": "sammen", "years": 1, "deep": ""}] * 8
    made += [{"live": "sammen", "years": 3, "deep": ""}] * 8 + [{"live": "alene", "years": 3}] * 6
    assert told((LIVE, YEARS, deeper), made)["deep"].how == "words"
    assert told((LIVE, YEARS, deeper), [*made, {"live": "sammen", "years": None}])["deep"].how == "few"


def test_votes_are_told_as_an_order_and_only_from_ten_voters() -> None:
    votes = {"a": 2, "b": 7, "c": 2}
    assert results.vote_order(votes, voters=10) == ("b", "a", "c")
    assert results.vote_order(votes, voters=9) is None


def test_results_are_the_same_after_they_were_frozen() -> None:
    made = results.results(HOME, [{"live": "alene", "glad": 4, "rank": ("ro", "pris", "plads")}] * 20, invited=30)
    assert results.from_plain(results.to_plain(made)) == made
    assert made.outcome("none") == Outcome("none", "few")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "live": st.sampled_from(["alene", "sammen", "andet"]),
                "with": st.sampled_from([(), ("ven",), ("familie",), ("ven", "familie")]),
                "glad": st.one_of(st.none(), st.integers(1, 5)),
                "rank": st.permutations(["ro", "pris", "plads"]).map(tuple),
                "years": st.integers(0, 60),
            }
        ),
        max_size=60,
    )
)
def test_no_small_cell_is_ever_shown(made: list[Row]) -> None:
    found: Results = results.results(HOME, made, invited=len(made))
    for one in found.outcomes:
        assert one.how == "few" or one.base >= 10
        if one.how == "whole":
            assert one.base >= 20
            assert all(number == 0 or number >= 5 for number in one.counts.values())
        elif one.how in {"shares", "two"}:
            assert all(min(number, one.base - number) >= 3 for number in one.counts.values())
        assert not set(one.counts) & set(one.bands)


@pytest.mark.parametrize("kind", ["whole", "few"])
def test_choices_keep_the_order_of_the_question(kind: str) -> None:
    made = told((LIVE,), rows("live", ("sammen", 12), ("alene", 12 if kind == "whole" else 1)))["live"]
    assert (made.how, list(made.counts)) == (kind, ["alene", "sammen", "andet"] if kind == "whole" else [])
