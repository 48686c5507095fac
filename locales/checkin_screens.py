"""What a check-in says on a phone: who sees it, the question, its answers. The chat sends it, the desk previews it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from locales import text
from locales.taps import Tap, Taps
from models.domain import checkins as rules
from models.domain.instruments import Audience, Code, Instrument, Item

_NARROW: Final = 12


def who_sees(chosen: Instrument, caseworker: str, language: str) -> str:
    """Who sees the answers, and what happens when they are low: said before the first question."""
    if chosen.audience is Audience.PERSON:
        return text("chat.checkin.sees.person", language, name=caseworker)
    seen = text("chat.checkin.sees.caseworker", language, name=caseworker)
    if chosen.key != "who5":
        return seen
    return f"{seen}\n{text('chat.checkin.sees.low', language, name=caseworker)}"


def invitation(chosen: Instrument, language: str) -> str:
    """Do you have time for five questions?"""
    return text("chat.checkin.invite", language, n=len(chosen.items), seconds=chosen.seconds)


def begin(language: str) -> Taps:
    """Begin, or not now."""
    return (
        (Tap(text("chat.checkin.button.begin", language), "checkin.open"),
         Tap(text("chat.button.not_now", language), "checkin.later")),
    )  # fmt: skip


def question(chosen: Instrument, item: Item, language: str, without: Collection[str] = ()) -> tuple[str, str]:
    """What stands above the question (its place, what all have in common), and the question."""
    place, of = rules.position(chosen, item.key, without)
    asked = text("chat.checkin.place", language, place=place, of=of) if of > 1 else ""
    stem = chosen.stem[language]
    said = f"{asked} · {item.text[language]}" if asked and not stem else item.text[language]
    return f"{asked} · {stem}" if stem and asked else stem, said


def answers(item: Item, given: Code | None, language: str) -> Taps:
    """The answers in the instrument's order. The one already given, after going back, carries a mark."""
    taps = tuple(
        Tap(
            text("chat.mark.chosen", language, label=option.label[language])
            if option.code == given
            else option.label[language],
            "checkin.answer",
            f"{item.key}:{option.code}",
        )
        for option in item.options
    )
    if all(len(tap.label) <= _NARROW for tap in taps) and len(taps) == 5:
        return (taps,)
    return tuple((tap,) for tap in taps)
