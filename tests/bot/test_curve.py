"""The curve as a picture: whatever the points, a PNG for a phone, letters that are really there, words beside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.checkins_mine import caption
from bot.curve import _font, draw
from models.queries.conversation_checkins import Point

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)
FIRST = date(2026, 1, 7)


def points(*values: int | None, days: int = 14) -> list[Point]:
    return [Point(FIRST + timedelta(days=days * number), value) for number, value in enumerate(values)]


def test_the_typeface_has_the_danish_letters() -> None:
    drawn = {letter: bytes(_font("Regular", 40).getmask(letter)) for letter in "æøåÆØÅé"}
    missing = bytes(_font("Regular", 40).getmask("\U0001fbff"))
    assert len({*drawn.values(), missing}) == len(drawn) + 1


@settings(max_examples=6, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 25).map(lambda n: n * 4)), max_size=60), st.integers(0, 100))
def test_any_curve_is_a_picture_that_fits_a_phone(values: list[int | None], last: int) -> None:
    made = draw(points(*values, last), "da")
    with Image.open(BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1080, 810))
    assert len(made) < 200_000


def test_the_line_breaks_where_a_value_is_missing_and_nothing_else_changes() -> None:
    whole, gap = (Image.open(BytesIO(draw(points(*values), "da"))) for values in ((40, 40, 40), (40, None, 40)))
    middle = (whole.width + 92 - 48) // 2, 442
    assert (whole.getpixel(middle), gap.getpixel(middle)) == ((11, 93, 140), (245, 247, 249))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((60,), ""),
        ((44, 48), "Du startede på 44 den 7. januar. Nu er du nær det samme."),
        ((44, 60), "Du startede på 44 den 7. januar. Nu er du 16 højere."),
        ((44, None, 48), "Du startede på 44 den 7. januar. Nu er du nær det samme.\n"
                         "Hvor kurven har et hul, manglede der svar."),
        ((80, 20), "Du startede på 80 den 7. januar. Nu er du 60 lavere."),
    ],
)  # fmt: skip
def test_the_caption_says_the_same_in_words_without_judging(values: tuple[int | None, ...], said: str) -> None:
    words = caption(points(*values), NOW, "da").split("\n\n")
    assert words[0] == "Din kurve. Tallene går fra 0 til 100, og højere er bedre. Kun du får den vist her."
    assert words[1:-1] == ([said] if said else [])
    assert words[-1].splitlines()[-1].endswith(f": {values[-1]} af 100")


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_caption_of_sixty_points_is_short_enough_for_a_picture(language: str) -> None:
    assert len(caption(points(*range(60), days=28), NOW, language)) <= 1024
