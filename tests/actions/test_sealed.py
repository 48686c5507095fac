"""What people wrote is nowhere in the clear, opens only with their own key at its own place, and goes with the key."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tortoise import Tortoise
from tortoise.models import Model

from models import crypto
from models.database import tortoise_config
from models.settings import Settings
from models.tables.checkins import Measured
from models.tables.fields import SealedField
from models.tables.keys import KeyRing, MunicipalityKey, PersonKey, Vault, house_vault, ring, vaults
from models.tables.messages import Message, MessageVersion
from models.tables.staff import codes_vault
from models.transactions import HOUSE, Scope, dialect, reading
from tests.actions.rows import dump, found, select, sql, tables
from tests.actions.world import CANARY, CHAT, World
from tests.cast import Cast

#: Sealed under something else than the key of the person the row names.
UNDER_MUNICIPALITY = {("measured", "codes_sealed"), ("panel_measured", "codes_sealed"), ("webhook", "secret_sealed")}
UNDER_HOUSE = {("joining", "chat_sealed"), ("letter", "chat_sealed"), ("idempotency_key", "answer_sealed")}
OF_STAFF = {("second_factor", "secret_sealed"), ("staff_session", "searches_sealed")}
KEYS = {
    ("house_key", "wrapped"), ("municipality_key", "wrapped"), ("municipality_key", "older"),
    ("person_key", "wrapped"), ("person_key", "older"),
}  # fmt: skip


def sealed_columns() -> Iterator[tuple[type[Model], str]]:
    """Every sealed column of every table, asked of the classes themselves."""
    for models in Tortoise.apps.values():
        for model in models.values():
            for name, field in model._meta.fields_map.items():
                if isinstance(field, SealedField):
                    yield model, name


def place_of(row: Any, column: str) -> tuple[str, str, object]:
    """Table, column and row as the seal names them."""
    table = row._meta.db_table
    named: dict[str, object] = {
        "attachment_part": f"{getattr(row, 'attachment_id', '')}:{getattr(row, 'number', '')}",
        "answer": f"{getattr(row, 'check_in_id', '')}:{getattr(row, 'item', '')}",
        "inbox_update": f"{getattr(row, 'bot', '')}:{getattr(row, 'update_id', '')}",
        "joining": getattr(row, "chat_index", ""),
        "panel_answer": f"{getattr(row, 'answering_id', '')}:{getattr(row, 'question', '')}",
        "letter": getattr(row, "chat_index", ""),
    }
    return table, column.removesuffix("_sealed"), named.get(table, row.pk)


@reading
async def all_vaults(scope: Scope, municipality_id: str) -> dict[str, Vault]:
    return await vaults(municipality_id)


async def owner_of(row: Any) -> str:
    if isinstance(row, MessageVersion):
        return (await found(Message, id=row.message_id))[0].person_id
    return str(row.id if row._meta.db_table == "person" else row.person_id)


async def test_every_sealed_field_opens_with_its_own_vault_and_with_no_other(world: World, cast: Cast) -> None:
    here, there = await all_vaults(HOUSE, cast.randers), await all_vaults(HOUSE, cast.odsherred)
    everyone = here | there
    filled: set[tuple[str, str]] = set()
    for model, column in sealed_columns():
        place = (model._meta.db_table, column)
        if place in KEYS:
            continue
        rows: list[Any] = [one for one in await found(model) if getattr(one, column) is not None]
        for row in rows:
            table, name, key = place_of(row, column)
            blob = getattr(row, column)
            owner: Vault
            if place in UNDER_MUNICIPALITY:
                owner = Vault(row.municipality_id, "", ring().known(row.municipality_id) or b"")
            elif place in OF_STAFF:
                owner = codes_vault()
            elif place in UNDER_HOUSE or (table == "inbox_update" and row.person_id is None):
                owner = house_vault()
            else:
                owner = everyone[await owner_of(row)]
            assert owner.open(table, name, key, blob) != ""
            filled.add(place)
            strangers = [one for one in everyone.values() if one != owner]
            strangers += [house_vault()] if owner != house_vault() else []
            elsewhere = cast.odsherred if owner.municipality_id != cast.odsherred else cast.randers
            strangers.append(Vault(elsewhere, owner.person_id, owner.key))
            for stranger in strangers:
                with pytest.raises(crypto.Unreadable):
                    stranger.open(table, name, key, blob)
            for moved in [(table, name, f"{key}0"), (table, f"{name}x", key), (f"{table}x", name, key)]:
                with pytest.raises(crypto.Unreadable):
                    owner.open(*moved, blob)
    assert filled == {(model._meta.db_table, column) for model, column in sealed_columns()} - KEYS


async def test_a_blob_swapped_between_two_rows_of_the_same_person_does_not_open(world: World) -> None:
    rows = await found(Message, "position", thread_id=world.thread)
    opened = (await all_vaults(HOUSE, rows[0].municipality_id))[rows[0].person_id]
    for first, second in pairwise(rows):
        with pytest.raises(crypto.Unreadable):
            opened.open("message", "body", first.id, second.body_sealed)


async def test_a_wrapped_key_opens_only_for_its_own_person_and_only_under_the_right_master_key(
    world: World, settings: Settings
) -> None:
    keys = await found(PersonKey)
    over = {row.municipality_id: row.wrapped for row in await found(MunicipalityKey)}
    fresh = KeyRing(settings.master_key)
    for row, other in pairwise(keys):
        key = fresh.municipality(row.municipality_id, over[row.municipality_id])
        assert len(crypto.unseal(key, row.wrapped, crypto.associated("person", row.person_id))) == crypto.KEY_BYTES
        with pytest.raises(crypto.Unreadable):
            crypto.unseal(key, row.wrapped, crypto.associated("person", other.person_id))
    stolen = KeyRing(crypto.new_key())
    for municipality_id, wrapped in over.items():
        with pytest.raises(crypto.Unreadable):
            stolen.municipality(municipality_id, wrapped)


async def test_a_municipality_key_moved_to_another_municipality_does_not_open(
    world: World, cast: Cast, settings: Settings
) -> None:
    over = {row.municipality_id: row.wrapped for row in await found(MunicipalityKey)}
    with pytest.raises(crypto.Unreadable):
        KeyRing(settings.master_key).municipality(cast.odsherred, over[cast.randers])


async def test_with_the_persons_key_destroyed_nothing_they_wrote_can_be_read(world: World, cast: Cast) -> None:
    opened = (await all_vaults(HOUSE, cast.randers))[world.amina.person_id]
    await sql("DELETE FROM person_key WHERE person_id = ?", opened.person_id)
    left = [*(await all_vaults(HOUSE, cast.randers)).values(), *(await all_vaults(HOUSE, cast.odsherred)).values()]
    left += [house_vault(), Vault(cast.randers, opened.person_id, ring().known(cast.randers) or b"")]
    assert opened.person_id not in {one.person_id for one in left[:-1]}
    tried = 0
    for row in await found(Message, person_id=opened.person_id):
        for vault in left:
            with pytest.raises(crypto.Unreadable):
                replace(vault, person_id=opened.person_id).open("message", "body", row.id, row.body_sealed)
            tried += 1
    assert tried >= 4 * len(left)


async def test_what_was_written_in_every_journey_is_nowhere_in_the_clear(world: World, settings: Settings) -> None:
    needles = [CANARY.encode(), CANARY.lower().encode(), str(CHAT).encode(), CANARY.encode("utf-16-le")]
    haystack = b"".join(_files(settings)) if settings.is_sqlite else _copied(settings, await tables())
    assert b"R-9000" in haystack
    assert [needle for needle in needles if needle in haystack] == []
    assert CANARY not in repr(await dump())


async def test_the_ids_in_a_measured_row_are_not_the_persons(world: World) -> None:
    rows = await select("SELECT * FROM measured")
    assert len(rows) == 1
    assert world.amina.person_id not in repr(rows)
    assert (await found(Measured))[0].subject not in repr(await dump(without=("measured",)))


async def test_every_table_has_rows_after_the_journeys(world: World) -> None:
    assert [table for table, rows in (await dump()).items() if not rows] == []


def _files(settings: Settings) -> Iterator[bytes]:
    assert dialect() == "sqlite"
    for suffix in ("", "-wal"):
        path = Path(settings.database_url.removeprefix("sqlite://") + suffix)
        if path.exists():
            yield path.read_bytes()


def _copied(settings: Settings, names: list[str]) -> bytes:
    where: dict[str, Any] = tortoise_config(settings.database_url)["connections"]["default"]["credentials"]
    copied = io.BytesIO()
    with psycopg.connect(host=where["host"], user="postgres", dbname=where["database"]) as connection:
        for name in names:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
                for block in copy:
                    copied.write(block)
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT (FORMAT BINARY)') as copy:
                for block in copy:
                    copied.write(block)
    return copied.getvalue()
