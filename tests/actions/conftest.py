"""Fixtures of the deeds' tests: young people who have joined, and a world in which every journey was walked."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.domain.people import YoungPerson
from models.transactions import Scope
from tests.actions.panel_group import Meeting, gather_group
from tests.actions.world import World
from tests.cast import Cast, link


@pytest.fixture
async def amina(cast: Cast, now: datetime) -> YoungPerson:
    """Amina, linked to one web chat, her words confirmed by Mette."""
    return await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)


@pytest.fixture
async def jonas(cast: Cast, now: datetime) -> YoungPerson:
    """Jonas, linked, his words confirmed by Siri."""
    return await link(Scope(cast.randers), cast.jonas, 2, now=now, confirmed_by=cast.siri.staff_id)


@pytest.fixture
async def astrid(cast: Cast, now: datetime) -> YoungPerson:
    """Astrid of Odsherred, linked and confirmed."""
    return await link(Scope(cast.odsherred), cast.astrid, 3, now=now, confirmed_by=cast.odd.staff_id)


@pytest.fixture
async def world(lived: World) -> World:
    """Every journey walked once: rows in every table."""
    return lived


@pytest.fixture
async def group(cast: Cast, amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, now: datetime) -> Meeting:
    """A youth panel of two municipalities with its host, and three members."""
    return await gather_group(cast, amina, jonas, astrid, now)
