"""How shares are drawn and put in words: the parts that the trend and the small multiples have in common."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import sqrt

from markupsafe import Markup

from backend.charts.frame import Column, Frame, Sample, withheld_column
from backend.charts.svg import element, outward, path, percent, text
from backend.charts.values import Band, Banded, Point, Shown, Translate, Withheld

HALF = 0.5  # below this response rate the bounds lead and no point or interval is drawn (measures.md §2)
LABELLED = 9  # more columns than this and only the last value is written beside its point
ROOM = 36.0  # a column narrower than this has no room for a percentage


def answered_enough(point: Point) -> bool:
    """Whether the point may be drawn as a share with its interval."""
    return isinstance(point, Shown) and point.response_rate >= HALF


def between(low: float, high: float, language: str, t: Translate) -> str:
    """A range in words, rounded outward: "mellem 64 og 80 %"; a range without width is its one value."""
    if low == high:
        return percent(low, language)
    lowest, highest = outward(low, high)
    return t("desk.chart.between", low=lowest, high=percent(highest / 100, language))


def gaps(chart_id: str, points: Sequence[Point], columns: Sequence[Column], frame: Frame, words: str = "") -> Markup:
    """The withheld periods."""
    return Markup("").join(
        withheld_column(frame, column, f"{chart_id}-withheld", words)
        for column, point in zip(columns, points, strict=True)
        if isinstance(point, Withheld)
    )


def references(frame: Frame, baseline: float | None, target: float | None) -> Markup:
    """Baseline and target across the plot."""
    return Markup("").join(
        element("line", x1=frame.left, x2=frame.width - frame.right, y1=frame.y(s), y2=frame.y(s), class_=class_)
        for s, class_ in ((baseline, "chart-baseline"), (target, "chart-target"))
        if s is not None
    )


def _runs(points: Sequence[Point], columns: Sequence[Column]) -> Iterator[list[tuple[float, Shown]]]:
    """Stretches of neighbouring periods that may be joined by a line."""
    pairs = zip(columns, points, strict=True)
    for enough, group in groupby(pairs, key=lambda pair: answered_enough(pair[1])):
        if enough:
            yield [(column.x, point) for column, point in group if isinstance(point, Shown)]


def _radius(answered: int, most: int) -> float:
    """Area follows the number of answers; never too small to see."""
    return 3.0 + 4.5 * sqrt(answered / most) if most else 3.0


def curve(points: Sequence[Point], columns: Sequence[Column], frame: Frame, *, dot: float = 1.0) -> Markup:
    """Interval, line and points of the periods where at least half answered; the line breaks at every other period."""
    most = max((point.answered for point in points if isinstance(point, Shown)), default=0)
    parts: list[Markup] = []
    for run in _runs(points, columns):
        if len(run) > 1:
            upper = [(x, frame.y(point.upper)) for x, point in run]
            lower = [(x, frame.y(point.lower)) for x, point in reversed(run)]
            parts.append(element("path", d=path([*upper, *lower], closed=True), class_="chart-interval"))
            parts.append(element("path", d=path((x, frame.y(p.share)) for x, p in run), class_="chart-line"))
        else:
            x, point = run[0]
            top = frame.y(point.upper)
            height = frame.y(point.lower) - top
            parts.append(element("rect", x=x - 5, y=top, width=10, height=height, class_="chart-interval"))
        parts.extend(
            element("circle", cx=x, cy=frame.y(p.share), r=dot * _radius(p.answered, most), class_="chart-point")
            for x, p in run
        )
    return Markup("").join(parts)


def bars(chart_id: str, points: Sequence[Point], columns: Sequence[Column], frame: Frame) -> Markup:
    """Bounds where too few answered, bands where one side is too small."""
    parts: list[Markup] = []
    for column, point in zip(columns, points, strict=True):
        if isinstance(point, Shown) and not answered_enough(point):
            low, high, class_, fill = point.bound_low, point.bound_high, "chart-bounds", None
        elif isinstance(point, Banded):
            low, high = (0.0, 0.25) if point.band is Band.UNDER_A_QUARTER else (0.75, 1.0)
            class_, fill = "chart-banded", f"url(#{chart_id}-banded)"
        else:
            continue
        half, top = column.half(14), frame.y(high)
        height = frame.y(low) - top
        parts.append(element("rect", x=column.x - half, y=top, width=2 * half, height=height, class_=class_, fill=fill))
    return Markup("").join(parts)


def labels(points: Sequence[Point], columns: Sequence[Column], frame: Frame, language: str) -> Markup:
    """Values beside their points: bands and the last share always, the rest as far as there is room."""
    last = max((index for index, point in enumerate(points) if answered_enough(point)), default=-1)
    parts: list[Markup] = []
    for index, (column, point) in enumerate(zip(columns, points, strict=True)):
        x, roomy = column.x, column.width >= ROOM
        if isinstance(point, Banded):
            under = point.band is Band.UNDER_A_QUARTER
            words = ("<" if under else ">") + percent(0.25 if under else 0.75, language)
            parts.append(text(x, frame.y(0.25) - 7 if under else frame.y(0.75) + 16, words, "chart-value", "middle"))
        elif isinstance(point, Shown) and answered_enough(point):
            if index == last or (roomy and len(points) <= LABELLED):
                place = frame.y(point.share) - 12
                parts.append(text(x, place, percent(point.share, language), "chart-value", "middle"))
        elif isinstance(point, Shown) and roomy:
            lowest, highest = outward(point.bound_low, point.bound_high)
            high, low = percent(highest / 100, language), percent(lowest / 100, language)
            parts.append(text(x, max(frame.y(point.bound_high) - 6, 12), high, "chart-bound-value", "middle"))
            parts.append(text(x, frame.y(point.bound_low) + 15, low, "chart-bound-value", "middle"))
    return Markup("").join(parts)


def samples(
    chart_id: str,
    points: Sequence[Point],
    baseline: float | None,
    target: float | None,
    language: str,
    t: Translate,
) -> list[Sample]:
    """The key: only what is really drawn, and always whether there is a baseline."""
    entries: list[Sample] = []
    if any(answered_enough(point) for point in points):
        entries.append(Sample("mark", t("desk.chart.key.share"), "chart-point"))
        entries.append(Sample("box", t("desk.chart.key.interval"), "chart-interval"))
    if any(isinstance(point, Shown) and not answered_enough(point) for point in points):
        entries.append(Sample("box", t("desk.chart.key.bounds"), "chart-bounds"))
    if any(isinstance(point, Banded) for point in points):
        entries.append(Sample("box", t("desk.chart.key.banded"), "chart-banded", f"url(#{chart_id}-banded)"))
    if any(isinstance(point, Withheld) for point in points):
        entries.append(Sample("box", t("desk.chart.key.few"), "chart-withheld", f"url(#{chart_id}-withheld)"))
    if baseline is None:
        entries.append(Sample("line", t("desk.chart.key.no_baseline"), "chart-baseline-missing"))
    else:
        words = t("desk.chart.key.baseline", value=percent(baseline, language))
        entries.append(Sample("line", words, "chart-baseline"))
    if target is not None:
        entries.append(Sample("line", t("desk.chart.key.target", value=percent(target, language)), "chart-target"))
    return entries


def share_cells(point: Point, language: str, t: Translate) -> tuple[str, str, str, str]:
    """Share, interval, bounds and answers of one period in words."""
    if isinstance(point, Withheld):
        return t("desk.chart.few"), "–", "–", "–"
    if isinstance(point, Banded):
        words = t("desk.chart.under" if point.band is Band.UNDER_A_QUARTER else "desk.chart.over")
        return words, "–", "–", "–"
    return (
        percent(point.share, language),
        between(point.lower, point.upper, language, t),
        between(point.bound_low, point.bound_high, language, t),
        t(
            "desk.chart.answers",
            answered=point.answered,
            population=point.population,
            rate=percent(point.response_rate, language),
        ),
    )
