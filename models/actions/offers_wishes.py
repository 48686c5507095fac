"""The range of offers: kept by the coordinator, asked for by young people, answered with an offer or with why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.actions import trail
from models.domain import offers as rules
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.marks import fingerprint, is_news
from models.domain.offers import WishState
from models.domain.people import YoungPerson
from models.domain.register import leaves_at
from models.domain.staff import Viewer, may
from models.tables.fields import new_id
from models.tables.keys import vault
from models.tables.offers import RangeOffer, Wish
from models.tables.reach import person_for
from models.tables.register import Person
from models.transactions import alone, atomic

_LONGEST = {"title": 120, "description": 600, "purpose": 400}
LONGEST_ANSWER = 1500


@dataclass(frozen=True, slots=True)
class Described:
    """What the range says about one kind of support: plainly, for the one who may want it. For staff alone: `price` in
    øre for a `price_unit`, and how many can have it at once.
    """

    title: str
    description: str = ""
    purpose: str = ""
    price: int | None = None
    price_unit: str = ""
    capacity: int | None = None

    def check(self) -> None:
        """Raise Invalid naming the field that cannot be used."""
        if not self.title.strip():
            raise Invalid("range_title_missing", "title")
        for field, longest in _LONGEST.items():
            if len(getattr(self, field)) > longest:
                raise Invalid("offer_field_too_long", field)
        if self.price is not None and self.price_unit not in set(rules.PriceUnit):
            raise Invalid("price_unit_missing", "price_unit")
        if self.capacity is not None and not 0 <= self.capacity <= rules.MOST_PLACES:
            raise Invalid("capacity_unlikely", "capacity")


@atomic
async def add_to_range(viewer: Viewer, described: Described, *, now: datetime) -> str:
    """Put one more kind of support into the municipality's range; the same again is one. Returns its id. Raises Invalid
    ("range_there") for the title of one that is described otherwise."""
    if not may(viewer.role, "offers.range"):
        raise NotAllowed
    if viewer.municipality_id is None:
        raise NotFound
    described.check()
    await alone("range", viewer.municipality_id)
    title = described.title.strip()
    already = await RangeOffer.get_or_none(municipality_id=viewer.municipality_id, title=title, active=True)
    if already is not None:
        if mark(_stands(already), active=True) != mark(described, active=True):
            raise Invalid("range_there", "title")
        return already.id
    key = new_id()
    row = RangeOffer(
        id=key, municipality_id=viewer.municipality_id, kind=key[:24], title=title,
        description=described.description.strip(), purpose=described.purpose.strip(),
    )  # fmt: skip
    await row.update_from_dict(_figures(described)).save()
    await trail.record(viewer, "range.add", about=row.id, now=now)
    return row.id


@atomic
async def change_range(
    viewer: Viewer, range_id: str, described: Described, *, active: bool, now: datetime, seen: str = ""
) -> None:
    """Describe a kind of support anew, hide it, or show it again. Who has asked for it is answered all the same.

    `seen` is the mark of what a form was filled in for (`models.domain.marks.is_news`).
    """
    await alone("range", viewer.municipality_id or "")
    row = await RangeOffer.get_or_none(id=range_id, municipality_id=viewer.municipality_id)
    if row is None or not may(viewer.role, "offers.range"):
        raise NotFound
    described.check()
    if not is_news(seen, mark(_stands(row), active=row.active), mark(described, active=active)):
        return
    row.title, row.description, row.purpose = (
        described.title.strip(), described.description.strip(), described.purpose.strip(),
    )  # fmt: skip
    row.active = active
    row.update_from_dict(_figures(described))
    await row.save()
    await trail.record(viewer, "range.change", about=row.id, now=now)


def mark(described: Described, *, active: bool) -> str:
    """What a form about a kind of support was filled in for."""
    words = (described.title.strip(), described.description.strip(), described.purpose.strip())
    return fingerprint(words, sorted(_figures(described).items()), active)


def _stands(row: RangeOffer) -> Described:
    return Described(row.title, row.description, row.purpose, row.price, row.price_unit, row.capacity)


def _figures(described: Described) -> dict[str, int | str | None]:
    return {
        "price": described.price, "price_unit": described.price_unit if described.price is not None else "",
        "capacity": described.capacity,
    }  # fmt: skip


@atomic
async def wish(person: YoungPerson, range_id: str, *, now: datetime) -> tuple[str, bool]:
    """ "I'd like to hear about that." Returns the wish, and whether it is new: one at a time for each kind of support.

    Raises NotFound for what is not in the person's range, Stale ("offer.too_late") from the 23rd birthday on.
    """
    if not person.confirmed:
        raise NotAllowed("not_confirmed")
    await alone("wish", person.person_id)
    found = await RangeOffer.get_or_none(id=range_id, municipality_id=person.municipality_id, active=True)
    if found is None:
        raise NotFound
    waiting = await Wish.get_or_none(person_id=person.person_id, range_offer_id=range_id, state=WishState.WAITING.value)
    if waiting is not None:
        return waiting.id, False
    row = await Person.get(id=person.person_id, municipality_id=person.municipality_id)
    opened = await vault(person.municipality_id, person.person_id)
    birth = date.fromisoformat(opened.open("person", "birth", row.id, row.birth_sealed))
    if not rules.may_wish(now, leaves_at(birth)):
        raise Stale("offer.too_late")
    made = await Wish.create(
        municipality_id=person.municipality_id, person_id=person.person_id, range_offer_id=range_id,
        state=WishState.WAITING.value, made_at=now,
    )  # fmt: skip
    return made.id, True


@atomic
async def carry_wish(person: YoungPerson, wish_id: str, message_id: str) -> None:
    """The message the wish came with: its promise is the wish's."""
    row = await _own(person, wish_id)
    row.message_id = message_id
    await row.save(update_fields=["message_id"])


@atomic
async def say_wish(person: YoungPerson, wish_id: str, words: str, *, now: datetime) -> None:
    """Words that go with the wish; more of them are added below."""
    row = await _own(person, wish_id)
    opened = await vault(person.municipality_id, person.person_id)
    before = opened.open("wish", "words", row.id, row.words_sealed) if row.words_sealed else ""
    row.words_sealed = opened.seal("wish", "words", row.id, f"{before}\n{words}" if before else words)
    await row.save(update_fields=["words_sealed"])


@atomic
async def take_back(person: YoungPerson, wish_id: str, *, now: datetime) -> str:
    """The person does not want to hear about it after all. Returns the message whose clock may stop, "" when it had
    ended before. Raises Stale once it was answered.
    """
    row = await _own(person, wish_id)
    before = WishState(row.state)
    after = rules.settle_wish(before, WishState.TAKEN_BACK)
    if after is before:
        return ""
    row.state, row.settled_at = after.value, now
    await row.save(update_fields=["state", "settled_at"])
    return row.message_id


@atomic
async def explain(viewer: Viewer, wish_id: str, words: str, *, now: datetime) -> None:
    """Say why not, or what instead; the words themselves go as a message. The same words again change nothing. Raises
    Invalid without words, Stale when the wish has ended another way or a colleague has answered in other words.
    """
    if not may(viewer.role, "offers.write"):
        raise NotAllowed
    await alone("wish", wish_id)
    row = await Wish.get_or_none(id=wish_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    await person_for(viewer, row.person_id)
    if not words.strip():
        raise Invalid("reply_empty", "words")
    if len(words) > LONGEST_ANSWER:
        raise Invalid("reply_too_long", "words")
    before = WishState(row.state)
    after = rules.settle_wish(before, WishState.EXPLAINED)
    opened = await vault(row.municipality_id, row.person_id)
    if after is before:
        if row.answer_sealed and opened.open("wish", "answer", row.id, row.answer_sealed) == words.strip():
            return
        raise Stale("wish_answered")
    row.answer_sealed = opened.seal("wish", "answer", row.id, words.strip())
    row.state, row.settled_at, row.staff_id = after.value, now, viewer.staff_id
    await row.save()
    await trail.record(viewer, "wish.explain", person_id=row.person_id, about=row.id, now=now)


async def _own(person: YoungPerson, wish_id: str) -> Wish:
    await alone("wish", wish_id)
    row = await Wish.get_or_none(id=wish_id, person_id=person.person_id, municipality_id=person.municipality_id)
    if row is None:
        raise NotFound
    return row
