"""Whom a survey's question is for: the conditions on earlier answers, in words, as fields, and read from them.

A condition on a choice is one list ("is »Alone«", "is not »Alone«"), so that nothing in it can be at odds; one on a
number is a comparison and the number.
"""

from __future__ import annotations

from typing import Any, Final

from backend.forms import Form
from locales import text
from models.domain.errors import Invalid
from models.domain.panels import Asks, Kind, Question, Rule, Survey
from models.domain.panels_check import COUNTING, TESTS

MOST: Final = 8


def said(survey: Survey, rule: Rule, language: str) -> str:
    """A condition in words: "Vises kun, hvis svaret på 1 er »Med andre«."."""
    asked = survey.question(rule.question)
    choice = asked.choice(str(rule.value)) if asked else None
    value = choice.label.get(language, "") if choice else str(rule.value)
    first = ".first" if asked and asked.kind is Kind.RANKING and rule.test is not Asks.ANSWERED else ""
    return text(f"desk.surveys.if.{rule.test}{first}", language, n=_number(survey, rule.question), value=value)


def read(survey: Survey, asked: Question, form: Form) -> tuple[Rule, ...]:
    """The conditions as the form says them, each once; one on a question that is gone is left out. A form without the
    fields leaves them as they are. Raises Invalid for what is no number, at its field."""
    if "conditions" not in form.values:
        return asked.show_if
    found = []
    for place in range(_count(form)):
        on = survey.question(form.text(f"if_{place}"))
        if on is None:
            continue
        test, _, choice = form.text(f"if_test_{place}").partition(":")
        if test not in TESTS[on.kind]:
            raise Invalid("survey_rule_wrong", f"if_test_{place}")
        value: str | int = choice
        if test == Asks.ANSWERED:
            value = ""
        elif on.kind in COUNTING:
            value = form.number(f"if_value_{place}")
        found.append(Rule(on.key, Asks(test), value))
    return tuple(dict.fromkeys(found))


def fields(survey: Survey, asked: Question, form: Form | None, language: str) -> list[dict[str, Any]]:
    """The conditions as the form shows them: as they stand, or as they were typed when that was refused."""
    rules = asked.show_if
    stands = [
        {"on": rule.question, "test": rule.test.value, "value": str(rule.value)}
        if _counts(survey, rule.question) or rule.test is Asks.ANSWERED
        else {"on": rule.question, "test": f"{rule.test}:{rule.value}", "value": ""}
        for rule in rules
    ]
    if form is not None and "conditions" in form.values:
        stands = [
            {"on": form.text(f"if_{place}"), "test": form.text(f"if_test_{place}"),
             "value": form.text(f"if_value_{place}")}
            for place in range(_count(form))
        ]  # fmt: skip
    return [
        one | {
            "about": _named(survey, on, language), "tests": _tests(on, language), "counts": on.kind in COUNTING,
            "range": text("desk.surveys.condition_range", language, low=on.low, high=on.high),
        }
        for one in stands if (on := survey.question(one["on"])) is not None
    ]  # fmt: skip


def _count(form: Form) -> int:
    given = form.text("conditions")
    return min(int(given), MOST) if given.isdecimal() and len(given) == 1 else 0


def earlier(survey: Survey, asked: Question, language: str) -> list[dict[str, str]]:
    """The questions a condition can be about: those that come before."""
    before = survey.questions[: survey.questions.index(asked)]
    return [{"value": one.key, "words": _named(survey, one, language)} for one in before]


def _tests(on: Question, language: str) -> list[dict[str, str]]:
    """What can be asked of an answer to `on`, in the order of the rules."""
    found = []
    kind = "counted" if on.kind in COUNTING else on.kind.value
    for test in (one for one in Asks if one in TESTS[on.kind]):
        if test is Asks.ANSWERED:
            found.append({"value": test.value, "words": text("desk.surveys.when.answered", language)})
        elif on.kind in COUNTING:
            found.append({"value": test.value, "words": text(f"desk.surveys.when.{kind}.{test}", language)})
        else:
            found += [
                {"value": f"{test}:{one.key}",
                 "words": text(f"desk.surveys.when.{kind}.{test}", language,
                               value=one.label.get(language) or text("desk.surveys.choice_n", language, n=number))}
                for number, one in enumerate(on.choices, start=1)
            ]  # fmt: skip
    return found


def _named(survey: Survey, one: Question, language: str) -> str:
    return f"{_number(survey, one.key)}. {one.text.get(language) or text('desk.surveys.unwritten', language)}"


def _number(survey: Survey, key: str) -> int:
    return next((place for place, one in enumerate(survey.questions, start=1) if one.key == key), 0)


def _counts(survey: Survey, key: str) -> bool:
    on = survey.question(key)
    return on is not None and on.kind in COUNTING
