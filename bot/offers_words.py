"""An offer in words: what it says, what a revision changed and what was answered with it."""

from __future__ import annotations

from datetime import date, datetime

from bot.phrases import lines, shorten, some_day, whose
from bot.screens import Button
from locales import dates, text
from models.actions.letters import Taken
from models.domain.offers import Change, OfferState
from models.queries import conversation
from models.queries import conversation_meetings as meetings
from models.queries import conversation_offers as views
from models.queries.conversation_offers import Offered

#: How much of a longer text is quoted: the whole of it stands where it was written.
QUOTED = 280
_BRIEFLY = 60
#: Where it still has to be said yes to.
_OFFERED = frozenset({OfferState.PUBLISHED, OfferState.CHANGE_ASKED, OfferState.DECLINED})


def look(found: Offered, language: str) -> Button:
    """The way to the offer."""
    return Button(text("chat.offer.button.look", language), "offer", found.offer_id)


async def around(taken: Taken, now: datetime) -> conversation.Around:
    """The people around the person a letter is for."""
    return await conversation.around(whose(taken), now=now)


async def content(taken: Taken, found: Offered, now: datetime) -> str:
    """What it says, a line each; what was left empty is not there."""
    language = taken.language

    def line(key: str, value: str) -> str:
        return text(key, language, value=value) if value else ""

    starts = some_day(found.starts, now, language) if found.starts else ""
    made = await meetings.next_of(whose(taken), found.offer_id, now=now)
    at = made.starts_at if made else found.next_meeting
    meeting = dates.when(at, now, language) if at else ""
    return lines(
        title(found, language),
        found.what,
        line("chat.offer.with", found.with_whom),
        line("chat.offer.how_often", found.how_often),
        line("chat.offer.starts", starts),
        line("chat.offer.where", found.where),
        line("chat.offer.purpose", found.purpose),
        line("chat.offer.meeting", meeting),
    )


def title(found: Offered, language: str) -> str:
    """What it is called: something that is offered, or that one has or had."""
    key = "chat.offer.title" if found.state in _OFFERED else "chat.offer.title.yours"
    return text(key, language, title=found.title)


async def revised(taken: Taken, found: Offered, now: datetime) -> str:
    """What the newest revision changed, before and after, and what was answered with it; "" once it is history."""
    if found.revision == 1 or found.state is not OfferState.PUBLISHED:
        return ""
    found_revision = await views.revised(whose(taken), found.offer_id)
    if found_revision is None:
        return ""
    language = taken.language
    answered = text(
        "chat.offer.answer", language, name=found_revision.by, words=quote(found_revision.answer, QUOTED)
    ) if found_revision.answer else ""  # fmt: skip
    return lines(
        text("chat.offer.changes", language), *(change(one, now, language) for one in found_revision.changes), answered
    )


def change(one: Change, now: datetime, language: str) -> str:
    """One field: before and after."""
    field = text(f"chat.offer.field.{one.field}", language)
    before, after = (_value(one.field, value, now, language) for value in (one.before, one.after))
    key = "chat.offer.change" if before and after else "chat.offer.change.new" if after else "chat.offer.change.gone"
    return text(key, language, field=field, before=before, after=after)


def _value(field: str, value: str, now: datetime, language: str) -> str:
    if value and field == "starts":
        return some_day(date.fromisoformat(value), now, language)
    if value and field == "next_meeting":
        return dates.when(datetime.fromisoformat(value), now, language)
    return quote(value, _BRIEFLY)


def quote(words: str, longest: int) -> str:
    """Words on one line, cut where they are long."""
    return shorten(" ".join(words.split()), longest)
