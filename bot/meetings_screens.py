"""What the person sees of meetings: told, moved, reminded of, prepared, agreed; rendered from rows when it is sent."""

from __future__ import annotations

from datetime import datetime

from bot.phrases import home_button, lines, paragraphs, rows, shorten, some_day, ticked, whose, write_button
from bot.screens import Button, File, Screen, screen
from locales import dates, has, text
from models.actions.letters import Taken
from models.domain import calendar_file
from models.domain.localtime import local_date
from models.domain.meetings import MeetingState, Verdict
from models.queries import conversation
from models.queries import conversation_meetings as views
from models.queries.conversation_meetings import Met

_LISTED = 6
_HISTORY = 12
_QUOTED = 140


@screen("meeting.told")
async def told(taken: Taken, now: datetime) -> Screen | None:
    """There is a meeting; it was moved, changed or cancelled. What is no longer so is not told any more."""
    found = await views.meeting(whose(taken), taken.about, now=now)
    if found is None or int(taken.args.get("sequence", -1)) != found.sequence:
        return None
    language, what = taken.language, str(taken.args.get("what"))
    said = text(
        f"chat.meeting.told.{what}", language, name=found.made_by, about=found.about,
        when=dates.when(found.starts_at, now, language),
    )  # fmt: skip
    if found.state is MeetingState.CANCELLED:
        near = await conversation.around(whose(taken), now=now)
        return Screen(
            said,
            rows(
                [Button(text("chat.meeting.button.uncalendar", language), "meeting.calendar")],
                [write_button(language, near.caseworker), home_button(language)],
            ),
        )
    if found.state is not MeetingState.PLANNED or found.starts_at <= now:
        return None
    return Screen(lines(said, *_place(found, now, language)), _ahead(found, language))


@screen("meeting.reminder")
async def reminder(taken: Taken, now: datetime) -> Screen | None:
    """The meeting is near."""
    found = await views.meeting(whose(taken), taken.about, now=now)
    if (
        found is None
        or found.state is not MeetingState.PLANNED
        or int(taken.args.get("sequence", -1)) != found.sequence
        or found.cannot
        or found.starts_at <= now
        or not await views.reminded(whose(taken))
    ):
        return None
    language = taken.language
    when = dates.when(found.starts_at, now, language)
    return Screen(
        lines(text("chat.meeting.reminder", language, when=when, about=found.about), *_place(found, now, language)[1:]),
        (
            *_ahead(found, language)[:2],
            *rows([Button(text("chat.meeting.button.reminders_off", language), "meeting.reminders", "off")]),
        ),
    )


@screen("meeting.list")
async def list_screen(taken: Taken, now: datetime) -> Screen | None:
    """What lies ahead, and what was."""
    language = taken.language
    found = await views.meetings(whose(taken), now=now)
    on = await views.reminded(whose(taken))
    near = await conversation.around(whose(taken), now=now)
    ahead = [one for one in found if one.state is MeetingState.PLANNED]
    said = [
        lines(
            _first_upper(dates.when(one.starts_at, now, language)),
            one.about,
            text("chat.meeting.short.cannot", language) if one.cannot else "",
        )
        for one in ahead[:_LISTED]
    ]
    return Screen(
        paragraphs(
            text("chat.meeting.list" if ahead else "chat.meeting.list.none", language, name=near.caseworker), *said
        ),
        rows(
            *(
                [
                    Button(
                        text(
                            "chat.meeting.button.one", language, day=some_day(local_date(one.starts_at), now, language),
                            about=shorten(one.about, 36),
                        ),
                        "meeting",
                        one.meeting_id,
                    )
                ]
                for one in found[:_LISTED]
            ),
            [
                Button(
                    ticked(language, text("chat.meeting.button.reminders", language), on),
                    "meeting.reminders",
                    "off" if on else "on",
                )
            ],
            [write_button(language, near.caseworker), home_button(language)],
        ),
    )  # fmt: skip


@screen("meeting.show")
async def show_screen(taken: Taken, now: datetime) -> Screen | None:
    """One meeting as it is now: when, where, what I want to talk about, what was agreed."""
    found = await views.meeting(whose(taken), taken.about, now=now)
    if found is None:
        return None
    language = taken.language
    news = next((arg for arg in ("changed", "over", "agreed_anew") if taken.args.get(arg)), "")
    past = await _history(taken, found, now) if taken.args.get("history") else ""
    topics = text("chat.meeting.topics", language, words=found.topics) if found.topics and not past else ""
    agreed = ""
    if found.agreed and not past:
        agreed = lines(text("chat.meeting.agreed.was", language, name=found.agreed_by), found.agreed)
    return Screen(
        paragraphs(
            text(f"chat.meeting.news.{news}", language) if news else "",
            lines(text("chat.meeting.about", language, about=found.about), *_place(found, now, language)),
            _state(found, now, language),
            topics,
            agreed,
            past,
        ),
        (
            *(_ahead(found, language) if _open(found, now) else ()),
            *_verdicts(found, language),
            *rows(
                [
                    None if past else Button(text("chat.offer.button.history", language), "meeting.history"),
                    Button(text("chat.meeting.button.list", language), "meeting.list"),
                ],
                [home_button(language)],
            ),
        ),
    )


@screen("meeting.said")
async def said_screen(taken: Taken, now: datetime) -> Screen | None:
    """What happens after what the person said."""
    language, why = taken.language, str(taken.args.get("why"))
    if why.startswith("reminders"):
        return Screen(text(f"chat.meeting.said.{why}", language), rows([home_button(language)]))
    found = await views.meeting(whose(taken), taken.about, now=now)
    if found is None:
        return None
    near = await conversation.around(whose(taken), now=now)
    see = Button(text("chat.meeting.button.see", language), "meeting", found.meeting_id)
    if why == "cannot":
        by = found.promised_at
        return Screen(
            lines(
                text("chat.meeting.said.cannot", language, name=near.caseworker),
                text("chat.message.by", language, when=dates.when(by, now, language)) if by and by > now else "",
                text("chat.meeting.why", language),
            ),
            rows(
                [Button(text("chat.meeting.button.time", language), "meeting.time")],
                [Button(text("chat.button.skip", language), "meeting.skip")],
            ),
        )
    return Screen(text(f"chat.meeting.said.{why}", language, name=near.caseworker), rows([see, home_button(language)]))


@screen("meeting.words")
async def words_screen(taken: Taken, now: datetime) -> Screen | None:
    """What is asked, and who gets it."""
    found = await views.meeting(whose(taken), taken.about, now=now)
    if found is None:
        return None
    language, why = taken.language, str(taken.args.get("why"))
    near = await conversation.around(whose(taken), now=now)
    written = text("chat.meeting.topics", language, words=found.topics) if why == "topics" and found.topics else ""
    return Screen(
        paragraphs(written, text(f"chat.meeting.words.{why}", language, name=near.caseworker)),
        rows([home_button(language)]),
    )


@screen("meeting.agreed")
async def agreed_screen(taken: Taken, now: datetime) -> Screen | None:
    """ "This is what we agreed. Right?" Only the newest wording is asked about."""
    found = await views.meeting(whose(taken), taken.about, now=now)
    if found is None or int(taken.args.get("version", 0)) != found.agreed_version:
        return None
    language = taken.language
    day = some_day(local_date(found.starts_at), now, language)
    return Screen(
        paragraphs(
            text("chat.meeting.agreed", language, name=found.agreed_by, day=day),
            found.agreed,
            text("chat.meeting.agreed.right", language),
        ),
        _verdicts(found, language),
    )


@screen("meeting.calendar")
async def calendar_screen(taken: Taken, now: datetime) -> Screen | None:
    """The file for the phone's calendar."""
    found = await views.meeting(whose(taken), taken.about, now=now)
    if found is None:
        return None
    language, full = taken.language, bool(taken.args.get("full"))
    cancelled = found.state is MeetingState.CANCELLED
    content = calendar_file.meeting(
        found.meeting_id,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        made_at=now,
        sequence=found.sequence,
        title=found.about if full else text("chat.meeting.calendar.title", language),
        place=found.where if full else "",
        about=found.with_whom if full else "",
        cancelled=cancelled,
    )
    key = "cancelled" if cancelled else "full" if full else "discreet"
    more = Button(text("chat.meeting.button.calendar_full", language), "meeting.calendar", "full")
    return Screen(
        text(f"chat.meeting.calendar.{key}", language),
        rows([more] if key == "discreet" else []),
        file=File(content, text("chat.meeting.calendar.filename", language)),
    )


def _open(found: Met, now: datetime) -> bool:
    return found.state is MeetingState.PLANNED and found.starts_at > now


def _place(found: Met, now: datetime, language: str) -> tuple[str, ...]:
    """When, where, with whom: a line each."""
    when = dates.when(found.starts_at, now, language)
    return (
        text("chat.meeting.when", language, start=when, end=dates.clock(found.ends_at, language)),
        text("chat.offer.where", language, value=found.where) if found.where else "",
        text("chat.meeting.with", language, value=found.with_whom) if found.with_whom else "",
    )


def _ahead(found: Met, language: str) -> tuple[tuple[Button, ...], ...]:
    """What can be done about a meeting that lies ahead."""
    order = str(found.sequence)
    about = found.meeting_id
    topics = "chat.meeting.button.topics_again" if found.topics else "chat.meeting.button.topics"
    if found.cannot:
        first = [
            Button(text("chat.meeting.button.can", language), "meeting.can", order),
            Button(text("chat.meeting.button.time", language), "meeting.time", about),
        ]
    else:
        first = [Button(text("chat.meeting.button.cannot", language), "meeting.cannot", order)]
    return rows(
        first,
        [Button(text(topics, language), "meeting.topics", about)],
        [Button(text("chat.meeting.button.calendar", language), "meeting.calendar")],
    )


def _verdicts(found: Met, language: str) -> tuple[tuple[Button, ...], ...]:
    if not found.agreed:
        return ()
    return rows(
        [
            Button(
                text(f"chat.meeting.button.{given.value}", language),
                "meeting.agreed",
                f"{given.value}:{found.agreed_version}",
            )
            for given in (Verdict.RIGHT, Verdict.NOT_QUITE)
            if given is not found.verdict
        ]
    )


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _state(found: Met, now: datetime, language: str) -> str:
    if found.state is MeetingState.PLANNED and found.cannot:
        by = dates.when(found.promised_at, now, language) if found.promised_at and found.promised_at > now else ""
        said = text("chat.meeting.state.cannot", language)
        return lines(said, text("chat.message.by", language, when=by) if by else "")
    if found.agreed and found.verdict is not Verdict.NONE:
        return text(f"chat.meeting.state.{found.verdict.value}", language)
    key = f"chat.meeting.state.{found.state.value}"
    return text(key, language) if has(key) else ""


async def _history(taken: Taken, found: Met, now: datetime) -> str:
    language = taken.language
    said = []
    for step in await views.steps(whose(taken), found.meeting_id):
        words = shorten(" ".join(step.words.split()), _QUOTED)
        if step.deed.endswith(".words"):
            what = text("chat.offer.said.words", language, words=words)
        else:
            key = f"chat.meeting.deed.{step.deed}"
            what = text(key, language) if has(key) else ""
            if step.deed == "agreed":
                what = f"{what}: {words}"
        if what:
            said.append(text("chat.offer.history.line", language, at=dates.short(step.at, now, language), what=what))
    return lines(text("chat.offer.history", language), *said[-_HISTORY:])
