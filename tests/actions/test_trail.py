"""The trail: one chain per municipality; whoever changes, removes or puts in an entry is found out."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest
from tortoise.exceptions import OperationalError

from models.actions import trail
from models.database import tortoise_config
from models.domain.people import YoungPerson
from models.settings import Settings
from models.tables.audit import TrailEntry, TrailSeal
from models.transactions import HOUSE, Scope, Scoped, dialect
from tests.actions.rows import add, count, found, select, sql
from tests.cast import Cast

HOUR = timedelta(hours=1)


async def record(scope: Scoped, number: int, now: datetime) -> None:
    await trail.record(scope, f"test.deed{number}", about=f"row{number}", now=now)


async def chain(cast: Cast, now: datetime) -> list[int]:
    """Three links of three entries, on top of what putting the cast on stage left; returns the ids of the nine."""
    await trail.seal_due(HOUSE, now=now)
    for number in range(9):
        await record(Scope(cast.randers), number, now)
        if number % 3 == 2:
            await trail.seal_due(HOUSE, now=now + HOUR)
    assert await trail.verify(Scope(cast.randers)) is None
    return [entry.id for entry in await found(TrailEntry, "id", deed__startswith="test.")]


async def without_triggers(settings: Settings) -> None:
    if dialect() == "sqlite":
        for table in ("trail_entry", "trail_seal"):
            for verb in ("update", "delete"):
                await sql(f"DROP TRIGGER no_{verb}_{table}")
        return
    where = tortoise_config(settings.database_url)["connections"]["default"]["credentials"]
    with psycopg.connect(host=where["host"], user="postgres", dbname=where["database"], autocommit=True) as attacker:
        attacker.execute("ALTER TABLE trail_entry DISABLE TRIGGER ALL")
        attacker.execute("ALTER TABLE trail_seal DISABLE TRIGGER ALL")


async def test_an_entry_says_who_by_the_scope_it_was_done_in(cast: Cast, now: datetime) -> None:
    person = YoungPerson(cast.randers, cast.amina, "l", "webchat", "c", "da", confirmed=True)
    scopes: tuple[Scoped, ...] = (cast.mette, person, Scope(cast.randers))
    for number, scope in enumerate(scopes):
        await record(scope, number, now)
    assert [(entry.actor, entry.actor_id) for entry in await found(TrailEntry, "id", deed__startswith="test.")] == [
        ("staff", cast.mette.staff_id), ("person", cast.amina), ("system", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("table", ["trail_entry", "trail_seal"])
async def test_no_statement_changes_or_deletes_what_is_written(cast: Cast, now: datetime, table: str) -> None:
    await chain(cast, now)
    before = await select(f"SELECT * FROM {table}")  # noqa: S608
    for statement in (f"UPDATE {table} SET municipality_id = 'x'", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises((OperationalError, psycopg.Error), match="append-only"):
            await sql(statement)
    assert await select(f"SELECT * FROM {table}") == before  # noqa: S608


async def test_young_entries_are_left_for_the_next_round(cast: Cast, now: datetime) -> None:
    await trail.seal_due(HOUSE, now=now)
    await record(Scope(cast.randers), 1, now)
    assert await trail.seal_due(HOUSE, now=now + timedelta(seconds=119)) == 0
    assert await trail.seal_due(HOUSE, now=now + timedelta(seconds=120)) == 1
    assert await trail.seal_due(HOUSE, now=now + HOUR) == 0


async def test_entries_written_out_of_the_order_of_their_times_break_no_chain(cast: Cast, now: datetime) -> None:
    """Two deeds at once: the one that began first may be written last."""
    await trail.seal_due(HOUSE, now=now)
    for number, seconds in enumerate((0, 2, 1, 3)):
        await record(Scope(cast.randers), number, now + timedelta(seconds=seconds))
    await trail.seal_due(HOUSE, now=now + timedelta(seconds=121))
    await trail.seal_due(HOUSE, now=now + HOUR)
    assert await trail.verify(Scope(cast.randers)) is None
    sealed = sum(seal.entries for seal in await found(TrailSeal, municipality_id=cast.randers))
    assert sealed == await count(TrailEntry, municipality_id=cast.randers)


async def test_everything_is_sealed_also_what_was_done_for_the_whole_house_or_for_nobody(
    cast: Cast, now: datetime
) -> None:
    scopes: tuple[Scoped, ...] = (HOUSE, cast.nanna, Scope(None))
    for number, scope in enumerate(scopes):
        await record(scope, number, now)
    await trail.seal_due(HOUSE, now=now + HOUR)
    sealed = sum(seal.entries for seal in await found(TrailSeal))
    assert sealed == await count(TrailEntry)
    for scope in scopes:
        assert await trail.verify(scope) is None


async def test_each_municipality_has_its_own_chain(cast: Cast, now: datetime, database: Settings) -> None:
    await chain(cast, now)
    await record(Scope(cast.odsherred), 100, now)
    await trail.seal_due(HOUSE, now=now + HOUR)
    await without_triggers(database)
    await sql("UPDATE trail_entry SET deed = 'x' WHERE municipality_id = ?", cast.odsherred)
    assert await trail.verify(Scope(cast.randers)) is None
    assert await trail.verify(Scope(cast.odsherred)) is not None


async def test_a_changed_moved_or_deleted_entry_breaks_the_link_it_is_in(
    cast: Cast, now: datetime, database: Settings
) -> None:
    ids = await chain(cast, now)
    await without_triggers(database)
    for which in (0, 4, 8):
        true = (await found(TrailEntry, id=ids[which]))[0]
        for forgery in (
            "UPDATE trail_entry SET deed = 'test.other' WHERE id = ?",
            "UPDATE trail_entry SET actor = 'staff' WHERE id = ?",
            "UPDATE trail_entry SET actor_id = 'somebody' WHERE id = ?",
            "UPDATE trail_entry SET person_id = 'somebody' WHERE id = ?",
            "UPDATE trail_entry SET about = '' WHERE id = ?",
            "UPDATE trail_entry SET at = at + 1 WHERE id = ?",
            "UPDATE trail_entry SET municipality_id = 'elsewhere' WHERE id = ?",
            "DELETE FROM trail_entry WHERE id = ?",
        ):
            assert await sql(forgery, true.id) == 1
            assert await trail.verify(Scope(cast.randers)) == ids[which // 3 * 3]
            await sql("DELETE FROM trail_entry WHERE id = ?", true.id)
            await add(TrailEntry(**{name: getattr(true, name) for name in TrailEntry._meta.db_fields}))
            assert await trail.verify(Scope(cast.randers)) is None


async def test_an_entry_put_in_between_is_found(cast: Cast, now: datetime, database: Settings) -> None:
    ids = await chain(cast, now)
    await without_triggers(database)
    await sql("UPDATE trail_entry SET id = id + 1000 WHERE id >= ?", ids[4])
    await sql(
        "INSERT INTO trail_entry (id, municipality_id, at, actor, actor_id, deed, person_id, about) "
        "VALUES (?, ?, 0, 'staff', '', 'test.forged', '', '')",
        ids[4], cast.randers,
    )  # fmt: skip
    assert await trail.verify(Scope(cast.randers)) == ids[3]


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE trail_seal SET seal = '0' WHERE id = ?",
        "UPDATE trail_seal SET entries = entries - 1 WHERE id = ?",
        "UPDATE trail_seal SET last_entry = last_entry - 1 WHERE id = ?",
        "DELETE FROM trail_seal WHERE id = ?",
    ],
)
async def test_a_changed_or_deleted_seal_is_found(cast: Cast, now: datetime, database: Settings, forgery: str) -> None:
    await chain(cast, now)
    await without_triggers(database)
    seals = await found(TrailSeal, "id", municipality_id=cast.randers)
    await sql(forgery, seals[-2].id)
    assert await trail.verify(Scope(cast.randers)) is not None


async def test_two_entries_exchanged_are_found(cast: Cast, now: datetime, database: Settings) -> None:
    ids = await chain(cast, now)
    await without_triggers(database)
    first, second = await found(TrailEntry, "id", id__in=ids[:2])
    for entry, other in ((first, second), (second, first)):
        await sql("UPDATE trail_entry SET deed = ?, about = ? WHERE id = ?", other.deed, other.about, entry.id)
    assert await trail.verify(Scope(cast.randers)) == ids[0]
