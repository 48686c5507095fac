"""Building a panel survey: its questions, where choices lead, what is still wrong with it, its versions.

Every press saves the whole form it stands in, so nothing typed is lost and nothing needs JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from aiohttp import web

from backend import charts, context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages import surveys_conditions
from backend.pages.leaving import going
from backend.pages.panels import members
from backend.rendering import page
from locales import dates, text
from models.actions import panels as deeds
from models.domain import panels_check, panels_edit
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.marks import fingerprint, is_news
from models.domain.panels import END, LANGUAGES, Kind, Question, Survey, Texts
from models.domain.panels_check import Problem
from models.domain.panels_segments import EVERYBODY
from models.queries import panels
from models.queries.panels import OneSurvey, SendoutLine

_LONGEST_TYPED: Final = 1000
_CHOOSING: Final = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING})


async def begin(request: web.Request) -> web.StreamResponse:
    """A new survey: a title, then its questions."""
    form, panel_id = await forms.read(request), request.match_info["panel_id"]
    survey_id = await deeds.draft(request[VIEWER], panel_id, Survey(_title(form)), now=context.desk(request).now)
    raise going(f"/surveys/{survey_id}", said="survey_begun")


async def one(request: web.Request) -> web.StreamResponse:
    """One version: a draft to build, or what was published and where it was sent."""
    return await _survey_page(request)


async def do(request: web.Request) -> web.StreamResponse:
    """One press on the page of a survey; the title typed there is saved with it."""
    form, survey_id = await forms.read(request), request.match_info["survey_id"]
    viewer, now = request[VIEWER], context.desk(request).now
    deed, _, key = form.text("deed").partition(":")
    try:
        if deed == "discard":
            panel_id = await deeds.discard(viewer, survey_id, now=now)
            raise going(f"/panels/{panel_id}", said="survey_discarded")
        if deed == "revise":
            raise going(f"/surveys/{await deeds.next_version(viewer, survey_id, now=now)}", said="survey_revised")
        where = await _build(request, form, deed, key)
    except (Invalid, Stale) as refused:
        return await _survey_page(request, refused.code, _title(form) if "title_da" in form.values else None)
    raise going(where, said="survey_published" if deed == "publish" else "survey_saved")


async def _build(request: web.Request, form: Form, deed: str, key: str) -> str:
    """Do it to the draft. Returns where to go on."""
    viewer, now, survey_id = request[VIEWER], context.desk(request).now, request.match_info["survey_id"]
    here = f"/surveys/{survey_id}"
    change: Callable[[Survey], Survey] = partial(_retitled, form=form) if "title_da" in form.values else _same
    if deed == "add":
        kind = next((one for one in Kind if one.value == form.text("kind")), Kind.SINGLE)
        made = await deeds.edit(
            viewer, survey_id,
            lambda survey: panels_edit.added(change(survey), panels_edit.blank(kind, panels_edit.next_key(survey))),
            now=now,
        )  # fmt: skip
        return f"{here}/questions/{made.questions[-1].key}"
    steps = {"up": -1, "down": 1}
    if deed in steps:
        await deeds.edit(viewer, survey_id, lambda one: panels_edit.moved(change(one), key, steps[deed]), now=now)
        return f"{here}#question-{key}"
    if deed == "remove":
        await deeds.edit(viewer, survey_id, lambda survey: panels_edit.removed(change(survey), key), now=now)
        return f"{here}#questions"
    await deeds.edit(viewer, survey_id, change, now=now)
    if deed == "publish":
        await deeds.publish(viewer, survey_id, now=now)
    return f"{here}/questions/{key}" if deed == "open" else here


def _same(survey: Survey) -> Survey:
    return survey


def _retitled(survey: Survey, *, form: Form) -> Survey:
    """With the title that was typed, where one was: every press of the page brings what its form showed."""
    seen, stands, typed = form.text("seen"), _mark_of_title(survey.title), _mark_of_title(_title(form))
    if typed == seen or not is_news(seen, stands, typed):
        return survey
    return panels_edit.retitled(survey, _title(form))


def _mark_of_title(title: Texts) -> str:
    return fingerprint([title.get(language, "") for language in LANGUAGES])


async def question(request: web.Request) -> web.StreamResponse:
    """The form of one question; with what is wrong at its fields once it was saved."""
    return await _question_page(request, checked="check" in request.query)


async def write(request: web.Request) -> web.StreamResponse:
    """Save one question, and add, move or remove one of its choices."""
    form, survey_id, key = await forms.read(request), request.match_info["survey_id"], request.match_info["question"]
    deed, _, choice = form.text("deed").partition(":")
    here = f"/surveys/{survey_id}/questions/{key}"
    try:
        made = await deeds.edit(
            request[VIEWER], survey_id, partial(_rewritten, key=key, form=form, deed=deed, choice=choice),
            now=context.desk(request).now,
        )  # fmt: skip
    except (Invalid, Stale) as refused:
        return await _question_page(request, refused=refused, typed=form)
    if deed == "choice":
        raise going(f"{here}#label-da-{made.question(key).choices[-1].key}", said="survey_saved")  # type: ignore[union-attr]
    if deed in {"up", "down", "drop"}:
        raise going(f"{here}#choices", said="survey_saved")
    if deed in {"when", "unless"}:
        raise going(f"{here}#show-if", said="survey_saved")
    if any(one.question == key for one in panels_check.problems(made)):
        raise going(f"{here}?check=1", said="question_wanting")
    raise going(f"/surveys/{survey_id}#question-{key}", said="survey_saved")


def _rewritten(survey: Survey, *, key: str, form: Form, deed: str, choice: str) -> Survey:
    asked = survey.question(key)
    if asked is None:
        raise NotFound
    stands, asked = asked, _typed(survey, asked, form)
    if not is_news(form.text("seen"), fingerprint(stands), fingerprint(asked)):
        asked = stands
    if deed == "choice":
        asked = panels_edit.with_choice(asked)
    elif deed in {"up", "down"}:
        asked = panels_edit.choice_moved(asked, choice, -1 if deed == "up" else 1)
    elif deed == "drop":
        asked = panels_edit.without_choice(asked, choice)
    elif deed == "when":
        on = survey.question(form.text("if_new"))
        asked = panels_edit.hanging_on(asked, on) if on and len(asked.show_if) < surveys_conditions.MOST else asked
    elif deed == "unless" and choice.isdecimal():
        asked = panels_edit.without_rule(asked, int(choice))
    return panels_edit.rewritten(survey, asked)


def _typed(survey: Survey, asked: Question, form: Form) -> Question:
    """The question as the form says it. Raises Invalid for what is no number."""
    places = {END, *(one.key for one in survey.questions)}
    found = replace(
        asked,
        text=_both(form, "text"),
        required=form.text("required") == "yes",
        choices=tuple(
            replace(
                one,
                label=_both(form, "label", one.key),
                leads_to=wanted if (wanted := form.text(f"leads_to_{one.key}")) in places else "",
            )
            for one in asked.choices
        ),
        upper=tuple(one.key for one in asked.choices if one.key in form.several.get("upper", ())),
        show_if=surveys_conditions.read(survey, asked, form),
    )
    if asked.kind not in panels_check.COUNTING:
        return found
    ends = _both(form, "end_low"), _both(form, "end_high")
    return replace(
        found, low=form.number("low"), high=form.number("high"), cut=form.number("cut"),
        ends=ends if any(said for end in ends for said in end.values()) else None,
    )  # fmt: skip


def _both(form: Form, name: str, key: str = "") -> Texts:
    end = f"_{key}" if key else ""
    return {language: form.line(f"{name}_{language}{end}")[:_LONGEST_TYPED] for language in LANGUAGES}


def _title(form: Form) -> Texts:
    return _both(form, "title")


async def _survey_page(request: web.Request, problem: str = "", typed: Texts | None = None) -> web.Response:
    viewer, language, now = request[VIEWER], context.language(request), context.desk(request).now
    found = await panels.survey(viewer, request.match_info["survey_id"], now=now)
    line = found.line
    draft = line.state == "draft"
    wrong = panels_check.problems(line.survey) if draft else ()
    shown = forms.shown(
        typed, line.survey.title, {one: text(f"desk.surveys.title_{one}", language) for one in LANGUAGES},
        refused_at="", seen=_mark_of_title(line.survey.title),
    )  # fmt: skip
    return await page(
        request, "survey.html", current="panels", status=422 if problem else 200,
        panel={"href": f"/panels/{found.panel.panel_id}", "name": found.panel.name},
        survey={
            "href": f"/surveys/{line.survey_id}", "draft": draft, "newest": line.newest, "version": line.version,
            "title": line.survey.title[language] or text("desk.surveys.untitled", language),
            "titles": line.survey.title, "state": text(f"desk.panels.survey.{line.state}", language),
        },
        advice=_advice(found, len(wrong), language), problem=words.refusal(problem, language) if problem else "",
        problems=[_problem(one, line.survey, line.survey_id, language) for one in wrong],
        questions=[_question_line(line.survey, one, language) for one in line.survey.questions],
        picture=_picture(line.survey, language),
        kinds=[{"value": one.value, "words": text(f"desk.surveys.kind.{one}", language)} for one in Kind],
        versions=[
            {"href": f"/surveys/{one.survey_id}", "current": one.survey_id == line.survey_id,
             "words": text("desk.panels.version", language, n=one.version),
             "state": text(f"desk.panels.survey.{one.state}", language)}
            for one in found.versions
        ],
        sendouts=[
            {"whom": "" if one.whom.segment == EVERYBODY else members(one.whom, now, language),
             "words": text(f"desk.panels.sendout.{sendout_state(one, now)}", language,
                           when=dates.when(sendout_until(one, now), now, language))}
            for one in found.sendouts
        ],
        errors={name: words.refusal(f"survey_{code}", language) for name, code in _title_errors(wrong, line.survey)}
        if problem else {}, unsaved=shown["unsaved"], seen=shown["seen"],
    )  # fmt: skip


def sendout_state(one: SendoutLine, now: Any) -> str:
    """Which words stand for where a send-out is: planned, open, counted, or too few."""
    return "planned" if one.opens_at > now else one.state


def sendout_until(one: SendoutLine, now: Any) -> Any:
    """The moment those words name."""
    return one.opens_at if one.opens_at > now else one.closes_at


def _advice(found: OneSurvey, wrong: int, language: str) -> str:
    line = found.line
    if line.state == "draft":
        return text("desk.surveys.advice.wanting" if wrong else "desk.surveys.advice.ready", language, n=wrong)
    if not line.newest:
        return text("desk.surveys.advice.older", language)
    sent = any(one.state != "few" for one in found.sendouts)
    return text("desk.surveys.advice.sent" if sent else "desk.surveys.advice.published", language)


def _title_errors(wrong: tuple[Problem, ...], survey: Survey) -> list[tuple[str, str]]:
    codes = {one.code for one in wrong}
    found = []
    for language in LANGUAGES:
        said = survey.title.get(language, "")
        code = "title_long" if said else "title_missing"
        if code in codes and (not said or len(said) > panels_check.LONGEST_TITLE):
            found.append((f"title_{language}", code))
    return found


def _problem(one: Problem, survey: Survey, survey_id: str, language: str) -> dict[str, str]:
    """What is wrong in words, and the way to where it is mended."""
    said = words.refusal(f"survey_{one.code}", language)
    if not one.question:
        anchor = "#title-da" if one.code.startswith("title") else "#questions"
        return {"words": said, "href": f"/surveys/{survey_id}{anchor}"}
    number = 1 + next(place for place, each in enumerate(survey.questions) if each.key == one.question)
    return {
        "words": text("desk.surveys.at_question", language, n=number, words=said),
        "href": f"/surveys/{survey_id}/questions/{one.question}?check=1",
    }


def _question_line(survey: Survey, asked: Question, language: str) -> dict[str, Any]:
    return {
        "key": asked.key,
        "words": _name(asked, language),
        "kind": text(f"desk.surveys.kind.{asked.kind}", language),
        "required": asked.required,
        "choices": [
            {"words": one.label.get(language) or text("desk.surveys.unwritten", language),
             "then": _goes(survey, one.leads_to, language) if one.leads_to else ""}
            for one in asked.choices
        ],
        "range": text("desk.surveys.range", language, low=asked.low, high=asked.high)
        if asked.kind in panels_check.COUNTING else "",
        "conditions": [surveys_conditions.said(survey, rule, language) for rule in asked.show_if],
    }  # fmt: skip


def _name(asked: Question, language: str) -> str:
    return asked.text.get(language) or text("desk.surveys.unwritten", language)


def _goes(survey: Survey, key: str, language: str) -> str:
    if key == END:
        return text("desk.surveys.goes_to_end", language)
    number = next((place for place, one in enumerate(survey.questions, start=1) if one.key == key), 0)
    return text("desk.surveys.goes_to", language, n=number)


def _picture(survey: Survey, language: str) -> charts.Chart | None:
    """The way through as a drawing, with the same in words; None while there is nothing to draw."""
    if not survey.questions:
        return None
    places = {one.key: place for place, one in enumerate(survey.questions)}
    end = len(survey.questions)
    leading = [
        (place, places.get(way.leads_to, end), way.label.get(language) or text("desk.surveys.unwritten", language),
         way.leads_to, one.key)
        for place, one in enumerate(survey.questions) if one.kind is Kind.SINGLE
        for way in one.choices if way.leads_to
    ]  # fmt: skip
    # Past a question that is not for everybody there is a way too.
    past = {place: (place - 1, place + 1) for place, one in enumerate(survey.questions) if one.show_if and place}
    pairs = sorted({*((start, to) for start, to, *_ in leading), *past.values()})
    letters = {pair: charts.letter(place) for place, pair in enumerate(pairs)}
    stops = []
    for place, one in enumerate(survey.questions):
        said = [surveys_conditions.said(survey, rule, language) for rule in one.show_if]
        if place in past:
            said.append(text("desk.surveys.past", language, letter=letters[past[place]]))
        led = [
            text("desk.surveys.way", language, letter=letters[start, to], choice=label,
                 then=_goes(survey, key, language))
            for start, to, label, key, _ in leading if start == place
        ]  # fmt: skip
        on = text("desk.surveys.else_next" if led else "desk.surveys.next", language)
        stops.append(charts.Stop(_name(one, language), bool(one.show_if), " ".join([*said, *led, on])))
    finding = text("desk.surveys.picture" if pairs else "desk.surveys.picture_straight", language, n=end)
    return charts.branching(
        "way", finding, stops, [charts.Way(*pair) for pair in pairs],
        t=lambda key, **values: text(key, language, **values),
    )  # fmt: skip


async def _question_page(
    request: web.Request, *, checked: bool = False, refused: Invalid | Stale | None = None, typed: Form | None = None
) -> web.Response:
    viewer, language, now = request[VIEWER], context.language(request), context.desk(request).now
    found = await panels.survey(viewer, request.match_info["survey_id"], now=now)
    survey, key = found.line.survey, request.match_info["question"]
    asked = survey.question(key)
    if asked is None or (found.line.state != "draft" and refused is None):
        raise NotFound
    at = panels_check.at_fields(survey, asked, panels_check.problems(survey)) if checked else ()
    errors = [{"id": name.replace("_", "-"), "words": words.refusal(f"survey_{code}", language)} for name, code in at]
    if isinstance(refused, Invalid):
        errors = [
            {"id": (refused.field or "text_da").replace("_", "-"), "words": words.refusal(refused.code, language)}
        ]
    lost, stands = list[dict[str, str]](), _values(asked)
    if typed and isinstance(refused, Stale) and found.line.state == "draft":
        # A colleague was quicker: what stands is shown, and what was typed beside it.
        lost, typed = _lost(typed, stands, language), None
    number = survey.questions.index(asked) + 1
    conditions = surveys_conditions.fields(survey, asked, typed, language)
    return await page(
        request, "survey_question.html", current="panels", status=422 if refused else 200,
        question_key=key, survey={"href": f"/surveys/{found.line.survey_id}", "title": survey.title[language]},
        title=text("desk.surveys.question_n", language, n=number),
        kind=asked.kind.value, kind_words=text(f"desk.surveys.kind.{asked.kind}", language),
        choices=[one.key for one in asked.choices],
        values={**stands, **(typed.values if typed else {})}, unsaved=lost,
        seen=(typed.text("seen") if typed else "") or fingerprint(asked),
        upper=typed.several.get("upper", ()) if typed else asked.upper,
        required="required" in typed.values if typed else asked.required,
        ways=_where(survey, asked, language),
        conditions=conditions, earlier=surveys_conditions.earlier(survey, asked, language),
        more=len(conditions) < surveys_conditions.MOST, errors=errors,
        problem=words.refusal(refused.code, language) if isinstance(refused, Stale) else "",
    )  # fmt: skip


def _lost(typed: Form, stands: dict[str, object], language: str) -> list[dict[str, str]]:
    """The words and numbers typed into a question that a colleague changed meanwhile, by their labels."""
    labels = dict[str, str]()
    for place, key in enumerate(
        name.removeprefix("label_da_") for name in typed.values if name.startswith("label_da_")
    ):
        choice = text("desk.surveys.choice_n", language, n=place + 1)
        labels |= {
            f"label_{one}_{key}": f"{choice}, {text(f'desk.surveys.label_{one}', language).lower()}"
            for one in LANGUAGES
        }
    names = ["low", "high", "cut", *(f"{name}_{one}" for name in ("text", "end_low", "end_high") for one in LANGUAGES)]
    labels = {name: text(f"desk.surveys.{name}", language) for name in names} | labels
    return list(
        forms.shown(
            typed.values, {name: str(value) for name, value in stands.items()}, labels, refused_at="", seen=""
        )["unsaved"]
    )  # fmt: skip


def _values(asked: Question) -> dict[str, object]:
    """What stands in the fields of a question's form."""
    found: dict[str, object] = {"low": asked.low, "high": asked.high, "cut": "" if asked.cut is None else asked.cut}
    ends = dict(zip(("end_low", "end_high"), asked.ends or ({}, {}), strict=True))
    for language in LANGUAGES:
        found[f"text_{language}"] = asked.text.get(language, "")
        for name, end in ends.items():
            found[f"{name}_{language}"] = end.get(language, "")
        for one in asked.choices:
            found[f"label_{language}_{one.key}"] = one.label.get(language, "")
            found[f"leads_to_{one.key}"] = one.leads_to
    return found


def _where(survey: Survey, asked: Question, language: str) -> list[dict[str, str]]:
    """Where a choice may lead: on, to a later question, to the end; and where one leads that is wrong now."""
    here = survey.questions.index(asked)
    led = {one.leads_to for one in asked.choices}
    ways = [{"value": "", "words": text("desk.surveys.leads_on", language)}]
    for place, one in enumerate(survey.questions):
        if place > here + 1 or (one.key in led and place != here):
            ways.append({"value": one.key, "words": f"{place + 1}. {_name(one, language)}"})
    return [*ways, {"value": END, "words": text("desk.surveys.leads_to_end", language)}]
