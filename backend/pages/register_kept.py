"""The register kept: a file looked at, then imported; the register as a file; one person more, one person changed."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any, Final

from aiohttp import hdrs, web

from backend import context, forms, words
from backend.context import VIEWER
from backend.forms import Form
from backend.pages.leaving import going
from backend.pages.person_card import card
from backend.rendering import page
from locales import text
from models.actions import register as trail
from models.actions import register_kept as deeds
from models.actions.register_kept import FIELDS, LEFT_WHY, Faulty, Filled
from models.domain import register_file
from models.domain.errors import Stale
from models.domain.localtime import local_date
from models.domain.register import Aftercare, Group
from models.domain.register_file import COLUMNS, REQUIRED, Change, Comparison, Fault, Known, Line
from models.domain.staff import Role, Viewer, sees_people
from models.queries import register, register_kept, staff

#: How many lines of each kind a preview shows; how many there are stands above them.
_SHOWN: Final = 200
#: What stands in the form of one person, in its order.
_FORM: Final = (*FIELDS, "caseworker", "substitute", "left_why")
_DATES: Final = ("birth_date", "placement_end", "offered_on", "decided_on", "left_on")


async def choose(request: web.Request) -> web.StreamResponse:
    """Choose a file, and read what may stand in it."""
    return await _choose_page(request)


async def preview(request: web.Request) -> web.StreamResponse:
    """What the file would do. Nothing is done, and the file stays with the browser."""
    form = await forms.read(request)
    found = form.files("file")
    if not found:
        return await _choose_page(request, problem="register_no_file")
    return await _preview_page(request, found[0].content)


async def do(request: web.Request) -> web.StreamResponse:
    """Do what the preview showed, all of it or nothing."""
    form, desk = await forms.read(request), context.desk(request)
    try:
        content = base64.b64decode(form.text("content"), validate=True)
    except (binascii.Error, ValueError):
        return await _choose_page(request, problem="register_no_file")
    file = register_file.read(content, local_date(desk.now))
    try:
        await deeds.import_file(request[VIEWER], file, seen=form.text("seen") or "none", now=desk.now)
    except (Stale, Faulty) as refused:
        return await _preview_page(request, content, moved=isinstance(refused, Stale))
    raise going("/people", said="register_imported")


async def export(request: web.Request) -> web.StreamResponse:
    """The register as a file that can be changed and imported again; written down that it was taken."""
    viewer, desk = request[VIEWER], context.desk(request)
    await deeds.exported(viewer, now=desk.now)
    made = await register_kept.as_file(viewer, today=local_date(desk.now))
    return web.Response(
        body=made.encode("utf-8-sig"), content_type="text/csv", charset="utf-8",
        headers={hdrs.CONTENT_DISPOSITION: 'attachment; filename="register.csv"'},
    )  # fmt: skip


async def new(request: web.Request) -> web.StreamResponse:
    """The form of one person more."""
    return await _form_page(request, {"group": Group.PLACED.value, "aftercare": Aftercare.NO.value})


async def add(request: web.Request) -> web.StreamResponse:
    """Put them on the register."""
    form = await forms.read(request)
    try:
        person_id = await deeds.add_one(request[VIEWER], _filled(form), now=context.desk(request).now)
    except Faulty as refused:
        return await _form_page(request, dict(form.values), refused.faults)
    raise going(f"/people/{person_id}", said="person_added")


async def edit(request: web.Request) -> web.StreamResponse:
    """The form with what the register says now."""
    person_id = request.match_info["person_id"]
    found = await register_kept.entered(request[VIEWER], person_id)
    return await _form_page(request, _typed(found), person_id=person_id)


async def change(request: web.Request) -> web.StreamResponse:
    """Change what it says; what somebody else changed meanwhile is not run over."""
    form, person_id = await forms.read(request), request.match_info["person_id"]
    try:
        await deeds.change_one(
            request[VIEWER], person_id, _filled(form), seen=form.text("seen") or "none", now=context.desk(request).now
        )
    except Faulty as refused:
        return await _form_page(request, dict(form.values), refused.faults, person_id=person_id)
    except Stale as refused:
        return await _form_page(request, dict(form.values), person_id=person_id, problem=refused.code)
    raise going(f"/people/{person_id}/plan", said="person_changed")


def column_words(column: str, language: str) -> str:
    """What a column is called; one we do not know by its own name."""
    return text(f"desk.register.column.{column}", language) if column in COLUMNS else column


async def _choose_page(request: web.Request, *, problem: str = "") -> web.Response:
    language = context.language(request)
    return await page(
        request, "register_import.html", current="people", status=422 if problem else 200, preview=None,
        columns=[
            [column, column_words(column, language),
             text(f"desk.register.must.{'yes' if column in REQUIRED else 'no'}", language),
             text(f"desk.register.may.{column}", language)]
            for column in COLUMNS
        ],
        errors=[{"id": "file", "words": words.refusal(problem, language)}] if problem else [],
    )  # fmt: skip


async def _preview_page(request: web.Request, content: bytes, *, moved: bool = False) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    today = local_date(desk.now)
    found = await register_kept.compared(viewer, register_file.read(content, today), today=today)
    return await page(
        request, "register_import.html", current="people",
        status=409 if moved else 422 if found.faults else 200, preview=_preview(found, language), moved=moved,
        content=base64.b64encode(content).decode() if not found.faults else "", seen=found.fingerprint, errors=[],
        columns=[],
    )  # fmt: skip


def _preview(found: Comparison, language: str) -> dict[str, Any]:
    return {
        "faults": [
            [str(one.row) if one.row else "–", column_words(one.column, language) or "–", words.fault(one, language)]
            for one in found.faults[:_SHOWN]
        ],
        "new": [_new(one, language) for one in found.new[:_SHOWN]],
        "changed": [
            {"name": one.known.name, "reference": one.known.reference,
             "changes": [_change(change, language) for change in one.changes]}
            for one in found.changed[:_SHOWN]
        ],
        "missing": [[one.reference, one.name] for one in found.missing[:_SHOWN]],
        "counts": {"faults": len(found.faults), "new": len(found.new), "changed": len(found.changed),
                   "unchanged": found.unchanged, "missing": len(found.missing)},
        "shown": _SHOWN,
    }  # fmt: skip


def _new(line: Line, language: str) -> list[str]:
    return [line.reference, line.name, words.day(line.birth_date, language),
            text(f"desk.group.{line.group}", language), line.caseworker_email or "–"]  # fmt: skip


def _change(change: Change, language: str) -> list[str]:
    return [column_words(change.column, language), _value(change.column, change.before, language),
            _value(change.column, change.after, language)]  # fmt: skip


def _value(column: str, value: str, language: str) -> str:
    if not value:
        return "–"
    if column in _DATES:
        return words.day(date.fromisoformat(value), language)
    if column in {"group", "aftercare"}:
        return text(f"desk.{column}.{value}", language)
    return value


def _filled(form: Form) -> Filled:
    return Filled(
        {column: form.line(column) for column in FIELDS}, context.row_id(form.text("caseworker")),
        context.row_id(form.text("substitute")),
        form.text("left_why"),
    )  # fmt: skip


def _typed(found: register_kept.Entered) -> dict[str, str]:
    known: Known = found.known
    values = {column: getattr(known, column) for column in FIELDS}
    return {
        **{column: "" if value is None else str(value) for column, value in values.items()},
        "caseworker": found.caseworker_id, "substitute": found.substitute_id, "left_why": found.left_why,
        "seen": found.mark,
    }  # fmt: skip


async def _form_page(
    request: web.Request, values: dict[str, str], faults: tuple[Fault, ...] = (), *, person_id: str = "",
    problem: str = "",
) -> web.Response:  # fmt: skip
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    person, stands = None, dict[str, str]()
    if person_id:
        found = await register.person(viewer, person_id, now=desk.now)
        await trail.looked_at(viewer, person_id, now=desk.now, what="register.edit")
        person = card(found, desk.now, language)
        stands = _typed(await register_kept.entered(viewer, person_id)) if problem else {}
    nobody = {"value": "", "words": text("desk.person.nobody", language)}
    colleagues = [nobody, *await _colleagues(viewer)]
    groups, aftercare = _choices("group", Group, language), _choices("aftercare", Aftercare, language)
    reasons = [
        {"value": "" if one == "none" else one, "words": text(f"desk.register.left_why.{one}", language)}
        for one in ("none", *LEFT_WHY)
    ]
    # Where a colleague was quicker the form says what stands, and beside it what was typed.
    shown = forms.shown(
        values, stands or values, {column: _field_words(column, language) for column in _FORM},
        refused_at="" if problem else "reference", seen=stands.get("seen", ""),
        named={"group": _named(groups), "aftercare": _named(aftercare), "left_why": _named(reasons),
               "caseworker": _named(colleagues), "substitute": _named(colleagues),
               **{column: _in_words(values.get(column, ""), language) for column in _DATES}},
    )  # fmt: skip
    return await page(
        request, "register_form.html", current="people", status=422 if faults else 409 if problem else 200,
        person=person, action=f"/people/{person_id}/register" if person_id else "/people/new", colleagues=colleagues,
        groups=groups, aftercare=aftercare, reasons=reasons, unsaved=shown["unsaved"],
        values={**dict.fromkeys((*_FORM, "seen"), ""), **shown["values"]},
        errors=[
            {"id": one.column.replace("_", "-"),
             "words": f"{_field_words(one.column, language)}: {words.fault(one, language)}"}
            for one in faults
        ],
        problem=words.refusal(problem, language) if problem else "",
    )  # fmt: skip


def _field_words(column: str, language: str) -> str:
    other = {"left_why": "desk.register.left_why", "caseworker": "desk.person.caseworker",
             "substitute": "desk.person.substitute"}  # fmt: skip
    return text(other[column], language) if column in other else column_words(column, language)


def _named(choices: list[dict[str, str]]) -> dict[str, str]:
    return {one["value"]: one["words"] for one in choices}


def _in_words(day: str, language: str) -> dict[str, str]:
    """What was typed as a day, where it is one."""
    try:
        return {day: words.day(date.fromisoformat(day), language)}
    except ValueError:
        return {}


def _choices(name: str, codes: type[Group | Aftercare], language: str) -> list[dict[str, str]]:
    return [{"value": one.value, "words": text(f"desk.{name}.{one.value}", language)} for one in codes]


async def _colleagues(viewer: Viewer) -> list[dict[str, str]]:
    """Whoever may be somebody's caseworker here, the viewer too."""
    return [
        {"value": one.staff_id, "words": one.name}
        for one in await staff.colleagues(viewer)
        if sees_people(Role(one.role))
    ]
