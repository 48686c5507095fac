"""A panel survey: its questions, and the way through them.

A survey is frozen data. Where somebody stands is their answers; the next question is computed from them, never
remembered. An answer to a question that is not shown (any more) does not count.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

LANGUAGES: Final = ("da", "en")
LONGEST_WORDS: Final = 2000
#: Of each part of "you said, we did".
LONGEST_DONE: Final = 300
#: Where a choice leads that ends the survey.
END: Final = "."
#: How long members have a result before any desk sees it.
FIRST_DAYS: Final = 3
#: How long members may say whether "you said, we did" is true.
JUDGING: Final = timedelta(days=7)
#: So few "no" are no verdict on what was done.
LEAST_JUDGES: Final = 3
REMINDERS: Final = 2
_REMIND_AFTER: Final = timedelta(days=2)
_REMIND_APART: Final = timedelta(days=3)
_REMIND_BEFORE_END: Final = timedelta(hours=12)

#: None is a skipped question: it was shown and no answer was wanted.
Answer: TypeAlias = str | int | tuple[str, ...] | None
Answers: TypeAlias = Mapping[str, Answer]
Texts: TypeAlias = Mapping[str, str]


class Kind(StrEnum):
    """What a question asks for."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    NUMBER = "number"
    TEXT = "text"
    RANKING = "ranking"


class Asks(StrEnum):
    """What a rule asks of an earlier answer."""

    IS = "is"  # a choice, a number, or what was ranked first
    IS_NOT = "is_not"
    CONTAINS = "contains"  # of a multiple choice
    LACKS = "lacks"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question. Of a single choice it may lead past what comes next: to a later question's key, or to
    `END`; empty is the next question."""

    key: str
    label: Texts
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds when the answer to `question` passes `test`. A question skipped or not shown passes none."""

    question: str
    test: Asks
    value: str | int = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Shown when every rule of `show_if` holds and no answer before it leads past it.

    `low`, `high` and what stands at the `ends` belong to scale and number; `cut` is where their results are parted in
    two when the answers are too few to be shown one by one, and `upper` does the same for a single choice.
    """

    key: str
    kind: Kind
    text: Texts
    choices: tuple[Choice, ...] = ()
    low: int = 0
    high: int = 0
    ends: tuple[Texts, Texts] | None = None
    cut: int | None = None
    upper: tuple[str, ...] = ()
    required: bool = False
    show_if: tuple[Rule, ...] = ()

    def choice(self, key: str) -> Choice | None:
        """The option with this key."""
        return next((one for one in self.choices if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Survey:
    """A whole survey. Published, it never changes; an edit is a new version."""

    title: Texts
    questions: tuple[Question, ...] = field(default=())

    def question(self, key: str) -> Question | None:
        """The question with this key."""
        return next((one for one in self.questions if one.key == key), None)


# --- the way through ------------------------------------------------------------------------------------------------


def shown(survey: Survey, answers: Answers) -> tuple[Question, ...]:
    """The questions these answers lead past, in order; those still to be answered among them."""
    found: list[Question] = []
    counted: dict[str, Answer] = {}
    led_to = ""
    for question in survey.questions:
        if led_to not in {"", question.key}:
            continue
        led_to = ""
        if all(holds(rule, counted) for rule in question.show_if):
            found.append(question)
            if question.key in answers:
                counted[question.key] = answers[question.key]
                led_to = leads_to(question, answers[question.key])
    return tuple(found)


def leads_to(question: Question, answer: Answer) -> str:
    """Where this answer leads: the key of a question, `END`, or "" for the next one."""
    chosen = question.choice(answer) if question.kind is Kind.SINGLE and isinstance(answer, str) else None
    return chosen.leads_to if chosen else ""


def counted(survey: Survey, answers: Answers) -> dict[str, Answer]:
    """The answers that count: those to questions that are shown."""
    return {one.key: answers[one.key] for one in shown(survey, answers) if one.key in answers}


def next_question(survey: Survey, answers: Answers) -> Question | None:
    """The first shown question without an answer; None when all are answered. A skipped one is answered."""
    return next((one for one in shown(survey, answers) if one.key not in answers), None)


def previous_question(survey: Survey, answers: Answers, current: str) -> Question | None:
    """The shown question before `current`; None at the first, and for a question that is not shown."""
    path = shown(survey, answers)
    place = next((number for number, one in enumerate(path) if one.key == current), 0)
    return path[place - 1] if place > 0 else None


def progress(survey: Survey, answers: Answers, current: str) -> tuple[int, int, bool]:
    """(place, of, exact) of the question on the screen: "2 of 6", or "2 of at most 6" while an answer that is not
    given yet decides whether more are shown. Raises ValueError for a question that is not shown."""
    path = [one.key for one in shown(survey, answers)]
    place = path.index(current) + 1
    settled = {key: answer for key, answer in counted(survey, answers).items() if key in path[: place - 1]}
    ahead = _ahead(survey, settled, [one.key for one in survey.questions].index(current))
    return place, place - 1 + ahead.most, ahead.most == ahead.least


def within_reach(survey: Survey) -> frozenset[str]:
    """The questions some way through the survey may come to, as far as where the answers lead decides it."""
    return _ahead(survey, {}, 0).within


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What lies ahead: the questions that may be shown, and how many are at most and at least."""

    within: frozenset[str]
    most: int
    least: int


def _ahead(survey: Survey, settled: Answers, start: int) -> _Ahead:
    """From the question at `start` on, which is open, when what is `settled` was answered before it."""
    end = len(survey.questions)
    within: set[str] = set()
    reached, ways, certain = {start}, dict[int, frozenset[int]](), set[int]()
    for place, one in enumerate(survey.questions[start:], start):
        if place not in reached:
            continue
        ways[place] = frozenset()
        if all(rule.question in within or holds(rule, settled) for rule in one.show_if):
            within.add(one.key)
            ways[place] = _ways(survey, place)
        if all(holds(rule, settled) for rule in one.show_if):
            certain.add(place)
        reached |= ways[place] | (set() if place in certain else {place + 1})
    most, least = [0] * (end + 1), [0] * (end + 1)
    for place in sorted(ways, reverse=True):
        passed = [] if place in certain else [place + 1]
        most[place] = max([1 + most[way] for way in ways[place]] + [most[way] for way in passed])
        least[place] = min([1 + least[way] for way in ways[place]] + [least[way] for way in passed])
    return _Ahead(frozenset(within), most[start] if end else 0, least[start] if end else 0)


def _ways(survey: Survey, place: int) -> frozenset[int]:
    """The places one may come to after the question at `place` was shown. What leads back or nowhere ends it."""
    end, question = len(survey.questions), survey.questions[place]
    leading = [one.leads_to for one in question.choices] if question.kind is Kind.SINGLE else []
    places = {one.key: number for number, one in enumerate(survey.questions) if number > place}
    ways = {place + 1 if not key else places.get(key, end) for key in leading}
    return frozenset(ways | ({place + 1} if not leading or not question.required else set()))


def holds(rule: Rule, answers: Answers) -> bool:
    """Whether a rule holds for the answers that count."""
    answer = answers.get(rule.question)
    if answer is None:
        return False
    if rule.test is Asks.ANSWERED:
        return True
    if isinstance(answer, tuple):
        first = answer[0] if answer else ""
        found = {
            Asks.CONTAINS: rule.value in answer, Asks.LACKS: rule.value not in answer,
            Asks.IS: first == rule.value, Asks.IS_NOT: first != rule.value,
        }  # fmt: skip
        return found.get(rule.test, False)
    if rule.test is Asks.IS:
        return answer == rule.value
    if rule.test is Asks.IS_NOT:
        return answer != rule.value
    if isinstance(answer, int) and isinstance(rule.value, int):
        return answer >= rule.value if rule.test is Asks.AT_LEAST else answer <= rule.value
    return False


def accepts(question: Question, answer: Answer) -> bool:
    """Whether this is an answer the question can have. A multiple choice may be empty: "none of them"."""
    if answer is None:
        return not question.required
    keys = {one.key for one in question.choices}
    if question.kind is Kind.SINGLE:
        return isinstance(answer, str) and answer in keys
    if question.kind in {Kind.SCALE, Kind.NUMBER}:
        return isinstance(answer, int) and not isinstance(answer, bool) and question.low <= answer <= question.high
    if question.kind is Kind.TEXT:
        return isinstance(answer, str) and 0 < len(answer.strip()) <= LONGEST_WORDS
    if not isinstance(answer, tuple) or len(set(answer)) != len(answer) or not set(answer) <= keys:
        return False
    return question.kind is Kind.MULTIPLE or len(answer) == len(keys)


# --- picking several, one tap at a time -----------------------------------------------------------------------------


def ticked(question: Question, picked: Sequence[str], key: str, *, on: bool) -> tuple[str, ...]:
    """The ticks after one of them was set or taken away, in the question's order. Twice the same changes nothing."""
    wanted = {*picked, key} if on else set(picked) - {key}
    return tuple(one.key for one in question.choices if one.key in wanted)


def placed(question: Question, picked: Sequence[str], key: str, place: int) -> tuple[str, ...]:
    """The ranking after `key` was put at `place` (from 1). Only the next place can be filled: a button pressed twice,
    or on an old screen, changes nothing. The last option takes the last place by itself."""
    order = tuple(one for one in picked if question.choice(one) is not None)
    if place != len(order) + 1 or key in order or question.choice(key) is None:
        return order
    order = (*order, key)
    left = [one.key for one in question.choices if one.key not in order]
    return (*order, left[0]) if len(left) == 1 else order


def unplaced(question: Question, picked: Sequence[str]) -> tuple[str, ...]:
    """The ranking without the last that was put there by hand (the last of all came by itself, so it goes too)."""
    order = tuple(picked)
    return order[:-2] if len(order) == len(question.choices) else order[:-1]


# --- time -----------------------------------------------------------------------------------------------------------


def reminder_due(now: datetime, *, asked_at: datetime, reminded: Sequence[datetime], closes_at: datetime) -> bool:
    """Whether somebody who has not answered may be reminded now: two days after the invitation, three days apart, at
    most twice, and never in the last hours."""
    if len(reminded) >= REMINDERS or closes_at - now < _REMIND_BEFORE_END:
        return False
    return now >= (max(reminded) + _REMIND_APART if reminded else asked_at + _REMIND_AFTER)


def approved(yes: int, no: int) -> bool:
    """Whether "you said, we did" stands after the members could say if it is true: it falls only when at least three
    have said no, and they are more than those who said yes."""
    return not (no >= LEAST_JUDGES and no > yes)


# --- as data --------------------------------------------------------------------------------------------------------


def to_plain(survey: Survey) -> str:
    """A survey as canonical JSON: the same survey is the same text."""
    questions = [
        {
            "key": one.key, "kind": one.kind.value, "text": dict(one.text), "required": one.required,
            "choices": [
                {"key": choice.key, "label": dict(choice.label)}
                | ({"leads_to": choice.leads_to} if choice.leads_to else {})
                for choice in one.choices
            ],
            "low": one.low, "high": one.high, "cut": one.cut, "upper": list(one.upper),
            "ends": [dict(end) for end in one.ends] if one.ends else None,
            "show_if": [
                {"question": rule.question, "test": rule.test.value, "value": rule.value} for rule in one.show_if
            ],
        }
        for one in survey.questions
    ]  # fmt: skip
    plain = {"title": dict(survey.title), "questions": questions}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_plain(plain: str) -> Survey:
    """The survey `to_plain` has written."""
    found = json.loads(plain)
    return Survey(found["title"], tuple(from_given(one) for one in found["questions"]))


def answer_to_plain(answer: Answer) -> str:
    """An answer as JSON."""
    return json.dumps(answer, ensure_ascii=False)


def answer_from_plain(plain: str) -> Answer:
    """The answer `answer_to_plain` has written."""
    found: str | int | list[str] | None = json.loads(plain)
    return tuple(found) if isinstance(found, list) else found


def from_given(plain: Mapping[str, Any]) -> Question:
    """One question out of the same plain form."""
    ends = plain["ends"]
    return Question(
        key=plain["key"],
        kind=Kind(plain["kind"]),
        text=plain["text"],
        choices=tuple(Choice(one["key"], one["label"], one.get("leads_to", "")) for one in plain["choices"]),
        low=plain["low"],
        high=plain["high"],
        ends=(ends[0], ends[1]) if ends else None,
        cut=plain["cut"],
        upper=tuple(plain["upper"]),
        required=plain["required"],
        show_if=tuple(Rule(one["question"], Asks(one["test"]), one["value"]) for one in plain["show_if"]),
    )
