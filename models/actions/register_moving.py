"""Moving to another municipality: the old one offers, the new one accepts, and everything happens in one transaction.

The new municipality is another controller: it begins with a register entry of its own under a key of its own, and asks
for every consent anew. Nothing the person wrote moves along; they can take an export with them.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta

from models import crypto
from models.actions import events, letters, trail
from models.domain.api import Event
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.joining import Step
from models.domain.localtime import local_date
from models.domain.staff import Role, Viewer, may, sees_people
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn, Rhythm
from models.tables.consent import Consent, Invitation, Joining, Link
from models.tables.fields import new_id
from models.tables.keys import Vault, house_vault, new_vault, vault
from models.tables.messages import Question, Thread
from models.tables.outbox import Letter
from models.tables.reach import person_for
from models.tables.register import FollowUp, Municipality, Person, Transfer
from models.tables.staff import Staff
from models.transactions import HOUSE, Scope, Scoped, alone, atomic

#: How long somebody who moved may take to say yes to the new municipality before it has to invite them.
_WELCOME_LASTS = timedelta(days=30)


@atomic
async def offer_transfer(viewer: Viewer, person_id: str, to_municipality_id: str, *, now: datetime) -> str:
    """Offer a young person who moves to their new municipality; the person is told. Returns the transfer's id.

    Raises NotAllowed for roles that may not, NotFound out of reach, Invalid for no other municipality, Stale while
    somebody here still owes the person an answer or another offer is open.
    """
    if not may(viewer.role, "people.transfer"):
        raise NotAllowed
    person = await person_for(viewer, person_id)
    other = await Municipality.get_or_none(id=to_municipality_id)
    if other is None or other.id == person.municipality_id:
        raise Invalid("choose_municipality", "municipality")
    await alone("thread", person.id)
    if await Transfer.exists(person_id=person.id, state="offered"):
        raise Stale("transfer_offered")
    if await _owed(person.id):
        raise Stale("transfer_unfinished")
    await Transfer.filter(person_id=person.id, state="declined").update(state="settled")
    row = await Transfer.create(
        municipality_id=person.municipality_id, person_id=person.id, to_municipality_id=other.id, state="offered",
        offered_by_id=viewer.staff_id, offered_at=now,
    )  # fmt: skip
    await letters.post(viewer, "move.offered", person_id=person.id, key=f"move:{row.id}", about=row.id, now=now)
    await trail.record(viewer, "transfer.offer", person_id=person.id, about=row.id, now=now)
    return row.id


@atomic
async def withdraw_transfer(viewer: Viewer, transfer_id: str, *, now: datetime) -> None:
    """The old municipality takes its offer back; the person is told that they stay."""
    if not may(viewer.role, "people.transfer"):
        raise NotAllowed
    row = await Transfer.get_or_none(id=transfer_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    await person_for(viewer, row.person_id)
    await _end(viewer, row, "withdrawn", viewer, now)


@atomic
async def see_declined(viewer: Viewer, person_id: str, *, now: datetime) -> None:
    """A coordinator has read that the new municipality said no: off everybody's list. Again, and nothing changes."""
    if not may(viewer.role, "people.transfer"):
        raise NotAllowed
    person = await person_for(viewer, person_id)
    if await Transfer.filter(person_id=person.id, state="declined").update(state="settled"):
        await trail.record(viewer, "transfer.seen", person_id=person.id, now=now)


async def decline_transfer(viewer: Viewer, transfer_id: str, *, now: datetime) -> None:
    """The new municipality says no (it is the wrong one); the person is told that they stay where they are."""
    _may_take_over(viewer)
    await _decline(HOUSE, viewer, transfer_id, now)


async def accept_transfer(viewer: Viewer, transfer_id: str, caseworker_id: str, *, now: datetime) -> str:
    """Take the person over: in one transaction the old municipality reaches nothing any more and the new one begins.

    Returns who the person is here. Raises NotAllowed for roles that may not, NotFound when it was not offered to this
    municipality or the caseworker is not of it, Stale when it was decided before or somebody still owes an answer.
    """
    _may_take_over(viewer)
    return await _accept(HOUSE, viewer, transfer_id, caseworker_id, now)


def _may_take_over(viewer: Viewer) -> None:
    if not may(viewer.role, "people.transfer"):
        raise NotAllowed


@atomic
async def _decline(_house: Scoped, viewer: Viewer, transfer_id: str, now: datetime) -> None:
    row = await _offered_to(viewer, transfer_id)
    await _end(Scope(row.municipality_id), row, "declined", replace(viewer, municipality_id=row.municipality_id), now)


async def _end(scope: Scoped, row: Transfer, state: str, by: Viewer, now: datetime) -> None:
    await alone("thread", row.person_id)
    row = await Transfer.get(id=row.id)
    if row.state != "offered":
        raise Stale("transfer_decided")
    row.state, row.decided_by_id, row.decided_at = state, by.staff_id, now
    await row.save(update_fields=["state", "decided_by_id", "decided_at"])
    await letters.post(scope, "move.stays", person_id=row.person_id, key=f"stays:{row.id}", about=row.id, now=now)
    await trail.record(by, f"transfer.{state}", person_id=row.person_id, about=row.id, now=now)


@atomic
async def _accept(_house: Scoped, viewer: Viewer, transfer_id: str, caseworker_id: str, now: datetime) -> str:
    # In the scope of the house: both municipalities' rows change, or none.
    row = await _offered_to(viewer, transfer_id)
    await alone("thread", row.person_id)
    row = await Transfer.get(id=row.id)
    if row.state != "offered":
        raise Stale("transfer_decided")
    caseworker = await Staff.get_or_none(id=caseworker_id, municipality_id=viewer.municipality_id, active=True)
    if caseworker is None or not sees_people(Role(caseworker.role)):
        raise NotFound
    if await _owed(row.person_id):
        raise Stale("transfer_unfinished")
    person = await Person.get(id=row.person_id, municipality_id=row.municipality_id)
    old = await vault(person.municipality_id, person.id)
    fresh = await _begin_anew(viewer, person, old, caseworker.id, now)
    chat = await _leave_the_old(person, now)
    if chat is not None:
        await _welcome(viewer, fresh, person, old, chat, now)
    row.state, row.decided_by_id, row.decided_at, row.new_person_id = "accepted", viewer.staff_id, now, fresh.id
    await row.save(update_fields=["state", "decided_by_id", "decided_at", "new_person_id"])
    await events.tell(Scope(row.municipality_id), Event.PERSON_LEFT, person.id, now=now)
    there = replace(viewer, municipality_id=row.municipality_id)
    await trail.record(there, "transfer.accepted", person_id=person.id, about=row.id, now=now)
    await trail.record(viewer, "transfer.accepted", person_id=fresh.id, about=row.id, now=now)
    return fresh.id


async def _offered_to(viewer: Viewer, transfer_id: str) -> Transfer:
    row = await Transfer.get_or_none(id=transfer_id, to_municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    return row


async def _owed(person_id: str) -> bool:
    """Whether a human of the old municipality still has something to finish: an answer, an alert, unsent words."""
    thread = await Thread.get_or_none(person_id=person_id, state="open")
    if thread is not None and thread.waiting_since is not None:
        return True
    if await Alert.filter(person_id=person_id).exclude(state="closed").exists():
        return True
    unsettled = ["queued", "waiting", "sending", "held", "unsure", "dead"]
    return await Letter.filter(person_id=person_id, kind="message.reply", state__in=unsettled).exists()


async def _begin_anew(viewer: Viewer, person: Person, old: Vault, caseworker_id: str, now: datetime) -> Person:
    """The register entry of the new municipality: who they are and what the law looks at, under a key of its own."""
    municipality_id = str(viewer.municipality_id)
    opened, key_row = await new_vault(municipality_id, new_id())
    fresh = Person(
        id=opened.person_id, municipality_id=municipality_id, reference=await _reference(municipality_id, person),
        group=person.group, aftercare=person.aftercare, caseworker_id=caseworker_id, language=person.language,
        easy=person.easy, placement_end=person.placement_end, entered_on=local_date(now), created_at=now,
        quiet_from=person.quiet_from, quiet_to=person.quiet_to,
    )  # fmt: skip
    for column in ("name", "first_name", "birth", "phone"):
        sealed = getattr(person, f"{column}_sealed")
        if sealed is not None:
            clear = old.open("person", column, person.id, sealed)
            setattr(fresh, f"{column}_sealed", opened.seal("person", column, fresh.id, clear))
    await fresh.save()
    await key_row.save()
    return fresh


async def _reference(municipality_id: str, person: Person) -> str:
    wanted, number = person.reference, 1
    while await Person.exists(municipality_id=municipality_id, reference=wanted):
        number += 1
        wanted = f"{person.reference[:34]}-{number}"
    return wanted


async def _leave_the_old(person: Person, now: datetime) -> Link | None:
    """Nothing of the old municipality's asks, waits or is sent any more. Returns the chat to go on in."""
    links = await Link.filter(person_id=person.id).exclude(state="closed")
    for link in links:
        was = link.state
        link.state, link.closed_at, link.closed_why = "closed", now, "moved"
        await link.save(update_fields=["state", "closed_at", "closed_why"])
        link.state = was
    await Letter.filter(person_id=person.id, state__in=["queued", "waiting", "held"]).update(
        state="cancelled", reason="moved"
    )
    await CheckIn.filter(person_id=person.id, state__in=["due", "asked", "open"]).update(state="stopped", closed_at=now)
    await Rhythm.filter(person_id=person.id).update(active=False)
    await Question.filter(person_id=person.id).delete()
    await Invitation.filter(person_id=person.id, used_at=None, voided_at=None).update(voided_at=now)
    await Joining.filter(person_id=person.id).delete()
    await Consent.filter(person_id=person.id, withdrawn_at=None).update(withdrawn_at=now)
    await FollowUp.filter(person_id=person.id).delete()
    await Thread.filter(person_id=person.id, state="open").update(state="closed")
    person.left_on = min(person.left_on or date.max, local_date(now))
    person.moved_at, person.caseworker_id, person.substitute_id = now, None, None
    await person.save(update_fields=["left_on", "moved_at", "caseworker_id", "substitute_id"])
    # Where the old words were never confirmed, nobody knows who holds that phone: the new municipality invites.
    known = [link for link in links if link.state == "active" and link.confirmed_at is not None]
    return max(known, key=lambda link: link.seen_at, default=None)


async def _welcome(viewer: Viewer, fresh: Person, person: Person, old: Vault, chat: Link, now: datetime) -> None:
    """The person is on the way in at the new municipality, in the chat they have: what Hørt is there, and every consent
    anew. The safety words are new too."""
    invitation = await Invitation.create(
        municipality_id=fresh.municipality_id, person_id=fresh.id, created_by_id=viewer.staff_id, created_at=now,
        token_hash=crypto.token_hash(secrets.token_urlsafe(24)), code_hash=crypto.token_hash(secrets.token_urlsafe(24)),
        expires_at=now + _WELCOME_LASTS,
    )  # fmt: skip
    chat_id = int(old.open("link", "chat", chat.id, chat.chat_sealed))
    await Joining.filter(bot=chat.bot, chat_index=chat.chat_index).delete()
    row = await Joining.create(
        municipality_id=fresh.municipality_id, invitation_id=invitation.id, person_id=fresh.id, bot=chat.bot,
        chat_index=chat.chat_index, chat_sealed=house_vault().seal("joining", "chat", chat.chat_index, str(chat_id)),
        language=chat.language, easy=person.easy, step=Step.EXPLAIN.value, created_at=now,
        kept_until=now + _WELCOME_LASTS,
    )  # fmt: skip
    args: dict[str, object] = {"from": person.municipality_id, **({"easy": True} if person.easy else {})}
    for kind in ("move.welcome", "join.explain"):
        letter_id = await letters.answer_chat(
            HOUSE, kind, bot=chat.bot, chat_index=chat.chat_index, chat_id=chat_id, language=chat.language,
            key=f"{kind}:{row.id}", now=now, municipality_id=fresh.municipality_id, person_id=fresh.id, about=row.id,
            args=args,
        )  # fmt: skip
    row.last_letter_id = letter_id
    await row.save(update_fields=["last_letter_id"])
