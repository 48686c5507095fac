"""Feedback: about what, who may see it, then the words. Later what came of it, and whether one felt heard."""

from __future__ import annotations

from datetime import datetime

from telegram import Update

from bot.context import Context
from bot.phrases import home_button, lines, paragraphs, rows, shorten, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import alerts, attachments, feedback, messages
from models.actions.attachments import Coming
from models.actions.letters import Taken
from models.domain import crisis
from models.domain.feedback import About, Audience
from models.queries import conversation
from models.queries import conversation_offers as views

#: So long the words are waited for; longer, and they would be somebody's answer to something else.
_WORDS_HOURS = 2
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
            context.person, "feedback.words", pressed.about, letter_id=None, now=context.now, hours=_WORDS_HOURS
        )
        await context.say("feedback.words", about=pressed.about, replaces=pressed.letter_id)
    else:
        # Counted, or its words were said before: either way the loop of this screen is closed, and said once.
        await context.say(
            "feedback.thanks", about=pressed.about, args={"why": "done"}, replaces=pressed.letter_id,
            key=f"feedback.closed:{pressed.about}",
        )  # fmt: skip


@press("feedback.heard")
async def heard(context: Context, pressed: Press) -> None:
    """ "Did you feel heard?", once."""
    if await feedback.heard(context.person, pressed.about, int(pressed.option), now=context.now):
        await context.say("feedback.thanks", about=pressed.about, args={"why": "heard"})


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
        # The alert was raised when the words came in; here it finds who may read them, and the person is told.
        if given.audience is not Audience.CASEWORKER:
            await alerts.hand_to_reader(
                context.person, context.person.person_id, feedback_id,
                inbox_id=int(context.incoming.key.removeprefix("in:")), now=context.now,
            )  # fmt: skip
        await context.say("crisis", about=feedback_id)
    await messages.ask(
        context.person, "feedback.words", feedback_id, letter_id=None, now=context.now, hours=_MORE_HOURS
    )
    await context.say("feedback.receipt", about=feedback_id, key=receipt)
    return feedback_id


async def wordless(context: Context, feedback_id: str, words: str, file: Coming | None, *, key: str) -> None:
    """A voice message or a picture where words were asked for is the feedback, for the same eyes. Anything else that is
    no text is never for the caseworker. `key` names the answer where several come together."""
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

    return Screen(
        text("chat.feedback.about", language),
        rows(*([button(one) for one in pair] for pair in _PAIRS), [home_button(language)]),
    )


@screen("feedback.audience")
async def audience(taken: Taken, now: datetime) -> Screen | None:
    """Who may see it? Asked before the words are taken."""
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    name = shorten(near.caseworker)
    return Screen(
        text("chat.feedback.audience", language),
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
    reader = text(f"chat.feedback.reader.{found.audience.value}", language, name=near.caseworker)
    return Screen(lines(text(asked, language), reader), rows([home_button(language)]))


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
    return Screen(
        lines(
            text("chat.feedback.receipt", language),
            text(f"chat.feedback.reader.{found.audience.value}", language, name=near.caseworker),
            text("chat.message.by", language, when=dates.when(max(found.promised_at, now), now, language)),
            text("chat.feedback.more", language) if more else "",
        ),
        rows([done, home_button(language)]),
    )


@screen("feedback.thanks")
async def thanks(taken: Taken, now: datetime) -> Screen | None:
    """It counts; nobody sees whose it was."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None:
        return None
    if taken.args.get("why") == "heard":
        said = text("chat.feedback.thanks.heard", taken.language)
    elif found.audience is Audience.STATISTICS:
        said = text("chat.feedback.thanks.counted", taken.language)
    else:
        said = text("chat.feedback.thanks", taken.language)
    return Screen(said, rows([home_button(taken.language)]))


@screen("feedback.answer")
async def answer(taken: Taken, now: datetime) -> Screen | None:
    """What a human answered, and "did you feel heard?"; the caseworker does not see that."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or not found.answer:
        return None
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    said = text("chat.feedback.answer", language, name=found.answered_by)
    if found.heard:
        return Screen(paragraphs(said, found.answer), keep_links=True)
    return Screen(
        paragraphs(said, found.answer, text("chat.feedback.heard", language, name=near.caseworker)),
        rows(
            [Button(text(f"chat.feedback.button.heard_{n}", language), "feedback.heard", str(n)) for n in range(1, 6)]
        ),
        keep_links=True,
    )
