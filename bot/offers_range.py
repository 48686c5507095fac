"""The municipality's range of offers: one at a time, in plain words, and "I'd like to hear about that"."""

from __future__ import annotations

from datetime import datetime

from telegram import Message

from bot.context import Context
from bot.phrases import home_button, lines, paragraphs, rows, shorten, some_day, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import inbox, messages, offers_wishes
from models.actions.letters import Taken
from models.domain import messages as rules
from models.domain.errors import NotAllowed, Stale
from models.domain.localtime import local_date
from models.domain.offers import WishState
from models.queries import conversation
from models.queries import conversation_offers as views
from models.queries.conversation_offers import Ranged, Wished

_PAGE = 6
_WISHES = 6
#: Words that go with a wish are written at once or not at all; what is written later is a message.
_WORDS_HOURS = 2
_QUOTED = 280


# --- what the person does -------------------------------------------------------------------------------------------


@press("range")
async def press_list(context: Context, pressed: Press) -> None:
    """What there is; in place where the range stands already. The option is where the page begins."""
    _confirmed(context)
    inside = pressed.kind.startswith("range.") and pressed.kind != "range.asked"
    start = int(pressed.option) if pressed.option else 0
    await context.say("range.list", replaces=pressed.letter_id if inside else None, args={"start": start})


@press("range.show")
async def press_show(context: Context, pressed: Press) -> None:
    """One of them, in place."""
    _confirmed(context)
    inside = pressed.kind.startswith("range.") and pressed.kind != "range.asked"
    await context.say("range.show", about=pressed.option, replaces=pressed.letter_id if inside else None)


@press("range.wish")
async def wish(context: Context, pressed: Press) -> None:
    """ "I'd like to hear about that": it lands at the desk with a promise. Words may follow, and need not."""
    _confirmed(context)
    try:
        wish_id, new = await offers_wishes.wish(context.person, pressed.about, now=context.now)
    except Stale:
        await context.say("offer.late")
        return
    if new:
        title = next(one.title for one in await views.range_offers(context.person) if one.range_id == pressed.about)
        received = await messages.receive(
            context.person, text("chat.range.for_staff", "da", title=title), source_key=f"wish:{wish_id}",
            now=context.now, kind="wish", receipt=False,
        )  # fmt: skip
        await offers_wishes.carry_wish(context.person, wish_id, received.message_id)
    await context.say("range.show", about=pressed.about, replaces=pressed.letter_id)
    await messages.ask(context.person, "wish.words", wish_id, letter_id=None, now=context.now, hours=_WORDS_HOURS)
    await context.say("range.asked", about=wish_id, key=f"wish:{wish_id}")


@press("range.take_back")
async def take_back(context: Context, pressed: Press) -> None:
    """Not after all: nobody needs to answer."""
    _confirmed(context)
    try:
        message_id = await offers_wishes.take_back(context.person, pressed.option, now=context.now)
    except Stale:
        message_id = ""  # it was answered in the meantime: the screen says how
    if message_id:
        await messages.needs_no_answer(context.person, message_id, now=context.now)
    await context.say("range.show", about=pressed.about, replaces=pressed.letter_id)


async def worded(context: Context, message: Message, wish_id: str, words: str) -> bool:
    """Words that go with a wish: kept with it, and a message, so that they are read where it is answered. The wish's
    own promise holds for both, unless they cannot wait.
    """
    await offers_wishes.say_wish(context.person, wish_id, words, now=context.now)
    urgent = rules.is_urgent(words)
    received = await messages.receive(
        context.person, words, source_key=inbox.source_key(context.person, message.message_id), now=context.now,
        receipt=urgent,
    )  # fmt: skip
    if not urgent:
        await messages.needs_no_answer(context.person, received.message_id, now=context.now)
        await context.say("range.asked", about=wish_id, args={"worded": True})
    return True


# --- screens --------------------------------------------------------------------------------------------------------


@screen("range.list")
async def list_screen(taken: Taken, now: datetime) -> Screen | None:
    """The range, a few at a time, and what became of what the person asked to hear about."""
    language = taken.language
    found = await views.range_offers(whose(taken))
    start = int(taken.args.get("start", 0))
    if start >= len(found):
        start = 0
    before = str(max(0, start - _PAGE)) if start else ""
    more = str(start + _PAGE) if start + _PAGE < len(found) else ""
    wished = [one for one in await views.wishes(whose(taken)) if one.state is not WishState.TAKEN_BACK]
    near = await conversation.around(whose(taken), now=now)
    return Screen(
        paragraphs(
            text("chat.range.list" if found else "chat.range.none", language, name=near.caseworker),
            lines(
                text("chat.range.wishes", language) if wished else "",
                *(_became(one, now, language, near.caseworker) for one in wished[-_WISHES:]),
            ),
        ),
        rows(
            *(
                [Button(shorten(one.title, 50), "range.show", one.range_id)]
                for one in found[start : start + _PAGE]
            ),
            [
                Button(text("chat.range.button.back", language), "range", before) if before else None,
                Button(text("chat.range.button.more", language), "range", more) if more else None,
            ],
            [Button(text("chat.home.button.offer", language), "offer"), home_button(language)],
        ),
    )  # fmt: skip


@screen("range.show")
async def show_screen(taken: Taken, now: datetime) -> Screen | None:
    """One kind of support: what it is, what it is for, and what the person may do about it."""
    language = taken.language
    every = await views.range_offers(whose(taken))
    place = next((place for place, one in enumerate(every) if one.range_id == taken.about), None)
    near = await conversation.around(whose(taken), now=now)
    if place is None:
        return Screen(
            text("chat.range.gone", language, name=near.caseworker),
            rows([Button(text("chat.range.button.list", language), "range")], [home_button(language)]),
        )
    found, after = every[place], every[(place + 1) % len(every)]
    wished = found.wish if found.wish and found.wish.state is not WishState.TAKEN_BACK else None
    return Screen(
        paragraphs(
            lines(found.title, found.description),
            text("chat.range.purpose", language, purpose=found.purpose) if found.purpose else "",
            _became(wished, now, language, near.caseworker) if wished else "",
        ),
        rows(
            [_wish_button(found, wished, language)],
            [
                Button(text("chat.range.button.list", language), "range", str(place // _PAGE * _PAGE)),
                Button(text("chat.range.button.next", language), "range.show", after.range_id)
                if after.range_id != found.range_id
                else None,
            ],
            [home_button(language)],
        ),
    )


@screen("range.asked")
async def asked(taken: Taken, now: datetime) -> Screen | None:
    """It was passed on; by when there is an answer; words if they like."""
    language = taken.language
    found = next((one for one in await views.wishes(whose(taken)) if one.wish_id == taken.about), None)
    if found is None or found.state is not WishState.WAITING:
        return None
    near = await conversation.around(whose(taken), now=now)
    return Screen(
        lines(
            text("chat.range.worded", language, name=near.caseworker)
            if taken.args.get("worded")
            else text("chat.range.asked", language, name=near.caseworker, title=found.title),
            text("chat.message.by", language, when=dates.when(found.promised_at, now, language))
            if found.promised_at and found.promised_at > now
            else "",
            "" if taken.args.get("worded") else text("chat.range.words", language),
        ),
        rows([Button(text("chat.range.button.list", language), "range"), home_button(language)]),
    )


def _confirmed(context: Context) -> None:
    if not context.person.confirmed:
        raise NotAllowed("not_confirmed")


def _wish_button(found: Ranged, wished: Wished | None, language: str) -> Button:
    if wished and wished.state is WishState.WAITING:
        return Button(text("chat.range.button.take_back", language), "range.take_back", wished.wish_id)
    if wished and wished.state is WishState.OFFERED:
        return Button(text("chat.offer.button.look", language), "offer")
    return Button(text("chat.range.button.wish", language), "range.wish")


def _became(one: Wished, now: datetime, language: str, name: str) -> str:
    """What became of a wish, with its date."""
    asked = text(
        "chat.range.became.asked", language, day=some_day(local_date(one.made_at), now, language), title=one.title
    )
    if one.state is WishState.WAITING:
        by = dates.when(one.promised_at, now, language) if one.promised_at and one.promised_at > now else ""
        then = text("chat.range.became.by", language, name=name, when=by) if by else ""
        return lines(asked, then or text("chat.range.became.waiting", language, name=name))
    day = some_day(local_date(one.settled_at or one.made_at), now, language)
    words = shorten(" ".join(one.answer.split()), _QUOTED)
    return lines(asked, text(f"chat.range.became.{one.state.value}", language, name=one.by, day=day, words=words))
