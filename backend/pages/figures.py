"""Figures: one sentence first, then the trend, then how it is computed. Never a bare number, never a small cell."""

from __future__ import annotations

from typing import Any

from aiohttp import hdrs, web

from backend import charts, context
from backend.charts import Chart, Point
from backend.charts.svg import outward, percent
from backend.context import VIEWER
from backend.pages import goals as local
from backend.rendering import page
from backend.words import day
from locales import dates, text
from models.domain.disclosure import LEAST_REGISTER, Banded, Shown
from models.domain.errors import NotFound
from models.domain.figures.indicator import Change, Indicator, Unclaimed
from models.domain.figures.periods import Period
from models.domain.goals import Measured
from models.domain.instruments import instrument
from models.domain.localtime import local_date
from models.domain.reports import write
from models.domain.staff import may
from models.queries import figures, goals
from models.queries.figures import Offered, Published, Series
from models.queries.goals import Goals


async def file(request: web.Request) -> web.StreamResponse:
    """Everything published of the chosen place, or of every place one may see, as a file."""
    lines = await figures.report(request[VIEWER], slug=request.query.get("place", ""))
    return web.Response(
        body=write(lines).encode("utf-8-sig"), content_type="text/csv", charset="utf-8",
        headers={hdrs.CONTENT_DISPOSITION: 'attachment; filename="figures.csv"'},
    )  # fmt: skip


async def show(request: web.Request) -> web.StreamResponse:
    """One municipality; or, for the national board and evaluators, all of them side by side first."""
    viewer, language = request[VIEWER], context.language(request)
    places = await figures.places(viewer)
    asked = request.query.get("place", "")
    chosen = [place for place in places if place.slug == asked]
    if asked and not chosen:
        raise NotFound
    if not chosen and len(places) == 1:
        chosen = places
    found = await figures.heard(viewer, tuple(place.slug for place in (chosen or places)))
    tabs = _tabs(places, asked, language) if len(places) > 1 else []
    if not chosen:
        return await page(
            request, "figures_all.html", current="figures", tabs=tabs,
            chart=_multiples(found, language) if any(one.figures for one in found) else None,
            finding=text("desk.figures.multiples_finding", language, n=len(found)),
            lines=[[one.place.name, *_line(one, language)] for one in found],
        )  # fmt: skip
    series = found[0]
    wanted = request.query.get("period", "")
    periods = [one.period.key for one in series.figures]
    if wanted and wanted not in periods:
        raise NotFound
    index = periods.index(wanted) if wanted else len(periods) - 1
    current = series.figures[index] if periods else None
    now = context.desk(request).now
    offered = await figures.offered(viewer, now=now)
    aims = await goals.goals(viewer, series.place.slug)
    return await page(
        request, "figures.html", current="figures", place=series.place.name, tabs=tabs,
        periods=_periods(series, current, asked, language),
        period=period_words(current.period, language) if current else "",
        lead=_lead(current, language), change=_change(series, current, language),
        trend=_trend(series, aims, language), finding=_finding(series, language), baseline=_baseline(aims) is not None,
        goals=local.section(aims, local_date(now), language), phase=local.phase_line(aims, local_date(now), language),
        writes_goals=may(viewer.role, "goals.write"),
        file=f"/figures/file?place={series.place.slug}" if may(viewer.role, "reports.read") else "",
        items=_items(current, language), offered=_offered(offered, language), method=_method(current, language),
    )  # fmt: skip


def period_words(period: Period, language: str) -> str:
    """ "3. kvartal 2026", "2. halvår 2026", "2026"."""
    return text(f"desk.period.{period.kind}", language, number=period.number, year=period.year)


def _tabs(places: list[figures.Place], asked: str, language: str) -> list[dict[str, Any]]:
    everywhere = {"href": "/figures", "words": text("desk.figures.everywhere_tab", language), "current": not asked}
    return [
        everywhere,
        *({"href": f"/figures?place={one.slug}", "words": one.name, "current": one.slug == asked} for one in places),
    ]


def _periods(series: Series, current: Published | None, asked: str, language: str) -> list[dict[str, Any]]:
    place = f"place={asked}&" if asked else ""
    return [
        {"href": f"/figures?{place}period={one.period.key}", "words": period_words(one.period, language),
         "current": one is current}
        for one in series.figures[-8:]
    ]  # fmt: skip


def _lead(current: Published | None, language: str) -> dict[str, Any]:
    if current is None:
        return {"state": "none"}
    result = current.result
    if isinstance(result, Banded):
        return {"state": "banded", "band": "under" if result.band == "under_25" else "over"}
    if not isinstance(result, Shown):
        return {"state": "withheld"}
    counts = result.value.counts
    state = "everyone" if counts.computable == counts.population else "shown"
    return {"state": "bounds" if result.value.leads_with_bounds else state, **_numbers(result.value, language)}


def _numbers(value: Indicator, language: str) -> dict[str, Any]:
    counts = value.counts
    low, high = outward(value.interval.lower, value.interval.upper)
    bound_low, bound_high = outward(value.bounds.lower, value.bounds.upper)
    return {
        "share": percent(value.share or 0.0, language),
        "low": percent(low / 100, language),
        "high": percent(high / 100, language),
        "bound_low": percent(bound_low / 100, language),
        "bound_high": percent(bound_high / 100, language),
        "answered": counts.responded,
        "computable": counts.computable,
        "heard": counts.heard,
        "population": counts.population,
        "rate": percent(value.response_rate, language),
        "dont_know": counts.responded - counts.computable,
        "sensitivity": percent(value.sensitivity or 0.0, language),
    }


def _change(series: Series, current: Published | None, language: str) -> str:
    """What may be said about the difference from the period before; "" for any but the latest period."""
    if series.change is None or current is not series.figures[-1]:
        return ""
    change: Change = series.change
    if change.difference is None or change.interval is None:
        return ""
    if not change.claimed:
        why = change.because or Unclaimed.CHANCE
        return text(f"desk.figures.no_change.{why.value}", language)
    points = abs(round(change.difference * 100))
    return text(
        "desk.figures.up" if change.difference > 0 else "desk.figures.down", language, n=points,
        low=round(change.interval.lower * 100), high=round(change.interval.upper * 100),
    )  # fmt: skip


def _point(one: Published, language: str) -> Point:
    period = charts.Period(
        label=period_words(one.period, language),
        short=text(f"desk.period.short.{one.period.kind}", language, number=one.period.number, year=one.period.year),
        year=str(one.period.year),
        begins=one.period.first_day,
        ends=one.period.last_day,
    )
    result = one.result
    if isinstance(result, Banded):
        under = result.band == "under_25"
        return charts.Banded(period, charts.Band.UNDER_A_QUARTER if under else charts.Band.OVER_THREE_QUARTERS)
    if not isinstance(result, Shown):
        return charts.Withheld(period)
    value = result.value
    return charts.Shown(
        period, value.share or 0.0, value.interval.lower, value.interval.upper, value.bounds.lower, value.bounds.upper,
        value.counts.computable, value.counts.population, value.response_rate,
    )  # fmt: skip


def _baseline(aims: Goals) -> float | None:
    """The baseline of the municipality's own goal on the heard-indicator, as a share."""
    found = [one.goal.baseline for one in aims.pursued if one.goal.measured is Measured.HEARD]
    return next((value / 100 for value in found if value is not None), None)


def _trend(series: Series, aims: Goals, language: str) -> Chart | None:
    if not series.figures:
        return None
    target = next((one.goal.target / 100 for one in aims.pursued if one.goal.measured is Measured.HEARD), None)
    points = [_point(one, language) for one in series.figures]
    finding = _finding(series, language)
    return charts.trend(
        "heard-trend", finding, points, baseline=_baseline(aims), target=target, language=language, t=_t(language),
        phases=[local.phase_of(aims, one.period, language) for one in series.figures],
    )  # fmt: skip


def _multiples(found: list[Series], language: str) -> Chart:
    return charts.small_multiples(
        "heard-everywhere",
        text("desk.figures.multiples_finding", language, n=len(found)),
        [charts.Municipality(one.place.name, tuple(_point(each, language) for each in one.figures)) for one in found],
        baseline=None, target=None, language=language, t=_t(language),
    )  # fmt: skip


def _finding(series: Series, language: str) -> str:
    """The title of the trend says what it shows, from what is shown only."""
    shown = [one for one in series.figures if isinstance(one.result, Shown)]
    if not shown:
        return text("desk.figures.finding_none", language)
    last = shown[-1]
    value = last.result.value if isinstance(last.result, Shown) else None
    if value is None or value.leads_with_bounds:
        return text("desk.figures.finding_bounds", language, period=period_words(last.period, language))
    return text(
        "desk.figures.finding", language, share=percent(value.share or 0.0, language),
        period=period_words(last.period, language),
    )  # fmt: skip


def _line(series: Series, language: str) -> list[str]:
    if not series.figures:
        return ["–", text("desk.figures.none_yet", language), "–"]
    last = series.figures[-1]
    result = last.result
    if isinstance(result, Banded):
        said = text("desk.chart.under" if result.band == "under_25" else "desk.chart.over", language)
        return [period_words(last.period, language), said, "–"]
    if not isinstance(result, Shown):
        return [period_words(last.period, language), text("desk.chart.few", language), "–"]
    numbers = _numbers(result.value, language)
    key = "desk.figures.short_bounds" if result.value.leads_with_bounds else "desk.figures.short"
    return [
        period_words(last.period, language), text(key, language, **numbers),
        text("desk.chart.answers", language, answered=numbers["answered"], population=numbers["population"],
             rate=numbers["rate"]),
    ]  # fmt: skip


def _items(current: Published | None, language: str) -> list[list[str]]:
    """Item means and what is missing, from 30 computable answers on."""
    if current is None or not isinstance(current.result, Shown) or current.result.value.items is None:
        return []
    items = current.result.value.items
    return [
        [
            item.text[language],
            "–" if mean is None else _decimal(mean, language),
            _few(missing, language),
            _few(unsure, language),
        ]
        for item, mean, missing, unsure in zip(
            instrument("hoert5").items, items.means, items.missing, items.dont_know, strict=True
        )
    ]


def _few(count: int, language: str) -> str:
    """A count of one or two people is not told apart."""
    return text("desk.figures.under_three", language) if 0 < count < LEAST_REGISTER else str(count)


def _decimal(value: float, language: str) -> str:
    said = f"{value:.1f}"
    return said.replace(".", ",") if language == "da" else said


def _offered(found: Offered | None, language: str) -> dict[str, Any] | None:
    if found is None or not found.population:
        return None
    share = percent(found.offered / found.population, language)
    return {
        "words": text(
            "desk.figures.offered", language, offered=found.offered, population=found.population, share=share,
            day=day(found.on, language),
        ),
        "missing": found.population - found.offered,
    }  # fmt: skip


def _method(current: Published | None, language: str) -> dict[str, str] | None:
    if current is None:
        return None
    return {
        "definition": text("desk.figures.definition", language),
        "version": f"{current.definition} · {current.version}",
        "published": dates.day(local_date(current.published_at), language, year=True),
        "sha": current.sha256,
        # What is withheld keeps its base to itself as well.
        "base": _base(current, language),
    }


def _base(current: Published, language: str) -> str:
    if not isinstance(current.result, Shown):
        return ""
    return text("desk.figures.base_line", language, **_numbers(current.result.value, language))


def _t(language: str) -> charts.Translate:
    def translate(key: str, **values: object) -> str:
        return text(key, language, **values)

    return translate
