"""The pulse: one tap after a meeting, a decision or closed feedback. The two top answers count as heard."""

from typing import Final

from models.domain.instruments.model import Audience, Instrument, Item, Method, Scoring, scale, words

PULSE: Final = Instrument(
    key="pulse",
    version=1,
    title=words(da="Følte du dig hørt?", en="Did you feel heard?"),
    stem=words(da="", en=""),
    items=(
        Item(
            "heard",
            words(da="Følte du dig hørt?", en="Did you feel heard?"),
            scale(
                (1, "1 Slet ikke", "1 Not at all"),
                (2, "2", "2"),
                (3, "3", "3"),
                (4, "4", "4"),
                (5, "5 Helt", "5 Completely"),
            ),
        ),
    ),
    scoring=Scoring(Method.ANSWER, at_least=1),
    cut=4,
    may_skip=True,
    minimum_days=0,
    audience=Audience.PERSON,
    source="Hørt's own item, version 1",
    licence="MPL-2.0",
    validated=False,
    enabled=True,
    seconds=5,
)
