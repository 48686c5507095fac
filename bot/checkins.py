"""Check-ins: one question at a time in one message, back, skip, stop, never again, typed answers, thanks."""

from __future__ import annotations

from datetime import datetime, timedelta

from telegram import Update

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
    mine = Button(text("chat.checkin.button.mine", language), "checkin.mine") if taken.confirmed else None
    return Screen(paragraphs(told, lines(*closed)), rows(*buttons, [mine], [home_button(language)]))


def _label(chosen: Instrument, running: bool, language: str) -> str:
    title = chosen.title[language]
    return text("chat.checkin.button.go_on", language, title=title) if running else title


@screen("checkin.invite")
async def invite(taken: Taken, now: datetime) -> Screen | None:
    """Would you answer? Who sees it stands first."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or asking.state not in {"due", "asked"} or asking.expires_at <= now:
        return None
    if await views.held_back(whose(taken), taken.about, now=now):
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
    if await views.held_back(whose(taken), taken.about, now=now):
        return None
    language = taken.language
    return Screen(
        text("chat.checkin.reminder", language, when=dates.when(asking.expires_at, now, language)),
        rows([Button(text("chat.checkin.button.begin", language), "checkin.open")]),
    )


@screen("pulse.invite")
async def pulse(taken: Taken, now: datetime) -> Screen | None:
    """One tap after an event."""
    return None if await views.held_back(whose(taken), taken.about, now=now) else await question(taken, now)


@screen("checkin.question")
async def question(taken: Taken, now: datetime) -> Screen | None:
    """ "1 of 5": the question on the screen, its answers, back, skip, stop."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or asking.item is None or not asking.open_at(now):
        return None
    language, item = taken.language, asking.item
    place, of = rules.position(asking.instrument, item.key, asking.without)
    asked = text("chat.checkin.place", language, place=place, of=of) if of > 1 else ""
    stem = asking.instrument.stem[language]
    said = f"{asked} · {item.text[language]}" if asked and not stem else item.text[language]
    above = f"{asked} · {stem}" if stem and asked else stem
    sees = await _who_sees(taken, asking.instrument, now) if place == 1 else ""
    away = text("chat.checkin.after_gap", language) if taken.args.get("after_gap") else ""
    # Before the safety words are confirmed the phone may be anybody's: it shows no answer given before.
    given = asking.answers.get(item.key) if taken.confirmed else None
    counted = _counted(taken, asking)
    event = text(f"chat.checkin.after.{asking.event}", language) if asking.event else ""
    left_out = _left_out(asking, language) if place == 1 else ""
    return Screen(
        paragraphs(away, counted, sees, left_out, lines(event, above, said)),
        (*_options(item, given, language), *_ways(taken, asking, language)),
    )


@screen("checkin.never")
async def never_screen(taken: Taken, now: datetime) -> Screen | None:
    """Only this question, or the whole of it, from now on; and what that means for the number."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or not asking.running or asking.expires_at <= now:
        return None
    language, chosen = taken.language, asking.instrument
    item = next((one for one in chosen.items if one.key == taken.args.get("item")), None)
    alone = item is None or len(rules.asked_items(chosen, asking.without)) == 1
    title = chosen.title[language].rstrip("?")
    quoted = "" if item is None or alone else text("chat.checkin.quote", language, words=item.text[language])
    number = item is not None and not alone and not rules.computable(chosen, {*asking.without, item.key})
    return Screen(
        paragraphs(
            lines(text("chat.checkin.never.all" if alone else "chat.checkin.never", language, title=title), quoted),
            lines(
                text("chat.checkin.never.no_number", language) if number else "",
                text("chat.checkin.never.undo", language),
            ),
        ),
        rows(
            [] if alone or item is None else [
                Button(text("chat.checkin.button.never_item", language), "checkin.never_yes", item.key)
            ],
            [Button(text("chat.checkin.button.never_all", language, title=title), "checkin.never_yes")],
            [Button(text("chat.button.back", language), "checkin.open")],
        ),
    )  # fmt: skip


@screen("checkin.never_done")
async def never_done(taken: Taken, now: datetime) -> Screen | None:
    """Okay, that is not asked again, and where to change it."""
    language = taken.language
    return Screen(
        text("chat.checkin.never.done", language),
        rows([Button(text("chat.rhythm.button", language), "rhythm"), home_button(language)]),
    )


@screen("checkin.closed")
async def closed(taken: Taken, now: datetime) -> Screen | None:
    """It closed while the person was away. What they had answered counts, is kept, or there was nothing."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None:
        return None
    language = taken.language
    kept = "counts" if await views.counts(whose(taken), taken.about) else "kept"
    return Screen(
        lines(
            text("chat.checkin.closed", language, when=dates.when(asking.expires_at, now, language)),
            text(f"chat.checkin.closed.{kept if asking.answers else 'nothing'}", language),
        ),
        rows([Button(text("chat.home.button.checkin", language), "checkin"), home_button(language)]),
    )


@screen("checkin.done")
async def done(taken: Taken, now: datetime) -> Screen | None:
    """Thanks, and what the person may do with it: look at the curve, show it, change it."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or asking.state != "done" or asking.correcting:
        return None
    language = taken.language
    thanks = _thanks(asking, language)
    if taken.args.get("quiet"):
        return Screen(thanks, rows([home_button(language)]))
    said = lines(_counted(taken, asking), thanks, _no_number(asking, language))
    near = await conversation.around(whose(taken), now=now)
    change = Button(text("chat.checkin.button.change", language), "checkin.change") if asking.expires_at > now else None
    if asking.instrument.key == "who5" and taken.confirmed:
        return Screen(
            lines(said, text("chat.checkin.done.curve", language)),
            rows([
                Button(text("chat.checkin.button.curve", language), "checkin.curve"),
                Button(text("chat.button.not_now", language), "checkin.later"),
            ], [change]),
        )  # fmt: skip
    if asking.instrument.audience is Audience.PERSON:
        return _sharing(taken, asking, said, near.caseworker, change)
    return Screen(said, rows([change], [home_button(language)]))


@screen("checkin.low")
async def low(taken: Taken, now: datetime) -> Screen | None:
    """Gently: it may be hard right now, who hears of it, by when, and where there is help before that."""
    language = taken.language
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
    asking = await views.check_in(whose(taken), taken.about)
    if taken.args.get("why") != "later":
        some = asking is not None and asking.answers and asking.expires_at > now
        drop = Button(text("chat.checkin.button.drop", language), "checkin.take_back") if some else None
        return Screen(text("chat.checkin.stopped", language), rows([drop], [home_button(language)]))
    if asking is None or not asking.running:
        return None
    return Screen(
        text("chat.checkin.later", language, when=dates.when(asking.expires_at, now, language)),
        rows([Button(text("chat.checkin.button.begin", language), "checkin.open")]),
    )


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


def _ways(taken: Taken, asking: Asking, language: str) -> Rows:
    item = asking.item
    if item is None:
        return ()
    asked = rules.asked_items(asking.instrument, asking.without)
    back = Button(text("chat.button.back", language), "checkin.back", item.key) if item != asked[0] else None
    skip = Button(text("chat.button.skip", language), "checkin.skip", item.key) if asking.instrument.may_skip else None
    if asking.correcting:
        return rows([back, skip, Button(text("chat.checkin.button.enough", language), "checkin.stop")])
    stop = Button(text("chat.checkin.button.stop", language), "checkin.stop") if len(asked) > 1 else None
    fix = taken.args.get("counted")
    return rows(
        [Button(text("chat.checkin.button.fix", language), "checkin.fix", str(fix))] if fix else [],
        [back, skip, stop],
        [Button(text("chat.checkin.button.never", language), "checkin.never", item.key)],
    )


def _counted(taken: Taken, asking: Asking) -> str:
    """Somebody was first, on another phone perhaps: which answer counts. Not shown where the phone may be anybody's."""
    item = str(taken.args.get("counted", ""))
    if item not in asking.answers:
        return ""
    if not taken.confirmed:
        return text("chat.checkin.counted.some", taken.language)
    answer = label_of(asking.instrument, item, asking.answers[item], taken.language)
    return text("chat.checkin.counted", taken.language, answer=answer)


def label_of(chosen: Instrument, item: str, code: Code, language: str) -> str:
    """An answer in words."""
    for option in chosen.item(item).options:
        if option.code == code:
            return option.label[language]
    return text("chat.checkin.skipped", language)


def _left_out(asking: Asking, language: str) -> str:
    """Some questions are not asked because the person said so; and whether a number can still come of it."""
    if not asking.without:
        return ""
    number = "" if rules.computable(asking.instrument, asking.without) else "chat.checkin.never.no_number_left"
    return lines(
        text("chat.checkin.left_out", language, n=len(asking.without)), text(number, language) if number else ""
    )


def _no_number(asking: Asking, language: str) -> str:
    """Honestly: without all answers there is no number."""
    if asking.scored or asking.instrument.key != "who5":
        return ""
    return text("chat.checkin.done.no_number", language)


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


def _sharing(taken: Taken, asking: Asking, said: str, name: str, change: Button | None) -> Screen:
    """The caseworker does not see it, or sees what was shown; both can be changed once the safety words are heard."""
    language = taken.language
    seen = text("chat.checkin.shared.some" if asking.shared else "chat.checkin.unshared", language, name=name)
    show = None
    if taken.confirmed and asking.shared:
        show = Button(text("chat.checkin.button.shown", language), "checkin.shown")
    elif taken.confirmed:
        show = Button(text("chat.checkin.button.share", language, name=shorten(name)), "checkin.share")
    return Screen(lines(said, seen), rows([show], [change], [home_button(language)]))
