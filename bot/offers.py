"""My offer: what it says, yes, no, "not quite", a question, regret; each met with respect."""

from __future__ import annotations

from datetime import datetime

from telegram import Message, Update

from bot import messages as writing
from bot.context import Context
from bot.phrases import home_button, lines, paragraphs, rows, shorten, some_day, whose, write_button
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, has, text
from models.actions import messages, offers
from models.actions.letters import Taken
from models.domain import crisis
from models.domain import messages as rules
from models.domain.errors import NotAllowed, Stale
from models.domain.localtime import local_date
from models.domain.offers import Answer, OfferState, available_answers
from models.queries import conversation
from models.queries import conversation_offers as views
from models.queries.conversation_offers import Offered

_HISTORY = 12
_WORDS_HOURS = 7 * 24
#: A reason is told at once or not at all; what is written later is a message.
_REASON_HOURS = 2


# --- what the person does -------------------------------------------------------------------------------------------


async def show(update: Update, context: Context) -> None:
    """My offer, from a command."""
    await messages.drop_question(context.person)
    await _show(context)


@press("offer")
async def press_show(context: Context, pressed: Press) -> None:
    """My offer: the one that waits for an answer first, or another by its button. It stands where it was announced."""
    announced = pressed.kind in {"offer.new", "offer.reminder"}
    await _show(context, pressed.option, replaces=pressed.letter_id if announced else None)


@press("offer.history")
async def press_history(context: Context, pressed: Press) -> None:
    """The offer with its dated history, in place."""
    await _show(context, pressed.about, replaces=pressed.letter_id, args={"history": True})


async def _show(
    context: Context, offer_id: str = "", *, replaces: int | None = None, args: dict[str, object] | None = None
) -> None:
    if not context.person.confirmed:
        await context.say("not_confirmed")
        return
    found = await views.offers(context.person)
    chosen = next((one for one in found if one.offer_id == offer_id), found[0] if found else None)
    if chosen is None:
        await context.say("offer.none")
        return
    await offers.seen(context.person, chosen.offer_id, now=context.now)
    await context.say("offer.show", about=chosen.offer_id, replaces=replaces, args=args)


@press("offer.answer")
async def answer(context: Context, pressed: Press) -> None:
    """Yes, no, "not quite", a question, or regret. The offer's own screen shows it, in place.

    On the screen of an earlier revision nothing is answered: what the offer says now is shown instead.
    """
    if not context.person.confirmed:
        raise NotAllowed("not_confirmed")
    option, _, revision = pressed.option.partition(":")
    given = Answer(option)
    await offers.seen(context.person, pressed.about, now=context.now)
    try:
        await offers.answer(
            context.person, pressed.about, given, now=context.now, revision=int(revision) if revision else None
        )
    except Stale as stale:
        if stale.code != "offer.revised":
            raise
        await context.say("offer.show", about=pressed.about, replaces=pressed.letter_id, args={"revised": True})
        return
    await context.say("offer.show", about=pressed.about, replaces=pressed.letter_id)
    if given in {Answer.CHANGE, Answer.ASK}:
        await messages.ask(
            context.person, f"offer.{given.value}", pressed.about, letter_id=None, now=context.now, hours=_WORDS_HOURS
        )
        await context.say("offer.words", about=pressed.about, args={"why": given.value})
        return
    if given is Answer.NO:
        await messages.ask(
            context.person, "offer.reason", pressed.about, letter_id=None, now=context.now, hours=_REASON_HOURS
        )
    # The same answer again (a double tap) adds no step to the offer's history: it is said once.
    steps = len(await views.history(context.person, pressed.about))
    once = f"{pressed.about}:{given.value}:{steps}"
    await context.say("offer.answered", about=pressed.about, args={"answer": given.value}, key=once)


@press("offer.skip")
async def skip_reason(context: Context, pressed: Press) -> None:
    """No reason: that is fine too. The question was closed by pressing."""
    await context.say(
        "offer.answered", about=pressed.about, args={"answer": "no", "asked": True}, replaces=pressed.letter_id
    )


async def worded(context: Context, message: Message, kind: str, offer_id: str, words: str) -> bool:
    """Words that answer an open question about an offer. True: they were taken.

    A wish or a question is a message to the caseworker too, so that a promise starts; a reason is kept with the offer,
    unless it asks for something.
    """
    why = kind.removeprefix("offer.")
    await offers.say(context.person, offer_id, why, words, now=context.now)
    if why in {"change", "ask"} or "?" in words or rules.is_urgent(words):
        await writing.receive(context, message, words)
        return True
    if crisis.check(words).found:
        await context.say("crisis", about=offer_id)
    await context.say("offer.answered", about=offer_id, args={"answer": "reason"})
    return True


# --- screens --------------------------------------------------------------------------------------------------------


@screen("offer.show")
async def show_screen(taken: Taken, now: datetime) -> Screen | None:
    """The offer: what, with whom, from when; what was answered; what can be answered."""
    found = await views.offer(whose(taken), taken.about)
    if found is None:
        return None
    language = taken.language
    past = await _history(taken, found.offer_id) if taken.args.get("history") else ""
    others = [one for one in await views.offers(whose(taken)) if one.offer_id != found.offer_id]
    look_back = None if past else Button(text("chat.offer.button.history", language), "offer.history")
    return Screen(
        paragraphs(
            text("chat.offer.revised", language) if taken.args.get("revised") else "",
            _content(found, now, language),
            _state(found, now, language),
            past,
        ),
        (
            *_answers(found, language),
            *rows(
                [look_back, home_button(language)],
                *(
                    [Button(text("chat.offer.button.other", language, title=shorten(one.title)), "offer", one.offer_id)]
                    for one in others[:3]
                ),
            ),
        ),
    )


@screen("offer.new")
async def new(taken: Taken, now: datetime) -> Screen | None:
    """There is a new offer, or a changed one; what it says comes when the person asks for it."""
    found = await views.offer(whose(taken), taken.about)
    if found is None or found.state is not OfferState.PUBLISHED:
        return None
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    key = "chat.offer.changed" if found.revision > 1 else "chat.offer.new"
    return Screen(text(key, language, name=near.caseworker), rows([_look(found, language)]))


@screen("offer.reminder")
async def reminder(taken: Taken, now: datetime) -> Screen | None:
    """The offer still waits; there is no hurry."""
    found = await views.offer(whose(taken), taken.about)
    if found is None or found.state is not OfferState.PUBLISHED:
        return None
    return Screen(text("chat.offer.reminder", taken.language), rows([_look(found, taken.language)]))


@screen("offer.none")
async def none(taken: Taken, now: datetime) -> Screen | None:
    """No offer yet."""
    near = await conversation.around(whose(taken), now=now)
    return Screen(
        text("chat.offer.none", taken.language, name=near.caseworker),
        rows([write_button(taken.language, near.caseworker), home_button(taken.language)]),
    )


@screen("offer.answered")
async def answered(taken: Taken, now: datetime) -> Screen | None:
    """What happens after the answer; after a no, the open door and a question nobody has to answer."""
    found = await views.offer(whose(taken), taken.about)
    if found is None:
        return None
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    given = str(taken.args.get("answer"))
    if given == Answer.NO.value and not taken.args.get("asked"):
        return Screen(
            lines(text("chat.offer.answered.no", language), text("chat.offer.why", language, name=near.caseworker)),
            rows([Button(text("chat.button.skip", language), "offer.skip")]),
        )
    return Screen(text(f"chat.offer.answered.{given}", language, name=near.caseworker), rows([home_button(language)]))


@screen("offer.words")
async def ask_words(taken: Taken, now: datetime) -> Screen | None:
    """What would you rather have, or what do you want to know? Who gets it stands beside."""
    near = await conversation.around(whose(taken), now=now)
    why = "change" if taken.args.get("why") == "change" else "ask"
    return Screen(
        text(f"chat.offer.words.{why}", taken.language, name=near.caseworker), rows([home_button(taken.language)])
    )


def _look(found: Offered, language: str) -> Button:
    return Button(text("chat.offer.button.look", language), "offer", found.offer_id)


def _content(found: Offered, now: datetime, language: str) -> str:
    def line(key: str, value: str) -> str:
        return text(key, language, value=value) if value else ""

    starts = some_day(found.starts, now, language) if found.starts else ""
    meeting = dates.when(found.next_meeting, now, language) if found.next_meeting else ""
    return lines(
        text("chat.offer.title", language, title=found.title),
        found.what,
        line("chat.offer.with", found.with_whom),
        line("chat.offer.how_often", found.how_often),
        line("chat.offer.starts", starts),
        line("chat.offer.where", found.where),
        line("chat.offer.purpose", found.purpose),
        line("chat.offer.meeting", meeting),
    )


def _state(found: Offered, now: datetime, language: str) -> str:
    on = some_day(local_date(found.answered_at), now, language) if found.answered_at else ""
    dated = f"chat.offer.state.{found.state.value}.on"
    if on and has(dated):
        return text(dated, language, day=on)
    return text(f"chat.offer.state.{found.state.value}", language)


def _answers(found: Offered, language: str) -> tuple[tuple[Button, ...], ...]:
    def button(given: Answer) -> Button:
        option = f"{given.value}:{found.revision}"
        return Button(text(f"chat.offer.button.{given.value}", language), "offer.answer", option)

    may = available_answers(found.state)
    first = [button(one) for one in may if one in {Answer.YES, Answer.NO}]
    second = [button(one) for one in may if one is Answer.CHANGE]
    third = [button(one) for one in may if one in {Answer.ASK, Answer.REGRET}]
    return rows(first, second, third)


async def _history(taken: Taken, offer_id: str) -> str:
    steps = await views.history(whose(taken), offer_id)
    said = [
        text("chat.offer.history.line", taken.language, at=dates.short(step.at, taken.language), what=what)
        for step in steps[-_HISTORY:]
        if (what := _what(step.deed, taken.language))
    ]
    return lines(text("chat.offer.history", taken.language), *said)


def _what(deed: str, language: str) -> str:
    key = f"chat.offer.deed.{deed}"
    return text(key, language) if has(key) else ""
