"""The case file: deciding about records, handing over, fetching again; and what is undecided, person by person."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from aiohttp import hdrs, web

from backend import case_documents, context, forms, words
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.rendering import page
from locales import dates, text
from models.actions import casefile as deeds
from models.domain.casefile import Choice, Theme, read_theme
from models.domain.errors import Invalid, Stale
from models.queries import casefile, retention
from models.queries.casefile import CaseFile, RecordLine

_PAGE = 50
#: A second press so soon after is the same hand-over.
_SAME = timedelta(minutes=10)


async def show(request: web.Request) -> web.StreamResponse:
    """Everything undecided, and what was decided. Looking is written to the trail."""
    return await _page(request)


async def decide(request: web.Request) -> web.StreamResponse:
    """The chosen ones, or everything until one of them: to the case with a theme, or not relevant."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    person_id, until = request.match_info["person_id"], form.text("until")
    choice = Choice.NOT_RELEVANT if form.text("choice") == Choice.NOT_RELEVANT.value and not until else Choice.FILE
    theme, said, shown_at = None, "", _moment(form.text("shown_at"))
    try:
        if choice is Choice.FILE:
            theme, said = read_theme(form.text("theme"), form.text("words"))
        if until:
            await deeds.decide_until(
                viewer, person_id, until, choice, theme=theme, words=said, now=now, shown_at=shown_at
            )
        else:
            chosen = form.several.get("record", ())
            about = {"theme": theme, "words": said, "now": now, "shown_at": shown_at}
            await deeds.decide(viewer, person_id, chosen, choice, **about)
    except (Invalid, Stale) as refused:
        return await _page(request, refused=refused, typed=form, status=422 if isinstance(refused, Invalid) else 409)
    raise going(f"/people/{person_id}/case-file", said=f"case_{choice.value}")


async def undo(request: web.Request) -> web.StreamResponse:
    """Take one decision back, until it is handed over."""
    form, person_id = await forms.read(request), request.match_info["person_id"]
    try:
        await deeds.undo(
            request[VIEWER], person_id, [context.row_id(form.text("record"))], now=context.desk(request).now
        )
    except Stale as refused:
        return await _page(request, refused=refused, status=409)
    raise going(f"/people/{person_id}/case-file", said="case_undone")


async def hand_over(request: web.Request) -> web.StreamResponse:
    """What is ready is made one document and marked as handed over; the page then says so, and has the document. A
    second press, and one that was gone back to, come to the same hand-over."""
    viewer, now, person_id = request[VIEWER], context.desk(request).now, request.match_info["person_id"]
    try:
        _, made = await case_documents.hand_over(viewer, person_id, now=now)
        number = made.number
    except (Invalid, Stale) as refused:
        last = next(iter(await casefile.of_person(viewer, person_id)), None)
        just_now = last is not None and last.staff_id == viewer.staff_id and now - last.at < _SAME
        if last is None or not just_now or refused.code != "casefile_nothing":
            return await _page(request, refused=refused, status=409)
        number = last.number
    raise going(f"/people/{person_id}/case-file?handed={number}")


async def fetch(request: web.Request) -> web.StreamResponse:
    """The document of a hand-over: as it was handed over, just after; later a copy, which says so."""
    form, viewer, now = await forms.read(request), request[VIEWER], context.desk(request).now
    again = case_documents.original if form.text("original") == "yes" else case_documents.handed
    _, made = await again(viewer, request.match_info["hand_over_id"], now=now)
    return _download(request, made)


async def undecided(request: web.Request) -> web.StreamResponse:
    """Who has something undecided, the oldest first."""
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    after = context.after(request)
    found, total = await casefile.undecided(viewer, after=after)
    if after and not found:
        raise going("/case-files")
    soon = [] if after else await retention.leaves(viewer, now=desk.now)
    return await page(
        request, "case_files.html", current="people", total=total,
        going=[
            [one.name, words.day(one.on, language),
             text(f"desk.cases.going.{'undecided' if one.undecided else 'busy' if one.busy else 'ready'}", language)]
            for one in soon[:_PAGE]
        ],
        going_to=[f"/people/{one.person_id}/{'case-file' if one.undecided else 'case'}" for one in soon[:_PAGE]],
        people=[
            {"name": one.name, "href": f"/people/{one.person_id}/case-file", "caseworker": one.caseworker,
             "moved": one.moved, "undecided": one.undecided, "ready": one.ready,
             "since": dates.ago(one.since, desk.now, language) if one.since else ""}
            for one in found
        ],
        earlier=f"/case-files?after={max(0, after - _PAGE)}" if after else "",
        later=f"/case-files?after={after + _PAGE}" if total > after + _PAGE else "",
    )  # fmt: skip


def _moment(given: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _download(request: web.Request, made: case_documents.Made) -> web.Response:
    name = "filename_copy" if made.copy else "filename"
    reference = re.sub(r"[^A-Za-z0-9-]+", "-", made.reference).strip("-") or "x"
    named = text(f"desk.case_document.{name}", context.language(request), reference=reference, number=made.number)
    return web.Response(
        body=made.document,
        headers={
            hdrs.CONTENT_TYPE: "application/pdf",
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{named}.pdf"',
            hdrs.CACHE_CONTROL: "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


async def _page(
    request: web.Request, *, refused: Invalid | Stale | None = None, typed: forms.Form | None = None, status: int = 200
) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person_id = request.match_info["person_id"]
    person = await casefile.whom(viewer, person_id)
    await deeds.looked_at(viewer, person_id, now=desk.now)
    found = await casefile.case_file(viewer, person_id)
    errors = []
    if isinstance(refused, Invalid) and refused.field:
        field = {"theme": "theme-1", "record": "record-1"}.get(refused.field, refused.field)
        errors = [{"id": field, "words": words.refusal(refused.code, language)}]
    chosen = set(typed.several.get("record", ())) if typed else set()
    return await page(
        request, "case_file.html", current="people", status=status, shown_at=desk.now.isoformat(),
        person={"name": person.name, "first_name": person.first_name, "href": f"/people/{person_id}"},
        moved_to=person.moved_to,
        advice=_advice(found, language), errors=errors,
        problem="" if errors or refused is None else words.refusal(refused.code, language),
        undecided=[_line(one, person.first_name, desk.now, language, chosen) for one in found.undecided],
        more=found.more,
        themes=[{"value": one.value, "words": text(f"desk.case.theme.{one.value}", language)} for one in Theme],
        theme=typed.text("theme") if typed else "", words=typed.line("words") if typed else "",
        ready=[_line(one, person.first_name, desk.now, language, chosen) for one in found.ready],
        receipt=next(
            (
                {"href": f"/case-files/{one.hand_over_id}",
                 "heading": text("desk.case.receipt", language, number=one.number, n=one.records),
                 "words": text("desk.case.receipt_words", language, who=one.who,
                               when=dates.when(one.at, desk.now, language))}
                for one in found.handed if str(one.number) == request.query.get("handed")
            ),
            None,
        ),
        more_ready=found.more_ready, more_not_relevant=found.more_not_relevant,
        not_relevant=[_line(one, person.first_name, desk.now, language, chosen) for one in found.not_relevant],
        handed=[
            {"href": f"/case-files/{one.hand_over_id}", "fingerprint": one.fingerprint, "number": one.number,
             "words": text("desk.case.handed_line", language, number=one.number, n=one.records, who=one.who,
                           when=dates.short(one.at, desk.now, language))}
            for one in found.handed
        ],
    )  # fmt: skip


def _advice(found: CaseFile, language: str) -> str:
    if found.waiting:
        return text("desk.case.advice.undecided", language, n=found.waiting)
    if found.ready:
        return text("desk.case.advice.ready", language, n=len(found.ready) + found.more_ready)
    return text("desk.case.advice.none", language)


def _line(one: RecordLine, name: str, now: datetime, language: str, chosen: set[str]) -> dict[str, Any]:
    who = one.who or text("desk.case_document.nobody", language)
    theme = one.theme_words or (text(f"desk.case.theme.{one.theme}", language) if one.theme else "")
    decided = ""
    if one.decided_at is not None:
        decided = text(
            "desk.case.decided", language, who=one.decided_by, when=dates.when(one.decided_at, now, language)
        )
    return {
        "id": one.record_id,
        "title": text(f"desk.case.form.{one.form}", language, who=who, name=name, about=one.about),
        "when": words.stamp(one.at, now, language),
        "answer": text(f"desk.case.answer.{one.what}", language) if one.what else "",
        "words": one.words,
        "changed": one.changed,
        "theme": theme,
        "decided": decided,
        "chosen": one.record_id in chosen,
    }
