"""The three-item loneliness scale (T-ILS, UCLA-3). It asks indirectly: no text here says "lonely"."""

from typing import Final

from models.domain.instruments.model import Audience, Instrument, Item, Method, Scoring, scale, words

_OPTIONS: Final = scale(
    (1, "Sjældent", "Hardly ever"),
    (2, "En gang imellem", "Some of the time"),
    (3, "Ofte", "Often"),
)

TILS: Final = Instrument(
    key="tils",
    version=1,
    title=words(da="Dig og andre", en="You and others"),
    stem=words(da="", en=""),
    items=(
        Item(
            "isolated",
            words(
                da="Hvor ofte føler du dig isoleret fra andre?",
                en="How often do you feel isolated from others?",
            ),
            _OPTIONS,
        ),
        Item(
            "companionship",
            words(
                da="Hvor ofte føler du, at du savner nogen at være sammen med?",
                en="How often do you feel that you lack companionship?",
            ),
            _OPTIONS,
        ),
        Item(
            "left_out",
            words(da="Hvor ofte føler du dig holdt udenfor?", en="How often do you feel left out?"),
            _OPTIONS,
        ),
    ),
    scoring=Scoring(Method.SUM, at_least=3),
    cut=7,
    may_skip=True,
    minimum_days=28,
    audience=Audience.CASEWORKER,
    source="Three-Item Loneliness Scale: Hughes, Waite, Hawkley and Cacioppo 2004. "
    "Danish wording not yet compared with Den Nationale Sundhedsprofil",
    licence="Free for research and practice with attribution",
    validated=True,
    enabled=True,
    seconds=25,
)
