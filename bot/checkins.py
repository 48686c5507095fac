"""Check-ins: one question at a time in one message, back, skip, stop, typed answers, thanks, one's own curve."""

from __future__ import annotations

from datetime import datetime, timedelta

from telegram import Update

from bot import discreet
from bot.context import Context
from bot.phrases import (
    Rows,
    help_button,
    home_button,
    lines,
    paragraphs,
    rows,
    shorten,
    some_day,
    whose,
    write_button,
)
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import checkins, messages
from models.actions.checkins import Step
from models.actions.letters import Taken
from models.domain import checkins as rules
from models.domain import promises
from models.domain.alerts import Reason
from models.domain.errors import Stale
from models.domain.instruments import SKIP, Audience, Code, Instrument, Item
from models.queries import conversation
from models.queries import conversation_checkins as views
from models.queries.conversation_checkins import Asking

_WELLBEING = frozenset({Reason.LOW_WELLBEING.value, Reason.FALLING_WELLBEING.value})
#: An answer that took longer than this was not given in one sitting: then the time is nobody's business.
_ONE_SITTING = timedelta(minutes=10)
#: How long typed words may be the answer to the question on the screen; after that they are for a human.
_STILL_ASKED = timedelta(hours=1)
_NARROW = 12


# --- what the person does -------------------------------------------------------------------------------------------


async def choose(update: Update, context: Context) -> None:
    """How is it going? From a command."""
    await messages.drop_question(context.person)
    await context.say("checkin.choose")


@press("checkin")
async def press_choose(context: Context, pressed: Press) -> None:
    """How is it going? From a button."""
    await context.say("checkin.choose")


@press("checkin.begin")
async def begin(context: Context, pressed: Press) -> None:
    """Begin an instrument, or go on where it stopped."""
    check_in_id = await checkins.begin(context.person, pressed.option, now=context.now)
    await _ask(context, check_in_id, replaces=pressed.letter_id)


@press("checkin.open")
async def open_it(context: Context, pressed: Press) -> None:
    """Open what the clock or the caseworker asked."""
    await checkins.open_check_in(context.person, pressed.about, now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("checkin.answer")
async def answer(context: Context, pressed: Press) -> None:
    """One answer; the next question stands in the same message."""
    item, _, code = pressed.option.partition(":")
    asking = await views.check_in(context.person, pressed.about)
    if asking is None:
        raise Stale("check_in_closed")
    chosen = _code(asking.instrument, item, code)
    await _go_on(
        context, await checkins.answer(context.person, pressed.about, item, chosen, now=context.now), pressed.letter_id
    )


@press("checkin.skip")
async def skip(context: Context, pressed: Press) -> None:
    """Skip this one."""
    step = await checkins.skip(context.person, pressed.about, pressed.option, now=context.now)
    await _go_on(context, step, pressed.letter_id)


@press("checkin.back")
async def back(context: Context, pressed: Press) -> None:
    """The question before."""
    await checkins.back(context.person, pressed.about, pressed.option, now=context.now)
    await _ask(context, pressed.about, replaces=pressed.letter_id)


@press("checkin.stop")
async def stop(context: Context, pressed: Press) -> None:
    """End this check-in, and only this one."""
    asking = await views.check_in(context.person, pressed.about)
    if asking is None or not asking.running:
        raise Stale("check_in_closed")
    await checkins.stop(context.person, pressed.about, now=context.now)
    await context.say("checkin.stopped", about=pressed.about, replaces=pressed.letter_id)


@press("checkin.later")
async def later(context: Context, pressed: Press) -> None:
    """ "Not now": the thanks stay, the buttons go; an invitation waits for its time."""
    if pressed.kind == "checkin.done":
        await context.say("checkin.done", about=pressed.about, args={"quiet": True}, replaces=pressed.letter_id)
    else:
        await context.say("checkin.stopped", about=pressed.about, args={"why": "later"}, replaces=pressed.letter_id)


@press("checkin.share")
async def share(context: Context, pressed: Press) -> None:
    """Show this one's answers to the caseworker, or take that back."""
    await checkins.share(context.person, pressed.about, on=pressed.option == "on", now=context.now)
    await context.say("checkin.done", about=pressed.about, replaces=pressed.letter_id)


@press("checkin.curve")
async def curve(context: Context, pressed: Press) -> None:
    """My own curve, mine to see."""
    await context.say("checkin.curve" if context.person.confirmed else "not_confirmed")


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


async def _go_on(context: Context, step: Step, replaces: int | None) -> None:
    if step.item is not None:
        await _ask(context, step.check_in_id, replaces=replaces)
        return
    kind = "checkin.low" if step.low else "checkin.done"
    # Said once: the last answer pressed twice ends it once.
    await context.say(kind, about=step.check_in_id, replaces=replaces, key=f"checkin.end:{step.check_in_id}")


async def _ask(context: Context, check_in_id: str, *, replaces: int | None) -> None:
    letter_id = await context.say("checkin.question", about=check_in_id, replaces=replaces)
    await checkins.screen_shown(context.person, check_in_id, letter_id)


def _code(chosen: Instrument, item: str, code: str) -> Code:
    """A code as the instrument stores it, from a button's option."""
    for known in chosen.items:
        if known.key == item:
            for option in known.options:
                if str(option.code) == code:
                    return option.code
    return SKIP if code == SKIP else ""


# --- screens --------------------------------------------------------------------------------------------------------


@screen("checkin.choose")
async def choose_screen(taken: Taken, now: datetime) -> Screen | None:
    """What may be begun today, and when the rest comes round."""
    language = taken.language
    found = await views.may_begin(whose(taken), now=now)
    open_now = [one for one in found if one.again is None]
    buttons = [[Button(_label(one.instrument, one.running, language), "checkin.begin", one.instrument.key)]
               for one in open_now]  # fmt: skip
    told = text("chat.checkin.choose" if open_now else "chat.checkin.nothing", language)
    closed = [
        text(
            "chat.checkin.again", language, title=one.instrument.title[language].rstrip("?"),
            day=some_day(one.again, now, language),
        )
        for one in found
        if one.again is not None
    ]  # fmt: skip
    return Screen(paragraphs(told, lines(*closed)), rows(*buttons, [home_button(language)]))


def _label(chosen: Instrument, running: bool, language: str) -> str:
    title = chosen.title[language]
    return text("chat.checkin.button.go_on", language, title=title) if running else title


@screen("checkin.invite")
async def invite(taken: Taken, now: datetime) -> Screen | None:
    """Would you answer? Who sees it stands first."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or asking.state not in {"due", "asked"} or asking.expires_at <= now:
        return None
    language = taken.language
    return Screen(
        paragraphs(
            await _who_sees(taken, asking.instrument, now),
            text("chat.checkin.invite", language, n=len(asking.instrument.items), seconds=asking.instrument.seconds),
        ),
        rows(
            [
                Button(text("chat.checkin.button.begin", language), "checkin.open"),
                Button(text("chat.button.not_now", language), "checkin.later"),
            ]
        ),
    )


@screen("checkin.reminder")
async def reminder(taken: Taken, now: datetime) -> Screen | None:
    """It can still be answered; nobody has to."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or not asking.running or asking.expires_at <= now:
        return None
    language = taken.language
    return Screen(
        text("chat.checkin.reminder", language, when=dates.when(asking.expires_at, now, language)),
        rows([Button(text("chat.checkin.button.begin", language), "checkin.open")]),
    )


@screen("pulse.invite")
async def pulse(taken: Taken, now: datetime) -> Screen | None:
    """One tap after an event."""
    return await question(taken, now)


@screen("checkin.question")
async def question(taken: Taken, now: datetime) -> Screen | None:
    """ "1 of 5": the question on the screen, its answers, back, skip, stop."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or not asking.running or asking.item is None:
        return None
    language, item = taken.language, asking.item
    place, of = rules.position(asking.instrument, item.key)
    asked = text("chat.checkin.place", language, place=place, of=of) if of > 1 else ""
    stem = asking.instrument.stem[language]
    said = f"{asked} · {item.text[language]}" if asked and not stem else item.text[language]
    above = f"{asked} · {stem}" if stem and asked else stem
    sees = await _who_sees(taken, asking.instrument, now) if place == 1 else ""
    away = text("chat.checkin.after_gap", language) if taken.args.get("after_gap") else ""
    # Before the safety words are confirmed the phone may be anybody's: it shows no answer given before.
    given = asking.answers.get(item.key) if taken.confirmed else None
    return Screen(
        paragraphs(away, sees, lines(above, said)), (*_options(item, given, language), *_ways(asking, language))
    )


@screen("checkin.done")
async def done(taken: Taken, now: datetime) -> Screen | None:
    """Thanks, and what the person may do with it: look at the curve, or show it."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or asking.state != "done":
        return None
    language = taken.language
    said = _thanks(asking, language)
    if taken.args.get("quiet"):
        return Screen(said, rows([home_button(language)]))
    near = await conversation.around(whose(taken), now=now)
    if asking.instrument.key == "who5" and taken.confirmed:
        return Screen(
            lines(said, text("chat.checkin.done.curve", language)),
            rows([
                Button(text("chat.checkin.button.curve", language), "checkin.curve"),
                Button(text("chat.button.not_now", language), "checkin.later"),
            ]),
        )  # fmt: skip
    if asking.instrument.audience is Audience.PERSON:
        return _sharing(asking, said, near.caseworker, language)
    return Screen(said, rows([home_button(language)]))


@screen("checkin.low")
async def low(taken: Taken, now: datetime) -> Screen | None:
    """Gently: it may be hard right now, who hears of it, by when, and where there is help before that."""
    language = taken.language
    if taken.discreet:
        return discreet.help_now(taken, now, before=text("chat.discreet.thanks", language))
    near = await conversation.around(whose(taken), now=now)
    raised = await conversation.raised(whose(taken), _WELLBEING)
    if raised is not None and raised.taken:
        happens = text("chat.checkin.low.taken", language, name=raised.owner)
    else:
        by = raised.deadline_at if raised else promises.alert_deadline(now, near.hours, "follow_up")
        name = raised.owner if raised else near.answers
        happens = text("chat.checkin.low.happens", language, name=name, when=dates.when(max(by, now), now, language))
    return Screen(
        lines(text("chat.checkin.low", language), happens, text("chat.checkin.low.before", language)),
        rows([write_button(language, near.caseworker), help_button(language)]),
    )


@screen("checkin.stopped")
async def stopped(taken: Taken, now: datetime) -> Screen | None:
    """Okay, not this one."""
    language = taken.language
    if taken.args.get("why") != "later":
        return Screen(text("chat.checkin.stopped", language), rows([home_button(language)]))
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or not asking.running:
        return None
    return Screen(
        text("chat.checkin.later", language, when=dates.when(asking.expires_at, now, language)),
        rows([Button(text("chat.checkin.button.begin", language), "checkin.open")]),
    )


@screen("checkin.curve")
async def curve_screen(taken: Taken, now: datetime) -> Screen | None:
    """The person's own values in words, newest last."""
    language = taken.language
    points = await views.curve(whose(taken))
    if not points:
        return Screen(text("chat.checkin.curve.none", language), rows([home_button(language)]))
    values = [
        text("chat.checkin.curve.line", language, day=some_day(point.day, now, language), value=point.value)
        for point in points
    ]
    return Screen(paragraphs(text("chat.checkin.curve", language), "\n".join(values)), rows([home_button(language)]))


async def _who_sees(taken: Taken, chosen: Instrument, now: datetime) -> str:
    near = await conversation.around(whose(taken), now=now)
    if chosen.audience is Audience.PERSON:
        return text("chat.checkin.sees.person", taken.language, name=near.caseworker)
    seen = text("chat.checkin.sees.caseworker", taken.language, name=near.caseworker)
    if chosen.key != "who5":
        return seen
    return lines(seen, text("chat.checkin.sees.low", taken.language, name=near.caseworker))


def _options(item: Item, given: Code | None, language: str) -> Rows:
    """The answers in the instrument's order. The one already given, after going back, carries a mark."""
    buttons = [
        Button(
            text("chat.mark.chosen", language, label=option.label[language])
            if option.code == given
            else option.label[language],
            "checkin.answer",
            f"{item.key}:{option.code}",
        )
        for option in item.options
    ]
    if all(len(button.label) <= _NARROW for button in buttons) and len(buttons) == 5:
        return (tuple(buttons),)
    return tuple((button,) for button in buttons)


def _ways(asking: Asking, language: str) -> Rows:
    item = asking.item
    if item is None:
        return ()
    first = rules.previous_item(asking.instrument, item.key) is None
    return rows(
        [
            None if first else Button(text("chat.button.back", language), "checkin.back", item.key),
            Button(text("chat.button.skip", language), "checkin.skip", item.key)
            if asking.instrument.may_skip
            else None,
            Button(text("chat.checkin.button.stop", language), "checkin.stop"),
        ]
    )


def _thanks(asking: Asking, language: str) -> str:
    if asking.opened_at is None or asking.closed_at is None:
        return text("chat.checkin.done", language)
    took = asking.closed_at - asking.opened_at
    seconds = round(took.total_seconds())
    if not timedelta(seconds=5) <= took <= _ONE_SITTING:
        return text("chat.checkin.done", language)
    if seconds < 90:
        return text("chat.checkin.done.seconds", language, n=seconds)
    return text("chat.checkin.done.minutes", language, n=round(seconds / 60))


def _sharing(asking: Asking, said: str, name: str, language: str) -> Screen:
    if asking.shared:
        return Screen(
            lines(said, text("chat.checkin.shared", language, name=name)),
            rows(
                [Button(text("chat.checkin.button.unshare", language), "checkin.share", "off"), home_button(language)]
            ),
        )
    label = text("chat.checkin.button.share", language, name=shorten(name))
    return Screen(
        lines(said, text("chat.checkin.unshared", language, name=name)),
        rows([Button(label, "checkin.share", "on")], [home_button(language)]),
    )
