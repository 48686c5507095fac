"""The p-chart: whether a share moves more than chance does."""

from collections.abc import Sequence

from markupsafe import Markup

from backend.charts.frame import (
    NARROW,
    WIDE,
    Column,
    Frame,
    Sample,
    hatches,
    key,
    period_axis,
    share_axis,
    withheld_column,
)
from backend.charts.shares import LABELLED, ROOM
from backend.charts.svg import drawing, element, path, percent, text
from backend.charts.values import Chart, ControlPoint, Table, Translate, Withheld


def p_chart(
    chart_id: str,
    finding: str,
    points: Sequence[ControlPoint | Withheld],
    *,
    centre: float,
    language: str,
    t: Translate,
) -> Chart:
    """Shares around their mean with the limits of each period; a point where a rule fired is a diamond with its rule.

    The limits depend on how many answered, so a withheld period has none.
    """
    wide, narrow = (
        _draw(f"{chart_id}-{size}", finding, points, centre, frame, language, t)
        for size, frame in (("wide", WIDE), ("narrow", NARROW))
    )
    names = ("period", "share", "limits", "n", "signal")
    rows = [_row(point, language, t) for point in points]
    rows.append((t("desk.chart.centre"), percent(centre, language), "–", "–", "–"))
    return Chart(wide, narrow, Table(finding, tuple(t(f"desk.chart.head.{name}") for name in names), tuple(rows)))


def _row(point: ControlPoint | Withheld, language: str, t: Translate) -> tuple[str, ...]:
    if isinstance(point, Withheld):
        return point.period.label, t("desk.chart.few"), "–", "–", "–"
    limits = t("desk.chart.limits", low=percent(point.lower_limit, language), high=percent(point.upper_limit, language))
    return point.period.label, percent(point.share, language), limits, str(point.answered), point.signal or "–"


def _draw(
    chart_id: str,
    finding: str,
    points: Sequence[ControlPoint | Withheld],
    centre: float,
    frame: Frame,
    language: str,
    t: Translate,
) -> Markup:
    columns = frame.columns(len(points))
    signals = [point for point in points if isinstance(point, ControlPoint) and point.signal]
    below, key_height = key(_samples(chart_id, points, signals, centre, language, t), frame.width, frame.height)
    middle = frame.y(centre)
    return drawing(
        chart_id,
        "control",
        frame.width,
        frame.height + key_height,
        finding,
        t("desk.chart.control.description", n=len(points), signals=len(signals)),
        hatches(chart_id),
        share_axis(frame, language),
        element("line", x1=frame.left, x2=frame.width - frame.right, y1=middle, y2=middle, class_="chart-centre"),
        Markup("").join(
            withheld_column(frame, column, f"{chart_id}-withheld", t("desk.chart.few"))
            for column, point in zip(columns, points, strict=True)
            if isinstance(point, Withheld)
        ),
        _limits(points, columns, frame),
        _line(points, columns, frame),
        _marks(points, columns, frame, language),
        period_axis(frame, columns, [point.period for point in points]),
        below,
    )


def _limits(points: Sequence[ControlPoint | Withheld], columns: Sequence[Column], frame: Frame) -> Markup:
    return Markup("").join(
        element(
            "line",
            x1=column.x - column.width / 2,
            x2=column.x + column.width / 2,
            y1=frame.y(limit),
            y2=frame.y(limit),
            class_="chart-limit",
        )
        for column, point in zip(columns, points, strict=True)
        if isinstance(point, ControlPoint)
        for limit in (point.lower_limit, point.upper_limit)
    )


def _line(points: Sequence[ControlPoint | Withheld], columns: Sequence[Column], frame: Frame) -> Markup:
    runs: list[list[tuple[float, float]]] = [[]]
    for column, point in zip(columns, points, strict=True):
        if isinstance(point, ControlPoint):
            runs[-1].append((column.x, frame.y(point.share)))
        else:
            runs.append([])
    return Markup("").join(element("path", d=path(run), class_="chart-line") for run in runs if len(run) > 1)


def _marks(points: Sequence[ControlPoint | Withheld], columns: Sequence[Column], frame: Frame, language: str) -> Markup:
    parts: list[Markup] = []
    letters = iter(_letters(points))
    roomy = bool(columns) and columns[0].width >= ROOM and len(points) <= LABELLED
    for column, point in zip(columns, points, strict=True):
        if isinstance(point, Withheld):
            continue
        x, y = column.x, frame.y(point.share)
        if point.signal:
            diamond = path(((x, y - 8), (x + 8, y), (x, y + 8), (x - 8, y)), closed=True)
            parts.append(element("path", d=diamond, class_="chart-signal"))
            parts.append(text(x, y - 13, next(letters), "chart-letter", "middle"))
        else:
            parts.append(element("circle", cx=x, cy=y, r=5, class_="chart-point"))
            if roomy:
                parts.append(text(x, y - 11, percent(point.share, language), "chart-value", "middle"))
    return Markup("").join(parts)


def _letters(points: Sequence[ControlPoint | Withheld]) -> list[str]:
    signals = sum(isinstance(point, ControlPoint) and bool(point.signal) for point in points)
    return [letter(index) for index in range(signals)]


def letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    return (letter(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def _samples(
    chart_id: str,
    points: Sequence[ControlPoint | Withheld],
    signals: Sequence[ControlPoint],
    centre: float,
    language: str,
    t: Translate,
) -> list[Sample]:
    samples = [
        Sample("mark", t("desk.chart.key.point"), "chart-point"),
        Sample("line", t("desk.chart.key.centre", value=percent(centre, language)), "chart-centre"),
        Sample("line", t("desk.chart.key.limits"), "chart-limit"),
    ]
    if any(isinstance(point, Withheld) for point in points):
        samples.append(Sample("box", t("desk.chart.key.few"), "chart-withheld", f"url(#{chart_id}-withheld)"))
    for index, point in enumerate(signals):
        words = t(
            "desk.chart.signal",
            period=point.period.label,
            share=percent(point.share, language),
            rule=point.signal,
        )
        samples.append(Sample("word", words, letter(index)))
    return samples
