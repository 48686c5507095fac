"""What is wrong with a panel survey before it is published: codes, each with the question it is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from models.domain.panels import END, LANGUAGES, Asks, Kind, Question, Rule, Survey, Texts, within_reach

LONGEST_TITLE: Final = 60
LONGEST_TEXT: Final = 200
#: A label with its tick or its place has to fit on a phone's button.
LONGEST_LABEL: Final = 40
LONGEST_END: Final = 24
MOST_QUESTIONS: Final = 20
MOST_CHOICES: Final = 10
MOST_RANKED: Final = 7
MOST_POINTS: Final = 11
#: As in the chat: below 25 a children's book, above 30 no longer light.
HARDEST: Final = 30
_TOO_SHORT_TO_MEASURE: Final = 8

_CHOOSING: Final = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING})
COUNTING: Final = frozenset({Kind.SCALE, Kind.NUMBER})
#: What a condition may ask of an answer, by the kind of the question.
TESTS: Final[Mapping[Kind, frozenset[Asks]]] = {
    Kind.SINGLE: frozenset({Asks.IS, Asks.IS_NOT, Asks.ANSWERED}),
    Kind.MULTIPLE: frozenset({Asks.CONTAINS, Asks.LACKS, Asks.ANSWERED}),
    Kind.SCALE: frozenset({Asks.IS, Asks.IS_NOT, Asks.AT_LEAST, Asks.AT_MOST, Asks.ANSWERED}),
    Kind.NUMBER: frozenset({Asks.IS, Asks.IS_NOT, Asks.AT_LEAST, Asks.AT_MOST, Asks.ANSWERED}),
    Kind.TEXT: frozenset({Asks.ANSWERED}),
    Kind.RANKING: frozenset({Asks.IS, Asks.IS_NOT, Asks.ANSWERED}),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; `question` is its key, "" for the survey itself."""

    code: str
    question: str = ""


def problems(survey: Survey) -> tuple[Problem, ...]:
    """Everything that keeps a survey from being published, in the order of the questions; empty when it is ready."""
    return tuple(dict.fromkeys(_problems(survey)))


def at_fields(survey: Survey, question: Question, found: tuple[Problem, ...]) -> tuple[tuple[str, str], ...]:
    """Where on the form of one question its problems are mended: (field, code), the fields in the form's order. A field
    is named after what it holds: "text_en", "label_da_c2", "choices", "high", "cut", "leads_to_c1", "show_if", and of
    its first condition "if_test_0" and "if_value_0"."""
    codes = [one.code for one in found if one.question == question.key]
    at = list[tuple[str, str]]()
    for code in codes:
        if code in {"text_missing", "text_long"}:
            at += _fields_of("text", question.text, code, LONGEST_TEXT)
        elif code in {"label_missing", "label_long"}:
            for one in question.choices:
                at += _fields_of("label", one.label, code, LONGEST_LABEL, f"_{one.key}")
            for place, end in zip(("low", "high"), question.ends or (), strict=False):
                at += _fields_of(f"end_{place}", end, code, LONGEST_END)
        elif code in _OF_RULES:
            at += _rules_with(survey, question, code)
        elif code == "leads_back":
            at += [(f"leads_to_{one.key}", code) for one in question.choices if one.leads_to]
        else:
            at.append((_FIELDS.get(code, "text_da"), code))
    return tuple(at)


_FIELDS: Final[Mapping[str, str]] = {
    "text_hard": "text_da", "too_few_choices": "choices", "too_many_choices": "choices", "choice_twice": "choices",
    "range_wrong": "high", "cut_wrong": "cut", "unreachable": "show_if", "leads_nowhere": "choices",
}  # fmt: skip


_OF_RULES: Final = frozenset({"rule_not_before", "rule_wrong", "rule_outside"})


def _rules_with(survey: Survey, question: Question, code: str) -> Iterator[tuple[str, str]]:
    before = {one.key: one for one in survey.questions[: survey.questions.index(question)]}
    for place, rule in enumerate(question.show_if):
        if _of_rule(rule, before) == code:
            yield f"if_{'value' if code == 'rule_outside' else 'test'}_{place}", code


def _fields_of(name: str, texts: Texts, code: str, longest: int, end: str = "") -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        said = texts.get(language, "").strip()
        if len(said) > longest if code.endswith("_long") else not said:
            yield f"{name}_{language}{end}", code


def lix(text: str) -> float:
    """Björnsson's readability index: words per sentence, plus the percentage of words longer than six letters."""
    words = re.findall(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+", text)
    sentences = [piece for piece in re.split(r"[.!?:]+(?=\s|$)|\n+", text) if re.search(r"\w", piece)]
    if not words:
        return 0.0
    return len(words) / max(1, len(sentences)) + 100 * sum(len(word) > 6 for word in words) / len(words)


def unreachable(survey: Survey) -> frozenset[str]:
    """The questions that no answers lead to. Exact: rules all have to hold, so what they ask of one answer is put
    together and tried on every answer that question can have; and every way the choices lead is walked. Where rules and
    leading choices meet, what is named is unreachable, though not all that is unreachable is named."""
    within = within_reach(survey)
    return frozenset(one.key for one in survey.questions if one.key not in within or not _possible(survey, one))


def _problems(survey: Survey) -> Iterator[Problem]:
    yield from _of_texts(survey.title, LONGEST_TITLE, "title", "")
    if not survey.questions:
        yield Problem("no_questions")
    if len(survey.questions) > MOST_QUESTIONS:
        yield Problem("too_many_questions")
    keys = Counter(one.key for one in survey.questions)
    yield from (Problem("key_twice", key) for key, times in keys.items() if times > 1)
    before: dict[str, Question] = {}
    sound = True
    for question in survey.questions:
        yield from _of_question(question)
        for rule in question.show_if:
            wrong = _of_rule(rule, before)
            if wrong:
                sound = False
                yield Problem(wrong, question.key)
        before.setdefault(question.key, question)
        if any(one.leads_to in before for one in question.choices):
            sound = False
            yield Problem("leads_back", question.key)
        elif any(one.leads_to not in {"", END, *keys} for one in question.choices):
            sound = False
            yield Problem("leads_nowhere", question.key)
    if sound and keys.total() == len(keys):
        yield from (Problem("unreachable", key) for key in sorted(unreachable(survey)))


def _of_question(question: Question) -> Iterator[Problem]:
    key = question.key
    yield from _of_texts(question.text, LONGEST_TEXT, "text", key)
    danish = question.text.get("da", "")
    if len(re.findall(r"\w+", danish)) >= _TOO_SHORT_TO_MEASURE and lix(danish) >= HARDEST:
        yield Problem("text_hard", key)
    if question.kind in _CHOOSING:
        yield from _of_choices(question)
    if question.kind in COUNTING:
        yield from _of_range(question)


def _of_choices(question: Question) -> Iterator[Problem]:
    key, keys = question.key, [one.key for one in question.choices]
    if len(keys) < 2:
        yield Problem("too_few_choices", key)
    if len(keys) > (MOST_RANKED if question.kind is Kind.RANKING else MOST_CHOICES):
        yield Problem("too_many_choices", key)
    if len(set(keys)) < len(keys):
        yield Problem("choice_twice", key)
    for one in question.choices:
        yield from _of_texts(one.label, LONGEST_LABEL, "label", key)
    for language in LANGUAGES:
        labels = [said for one in question.choices if (said := one.label.get(language, "").casefold())]
        if len(set(labels)) < len(labels):
            yield Problem("choice_twice", key)
    if not set(question.upper) < set(keys) and question.upper:
        yield Problem("cut_wrong", key)


def _of_range(question: Question) -> Iterator[Problem]:
    key = question.key
    points = question.high - question.low + 1
    if points < 2 or question.low < 0 or (question.kind is Kind.SCALE and points > MOST_POINTS):
        yield Problem("range_wrong", key)
    elif question.cut is None or not question.low < question.cut <= question.high:
        yield Problem("cut_wrong", key)
    for end in question.ends or ():
        yield from _of_texts(end, LONGEST_END, "label", key)


def _of_texts(texts: Texts, longest: int, what: str, key: str) -> Iterator[Problem]:
    for language in LANGUAGES:
        said = texts.get(language, "").strip()
        if not said:
            yield Problem(f"{what}_missing", key)
        if len(said) > longest:
            yield Problem(f"{what}_long", key)


def _of_rule(rule: Rule, before: Mapping[str, Question]) -> str:
    """A rule looks back only, so no survey can turn in a circle."""
    asked = before.get(rule.question)
    if asked is None:
        return "rule_not_before"
    if rule.test not in TESTS[asked.kind]:
        return "rule_wrong"
    if rule.test is Asks.ANSWERED:
        return ""
    if asked.kind in COUNTING:
        if not isinstance(rule.value, int):
            return "rule_wrong"
        return "" if asked.low <= rule.value <= asked.high else "rule_outside"
    return "" if isinstance(rule.value, str) and asked.choice(rule.value) else "rule_wrong"


def _possible(survey: Survey, question: Question) -> bool:
    wanted: dict[str, set[Rule]] = {}
    waiting = [question]
    while waiting:
        for rule in waiting.pop().show_if:
            asked = survey.question(rule.question)
            if asked is None:
                return False
            wanted.setdefault(asked.key, set()).add(rule)
            waiting.append(asked)
    return all(_satisfiable(survey.question(key), rules) for key, rules in wanted.items())


def _satisfiable(asked: Question | None, rules: set[Rule]) -> bool:
    if asked is None:
        return False
    is_, is_not = _values(rules, Asks.IS), _values(rules, Asks.IS_NOT)
    if asked.kind is Kind.MULTIPLE:
        return not _values(rules, Asks.CONTAINS) & _values(rules, Asks.LACKS)
    if asked.kind in COUNTING:
        low = max([asked.low, *(int(one) for one in _values(rules, Asks.AT_LEAST))])
        high = min([asked.high, *(int(one) for one in _values(rules, Asks.AT_MOST))])
        left = high - low + 1 - sum(low <= int(one) <= high for one in is_not)
        return left > 0 if not is_ else len(is_) == 1 and not is_ & is_not and low <= int(min(is_, key=int)) <= high
    if asked.kind is Kind.TEXT:
        return True
    return len(is_) < 2 and bool((is_ or {one.key for one in asked.choices}) - is_not)


def _values(rules: set[Rule], test: Asks) -> set[str | int]:
    return {rule.value for rule in rules if rule.test is test}
