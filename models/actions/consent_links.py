"""The tie between a young person and a chat, and the consents that go with it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, time

from models.actions import letters
from models.domain import consent as rules
from models.domain import joining, rhythm, rights
from models.domain.consent import Purpose
from models.domain.letters import PANEL_KINDS
from models.domain.localtime import local_date
from models.tables.checkins import CheckIn, Measured, Rhythm
from models.tables.consent import Consent, Link
from models.tables.keys import subject, vault
from models.tables.messages import Question
from models.tables.panels import (
    PanelAnswer,
    PanelAnswering,
    PanelBallot,
    PanelMeasured,
    PanelMember,
    PanelProposal,
    PanelVote,
)
from models.tables.register import Person
from models.transactions import Scope, Scoped, atomic


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that writes to the bot: where, and how to answer it. The number is never stored in the clear."""

    bot: str
    chat_index: str
    chat_id: int
    language: str


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
    easy: bool = False,
) -> str:
    """Tie a chat to a person, with fresh safety words and the consents given. Closes an older link of that channel."""
    person = await Person.get(id=person_id, municipality_id=scope.municipality_id)
    for older in (
        Link.filter(person_id=person_id, bot=chat.bot),
        Link.filter(bot=chat.bot, chat_index=chat.chat_index),
    ):
        await older.exclude(state="closed").update(state="closed", closed_at=now, closed_why="new_phone")
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
    person.language, person.stopped_at, person.easy = language, None, easy
    await person.save(update_fields=["language", "stopped_at", "easy"])
    for purpose in rules.read_purposes(purposes):
        await _give(person, purpose, now)
    return link.id


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
        if one.purpose in purposes or Purpose(one.purpose) not in rules.ON_THE_SCREEN:
            continue
        one.withdrawn_at = now
        await one.save(update_fields=["withdrawn_at"])
        await _act_on_withdrawal(one.municipality_id, person_id, Purpose(one.purpose), now)


async def _act_on_withdrawal(municipality_id: str, person_id: str, purpose: Purpose, now: datetime) -> None:
    """What stops at once: whatever waits to be sent for this purpose, and what it lets the clock begin."""
    await letters.cancel_unwanted(Scope(municipality_id), person_id, rights.kinds_of(purpose))
    if purpose is Purpose.CHECKINS:
        await CheckIn.filter(person_id=person_id, state__in=["due", "asked", "open"]).update(
            state="stopped", closed_at=now
        )
        await Rhythm.filter(person_id=person_id).update(active=False)
    if purpose is Purpose.FIGURES:
        await Measured.filter(municipality_id=municipality_id, subject=subject(municipality_id, person_id)).delete()
    if purpose is Purpose.PANEL:
        await _leave_panels(Scope(municipality_id), person_id)


async def _leave_panels(scope: Scope, person_id: str) -> None:
    """Everything of theirs in the panel goes; what was counted before stands, it names nobody."""
    await letters.cancel_prompts(scope, person_id, kinds=PANEL_KINDS)
    await Question.filter(person_id=person_id, kind__startswith="panel.").delete()
    await PanelBallot.filter(
        state="proposed", id__in=await PanelProposal.filter(person_id=person_id).values_list("ballot_id", flat=True)
    ).delete()
    for table in (PanelVote, PanelProposal, PanelAnswer, PanelAnswering, PanelMember):
        await table.filter(person_id=person_id).delete()
    await PanelMeasured.filter(subject=subject(str(scope.municipality_id), person_id, of="panel")).delete()


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
