"""My check-ins: what I may begin, my curve, what I answered, corrected or taken back, shown to the caseworker."""

from __future__ import annotations

from datetime import datetime

from telegram import Update

from bot import curve
from bot.checkins_screens import label_of
from bot.context import Context
from bot.phrases import help_button, home_button, lines, paragraphs, rows, shorten, some_day, whose
from bot.presses import Press, press
from bot.screens import Button, Photo, Screen, screen
from locales import dates, text
from models.actions import checkins, messages
from models.actions.letters import Taken
from models.domain.instruments import SKIP, Audience, Instrument
from models.domain.localtime import local_date
from models.domain.scoring import REAL_CHANGE
from models.queries import conversation
from models.queries import conversation_checkins as views
from models.queries.conversation_checkins import Asking, Point

_IN_WORDS = 6
_ALL = "all"


# --- what the person does -------------------------------------------------------------------------------------------


async def choose(update: Update, context: Context) -> None:
    """How is it going? From a command."""
    await messages.drop_question(context.person)
    await context.say("checkin.choose")


@press("checkin")
async def press_choose(context: Context, pressed: Press) -> None:
    """How is it going? From a button."""
    await context.say("checkin.choose")


@press("checkin.curve")
async def press_curve(context: Context, pressed: Press) -> None:
    """My own curve, mine to see."""
    await _personal(context, "checkin.curve")


@press("checkin.mine")
async def press_mine(context: Context, pressed: Press) -> None:
    """What I have answered."""
    inside = pressed.kind in {"checkin.choose", "checkin.one"}
    await _personal(context, "checkin.mine", replaces=pressed.letter_id if inside else None)


@press("checkin.one")
async def press_one(context: Context, pressed: Press) -> None:
    """One check-in with its answers."""
    await _personal(context, "checkin.one", about=pressed.option or pressed.about, replaces=pressed.letter_id)


@press("checkin.change")
async def press_change(context: Context, pressed: Press) -> None:
    """Correct, or take back?"""
    await context.say("checkin.change", about=pressed.about, replaces=pressed.letter_id)


@press("checkin.take_back")
async def press_take_back(context: Context, pressed: Press) -> None:
    """Delete my answers: asked once more, then done."""
    if pressed.option != "sure":
        await context.say("checkin.change", about=pressed.about, args={"sure": True}, replaces=pressed.letter_id)
        return
    await checkins.take_back(context.person, pressed.about, now=context.now)
    await context.say("checkin.taken_back", about=pressed.about, replaces=pressed.letter_id)


@press("checkin.share")
async def press_share(context: Context, pressed: Press) -> None:
    """Which answer? With only one there is nothing to choose."""
    asking = await views.check_in(context.person, pressed.about)
    if asking is not None and len(asking.instrument.items) == 1:
        args = {"item": asking.instrument.items[0].key}
        await _personal(context, "checkin.preview", about=pressed.about, args=args, replaces=pressed.letter_id)
        return
    await _personal(context, "checkin.share", about=pressed.about, replaces=pressed.letter_id)


@press("checkin.preview")
async def press_preview(context: Context, pressed: Press) -> None:
    """Exactly what the caseworker would see."""
    args = {"item": pressed.option}
    await _personal(context, "checkin.preview", about=pressed.about, args=args, replaces=pressed.letter_id)


@press("checkin.share_yes")
async def press_share_yes(context: Context, pressed: Press) -> None:
    """Show it."""
    item = "" if pressed.option == _ALL else pressed.option
    await checkins.share(context.person, pressed.about, item, now=context.now)
    await _personal(context, "checkin.shown", about=pressed.about, replaces=pressed.letter_id)


@press("checkin.shown")
async def press_shown(context: Context, pressed: Press) -> None:
    """What the caseworker sees now."""
    await _personal(context, "checkin.shown", about=pressed.about, replaces=pressed.letter_id)


@press("checkin.unshare")
async def press_unshare(context: Context, pressed: Press) -> None:
    """Take it back; the person is told who saw it meanwhile."""
    await checkins.unshare(context.person, pressed.about, pressed.option, now=context.now)
    await _personal(context, "checkin.unshared", about=pressed.about, replaces=pressed.letter_id)


async def _personal(
    context: Context,
    kind: str,
    *,
    about: str = "",
    args: dict[str, str] | None = None,
    replaces: int | None = None,
) -> None:
    """A screen that shows answers; until the safety words are heard the phone may be anybody's."""
    if not context.person.confirmed:
        await context.say("not_confirmed")
        return
    await context.say(kind, about=about, args=dict(args or {}), replaces=replaces)


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


@screen("checkin.curve")
async def curve_screen(taken: Taken, now: datetime) -> Screen | None:
    """The person's own values as a picture, and the same in words."""
    language = taken.language
    points = await views.curve(whose(taken))
    if all(point.value is None for point in points):
        return Screen(text("chat.checkin.curve.none", language), rows([home_button(language)]))
    return Screen(
        caption(points, now, language),
        rows([home_button(language)]),
        photo=Photo(await curve.picture(points, language), text("chat.checkin.curve.file", language)),
    )


def caption(points: list[Point], now: datetime, language: str) -> str:
    """What the picture shows: the first value, the latest, what changed in plain words, and the last values."""
    values = [(point.day, point.value) for point in points if point.value is not None]
    (first_day, first), (_, latest) = values[0], values[-1]
    told = [
        text("chat.checkin.curve.line", language, day=some_day(day, now, language), value=value)
        for day, value in values[-_IN_WORDS:]
    ]
    compared = ""
    if len(values) > 1:
        change = latest - first
        way = "same" if abs(change) < REAL_CHANGE else "higher" if change > 0 else "lower"
        compared = text(
            f"chat.checkin.curve.{way}", language, n=abs(change), day=some_day(first_day, now, language), value=first
        )
    gaps = text("chat.checkin.curve.gap", language) if any(point.value is None for point in points) else ""
    return paragraphs(text("chat.checkin.curve", language), lines(compared, gaps), "\n".join(told))


@screen("checkin.mine")
async def mine_screen(taken: Taken, now: datetime) -> Screen | None:
    """The latest check-ins, each a button; those of which something is shown carry a mark."""
    language = taken.language
    found = await views.given(whose(taken))
    buttons = []
    for one in found:
        label = text(
            "chat.checkin.button.given", language, title=one.instrument.title[language].rstrip("?"),
            day=some_day(one.day, now, language),
        )  # fmt: skip
        shown = text("chat.checkin.button.given_shown", language, label=label) if one.shared else label
        buttons.append([Button(shown, "checkin.one", one.check_in_id)])
    return Screen(
        text("chat.checkin.mine" if found else "chat.checkin.mine.none", language),
        rows(*buttons, [Button(text("chat.button.back", language), "checkin")]),
    )


@screen("checkin.one")
async def one_screen(taken: Taken, now: datetime) -> Screen | None:
    """One check-in: what was answered, who sees it, and what can be done with it."""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or asking.state != "done":
        return None
    language, chosen = taken.language, asking.instrument
    near = await conversation.around(whose(taken), now=now)
    own = chosen.audience is Audience.PERSON
    if not own:
        seen = text("chat.checkin.sees.caseworker", language, name=near.caseworker)
    else:
        seen = text("chat.checkin.shared.some" if asking.shared else "chat.checkin.unshared", language,
                    name=near.caseworker)  # fmt: skip
    share = Button(text("chat.checkin.button.share", language, name=shorten(near.caseworker)), "checkin.share")
    shown = Button(text("chat.checkin.button.shown", language), "checkin.shown")
    return Screen(
        paragraphs(
            lines(_title(asking, now, language), seen),
            lines(*(_answered(asking, item.key, language) for item in chosen.items if item.key in asking.answers)),
        ),
        rows(
            [(shown if asking.shared else share) if own else None],
            [Button(text("chat.checkin.button.curve", language), "checkin.curve") if chosen.key == "who5" else None],
            [
                Button(text("chat.checkin.button.change", language), "checkin.change")
                if asking.expires_at > now
                else None
            ],
            [Button(text("chat.button.back", language), "checkin.mine"), home_button(language)],
        ),
    )


@screen("checkin.change")
async def change_screen(taken: Taken, now: datetime) -> Screen | None:
    """Until when it can be corrected or taken back; then: really?"""
    asking = await views.check_in(whose(taken), taken.about)
    if asking is None or asking.state not in {"done", "stopped"}:
        return None
    language = taken.language
    if asking.expires_at <= now:
        return Screen(text("chat.checkin.change.closed", language), rows([home_button(language)]))
    if taken.args.get("sure") or asking.state == "stopped":
        return Screen(
            text("chat.checkin.change.sure", language),
            rows(
                [Button(text("chat.checkin.button.take_back_sure", language), "checkin.take_back", "sure")],
                [Button(text("chat.button.no", language), "home")],
            ),
        )
    return Screen(
        text("chat.checkin.change", language, when=dates.when(asking.expires_at, now, language)),
        rows(
            [Button(text("chat.checkin.button.correct", language), "checkin.fix")],
            [Button(text("chat.checkin.button.take_back", language), "checkin.take_back")],
            [home_button(language)],
        ),
    )


@screen("checkin.taken_back")
async def taken_back(taken: Taken, now: datetime) -> Screen | None:
    """Gone, also from every figure to come; what a human was told stays with the human."""
    language = taken.language
    told = ""
    if await views.alerted(whose(taken), taken.about):
        near = await conversation.around(whose(taken), now=now)
        told = text("chat.checkin.taken_back.alert", language, name=near.answers)
    return Screen(
        lines(text("chat.checkin.taken_back", language), told),
        rows([help_button(language) if told else None, home_button(language)]),
    )


@screen("checkin.share")
async def share_screen(taken: Taken, now: datetime) -> Screen | None:
    """Which answer should the caseworker see?"""
    asking = await _done(taken)
    if asking is None:
        return None
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    numbered = [(n, item.key) for n, item in enumerate(asking.instrument.items, start=1) if item.key in asking.answers]
    pick = [
        Button(str(n), "checkin.preview", key) for n, key in numbered if asking.answers[key] != SKIP
    ]  # fmt: skip
    return Screen(
        paragraphs(
            text("chat.checkin.share", language, name=near.caseworker),
            lines(*(f"{n}. {_answered(asking, key, language)}" for n, key in numbered)),
        ),
        rows(
            pick,
            [Button(text("chat.checkin.button.share_all", language), "checkin.preview", _ALL)],
            [Button(text("chat.button.back", language), "checkin.one")],
        ),
    )


@screen("checkin.preview")
async def preview(taken: Taken, now: datetime) -> Screen | None:
    """Exactly what the caseworker will see, before anything is shown."""
    asking = await _done(taken)
    if asking is None:
        return None
    language, item = taken.language, str(taken.args.get("item", ""))
    near = await conversation.around(whose(taken), now=now)
    keys = [one.key for one in asking.instrument.items if one.key in asking.answers and item in {_ALL, one.key}]
    return Screen(
        paragraphs(
            text("chat.checkin.preview", language, name=near.caseworker),
            lines(_title(asking, now, language), *(_answered(asking, key, language) for key in keys)),
            text("chat.checkin.preview.undo", language, name=near.caseworker),
        ),
        rows(
            [
                Button(text("chat.checkin.button.share_yes", language), "checkin.share_yes", item),
                Button(text("chat.button.no", language), "checkin.one"),
            ]
        ),
    )


@screen("checkin.shown")
async def shown_screen(taken: Taken, now: datetime) -> Screen | None:
    """What the caseworker sees now, and the way back."""
    asking = await _done(taken)
    if asking is None:
        return None
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    if not asking.shared:
        return Screen(
            text("chat.checkin.unshared", language, name=near.caseworker), rows([home_button(language)])
        )  # fmt: skip
    keys = [one.key for one in asking.instrument.items if one.key in asking.shared]
    more = any(key not in asking.shared for key in asking.answers)
    return Screen(
        paragraphs(
            text("chat.checkin.shared", language, name=near.caseworker),
            lines(_title(asking, now, language), *(_answered(asking, key, language) for key in keys)),
        ),
        rows(
            [Button(text("chat.checkin.button.unshare", language), "checkin.unshare")],
            [Button(text("chat.checkin.button.share_more", language), "checkin.share") if more else None],
            [home_button(language)],
        ),
    )


@screen("checkin.unshared")
async def unshared(taken: Taken, now: datetime) -> Screen | None:
    """Gone from the desk; who saw it while it was there."""
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    saw = await views.saw_shared(whose(taken), taken.about)
    who = text("chat.checkin.unshared.seen", language, names=_and(saw, language)) if saw else text(
        "chat.checkin.unshared.unseen", language
    )  # fmt: skip
    return Screen(
        lines(text("chat.checkin.unshared.done", language, name=near.caseworker), who), rows([home_button(language)])
    )


async def _done(taken: Taken) -> Asking | None:
    asking = await views.check_in(whose(taken), taken.about)
    return asking if asking is not None and asking.state == "done" else None


def _title(asking: Asking, now: datetime, language: str) -> str:
    day = local_date(asking.closed_at or asking.due_at)
    event = text(f"chat.checkin.after.{asking.event}", language) if asking.event else ""
    title = asking.instrument.title[language].rstrip("?")
    return lines(
        text("chat.checkin.button.given", language, title=title, day=some_day(day, now, language)), event
    )  # fmt: skip


def _answered(asking: Asking, item: str, language: str) -> str:
    asked = asking.instrument.item(item).text[language]
    answer = label_of(asking.instrument, item, asking.answers[item], language)
    return text("chat.checkin.answered", language, words=asked, answer=answer)


def _and(names: list[str], language: str) -> str:
    if len(names) == 1:
        return names[0]
    return text("chat.checkin.and", language, names=", ".join(names[:-1]), last=names[-1])
