"""Who lives in the invented world: seven municipalities, their staff, and young people with lives of their own.

Everything is drawn from the seed, so the same day gives the same world. No person, number or address exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any

from locales import text
from models.domain.helplines import Region
from models.domain.instruments import Code
from models.domain.localtime import instant, local_date
from models.domain.register import Group, adult_on, age_on, birthday, leaves_at, offer_deadline
from models.domain.staff import Role
from models.tables.keys import Vault

FIRST_NAMES = """
    Aaliyah Adam Agnes Ahmad Aksel Albert Alberte Alexander Alma Amalie Anders Andrea Anna Anton Asger Asta August
    Aya Benjamin Bertil Bilal Caroline Cecilie Celina Christian Daniel David Ditte Ebba Eigil Ella Ellen Emma Esther
    Fatima Felix Filippa Frida Gustav Hana Hannah Hjalmar Holger Hugo Ibrahim Ingrid Isak Isabella Jakob Jasmin Johan
    Johanne Karl Karla Kasper Katrine Kian Laura Liam Linus Liva Louis Lucas Luna Maja Malik Malthe Maria Marie Marius
    Mathilde Matti Melina Merle Mia Mikkel Milas Mille Mohammed Naja Nikolaj Nina Nora Olga Olivia Omar Oscar Otto
    Philip Pil Rasmus Rosa Rune Sally Samira Samuel Sara Sebastian Selma Signe Silje Simon Sina Solveig Storm Svea
    Tara Theo Theodor Thea Tilde Tobias Tristan Ulrik Uma Valdemar Vera Viggo Vigga Vilma William Ylva Zainab Zara
""".split()  # noqa: SIM905 (names read better without quotes)
LAST_NAMES = """
    Abdi Ahmed Andersen Andreasen Bach Bang Berg Bertelsen Bjerre Boesen Bonde Brandt Bruun Carlsen Christensen
    Christiansen Clausen Dahl Dalgaard Eriksen Frandsen Friis Frost Gade Gregersen Hald Hansen Hassan Hedegaard
    Henriksen Hjorth Hoffmann Holst Høj Ibsen Iversen Jacobsen Jensen Jeppesen Jepsen Johansen Jørgensen Karlsen Khan
    Kjeldsen Knudsen Koch Kofoed Kragh Kristensen Krogh Krogsgaard Laursen Larsen Lauridsen Lind Lindberg Lorenzen
    Lykke Madsen Mathiesen Mikkelsen Mortensen Munk Møller Nguyen Nielsen Nissen Nygaard Olesen Olsen Overgaard
    Paulsen Pedersen Petersen Poulsen Rahman Ravn Rasmussen Schmidt Skov Simonsen Skovgaard Sørensen Steffensen
    Svendsen Thomsen Thygesen Toft Vestergaard Villadsen Winther Yilmaz Østergaard
""".split()  # noqa: SIM905

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One municipality. Curves are (years since the start, share): how many feel heard, how many of all answer.

    `size` is how many are in the target group at the start and at the end of the fourth year.
    """

    slug: str
    name: str
    project: str
    region: Region
    cluster: str
    size: tuple[int, int]
    heard: Curve
    answering: Curve
    offers: tuple[str, ...]
    staff: tuple[tuple[str, Role], ...]
    telegram: str


_C, _L, _A = Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR

PLACES: tuple[Place, ...] = (
    Place(
        "frederikshavn", "Frederikshavn Kommune", "Efterværnsenheden i Frederikshavn Kommune", Region.NORDJYLLAND,
        "Nord", (86, 90), ((0, 0.50), (1, 0.55), (2, 0.62), (3, 0.67), (4, 0.70)), ((0, 0.52), (2, 0.60), (4, 0.66)),
        ("contact_person", "stay_on", "own_home", "group", "meeting_place", "mentor"),
        (("Bodil Krarup", _C), ("Jens Ole Vang", _C), ("Pernille Stage", _C), ("Ruth Hagen", _L), ("Ib Dam", _A)),
        "discreet",
    ),
    Place(
        "gentofte", "Gentofte Kommune", "Styrmand i eget liv – en styrket efterværnsindsats i Gentofte Kommune",
        Region.HOVEDSTADEN, "Øst", (54, 57), ((0, 0.60), (1, 0.64), (2, 0.48), (3, 0.61), (4, 0.68)),
        ((0, 0.66), (4, 0.74)), ("contact_person", "stay_on", "mentor", "therapy", "own_home", "economy"),
        (("Helene Borch", _C), ("Anders Lassen", _C), ("Vibeke Rohde", _L), ("Kim Aagaard", _A)), "discreet",
    ),
    Place(
        "guldborgsund", "Guldborgsund Kommune", "Efterværn der virker for alle", Region.SJAELLAND, "Øst",
        (45, 48), ((0, 0.60), (1, 0.58), (2, 0.53), (4, 0.50)), ((0, 0.50), (4, 0.59)),
        ("contact_person", "own_home", "step_down", "group", "economy"),
        (("Lone Friche", _C), ("Morten Elkjær", _C), ("Gitte Sander", _L), ("Poul Ravnborg", _A)), "full",
    ),
    Place(
        "middelfart", "Middelfart Kommune", "Nyt tværgående efterværn til unge i Middelfart Kommune",
        Region.SYDDANMARK, "Syd", (28, 29), ((0, 0.80), (1, 0.92), (2, 0.94), (3, 0.76), (4, 0.75)),
        ((0, 0.60), (1, 0.55), (4, 0.62)), ("contact_person", "stay_on", "mentor", "own_home"),
        (("Tove Lindgaard", _C), ("Henrik Bork", _C), ("Inge Marstal", _L), ("Allan Tved", _A)), "discreet",
    ),
    Place(
        "odsherred", "Odsherred Kommune", "Guidet efterværn", Region.SJAELLAND, "Øst",
        (12, 13), ((0, 0.55), (4, 0.60)), ((0, 0.60), (4, 0.60)), ("contact_person", "own_home", "mentor"),
        (("Odd Fjord", _C), ("Karen Sejrø", _C), ("Jette Nakke", _L), ("Finn Høve", _A)), "",
    ),
    Place(
        "randers", "Randers Kommune", "Omlægning af efterværnsindsatsen i Randers Kommune", Region.MIDTJYLLAND,
        "Midt", (152, 174), ((0, 0.45), (1, 0.48), (2, 0.58), (3, 0.67), (4, 0.71)),
        ((0, 0.44), (1, 0.51), (2, 0.57), (4, 0.65)),
        ("contact_person", "stay_on", "step_down", "own_home", "mentor", "group", "therapy", "economy"),
        (("Mette Holm", _C), ("Siri Kjær", _C), ("Lars Bech", _C), ("Kirsten Dam", _C), ("Per Lund", _L),
         ("Ulla Birk", _A)), "full",
    ),
    Place(
        "vesthimmerland", "Vesthimmerlands Kommune", "TUS – Tværfagligt UngeSamarbejde", Region.NORDJYLLAND, "Nord",
        (21, 23), ((0, 0.55), (4, 0.62)), ((0, 0.33), (1, 0.37), (2, 0.62), (4, 0.66)),
        ("contact_person", "own_home", "meeting_place", "mentor"),
        (("Dorthe Farsø", _C), ("Niels Løgstrup", _C), ("Else Aars", _L), ("Bent Hvalpsund", _A)), "full",
    ),
)  # fmt: skip
PLACE = {place.slug: place for place in PLACES}

#: Staff across municipalities.
NATIONAL: tuple[tuple[str, Role], ...] = (
    ("Nanna Skov", Role.NATIONAL),
    ("Eva Winding", Role.EVALUATOR),
    ("Signe Bro", Role.PANEL_HOST),
)
#: Who stands in for everybody in the municipality.
DUTY_HOLDERS = frozenset({
    "Lars Bech", "Jens Ole Vang", "Anders Lassen", "Morten Elkjær", "Henrik Bork", "Karen Sejrø", "Niels Løgstrup",
})  # fmt: skip
ABSENT = "Kirsten Dam"


@dataclass(slots=True)
class Young:
    """One invented young person: what the register says, what is going to happen to them, and what they are like.

    `offered_on`, `joined_at` and `left_on` are when it happens in their life, also where that is still to come.
    `leaning` (standard normal) is how easily they feel heard, `eager` how readily they answer, `mood` their usual
    WHO-5. `persona` is played by the visitor: nothing happens to them by itself. `silent`: does not look at the chat.
    """

    id: str
    place: Place
    municipality_id: str
    reference: str
    first_name: str
    last_name: str
    birth: date
    group: Group
    language: str
    entered_on: date
    left_on: date
    offered_on: date | None
    joined_at: datetime | None
    situation: str
    figures: bool
    checkins: bool
    leaning: float
    eager: float
    mood: float
    who5_weeks: int
    who5_day: int
    talks: bool
    vault: Vault
    wrapped: bytes
    caseworker_id: str = ""
    substitute_id: str = ""
    link_id: str = ""
    persona: bool = False
    silent: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def left_at(self) -> datetime:
        """The instant at which they are no longer on this register."""
        return moment(self.left_on, 0)

    def here(self, now: datetime) -> bool:
        """Whether they are in the chat at that instant: joined and not gone."""
        return self.joined_at is not None and self.joined_at <= now < self.left_at

    def counts_on(self, day: date) -> bool:
        """Whether they are in the population of that day."""
        return self.entered_on <= day < self.left_on and 18 <= age_on(self.birth, day) < 23


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step of an offer: the deed, when, and the words that go with it, if there are any."""

    deed: str
    at: datetime
    words: str = ""


#: What kind of offer somebody gets, with whom, and its steps.
OfferLife = tuple[str, str, list[Step]]


@dataclass(slots=True)
class World:
    """Everything that was invented, as the ones who invented it know it. `begins` is when the partnership began."""

    rng_seed: int
    begins: date
    seeded_at: datetime
    municipalities: dict[str, str]
    staff: dict[str, str]
    people: list[Young] = field(default_factory=list)
    #: (municipality, reference) -> the vault of who is on the register already
    known: dict[tuple[str, str], Vault] = field(default_factory=dict)
    births: dict[str, Iterator[tuple[int, date]]] = field(default_factory=dict)
    coming: dict[str, tuple[int, date]] = field(default_factory=dict)
    offers: dict[str, OfferLife] = field(default_factory=dict)
    #: (person id, period) -> what they are going to answer, kept while it is still to come
    askings: dict[tuple[str, str], Any] = field(default_factory=dict)
    #: (person id, period) -> the answers to Hørt-5 in that period's window, for whoever wants to count them again.
    heard: dict[tuple[str, str], Mapping[str, Code]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Persona:
    """A young person the visitor plays. `linked` is whether the demo gives them a chat; `birth` opens an invitation."""

    person_id: str
    municipality_id: str
    first_name: str
    language: str
    age: int
    birth: date
    linked: bool
    caseworker_id: str
    purposes: tuple[str, ...]

    def age_text(self, language: str) -> str:
        """ "19 år" or "19 years old"."""
        return text("demo.age", language, n=self.age)


@dataclass(frozen=True, slots=True)
class Cast:
    """What the demo needs to know of the world: municipalities by slug, all staff by name, personas by first name, and
    the invitation that waits for Freja. `seeded_at` and `rng_seed` bring the same people back after a restart.
    """

    municipalities: dict[str, str]
    staff: dict[str, str]
    personas: dict[str, Persona]
    invitation_token: str
    invitation_code: str
    rng_seed: int
    seeded_at: datetime


def cast_from(kept: Mapping[str, Any]) -> Cast:
    """The cast again from what `json.dumps(dataclasses.asdict(cast), default=str)` made of it."""
    personas = {
        name: Persona(**{**one, "birth": date.fromisoformat(str(one["birth"])), "purposes": tuple(one["purposes"])})
        for name, one in kept["personas"].items()
    }
    return Cast(**{**kept, "personas": personas, "seeded_at": datetime.fromisoformat(str(kept["seeded_at"]))})


def dice_for(*parts: object) -> Random:
    """Dice that fall the same way for the same things, whenever they are thrown."""
    return Random(":".join(map(str, parts)))  # noqa: S311 (nothing is kept secret with them)


@lru_cache(maxsize=8192)
def moment(day: date, hour: int) -> datetime:
    """The instant of a full hour in Copenhagen, remembered: the same few are asked for again and again."""
    return instant(day, time(hour))


def along(curve: Curve, years: float) -> float:
    """The value of a curve at a time, straight between its points and flat outside them."""
    if years <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if years <= x1:
            return y0 + (y1 - y0) * (years - x0) / (x1 - x0)
    return curve[-1][1]


def births(place: Place, begins: date, dice: Random) -> Iterator[tuple[int, date]]:
    """Birth dates of everybody who is ever on this register, oldest first, without end: as evenly as towns grow."""
    first, last = place.size
    day = birthday(begins, -23)
    number, gathered = 0, dice.random()
    while True:
        share = min(1.0, max(0.0, ((day - begins).days / 365.25 + 20.5) / 4))
        gathered += (first + (last - first) * share) / (5 * 365.25)
        if gathered >= 1:
            gathered -= 1
            number += 1
            yield number, day
        day += timedelta(days=1)


def new_young(world: World, place: Place, number: int, birth: date, vault: Vault, wrapped: bytes) -> Young:
    """One person with everything that is going to happen to them, from the seed and their number."""
    dice = dice_for(world.rng_seed, place.slug, number)
    group = Group.PLACED if dice.random() < 0.64 else Group.CONTACT_PERSON
    adult = adult_on(birth)
    enters = offer_deadline(birth) if group is Group.PLACED else adult - timedelta(days=dice.randint(5, 60))
    moves = dice.random()
    leaves = leaves_at(birth)
    if moves < 0.03:
        enters = adult + timedelta(days=dice.randint(60, 700))
    elif moves < 0.06:
        leaves = adult + timedelta(days=dice.randint(300, 1500))
    joins = max(adult, enters, world.begins + timedelta(days=4)) + timedelta(days=dice.randint(3, 45))
    joined = dice.random() < 0.87 and joins < leaves
    offered = dice.random() < 0.93
    return Young(
        id=vault.person_id,
        place=place,
        municipality_id=world.municipalities[place.slug],
        reference=reference_of(place, number),
        first_name=dice.choice(FIRST_NAMES),
        last_name=dice.choice(LAST_NAMES),
        birth=birth,
        group=group,
        language="en" if dice.random() < 0.05 else "da",
        entered_on=max(enters, world.begins),
        left_on=leaves,
        offered_on=max(enters, world.begins) + timedelta(days=dice.randint(6, 70)) if offered else None,
        joined_at=instant(joins, time(dice.randint(9, 19), dice.randint(0, 59))) if joined else None,
        situation=_situation(dice),
        figures=dice.random() < 0.96,
        checkins=dice.random() < 0.95,
        leaning=dice.gauss(0, 1),
        eager=dice.gauss(0, 1),
        mood=min(88.0, max(20.0, dice.gauss(58, 15))),
        who5_weeks=dice.choice((4, 4, 8)) if dice.random() < 0.34 else 0,
        who5_day=dice.randrange(56),
        talks=dice.random() < 0.4,
        vault=vault,
        wrapped=wrapped,
    )


def reference_of(place: Place, number: int) -> str:
    """How the register knows somebody."""
    return f"{place.slug[:3].upper()}-{number:04d}"


def years_in(world: World, moment: datetime) -> float:
    """Years since the partnership began."""
    return (local_date(moment) - world.begins).days / 365.25


def email(name: str, domain: str) -> str:
    """An address at a domain that cannot exist."""
    plain = name.lower()
    for letter, written in (("æ", "ae"), ("ø", "oe"), ("å", "aa"), (" ", ".")):
        plain = plain.replace(letter, written)
    return f"{plain}@{domain}.example"


def _situation(dice: Random) -> str:
    drawn = dice.random()
    for upto, situation in (
        (0.66, "running"), (0.69, "paused"), (0.79, "ended"), (0.92, "declined"), (0.95, "changed"), (0.97, "draft")
    ):  # fmt: skip
        if drawn < upto:
            return situation
    return "accepted"


def born(today: date, age: int, since: int) -> date:
    """The birth date of somebody who turned `age` so many days ago."""
    turned = today - timedelta(days=since)
    return date(turned.year - age, turned.month, min(turned.day, 28) if turned.month == 2 else turned.day)
