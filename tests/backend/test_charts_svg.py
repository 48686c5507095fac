"""SVG as text: escaping, numbers, percentages."""

import pytest
from markupsafe import Markup

from backend.charts.svg import element, number, outward, percent, standalone, whole_percent


@pytest.mark.parametrize(
    ("value", "words"), [(12, "12"), (12.0, "12"), (12.04, "12"), (12.06, "12.1"), (-0.04, "0"), (-3.5, "-3.5")]
)
def test_a_coordinate_has_at_most_one_decimal(value: float, words: str) -> None:
    assert number(value) == words


def test_attributes_and_children_are_escaped() -> None:
    assert element("text", "<b>&", class_='"x"') == '<text class="&#34;x&#34;">&lt;b&gt;&amp;</text>'


def test_markup_is_not_escaped_twice() -> None:
    assert element("text", Markup("a &amp; b")) == "<text>a &amp; b</text>"


def test_an_attribute_that_is_none_is_left_out() -> None:
    assert element("rect", x=1, fill=None) == '<rect x="1"/>'


@pytest.mark.parametrize(("share", "whole"), [(0.725, 73), (0.7249, 72), (0.285, 29), (0.0, 0), (1.0, 100)])
def test_halves_are_rounded_up(share: float, whole: int) -> None:
    assert whole_percent(share) == whole


@pytest.mark.parametrize(
    ("low", "high", "range_"),
    [(0.646, 0.791, (64, 80)), (0.2727, 0.9091, (27, 91)), (0.29, 0.57, (29, 57)), (0.0, 1.0, (0, 100))],
)
def test_a_range_is_rounded_outward(low: float, high: float, range_: tuple[int, int]) -> None:
    assert outward(low, high) == range_


def test_percent_signs_follow_the_language() -> None:
    assert (percent(0.73, "da"), percent(0.73, "en")) == ("73\u00a0%", "73%")


def test_a_standalone_picture_carries_its_rules_and_cannot_be_broken_out_of() -> None:
    assert standalone(Markup('<svg class="c"><g/></svg>'), ".a{} </style><script>") == (
        '<svg class="c"><style>.a{} /style>script></style><g/></svg>'
    )
