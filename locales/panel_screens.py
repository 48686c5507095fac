"""What a panel survey says on a phone: the words of each screen and what can be tapped under them.

The chat sends these screens and the desk's preview shows them, so that what a host tries is what a member gets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from locales import dates, text
from locales.taps import Tap, Taps
from models.domain import panels as rules
from models.domain.localtime import local_date
from models.domain.panels import Answer, Kind, Question, Survey
from models.domain.panels_segments import EVERYBODY, Part

_NARROW: Final = 6
_ACROSS: Final = 6
_ALL: Final = Part()


@dataclass(frozen=True, slots=True)
class Shown:
    """A question on the screen of somebody who has given these answers; `picked` is ticked or ranked and not sent.

    `given` is the answer it had before, as far as this phone may show it. `host` is the host's first name, or "".
    """

    survey: Survey
    question: Question
    answers: Mapping[str, Answer] = field(default_factory=dict)
    picked: Sequence[str] = ()
    given: Answer = None
    host: str = ""


def members(whom: Part, language: str) -> str:
    """Which members of a panel a survey is for."""
    return text(f"chat.panel.members.{whom.segment.whom.value}", language, title=whom.title.get(language, ""))


def invitation(
    survey: Survey, closes_at: datetime, now: datetime, language: str, whom: Part = _ALL
) -> tuple[str, Taps]:  # fmt: skip
    """Would you answer? Whom it is for, how many questions, until when, who sees it."""
    _, of, exact = rules.progress(survey, {}, survey.questions[0].key)
    how_many = text(
        "chat.panel.invite.exactly" if exact else "chat.panel.invite.at_most", language, n=of,
        when=dates.when(closes_at, now, language),
    )  # fmt: skip
    words = _paragraphs(
        text("chat.panel.invite", language, title=survey.title[language]),
        "\n".join(part for part in (only_for(whom, language), how_many, text("chat.panel.sees", language)) if part),
    )
    return words, answer_now(language)


def only_for(whom: Part, language: str) -> str:
    """That a survey is for a part of the panel, and for which; "" where it is for all of it."""
    if whom.segment == EVERYBODY:
        return ""
    return text("chat.panel.invite.only", language, members=members(whom, language))


def asked(whom: Part, language: str) -> str:
    """Which part of the panel a result is from; "" where all of it was asked."""
    return (
        "" if whom.segment == EVERYBODY else text("chat.panel.result.only", language, members=members(whom, language))
    )


def answer_now(language: str) -> Taps:
    """Answer now, or not now."""
    return (
        (Tap(text("chat.panel.button.open", language), "panel.open"),
         Tap(text("chat.button.not_now", language), "panel.later")),
    )  # fmt: skip


def question(shown: Shown, language: str, *, after_words: bool = False) -> tuple[str, Taps]:
    """ "2 of 6": the question, its answers, back, skip, stop."""
    asked = shown.question
    place, of, exact = rules.progress(shown.survey, shown.answers, asked.key)
    said = text(
        "chat.panel.place" if exact else "chat.panel.place_at_most", language, place=place, of=of,
        question=asked.text[language],
    )  # fmt: skip
    first = text("chat.panel.sees", language) if place == 1 and asked.kind is not Kind.TEXT else ""
    after = text("chat.panel.after_words", language) if after_words else ""
    words = _paragraphs(after, first, said, _below(shown, language))
    return words, (*_options(shown, language), *_ways(shown, language))


def done(closes_at: datetime, now: datetime, language: str, *, after_words: bool = False) -> str:
    """Thanks, and when the result comes: to the members first."""
    after = text("chat.panel.after_words", language) if after_words else ""
    day = local_date(closes_at)
    told = dates.day(day, language, year=day.year != local_date(now).year)
    result = text("chat.panel.done.result", language, day=told)
    return "\n".join(part for part in (text("chat.panel.done", language), after, result) if part)


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _below(shown: Shown, language: str) -> str:
    """What stands under a question: how to answer it, and what is there so far."""
    asked = shown.question
    if asked.kind is Kind.MULTIPLE:
        return text("chat.panel.how.multiple", language)
    if asked.kind is Kind.RANKING:
        ranked = "\n".join(_ranked(shown, language))
        whole = len(shown.picked) == len(asked.choices)
        return ranked if whole else _paragraphs(text("chat.panel.how.ranking", language), ranked)
    if asked.kind is Kind.TEXT:
        host = shown.host
        reader = text("chat.panel.how.text", language, host=host) if host else text("chat.panel.how.words", language)
        before = text("chat.panel.how.given", language, words=shown.given) if isinstance(shown.given, str) else ""
        return _paragraphs(reader, before)
    told = ""
    if asked.ends:
        least, most = (one[language] for one in asked.ends)
        told = text("chat.panel.how.ends", language, low=asked.low, high=asked.high, least=least, most=most)
    if _is_typed(asked):
        return _paragraphs(told, text("chat.panel.how.number", language, low=asked.low, high=asked.high))
    return told


def _is_typed(asked: Question) -> bool:
    return asked.kind is Kind.TEXT or asked.high - asked.low >= 2 * _ACROSS


def _ranked(shown: Shown, language: str) -> list[str]:
    return [
        text("chat.panel.ranked", language, place=number, label=choice.label[language])
        for number, key in enumerate(shown.picked, start=1)
        if (choice := shown.question.choice(key)) is not None
    ]


def _options(shown: Shown, language: str) -> Taps:
    asked = shown.question
    if asked.kind is Kind.MULTIPLE:
        return _ticks(shown, language)
    if asked.kind is Kind.RANKING:
        return _places(shown, language)
    if _is_typed(asked):
        return ()
    values = [(one.key, one.label[language]) for one in asked.choices]
    values = values or [(str(one), str(one)) for one in range(asked.low, asked.high + 1)]
    taps = [
        Tap(
            text("chat.mark.chosen", language, label=label) if str(shown.given) == key else label,
            "panel.answer",
            f"{asked.key}:{key}",
        )
        for key, label in values
    ]
    if asked.kind in {Kind.SCALE, Kind.NUMBER}:
        across = len(taps) if len(taps) <= _NARROW else -(-len(taps) // 2)
        return tuple(tuple(taps[first : first + across]) for first in range(0, len(taps), across))
    return tuple((tap,) for tap in taps)


def _ticks(shown: Shown, language: str) -> Taps:
    asked = shown.question
    boxes = tuple(
        (
            Tap(
                text("chat.mark.on" if one.key in shown.picked else "chat.mark.off", language,
                     label=one.label[language]),
                "panel.tick",
                f"{asked.key}:{one.key}:{'off' if one.key in shown.picked else 'on'}",
            ),
        )
        for one in asked.choices
    )  # fmt: skip
    ended = text("chat.panel.button.finish" if shown.picked else "chat.panel.button.none", language)
    return (*boxes, (Tap(ended, "panel.finish", asked.key),))


def _places(shown: Shown, language: str) -> Taps:
    asked, following = shown.question, len(shown.picked) + 1
    left_over = tuple(
        (Tap(one.label[language], "panel.place", f"{asked.key}:{one.key}:{following}"),)
        for one in asked.choices
        if one.key not in shown.picked
    )
    last = [] if left_over else [Tap(text("chat.panel.button.finish", language), "panel.finish", asked.key)]
    if shown.picked:
        again = f"{asked.key}:{len(shown.picked)}"
        last.append(Tap(text("chat.panel.button.undo", language), "panel.take_back", again))
    return (*left_over, tuple(last)) if last else left_over


def _ways(shown: Shown, language: str) -> Taps:
    asked, ways = shown.question, []
    if rules.previous_question(shown.survey, shown.answers, asked.key) is not None:
        ways.append(Tap(text("chat.button.back", language), "panel.back", asked.key))
    if not asked.required:
        ways.append(Tap(text("chat.button.skip", language), "panel.skip", asked.key))
    ways.append(Tap(text("chat.panel.button.stop", language), "panel.stop"))
    return (tuple(ways),)
