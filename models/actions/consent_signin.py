"""From a confirmed Telegram link into the web chat: a one-time way in, opened as "/start <token>" by the page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from models import crypto
from models.actions import letters, trail
from models.actions.consent_links import Chat, make_link
from models.domain import rights
from models.domain.people import YoungPerson
from models.tables.consent import Link, SignIn
from models.tables.keys import vault
from models.tables.register import Person
from models.transactions import Scope, Scoped, alone, atomic


@dataclass(frozen=True, slots=True)
class WayIn:
    """How a young person gets from Telegram into their web chat: the chat they have there, or a token that makes one.

    Both None: nobody has confirmed yet who holds this Telegram.
    """

    chat_id: int | None = None
    token: str | None = None


@atomic
async def make_way_in(scope: Scoped, link_id: str, *, now: datetime) -> WayIn:
    """A way in for whoever holds this Telegram link. Earlier tokens of it are void; only a hash is kept."""
    link = await Link.get_or_none(id=link_id, municipality_id=scope.municipality_id, state="active")
    if link is None or link.bot != rights.TELEGRAM or link.confirmed_at is None:
        return WayIn()
    web = await Link.get_or_none(person_id=link.person_id, bot=rights.WEBCHAT, state="active")
    if web is not None and web.confirmed_at is not None:
        opened = await vault(web.municipality_id, web.person_id)
        return WayIn(chat_id=int(opened.open("link", "chat", web.id, web.chat_sealed)))
    await SignIn.filter(link_id=link.id, used_at=None).delete()
    token = secrets.token_urlsafe(24)
    await SignIn.create(
        municipality_id=link.municipality_id,
        person_id=link.person_id,
        link_id=link.id,
        token_hash=crypto.token_hash(token),
        created_at=now,
        expires_at=now + rights.WAY_IN,
    )
    return WayIn(token=token)


@atomic
async def come_in(scope: Scoped, chat: Chat, secret: str, *, key: str, now: datetime) -> bool:
    """Somebody opened a one-time way in: the chat becomes the web chat of the same person, confirmed as their Telegram
    is, with what they said yes to unchanged. False when the secret is none of these.

    Expired, used, or opened anywhere else: a kind sentence and the way to a new one. `key` names the update.
    """
    found = await _find(secret)
    if found is None:
        return False
    link = await _open(found, chat.bot, now)
    if link is None:
        await letters.answer_chat(
            scope, "join.closed", bot=chat.bot, chat_index=chat.chat_index, chat_id=chat.chat_id,
            language=chat.language, key=key, now=now, args={"why": "way_in"},
        )  # fmt: skip
        return True
    here = Scope(link.municipality_id)
    person = await Person.get(id=link.person_id)
    stopped = person.stopped_at
    link_id = await make_link(
        here, link.person_id, chat, language=link.language, purposes=[], now=now, confirmed_by=link.confirmed_by_id
    )
    # It is the same conversation in another place: what was stopped stays stopped.
    await Person.filter(id=link.person_id).update(stopped_at=stopped)
    await Link.filter(id=link_id).update(confirmed_at=now)
    await letters.post(here, "home", person_id=link.person_id, key=f"{key}:home", now=now, link_id=link_id)
    await letters.released_from_waiting(here, link.person_id, link_id, now=now)
    await trail.record(here, "link.open", person_id=link.person_id, about=link_id, now=now)
    return True


@atomic
async def come_in_again(person: YoungPerson, secret: str, *, now: datetime) -> bool:
    """The same, opened in a chat that is linked already: for its own person it is used up and confirms the chat. False
    for every other secret, which stays as it is.
    """
    found = await _find(secret)
    if found is None or found.person_id != person.person_id:
        return False
    if await _open(found, person.bot, now) is None:
        return False
    await Link.filter(id=person.link_id, confirmed_at=None).update(confirmed_at=now)
    await letters.released_from_waiting(person, person.person_id, person.link_id, now=now)
    return True


async def _find(secret: str) -> SignIn | None:
    return await SignIn.get_or_none(token_hash=crypto.token_hash(secret))


async def _open(found: SignIn, bot: str, now: datetime) -> Link | None:
    """Use it up; the Telegram link it leads from, or None where it does not lead in."""
    await alone("sign_in", found.id)
    row = await SignIn.get(id=found.id)
    if bot != rights.WEBCHAT or rights.way_in_state(now, expires_at=row.expires_at, used_at=row.used_at) != "open":
        return None
    row.used_at = now
    await row.save(update_fields=["used_at"])
    link = await Link.get_or_none(id=row.link_id, state="active")
    return None if link is None or link.confirmed_at is None else link
