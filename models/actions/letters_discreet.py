"""A discreet Telegram: whatever has content goes to the person's web chat, and Telegram says that there is something.

One place for every kind of letter: what is not `neutral` never leaves for Telegram.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain import delivery, rights
from models.domain.delivery import LetterClass, LetterState
from models.domain.letters import KINDS, Kind
from models.tables.consent import Link
from models.tables.outbox import Letter
from models.transactions import alone, rows

_ON_ITS_WAY = ["queued", "waiting", "sending", "sent", "unsure"]


@dataclass(frozen=True, slots=True)
class Discretion:
    """What discretion means for one letter: `neutral` on Telegram it may only say that there is something; `locked`
    in the web chat it stands behind a PIN."""

    neutral: bool = False
    locked: bool = False


async def discretion(letter: Letter) -> Discretion:
    """What municipality and person have chosen, as it is now; also for somebody on the way in."""
    if letter.municipality_id is None:
        return Discretion()
    found = await rows(
        "SELECT m.telegram_content AS ours, p.telegram_content AS theirs FROM municipality m "
        "LEFT JOIN person p ON p.id = ? AND p.municipality_id = m.id WHERE m.id = ?",
        letter.person_id or "", letter.municipality_id,
    )  # fmt: skip
    if not found or not rights.discreet(found[0]["ours"], found[0]["theirs"] or ""):
        return Discretion()
    return Discretion(letter.bot == rights.TELEGRAM, letter.bot == rights.WEBCHAT)


async def whole_elsewhere(letter: Letter, link: Link | None, now: datetime) -> list[Letter]:
    """A word in a crisis goes out on Telegram at once, without content; here it is posted whole to the web chat."""
    web = None if link is None else await web_link(link)
    copy = None if web is None else await _post(letter, web, letter.kind, f"{letter.natural_key[:113]}:whole", now)
    return [] if copy is None else [copy]


async def goes_elsewhere(letter: Letter, rule: Kind, link: Link | None, now: datetime) -> list[Letter]:
    """For a letter a discreet Telegram may not carry: it is sent on to the web chat, or waits for one.

    Returns the letters that are new or in another place now, for the engine.
    """
    if link is None:
        raise ValueError("a letter with content to a chat without a link")
    made: list[Letter] = []
    web = await web_link(link)
    letter.lease_until = None
    if web is not None:
        letter.link_id, letter.bot, letter.chat_index = web.id, web.bot, web.chat_index
        letter.state, letter.reason, letter.next_at = LetterState.QUEUED.value, "", now
        made.append(letter)
    elif rights.waits_for_the_web_chat(letter.kind):
        letter.state, letter.reason = LetterState.HELD.value, rights.DISCREET
    else:
        letter.state, letter.reason = LetterState.CANCELLED.value, rights.DISCREET
    await letter.save()
    return made + await nudge(letter, rule, link, web, now)


async def calls_for_a_look(letter: Letter, rule: Kind, link: Link, now: datetime) -> list[Letter]:
    """For a letter in the web chat of somebody with a discreet Telegram: Telegram says that there is something."""
    if rule.letter_class in {LetterClass.CRISIS, LetterClass.DIRECT_ANSWER}:
        return []
    telegram = await Link.get_or_none(person_id=link.person_id, bot=rights.TELEGRAM, state="active")
    return [] if telegram is None else await nudge(letter, rule, telegram, link, now)


async def nudge(letter: Letter, rule: Kind, telegram: Link, web: Link | None, now: datetime) -> list[Letter]:
    """Say on Telegram that there is something: once until they have looked, and once for each thing they do there."""
    if not rights.is_worth_a_nudge(letter.kind):
        return []
    if web is not None and letter.created_at <= web.opened_at:
        # It waited for this web chat; they are in it now, and it is what they see first.
        return []
    await alone("nudge", telegram.id)
    direct = rule.letter_class is LetterClass.DIRECT_ANSWER
    since = letter.created_at if direct else now - rights.UNREAD
    if not direct and web is not None and web.seen_at > since:
        since = web.seen_at
    told = Letter.filter(
        link_id=telegram.id, kind__in=sorted(rights.NUDGES), state__in=_ON_ITS_WAY, created_at__gte=since
    )
    if await told.exists():
        return []
    kind = "discreet.waiting"
    if letter.kind in _WROTE:
        better = await _post(letter, telegram, "discreet.better", f"discreet.better:{telegram.id}", now)
        if better is not None:
            return [better]
        kind = "discreet.got"
    made = await _post(letter, telegram, kind, f"{kind}:{letter.id}", now)
    return [] if made is None else [made]


#: What answers something they wrote.
_WROTE = frozenset({"message.receipt", "message.first", "message.thanks", "unreadable", "feedback.receipt"})


async def web_link(telegram: Link) -> Link | None:
    """Their web chat, where it may show what this chat may: an unconfirmed one never stands in for a confirmed one."""
    found = await Link.get_or_none(person_id=telegram.person_id, bot=rights.WEBCHAT, state="active")
    if found is None or (found.confirmed_at is None and telegram.confirmed_at is not None):
        return None
    return found


async def _post(like: Letter, link: Link, kind: str, key: str, now: datetime) -> Letter | None:
    await alone("letter", key)
    if await Letter.exists(natural_key=key):
        return None
    rule = KINDS[kind]
    rank = delivery.priority(rule.letter_class)
    return await Letter.create(
        municipality_id=link.municipality_id, person_id=link.person_id, link_id=link.id, bot=link.bot,
        chat_index=link.chat_index, language=link.language, kind=kind, letter_class=rule.letter_class.value,
        priority=rank, rank=rank, about=like.about if kind == like.kind else "",
        args=like.args if kind == like.kind else {}, natural_key=key, state=LetterState.QUEUED.value,
        in_conversation=rule.in_conversation, next_at=now, created_at=now,
        not_after=delivery.end_of_trying(rule.letter_class, now, None),
    )  # fmt: skip
