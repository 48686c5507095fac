"""A survey of the youth panel: one question at a time in one message, back, skip, stop, typed answers, thanks."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.context import Context
from bot.phrases import buttons, home_button, rows, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, panel_screens, text
from locales.panel_screens import Shown
from models.actions import messages, panels
from models.actions.letters import Taken
from models.actions.panels import Step
from models.domain import crisis
from models.domain import messages as wording
from models.domain import panels as rules
from models.domain.errors import Stale
from models.domain.panels import Answer, Kind
from models.domain.panels_typed import read_answer
from models.queries import conversation
from models.queries import conversation_checkins as checkins
from models.queries import conversation_panels as views

#: How long typed words may be the answer to the question on the screen; after that they are for a human.
_STILL_ASKED = timedelta(hours=1)
#: So long whole sentences are waited for, and go to the panel instead of to the caseworker.
_WORDS_HOURS = 0.5


# --- a survey -------------------------------------------------------------------------------------------------------


@press("panel.begin")
async def begin(context: Context, pressed: Press) -> None:
    """Begin a survey from the menu, or go on where it was left."""
    answering_id = await panels.begin(context.person, pressed.option, now=context.now)
    await _ask(context, answering_id, replaces=pressed.letter_id)


@press("panel.open")
async def open_it(context: Context, pressed: Press) -> None:
    """Open what the panel asks."""
    await panels.open_survey(context.person, pressed.about, now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("panel.later")
async def later(context: Context, pressed: Press) -> None:
    """ "Not now": it waits until it closes."""
    await context.say("panel.stopped", about=pressed.about, args={"why": "later"}, replaces=pressed.letter_id)


@press("panel.answer")
async def answer(context: Context, pressed: Press) -> None:
    """One answer with one tap; the next question stands in the same message."""
    key, _, value = pressed.option.partition(":")
    asking = await views.answering(context.person, pressed.about, now=context.now)
    question = asking.survey.question(key) if asking else None
    if question is None:
        raise Stale("panel_closed")
    chosen: Answer = int(value) if question.kind in {Kind.SCALE, Kind.NUMBER} else value
    step = await panels.answer(context.person, pressed.about, key, chosen, now=context.now)
    await _go_on(context, step, pressed.letter_id)


@press("panel.tick")
async def tick(context: Context, pressed: Press) -> None:
    """Set or take away one of several. What the button said is what happens, however often it is pressed."""
    key, choice, on = pressed.option.split(":")
    await panels.tick(context.person, pressed.about, key, choice, on=on == "on", now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("panel.place")
async def place(context: Context, pressed: Press) -> None:
    """This one comes next."""
    key, choice, number = pressed.option.split(":")
    await panels.place(context.person, pressed.about, key, choice, int(number), now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("panel.take_back")
async def take_back(context: Context, pressed: Press) -> None:
    """Not that one after all."""
    key, _, number = pressed.option.partition(":")
    await panels.take_back(context.person, pressed.about, key, int(number), now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("panel.finish")
async def finish(context: Context, pressed: Press) -> None:
    """That is all of them, or that is the order."""
    step = await panels.finish(context.person, pressed.about, pressed.option, now=context.now)
    await _go_on(context, step, pressed.letter_id)


@press("panel.skip")
async def skip(context: Context, pressed: Press) -> None:
    """Skip this one."""
    step = await panels.skip(context.person, pressed.about, pressed.option, now=context.now)
    await _go_on(context, step, pressed.letter_id)


@press("panel.back")
async def back(context: Context, pressed: Press) -> None:
    """The question before."""
    await panels.back(context.person, pressed.about, pressed.option, now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("panel.stop")
async def stop(context: Context, pressed: Press) -> None:
    """End this survey, and only this one."""
    asking = await views.answering(context.person, pressed.about, now=context.now)
    if asking is None or not asking.running:
        raise Stale("panel_closed")
    await panels.stop(context.person, pressed.about, now=context.now)
    await context.say("panel.stopped", about=pressed.about, replaces=pressed.letter_id)


async def typed(context: Context, words: str) -> bool:
    """Whether the words clearly answer the survey's question on the screen; a real sentence is for a human.

    What was asked after it comes first, a check-in's question too, and so does what a human wrote after it.
    """
    asking = await views.open_answering(context.person, now=context.now)
    if asking is None or asking.question is None or asking.shown_at is None:
        return False
    if context.now - asking.shown_at > _STILL_ASKED or await _asked_since(context, asking.shown_at):
        return False
    clear, given = read_answer(asking.question, words, context.person.language)
    if not clear:
        return False
    # The answer stands below the question in the chat, so the next question comes below the answer.
    step = await panels.answer(context.person, asking.answering_id, asking.question.key, given, now=context.now)
    await _go_on(context, step, None)
    return True


async def worded(context: Context, answering_id: str, words: str) -> bool:
    """Words where the survey asked for them. What nobody may wait for is no answer: it goes to a human who sees who
    wrote it."""
    asking = await views.answering(context.person, answering_id, now=context.now)
    if asking is None or not asking.running or asking.question is None or asking.question.kind is not Kind.TEXT:
        return False
    if _for_a_human(words):
        return False
    clear, given = read_answer(asking.question, words, context.person.language)
    said = given if clear else words.strip()[: rules.LONGEST_WORDS]
    step = await panels.answer(context.person, answering_id, asking.question.key, said, now=context.now)
    await _go_on(context, step, None, after_words=not clear)
    return True


async def ask_again(context: Context, answering_id: str) -> None:
    """The question on the screen once more, below."""
    await _ask(context, answering_id, replaces=None)


async def _asked_since(context: Context, shown_at: datetime) -> bool:
    if await checkins.human_wrote(context.person, since=shown_at):
        return True
    newer = await conversation.open_question(context.person, now=context.now)
    if newer is not None and newer.asked_at > shown_at:
        return True
    check_in = await checkins.open_check_in(context.person, now=context.now)
    return check_in is not None and check_in.shown_at is not None and check_in.shown_at > shown_at


def _for_a_human(words: str) -> bool:
    return crisis.check(words).found or wording.is_urgent(words)


async def _go_on(context: Context, step: Step, replaces: int | None, *, after_words: bool = False) -> None:
    args = {"after_words": True} if after_words else None
    if step.question is not None:
        await _ask(context, step.answering_id, replaces=replaces, args=args)
        return
    # Said once: the last answer pressed twice ends it once.
    await context.say(
        "panel.done", about=step.answering_id, args=args, replaces=replaces, key=f"panel.end:{step.answering_id}"
    )


async def _ask(
    context: Context, answering_id: str, *, replaces: int | None, args: dict[str, object] | None = None
) -> None:
    letter_id = await context.say("panel.question", about=answering_id, args=args, replaces=replaces)
    await panels.screen_shown(context.person, answering_id, letter_id)
    asking = await views.answering(context.person, answering_id, now=context.now)
    if asking is not None and asking.running and asking.question and asking.question.kind is Kind.TEXT:
        await messages.ask(
            context.person, "panel.words", answering_id, letter_id=letter_id, now=context.now, hours=_WORDS_HOURS
        )


# --- screens --------------------------------------------------------------------------------------------------------


@screen("panel.invite")
async def invite(taken: Taken, now: datetime) -> Screen | None:
    """Would you answer? How many questions, until when, who sees it."""
    asking = await views.answering(whose(taken), taken.about, now=now)
    if asking is None or asking.state not in {"due", "invited"} or not asking.running:
        return None
    words, taps = panel_screens.invitation(asking.survey, asking.closes_at, now, taken.language, asking.whom)
    return Screen(words, buttons(taps))


@screen("panel.reminder")
async def reminder(taken: Taken, now: datetime) -> Screen | None:
    """It can still be answered; nobody has to."""
    asking = await views.answering(whose(taken), taken.about, now=now)
    if asking is None or not asking.running:
        return None
    language = taken.language
    return Screen(
        text(
            "chat.panel.reminder", language, title=asking.survey.title[language],
            when=dates.when(asking.closes_at, now, language),
        ),
        buttons(panel_screens.answer_now(language)),
    )  # fmt: skip


@screen("panel.question")
async def question_screen(taken: Taken, now: datetime) -> Screen | None:
    """ "2 of 6": the question on the screen, its answers, back, skip, stop."""
    asking = await views.answering(whose(taken), taken.about, now=now)
    if asking is None or not asking.running or asking.question is None:
        return None
    # Before the safety words are confirmed the phone may be anybody's: it shows no answer given before.
    given = asking.answers.get(asking.question.key) if taken.confirmed else None
    shown = Shown(asking.survey, asking.question, asking.answers, asking.picked, given, asking.host)
    words, taps = panel_screens.question(shown, taken.language, after_words=bool(taken.args.get("after_words")))
    return Screen(words, buttons(taps))


@screen("panel.done")
async def done(taken: Taken, now: datetime) -> Screen | None:
    """Thanks, and when the result comes: to the members first."""
    asking = await views.answering(whose(taken), taken.about, now=now)
    if asking is None or asking.state != "done":
        return None
    language, after_words = taken.language, bool(taken.args.get("after_words"))
    return Screen(
        panel_screens.done(asking.closes_at, now, language, after_words=after_words),
        rows([Button(text("chat.panel.button.menu", language), "panel"), home_button(language)]),
    )


@screen("panel.stopped")
async def stopped(taken: Taken, now: datetime) -> Screen | None:
    """Okay, not this one, or not now."""
    asking = await views.answering(whose(taken), taken.about, now=now)
    language = taken.language
    if asking is None or asking.closed:
        return None
    when = dates.when(asking.closes_at, now, language)
    if taken.args.get("why") == "later":
        if not asking.running:
            return None
        return Screen(
            text("chat.panel.later", language, when=when),
            rows([Button(text("chat.panel.button.open", language), "panel.open")]),
        )
    return Screen(
        text("chat.panel.stopped", language, when=when),
        rows([Button(text("chat.panel.button.menu", language), "panel"), home_button(language)]),
    )
