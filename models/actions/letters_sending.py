"""The sending side of the outbox: what is due, taken with everything checked again, settled with what happened."""

from __future__ import annotations

import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from tortoise.exceptions import IntegrityError

from models.actions import letters_discreet, letters_pace
from models.actions.alerts import raise_blocked
from models.domain import delivery, rhythm
from models.domain.consent import Purpose, allows
from models.domain.delivery import LetterClass, LetterState
from models.domain.letters import KINDS, REPLIES, Kind
from models.engine import Call, engine
from models.tables.consent import Consent, Link
from models.tables.fields import instant, micros
from models.tables.keys import chat_index, house_vault, vault
from models.tables.messages import Message
from models.tables.outbox import BotState, Letter
from models.tables.register import Person
from models.transactions import Scope, Scoped, atomic, dialect, execute, reading, rows

_SPOKEN = (LetterClass.CRISIS, LetterClass.STAFF_REPLY)


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that may be sent now; only enough to take it."""

    letter_id: int
    municipality_id: str | None
    chat_index: str
    letter_class: LetterClass
    replaces: bool


@dataclass(frozen=True, slots=True)
class Later:
    """The letter may not be sent yet: its chat has had enough for now, or the bot is frozen. Nothing was changed."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter taken for sending: checked, leased, addressed. `screen` is what the renderer made of it.

    `discreet`: the screen may name no person, no case and no content. `locked`: the chat must stand behind a PIN.
    """

    letter_id: int
    municipality_id: str | None
    person_id: str | None
    link_id: str | None
    kind: str
    letter_class: LetterClass
    about: str
    args: dict[str, Any]
    language: str
    chat_id: int
    nonce: str
    edits: int | None
    silent: bool
    resend: bool
    confirmed: bool
    discreet: bool = False
    locked: bool = False
    easy: bool = False
    screen: Any = None


Renderer = Callable[[Taken], Awaitable[tuple[Any, list[list[str]]] | None]]


_WAITING = "l.state IN ('queued', 'waiting') AND l.next_at <= ?"
#: A letter of a chat goes when none is on its way there, none before it in the conversation waits (words for a crisis
#: wait for no letter before them, and nothing for a reply that may still be taken back), and no other that may go now
#: ranks before it. The few that are on their way are read once: asked of each letter, PostgreSQL without fresh
#: statistics looked through all that wait (a second, with 5,000).
_FIRST = """
(l.bot, l.chat_index) NOT IN (SELECT s.bot, s.chat_index FROM letter s WHERE s.state = 'sending')
AND (NOT l.in_conversation OR l.letter_class = 'crisis' OR NOT EXISTS (
    SELECT 1 FROM letter e WHERE e.bot = l.bot AND e.chat_index = l.chat_index AND e.in_conversation AND e.id < l.id
    AND e.state IN ('queued', 'waiting') AND (e.undo_until IS NULL OR e.undo_until <= ?)))
"""
_COLUMNS = "l.id, l.municipality_id, l.chat_index, l.letter_class, l.replaces_id, l.rank"
#: How far beyond what is asked for a round looks, so that one chat's many letters hide no other chat.
_MANY_OF_ONE_CHAT = 2


@reading
async def due(scope: Scoped, *, bot: str, now: datetime, limit: int = 64) -> list[Due]:
    """What one bot may send now, most urgent first; at most one letter per chat, in the order that binds it.

    Where several processes may send, equals come in an order of chance: each begins with others.
    """
    if await letters_pace.frozen_until(bot, now) is not None:
        return []
    found: dict[str, Due] = {}
    ranks: dict[int, int] = {}
    after, wanted = (-1, 0), limit * _MANY_OF_ONE_CHAT
    while len(found) < limit:
        page = await rows(
            # Nothing of a caller's is put in.
            f"SELECT {_COLUMNS} FROM letter l WHERE l.bot = ? AND {_WAITING} AND {_FIRST} "  # noqa: S608
            "AND (l.rank > ? OR (l.rank = ? AND l.id > ?)) ORDER BY l.rank, l.id LIMIT ?",
            bot, micros(now), micros(now), after[0], after[0], after[1], wanted,
        )  # fmt: skip
        for row in page:
            found.setdefault(row["chat_index"], _due(row))
            ranks[row["id"]] = row["rank"]
        if len(page) < wanted:
            break
        after = (page[-1]["rank"], page[-1]["id"])
    first = list(found.values())[:limit]
    if dialect() == "postgres":
        first.sort(key=lambda one: (ranks[one.letter_id], random.random()))  # noqa: S311
    return first


@reading
async def due_before(scope: Scoped, letter_id: int, *, now: datetime) -> tuple[bool, Due | None]:
    """Whether this letter still waits for its turn, and what its chat may be sent now: it, or what comes before it."""
    mine = await rows("SELECT bot, chat_index, state, next_at FROM letter WHERE id = ?", letter_id)
    if not mine or mine[0]["state"] not in {"queued", "waiting"} or mine[0]["next_at"] > micros(now):
        return False, None
    found = await rows(
        f"SELECT {_COLUMNS} FROM letter l WHERE l.bot = ? AND l.chat_index = ? AND {_WAITING} AND {_FIRST} "  # noqa: S608
        "ORDER BY l.rank, l.id LIMIT 1",
        mine[0]["bot"], mine[0]["chat_index"], micros(now), micros(now),
    )  # fmt: skip
    return True, _due(found[0]) if found else None


async def take(
    scope: Scoped, letter_id: int, render: Renderer, *, now: datetime, real_now: datetime, paced: bool = False
) -> Taken | Later | None:
    """Take one letter for sending: claim it, check everything again, render it, remember its buttons.

    `now` is Hørt's clock, `real_now` the machine's (leases and the pace of a chat keep real time). None when it is no
    longer to be sent: its state then says why. Later when it may not go yet, with nothing changed.
    """
    try:
        return await _take(scope, letter_id, render, now, real_now, paced)
    except _NotYet as wait:
        return Later(wait.seconds)
    except IntegrityError:
        # Another process has begun a letter to this chat since we looked: the index on "sending" lets one through.
        return Later(1.0)


class _NotYet(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


@atomic
async def _take(
    scope: Scoped, letter_id: int, render: Renderer, now: datetime, real_now: datetime, paced: bool
) -> Taken | None:
    claimed = await execute(
        # The last try that may have arrived is what the weekly cap counts from.
        "UPDATE letter SET state = 'sending', lease_until = ?, started_at = ? "
        "WHERE id = ? AND state IN ('queued', 'waiting')",
        micros(real_now + delivery.LEASE), micros(now), letter_id,
    )  # fmt: skip
    if claimed == 0:
        return None
    letter = await Letter.get(id=letter_id)
    frozen = await letters_pace.frozen_until(letter.bot, now)
    if frozen is not None:
        raise _NotYet((frozen - now).total_seconds())
    if paced and letter.replaces_id is None:
        await _wait_for_the_chat(letter, real_now)
    rule = KINDS[letter.kind]
    link = await Link.get_or_none(id=letter.link_id, municipality_id=letter.municipality_id) if letter.link_id else None
    person = (
        await Person.get_or_none(id=letter.person_id, municipality_id=letter.municipality_id)
        if letter.person_id
        else None
    )
    verdict = await _refusal(letter, rule, link, person, now)
    if verdict is not None:
        await _leave(letter, *verdict)
        if verdict[0] is LetterState.WAITING:
            await call([letter], now)
        return None
    chosen = await letters_discreet.discretion(letter)
    if chosen.neutral and not rule.neutral:
        await call(await letters_discreet.goes_elsewhere(letter, rule, link, now), now)
        return None
    edits = await _message_to_edit(letter)
    taken = Taken(
        letter_id=letter.id,
        municipality_id=letter.municipality_id,
        person_id=letter.person_id,
        link_id=letter.link_id,
        kind=letter.kind,
        letter_class=LetterClass(letter.letter_class),
        about=letter.about,
        args=dict(letter.args),
        language=link.language if link else letter.language,
        chat_id=await _chat_id(letter, link),
        nonce=letter.nonce or secrets.token_urlsafe(12),
        edits=edits,
        silent=_silent(letter, person, now),
        resend=letter.resent and rule.letter_class in _SPOKEN,
        confirmed=bool(link and link.confirmed_at),
        discreet=chosen.neutral,
        locked=chosen.locked,
        easy=_easy(letter, person),
    )
    made = await render(taken)
    if made is None:
        await _leave(letter, LetterState.CANCELLED, "nothing_to_say", None)
        return None
    if chosen.neutral and rule.letter_class is LetterClass.CRISIS:
        await call(await letters_discreet.whole_elsewhere(letter, link, now), now)
    elif chosen.locked and link is not None:
        await call(await letters_discreet.calls_for_a_look(letter, rule, link, now), now)
    screen, buttons = made
    letter.nonce, letter.buttons, letter.language = taken.nonce, buttons, taken.language
    await letter.save(update_fields=["nonce", "buttons", "language"])
    return Taken(**{field: getattr(taken, field) for field in Taken.__slots__ if field != "screen"}, screen=screen)


@atomic
async def settle(
    scope: Scoped,
    letter_id: int,
    outcome: delivery.Outcome,
    *,
    now: datetime,
    real_now: datetime | None = None,
    jitter: float = 0.0,
) -> LetterState:
    """Write down what became of a letter in hand. Safe to repeat: a letter that is no longer in hand stays as it is.

    `real_now` is when a new message may have arrived; it paces the chat. Where the bot's server cannot be reached, the
    whole bot waits and the letter keeps its place.
    """
    letter = await Letter.get_or_none(id=letter_id)
    if letter is None or letter.state != LetterState.SENDING.value:
        return LetterState(letter.state) if letter else LetterState.CANCELLED
    after = delivery.after(
        outcome,
        letter_class=LetterClass(letter.letter_class),
        attempts=letter.attempts,
        unknowns=letter.unknowns,
        now=now,
        not_after=letter.not_after,
        jitter=jitter,
    )
    letter.state, letter.attempts, letter.unknowns, letter.lease_until = (
        after.state.value, after.attempts, after.unknowns, None,
    )  # fmt: skip
    letter.reason = (after.error or "")[:60]
    letter.resent = letter.resent or after.mark_resent
    if after.next_at is not None:
        letter.next_at = after.next_at
    if after.new_message:
        letter.replaces_id = None
    elif letter.replaces_id is None and not isinstance(outcome, delivery.NotSent):
        letter.left_at = real_now
    if after.state is LetterState.WAITING and delivery.unreachable(outcome):
        letter.next_at = await letters_pace.brake(letter.bot, now)
        letter.attempts -= 1
    if isinstance(outcome, delivery.Sent):
        letter.message_id, letter.sent_at = outcome.message_id, now
    elif after.state is LetterState.SENT:
        letter.sent_at = now
        letter.message_id = letter.message_id or await _message_to_edit(letter)
    await letter.save()
    if after.freeze_until is not None:
        await letters_pace.freeze(letter.bot, after.freeze_until, now)
    await _tell_the_bot(letter, outcome, now)
    if after.state in {LetterState.WAITING, LetterState.QUEUED}:
        await call([letter], now)
    return after.state


@atomic
async def call_for_a_look(scope: Scoped, letter_id: int, *, looked_at: datetime | None, now: datetime) -> None:
    """A letter has reached a web chat behind a PIN, and its server knows when the person last looked there: Telegram
    says that there is something, unless it did and they have not looked since.
    """
    letter = await Letter.get_or_none(id=letter_id)
    link = await Link.get_or_none(id=letter.link_id, state="active") if letter is not None else None
    if letter is None or link is None:
        return
    if looked_at is not None and link.seen_at < looked_at <= now:
        link.seen_at = looked_at
        await link.save(update_fields=["seen_at"])
    await call(await letters_discreet.calls_for_a_look(letter, KINDS[letter.kind], link, now), now)


@atomic
async def sweep(scope: Scoped, *, now: datetime, real_now: datetime) -> list[int]:
    """Letters whose sender died in the middle: the outcome is unknown, and the class decides. Returns their ids."""
    lost = await rows("SELECT id FROM letter WHERE state = 'sending' AND lease_until < ?", micros(real_now))
    for row in lost:
        await settle(scope, row["id"], delivery.Unknown("lease_expired"), now=now)
    return [row["id"] for row in lost]


async def _tell_the_bot(letter: Letter, outcome: delivery.Outcome, now: datetime) -> None:
    """What one letter's outcome means for all of the bot's, or of the chat's."""
    if isinstance(outcome, delivery.Unauthorized | delivery.Conflict):
        await BotState.filter(bot=letter.bot).update(stopped=letter.reason)
    elif isinstance(outcome, delivery.Sent):
        await letters_pace.moving(letter.bot)
    if isinstance(outcome, delivery.Blocked | delivery.Gone) and letter.link_id and letter.person_id:
        letter.reason = "blocked" if isinstance(outcome, delivery.Blocked) else "no_link"
        await letter.save(update_fields=["reason"])
        await _hold_all(letter.link_id, letter.reason)
        await raise_blocked(Scope(letter.municipality_id), letter.person_id, letter.link_id, now=now)


async def call(found: Sequence[Letter], now: datetime) -> None:
    """Tell the engine of letters that are due or will be. Inside a deed."""
    await engine().letters(
        [
            Call(one.id, one.bot, one.chat_index, one.rank, max(one.next_at - now, timedelta(0)))
            for one in found
            if one.bot
        ]
    )


def _due(row: dict[str, Any]) -> Due:
    return Due(
        row["id"], row["municipality_id"], row["chat_index"], LetterClass(row["letter_class"]),
        row["replaces_id"] is not None,
    )  # fmt: skip


async def _wait_for_the_chat(letter: Letter, real_now: datetime) -> None:
    arrived = await rows(
        "SELECT left_at FROM letter WHERE bot = ? AND chat_index = ? AND left_at > ? ORDER BY left_at DESC LIMIT ?",
        letter.bot, letter.chat_index, micros(real_now - delivery.CHAT_WINDOW), delivery.CHAT_BURST,
    )  # fmt: skip
    wait = delivery.chat_wait([instant(row["left_at"]) for row in arrived], real_now)
    if wait > 0:
        raise _NotYet(wait)


async def _refusal(  # noqa: PLR0911 (one reason a line; nesting them would hide one)
    letter: Letter, rule: Kind, link: Link | None, person: Person | None, now: datetime
) -> tuple[LetterState, str, datetime | None] | None:
    """Why this letter is not sent now: (state, reason, when again); None when it is."""
    if letter.not_after is not None and letter.not_after <= now:
        return _expired(letter), "expired", None
    if letter.link_id is None:
        if letter.kind == "rights.forget" and await _is_somebodys(letter):
            return LetterState.CANCELLED, "linked", None
        return None if letter.chat_sealed else (LetterState.HELD, "no_link", None)
    if link is None or link.state == "closed":
        return LetterState.HELD, "no_link", None
    if link.state == "blocked":
        return LetterState.HELD, "blocked", None
    if link.confirmed_at is None and (rule.personal or await _tells_of_before(letter, link)):
        return LetterState.HELD, "not_confirmed", None
    if person is None or person.erased_at is not None:
        return LetterState.CANCELLED, "erased", None
    purposes = frozenset(Purpose(row.purpose) for row in await Consent.filter(person_id=person.id, withdrawn_at=None))
    if not allows(purposes, rule.needs):
        return LetterState.CANCELLED, "consent", None
    if rule.starts:
        if person.stopped_at is not None or rhythm.paused(now, person.paused_until):
            return LetterState.CANCELLED, "stopped", None
        again = await letters_pace.begins_from(person, now, besides=letter.id, keep=letter.kind != "meeting.reminder")
        if again is not None:
            return LetterState.WAITING, "quiet", again
    return None


async def _is_somebodys(letter: Letter) -> bool:
    """Whether a chat that was to be emptied has been linked again since."""
    chat = chat_index(letter.bot, await _chat_id(letter, None))
    return await Link.filter(bot=letter.bot, chat_index=chat).exclude(state="closed").exists()


async def _tells_of_before(letter: Letter, link: Link) -> bool:
    """Whether a reply belongs to a conversation that is older than the link: then it tells the case to whoever holds
    the phone now."""
    if letter.kind not in REPLIES:
        return False
    reply = await Message.get_or_none(id=letter.about, municipality_id=letter.municipality_id)
    if reply is None:
        return False
    earlier = Message.filter(thread_id=reply.thread_id, direction="in", at__lt=link.opened_at)
    return reply.at < link.opened_at or await earlier.exists()


async def _leave(letter: Letter, state: LetterState, reason: str, next_at: datetime | None) -> None:
    letter.state, letter.reason, letter.lease_until = state.value, reason, None
    if next_at is not None:
        letter.next_at = next_at
    await letter.save(update_fields=["state", "reason", "lease_until", "next_at"])


def _silent(letter: Letter, person: Person | None, now: datetime) -> bool:
    if person is None:
        return False
    quiet = rhythm.in_quiet_hours(now, time(person.quiet_from % 24), time(person.quiet_to % 24))
    return letter.kind in {"message.read", "feedback.seen"} or delivery.silent(LetterClass(letter.letter_class), quiet)


def _easy(letter: Letter, person: Person | None) -> bool:
    """Whether the one who reads it chose easier Danish, on the way in or since."""
    if letter.link_id is None:
        return bool(letter.args.get("easy"))
    return person is not None and person.easy


async def _message_to_edit(letter: Letter) -> int | None:
    if letter.replaces_id is None:
        return None
    earlier = await Letter.get_or_none(id=letter.replaces_id, bot=letter.bot, chat_index=letter.chat_index)
    return earlier.message_id if earlier is not None else None


async def _chat_id(letter: Letter, link: Link | None) -> int:
    if link is not None:
        opened = await vault(link.municipality_id, link.person_id)
        return int(opened.open("link", "chat", link.id, link.chat_sealed))
    assert letter.chat_sealed is not None  # noqa: S101 (checked by _refusal)
    return int(house_vault().open("letter", "chat", letter.chat_index, letter.chat_sealed))


def _expired(letter: Letter) -> LetterState:
    """A human's words never vanish: what ran out of time unsent is dead, or unsure, and staff see it."""
    if LetterClass(letter.letter_class) not in _SPOKEN:
        return LetterState.CANCELLED
    return LetterState.UNSURE if letter.unknowns else LetterState.DEAD


async def _hold_all(link_id: str, reason: str) -> None:
    await Link.filter(id=link_id).update(state="blocked" if reason == "blocked" else "closed")
    await Letter.filter(link_id=link_id, state__in=["queued", "waiting"]).update(
        state=LetterState.HELD.value, reason=reason
    )
