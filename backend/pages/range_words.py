"""What staff read about a kind of support in the range of offers: who has it, how many more can, what it costs."""

from __future__ import annotations

from backend import words
from locales import text
from locales.plainness import lix, measurable
from models.domain.panels_check import HARDEST
from models.queries.offers import Kind


def hard(kind: Kind) -> bool:
    """Whether a description that young people read is harder than light reading, where it is long enough to tell."""
    return measurable(kind.description) and lix(kind.description) >= HARDEST


def facts(kind: Kind, language: str) -> str:
    """What staff know of a kind of support: how many have it, how many more can, and what it costs."""
    known = [text("desk.offers.running_n", language, n=kind.running)]
    if kind.free is not None:
        known.append(text("desk.range.free_n", language, n=kind.free, capacity=kind.capacity))
    if kind.price is not None:
        known.append(text(f"desk.range.price.{kind.price_unit}", language, price=words.kroner(kind.price, language)))
    return " · ".join(known)


def with_places(kind: Kind, language: str) -> str:
    """A kind of support as it is chosen, with how many more can have it where that is known."""
    if kind.free is None:
        return kind.title
    return text("desk.range.choice", language, title=kind.title, places=text("desk.range.free", language, n=kind.free))
