"""Parts of the world: what was wished for, and meetings; and the word that must never be found again in the clear."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.actions import meetings, offers_wishes
from models.domain.people import YoungPerson
from tests.cast import Cast

#: Written by people in every journey below; a number no table may hold either.
CANARY = "Kanariefugl"


async def wished(cast: Cast, person: YoungPerson, now: datetime) -> tuple[str, str]:
    """Two wishes: one explained, one that waits."""
    described = offers_wishes.Described("Mentor", "En voksen at ringe til", "At holde fast i skole eller job")
    ranged = await offers_wishes.add_to_range(cast.per, described, now=now)
    first, _ = await offers_wishes.wish(person, ranged, now=now)
    await offers_wishes.say_wish(person, first, f"{CANARY} helst en mand", now=now)
    await offers_wishes.explain(cast.mette, first, f"{CANARY} der er ingen mentor lige nu", now=now)
    waiting, _ = await offers_wishes.wish(person, ranged, now=now)
    return waiting, ranged


async def met(cast: Cast, person: YoungPerson, offer: str, now: datetime) -> str:
    """A meeting that lies ahead, and one that was held and written down."""
    content = meetings.Content(about=f"{CANARY} bolig", where=f"{CANARY} hjemme", with_whom=f"{CANARY} Sofie")
    soon = now + timedelta(minutes=10)
    held = await meetings.make(cast.mette, person.person_id, content, starts_at=soon, minutes=15, now=now)
    await meetings.agree(cast.mette, held, f"{CANARY} vi ses igen", version=0, now=soon)
    ahead = await meetings.make(
        cast.mette, person.person_id, content, starts_at=now + timedelta(days=3), minutes=60, now=now, offer_id=offer
    )
    await meetings.prepare(person, ahead, f"{CANARY} min søster", now=now)
    await meetings.say(person, ahead, "cannot", f"{CANARY} skole", now=now)
    return ahead
