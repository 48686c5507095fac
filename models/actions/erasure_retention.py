"""Retention: who left long enough ago is deleted by itself, once nothing of theirs waits for anybody.

How long that is, each municipality decides (`models.domain.municipality.KEPT`). Nobody is deleted while a record is
undecided or not handed over to the case, an alert or a message waits, or a chat of theirs is open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from models.actions.erasure import _erase
from models.domain.localtime import local_date
from models.tables.retention_reach import going
from models.transactions import Scope, Scoped, alone, atomic

#: How many are deleted at one tick: the rest has an hour more.
_AT_ONCE: Final = 50


async def let_go(scope: Scoped, *, now: datetime) -> int:
    """Begin to erase everybody whose time is over, each in a transaction of their own; returns how many. The scope is
    the house. Safe to repeat; `erasure.finish_erasures` deletes the rest.
    """
    gone = 0
    for municipality_id, person_id in await _ready(scope, now=now):
        gone += await _let_go(scope, municipality_id, person_id, now=now)
    return gone


@atomic
async def _ready(scope: Scoped, *, now: datetime) -> list[tuple[str, str]]:
    found = await going(None, local_date(now))
    return [(one.municipality_id, one.person_id) for one in found if not one.held][:_AT_ONCE]


@atomic
async def _let_go(scope: Scoped, municipality_id: str, person_id: str, *, now: datetime) -> bool:
    # Looked at again where nobody can write meanwhile: a message may have come, a decision been taken back.
    await alone("thread", person_id)
    await alone("casefile", person_id)
    found = await going(municipality_id, local_date(now), person_id)
    if not found or found[0].held:
        return False
    await _erase(scope, Scope(municipality_id), person_id, now)
    return True
