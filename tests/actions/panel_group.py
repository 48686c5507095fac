"""A panel of members of two municipalities, for its tests: who is in it, what they are asked, how they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.actions import consent, panels, register, staff
from models.domain.consent import Purpose
from models.domain.panels import Answer, Asks, Choice, Kind, Question, Rule, Survey
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.domain.staff import Role, Viewer
from models.queries import conversation_panels as seen
from models.tables.panels import PanelAnswering, PanelMember
from models.transactions import HOUSE, Scope
from tests.actions.rows import add, one
from tests.cast import Cast, link

DAY = timedelta(days=1)


def both(words: str) -> dict[str, str]:
    return {"da": words, "en": words}


def choices(*keys: str) -> tuple[Choice, ...]:
    return tuple(Choice(key, both(key.title())) for key in keys)


FORM = Survey(
    both("Bolig"),
    (
        Question("live", Kind.SINGLE, both("Hvor bor du?"), choices=choices("alene", "sammen"), required=True),
        Question("with", Kind.MULTIPLE, both("Med hvem?"), choices=choices("ven", "familie"),
                 show_if=(Rule("live", Asks.IS, "sammen"),)),
        Question("rank", Kind.RANKING, both("Vigtigst?"), choices=choices("ro", "pris", "plads")),
        Question("why", Kind.TEXT, both("Hvad mangler?")),
    ),
)  # fmt: skip


@dataclass
class Meeting:
    """A panel across two municipalities, its host, a survey that runs, and Amina, Jonas and Astrid in it."""

    host: Viewer
    panel: str
    survey: str
    sendout: str
    amina: YoungPerson
    jonas: YoungPerson
    astrid: YoungPerson


async def enter(person: YoungPerson, now: datetime) -> None:
    await consent.choose_purpose(person, Purpose.PANEL, on=True, now=now)
    await panels.join(person, now=now)


async def gather_group(
    cast: Cast, amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, now: datetime
) -> Meeting:
    staff_id = await staff.add(HOUSE, email="sara@example.org", name="Sara Vang", role=Role.PANEL_HOST, now=now)
    host = Viewer(staff_id, None, Role.PANEL_HOST, "Sara Vang")
    panel = await panels.found(HOUSE, "Nord", [cast.randers, cast.odsherred], staff_id, now=now)
    for person in (amina, jonas, astrid):
        await enter(person, now)
    survey = await panels.draft(host, panel, FORM, now=now)
    await panels.publish(host, survey, now=now)
    sendout = await panels.send(host, survey, opens_at=now, closes_at=now + 14 * DAY, now=now)
    await panels.open_due(HOUSE, now=now)
    return Meeting(host, panel, survey, sendout, amina, jonas, astrid)


async def answers_of(person: YoungPerson, now: datetime) -> dict[str, Answer]:
    row = await one(PanelAnswering, person_id=person.person_id)
    asking = await seen.answering(person, row.id, now=now)
    assert asking is not None
    return dict(asking.answers)


async def finish(person: YoungPerson, sendout: str, now: datetime, *, live: str = "alene") -> None:
    answering = await panels.begin(person, sendout, now=now)
    await panels.answer(person, answering, "live", live, now=now)
    if live == "sammen":
        await panels.answer(person, answering, "with", ("ven",), now=now)
    await panels.answer(person, answering, "rank", ("ro", "pris", "plads"), now=now)
    await panels.answer(person, answering, "why", f"Ord fra {live}", now=now)


async def crowd(cast: Cast, sendout: str, number: int, now: datetime, *, after: int = 0) -> list[YoungPerson]:
    """More members, in both municipalities, who have all answered; `after` sets them apart from those of before."""
    people = []
    for place in range(after, after + number):
        where = cast.randers if place % 2 else cast.odsherred
        entry = register.Entry(f"X-{place}", "Ung Test", date(2006, 5, 1), Group.PLACED, Aftercare.YES)
        person_id = await register.add_person(Scope(where), entry, now=now)
        person = await link(
            Scope(where), person_id, 900 + place, now=now, bot="elsewhere", confirmed_by=cast.per.staff_id
        )
        await enter(person, now)
        await finish(person, sendout, now, live="sammen" if place % 3 else "alene")
        people.append(person)
    return people


async def members(cast: Cast, panel: str, number: int, birth: date, now: datetime, *, after: int) -> list[str]:
    """So many more members, born that day, in turn of the two municipalities; they have no phone."""
    people = []
    for place in range(after, after + number):
        where = cast.randers if place % 2 else cast.odsherred
        entry = register.Entry(f"S-{place}", "Ung Test", birth, Group.PLACED, Aftercare.YES)
        person_id = await register.add_person(Scope(where), entry, now=now)
        await add(PanelMember(municipality_id=where, person_id=person_id, panel_id=panel, joined_at=now))
        people.append(person_id)
    return people


#: Two questions of which the first forks.
SURVEY = Survey(
    {"da": "Fritid", "en": "Free time"},
    (
        Question(
            "what", Kind.MULTIPLE, {"da": "Hvad kan du lide?", "en": "What do you like?"},
            choices=(Choice("music", {"da": "Musik", "en": "Music"}), Choice("food", {"da": "Mad", "en": "Food"})),
        ),
        Question("more", Kind.TEXT, {"da": "Hvad mere?", "en": "What else?"}),
    ),
)  # fmt: skip
