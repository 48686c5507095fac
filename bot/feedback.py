"""Feedback: about what, who may see it, then the words. Later who has seen it, the answer, what came of it, and whether
one felt heard."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from telegram import Update

from bot.context import Context
from bot.phrases import home_button, lines, rows, shorten, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import alerts, attachments, feedback, messages
from models.actions.attachments import Coming
from models.actions.letters import Taken
from models.domain import crisis
from models.domain.feedback import About, Audience
from models.queries import conversation
from models.queries import conversation_feedback as views
from models.queries.conversation_feedback import Given

#: So long the words are waited for; longer, and they would be somebody's answer to something else.
WORDS_HOURS = 2
#: So long more words belong to what was said: few say all of it in one message.
_MORE_HOURS = 0.25
_PAIRS = ((About.OFFER, About.CASEWORKER), (About.MEETING, About.DECISION),
          (About.SOMETHING_GOOD, About.SOMETHING_ELSE))  # fmt: skip


# --- what the person does -------------------------------------------------------------------------------------------


async def ask(update: Update, context: Context) -> None:
    """Give feedback, from a command."""
    await messages.drop_question(context.person)
    await context.say("feedback.about")


@press("feedback")
async def press_ask(context: Context, pressed: Press) -> None:
    """Give feedback, from a button."""
    await context.say("feedback.about")


@press("feedback.about")
async def choose_about(context: Context, pressed: Press) -> None:
    """What it is about; who may see it comes next, before any words."""
    feedback_id = await feedback.begin(context.person, About(pressed.option), now=context.now)
    await context.say("feedback.audience", about=feedback_id, replaces=pressed.letter_id)


@press("feedback.audience")
async def choose_audience(context: Context, pressed: Press) -> None:
    """Who may see it. "Only as statistics" takes no words."""
    wants_words = await feedback.choose_audience(
        context.person, pressed.about, Audience(pressed.option), now=context.now
    )
    if wants_words:
        await messages.ask(
            context.person, "feedback.words", pressed.about, letter_id=None, now=context.now, hours=WORDS_HOURS
        )
        await context.say("feedback.words", about=pressed.about, replaces=pressed.letter_id)
    else:
        # Counted, or its words were said before: either way the loop of this screen is closed, and said once.
        await context.say(
            "feedback.thanks", about=pressed.about, args={"why": "done"}, replaces=pressed.letter_id,
            key=f"feedback.closed:{pressed.about}",
        )  # fmt: skip


@press("feedback.finished")
async def finished(context: Context, pressed: Press) -> None:
    """That was all of it: what is written now goes the ordinary way."""
    await messages.drop_question(context.person)
    await context.say(
        "feedback.thanks", about=pressed.about, args={"why": "done"}, key=f"feedback.finished:{pressed.letter_id}"
    )


async def worded(context: Context, feedback_id: str, words: str) -> bool:
    """The words of a feedback, or more of them. False where no words are wanted: then they are a message."""
    return bool(await _take(context, feedback_id, words))


async def _take(context: Context, feedback_id: str, words: str, *, receipt: str = "") -> str:
    """Take words as this feedback or as a new one for the same eyes; returns its id, "" where none are wanted."""
    given = await views.feedback(context.person, feedback_id)
    if given is None or given.audience in {None, Audience.STATISTICS}:
        return ""
    said = await feedback.say(context.person, feedback_id, words, now=context.now) is not None
    if not said and not await feedback.add(context.person, feedback_id, words, now=context.now):
        # Somebody is reading the first words already; these are for the same eyes, and a loop of their own.
        feedback_id = await feedback.begin(context.person, given.about, now=context.now)
        await feedback.choose_audience(context.person, feedback_id, given.audience, now=context.now)
        await feedback.say(context.person, feedback_id, words, now=context.now)
    if crisis.check(words).found:
        await cry(context, replace(given, feedback_id=feedback_id))
    await messages.ask(
        context.person, "feedback.words", feedback_id, letter_id=None, now=context.now, hours=_MORE_HOURS
    )
    letter_id = await context.say("feedback.receipt", about=feedback_id, key=receipt)
    await feedback.receipted(context.person, feedback_id, letter_id)
    return feedback_id


async def cry(context: Context, given: Given) -> None:
    """The alert was raised when the words came in; here it finds who may read them, and the person is told."""
    if given.audience is not Audience.CASEWORKER:
        await alerts.hand_to_reader(
            context.person, context.person.person_id, given.feedback_id,
            inbox_id=int(context.incoming.key.removeprefix("in:")), now=context.now,
        )  # fmt: skip
    await context.say("crisis", about=given.feedback_id)


async def wordless(context: Context, feedback_id: str, words: str, file: Coming | None, *, key: str) -> None:
    """A voice message or a picture where words were asked for is the feedback, for the same eyes. Anything else that is
    no text, a file that cannot be taken too, is never for the caseworker. `key` names the answer where several come
    together."""
    taken = await _take(context, feedback_id, words, receipt=key) if file is not None else ""
    if file is not None and taken:
        await attachments.expect(context.person, file, about=taken, now=context.now)
    else:
        await context.say("feedback.words", about=feedback_id, args={"why": "wordless"}, key=key)


# --- screens --------------------------------------------------------------------------------------------------------


@screen("feedback.about")
async def about(taken: Taken, now: datetime) -> Screen | None:
    """What is it about?"""
    language = taken.language
    near = await conversation.around(whose(taken), now=now)

    def button(one: About) -> Button:
        label = text(f"chat.feedback.button.{one.value}", language, name=shorten(near.caseworker))
        return Button(label, "feedback.about", one.value)

    before = await views.all_feedback(whose(taken)) if taken.confirmed else []
    said = Button(text("chat.feedback.button.list", language), "feedback.list") if before else None
    return Screen(
        text("chat.feedback.about", language),
        rows(*([button(one) for one in pair] for pair in _PAIRS), [said], [home_button(language)]),
    )


@screen("feedback.audience")
async def audience(taken: Taken, now: datetime) -> Screen | None:
    """Who may see it? Asked before the words are taken."""
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    name = shorten(near.caseworker)
    nobody = not await views.other_reader(whose(taken), now=now)
    return Screen(
        lines(
            text("chat.feedback.audience", language),
            text("chat.feedback.nobody_else", language, name=near.caseworker) if nobody else "",
        ),
        rows(
            *(
                [
                    Button(
                        text(f"chat.feedback.audience.button.{one.value}", language, name=name),
                        "feedback.audience",
                        one.value,
                    )
                ]
                for one in Audience
                if not (nobody and one is Audience.SOMEONE_ELSE)
            )
        ),
    )


@screen("feedback.words")
async def ask_words(taken: Taken, now: datetime) -> Screen | None:
    """Write it now; who will read it stands here too."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or found.audience is None or (found.promised_at is not None and not taken.args):
        return None
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    asked = "chat.feedback.wordless" if taken.args.get("why") == "wordless" else "chat.feedback.words"
    reader = await reader_of(taken, found.audience, near.caseworker, now)
    return Screen(lines(text(asked, language), reader), rows([home_button(language)]))


async def reader_of(taken: Taken, audience: Audience, caseworker: str, now: datetime) -> str:
    """Who reads it, in a sentence. Where the caseworker leads, "the leader" would say the wrong thing: then by name."""
    other = await views.other_reader(whose(taken), now=now) if audience is Audience.SOMEONE_ELSE else ""
    if other and await views.caseworker_leads(whose(taken)):
        return text("chat.feedback.reader.by_name", taken.language, name=caseworker, reader=other)
    return text(f"chat.feedback.reader.{audience.value}", taken.language, name=caseworker)


@screen("feedback.receipt")
async def receipt(taken: Taken, now: datetime) -> Screen | None:
    """Thank you, who reads it, an answer by then."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or found.audience is None or found.promised_at is None or found.answer:
        return None
    near = await conversation.around(whose(taken), now=now)
    language = taken.language
    question = await conversation.open_question(whose(taken), now=now)
    more = question is not None and (question.kind, question.about) == ("feedback.words", taken.about)
    done = Button(text("chat.feedback.button.finished", language), "feedback.finished") if more else None
    change = Button(text("chat.feedback.button.change", language), "feedback.change")
    return Screen(
        lines(
            text("chat.feedback.receipt", language),
            await reader_of(taken, found.audience, near.caseworker, now),
            by_when(found, now, language),
            text("chat.feedback.more", language) if more else "",
        ),
        rows([done, change if found.may_change else None], [home_button(language)]),
    )


@screen("feedback.thanks")
async def thanks(taken: Taken, now: datetime) -> Screen | None:
    """It counts; nobody sees whose it was."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None:
        return None
    why = str(taken.args.get("why", ""))
    if why in {"heard", "withdrawn"}:
        said = text(f"chat.feedback.thanks.{why}", taken.language)
    elif found.audience is Audience.STATISTICS:
        said = text("chat.feedback.thanks.counted", taken.language)
    elif why == "narrowed" and found.audience is not None:
        near = await conversation.around(whose(taken), now=now)
        said = await reader_of(taken, found.audience, near.caseworker, now)
    else:
        said = text("chat.feedback.thanks", taken.language)
    return Screen(said, rows([home_button(taken.language)]))


def by_when(found: Given, now: datetime, language: str) -> str:
    """By when there is an answer."""
    if found.promised_at is None:
        return ""
    return text("chat.message.by", language, when=dates.when(max(found.promised_at, now), now, language))
