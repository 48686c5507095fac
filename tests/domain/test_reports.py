"""Published figures as a file: the columns that are promised, and not a number of what is withheld."""

from models.domain.disclosure import Banded, Shown, Withheld
from models.domain.figures.indicator import Counts, indicator
from models.domain.register_file import tame
from models.domain.reports import COLUMNS, line, write

HEAD = (
    "geography,period,figure,breakdown,group,status,responded,n,N,response_rate,value,band,lower,upper,bound_low,"
    "bound_high,definition,version,sha256"
)


def test_a_shown_line_is_whole_and_a_withheld_one_says_only_that_it_is() -> None:
    assert ",".join(COLUMNS) == HEAD
    value = indicator(Counts(population=40, responded=30, computable=28, heard=20))
    lines = [
        line("randers", "2026Q3", "heard", result, "hoert-1", 2, "ab" * 32)
        for result in (Shown(value), Banded("over_75"), Withheld())
    ]
    head, shown, banded, withheld, end = write(lines).split("\r\n")
    assert (head, end) == (HEAD, "")
    assert shown == ",".join(
        [
            "randers,2026Q3,heard,,,shown,30,28,40,0.750000", f"{value.share:.6f}", "",
            *(f"{each:.6f}" for one in (value.interval, value.bounds) for each in (one.lower, one.upper)),
            "hoert-1,2", "ab" * 32,
        ]
    )  # fmt: skip
    assert banded == "randers,2026Q3,heard,,,banded,,,,,,over_75,,,,,hoert-1,2,"
    assert withheld == "randers,2026Q3,heard,,,withheld,,,,,,,,,,,hoert-1,2,"


def test_no_cell_starts_a_formula() -> None:
    made = write([line("=1+1", "2026Q3", "heard", Withheld(), '@x, "y"', 1, "")])
    assert made.split("\r\n")[1].startswith(f"{tame('=1+1')},2026Q3")
    assert ',"\'@x, ""y""",1,' in made
