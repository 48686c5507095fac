"""Check-ins: one question at a time in one message, back, skip, stop, never again, typed answers."""

from __future__ import annotations

from datetime import timedelta

from bot.context import Context
from bot.presses import Press, press
from models.actions import checkins
from models.actions.checkins import Step
from models.domain import checkins as rules
from models.domain.errors import Stale
from models.domain.instruments import SKIP, Code, Instrument
from models.queries import conversation
from models.queries import conversation_checkins as views

#: How long typed words may be the answer to the question on the screen; after that they are for a human.
_STILL_ASKED = timedelta(hours=1)


@press("checkin.begin")
async def begin(context: Context, pressed: Press) -> None:
    """Begin an instrument, or go on where it stopped."""
    check_in_id = await checkins.begin(context.person, pressed.option, now=context.now)
    await _ask(context, check_in_id, replaces=pressed.letter_id)


@press("checkin.open")
async def open_it(context: Context, pressed: Press) -> None:
    """Open what the clock or the caseworker asked."""
    if await _closed(context, pressed):
        return
    await checkins.open_check_in(context.person, pressed.about, now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("checkin.answer")
async def answer(context: Context, pressed: Press) -> None:
    """One answer; the next question stands in the same message."""
    if await _closed(context, pressed):
        return
    item, _, code = pressed.option.partition(":")
    asking = await views.check_in(context.person, pressed.about)
    if asking is None:
        raise Stale("check_in_closed")
    chosen = _code(asking.instrument, item, code)
    step = await checkins.answer(context.person, pressed.about, item, chosen, now=context.now)
    await _go_on(context, step, pressed.letter_id)


@press("checkin.skip")
async def skip(context: Context, pressed: Press) -> None:
    """Skip this one."""
    if await _closed(context, pressed):
        return
    step = await checkins.skip(context.person, pressed.about, pressed.option, now=context.now)
    await _go_on(context, step, pressed.letter_id)


@press("checkin.back")
async def back(context: Context, pressed: Press) -> None:
    """The question before."""
    if await _closed(context, pressed):
        return
    await checkins.back(context.person, pressed.about, pressed.option, now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("checkin.fix")
async def fix(context: Context, pressed: Press) -> None:
    """One answer anew, or all of them from the first."""
    if await _closed(context, pressed):
        return
    await checkins.correct(context.person, pressed.about, pressed.option, now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("checkin.never")
async def never(context: Context, pressed: Press) -> None:
    """ "Don't ask me that again": this question, or all of it?"""
    if await _closed(context, pressed):
        return
    args = {"item": pressed.option}
    await context.say("checkin.never", about=pressed.about, args=args, replaces=pressed.letter_id)


@press("checkin.never_yes")
async def never_yes(context: Context, pressed: Press) -> None:
    """It is kept; what is left of the check-in goes on."""
    if await _closed(context, pressed):
        return
    step = await checkins.never_again(context.person, pressed.about, pressed.option, now=context.now)
    if step.state == "stopped":
        await context.say("checkin.never_done", about=pressed.about, replaces=pressed.letter_id)
    else:
        await _go_on(context, step, pressed.letter_id)


@press("checkin.stop")
async def stop(context: Context, pressed: Press) -> None:
    """End this check-in, and only this one, or the correcting of it."""
    if await _closed(context, pressed):
        return
    asking = await views.check_in(context.person, pressed.about)
    if asking is None or not (asking.running or asking.correcting):
        raise Stale("check_in_closed")
    await checkins.stop(context.person, pressed.about, now=context.now)
    kind = "checkin.done" if asking.correcting else "checkin.stopped"
    await context.say(kind, about=pressed.about, replaces=pressed.letter_id)


@press("checkin.later")
async def later(context: Context, pressed: Press) -> None:
    """ "Not now": the thanks stay, the buttons go; an invitation waits for its time."""
    if pressed.kind == "checkin.done":
        await context.say("checkin.done", about=pressed.about, args={"quiet": True}, replaces=pressed.letter_id)
    else:
        await context.say("checkin.stopped", about=pressed.about, args={"why": "later"}, replaces=pressed.letter_id)


async def typed(context: Context, words: str) -> bool:
    """Whether the words clearly answer the question on the screen; a real sentence is for a human.

    A question for free text that was asked after it comes first, and so does what a human wrote after it. A question
    that has stood there for long is not what they are talking about.
    """
    asking = await views.open_check_in(context.person, now=context.now)
    if asking is None or asking.item is None or asking.shown_at is None:
        return False
    if context.now - asking.shown_at > _STILL_ASKED:
        return False
    if await views.human_wrote(context.person, since=asking.shown_at):
        return False
    newer = await conversation.open_question(context.person, now=context.now)
    if newer is not None and newer.asked_at > asking.shown_at:
        return False
    if rules.is_never(words):
        await context.say("checkin.never", about=asking.check_in_id, args={"item": asking.item.key})
        return True
    code = rules.read_answer(asking.instrument, asking.item, words, context.person.language)
    if code is None:
        return False
    # The answer stands below the question in the chat, so the next question comes below the answer.
    await _go_on(
        context,
        await checkins.answer(context.person, asking.check_in_id, asking.item.key, code, now=context.now),
        None,
    )
    return True


async def _closed(context: Context, pressed: Press) -> bool:
    """Whether it closed while the person was away: then they are told what became of the answers they gave."""
    asking = await views.check_in(context.person, pressed.about)
    if asking is None or asking.state not in {*views.RUNNING, "expired"} or asking.expires_at > context.now:
        return False
    await context.say("checkin.closed", about=pressed.about, replaces=pressed.letter_id)
    return True


async def _go_on(context: Context, step: Step, replaces: int | None) -> None:
    twice = step.again and not step.counted and replaces is not None
    if twice and await views.shown_after(context.person, step.check_in_id, replaces or 0):
        return  # the next screen is there already
    if step.item is not None:
        await _ask(context, step.check_in_id, replaces=replaces, counted=step.counted)
        return
    kind = "checkin.low" if step.low else "checkin.done"
    args = {"counted": step.counted} if step.counted else None
    # Said once in each chat: the last answer pressed twice ends it once.
    once = f"checkin.end:{step.check_in_id}:{context.person.link_id}" if step.again and not step.counted else ""
    await context.say(kind, about=step.check_in_id, args=args, replaces=replaces, key=once)


async def _ask(context: Context, check_in_id: str, *, replaces: int | None, counted: str = "") -> None:
    args = {"counted": counted} if counted else None
    letter_id = await context.say("checkin.question", about=check_in_id, args=args, replaces=replaces)
    await checkins.screen_shown(context.person, check_in_id, letter_id)


def _code(chosen: Instrument, item: str, code: str) -> Code:
    """A code as the instrument stores it, from a button's option."""
    for known in chosen.items:
        if known.key == item:
            for option in known.options:
                if str(option.code) == code:
                    return option.code
    return SKIP if code == SKIP else ""
