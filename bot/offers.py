"""My offer: what it says, what was changed, yes, no, "not quite" as often as needed, a question, regret, its files."""

from __future__ import annotations

from datetime import datetime

from telegram import Message, Update

from bot.context import Context
from bot.offers_words import QUOTED, around, change, content, quote, revised, title
from bot.phrases import home_button, lines, paragraphs, rows, shorten, some_day, whose, write_button
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, has, text
from models.actions import inbox, messages, offers
from models.actions.letters import Taken
from models.domain import crisis
from models.domain import messages as rules
from models.domain.errors import NotAllowed, NotFound, Stale
from models.domain.localtime import local_date
from models.domain.offers import Answer, available_answers
from models.queries import conversation_meetings as meetings
from models.queries import conversation_offers as views
from models.queries.conversation_offers import Happened, Offered

_HISTORY = 12
_DOCUMENTS = 4
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
    announced = pressed.kind in {"offer.new", "offer.reminder", "offer.reply", "offer.told"}
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

    On the screen of an earlier revision, or of an offer that has moved on, nothing is answered: what it says now is
    shown instead.
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
        if stale.code == "offer.too_late":
            await context.say("offer.late")
            return
        args = {"revised" if stale.code == "offer.revised" else "moved": True}
        await context.say("offer.show", about=pressed.about, replaces=pressed.letter_id, args=args)
        return
    if given is Answer.REGRET:
        # A proposal taken back needs no answer.
        for message_id in await views.proposals_waiting(context.person, pressed.about):
            await messages.needs_no_answer(context.person, message_id, now=context.now)
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


@press("offer.document")
async def document(context: Context, pressed: Press) -> None:
    """A file that goes with the offer."""
    if not context.person.confirmed:
        raise NotAllowed("not_confirmed")
    if pressed.option not in {one.attachment_id for one in await views.documents(context.person, pressed.about)}:
        raise NotFound
    await context.say("offer.document", about=pressed.option)


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
    if why in {"change", "ask"} or "?" in words or rules.is_urgent(words):
        key = inbox.source_key(context.person, message.message_id)
        received = await messages.receive(context.person, words, source_key=key, now=context.now)
        await offers.say(context.person, offer_id, why, words, now=context.now, message_id=received.message_id)
        return True
    await offers.say(context.person, offer_id, why, words, now=context.now)
    if crisis.check(words).found:
        await context.say("crisis", about=offer_id)
    await context.say("offer.answered", about=offer_id, args={"answer": "reason"})
    return True


# --- screens --------------------------------------------------------------------------------------------------------


@screen("offer.show")
async def show_screen(taken: Taken, now: datetime) -> Screen | None:
    """The offer: what, with whom, from when; what was changed and answered; what can be answered now. With its history
    it says the title only.
    """
    found = await views.offer(whose(taken), taken.about)
    if found is None:
        return None
    language = taken.language
    past = await _history(taken, found.offer_id, now) if taken.args.get("history") else ""
    others = [one for one in await views.offers(whose(taken)) if one.offer_id != found.offer_id]
    met = await meetings.meetings(whose(taken), now=now)
    ranged = await views.range_offers(whose(taken))
    files = await views.documents(whose(taken), found.offer_id)
    news = next((f"chat.offer.{arg}" for arg in ("revised", "moved") if taken.args.get(arg)), "")
    return Screen(
        paragraphs(
            text(news, language) if news else "",
            title(found, language) if past else await content(taken, found, now),
            "" if past else await revised(taken, found, now),
            _state(found, now, language),
            past,
        ),
        (
            *_answers(found, now, language),
            *rows(
                *(
                    [
                        Button(
                            text("chat.offer.button.document", language, name=shorten(one.name)), "offer.document",
                            one.attachment_id,
                        )
                    ]
                    for one in files[:_DOCUMENTS]
                ),
                [
                    Button(text("chat.meeting.button.list", language), "meeting.list") if met else None,
                    Button(text("chat.range.button.list", language), "range") if ranged else None,
                ],
                [
                    None if past else Button(text("chat.offer.button.history", language), "offer.history"),
                    home_button(language),
                ],
                *(
                    [Button(text("chat.offer.button.other", language, title=shorten(one.title)), "offer", one.offer_id)]
                    for one in others[:3]
                ),
            ),
        ),
    )  # fmt: skip


@screen("offer.none")
async def none(taken: Taken, now: datetime) -> Screen | None:
    """No offer yet: what there is, and what the person has asked to hear about."""
    language = taken.language
    near = await around(taken, now)
    ranged = await views.range_offers(whose(taken))
    met = await meetings.meetings(whose(taken), now=now)
    return Screen(
        text("chat.offer.none.range" if ranged else "chat.offer.none", language, name=near.caseworker),
        rows(
            [Button(text("chat.range.button.list", language), "range") if ranged else None],
            [Button(text("chat.meeting.button.list", language), "meeting.list") if met else None],
            [write_button(language, near.caseworker), home_button(language)],
        ),
    )


@screen("offer.answered")
async def answered(taken: Taken, now: datetime) -> Screen | None:
    """What happens after the answer; after a no, the open door and a question nobody has to answer."""
    found = await views.offer(whose(taken), taken.about)
    if found is None:
        return None
    language = taken.language
    near = await around(taken, now)
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
    near = await around(taken, now)
    why = "change" if taken.args.get("why") == "change" else "ask"
    return Screen(
        text(f"chat.offer.words.{why}", taken.language, name=near.caseworker), rows([home_button(taken.language)])
    )


def _state(found: Offered, now: datetime, language: str) -> str:
    on = some_day(local_date(found.answered_at), now, language) if found.answered_at else ""
    dated = f"chat.offer.state.{found.state.value}.on"
    if on and has(dated):
        return text(dated, language, day=on)
    return text(f"chat.offer.state.{found.state.value}", language)


def _answers(found: Offered, now: datetime, language: str) -> tuple[tuple[Button, ...], ...]:
    def button(given: Answer) -> Button:
        option = f"{given.value}:{found.revision}"
        return Button(text(f"chat.offer.button.{given.value}", language), "offer.answer", option)

    may = available_answers(found.state)
    if local_date(now) >= found.until:
        may = tuple(one for one in may if one is Answer.ASK)
    first = [button(one) for one in may if one in {Answer.YES, Answer.NO}]
    second = [button(one) for one in may if one is Answer.CHANGE]
    third = [button(one) for one in may if one in {Answer.ASK, Answer.REGRET}]
    return rows(first, second, third)


async def _history(taken: Taken, offer_id: str, now: datetime) -> str:
    language = taken.language
    said = [
        lines(
            text("chat.offer.history.line", language, at=dates.short(step.at, now, language), what=what),
            *(change(one, now, language) for one in step.changes),
        )
        for step in await views.history(whose(taken), offer_id)
        if (what := _what(step, language))
    ]
    return lines(text("chat.offer.history", language), *said[-_HISTORY:])


def _what(step: Happened, language: str) -> str:
    if step.words and step.by:
        return text("chat.offer.said.answer", language, name=step.by, words=quote(step.words, QUOTED // 2))
    if step.words:
        return text("chat.offer.said.words", language, words=quote(step.words, QUOTED // 2))
    key = f"chat.offer.deed.{step.deed}"
    return text(key, language) if has(key) else ""
