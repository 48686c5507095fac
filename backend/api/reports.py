"""Reports: everything published, line by line, as JSON or as the file that spreadsheets read."""

from __future__ import annotations

from dataclasses import astuple
from typing import Final

from backend.api.calls import Call, ok
from backend.api.people import SLUG
from backend.api.schemas import Choice, Content, Many, Number, Perhaps, Record, Text, Token, Whole
from models.actions.api import Answer
from models.domain.reports import COLUMNS, Line, write
from models.queries import figures

_COUNT: Final = Perhaps(Whole(0, 10**6))
_SHARE: Final = Perhaps(Number())
PERIOD: Final = Token("20[0-9]{2}(?:[HQ][1-4])?", "period_unreadable", "2026Q3")
LINE: Final = Record(
    "ReportLine",
    {
        "geography": SLUG, "period": Text(8), "figure": Text(40), "breakdown": Text(40, blank=True),
        "group": Text(40, blank=True), "status": Choice(("shown", "banded", "withheld")), "responded": _COUNT,
        "n": _COUNT, "N": _COUNT, "response_rate": _SHARE, "value": _SHARE, "band": Text(10, blank=True),
        "lower": _SHARE, "upper": _SHARE, "bound_low": _SHARE, "bound_high": _SHARE, "definition": Text(80),
        "version": Whole(1, 10**6), "sha256": Text(64, blank=True),
    },
)  # fmt: skip
REPORT: Final = Record("Report", {"items": Many(LINE, 10000)})
FILE: Final = Content("text/csv")
LISTED: Final = {"municipality": SLUG, "period": PERIOD}


async def index(call: Call) -> Answer:
    """All of it, of one municipality, or of one quarter."""
    return ok({"items": [dict(zip(COLUMNS, astuple(one), strict=True)) for one in await _lines(call)]})


async def file(call: Call) -> Answer:
    """The same as a file."""
    made = write(await _lines(call)).encode("utf-8-sig")
    return ok(made, Content_Type="text/csv; charset=utf-8", Content_Disposition='attachment; filename="figures.csv"')


async def _lines(call: Call) -> list[Line]:
    asked = call.query
    return await figures.report(call.viewer, slug=asked.get("municipality", ""), period=asked.get("period", ""))
