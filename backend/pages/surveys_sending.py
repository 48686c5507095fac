"""Trying a panel survey as on a phone, and sending it: first what will happen, then a second press."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.leaving import going
from backend.pages.panels import members
from backend.pages.qr import qr_code
from backend.rendering import page
from locales import LANGUAGES, dates, panel_screens, text
from locales.panel_screens import Shown
from locales.taps import Taps
from models.actions import panels as deeds
from models.domain import panels as rules
from models.domain import panels_trial
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.localtime import instant, local_date
from models.domain.panels import Survey
from models.domain.panels_segments import EVERYBODY, Whom
from models.domain.panels_trial import Trial
from models.queries import panels
from models.queries.panels import Askable, Asked, OneSurvey, OnTheWay

#: How many days a survey may be open, and what is chosen first.
_DAYS: Final = (7, 14, 21, 28)
_FIRST_DAYS: Final = 14
#: The hour a survey opens that does not open at once.
_OPENS: Final = time(10)
_AHEAD: Final = 14


async def preview(request: web.Request) -> web.StreamResponse:
    """A phone with the invitation on it."""
    return await _phone(request, Trial())


async def press(request: web.Request) -> web.StreamResponse:
    """The next screen. Nothing is stored: where the trial stands is in the page."""
    form, language = await forms.read(request), _spoken(request)
    found = await _with_questions(request)
    survey = found.line.survey
    trial = panels_trial.from_plain(survey, form.text("trial"))
    if form.text("deed") == "say":
        said = panels_trial.typed(survey, trial, form.text("words"), language)
        return await _phone(request, said or trial, unclear=said is None)
    deed, _, option = form.text("tap").partition(" ")
    return await _phone(request, panels_trial.pressed(survey, trial, deed, option))


async def choose(request: web.Request) -> web.StreamResponse:
    """When, how long, how many reminders; and whom it reaches."""
    return await _send_page(request, {})


async def send(request: web.Request) -> web.StreamResponse:
    """The first press shows what will happen; the second does it."""
    form, now, survey_id = await forms.read(request), context.desk(request).now, request.match_info["survey_id"]
    try:
        if form.text("sure") == "no":
            return await _send_page(request, dict(form.values))
        opens, closes, reminders = _window(form, now)
        found = await panels.survey(request[VIEWER], survey_id, now=now)
        askable = await _askable(request, found)
        asked = _chosen(form, askable.parts)
        if form.text("sure") != "yes":
            sent = await panels.on_the_way(request[VIEWER], found.panel.panel_id, now=now)
            if any(one.overlaps(opens, closes) for one in sent):
                raise Stale("panel_busy")
            return await _send_page(request, dict(form.values), window=(opens, closes, reminders))
        await deeds.send(
            request[VIEWER], survey_id, to=asked.reached, opens_at=opens, closes_at=closes, reminders=reminders,
            now=now,
        )  # fmt: skip
    except (Invalid, Stale) as refused:
        return await _send_page(request, dict(form.values), refused)
    found = await panels.survey(request[VIEWER], survey_id, now=now)
    raise going(f"/panels/{found.panel.panel_id}", said="survey_sent")


async def close(request: web.Request) -> web.StreamResponse:
    """End one that is on its way, before its time."""
    panel_id = await deeds.close(request[VIEWER], request.match_info["sendout_id"], now=context.desk(request).now)
    raise going(f"/panels/{panel_id}", said="survey_closed")


async def _askable(request: web.Request, found: OneSurvey) -> Askable:
    """Whom it may be sent to, and how many they are."""
    counting = await panels.counting(request[VIEWER], found.panel.panel_id)
    return await panels.reached(counting, found.line.survey_id, now=context.desk(request).now)


def _chosen(form: Form, parts: Sequence[Asked]) -> Asked:
    """The part that was chosen; Invalid when it may not be asked by itself, or not any more."""
    code = form.text("whom") or EVERYBODY.code
    chosen = next((one for one in parts if one.part.segment.code == code), None)
    if chosen is None:
        raise Invalid("survey_segment", "whom")
    return chosen


def _window(form: Form, now: datetime) -> tuple[datetime, datetime, int]:
    days, ahead, reminders = form.number("days"), form.number("opens"), form.number("reminders")
    if days not in _DAYS or ahead > _AHEAD:
        raise Invalid("survey_window", "days")
    opens = _at(ahead, now)
    return opens, opens + timedelta(days=days), reminders


async def _with_questions(request: web.Request) -> OneSurvey:
    found = await panels.survey(request[VIEWER], request.match_info["survey_id"], now=context.desk(request).now)
    if not found.line.survey.questions:
        raise NotFound
    return found


def _spoken(request: web.Request) -> str:
    """The language of the phone, which need not be the page's."""
    asked = request.query.get("in", "")
    return asked if asked in LANGUAGES else context.language(request)


async def _phone(request: web.Request, trial: Trial, *, unclear: bool = False) -> web.Response:
    found, spoken, language = await _with_questions(request), _spoken(request), context.language(request)
    now = context.desk(request).now
    said, taps = _screen(found.line.survey, trial, found.panel.host, now, spoken)
    href = f"/surveys/{found.line.survey_id}"
    return await page(
        request, "survey_preview.html", current="panels",
        survey={"href": href, "title": found.line.survey.title[language] or text("desk.surveys.untitled", language)},
        phone={
            "language": spoken, "words": said, "asking": trial.at == "asking",
            "rows": [[{"words": one.label, "tap": f"{one.deed} {one.option}"} for one in row] for row in taps],
        },
        languages=[
            {"href": f"{href}/preview?in={one}", "current": one == spoken,
             "words": text(f"desk.language.{one}", language)}
            for one in LANGUAGES
        ],
        trial=panels_trial.to_plain(trial), action=f"{href}/preview?in={spoken}", unclear=unclear,
        own_phone=qr_code(f"{context.desk(request).settings.public_url}{href}/preview?in={spoken}"),
        over=trial.at in {"done", "stopped", "later"},
    )  # fmt: skip


def _screen(survey: Survey, trial: Trial, host: str, now: datetime, language: str) -> tuple[str, Taps]:
    """The words and taps a member would have at this place; a survey that is tried closes in two weeks."""
    closes = now + timedelta(days=_FIRST_DAYS)
    when = dates.when(closes, now, language)
    if trial.at in {"later", "stopped"}:
        return text(f"chat.panel.{trial.at}", language, when=when), ()
    if trial.at == "done":
        return panel_screens.done(closes, now, language), ()
    asked = panels_trial.question(survey, trial)
    if asked is None:
        return panel_screens.invitation(survey, closes, now, language)
    given = trial.answers.get(asked.key)
    shown = Shown(survey, asked, trial.answers, trial.picked, given, host)
    return panel_screens.question(shown, language)


async def _send_page(
    request: web.Request,
    values: dict[str, str],
    refused: Invalid | Stale | None = None,
    window: tuple[datetime, datetime, int] | None = None,
) -> web.Response:
    viewer, language, now = request[VIEWER], context.language(request), context.desk(request).now
    found = await panels.survey(viewer, request.match_info["survey_id"], now=now)
    if found.line.state != "published":
        raise NotFound
    askable = await _askable(request, found)
    parts = askable.parts
    sent = await panels.on_the_way(viewer, found.panel.panel_id, now=now)
    values = {
        "whom": parts[0].part.segment.code if parts else "", "opens": _first_free(sent, now), "days": str(_FIRST_DAYS),
        "reminders": str(rules.REMINDERS), **values,
    }  # fmt: skip
    asked = next((one for one in parts if one.part.segment.code == values["whom"]), None)
    whole = asked is None or asked.part.segment == EVERYBODY
    reached = await panels.recipients(await panels.counting(viewer, found.panel.panel_id))
    number = reached.members if asked is None or whole else asked.reached.inside
    return await page(
        request, "survey_send.html", current="panels", status=422 if refused else 200,
        survey={"href": f"/surveys/{found.line.survey_id}", "title": found.line.survey.title[language]},
        panel=found.panel.name,
        parts=[
            {"value": one.part.segment.code, "words": members(one.part, now, language),
             "hint": _how_many(reached.members if one.part.segment == EVERYBODY else one.reached.inside, language)}
            for one in parts
        ],
        reached=_reached(asked, number, now, language),
        whom_hint=text(f"desk.surveys.whom_hint{'.again' if askable.again else ''}", language), whole=whole,
        places=[[name, str(count)] for name, count in reached.places] if whole else [],
        values=values,
        opens=_opens(now, language),
        opens_hint=" ".join(_on_the_way(one, now, language) for one in sent),
        days=[{"value": str(one), "words": text("desk.surveys.days", language, n=one)} for one in _DAYS],
        reminders=[
            {"value": str(one), "words": text("desk.surveys.reminders" if one else "desk.surveys.reminders.none",
                                              language, n=one)}
            for one in range(rules.REMINDERS, -1, -1)
        ],
        sure=_sure(window, now, language) if window else [],
        yes=text("desk.surveys.send_yes.few" if number is None else "desk.surveys.send_yes", language, n=number or 0),
        problem=words.refusal(refused.code, language) if refused else "",
    )  # fmt: skip


def _how_many(number: int | None, language: str) -> str:
    return text("desk.surveys.whom_few" if number is None else "desk.surveys.whom_n", language, n=number or 0)


def _reached(asked: Asked | None, number: int | None, now: datetime, language: str) -> str:
    if number is None:
        return text("desk.surveys.reached.few", language)
    if asked is None or asked.part.segment == EVERYBODY:
        return text("desk.surveys.reached", language, n=number)
    key = "answered" if asked.part.segment.whom is Whom.ANSWERED else "part"
    return text(f"desk.surveys.reached.{key}", language, n=number, members=members(asked.part, now, language))


def _at(ahead: int, now: datetime) -> datetime:
    """When a survey opens that opens so many days ahead."""
    return instant(local_date(now) + timedelta(days=ahead), _OPENS) if ahead else now


def _first_free(sent: Sequence[OnTheWay], now: datetime) -> str:
    """How many days ahead a survey may open for the usual time without being a second one; at once where none is."""
    for ahead in range(_AHEAD + 1):
        opens = _at(ahead, now)
        if not any(one.overlaps(opens, opens + timedelta(days=_FIRST_DAYS)) for one in sent):
            return str(ahead)
    return "0"


def _on_the_way(one: OnTheWay, now: datetime, language: str) -> str:
    title = one.title[language]
    if one.opens_at <= now:
        return text("desk.surveys.busy", language, title=title, until=dates.when(one.closes_at, now, language))
    begins, until = (dates.when(at, now, language) for at in (one.opens_at, one.closes_at))
    return text("desk.surveys.busy.planned", language, title=title, begins=begins, until=until)


def _opens(now: datetime, language: str) -> list[dict[str, str]]:
    later = [
        {"value": str(ahead), "words": dates.when(_at(ahead, now), now, language)} for ahead in range(1, _AHEAD + 1)
    ]
    return [{"value": "0", "words": text("desk.surveys.opens_now", language)}, *later]


def _sure(window: tuple[datetime, datetime, int], now: datetime, language: str) -> list[dict[str, Any]]:
    """What will happen, in order."""
    opens, closes, reminders = window
    first = closes + timedelta(days=rules.FIRST_DAYS)
    told = [
        ("open", {"when": dates.when(opens, now, language)}),
        ("remind" if reminders else "remind_none", {"n": reminders}),
        ("close", {"when": dates.when(closes, now, language)}),
        ("result", {"day": dates.day(local_date(first), language)}),
    ]
    return [
        {"term": text(f"desk.surveys.sure.{key}", language),
         "words": text(f"desk.surveys.sure.{key}_words", language, **given)}
        for key, given in told
    ]  # fmt: skip
