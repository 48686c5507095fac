"""What a municipality decides about itself at the desk: hours, contact, Telegram, thresholds, texts, phases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from models.actions import trail
from models.domain.alerts import BOUNDS, Thresholds
from models.domain.errors import Invalid, NotFound
from models.domain.goals import Phases
from models.domain.localtime import local_date
from models.domain.municipality import CONTENT, PAGES, Contact, check_kept, is_news
from models.domain.promises import OpeningHours, Span
from models.domain.staff import Viewer, may
from models.tables.register import Municipality
from models.transactions import alone, atomic

_MOST_CLOSED = 60


@atomic
async def save_hours(
    viewer: Viewer, weekly: Mapping[int, Span | None], closed: frozenset[date], *, now: datetime, seen: str = ""
) -> None:
    """When the office is open. A promise that was made stays as it was. Raises Invalid for hours that are none.

    Closed days that are over are forgotten. `seen`, here and below, as in `models.domain.municipality.is_news`.
    """
    municipality = await _mine(viewer, "hours.administer")
    if len(closed) > _MOST_CLOSED:
        raise Invalid("closed_too_many", "closed")
    hours = OpeningHours(weekly, frozenset(day for day in closed if day >= local_date(now)))
    plain = hours.to_plain()
    chosen = {"opening_hours": plain["weekly"], "closed": plain["closed"]}
    if await _decide(municipality, "hours", seen, settings=chosen):
        await trail.record(viewer, "hours.change", now=now)


@atomic
async def save_contact(viewer: Viewer, contact: Contact, *, now: datetime, seen: str = "") -> None:
    """How the municipality is called and reached."""
    municipality = await _mine(viewer, "settings.administer")
    columns = {"name": contact.name, "phone": contact.phone}
    if await _decide(municipality, "contact", seen, columns=columns, settings={"address": contact.address}):
        await trail.record(viewer, "municipality.contact", now=now)


@atomic
async def choose_telegram(viewer: Viewer, content: str, *, now: datetime) -> None:
    """What Telegram may carry: everything, or only that something waits. Raises Invalid for anything else."""
    municipality = await _mine(viewer, "settings.administer")
    if content not in CONTENT:
        raise Invalid("telegram_choice_missing", "telegram")
    municipality.telegram_content = content
    await municipality.save(update_fields=["telegram_content"])
    await trail.record(viewer, "municipality.telegram", about=content, now=now)


@atomic
async def save_thresholds(viewer: Viewer, thresholds: Thresholds, why: str, *, now: datetime, seen: str = "") -> None:
    """When a score or silence asks for a follow-up; `why` is asked for where it is not the usual."""
    municipality = await _mine(viewer, "thresholds.administer")
    why = why.strip()
    if thresholds != Thresholds.USUAL and not why:
        raise Invalid("thresholds_why", "why")
    if len(why) > 300:
        raise Invalid("thresholds_why_long", "why")
    chosen = {name: getattr(thresholds, name) for name in BOUNDS}
    if await _decide(municipality, "thresholds", seen, settings={"thresholds": {**chosen, "why": why}}):
        await trail.record(viewer, "municipality.thresholds", about="/".join(map(str, chosen.values())), now=now)


@atomic
async def save_retention(viewer: Viewer, days: Mapping[str, int], *, now: datetime, seen: str = "") -> None:
    """How long what may be deleted is kept. Raises Invalid at the kind whose days lie outside what is allowed."""
    municipality = await _mine(viewer, "retention.administer")
    check_kept(days)
    if await _decide(municipality, "retention", seen, settings={"retention": dict(days)}):
        await trail.record(viewer, "municipality.retention", now=now)


@atomic
async def approve_texts(viewer: Viewer, fingerprint: str, *, now: datetime) -> None:
    """The municipality stands by the texts with this fingerprint."""
    municipality = await _mine(viewer, "texts.administer")
    approval = {"fingerprint": fingerprint, "by": viewer.name, "on": local_date(now).isoformat()}
    await _keep(municipality, texts=approval)
    await trail.record(viewer, "municipality.texts", about=fingerprint, now=now)


@atomic
async def save_phases(viewer: Viewer, phases: Phases, *, now: datetime, seen: str = "") -> None:
    """When the municipality's project prepares, changes and anchors."""
    municipality = await _mine(viewer, "goals.write")
    if await _decide(municipality, "phases", seen, settings={"phases": phases.to_plain()}):
        await trail.record(viewer, "goal.phases", now=now)


async def _decide(
    municipality: Municipality, page: str, seen: str, *, columns: Mapping[str, str] | None = None,
    settings: Mapping[str, object],
) -> bool:  # fmt: skip
    """Keep what was chosen on a page; False where it stands already. Raises Stale as `is_news`."""
    after, together = columns or {}, {**municipality.settings, **settings}
    stood = [getattr(municipality, name) for name in PAGES[page][0]]
    if not is_news(page, seen, (stood, municipality.settings), ([after[name] for name in PAGES[page][0]], together)):
        return False
    for name, value in after.items():
        setattr(municipality, name, value)
    municipality.settings = together
    await municipality.save(update_fields=[*after, "settings"])
    return True


async def _mine(viewer: Viewer, deed: str) -> Municipality:
    if viewer.municipality_id is None or not may(viewer.role, deed):
        raise NotFound
    await alone("municipality", viewer.municipality_id)
    return await Municipality.get(id=viewer.municipality_id)


async def _keep(municipality: Municipality, **chosen: object) -> None:
    municipality.settings = {**municipality.settings, **chosen}
    await municipality.save(update_fields=["settings"])
