"""Joining, step by step: a link or a code, a birthday, an explanation, what they say yes to, two words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models import crypto
from models.actions import letters, trail
from models.actions.consent_links import Chat, _withdraw_others, make_link
from models.domain import joining
from models.domain.consent import Purpose
from models.domain.joining import InvitationState, Step
from models.domain.people import YoungPerson
from models.tables.consent import Invitation, Joining, Link, Stranger
from models.tables.keys import house_vault, vault
from models.tables.register import Person
from models.transactions import HOUSE, Scope, Scoped, alone, atomic, execute

_STRANGER_TRIES = 5
_A_DAY = timedelta(hours=24)
#: How a tie may end so that its chat, when it writes again, hears more than a stranger does.
_TOLD_AFTERWARDS = frozenset({"turned_23", "moved", "barred"})


@atomic
async def open_invitation(scope: Scoped, chat: Chat, secret: str, *, key: str, now: datetime) -> InvitationState | None:
    """Somebody opened a link or typed a code. Starts the joining, or says kindly why not; None when nothing matches.

    Posts the next screen. `key` names the update this answers. After five secrets that match nothing within a day no
    code is tried from that chat; a link, which nobody can guess, still opens.
    """
    tries = _tries(chat)
    await alone("stranger", tries)
    invitation = await _find(secret, codes=not await _tried_enough(tries, now))
    if invitation is None:
        over = await _tried_enough(tries, now)
        if not over:
            await _count(tries, now)
        await _say(chat, "join.closed", key, now, args={"why": "too_many" if over else "unknown"})
        return None
    state = _state(invitation, now)
    if state is not InvitationState.OPEN:
        await _say(chat, "join.closed", key, now, args={"why": state.value})
        return state
    if await _barred(chat, invitation.municipality_id):
        await _say(chat, "join.closed", key, now, args={"why": "barred"})
        return None
    await alone("invitation", invitation.person_id)
    if await _taken(invitation, chat):
        await _say(chat, "join.closed", key, now, args={"why": "taken"})
        return None
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
    await Stranger.filter(chat_index__in=[chat.chat_index, tries]).delete()
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
    if _state(invitation, now) is not InvitationState.OPEN:
        return False
    invitation.used_at = now
    await invitation.save(update_fields=["used_at"])
    await trail.record(person, "link.renew", person_id=person.person_id, about=person.link_id, now=now)
    return True


@atomic
async def meet_stranger(scope: Scoped, chat: Chat, *, now: datetime) -> int:
    """Count a chat nobody invited; returns how often it was seen. The counter dies within 24 hours."""
    await alone("stranger", chat.chat_index)
    return await _count(chat.chat_index, now)


@atomic
async def greet_stranger(scope: Scoped, chat: Chat, text: str, *, key: str, now: datetime) -> None:
    """A stranger wrote: a typed code opens its invitation; anything else gets one kind sentence, and is not kept."""
    code = joining.normalise_code(text)
    if code is not None:
        await open_invitation(scope, chat, code, key=key, now=now)
    elif await meet_stranger(scope, chat, now=now) <= _STRANGER_TRIES:
        before = await _was_here(chat)
        if before is None:
            await _say(chat, "stranger.hello", key, now)
        else:
            await _say(
                chat, "link.over", key, now, args={"why": before.closed_why}, language=before.language,
                municipality_id=before.municipality_id, person_id=before.person_id,
            )  # fmt: skip


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
    birth = await _birth(await Person.get(id=row.person_id))
    if not joining.same_birthday(birth, read):
        invitation.wrong += 1
        if invitation.wrong >= joining.MAX_WRONG:
            invitation.voided_at = now
        await invitation.save(update_fields=["wrong", "voided_at"])
        if not await _closed(invitation, row, chat, key, now):
            await _step(row, chat, "join.wrong", key, now, args={"left": joining.MAX_WRONG - invitation.wrong})
        return False
    if not await _of_age(birth, row, chat, key, now):
        return False
    row.step = Step.EXPLAIN.value
    await row.save(update_fields=["step"])
    await _step(row, chat, "join.explain", key, now)
    return True


@atomic
async def choose_language(
    scope: Scoped, joining_id: str, chat: Chat, language: str, *, key: str, now: datetime
) -> None:
    """Switch language on the way in; the screen is replaced."""
    row = await Joining.get(id=joining_id)
    row.language = language if language in {"da", "en"} else "da"
    await row.save(update_fields=["language"])
    await show_step(scope, joining_id, chat, key=key, now=now, replace=True)


@atomic
async def choose_easy(scope: Scoped, joining_id: str, chat: Chat, *, on: bool, key: str, now: datetime) -> None:
    """Easier Danish, or the usual again, on the way in; the screen is replaced."""
    row = await Joining.get(id=joining_id)
    row.easy = on
    await row.save(update_fields=["easy"])
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
async def back(scope: Scoped, joining_id: str, chat: Chat, *, key: str, now: datetime) -> None:
    """Back from "read more" to the step, or from the purposes to what Hørt is; what was ticked stays."""
    row = await Joining.get(id=joining_id)
    if row.step == Step.PURPOSES.value:
        row.step = Step.EXPLAIN.value
        await row.save(update_fields=["step"])
    await show_step(scope, joining_id, chat, key=key, now=now, replace=True)


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
    person = await Person.get(id=row.person_id, municipality_id=row.municipality_id)
    if not await _of_age(await _birth(person), row, chat, key, now):
        return None
    purposes = [value for value in row.purposes.split(",") if value]
    link_id = await make_link(
        Scope(row.municipality_id), row.person_id, chat, language=row.language, purposes=purposes, now=now,
        easy=row.easy,
    )  # fmt: skip
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


def _tries(chat: Chat) -> str:
    """What a chat's wrong secrets are counted under, apart from how often it was greeted."""
    return crypto.token_hash(f"tries:{chat.chat_index}")


async def _tried_enough(tries: str, now: datetime) -> bool:
    row = await Stranger.get_or_none(chat_index=tries)
    return row is not None and row.seen >= _STRANGER_TRIES and row.first_at > now - _A_DAY


async def _count(index: str, now: datetime) -> int:
    row = await Stranger.get_or_none(chat_index=index)
    if row is None:
        row = await Stranger.create(chat_index=index, seen=0, first_at=now)
    elif row.first_at <= now - _A_DAY:
        row.seen, row.first_at = 0, now
    row.seen += 1
    await row.save(update_fields=["seen", "first_at"])
    return row.seen


async def _find(secret: str, *, codes: bool = True) -> Invitation | None:
    found = await Invitation.get_or_none(token_hash=crypto.token_hash(secret))
    if found is None and codes and (code := joining.normalise_code(secret)) is not None:
        found = await Invitation.get_or_none(code_hash=crypto.token_hash(code))
    return found


async def _invitation(row: Joining) -> Invitation:
    """The invitation, as it is once no other chat that holds it is being answered: five guesses are five in all."""
    await alone("invitation", row.person_id)
    return await Invitation.get(id=row.invitation_id)


def _state(invitation: Invitation, now: datetime) -> InvitationState:
    return joining.invitation_state(
        now, expires_at=invitation.expires_at, used_at=invitation.used_at, voided_at=invitation.voided_at,
        wrong=invitation.wrong,
    )  # fmt: skip


async def _closed(invitation: Invitation, row: Joining, chat: Chat, key: str, now: datetime) -> bool:
    state = _state(invitation, now)
    taken = state is InvitationState.OPEN and row.step == Step.BIRTHDAY.value and await _taken(invitation, chat)
    if state is InvitationState.OPEN and not taken:
        return False
    await row.delete()
    why = "taken" if taken else state.value
    await _say(chat, "join.closed", key, now, args={"why": why}, language=row.language)
    return True


async def _taken(invitation: Invitation, chat: Chat) -> bool:
    """Whether somebody in another chat was right about the birthday before: a forwarded link lets one in."""
    others = Joining.filter(invitation_id=invitation.id).exclude(step=Step.BIRTHDAY.value)
    return await others.exclude(bot=chat.bot, chat_index=chat.chat_index).exists()


async def _barred(chat: Chat, municipality_id: str) -> bool:
    """Whether staff of that municipality have shut this chat out."""
    return await Link.filter(
        bot=chat.bot, chat_index=chat.chat_index, municipality_id=municipality_id, barred_at__not_isnull=True
    ).exists()


async def _was_here(chat: Chat) -> Link | None:
    """The last tie this chat had, where it ended in a way its owner may be told about."""
    before = Link.filter(bot=chat.bot, chat_index=chat.chat_index, state="closed")
    link = await before.order_by("-closed_at").first()
    return link if link is not None and link.closed_why in _TOLD_AFTERWARDS else None


async def _of_age(birth: date, row: Joining, chat: Chat, key: str, now: datetime) -> bool:
    """Not before the 18th birthday, not from the 23rd: said only to who knew the birthday, and without a name."""
    age = joining.age_now(birth, now)
    if age is joining.Age.RIGHT:
        return True
    await row.delete()
    await _say(chat, "join.closed", key, now, args={"why": age.value}, language=row.language)
    return False


async def _birth(person: Person) -> date:
    opened = await vault(person.municipality_id, person.id)
    return date.fromisoformat(opened.open("person", "birth", person.id, person.birth_sealed))


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
        now=now, municipality_id=row.municipality_id, person_id=row.person_id, about=row.id,
        args={**(args or {}), **({"easy": True} if row.easy else {})}, replaces=row.last_letter_id if replace else None,
    )  # fmt: skip
    if letter_id is not None:
        await execute("UPDATE joining SET last_letter_id = ? WHERE id = ?", letter_id, row.id)


async def _say(
    chat: Chat,
    kind: str,
    key: str,
    now: datetime,
    *,
    args: dict[str, object] | None = None,
    language: str | None = None,
    municipality_id: str | None = None,
    person_id: str | None = None,
) -> None:
    await letters.answer_chat(
        HOUSE, kind, bot=chat.bot, chat_index=chat.chat_index, chat_id=chat.chat_id, language=language or chat.language,
        key=key, now=now, args=args, municipality_id=municipality_id, person_id=person_id,
    )  # fmt: skip
