"""Publishing the figure: every period that is due, computed from the coded rows, frozen as counts, never changed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.actions import trail
from models.domain.consent import Purpose
from models.domain.figures import indicator
from models.domain.figures.periods import Period, kind_for
from models.domain.instruments import Code
from models.domain.localtime import local_date
from models.domain.register import in_target_group
from models.tables.audit import TrailEntry
from models.tables.checkins import Measured
from models.tables.consent import Consent
from models.tables.figures import PeriodPlan, Publication
from models.tables.keys import municipality_vault, subject, vaults
from models.tables.register import Municipality, Person
from models.transactions import Scope, Scoped, atomic

_DEED = "figures.publish"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One person of the register, as the population needs them."""

    subject: str
    birth: date
    entered_on: date
    left_on: date | None
    consents: bool

    def counts_on(self, day: date) -> bool:
        return (
            self.entered_on <= day and (self.left_on is None or self.left_on > day) and in_target_group(self.birth, day)
        )


@atomic
async def publish_due(scope: Scoped, *, now: datetime, only: str | None = None) -> list[str]:
    """Publish every period that is due and not published yet; returns "municipality period" of each.

    A municipality's periods of a calendar year follow its population on 1 January (`PeriodPlan`), fixed once. `only`
    restricts to one period by its key.
    """
    published: list[str] = []
    for municipality in await Municipality.all().order_by("slug"):
        published += await _publish(Scope(municipality.id), municipality, now, only)
    return published


@atomic
async def plan_year(scope: Scoped, *, now: datetime) -> None:
    """Fix the kind of period of this calendar year for every municipality that has none fixed yet."""
    for municipality in await Municipality.all():
        if not await PeriodPlan.exists(municipality_id=municipality.id, year=local_date(now).year):
            await _kind(municipality.id, local_date(now).year, await _register(municipality.id))


@atomic
async def verify(scope: Scoped) -> list[str]:
    """Recompute every publication of a municipality from its frozen counts, and hold it against the trail, where each
    publication left its fingerprint. Returns the periods that were changed, added or removed, in order."""
    here = scope.municipality_id or ""
    municipality = await Municipality.get_or_none(id=here)
    deeds = TrailEntry.filter(municipality_id=here, deed=_DEED)
    announced = {str(about) for about in await deeds.values_list("about", flat=True)}
    broken: set[str] = set()
    kept: set[str] = set()
    for row in await Publication.filter(municipality_id=here, figure="heard"):
        kept.add(_announcement(row.period, row.sha256))
        try:
            indicator.verify(row.frozen, row.sha256)
            read = indicator.thaw(row.frozen)
            places = (read.period.key, read.geography, read.version, read.definition)
            if places != (row.period, municipality.slug if municipality else "", row.version, row.definition):
                broken.add(row.period)
        except indicator.NotAsFrozen:
            broken.add(row.period)
    return sorted(broken | {about.partition(":")[0] for about in kept ^ announced})


async def _publish(here: Scope, municipality: Municipality, now: datetime, only: str | None) -> list[str]:
    register = await _register(municipality.id)
    existing = {
        (row.period, row.figure) for row in await Publication.filter(municipality_id=municipality.id, figure="heard")
    }
    published: list[str] = []
    for year in range(local_date(municipality.created_at).year, local_date(now).year + 1):
        kind = await _kind(municipality.id, year, register)
        if kind == "none":
            continue
        period = Period(kind, year)  # type: ignore[arg-type]
        while period.year == year:
            due = period.published_at <= now and period.ends_at > municipality.created_at
            if due and (period.key, "heard") not in existing and only in {None, period.key}:
                sha256 = await _publish_one(municipality, period, register)
                await trail.record(here, _DEED, about=_announcement(period.key, sha256), now=now)
                published.append(f"{municipality.slug} {period.key}")
            period = period.next()
    return published


async def _publish_one(municipality: Municipality, period: Period, register: list[_Entry]) -> str:
    population = [entry for entry in register if entry.counts_on(period.last_day)]
    counting = {entry.subject for entry in population if entry.consents}
    rows = [codes for who, codes in await _measured(municipality.id, period) if who in counting]
    counts = indicator.count(len(population), rows)
    # The salt keeps counts this small from being found by trying them all against the published fingerprint.
    frozen = indicator.freeze(counts, period, municipality.slug, salt=secrets.token_hex(16))
    await Publication.create(
        municipality_id=municipality.id,
        figure="heard",
        period=period.key,
        definition=indicator.DEFINITION,
        frozen=frozen,
        sha256=indicator.fingerprint(frozen),
        published_at=period.published_at,
    )
    return indicator.fingerprint(frozen)


def _announcement(period: str, sha256: str) -> str:
    """What the trail keeps of a publication: the keyed chain then covers its fingerprint too."""
    return f"{period}:{sha256}"


async def _measured(municipality_id: str, period: Period) -> list[tuple[str, Mapping[str, Code]]]:
    over = await municipality_vault(municipality_id)
    found = await Measured.filter(municipality_id=municipality_id, instrument="hoert5", period=period.key).values_list(
        "id", "subject", "codes_sealed"
    )
    return [(who, json.loads(over.open("measured", "codes", row, codes))) for row, who, codes in found]


async def _register(municipality_id: str) -> list[_Entry]:
    opened = await vaults(municipality_id)
    consenting = set(
        await Consent.filter(
            municipality_id=municipality_id, purpose=Purpose.FIGURES.value, withdrawn_at=None
        ).values_list("person_id", flat=True)
    )
    found = await Person.filter(municipality_id=municipality_id, erased_at=None).values_list(
        "id", "birth_sealed", "entered_on", "left_on"
    )
    return [
        _Entry(
            subject(municipality_id, person_id),
            date.fromisoformat(opened[person_id].open("person", "birth", person_id, birth)),
            entered,
            left,
            person_id in consenting,
        )
        for person_id, birth, entered, left in found
        if person_id in opened
    ]


async def _kind(municipality_id: str, year: int, register: list[_Entry]) -> str:
    plan = await PeriodPlan.get_or_none(municipality_id=municipality_id, year=year)
    if plan is None:
        population = sum(entry.counts_on(date(year, 1, 1)) for entry in register)
        plan = await PeriodPlan.create(
            municipality_id=municipality_id, year=year, population=population, kind=kind_for(population) or "none"
        )
    return str(plan.kind)
