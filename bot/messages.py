"""Writing: any words go to the caseworker, with a promise in words; who read it; the reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from telegram import Message, Update

from bot import feedback
from bot.calls import call_button
from bot.context import Context
from bot.phrases import Holder, genitive, help_button, holder, home_button, lines, rows, shorten, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import consent, inbox, messages
from models.actions.letters import Taken
from models.domain import crisis, promises
from models.domain import messages as rules
from models.queries import conversation
from models.queries.conversation import Sent

#: What has content that cannot be kept yet: staff see that something came, the person is told to describe it.
_UNKEPT = (
    "voice", "audio", "video_note", "video", "animation", "photo", "document", "story", "game", "paid_media",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What a message that is not text holds: its kind, words for staff, whether all of it is in those words."""

    kind: str
    body: str
    whole: bool


# --- what the person does -------------------------------------------------------------------------------------------


async def receive(context: Context, message: Message, words: str) -> None:
    """Any free text: to the caseworker."""
    await messages.receive(
        context.person, words, source_key=inbox.source_key(context.person, message.message_id), now=context.now
    )


async def edited(update: Update, context: Context) -> None:
    """The person edited something: both versions are kept. What was no message to the caseworker cannot be mended."""
    message = update.edited_message
    if message is None or (message.text is None and message.caption is None):
        return
    words = message.text or message.caption or ""
    if rules.is_stop(words):
        await consent.stop(context.person, now=context.now)
        await context.say("stop")
    key = inbox.source_key(context.person, message.message_id)
    if not await messages.edit(context.person, key, words, now=context.now) and not rules.is_stop(words):
        if crisis.check(words).found:
            await context.say("crisis")
        await context.say("old", args={"why": "edited"})


async def other(update: Update, context: Context) -> None:
    """A sticker, a voice message, a place, anything: kept as what it is, answered kindly."""
    message = update.effective_message
    if message is None:
        return
    # The pictures of an album are messages of their own; one answer is enough.
    album = message.media_group_id
    once = f"album:{context.person.link_id}:{album}"[:120] if album else ""
    question = await conversation.open_question(context.person, now=context.now)
    if question is not None and question.kind in {"feedback.words", "feedback.missing"}:
        await feedback.wordless(context, question.about, message.caption or "", key=once)
        return
    content = read_content(message)
    key = inbox.source_key(context.person, message.message_id)
    received = await messages.receive(
        context.person, content.body, source_key=key, now=context.now, kind=content.kind, receipt=content.whole
    )
    if not content.whole:
        await context.say("unreadable", about=received.message_id, args={"kind": content.kind}, key=once)


def read_content(message: Message) -> Content:
    """A message that is not text, as staff may read it. The words for staff are Danish."""
    caption = message.caption or ""
    for kind in _UNKEPT:
        if getattr(message, kind, None):
            stands_for = text(f"chat.media.{kind if kind in _NAMED else 'other'}", "da")
            return Content(kind, lines(stands_for, caption), whole=False)
    return _in_words(message) or Content("other", lines(text("chat.media.other", "da"), caption), whole=False)


#: What the person is told that it was.
_SPOKEN_OF_AS = {
    "voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video", "photo": "photo",
    "document": "document",
}  # fmt: skip
_NAMED = frozenset({"voice", "audio", "video_note", "video", "animation", "photo", "document"})


def _in_words(message: Message) -> Content | None:
    if message.sticker is not None:
        return Content("sticker", message.sticker.emoji or text("chat.media.sticker", "da"), whole=True)
    if message.venue is not None:
        place = f"{message.venue.title}, {message.venue.address}"
        return Content("venue", text("chat.media.place", "da", place=place), whole=True)
    if message.location is not None:
        place = f"{message.location.latitude:.5f}, {message.location.longitude:.5f}"
        return Content("location", text("chat.media.place", "da", place=place), whole=True)
    if message.contact is not None:
        names = [message.contact.first_name, message.contact.last_name, message.contact.phone_number]
        who = " ".join(name for name in names if name)
        return Content("contact", text("chat.media.contact", "da", who=who), whole=True)
    if message.poll is not None:
        asked = text("chat.media.poll", "da", question=message.poll.question)
        return Content("poll", lines(asked, *(option.text for option in message.poll.options)), whole=True)
    if message.dice is not None:
        return Content("dice", f"{message.dice.emoji} {message.dice.value}", whole=True)
    return None


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
    await context.say("message.receipt", about=pressed.about, replaces=pressed.letter_id)


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
    return Screen(lines(*_receipt(found, near, now, taken.language)), _choices(found, taken.language))


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
    return Screen(lines(said, _by(found, now, language)), _choices(found, language))


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


@screen("unreadable")
async def unreadable(taken: Taken, now: datetime) -> Screen | None:
    """Something came whose content cannot be kept yet: staff see that it came; please describe it."""
    found = await conversation.sent(whose(taken), taken.about)
    if found is None:
        return None
    near = await holder(taken, now)
    kind = str(taken.args.get("kind", ""))
    return Screen(
        lines(
            text(f"chat.unreadable.{_SPOKEN_OF_AS.get(kind, 'other')}", taken.language, name=near.name),
            text("chat.unreadable.write", taken.language),
            _by(found, now, taken.language),
        ),
        rows([home_button(taken.language)]),
    )


def _receipt(found: Sent, near: Holder, now: datetime, language: str) -> tuple[str, ...]:
    by = _by(found, now, language)
    if found.read_by:
        return text("chat.message.read", language, name=found.read_by), by
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


def _by(found: Sent, now: datetime, language: str) -> str:
    if not found.needs_answer or found.promised_at is None or found.promised_at <= now:
        return ""
    return text("chat.message.by", language, when=dates.when(found.promised_at, now, language))


def _choices(found: Sent, language: str) -> tuple[tuple[Button, ...], ...]:
    if not found.needs_answer:
        return ()
    needless = Button(text("chat.message.button.no_answer", language), "message.no_answer")
    if found.urgent:
        return rows([help_button(language), call_button(language)], [needless])
    return rows([Button(text("chat.message.button.urgent", language), "message.urgent"), needless])
