"""The slot for the anchor questions of the evaluation "Investering i Efterværn" (2021).

Its wording was never transcribed, so the slot is disabled and empty: a baseline that nobody has read is never invented.
"""

from typing import Final

from models.domain.instruments.model import Audience, Instrument, Method, Scoring, words

IE2021: Final = Instrument(
    key="ie2021",
    version=0,
    title=words(da="Spørgsmål fra evalueringen 2021", en="Questions from the 2021 evaluation"),
    stem=words(da="", en=""),
    items=(),
    scoring=Scoring(Method.NONE),
    cut=None,
    may_skip=True,
    minimum_days=0,
    audience=Audience.PERSON,
    source="Investering i Efterværn, Tværgående evaluering, Bilag, April 2021, 1.10, pp. 27-31: not transcribed",
    licence="not cleared",
    validated=False,
    enabled=False,
    seconds=0,
)
