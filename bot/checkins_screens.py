"""Check-ins on the screen: invitations, the question with its answers and ways, thanks, and what is gently said."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot import discreet
from bot.phrases import (
    Rows,
    buttons,
    help_button,
    home_button,
    lines,
    paragraphs,
    rows,
    shorten,
    whose,
    write_button,
)
from bot.screens import Button, Screen, screen
from locales import checkin_screens, dates, text
from models.actions.letters import Taken
from models.domain import checkins as rules
from models.domain import promises
from models.domain.alerts import Reason
from models.domain.instruments import Audience, Code, Instrument
from models.queries import conversation
from models.queries import conversation_checkins as views
from models.queries.conversation_checkins import Asking

_WELLBEING = frozenset({Reason.LOW_WELLBEING.value, Reason.FALLING_WELLBEING.value})
#: An answer that took longer than this was not given in one sitting: then the time is nobody's business.
_ONE_SITTING = timedelta(minutes=10)


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
            checkin_screens.invitation(asking.instrument, language),
        ),
        buttons(checkin_screens.begin(language)),
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
    place, _ = rules.position(asking.instrument, item.key, asking.without)
    above, said = checkin_screens.question(asking.instrument, item, language, asking.without)
    sees = await _who_sees(taken, asking.instrument, now) if place == 1 else ""
    away = text("chat.checkin.after_gap", language) if taken.args.get("after_gap") else ""
    # Before the safety words are confirmed the phone may be anybody's: it shows no answer given before.
    given = asking.answers.get(item.key) if taken.confirmed else None
    counted = _counted(taken, asking)
    event = text(f"chat.checkin.after.{asking.event}", language) if asking.event else ""
    left_out = _left_out(asking, language) if place == 1 else ""
    return Screen(
        paragraphs(away, counted, sees, left_out, lines(event, above, said)),
        (*buttons(checkin_screens.answers(item, given, language)), *_ways(taken, asking, language)),
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
    without = "chat.checkin.never.gap" if chosen.key == "who5" else "chat.checkin.never.no_number"
    number = item is not None and not alone and not rules.computable(chosen, {*asking.without, item.key})
    return Screen(
        paragraphs(
            lines(text("chat.checkin.never.all" if alone else "chat.checkin.never", language, title=title), quoted),
            lines(
                text(without, language) if number else "",
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
    return checkin_screens.who_sees(chosen, near.caseworker, taken.language)


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
