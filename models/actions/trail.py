"""The trail: every view of a person and every deed, append-only, chained per municipality by a tick."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import takewhile

from models import crypto
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.tables.audit import TrailEntry, TrailSeal
from models.tables.keys import ring
from models.tables.register import Municipality
from models.transactions import Scope, Scoped, atomic

#: Entries younger than this may still be joined by ones with a lower id that commit later.
_SETTLED = timedelta(minutes=2)
_PAGE = 1000


@atomic
async def record(scope: Scoped, deed: str, *, person_id: str = "", about: str = "", now: datetime) -> None:
    """Write one entry: who (from the scope), what, about whom and which row. Ids and codes only."""
    actor, actor_id = _actor(scope)
    await TrailEntry.create(
        municipality_id=scope.municipality_id or "",
        at=now,
        actor=actor,
        actor_id=actor_id,
        deed=deed,
        person_id=person_id,
        about=about,
    )


@atomic
async def seal_due(scope: Scoped, *, now: datetime) -> int:
    """Chain the settled entries of every municipality; returns how many were sealed."""
    sealed = 0
    for municipality_id in [*await Municipality.all().values_list("id", flat=True), "", "*"]:
        sealed += await _seal(Scope(str(municipality_id)), now)
    return sealed


@atomic
async def verify(scope: Scoped) -> int | None:
    """Recompute the chain of one municipality. None when it is whole, else the id of the first entry of the broken
    link: an entry in it was changed, removed or put in."""
    last, before = 0, ""
    for seal in await TrailSeal.filter(municipality_id=scope.municipality_id or "").order_by("id"):
        entries = await _entries(scope.municipality_id or "", last, seal.last_entry)
        if len(entries) != seal.entries or not hmac.compare_digest(seal.seal, _link(before, entries)):
            return int(seal.first_entry)
        last, before = seal.last_entry, seal.seal
    return None


async def _seal(scope: Scope, now: datetime) -> int:
    municipality_id = scope.municipality_id or ""
    before = await TrailSeal.filter(municipality_id=municipality_id).order_by("-id").first()
    last = before.last_entry if before else 0
    page = await TrailEntry.filter(municipality_id=municipality_id, id__gt=last).order_by("id").limit(_PAGE)
    # Up to the first that is too young: one left out here would look, later, as if it had been put in.
    entries = list(takewhile(lambda entry: entry.at <= now - _SETTLED, page))
    if not entries:
        return 0
    await TrailSeal.create(
        municipality_id=municipality_id,
        first_entry=entries[0].id,
        last_entry=entries[-1].id,
        entries=len(entries),
        seal=_link(before.seal if before else "", entries),
        at=now,
    )
    return len(entries)


async def _entries(municipality_id: str, after: int, until: int) -> list[TrailEntry]:
    return await TrailEntry.filter(municipality_id=municipality_id, id__gt=after, id__lte=until).order_by("id")


def _link(before: str, entries: list[TrailEntry]) -> str:
    chain = hmac.new(crypto.derive(ring().house, b"trail"), before.encode(), sha256)
    for entry in entries:
        chain.update(
            crypto.associated(
                entry.id,
                entry.municipality_id,
                entry.at.isoformat(),
                entry.actor,
                entry.actor_id,
                entry.deed,
                entry.person_id,
                entry.about,
            )
        )
    return chain.hexdigest()


def _actor(scope: Scoped) -> tuple[str, str]:
    if isinstance(scope, Viewer):
        return "api" if scope.by_api else "staff", scope.staff_id
    if isinstance(scope, YoungPerson):
        return "person", scope.person_id
    return "system", ""
