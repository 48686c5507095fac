"""Invitations, joining, the two safety words, consent and its withdrawal, /stop and pause."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models import crypto
from models.actions import letters, trail
from models.actions.alerts import raise_blocked
from models.domain import consent as rules
from models.domain import joining, rhythm
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.joining import InvitationState, Step
from models.domain.localtime import local_date
from models.domain.people import YoungPerson
from models.domain.register import age_on
from models.domain.staff import Viewer, may
from models.tables.checkins import CheckIn, Measured, Rhythm
from models.tables.consent import Consent, Invitation, Joining, Link, Stranger
from models.tables.keys import house_vault, subject, vault
from models.tables.messages import Question
from models.tables.outbox import Letter
from models.tables.reach import person_for
from models.tables.register import Person
from models.transactions import HOUSE, Scope, Scoped, alone, atomic, execute

_STRANGER_TRIES = 5


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invitation. Token and code exist only here; the database keeps their hashes."""

    invitation_id: str
    token: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that writes to the bot: where, and how to answer it. The number is never stored in the clear."""

    bot: str
    chat_index: str
    chat_id: int
    language: str


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
async def open_invitation(scope: Scoped, chat: Chat, secret: str, *, key: str, now: datetime) -> InvitationState | None:
    """Somebody opened a link or typed a code. Starts the joining, or says kindly why not; None when nothing matches.

    Posts the next screen. `key` names the update this answers.
    """
    invitation = await _find(secret)
    if invitation is None:
        await meet_stranger(scope, chat, now=now)
        await _say(chat, "join.closed", key, now, args={"why": "unknown"})
        return None
    state = joining.invitation_state(
        now, expires_at=invitation.expires_at, used_at=invitation.used_at, voided_at=invitation.voided_at,
        wrong=invitation.wrong,
    )  # fmt: skip
    if state is not InvitationState.OPEN:
        await _say(chat, "join.closed", key, now, args={"why": state.value})
        return state
    await Joining.filter(bot=chat.bot, chat_index=chat.chat_index).delete()
    row = await Joining.create(
        municipality_id=invitation.municipality_id,
        invitation_id=invitation.id,
        person_id=invitation.person_id,
        bot=chat.bot,
        chat_index=chat.chat_index,
        chat_sealed=house_vault().seal("joining", "chat", chat.chat_index, str(chat.chat_id)),
        language=chat.language,
        step=Step.BIRTHDAY.value,
        created_at=now,
    )
    await Stranger.filter(chat_index=chat.chat_index).delete()
    await _step(row, chat, "join.birthday", key, now)
    return state


@atomic
async def renew(person: YoungPerson, secret: str, *, now: datetime) -> bool:
    """A linked person opened an invitation of their own: it is used up, their link stays as it is.

    False for every other secret (somebody else's, expired, unknown), which stays untouched: the answer tells nobody
    which of these it was.
    """
    invitation = await _find(secret)
    if invitation is None or invitation.person_id != person.person_id:
        return False
    state = joining.invitation_state(
        now, expires_at=invitation.expires_at, used_at=invitation.used_at, voided_at=invitation.voided_at,
        wrong=invitation.wrong,
    )  # fmt: skip
    if state is not InvitationState.OPEN:
        return False
    invitation.used_at = now
    await invitation.save(update_fields=["used_at"])
    await trail.record(person, "link.renew", person_id=person.person_id, about=person.link_id, now=now)
    return True


@atomic
async def meet_stranger(scope: Scoped, chat: Chat, *, now: datetime) -> int:
    """Count a chat nobody invited; returns how often it was seen. The counter dies within 24 hours."""
    await alone("stranger", chat.chat_index)
    seen = await Stranger.get_or_none(chat_index=chat.chat_index)
    if seen is None:
        await Stranger.create(chat_index=chat.chat_index, seen=1, first_at=now)
        return 1
    seen.seen += 1
    await seen.save(update_fields=["seen"])
    return seen.seen


@atomic
async def greet_stranger(scope: Scoped, chat: Chat, text: str, *, key: str, now: datetime) -> None:
    """A stranger wrote: a typed code opens its invitation; anything else gets one kind sentence, and is not kept."""
    seen = await meet_stranger(scope, chat, now=now)
    code = joining.normalise_code(text)
    if code is not None and seen <= _STRANGER_TRIES:
        await open_invitation(scope, chat, code, key=key, now=now)
    elif seen <= _STRANGER_TRIES:
        await _say(chat, "stranger.hello", key, now)


@atomic
async def say_birthday(scope: Scoped, joining_id: str, chat: Chat, text: str, *, key: str, now: datetime) -> bool:
    """What someone on the way in typed as their birthday. Five wrong answers void the invitation. True when right."""
    row = await Joining.get(id=joining_id)
    invitation = await _invitation(row)
    if await _closed(invitation, row, chat, key, now):
        return False
    read = joining.read_birthday(text, row.language)
    if read is None:
        await _step(row, chat, "join.birthday", key, now, args={"again": True})
        return False
    person = await Person.get(id=row.person_id)
    opened = await vault(person.municipality_id, person.id)
    birth = date.fromisoformat(opened.open("person", "birth", person.id, person.birth_sealed))
    if not joining.same_birthday(birth, read):
        invitation.wrong += 1
        if invitation.wrong >= joining.MAX_WRONG:
            invitation.voided_at = now
        await invitation.save(update_fields=["wrong", "voided_at"])
        if not await _closed(invitation, row, chat, key, now):
            await _step(row, chat, "join.wrong", key, now, args={"left": joining.MAX_WRONG - invitation.wrong})
        return False
    row.step = Step.EXPLAIN.value
    await row.save(update_fields=["step"])
    await _step(row, chat, "join.explain", key, now)
    return True


@atomic
async def choose_language(scope: Scoped, joining_id: str, chat: Chat, language: str, *, key: str, now: datetime) -> None:
    """Switch language on the way in; the screen is replaced."""
    row = await Joining.get(id=joining_id)
    row.language = language if language in {"da", "en"} else "da"
    await row.save(update_fields=["language"])
    await show_step(scope, joining_id, chat, key=key, now=now, replace=True)


@atomic
async def show_step(
    scope: Scoped, joining_id: str, chat: Chat, *, key: str, now: datetime, replace: bool = False, more: bool = False
) -> None:
    """Show the screen of the step someone is at (after an old button, a restart, "read more")."""
    row = await Joining.get(id=joining_id)
    kind = {
        Step.BIRTHDAY.value: "join.birthday",
        Step.EXPLAIN.value: "join.explain",
        Step.PURPOSES.value: "join.purposes",
    }[row.step]
    if more:
        kind = "join.more"
    await _step(row, chat, kind, key, now, replace=replace)


@atomic
async def accept_explanation(scope: Scoped, joining_id: str, chat: Chat, *, key: str, now: datetime) -> None:
    """ "That is fine": on to what they say yes to. Only after the birthday was right."""
    row = await Joining.get(id=joining_id)
    if row.step == Step.EXPLAIN.value:
        row.step = Step.PURPOSES.value
        await row.save(update_fields=["step"])
    await show_step(scope, joining_id, chat, key=key, now=now)


@atomic
async def decline(scope: Scoped, joining_id: str, chat: Chat, *, key: str, now: datetime) -> None:
    """ "No thanks": nothing is stored but that the invitation is still there to use within its time."""
    row = await Joining.get(id=joining_id)
    await _step(row, chat, "join.declined", key, now)
    await row.delete()


@atomic
async def toggle_purpose(
    scope: Scoped, joining_id: str, chat: Chat, purpose: Purpose, *, key: str, now: datetime
) -> None:
    """Tick or untick one purpose; nothing is ticked beforehand. The screen is replaced in place."""
    row = await Joining.get(id=joining_id)
    if row.step != Step.PURPOSES.value:
        return
    chosen = {value for value in row.purposes.split(",") if value} ^ {purpose.value}
    row.purposes = ",".join(sorted(chosen))
    await row.save(update_fields=["purposes"])
    await show_step(scope, joining_id, chat, key=key, now=now, replace=True)


@atomic
async def finish_joining(scope: Scoped, joining_id: str, chat: Chat, *, key: str, now: datetime) -> str | None:
    """Make the link with its safety words, write the consents, use up the invitation. Returns the link's id.

    What was ticked is what holds: a purpose given before, on another phone, and not ticked now is withdrawn. An older
    link of the same person on this channel is closed first. None when the invitation died meanwhile.
    """
    row = await Joining.get(id=joining_id)
    invitation = await _invitation(row)
    if row.step != Step.PURPOSES.value or await _closed(invitation, row, chat, key, now):
        return None
    purposes = [value for value in row.purposes.split(",") if value]
    link_id = await make_link(
        Scope(row.municipality_id), row.person_id, chat, language=row.language, purposes=purposes, now=now
    )
    invitation.used_at = now
    await invitation.save(update_fields=["used_at"])
    await row.delete()
    await _withdraw_others(row.person_id, purposes, now)
    scope_now = Scope(row.municipality_id)
    await letters.post(
        scope_now, "join.words", person_id=row.person_id, key=f"{key}:words", now=now, link_id=link_id, about=link_id
    )
    await letters.post(scope_now, "home", person_id=row.person_id, key=f"{key}:home", now=now, link_id=link_id)
    await trail.record(scope_now, "link.open", person_id=row.person_id, about=link_id, now=now)
    return link_id


@atomic
async def make_link(
    scope: Scoped,
    person_id: str,
    chat: Chat,
    *,
    language: str,
    purposes: list[str],
    now: datetime,
    confirmed_by: str | None = None,
) -> str:
    """Tie a chat to a person, with fresh safety words and the consents given. Closes an older link of that channel."""
    person = await Person.get(id=person_id, municipality_id=scope.municipality_id)
    await Link.filter(person_id=person_id, bot=chat.bot).exclude(state="closed").update(state="closed", closed_at=now)
    await Link.filter(bot=chat.bot, chat_index=chat.chat_index).exclude(state="closed").update(
        state="closed", closed_at=now
    )
    opened = await vault(person.municipality_id, person.id)
    link = Link(
        municipality_id=person.municipality_id,
        person_id=person.id,
        bot=chat.bot,
        chat_index=chat.chat_index,
        state="active",
        language=language,
        opened_at=now,
        seen_at=now,
        confirmed_at=now if confirmed_by else None,
        confirmed_by_id=confirmed_by,
    )
    words = joining.safety_words(secrets.token_bytes(16))
    link.chat_sealed = opened.seal("link", "chat", link.id, str(chat.chat_id))
    link.words_sealed = opened.seal("link", "words", link.id, " ".join(words))
    await link.save()
    person.language, person.stopped_at = language, None
    await person.save(update_fields=["language", "stopped_at"])
    for purpose in rules.read_purposes(purposes):
        await _give(person, purpose, now)
    return link.id


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
    await Letter.filter(link_id=link.id, state="held", reason="not_confirmed").update(
        state="queued", reason="", next_at=now
    )
    await trail.record(viewer, "link.confirm", person_id=link.person_id, about=link.id, now=now)


@atomic
async def close_link(viewer: Viewer, link_id: str, *, now: datetime) -> None:
    """Staff close a link: wrong person, lost phone. What is queued for it is held and can be sent elsewhere."""
    link = await _link_for(viewer, link_id)
    link.state, link.closed_at = "closed", now
    await link.save(update_fields=["state", "closed_at"])
    await Letter.filter(link_id=link.id, state__in=["queued", "waiting"]).update(state="held", reason="no_link")
    await trail.record(viewer, "link.close", person_id=link.person_id, about=link.id, now=now)


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
async def set_language(person: YoungPerson, language: str, *, now: datetime) -> None:
    """The language of this chat from now on."""
    chosen = language if language in {"da", "en"} else "da"
    await Link.filter(id=person.link_id, municipality_id=person.municipality_id).update(language=chosen)
    await Person.filter(id=person.person_id, municipality_id=person.municipality_id).update(language=chosen)


@atomic
async def forget_strangers(scope: Scoped, *, now: datetime) -> int:
    """Strangers' counters and joinings that went nowhere die within 24 hours."""
    day_ago = now - timedelta(hours=24)
    count = await Stranger.filter(first_at__lt=day_ago).delete()
    return count + await Joining.filter(created_at__lt=day_ago).delete()


async def _invite(person: Person, staff_id: str | None, now: datetime) -> Invited:
    opened = await vault(person.municipality_id, person.id)
    birth = date.fromisoformat(opened.open("person", "birth", person.id, person.birth_sealed))
    await alone("invitation", person.id)
    age = age_on(birth, local_date(now))
    if age < 18:
        raise Invalid("too_young", "person")
    if age >= 23 or person.left_on is not None:
        raise Invalid("not_in_target_group", "person")
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


async def _find(secret: str) -> Invitation | None:
    found = await Invitation.get_or_none(token_hash=crypto.token_hash(secret))
    if found is None and (code := joining.normalise_code(secret)) is not None:
        found = await Invitation.get_or_none(code_hash=crypto.token_hash(code))
    return found


async def _invitation(row: Joining) -> Invitation:
    """The invitation, as it is once no other chat that holds it is being answered: five guesses are five in all."""
    await alone("invitation", row.person_id)
    return await Invitation.get(id=row.invitation_id)


async def _closed(invitation: Invitation, row: Joining, chat: Chat, key: str, now: datetime) -> bool:
    state = joining.invitation_state(
        now, expires_at=invitation.expires_at, used_at=invitation.used_at, voided_at=invitation.voided_at,
        wrong=invitation.wrong,
    )  # fmt: skip
    if state is InvitationState.OPEN:
        return False
    await row.delete()
    await _say(chat, "join.closed", key, now, args={"why": state.value}, language=row.language)
    return True


async def _step(
    row: Joining,
    chat: Chat,
    kind: str,
    key: str,
    now: datetime,
    *,
    args: dict[str, object] | None = None,
    replace: bool = False,
) -> None:
    letter_id = await letters.answer_chat(
        HOUSE, kind, bot=chat.bot, chat_index=chat.chat_index, chat_id=chat.chat_id, language=row.language, key=key,
        now=now, municipality_id=row.municipality_id, person_id=row.person_id, about=row.id, args=args,
        replaces=row.last_letter_id if replace else None,
    )  # fmt: skip
    if letter_id is not None:
        await execute("UPDATE joining SET last_letter_id = ? WHERE id = ?", letter_id, row.id)


async def _say(
    chat: Chat, kind: str, key: str, now: datetime, *, args: dict[str, object] | None = None, language: str | None = None
) -> None:
    await letters.answer_chat(
        HOUSE, kind, bot=chat.bot, chat_index=chat.chat_index, chat_id=chat.chat_id, language=language or chat.language,
        key=key, now=now, args=args,
    )  # fmt: skip


async def _give(person: Person, purpose: Purpose, now: datetime) -> None:
    if not await Consent.exists(person_id=person.id, purpose=purpose.value, withdrawn_at=None):
        await Consent.create(
            municipality_id=person.municipality_id,
            person_id=person.id,
            purpose=purpose.value,
            version=str(rules.VERSION),
            given_at=now,
        )
    if purpose is Purpose.CHECKINS:
        await _begin_rhythm(person, now)


async def _withdraw_others(person_id: str, purposes: list[str], now: datetime) -> None:
    for one in await Consent.filter(person_id=person_id, withdrawn_at=None):
        if one.purpose in purposes:
            continue
        one.withdrawn_at = now
        await one.save(update_fields=["withdrawn_at"])
        await _act_on_withdrawal(one.municipality_id, person_id, Purpose(one.purpose), now)


async def _act_on_withdrawal(municipality_id: str, person_id: str, purpose: Purpose, now: datetime) -> None:
    if purpose is Purpose.CHECKINS:
        await _quieten(Scope(municipality_id), person_id, now)
        await Rhythm.filter(person_id=person_id).update(active=False)
    if purpose is Purpose.FIGURES:
        await Measured.filter(municipality_id=municipality_id, subject=subject(municipality_id, person_id)).delete()


async def _begin_rhythm(person: Person, now: datetime) -> None:
    row = await Rhythm.get_or_none(person_id=person.id, instrument="who5")
    if row is not None and row.active:
        return
    anchor = local_date(now)
    beat = rhythm.DEFAULT if row is None else rhythm.Rhythm(row.weeks, row.weekday, time(row.hour))
    due = rhythm.next_due(beat, now, anchor)
    if row is None:
        await Rhythm.create(
            municipality_id=person.municipality_id, person_id=person.id, instrument="who5", weeks=beat.weeks,
            weekday=beat.weekday, hour=beat.at.hour, anchor=anchor, next_due_at=due,
        )  # fmt: skip
    else:
        row.active, row.anchor, row.next_due_at = True, anchor, due
        await row.save()


async def _quieten(scope: Scoped, person_id: str, now: datetime, *, pausing: bool = False) -> None:
    """End what the bot has begun. A pause leaves the figure's question for afterwards, where there is still time."""
    await letters.cancel_prompts(scope, person_id)
    await Question.filter(person_id=person_id).delete()
    running = CheckIn.filter(person_id=person_id, state__in=["due", "asked", "open"])
    if pausing:
        running = running.exclude(instrument="hoert5", state="due")
    await running.update(state="stopped", closed_at=now)


async def _link_for(viewer: Viewer, link_id: str) -> Link:
    link = await Link.get_or_none(id=link_id, municipality_id=viewer.municipality_id)
    if link is None or link.state == "closed" or not may(viewer.role, "invitations.write"):
        raise NotFound
    await person_for(viewer, link.person_id)
    return link
