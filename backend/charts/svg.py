"""SVG as text: elements, escaping, numbers. Nothing here knows what is drawn."""

from collections.abc import Iterable
from math import ceil, floor

from markupsafe import Markup, escape

NO_BREAK_SPACE = "\u00a0"


def number(value: float) -> str:
    """A coordinate with at most one decimal, without a trailing zero: 12.0 → "12"."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, /, *children: str, **attributes: str | float | None) -> Markup:
    """One element. Children and attribute values are escaped unless they are Markup already.

    `class_` becomes class and `stroke_width` becomes stroke-width; an attribute that is None is left out.
    """
    parts = [
        Markup(' {}="{}"').format(
            key.rstrip("_").replace("_", "-"), number(value) if isinstance(value, int | float) else value
        )
        for key, value in attributes.items()
        if value is not None
    ]
    opening = Markup("<{}{}").format(name, Markup("").join(parts))
    if not children:
        return opening + Markup("/>")
    inside = Markup("").join(escape(child) for child in children)
    return opening + Markup(">") + inside + Markup("</{}>").format(name)


def text(
    x: float, y: float, words: str, class_: str, anchor: str = "start", **attributes: str | float | None
) -> Markup:
    """Words at a place; `anchor` is start, middle or end."""
    return element("text", words, x=x, y=y, class_=class_, text_anchor=anchor, **attributes)


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """The d of a path through the points, in order."""
    steps = [f"{'L' if index else 'M'}{number(x)} {number(y)}" for index, (x, y) in enumerate(points)]
    return " ".join(steps) + (" Z" if closed else "")


def drawing(
    chart_id: str, kind: str, width: float, height: float, title: str, description: str, *children: str
) -> Markup:
    """The svg element: an image with a title that says the finding and a description, sized by its viewBox."""
    return element(
        "svg",
        element("title", title, id=f"{chart_id}-title"),
        element("desc", description, id=f"{chart_id}-desc"),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        class_=f"chart chart-{kind}",
        role="img",
        aria_labelledby=f"{chart_id}-title {chart_id}-desc",
    )


def hatch(pattern_id: str, class_: str) -> Markup:
    """A pattern of slanted lines, so that a surface is told apart without colour."""
    return element(
        "defs",
        element(
            "pattern",
            element("path", d="M0 6 L6 0", class_=class_),
            id=pattern_id,
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        ),
    )


def whole_percent(share: float) -> int:
    """0.725 → 73: halves go up, as people are taught, not to the even neighbour."""
    return floor(round(share * 100, 6) + 0.5)


def percent(share: float, language: str) -> str:
    """0.725 → "73 %" in Danish (with a space that does not break), "73%" in English."""
    return f"{whole_percent(share)}{NO_BREAK_SPACE if language == 'da' else ''}%"


def outward(low: float, high: float) -> tuple[int, int]:
    """A range in whole percents that is never narrower than it was: 0.646, 0.791 → (64, 80)."""
    return floor(round(low * 100, 6)), ceil(round(high * 100, 6))


def standalone(svg: Markup, stylesheet: str) -> str:
    """The drawing as a file of its own, with the rules of charts.css inside: for a picture outside the desk's pages."""
    start = svg.index(">") + 1
    return f"{svg[:start]}<style>{stylesheet.replace('<', '')}</style>{svg[start:]}"
