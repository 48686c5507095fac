"""Feedback's loop in the chat: seen, answered, what came of it, "did you feel heard?"; "that did not help"."""

from __future__ import annotations

from datetime import datetime

from bot.context import Context
from bot.feedback import WORDS_HOURS, by_when, cry, reader_of
from bot.phrases import help_button, home_button, lines, paragraphs, rows, shorten, some_day, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, text
from models.actions import feedback, messages
from models.actions.letters import Taken
from models.domain import crisis
from models.domain import feedback as rules
from models.domain.feedback import Audience, State
from models.domain.localtime import local_date
from models.queries import conversation
from models.queries import conversation_feedback as views
from models.queries.conversation_feedback import Given

#: Screens that change into one another in place.
_LISTS = frozenset({"feedback.list", "feedback.one", "feedback.about"})


# --- what the person does -------------------------------------------------------------------------------------------


@press("feedback.list")
async def press_list(context: Context, pressed: Press) -> None:
    """What happened with what I said."""
    await context.say("feedback.list", replaces=pressed.letter_id if pressed.kind in _LISTS else None)


@press("feedback.one")
async def press_one(context: Context, pressed: Press) -> None:
    """One of them, step by step. The option is which."""
    await context.say(
        "feedback.one", about=pressed.option, replaces=pressed.letter_id if pressed.kind in _LISTS else None
    )


@press("feedback.change")
async def press_change(context: Context, pressed: Press) -> None:
    """Keep it from somebody after all, or take it back."""
    await context.say("feedback.change", about=pressed.about)


@press("feedback.narrow")
async def narrow(context: Context, pressed: Press) -> None:
    """Fewer may see it now. "Only as statistics" drops the words."""
    await feedback.narrow(context.person, pressed.about, Audience(pressed.option), now=context.now)
    await context.say("feedback.thanks", about=pressed.about, args={"why": "narrowed"}, replaces=pressed.letter_id)


@press("feedback.withdraw")
async def withdraw(context: Context, pressed: Press) -> None:
    """Take it back: the words are gone."""
    await feedback.withdraw(context.person, pressed.about, now=context.now)
    await context.say("feedback.thanks", about=pressed.about, args={"why": "withdrawn"}, replaces=pressed.letter_id)


@press("feedback.not_helped")
async def not_helped(context: Context, pressed: Press) -> None:
    """ "That did not help": somebody looks again, by a new time. What is missing may be said, or not."""
    await feedback.not_helped(context.person, pressed.about, now=context.now)
    await messages.ask(
        context.person, "feedback.missing", pressed.about, letter_id=None, now=context.now, hours=WORDS_HOURS
    )
    await feedback.receipted(context.person, pressed.about, await context.say("feedback.missing", about=pressed.about))


@press("feedback.heard")
async def heard(context: Context, pressed: Press) -> None:
    """ "Did you feel heard?", once."""
    if await feedback.heard(context.person, pressed.about, int(pressed.option), now=context.now):
        await context.say("feedback.thanks", about=pressed.about, args={"why": "heard"})


async def missing(context: Context, feedback_id: str, words: str) -> bool:
    """What is still missing, after an answer that did not help. False when somebody is looking at it already."""
    given = await views.feedback(context.person, feedback_id)
    if given is None or not await feedback.say_why(context.person, feedback_id, words, now=context.now):
        return False
    if crisis.check(words).found:
        await cry(context, given)
    await context.say("feedback.receipt", about=feedback_id)
    return True


# --- screens --------------------------------------------------------------------------------------------------------


@screen("feedback.seen")
async def seen(taken: Taken, now: datetime) -> Screen | None:
    """Read by whom, quietly, where the receipt stood; it goes on saying by when the answer comes."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or found.state is not State.SEEN:
        return None
    who = next((step.who for step in reversed(found.steps) if step.deed == "seen"), "")
    language = taken.language
    return Screen(
        lines(text("chat.feedback.seen", language, name=who or found.answered_by), by_when(found, now, language)),
        rows([home_button(language)]),
    )


@screen("feedback.change")
async def change(taken: Taken, now: datetime) -> Screen | None:
    """Fewer may see it, or nobody: as long as nobody has."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or found.audience is None:
        return None
    language = taken.language
    if not found.may_change:
        return Screen(text("chat.feedback.too_late", language), rows([home_button(language)]))
    near = await conversation.around(whose(taken), now=now)
    nobody = not await views.other_reader(whose(taken), now=now)
    fewer = [
        Button(
            text(f"chat.feedback.audience.button.{one.value}", language, name=shorten(near.caseworker)),
            "feedback.narrow", one.value,
        )
        for one in rules.narrower(found.audience)
        if not (nobody and one is Audience.SOMEONE_ELSE)
    ]  # fmt: skip
    return Screen(
        text("chat.feedback.change", language),
        rows(
            *([one] for one in fewer), [Button(text("chat.feedback.button.withdraw", language), "feedback.withdraw")],
            [home_button(language)],
        ),
    )  # fmt: skip


@screen("feedback.missing")
async def ask_missing(taken: Taken, now: datetime) -> Screen | None:
    """Somebody looks again, by a new time; what is missing may be said."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or found.state is not State.SAID:
        return None
    language = taken.language
    who = found.reader or (await conversation.around(whose(taken), now=now)).municipality
    return Screen(
        lines(
            text("chat.feedback.again", language, name=who), by_when(found, now, language),
            text("chat.feedback.missing", language),
        ),
        rows([home_button(language)]),
    )  # fmt: skip


@screen("feedback.late")
async def late(taken: Taken, now: datetime) -> Screen | None:
    """A promise broke: it is said, with who has it now and a new time. Where nobody may read it any more, that too."""
    found = await views.feedback(whose(taken), taken.about)
    if (
        found is None
        or found.promised_at is None
        or found.state in {None, State.DONE, State.EXPLAINED, State.WITHDRAWN}
    ):
        return None
    language = taken.language
    if not found.reader:
        change = Button(text("chat.feedback.button.change", language), "feedback.change")
        return Screen(
            text("chat.feedback.no_reader", language), rows([change], [help_button(language), home_button(language)])
        )
    said = "chat.feedback.late.closing" if found.state is State.ANSWERED else "chat.feedback.late"
    by = dates.when(max(found.promised_at, now), now, language)
    return Screen(
        lines(text(said, language), text("chat.feedback.late.now", language, name=found.reader, when=by)),
        rows([help_button(language), home_button(language)]),
    )


@screen("feedback.answer")
async def answer(taken: Taken, now: datetime) -> Screen | None:
    """What a human answered. What comes of it is said later, by then; or at once, with "did you feel heard?"."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or not found.answer:
        return None
    language = taken.language
    said = text("chat.feedback.answer", language, name=found.answered_by)
    if found.state is State.ANSWERED:
        by = dates.when(max(found.promised_at, now), now, language) if found.promised_at else ""
        closing = text("chat.feedback.answer.closing", language, name=found.answered_by, when=by) if by else ""
        return Screen(
            paragraphs(said, found.answer, closing),
            rows([_did_not_help(found, language)], [home_button(language)]),
            keep_links=True,
        )
    came = text(f"chat.feedback.closed.{found.state.value}", language) if found.closing and found.state else ""
    return await _ask_heard(taken, found, paragraphs(said, found.answer, came, found.closing), now)


@screen("feedback.closed")
async def closed(taken: Taken, now: datetime) -> Screen | None:
    """What came of it, done or explained, and "did you feel heard?"; the caseworker does not see that."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or found.state not in {State.DONE, State.EXPLAINED}:
        return None
    about = text(f"chat.feedback.about.{found.about.value}", taken.language)
    said = text("chat.feedback.closed", taken.language, about=about, day=_day(found.said_at, now, taken.language))
    came = text(f"chat.feedback.closed.{found.state.value}", taken.language)
    return await _ask_heard(taken, found, paragraphs(said, came, found.closing), now)


async def _ask_heard(taken: Taken, found: Given, said: str, now: datetime) -> Screen:
    language = taken.language
    helped = _did_not_help(found, language)
    if found.heard:
        return Screen(said, rows([helped]), keep_links=True)
    near = await conversation.around(whose(taken), now=now)
    return Screen(
        paragraphs(said, text("chat.feedback.heard", language, name=near.caseworker)),
        rows(
            [Button(text(f"chat.feedback.button.heard_{n}", language), "feedback.heard", str(n)) for n in range(1, 6)],
            [helped],
        ),
        keep_links=True,
    )


@screen("feedback.list")
async def list_all(taken: Taken, now: datetime) -> Screen | None:
    """What happened with what I said: one line each, with a date."""
    found = await views.all_feedback(whose(taken))
    language = taken.language
    if not found:
        return Screen(text("chat.feedback.list.empty", language), rows([home_button(language)]))
    said = [
        text(
            "chat.feedback.list.line", language, about=_about(one, language), day=_day(one.said_at, now, language),
            state=text(f"chat.feedback.state.{one.state.value}", language) if one.state else "",
        )
        for one in found
    ]  # fmt: skip
    looks = [
        Button(
            shorten(f"{_about(one, language)} · {_day(one.said_at, now, language)}", 40), "feedback.one",
            one.feedback_id,
        )
        for one in found
    ]  # fmt: skip
    return Screen(
        paragraphs(text("chat.feedback.list", language), lines(*said)),
        rows(*([look] for look in looks), [home_button(language)]),
    )


@screen("feedback.one")
async def one_of_them(taken: Taken, now: datetime) -> Screen | None:
    """One loop, step by step, each with its date and who took it."""
    found = await views.feedback(whose(taken), taken.about)
    if found is None or found.audience is None or found.said_at is None or found.state is None:
        return None
    language = taken.language
    near = await conversation.around(whose(taken), now=now)
    steps = [
        text(
            f"chat.feedback.step.{step.deed}" + (".by" if step.who else ""), language,
            day=_day(step.at, now, language), **({"name": step.who} if step.who else {}),
        )
        for step in found.steps
    ]  # fmt: skip
    answer = paragraphs(found.answer, found.closing) if found.answer else ""
    waits = by_when(found, now, language) if found.state in {State.SAID, State.SEEN} else ""
    change = Button(text("chat.feedback.button.change", language), "feedback.change")
    kept = found.audience is not Audience.STATISTICS
    reader = await reader_of(taken, found.audience, near.caseworker, now) if kept else text(
        "chat.feedback.reader.statistics", language
    )  # fmt: skip
    return Screen(
        paragraphs(_about(found, language), lines(*steps), answer, lines(waits, reader)),
        rows(
            [change if found.may_change else None, _did_not_help(found, language)],
            [Button(text("chat.feedback.button.all", language), "feedback.list"), home_button(language)],
        ),
        keep_links=True,
    )  # fmt: skip


def _did_not_help(found: Given, language: str) -> Button | None:
    return (
        Button(text("chat.feedback.button.not_helped", language), "feedback.not_helped") if found.may_reopen else None
    )


def _about(found: Given, language: str) -> str:
    return text(f"chat.feedback.subject.{found.about.value}", language)


def _day(at: datetime | None, now: datetime, language: str) -> str:
    return some_day(local_date(at or now), now, language)
