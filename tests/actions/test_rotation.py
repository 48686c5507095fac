"""Renewing keys: everything opens before, between and after, and at the end nothing is under an old key."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hoert.keys_cli import rotate
from models import crypto
from models.actions import messages, register, rotation, trail
from models.actions.rotation import Level, Progress
from models.database import opened
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.settings import Settings, SettingsError
from models.tables import keys
from models.tables.keys import (
    HouseKey,
    KeyRing,
    KeyRotation,
    MunicipalityKey,
    PersonKey,
    WrongMasterKey,
    chat_index,
    install,
    ring,
    subject,
    vault,
)
from models.tables.messages import Message
from models.transactions import HOUSE, Scope, Scoped, atomic
from tests.actions.clear import look
from tests.actions.rows import change, dump, found, one, sql
from tests.actions.world import World
from tests.cast import Cast, invite_the_cast

NEW = bytes(range(100, 132))
NOTHING_LEFT = dict.fromkeys(Level, 0)


@atomic
async def read_house_keys(scope: Scoped) -> None:
    await keys.load_house()


async def renew(level: Level, now: datetime) -> list[Progress]:
    """All steps of a renewal."""
    assert await rotation.begin(HOUSE, level, now=now) is level
    steps = []
    while (progress := await rotation.step(HOUSE, now=now)) is not None:
        steps.append(progress)
    return steps


async def wrapped() -> list[bytes]:
    """Every wrapped key there is."""
    rows = [*await found(HouseKey), *await found(MunicipalityKey), *await found(PersonKey)]
    return [bytes(row.wrapped) for row in rows]


async def test_all_three_levels_are_renewed_and_everything_reads_as_before(
    world: World, cast: Cast, database: Settings, now: datetime
) -> None:
    await read_house_keys(HOUSE)
    before, keys_before = await look(), await wrapped()
    names = chat_index("webchat", 77), subject(cast.randers, world.amina.person_id), ring().purpose("webchat server")
    assert len(before) > 60

    install(KeyRing(NEW, database.master_key))
    for level in Level:
        assert (await renew(level, now))[-1].finished
        assert await look() == before
    assert await rotation.left(HOUSE) == NOTHING_LEFT
    assert set(keys_before) & set(await wrapped()) == set()
    assert [row.older for row in [*await found(PersonKey), *await found(MunicipalityKey)] if row.older] == []

    install(KeyRing(NEW))
    await read_house_keys(HOUSE)
    assert await look() == before
    assert names == (
        chat_index("webchat", 77), subject(cast.randers, world.amina.person_id), ring().purpose("webchat server")
    )  # fmt: skip
    assert [await trail.verify(Scope(where)) for where in (cast.randers, cast.odsherred, "*")] == [None] * 3
    install(KeyRing(database.master_key))
    with pytest.raises(WrongMasterKey):
        await read_house_keys(HOUSE)


async def test_between_any_two_pages_everything_opens_and_life_goes_on(
    world: World, database: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "PAGE", 40)
    monkeypatch.setattr(rotation, "KEYS_PAGE", 2)
    install(KeyRing(NEW, database.master_key))
    await read_house_keys(HOUSE)
    expected, written = await look(), 0
    for level in (Level.PERSON, Level.MUNICIPALITY, Level.MASTER):
        await rotation.begin(HOUSE, level, now=now)
        while (await rotation.step(HOUSE, now=now)) is not None:
            written += 1
            said = await messages.receive(world.jonas, f"Ord {written}", source_key=f"webchat:j:{written}", now=now)
            expected["message", "body_sealed", said.message_id] = f"Ord {written}"
            assert await look() == expected
    assert written > 12
    assert await rotation.left(HOUSE) == NOTHING_LEFT


async def test_what_was_begun_is_finished_before_anything_else_and_said_as_it_is(cast: Cast, now: datetime) -> None:
    assert await rotation.step(HOUSE, now=now) is None
    assert await rotation.begin(HOUSE, Level.PERSON, now=now) is Level.PERSON
    assert await rotation.begin(HOUSE, Level.MUNICIPALITY, now=now) is Level.PERSON
    left = await rotation.left(HOUSE)
    assert left == NOTHING_LEFT
    await rotation.step(HOUSE, now=now)
    # Four names of four people are sealed under the keys that now stand beside the new ones.
    assert (await rotation.left(HOUSE))[Level.PERSON] == 4 * 4 + 4
    while await rotation.step(HOUSE, now=now) is not None:
        pass
    rows = [(row.level, row.phase, row.finished_at) for row in await found(KeyRotation)]
    assert rows == [("person", "done", now)]
    assert await rotation.left(HOUSE) == NOTHING_LEFT


async def test_what_was_sealed_before_blobs_named_their_key_opens_and_is_renewed(
    amina: YoungPerson, now: datetime
) -> None:
    said = await messages.receive(amina, "Ord fra før", source_key="webchat:a:1", now=now)
    old = _first_version(await _key(HOUSE, amina), amina, said.message_id, "Ord fra før")
    await change(Message, {"id": said.message_id}, body_sealed=old)
    assert (await look())["message", "body_sealed", said.message_id] == "Ord fra før"
    assert (await rotation.left(HOUSE))[Level.PERSON] == 1
    await renew(Level.PERSON, now)
    assert await rotation.left(HOUSE) == NOTHING_LEFT
    assert (await look())["message", "body_sealed", said.message_id] == "Ord fra før"
    assert (await one(Message)).body_sealed[:1] == b"\x02"


async def test_whoever_still_holds_the_old_key_is_waited_for(
    amina: YoungPerson, database: Settings, now: datetime
) -> None:
    holds, go_on = asyncio.Event(), asyncio.Event()

    @atomic
    async def write_slowly(scope: Scoped) -> None:
        sealing = await vault(amina.municipality_id, amina.person_id)
        holds.set()
        await go_on.wait()
        row = await Message.get(source_key="webchat:a:1")
        row.body_sealed = sealing.seal("message", "body", row.id, "Ord i sidste øjeblik")
        await row.save()

    said = await messages.receive(amina, "Ord", source_key="webchat:a:1", now=now)
    slow = asyncio.create_task(write_slowly(Scope(amina.municipality_id)))
    await holds.wait()
    if database.is_sqlite:
        # One writer at a time: the renewal itself waits at the door.
        renewing = asyncio.create_task(renew(Level.PERSON, now))
        go_on.set()
        await asyncio.gather(slow, renewing)
    else:
        await rotation.begin(HOUSE, Level.PERSON, now=now)
        steps = [await rotation.step(HOUSE, now=now) for _ in range(4)]
        assert [(step.phase, step.waiting) for step in steps if step] == [("wait", False)] + [("wait", True)] * 3
        go_on.set()
        await slow
        while await rotation.step(HOUSE, now=now) is not None:
            pass
    assert (await look())["message", "body_sealed", said.message_id] == "Ord i sidste øjeblik"
    assert await rotation.left(HOUSE) == NOTHING_LEFT


async def test_a_process_that_remembers_the_old_municipality_key_reads_on_and_seals_under_the_new_one(
    cast: Cast, database: Settings, now: datetime
) -> None:
    before = await look()
    elsewhere = ring()
    install(KeyRing(database.master_key))
    await renew(Level.MUNICIPALITY, now)
    install(elsewhere)
    opens = await _key(HOUSE, YoungPerson(cast.randers, cast.amina, "", "", "", "da", confirmed=True))
    assert len(opens) == crypto.KEY_BYTES
    assert await look() == before
    entry = register.Entry("R-7", "Ny", now.date().replace(year=2007), Group.PLACED, Aftercare.NO)
    await register.add_person(Scope(cast.odsherred), entry, now=now)
    assert await rotation.left(HOUSE) == NOTHING_LEFT


async def test_the_command_says_how_far_it_is_and_proves_the_end(settings: Settings, now: datetime) -> None:
    said: list[str] = []
    async with opened(settings):
        await invite_the_cast(now)
        before = await look()
    assert await rotate(settings, list(Level), said.append) == 0
    assert said[0] == "The master key stays: HOERT_MASTER_KEY_PREVIOUS names no key before it."
    assert [line for line in said if line.endswith(": renewed")] == [
        "the municipalities' keys: renewed", "the young people's keys: renewed"
    ]  # fmt: skip
    assert said[-3:] == [
        "0 rows are left under an old key (the master key)",
        "0 rows are left under an old key (the municipalities' keys)",
        "0 rows are left under an old key (the young people's keys)",
    ]
    async with opened(settings):
        everything = await dump()
    renewed = replace(settings, master_key=NEW)
    for wrong in (renewed, replace(renewed, master_key_previous=bytes(32))):
        with pytest.raises(SettingsError, match="HOERT_MASTER_KEY does not open this database"):
            await rotate(wrong, [Level.PERSON], said.append)
    async with opened(settings):
        assert (await dump(), await look()) == (everything, before)
    both = replace(renewed, master_key_previous=settings.master_key)
    assert await rotate(both, [Level.MASTER], said.append) == 0
    assert said[-1].startswith("HOERT_MASTER_KEY_PREVIOUS can go now.")
    async with opened(renewed):
        assert await look() == before


async def test_something_that_opens_with_no_key_stops_the_renewal_and_is_left_as_it_is(
    amina: YoungPerson, now: datetime
) -> None:
    said = await messages.receive(amina, "Ord", source_key="webchat:a:1", now=now)
    await sql("UPDATE message SET body_sealed = ? WHERE id = ?", os.urandom(60), said.message_id)
    await rotation.begin(HOUSE, Level.PERSON, now=now)
    while (await one(KeyRotation)).phase != "reseal":
        await rotation.step(HOUSE, now=now)
    for _ in range(2):
        with pytest.raises(crypto.Unreadable):
            await rotation.step(HOUSE, now=now)
    assert [row.person_id for row in await found(PersonKey) if row.older is None] == []


@atomic
async def _key(scope: Scoped, person: YoungPerson) -> bytes:
    return (await vault(person.municipality_id, person.person_id)).key


def _first_version(key: bytes, person: YoungPerson, message_id: str, words: str) -> bytes:
    nonce = os.urandom(12)
    place = crypto.associated(person.municipality_id, person.person_id, "message", "body", message_id)
    return b"\x01" + nonce + AESGCM(key).encrypt(nonce, words.encode(), place)
