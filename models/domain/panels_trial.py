"""Trying a panel survey out: the way a member goes, with answers that are kept nowhere.

Where a trial stands travels with the page as plain data, and every press makes the next one. What does not fit the
survey (it may have been edited meanwhile) is left out, never an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.domain import panels as rules
from models.domain.panels import Answer, Kind, Question, Survey
from models.domain.panels_typed import read_answer


@dataclass(frozen=True, slots=True)
class Trial:
    """`at`: invited, asking, done, stopped or later. `current` is the question gone back to, or ""."""

    at: str = "invited"
    answers: Mapping[str, Answer] = field(default_factory=dict)
    picked: tuple[str, ...] = ()
    current: str = ""


def question(survey: Survey, trial: Trial) -> Question | None:
    """The question on the screen; None where there is none."""
    if trial.at != "asking":
        return None
    path = rules.shown(survey, trial.answers)
    back = next((one for one in path if one.key == trial.current), None)
    return back or rules.next_question(survey, trial.answers)


def pressed(survey: Survey, trial: Trial, deed: str, option: str) -> Trial:
    """After a button of the screen was pressed. One that is not on it changes nothing."""
    if deed == "panel.open":
        return _on(survey, Trial("asking"))
    if deed in {"panel.later", "panel.stop"}:
        return Trial("later" if deed == "panel.later" else "stopped")
    asked = question(survey, trial)
    key, *rest = option.split(":")
    if asked is None or key != asked.key:
        return trial
    if deed == "panel.back":
        return _back(survey, trial, asked)
    if deed == "panel.skip":
        return _answered(survey, trial, asked, None)
    if deed == "panel.finish":
        return _answered(survey, trial, asked, trial.picked)
    if deed == "panel.answer" and rest:
        counts = asked.kind in {Kind.SCALE, Kind.NUMBER}
        given: Answer = int(rest[0]) if counts and rest[0].isdecimal() else rest[0]
        return _answered(survey, trial, asked, given)
    return replace(trial, picked=_picked(asked, trial.picked, deed, rest))


def typed(survey: Survey, trial: Trial, words: str, language: str) -> Trial | None:
    """After words were typed; None where they would go to a human instead."""
    asked = question(survey, trial)
    if asked is None:
        return None
    clear, given = read_answer(asked, words, language)
    if not clear and asked.kind is Kind.TEXT:
        clear, given = True, words.strip()[: rules.LONGEST_WORDS]
    return _answered(survey, trial, asked, given) if clear else None


def to_plain(trial: Trial) -> str:
    """A trial as JSON."""
    return json.dumps([trial.at, dict(trial.answers), trial.picked, trial.current], ensure_ascii=False)


def from_plain(survey: Survey, plain: str) -> Trial:
    """The trial `to_plain` has written, as far as it fits the survey; from the beginning where it does not."""
    try:
        at, answers, picked, current = json.loads(plain)
        found = {str(key): _answer(one) for key, one in answers.items()}
        kept = {
            one.key: found[one.key]
            for one in survey.questions
            if one.key in found and rules.accepts(one, found[one.key])
        }
        return Trial(str(at), rules.counted(survey, kept), tuple(map(str, picked)), str(current))
    except (ValueError, TypeError, AttributeError):
        return Trial()


def _answer(plain: Any) -> Answer:
    if isinstance(plain, list):
        return tuple(map(str, plain))
    return plain if plain is None or isinstance(plain, str | int) else None


def _answered(survey: Survey, trial: Trial, asked: Question, given: Answer) -> Trial:
    if not rules.accepts(asked, given):
        return trial
    return _on(survey, replace(trial, answers=rules.counted(survey, {**trial.answers, asked.key: given})))


def _on(survey: Survey, trial: Trial) -> Trial:
    asked = rules.next_question(survey, trial.answers)
    return replace(trial, at="asking" if asked else "done", picked=(), current="")


def _back(survey: Survey, trial: Trial, asked: Question) -> Trial:
    before = rules.previous_question(survey, trial.answers, asked.key)
    if before is None:
        return trial
    given = trial.answers.get(before.key)
    return replace(trial, current=before.key, picked=given if isinstance(given, tuple) else ())


def _picked(asked: Question, picked: tuple[str, ...], deed: str, rest: list[str]) -> tuple[str, ...]:
    if asked.kind is Kind.MULTIPLE and deed == "panel.tick" and len(rest) == 2:
        return rules.ticked(asked, picked, rest[0], on=rest[1] == "on")
    if asked.kind is not Kind.RANKING:
        return picked
    if deed == "panel.place" and len(rest) == 2 and rest[1].isdecimal():
        return rules.placed(asked, picked, rest[0], int(rest[1]))
    if deed == "panel.take_back" and rest == [str(len(picked))]:
        return rules.unplaced(asked, picked)
    return picked
