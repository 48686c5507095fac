"""The register: everyone within reach, filtered and searched without a word in an address."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from backend import context, forms, words
from backend.context import VIEWER
from backend.rendering import page
from locales import dates
from models.domain.localtime import local_date
from models.domain.staff import may, sees_whole_municipality
from models.queries import register, search
from models.queries.register import Show


async def show(request: web.Request) -> web.StreamResponse:
    """The list in Danish order, a page at a time."""
    return await _list(request, "")


async def find(request: web.Request) -> web.StreamResponse:
    """The list filtered by words of a name or a reference; they come in the body, so no log or history keeps them."""
    return await _list(request, (await forms.read(request)).line("words")[:100])


async def everywhere(request: web.Request) -> web.StreamResponse:
    """Names and messages within reach that have the words. Nothing of it stands in an address."""
    form = await forms.read(request)
    asked, older = form.line("words")[:100], form.text("older")[:60]
    desk, language = context.desk(request), context.language(request)
    found = await search.search(request[VIEWER], asked, older=older)
    return await page(
        request, "search.html", words=asked, further=bool(older),
        people=[
            {"name": one.name, "reference": one.reference, "href": f"/people/{one.person_id}"} for one in found.people
        ],
        messages=[
            {"name": one.name, "line": one.line, "when": words.moment(one.at, desk.now, language),
             "direction": one.direction,
             "href": f"/inbox/{one.person_id}{f'?before={one.before}' if one.before else ''}#m-{one.message_id}"}
            for one in found.messages
        ],
        back_to=words.day(local_date(found.back_to), language) if found.back_to else "",
        older=found.older,
    )  # fmt: skip


async def _list(request: web.Request, asked: str) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    wanted = request.query.get("show", "")
    shown = Show(wanted) if wanted in {one.value for one in Show} else Show.ALL
    after = request.query.get("after", "")[:32]
    found = await register.people(viewer, shown, now=desk.now, words=asked, after=after)
    return await page(
        request, "people.html", current="people",
        filters=[
            {
                "key": one.value,
                "href": "/people" if one is Show.ALL else f"/people?show={one.value}",
                "current": one is shown,
            }
            for one in _filters(whole=sees_whole_municipality(viewer.role))
        ],
        people=[_line(line, desk, language) for line in found.people],
        total=found.total, not_offered=found.not_offered, words=asked, may_import=False,
        may_open_other=may(viewer.role, "people.open_other"), plans=may(viewer.role, "checkins.plan"),
        earlier=f"/people?show={shown.value}" if after else "",
        later=f"/people?show={shown.value}&after={found.later}" if found.later and not asked else "",
    )  # fmt: skip


def _filters(*, whole: bool) -> list[Show]:
    first = [Show.ALL, Show.MINE] if whole else [Show.ALL]
    last = [Show.NO_CASEWORKER] if whole else []
    return [*first, Show.NOT_OFFERED, Show.DECLINED, Show.COMING, *last]


def _line(line: register.PersonLine, desk: context.Desk, language: str) -> dict[str, Any]:
    return {
        "name": line.name,
        "href": f"/people/{line.person_id}",
        "age": line.age,
        "caseworker": line.caseworker or "–",
        "offer": words.offer_status(line.offer, language),
        "link": words.link_status(line.link, language),
        "heard": "–" if line.heard_at is None else dates.ago(line.heard_at, desk.now, language),
    }
