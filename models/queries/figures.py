"""Published figures: read from what was frozen, disclosed before anybody sees them. Never a bare number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.domain import register as rules
from models.domain.disclosure import Banded, Shown, Withheld, disclose
from models.domain.errors import NotAllowed, NotFound
from models.domain.figures.indicator import Change, Indicator, NotAsFrozen, change, verify
from models.domain.figures.periods import Period
from models.domain.localtime import local_date
from models.domain.reports import Line, line
from models.domain.staff import Viewer, is_tied_to_municipality, may, sees_people
from models.queries import within
from models.tables.figures import Publication
from models.tables.register import Municipality
from models.transactions import reading, rows


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality whose figures the viewer may see."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure: what may be shown of it, and what it may never be shown without."""

    period: Period
    result: Shown[Indicator] | Banded | Withheld
    definition: str
    version: int
    sha256: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one place in order of time. `change` is from the last shown period but one, of the same kind."""

    place: Place
    figures: tuple[Published, ...]
    change: Change | None


@dataclass(frozen=True, slots=True)
class Offered:
    """ "Offered to all" in the viewer's own municipality: register data, so no interval. Nobody is named here."""

    population: int
    offered: int
    on: date


@reading
async def places(viewer: Viewer) -> list[Place]:
    """The municipalities whose figures the viewer may see, in Danish order: their own, or for the national board and
    evaluators all of them."""
    found = await Municipality.all().only("id", "slug", "name")
    if is_tied_to_municipality(viewer.role):
        found = [row for row in found if row.id == viewer.municipality_id]
    return sorted((Place(row.slug, row.name) for row in found), key=lambda place: within.danish_order(place.name))


@reading
async def heard(viewer: Viewer, slugs: tuple[str, ...]) -> list[Series]:
    """The heard-indicator of these places, of each period the latest version. Places out of reach are left out."""
    allowed = {place.slug: place for place in await places(viewer) if place.slug in slugs}
    ids = {row.id: row.slug for row in await Municipality.filter(slug__in=list(allowed)).only("id", "slug")}
    found: dict[str, dict[str, Publication]] = {slug: {} for slug in allowed}
    for row in await Publication.filter(municipality_id__in=list(ids), figure="heard").order_by("version"):
        found[ids[row.municipality_id]][row.period] = row
    series = []
    for slug, place in allowed.items():
        figures = sorted(
            (_published(row) for row in found[slug].values()),
            key=lambda one: (one.period.last_day, one.period.first_day),
        )
        series.append(Series(place, tuple(figures), _change(figures)))
    return series


@reading
async def report(viewer: Viewer, *, slug: str = "", period: str = "") -> list[Line]:
    """Everything published that the viewer may see, of one place or all, of one period or all, in order of place and
    time. Raises NotAllowed for roles that read no reports, NotFound for a place out of reach.
    """
    if not may(viewer.role, "reports.read"):
        raise NotAllowed
    wanted = tuple(place.slug for place in await places(viewer) if slug in {"", place.slug})
    if slug and not wanted:
        raise NotFound
    return [
        line(one.place.slug, each.period.key, "heard", each.result, each.definition, each.version, each.sha256)
        for one in await heard(viewer, wanted)
        for each in one.figures
        if period in {"", each.period.key}
    ]


@reading
async def offered(viewer: Viewer, *, now: datetime) -> Offered | None:
    """How many of the target group have had an offer, for a coordinator or caseworker: the whole municipality's
    register, as counts. None for roles without one."""
    if viewer.municipality_id is None or not sees_people(viewer.role):
        return None
    today = local_date(now)
    day = today.isoformat()
    # By columns and not as objects: it is a whole town.
    found = await rows(
        "SELECT p.id AS person_id, p.birth_sealed, p.offered_on <= ? AS had FROM person p "
        "WHERE p.municipality_id = ? AND p.erased_at IS NULL "
        "AND (p.left_on IS NULL OR p.left_on > ?)",
        day, viewer.municipality_id, day,
    )  # fmt: skip
    births = await within.births(viewer, found)
    target = [
        row for row in found if row["person_id"] in births and rules.in_target_group(births[row["person_id"]], today)
    ]
    return Offered(len(target), sum(bool(row["had"]) for row in target), today)


def _published(row: Publication) -> Published:
    period = Period.parse(row.period)
    try:
        result = disclose(verify(row.frozen, row.sha256))
    except NotAsFrozen:
        # Damaged or of another definition: what cannot be verified is not shown.
        result = Withheld()
    return Published(period, result, row.definition, row.version, row.sha256, row.published_at)


def _change(figures: list[Published]) -> Change | None:
    if len(figures) < 2:
        return None
    before, after = figures[-2], figures[-1]
    if before.period.next() != after.period:
        return None
    if not isinstance(before.result, Shown) or not isinstance(after.result, Shown):
        return None
    return change(before.result.value, after.result.value)
