"""The inbox: an update is on disk, sealed, with its crisis check done, before it is acknowledged to anyone."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from models.actions import trail
from models.actions.alerts import raise_alert
from models.domain import crisis
from models.domain.alerts import Reason
from models.domain.errors import NotFound
from models.domain.municipality import kept_days
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.engine import Call, engine
from models.tables.consent import Link
from models.tables.fields import micros
from models.tables.inbox import InboxUpdate, ReceiverOffset
from models.tables.keys import chat_index, house_vault, vault
from models.tables.reach import dead_letters_for
from models.tables.register import Municipality
from models.transactions import Scope, Scoped, alone, atomic, execute, reading

log = logging.getLogger("hoert.inbox")

TRIES = 3
#: In place of an error: begun by a process, and not ended yet.
BEGUN = "begun"


@dataclass(frozen=True, slots=True)
class Raw:
    """One update as it came, with what is needed to keep it: who, which message, which kind."""

    update_id: int
    kind: str
    chat_id: int | None
    message_key: str
    text: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """An update in hand: its content, and the young person it came from if that chat is theirs."""

    inbox_id: int
    bot: str
    chat_index: str
    payload: dict[str, Any]
    answered: bool
    tries: int


def read_raw(payload: dict[str, Any]) -> Raw:
    """Take apart a raw update; unknown kinds are kept too, as what they are."""
    kind = next((name for name in payload if name != "update_id"), "empty")
    body = payload.get(kind)
    body = body if isinstance(body, dict) else {}
    message = body.get("message", {}) if kind == "callback_query" else body
    source = body.get("from") if kind in {"callback_query", "my_chat_member"} else None
    chat = message.get("chat") if isinstance(message, dict) else None
    chat_id = (chat or body.get("chat") or source or {}).get("id")
    key = ""
    if kind in {"message", "edited_message"}:
        key = f"{kind}:{body.get('message_id')}:{body.get('edit_date', 0)}"
    elif kind == "callback_query":
        key = f"{kind}:{body.get('id')}"
    text = body.get("text") or body.get("caption") or "" if kind in {"message", "edited_message"} else ""
    return Raw(int(payload["update_id"]), kind[:24], chat_id, key[:80], str(text), payload)


@atomic
async def receive(
    scope: Scoped, bot: str, batch: list[Raw], *, now: datetime, answered: frozenset[int] = frozenset()
) -> int:
    """Put a batch on disk; returns how many were new. Repeats (same update, or same message again) are dropped.

    The crisis check happens here, in the same transaction: nothing later can hide it.
    """
    new: list[Call] = []
    # The same update may come twice at once; the fixed order keeps two batches from waiting for each other.
    for index in sorted({chat_index(bot, raw.chat_id) if raw.chat_id is not None else "" for raw in batch}):
        await alone("inbox", bot, index)
    for raw in batch:
        index = chat_index(bot, raw.chat_id) if raw.chat_id is not None else ""
        number = await _number_of(bot, index, raw)
        if number is None:
            continue
        link = await Link.filter(bot=bot, chat_index=index).exclude(state="closed").first() if index else None
        sealing = await vault(link.municipality_id, link.person_id) if link else house_vault()
        row = f"{bot}:{number}"
        kept = await InboxUpdate.create(
            bot=bot,
            update_id=number,
            chat_index=index,
            message_key=raw.message_key,
            kind=raw.kind,
            municipality_id=link.municipality_id if link else None,
            person_id=link.person_id if link else None,
            payload=sealing.seal("inbox_update", "payload", row, json.dumps(raw.payload, ensure_ascii=True)),
            answered=raw.update_id in answered,
            received_at=now,
        )
        new.append(Call(kept.id, bot, link.person_id if link else f"{bot}:{index}"))
        if link is not None and raw.text and crisis.check(raw.text).found:
            await raise_alert(
                Scope(link.municipality_id), link.person_id, Reason.CRISIS_WORDS, about=_about(bot, index, raw),
                now=now,
            )  # fmt: skip
    if new:
        await engine().updates(new)
    return len(new)


async def _number_of(bot: str, index: str, raw: Raw) -> int | None:
    """The number under which an update is kept; None where it is there already.

    A server that was set up anew counts from the beginning: another message under a number we know is kept under one
    of its own, below zero and always the same, and that is said aloud.
    """
    if raw.message_key and await InboxUpdate.exists(bot=bot, chat_index=index, message_key=raw.message_key):
        return None
    same = await InboxUpdate.get_or_none(bot=bot, update_id=raw.update_id)
    if same is None:
        return raw.update_id
    if same.kind == "":
        # What is left, for a day, of an update of somebody who was erased: Telegram brings it again.
        return None
    if not raw.message_key or (same.chat_index, same.message_key) == (index, raw.message_key):
        return None
    number = -1 - int.from_bytes(sha256(f"{index}:{raw.message_key}".encode()).digest()[:7], "big")
    if await InboxUpdate.exists(bot=bot, update_id=number):
        return None
    log.error("inbox.number_used_again", extra={"bot": bot, "inbox": same.id})
    return number


@atomic
async def move_offset(scope: Scoped, bot: str, next_offset: int, *, now: datetime) -> None:
    """Remember where a polling receiver stands: last id of its batch + 1, never a maximum (ids may jump down)."""
    await ReceiverOffset.update_or_create(defaults={"next_offset": next_offset, "moved_at": now}, bot=bot)


@reading
async def offset(scope: Scoped, bot: str) -> int:
    """Where a polling receiver stands; 0 at the first start."""
    row = await ReceiverOffset.get_or_none(bot=bot)
    return row.next_offset if row else 0


@atomic
async def mark_answered(scope: Scoped, bot: str, update_ids: frozenset[int]) -> None:
    """Help was shown to these before the database was there: their processing shows it no second time."""
    await InboxUpdate.filter(bot=bot, update_id__in=list(update_ids)).update(answered=True)


@atomic
async def begin_again(scope: Scoped, inbox_id: int, *, now: datetime) -> bool:
    """Note that an update from before this process's start is begun; False when it must not be.

    One that was begun and never ended may have killed the process that had it in hand. That counts as a try, and after
    three of them it is a dead letter.
    """
    await execute(
        "UPDATE inbox_update SET tries = tries + CASE WHEN error = ? THEN 1 ELSE 0 END, error = ? "
        "WHERE id = ? AND state = 'new'",
        BEGUN, BEGUN, inbox_id,
    )  # fmt: skip
    return not await _bury(inbox_id, now)


#: Open questions whose answer is feedback.
_ABOUT_FEEDBACK = "feedback.%"


async def _bury(inbox_id: int, now: datetime) -> bool:
    # What failed was rolled back, so the question it answered is still open: for whose eyes it was stays known.
    dead = await execute(
        "UPDATE inbox_update SET state = 'dead', done_at = ?, feedback_id = COALESCE((SELECT q.about FROM question q "
        "WHERE q.person_id = inbox_update.person_id AND q.kind LIKE ? "
        "AND q.asked_at <= inbox_update.received_at), '') WHERE id = ? AND state = 'new' AND tries >= ?",
        micros(now), _ABOUT_FEEDBACK, inbox_id, TRIES,
    )  # fmt: skip
    return dead > 0


@atomic
async def open_update(scope: Scoped, inbox_id: int) -> Opened | None:
    """Take a waiting update in hand, inside the transaction that will process it; None when it is done already."""
    claimed = await execute("UPDATE inbox_update SET tries = tries + 1 WHERE id = ? AND state = 'new'", inbox_id)
    if claimed == 0:
        return None
    row = await InboxUpdate.get(id=inbox_id)
    sealing = (
        await vault(row.municipality_id, row.person_id) if row.person_id and row.municipality_id else house_vault()
    )
    clear = sealing.open("inbox_update", "payload", f"{row.bot}:{row.update_id}", row.payload or b"")
    return Opened(row.id, row.bot, row.chat_index, json.loads(clear), row.answered, row.tries)


@atomic
async def done(scope: Scoped, inbox_id: int, *, now: datetime) -> None:
    """The update is processed: its content lives where it belongs, the raw payload goes."""
    await execute(
        "UPDATE inbox_update SET state = 'done', payload = NULL, done_at = ? WHERE id = ?", micros(now), inbox_id
    )


@atomic
async def failed(scope: Scoped, inbox_id: int, error: str, *, now: datetime) -> bool:
    """Processing failed (and was rolled back). The third time the update becomes a dead letter. True when it did.

    `error` is the kind of fault, never its text.
    """
    await execute(
        "UPDATE inbox_update SET tries = tries + 1, error = ? WHERE id = ? AND state = 'new'", error[:120], inbox_id
    )
    return await _bury(inbox_id, now)


@atomic
async def read_dead(viewer: Viewer, inbox_id: int, *, now: datetime, dealt_with: bool = False) -> None:
    """A coordinator reads a dead letter, or has dealt with it (then it is off the list). Both are written down.

    Raises NotFound for other roles, other municipalities, and what is no dead letter.
    """
    row = next(iter(await dead_letters_for(viewer, inbox_id)), None)
    if row is None:
        raise NotFound
    if dealt_with and row.seen_by_id is None:
        row.seen_by_id = viewer.staff_id
        await row.save(update_fields=["seen_by_id"])
    deed = "dead_letter.done" if dealt_with else "dead_letter.read"
    await trail.record(viewer, deed, person_id=row.person_id or "", about=str(row.id), now=now)


@atomic
async def forget(scope: Scoped, *, now: datetime) -> int:
    """Drop what has served: rows of strangers after 24 hours, dedupe rows when their municipality says so."""
    strangers = await execute(
        "DELETE FROM inbox_update WHERE person_id IS NULL AND state <> 'new' AND received_at < ?",
        micros(now - timedelta(hours=24)),
    )
    old = 0
    for municipality in await Municipality.all():
        before = now - timedelta(days=kept_days(municipality.settings, "updates"))
        old += await execute(
            "DELETE FROM inbox_update WHERE municipality_id = ? AND state = 'done' AND received_at < ?",
            municipality.id, micros(before),
        )  # fmt: skip
    return strangers + old


def _about(bot: str, index: str, raw: Raw) -> str:
    """The same name the message journey gives this message, so that one cry makes one alert."""
    message_id = raw.payload[raw.kind].get("message_id")
    return f"{bot}:{index[:40]}:{message_id}{':e' if raw.kind == 'edited_message' else ''}"[:80]


def source_key(person: YoungPerson, message_id: int) -> str:
    """The name of a chat message as the source of a row."""
    return f"{person.bot}:{person.chat_index[:40]}:{message_id}"
