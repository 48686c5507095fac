"""The one place that tells which members of a panel a survey is for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tortoise.queryset import QuerySet

from models.domain.localtime import local_date
from models.domain.panels import from_plain
from models.domain.panels_segments import Part, Reached, Segment, Standing, Whom, belongs
from models.tables.keys import vaults
from models.tables.panels import PanelAnswering, PanelMember, PanelSendout
from models.tables.register import Person


def members_of(panel_id: str) -> QuerySet[PanelMember]:
    """The members who are still on a register."""
    return PanelMember.filter(panel_id=panel_id, person__left_on=None, person__erased_at=None)


def segment_of(sendout: PanelSendout) -> Segment:
    """Whom a survey was sent to."""
    return Segment(Whom(sendout.whom), sendout.earlier)


async def part_of(sendout: PanelSendout) -> Part:
    """The same, with what tells it in words."""
    return (await parts([segment_of(sendout)]))[0]


async def parts(segments: Sequence[Segment]) -> list[Part]:
    """These segments with the surveys they are told by."""
    earlier = [one.earlier for one in segments if one.earlier]
    sent = await PanelSendout.filter(id__in=earlier).select_related("survey") if earlier else []
    told = {one.id: (from_plain(one.survey.form).title, one.closes_at) for one in sent}
    return [Part(one, *told[one.earlier]) if one.earlier else Part(one) for one in segments]


async def reached(panel_id: str, wanted: Sequence[Segment], now: datetime) -> list[Reached]:
    """How many of a panel are inside and outside each of these segments."""
    members = await members_of(panel_id)
    inside = await within(members, wanted, now)
    return [Reached(one, len(found), len(members) - len(found)) for one, found in zip(wanted, inside, strict=True)]


async def within(members: Sequence[PanelMember], wanted: Sequence[Segment], at: datetime) -> list[list[PanelMember]]:
    """Those of these members who are in each of these segments on the day of `at`."""
    births = await _births(members) if any(one.by_age for one in wanted) else {}
    earlier = {one.earlier for one in wanted if one.earlier}
    closed = dict(await PanelSendout.filter(id__in=list(earlier)).values_list("id", "closes_at")) if earlier else {}
    answered: dict[str, set[str]] = {}
    if earlier:
        rows = PanelAnswering.filter(sendout_id__in=list(earlier), state="done")
        for person_id, sendout_id in await rows.values_list("person_id", "sendout_id"):
            answered.setdefault(person_id, set()).add(sendout_id)
    standing = {
        one.id: Standing(births.get(one.person_id), one.joined_at, frozenset(answered.get(one.person_id, ())))
        for one in members
    }
    return [
        [
            member for member in members
            if belongs(one, standing[member.id], on=local_date(at), closed_at=closed.get(one.earlier))
        ]
        for one in wanted
    ]  # fmt: skip


async def _births(members: Sequence[PanelMember]) -> dict[str, date]:
    """When these members were born: opened for as long as it takes to count, and told to nobody."""
    found: dict[str, date] = {}
    for place in sorted({one.municipality_id for one in members}):
        mine = [one.person_id for one in members if one.municipality_id == place]
        opened = await vaults(place, mine)
        for person_id, sealed in await Person.filter(id__in=mine).values_list("id", "birth_sealed"):
            found[person_id] = date.fromisoformat(opened[person_id].open("person", "birth", person_id, sealed))
    return found
