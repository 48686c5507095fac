"""Building a panel survey at the desk, one change at a time; and ending one that is on its way.

Each change reads the draft as it is now and writes the next, alone: two who build at once lose nothing of each other's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models.actions import trail
from models.actions.panels_hosting import _panel, _survey, revise
from models.domain import panels as rules
from models.domain.errors import NotFound, Stale
from models.domain.panels import Survey
from models.domain.staff import Viewer
from models.tables.panels import PanelAnswering, PanelSendout, PanelSurvey
from models.transactions import alone, atomic


@atomic
async def edit(viewer: Viewer, survey_id: str, change: Callable[[Survey], Survey], *, now: datetime) -> Survey:
    """Change a draft; what it says now. Raises Stale for a published version, which never changes."""
    row = await _survey(viewer, survey_id)
    await alone("survey", row.series)
    row = await PanelSurvey.get(id=row.id)
    if row.state != "draft":
        raise Stale("survey_published")
    changed = change(rules.from_plain(row.form))
    await revise(viewer, row.id, changed, now=now)
    return changed


@atomic
async def next_version(viewer: Viewer, survey_id: str, *, now: datetime) -> str:
    """Go on from a published version in a draft of the next; an older one's newest draft where there is one already.
    Returns the id of the draft."""
    row = await _survey(viewer, survey_id)
    await alone("survey", row.series)
    newest = await PanelSurvey.filter(series=row.series).order_by("-version").first()
    if newest is not None and newest.state == "draft":
        return newest.id
    return await revise(viewer, row.id, rules.from_plain(row.form), now=now)


@atomic
async def discard(viewer: Viewer, survey_id: str, *, now: datetime) -> str:
    """Throw a draft away; the published version before it stands. Returns the id of its panel."""
    row = await _survey(viewer, survey_id)
    if row.state != "draft":
        raise Stale("survey_published")
    await row.delete()
    await trail.record(viewer, "survey.discard", about=row.id, now=now)
    return row.panel_id


@atomic
async def close(viewer: Viewer, sendout_id: str, *, now: datetime) -> str:
    """End a survey before its time: what was sent in is counted by the clock, what was not is deleted, as always. One
    that has not opened yet is called off and leaves nothing. Returns the id of its panel; again changes nothing."""
    row = await PanelSendout.get_or_none(id=sendout_id)
    if row is None:
        raise NotFound
    await _panel(viewer, row.panel_id, "surveys.write")
    await alone("panel", row.panel_id)
    row = await PanelSendout.get(id=row.id)
    if row.state == "planned" and not await PanelAnswering.exists(sendout_id=row.id):
        await row.delete()
        await trail.record(viewer, "survey.call_off", about=row.id, now=now)
    elif row.state == "open" and row.closes_at > now:
        row.closes_at = now
        await row.save(update_fields=["closes_at"])
        await trail.record(viewer, "survey.close", about=row.id, now=now)
    return row.panel_id
