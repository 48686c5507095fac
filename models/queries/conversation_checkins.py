"""What the young person sees of check-ins: where they are, what they may begin, their own curve."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from tortoise.expressions import Q

from models.domain import checkins as rules
from models.domain import rhythm as beats
from models.domain.consent import Purpose
from models.domain.instruments import Code, Instrument, Item, instrument
from models.domain.localtime import local_date
from models.domain.people import YoungPerson
from models.domain.rhythm import Rhythm
from models.queries.conversation import Whose
from models.tables.alerts import Alert
from models.tables.checkins import Answer, CheckIn, NotAsked
from models.tables.checkins import Rhythm as RhythmRow
from models.tables.consent import Consent, Link
from models.tables.keys import Vault, vault
from models.tables.messages import Thread
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import reading, rows

RUNNING = ("due", "asked", "open")
#: What a person may begin by themselves, in the order shown.
OFFERED = ("who5", "hoert5", "life_now", "tils")
_CURVE = 60
_GIVEN = 8


@dataclass(frozen=True, slots=True)
class Asking:
    """One check-in of the person. `item` is the one on the screen: the chosen one, or the first without an answer."""

    check_in_id: str
    instrument: Instrument
    state: str
    item: Item | None
    answers: Mapping[str, Code]
    shared: frozenset[str]  # the items the caseworker may see because the person showed them
    without: frozenset[str]  # the items the person does not want to be asked
    scored: bool
    asked_by: str
    event: str
    due_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    expires_at: datetime
    shown_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether it is still to be answered."""
        return self.state in RUNNING

    @property
    def correcting(self) -> bool:
        """Whether the answers of a check-in that is done are being corrected."""
        return self.state == "done" and self.item is not None

    def open_at(self, now: datetime) -> bool:
        """Whether an answer given now would be taken."""
        return (self.running or self.correcting) and self.expires_at > now


@dataclass(frozen=True, slots=True)
class MayBegin:
    """An instrument the person may begin, go on with, or begin again on a later day (`again`)."""

    instrument: Instrument
    running: bool
    again: date | None


@dataclass(frozen=True, slots=True)
class Point:
    """One value of the person's own curve; None where it was answered without all its items."""

    day: date
    value: int | None


@dataclass(frozen=True, slots=True)
class Given:
    """One check-in the person answered, for a list of them."""

    check_in_id: str
    instrument: Instrument
    day: date
    shared: bool


@dataclass(frozen=True, slots=True)
class MyRhythm:
    """When the bot asks: the rhythm and the next date of it, quiet hours, a pause, reminders, what it does not ask.

    `rhythm` is None where the person never said yes to check-ins; `upcoming` where nothing comes by itself now.
    """

    rhythm: Rhythm | None
    upcoming: datetime | None
    quiet: tuple[int, int]
    paused_until: datetime | None
    stopped: bool
    consents: bool
    reminders: bool
    not_asked: tuple[tuple[Instrument, Item | None], ...]


@reading
async def check_in(whose: Whose, check_in_id: str) -> Asking | None:
    """One check-in of the person; None for somebody else's."""
    row = await CheckIn.get_or_none(id=check_in_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    return await _read(row) if row else None


@reading
async def open_check_in(whose: Whose, *, now: datetime) -> Asking | None:
    """The check-in whose question is on the screen, a pulse and one that is being corrected among them; None when none
    is open.

    On a phone whose safety words are not confirmed only what was opened since it was linked.
    """
    running = CheckIn.filter(
        Q(state="open") | Q(state="asked", instrument="pulse") | (Q(state="done") & ~Q(current="")),
        person_id=whose.person_id, municipality_id=whose.municipality_id, expires_at__gt=now,
    )  # fmt: skip
    found = [(row.opened_at or row.asked_at or row.due_at, row) for row in await running]
    if isinstance(whose, YoungPerson) and not whose.confirmed:
        link = await Link.get(id=whose.link_id, municipality_id=whose.municipality_id)
        found = [(at, row) for at, row in found if at >= link.opened_at]
    return await _read(max(found, key=lambda one: one[0])[1]) if found else None


@reading
async def held_back(whose: Whose, check_in_id: str, *, now: datetime) -> bool:
    """Whether the bot keeps this question to itself, because a human has the word."""
    row = await CheckIn.get_or_none(id=check_in_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    thread = await Thread.get_or_none(person_id=whose.person_id, state="open")
    alert = await Alert.filter(person_id=whose.person_id, state="open").order_by("raised_at").first()
    return row is not None and beats.held_back(
        now,
        unanswered_since=thread.waiting_since if thread else None,
        alert_open_since=alert.raised_at if alert else None,
        instrument=row.instrument,
        due_at=row.due_at,
    )


@reading
async def shown_after(person: YoungPerson, check_in_id: str, letter_id: int) -> bool:
    """Whether this chat was sent something of the check-in since that letter: then there is nothing to say again."""
    return await Letter.filter(
        id__gt=letter_id, about=check_in_id, link_id=person.link_id, person_id=person.person_id
    ).exists()


@reading
async def alerted(whose: Whose, check_in_id: str) -> bool:
    """Whether a human was told because of these answers."""
    return await Alert.filter(
        person_id=whose.person_id, municipality_id=whose.municipality_id, about=check_in_id
    ).exists()


@reading
async def counts(whose: Whose, check_in_id: str) -> bool:
    """Whether what was answered of it counts in a figure, as part of one."""
    row = await CheckIn.get_or_none(id=check_in_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    return (
        row is not None
        and row.asked_by == "clock"
        and row.instrument == "hoert5"
        and await Consent.exists(person_id=whose.person_id, purpose=Purpose.FIGURES.value, withdrawn_at=None)
    )


@reading
async def given(whose: Whose, *, shared: bool = False) -> list[Given]:
    """The check-ins the person answered, newest first; only those of which something is shared."""
    mine = CheckIn.filter(person_id=whose.person_id, municipality_id=whose.municipality_id, state="done")
    seen = await Answer.filter(person_id=whose.person_id, shared_at__not_isnull=True).values_list(
        "check_in_id", flat=True
    )
    open_to_desk = set(map(str, seen))
    found = await (mine.filter(id__in=list(open_to_desk)) if shared else mine).order_by("-closed_at").limit(_GIVEN)
    return [
        Given(row.id, instrument(row.instrument), local_date(row.closed_at or row.due_at), row.id in open_to_desk)
        for row in found
    ]


@reading
async def saw_shared(whose: Whose, check_in_id: str) -> list[str]:
    """The first names of those at the desk who were shown the answers of this check-in, while they were shared."""
    found = await rows(
        "SELECT DISTINCT s.first_name FROM trail_entry t JOIN staff s ON s.id = t.actor_id "
        "WHERE t.municipality_id = ? AND t.person_id = ? AND t.deed = 'shared.read' AND t.about = ? "
        "ORDER BY s.first_name",
        whose.municipality_id, whose.person_id, check_in_id,
    )  # fmt: skip
    return [str(row["first_name"]) for row in found]


@reading
async def my_rhythm(whose: Whose, *, now: datetime) -> MyRhythm:
    """When the bot asks this person by itself, and what not."""
    mine = Q(person_id=whose.person_id, municipality_id=whose.municipality_id)
    person = await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)
    row = await RhythmRow.filter(mine).order_by("next_due_at").first()
    consents = await Consent.exists(mine, purpose=Purpose.CHECKINS.value, withdrawn_at=None)
    not_asked = await NotAsked.filter(mine).order_by("at")
    refused = {one.instrument for one in not_asked if not one.item}
    beat = Rhythm(row.weeks, row.weekday, time(row.hour)) if row else None
    upcoming = None
    if row and beat and consents and row.active and person.stopped_at is None and row.instrument not in refused:
        upcoming = await _upcoming(row, beat, person.paused_until, now)
    return MyRhythm(
        rhythm=beat,
        upcoming=upcoming,
        quiet=(person.quiet_from % 24, person.quiet_to % 24),
        paused_until=person.paused_until if beats.paused(now, person.paused_until) else None,
        stopped=person.stopped_at is not None,
        consents=consents,
        reminders=person.reminders,
        not_asked=tuple(
            (instrument(one.instrument), instrument(one.instrument).item(one.item) if one.item else None)
            for one in not_asked
        ),
    )


async def _upcoming(row: RhythmRow, beat: Rhythm, paused_until: datetime | None, now: datetime) -> datetime:
    """The next round that will really be asked: not in a pause, and not sooner than the instrument allows."""
    chosen = instrument(row.instrument)
    last = await CheckIn.filter(person_id=row.person_id, instrument=row.instrument, state="done").order_by(
        "-due_at"
    ).first()  # fmt: skip
    due: datetime = row.next_due_at
    if paused_until is not None and due <= paused_until:
        due = beats.next_due(beat, max(paused_until, now), row.anchor)
    while last is not None and local_date(due) < rules.may_ask_from(chosen, local_date(last.due_at)):
        due = beats.next_due(beat, due, row.anchor)
    return due


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
    """The person's WHO-5 values, oldest first, the last sixty. One without all its answers is a gap."""
    found = (
        await CheckIn.filter(
            person_id=whose.person_id, municipality_id=whose.municipality_id, instrument="who5", state="done"
        )
        .order_by("-closed_at")
        .limit(_CURVE)
    )
    opened = await vault(whose.municipality_id, whose.person_id)
    return [
        Point(
            local_date(row.closed_at or row.due_at),
            int(json.loads(opened.open("check_in", "score", row.id, row.score_sealed))) if row.score_sealed else None,
        )
        for row in reversed(found)
    ]


async def _read(row: CheckIn) -> Asking:
    opened = await vault(row.municipality_id, row.person_id)
    stored = await Answer.filter(check_in_id=row.id, person_id=row.person_id)
    answers = {answer.item: _code(opened, row.id, answer) for answer in stored}
    chosen = instrument(row.instrument)
    not_asked = await NotAsked.filter(person_id=row.person_id, instrument=row.instrument).exclude(item="")
    without = frozenset(one.item for one in not_asked)
    item = chosen.item(row.current) if row.current else rules.next_item(chosen, answers, without)
    if row.state not in RUNNING and not row.current:
        item = None
    if item is not None and item.key in without:
        item = rules.next_item(chosen, answers, without)
    times = [answer.at for answer in stored] + [at for at in (row.opened_at, row.asked_at) if at]
    shown = await Letter.get_or_none(id=row.screen_letter_id, person_id=row.person_id) if row.screen_letter_id else None
    if shown is not None:
        times.append(shown.created_at)
    return Asking(
        check_in_id=row.id,
        instrument=chosen,
        state=row.state,
        item=item,
        answers=answers,
        shared=frozenset(answer.item for answer in stored if answer.shared_at is not None),
        without=without,
        scored=row.score_sealed is not None,
        asked_by=row.asked_by,
        event=row.event,
        due_at=row.due_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        expires_at=row.expires_at,
        shown_at=max(times, default=None),
    )


def _code(opened: Vault, check_in_id: str, answer: Answer) -> Code:
    code: Code = json.loads(opened.open("answer", "code", f"{check_in_id}:{answer.item}", answer.code_sealed))
    return code
