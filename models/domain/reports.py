"""Published figures as a file: a line each, with all they may never be shown without, and nothing that is withheld."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import Final

from models.domain.disclosure import Banded, Shown, Withheld
from models.domain.figures.indicator import Indicator
from models.domain.register_file import tame


@dataclass(frozen=True, slots=True)
class Line:
    """One line; None stays empty. `n` is the base of the value, `population` N. A fingerprint of what is not shown
    would tell it: a few counts can all be tried.
    """

    geography: str
    period: str
    figure: str
    breakdown: str
    group: str
    status: str
    responded: int | None
    n: int | None
    population: int | None
    response_rate: float | None
    value: float | None
    band: str
    lower: float | None
    upper: float | None
    bound_low: float | None
    bound_high: float | None
    definition: str
    version: int
    sha256: str


#: The columns, in their order.
COLUMNS: Final = tuple("N" if field.name == "population" else field.name for field in fields(Line))


def line(
    geography: str, period: str, figure: str, result: Shown[Indicator] | Banded | Withheld, definition: str,
    version: int, sha256: str,
) -> Line:  # fmt: skip
    """The line of one figure: withheld ones have no numbers, banded ones only their band."""
    if not isinstance(result, Shown):
        status, band = ("banded", result.band) if isinstance(result, Banded) else ("withheld", "")
        return Line(
            geography, period, figure, "", "", status, None, None, None, None, None, band, None, None, None, None,
            definition, version, "",
        )  # fmt: skip
    shown = result.value
    return Line(
        geography, period, figure, "", "", "shown", shown.counts.responded, shown.counts.computable,
        shown.counts.population, shown.response_rate, shown.share, "", shown.interval.lower, shown.interval.upper,
        shown.bounds.lower, shown.bounds.upper, definition, version, sha256,
    )  # fmt: skip


def write(lines: Iterable[Line]) -> str:
    """The file: commas, a header, a point in numbers. No cell can start a formula."""
    table = [COLUMNS, *([_cell(value) for value in astuple(one)] for one in lines)]
    return "".join(",".join(map(_quoted, row)) + "\r\n" for row in table)


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return f"{value:.6f}" if isinstance(value, float) else tame(str(value))


def _quoted(cell: str) -> str:
    """A cell as RFC 4180 has it."""
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell
