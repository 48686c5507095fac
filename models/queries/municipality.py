"""What a municipality has decided about itself, and what it must have done before it goes live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.domain.alerts import Thresholds
from models.domain.errors import NotFound
from models.domain.goals import Phases
from models.domain.golive import Facts, Line, lines
from models.domain.helplines import lines_of, region_for, shown
from models.domain.localtime import local_date
from models.domain.municipality import KEPT, PAGES, Approval, approval, kept_days, mark, texts_approved
from models.domain.promises import OpeningHours
from models.domain.staff import Viewer, may, sees_people
from models.queries import duty
from models.tables.api import Webhook
from models.tables.register import Municipality, Person
from models.tables.staff import Staff
from models.transactions import reading


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything of one municipality that is set at the desk. `seen`: by page, the mark of what its form shows."""

    name: str
    phone: str
    address: str
    telegram: str
    hours: OpeningHours
    hours_decided: bool
    thresholds: Thresholds
    thresholds_why: str
    kept: Mapping[str, int]
    approval: Approval | None
    phases: Phases | None
    seen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GoLive:
    """The list, and whether the viewer may follow its links to young people."""

    lines: tuple[Line, ...]
    sees_people: bool
    on: date

    @property
    def missing(self) -> int:
        """How many lines are not done."""
        return sum(not line.done for line in self.lines)


@reading
async def decided(viewer: Viewer) -> Decided:
    """What the viewer's municipality has decided. Raises NotFound for whoever belongs to none."""
    if viewer.municipality_id is None:
        raise NotFound
    row = await Municipality.get(id=viewer.municipality_id)
    settings = row.settings
    thresholds = settings.get("thresholds")
    return Decided(
        name=row.name,
        phone=row.phone,
        address=str(settings.get("address", "")),
        telegram=row.telegram_content,
        hours=await duty.hours_of(viewer),
        hours_decided="opening_hours" in settings,
        thresholds=Thresholds.from_plain(thresholds),
        thresholds_why=str(thresholds.get("why", "")) if isinstance(thresholds, dict) else "",
        kept={kind: kept_days(settings, kind) for kind in KEPT},
        approval=approval(settings),
        phases=Phases.from_plain(settings.get("phases")),
        seen={
            page: mark(page, [getattr(row, name) for name in columns], settings) for page, (columns, _) in PAGES.items()
        },
    )


@reading
async def go_live(viewer: Viewer, fingerprint: str, *, now: datetime) -> GoLive:
    """The list of the viewer's municipality; `fingerprint` of the texts as they are now. Counts; nobody is named."""
    if viewer.municipality_id is None or not may(viewer.role, "golive.read"):
        raise NotFound
    today = local_date(now)
    row = await Municipality.get(id=viewer.municipality_id)
    # Those of other regions are shown to nobody here, and can be rung by nobody here.
    there = shown(now, row.region or region_for(row.slug), lines_of(row.name, row.emergency_phone, row.settings))
    roles = Counter(
        str(role) for role in await Staff.filter(municipality_id=row.id, active=True).values_list("role", flat=True)
    )
    people = Person.filter(municipality_id=row.id, erased_at=None, moved_at=None, left_on=None)
    facts = Facts(
        helplines_waiting=sum(not one.line.certain and not one.line.verified_on(today) for one in there),
        duty_gaps=await duty.missing_days(viewer, now=now),
        hours_decided="opening_hours" in row.settings,
        telegram_decided=bool(row.telegram_content),
        texts_approved=texts_approved(row.settings, fingerprint),
        coordinators=roles["coordinator"],
        administrators=roles["administrator"],
        people=await people.count(),
        without_caseworker=await people.filter(caseworker_id=None).count(),
        without_substitute=await people.filter(substitute_id=None).count(),
        phone_given=bool(row.phone),
        webhooks_off=await Webhook.filter(municipality_id=row.id, state="disabled").count(),
    )
    return GoLive(tuple(lines(facts)), sees_people(viewer.role), today)
