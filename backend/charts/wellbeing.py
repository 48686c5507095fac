"""A person's own curve: WHO-5 from 0 to 100 with what happened meanwhile. It describes; it does not judge."""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_date
from markupsafe import Markup

from backend.charts.control import letter
from backend.charts.frame import LETTER, Frame, Sample, key
from backend.charts.svg import drawing, element, path, text
from backend.charts.values import Chart, LifeEvent, Table, Translate, WellbeingPoint

LOW, MIDDLE = 35, 50  # the Danish bands: ≤ 35, 36–50, > 50 (measures.md §1)
_LOCALE = {"en": "en_GB"}  # day before month, as everywhere in Denmark
SHORTEST = 56  # days: a single check-in stands in the middle of about two months
WIDE = Frame(720, 300, left=40, right=160, top=26, bottom=30)
NARROW = Frame(358, 280, left=34, right=6, top=26, bottom=30)


def wellbeing(
    chart_id: str,
    finding: str,
    points: Sequence[WellbeingPoint],
    events: Sequence[LifeEvent],
    *,
    language: str,
    t: Translate,
) -> Chart:
    """The curve with its three bands as a quiet background with words (beside it, or in the key where it is narrow) and
    the events as lettered marks.

    Points and events may come in any order. A check-in without a score breaks the line.
    """
    in_order = sorted(points, key=lambda point: point.on)
    marks = sorted(events, key=lambda event: (event.on, event.label))
    wide, narrow = (
        _draw(f"{chart_id}-{size}", finding, in_order, marks, frame, language, t)
        for size, frame in (("wide", WIDE), ("narrow", NARROW))
    )
    dated = [(point.on, 0, _score(point, t), "–") for point in in_order]
    dated += [(event.on, 1, "–", event.label) for event in marks]
    rows = tuple(
        (day(on, language), score, happened) for on, _, score, happened in sorted(dated, key=lambda row: row[:2])
    )
    head = tuple(t(f"desk.chart.head.{name}") for name in ("day", "score", "event"))
    return Chart(wide, narrow, Table(finding, head, rows))


def day(on: date, language: str) -> str:
    """A date as people write it: "3. mar. 2026"."""
    return format_date(on, "medium", locale=_LOCALE.get(language, language))


def _score(point: WellbeingPoint, t: Translate) -> str:
    return t("desk.chart.not_answered") if point.score is None else str(point.score)


def _span(points: Sequence[WellbeingPoint], events: Sequence[LifeEvent]) -> tuple[date, date] | None:
    """First and last day of the axis, with a little air, never shorter than SHORTEST."""
    days = [point.on for point in points] + [event.on for event in events]
    if not days:
        return None
    first, last = min(days), max(days)
    air = max((SHORTEST - (last - first).days) // 2, (last - first).days // 30, 3)
    return first - timedelta(days=air), last + timedelta(days=air)


def _draw(
    chart_id: str,
    finding: str,
    points: Sequence[WellbeingPoint],
    events: Sequence[LifeEvent],
    frame: Frame,
    language: str,
    t: Translate,
) -> Markup:
    beside = frame.right > 100
    samples = (
        []
        if beside
        else [Sample("box", words, f"chart-band chart-band-{name}") for name, *_, words in _worded_bands(t)]
    )
    samples += [
        Sample("word", t("desk.chart.event", day=day(event.on, language), event=event.label), letter(index))
        for index, event in enumerate(events)
    ]
    below, key_height = key(samples, frame.width, frame.height + 4)
    answered = [point for point in points if point.score is not None]
    inside: list[Markup] = [_bands(frame, t, beside)]
    span = _span(points, events)
    if span is None:
        middle = frame.top + frame.inner_height / 4
        inside.append(
            text(frame.left + frame.inner_width / 2, middle, t("desk.chart.no_check_ins"), "chart-key", "middle")
        )
    else:
        inside += [_months(frame, *span, language), _events(frame, events, span), _curve(frame, points, span)]
    return drawing(
        chart_id,
        "wellbeing",
        frame.width,
        frame.height + key_height + 4,
        finding,
        t("desk.chart.wellbeing.description", n=len(answered), events=len(events)),
        *inside,
        below,
    )


def _worded_bands(t: Translate) -> list[tuple[str, float, float, str]]:
    """Each band from the top: its name, from and to on the axis, and what it is called."""
    edges = (("high", MIDDLE + 0.5, 100.0), ("middle", LOW + 0.5, MIDDLE + 0.5), ("low", 0.0, LOW + 0.5))
    return [(name, low, high, t(f"desk.chart.wellbeing.{name}")) for name, low, high in edges]


def _bands(frame: Frame, t: Translate, beside: bool) -> Markup:
    parts: list[Markup] = []
    right = frame.left + frame.inner_width
    for name, low, high, words in _worded_bands(t):
        top, bottom = frame.y(high / 100), frame.y(low / 100)
        parts.append(
            element(
                "rect",
                x=frame.left,
                y=top,
                width=frame.inner_width,
                height=bottom - top,
                class_=f"chart-band chart-band-{name}",
            )
        )
        if beside:
            parts.append(text(right + 10, (top + bottom) / 2 + 4, words, "chart-band-words"))
    parts.extend(
        text(frame.left - 6, frame.y(score / 100) + 4, str(score), "chart-tick", "end")
        for score in (0, LOW, MIDDLE, 100)
    )
    return Markup("").join(parts)


def _x(frame: Frame, on: date, span: tuple[date, date]) -> float:
    first, last = span
    return frame.left + frame.inner_width * (on - first).days / max((last - first).days, 1)


def _months(frame: Frame, first: date, last: date, language: str) -> Markup:
    """Month names under the axis, every first, second, third, sixth or twelfth month, and the year in January."""
    starts = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    room = frame.inner_width / 62
    every = next((step for step in (1, 2, 3, 6) if len(starts) / step <= room), 12)
    parts: list[Markup] = []
    taken = 0.0
    for index, start in enumerate(start for start in starts if (start.month - 1) % every == 0):
        x = _x(frame, start, (first, last))
        words = format_date(
            start, "MMM y" if index == 0 or start.month == 1 else "MMM", locale=_LOCALE.get(language, language)
        )
        base, half = frame.height - frame.bottom, len(words) * LETTER / 2
        parts.append(element("line", x1=x, x2=x, y1=base, y2=base + 5, class_="chart-grid"))
        middle = min(max(x, half), frame.width - half)
        if middle - half >= taken:
            parts.append(text(middle, base + 20, words, "chart-tick", "middle"))
            taken = middle + half + 8
    return Markup("").join(parts)


def _events(frame: Frame, events: Sequence[LifeEvent], span: tuple[date, date]) -> Markup:
    return Markup("").join(
        element("line", x1=x, x2=x, y1=frame.top, y2=frame.height - frame.bottom, class_="chart-event")
        + text(x, frame.top - 8, letter(index), "chart-letter", "middle")
        for index, x in ((index, _x(frame, event.on, span)) for index, event in enumerate(events))
    )


def _curve(frame: Frame, points: Sequence[WellbeingPoint], span: tuple[date, date]) -> Markup:
    """The line, broken at unanswered check-ins, with as many values written as there is room for."""
    runs: list[list[tuple[float, float, int]]] = [[]]
    for point in points:
        if point.score is None:
            runs.append([])
        else:
            runs[-1].append((_x(frame, point.on, span), frame.y(point.score / 100), point.score))
    answered = [spot for run in runs for spot in run]
    all_fit = len(answered) <= frame.inner_width / 50
    radius = 5.0 if len(answered) <= 40 else 2.5
    parts = [element("path", d=path((x, y) for x, y, _ in run), class_="chart-line") for run in runs if len(run) > 1]
    for index, (x, y, score) in enumerate(answered):
        parts.append(element("circle", cx=x, cy=y, r=radius, class_="chart-point"))
        if all_fit or index == len(answered) - 1:
            parts.append(text(x, y - 11 if score < 92 else y + 20, str(score), "chart-value", "middle"))
    return Markup("").join(parts)
