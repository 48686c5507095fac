"""A share over the periods, for one place."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from markupsafe import Markup

from backend.charts.frame import LETTER, NARROW, ROW, WIDE, Column, Frame, hatches, key, period_axis, share_axis
from backend.charts.shares import bars, curve, gaps, labels, references, samples, share_cells
from backend.charts.svg import drawing, element, percent, text
from backend.charts.values import Chart, Point, Table, Translate, Withheld


def trend(
    chart_id: str,
    finding: str,
    points: Sequence[Point],
    *,
    baseline: float | None,
    target: float | None,
    language: str,
    t: Translate,
    phases: Sequence[str] = (),
) -> Chart:
    """A share per period with its 95 % band, against the baseline (dashed) and the target (thin).

    `phases` has the name of the project's phase for each period, or "": they are surfaces behind the periods.

    `finding` is the title in words; `chart_id` must be unique on the page. Withheld periods are hatched gaps, banded
    ones a hatched bar, and where fewer than half answered the bounds are drawn in place of share and interval.
    """
    wide, narrow = (
        _trend(f"{chart_id}-{size}", finding, points, baseline, target, frame, language, t, phases)
        for size, frame in (("wide", WIDE), ("narrow", NARROW))
    )
    table = trend_table(finding, points, baseline, target, language, t)
    return Chart(wide, narrow, _with_phases(table, phases, t) if any(phases) else table)


def _trend(
    chart_id: str,
    finding: str,
    points: Sequence[Point],
    baseline: float | None,
    target: float | None,
    frame: Frame,
    language: str,
    t: Translate,
    phases: Sequence[str],
) -> Markup:
    if any(phases):
        frame = replace(frame, top=frame.top + ROW)
    columns = frame.columns(len(points))
    entries = samples(chart_id, points, baseline, target, language, t)
    below, key_height = key(entries, frame.width, frame.height)
    return drawing(
        chart_id,
        "trend",
        frame.width,
        frame.height + key_height,
        finding,
        _description(points, t),
        hatches(chart_id),
        _surfaces(phases, columns, frame),
        share_axis(frame, language),
        references(frame, baseline, target),
        gaps(chart_id, points, columns, frame, t("desk.chart.few")),
        curve(points, columns, frame),
        bars(chart_id, points, columns, frame),
        labels(points, columns, frame, language),
        period_axis(frame, columns, [point.period for point in points]),
        below,
    )


def _surfaces(phases: Sequence[str], columns: Sequence[Column], frame: Frame) -> Markup:
    """A surface behind the periods of each phase, with its name above where there is room."""
    parts: list[Markup] = []
    begins = 0
    for index, (name, run) in enumerate((name, list(those)) for name, those in groupby(phases)):
        first, last = columns[begins], columns[begins + len(run) - 1]
        left, wide = first.x - first.width / 2, last.x - first.x + first.width
        begins += len(run)
        if not name:
            continue
        shade = ("low", "middle", "high")[index % 3]
        parts.append(
            element(
                "rect", x=left, y=frame.top, width=wide, height=frame.inner_height,
                class_=f"chart-band chart-band-{shade}",
            )
        )  # fmt: skip
        if len(name) * LETTER + 4 <= wide:
            parts.append(text(left + 4, frame.top - 6, name, "chart-band-words"))
    return Markup("").join(parts)


def _with_phases(table: Table, phases: Sequence[str], t: Translate) -> Table:
    """The same table with a column of the phases; baseline and target are in none."""
    said = [*(name or "–" for name in phases), *["–"] * (len(table.rows) - len(phases))]
    rows = tuple((*row, name) for row, name in zip(table.rows, said, strict=True))
    return Table(table.caption, (*table.head, t("desk.chart.head.phase")), rows)


def _description(points: Sequence[Point], t: Translate) -> str:
    if not points:
        return t("desk.chart.trend.empty")
    return t(
        "desk.chart.trend.description",
        n=len(points),
        first=points[0].period.label,
        last=points[-1].period.label,
        withheld=sum(isinstance(point, Withheld) for point in points),
    )


def trend_table(
    finding: str,
    points: Sequence[Point],
    baseline: float | None,
    target: float | None,
    language: str,
    t: Translate,
) -> Table:
    """Every value of the chart, period by period, with baseline and target as the last rows."""
    head = tuple(t(f"desk.chart.head.{name}") for name in ("period", "share", "interval", "bounds", "answers"))
    rows = [(point.period.label, *share_cells(point, language, t)) for point in points]
    words = t("desk.chart.missing") if baseline is None else percent(baseline, language)
    rows.append((t("desk.chart.baseline"), words, "–", "–", "–"))
    if target is not None:
        rows.append((t("desk.chart.target"), percent(target, language), "–", "–", "–"))
    return Table(finding, head, tuple(rows))
