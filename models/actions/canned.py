"""Canned replies: texts a municipality's staff often need, written once, in both languages."""

from __future__ import annotations

from datetime import datetime

from models.actions import trail
from models.domain import canned as rules
from models.domain.canned import Text
from models.domain.errors import NotAllowed, NotFound
from models.domain.marks import is_news
from models.domain.staff import Viewer, may
from models.tables.messages import CannedReply
from models.transactions import alone, atomic


@atomic
async def add(viewer: Viewer, text: Text, *, now: datetime) -> str:
    """Write one more; returns its id. The same again is the one there is. Raises Invalid for what cannot be used."""
    place, checked = _place(viewer), rules.checked(text)
    await alone("canned", place)
    same = await CannedReply.filter(
        municipality_id=place, title=checked.title, text_da=checked.da, text_en=checked.en, active=checked.active
    ).first()
    if same is not None:
        return str(same.id)
    row = await CannedReply.create(
        municipality_id=place, title=checked.title, text_da=checked.da, text_en=checked.en, active=checked.active,
        changed_at=now,
    )  # fmt: skip
    await trail.record(viewer, "canned.write", about=row.id, now=now)
    return str(row.id)


@atomic
async def change(viewer: Viewer, canned_id: str, text: Text, *, now: datetime, seen: str = "") -> None:
    """Write it anew, or take it out of use. Raises NotFound for another municipality's, Invalid as `add` does.

    `seen` is the mark of what a form was filled in for (`models.domain.marks.is_news`).
    """
    await alone("canned", canned_id)
    row = await CannedReply.get_or_none(id=canned_id, municipality_id=_place(viewer))
    if row is None:
        raise NotFound
    checked = rules.checked(text)
    if not is_news(seen, rules.mark(Text(row.title, row.text_da, row.text_en, row.active)), rules.mark(checked)):
        return
    row.title, row.text_da, row.text_en, row.active = checked.title, checked.da, checked.en, checked.active
    row.changed_at = now
    await row.save(update_fields=["title", "text_da", "text_en", "active", "changed_at"])
    await trail.record(viewer, "canned.write", about=row.id, now=now)


def _place(viewer: Viewer) -> str:
    if viewer.municipality_id is None:
        raise NotFound
    if not may(viewer.role, "canned_replies.administer"):
        raise NotAllowed
    return viewer.municipality_id
