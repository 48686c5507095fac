"""How the invented people answer: Hørt-5 in each period's window, WHO-5 when it comes round, and the rows of both.

Everything follows from the seed, the person and the period, so the history and the days that are lived later fit
together, and living a day twice gives the same answers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from statistics import NormalDist

from hoert.demo.people import World, Young, along, dice_for, moment, years_in
from models.actions.invented import Batch
from models.domain import rhythm, scoring
from models.domain.figures.periods import Period, asking_window
from models.domain.instruments import DONT_KNOW, SKIP, Code, instrument
from models.domain.localtime import instant, local_date
from models.tables.fields import new_id
from models.tables.keys import Vault, subject

#: Of everybody on a register, about this many can be asked: joined, and yes to check-ins.
_ASKABLE = 0.81
_NORMAL = NormalDist()
_HOERT5 = tuple(item.key for item in instrument("hoert5").items)
_WHO5 = tuple(item.key for item in instrument("who5").items)
_TILS = tuple(item.key for item in instrument("tils").items)
_CODES: dict[Code, str] = {code: json.dumps(code) for code in (*range(6), DONT_KNOW, SKIP)}
#: Time and being taken seriously come easier than making a difference and hearing what became of it.
_HARDER = (0.35, 0.15, 0.2, -0.3, -0.45)
_DUE = 16


@dataclass(frozen=True, slots=True)
class Asking:
    """One asking by the clock: `at` is when it was finished or stopped, None for one that is never answered."""

    person: Young
    instrument: str
    period: str
    due_at: datetime
    expires_at: datetime
    at: datetime | None
    answers: Mapping[str, Code]
    complete: bool


def hoert5(world: World, young: Young, period: Period) -> Asking | None:
    """The asking of this period, as it will have been when the period is over; None for who is not asked."""
    opens, _ = asking_window(period)
    if young.joined_at is None or not young.checkins:
        return None
    due = max(moment(opens, _DUE), young.joined_at)
    ends = moment(period.last_day + timedelta(days=1), 0)
    if due >= min(ends, young.left_at):
        return None
    dice = dice_for(world.rng_seed, young.reference, period.key)
    rate = min(0.97, along(young.place.answering, years_in(world, due)) / _ASKABLE)
    answers_now = 0.6 * young.eager + 0.8 * dice.gauss(0, 1) < _NORMAL.inv_cdf(rate)
    # Most answer soon after they are asked; a few in the last days.
    late = min(0.98, dice.expovariate(3.2))
    at = _between(due, ends - timedelta(days=1), late, dice)
    answers = _heard_answers(along(young.place.heard, years_in(world, due)), young.leaning, dice)
    complete = len(answers) == len(_HOERT5)
    said = answers_now and due < at < min(ends, young.left_at)
    return Asking(young, "hoert5", period.key, due, ends, at if said else None, answers if said else {}, complete)


def who5_between(world: World, young: Young, first: date, last: date) -> Iterator[Asking]:
    """The WHO-5 askings that come due on the local days from `first` to `last`, for who has chosen to be asked."""
    if not young.who5_weeks or not young.checkins:
        return
    step = 7 * young.who5_weeks
    day = first + timedelta(days=(young.who5_day - first.toordinal()) % step)
    while day <= last:
        due = moment(day, _DUE)
        if young.here(due):
            yield _who5(world, young, day, due)
        day += timedelta(days=step)


def planned(world: World, young: Young, instrument: str, day: date) -> Asking:
    """What a plan asks on a local day: WHO-5, or else how alone somebody is."""
    due = moment(day, _DUE)
    if instrument == "who5":
        return _who5(world, young, day, due)
    dice, ends = dice_for(world.rng_seed, young.reference, instrument, day), rhythm.expires(due, instrument)
    at = _between(due, ends - timedelta(hours=20), min(0.98, dice.expovariate(3)), dice)
    said = dice.random() < 0.7 and due < at < min(ends, young.left_at)
    lonely = min(2.9, max(1.0, 3.1 - young.mood / 45))
    answers: dict[str, Code] = {item: min(3, max(1, round(dice.gauss(lonely, 0.5)))) for item in _TILS}
    return Asking(young, instrument, day.isoformat(), due, ends, at if said else None, answers if said else {}, True)


def who5_answers(score: int, dice: Random) -> dict[str, Code]:
    """Five answers, 0 to 5 each, that sum to this score (0-100)."""
    left = round(score / 4)
    codes = [left // 5] * 5
    for place in dice.sample(range(5), left - sum(codes)):
        codes[place] += 1
    for _ in range(2):
        up, down = dice.sample(range(5), 2)
        if codes[up] < 5 and codes[down] > 0:
            codes[up], codes[down] = codes[up] + 1, codes[down] - 1
    return dict(zip(_WHO5, codes, strict=True))


def put(batch: Batch, world: World, asking: Asking, over: Vault, now: datetime, existing: str = "") -> str:
    """The rows of one asking as they are at `now`; returns the check-in's id. `existing` is one the clock has made.

    What is not answered yet stays open, so that nobody is reminded whose phone is not shown.
    """
    young = asking.person
    key = existing or new_id()
    at = asking.at if asking.at is not None and asking.at <= now else None
    state, closed = "open", at
    if at is not None:
        state = "done" if asking.complete else "stopped"
    elif asking.expires_at <= now:
        state, closed = "expired", asking.expires_at
    score = scoring.score(asking.instrument, asking.answers) if at is not None and asking.complete else None
    seconds = timedelta(seconds=40)
    columns: dict[str, object] = {
        "state": state,
        "asked_at": asking.due_at,
        "opened_at": at - seconds if at is not None else None if closed else asking.due_at,
        "closed_at": closed,
        "score_sealed": None if score is None else young.vault.seal("check_in", "score", key, json.dumps(score)),
    }
    if existing:
        batch.change("check_in", key, **columns)
    else:
        batch.add(
            "check_in", id=key, municipality_id=young.municipality_id, person_id=young.id,
            instrument=asking.instrument, version=1, period=asking.period, asked_by="clock", due_at=asking.due_at,
            expires_at=asking.expires_at, **columns,
        )  # fmt: skip
    if at is not None:
        _put_answers(batch, world, asking, key, over, at)
    return key


def _put_answers(batch: Batch, world: World, asking: Asking, key: str, over: Vault, at: datetime) -> None:
    young = asking.person
    for number, (item, code) in enumerate(asking.answers.items()):
        batch.add(
            "answer", municipality_id=young.municipality_id, person_id=young.id, check_in_id=key, item=item,
            code_sealed=young.vault.seal("answer", "code", f"{key}:{item}", _CODES[code]),
            at=at - timedelta(seconds=8 * (len(asking.answers) - 1 - number)),
        )  # fmt: skip
    if asking.instrument == "hoert5":
        world.heard[young.id, asking.period] = asking.answers
    if young.figures:
        row = new_id()
        batch.add(
            "measured", id=row, municipality_id=young.municipality_id,
            subject=subject(young.municipality_id, young.id), instrument=asking.instrument, version=1,
            period=asking.period, at=at,
            codes_sealed=over.seal("measured", "codes", row, json.dumps(dict(asking.answers), sort_keys=True)),
        )  # fmt: skip


def who5_asking(young: Young, day: date, score: int, dice: Random, hour: int = 17) -> Asking:
    """A WHO-5 that was due on a local day and answered there with this score."""
    due = moment(day, _DUE)
    at = instant(day, time(hour, dice.randrange(60), dice.randrange(60)))
    return Asking(young, "who5", day.isoformat(), due, rhythm.expires(due, "who5"), at, who5_answers(score, dice), True)


def _who5(world: World, young: Young, day: date, due: datetime) -> Asking:
    dice = dice_for(world.rng_seed, young.reference, day)
    ends = rhythm.expires(due, "who5")
    at = _between(due, ends - timedelta(hours=20), min(0.98, dice.expovariate(3)), dice)
    swing = 9 * math.sin((day.toordinal() + young.who5_day * 40) / 55)
    score = 4 * round(min(96.0, max(8.0, young.mood + swing + dice.gauss(0, 6))) / 4)
    said = dice.random() < 0.74 and due < at < min(ends, young.left_at)
    answers = who5_answers(score, dice)
    return Asking(young, "who5", day.isoformat(), due, ends, at if said else None, answers if said else {}, True)


def _heard_answers(share: float, leaning: float, dice: Random) -> dict[str, Code]:
    heard = 0.65 * leaning + 0.76 * dice.gauss(0, 1) < _NORMAL.inv_cdf(share)
    unsure = dice.random() < 0.05
    codes = _heard_codes(dice) if heard and not unsure else _unheard_codes(dice)
    answers: dict[str, Code] = dict(zip(_HOERT5, codes, strict=True))
    for item in dice.sample(_HOERT5, dice.randint(3, 5)) if unsure else ():
        answers[item] = DONT_KNOW
    if not unsure and dice.random() < 0.12:
        # One item left out keeps a heard answer heard: the highest one would not always.
        item = min(answers, key=lambda key: (answers[key], key)) if heard else dice.choice(_HOERT5)
        answers[item] = DONT_KNOW if dice.random() < 0.65 else SKIP
    if dice.random() < 0.04:
        return dict(list(answers.items())[: dice.randint(1, 3)])
    return answers


def _heard_codes(dice: Random) -> list[int]:
    while True:
        codes = [min(5, max(3, round(4.45 + shift / 2 + dice.gauss(0, 0.55)))) for shift in _HARDER]
        if sum(codes) >= 20:
            return codes


def _unheard_codes(dice: Random) -> list[int]:
    level = dice.gauss(3.1, 0.6)
    codes = [min(5, max(1, round(level + shift + dice.gauss(0, 0.7)))) for shift in _HARDER]
    if sum(codes) >= 20 and min(codes) > 2:
        codes[4] = 2
    return codes


def _between(first: datetime, last: datetime, share: float, dice: Random) -> datetime:
    """A moment somebody could be at their phone, this far along from `first` to `last`."""
    moment = first + max(timedelta(0), last - first) * share
    at = instant(local_date(moment), time(dice.choice((10, 12, 15, 16, 17, 18, 19, 20, 20, 21)), dice.randrange(60)))
    return at if at > first else first + timedelta(minutes=dice.randint(2, 50))
