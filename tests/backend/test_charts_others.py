"""The p-chart, the wellbeing curve and the waterfall."""

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.charts import (
    Chart,
    ControlPoint,
    Few,
    LifeEvent,
    Period,
    Step,
    WellbeingPoint,
    Withheld,
    p_chart,
    waterfall,
    wellbeing,
)
from backend.charts.control import letter
from locales import text

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert("x")</script>&\'"'
START = date(2026, 1, 5)


def t(key: str, **values: object) -> str:
    return text(key, "da", **values)


def root(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 our own drawing


def of_class(svg: str, class_: str) -> list[ElementTree.Element]:
    return [each for each in root(svg).iter() if each.get("class") == class_]


def words(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in root(svg).iter(f"{SVG}text")]


def scripts(svg: str) -> list[str]:
    return [each.tag for each in root(svg).iter() if each.tag.endswith("script")]


def quarter(index: int) -> Period:
    year, part = 2024 + index // 4, index % 4
    begins = date(year, 3 * part + 1, 1)
    return Period(f"{part + 1}. kvartal {year}", f"{part + 1}. kvt.", str(year), begins, begins + timedelta(days=80))


def control(points: list[ControlPoint | Withheld]) -> Chart:
    return p_chart("p", "Ét kvartal skiller sig ud", points, centre=0.57, language="da", t=t)


def test_limits_belong_to_each_period_and_a_withheld_period_has_none() -> None:
    points: list[ControlPoint | Withheld] = [
        ControlPoint(quarter(0), 0.5, 0.3, 0.8, 30),
        Withheld(quarter(1)),
        ControlPoint(quarter(2), 0.6, 0.35, 0.75, 40),
    ]
    assert len(of_class(control(points).wide, "chart-limit")) == 4 + 1  # and one in the key
    assert control(points).table.rows == (
        ("1. kvartal 2024", "50\u00a0%", "30\u00a0% til 80\u00a0%", "30", "–"),
        ("2. kvartal 2024", "for få svar", "–", "–", "–"),
        ("3. kvartal 2024", "60\u00a0%", "35\u00a0% til 75\u00a0%", "40", "–"),
        ("Gennemsnit", "57\u00a0%", "–", "–", "–"),
    )


def test_the_rule_that_fired_is_said_in_words_beside_its_letter() -> None:
    chart = control([ControlPoint(quarter(0), 0.83, 0.3, 0.8, 30, "Uden for grænserne")])
    assert len(of_class(chart.wide, "chart-signal")) == 1
    assert [each.text for each in of_class(chart.wide, "chart-letter")] == ["A", "A"]
    assert words(chart.wide)[-1] == "1. kvartal 2024: 83\u00a0%. Uden for grænserne"
    assert chart.table.rows[0][4] == "Uden for grænserne"


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA")])
def test_letters_go_on_after_z(index: int, name: str) -> None:
    assert letter(index) == name


def curve(points: list[WellbeingPoint], events: list[LifeEvent], language: str = "da") -> Chart:
    return wellbeing("w", "Trivslen er steget", points, events, language=language, t=t)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 1500), st.none() | st.integers(0, 25).map(lambda raw: raw * 4)), max_size=60),
    st.lists(
        st.tuples(st.integers(0, 1500), st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40)),
        max_size=6,
    ),
)
def test_any_curve_is_well_formed_and_all_of_it_is_in_the_table(
    scores: list[tuple[int, int | None]], happened: list[tuple[int, str]]
) -> None:
    points = [WellbeingPoint(START + timedelta(days=days), score) for days, score in scores]
    events = [LifeEvent(START + timedelta(days=days), label) for days, label in happened]
    chart = curve(points, events)
    assert len(chart.table.rows) == len(points) + len(events)
    answered = sorted(score for _, score in scores if score is not None)
    assert sorted(int(row[1]) for row in chart.table.rows if row[1].isdigit()) == answered
    for svg in (chart.wide, chart.narrow):
        assert len(of_class(svg, "chart-point")) == len(answered)
        for each in of_class(svg, "chart-point"):
            assert 0 <= float(each.get("cx", "-1")) <= 720


def test_one_check_in_is_one_point_in_the_middle_without_a_line() -> None:
    chart = curve([WellbeingPoint(START, 52)], [])
    assert of_class(chart.wide, "chart-line") == []
    assert [each.get("cx") for each in of_class(chart.wide, "chart-point")] == ["300"]
    assert chart.table.rows == (("5. jan. 2026", "52", "–"),)


def test_no_check_ins_says_so() -> None:
    chart = curve([], [])
    assert "Ingen tjek-ind endnu" in words(chart.narrow)
    assert chart.table.rows == ()


def test_a_check_in_without_a_score_breaks_the_line_and_is_said_in_the_table() -> None:
    scores = [60, 56, None, 40, 44]
    chart = curve([WellbeingPoint(START + timedelta(days=14 * i), score) for i, score in enumerate(scores)], [])
    assert [each.get("d", "").count("L") for each in of_class(chart.wide, "chart-line")] == [1, 1]
    assert chart.table.rows[2] == ("2. feb. 2026", "ikke svaret", "–")


def test_points_and_events_may_come_in_any_order() -> None:
    points = [WellbeingPoint(START + timedelta(days=14 * i), 4 * i) for i in range(6)]
    events = [LifeEvent(START, "Tilbud"), LifeEvent(START + timedelta(days=30), "Ny rådgiver")]
    assert curve(points, events) == curve(points[::-1], events[::-1])


def test_the_bands_have_words_beside_them_or_in_the_key() -> None:
    chart = curve([WellbeingPoint(START, 52)], [])
    bands = ["Over 50: det går", "36–50: lidt tungt", "0–35: kan være svært"]
    assert [each.text for each in of_class(chart.wide, "chart-band-words")] == bands
    assert [each.text for each in of_class(chart.narrow, "chart-key")] == bands


def test_many_check_ins_have_smaller_points_and_only_the_last_value() -> None:
    chart = curve([WellbeingPoint(START + timedelta(days=14 * i), 48) for i in range(100)], [])
    assert {each.get("r") for each in of_class(chart.wide, "chart-point")} == {"2.5"}
    assert [each.text for each in of_class(chart.wide, "chart-value")] == ["48"]


def test_month_names_never_run_into_one_another() -> None:
    for count in (2, 5, 9, 14, 30, 70, 120):
        chart = curve([WellbeingPoint(START + timedelta(days=14 * i), 48) for i in range(count)], [])
        ticks = [each for each in of_class(chart.narrow, "chart-tick") if each.get("text-anchor") == "middle"]
        ends = [(float(e.get("x", "0")), len(e.text or "") * 6.4 / 2) for e in ticks]
        assert [1 for (x, half), (later, other) in pairwise(ends) if x + half > later - other] == []


def test_english_puts_the_day_first() -> None:
    assert curve([WellbeingPoint(START, 52)], [], "en").table.rows == (("5 Jan 2026", "52", "–"),)


def test_what_people_wrote_about_an_event_stays_text() -> None:
    chart = curve([], [LifeEvent(START, HOSTILE)])
    assert (scripts(chart.wide), scripts(chart.narrow)) == ([], [])
    assert chart.table.rows == (("5. jan. 2026", "–", HOSTILE),)


STEPS = [Step("I målgruppen", 55), Step("Tilbudt", 49), Step("Koblet på", 44), Step("Spurgt", 44), Step("Svaret", 40)]


def people(steps: list[Step]) -> Chart:
    return waterfall("n", "40 af 55 nåede hele vejen", steps, language="da", t=t)


def test_each_step_has_its_number_and_its_share_of_the_step_before() -> None:
    assert people(STEPS).table.rows == (
        ("I målgruppen", "55", "–"),
        ("Tilbudt", "49", "89\u00a0%"),
        ("Koblet på", "44", "90\u00a0%"),
        ("Spurgt", "44", "100\u00a0%"),
        ("Svaret", "40", "91\u00a0%"),
    )
    assert [each.text for each in of_class(people(STEPS).wide, "chart-value")] == [
        *("55", "49 · 89\u00a0%", "44 · 90\u00a0%", "44 · 100\u00a0%", "40 · 91\u00a0%")
    ]


def test_bars_are_as_long_as_their_numbers() -> None:
    lengths = [float(each.get("width", "0")) for each in of_class(people(STEPS).wide, "chart-bar")]
    assert [round(length / lengths[0] * 55) for length in lengths] == [55, 49, 44, 44, 40]


@pytest.mark.parametrize("few", list(Few))
def test_a_count_that_is_not_exact_gives_no_share_on_either_side_and_a_length_that_says_nothing(few: Few) -> None:
    one, other = (people([Step("A", n), Step("B", few), Step("C", n - 9)]) for n in (55, 30))
    assert [row[2] for row in one.table.rows] == ["–", "–", "–"]
    bars = [[each.get("width") for each in of_class(chart.wide, "chart-withheld")] for chart in (one, other)]
    assert bars[0] == bars[1]
    assert one.table.rows[1][1] == {Few.ONE_OR_TWO: "1–2", Few.WITHHELD: "for få svar"}[few]


def test_an_empty_target_group_draws_without_dividing_by_nothing() -> None:
    assert people([Step("A", 0), Step("B", 0)]).table.rows == (("A", "0", "–"), ("B", "0", "–"))


def test_hostile_steps_stay_text() -> None:
    assert scripts(people([Step(HOSTILE, 5)]).wide) == []
