"""The cast of the tests, put on stage through the same deeds as in life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from models.actions import consent, register, register_caseworker, staff, staff_administered
from models.actions.consent import Chat
from models.actions.staff_administered import Member
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.domain.staff import Role, Viewer
from models.tables.consent import Link
from models.tables.keys import chat_index
from models.transactions import HOUSE, Scope, atomic

PURPOSES = ["messages", "checkins", "figures"]


@dataclass(frozen=True)
class Cast:
    """Ids and viewers of everybody on stage. Randers is where the story is; Odsherred is elsewhere."""

    randers: str
    odsherred: str
    mette: Viewer
    siri: Viewer
    lars: Viewer
    per: Viewer
    odd: Viewer
    nanna: Viewer
    admin: Viewer
    amina: str
    jonas: str
    leila: str
    astrid: str


async def invite_the_cast(now: datetime, *, called: Callable[[str], str] = str) -> Cast:
    """Two municipalities, their staff, and four young people who have not joined yet.

    `called` makes other names of theirs, where a page is to be seen with long ones.
    """
    long_ago = now - timedelta(days=400)
    randers = await register.add_municipality(
        HOUSE, slug="randers", name=called("Randers Kommune"), region="midtjylland", phone="89 15 15 15",
        telegram_content="full", now=long_ago,
    )  # fmt: skip
    odsherred = await register.add_municipality(
        HOUSE, slug="odsherred", name=called("Odsherred Kommune"), region="sjaelland", phone="59 66 66 66",
        telegram_content="full", now=long_ago,
    )  # fmt: skip
    here, there = Scope(randers), Scope(odsherred)

    async def add(scope: Scope, name: str, role: Role, *, duty: bool = False) -> Viewer:
        email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        staff_id = await staff.add(scope, email=email, name=called(name), role=role, duty_holder=duty, now=long_ago)
        return Viewer(staff_id, None if scope is HOUSE else scope.municipality_id, role, called(name))

    mette = await add(here, "Mette Holm", Role.CASEWORKER)
    siri = await add(here, "Siri Kjær", Role.CASEWORKER)
    lars = await add(here, "Lars Bech", Role.CASEWORKER, duty=True)
    per = await add(here, "Per Lund", Role.COORDINATOR)
    admin = await add(here, "Anna Dam", Role.ADMINISTRATOR)
    odd = await add(there, "Odd Fjord", Role.COORDINATOR)
    nanna = await add(HOUSE, "Nanna Krogh", Role.NATIONAL)

    async def young(scope: Scope, reference: str, name: str, birth: date, caseworker: Viewer) -> str:
        entry = register.Entry(
            reference=reference,
            name=called(name),
            birth=birth,
            group=Group.PLACED,
            aftercare=Aftercare.NO,
            phone="+45 20 00 00 00",
            caseworker_id=caseworker.staff_id,
            entered_on=date(2025, 1, 1),
        )
        return await register.add_person(scope, entry, now=long_ago)

    amina = await young(here, "R-1001", "Amina Yusuf", date(2007, 8, 3), mette)
    jonas = await young(here, "R-1002", "Jonas Birk", date(2006, 2, 14), siri)
    leila = await young(here, "R-1003", "Leila Haddad", date(2008, 5, 30), mette)
    astrid = await young(there, "O-2001", "Astrid Fjeld", date(2007, 1, 9), odd)
    return Cast(randers, odsherred, mette, siri, lars, per, odd, nanna, admin, amina, jonas, leila, astrid)


async def leaves(cast: Cast, who: Viewer, *, now: datetime, real_now: datetime | None = None) -> None:
    """A caseworker hands their people over to Lars, and the administrator closes the account."""
    await register_caseworker.hand_over_all(cast.per, who.staff_id, cast.lars.staff_id, now=now)
    member = Member(who.name, who.role)
    await staff_administered.change_member(
        cast.admin, who.staff_id, member, active=False, now=now, real_now=real_now or now
    )


@atomic
async def link(
    scope: Scope, person_id: str, chat_id: int, *, now: datetime, bot: str = "webchat", language: str = "da",
    purposes: list[str] | None = None, confirmed_by: str | None = None,
) -> YoungPerson:  # fmt: skip
    """Tie a chat to a young person without walking through the joining; returns who then speaks."""
    chat = Chat(bot, chat_index(bot, chat_id), chat_id, language)
    link_id = await consent.make_link(
        scope, person_id, chat, language=language, purposes=PURPOSES if purposes is None else purposes, now=now,
        confirmed_by=confirmed_by,
    )  # fmt: skip
    row = await Link.get(id=link_id)
    return YoungPerson(
        row.municipality_id, person_id, link_id, bot, chat.chat_index, language, confirmed=confirmed_by is not None
    )


def confirmed(person: YoungPerson) -> YoungPerson:
    """The same person once the safety words are confirmed."""
    return replace(person, confirmed=True)
