"""The way through a survey: its questions from top to bottom, and where answers lead past some of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from backend.charts.svg import drawing, element, path, text
from backend.charts.values import Chart, Table, Translate

_ROW = 66.0
_BOX = 42.0
_LANE = 20.0
_LETTER = 6.9


@dataclass(frozen=True, slots=True)
class Stop:
    """One question: its words, whether it has a condition, and what follows in words, for the table."""

    words: str
    conditional: bool
    then: str


@dataclass(frozen=True, slots=True)
class Way:
    """A choice that leads from one stop to another, not the next; `to` is the number of stops for the end."""

    start: int
    to: int


def branching(chart_id: str, finding: str, stops: Sequence[Stop], ways: Sequence[Way], *, t: Translate) -> Chart:
    """Boxes in order with an arrow to the next; each way past is a line of its own at the right with its letter."""
    wide, narrow = (
        _draw(f"{chart_id}-{size}", finding, stops, ways, width, t)
        for size, width in (("wide", 720.0), ("narrow", 358.0))
    )
    head = tuple(t(f"desk.chart.head.{name}") for name in ("question", "then"))
    rows = tuple((f"{number}. {stop.words}", stop.then) for number, stop in enumerate(stops, start=1))
    return Chart(wide, narrow, Table(finding, head, rows))


def letter(place: int) -> str:
    """The letter of a way: A, B, …, Z, AA, AB, …"""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def lanes(ways: Sequence[Way]) -> tuple[int, ...]:
    """For each way a lane at the right in which it crosses no other that runs beside it; the shortest nearest."""
    taken: list[list[Way]] = []
    found: dict[int, int] = {}
    for place, way in sorted(enumerate(ways), key=lambda one: (abs(one[1].to - one[1].start), one[0])):
        low, high = sorted((way.start, way.to))
        lane = 0
        while lane < len(taken) and any(
            low <= max(other.start, other.to) and high >= min(other.start, other.to) for other in taken[lane]
        ):
            lane += 1
        if lane == len(taken):
            taken.append([])
        taken[lane].append(way)
        found[place] = lane
    return tuple(found[place] for place in range(len(ways)))


def _draw(
    chart_id: str, finding: str, stops: Sequence[Stop], ways: Sequence[Way], width: float, t: Translate
) -> Markup:
    placed = lanes(ways)
    box = min(width - 16 - (_LANE * (max(placed, default=-1) + 1) + (14 if ways else 0)), 460.0)
    parts: list[Markup] = []
    for number, stop in enumerate(stops):
        top = number * _ROW + 4
        shape = "chart-stop chart-stop-maybe" if stop.conditional else "chart-stop"
        parts.append(element("rect", x=4, y=top, width=box, height=_BOX, rx=8, class_=shape))
        parts.append(text(18, top + 26, _short(f"{number + 1}. {stop.words}", box - 28), "chart-step"))
        parts.append(_arrow([(box / 2, top + _BOX), (box / 2, top + _ROW)], "chart-way"))
    end = len(stops) * _ROW + 4
    parts.append(element("rect", x=box / 2 - 50, y=end, width=100, height=28, rx=14, class_="chart-stop-end"))
    parts.append(text(box / 2, end + 19, t("desk.chart.branching.end"), "chart-step", "middle"))
    for place, (way, lane) in enumerate(zip(ways, placed, strict=True)):
        at = way.start * _ROW + 4 + _BOX * 0.68
        to = end + 14 if way.to >= len(stops) else way.to * _ROW + 4 + _BOX * 0.3
        edge = 4 + box if way.to < len(stops) else box / 2 + 50
        x = 4 + box + 14 + lane * _LANE
        parts.append(_arrow([(4 + box, at), (x, at), (x, to), (edge, to)], "chart-way-past"))
        parts.append(element("circle", cx=x, cy=at + 15, r=9, class_="chart-way-mark"))
        parts.append(text(x, at + 19, letter(place), "chart-letter", "middle"))
    description = t("desk.chart.branching.description", n=len(stops))
    return drawing(chart_id, "branching", width, end + 34, finding, description, *parts)


def _arrow(points: Sequence[tuple[float, float]], class_: str) -> Markup:
    (x, y), (before_x, _) = points[-1], points[-2]
    down, left = [(x - 4, y - 7), (x, y), (x + 4, y - 7)], [(x + 7, y - 4), (x, y), (x + 7, y + 4)]
    head = down if before_x == x else left
    return element("path", d=path(points), class_=class_) + element("path", d=path(head), class_=class_)


def _short(words: str, room: float) -> str:
    fits = int(room / _LETTER)
    return words if len(words) <= fits else words[: fits - 1].rstrip() + "…"
