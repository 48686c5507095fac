"""Charts drawn on the server: values in, SVG and an accessible table out. Pure functions, no I/O."""

from backend.charts.branching import Stop, Way, branching, letter
from backend.charts.control import p_chart
from backend.charts.goal import GoalLines, GoalPoint, PhaseSpan, goal
from backend.charts.multiples import small_multiples
from backend.charts.population import waterfall
from backend.charts.shares import between
from backend.charts.svg import outward, percent, standalone
from backend.charts.trend import trend
from backend.charts.values import (
    Band,
    Banded,
    Chart,
    ControlPoint,
    Few,
    LifeEvent,
    Municipality,
    Period,
    Point,
    Shown,
    Step,
    Table,
    Translate,
    WellbeingPoint,
    Withheld,
)
from backend.charts.wellbeing import wellbeing

__all__ = [
    "Band",
    "Banded",
    "Chart",
    "ControlPoint",
    "Few",
    "GoalLines",
    "GoalPoint",
    "LifeEvent",
    "Municipality",
    "Period",
    "PhaseSpan",
    "Point",
    "Shown",
    "Step",
    "Stop",
    "Table",
    "Translate",
    "Way",
    "WellbeingPoint",
    "Withheld",
    "between",
    "branching",
    "goal",
    "letter",
    "outward",
    "p_chart",
    "percent",
    "small_multiples",
    "standalone",
    "trend",
    "waterfall",
    "wellbeing",
]
