"""Hørt-5, "inddraget og hørt": five items after Lundy (space, information, audience, influence, feedback).

Not validated yet, and it must say so wherever it is shown. The caseworker does not see the answers unless the person
shares them: otherwise people answer for their caseworker.
"""

from typing import Final

from models.domain.instruments.model import DONT_KNOW, Audience, Instrument, Item, Method, Scoring, scale, words

_OPTIONS: Final = scale(
    (1, "Slet ikke", "Not at all"),
    (2, "Dårligt", "Poorly"),
    (3, "Delvist", "Partly"),
    (4, "Godt", "Well"),
    (5, "Helt", "Completely"),
    (DONT_KNOW, "Ved ikke", "Don't know"),
)

# The period decides how often Hørt-5 is asked for the figure: once. These 28 days only keep two askings that lie on
# either side of a change of period from standing back to back; a longer pause could push an asking out of its window.
_MINIMUM_DAYS: Final = 28

HOERT5: Final = Instrument(
    key="hoert5",
    version=1,
    title=words(da="Inddraget og hørt", en="Involved and heard"),
    stem=words(
        da="De sidste 3 måneder. Hvor godt passer det på dig?",
        en="The last 3 months. How well does this fit you?",
    ),
    items=(
        Item(
            "space",
            words(da="Jeg fik tid til at sige, hvad jeg mener.", en="I got time to say what I think."),
            _OPTIONS,
        ),
        Item(
            "information",
            words(
                da="Jeg fik at vide, hvad jeg havde brug for at vide.",
                en="I was told what I needed to know.",
            ),
            _OPTIONS,
        ),
        Item(
            "audience",
            words(da="Det, jeg sagde, blev taget alvorligt.", en="What I said was taken seriously."),
            _OPTIONS,
        ),
        Item(
            "influence",
            words(
                da="Det, jeg sagde, gjorde en forskel for min plan.",
                en="What I said made a difference to my plan.",
            ),
            _OPTIONS,
        ),
        Item(
            "feedback",
            words(
                da="Jeg fik at vide, hvad der skete med det, jeg sagde.",
                en="I was told what happened with what I said.",
            ),
            _OPTIONS,
        ),
    ),
    scoring=Scoring(Method.MEAN, at_least=4, factor=25, floor=1),
    cut=4,
    may_skip=True,
    minimum_days=_MINIMUM_DAYS,
    audience=Audience.PERSON,
    source="Hørt's own items, version 1, after Lundy's model of participation",
    licence="MPL-2.0",
    validated=False,
    enabled=True,
    seconds=40,
)
