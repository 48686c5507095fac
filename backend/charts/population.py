"""From the target group to an answer: how many are left at each step."""

from collections.abc import Sequence

from markupsafe import Markup

from backend.charts.svg import drawing, element, hatch, percent, text
from backend.charts.values import Chart, Few, Step, Table, Translate


def waterfall(chart_id: str, finding: str, steps: Sequence[Step], *, language: str, t: Translate) -> Chart:
    """Horizontal bars from the first step to the last, each with its number and its share of the step before.

    A count that may not be shown exactly has a hatched bar whose length says nothing.
    """
    wide, narrow = (
        _draw(f"{chart_id}-{size}", finding, steps, width, beside, language, t)
        for size, width, beside in (("wide", 720.0, True), ("narrow", 358.0, False))
    )
    head = tuple(t(f"desk.chart.head.{name}") for name in ("step", "people", "of_before"))
    rows = tuple(
        (step.label, _count(step, t), _share(steps, index, language) or "–") for index, step in enumerate(steps)
    )
    return Chart(wide, narrow, Table(finding, head, rows))


def _count(step: Step, t: Translate) -> str:
    if step.count is Few.WITHHELD:
        return t("desk.chart.few")
    return step.count.value if isinstance(step.count, Few) else str(step.count)


def _share(steps: Sequence[Step], index: int, language: str) -> str:
    """The share of the step before; empty for the first step and beside a count that is not exact."""
    if not index:
        return ""
    count, before = steps[index].count, steps[index - 1].count
    if isinstance(count, Few) or isinstance(before, Few) or not before:
        return ""
    return percent(count / before, language)


def _draw(
    chart_id: str, finding: str, steps: Sequence[Step], width: float, beside: bool, language: str, t: Translate
) -> Markup:
    left, row, bar = (170.0, 44.0, 26.0) if beside else (4.0, 58.0, 22.0)
    room = width - left - 120
    most = max((step.count for step in steps if not isinstance(step.count, Few)), default=0)
    parts: list[Markup] = []
    before = 0.0
    for index, step in enumerate(steps):
        top = index * row + (8 if beside else 26)
        if beside:
            parts.append(text(left - 14, top + bar / 2 + 4, step.label, "chart-step", "end"))
        else:
            parts.append(text(left, top - 8, step.label, "chart-step"))
        if isinstance(step.count, Few):
            length = 24.0 if step.count is Few.ONE_OR_TWO else room
            parts.append(
                element(
                    "rect",
                    x=left,
                    y=top,
                    width=length,
                    height=bar,
                    class_="chart-withheld",
                    fill=f"url(#{chart_id}-withheld)",
                )
            )
            before = 0.0
        else:
            length = max(room * step.count / most, 1.0) if most else 1.0
            if before > length:
                parts.append(element("rect", x=left, y=top, width=before, height=bar, class_="chart-lost"))
            parts.append(element("rect", x=left, y=top, width=length, height=bar, class_="chart-bar"))
            before, length = length, max(length, before)
        share = _share(steps, index, language)
        words = t("desk.chart.count_and_share", count=_count(step, t), share=share) if share else _count(step, t)
        parts.append(text(left + length + 8, top + bar / 2 + 5, words, "chart-value"))
    height = len(steps) * row + 8
    if len(steps) > 1:
        height += 24
        parts.append(text(left, height - 10, t("desk.chart.waterfall.note"), "chart-key"))
    description = t("desk.chart.waterfall.description", n=len(steps))
    pattern = hatch(f"{chart_id}-withheld", "chart-hatch")
    return drawing(chart_id, "waterfall", width, max(height, 20), finding, description, pattern, *parts)
