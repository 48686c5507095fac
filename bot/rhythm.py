"""My rhythm: how often, which day and hour, quiet hours, reminders, what the bot is not to ask. Buttons or words."""

from __future__ import annotations

from datetime import datetime, time

from bot.context import Context
from bot.phrases import Rows, lines, paragraphs, rows, shorten, some_day, ticked, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import checkins, messages
from models.actions.letters import Taken
from models.domain.localtime import instant, local_date
from models.domain.rhythm import WEEKLY_CAP, WEEKS, in_quiet_hours
from models.domain.rhythm_words import read_rhythm
from models.queries import conversation
from models.queries import conversation_checkins as views
from models.queries.conversation_checkins import MyRhythm

_PARTS = frozenset({"weeks", "day", "hour", "quiet", "not_asked"})
_HOURS = range(7, 23)
_BEGINS = (20, 21, 22, 23)
_ENDS = (7, 8, 9, 10)
_PER_ROW = 3


# --- what the person does -------------------------------------------------------------------------------------------


@press("rhythm")
async def show(context: Context, pressed: Press) -> None:
    """My rhythm; inside the settings in place. What is typed next may be a rhythm."""
    inside = pressed.kind.startswith("settings")
    await _show(context, pressed.letter_id if inside else None)


@press("rhythm.part")
async def part(context: Context, pressed: Press) -> None:
    """One part of it to choose."""
    if pressed.option in _PARTS:
        await context.say("settings.rhythm_part", args={"part": pressed.option}, replaces=pressed.letter_id)


@press("rhythm.weeks")
async def weeks(context: Context, pressed: Press) -> None:
    """Every 2, 4 or 8 weeks."""
    await checkins.choose_rhythm(context.person, weeks=int(pressed.option), now=context.now)
    await _show(context, pressed.letter_id)


@press("rhythm.day")
async def day(context: Context, pressed: Press) -> None:
    """The weekday."""
    await checkins.choose_rhythm(context.person, weekday=int(pressed.option), now=context.now)
    await _show(context, pressed.letter_id)


@press("rhythm.hour")
async def hour(context: Context, pressed: Press) -> None:
    """The hour."""
    await checkins.choose_rhythm(context.person, hour=int(pressed.option), now=context.now)
    await _show(context, pressed.letter_id)


@press("rhythm.quiet")
async def quiet(context: Context, pressed: Press) -> None:
    """Quiet hours, one end at a time."""
    start, _, end = pressed.option.partition(":")
    await checkins.choose_quiet(context.person, int(start), int(end), now=context.now)
    await context.say("settings.rhythm_part", args={"part": "quiet"}, replaces=pressed.letter_id)


@press("rhythm.reminders")
async def reminders(context: Context, pressed: Press) -> None:
    """Reminders on or off."""
    await checkins.choose_reminders(context.person, on=pressed.option == "on", now=context.now)
    await _show(context, pressed.letter_id)


@press("rhythm.ask_again")
async def ask_again(context: Context, pressed: Press) -> None:
    """It may be asked again."""
    key, _, item = pressed.option.partition(":")
    await checkins.ask_again(context.person, key, item, now=context.now)
    await context.say("settings.rhythm_part", args={"part": "not_asked"}, replaces=pressed.letter_id)


async def worded(context: Context, words: str) -> bool:
    """A rhythm typed while My rhythm is on the screen; anything else is for a human."""
    wished = read_rhythm(words)
    if wished is None:
        return False
    await checkins.choose_rhythm(
        context.person, weeks=wished.weeks, weekday=wished.weekday, hour=wished.hour, now=context.now
    )
    await _show(context, None)
    return True


async def _show(context: Context, replaces: int | None) -> None:
    letter_id = await context.say("settings.rhythm", replaces=replaces)
    await messages.ask(context.person, "rhythm", "", letter_id=letter_id, now=context.now)


# --- screens --------------------------------------------------------------------------------------------------------


@screen("settings.rhythm")
async def rhythm(taken: Taken, now: datetime) -> Screen | None:
    """When the bot asks, the next date in words, and everything that can be changed."""
    language = taken.language
    mine = await views.my_rhythm(whose(taken), now=now)
    resting = mine.stopped or mine.paused_until is not None
    chosen = mine.rhythm is not None and mine.consents
    return Screen(
        paragraphs(
            lines(*_told(mine, now, language)),
            lines(_quiet(mine, language), text("chat.rhythm.cap", language, n=WEEKLY_CAP)),
            text("chat.rhythm.typed", language) if chosen else "",
        ),
        rows(
            [
                Button(text(f"chat.rhythm.button.{name}", language), "rhythm.part", name)
                for name in ("weeks", "day", "hour")
                if chosen
            ],
            [
                Button(text("chat.rhythm.button.quiet", language), "rhythm.part", "quiet"),
                Button(text("chat.settings.button.go_on", language), "settings.go_on")
                if resting
                else Button(text("chat.settings.button.pause", language), "settings.pause"),
            ],
            [
                Button(
                    ticked(language, text("chat.rhythm.button.reminders", language), mine.reminders),
                    "rhythm.reminders",
                    "off" if mine.reminders else "on",
                )
            ],
            [
                Button(
                    text("chat.rhythm.button.not_asked", language, n=len(mine.not_asked)), "rhythm.part", "not_asked"
                )
                if mine.not_asked
                else None
            ],
            [Button(text("chat.button.back", language), "settings")],
        ),
    )


def _told(mine: MyRhythm, now: datetime, language: str) -> list[str]:
    """The rhythm and when it comes round next, honestly also where nothing comes."""
    beat = mine.rhythm
    if beat is None or not mine.consents:
        return [text("chat.rhythm.no_consent", language)]
    told = [
        text(
            "chat.rhythm", language, weeks=text(f"chat.rhythm.weeks.{beat.weeks}", language),
            day=dates.weekday(beat.weekday, language), hour=_clock(beat.at.hour, now, language),
        )
    ]  # fmt: skip
    if mine.paused_until is not None:
        told.append(text("chat.rhythm.paused", language, day=some_day(local_date(mine.paused_until), now, language)))
    if mine.upcoming is None:
        return [*told, text("chat.rhythm.nothing", language)]
    told.append(text("chat.rhythm.next", language, when=dates.when(mine.upcoming, now, language)))
    if in_quiet_hours(mine.upcoming, *_times(mine)):
        told.append(text("chat.rhythm.in_quiet", language, end=_clock(mine.quiet[1], now, language)))
    return told


def _quiet(mine: MyRhythm, language: str) -> str:
    start, end = mine.quiet
    if start == end:
        return text("chat.rhythm.quiet.none", language)
    return text("chat.rhythm.quiet", language, start=_hour(start, language), end=_hour(end, language))


@screen("settings.rhythm_part")
async def rhythm_part(taken: Taken, now: datetime) -> Screen | None:
    """One part to choose; what is chosen now carries a mark."""
    language, name = taken.language, str(taken.args.get("part", "quiet"))
    mine = await views.my_rhythm(whose(taken), now=now)
    back = Button(text("chat.button.back", language), "rhythm")
    if name == "quiet":
        near = await conversation.around(whose(taken), now=now)
        said = lines(text("chat.rhythm.ask_quiet", language, name=near.caseworker), _quiet(mine, language))
        return Screen(said, (*_quiet_choice(mine, language), (back,)))
    if name == "not_asked":
        none = "" if mine.not_asked else ".none"
        return Screen(text(f"chat.rhythm.not_asked{none}", language), (*_not_asked(mine, language), (back,)))
    if mine.rhythm is None:
        return None
    made = {"weeks": _weeks_choice, "day": _day_choice, "hour": _hour_choice}[name](mine, language)
    return Screen(text(f"chat.rhythm.ask_{name}", language), (*made, (back,)))


def _weeks_choice(mine: MyRhythm, language: str) -> Rows:
    chosen = mine.rhythm.weeks if mine.rhythm else 0
    return rows(
        *(
            [
                Button(
                    _marked(text("chat.rhythm.button.every", language, n=n), n == chosen, language), "rhythm.weeks",
                    str(n),
                )
            ]
            for n in WEEKS
        )
    )  # fmt: skip


def _day_choice(mine: MyRhythm, language: str) -> Rows:
    chosen = mine.rhythm.weekday if mine.rhythm else -1
    days = [dates.weekday(n, language).capitalize() for n in range(7)]
    return _in_rows(
        [Button(_marked(day, n == chosen, language), "rhythm.day", str(n)) for n, day in enumerate(days)], 2
    )


def _hour_choice(mine: MyRhythm, language: str) -> Rows:
    chosen = mine.rhythm.at.hour if mine.rhythm else -1
    loud = [n for n in _HOURS if not _is_quiet(n, mine)]
    return _in_rows(
        [Button(_marked(_hour(n, language), n == chosen, language), "rhythm.hour", str(n)) for n in loud], _PER_ROW
    )


def _quiet_choice(mine: MyRhythm, language: str) -> Rows:
    start, end = mine.quiet
    none = start == end
    begins = {f"{n}:{_end(mine)}": ("from", n, n == start and not none) for n in _BEGINS}
    ends = {f"{start if not none else _BEGINS[1]}:{n}": ("to", n, n == end and not none) for n in _ENDS}
    made = [
        Button(
            _marked(text(f"chat.rhythm.button.{which}", language, n=n), chosen, language), "rhythm.quiet", option
        )
        for option, (which, n, chosen) in [*begins.items(), *ends.items()]
    ]  # fmt: skip
    never = Button(_marked(text("chat.rhythm.button.no_quiet", language), none, language), "rhythm.quiet", "0:0")
    return (*_in_rows(made, 2), (never,))


def _end(mine: MyRhythm) -> int:
    """The end that goes with a new beginning: the one chosen, or nine o'clock where there was none."""
    return mine.quiet[1] if mine.quiet[0] != mine.quiet[1] else 9


def _not_asked(mine: MyRhythm, language: str) -> Rows:
    return rows(
        *(
            [
                Button(
                    shorten(item.text[language] if item else chosen.title[language], 48), "rhythm.ask_again",
                    f"{chosen.key}:{item.key if item else ''}",
                )
            ]
            for chosen, item in mine.not_asked
        )
    )  # fmt: skip


def _marked(label: str, chosen: bool, language: str) -> str:
    return text("chat.mark.chosen", language, label=label) if chosen else label


def _in_rows(made: list[Button], wide: int) -> Rows:
    return rows(*(made[at : at + wide] for at in range(0, len(made), wide)))


def _times(mine: MyRhythm) -> tuple[time, time]:
    return time(mine.quiet[0]), time(mine.quiet[1])


def _is_quiet(hour: int, mine: MyRhythm) -> bool:
    start, end = mine.quiet
    return start <= hour < end if start < end else start != end and (hour >= start or hour < end)


def _clock(hour: int, now: datetime, language: str) -> str:
    return dates.clock(instant(local_date(now), time(hour)), language)


def _hour(hour: int, language: str) -> str:
    return f"kl. {hour}" if language == "da" else f"{hour}:00"
