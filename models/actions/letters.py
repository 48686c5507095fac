"""The outbox: letters to young people. To whom, what kind, about which row; ids, never text.

A deed posts a letter in its own transaction. The bot finds what is due, takes it (checking consent, link, municipality
and quiet hours again), sends it, and settles it with what really happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tortoise.queryset import QuerySet

from models.actions.letters_pace import begins_from, hurry, introduce, recall, reserve
from models.actions.letters_sending import (
    _SPOKEN,
    Due,
    Later,
    Renderer,
    Taken,
    _leave,
    call,
    call_for_a_look,
    due,
    due_before,
    settle,
    sweep,
    take,
)
from models.domain import delivery, rights
from models.domain.delivery import LetterClass, LetterState
from models.domain.letters import KINDS, Kind
from models.domain.people import YoungPerson
from models.tables.consent import Link
from models.tables.fields import micros
from models.tables.keys import house_vault
from models.tables.outbox import Letter
from models.transactions import Scoped, alone, atomic, execute


@atomic
async def post(
    scope: Scoped,
    kind: str,
    *,
    person_id: str,
    key: str,
    now: datetime,
    about: str = "",
    args: dict[str, Any] | None = None,
    link_id: str | None = None,
    replaces: int | None = None,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    undo_until: datetime | None = None,
) -> int | None:
    """Post a letter to a young person; returns its id, or None where there already is one with this natural key.

    Goes to `link_id`, else to a link whose safety words are confirmed, else to the one the person used last. Without a
    link the letter is held, visibly. `undo_until`: it waits so long to be taken back, and nothing waits for it.
    """
    links = Link.filter(person_id=person_id, municipality_id=scope.municipality_id).exclude(state="closed")
    if scope.municipality_id == "*":
        links = Link.filter(person_id=person_id).exclude(state="closed")
    link = await links.filter(id=link_id).first() if link_id else _best(await links)
    rule = KINDS[kind]
    letter = Letter(
        municipality_id=link.municipality_id if link else _concrete(scope),
        person_id=person_id,
        link_id=link.id if link else None,
        bot=link.bot if link else "",
        chat_index=link.chat_index if link else "",
        language=link.language if link else "da",
        state=(LetterState.QUEUED if link else LetterState.HELD).value,
        reason="" if link else "no_link",
        undo_until=undo_until,
    )
    return await _save(letter, kind, rule, key, now, about, args, replaces, undo_until or not_before, not_after)


@atomic
async def answer(
    person: YoungPerson,
    kind: str,
    *,
    key: str,
    now: datetime,
    about: str = "",
    args: dict[str, Any] | None = None,
    replaces: int | None = None,
) -> int | None:
    """Post the direct answer to something a young person just did, to the chat where they did it."""
    return await post(
        person, kind, person_id=person.person_id, key=key, now=now, about=about, args=args, link_id=person.link_id,
        replaces=replaces,
    )  # fmt: skip


@atomic
async def answer_chat(
    scope: Scoped,
    kind: str,
    *,
    bot: str,
    chat_index: str,
    chat_id: int,
    language: str,
    key: str,
    now: datetime,
    municipality_id: str | None = None,
    person_id: str | None = None,
    about: str = "",
    args: dict[str, Any] | None = None,
    replaces: int | None = None,
    not_before: datetime | None = None,
) -> int | None:
    """Post an answer to a chat that has no link: somebody on the way in, or a stranger. Deleted within a day."""
    letter = Letter(
        municipality_id=municipality_id,
        person_id=person_id,
        bot=bot,
        chat_index=chat_index,
        chat_sealed=house_vault().seal("letter", "chat", chat_index, str(chat_id)),
        language=language,
        state=LetterState.QUEUED.value,
    )
    return await _save(letter, kind, KINDS[kind], key, now, about, args, replaces, not_before, None)


async def deletable(link: Link, now: datetime) -> list[int]:
    """The messages of a chat that Telegram still lets us delete, also those of the way in, before there was a link."""
    found = await Letter.filter(
        person_id=link.person_id, bot=link.bot, chat_index=link.chat_index, state="sent",
        sent_at__gt=now - rights.DELETABLE, message_id__not_isnull=True,
    ).order_by("-id").limit(100).values_list("message_id", flat=True)  # fmt: skip
    return sorted({int(str(one)) for one in found})


@atomic
async def purge(scope: Scoped, *, now: datetime) -> int:
    """Delete letters to chats without a link after a day: a stranger leaves nothing. A chat that is still to be emptied
    for somebody who was erased is not forgotten before it is.
    """
    return await execute(
        "DELETE FROM letter WHERE link_id IS NULL AND chat_index <> '' AND created_at < ? "
        "AND (kind <> 'rights.forget' OR state NOT IN ('queued', 'waiting', 'sending'))",
        micros(now - timedelta(hours=24)),
    )


@atomic
async def cancel_prompts(scope: Scoped, person_id: str, *, kinds: frozenset[str] | None = None) -> int:
    """Cancel what the bot has begun by itself and not sent yet (/stop, a pause, a withdrawn consent)."""
    names = [name for name, rule in KINDS.items() if rule.starts and (kinds is None or name in kinds)]
    return await _within(scope, person_id=person_id, state__in=["queued", "waiting"], kind__in=names).update(
        state=LetterState.CANCELLED.value, reason="stopped"
    )


@atomic
async def cancel_unwanted(scope: Scoped, person_id: str, kinds: frozenset[str]) -> int:
    """Cancel what was posted for a purpose that is withdrawn, wherever it waits."""
    return await _within(
        scope, person_id=person_id, state__in=["queued", "waiting", "held"], kind__in=sorted(kinds)
    ).update(state=LetterState.CANCELLED.value, reason="consent")


@atomic
async def released_from_waiting(scope: Scoped, person_id: str, link_id: str, *, now: datetime) -> int:
    """The person has a web chat now: what a discreet Telegram could not carry goes there."""
    link = await Link.get(id=link_id, person_id=person_id)
    held = _within(scope, person_id=person_id, state="held", reason=rights.DISCREET)
    spoken = [one.value for one in _SPOKEN]
    await held.filter(letter_class__in=spoken).update(not_after=now + delivery.PERSISTENCE)
    back = await held
    await held.update(
        link_id=link.id, bot=link.bot, chat_index=link.chat_index, replaces_id=None, state=LetterState.QUEUED.value,
        reason="", next_at=now,
    )  # fmt: skip
    await call(await Letter.filter(id__in=[one.id for one in back], state="queued"), now)
    return len(back)


@atomic
async def look_again(scope: Scoped, person_id: str, *, now: datetime) -> None:
    """The person has other quiet hours now: what waits for the old ones to end is looked at again."""
    waiting = _within(scope, person_id=person_id, state="waiting", reason="quiet")
    ids = [one.id for one in await waiting]
    await waiting.update(next_at=now)
    await call(await Letter.filter(id__in=ids), now)


@atomic
async def release(scope: Scoped, link_id: str, *, now: datetime) -> int:
    """The person is back: what was held because they had blocked the chat goes out again, prompts excepted."""
    starts = [name for name, rule in KINDS.items() if rule.starts or rule.letter_class is LetterClass.NUDGE]
    held = _within(scope, link_id=link_id, state="held", reason="blocked")
    await held.filter(kind__in=starts).update(state=LetterState.CANCELLED.value, reason="expired")
    spoken = held.filter(letter_class__in=[one.value for one in _SPOKEN])
    await spoken.update(not_after=now + delivery.PERSISTENCE)
    back = await held
    await held.update(state=LetterState.QUEUED.value, reason="", next_at=now)
    await call(await Letter.filter(id__in=[one.id for one in back], state="queued"), now)
    return len(back)


@atomic
async def send_again(scope: Scoped, letter_id: int, *, now: datetime) -> bool:
    """Staff decide about a letter that did not arrive or may not have: send it once more."""
    letter = await Letter.get_or_none(
        id=letter_id, municipality_id=scope.municipality_id, state__in=["unsure", "held", "dead"]
    )
    if letter is None:
        return False
    bound = await Link.get_or_none(id=letter.link_id, state="active") if letter.link_id else None
    if bound is None or bound.confirmed_at is None:
        link = _best(await Link.filter(person_id=letter.person_id, state="active"))
        if bound is not None and (link is None or link.confirmed_at is None):
            link = bound
        if link is None:
            away = await Link.exists(id=letter.link_id, state="blocked")
            await _leave(letter, LetterState.HELD, "blocked" if away else "no_link", None)
            return False
        if link.id != letter.link_id:
            letter.link_id, letter.bot, letter.chat_index, letter.replaces_id = link.id, link.bot, link.chat_index, None
    letter.state, letter.reason, letter.next_at = LetterState.QUEUED.value, "", now
    letter.attempts, letter.unknowns, letter.resent = 0, 0, True
    # The time it had is over; staff decide that it has not lost its point.
    letter.not_after = delivery.end_of_trying(LetterClass(letter.letter_class), now, None)
    await letter.save()
    await call([letter], now)
    return True


@atomic
async def pressed(scope: Scoped, letter_id: int, place: int, *, now: datetime) -> bool:
    """A button of this letter was pressed. False for the second tap of a double tap, which does nothing."""
    touched = await execute(
        "UPDATE letter SET pressed = ?, pressed_at = ? WHERE id = ? "
        "AND (pressed IS NULL OR pressed <> ? OR pressed_at NOT BETWEEN ? AND ?)",
        place, micros(now), letter_id, place, micros(now - delivery.DOUBLE_TAP), micros(now + delivery.DOUBLE_TAP),
    )  # fmt: skip
    return touched > 0


@atomic
async def mark_arrived(scope: Scoped, letter_id: int, *, now: datetime) -> bool:
    """Staff know that an unsure letter arrived, or said it another way: it is settled by hand."""
    count = await Letter.filter(
        id=letter_id, municipality_id=scope.municipality_id, state__in=["unsure", "held", "dead"]
    ).update(state=LetterState.SENT.value, reason="by_hand", sent_at=now)
    return count > 0


async def _save(
    letter: Letter,
    kind: str,
    rule: Kind,
    key: str,
    now: datetime,
    about: str,
    args: dict[str, Any] | None,
    replaces: int | None,
    not_before: datetime | None,
    not_after: datetime | None,
) -> int | None:
    await alone("letter", key)
    if await Letter.exists(natural_key=key):
        return None
    letter.kind, letter.letter_class, letter.priority = kind, rule.letter_class.value, 0
    letter.rank = letter.priority = delivery.priority(rule.letter_class)
    letter.about, letter.args, letter.natural_key = about, args or {}, key
    letter.replaces_id = replaces
    letter.in_conversation = rule.in_conversation
    letter.next_at = max(now, not_before) if not_before else now
    letter.not_after = delivery.end_of_trying(rule.letter_class, now, not_after)
    letter.created_at = now
    await letter.save()
    if letter.state == LetterState.QUEUED.value:
        await call([letter], now)
    return int(letter.id)


def _best(links: Iterable[Link]) -> Link | None:
    """Where a letter is best sent: a chat that is open, then one whose words are confirmed, then the one used last."""
    return max(links, key=lambda one: (one.state == "active", one.confirmed_at is not None, one.seen_at), default=None)


def _concrete(scope: Scoped) -> str | None:
    return None if scope.municipality_id == "*" else scope.municipality_id


def _within(scope: Scoped, **where: Any) -> QuerySet[Letter]:
    found = Letter.filter(**where)
    return found if scope.municipality_id == "*" else found.filter(municipality_id=scope.municipality_id)


__all__ = [
    "Due", "Later", "Renderer", "Taken", "answer", "answer_chat", "begins_from", "call_for_a_look", "cancel_prompts",
    "cancel_unwanted", "due", "due_before", "hurry", "introduce", "look_again", "mark_arrived", "post", "pressed",
    "purge", "recall", "release", "released_from_waiting", "reserve", "send_again", "settle", "sweep", "take",
]  # fmt: skip
