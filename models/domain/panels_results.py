"""What a panel may be told of its own answers: counts, and only those that could point at nobody.

The same disclosure control as the figures (`disclosure`): the only reason ever given is "few". Answers are counted over
the whole panel and never broken down, so the only margins that could be set against one another are those of a
question and of the questions it leads to; `_led_to` is the rule for them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Literal, TypeAlias, cast

from models.domain.disclosure import (
    LEAST_BASE,
    LEAST_SIDE,
    Band,
    Banded,
    Distribution,
    Shown,
    TwoBands,
    Withheld,
    disclose_distribution,
    disclose_share,
)
from models.domain.panels import Answer, Answers, Asks, Kind, Question, Rule, Survey, counted, shown

How: TypeAlias = Literal["whole", "shares", "two", "order", "words", "few"]

#: The one line of a result that was parted in two: those at or above the cut, or among the upper choices.
UPPER: Final = "upper"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is shown of one question.

    `whole`: people by option, or by point of a scale. `shares`: of each option how many chose it, people may choose
    several. `two`: how many lie at or above the cut. `order`: a ranking from most to least wanted, equals together,
    without numbers. `words`: how many wrote. `few`: nothing. A line in `bands` instead of `counts` is only told as a
    band.
    """

    question: str
    how: How
    base: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)
    order: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """A survey's results as they are frozen. `answered` is None below ten: then nothing else is shown either."""

    invited: int
    answered: int | None
    outcomes: tuple[Outcome, ...]

    def outcome(self, key: str) -> Outcome:
        """What is shown of this question; nothing for one that is not there."""
        return next((one for one in self.outcomes if one.question == key), Outcome(key, "few"))


def coded(survey: Survey, answers: Answers) -> dict[str, Answer]:
    """What is kept of somebody's answers for counting: those that count, and of words only that there were some."""
    texts = {one.key for one in survey.questions if one.kind is Kind.TEXT}
    return {
        key: "" if key in texts and answer is not None else answer for key, answer in counted(survey, answers).items()
    }


def results(survey: Survey, rows: Sequence[Answers], *, invited: int) -> Results:
    """The results of everybody who answered to the end (coded rows)."""
    if len(rows) < LEAST_BASE:
        return Results(invited, None, tuple(Outcome(one.key, "few") for one in survey.questions))
    found: dict[str, Outcome] = {}
    asked = Counter(one.key for row in rows for one in shown(survey, row))
    for question in survey.questions:
        given = [answer for row in rows if (answer := counted(survey, row).get(question.key)) is not None]
        made = _outcome(question, given)
        led_here = all(_led_to(rule, survey, found, asked[question.key]) for rule in question.show_if)
        crossed = _crossed(question, survey, rows, asked[question.key])
        if not (led_here and crossed and _passed(question, survey, found)):
            made = Outcome(question.key, "few")
        found[question.key] = made
    return Results(invited, len(rows), tuple(found.values()))


def vote_order(votes: Mapping[str, int], *, voters: int) -> tuple[str, ...] | None:
    """Proposals from most to least wanted, equals in the order they were put; None when too few have voted."""
    if voters < LEAST_BASE:
        return None
    return tuple(sorted(votes, key=lambda one: -votes[one]))


def to_plain(results: Results) -> str:
    """Results as canonical JSON."""
    return json.dumps(asdict(results), sort_keys=True, separators=(",", ":"))


def from_plain(plain: str) -> Results:
    """The results `to_plain` has written."""
    found = json.loads(plain)
    outcomes = tuple(
        Outcome(
            one["question"], one["how"], one["base"], one["counts"], one["bands"],
            tuple(tuple(equals) for equals in one["order"]),
        )
        for one in found["outcomes"]
    )  # fmt: skip
    return Results(found["invited"], found["answered"], outcomes)


def _outcome(question: Question, given: Sequence[Answer]) -> Outcome:
    key, base = question.key, len(given)
    if base < LEAST_BASE:
        return Outcome(key, "few")
    if question.kind is Kind.TEXT:
        return Outcome(key, "words", base)
    if question.kind is Kind.RANKING:
        return Outcome(key, "order", base, order=_order(question, cast("Sequence[tuple[str, ...]]", given)))
    if question.kind is Kind.MULTIPLE:
        ticks = Counter(one for answer in given if isinstance(answer, tuple) for one in answer)
        return _lines(key, "shares", base, {one.key: ticks[one.key] for one in question.choices})
    if question.kind is Kind.NUMBER:
        return _lines(key, "two", base, {UPPER: sum(_above(question, one) for one in given)})
    options: list[str | int] = [one.key for one in question.choices] or list(range(question.low, question.high + 1))
    counts = Counter(given)
    upper: Collection[str | int] | None = question.upper or None
    if question.kind is Kind.SCALE and question.cut is not None:
        upper = range(question.cut, question.high + 1)
    return _distributed(key, base, disclose_distribution({one: counts[one] for one in options}, upper))


def _distributed(
    key: str, base: int, told: Shown[Distribution] | Shown[TwoBands] | Banded | Withheld
) -> Outcome:  # fmt: skip
    if isinstance(told, Withheld):
        return Outcome(key, "few")
    if isinstance(told, Banded):
        return Outcome(key, "two", base, bands={UPPER: told.band})
    if isinstance(told.value, TwoBands):
        return Outcome(key, "two", base, counts={UPPER: told.value.upper})
    return Outcome(key, "whole", base, counts={str(option): number for option, number in told.value.counts.items()})


def _lines(key: str, how: How, base: int, numbers: Mapping[str, int]) -> Outcome:
    told = {one: disclose_share(number, base) for one, number in numbers.items()}
    return Outcome(
        key, how, base,
        counts={one: numbers[one] for one, how_told in told.items() if isinstance(how_told, Shown)},
        bands={one: how_told.band for one, how_told in told.items() if isinstance(how_told, Banded)},
    )  # fmt: skip


def _order(question: Question, given: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    sums = {one.key: sum(answer.index(one.key) for answer in given) for one in question.choices}
    return tuple(tuple(key for key in sums if sums[key] == total) for total in sorted(set(sums.values())))


def _led_to(rule: Rule, survey: Survey, found: Mapping[str, Outcome], asked: int) -> bool:
    """Whether a question may be shown that this rule leads to: how many were asked tells how many answered that.

    So the answer it hangs on must itself be shown, exactly, and at least three people must have been led past.
    """
    parent, told = survey.question(rule.question), found.get(rule.question)
    if parent is None or told is None or told.how == "few":
        return False
    if rule.test is Asks.ANSWERED:
        return asked == told.base or told.base - asked >= LEAST_SIDE
    if not _tells(rule, parent, told):
        return False
    return min(asked, told.base - asked) >= LEAST_SIDE


def _crossed(question: Question, survey: Survey, rows: Sequence[Answers], asked: int) -> bool:
    """Whether a question may be shown that hangs on answers to several questions: with what is told of each of those,
    how many were asked tells how many of those who answered the one thing also answered the other.

    So of those led here by the rules on one question, at least three must have been kept out by those on the others. A
    rule that only asks whether something was answered may keep nobody out.
    """
    on = {rule.question for rule in question.show_if}
    if len(on) < 2:
        return True
    for key in on:
        own = tuple(rule for rule in question.show_if if rule.question == key)
        alone = replace(question, show_if=own)
        only = replace(survey, questions=tuple(alone if one is question else one for one in survey.questions))
        kept_out = sum(alone in shown(only, row) for row in rows) - asked
        telling = any(rule.test is not Asks.ANSWERED for rule in question.show_if if rule.question != key)
        if kept_out < LEAST_SIDE and (telling or kept_out):
            return False
    return True


def _passed(question: Question, survey: Survey, found: Mapping[str, Outcome]) -> bool:
    """Whether a question may be shown that choices before it lead past: how many were asked tells how many chose those.

    So each such parting must itself be shown, exactly: whole, or at the cut that is published.
    """
    place = {one.key: number for number, one in enumerate(survey.questions)}
    here = place[question.key]
    for parent in survey.questions[:here]:
        if parent.kind is not Kind.SINGLE:
            continue
        past = {
            one.key for one in parent.choices if one.leads_to and place.get(one.leads_to, len(survey.questions)) > here
        }
        told, upper = found[parent.key], set(parent.upper)
        parted = {one.key for one in parent.choices} - upper
        if past and told.how != "whole" and not (UPPER in told.counts and past in (upper, parted)):
            return False
    return True


def _tells(rule: Rule, parent: Question, told: Outcome) -> bool:
    if told.how == "whole":
        return True
    if told.how == "shares":
        return rule.value in told.counts
    if told.how != "two" or UPPER not in told.counts:
        return False
    if parent.kind is Kind.SINGLE:
        return rule.test in {Asks.IS, Asks.IS_NOT} and parent.upper == (rule.value,)
    low = rule.value if rule.test is Asks.AT_LEAST else _after(rule)
    return low == parent.cut


def _after(rule: Rule) -> int | None:
    return rule.value + 1 if rule.test is Asks.AT_MOST and isinstance(rule.value, int) else None


def _above(question: Question, answer: Answer) -> bool:
    return isinstance(answer, int) and question.cut is not None and answer >= question.cut
