"""Where receiving stands: the contact with Telegram, and what is owed to people after a gap in it.

A press of a button lives at Telegram for 150 seconds, a message for 24 hours; whoever answered in between was heard by
nobody. So an open question is asked once more, and after a day each municipality is told that messages may be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from models.actions import letters, trail
from models.domain import rhythm
from models.tables.checkins import CheckIn
from models.tables.consent import Link
from models.tables.fields import micros
from models.tables.inbox import ReceiverOffset
from models.tables.keys import chat_index
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import Scope, Scoped, alone, atomic, execute, reading

#: How long Telegram keeps a press of a button, and a message, for us.
PRESSES_LIVE = timedelta(seconds=150)
MESSAGES_LIVE = timedelta(hours=24)
#: Who was shown the question longer ago than this before the gap was no longer answering it.
_STILL_ANSWERING = timedelta(hours=1)
#: What the trail calls a gap of a day or more.
LOST = "receiving.lost"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a receiver stands: the id it asks for next, and its last contact by the machine's clock (None: never)."""

    next_offset: int
    contact_at: datetime | None


@dataclass(frozen=True, slots=True)
class AfterGap:
    """What was done after a gap: questions asked again, municipalities told that messages may be lost."""

    asked_again: int
    told: int


@reading
async def standing(scope: Scoped, bot: str) -> Standing:
    """Where the receiver of `bot` stands."""
    row = await ReceiverOffset.get_or_none(bot=bot)
    return Standing(row.next_offset, row.moved_at) if row else Standing(0, None)


@reading
async def was_linked(scope: Scoped, bot: str, chat_id: int | None, *, at: datetime) -> bool:
    """Whether a chat is somebody's, and was already at that instant. Not so for whoever was erased since."""
    if chat_id is None:
        return False
    open_links = Link.filter(bot=bot, chat_index=chat_index(bot, chat_id), opened_at__lte=at).exclude(state="closed")
    return await open_links.exists()


@atomic
async def reached(scope: Scoped, bot: str, *, real_now: datetime) -> None:
    """Telegram was reached just now. The offset stays as it is."""
    if not await execute("UPDATE receiver_offset SET moved_at = ? WHERE bot = ?", micros(real_now), bot):
        await ReceiverOffset.update_or_create(defaults={"moved_at": real_now}, bot=bot)


@atomic
async def start_over(scope: Scoped, bot: str) -> None:
    """Forget the offset, keep the contact: the next poll begins with the oldest update Telegram still has.

    For when a webhook takes over. The ids may jump down meanwhile, and an old offset in the middle of what waits
    would confirm what nobody has read; what comes twice is one row.
    """
    await execute("UPDATE receiver_offset SET next_offset = 0 WHERE bot = ?", bot)


@atomic
async def after_gap(
    scope: Scoped, bot: str, *, since: datetime, until: datetime, now: datetime, real_now: datetime
) -> AfterGap:
    """Deal with a gap from `since` to `until` (Hørt's clock), and write the contact down in the same transaction.

    Whoever was answering a check-in on this bot when it began is asked the open question again, once per gap, outside
    their quiet hours. After 24 hours each municipality with people on this bot gets an entry in its trail.
    """
    await alone("gap", bot)
    again = 0
    for row in await CheckIn.filter(state="open", expires_at__gt=now).order_by("id"):
        again += await _ask_again(row, bot, since, until, now)
    told = await _tell(bot, since, until, now) if until - since >= MESSAGES_LIVE else 0
    await reached(scope, bot, real_now=real_now)
    return AfterGap(again, told)


async def _ask_again(row: CheckIn, bot: str, since: datetime, until: datetime, now: datetime) -> int:
    shown = await Letter.get_or_none(id=row.screen_letter_id, bot=bot) if row.screen_letter_id else None
    # A question that was shown since the gap ended is the open one: they answered in words, and those were kept.
    if shown is None or shown.sent_at is None or not since - _STILL_ANSWERING <= shown.sent_at <= until:
        return 0
    link = await Link.get_or_none(id=shown.link_id, state="active")
    person = await Person.get_or_none(id=row.person_id, municipality_id=row.municipality_id, stopped_at=None)
    if link is None or person is None or (person.paused_until is not None and person.paused_until > now):
        return 0
    letter_id = await letters.post(
        Scope(row.municipality_id), "checkin.question", person_id=row.person_id, link_id=link.id,
        key=f"gap:{row.id}:{micros(since) // 1_000_000}", about=row.id, args={"after_gap": True}, now=now,
        not_before=rhythm.after_quiet_hours(now, time(person.quiet_from % 24), time(person.quiet_to % 24)),
        not_after=row.expires_at,
    )  # fmt: skip
    if letter_id is None:
        return 0
    # The next question then takes the place of this one.
    row.screen_letter_id = letter_id
    await row.save(update_fields=["screen_letter_id"])
    return 1


async def _tell(bot: str, since: datetime, until: datetime, now: datetime) -> int:
    here = await Link.filter(bot=bot, opened_at__lt=until).exclude(state="closed").distinct().values_list(
        "municipality_id", flat=True
    )  # fmt: skip
    for municipality_id in sorted(map(str, here)):
        about = f"{bot}:{micros(since)}:{micros(until)}"
        await trail.record(Scope(municipality_id), LOST, about=about, now=now)
    return len(here)
