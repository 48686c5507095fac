"""Changing the draft of a panel survey, one step at a time: each step takes a survey and gives the next one.

What a step makes may be unfinished or wrong: `panels_check` says what has to be mended before it is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from models.domain.panels import END, LANGUAGES, Asks, Choice, Kind, Question, Rule, Survey, Texts

One = TypeVar("One", Question, Choice)

_EMPTY: Final[Texts] = dict.fromkeys(LANGUAGES, "")
_CHOOSING: Final = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING})
_OF_A_CHOICE: Final = frozenset({Asks.IS, Asks.IS_NOT, Asks.CONTAINS, Asks.LACKS})


def blank(kind: Kind, key: str) -> Question:
    """A question nobody has written yet, of a shape that works."""
    if kind in _CHOOSING:
        return Question(key, kind, _EMPTY, choices=(Choice("c1", _EMPTY), Choice("c2", _EMPTY)))
    if kind is Kind.SCALE:
        return Question(key, kind, _EMPTY, low=1, high=5, cut=4)
    if kind is Kind.NUMBER:
        return Question(key, kind, _EMPTY, low=0, high=10, cut=5)
    return Question(key, kind, _EMPTY)


def next_key(survey: Survey) -> str:
    """The key of the next question to be added."""
    return _free("q", [one.key for one in survey.questions])


def retitled(survey: Survey, title: Texts) -> Survey:
    """With another title."""
    return replace(survey, title=dict(title))


def added(survey: Survey, question: Question) -> Survey:
    """With one more question, last."""
    return replace(survey, questions=(*survey.questions, question))


def moved(survey: Survey, key: str, step: int) -> Survey:
    """With one question a step further down (1) or up (-1). At the edge nothing changes."""
    return replace(survey, questions=_moved(survey.questions, key, step))


def removed(survey: Survey, key: str) -> Survey:
    """Without a question, without conditions on it, and with what led to it leading to what came after it."""
    keys = [one.key for one in survey.questions]
    after = keys[keys.index(key) + 1 :] if key in keys else []
    heir = after[0] if after else END
    return replace(
        survey,
        questions=tuple(
            replace(
                one,
                show_if=tuple(rule for rule in one.show_if if rule.question != key),
                choices=tuple(replace(way, leads_to=heir) if way.leads_to == key else way for way in one.choices),
            )
            for one in survey.questions
            if one.key != key
        ),
    )


def rewritten(survey: Survey, question: Question) -> Survey:
    """With what one question says now. Conditions on a choice it no longer has are gone."""
    kept = {one.key for one in question.choices}

    def stands(rule: Rule) -> bool:
        return rule.question != question.key or rule.test not in _OF_A_CHOICE or not kept or rule.value in kept

    return replace(
        survey,
        questions=tuple(
            question
            if one.key == question.key
            else replace(one, show_if=tuple(rule for rule in one.show_if if stands(rule)))
            for one in survey.questions
        ),
    )


def with_choice(question: Question) -> Question:
    """With one more choice, last and empty."""
    fresh = Choice(_free("c", [one.key for one in question.choices]), _EMPTY)
    return replace(question, choices=(*question.choices, fresh))


def choice_moved(question: Question, key: str, step: int) -> Question:
    """With one choice a step further down (1) or up (-1)."""
    return replace(question, choices=_moved(question.choices, key, step))


def without_choice(question: Question, key: str) -> Question:
    """Without one choice."""
    return replace(
        question,
        choices=tuple(one for one in question.choices if one.key != key),
        upper=tuple(one for one in question.upper if one != key),
    )


def hanging_on(question: Question, on: Question) -> Question:
    """With one more condition, on the answer to an earlier question: the likeliest one, to be chosen otherwise."""
    likeliest = {
        Kind.MULTIPLE: Rule(on.key, Asks.CONTAINS, on.choices[0].key if on.choices else ""),
        Kind.SCALE: Rule(on.key, Asks.AT_MOST, on.low),
        Kind.NUMBER: Rule(on.key, Asks.AT_LEAST, on.high if on.cut is None else on.cut),
        Kind.TEXT: Rule(on.key, Asks.ANSWERED),
    }.get(on.kind, Rule(on.key, Asks.IS, on.choices[0].key if on.choices else ""))
    return replace(question, show_if=(*question.show_if, likeliest))


def without_rule(question: Question, place: int) -> Question:
    """Without one of its conditions, counted from 0."""
    return replace(question, show_if=(*question.show_if[:place], *question.show_if[place + 1 :]))


def led_here(survey: Survey, key: str) -> tuple[tuple[Question, Choice], ...]:
    """The choices that lead to a question."""
    return tuple((one, way) for one in survey.questions for way in one.choices if way.leads_to == key)


def _moved(found: Sequence[One], key: str, step: int) -> tuple[One, ...]:
    order = list(found)
    here = next((place for place, one in enumerate(order) if one.key == key), None)
    if here is None or not 0 <= here + step < len(order):
        return tuple(order)
    order.insert(here + step, order.pop(here))
    return tuple(order)


def _free(letter: str, keys: Iterable[str]) -> str:
    used = [int(one[1:]) for one in keys if one[0] == letter and one[1:].isdecimal()]
    return f"{letter}{max(used, default=0) + 1}"
