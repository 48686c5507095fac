"""What the panel is told and says by itself: results before anybody else, proposals and votes, "you said – we did"."""

from __future__ import annotations

from datetime import datetime

from bot.context import Context
from bot.panels import _WORDS_HOURS, _for_a_human
from bot.phrases import Rows, home_button, lines, paragraphs, rows, shorten, some_day, ticked, whose
from bot.presses import Press, press
from bot.screens import Button, Screen, screen
from locales import dates, panel_screens, text
from models.actions import messages, panels
from models.actions.letters import Taken
from models.domain.errors import Stale
from models.domain.localtime import local_date
from models.domain.panels import Kind, Question
from models.domain.panels_results import UPPER, Outcome
from models.queries import conversation_panels as views
from models.queries.conversation_panels import Done, Told

_ON_A_BUTTON = 45
_LONGEST = 1000


# --- what the person does -------------------------------------------------------------------------------------------


@press("panel.results")
async def results(context: Context, pressed: Press) -> None:
    """Which result?"""
    await context.say("panel.results", replaces=pressed.letter_id)


@press("panel.result")
async def result(context: Context, pressed: Press) -> None:
    """One page of a result; the pages are turned in place."""
    sendout_id, _, page = pressed.option.partition(":")
    await context.say("panel.result", about=sendout_id, args={"page": int(page)}, replaces=pressed.letter_id)


@press("panel.propose")
async def propose(context: Context, pressed: Press) -> None:
    """What should the panel be asked? The next words are it."""
    found = await views.here(context.person)
    if found is None or not found.member:
        raise Stale("panel_closed")
    letter_id = await context.say("panel.propose", about=found.panel_id, replaces=pressed.letter_id)
    await messages.ask(
        context.person, "panel.propose", found.panel_id, letter_id=letter_id, now=context.now, hours=_WORDS_HOURS
    )


async def proposed(context: Context, panel_id: str, words: str) -> bool:
    """The words of a proposal. What nobody may wait for is none: it goes to a human who sees who wrote it."""
    found = await views.here(context.person)
    if found is None or not found.member or found.panel_id != panel_id or _for_a_human(words):
        return False
    await panels.propose(context.person, panel_id, words[:_LONGEST], now=context.now)
    await context.say("panel.proposed")
    return True


@press("panel.votes")
async def votes(context: Context, pressed: Press) -> None:
    """The vote that runs, or what came of the last."""
    await context.say("panel.votes", replaces=pressed.letter_id)


@press("panel.vote")
async def vote(context: Context, pressed: Press) -> None:
    """A yes, or take it back. What the button said is what happens, however often it is pressed."""
    ballot_id, _, on = pressed.option.partition(":")
    await panels.vote(context.person, ballot_id, on=on == "on", now=context.now)
    await context.say("panel.votes", replaces=pressed.letter_id)


@press("panel.dones")
async def dones(context: Context, pressed: Press) -> None:
    """ "You said – we did"."""
    await context.say("panel.dones", replaces=pressed.letter_id)


@press("panel.judge")
async def judge(context: Context, pressed: Press) -> None:
    """Is it true? The last word counts until the week is over."""
    done_id, _, word = pressed.option.partition(":")
    await panels.judge(context.person, done_id, true=word == "yes", now=context.now)
    await context.say("panel.dones", about=done_id, args={"why": "judged"}, replaces=pressed.letter_id)


# --- results --------------------------------------------------------------------------------------------------------


@screen("panel.results")
async def results_screen(taken: Taken, now: datetime) -> Screen | None:
    """Every result the members have, newest first."""
    language = taken.language
    found = await views.results(whose(taken))
    return Screen(
        text("chat.panel.results" if found else "chat.panel.results.none", language),
        rows(
            *([Button(one.survey.title[language], "panel.result", f"{one.sendout_id}:0")] for one in found),
            [_menu_button(language)],
        ),
    )


@screen("panel.result.new")
async def result_new(taken: Taken, now: datetime) -> Screen | None:
    """It is counted, and the members see it first."""
    found = await views.result(whose(taken), taken.about)
    if found is None:
        return None
    language = taken.language
    return Screen(
        lines(
            text("chat.panel.result.new", language, title=found.survey.title[language]), *_who_has(found, now, language)
        ),
        rows([Button(text("chat.panel.button.see", language), "panel.result", f"{found.sendout_id}:0")]),
    )


@screen("panel.result")
async def result_screen(taken: Taken, now: datetime) -> Screen | None:
    """One question's result a page, in words that can be read aloud; what is few is said to be."""
    found = await views.result(whose(taken), taken.about)
    if found is None:
        return None
    language, questions = taken.language, found.survey.questions
    page = min(max(int(taken.args.get("page", 0)), 0), len(questions) - 1)
    question = questions[page]
    head = _answered(found, language) if page == 0 else ""
    asked = text("chat.panel.place", language, place=page + 1, of=len(questions), question=question.text[language])
    told = _outcome(question, found.results.outcome(question.key), language)
    return Screen(paragraphs(head, asked, told), _pages(found, page, len(questions), language))


def _pages(found: Told, page: int, pages: int, language: str) -> Rows:
    before = Button(text("chat.panel.button.before", language), "panel.result", f"{found.sendout_id}:{page - 1}")
    after = Button(text("chat.panel.button.next", language), "panel.result", f"{found.sendout_id}:{page + 1}")
    return rows([before if page > 0 else None, after if page + 1 < pages else None], [_menu_button(language)])


def _answered(found: Told, language: str) -> str:
    told = found.results
    if told.answered is None:
        return text("chat.panel.result.few", language)
    percent = _percent(told.answered, told.invited)
    said = text("chat.panel.result.answered", language, n=told.answered, of=told.invited, percent=percent)
    return lines(panel_screens.asked(found.whom, language), said)


def _who_has(found: Told, now: datetime, language: str) -> list[str]:
    said = [_answered(found, language)]
    if found.desks_from > now:
        day = some_day(local_date(found.desks_from), now, language)
        said.append(text("chat.panel.result.first", language, day=day))
    return said


def _outcome(question: Question, told: Outcome, language: str) -> str:
    if told.how == "few":
        return text("chat.panel.result.withheld", language)
    base = text("chat.panel.result.base", language, n=told.base)
    if told.how == "words":
        return text("chat.panel.result.words", language, n=told.base)
    if told.how == "order":
        return paragraphs(text("chat.panel.result.order", language), _order(question, told, language), base)
    named = {UPPER: _upper(question, language)} if told.how == "two" else _names(question, language)
    return paragraphs(lines(*(_line(key, name, told, language) for key, name in named.items())), base)


def _line(key: str, name: str, told: Outcome, language: str) -> str:
    if key in told.bands:
        return text(f"chat.panel.result.{told.bands[key]}", language, label=name)
    number = told.counts[key]
    percent = _percent(number, told.base)
    return text("chat.panel.result.line", language, label=name, percent=percent, number=number)


def _names(question: Question, language: str) -> dict[str, str]:
    if question.kind is not Kind.SCALE:
        return {one.key: one.label[language] for one in question.choices}
    ends = question.ends
    names = {str(one): str(one) for one in range(question.low, question.high + 1)}
    if ends:
        for point, end in ((question.low, ends[0]), (question.high, ends[1])):
            names[str(point)] = text("chat.panel.result.point", language, point=point, end=end[language])
    return names


def _upper(question: Question, language: str) -> str:
    if question.kind is Kind.SINGLE:
        labels = [one.label[language] for one in question.choices if one.key in question.upper]
        return f" {text('chat.panel.or', language)} ".join(labels)
    return text("chat.panel.result.or_more", language, cut=question.cut)


def _order(question: Question, told: Outcome, language: str) -> str:
    said, place = [], 1
    for equals in told.order:
        for key in equals:
            choice = question.choice(key)
            if choice is not None:
                said.append(text("chat.panel.ranked", language, place=place, label=choice.label[language]))
        place += len(equals)
    return "\n".join(said)


def _percent(number: int, base: int) -> int:
    return round(100 * number / base) if base else 0


# --- proposals and votes --------------------------------------------------------------------------------------------


@screen("panel.propose")
async def propose_screen(taken: Taken, now: datetime) -> Screen | None:
    """What should the panel be asked? Who sees the words stands here too."""
    language = taken.language
    found = await views.here(whose(taken))
    reader = text("chat.panel.how.text", language, host=found.host) if found and found.host else ""
    return Screen(
        lines(text("chat.panel.propose", language), reader or text("chat.panel.how.words", language)),
        rows([_menu_button(language)]),
    )


@screen("panel.proposed")
async def proposed_screen(taken: Taken, now: datetime) -> Screen | None:
    """Thank you, and what happens with it."""
    return Screen(
        text("chat.panel.proposed", taken.language), rows([_menu_button(taken.language), home_button(taken.language)])
    )


@screen("panel.votes")
async def votes_screen(taken: Taken, now: datetime) -> Screen | None:
    """The proposals with a tick each; when it is over, in the order of the votes."""
    language = taken.language
    found = await views.here(whose(taken))
    vote_ = await views.latest_vote(whose(taken), found.panel_id, now=now) if found else None
    if vote_ is None:
        return Screen(text("chat.panel.votes.none", language), rows([_menu_button(language)]))
    listed = lines(
        *(
            text("chat.panel.ranked", language, place=number, label=one.wording[language])
            for number, one in enumerate(vote_.proposals, start=1)
        )
    )
    if not vote_.open:
        counted = vote_.closes_at <= now and not vote_.few
        said = text("chat.panel.votes.order" if counted else "chat.panel.votes.few", language)
        return Screen(paragraphs(said, listed if counted else ""), rows([_menu_button(language)]))
    boxes = [
        [
            Button(
                ticked(language, shorten(one.wording[language], _ON_A_BUTTON), one.mine),
                "panel.vote",
                f"{one.ballot_id}:{'off' if one.mine else 'on'}",
            )
        ]
        for one in vote_.proposals
    ]
    whole = any(len(one.wording[language]) > _ON_A_BUTTON for one in vote_.proposals)
    return Screen(
        paragraphs(
            text("chat.panel.votes", language, when=dates.when(vote_.closes_at, now, language)), listed if whole else ""
        ),
        rows(*boxes, [_menu_button(language)]),
    )


# --- you said, we did -----------------------------------------------------------------------------------------------


@screen("panel.done.new")
async def done_new(taken: Taken, now: datetime) -> Screen | None:
    """What was done about what the panel said. Is it true?"""
    found = next((one for one in await views.dones(whose(taken), now=now) if one.done_id == taken.about), None)
    if found is None:
        return None
    return Screen(
        paragraphs(_entry(found, taken.language), _is_it_true(found, now, taken.language)),
        rows(_judge_buttons(found, taken.language)),
    )


@screen("panel.dones")
async def dones_screen(taken: Taken, now: datetime) -> Screen | None:
    """Every entry; one that is being judged comes first, with its question."""
    language = taken.language
    found = await views.dones(whose(taken), now=now)
    judging = next((one for one in found if one.judging and (one.done_id == taken.about or not taken.about)), None)
    others = [one for one in found if one is not judging and not one.judging]
    thanks = text("chat.panel.dones.thanks", language) if taken.args.get("why") == "judged" else ""
    said = [_entry(judging, language), thanks or _is_it_true(judging, now, language)] if judging else []
    said += [_entry(one, language) for one in others]
    return Screen(
        paragraphs(*said) or text("chat.panel.dones.none", language),
        rows(_judge_buttons(judging, language) if judging else [], [_menu_button(language)]),
    )


def _entry(found: Done, language: str) -> str:
    return lines(
        text("chat.panel.dones.said", language, words=found.said[language]),
        text("chat.panel.dones.did", language, words=found.did[language]),
    )


def _is_it_true(found: Done, now: datetime, language: str) -> str:
    if not found.judging:
        return ""
    return text("chat.panel.dones.true", language, when=dates.when(found.judged_by, now, language))


def _judge_buttons(found: Done, language: str) -> list[Button]:
    if not found.judging:
        return []
    return [
        Button(
            text("chat.mark.chosen", language, label=label) if found.mine == word else label,
            "panel.judge",
            f"{found.done_id}:{word}",
        )
        for word, label in (
            ("yes", text("chat.panel.button.true", language)), ("no", text("chat.panel.button.not_true", language)),
        )
    ]  # fmt: skip


def _menu_button(language: str) -> Button:
    return Button(text("chat.panel.button.menu", language), "panel")
