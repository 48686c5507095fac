"""The common frame of the charts over periods: plot area, axes, key."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

from backend.charts.svg import element, hatch, number, percent, text
from backend.charts.values import Period

LETTER = 6.4  # mean advance of the 12-unit text, measured on IBM Plex Sans; used only to wrap the key
ROW = 20.0


@dataclass(frozen=True, slots=True)
class Column:
    """Where a period stands: its middle and its width, in drawing units."""

    x: float
    width: float

    def half(self, most: float) -> float:
        """Half of what may be drawn in the column, at most `most`."""
        return max(min(self.width / 2 - 2, most), 1.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot area inside a drawing, in drawing units; shares 0–1 go from bottom to top."""

    width: float
    height: float
    left: float = 48.0
    right: float = 12.0
    top: float = 16.0
    bottom: float = 44.0

    @property
    def inner_width(self) -> float:
        """The width of the plot area."""
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> float:
        """The height of the plot area."""
        return self.height - self.top - self.bottom

    def columns(self, count: int) -> tuple[Column, ...]:
        """`count` columns of equal width."""
        width = self.inner_width / max(count, 1)
        return tuple(Column(self.left + width * (index + 0.5), width) for index in range(count))

    def y(self, share: float) -> float:
        """The height of a share; outside 0–1 it stays on the edge."""
        return self.top + self.inner_height * (1 - min(max(share, 0.0), 1.0))


WIDE = Frame(720, 300)
NARROW = Frame(358, 280, left=42, right=6)


def share_axis(frame: Frame, language: str, steps: Sequence[float] = (0, 0.25, 0.5, 0.75, 1)) -> Markup:
    """Quiet lines across the plot with their percentages at the left."""
    return Markup("").join(
        element("line", x1=frame.left, x2=frame.width - frame.right, y1=frame.y(s), y2=frame.y(s), class_="chart-grid")
        + text(frame.left - 8, frame.y(s) + 4, percent(s, language), "chart-tick", "end")
        for s in steps
    )


def period_axis(frame: Frame, columns: Sequence[Column], periods: Sequence[Period]) -> Markup:
    """Short names under the columns, thinned out where they would touch; the year where it begins."""
    widest = max((len(period.short) for period in periods), default=1) * LETTER + 6
    every = ceil(widest / columns[0].width) if columns else 1
    parts: list[Markup] = []
    year = ""
    for index, (column, period) in enumerate(zip(columns, periods, strict=True)):
        if index % every == 0:
            parts.append(text(column.x, frame.height - frame.bottom + 18, period.short, "chart-tick", "middle"))
        if period.year not in (year, period.short):
            parts.append(text(column.x, frame.height - frame.bottom + 35, period.year, "chart-year", "middle"))
        year = period.year
    return Markup("").join(parts)


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry of the key: how it is drawn (`kind`: line, band, box, mark) with its class or fill, and what it is."""

    kind: str
    words: str
    class_: str
    fill: str | None = None


def _swatch(sample: Sample, x: float, y: float) -> Markup:
    if sample.kind == "line":
        return element("line", x1=x, x2=x + 22, y1=y, y2=y, class_=sample.class_)
    if sample.kind == "mark":
        return element("circle", cx=x + 11, cy=y, r=5, class_=sample.class_)
    if sample.kind == "word":
        return text(x + 11, y + 4, sample.class_, "chart-letter", "middle")
    return element("rect", x=x, y=y - 6, width=22, height=12, class_=sample.class_, fill=sample.fill)


def key(samples: Sequence[Sample], width: float, top: float) -> tuple[Markup, float]:
    """The key under a plot, wrapped to the width, and the height it took."""
    parts: list[Markup] = []
    x, y = 4.0, top + 10
    for sample in samples:
        lines = wrap(sample.words, width - 40)
        if x > 4 and x + 30 + len(lines[0]) * LETTER > width:
            x, y = 4.0, y + ROW
        parts.append(_swatch(sample, x, y))
        parts.append(text(x + 30, y + 4, lines[0], "chart-key"))
        for line in lines[1:]:
            x, y = 4.0, y + ROW
            parts.append(text(x + 30, y + 4, line, "chart-key"))
        x += 30 + len(lines[-1]) * LETTER + 18
    return Markup("").join(parts), (y + 12 - top if samples else 0.0)


def wrap(words: str, width: float) -> list[str]:
    """Lines that fit the width at the size of the key, broken at spaces; at least one. Markup stays Markup."""
    first, *rest = words.split(" ")
    lines: list[str] = [first]
    for word in rest:
        longer = lines[-1] + " " + word
        if len(longer) * LETTER > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def withheld_column(frame: Frame, column: Column, pattern_id: str, words: str = "") -> Markup:
    """A hatched column, and the reason along it where there is room."""
    half = column.half(20)
    middle = frame.top + frame.inner_height / 2
    surface = element(
        "rect",
        x=column.x - half,
        y=frame.top,
        width=2 * half,
        height=frame.inner_height,
        class_="chart-withheld",
        fill=f"url(#{pattern_id})",
    )
    if not words:
        return surface
    turn = f"rotate(-90 {number(column.x + 4)} {number(middle)})"
    return surface + text(column.x + 4, middle, words, "chart-withheld-words", "middle", transform=turn)


def hatches(chart_id: str) -> Markup:
    """The two patterns: slanted lines for withheld, closer ones for banded."""
    return hatch(f"{chart_id}-withheld", "chart-hatch") + hatch(f"{chart_id}-banded", "chart-hatch-strong")
