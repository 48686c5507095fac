"""Turning 23: told three months before, asked one month before, a goodbye on the day, and what may come after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from models.actions import events, letters, trail
from models.domain import register as rules
from models.domain.api import Event
from models.domain.consent import VERSION, Purpose
from models.domain.errors import Invalid
from models.domain.people import YoungPerson
from models.domain.register import Farewell
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn, Rhythm
from models.tables.consent import Consent, Invitation, Joining, Link
from models.tables.keys import Vault, vault, vaults
from models.tables.messages import Message, Question, Thread
from models.tables.outbox import Letter
from models.tables.register import FollowUp, Municipality, Person
from models.transactions import HOUSE, Scope, Scoped, alone, atomic

#: Whose vaults are opened at once: what one tick reads of the register in one piece.
_PAGE = 500
LONGEST_CONTACT = 120


async def say_farewells(scope: Scoped, *, now: datetime) -> int:
    """Whoever nears 23 is told, whoever has turned 23 leaves the register, and the chat closes when nobody is waiting.

    Safe to repeat: every letter has a name of its own, and who has left has left. Returns how many were looked after.
    """
    done = 0
    for municipality_id in await _municipalities(HOUSE):
        here = Scope(municipality_id)
        for person_id, birth in await _near(here, now):
            done += await _look_after(here, person_id, birth, now)
    return done


@atomic
async def follow_up(person: YoungPerson, *, on: bool, now: datetime) -> bool:
    """Whether the person may be asked again after 23. A yes is a consent of its own, with its date; it can be taken
    back. Returns whether that is news."""
    current = Consent.filter(
        person_id=person.person_id, municipality_id=person.municipality_id, purpose=Purpose.FOLLOW_UP.value,
        withdrawn_at=None,
    )  # fmt: skip
    if on is await current.exists():
        return False
    if on:
        await Consent.create(
            municipality_id=person.municipality_id, person_id=person.person_id, purpose=Purpose.FOLLOW_UP.value,
            version=VERSION, given_at=now,
        )  # fmt: skip
    else:
        await current.update(withdrawn_at=now)
        await FollowUp.filter(person_id=person.person_id).delete()
    deed = f"consent.{'give' if on else 'withdraw'}"
    await trail.record(person, deed, person_id=person.person_id, about=Purpose.FOLLOW_UP.value, now=now)
    return True


@atomic
async def follow_up_at(person: YoungPerson, contact: str, *, now: datetime) -> None:
    """Where the person may be asked: a number or an address, as they wrote it. Raises Invalid for what is neither."""
    said = " ".join(contact.split())
    if len(said) > LONGEST_CONTACT or not ("@" in said or sum(sign.isdecimal() for sign in said) >= 8):
        raise Invalid("contact_unreadable", "contact")
    await follow_up(person, on=True, now=now)
    row = await FollowUp.get_or_none(person_id=person.person_id, municipality_id=person.municipality_id)
    row = row or FollowUp(municipality_id=person.municipality_id, person_id=person.person_id, asked_at=now)
    opened = await vault(person.municipality_id, person.person_id)
    row.contact_sealed = opened.seal("follow_up", "contact", row.id, said)
    await row.save()


@atomic
async def _municipalities(scope: Scoped) -> list[str]:
    return [str(key) for key in await Municipality.all().order_by("id").values_list("id", flat=True)]


@atomic
async def _near(scope: Scope, now: datetime) -> list[tuple[str, date]]:
    """Who of the municipality has anything to hear by now, with their birth date. Birth dates are sealed: all are
    opened, a page at a time."""
    people = Person.filter(municipality_id=scope.municipality_id, erased_at=None, moved_at=None)
    rows = await people.order_by("id").values_list("id", "birth_sealed", "left_on")
    linked = {
        str(key)
        for key in await Link.filter(municipality_id=scope.municipality_id)
        .exclude(state="closed")
        .values_list("person_id", flat=True)
    }
    found: list[tuple[str, date]] = []
    for page in _pages([row for row in rows if row[2] is None or str(row[0]) in linked]):
        opened = await vaults(str(scope.municipality_id), [str(row[0]) for row in page])
        for key, sealed, _ in page:
            if (vault_of := opened.get(str(key))) is None:
                continue  # erased this very moment
            birth = _birth(vault_of, str(key), sealed)
            if rules.farewell(birth, now) is not None or rules.has_left(birth, now):
                found.append((str(key), birth))
    return found


@atomic
async def _look_after(scope: Scope, person_id: str, birth: date, now: datetime) -> bool:
    await alone("thread", person_id)
    person = await Person.get_or_none(id=person_id, municipality_id=scope.municipality_id, erased_at=None)
    if person is None:
        return False
    if rules.has_left(birth, now):
        return await _leave(person, birth, now)
    stage = rules.farewell(birth, now)
    if stage is None or not await Link.filter(person_id=person.id).exclude(state="closed").exists():
        return False
    posted = await letters.post(
        scope, f"farewell.{stage.value}", person_id=person.id, key=f"farewell:{stage.value}:{person.id}", now=now,
        not_after=rules.said_at(rules.leaves_at(birth)),
    )  # fmt: skip
    return posted is not None


async def _leave(person: Person, birth: date, now: datetime) -> bool:
    """From midnight the person is off the register and asked nothing more; the chat closes at a decent hour."""
    here = Scope(person.municipality_id)
    day = rules.leaves_at(birth)
    changed = person.left_on is None
    if changed:
        person.left_on = day
        await person.save(update_fields=["left_on"])
        await letters.cancel_prompts(here, person.id)
        await Rhythm.filter(person_id=person.id).update(active=False)
        # One that was begun may be finished until the chat closes; one that was not will never be asked.
        await CheckIn.filter(person_id=person.id, state__in=["due", "asked"]).update(state="stopped", closed_at=now)
        await Invitation.filter(person_id=person.id, used_at=None, voided_at=None).update(voided_at=now)
        await Joining.filter(person_id=person.id).delete()
        await events.tell(here, Event.PERSON_LEFT, person.id, now=now)
        await trail.record(here, "person.turned_23", person_id=person.id, now=now)
    links = await Link.filter(person_id=person.id, municipality_id=person.municipality_id).exclude(state="closed")
    if not links:
        return changed
    thread = await Thread.get_or_none(person_id=person.id, state="open")
    owed = bool(thread and thread.waiting_since) or await Alert.filter(person_id=person.id).exclude(
        state="closed"
    ).exists()  # fmt: skip
    said = await Message.filter(person_id=person.id).exclude(direction="note").order_by("-at").first()
    if rules.may_close(birth, now, last_said=said.at if said else None, owed=owed):
        await _close(person, links, now)
        return True
    if owed and rules.farewell(birth, now) is Farewell.GOODBYE:
        posted = await letters.post(
            here, "farewell.wait", person_id=person.id, key=f"farewell:wait:{person.id}", now=now
        )  # fmt: skip
        return changed or posted is not None
    return changed


async def _close(person: Person, links: list[Link], now: datetime) -> None:
    """The last words in every chat that hears them, and then no chat any more."""
    opened = await vault(person.municipality_id, person.id)
    running = await CheckIn.filter(person_id=person.id, state="open").update(state="stopped", closed_at=now)
    await Question.filter(person_id=person.id).delete()
    for link in links:
        if link.state == "active":
            await letters.answer_chat(
                Scope(person.municipality_id), "farewell.goodbye", bot=link.bot, chat_index=link.chat_index,
                chat_id=int(opened.open("link", "chat", link.id, link.chat_sealed)), language=link.language,
                key=f"farewell:goodbye:{link.id}", now=now, municipality_id=person.municipality_id,
                person_id=person.id, args={"check_in": bool(running), "easy": person.easy},
            )  # fmt: skip
        link.state, link.closed_at, link.closed_why = "closed", now, "turned_23"
        await link.save(update_fields=["state", "closed_at", "closed_why"])
    waiting = Letter.filter(person_id=person.id, link_id__in=[link.id for link in links])
    unsent = waiting.filter(state__in=["queued", "waiting", "held"])
    # A human's words are never dropped in silence: they stay where staff see that they did not arrive.
    await unsent.filter(kind="message.reply").update(state="held", reason="no_link")
    await unsent.exclude(kind="message.reply").update(state="cancelled", reason="left")
    await trail.record(Scope(person.municipality_id), "link.turned_23", person_id=person.id, now=now)


def _birth(opened: Vault, person_id: str, sealed: bytes) -> date:
    return date.fromisoformat(opened.open("person", "birth", person_id, sealed))


def _pages(found: list[tuple[str, bytes, date | None]]) -> Iterator[list[tuple[str, bytes, date | None]]]:
    for start in range(0, len(found), _PAGE):
        yield found[start : start + _PAGE]
