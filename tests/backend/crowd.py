"""More young people, so that a list is long."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.actions import feedback, messages, offers, register
from models.actions.offers import Content
from models.domain.feedback import About, Audience
from models.domain.register import Aftercare, Group
from models.transactions import Scope
from tests.cast import Cast, link


async def crowd(scope: Scope, cast: Cast, number: int, now: datetime) -> str:
    """One more young person of Mette's who has written."""
    entry = register.Entry(
        reference=f"C-{number}", name=f"Ung {number}", birth=date(2007, 1, 1), group=Group.PLACED,
        aftercare=Aftercare.NO, caseworker_id=cast.mette.staff_id, entered_on=date(2025, 1, 1),
    )  # fmt: skip
    person_id = await register.add_person(scope, entry, now=now)
    person = await link(scope, person_id, 100 + number, now=now, confirmed_by=cast.mette.staff_id)
    words = "tak" if number % 3 == 0 else "Hej, har du tid?"
    await messages.receive(person, words, source_key=f"webchat:c:{number}", now=now - timedelta(minutes=number // 2))
    offer = await offers.draft(cast.mette, person_id, "mentor", Content(title=f"Tilbud {number}"), now=now)
    await offers.publish(cast.mette, offer, now=now)
    said = await feedback.begin(person, About.MEETING, now=now)
    await feedback.choose_audience(person, said, Audience.CASEWORKER, now=now)
    await feedback.say(person, said, "For mange voksne", now=now)
    await messages.receive(person, "Det kan ikke vente", source_key=f"webchat:u:{number}", now=now, urgent=True)
    return person_id
