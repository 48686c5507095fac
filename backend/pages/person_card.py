"""How a person, and what happened around them, stands on a page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend import words
from locales import has, text
from models.domain.localtime import local_date
from models.queries.register import PersonView
from models.queries.timeline import Happening


def card(person: PersonView, now: datetime, language: str) -> dict[str, Any]:
    """The person card: who, how to reach them, who looks after them."""
    facts = (
        ("caseworker", person.caseworker or text("desk.person.nobody", language)),
        ("substitute", person.substitute),
        ("phone", person.phone),
        ("kin", person.kin),
        ("reference", person.reference),
        ("questions", _resting(person, language)),
        ("telegram", text(f"desk.person.discreet.{person.discreet}", language) if person.discreet else ""),
    )
    return {
        "id": person.person_id,
        "name": person.name,
        "first_name": person.first_name,
        "href": f"/people/{person.person_id}",
        "age": words.age(person.age, person.leaves_at, language),
        "phone": person.phone,
        "caseworker": person.caseworker or text("desk.person.nobody", language),
        "substitute": person.substitute,
        "link": {"state": person.link, **words.link_status(person.link, language)},
        "offer": words.offer_status(person.offer, language),
        "facts": [{"term": text(f"desk.person.{key}", language), "words": said} for key, said in facts if said],
    }


def _resting(person: PersonView, language: str) -> str:
    """Whether they asked for quiet: then nothing comes from the bot by itself."""
    if person.stopped_at is not None:
        return text("desk.person.stopped", language)
    if person.paused_until is not None:
        return text("desk.person.paused", language, day=words.day(local_date(person.paused_until), language))
    return ""


def sentence(one: Happening, language: str) -> str:
    """What happened, as a sentence without the person's name."""
    if one.kind == "check_in":
        if one.score is not None:
            return text("desk.happened.who5", language, score=one.score)
        return text(f"desk.happened.check_in.{one.what}", language)
    if one.kind == "consent":
        purpose = text(f"desk.purpose.{one.what}", language)
        return text(f"desk.happened.consent.{one.about}", language, purpose=purpose)
    key = f"desk.happened.{one.kind}.{one.what.replace('.', '_')}"
    return text(key if has(key) else f"desk.happened.{one.kind}.other", language)


def entry_of(one: Happening, now: datetime, language: str) -> dict[str, Any]:
    """A happening as a line of a timeline (macros/thread.html)."""
    said = sentence(one, language)
    places = {"offer": "offers", "alert": "alerts", "wish": "wishes", "meeting": "meetings"}
    href = f"/{places[one.kind]}/{one.about}" if one.kind in places else ""
    return {
        "kind": one.kind,
        "who": one.who,
        "words": f"{said}\n{one.words}" if one.words else said,
        "when": words.stamp(one.at, now, language)
        if one.with_time
        else {"iso": local_date(one.at).isoformat(), "words": words.day(local_date(one.at), language)},
        "href": href,
    }
