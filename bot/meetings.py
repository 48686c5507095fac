"""My meetings: told, moved, cancelled; "I can't"; what I want to talk about; my calendar; what we agreed."""

from __future__ import annotations

from datetime import timedelta

from telegram import Message, Update

from bot.context import Context
from bot.presses import Press, press
from locales import dates, text
from models.actions import inbox, meetings, messages
from models.domain import crisis
from models.domain import messages as rules
from models.domain.errors import NotAllowed, NotFound, Stale
from models.domain.meetings import MeetingState, Verdict
from models.queries import conversation_meetings as views
from models.queries.conversation_meetings import Met

#: For how long the next words are the answer to the question; after that the button asks again.
_HOURS = {"reason": 2, "time": 48, "topics": 24, "not_quite": 48}
#: Nearer than this, "I can't" is answered as what cannot wait.
_SOON = timedelta(hours=24)


# --- what the person does -------------------------------------------------------------------------------------------


async def show(update: Update, context: Context) -> None:
    """My meetings, from a command."""
    await messages.drop_question(context.person)
    await context.say("meeting.list" if context.person.confirmed else "not_confirmed")


@press("meeting.list")
async def press_list(context: Context, pressed: Press) -> None:
    """My meetings; in place of one of them."""
    _confirmed(context)
    inside = pressed.kind in {"meeting.show", "meeting.list"}
    await context.say("meeting.list", replaces=pressed.letter_id if inside else None)


@press("meeting")
async def press_show(context: Context, pressed: Press) -> None:
    """One meeting."""
    _confirmed(context)
    inside = pressed.kind in {"meeting.show", "meeting.list", "meeting.reminder"}
    await context.say("meeting.show", about=pressed.option, replaces=pressed.letter_id if inside else None)


@press("meeting.history")
async def press_history(context: Context, pressed: Press) -> None:
    """What has happened with it, in place."""
    _confirmed(context)
    await context.say("meeting.show", about=pressed.about, replaces=pressed.letter_id, args={"history": True})


@press("meeting.cannot")
async def cannot(context: Context, pressed: Press) -> None:
    """ "I can't": staff get it as a message with a promise; a reason and another time may follow, and need not."""
    _confirmed(context)
    found = await _mine(context, pressed.about)
    try:
        step = await meetings.cannot(context.person, pressed.about, sequence=int(pressed.option), now=context.now)
    except Stale as stale:
        await _as_it_is(context, pressed, stale)
        return
    if step:
        when = dates.when(found.starts_at, context.now, "da")
        received = await messages.receive(
            context.person, text("chat.meeting.for_staff", "da", when=when, about=found.about),
            source_key=f"meeting:{step}", now=context.now, kind="meeting", receipt=False,
            urgent=found.starts_at - context.now < _SOON,
        )  # fmt: skip
        await meetings.carry(context.person, pressed.about, step, received.message_id)
    if pressed.kind == "meeting.show":
        await context.say("meeting.show", about=pressed.about, replaces=pressed.letter_id)
    await _ask(context, "reason", pressed.about)
    await context.say("meeting.said", about=pressed.about, args={"why": "cannot"}, key=f"cannot:{step}" if step else "")


@press("meeting.can")
async def can(context: Context, pressed: Press) -> None:
    """ "I can after all": nobody needs to find another time."""
    _confirmed(context)
    waits = await views.waiting_message(context.person, pressed.about)
    try:
        changed = await meetings.can(context.person, pressed.about, sequence=int(pressed.option), now=context.now)
    except Stale as stale:
        await _as_it_is(context, pressed, stale)
        return
    if changed and waits:
        await messages.needs_no_answer(context.person, waits, now=context.now)
    if pressed.kind == "meeting.show":
        await context.say("meeting.show", about=pressed.about, replaces=pressed.letter_id)
    if changed:
        await context.say("meeting.said", about=pressed.about, args={"why": "can"})


@press("meeting.time")
async def another_time(context: Context, pressed: Press) -> None:
    """When would suit better? It becomes a message."""
    _confirmed(context)
    await _mine(context, pressed.about)
    await _ask(context, "time", pressed.about)
    await context.say("meeting.words", about=pressed.about, args={"why": "time"})


@press("meeting.topics")
async def topics(context: Context, pressed: Press) -> None:
    """What do you want to talk about? As often as they like, until it begins."""
    _confirmed(context)
    found = await _mine(context, pressed.about)
    if found.state is not MeetingState.PLANNED or found.starts_at <= context.now:
        await context.say("meeting.show", about=pressed.about, args={"over": True})
        return
    await _ask(context, "topics", pressed.about)
    await context.say("meeting.words", about=pressed.about, args={"why": "topics"})


@press("meeting.skip")
async def skip(context: Context, pressed: Press) -> None:
    """No reason: that is fine too. The question was closed by pressing."""
    await context.say("meeting.show", about=pressed.about)


@press("meeting.calendar")
async def calendar(context: Context, pressed: Press) -> None:
    """The calendar file: a neutral word, or with what and where, as they choose."""
    _confirmed(context)
    await _mine(context, pressed.about)
    await context.say("meeting.calendar", about=pressed.about, args={"full": pressed.option == "full"})


@press("meeting.agreed")
async def agreed(context: Context, pressed: Press) -> None:
    """ "Right", or "not quite": then in words, which somebody answers."""
    _confirmed(context)
    given, _, version = pressed.option.partition(":")
    try:
        fresh = await meetings.answer_agreed(
            context.person, pressed.about, Verdict(given), version=int(version), now=context.now
        )
    except Stale:
        await context.say("meeting.show", about=pressed.about, args={"agreed_anew": True})
        return
    await context.say("meeting.show", about=pressed.about, replaces=pressed.letter_id)
    if given == Verdict.NOT_QUITE.value:
        await _ask(context, "not_quite", pressed.about)
        await context.say("meeting.words", about=pressed.about, args={"why": "not_quite"})
    elif fresh:
        await context.say("meeting.said", about=pressed.about, args={"why": "right"})


@press("meeting.reminders")
async def reminders(context: Context, pressed: Press) -> None:
    """Reminders on or off: what the button said is what happens, however often it is pressed."""
    await meetings.choose_reminders(context.person, on=pressed.option == "on", now=context.now)
    if pressed.kind == "meeting.list":
        await context.say("meeting.list", replaces=pressed.letter_id)
    else:
        await context.say("meeting.said", about=pressed.about, args={"why": f"reminders_{pressed.option}"})


async def worded(context: Context, message: Message, kind: str, meeting_id: str, words: str) -> bool:
    """Words that answer an open question about a meeting. True: they were taken.

    Another time, and what is not right, are messages too, so that a promise starts. So is whatever cannot wait.
    """
    why = kind.removeprefix("meeting.")
    if why == "topics":
        try:
            await meetings.prepare(context.person, meeting_id, words[: meetings.LONGEST_TOPICS], now=context.now)
        except Stale:
            return False  # it has begun: then it is a message like any other
    deed = {"reason": "cannot"}.get(why, why)
    if why in {"time", "not_quite"} or rules.is_urgent(words) or (why == "reason" and "?" in words):
        key = inbox.source_key(context.person, message.message_id)
        received = await messages.receive(context.person, words, source_key=key, now=context.now)
        if why != "topics":
            await meetings.say(context.person, meeting_id, deed, words, now=context.now, message_id=received.message_id)
        return True
    if why != "topics":
        await meetings.say(context.person, meeting_id, deed, words, now=context.now)
    if crisis.check(words).found:
        await context.say("crisis", about=meeting_id)
    await context.say("meeting.said", about=meeting_id, args={"why": why})
    return True


def _confirmed(context: Context) -> None:
    if not context.person.confirmed:
        raise NotAllowed("not_confirmed")


async def _mine(context: Context, meeting_id: str) -> Met:
    found = await views.meeting(context.person, meeting_id, now=context.now)
    if found is None:
        raise NotFound
    return found


async def _ask(context: Context, why: str, meeting_id: str) -> None:
    await messages.ask(context.person, f"meeting.{why}", meeting_id, letter_id=None, now=context.now, hours=_HOURS[why])


async def _as_it_is(context: Context, pressed: Press, stale: Stale) -> None:
    """The screen showed another time, or it has begun: here is how it is now."""
    news = "changed" if stale.code == "meeting.changed" else "over"
    inside = pressed.kind == "meeting.show"
    await context.say(
        "meeting.show", about=pressed.about, replaces=pressed.letter_id if inside else None, args={news: True}
    )
