"""A local goal over the quarters: its numbers, baseline and target, on the project's phases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from markupsafe import Markup

from backend.charts.frame import LETTER, NARROW, WIDE, Frame, Sample, key, wrap
from backend.charts.svg import drawing, element, number, path, text
from backend.charts.values import Chart, Table, Translate

#: From one line of a phase's name to the next.
ROW = 14


@dataclass(frozen=True, slots=True)
class GoalPoint:
    """The number of a quarter. `on`: its last day; `value` in the goal's unit, with `words` as it is written."""

    label: str
    on: date
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase of the project on the time axis, the last day included."""

    label: str
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class GoalLines:
    """Baseline (None where there is none) and target with their words, and the day the target is due."""

    baseline: float | None
    baseline_words: str
    target: float
    target_words: str
    due_on: date


def goal(
    chart_id: str,
    finding: str,
    points: Sequence[GoalPoint],
    lines: GoalLines,
    phases: Sequence[PhaseSpan],
    *,
    today: date,
    t: Translate,
) -> Chart:
    """Numbers by quarter as points on a line of time from the first phase or number to the day the target is due.

    The phases are surfaces behind them with their names above; the target is a thin line that ends in a ring on its
    day; the baseline is dashed.
    """
    wide, narrow = (
        _goal(f"{chart_id}-{size}", finding, points, lines, phases, today, frame, t)
        for size, frame in (("wide", WIDE), ("narrow", NARROW))
    )
    return Chart(wide, narrow, _table(finding, points, lines, t))


def _goal(
    chart_id: str,
    finding: str,
    points: Sequence[GoalPoint],
    lines: GoalLines,
    phases: Sequence[PhaseSpan],
    today: date,
    frame: Frame,
    t: Translate,
) -> Markup:
    first = min([today, *(point.on for point in points), *(phase.begins for phase in phases)])
    last = max([lines.due_on, *(point.on for point in points), *(phase.ends for phase in phases)])
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        return frame.left + (frame.inner_width - 10) * (day - first).days / days

    known = [lines.target, *(point.value for point in points)]
    known += [] if lines.baseline is None else [lines.baseline]
    low, high = _span(min(known), max(known))

    named = _named(phases, x)
    area = replace(frame, top=frame.top + ROW * max((len(said) for _, said in named), default=0))

    def y(value: float) -> float:
        return area.y((value - low) / (high - low))

    # The last number stands above its point, below it where the line of the target would run through it.
    beside = 29 if points and 0 <= y(points[-1].value) - y(lines.target) < 30 else -12
    right = frame.width - frame.right
    steps = [low + (high - low) * part / 4 for part in range(5)]
    below, key_height = key(_samples(points, lines, t), frame.width, frame.height)
    return drawing(
        chart_id,
        "goal",
        frame.width,
        frame.height + key_height,
        finding,
        t("desk.chart.goal.description", n=len(points), target=lines.target_words),
        _phases(phases, x, area),
        *(
            text(left + 4, area.top - 6 - ROW * (len(said) - 1 - row), line, "chart-band-words")
            for left, said in named
            for row, line in enumerate(said)
        ),
        Markup("").join(
            element("line", x1=frame.left, x2=right, y1=y(step), y2=y(step), class_="chart-grid")
            + text(frame.left - 8, y(step) + 4, number(step), "chart-tick", "end")
            for step in steps
        ),
        _line(lines.baseline, "chart-baseline", frame.left, right, y),
        element(
            "line", x1=frame.left, x2=x(lines.due_on), y1=y(lines.target), y2=y(lines.target), class_="chart-target"
        ),
        element("circle", cx=x(lines.due_on), cy=y(lines.target), r=6, class_="chart-signal"),
        element("path", d=path((x(point.on), y(point.value)) for point in points), class_="chart-line")
        if points
        else "",
        Markup("").join(
            element("circle", cx=x(point.on), cy=y(point.value), r=5, class_="chart-point")
            + (
                text(x(point.on), y(point.value) + beside, point.words, "chart-value", "middle")
                if point is points[-1]
                else ""
            )
            for point in points
        ),
        _years(first, last, x, frame),
        below,
    )


def _span(low: float, high: float) -> tuple[float, float]:
    """A little more than what is drawn, on round numbers; from zero where that is near."""
    if 0 <= low <= high and low <= high * 0.6:
        low = 0.0
    wide = (high - low) or abs(high) or 1.0
    step = next(size for size in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 10**9) if wide / size <= 5)
    if step == 10**9:
        step = 10 ** (len(str(int(wide))) - 1)
    bottom = step * int(low // step)
    return bottom, bottom + 4 * step * max(1, ceil((high - bottom) / (4 * step)))


def _line(value: float | None, class_: str, left: float, right: float, y: Callable[[float], float]) -> Markup:
    if value is None:
        return Markup("")
    return element("line", x1=left, x2=right, y1=y(value), y2=y(value), class_=class_)


def _phases(phases: Sequence[PhaseSpan], x: Callable[[date], float], frame: Frame) -> Markup:
    parts: list[Markup] = []
    for index, phase in enumerate(phases):
        left, right = x(phase.begins), x(phase.ends)
        parts.append(
            element(
                "rect", x=left, y=frame.top, width=max(right - left, 1), height=frame.inner_height,
                class_=f"chart-band chart-band-{('low', 'middle', 'high')[index % 3]}",
            )
        )  # fmt: skip
    return Markup("").join(parts)


def _named(phases: Sequence[PhaseSpan], x: Callable[[date], float]) -> list[tuple[float, list[str]]]:
    """The names that have room above their phase, where each begins, and in lines. Inside, numbers would cross them."""
    found = []
    for phase in phases:
        left, right = x(phase.begins), x(phase.ends)
        lines = wrap(phase.label, right - left)
        if all(len(line) * LETTER <= right - left for line in lines):
            found.append((left, list(lines)))
    return found


def _years(first: date, last: date, x: Callable[[date], float], frame: Frame) -> Markup:
    """A tick where each year begins, and the first year at the left edge."""
    bottom = frame.height - frame.bottom
    parts: list[Markup] = []
    for year in range(first.year, last.year + 1):
        begins = max(first, date(year, 1, 1))
        if x(last) - x(begins) < 30 and year != first.year:
            continue
        parts.append(element("line", x1=x(begins), x2=x(begins), y1=bottom, y2=bottom + 6, class_="chart-grid"))
        if x(date(year, 12, 31)) - x(begins) >= 30:
            parts.append(text(x(begins) + 2, bottom + 20, str(year), "chart-year"))
    return Markup("").join(parts)


def _samples(points: Sequence[GoalPoint], lines: GoalLines, t: Translate) -> list[Sample]:
    found = [Sample("mark", t("desk.chart.goal.value"), "chart-point")] if points else []
    if lines.baseline is None:
        found.append(Sample("line", t("desk.chart.key.no_baseline"), "chart-baseline-missing"))
    else:
        found.append(Sample("line", t("desk.chart.key.baseline", value=lines.baseline_words), "chart-baseline"))
    found.append(Sample("line", t("desk.chart.key.target", value=lines.target_words), "chart-target"))
    return found


def _table(finding: str, points: Sequence[GoalPoint], lines: GoalLines, t: Translate) -> Table:
    rows = [(t("desk.chart.baseline"), t("desk.chart.missing") if lines.baseline is None else lines.baseline_words)]
    rows += [(point.label, point.words) for point in points]
    rows.append((t("desk.chart.target"), lines.target_words))
    return Table(finding, (t("desk.chart.head.period"), t("desk.chart.goal.value")), tuple(rows))
