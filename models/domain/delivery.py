"""Letters out: delivered, or visibly not.

Telegram has no idempotency key, so one question rules everything here: is it *certain* that the letter did not arrive?
Certainly not (no connection, 429, 4xx): try again. Unknown (time-out, reset, 5xx, killed meanwhile): by class. The
strings and classes are those of `reliability.md` §3.3 and §5.3. Telegram's descriptions may quote the text of the
letter, so only codes of our own ever leave this module.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, TypeAlias


class LetterState(StrEnum):
    """Where a letter is; staff see the truth of it."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    WAITING = "waiting"
    UNSURE = "unsure"
    HELD = "held"
    DEAD = "dead"
    CANCELLED = "cancelled"


class LetterClass(StrEnum):
    """What kind of letter it is, most urgent first."""

    CRISIS = "crisis"
    STAFF_REPLY = "staff_reply"
    DIRECT_ANSWER = "direct_answer"
    QUESTION = "question"
    NUDGE = "nudge"
    BROADCAST = "broadcast"


Transport: TypeAlias = Literal[
    "ok", "connect", "connect_timeout", "pool", "dns", "tls", "read_timeout", "write_timeout", "reset", "lease_expired"
]  # fmt: skip
"""How far the request came. "tls" is a failed handshake; a break after it is a "reset"."""

DOUBLE_TAP: Final = timedelta(seconds=1)
"""The same button again within this time is a finger that trembled."""
LEASE: Final = timedelta(seconds=60)
"""How long a worker may hold a letter: longer than connecting and reading (5 + 35 s)."""
PERSISTENCE: Final = timedelta(hours=24)
"""How long staff replies and crisis texts are tried before they are dead, and visible as such."""
BACKOFF: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds before the next try after a certain failure; the last one repeats. ±20 % by the caller's jitter."""
JITTER: Final = 0.2
RESEND_AFTER: Final[dict[LetterClass, tuple[float, ...]]] = {
    LetterClass.CRISIS: (60.0,),
    LetterClass.STAFF_REPLY: (60.0,),
    LetterClass.DIRECT_ANSWER: (60.0,),
    LetterClass.QUESTION: (60.0, 300.0, 1800.0),
    LetterClass.NUDGE: (),
    LetterClass.BROADCAST: (),
}
"""Seconds to wait after each unknown outcome before sending again; after the last, UNSURE. Never for nudges and
broadcasts.
"""
HALT: Final = timedelta(minutes=5)
"""How long the whole bot stands still when its token is refused or a second instance is running; then it looks
again.
"""
LONGEST_FREEZE: Final = 24 * 3600.0
GIVE_UP_TRIES: Final = 8 + math.ceil((PERSISTENCE.total_seconds() - sum(BACKOFF)) / BACKOFF[-1])
"""Tries that take `PERSISTENCE` at the latest backoff: the end for a letter whose caller named no end."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram has it, under this message id."""

    message_id: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not arrive, through no fault of the letter. ``retry_after`` in seconds if Telegram said when."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person has blocked the bot or never opened the chat. It may change."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such chat (any more): the link is broken."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram will never take this letter as it is: a bug, or too long."""

    code: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """The screen already says exactly that, or nobody waits for it any more: as good as sent."""


@dataclass(frozen=True, slots=True)
class CannotParse:
    """The formatting was not understood; the words can go as plain text."""


@dataclass(frozen=True, slots=True)
class EditGone:
    """The message to edit is gone or may not be edited: send a new one."""


@dataclass(frozen=True, slots=True)
class Unauthorized:
    """The bot's token is refused: everything stops, the queue stays, the operator is called."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another instance speaks for this bot."""


Outcome: TypeAlias = (
    Sent | NotSent | Unknown | Blocked | Gone | Refused | NotModified | CannotParse | EditGone | Unauthorized | Conflict
)


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of the letter.

    ``state``: its new state. ``next_at``: when to try again, only while waiting. ``attempts``, ``unknowns``: the
    counters to store. ``mark_resent``: from now on it carries "sent again" and staff see "maybe delivered twice";
    never take the mark off again. ``freeze_until``: nobody sends through this bot before. ``resend_plain``: without
    formatting. ``new_message``: send, do not edit. ``error``: a code of ours, never Telegram's words. ``message_id``:
    Telegram's, when sent.
    """

    state: LetterState
    next_at: datetime | None
    attempts: int
    mark_resent: bool = False
    freeze_until: datetime | None = None
    resend_plain: bool = False
    new_message: bool = False
    error: str | None = None
    unknowns: int = 0
    message_id: int | None = None


BETWEEN: Final = timedelta(microseconds=33_900)
"""Between two letters of one bot: 29.5 a second, just under Telegram's 30. Evenly: no second holds more."""
CHAT_BURST: Final = 3
CHAT_WINDOW: Final = timedelta(seconds=3)
"""New messages in one chat: 3 in any 3 seconds."""
OUTAGE_PAUSES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds a whole bot stands still while Telegram cannot be reached at all; the last one repeats."""
_NO_WAY_THROUGH: Final = frozenset({"connect", "connect_timeout", "dns", "tls"})
_NEVER_LEFT: Final = frozenset({"connect", "connect_timeout", "pool", "dns", "tls"})
_SPOKEN: Final = frozenset({LetterClass.CRISIS, LetterClass.STAFF_REPLY})
_STARTED_BY_THE_BOT: Final = frozenset({LetterClass.QUESTION, LetterClass.NUDGE, LetterClass.BROADCAST})

_BAD_REQUEST: Final[tuple[tuple[str, Outcome], ...]] = (
    ("message is not modified", NotModified()),
    ("query is too old", NotModified()),
    ("can't parse entities", CannotParse()),
    ("message to edit not found", EditGone()),
    ("message can't be edited", EditGone()),
    ("message_id_invalid", EditGone()),
    ("there is no text in the message to edit", EditGone()),
    ("chat not found", Gone("chat_not_found")),
    ("private chat not found", Gone("chat_not_found")),
    ("chat_id is empty", Gone("chat_not_found")),
    ("user not found", Gone("chat_not_found")),
    ("peer_id_invalid", Gone("chat_not_found")),
    ("input_user_deactivated", Gone("deactivated")),
    ("group chat was upgraded", Gone("group")),
    ("message is too long", Refused("too_long")),
    ("message caption is too long", Refused("too_long")),
    ("text is too long", Refused("too_long")),
    ("message text is empty", Refused("empty")),
    ("text must be non-empty", Refused("empty")),
    ("message to be replied not found", Refused("reply_gone")),
    ("message thread not found", Refused("reply_gone")),
    ("reply markup is too long", Refused("buttons")),
    ("button_data_invalid", Refused("buttons")),
    ("wrong file_id", Refused("file_gone")),
    ("wrong file identifier", Refused("file_gone")),
    ("file is too big", Refused("file_too_big")),
)
_FORBIDDEN: Final[tuple[tuple[str, Outcome], ...]] = (
    ("bot was blocked by the user", Blocked("blocked")),
    ("user is deactivated", Gone("deactivated")),
    ("bot can't initiate conversation", Blocked("never_started")),
    ("the bot can't send messages to the bot", Gone("is_a_bot")),
    ("bot can't send messages to bots", Gone("is_a_bot")),
)


def priority(letter_class: LetterClass) -> int:
    """0 goes first: crisis, staff reply, direct answer, check-in question, nudge, broadcast."""
    return tuple(LetterClass).index(letter_class)


def classify(
    status: int | None,
    description: str,
    retry_after: float | None = None,
    transport: Transport = "ok",
    message_id: int | None = None,
) -> Outcome:
    """What one call to the Bot API came to.

    ``status``: the HTTP status or ``error_code``, None if no answer came. ``description``: Telegram's, may be HTML or
    empty. ``retry_after``: seconds, from the body or the header. ``transport``: how far the request came.
    ``message_id``: of a message that was accepted. Never raises; what is not recognised as certain is `Unknown`.
    """
    if transport in _NEVER_LEFT:
        return NotSent(transport)
    if transport != "ok":
        return Unknown(transport)
    if status is None:
        return Unknown("no_answer")
    if 200 <= status < 300:
        return Unknown("unreadable") if message_id is None else Sent(message_id)
    return _classify_error(status, description, retry_after)


def after(
    outcome: Outcome,
    *,
    letter_class: LetterClass,
    attempts: int,
    unknowns: int,
    now: datetime,
    not_after: datetime | None,
    jitter: float = 0.0,
    plain: bool = False,
) -> Next:
    """What becomes of a letter after one try.

    ``attempts``, ``unknowns``: how many tries, and how many of them with an unknown end, came *before* this one.
    ``not_after``: when it has lost its point; see `end_of_trying`. ``jitter`` in [-1, 1] from the caller's dice.
    ``plain``: it already went without formatting. A lease that expired because its worker was killed is
    `Unknown("lease_expired")`.
    """
    tries = attempts + 1
    match outcome:
        case Sent(message_id=message_id):
            return Next(LetterState.SENT, None, tries, unknowns=unknowns, message_id=message_id)
        case NotModified():
            return Next(LetterState.SENT, None, tries, unknowns=unknowns)
        case Blocked(reason=reason) | Gone(reason=reason):
            return Next(LetterState.HELD, None, tries, unknowns=unknowns, error=reason)
        case Refused(code=code):
            return Next(LetterState.DEAD, None, tries, unknowns=unknowns, error=code)
        case CannotParse() if plain:
            return Next(LetterState.DEAD, None, tries, unknowns=unknowns, error="cannot_parse")
        case Unknown(reason=reason):
            return _after_unknown(reason, letter_class, tries, unknowns, now, not_after)
        case _:
            return _after_certain(outcome, letter_class, attempts, unknowns, now, not_after, jitter)


def end_of_trying(letter_class: LetterClass, created_at: datetime, wanted: datetime | None) -> datetime | None:
    """The ``not_after`` to store with a new letter: 24 hours for crisis texts and staff replies, else what the caller
    wants.
    """
    return created_at + PERSISTENCE if letter_class in _SPOKEN else wanted


def backoff(attempts: int, jitter: float) -> timedelta:
    """How long to wait after a certain failure when ``attempts`` tries came before it; ``jitter`` in [-1, 1] is ±20
    %.
    """
    base = BACKOFF[min(max(attempts, 0), len(BACKOFF) - 1)]
    return timedelta(seconds=base * (1 + JITTER * min(1.0, max(-1.0, jitter))))


def carries_mark(letter_class: LetterClass, unknowns: int) -> bool:
    """True if the letter says that it was sent again: a human's words, after an unknown end."""
    return letter_class in _SPOKEN and unknowns > 0


def may_send_now(
    letter_class: LetterClass, *, now: datetime, in_quiet_hours: bool, not_after: datetime | None = None
) -> bool:
    """May it leave now? What the bot starts by itself waits for the quiet hours to end; nothing leaves after its
    ``not_after``.

    Crisis texts, staff replies and direct answers are never held by quiet hours.
    """
    if not_after is not None and now >= not_after:
        return False
    return not (in_quiet_hours and letter_class in _STARTED_BY_THE_BOT)


def silent(letter_class: LetterClass, in_quiet_hours: bool) -> bool:
    """True if the phone must not make a sound: a staff reply in quiet hours."""
    return in_quiet_hours and letter_class is LetterClass.STAFF_REPLY


def chat_wait(arrived: Sequence[datetime], now: datetime) -> float:
    """Seconds until one more new message may arrive in a chat, given when the last ones did (any order).

    Never more than `CHAT_BURST` in any `CHAT_WINDOW`: that never passes Telegram's bucket of 3, refilled by 1 a second.
    """
    recent = sorted(at for at in arrived if now - at < CHAT_WINDOW)
    if len(recent) < CHAT_BURST:
        return 0.0
    return max(0.0, (recent[-CHAT_BURST] + CHAT_WINDOW - now).total_seconds())


def outage_pause(outages: int) -> timedelta:
    """How long a bot stands still after Telegram could not be reached ``outages`` times in a row (from 1)."""
    return timedelta(seconds=OUTAGE_PAUSES[min(max(outages, 1), len(OUTAGE_PAUSES)) - 1])


def unreachable(outcome: Outcome) -> bool:
    """True if nobody's letter would have come through: no connection at all."""
    return isinstance(outcome, NotSent) and outcome.reason in _NO_WAY_THROUGH


def _classify_error(status: int, description: str, retry_after: float | None) -> Outcome:
    words = re.sub(r"^(?:bad request|forbidden|not found|unauthorized): ", "", description.strip().casefold())
    if status == 400:
        return _first(_BAD_REQUEST, words, Refused("bad_request"))
    if status == 403:
        return _first(_FORBIDDEN, words, Blocked("forbidden"))
    if status == 404:
        return Refused("method") if words.startswith("method not found") else Unauthorized()
    if status == 429:
        return NotSent("flood", _seconds(retry_after, words))
    fixed: dict[int, Outcome] = {401: Unauthorized(), 421: Unauthorized(), 409: Conflict(), 413: Refused("too_long")}
    if status in fixed:
        return fixed[status]
    # 408 and 3xx come from something between us and Telegram, which may have passed the letter on.
    return Refused("bad_request") if 400 <= status < 500 and status != 408 else Unknown("server")


def _first(table: tuple[tuple[str, Outcome], ...], words: str, otherwise: Outcome) -> Outcome:
    return next((outcome for start, outcome in table if words.startswith(start)), otherwise)


def _seconds(retry_after: float | None, words: str) -> float | None:
    if retry_after is None:
        said = re.search(r"retry after (\d{1,9})", words)
        retry_after = float(said.group(1)) if said else None
    if retry_after is None or math.isnan(retry_after) or retry_after < 0:
        return None
    return min(retry_after, LONGEST_FREEZE)


def _after_unknown(
    reason: str, letter_class: LetterClass, tries: int, unknowns: int, now: datetime, not_after: datetime | None
) -> Next:
    waits = RESEND_AFTER[letter_class]
    # A lease that ran out has been the wait already.
    pause = timedelta(seconds=0 if reason == "lease_expired" else waits[unknowns]) if unknowns < len(waits) else None
    at = None if pause is None else now + pause
    if at is None or (not_after is not None and at >= not_after):
        return Next(LetterState.UNSURE, None, tries, unknowns=unknowns + 1, error=reason)
    mark = letter_class in _SPOKEN
    return Next(LetterState.WAITING, at, tries, mark_resent=mark, unknowns=unknowns + 1, error=reason)


def _after_certain(
    outcome: Outcome,
    letter_class: LetterClass,
    attempts: int,
    unknowns: int,
    now: datetime,
    not_after: datetime | None,
    jitter: float,
) -> Next:
    """Another try, unless the letter has lost its point meanwhile; a freeze of the bot holds either way."""
    pause = backoff(attempts, jitter)
    at, freeze, error = now + pause, None, "not_sent"
    match outcome:
        case NotSent(reason=reason, retry_after=seconds):
            error = reason
            if reason == "flood":
                at = freeze = now + (pause if seconds is None else timedelta(seconds=min(seconds, LONGEST_FREEZE)))
        case Unauthorized():
            at, freeze, error = now + HALT, now + HALT, "unauthorized"
        case Conflict():
            at, freeze, error = now + HALT, now + HALT, "conflict"
        case CannotParse() | EditGone():
            error = "cannot_parse" if isinstance(outcome, CannotParse) else "edit_gone"
            at = now if attempts == 0 else at
    if attempts + 1 >= GIVE_UP_TRIES or (not_after is not None and at >= not_after):
        state, error = _given_up(letter_class, unknowns, error)
        return Next(state, None, attempts + 1, freeze_until=freeze, error=error, unknowns=unknowns)
    return Next(
        LetterState.WAITING,
        at,
        attempts + 1,
        freeze_until=freeze,
        resend_plain=isinstance(outcome, CannotParse),
        new_message=isinstance(outcome, EditGone),
        error=error,
        unknowns=unknowns,
    )


def _given_up(letter_class: LetterClass, unknowns: int, error: str) -> tuple[LetterState, str]:
    """A letter that may have arrived earlier is unsure, what the bot started by itself expires, and the rest is
    dead.
    """
    if unknowns > 0:
        return LetterState.UNSURE, error
    if letter_class in _STARTED_BY_THE_BOT:
        return LetterState.CANCELLED, "expired"
    return LetterState.DEAD, error
