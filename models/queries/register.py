"""The register at the desk: everyone within reach, and one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from models.domain import register as rules
from models.domain import rights
from models.domain.joining import InvitationState, invitation_state
from models.domain.localtime import local_date
from models.domain.messages import visible
from models.domain.staff import Viewer
from models.queries import progress, register_chats, within
from models.tables.alerts import Alert
from models.tables.audit import BY_STAFF, TrailEntry
from models.tables.consent import Consent, Invitation, Link
from models.tables.keys import Vault
from models.tables.offers import Offer
from models.tables.reach import person_for
from models.tables.register import Person
from models.transactions import reading, rows

PAGE = 50
_LOOKED = 200


class Show(StrEnum):
    """Which people the register shows."""

    ALL = "all"
    MINE = "mine"
    NOT_OFFERED = "not_offered"
    DECLINED = "declined"
    COMING = "coming"
    NO_CASEWORKER = "no_caseworker"
    NO_CHAT = "no_chat"
    NOT_HEARD = "not_heard"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list. `link`: none, invited, unconfirmed, active or blocked. `offer`: a state, or "none".

    `deadline`: by when they are to be offered something; `follow_up`: when they are asked again, where that is agreed.
    """

    person_id: str
    name: str
    age: int
    caseworker: str
    link: str
    offer: str
    heard_at: datetime | None
    deadline: date
    follow_up: date | None


@dataclass(frozen=True, slots=True)
class People:
    """A page of the register in Danish order. Over all within reach: `not_offered` counts those without any offer,
    `late` those of them whose deadline has passed, `no_day` those who said no and with whom no day is agreed.
    """

    people: tuple[PersonLine, ...]
    total: int
    not_offered: int
    late: int
    no_day: int
    later: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """One chat of a person. `words` are the two safety words while nobody has confirmed them, else ""."""

    link_id: str
    channel: str
    state: str
    words: str
    opened_at: datetime
    seen_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str
    closed_at: datetime | None
    closed_why: str
    barred: bool


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One purpose: since when, and until when if it was withdrawn."""

    purpose: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person as the desk knows them. `invited_until` is the end of an invitation nobody has used yet.

    `discreet`: who has chosen that Telegram says only that there is something, "municipality", "person" or "".
    """

    person_id: str
    name: str
    first_name: str
    reference: str
    birth: date
    age: int
    leaves_at: date
    offer_deadline: date
    phone: str
    kin: str
    group: str
    aftercare: str
    caseworker_id: str
    caseworker: str
    substitute: str
    link: str
    offer: str
    links: tuple[LinkView, ...]
    consents: tuple[ConsentView, ...]
    invited_until: datetime | None
    placement_end: date | None
    offered_on: date | None
    decided_on: date | None
    entered_on: date
    left_on: date | None
    left_why: str
    paused_until: datetime | None
    stopped_at: datetime | None
    discreet: str


@dataclass(frozen=True, slots=True)
class Caseload:
    """A member of staff, and how many young people have them as caseworker."""

    staff_id: str
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody of the desk looked or did something: one line per person, deed and day, the latest first."""

    at: datetime
    who: str
    deed: str
    times: int


@reading
async def people(viewer: Viewer, show: Show, *, now: datetime, words: str = "", after: str = "") -> People:
    """A page of everyone within reach that `show` and `words` (of the name or reference) leave. `after` is the last
    person of the page before."""
    known, today = await _everyone(viewer, local_date(now)), local_date(now)
    shown = known if show is Show.ALL else [one for one in known if _shows(show, one, viewer)]
    if show in {Show.NO_CHAT, Show.NOT_HEARD}:
        among = await register_chats.silent(viewer, chat=show is Show.NOT_HEARD, now=now)
        shown = [one for one in shown if one.person_id in among]
    if wanted := words.casefold().split():
        shown = [one for one in shown if all(word in one.searchable for word in wanted)]
    declined = [one.person_id for one in known if one.declined]
    deadlines = [one.deadline for one in known if not one.offered]
    agreed = await progress.next_follow_ups(viewer, declined) if declined else {}
    shown = sorted(shown, key=lambda one: (_first(show, one, agreed), within.danish_order(one.name), one.person_id))
    start = next((index + 1 for index, one in enumerate(shown) if one.person_id == after), 0)
    page = shown[start : start + PAGE]
    return People(
        people=tuple(await _lines(viewer, page, agreed, now)),
        total=len(shown),
        not_offered=len(deadlines),
        late=sum(day < today for day in deadlines),
        no_day=len(declined) - len(agreed),
        later=page[-1].person_id if start + PAGE < len(shown) else "",
    )


@reading
async def person(viewer: Viewer, person_id: str, *, now: datetime) -> PersonView:
    """One person. Raises NotFound out of reach."""
    row = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [row.id]))[row.id]
    names = await within.staff_names(viewer)
    birth = within.birth_of(opened, row)
    links = await Link.filter(person_id=row.id).order_by("-opened_at")
    around = await _around(row, now)
    invitation = around.invited_until
    return PersonView(
        person_id=row.id,
        name=within.name_of(opened, row.id, row.name_sealed),
        first_name=within.first_name_of(opened, row.id, row.first_name_sealed),
        reference=row.reference,
        birth=birth,
        age=rules.age_on(birth, local_date(now)),
        leaves_at=rules.leaves_at(birth),
        offer_deadline=rules.offer_deadline(birth),
        phone=opened.open("person", "phone", row.id, row.phone_sealed) if row.phone_sealed else "",
        kin=visible(opened.open("person", "kin", row.id, row.kin_sealed)) if row.kin_sealed else "",
        group=row.group,
        aftercare=row.aftercare,
        caseworker_id=row.caseworker_id or "",
        caseworker=names.get(row.caseworker_id or "", ""),
        substitute=names.get(row.substitute_id or "", ""),
        link=_link_state([link for link in links if link.state != "closed"], invited=invitation is not None),
        offer=around.offer,
        links=tuple(_link(opened, link, names) for link in links),
        consents=tuple(
            ConsentView(consent.purpose, consent.given_at, consent.withdrawn_at)
            for consent in await Consent.filter(person_id=row.id).order_by("purpose", "-given_at")
        ),
        invited_until=invitation,
        placement_end=row.placement_end,
        offered_on=row.offered_on,
        decided_on=row.decided_on,
        entered_on=row.entered_on,
        left_on=row.left_on,
        left_why=row.left_why,
        paused_until=row.paused_until if row.paused_until and row.paused_until > now else None,
        stopped_at=row.stopped_at,
        discreet=_discreet(row, links, around.telegram_content),
    )


@reading
async def caseloads(viewer: Viewer) -> list[Caseload]:
    """Who of the municipality has young people, closed accounts among them, and how many; in order of name."""
    found = await rows(
        "SELECT s.id, s.name, COUNT(*) AS n FROM person p JOIN staff s ON s.id = p.caseworker_id "
        "WHERE p.municipality_id = ? AND p.erased_at IS NULL AND p.moved_at IS NULL "
        "GROUP BY s.id, s.name ORDER BY s.name, s.id",
        viewer.municipality_id,
    )
    return [Caseload(row["id"], row["name"], int(row["n"])) for row in found]


@reading
async def looked(viewer: Viewer, person_id: str) -> list[Looked]:
    """Who of the desk has looked at a person or done something. Raises NotFound out of reach.

    Not what was done with feedback, nor with alerts about it that are kept apart: that somebody gave any may be for
    another reader's eyes only.
    """
    row = await person_for(viewer, person_id)
    names = await within.staff_names(viewer)
    apart = [str(key) for key in await Alert.filter(person_id=row.id, apart=True).values_list("id", flat=True)]
    found = (
        await TrailEntry.filter(municipality_id=row.municipality_id, person_id=row.id, actor__in=list(BY_STAFF))
        .exclude(deed__startswith="feedback.")
        .exclude(about__in=apart)
        .order_by("-id")
        .limit(_LOOKED)
    )
    lines: dict[tuple[date, str, str], Looked] = {}
    for entry in found:
        key = (local_date(entry.at), entry.actor_id, entry.deed)
        before = lines.get(key)
        times = before.times + 1 if before else 1
        lines[key] = Looked(before.at if before else entry.at, names.get(entry.actor_id, ""), entry.deed, times)
    return list(lines.values())


class _Known:
    """A person with what sorting and filtering need."""

    def __init__(self, row: dict[str, Any], name: str, birth: date, today: date, gone: frozenset[str]) -> None:
        self.person_id: str = row["person_id"]
        self.caseworker_id: str | None = row["caseworker_id"]
        self.nobodys = self.caseworker_id is None or self.caseworker_id in gone
        self.offered = row["offered_on"] is not None
        self.declined: bool = row["aftercare"] == rules.Aftercare.DECLINED.value
        self.name, self._reference, self._birth = name, row["reference"], birth
        self.age = rules.age_on(birth, today)

    @cached_property
    def deadline(self) -> date:
        return rules.offer_deadline(self._birth)

    @property
    def searchable(self) -> str:
        return f"{self.name} {self._reference}".casefold()


async def _everyone(viewer: Viewer, today: date) -> list[_Known]:
    """Everyone within reach who is in the target group, by columns and not as objects: it may be a whole town."""
    within_reach, values = within.reach(viewer)
    found = await rows(
        "SELECT p.id AS person_id, p.reference, p.name_sealed, p.birth_sealed, p.caseworker_id, p.offered_on, "  # noqa: S608 (constants)
        f"p.aftercare FROM person p WHERE {within_reach} AND (p.left_on IS NULL OR p.left_on > ?)",
        *values, today.isoformat(),
    )  # fmt: skip
    names, births, gone = await within.names(viewer, found), await within.births(viewer, found), await _gone(viewer)
    there = [row for row in found if row["person_id"] in names and row["person_id"] in births]
    known = (_Known(row, names[row["person_id"]], births[row["person_id"]], today, gone) for row in there)
    return [one for one in known if one.age < rules.LEAVES_AT]


def _shows(show: Show, one: _Known, viewer: Viewer) -> bool:
    match show:
        case Show.ALL:
            return True
        case Show.MINE:
            return viewer.staff_id == one.caseworker_id
        case Show.NOT_OFFERED:
            return not one.offered
        case Show.DECLINED:
            return one.declined
        case Show.COMING:
            return one.age < rules.ADULT_AT
        case Show.NO_CASEWORKER:
            return one.nobodys
        case Show.NO_CHAT:
            return one.age >= rules.ADULT_AT
        case Show.NOT_HEARD:
            return True


def _first(show: Show, one: _Known, agreed: dict[str, date]) -> date:
    """What comes before the name in the order: the day that is most pressing, where the list is about days."""
    match show:
        case Show.NOT_OFFERED:
            return one.deadline
        case Show.DECLINED:
            return agreed.get(one.person_id, date.min)
        case _:
            return date.min


async def _gone(viewer: Viewer) -> frozenset[str]:
    """The closed accounts of the municipality: whoever has one of them as caseworker has nobody."""
    return frozenset(key for key, one in (await within.desk(viewer)).items() if not one.active)


#: What says how somebody is linked.
_LINKED: Final = ("person_id", "state", "confirmed_at")


async def _lines(viewer: Viewer, page: Iterable[_Known], agreed: dict[str, date], now: datetime) -> list[PersonLine]:
    page = list(page)
    ids = [one.person_id for one in page]
    if not ids:
        return []
    links: dict[str, list[Link]] = {}
    for link in await Link.filter(person_id__in=ids).exclude(state="closed").only(*_LINKED):
        links.setdefault(link.person_id, []).append(link)
    invited = {
        str(key)
        for key in await Invitation.filter(
            person_id__in=ids, used_at=None, voided_at=None, expires_at__gt=now
        ).values_list("person_id", flat=True)
    }
    made = Offer.filter(person_id__in=ids).exclude(state="draft").order_by("created_at")
    offers = {str(key): str(state) for key, state in await made.values_list("person_id", "state")}
    names = await within.staff_names(viewer)
    heard = await _heard(ids)
    return [
        PersonLine(
            person_id=one.person_id,
            name=one.name,
            age=one.age,
            caseworker=names.get(one.caseworker_id or "", ""),
            link=_link_state(links.get(one.person_id, []), invited=one.person_id in invited),
            offer=offers.get(one.person_id, "none"),
            heard_at=heard.get(one.person_id),
            deadline=one.deadline,
            follow_up=agreed.get(one.person_id),
        )
        for one in page
    ]


async def _heard(ids: list[str]) -> dict[str, datetime]:
    """When each person last wrote or finished a check-in."""
    marks = ", ".join("?" for _ in ids)
    found = await rows(
        "SELECT p.id AS person_id, "  # noqa: S608 (question marks)
        "(SELECT MAX(m.at) FROM message m WHERE m.person_id = p.id AND m.direction = 'in') AS wrote, "
        "(SELECT MAX(c.closed_at) FROM check_in c WHERE c.person_id = p.id AND c.state = 'done') AS answered "
        f"FROM person p WHERE p.id IN ({marks})",
        *ids,
    )
    latest = {row["person_id"]: max(row["wrote"] or 0, row["answered"] or 0) for row in found}
    return {person_id: within.at(value) for person_id, value in latest.items() if value}


@dataclass(frozen=True, slots=True)
class _Around:
    """What one question tells around a person: their latest offer, an invitation nobody has used, and what their
    municipality lets Telegram say."""

    offer: str
    invited_until: datetime | None
    telegram_content: str


async def _around(person: Person, now: datetime) -> _Around:
    found = await rows(
        "SELECT m.telegram_content, (SELECT o.state FROM offer o WHERE o.person_id = ? AND o.state <> 'draft' "
        "ORDER BY o.created_at DESC LIMIT 1) AS offer, i.expires_at, i.wrong FROM municipality m "
        "LEFT JOIN invitation i ON i.person_id = ? AND i.used_at IS NULL AND i.voided_at IS NULL "
        "WHERE m.id = ? ORDER BY i.created_at DESC LIMIT 1",
        person.id, person.id, person.municipality_id,
    )  # fmt: skip
    row, until = found[0], within.moment(found[0]["expires_at"])
    if until is not None:
        state = invitation_state(now, expires_at=until, used_at=None, voided_at=None, wrong=row["wrong"])
        until = until if state is InvitationState.OPEN else None
    return _Around(row["offer"] or "none", until, row["telegram_content"])


def _discreet(person: Person, links: Iterable[Link], municipality: str) -> str:
    if person.telegram_content == rights.DISCREET:
        return "person"
    on_telegram = any(one.bot == rights.TELEGRAM and one.state != "closed" for one in links)
    return "municipality" if on_telegram and municipality == rights.DISCREET else ""


def _link_state(links: list[Link], *, invited: bool) -> str:
    if not links:
        return "invited" if invited else "none"
    if all(link.state == "blocked" for link in links):
        return "blocked"
    return "active" if any(link.confirmed_at for link in links if link.state == "active") else "unconfirmed"


def _link(opened: Vault, link: Link, names: dict[str, str]) -> LinkView:
    waits = link.confirmed_at is None and link.state != "closed"
    return LinkView(
        link_id=link.id,
        channel=link.bot,
        state=link.state,
        words=opened.open("link", "words", link.id, link.words_sealed) if waits else "",
        opened_at=link.opened_at,
        seen_at=link.seen_at,
        confirmed_at=link.confirmed_at,
        confirmed_by=names.get(link.confirmed_by_id or "", ""),
        closed_at=link.closed_at,
        closed_why=link.closed_why,
        barred=link.barred_at is not None,
    )
