"""What comes by itself about an offer: new, changed after what the person wrote, started, ended; and its files."""

from __future__ import annotations

from datetime import datetime

from bot.offers_words import around, change, look
from bot.phrases import home_button, lines, rows, whose, write_button
from bot.screens import File, Screen, screen
from locales import text
from models.actions.letters import Taken
from models.domain.errors import NotFound
from models.domain.offers import OfferState, is_running
from models.queries import attachments
from models.queries import conversation_offers as views


@screen("offer.new")
async def new(taken: Taken, now: datetime) -> Screen | None:
    """There is a new offer, or a changed one; what it says comes when the person asks for it."""
    found = await views.offer(whose(taken), taken.about)
    if found is None or found.state is not OfferState.PUBLISHED:
        return None
    language = taken.language
    near = await around(taken, now)
    key = "chat.offer.changed" if found.revision > 1 else "chat.offer.new"
    return Screen(text(key, language, name=near.caseworker), rows([look(found, language)]))


@screen("offer.reply")
async def reply(taken: Taken, now: datetime) -> Screen | None:
    """What a human made of the person's proposal, field by field, or of their wish: an offer."""
    found = await views.offer(whose(taken), taken.about)
    if found is None or found.state is not OfferState.PUBLISHED:
        return None
    language = taken.language
    near = await around(taken, now)
    if found.revision == 1:
        said = text("chat.offer.from_wish", language, name=near.caseworker)
        return Screen(said, rows([look(found, language)]))
    revised = await views.revised(whose(taken), found.offer_id)
    if revised is None:
        return None
    return Screen(
        lines(
            text("chat.offer.reply", language, name=revised.by),
            *(change(one, now, language) for one in revised.changes),
        ),
        rows([look(found, language)]),
    )


@screen("offer.told")
async def told(taken: Taken, now: datetime) -> Screen | None:
    """What happened with an offer that needs no answer: it started, paused, ended, or something in it was changed."""
    found = await views.offer(whose(taken), taken.about)
    if found is None:
        return None
    language = taken.language
    what = str(taken.args.get("what", ""))
    buttons = rows([look(found, language), write_button(language, (await around(taken, now)).caseworker)])
    if what:
        if what != found.state.value:
            return None  # it has moved on since
        return Screen(text(f"chat.offer.told.{what}", language, title=found.title), buttons)
    revised = await views.revised(whose(taken), found.offer_id)
    if revised is None or not is_running(found.state):
        return None
    return Screen(
        lines(
            text("chat.offer.told.revised", language, name=revised.by),
            *(change(one, now, language) for one in revised.changes),
            text("chat.offer.told.no_answer", language),
        ),
        buttons,
    )


@screen("offer.late")
async def late(taken: Taken, now: datetime) -> Screen | None:
    """From the 23rd birthday nothing can be answered here; somebody can still be asked."""
    near = await around(taken, now)
    return Screen(
        text("chat.offer.late", taken.language, name=near.caseworker),
        rows([write_button(taken.language, near.caseworker), home_button(taken.language)]),
    )


@screen("offer.document")
async def document_screen(taken: Taken, now: datetime) -> Screen | None:
    """The file itself."""
    try:
        kept = await attachments.content(whose(taken), taken.about)
    except NotFound:
        return None
    return Screen(
        text("chat.offer.document", taken.language, name=kept.name), file=File(kept.content, kept.name, "document")
    )


@screen("offer.reminder")
async def reminder(taken: Taken, now: datetime) -> Screen | None:
    """The offer still waits; there is no hurry."""
    found = await views.offer(whose(taken), taken.about)
    if found is None or found.state is not OfferState.PUBLISHED:
        return None
    return Screen(text("chat.offer.reminder", taken.language), rows([look(found, taken.language)]))
