"""Writing: any words go to the caseworker, with a promise in words; who read it; the reply."""

from __future__ import annotations

from datetime import datetime

from telegram import Message, Update

from bot import feedback, files, panels
from bot import help as helping
from bot.calls import call_button
from bot.context import Context
from bot.phrases import Holder, genitive, help_button, holder, lines, promised, rows, shorten, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import attachments, consent, inbox, messages
from models.actions.letters import Taken
from models.domain import crisis, media, promises
from models.domain import messages as rules
from models.queries import conversation
from models.queries.conversation import Sent

#: Questions whose answer is not for the caseworker, or not as a message.
_FEEDBACK = frozenset({"feedback.words", "feedback.missing"})
_FOR_OTHER_EYES = _FEEDBACK | panels.WORDED

# --- what the person does -------------------------------------------------------------------------------------------


async def receive(context: Context, message: Message, words: str) -> None:
    """Any free text: to the caseworker. What somebody else wrote is kept as that."""
    kind = "forwarded" if message.forward_origin is not None else "via_bot" if message.via_bot is not None else "text"
    await messages.receive(
        context.person, words, source_key=inbox.source_key(context.person, message.message_id), now=context.now,
        kind=kind,
    )  # fmt: skip


async def edited(update: Update, context: Context) -> None:
    """The person edited something: both versions are kept. What was no message to the caseworker cannot be mended.

    A word that was meant as "help" or "stop" and is put right is that word; nobody is told that help was looked at.
    """
    message = update.edited_message
    if message is None or (message.text is None and message.caption is None):
        return
    words = message.text or message.caption or ""
    if rules.is_help(words):
        await helping.show(context)
        return
    if rules.is_stop(words):
        await consent.stop(context.person, now=context.now)
        await context.say("stop")
    key = inbox.source_key(context.person, message.message_id)
    kept = words if message.text is not None else files.read(message).body
    if not await messages.edit(context.person, key, kept, now=context.now) and not rules.is_stop(words):
        if crisis.check(words).found:
            await context.say("crisis")
        question = await conversation.open_question(context.person, now=context.now)
        again = question is not None and question.kind in _FOR_OTHER_EYES
        await context.say("old", args={"why": "asked" if again else "edited"})


async def other(update: Update, context: Context) -> None:
    """A sticker, a voice message, a place, anything: kept as what it is, answered kindly."""
    message = update.effective_message
    if message is None:
        return
    # The pictures of an album are messages of their own; one answer is enough.
    album = message.media_group_id
    once = f"album:{context.person.link_id}:{album}"[:120] if album else ""
    question = await conversation.open_question(context.person, now=context.now)
    content = files.read(message)
    refused = content.file is not None and bool(content.file.refused)
    if question is not None and question.kind in _FEEDBACK:
        file = None if refused and not message.caption else content.file
        await feedback.wordless(context, question.about, content.body, file, key=once)
        return
    if question is not None and question.kind in panels.WORDED and not panels.for_a_human(message.caption or ""):
        await context.say("panel.wordless", key=once)
        return
    key = inbox.source_key(context.person, message.message_id)
    received = await messages.receive(
        context.person, content.body, source_key=key, now=context.now, kind=content.kind,
        urgent=content.kind in media.SPOKEN, receipt=content.whole and not refused, once=once,
    )  # fmt: skip
    if content.file is not None:
        await attachments.expect(
            context.person, content.file, message_id=received.message_id, once=f"big:{once}" if once else "",
            now=context.now,
        )  # fmt: skip
    elif not content.whole:
        await context.say("unreadable", about=received.message_id, key=once)


@press("message.write")
async def write(context: Context, pressed: Press) -> None:
    """ "Write to Mette": just write."""
    await context.say("message.ask")


async def ask(update: Update, context: Context) -> None:
    """The same, from a command."""
    await messages.drop_question(context.person)
    await context.say("message.ask")


@press("message.urgent")
async def urgent(context: Context, pressed: Press) -> None:
    """ "It can't wait": a human is alerted, the promise moves up, the receipt says so."""
    await messages.cannot_wait(context.person, pressed.about, now=context.now)
    await context.say("message.receipt", about=pressed.about, args={"why": "urgent"}, replaces=pressed.letter_id)


@press("message.no_answer")
async def no_answer(context: Context, pressed: Press) -> None:
    """ "You needn't answer": the clock stops."""
    await messages.needs_no_answer(context.person, pressed.about, now=context.now)
    await context.say("message.thanks", about=pressed.about, args={"why": "chosen"}, replaces=pressed.letter_id)


@press("message.other")
async def meant_other(context: Context, pressed: Press) -> None:
    """ "That was not for Mette": it can be read, needs no answer, and here is what else there is."""
    await messages.needs_no_answer(context.person, pressed.about, now=context.now)
    await context.say("message.thanks", about=pressed.about, args={"why": "other"}, replaces=pressed.letter_id)
    await context.say("home")


# --- screens --------------------------------------------------------------------------------------------------------


@screen("message.ask")
async def ask_screen(taken: Taken, now: datetime) -> Screen | None:
    """Just write, and by when there is an answer."""
    near = await holder(taken, now)
    by = dates.when(promises.promise(now, near.around.hours), now, taken.language)
    return Screen(
        lines(
            text("chat.message.ask", taken.language, name=near.caseworker),
            _away(near, taken.language),
            text("chat.message.ask.by", taken.language, when=by),
        ),
        rows([call_button(taken.language), help_button(taken.language)]),
    )


@screen("message.first")
async def first(taken: Taken, now: datetime) -> Screen | None:
    """The receipt of the first message: it says where words go, and lets the person choose."""
    found = await conversation.sent(whose(taken), taken.about)
    if found is None or found.answered or found.promised_at is None:
        return None
    near = await holder(taken, now)
    if found.crisis:
        return Screen(lines(*_receipt(found, near, now, taken.language)), _choices(found, taken.language))
    said = lines(
        *_receipt(found, near, now, taken.language), text("chat.message.first", taken.language, name=near.caseworker)
    )
    other_way = Button(
        text("chat.message.button.other", taken.language, name=shorten(near.caseworker)), "message.other"
    )
    return Screen(said, (*_choices(found, taken.language), (other_way,)))


@screen("message.receipt")
async def receipt(taken: Taken, now: datetime) -> Screen | None:
    """Sent, not read yet, an answer by then."""
    found = await conversation.sent(whose(taken), taken.about)
    if found is None or found.answered or found.promised_at is None:
        return None
    near = await holder(taken, now)
    said_urgent = taken.args.get("why") == "urgent"
    return Screen(
        lines(*_receipt(found, near, now, taken.language, said_urgent=said_urgent)),
        _choices(found, taken.language, said_urgent=said_urgent),
    )


@screen("message.read")
async def read(taken: Taken, now: datetime) -> Screen | None:
    """Read by whom; it stands where the receipt stood, so it goes on saying by when the answer comes."""
    found = await conversation.sent(whose(taken), taken.about)
    if found is None or found.answered or not found.read_by:
        return None
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    if found.read_by_caseworker or near.caseworker == found.read_by:
        said = text("chat.message.read", language, name=found.read_by)
    else:
        said = text("chat.message.read.for", language, name=found.read_by, whose=genitive(near.caseworker, language))
    return Screen(lines(said, promised(found, now, language)), _choices(found, language))


@screen("message.thanks")
async def thanks(taken: Taken, now: datetime) -> Screen | None:
    """A message that asks nothing says so; nothing more happens."""
    found = await conversation.sent(whose(taken), taken.about)
    if found is None or found.needs_answer:
        return None
    near = await holder(taken, now)
    why = str(taken.args.get("why", ""))
    key = f"chat.message.thanks.{why}" if why in {"chosen", "other"} else "chat.message.thanks"
    return Screen(text(key, taken.language, name=near.name))


@screen("message.late")
async def late(taken: Taken, now: datetime) -> Screen | None:
    """A promise broke: it is said, with who has it now and a new time."""
    found = await conversation.sent(whose(taken), taken.about)
    if found is None or found.answered or found.promised_at is None:
        return None
    near = await conversation.around(whose(taken), now=now)
    who = await conversation.staff_name(whose(taken), str(taken.args.get("by", ""))) or near.answers
    by = dates.when(max(found.promised_at, now), now, taken.language)
    return Screen(
        lines(
            text("chat.message.late", taken.language, name=near.caseworker),
            text("chat.message.late.now", taken.language, name=who, when=by),
        ),
        rows([help_button(taken.language)]),
    )


@screen("message.reply")
async def reply(taken: Taken, now: datetime) -> Screen | None:
    """What a human wrote, word for word, under their name."""
    found = await conversation.reply(whose(taken), taken.about)
    if found is None:
        return None
    parts = rules.split(found.body, messages.PART)
    place = int(taken.args.get("part", 0))
    if place >= len(parts):
        return None
    name = text("chat.message.reply.from", taken.language, name=shorten(found.author)) if place == 0 else ""
    mark = text("chat.message.reply.again", taken.language) if taken.resend else ""
    return Screen(lines(name, parts[place], mark), keep_links=True)


#: What a kind of message is called in its receipt; what is not here is an ordinary message. Of sound, video and
#: document nobody knows before they are fetched whether they can be taken: theirs thank for nothing yet.
_CALLED = {
    "voice": "voice", "audio": "sound", "video": "video", "video_note": "clip", "animation": "clip", "photo": "photo",
    "document": "document", "contact": "contact", "live_location": "live_location",
}  # fmt: skip


def _receipt(found: Sent, near: Holder, now: datetime, language: str, *, said_urgent: bool = False) -> tuple[str, ...]:
    by = promised(found, now, language)
    if found.read_by:
        return text("chat.message.read", language, name=found.read_by), by
    if found.crisis:
        # What happens, and by when, has just been said to the words of crisis: a second time beside it would confuse.
        return (text("chat.message.receipt", language, name=near.name), _away(near, language))
    if found.kind in _CALLED and not (said_urgent and found.urgent):
        spoken = found.kind in media.SPOKEN
        closed = spoken and not promises.is_open(now, near.around.hours)
        return (
            text(f"chat.media.receipt.{_CALLED[found.kind]}", language, name=near.name),
            text("chat.media.closed", language) if closed else _away(near, language),
            by,
            text("chat.media.danger", language) if spoken else "",
        )
    if found.urgent:
        opens = promises.next_open(now, near.around.hours)
        told = text("chat.message.urgent", language, name=near.name) if opens <= now else text(
            "chat.message.urgent.closed", language, name=near.name, opens=dates.when(opens, now, language)
        )  # fmt: skip
        return told, by, text("chat.message.danger", language)
    unread = text("chat.message.receipt", language, name=near.name)
    return unread, _away(near, language), by


def _away(near: Holder, language: str) -> str:
    if not near.standing_in:
        return ""
    return text("chat.message.away", language, name=near.name, whose=genitive(near.caseworker, language))


def _choices(found: Sent, language: str, *, said_urgent: bool = False) -> tuple[tuple[Button, ...], ...]:
    if not found.needs_answer:
        return ()
    if found.crisis:
        return rows([call_button(language), help_button(language)])
    needless = Button(text("chat.message.button.no_answer", language), "message.no_answer")
    urgent = Button(text("chat.message.button.urgent", language), "message.urgent")
    if found.urgent and found.kind in media.SPOKEN and not said_urgent:
        # It might be urgent, and is treated so; that it is, only its sender can say.
        return rows([help_button(language), urgent], [needless])
    if found.urgent:
        return rows([help_button(language), call_button(language)], [needless])
    return rows([urgent, needless])
