"""Helplines: somebody has rung a number and it is right; the municipality's own line and its hours."""

from __future__ import annotations

from datetime import datetime

from models.actions import trail
from models.domain.errors import Invalid, NotFound
from models.domain.helplines import HELPLINES, MUNICIPAL, Hours, municipal_line
from models.domain.localtime import local_date
from models.domain.municipality import is_news
from models.domain.staff import Viewer, may
from models.tables.register import Municipality
from models.transactions import alone, atomic

_LONGEST = {"name": 60, "number": 40}


@atomic
async def checked(viewer: Viewer, key: str, *, now: datetime) -> None:
    """ "I have rung it and checked it today": the line counts as verified, for half a year.

    Raises NotFound for whoever runs no municipality, and for a line that is not there.
    """
    municipality = await _mine(viewer)
    known = {line.key for line in HELPLINES if not line.certain} | (
        {MUNICIPAL} if municipality.emergency_phone else set()
    )
    if key not in known:
        raise NotFound
    before = municipality.settings.get("helplines")
    dates = dict(before) if isinstance(before, dict) else {}
    municipality.settings = {**municipality.settings, "helplines": {**dates, key: local_date(now).isoformat()}}
    await municipality.save(update_fields=["settings"])
    await trail.record(viewer, "helpline.checked", about=key, now=now)


@atomic
async def save_own(
    viewer: Viewer, name: str, number: str, hours: Hours | None, *, now: datetime, seen: str = ""
) -> None:
    """The municipality's own line. Another number or other hours must be rung again before "open now" is said.

    An empty number takes the line away. Raises Invalid for what cannot be used, NotFound for whoever runs no
    municipality. `seen` as in `models.domain.municipality.is_news`.
    """
    municipality = await _mine(viewer)
    name, number = name.strip(), number.strip()
    for field, value in (("name", name), ("number", number)):
        if len(value) > _LONGEST[field]:
            raise Invalid("helpline_too_long", field)
    if number:
        municipal_line(name or municipality.name, number, hours, None)
    plain = hours.to_plain() if hours is not None else None
    own = {"name": name, "hours": plain}
    before = municipality.settings.get("helplines")
    dates = dict(before) if isinstance(before, dict) else {}
    if (municipality.emergency_phone, municipality.settings.get("own_line")) != (number, own):
        dates.pop(MUNICIPAL, None)
    after = {**municipality.settings, "own_line": own, "helplines": dates}
    if not is_news("own_line", seen, ([municipality.emergency_phone], municipality.settings), ([number], after)):
        return
    municipality.emergency_phone, municipality.settings = number, after
    await municipality.save(update_fields=["emergency_phone", "settings"])
    await trail.record(viewer, "helpline.own", about=MUNICIPAL, now=now)


async def _mine(viewer: Viewer) -> Municipality:
    if viewer.municipality_id is None or not may(viewer.role, "helplines.administer"):
        raise NotFound
    await alone("municipality", viewer.municipality_id)
    return await Municipality.get(id=viewer.municipality_id)
