"""The register: everyone within reach, filtered and searched without a word in an address."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from aiohttp import web

from backend import context, forms, words
from backend.context import ACCOUNT, VIEWER
from backend.rendering import page
from locales import dates, text
from models.actions import staff as sessions
from models.domain.localtime import local_date
from models.domain.staff import may, sees_whole_municipality
from models.queries import register, search, staff
from models.queries.register import Show
from models.queries.search import FoundThing

#: So many of each are seen at once; the rest is unfolded.
_FIRST: Final = 8
#: What is found beside people and messages, in the order in which it stands on the page.
_GROUPS: Final = (
    ("offers", frozenset({"offer"})), ("meetings", frozenset({"meeting"})), ("plans", frozenset({"goal", "follow_up"})),
)  # fmt: skip


async def show(request: web.Request) -> web.StreamResponse:
    """The list in Danish order, a page at a time; or what was searched for in it before, when one goes back."""
    asked, _ = await _again(request)
    return await _list(request, asked, again=request.query["again"] if asked else "")


async def find(request: web.Request) -> web.StreamResponse:
    """The list filtered by words of a name or a reference; they come in the body, so no log or history keeps them."""
    asked = (await forms.read(request)).line("words")[:100]
    return await _list(request, asked, again=await _kept(request, asked))


async def everywhere(request: web.Request) -> web.StreamResponse:
    """Everything within reach that has the words, in groups. Nothing of it stands in an address."""
    form = await forms.read(request)
    asked, older = form.line("words")[:100], form.text("older")[:60]
    return await _found(request, asked, older, again=await _kept(request, asked, older))


async def back(request: web.Request) -> web.StreamResponse:
    """What was searched for before, when one goes back to it; or a page to search from."""
    asked, older = await _again(request)
    return await _found(request, asked, older, again=request.query["again"] if asked else "")


async def _kept(request: web.Request, asked: str, older: str = "") -> str:
    """The name by which a search is found again in this session; `desk.js` puts it in the address in the words' stead,
    because a browser does not go back to a form that was sent."""
    return await sessions.keep_search(request[VIEWER], request[ACCOUNT].session, asked, older) if asked else ""


async def _again(request: web.Request) -> tuple[str, str]:
    name = request.query.get("again", "")[:32]
    return await staff.searched(request[VIEWER], request[ACCOUNT].session, name) if name else ("", "")


async def _found(request: web.Request, asked: str, older: str, *, again: str) -> web.Response:
    desk, language = context.desk(request), context.language(request)
    found = await search.search(request[VIEWER], asked, older=older)
    return await page(
        request, "search.html", words=asked, further=bool(older), again=again,
        people=[
            {"name": one.name, "reference": one.reference, "href": f"/people/{one.person_id}"} for one in found.people
        ],
        groups=[
            {"key": key, "first": things[:_FIRST], "rest": things[_FIRST:]}
            for key, kinds in _GROUPS
            if (things := [_thing(one, desk.now, language) for one in found.things if one.kind in kinds])
        ],
        messages=[
            {"name": one.name, "line": one.line, "when": _when(one.at, desk.now, language), "kind": one.kind,
             "href": f"/inbox/{one.person_id}{f'?before={one.before}' if one.before else ''}#m-{one.message_id}"}
            for one in found.messages
        ],
        back_to=words.day(local_date(found.back_to), language) if found.back_to else "",
        older=found.older,
    )  # fmt: skip


def _thing(one: FoundThing, now: datetime, language: str) -> dict[str, Any]:
    plan = f"/people/{one.person_id}/plan"
    return {
        "name": one.name,
        "title": one.title or ((text(f"desk.search.kind.{one.kind}", language), False),),
        "line": one.line,
        "when": _when(one.at, now, language),
        "href": {
            "offer": f"/offers/{one.about}", "meeting": f"/meetings/{one.about}", "goal": f"{plan}#goals",
            "follow_up": f"{plan}#follow_ups",
        }[one.kind],
    }  # fmt: skip


def _when(at: datetime, now: datetime, language: str) -> dict[str, str]:
    """A moment as everywhere; a search goes back over years, so that another year is said."""
    day = local_date(at)
    same = day.year == local_date(now).year
    return words.moment(at, now, language) if same else {"iso": at.isoformat(), "words": words.day(day, language)}


async def _list(request: web.Request, asked: str, *, again: str) -> web.Response:
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
        people=[_line(line, shown, desk, language) for line in found.people],
        total=found.total, words=asked, again=again, third=_third(shown), advice=_advice(found, shown, language),
        may_write=may(viewer.role, "register.write"), may_import=may(viewer.role, "register.import"),
        may_open_other=may(viewer.role, "people.open_other"), plans=may(viewer.role, "checkins.plan"),
        earlier=f"/people?show={shown.value}" if after and not asked else "",
        later=f"/people?show={shown.value}&after={found.later}" if found.later else "",
    )  # fmt: skip


def _advice(found: register.People, shown: Show, language: str) -> str:
    """The one line that says what to do now in this list."""
    if shown is Show.DECLINED and found.no_day:
        return text("desk.people.no_day", language, n=found.no_day)
    if shown is Show.DECLINED and found.total:
        return text("desk.people.no_day.none", language)
    if found.late:
        return text("desk.people.advice_late", language, n=found.not_offered, late=found.late)
    if found.not_offered:
        return text("desk.people.advice", language, n=found.not_offered)
    return text("desk.people.advice_none", language) if found.total else ""


def _filters(*, whole: bool) -> list[Show]:
    first = [Show.ALL, Show.MINE] if whole else [Show.ALL]
    last = [Show.NO_CASEWORKER] if whole else []
    return [*first, Show.NOT_OFFERED, Show.DECLINED, Show.COMING, Show.NO_CHAT, Show.NOT_HEARD, *last]


def _third(shown: Show) -> str:
    """The column of days this list is about."""
    return {Show.NOT_OFFERED: "deadline", Show.DECLINED: "follow_up", Show.COMING: "deadline"}.get(shown, "heard")


def _line(line: register.PersonLine, shown: Show, desk: context.Desk, language: str) -> dict[str, Any]:
    return {
        "name": line.name,
        "href": f"/people/{line.person_id}",
        "to_do": f"/people/{line.person_id}/plan?open=follow-up#follow_ups"
        if shown is Show.DECLINED and line.follow_up is None
        else "",
        "age": line.age,
        "caseworker": line.caseworker or "–",
        "offer": words.offer_status(line.offer, language),
        "link": words.link_status(line.link, language),
        "day": _day(line, shown, desk, language),
        "late": _late(line, shown, local_date(desk.now)),
    }


def _day(line: register.PersonLine, shown: Show, desk: context.Desk, language: str) -> str:
    match _third(shown):
        case "deadline":
            return words.day(line.deadline, language)
        case "follow_up":
            return words.day(line.follow_up, language)
        case _:
            return "–" if line.heard_at is None else dates.ago(line.heard_at, desk.now, language)


def _late(line: register.PersonLine, shown: Show, today: date) -> str:
    """Why this person comes first: the deadline has passed, no day is agreed, or the day has come; a code or ""."""
    if shown is Show.NOT_OFFERED and line.deadline < today:
        return "deadline"
    if shown is Show.DECLINED and line.follow_up is None:
        return "no_day"
    return "due" if shown is Show.DECLINED and line.follow_up is not None and line.follow_up <= today else ""
