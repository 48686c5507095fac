"""The history of an offer in words: what was done, by whom, and what was different before."""

from __future__ import annotations

from datetime import datetime

from backend import words
from locales import dates, has, text
from models.domain.localtime import local_date
from models.domain.offers import Change
from models.queries.offers import Event, OfferLine


def from_day(iso: str, language: str) -> str:
    """The day something begins, as lists say it; "" where none is set."""
    try:
        return (
            text("desk.offers.from", language, day=words.day(datetime.fromisoformat(iso).date(), language))
            if iso
            else ""
        )
    except ValueError:
        return ""


def event_line(event: Event, offer: OfferLine, now: datetime, language: str) -> list[str]:
    """One step of the history: when, who, what."""
    key = f"desk.happened.offer.{event.deed.replace('.', '_')}"
    said = text(key if has(key) else "desk.happened.offer.other", language)
    if event.holds_from is not None and event.holds_from != local_date(event.at):
        said = text("desk.offer.from_day", language, said=said, day=words.day(event.holds_from, language))
    changed = "; ".join(_change(one, now, language) for one in event.changes)
    return [
        dates.short(event.at, now, language),
        event.who or offer.first_name,
        ": ".join(filter(None, (said, event.words or changed))),
    ]


def _change(one: Change, now: datetime, language: str) -> str:
    """One field of a revision: before and after."""
    before, after = (
        dates.when(datetime.fromisoformat(value), now, language)
        if value and one.field == "next_meeting"
        else from_day(value, language)
        if one.field == "starts"
        else value
        for value in (one.before, one.after)
    )
    field = text(f"desk.offer.field.{one.field}", language)
    return text("desk.offer.change", language, field=field, before=before or "–", after=after or "–")
