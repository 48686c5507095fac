"""Surveys of a youth panel: create, publish, and results as far as they may be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backend.api.calls import Call, done, made, moment, ok
from backend.api.people import REF
from backend.api.schemas import Choice, Flag, Many, Moment, Perhaps, Record, Text, TextOrWhole, Token, Whole, an_id
from models.actions import panels as deeds
from models.actions.api import Answer
from models.domain import panels as rules
from models.domain.panels import Asks, Kind, Question, Survey
from models.domain.panels_results import Outcome
from models.domain.panels_segments import Whom
from models.queries import api
from models.queries.panels import SendoutLine

_KEY: Final = Token("[a-z0-9_]{1,24}", "choice_unknown", "what")
_WORDS: Final = Record(
    "BothLanguages", {"da": Text(300, example="Hvad mangler?"), "en": Text(300, example="What lacks?")}
)
_OPTION: Final = Record("SurveyChoice", {"key": _KEY, "label": _WORDS})
_RULE: Final = Record(
    "SurveyRule",
    {"question": _KEY, "test": Choice(tuple(one.value for one in Asks)), "value": TextOrWhole(40)},
    may=frozenset({"value"}),
)
QUESTION: Final = Record(
    "SurveyQuestion",
    {
        "key": _KEY, "kind": Choice(tuple(one.value for one in Kind)), "text": _WORDS, "choices": Many(_OPTION, 20),
        "low": Whole(-1000, 1000), "high": Whole(-1000, 1000), "cut": Perhaps(Whole(-1000, 1000)),
        "upper": Many(_KEY, 20), "ends": Perhaps(Many(_WORDS, 2, 2)), "required": Flag(), "show_if": Many(_RULE, 10),
    },
    may=frozenset({"choices", "low", "high", "cut", "upper", "ends", "required", "show_if"}),
)  # fmt: skip
CREATE: Final = Record("SurveyCreate", {"panel": an_id(), "title": _WORDS, "questions": Many(QUESTION, 40, 1)})
OUTCOME: Final = Record(
    "SurveyOutcome",
    {
        "question": _KEY, "status": Choice(("shown", "withheld")), "how": Text(10),
        "base": Perhaps(Whole(0, 10**6)),
        "lines": Many(
            Record(
                "SurveyOutcomeLine",
                {
                    "key": Text(40), "count": Perhaps(Whole(0, 10**6)),
                    "band": Perhaps(Choice(("under_25", "over_75"))), "place": Perhaps(Whole(1, 100)),
                },
            ),
            200,
        ),
    },
)  # fmt: skip
SENT: Final = Record(
    "SurveySending",
    {
        "opens_at": Moment(), "closes_at": Moment(), "state": Text(16),
        "whom": Choice(tuple(one.value for one in Whom)), "invited": Perhaps(Whole(0, 10**6)),
        "answered": Perhaps(Whole(0, 10**6)), "outcomes": Many(OUTCOME, 100),
    },
)  # fmt: skip
RESULTS: Final = Record("SurveyResults", {"items": Many(SENT, 200)})


async def create(call: Call) -> Answer:
    """A draft nobody has been sent; what is wrong with it is said when it is published."""
    given = call.body
    survey = Survey(given["title"], tuple(_question(one) for one in given["questions"]))
    return made({"id": await deeds.draft(call.viewer, given["panel"], survey, now=call.now)})


async def publish(call: Call) -> Answer:
    """From now on this version never changes."""
    await deeds.publish(call.viewer, call.ids["survey_id"], now=call.now)
    return done()


async def results(call: Call) -> Answer:
    """What may be told, each time it was sent out; nothing before the members have had it to themselves."""
    found = await api.sendouts_of(call.viewer, call.ids["survey_id"], now=call.now)
    return ok({"items": [_sent(one) for one in found]})


def _question(given: Mapping[str, Any]) -> Question:
    return rules.from_given(
        {
            "choices": [], "low": 0, "high": 0, "cut": None, "upper": [], "ends": None, "required": False,
            **given, "show_if": [{"value": "", **one} for one in given.get("show_if", ())],
        }
    )  # fmt: skip


def _sent(one: SendoutLine) -> dict[str, Any]:
    told = one.results
    return {
        "opens_at": moment(one.opens_at), "closes_at": moment(one.closes_at), "state": one.state,
        "whom": one.whom.segment.whom.value, "invited": told.invited if told else None,
        "answered": told.answered if told else None,
        "outcomes": [_outcome(each) for each in told.outcomes] if told else [],
    }  # fmt: skip


def _outcome(one: Outcome) -> dict[str, Any]:
    places = [(key, place) for place, equals in _places(one) for key in equals]
    return {
        "question": one.question, "status": "withheld" if one.how == "few" else "shown", "how": one.how,
        "base": None if one.how == "few" else one.base,
        "lines": [_line(key, count=count) for key, count in one.counts.items()]
        + [_line(key, band=band) for key, band in one.bands.items()]
        + [_line(key, place=place) for key, place in places],
    }  # fmt: skip


def _places(one: Outcome) -> list[tuple[int, tuple[str, ...]]]:
    """What was ranked, by place; equals share one."""
    found, place = [], 1
    for equals in one.order:
        found.append((place, equals))
        place += len(equals)
    return found


def _line(key: str, *, count: int | None = None, band: str | None = None, place: int | None = None) -> dict[str, Any]:
    return {"key": key, "count": count, "band": band, "place": place}


__all__ = ["CREATE", "REF", "RESULTS", "create", "publish", "results"]
