"""Handing over to the case file, for pages and machines: gathered, drawn in a thread, marked in one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

from models.actions import casefile as deeds
from models.actions.casefile import HandedOver
from models.case_document import fingerprint, render
from models.domain.casefile import Content
from models.domain.errors import Stale
from models.domain.staff import Viewer
from models.queries import casefile
from models.queries.casefile import Handed

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Made:
    """A document, and what it is."""

    reference: str
    number: int
    document: bytes = field(repr=False)
    copy: bool = False


async def hand_over(viewer: Viewer, person_id: str, *, now: datetime) -> tuple[HandedOver, Made]:
    """Hand over what is ready of a person, once. Raises Invalid "casefile_nothing", NotFound, NotAllowed, and Stale
    when others kept deciding meanwhile.
    """
    for _ in range(_TRIES - 1):
        try:
            return await _hand_over(viewer, person_id, now)
        except Stale:
            continue
    return await _hand_over(viewer, person_id, now)


async def handed(viewer: Viewer, hand_over_id: str, *, now: datetime) -> tuple[Handed, Made]:
    """A hand-over again: a copy that says so, and the list of what is in it. A line in the trail. Raises NotFound."""
    await deeds.copied(viewer, hand_over_id, now=now)
    found = await casefile.handed(viewer, hand_over_id, now=now)
    document = await asyncio.to_thread(render, found.content)
    return found, Made(found.reference, found.line.number, document, copy=True)


async def drawn(content: Content) -> bytes:
    """The document of what is ready, made in a thread; nothing where nothing is."""
    return await asyncio.to_thread(render, content) if content.records else b""


async def original(viewer: Viewer, hand_over_id: str, *, now: datetime) -> tuple[Handed, Made]:
    """A hand-over as it was: byte for byte what was handed over, known by its fingerprint; where it cannot be drawn so
    any more, a copy that says so. A line in the trail. Raises NotFound.
    """
    await deeds.copied(viewer, hand_over_id, now=now)
    found = await casefile.handed(viewer, hand_over_id, now=now)
    document = await asyncio.to_thread(render, replace(found.content, copy=None, missing=0))
    same = fingerprint(document) == found.line.fingerprint
    if not same:
        document = await asyncio.to_thread(render, found.content)
    return found, Made(found.reference, found.line.number, document, copy=not same)


async def _hand_over(viewer: Viewer, person_id: str, now: datetime) -> tuple[HandedOver, Made]:
    content = await casefile.ready(viewer, person_id, now=now)
    made = await deeds.hand_over(viewer, content)
    return made, Made(content.reference, made.number, made.document)
