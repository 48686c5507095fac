"""When and what the person wants to be asked: their rhythm, quiet hours, reminders, and what not to ask again."""

from __future__ import annotations

from datetime import datetime, time

from tortoise.expressions import Q

from models.actions import letters
from models.domain import rhythm
from models.domain.errors import Invalid
from models.domain.instruments import INSTRUMENTS, instrument
from models.domain.localtime import instant, local_date
from models.domain.people import YoungPerson
from models.tables.checkins import CheckIn, NotAsked, Rhythm
from models.tables.register import Person
from models.transactions import atomic


@atomic
async def choose_rhythm(
    person: YoungPerson,
    *,
    now: datetime,
    weeks: int | None = None,
    weekday: int | None = None,
    hour: int | None = None,
) -> datetime | None:
    """Change the rhythm from now on: what is named changes, the rest stays. Returns the next instant it comes round.

    Nothing is asked twice or skipped by it. None where the person said no to check-ins and has no rhythm. Raises
    Invalid naming the field that cannot be.
    """
    upcoming = None
    for row in await Rhythm.filter(person_id=person.person_id, municipality_id=person.municipality_id):
        if hour is not None and hour not in range(24):
            raise Invalid("rhythm_at", "at")
        beat = rhythm.Rhythm(
            row.weeks if weeks is None else weeks,
            row.weekday if weekday is None else weekday,
            time(row.hour if hour is None else hour),
        )
        if (beat.weeks, beat.weekday, beat.at.hour) != (row.weeks, row.weekday, row.hour):
            asked = Q(asked_by="clock") | Q(state="done")
            last = await CheckIn.filter(asked, person_id=row.person_id, instrument=row.instrument).order_by(
                "-due_at"
            ).first()  # fmt: skip
            days = instrument(row.instrument).minimum_days
            row.anchor = rhythm.rearranged(beat, now, local_date(last.due_at) if last else None, days)
            row.chosen = row.chosen or beat.weeks != row.weeks
            row.weeks, row.weekday, row.hour = beat.weeks, beat.weekday, beat.at.hour
            row.next_due_at = instant(row.anchor, beat.at)
            await row.save()
        upcoming = min(row.next_due_at, upcoming) if upcoming else row.next_due_at
    return upcoming


@atomic
async def choose_quiet(person: YoungPerson, start: int, end: int, *, now: datetime) -> None:
    """From which hour to which the bot begins nothing by itself; equal hours mean never quiet. Holds at once, also for
    what waits. Raises Invalid for what is no hour."""
    if start not in range(24) or end not in range(24):
        raise Invalid("quiet_hours", "start" if start not in range(24) else "end")
    await Person.filter(id=person.person_id, municipality_id=person.municipality_id).update(
        quiet_from=start, quiet_to=end
    )
    await letters.look_again(person, person.person_id, now=now)


@atomic
async def choose_reminders(person: YoungPerson, *, on: bool, now: datetime) -> None:
    """Whether a question nobody opened may be reminded of, once. Off also calls back a reminder on its way."""
    await Person.filter(id=person.person_id, municipality_id=person.municipality_id).update(reminders=on)
    if not on:
        await letters.cancel_prompts(person, person.person_id, kinds=frozenset({"checkin.reminder"}))


@atomic
async def ask_again(person: YoungPerson, key: str, item: str, *, now: datetime) -> None:
    """Take back a "don't ask me that again"; the next round asks it. Nothing is asked sooner for it."""
    await NotAsked.filter(
        person_id=person.person_id, municipality_id=person.municipality_id, instrument=key, item=item
    ).delete()


async def _ask_not(person: YoungPerson, key: str, item: str, now: datetime) -> None:
    """Keep it. The whole instrument stands for its items."""
    mine = NotAsked.filter(person_id=person.person_id, municipality_id=person.municipality_id, instrument=key)
    if not item:
        await mine.exclude(item="").delete()
    if key in INSTRUMENTS and not await mine.filter(item=item).exists():
        await NotAsked.create(
            municipality_id=person.municipality_id, person_id=person.person_id, instrument=key, item=item, at=now
        )
