"""Invitations, joining, the two safety words, consent and its withdrawal, /stop and pause."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.expressions import Q

from models import crypto
from models.actions import letters, trail
from models.actions.alerts import raise_blocked
from models.actions.consent_closing import BARRED_FOR, _link_for, bar, close_link, see_stray, unbar, wrong_person
from models.actions.consent_joining import (
    accept_explanation,
    back,
    choose_easy,
    choose_language,
    decline,
    finish_joining,
    greet_stranger,
    meet_stranger,
    open_invitation,
    renew,
    say_birthday,
    show_step,
    toggle_purpose,
)
from models.actions.consent_links import Chat, _act_on_withdrawal, _give, _quieten, make_link
from models.actions.consent_signin import WayIn, come_in, come_in_again, make_way_in
from models.domain import consent as rules
from models.domain import delivery, joining, rhythm, rights
from models.domain.consent import Purpose
from models.domain.delivery import LetterClass
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.people import YoungPerson
from models.domain.staff import Viewer, may
from models.tables.consent import Consent, Invitation, Joining, Link, SignIn, Stranger
from models.tables.keys import vault
from models.tables.outbox import BotState, Letter
from models.tables.reach import person_for
from models.tables.register import Municipality, Person
from models.transactions import Scoped, alone, atomic

_SPOKEN = [LetterClass.CRISIS.value, LetterClass.STAFF_REPLY.value]


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invitation. Token and code exist only here; the database keeps their hashes."""

    invitation_id: str
    token: str
    code: str
    expires_at: datetime


@atomic
async def invite(viewer: Viewer, person_id: str, *, now: datetime) -> Invited:
    """Make an invitation; an earlier open one is voided. Raises NotFound out of reach, Invalid below 18 or from 23."""
    if not may(viewer.role, "invitations.write"):
        raise NotAllowed
    person = await person_for(viewer, person_id)
    made = await _invite(person, viewer.staff_id, now)
    await trail.record(viewer, "invitation.make", person_id=person.id, about=made.invitation_id, now=now)
    return made


@atomic
async def invite_from_house(scope: Scoped, reference: str, municipality_id: str | None, *, now: datetime) -> Invited:
    """The same from the command line, by the register's reference. Raises NotFound, or Invalid when it is ambiguous."""
    found = Person.filter(reference=reference, erased_at=None)
    people = await (found.filter(municipality_id=municipality_id) if municipality_id else found).limit(2)
    if not people:
        raise NotFound
    if len(people) > 1:
        raise Invalid("reference_ambiguous", "reference")
    return await _invite(people[0], None, now)


@atomic
async def confirm_words(viewer: Viewer, link_id: str, *, now: datetime) -> None:
    """Staff have heard the two words match, by call or face to face: personal things may now be shown."""
    link = await _link_for(viewer, link_id)
    if link.confirmed_at is not None:
        return
    link.confirmed_at, link.confirmed_by_id = now, viewer.staff_id
    await link.save(update_fields=["confirmed_at", "confirmed_by_id"])
    await letters.post(
        viewer, "link.confirmed", person_id=link.person_id, key=f"confirmed:{link.id}", now=now, link_id=link.id
    )
    held = Letter.filter(link_id=link.id, state="held", reason="not_confirmed")
    await held.filter(letter_class__in=_SPOKEN).update(not_after=now + delivery.PERSISTENCE)
    await held.update(state="queued", reason="", next_at=now)
    await _bring_along(link, now)
    await trail.record(viewer, "link.confirm", person_id=link.person_id, about=link.id, now=now)


@atomic
async def seen(person: YoungPerson, *, now: datetime) -> None:
    """The person used this chat: it is where answers go, and a block is over."""
    link = await Link.get(id=person.link_id, municipality_id=person.municipality_id)
    was_blocked = link.state == "blocked"
    link.seen_at, link.state = now, "active" if was_blocked else link.state
    await link.save(update_fields=["seen_at", "state"])
    if was_blocked:
        await letters.release(person, link.id, now=now)


@atomic
async def blocked(person: YoungPerson, *, now: datetime) -> None:
    """The person blocked the chat (`my_chat_member`): what waits is held, staff see it and are asked to follow up."""
    if await Link.filter(id=person.link_id, state="active").update(state="blocked"):
        await raise_blocked(person, person.person_id, person.link_id, now=now)
    await Letter.filter(link_id=person.link_id, state__in=["queued", "waiting"]).update(state="held", reason="blocked")


@atomic
async def stop(person: YoungPerson, *, now: datetime) -> None:
    """/stop: every prompt ends at once, in any state. Replies to what the person wrote still come."""
    await Person.filter(id=person.person_id, municipality_id=person.municipality_id).update(stopped_at=now)
    await _quieten(person, person.person_id, now)
    await trail.record(person, "stop", person_id=person.person_id, now=now)


@atomic
async def start_again(person: YoungPerson, *, now: datetime) -> bool:
    """/start comes back after /stop or a pause. True when something had been stopped."""
    row = await Person.get(id=person.person_id, municipality_id=person.municipality_id)
    was = row.stopped_at is not None or rhythm.paused(now, row.paused_until)
    row.stopped_at, row.paused_until = None, None
    await row.save(update_fields=["stopped_at", "paused_until"])
    return was


@atomic
async def pause(person: YoungPerson, weeks: int, *, now: datetime) -> datetime:
    """No prompts for 1, 4 or 12 weeks; returns until when. Raises Invalid for other spans."""
    until = rhythm.pause_until(now, weeks)
    await Person.filter(id=person.person_id, municipality_id=person.municipality_id).update(paused_until=until)
    await _quieten(person, person.person_id, now, pausing=True)
    return until


@atomic
async def choose_purpose(person: YoungPerson, purpose: Purpose, *, on: bool, now: datetime) -> None:
    """Give or withdraw one purpose later on. Withdrawing acts at once, also on what is queued."""
    row = await Person.get(id=person.person_id, municipality_id=person.municipality_id)
    if on:
        await _give(row, purpose, now)
    else:
        await Consent.filter(person_id=row.id, purpose=purpose.value, withdrawn_at=None).update(withdrawn_at=now)
        await _act_on_withdrawal(row.municipality_id, row.id, purpose, now)
    await trail.record(
        person, f"consent.{'give' if on else 'withdraw'}", person_id=row.id, about=purpose.value, now=now
    )


@atomic
async def withdraw_everything(person: YoungPerson, *, now: datetime) -> int:
    """Withdraw every purpose at once; returns how many there were."""
    given = await Consent.filter(person_id=person.person_id, municipality_id=person.municipality_id, withdrawn_at=None)
    for one in rules.read_purposes(row.purpose for row in given):
        await choose_purpose(person, one, on=False, now=now)
    return len(given)


@atomic
async def choose_discreet(person: YoungPerson, *, on: bool, now: datetime) -> None:
    """Whether Telegram may say no more to this person than that there is something."""
    await Person.filter(id=person.person_id, municipality_id=person.municipality_id).update(
        telegram_content=rights.DISCREET if on else ""
    )
    await trail.record(person, f"discreet.{'on' if on else 'off'}", person_id=person.person_id, now=now)


@atomic
async def set_language(person: YoungPerson, language: str, *, now: datetime) -> None:
    """The language of this chat from now on."""
    chosen = language if language in {"da", "en"} else "da"
    await Link.filter(id=person.link_id, municipality_id=person.municipality_id).update(language=chosen)
    await Person.filter(id=person.person_id, municipality_id=person.municipality_id).update(language=chosen)


@atomic
async def set_easy(person: YoungPerson, *, on: bool, now: datetime) -> None:
    """Easier Danish where there is some, or the usual again."""
    await Person.filter(id=person.person_id, municipality_id=person.municipality_id).update(easy=on)


@atomic
async def forget_strangers(scope: Scoped, *, now: datetime) -> int:
    """Strangers' counters, joinings that went nowhere and ways in that are over die within 24 hours."""
    day_ago = now - timedelta(hours=24)
    count = await Stranger.filter(first_at__lt=day_ago).delete()
    count += await SignIn.filter(expires_at__lt=day_ago).delete()
    count += await Joining.filter(created_at__lt=day_ago, kept_until=None).delete()
    return count + await Joining.filter(kept_until__lt=now).delete()


async def _invite(person: Person, staff_id: str | None, now: datetime) -> Invited:
    opened = await vault(person.municipality_id, person.id)
    birth = date.fromisoformat(opened.open("person", "birth", person.id, person.birth_sealed))
    await alone("invitation", person.id)
    age = joining.age_now(birth, now)
    if age is joining.Age.TOO_YOUNG:
        raise Invalid("too_young", "person")
    if age is joining.Age.TOO_OLD or person.left_on is not None:
        raise Invalid("not_in_target_group", "person")
    await _telegram_decided(person.municipality_id)
    await Invitation.filter(person_id=person.id, used_at=None, voided_at=None).update(voided_at=now)
    token = secrets.token_urlsafe(24)
    code = joining.code_from(secrets.token_bytes(8))
    row = await Invitation.create(
        municipality_id=person.municipality_id,
        person_id=person.id,
        token_hash=crypto.token_hash(token),
        code_hash=crypto.token_hash(code),
        created_by_id=staff_id,
        created_at=now,
        expires_at=joining.invitation_expires(now),
    )
    return Invited(row.id, token, code, row.expires_at)


async def _telegram_decided(municipality_id: str) -> None:
    """Where Telegram is a way to the chat, the municipality has said what it may carry. Raises Invalid until then."""
    municipality = await Municipality.get(id=municipality_id)
    if not municipality.telegram_content and await BotState.exists(bot="telegram"):
        raise Invalid("telegram_undecided", "person")


async def _bring_along(link: Link, now: datetime) -> None:
    """What a human said while there was no chat to say it in is sent to the one that is confirmed now."""
    closed = await Link.filter(person_id=link.person_id, state="closed").values_list("id", flat=True)
    stranded = Q(reason="no_link") | Q(link_id__in=list(closed)) if closed else Q(reason="no_link")
    await Letter.filter(
        stranded, person_id=link.person_id, municipality_id=link.municipality_id, state="held",
        letter_class__in=_SPOKEN,
    ).exclude(kind="link.confirmed").update(
        link_id=link.id, bot=link.bot, chat_index=link.chat_index, replaces_id=None, state="queued", reason="",
        next_at=now, not_after=now + delivery.PERSISTENCE,
    )  # fmt: skip


__all__ = [
    "BARRED_FOR", "Chat", "Invited", "WayIn", "accept_explanation", "back", "bar", "blocked", "choose_discreet",
    "choose_easy", "choose_language", "choose_purpose", "close_link", "come_in", "come_in_again", "confirm_words",
    "decline", "finish_joining", "forget_strangers", "greet_stranger", "invite", "invite_from_house", "make_link",
    "make_way_in", "meet_stranger", "open_invitation", "pause", "renew", "say_birthday", "see_stray", "seen",
    "set_easy", "set_language", "show_step", "start_again", "stop", "toggle_purpose", "unbar", "withdraw_everything",
    "wrong_person",
]  # fmt: skip
