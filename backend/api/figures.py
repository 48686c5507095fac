"""Published figures: shown with all they may never be shown without, as a band, or withheld with the reason."""

from __future__ import annotations

from typing import Any, Final

from backend.api.calls import Call, moment, ok
from backend.api.people import SLUG
from backend.api.schemas import Choice, Either, Flag, Many, Moment, Number, Perhaps, Record, Text, Whole
from models.actions.api import Answer
from models.domain.disclosure import Banded, Shown
from models.domain.errors import NotFound
from models.queries import figures
from models.queries.figures import Published

_PAIR: Final = Many(Number(), 2, 2)
SHOWN: Final = Record(
    "Shown",
    {
        "status": Choice(("shown",)), "heard": Whole(0, 10**6), "n": Whole(0, 10**6), "responded": Whole(0, 10**6),
        "population": Whole(0, 10**6), "response_rate": Number(), "value": Perhaps(Number()), "interval": _PAIR,
        "bounds": _PAIR, "leads_with_bounds": Flag(),
    },
)  # fmt: skip
BANDED: Final = Record("Banded", {"status": Choice(("banded",)), "band": Choice(("under_25", "over_75"))})
WITHHELD: Final = Record("Withheld", {"status": Choice(("withheld",)), "reason": Choice(("few",))})
FIGURE: Final = Record(
    "Figure",
    {
        "figure": Choice(("heard",)), "period": Text(8), "definition": Text(80), "version": Whole(1, 10**6),
        "published_at": Moment(), "result": Either((SHOWN, BANDED, WITHHELD)),
        "sha256": Perhaps(Text(64)),
    },
)  # fmt: skip
SERIES: Final = Record("FigureSeries", {"municipality": SLUG, "name": Text(120), "figures": Many(FIGURE, 1000)})
FIGURES: Final = Record("Figures", {"items": Many(SERIES, 200)})
LISTED: Final = {"municipality": SLUG}


async def index(call: Call) -> Answer:
    """The heard-indicator of every municipality whose figures one may see, or of one of them."""
    asked = call.query.get("municipality")
    places = [one for one in await figures.places(call.viewer) if asked in {None, one.slug}]
    if asked and not places:
        raise NotFound
    found = await figures.heard(call.viewer, tuple(one.slug for one in places))
    return ok(
        {
            "items": [
                {
                    "municipality": one.place.slug, "name": one.place.name,
                    "figures": [_figure(each) for each in one.figures],
                }
                for one in found
            ]
        }
    )  # fmt: skip


def _figure(one: Published) -> dict[str, Any]:
    shown = isinstance(one.result, Shown)
    return {
        "figure": "heard", "period": one.period.key, "definition": one.definition, "version": one.version,
        "published_at": moment(one.published_at), "result": _result(one),
        # The fingerprint of a few counts can be found by trying them all.
        "sha256": one.sha256 if shown else None,
    }  # fmt: skip


def _result(one: Published) -> dict[str, Any]:
    if isinstance(one.result, Banded):
        return {"status": "banded", "band": one.result.band}
    if not isinstance(one.result, Shown):
        return {"status": "withheld", "reason": one.result.reason}
    value = one.result.value
    return {
        "status": "shown", "heard": value.counts.heard, "n": value.counts.computable,
        "responded": value.counts.responded, "population": value.counts.population,
        "response_rate": value.response_rate, "value": value.share,
        "interval": [value.interval.lower, value.interval.upper],
        "bounds": [value.bounds.lower, value.bounds.upper], "leads_with_bounds": value.leads_with_bounds,
    }  # fmt: skip
