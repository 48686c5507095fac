"""Municipalities side by side on the same axes: alphabetical, never ranked."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from backend.charts.frame import Column, Frame, hatches, key, share_axis
from backend.charts.shares import answered_enough, bars, between, curve, gaps, references, samples, share_cells
from backend.charts.svg import drawing, element, percent, text
from backend.charts.values import Chart, Municipality, Period, Shown, Table, Translate

_ALPHABET = {letter: f"{index:02d}" for index, letter in enumerate(" -abcdefghijklmnopqrstuvwxyzæøå")}


def danish_order(name: str) -> str:
    """A key that sorts names as Danish does: æ, ø and å last, and aa as å."""
    folded = name.casefold().replace("aa", "å").replace("ä", "æ").replace("ö", "ø")
    return "".join(_ALPHABET.get(letter, f"~{letter}") for letter in folded)


PANEL_HEIGHT = 150.0


def small_multiples(
    chart_id: str,
    finding: str,
    municipalities: Sequence[Municipality],
    *,
    baseline: float | None,
    target: float | None,
    language: str,
    t: Translate,
) -> Chart:
    """One small trend per municipality on the same axes of time and share, alphabetical whatever order they came in."""
    ordered = sorted(municipalities, key=lambda municipality: danish_order(municipality.name))
    wide, narrow = (
        _multiples(f"{chart_id}-{size}", finding, ordered, baseline, target, width, columns, language, t)
        for size, width, columns in (("wide", 720.0, 3), ("narrow", 358.0, 1))
    )
    names = ("municipality", "period", "share", "interval", "bounds", "answers")
    rows = [
        (each.name, point.period.label, *share_cells(point, language, t)) for each in ordered for point in each.points
    ]
    words = t("desk.chart.missing") if baseline is None else percent(baseline, language)
    rows.append((t("desk.chart.baseline"), "–", words, "–", "–", "–"))
    if target is not None:
        rows.append((t("desk.chart.target"), "–", percent(target, language), "–", "–", "–"))
    return Chart(wide, narrow, Table(finding, tuple(t(f"desk.chart.head.{name}") for name in names), tuple(rows)))


def _multiples(
    chart_id: str,
    finding: str,
    ordered: Sequence[Municipality],
    baseline: float | None,
    target: float | None,
    width: float,
    across: int,
    language: str,
    t: Translate,
) -> Markup:
    frame = Frame(width / across, PANEL_HEIGHT, left=42, right=10, top=34, bottom=24)
    every_point = [point for each in ordered for point in each.points]
    periods = sorted({point.period for point in every_point}, key=lambda period: (period.begins, period.ends))
    panels = Markup("").join(
        element(
            "g",
            _panel(chart_id, each, periods, baseline, target, frame, language, t),
            transform=f"translate({index % across * frame.width:.1f} {index // across * frame.height:.1f})",
        )
        for index, each in enumerate(ordered)
    )
    height = -(-len(ordered) // across) * PANEL_HEIGHT + 8
    below, key_height = key(samples(chart_id, every_point, baseline, target, language, t), width, height)
    words = t("desk.chart.multiples.description", n=len(ordered))
    return drawing(chart_id, "multiples", width, height + key_height, finding, words, hatches(chart_id), panels, below)


def time_columns(frame: Frame, periods: Sequence[Period], first: date, last: date) -> tuple[Column, ...]:
    """Where periods stand on an axis of days from `first` to `last`, both included."""
    day = frame.inner_width / ((last - first).days + 1)
    columns: list[Column] = []
    for period in periods:
        width = ((period.ends - period.begins).days + 1) * day
        columns.append(Column(frame.left + (period.begins - first).days * day + width / 2, width))
    return tuple(columns)


def _panel(
    chart_id: str,
    municipality: Municipality,
    periods: Sequence[Period],
    baseline: float | None,
    target: float | None,
    frame: Frame,
    language: str,
    t: Translate,
) -> Markup:
    if not municipality.points:
        return text(4, 18, municipality.name, "chart-panel-title")
    first, last = periods[0].begins, max(period.ends for period in periods)
    points = municipality.points
    columns = time_columns(frame, [point.period for point in points], first, last)
    latest = points[-1]
    value = share_cells(latest, language, t)[0]
    if isinstance(latest, Shown) and not answered_enough(latest):
        value = between(latest.bound_low, latest.bound_high, language, t)
    return Markup("").join(
        (
            text(4, 18, municipality.name, "chart-panel-title"),
            text(frame.width - frame.right, 18, value, "chart-value", "end"),
            share_axis(frame, language, (0, 0.5, 1)),
            references(frame, baseline, target),
            gaps(chart_id, points, columns, frame),
            curve(points, columns, frame, dot=0.6),
            bars(chart_id, points, columns, frame),
            text(frame.left, frame.height - 8, str(first.year), "chart-tick"),
            text(frame.width - frame.right, frame.height - 8, str(last.year), "chart-tick", "end"),
        )
    )
