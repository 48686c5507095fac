"""A rhythm as people type it, and everything that is a message to a human instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.rhythm_words import Wished, read_rhythm


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hver anden uge mandag kl 18", Wished(2, 0, 18)),
        ("Hver 4. uge, fredag kl. 17.00", Wished(4, 4, 17)),
        ("hver 14. dag", Wished(2)),
        ("hver måned om lørdagen", Wished(4, 5)),
        ("Hver ottende uge", Wished(8)),
        ("hver 2. måned", Wished(8)),
        ("fredag", Wished(weekday=4)),
        ("kl. 17", Wished(hour=17)),
        ("klokken 9 tak", Wished(hour=9)),
        ("18:00", Wished(hour=18)),
        ("every other week on Monday at 6pm", Wished(2, 0, 18)),
        ("Every 8 weeks", Wished(8)),
        ("monthly", Wished(4)),
        ("at 12 am", Wished(hour=0)),
        ("Thursdays at 7 pm please", Wished(weekday=3, hour=19)),
    ],
)
def test_a_rhythm_is_read_as_it_is_said(typed: str, meant: Wished) -> None:
    assert read_rhythm(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", "tak", "17", "hver uge", "kl 18.30", "kl 25", "13 pm", "mandag og tirsdag", "hver anden uge hver 4. uge",
        "jeg har det skidt om mandagen", "kan du ringe fredag kl 17?", "hver anden uge " * 20,
    ],
)  # fmt: skip
def test_whatever_is_more_or_less_than_a_rhythm_is_for_a_human(typed: str) -> None:
    assert read_rhythm(typed) is None


@given(st.text(max_size=120))
def test_no_text_whatever_breaks_it(typed: str) -> None:
    wished = read_rhythm(typed)
    assert wished is None or wished != Wished()
