"""Leaving: a young person deletes themselves from the chat. What is the chat's goes at once; records stay.

What the municipality has a duty to keep (messages, offers, what staff wrote down) is not the chat's to delete: staff
are asked to decide, and `erase` does the rest where they may.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from models import crypto
from models.actions import letters, trail
from models.actions.alerts import raise_alert
from models.domain import rights
from models.domain.alerts import Reason
from models.domain.delivery import LetterState
from models.domain.errors import NotAllowed
from models.domain.people import YoungPerson
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn, Measured
from models.tables.consent import Link, Stranger
from models.tables.feedback import Feedback
from models.tables.fields import micros
from models.tables.keys import Erasure, ring, subject, vault
from models.tables.messages import Message
from models.tables.offers import Offer
from models.tables.outbox import Letter
from models.tables.panels import PanelMeasured
from models.tables.register import Person
from models.transactions import Scoped, alone, atomic, execute, reading

#: Letters whose fate staff see beside their own words: they stay, without the chat they went to.
_ON_RECORD = ("message.reply", "feedback.answer")


@atomic
async def leave(person: YoungPerson, *, now: datetime) -> str:
    """Delete what is the chat's of a young person, at their own wish; returns the number of their receipt.

    Their chats are no longer theirs when this is committed: they get a last word each, and are emptied. Raises
    NotAllowed before the safety words are confirmed.
    """
    if not person.confirmed:
        raise NotAllowed
    await alone("person", person.person_id)
    row = await Person.get(id=person.person_id, municipality_id=person.municipality_id)
    step = f"chat{await Erasure.filter(person_uid=row.id, step__startswith='chat').count() + 1}"
    await Erasure.create(person_uid=row.id, step=step, at=now)
    number = _number(row.id, now)
    opened = await vault(row.municipality_id, row.id)
    for link in await Link.filter(person_id=row.id).exclude(state="closed").order_by("id"):
        chat_id = int(opened.open("link", "chat", link.id, link.chat_sealed))
        args = {"number": number, "kept": await _on_record(row.id)}
        await empty_chat(
            person, link.bot, chat_id, link.language, key=f"leave:{link.id}", now=now, last_word=args,
            shown=await letters.deletable(link, now),
        )  # fmt: skip
    if await _on_record(row.id):
        await raise_alert(person, row.id, Reason.WANTS_ERASURE, about=step, now=now)
    await _leave_behind(row, now)
    await trail.record(person, "person.leave", person_id=row.id, now=now)
    return number


async def _leave_behind(person: Person, now: datetime) -> None:
    """Delete the chat's side of a person. What stays is on record: `rights.STAYS` says why, table by table."""
    indexes = [str(one) for one in await Link.filter(person_id=person.id).values_list("chat_index", flat=True)]
    await Stranger.filter(chat_index__in=indexes + [crypto.token_hash(f"tries:{one}") for one in indexes]).delete()
    await Letter.filter(person_id=person.id).exclude(kind__in=_ON_RECORD).delete()
    unsent = Letter.filter(person_id=person.id, state__in=["queued", "waiting", "held"])
    await unsent.update(state=LetterState.CANCELLED.value, reason="left")
    await Letter.filter(person_id=person.id).update(
        link_id=None, bot="", chat_index="", nonce=None, buttons=[], message_id=None
    )
    who = subject(person.municipality_id, person.id)
    await Measured.filter(municipality_id=person.municipality_id, subject=who).delete()
    who = subject(person.municipality_id, person.id, of="panel")
    await PanelMeasured.filter(municipality_id=person.municipality_id, subject=who).delete()
    await Feedback.filter(person_id=person.id, audience="statistics").delete()
    await Feedback.filter(person_id=person.id, said_at=None).delete()
    await Feedback.filter(person_id=person.id).update(heard_sealed=None)
    await CheckIn.filter(person_id=person.id).update(screen_letter_id=None)
    for table in rights.GOES:
        await execute(f"DELETE FROM {table} WHERE person_id = ?", person.id)  # noqa: S608 (names of our own)
    # What is on record names no chat any more, and an update on its way to it is nobody's. A broken promise names what
    # it was about and a day, and is known by that.
    await Message.filter(person_id=person.id).update(source_key=None)
    named = Alert.filter(person_id=person.id, about__contains=":").exclude(reason=Reason.BROKEN_PROMISE.value)
    for alert in await named:
        alert.about = alert.id
        await alert.save(update_fields=["about"])
    await execute(
        "UPDATE inbox_update SET person_id = NULL, chat_index = '', message_key = '', kind = '', payload = NULL, "
        "state = 'done', tries = 0, error = '', done_at = ?, seen_by_id = NULL WHERE person_id = ?",
        micros(now), person.id,
    )  # fmt: skip
    await Person.filter(id=person.id).update(stopped_at=now, paused_until=None, telegram_content="")


@atomic
async def empty_chat(
    scope: Scoped, bot: str, chat_id: int, language: str, *, key: str, now: datetime,
    last_word: dict[str, object] | None = None, shown: list[int] | None = None,
) -> None:  # fmt: skip
    """Empty a chat that was somebody's, where its server can: ours forgets all of it, Telegram what is young enough
    (`shown`). Tried until it is done. With a last word, that is said first, and stands for a while.
    """
    # The letters go under a name of chance: nothing tells afterwards whose chat this was.
    place = secrets.token_hex(16)
    municipality_id = None if scope.municipality_id == "*" else scope.municipality_id
    if last_word is not None:
        await letters.answer_chat(
            scope, "rights.gone", bot=bot, chat_index=place, chat_id=chat_id, language=language, key=f"{key}:gone",
            now=now, municipality_id=municipality_id, args=last_word,
        )  # fmt: skip
    wait = rights.LAST_WORDS if last_word is not None and bot == rights.WEBCHAT else None
    await letters.answer_chat(
        scope, "rights.forget", bot=bot, chat_index=place, chat_id=chat_id, language=language, key=f"{key}:forget",
        now=now, municipality_id=municipality_id, args={"shown": shown or []},
        not_before=now + wait if wait is not None else None,
    )  # fmt: skip


@reading
async def receipt(scope: Scoped, said: str) -> datetime | None:
    """When the erasure was that a receipt's number stands for; None where there is none. It tells nobody who it was."""
    wanted = rights.read_receipt_number(said)
    if not wanted:
        return None
    for row in await Erasure.exclude(step="done"):
        if _number(row.person_uid, row.at) == wanted:
            at: datetime = row.at
            return at
    return None


def _number(person_id: str, at: datetime) -> str:
    return rights.receipt_number(crypto.blind(ring().index, "receipt", person_id, str(micros(at))))


async def _on_record(person_id: str) -> bool:
    """Whether there is anything of theirs the municipality may have to keep, beside that they are on its list."""
    return (
        await Message.filter(person_id=person_id).exists()
        or await Offer.filter(person_id=person_id).exclude(state="draft").exists()
        or await Feedback.filter(person_id=person_id).exclude(audience="statistics").exclude(said_at=None).exists()
    )
