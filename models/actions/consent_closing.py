"""Ending the tie to a chat: a lost phone, a stranger behind it, somebody shut out by staff."""

from __future__ import annotations

import secrets
from datetime import datetime

from models.actions import letters, trail
from models.actions.consent_links import _act_on_withdrawal, _give
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotFound
from models.domain.staff import Viewer, may
from models.tables.attachments import Attachment
from models.tables.checkins import Answer, CheckIn, Measured
from models.tables.consent import Consent, Link, Stray
from models.tables.feedback import Feedback
from models.tables.keys import subject, vault
from models.tables.messages import Message, Question, Thread
from models.tables.outbox import Letter
from models.tables.panels import PanelAnswer, PanelAnswering, PanelMeasured
from models.tables.reach import person_for
from models.tables.register import Person
from models.transactions import alone, atomic

#: Why staff shut a chat out. Whoever is told, is told kindly; a phone in somebody else's hands is told nothing.
BARRED_FOR = ("threats", "asked", "lost")
_TOLD = frozenset({"threats", "asked"})


@atomic
async def close_link(viewer: Viewer, link_id: str, *, now: datetime) -> None:
    """Staff close a link: a lost phone, a new one. What is queued for it is held and can be sent elsewhere; what stands
    in the chat is taken away, as far as its server can: whoever has the phone now reads nothing of it."""
    link = await _link_for(viewer, link_id)
    await _close(link, "lost", now)
    await _empty(viewer, link, now)
    await Letter.filter(link_id=link.id, state__in=["queued", "waiting"]).update(state="held", reason="no_link")
    await trail.record(viewer, "link.close", person_id=link.person_id, about=link.id, now=now)


@atomic
async def wrong_person(viewer: Viewer, link_id: str, *, now: datetime) -> int:
    """The two words do not match: whoever holds that phone is not the person.

    The chat is closed without a word, and nothing that waited for it is ever sent. What was written in it, and to it,
    leaves the person's case and is kept apart for the coordinator; its check-ins count for nobody; what the person had
    said yes to before holds again. Words of crisis keep their alert: somebody wrote them. Returns how many pieces are
    kept apart. Raises Invalid where the words had been confirmed.
    """
    link = await _link_for(viewer, link_id)
    if link.confirmed_at is not None:
        raise Invalid("words_confirmed", "link")
    await alone("thread", link.person_id)
    await _close(link, "wrong_person", now)
    # Nor does anybody decide any more about what may not have arrived there.
    unsettled = ["queued", "waiting", "held", "unsure", "dead"]
    await Letter.filter(link_id=link.id, state__in=unsettled).update(state="cancelled", reason="wrong_person")
    apart = await _set_messages_apart(link, now) + await _set_feedback_apart(link, now)
    await _set_files_apart(link)
    await _forget_check_ins(link, now)
    await _forget_panel(link, now)
    await Question.filter(person_id=link.person_id, asked_at__gte=link.opened_at).delete()
    await _consents_as_before(link, now)
    await trail.record(viewer, "link.wrong_person", person_id=link.person_id, about=link.id, now=now)
    return apart


@atomic
async def bar(viewer: Viewer, link_id: str, reason: str, *, now: datetime) -> None:
    """Shut a chat out: it is closed, and no invitation of the municipality opens in it until staff say otherwise.

    Help stays one tap away in it. Raises Invalid for a reason that is not in `BARRED_FOR`.
    """
    link = await _link_for(viewer, link_id)
    if reason not in BARRED_FOR:
        raise Invalid("choose_reason", "reason")
    told = reason in _TOLD and link.state == "active"
    await _close(link, "barred" if reason in _TOLD else "lost", now, barred=True)
    await Letter.filter(link_id=link.id, state__in=["queued", "waiting"]).update(state="held", reason="no_link")
    if reason not in _TOLD:
        await _empty(viewer, link, now)
    if told:
        opened = await vault(link.municipality_id, link.person_id)
        await letters.answer_chat(
            viewer, "link.over", bot=link.bot, chat_index=link.chat_index,
            chat_id=int(opened.open("link", "chat", link.id, link.chat_sealed)), language=link.language,
            key=f"barred:{link.id}", now=now, municipality_id=link.municipality_id, person_id=link.person_id,
            args={"why": "barred"},
        )  # fmt: skip
    await trail.record(viewer, f"link.bar_{reason}", person_id=link.person_id, about=link.id, now=now)


@atomic
async def unbar(viewer: Viewer, link_id: str, *, now: datetime) -> None:
    """Let a chat in again that was shut out: it takes a new invitation, as for anybody."""
    link = await Link.get_or_none(id=link_id, municipality_id=viewer.municipality_id, barred_at__not_isnull=True)
    if link is None or not may(viewer.role, "invitations.write"):
        raise NotFound
    await person_for(viewer, link.person_id)
    link.barred_at, link.closed_why = None, "lost"
    await link.save(update_fields=["barred_at", "closed_why"])
    await trail.record(viewer, "link.unbar", person_id=link.person_id, about=link.id, now=now)


@atomic
async def see_stray(viewer: Viewer, person_id: str, *, now: datetime) -> int:
    """A coordinator has seen what was kept apart; it stays, off the list of what waits. Returns how many pieces."""
    if not may(viewer.role, "messages.dead_letters"):
        raise NotFound
    person = await person_for(viewer, person_id)
    count = await Stray.filter(person_id=person.id, seen_by_id=None).update(seen_by_id=viewer.staff_id)
    await trail.record(viewer, "stray.seen", person_id=person.id, now=now)
    return count


async def _link_for(viewer: Viewer, link_id: str) -> Link:
    link = await Link.get_or_none(id=link_id, municipality_id=viewer.municipality_id)
    if link is None or link.state == "closed" or not may(viewer.role, "invitations.write"):
        raise NotFound
    await person_for(viewer, link.person_id)
    return link


async def _close(link: Link, why: str, now: datetime, *, barred: bool = False) -> None:
    link.state, link.closed_at, link.closed_why = "closed", now, why
    link.barred_at = now if barred else None
    await link.save(update_fields=["state", "closed_at", "closed_why", "barred_at"])


async def _empty(viewer: Viewer, link: Link, now: datetime) -> None:
    """Ours forgets the chat, and every device in it is out; Telegram deletes what is young enough."""
    opened = await vault(link.municipality_id, link.person_id)
    await letters.answer_chat(
        viewer, "rights.forget", bot=link.bot, chat_index=secrets.token_hex(16),
        chat_id=int(opened.open("link", "chat", link.id, link.chat_sealed)), language=link.language,
        key=f"lost:{link.id}", now=now, municipality_id=link.municipality_id,
        args={"shown": await letters.deletable(link, now)},
    )  # fmt: skip


async def _letters_to(link: Link, kinds: str) -> list[str]:
    """What the letters of this chat were about, by the beginning of their kind."""
    found = await Letter.filter(link_id=link.id, kind__startswith=kinds).values_list("about", flat=True)
    return sorted({str(about) for about in found if about})


async def _set_messages_apart(link: Link, now: datetime) -> int:
    opened = await vault(link.municipality_id, link.person_id)
    came = f"{link.bot}:{link.chat_index[:40]}:"
    mine = Message.filter(person_id=link.person_id, municipality_id=link.municipality_id, at__gte=link.opened_at)
    theirs = [*await mine.filter(direction="in", source_key__startswith=came)]
    replied = await _letters_to(link, "message.reply")
    if replied:
        theirs += await mine.filter(direction="out", id__in=replied)
    for row in theirs:
        body = opened.open("message", "body", row.id, row.body_sealed)
        await Stray.create(
            id=row.id, municipality_id=link.municipality_id, person_id=link.person_id, link_id=link.id,
            kind="message" if row.direction == "in" else "reply", at=row.at, apart_at=now,
            body_sealed=opened.seal("stray", "body", row.id, body),
        )  # fmt: skip
        await row.delete()
        # What the person themselves had asked was answered by that reply, which never reached them.
        await Message.filter(person_id=link.person_id, answered_by_message=row.id).update(
            answered_at=None, answered_by_message=None
        )
    for thread in await Thread.filter(person_id=link.person_id, state="open"):
        waiting = await Message.filter(thread_id=thread.id, direction="in", needs_answer=True, answered_at=None)
        thread.waiting_since = min((row.at for row in waiting), default=None)
        thread.promised_at = min((row.promised_at for row in waiting if row.promised_at), default=None)
        await thread.save(update_fields=["waiting_since", "promised_at"])
    return len(theirs)


async def _set_feedback_apart(link: Link, now: datetime) -> int:
    opened = await vault(link.municipality_id, link.person_id)
    count = 0
    about = await _letters_to(link, "feedback.")
    for row in await Feedback.filter(id__in=about, person_id=link.person_id, opened_at__gte=link.opened_at):
        if row.body_sealed is not None:
            body = opened.open("feedback", "body", row.id, row.body_sealed)
            await Stray.create(
                id=row.id, municipality_id=link.municipality_id, person_id=link.person_id, link_id=link.id,
                kind="feedback", at=row.said_at or row.opened_at, apart_at=now,
                body_sealed=opened.seal("stray", "body", row.id, body),
            )  # fmt: skip
            count += 1
        await row.delete()
    return count


async def _set_files_apart(link: Link) -> None:
    """A file goes with the words it came with: whoever looks at those hears it, and nobody else is called to listen."""
    theirs = [str(one) for one in await Stray.filter(link_id=link.id).values_list("id", flat=True)]
    for part in ("message_id", "about"):
        await Attachment.filter(person_id=link.person_id, **{f"{part}__in": theirs or ["-"]}).update(listen_by=None)


async def _forget_check_ins(link: Link, now: datetime) -> None:
    """What a stranger answered says nothing about the person: it is no answer, and it counts in no figure."""
    shown = await Letter.filter(link_id=link.id, kind__startswith="checkin.").values_list("id", flat=True)
    if not shown:
        return
    for row in await CheckIn.filter(
        person_id=link.person_id, screen_letter_id__in=list(shown), opened_at__gte=link.opened_at
    ):
        await Answer.filter(check_in_id=row.id).delete()
        who = subject(row.municipality_id, row.person_id)
        await Measured.filter(
            municipality_id=row.municipality_id, subject=who, instrument=row.instrument, period=row.period
        ).delete()
        row.state, row.closed_at, row.score_sealed = "stopped", now, None
        await row.save(update_fields=["state", "closed_at", "score_sealed"])


async def _forget_panel(link: Link, now: datetime) -> None:
    """Nor does the panel count what a stranger answered; where it is open, the person can begin anew."""
    shown = await Letter.filter(link_id=link.id, kind__startswith="panel.").values_list("id", flat=True)
    for row in await PanelAnswering.filter(
        person_id=link.person_id, screen_letter_id__in=list(shown), opened_at__gte=link.opened_at
    ):
        await PanelAnswer.filter(answering_id=row.id).delete()
        who = subject(row.municipality_id, row.person_id, of="panel")
        await PanelMeasured.filter(municipality_id=row.municipality_id, subject=who, sendout_id=row.sendout_id).delete()
        row.state, row.closed_at, row.current, row.draft_sealed = "stopped", now, "", None
        await row.save(update_fields=["state", "closed_at", "current", "draft_sealed"])


async def _consents_as_before(link: Link, now: datetime) -> None:
    """What was said yes to since the stranger came in falls; what their coming in withdrew stands again."""
    person = await Person.get(id=link.person_id, municipality_id=link.municipality_id)
    for row in await Consent.filter(person_id=person.id, withdrawn_at=None, given_at__gte=link.opened_at):
        row.withdrawn_at = now
        await row.save(update_fields=["withdrawn_at"])
        await _act_on_withdrawal(row.municipality_id, person.id, Purpose(row.purpose), now)
    if not await Link.filter(person_id=person.id).exclude(state="closed").exists():
        return
    for row in await Consent.filter(person_id=person.id, withdrawn_at=link.opened_at):
        await _give(person, Purpose(row.purpose), now)
