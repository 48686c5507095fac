"""From answers to scores. A score exists only where its instrument says so; a missing answer is never a number."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.domain.instruments import Code, Instrument, Method, check, instrument

REAL_CHANGE: Final = 10
SEVERE_LONELINESS: Final = 7
HEARD_MEAN: Final = 4
UNHEARD_ITEM: Final = 2


class Who5Band(enum.Enum):
    """The Danish bands of WHO-5: risk of depression or strain. A thermometer, never a diagnosis."""

    HIGH = "high"
    RAISED = "raised"
    NOT_RAISED = "not_raised"


@dataclass(frozen=True, slots=True)
class Heard:
    """One person's Hørt-5.

    `answered`: items with a scored answer, 0-5 ("don't know" and "skip" are not). `mean`: 1-5, `index`: 0-100, and
    `heard` are None below four scored answers.
    """

    answered: int
    mean: float | None
    index: float | None
    heard: bool | None


def scored(i: Instrument, answers: Mapping[str, Code]) -> tuple[int, ...]:
    """The scored codes in the order of the items; reserved and missing answers left out. Raises InvalidAnswer."""
    check(i, answers)
    codes = (answers.get(item.key) for item in i.items)
    return tuple(code for code in codes if isinstance(code, int))


def score(instrument_key: str, answers: Mapping[str, Code]) -> int | float | None:
    """The one number an asking gives, None where there is none.

    who5: 0-100. tils: 3-9. hoert5: the index 0-100. pulse: 1-5. life_now and ie2021: always None.
    Raises UnknownInstrument and InvalidAnswer.
    """
    i = instrument(instrument_key)
    rule = i.scoring
    codes = scored(i, answers)
    if rule.method is Method.NONE or len(codes) < rule.at_least:
        return None
    if rule.method is Method.MEAN:
        return (sum(codes) / len(codes) - rule.floor) * rule.factor
    return sum(codes) * rule.factor


def who5(answers: Mapping[str, Code]) -> int | None:
    """WHO-5, 0-100: the sum of the five codes times 4, None if any is missing or skipped. Raises InvalidAnswer."""
    return _whole(score("who5", answers))


def who5_band(score: int) -> Who5Band:
    """The band of a WHO-5 score: up to 35 high, 36-50 raised, above 50 not raised. Raises ValueError outside 0-100."""
    if not 0 <= score <= 100:
        raise ValueError("a WHO-5 score lies between 0 and 100")
    if score <= 35:
        return Who5Band.HIGH
    return Who5Band.RAISED if score <= 50 else Who5Band.NOT_RAISED


def real_fall(before: int, after: int) -> bool:
    """Whether WHO-5 fell by at least 10 of 100, the least change that is not noise."""
    return before - after >= REAL_CHANGE


def tils(answers: Mapping[str, Code]) -> int | None:
    """T-ILS, 3-9: the sum of the three codes, None if any is missing or skipped. Raises InvalidAnswer."""
    return _whole(score("tils", answers))


def severe_loneliness(score: int) -> bool:
    """Whether a T-ILS score is at or above 7, the declared Danish cut. Raises ValueError outside 3-9."""
    if not 3 <= score <= 9:
        raise ValueError("a T-ILS score lies between 3 and 9")
    return score >= SEVERE_LONELINESS


def hoert5(answers: Mapping[str, Code]) -> Heard:
    """Hørt-5: heard is a mean of at least 4.0 *and* no scored answer of 2 or less. Raises InvalidAnswer."""
    i = instrument("hoert5")
    codes = scored(i, answers)
    if len(codes) < i.scoring.at_least:
        return Heard(len(codes), None, None, None)
    # Compared as whole numbers: no rounding may decide whether somebody was heard.
    heard = sum(codes) >= HEARD_MEAN * len(codes) and min(codes) > UNHEARD_ITEM
    return Heard(len(codes), sum(codes) / len(codes), score("hoert5", answers), heard)


def pulse_heard(answers: Mapping[str, Code]) -> bool | None:
    """Whether a pulse says heard (4 or 5); None if it was not answered. Raises InvalidAnswer."""
    value = score("pulse", answers)
    return None if value is None else value >= HEARD_MEAN


def _whole(value: int | float | None) -> int | None:
    return None if value is None else int(value)
