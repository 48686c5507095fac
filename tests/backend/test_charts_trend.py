"""The trend and the small multiples: everything shown is in the table, nothing withheld is anywhere."""

import dataclasses
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.charts import (
    Band,
    Banded,
    Chart,
    Municipality,
    Period,
    Point,
    Shown,
    Withheld,
    between,
    percent,
    small_multiples,
    trend,
)
from backend.charts.frame import Frame
from backend.charts.multiples import danish_order, time_columns
from locales import text

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert("x")</script>&\u202e\'"'


def t(key: str, **values: object) -> str:
    return text(key, "da", **values)


def english(key: str, **values: object) -> str:
    return text(key, "en", **values)


def quarter(index: int, label: str = "") -> Period:
    year, part = 2024 + index // 4, index % 4
    begins = date(year, 3 * part + 1, 1)
    ends = date(year, 3 * part + 3, 28)
    return Period(label or f"{part + 1}. kvartal {year}", f"{part + 1}. kvt.", str(year), begins, ends)


def shown(index: int, heard: int = 29, answered: int = 40, population: int = 55) -> Shown:
    share = heard / answered
    return Shown(
        quarter(index),
        share,
        max(share - 0.08, 0),
        min(share + 0.07, 1),
        heard / population,
        (heard + population - answered) / population,
        answered,
        population,
        answered / population,
    )


def draw(points: list[Point], baseline: float | None = 0.52, target: float | None = 0.8) -> Chart:
    return trend("heard", "Flere føler sig hørt", points, baseline=baseline, target=target, language="da", t=t)


def root(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 our own drawing


def words(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in root(svg).iter(f"{SVG}text")]


def of_class(svg: str, class_: str) -> list[ElementTree.Element]:
    return [each for each in root(svg).iter() if each.get("class") == class_]


@st.composite
def some_points(pick: st.DrawFn) -> list[Point]:
    points: list[Point] = []
    for index in range(pick(st.integers(0, 14))):
        kind = pick(st.sampled_from(("shown", "banded", "withheld")))
        if kind == "shown":
            population = pick(st.integers(20, 200))
            answered = pick(st.integers(10, population))
            points.append(shown(index, pick(st.integers(0, answered)), answered, population))
        elif kind == "banded":
            points.append(Banded(quarter(index), pick(st.sampled_from(Band))))
        else:
            points.append(Withheld(quarter(index)))
    return points


@settings(deadline=None, max_examples=60)
@given(some_points())
def test_any_series_is_well_formed_with_unique_ids_and_one_row_per_period(points: list[Point]) -> None:
    chart = draw(points)
    identifiers = [each.get("id") for svg in (chart.wide, chart.narrow) for each in root(svg).iter() if each.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert [len(row) for row in chart.table.rows] == [5] * (len(points) + 2)


@settings(deadline=None, max_examples=60)
@given(some_points())
def test_nothing_is_drawn_outside_the_drawing(points: list[Point]) -> None:
    for svg in (draw(points).wide, draw(points).narrow):
        *_, width, height = map(float, root(svg).get("viewBox", "").split())
        for each in root(svg).iter(f"{SVG}circle"):
            assert 0 <= float(each.get("cx", "-1")) <= width
            assert 0 <= float(each.get("cy", "-1")) <= height
        for each in root(svg).iter(f"{SVG}rect"):
            assert float(each.get("height", "-1")) >= 0
            assert float(each.get("x", "-1")) + float(each.get("width", "-1")) <= width


@settings(deadline=None, max_examples=60)
@given(some_points())
def test_every_value_shown_is_in_the_table(points: list[Point]) -> None:
    rows = draw(points).table.rows
    for point, row in zip(points, rows, strict=False):
        if isinstance(point, Shown):
            assert row == (
                point.period.label,
                percent(point.share, "da"),
                between(point.lower, point.upper, "da", t),
                between(point.bound_low, point.bound_high, "da", t),
                f"{point.answered} af {point.population} ({percent(point.response_rate, 'da')})",
            )
    assert [row[:2] for row in rows[len(points) :]] == [("Udgangspunkt", "52\u00a0%"), ("Mål", "80\u00a0%")]


def test_a_withheld_period_has_no_number_to_leak() -> None:
    assert [field.name for field in dataclasses.fields(Withheld)] == ["period"]
    assert [field.name for field in dataclasses.fields(Banded)] == ["period", "band"]


def test_withheld_periods_say_few_and_nothing_else() -> None:
    chart = draw([Withheld(quarter(0)), Withheld(quarter(1))], baseline=None, target=None)
    assert words(chart.wide) == [
        *("0\u00a0%", "25\u00a0%", "50\u00a0%", "75\u00a0%", "100\u00a0%"),
        *("for få svar", "for få svar"),
        *("1. kvt.", "2024", "2. kvt."),
        *("For få svar", "Udgangspunkt mangler"),
    ]
    assert chart.table.rows[:2] == (
        ("1. kvartal 2024", "for få svar", "–", "–", "–"),
        ("2. kvartal 2024", "for få svar", "–", "–", "–"),
    )


def test_the_line_breaks_at_a_withheld_period() -> None:
    chart = draw([shown(0), shown(1), Withheld(quarter(2)), shown(3), shown(4)])
    assert [each.get("d", "").count("L") for each in of_class(chart.wide, "chart-line")] == [1, 1]


def test_below_half_answered_only_the_bounds_are_drawn() -> None:
    chart = draw([shown(0, heard=15, answered=20, population=55)])
    assert [len(of_class(chart.wide, name)) for name in ("chart-point", "chart-interval", "chart-line")] == [0, 0, 0]
    assert [each.text for each in of_class(chart.wide, "chart-bound-value")] == ["91\u00a0%", "27\u00a0%"]


def test_exactly_half_answered_is_drawn_as_a_share() -> None:
    chart = draw([shown(0, heard=15, answered=20, population=40)])
    assert len(of_class(chart.wide, "chart-bounds")) == 0
    assert [each.text for each in of_class(chart.wide, "chart-value")] == ["75\u00a0%"]


@pytest.mark.parametrize(
    ("band", "label", "height"),
    [(Band.UNDER_A_QUARTER, "<25\u00a0%", 60), (Band.OVER_THREE_QUARTERS, ">75\u00a0%", 60)],
)
def test_a_band_is_a_quarter_of_the_height_whatever_lies_behind_it(band: Band, label: str, height: float) -> None:
    chart = draw([Banded(quarter(0), band)])
    bars = [each for each in of_class(chart.wide, "chart-banded") if each.get("width") == "28"]
    assert [float(each.get("height", "0")) for each in bars] == [height]
    assert [each.text for each in of_class(chart.wide, "chart-value")] == [label]


def test_points_are_larger_where_more_answered() -> None:
    chart = draw([shown(0, 10, 20, 30), shown(1, 20, 40, 50), shown(2, 40, 80, 90)])
    radii = [float(each.get("r", "0")) for each in of_class(chart.wide, "chart-point")][:3]
    assert radii == sorted(set(radii))
    assert len(radii) == 3


def test_a_missing_baseline_is_said() -> None:
    chart = draw([shown(0)], baseline=None)
    assert words(chart.wide)[-2:] == ["Udgangspunkt mangler", "Mål 80\u00a0%"]
    assert of_class(chart.wide, "chart-baseline") == []


def test_the_picture_has_a_name_and_a_description() -> None:
    svg = root(draw([shown(0), Withheld(quarter(1))]).narrow)
    assert (svg.get("role"), svg.get("aria-labelledby")) == ("img", "heard-narrow-title heard-narrow-desc")
    assert [svg[0].text, svg[1].text] == [
        "Flere føler sig hørt",
        "2 perioder fra 1. kvartal 2024 til 2. kvartal 2024. Perioder med for få svar: 1. Alle tal står i tabellen.",
    ]


def test_hostile_labels_stay_text() -> None:
    period = dataclasses.replace(quarter(0), short=HOSTILE, year=HOSTILE)
    chart = trend("a", HOSTILE, [Withheld(period)], baseline=None, target=None, language="da", t=t)
    assert [each.tag for each in root(chart.wide).iter() if each.tag.endswith("script")] == []
    assert root(chart.wide)[0].text == HOSTILE


def test_the_same_values_give_the_same_drawing() -> None:
    assert draw([shown(0), shown(1)]) == draw([shown(0), shown(1)])


def test_the_phases_stand_behind_their_periods_with_their_names_and_in_the_table() -> None:
    points: list[Point] = [shown(index, 30, 40, 60) for index in range(6)]
    named = ["", "Forberede", "Forberede", "Forandre", "Forandre", "Forandre"]
    made = trend(
        "heard", "Flere føler sig hørt", points, baseline=None, target=None, language="da", t=t, phases=named
    )  # fmt: skip
    for svg in (made.wide, made.narrow):
        surfaces = [one for one in root(svg).iter() if (one.get("class") or "").startswith("chart-band chart-band-")]
        places = [(float(one.get("x") or 0), float(one.get("width") or 0)) for one in surfaces]
        assert len(places) == 2
        (left, wide), (next_left, next_wide) = places
        # The second begins where the first ends, and is half as wide again: three periods and two.
        assert (round(left + wide, 1), round(next_wide / wide, 2)) == (round(next_left, 1), 1.5)
        assert {"Forberede", "Forandre"} <= set(words(svg))
    assert [row[-1] for row in made.table.rows] == ["–", *named[1:], "–"]
    assert draw(points).table.head == made.table.head[:-1]


def test_english_says_the_same() -> None:
    chart = trend("a", "More", [shown(0)], baseline=0.5, target=None, language="en", t=english)
    assert chart.table.rows == (
        ("1. kvartal 2024", "73%", "between 64 and 80%", "between 52 and 80%", "40 of 55 (73%)"),
        ("Baseline", "50%", "–", "–", "–"),
    )


NAMES = ["Vesthimmerland", "Odsherred", "Frederikshavn", "Randers", "Middelfart", "Guldborgsund", "Gentofte"]


def multiples(names: list[str]) -> Chart:
    places = [Municipality(name, (shown(0), Withheld(quarter(1)))) for name in names]
    return small_multiples("seven", "De syv", places, baseline=None, target=0.8, language="da", t=t)


def test_municipalities_stand_in_alphabetical_order_whatever_order_they_came_in() -> None:
    titles = [each.text for each in of_class(multiples(NAMES).wide, "chart-panel-title")]
    assert titles == [
        "Frederikshavn",
        "Gentofte",
        "Guldborgsund",
        "Middelfart",
        "Odsherred",
        "Randers",
        "Vesthimmerland",
    ]
    assert multiples(NAMES) == multiples(NAMES[::-1])


def test_the_danish_letters_come_last() -> None:
    assert sorted(["Ærø", "Aabenraa", "Vejle", "Østerby", "Albertslund"], key=danish_order) == [
        *("Albertslund", "Vejle", "Ærø", "Østerby", "Aabenraa")
    ]


def test_the_table_of_the_multiples_has_every_period_of_every_municipality() -> None:
    rows = multiples(NAMES).table.rows
    assert rows[:2] == (
        (
            "Frederikshavn",
            "1. kvartal 2024",
            "73\u00a0%",
            "mellem 64 og 80\u00a0%",
            "mellem 52 og 80\u00a0%",
            "40 af 55 (73\u00a0%)",
        ),
        ("Frederikshavn", "2. kvartal 2024", "for få svar", "–", "–", "–"),
    )
    assert len(rows) == 2 * len(NAMES) + 2


def test_different_rhythms_share_one_axis_of_time() -> None:
    frame = Frame(100, 100, left=0, right=0)
    whole_year = Period("2025", "2025", "2025", date(2025, 1, 1), date(2025, 12, 31))
    first_half = Period("1. halvår 2025", "1. halvår", "2025", date(2025, 1, 1), date(2025, 7, 1))
    columns = time_columns(frame, [whole_year, first_half], date(2025, 1, 1), date(2025, 12, 31))
    assert [round(column.x) for column in columns] == [50, 25]


def test_a_municipality_without_periods_has_an_empty_panel() -> None:
    places = [Municipality("Randers", (shown(0),)), Municipality("Gentofte", ())]
    chart = small_multiples("two", "To", places, baseline=None, target=None, language="da", t=t)
    assert [row[0] for row in chart.table.rows] == ["Randers", "Udgangspunkt"]
    assert [each.text for each in of_class(chart.wide, "chart-panel-title")] == ["Gentofte", "Randers"]
