"""You said – we did: what came of what young people said, and writing the next for a panel to judge."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.pages.leaving import going
from backend.rendering import page
from locales import LANGUAGES, dates, text
from models.actions import panels as deeds
from models.domain.errors import Invalid, NotFound
from models.domain.localtime import local_date
from models.domain.panels import LONGEST_DONE
from models.domain.staff import may
from models.queries import panels
from models.queries.panels import DoneLine

_FIELDS: Final = tuple(f"{name}_{language}" for name in ("said", "did") for language in LANGUAGES)
#: State -> the kind of sign it gets (macros/status.html).
KINDS: Final = {"new": "waiting", "asked": "waiting", "approved": "done", "disputed": "due"}


async def show(request: web.Request) -> web.StreamResponse:
    """What stands, panel by panel; whoever may write sees also what the members are judging."""
    viewer, language = request[VIEWER], context.language(request)
    found = await panels.told(viewer)
    return await page(
        request, "you_said.html", current="you_said",
        panels=[
            {"name": one.line.name, "href": f"/panels/{one.line.panel_id}/you-said" if one.writes else "",
             "dones": [done_line(done, language) for done in one.dones]}
            for one in found
        ],
        writes=may(viewer.role, "you_said.write"),
    )  # fmt: skip


async def compose(request: web.Request) -> web.StreamResponse:
    """The form; begun with what many have said something about, if that was chosen."""
    return await _form_page(request, {})


async def write(request: web.Request) -> web.StreamResponse:
    """Send it to the panel, whose members say whether it is true."""
    form, panel_id = await forms.read(request), request.match_info["panel_id"]
    said, did = ({one: form.line(f"{name}_{one}") for one in LANGUAGES} for name in ("said", "did"))
    try:
        await deeds.write_done(request[VIEWER], panel_id, said, did, now=context.desk(request).now)
    except Invalid:
        return await _form_page(request, dict(form.values), checked=True)
    raise going("/you-said", said="you_said_sent")


def done_line(one: DoneLine, language: str) -> dict[str, Any]:
    """One entry as pages show it."""
    return {
        "said": one.said[language], "did": one.did[language], "kind": KINDS[one.state],
        "state": text(f"desk.panels.done.{one.state}", language), "disputed": one.state == "disputed",
        "day": dates.day(local_date(one.at), language, year=True),
    }  # fmt: skip


async def _form_page(request: web.Request, values: dict[str, str], *, checked: bool = False) -> web.Response:
    viewer, language, now = request[VIEWER], context.language(request), context.desk(request).now
    panel_id = request.match_info["panel_id"]
    line = next((one.line for one in await panels.told(viewer) if one.line.panel_id == panel_id and one.writes), None)
    if line is None:
        raise NotFound
    often = await panels.often_said(await panels.counting(viewer, panel_id), viewer.municipality_id, now=now)
    here = f"/panels/{panel_id}/you-said"
    # What many have not said something about is no beginning, whatever the address asks for.
    if (about := request.query.get("about", "")) in often and not checked:
        values = {f"said_{one}": text(f"desk.you_said.begun.{about}", one) for one in LANGUAGES}
    wrong = {
        name: "you_said_missing" if not values.get(name, "").strip() else "you_said_long"
        for name in _FIELDS
        if checked and not 0 < len(values.get(name, "").strip()) <= LONGEST_DONE
    }
    return await page(
        request, "you_said_form.html", current="you_said", status=422 if checked else 200,
        panel=line.name, action=here, longest=LONGEST_DONE,
        often=[{"href": f"{here}?about={one}#said-da", "words": text(f"desk.you_said.about.{one}", language)}
               for one in often],
        values={**dict.fromkeys(_FIELDS, ""), **values},
        errors=[
            {"id": name.replace("_", "-"), "words": words.refusal(code, language),
             "label": text(f"desk.panels.{name}", language)}
            for name, code in wrong.items()
        ],
    )  # fmt: skip
