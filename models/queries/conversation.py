"""What the conversation with a young person is made of: names, messages, promises, alerts, safety words, settings.

Every read goes through the person whose conversation it is; whoever stands outside it finds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from models.domain import promises
from models.domain.consent import Purpose, read_purposes
from models.domain.helplines import Helpline, lines_of, region_for
from models.domain.localtime import local_date
from models.domain.promises import OpeningHours
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn
from models.tables.consent import Consent, Joining, Link
from models.tables.feedback import Feedback
from models.tables.keys import vault
from models.tables.messages import Message, Question, Thread
from models.tables.offers import Offer
from models.tables.outbox import Letter
from models.tables.reach import on_duty
from models.tables.register import Municipality, Person
from models.tables.staff import Absence, Staff
from models.transactions import Scoped, reading, rows


class Whose(Scoped, Protocol):
    """Whose conversation is read. A `YoungPerson` is one; so is `Reader`."""

    @property
    def municipality_id(self) -> str:
        """The municipality."""
        ...

    @property
    def person_id(self) -> str:
        """The young person."""
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """The young person a letter is for."""

    municipality_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class Around:
    """The people around a conversation, by first name. `caseworker` and `answers` (who answers today) are the
    municipality's name where nobody is there."""

    first_name: str
    caseworker: str
    answers: str
    municipality: str
    phone: str
    hours: OpeningHours


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message the young person wrote. `read_by` is a first name, "" while nobody has read it."""

    message_id: str
    needs_answer: bool
    promised_at: datetime | None
    answered: bool
    urgent: bool
    crisis: bool
    kind: str
    read_by: str
    read_by_caseworker: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member of staff wrote to the young person."""

    author: str
    body: str


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert about the person that is not closed: by when a human takes it, and if one has."""

    deadline_at: datetime
    taken: bool
    owner: str


@dataclass(frozen=True, slots=True)
class OnTheWayIn:
    """Someone who holds an invitation. Names are only for those whose birthday was right."""

    step: str
    purposes: frozenset[Purpose]
    inviter: str
    municipality: str


@dataclass(frozen=True, slots=True)
class Helping:
    """What the help screen needs: the lines with the municipality's own, the region, and who is not told."""

    region: str | None
    lines: tuple[Helpline, ...]
    caseworker: str
    hours: OpeningHours


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person has chosen about the conversation."""

    purposes: frozenset[Purpose]
    stopped: bool
    paused_until: datetime | None
    easy: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A member of staff who opened what the person wrote: how often, and when last."""

    name: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """How much is stored about the person, kind by kind, and who has looked (most recent first)."""

    messages: int
    offers: int
    check_ins: int
    feedback: int
    since: date
    looked: tuple[Looked, ...]


@dataclass(frozen=True, slots=True)
class Pressed:
    """The letter whose button was pressed, and the deeds its buttons stood for."""

    letter_id: int
    kind: str
    about: str
    buttons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that is open for a free text."""

    kind: str
    about: str
    asked_at: datetime


@reading
async def pressed_letter(scope: Scoped, *, bot: str, chat_index: str, nonce: str) -> Pressed | None:
    """The letter a button belongs to, only if it was sent to this very chat."""
    letter = await Letter.get_or_none(nonce=nonce, bot=bot, chat_index=chat_index)
    if letter is None or (letter.municipality_id not in {None, scope.municipality_id} and scope.municipality_id != "*"):
        return None
    return Pressed(letter.id, letter.kind, letter.about, tuple((deed, option) for deed, option in letter.buttons))


@reading
async def around(whose: Whose, *, now: datetime) -> Around:
    """Who is around the young person today."""
    person = await _person(whose)
    municipality = await Municipality.get(id=whose.municipality_id)
    opened = await vault(person.municipality_id, person.id)
    caseworker = await _caseworker(person)
    holder = await _who_answers(person, now)
    return Around(
        first_name=opened.open("person", "first_name", person.id, person.first_name_sealed),
        caseworker=caseworker.first_name if caseworker else municipality.name,
        answers=holder.first_name if holder else municipality.name,
        municipality=municipality.name,
        phone=municipality.phone,
        hours=_hours(municipality.settings),
    )


@reading
async def sent(whose: Whose, message_id: str) -> Sent | None:
    """What became of a message the person wrote; None when it is not theirs."""
    message = await Message.get_or_none(
        id=message_id, person_id=whose.person_id, municipality_id=whose.municipality_id, direction="in"
    )
    if message is None:
        return None
    person = await _person(whose)
    reader = await _staff(person, message.read_by_id)
    return Sent(
        message_id=message.id,
        needs_answer=message.needs_answer,
        promised_at=message.promised_at,
        answered=message.answered_at is not None,
        urgent=message.urgent,
        crisis=message.crisis,
        kind=message.kind,
        read_by=reader.first_name if reader else "",
        read_by_caseworker=message.read_by_id == person.caseworker_id,
    )


@reading
async def reply(whose: Whose, message_id: str) -> Reply | None:
    """What staff wrote, and who did; None when it was not to this person."""
    message = await Message.get_or_none(
        id=message_id, person_id=whose.person_id, municipality_id=whose.municipality_id, direction="out"
    )
    if message is None:
        return None
    person = await _person(whose)
    author = await _staff(person, message.staff_id)
    name = author.first_name if author else (await Municipality.get(id=whose.municipality_id)).name
    opened = await vault(whose.municipality_id, whose.person_id)
    return Reply(name, opened.open("message", "body", message.id, message.body_sealed))


@reading
async def holder(whose: Whose, *, now: datetime) -> str:
    """The first name of whoever has the person's thread now: handed over to, or else who answers today."""
    person = await _person(whose)
    thread = await Thread.get_or_none(person_id=person.id, municipality_id=person.municipality_id, state="open")
    handed = thread.assigned_id if thread and thread.assigned_id != person.caseworker_id else None
    found = await _staff(person, handed) or await _who_answers(person, now)
    return found.first_name if found else (await Municipality.get(id=whose.municipality_id)).name


@reading
async def staff_name(whose: Whose, staff_id: str) -> str:
    """The first name of a member of staff of the person's municipality; "" for anybody else."""
    found = await _staff(await _person(whose), staff_id)
    return found.first_name if found else ""


@reading
async def phone_of(whose: Whose) -> str:
    """The person's own telephone number on the register; "" where there is none."""
    person = await _person(whose)
    if person.phone_sealed is None:
        return ""
    return (await vault(person.municipality_id, person.id)).open("person", "phone", person.id, person.phone_sealed)


@reading
async def missed_call(whose: Whose, note_id: str) -> tuple[datetime, datetime] | None:
    """When somebody rang the person in vain, and by when they try again; None for anything else."""
    note = await Message.get_or_none(
        id=note_id, person_id=whose.person_id, municipality_id=whose.municipality_id, direction="note", kind="missed"
    )
    return (note.at, note.promised_at) if note is not None and note.promised_at is not None else None


@reading
async def raised(whose: Whose, reasons: frozenset[str]) -> Raised | None:
    """The newest alert about the person for one of these reasons that is not closed."""
    alert = (
        await Alert.filter(person_id=whose.person_id, municipality_id=whose.municipality_id, reason__in=sorted(reasons))
        .exclude(state="closed")
        .order_by("-raised_at")
        .first()
    )
    if alert is None:
        return None
    person = await _person(whose)
    owner = await _staff(person, alert.owner_id)
    name = owner.first_name if owner else (await Municipality.get(id=whose.municipality_id)).name
    return Raised(alert.deadline_at, alert.state == "acknowledged", name)


@reading
async def open_question(whose: Whose, *, now: datetime) -> Asked | None:
    """The question whose answer is the next free text; None when none is open."""
    found = await Question.get_or_none(person_id=whose.person_id, municipality_id=whose.municipality_id)
    return Asked(found.kind, found.about, found.asked_at) if found and found.expires_at > now else None


@reading
async def on_the_way_in(scope: Scoped, joining_id: str) -> OnTheWayIn | None:
    """Where someone stands on the way in; None when that ended."""
    row = await Joining.get_or_none(id=joining_id)
    if row is None or scope.municipality_id not in {"*", row.municipality_id}:
        return None
    person = await Person.get(id=row.person_id, municipality_id=row.municipality_id)
    municipality = await Municipality.get(id=row.municipality_id)
    caseworker = await _caseworker(person)
    return OnTheWayIn(
        step=row.step,
        purposes=read_purposes(row.purposes.split(",")),
        inviter=caseworker.first_name if caseworker else municipality.name,
        municipality=municipality.name,
    )


@reading
async def safety_words(whose: Whose, link_id: str) -> tuple[str, str] | None:
    """The two words that stand on both screens; None once the link is closed."""
    link = await Link.get_or_none(id=link_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    if link is None or link.state == "closed":
        return None
    opened = await vault(whose.municipality_id, whose.person_id)
    first, second = opened.open("link", "words", link.id, link.words_sealed).split()
    return first, second


@reading
async def helping(whose: Whose) -> Helping:
    """The lines for the person's municipality: its own among them where it has one."""
    person = await _person(whose)
    municipality = await Municipality.get(id=whose.municipality_id)
    caseworker = await _caseworker(person)
    return Helping(
        region=municipality.region or region_for(municipality.slug),
        lines=lines_of(municipality.name, municipality.emergency_phone, municipality.settings),
        caseworker=caseworker.first_name if caseworker else municipality.name,
        hours=_hours(municipality.settings),
    )


@reading
async def choices(whose: Whose) -> Choices:
    """What the person said yes to, and whether they stopped or paused the bot's own questions."""
    person = await _person(whose)
    given = await Consent.filter(
        person_id=person.id, municipality_id=person.municipality_id, withdrawn_at=None
    ).values_list("purpose", flat=True)
    return Choices(
        purposes=read_purposes(str(value) for value in given),
        stopped=person.stopped_at is not None,
        paused_until=person.paused_until,
        easy=person.easy,
    )


@reading
async def stored(whose: Whose) -> Stored:
    """How much is stored, and which staff opened the person's page, messages or feedback."""
    person = await _person(whose)
    mine = {"person_id": person.id, "municipality_id": person.municipality_id}
    found = await rows(
        "SELECT t.actor_id, s.first_name, COUNT(*) AS times, MAX(t.at) AS last_at FROM trail_entry t "
        "JOIN staff s ON s.id = t.actor_id WHERE t.municipality_id = ? AND t.person_id = ? "
        "AND t.actor IN ('staff', 'api') "
        "AND t.deed IN ('person.view', 'thread.read', 'feedback.read') "
        "GROUP BY t.actor_id, s.first_name ORDER BY MAX(t.at) DESC",
        person.municipality_id, person.id,
    )  # fmt: skip
    clock = Message._meta.fields_map["at"]
    return Stored(
        messages=await Message.filter(**mine).exclude(direction="note").count(),
        offers=await Offer.filter(**mine).exclude(state="draft").count(),
        check_ins=await CheckIn.filter(**mine, state="done").count(),
        feedback=await Feedback.filter(**mine).exclude(said_at=None).count(),
        since=person.entered_on,
        looked=tuple(
            Looked(row["first_name"], int(row["times"]), clock.to_python_value(row["last_at"])) for row in found
        ),
    )


async def _person(whose: Whose) -> Person:
    return await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)


async def _staff(person: Person, staff_id: str | None) -> Staff | None:
    return await Staff.get_or_none(id=staff_id, municipality_id=person.municipality_id) if staff_id else None


async def _caseworker(person: Person) -> Staff | None:
    """The person's caseworker; nobody's name stands on a button once their account is closed."""
    found = await _staff(person, person.caseworker_id)
    return found if found is not None and found.active else None


async def _who_answers(person: Person, now: datetime) -> Staff | None:
    day = local_date(now)
    absences = [
        promises.Absence(row.staff_id, row.first_day, row.last_day)
        for row in await Absence.filter(municipality_id=person.municipality_id, last_day__gte=day)
    ]
    duty = next((row.id for row in await on_duty(person.municipality_id, now)), None)
    chosen = promises.stand_in(day, person.caseworker_id, person.substitute_id, absences, duty)
    return await _staff(person, chosen)


def _hours(settings: Mapping[str, object]) -> OpeningHours:
    weekly = settings.get("opening_hours") or OpeningHours.DEFAULT.to_plain()["weekly"]
    return OpeningHours.from_plain({"weekly": weekly, "closed": settings.get("closed", [])})
