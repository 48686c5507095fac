"""Youth panels: what waits for the host, results once the members have had them, "you said – we did"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.leaving import going
from backend.pages.you_said import done_line
from backend.rendering import page
from locales import dates, text
from models.actions import panels as deeds
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.localtime import local_date
from models.domain.panels import Kind, Question
from models.domain.panels_results import UPPER, Outcome
from models.domain.panels_segments import EVERYBODY, Part
from models.domain.staff import Viewer
from models.queries import panels, panels_hosted
from models.queries.panels import SendoutLine
from models.queries.panels_hosted import Hosted

#: How long a vote is open that is opened with one press.
_OPEN: Final = timedelta(days=14)


async def show(request: web.Request) -> web.StreamResponse:
    """The panels within reach."""
    found = await panels.panels(request[VIEWER])
    items = [{"href": f"/panels/{one.panel_id}", "name": one.name, "host": one.host} for one in found]
    return await page(request, "panels.html", current="panels", items=items)


async def one(request: web.Request) -> web.StreamResponse:
    """One panel. The host sees words, without names; a coordinator sees what was released."""
    return await _panel_page(request)


async def do(request: web.Request) -> web.StreamResponse:
    """One deed at a panel; what cannot be done now is said on the page."""
    form, panel_id = await forms.read(request), request.match_info["panel_id"]
    now = context.desk(request).now
    try:
        await _do(request[VIEWER], panel_id, form, now)
    except (Invalid, Stale) as refused:
        return await _panel_page(request, problem=refused.code, typed=form.values)
    raise going(f"/panels/{panel_id}", said="panel_done")


async def _do(viewer: Viewer, panel_id: str, form: Form, now: datetime) -> None:
    deed, about = form.text("deed"), form.text("about")
    if deed == "release":
        await deeds.release(viewer, about, now=now)
    elif deed == "approve":
        wording = {language: form.line(f"wording_{language}") for language in ("da", "en")}
        await deeds.approve(viewer, about, wording, now=now)
    elif deed == "decline":
        await deeds.decline(viewer, about, now=now)
    elif deed == "vote":
        await deeds.open_round(viewer, panel_id, closes_at=now + _OPEN, now=now)
    else:
        raise NotFound


async def _panel_page(
    request: web.Request, *, problem: str = "", typed: Mapping[str, str] | None = None
) -> web.Response:
    viewer, now, language = request[VIEWER], context.desk(request).now, context.language(request)
    panel_id = request.match_info["panel_id"]
    found = await panels.panel(viewer, panel_id, now=now)
    hosted = await panels_hosted.hosted(viewer, panel_id) if found.line.hosts else None
    proposed = await panels_hosted.proposed(hosted) if hosted else []
    responses = await panels_hosted.responses(hosted) if hosted else {}
    voting = next((one for one in found.rounds if one.state == "open"), None)
    chosen = _chosen(found.sendouts, request.query.get("result", ""))
    said = await panels_hosted.words(hosted, chosen, now=now) if hosted and chosen else {}
    return await page(
        request, "panel.html", current="panels", status=422 if problem else 200,
        panel={"id": panel_id, "name": found.line.name, "hosts": found.line.hosts},
        members=await _members(hosted, language), problem=words.refusal(problem, language) if problem else "",
        typed=typed or {},
        proposed=[{"id": ballot, "words": said} for ballot, said in proposed],
        approved=[one.wording[language] for one in found.proposals],
        voting=voting is not None,
        rounds=[
            {
                "state": text(f"desk.panels.round.{'few' if one.few else one.state}", language,
                              when=dates.when(one.closes_at, now, language)),
                "wordings": [one_.get(language, "") for one_ in one.wordings], "counted": one.state == "counted",
            }
            for one in found.rounds
        ],
        sendouts=[
            _sendout(
                one, responses.get(one.sendout_id, (None, 0)) if hosted else None, now, language,
                said=said if one.sendout_id == chosen else None, panel_id=panel_id,
            )
            for one in found.sendouts
        ],
        surveys=[
            {"href": f"/surveys/{one.survey_id}",
             "title": one.survey.title[language] or text("desk.surveys.untitled", language),
             "words": text("desk.panels.version", language, n=one.version),
             "state": text(f"desk.panels.survey.{one.state}", language)}
            for one in found.surveys
            if one.newest
        ],
        dones=[done_line(one, language) for one in found.dones],
    )  # fmt: skip


async def _members(hosted: Hosted | None, language: str) -> str:
    if hosted is None:
        return ""
    size = await panels_hosted.size(hosted)
    if size is None:
        return text("desk.panels.members.few", language)
    return text("desk.panels.members", language, n=size)


def _chosen(sendouts: Iterable[SendoutLine], asked: str) -> str:
    """Whose result stands on the page: the one asked for, or the latest that is known; "" where there is none."""
    known = [one.sendout_id for one in sendouts if one.results is not None]
    return asked if asked in known else next(iter(known), "")


def _sendout(
    one: SendoutLine, counted: tuple[int | None, int] | None, now: datetime, language: str,
    *, said: Mapping[str, list[str]] | None, panel_id: str,
) -> dict[str, Any]:  # fmt: skip
    """`counted`: how many have answered, and of how many, for the host; `said`: the words, if its result is shown."""
    answered, of = counted or (None, 0)
    results = one.results
    key = "planned" if one.opens_at > now else one.state
    until = one.opens_at if key == "planned" else one.closes_at
    if results is not None:
        answered, of = results.answered, results.invited
    responses = "desk.panels.responses.few" if answered is None else "desk.panels.responses"
    return {
        "id": one.sendout_id,
        "title": one.survey.title[language],
        "whom": "" if one.whom.segment == EVERYBODY else members(one.whom, now, language),
        "state": text(f"desk.panels.sendout.{key}", language, when=dates.when(until, now, language)),
        "closes": {"planned": "call_off", "open": "close"}.get(key if one.closes_at > now else "over", ""),
        "reminders": text("desk.surveys.reminded", language, n=one.reminders)
        if key in {"planned", "open"} and one.reminders
        else "",
        # Until the first invitation is on its way nobody can have answered, and "fewer than 10 of 0" says nothing.
        "responses": text(responses, language, n=answered or 0, of=of) if of and key != "few" else "",
        "waits": _waits(one, now, language),
        "released": one.released,
        "see": f"/panels/{panel_id}?result={one.sendout_id}#sendout-{one.sendout_id}"
        if results is not None and said is None
        else "",
        "questions": [
            _outcome(question, results.outcome(question.key), said.get(question.key, []), language)
            for question in one.survey.questions
        ]
        if results and said is not None
        else [],
    }


def members(part: Part, now: datetime, language: str) -> str:
    """Which members of a panel, as the desk says it."""
    closed = local_date(part.closed_at) if part.closed_at else None
    day = dates.day(closed, language, year=closed.year != local_date(now).year) if closed else ""
    return text(f"desk.surveys.whom.{part.segment.whom.value}", language, title=part.title.get(language, ""), day=day)


def _waits(one: SendoutLine, now: datetime, language: str) -> str:
    """Why a result that is counted is not shown: the members have it first, then the host decides."""
    if one.desks_from is None or one.results is not None:
        return ""
    if one.desks_from <= now:
        return text("desk.panels.not_released", language)
    return text("desk.panels.members_first", language, day=words.day(local_date(one.desks_from), language))


def _outcome(question: Question, told: Outcome, said: list[str], language: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "text": question.text[language],
        "how": told.how,
        "rows": [],
        "words": said,
        "base": told.base,
    }
    labels = {one.key: one.label[language] for one in question.choices}
    if told.how == "order":
        place = 1
        for equals in told.order:
            made["rows"] += [[labels[key], str(place)] for key in equals]
            place += len(equals)
    elif told.how in {"whole", "shares", "two"}:
        for key in [*told.counts, *told.bands]:
            name = _upper(question, language) if key == UPPER else labels.get(key, key)
            made["rows"].append([name, _share(told, key, language)])
    return made


def _share(told: Outcome, key: str, language: str) -> str:
    if key in told.bands:
        return text(f"desk.panels.{told.bands[key]}", language)
    percent = round(100 * told.counts[key] / told.base)
    return text("desk.panels.share", language, percent=percent, number=told.counts[key], base=told.base)


def _upper(question: Question, language: str) -> str:
    if question.kind is Kind.SINGLE:
        return " / ".join(one.label[language] for one in question.choices if one.key in question.upper)
    return text("desk.panels.or_more", language, cut=question.cut)
