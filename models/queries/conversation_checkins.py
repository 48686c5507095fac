"""What the young person sees of check-ins: where they are, what they may begin, their own curve."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.domain import checkins as rules
from models.domain.instruments import Code, Instrument, Item, instrument
from models.domain.localtime import local_date
from models.domain.people import YoungPerson
from models.queries.conversation import Whose
from models.tables.checkins import Answer, CheckIn
from models.tables.consent import Link
from models.tables.keys import Vault, vault
from models.tables.outbox import Letter
from models.transactions import reading

RUNNING = ("due", "asked", "open")
#: What a person may begin by themselves, in the order shown.
OFFERED = ("who5", "hoert5", "life_now", "tils")
_CURVE = 12


@dataclass(frozen=True, slots=True)
class Asking:
    """One check-in of the person. `item` is the one on the screen: the chosen one, or the first without an answer."""

    check_in_id: str
    instrument: Instrument
    state: str
    item: Item | None
    answers: Mapping[str, Code]
    shared: bool
    opened_at: datetime | None
    closed_at: datetime | None
    expires_at: datetime
    shown_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether answers are still taken."""
        return self.state in RUNNING


@dataclass(frozen=True, slots=True)
class MayBegin:
    """An instrument the person may begin, go on with, or begin again on a later day (`again`)."""

    instrument: Instrument
    running: bool
    again: date | None


@dataclass(frozen=True, slots=True)
class Point:
    """One value of the person's own curve."""

    day: date
    value: int


@reading
async def check_in(whose: Whose, check_in_id: str) -> Asking | None:
    """One check-in of the person; None for somebody else's."""
    row = await CheckIn.get_or_none(id=check_in_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    return await _read(row) if row else None


@reading
async def open_check_in(whose: Whose, *, now: datetime) -> Asking | None:
    """The check-in whose question is on the screen; None when none is open.

    On a phone whose safety words are not confirmed only what was opened since it was linked.
    """
    running = CheckIn.filter(
        person_id=whose.person_id, municipality_id=whose.municipality_id, state="open", expires_at__gt=now
    )
    if isinstance(whose, YoungPerson) and not whose.confirmed:
        link = await Link.get(id=whose.link_id, municipality_id=whose.municipality_id)
        running = running.filter(opened_at__gte=link.opened_at)
    row = await running.order_by("-opened_at").first()
    return await _read(row) if row else None


@reading
async def human_wrote(whose: Whose, *, since: datetime) -> bool:
    """Whether a human's words reached the person after `since`."""
    return await Letter.filter(
        person_id=whose.person_id, municipality_id=whose.municipality_id,
        kind__in=["message.reply", "message.file", "feedback.answer"], sent_at__gt=since,
    ).exists()  # fmt: skip


@reading
async def may_begin(whose: Whose, *, now: datetime) -> list[MayBegin]:
    """What the person may begin today, or from which day again."""
    found = []
    for key in OFFERED:
        chosen = instrument(key)
        mine = CheckIn.filter(person_id=whose.person_id, municipality_id=whose.municipality_id, instrument=key)
        running = await mine.filter(state__in=list(RUNNING), expires_at__gt=now).exists()
        last = await mine.filter(state="done").order_by("-closed_at").first()
        again = rules.may_ask_from(chosen, local_date(last.closed_at)) if last and last.closed_at else None
        if again is not None and again <= local_date(now):
            again = None
        if (
            again is None
            and await mine.filter(period=local_date(now).isoformat(), asked_by="self", about="")
            .exclude(state__in=list(RUNNING))
            .exists()
        ):
            again = date.fromordinal(local_date(now).toordinal() + 1)
        found.append(MayBegin(chosen, running, None if running else again))
    return found


@reading
async def curve(whose: Whose) -> list[Point]:
    """The person's WHO-5 values, oldest first, the last twelve."""
    found = (
        await CheckIn.filter(
            person_id=whose.person_id, municipality_id=whose.municipality_id, instrument="who5", state="done"
        )
        .exclude(score_sealed=None)
        .order_by("-closed_at")
        .limit(_CURVE)
    )
    opened = await vault(whose.municipality_id, whose.person_id)
    return [
        Point(local_date(row.closed_at), int(json.loads(opened.open("check_in", "score", row.id, row.score_sealed))))
        for row in reversed(found)
    ]


async def _read(row: CheckIn) -> Asking:
    opened = await vault(row.municipality_id, row.person_id)
    rows = await Answer.filter(check_in_id=row.id, person_id=row.person_id)
    answers = {answer.item: _code(opened, row.id, answer) for answer in rows}
    chosen = instrument(row.instrument)
    item = chosen.item(row.current) if row.current else rules.next_item(chosen, answers)
    times = [answer.at for answer in rows] + ([row.opened_at] if row.opened_at else [])
    shown = await Letter.get_or_none(id=row.screen_letter_id, person_id=row.person_id) if row.screen_letter_id else None
    if shown is not None:
        times.append(shown.created_at)
    return Asking(
        check_in_id=row.id,
        instrument=chosen,
        state=row.state,
        item=item,
        answers=answers,
        shared=row.shared_at is not None,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        expires_at=row.expires_at,
        shown_at=max(times, default=None),
    )


def _code(opened: Vault, check_in_id: str, answer: Answer) -> Code:
    code: Code = json.loads(opened.open("answer", "code", f"{check_in_id}:{answer.item}", answer.code_sealed))
    return code
