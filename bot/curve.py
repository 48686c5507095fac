"""A person's own curve as a picture for a phone: values over time on quiet bands. It shows, it does not judge."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locales import dates
from models.queries.conversation_checkins import Point

if TYPE_CHECKING:
    from PIL import ImageDraw

_FONTS = Path(__file__).parent.parent / "backend" / "static" / "vendor" / "dkfds" / "fonts"
_SIZE = _WIDTH, _HEIGHT = 1080, 810
_LEFT, _RIGHT, _TOP, _BOTTOM = 92, 1032, 56, 700
_HIGHEST = 100
#: Where one band ends and the next begins, as WHO-5 is read in Denmark (measures.md §1).
_BANDS = ((0, 36, "#eef1f4"), (36, 51, "#f5f7f9"), (51, 100, "#fbfcfd"))
_PAPER, _INK, _QUIET, _LINE, _GRID = "#ffffff", "#1a1a1a", "#5b6570", "#0b5d8c", "#d5dbe1"
_SHORTEST = timedelta(days=56)
_WITH_NUMBERS, _MANY = 8, 24
_APART = 300
_NO_ROOM_ABOVE, _NO_ROOM_BELOW = 90, 14


async def picture(points: Sequence[Point], language: str) -> bytes:
    """The curve as a PNG, drawn beside the loop. Points in order of time; one without a value is a gap in the line."""
    return await asyncio.to_thread(draw, tuple(points), language)


def draw(points: Sequence[Point], language: str) -> bytes:
    """The picture itself. At least one point has a value."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", _SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    first, last = _span([point.day for point in points])

    def place(day: date, value: int) -> tuple[float, float]:
        across = (day - first).days / (last - first).days
        return _LEFT + across * (_RIGHT - _LEFT), _up(value)

    _ground(pen)
    _days(pen, points, place, language)
    for run in _runs(points):
        spots = [place(day, value) for day, value in run]
        if len(spots) > 1:
            pen.line(spots, fill=_LINE, width=7 if len(points) <= _MANY else 4, joint="curve")
    values = [(point.day, point.value) for point in points if point.value is not None]
    size = 13 if len(values) <= _WITH_NUMBERS else 8
    for number, (day, value) in enumerate(values):
        x, y = place(day, value)
        end = number in {0, len(values) - 1}
        radius = max(size, 13) if end else size
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_LINE, outline=_PAPER, width=4)
        if end or len(values) <= _WITH_NUMBERS:
            around = [near for _, near in values[max(0, number - 1) : number + 2]]
            below = value > _NO_ROOM_ABOVE or (value == min(around) < max(around) and value >= _NO_ROOM_BELOW)
            pen.text(
                (x, y + 24 if below else y - 24), str(value), _INK, _font("SemiBold", 38), "mt" if below else "ms",
                stroke_width=5, stroke_fill=_PAPER,
            )  # fmt: skip
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def _up(value: int) -> float:
    return _BOTTOM - value / _HIGHEST * (_BOTTOM - _TOP)


def _ground(pen: ImageDraw.ImageDraw) -> None:
    for low, high, colour in _BANDS:
        pen.rectangle((_LEFT, _up(high), _RIGHT, _up(low)), fill=colour)
    for value in (0, 25, 50, 75, 100):
        y = _up(value)
        pen.line((_LEFT, y, _RIGHT, y), fill=_GRID, width=2)
        pen.text((_LEFT - 16, y), str(value), _QUIET, _font("Regular", 32), "rm")


def _days(pen: ImageDraw.ImageDraw, points: Sequence[Point], place: Any, language: str) -> None:
    """Under the first and the last point their days, and some between where there is room."""
    wanted = [points[0].day, points[-1].day, *(point.day for point in points[1:-1])]
    taken: list[float] = []
    for day in wanted:
        x = place(day, 0)[0]
        if any(abs(x - other) < _APART for other in taken):
            continue
        taken.append(x)
        pen.line((x, _BOTTOM, x, _BOTTOM + 14), fill=_QUIET, width=3)
        edge = min(max(x, _LEFT + 50), _RIGHT - 50)
        pen.text((edge, _BOTTOM + 28), dates.short_day(day, language), _QUIET, _font("Regular", 34), "ma")


def _runs(points: Sequence[Point]) -> Iterator[list[tuple[date, int]]]:
    """The stretches without a gap."""
    run: list[tuple[date, int]] = []
    for point in points:
        if point.value is None:
            yield run
            run = []
        else:
            run.append((point.day, point.value))
    yield run


def _span(days: Sequence[date]) -> tuple[date, date]:
    """First and last day of the picture, with air at both ends, never less than eight weeks."""
    first, last = min(days), max(days)
    air = max((_SHORTEST - (last - first)) / 2, (last - first) / 24, timedelta(days=2))
    return first - timedelta(days=air.days), last + timedelta(days=air.days)


@cache
def _font(weight: str, size: int) -> Any:
    """The desk's own typeface: Pillow's has no æ, ø and å."""
    from PIL import ImageFont

    return ImageFont.truetype(str(_FONTS / f"IBMPlexSans-{weight}.woff2"), size)
