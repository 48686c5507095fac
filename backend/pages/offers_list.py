"""The list of offers, by what is to be done with them; and one group of them whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from aiohttp import web

from backend import context
from backend.context import VIEWER
from backend.pages import range_words
from backend.pages.leaving import going
from backend.pages.offers import line_of, wish_line
from backend.rendering import page
from models.domain.offers import OfferState
from models.domain.staff import may
from models.queries import offers
from models.queries.offers import OfferLine

#: So many of each group stand on the page of all of them, and of one alone.
_FIRST: Final = 15
PAGE: Final = 50
_GROUPS: Final = (
    ("change_asked", (OfferState.CHANGE_ASKED,)),
    ("accepted", (OfferState.ACCEPTED,)),
    ("waiting", (OfferState.PUBLISHED,)),
    ("drafts", (OfferState.DRAFT,)),
    ("declined", (OfferState.DECLINED,)),
    ("running", (OfferState.STARTED, OfferState.PAUSED)),
)
_WISHES: Final = "wishes"


async def show(request: web.Request) -> web.StreamResponse:
    """All offers within reach by what is to be done with them, and the range of offers; or one group of them whole."""
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    asked = dict(_GROUPS).get(request.query.get("show", ""))
    if asked is not None:
        return await _group_page(request, request.query["show"], asked)
    if request.query.get("show") == _WISHES:
        return await _wishes_page(request)
    found = await offers.grouped(viewer, [states for _, states in _GROUPS], first=_FIRST)
    groups = {
        key: _group(key, lines, n, desk.now, language) for (key, _), (lines, n) in zip(_GROUPS, found, strict=True)
    }
    kinds = await offers.kinds(viewer)
    wished, wishes = await offers.wishes(viewer, first=_FIRST)
    return await page(
        request, "offers.html", current="offers", groups=list(groups.values()), waiting=groups["waiting"]["n"],
        wishes=[wish_line(one, desk.now, language, named=True) for one in wished],
        more_wishes=wishes if wishes > len(wished) else 0,
        kinds=[
            {"name": kind.title, "words": kind.description, "purpose": kind.purpose,
             "running": range_words.facts(kind, language)}
            for kind in kinds
        ],
        keeps_range=may(viewer.role, "offers.range"), whole="", earlier="", later="",
    )  # fmt: skip


async def _group_page(request: web.Request, key: str, states: tuple[OfferState, ...]) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    after = context.after(request)
    ((lines, n),) = await offers.grouped(viewer, [states], first=PAGE, after=after)
    if after and not lines:
        raise going(f"/offers?show={key}")
    return await page(
        request, "offers.html", current="offers", groups=[_group(key, lines, n, desk.now, language)], waiting=0,
        wishes=[], more_wishes=0, kinds=[], keeps_range=False, whole=key, **_pages(key, after, n),
    )  # fmt: skip


async def _wishes_page(request: web.Request) -> web.Response:
    viewer, desk, language = request[VIEWER], context.desk(request), context.language(request)
    after = context.after(request)
    wished, n = await offers.wishes(viewer, first=PAGE, after=after)
    if after and not wished:
        raise going(f"/offers?show={_WISHES}")
    return await page(
        request, "offers.html", current="offers", groups=[], waiting=0, kinds=[], keeps_range=False, whole=_WISHES,
        wishes=[wish_line(one, desk.now, language, named=True) for one in wished], more_wishes=0,
        **_pages(_WISHES, after, n),
    )  # fmt: skip


def _pages(key: str, after: int, n: int) -> dict[str, str]:
    """The addresses of the pages beside this one of a list that stands alone."""
    there = f"/offers?show={key}"
    return {
        "earlier": f"{there}&after={max(0, after - PAGE)}" if after else "",
        "later": f"{there}&after={after + PAGE}" if after + PAGE < n else "",
    }


def _group(key: str, lines: list[OfferLine], n: int, now: datetime, language: str) -> dict[str, Any]:
    return {
        "key": key, "n": n, "offers": [line_of(one, now, language, named=True) for one in lines],
        "all": f"/offers?show={key}" if n > len(lines) else "",
    }  # fmt: skip
