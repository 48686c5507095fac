"""Parts of the world: offers, wishes, meetings, the plan; and the word that must never be found again in the clear."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from models.actions import meetings, messages, offers, offers_wishes, progress, register_kept
from models.domain.localtime import local_date
from models.domain.offers import Answer
from models.domain.people import YoungPerson
from models.domain.progress import Area, GoalState, Wave, Way
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


async def planned(cast: Cast, person_id: str, now: datetime) -> tuple[str, str]:
    """A goal that was looked at, progress, a day that came and one that is ahead, a visit, and whom to call instead."""
    today = local_date(now)
    aim = progress.Aim(f"{CANARY} egen bolig", "home", today)
    goal = await progress.set_goal(cast.mette, person_id, aim, now=now)
    await progress.look_at_goal(
        cast.mette, goal, f"{CANARY} er skrevet op", state=GoalState.OPEN, follow_up_on=today, now=now
    )
    await progress.set_progress(cast.mette, person_id, Wave.START, {Area.HOME: "temporary"}, now=now)
    asked = await progress.agree_follow_up(cast.mette, person_id, today, f"{CANARY} mentor", now=now)
    await progress.followed_up(cast.mette, asked, f"{CANARY} vil gerne", now=now)
    again = await progress.agree_follow_up(cast.mette, person_id, today + timedelta(days=30), f"{CANARY} igen", now=now)
    thread_id = await messages.open_thread(cast.mette, person_id, now=now)
    note = await messages.note(cast.mette, thread_id, f"{CANARY} på besøg", now=now)
    await progress.describe_contact(cast.mette, person_id, note, Way.VISIT, today, now=now)
    await register_kept.change_contact(cast.mette, person_id, f"+45 {'2' * 8}", f"{CANARY} mormor", now=now)
    return goal, again


async def offered(cast: Cast, person: YoungPerson, now: datetime) -> tuple[str, str]:
    content = offers.Content(title=f"{CANARY} kontaktperson", what=f"{CANARY} to timer", starts="2026-12-01")
    offer = await offers.draft(cast.mette, person.person_id, "contact_person", content, now=now)
    await offers.publish(cast.mette, offer, now=now)
    await offers.seen(person, offer, now=now)
    await offers.answer(person, offer, Answer.CHANGE, now=now)
    await offers.revise(cast.mette, offer, replace(content, what=f"{CANARY} tre timer"), now=now)
    await offers.reply(cast.mette, offer, f"{CANARY} så er det sådan", message_id="0" * 32, now=now)
    await offers.answer(person, offer, Answer.NO, now=now)
    await offers.say(person, offer, "no", f"{CANARY} jeg vil selv", now=now)
    draft = await offers.draft(cast.mette, person.person_id, "contact_person", content, now=now)
    return offer, draft
