"""Check-ins at the desk: WHO-5 and what the person has shared. What only they may see is never fetched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from models.domain.instruments import INSTRUMENTS, Audience, Code, instrument
from models.domain.staff import Viewer
from models.queries import within
from models.tables.checkins import Answer, CheckIn
from models.tables.reach import person_for
from models.transactions import reading

_LATEST = 8
#: What a caseworker sees without being asked by the person; the person is told so before the first question.
OPEN_TO_CASEWORKER = tuple(key for key, one in INSTRUMENTS.items() if one.audience is Audience.CASEWORKER)


@dataclass(frozen=True, slots=True)
class Score:
    """One asking of WHO-5. `score` 0-100, None where it was broken off or has a missing item."""

    at: datetime
    score: int | None


@dataclass(frozen=True, slots=True)
class Shared:
    """One check-in besides WHO-5 that the desk may see: item -> code. `by_person`: only what the person showed, and as
    long as they do."""

    check_in_id: str
    instrument: str
    at: datetime
    answers: dict[str, Code]
    by_person: bool


@dataclass(frozen=True, slots=True)
class Wellbeing:
    """A person's curve, oldest first, what they shared besides, and whether a check-in is running."""

    who5: tuple[Score, ...]
    shared: tuple[Shared, ...]
    running: tuple[str, ...]


@reading
async def wellbeing(viewer: Viewer, person_id: str) -> Wellbeing:
    """What the desk may see of a person's check-ins. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    scores = await CheckIn.filter(
        person_id=person.id, instrument="who5", state__in=["done", "stopped"], closed_at__not_isnull=True
    ).order_by("closed_at")
    done = CheckIn.filter(person_id=person.id, state="done").exclude(instrument="who5")
    shown = await Answer.filter(person_id=person.id, shared_at__not_isnull=True).values_list("check_in_id", flat=True)
    seen = Q(instrument__in=list(OPEN_TO_CASEWORKER))
    if shown:
        seen |= Q(id__in=[str(check_in_id) for check_in_id in shown])
    shared = await done.filter(seen).order_by("-closed_at").limit(_LATEST)
    given: dict[str, dict[str, Code]] = {row.id: {} for row in shared}
    kept_back = [row.id for row in shared if row.instrument not in OPEN_TO_CASEWORKER]
    for answer in await Answer.filter(check_in_id__in=list(given)) if given else []:
        if answer.check_in_id in kept_back and answer.shared_at is None:
            continue
        clear = opened.open("answer", "code", f"{answer.check_in_id}:{answer.item}", answer.code_sealed)
        given[answer.check_in_id][answer.item] = json.loads(clear)
    running = await CheckIn.filter(
        person_id=person.id, instrument__in=list(OPEN_TO_CASEWORKER), state__in=["due", "asked", "open"]
    ).values_list("instrument", flat=True)
    return Wellbeing(
        who5=tuple(
            Score(
                row.closed_at or row.due_at,
                int(json.loads(opened.open("check_in", "score", row.id, row.score_sealed)))
                if row.score_sealed
                else None,
            )
            for row in scores
        ),
        shared=tuple(
            Shared(row.id, row.instrument, row.closed_at or row.due_at, given[row.id], row.id in kept_back)
            for row in shared
        ),
        running=tuple(str(key) for key in running),
    )


def askable() -> tuple[str, ...]:
    """The instruments a caseworker may ask now: those whose answers they may see."""
    return tuple(key for key in OPEN_TO_CASEWORKER if instrument(key).enabled)
