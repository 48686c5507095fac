"""What people send besides words, read as what it is; and what is said about files, either way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telegram import Message

from bot.phrases import help_button, holder, home_button, lines, promised, rows, whose
from bot.screens import File, Screen, screen
from locales import text
from models.actions.attachments import Coming
from models.actions.letters import Taken
from models.domain import media
from models.domain.errors import NotFound
from models.queries import attachments, conversation

#: What brings a file, in the order that tells them apart: an animation is a document too.
_FILES = ("voice", "audio", "video_note", "video", "animation", "photo", "document")
#: Pictures that Telegram takes as such: JPEG, PNG and WebP up to ten megabytes.
_AS_PHOTO = frozenset({"image/jpeg", "image/png", "image/webp"})
#: What a phone plays as a voice message.
_AS_VOICE = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4"})


@dataclass(frozen=True, slots=True)
class Content:
    """What a message that is not text holds: its kind, words for staff, its file, and whether nothing else is in it."""

    kind: str
    body: str
    whole: bool = True
    file: Coming | None = None


def read(message: Message) -> Content:
    """A message that is not text, as staff may read it. The words for staff are Danish."""
    caption = message.caption or ""
    for kind in _FILES:
        if found := getattr(message, kind, None):
            body = lines(text(f"chat.media.{kind}", "da"), caption)
            return Content(kind, body, file=_coming(kind, found[-1] if kind == "photo" else found))
    return _in_words(message) or Content("other", lines(text("chat.media.other", "da"), caption), whole=False)


def _coming(kind: str, found: Any) -> Coming:
    seconds = getattr(found, "duration", None)
    if isinstance(seconds, timedelta):
        seconds = int(seconds.total_seconds())
    name = getattr(found, "file_name", None) or ""
    declared = getattr(found, "mime_type", None) or ""
    return Coming(kind, found.file_id, name, int(found.file_size or 0), seconds, declared)


def _in_words(message: Message) -> Content | None:
    if message.sticker is not None:
        return Content("sticker", message.sticker.emoji or text("chat.media.sticker", "da"))
    if message.venue is not None:
        place = f"{message.venue.title}, {message.venue.address}"
        return Content("venue", text("chat.media.place", "da", place=place))
    if message.location is not None:
        place = f"{message.location.latitude:.5f}, {message.location.longitude:.5f}"
        # Where somebody goes after that is not followed: later positions come as edits, and are not kept.
        kind = "live_location" if message.location.live_period else "location"
        return Content(kind, text("chat.media.place", "da", place=place))
    if message.contact is not None:
        # Name and number, to ring up; what else a card may hold of somebody who is not here is not kept.
        names = [message.contact.first_name, message.contact.last_name, message.contact.phone_number]
        who = " ".join(name for name in names if name)
        return Content("contact", text("chat.media.contact", "da", who=who))
    if message.poll is not None:
        asked = text("chat.media.poll", "da", question=message.poll.question)
        return Content("poll", lines(asked, *(option.text for option in message.poll.options)))
    if message.dice is not None:
        return Content("dice", f"{message.dice.emoji} {message.dice.value}")
    return None


@screen("message.file")
async def reply_file(taken: Taken, now: datetime) -> Screen | None:
    """A file a human sent along, after their words."""
    try:
        kept = await attachments.content(whose(taken), str(taken.args.get("file", "")))
    except NotFound:
        return None
    mark = text("chat.message.reply.again", taken.language) if taken.resend else ""
    if kept.mime in _AS_PHOTO and kept.size <= media.LARGEST_PHOTO:
        way = "photo"
    else:
        way = "voice" if kept.mime in _AS_VOICE else "document"
    return Screen(mark, file=File(kept.content, kept.name, way))


@screen("media.refused")
async def refused(taken: Taken, now: datetime) -> Screen | None:
    """A file that cannot be taken: why, what to do instead, and that a human sees that it came."""
    found = await attachments.file(whose(taken), taken.about)
    if found is None or found.state != "refused":
        return None
    near, language = await holder(taken, now), taken.language
    why = "too_big" if found.reason == "file_too_big" else "empty" if found.reason == "file_empty" else "type"
    instead = "said" if found.kind in media.SPOKEN else "shown" if found.kind in {"photo", "animation"} else "file"
    return Screen(
        lines(
            text(f"chat.media.refused.{why}", language),
            text(f"chat.media.instead.{instead}", language),
            text("chat.media.came", language, name=near.name) if not found.about else "",
        ),
        rows([help_button(language), home_button(language)]),
    )


@screen("media.lost")
async def lost(taken: Taken, now: datetime) -> Screen | None:
    """A file that could not be fetched: please send it again."""
    found = await attachments.file(whose(taken), taken.about)
    if found is None or found.state != "lost":
        return None
    kind = "said" if found.kind in media.SPOKEN else "shown" if found.kind in {"photo", "animation"} else "file"
    return Screen(
        lines(text(f"chat.media.lost.{kind}", taken.language), text("chat.media.lost.again", taken.language)),
        rows([help_button(taken.language), home_button(taken.language)]),
    )


@screen("unreadable")
async def unreadable(taken: Taken, now: datetime) -> Screen | None:
    """Something came that nobody can be shown: staff see that it came; please describe it."""
    found = await conversation.sent(whose(taken), taken.about)
    if found is None:
        return None
    near = await holder(taken, now)
    return Screen(
        lines(
            text("chat.unreadable.other", taken.language, name=near.name),
            text("chat.unreadable.write", taken.language),
            promised(found, now, taken.language),
        ),
        rows([home_button(taken.language)]),
    )
