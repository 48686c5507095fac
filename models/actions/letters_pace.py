"""How fast a bot may speak, and when it may not at all: turns, freezes, outages. Shared by every process."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import cast

from tortoise.expressions import Q

from models.domain import delivery, rhythm
from models.domain.letters import KINDS
from models.engine import engine
from models.tables.fields import micros
from models.tables.meetings import Meeting
from models.tables.outbox import BotState, Letter
from models.tables.register import Person
from models.transactions import Scoped, alone, atomic, dialect, execute, rows

_BETWEEN = delivery.BETWEEN // timedelta(microseconds=1)
_RECALLED = 2000
_MUCH_CHANGED = 1000
#: While Telegram cannot be reached a few letters try whether it can again.
_SCOUTS = 24


@atomic
async def reserve(scope: Scoped, bot: str, count: int, *, real_now: datetime) -> list[float]:
    """Take the next `count` turns to send through a bot; returns in how many seconds each of them is.

    On PostgreSQL the database's clock counts, so that processes on several machines agree.
    """
    clock = "(EXTRACT(EPOCH FROM now()) * 1000000)::bigint" if dialect() == "postgres" else str(
        micros(real_now)
    )  # fmt: skip
    span = count * _BETWEEN
    made = await rows(
        # Only a number and the database's own clock are put in.
        f"INSERT INTO bot_state (bot, stopped, username, outages, paced_to) VALUES (?, '', '', 0, {clock} + ?) "  # noqa: S608
        f"ON CONFLICT (bot) DO UPDATE SET paced_to = "
        f"CASE WHEN bot_state.paced_to > {clock} THEN bot_state.paced_to ELSE {clock} END + ? "
        f"RETURNING paced_to AS until, {clock} AS now",
        bot, span, span,
    )  # fmt: skip
    first = int(made[0]["until"]) - span - int(made[0]["now"])
    return [max(0, first + number * _BETWEEN) / 1e6 for number in range(count)]


@atomic
async def introduce(scope: Scoped, bot: str, username: str) -> None:
    """Remember the name of a bot, for invitation links. Processes that start at once do so at once: one statement."""
    await execute(
        "INSERT INTO bot_state (bot, stopped, username, outages) VALUES (?, '', ?, 0) "
        "ON CONFLICT (bot) DO UPDATE SET username = excluded.username WHERE bot_state.username <> excluded.username",
        bot, username[:64],
    )  # fmt: skip


@atomic
async def recall(scope: Scoped, *, now: datetime, bot: str | None = None) -> int:
    """Call for what is due and nobody works on (of one bot, or everything); returns how many rows were called for.

    While a bot's server could not be reached a few letters go ahead and find out.
    """
    if bot is None:
        await _look_at_busy_tables()
    state = await BotState.get_or_none(bot=bot) if bot else None
    return await engine().recall(bot, micros(now), _SCOUTS if state is not None and state.outages else _RECALLED)


@atomic
async def hurry(scope: Scoped, bot: str, *, now: datetime) -> int:
    """The bot's server is back for sure: nothing is frozen, what waits for another try may go now. Returns how many."""
    await BotState.filter(bot=bot).update(frozen_until=None, outages=0)
    count = await execute(
        "UPDATE letter SET next_at = ? WHERE bot = ? AND state = 'waiting' AND next_at > ? AND reason <> 'quiet' "
        "AND unknowns = 0",
        micros(now), bot, micros(now),
    )  # fmt: skip
    await engine().thaw(bot, timedelta(0))
    return count


async def _look_at_busy_tables() -> None:
    if dialect() == "postgres" and await rows(
        "SELECT 1 FROM pg_stat_user_tables WHERE schemaname = 'public' "
        "AND relname IN ('letter', 'inbox_update', 'procrastinate_jobs') AND n_mod_since_analyze > ?",
        _MUCH_CHANGED,
    ):
        await rows("SELECT fresh_statistics()")


async def freeze(bot: str, until: datetime, now: datetime) -> None:
    """Nobody sends through this bot before `until`; a longer freeze stays. Inside a deed."""
    await alone("freeze", bot)
    state = await BotState.get_or_none(bot=bot)
    if state is None:
        await BotState.create(bot=bot, frozen_until=until)
    elif state.frozen_until is None or state.frozen_until < until:
        state.frozen_until = until
        await state.save(update_fields=["frozen_until"])
    else:
        return
    await engine().thaw(bot, until - now)


async def brake(bot: str, now: datetime) -> datetime:
    """The bot's server cannot be reached: everybody waits, longer each time; returns until when. Inside a deed.

    Many letters fail at once; only the first of them counts.
    """
    await alone("freeze", bot)
    state, _ = await BotState.get_or_create(bot=bot)
    if state.frozen_until is not None and state.frozen_until > now:
        return cast(datetime, state.frozen_until)
    state.outages = min(state.outages + 1, 1000)
    until = now + delivery.outage_pause(state.outages)
    state.frozen_until = until
    await state.save(update_fields=["frozen_until", "outages"])
    await engine().thaw(bot, until - now)
    return until


async def moving(bot: str) -> None:
    """A letter came through: no stop and no outage any more. Inside a deed."""
    over = await execute(
        "UPDATE bot_state SET stopped = '', outages = 0 WHERE bot = ? AND (outages > 0 OR stopped <> '')", bot
    )
    if over:
        await engine().thaw(bot, timedelta(0))


async def frozen_until(bot: str, now: datetime) -> datetime | None:
    """Until when nobody may send through this bot; None when one may."""
    state = await BotState.get_or_none(bot=bot)
    if state is None or state.frozen_until is None or state.frozen_until <= now:
        return None
    return cast(datetime, state.frozen_until)


async def kept_places(person: Person, now: datetime) -> list[datetime]:
    """When the reminders of a person's agreed meetings come within a week: what the bot asks waits rather than
    take their place in the weekly cap. One place of the week is left for it all the same.
    """
    if not person.meeting_reminders:
        return []
    ahead = Meeting.filter(
        person_id=person.id, state="planned", cannot_at=None, reminded_at=None, remind_at__gt=now,
        remind_at__lte=now + timedelta(days=7),
    )  # fmt: skip
    found = await ahead.order_by("remind_at").limit(rhythm.WEEKLY_CAP - 1)
    return [one.remind_at for one in found if one.remind_at is not None]


async def begins_from(
    person: Person, now: datetime, *, besides: int | None = None, keep: bool = True
) -> datetime | None:
    """When the bot may next begin something by itself with this person; None when it may now. Inside a deed.

    `besides` is the letter that asks, which does not stand in its own way. `keep`:
    meetings' reminders keep their places.
    """
    start, end = time(person.quiet_from % 24), time(person.quiet_to % 24)
    if rhythm.in_quiet_hours(now, start, end):
        return rhythm.after_quiet_hours(now, start, end)
    starts = [name for name, rule in KINDS.items() if rule.starts]
    await alone("starts", person.id)
    # What is on its way or may have arrived counts too, also while it waits for another try: three a week is a promise,
    # also on a bad day.
    week_ago = now - timedelta(days=7)
    maybe = Q(state__in=["unsure", "sending"]) | Q(unknowns__gt=0)
    week = await Letter.filter(
        Q(state="sent", sent_at__gt=week_ago) | Q(maybe, started_at__gt=week_ago), person_id=person.id, kind__in=starts
    ).exclude(id=besides or 0)  # fmt: skip
    begun = [cast(datetime, one.sent_at or one.started_at) for one in week]
    if keep:
        begun += await kept_places(person, now)
    return None if rhythm.may_start(now, begun) else rhythm.may_start_from(now, begun)
