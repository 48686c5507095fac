"""Feedback of every audience at every step of its loop, with a word in each that the wrong reader must never meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.actions import alerts, attachments, feedback, inbox, messages
from models.actions.attachments import Coming, Ready
from models.domain.feedback import About, Audience, State
from models.domain.people import YoungPerson
from models.tables.alerts import Alert
from models.tables.attachments import Attachment
from models.tables.inbox import InboxUpdate
from models.transactions import HOUSE, Scope
from tests.actions.rows import found
from tests.cast import Cast

#: Stands in everything that was said for "someone else", and in what a coordinator answered to it.
FOR_SOMEONE_ELSE = "Kattefjed"
#: Stands in everything that was said for the caseworker.
FOR_THE_CASEWORKER = "Hundetand"


@dataclass(frozen=True)
class Hidden:
    """The ids of what was given, and of what it raised."""

    someone_else: tuple[str, ...]
    caseworker: tuple[str, ...]
    counted: str
    alerts: tuple[str, ...]
    dead: tuple[int, ...]
    files: tuple[str, ...]


async def hide(person: YoungPerson, cast: Cast, now: datetime, *, chat_id: int = 11) -> Hidden:
    """The person says everything to everybody: said, crisis, late, answered, closed, reopened, counted, and dead."""
    kept: dict[Audience, list[str]] = {Audience.SOMEONE_ELSE: [], Audience.CASEWORKER: []}
    numbers = iter(range(900, 999))
    for audience, word, reader in (
        (Audience.SOMEONE_ELSE, FOR_SOMEONE_ELSE, cast.per), (Audience.CASEWORKER, FOR_THE_CASEWORKER, cast.mette),
    ):  # fmt: skip
        for n in range(4):
            row = await feedback.begin(person, About.CASEWORKER, now=now)
            await feedback.choose_audience(person, row, audience, now=now)
            words = f"{word} jeg vil ikke leve mere" if n == 0 else f"{word} I lytter ikke"
            number = next(numbers)
            await _receive(person, chat_id, number, words, now)
            await feedback.say(person, row, words, now=now)
            if n == 1:
                file = await attachments.expect(person, Coming("document", "f", f"{word}.txt"), about=row, now=now)
                ready = Ready(f"{word}.txt", "text/plain", "document", f"{word} som tekst".encode())
                assert await attachments.keep(Scope(cast.randers), file, ready, now=now)
            kept[audience].append(row)
            if n == 0 and audience is Audience.SOMEONE_ELSE:
                newest = (await found(InboxUpdate, "-id"))[0].id
                await alerts.hand_to_reader(person, person.person_id, row, inbox_id=newest, now=now)
            if n >= 2:
                closing = State.DONE if n == 3 else None
                await feedback.answer(reader, row, f"{word} svar", closing, now=now, came_of_it=f"{word} gjort")
            if n == 3:
                await feedback.not_helped(person, row, now=now)
                await feedback.say_why(person, row, f"{word} mangler", now=now)
        await messages.ask(person, "feedback.words", kept[audience][0], letter_id=None, now=now)
        await _receive(person, chat_id, next(numbers), f"{word} det gik galt", now)
        for _ in range(inbox.TRIES):
            await inbox.failed(HOUSE, (await found(InboxUpdate, "-id"))[0].id, "ValueError", now=now)
    counted = await feedback.begin(person, About.MEETING, now=now)
    await feedback.choose_audience(person, counted, Audience.STATISTICS, now=now)
    await feedback.break_due(HOUSE, now=now + timedelta(days=2))
    return Hidden(
        tuple(kept[Audience.SOMEONE_ELSE]), tuple(kept[Audience.CASEWORKER]), counted,
        tuple(row.id for row in await found(Alert, "id")),
        tuple(int(row.id) for row in await found(InboxUpdate, "id", state="dead")),
        tuple(row.id for row in await found(Attachment, "created_at", state="kept")),
    )  # fmt: skip


async def _receive(person: YoungPerson, chat_id: int, number: int, words: str, now: datetime) -> None:
    message = {"message_id": number, "chat": {"id": chat_id, "type": "private"}, "text": words, "date": 0}
    await inbox.receive(HOUSE, person.bot, [inbox.read_raw({"update_id": number, "message": message})], now=now)
