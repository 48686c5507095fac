"""Renewing keys, a page at a time: the master key, the municipalities' keys, the young people's keys.

A renewal is a row (`KeyRotation`) that says how far it has come; each step is one transaction, and whoever is killed
goes on from there. First every key of the level gets a new one beside it, and from then on nothing is sealed under the
old one. Then, on PostgreSQL, whoever may still hold the old key alone is waited for. Then what is sealed is sealed
anew, and the old key is dropped where nothing is left under it. At no moment is there a row that neither key opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise import Tortoise

from models import crypto
from models.actions import trail
from models.tables.fields import SealedField
from models.tables.keys import (
    HouseKey,
    KeyRotation,
    MunicipalityKey,
    PersonKey,
    Vault,
    load_house,
    municipality_key,
    municipality_vault,
    ring,
    unwrap_person,
    vaults,
    wrap_person,
)
from models.transactions import Scoped, alone, atomic, dialect, execute_many, reading, rows

#: Rows sealed anew, and keys made or dropped, in one transaction.
PAGE, KEYS_PAGE = 500, 50


class Level(StrEnum):
    """Which keys are renewed."""

    MASTER = "master"
    MUNICIPALITY = "municipality"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a renewal is. `waiting`: for transactions that began while the old key was the newest; try again soon."""

    level: Level
    phase: str
    done: int
    total: int
    waiting: bool = False

    @property
    def finished(self) -> bool:
        """Whether the renewal is over and nothing is left under an old key."""
        return self.phase == "done"


@dataclass(frozen=True, slots=True)
class _Column:
    """A sealed column of a person: where it is, and what its seal is bound to."""

    table: str
    column: str
    key: str
    name: str
    source: str
    owner: str
    row: tuple[str, ...]


@atomic
async def begin(scope: Scoped, level: Level, *, now: datetime) -> Level:
    """Begin to renew the keys of a level, or go on with what was begun; returns the level of what now runs.

    The master key is renewed when the ring was given the new one and the one before (`KeyRing(new, old)`).
    """
    await alone("key rotation")
    await load_house()
    running = await KeyRotation.get_or_none(finished_at=None)
    if running is not None:
        return Level(running.level)
    await KeyRotation.create(level=level.value, phase="renew", begun_at=now)
    await trail.record(scope, "keys.rotate", about=level.value, now=now)
    return level


@atomic
async def step(scope: Scoped, *, now: datetime) -> Progress | None:
    """One page of the renewal that was begun; None when there is none. Raises crypto.Unreadable when something opens
    with no key that is there: it is then left as it is, and so is everything after it.
    """
    await alone("key rotation")
    await load_house()
    running = await KeyRotation.get_or_none(finished_at=None)
    if running is None:
        return None
    level = Level(running.level)
    waiting = running.phase == "wait" and await _must_wait(running)
    if not waiting and await _page(running, level):
        await _next_phase(running, level, now)
    await running.save()
    table = _KEYS[level]
    total = (await rows(f"SELECT COUNT(*) AS n FROM {table[0]}"))[0]["n"]  # noqa: S608 (names of our own)
    past = (await rows(f"SELECT COUNT(*) AS n FROM {table[0]} WHERE {table[1]} <= ?", running.cursor))[0]["n"]  # noqa: S608
    return Progress(level, running.phase, total if running.phase == "done" else past, total, waiting)


@reading
async def left(scope: Scoped) -> dict[Level, int]:
    """The proof: how many rows of each level are not sealed under its newest key. All zeros when nothing is left."""
    return {
        Level.MASTER: await _left_under_masters(),
        Level.MUNICIPALITY: await _left_under_municipalities(),
        Level.PERSON: await _left_under_people(),
    }


_KEYS = {
    Level.MASTER: ("municipality_key", "municipality_id"),
    Level.MUNICIPALITY: ("municipality_key", "municipality_id"),
    Level.PERSON: ("person_key", "person_id"),
}


async def _page(running: KeyRotation, level: Level) -> bool:
    """Do a page of the phase; True when the phase has come to its end."""
    if running.phase == "wait":
        return True
    if level is Level.MASTER:
        return await _rewrap_under_master()
    if running.phase == "renew":
        return await (_renew_municipalities if level is Level.MUNICIPALITY else _renew_people)(running)
    return await (_reseal_municipality if level is Level.MUNICIPALITY else _reseal_people)(running)


async def _next_phase(running: KeyRotation, level: Level, now: datetime) -> None:
    running.cursor = ""
    if level is Level.MASTER or running.phase == "reseal":
        running.phase, running.finished_at = "done", now
    elif running.phase == "renew" and dialect() == "postgres":
        running.phase = "wait"
    else:
        running.phase = "reseal"


async def _must_wait(running: KeyRotation) -> bool:
    """Whether a transaction still runs that began before all new keys were there: it would go on sealing under an old
    one, and not open what is sealed anew. SQLite needs no such wait: who renews keys there is alone.
    """
    if running.waits_from is None:
        running.waits_from = await _database_time()
    return await _others_older_than(running.waits_from)


async def _database_time() -> int:
    return int((await rows("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint AS at"))[0]["at"])


async def _others_older_than(instant: int) -> bool:
    """Whether somebody else's transaction in this database began at that instant or before and still runs."""
    found = await rows(
        "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND xact_start IS NOT NULL AND (EXTRACT(EPOCH FROM xact_start) * 1000000)::bigint <= ? "
        "AND backend_type = 'client backend'",
        instant,
    )
    return int(found[0]["n"]) > 0


# --- the master key -------------------------------------------------------------------------------------------------


async def _rewrap_under_master() -> bool:
    held = ring()
    for house in await HouseKey.all():
        if not bytes(house.wrapped).startswith(held.prefix):
            house.wrapped = held.wrap(held.unwrap(house.wrapped, "house", house.name), "house", house.name)
            await house.save(update_fields=["wrapped"])
    todo = [key for key in await MunicipalityKey.all().order_by("municipality_id") if _not_under(held.prefix, key)]
    for key in todo[:KEYS_PAGE]:
        place = ("municipality", key.municipality_id)
        key.wrapped = held.wrap(held.unwrap(key.wrapped, *place), *place)
        key.older = None if key.older is None else held.wrap(held.unwrap(key.older, *place), *place)
        await key.save(update_fields=["wrapped", "older"])
    return len(todo) <= KEYS_PAGE


def _not_under(prefix: bytes, key: MunicipalityKey | PersonKey) -> bool:
    return any(not bytes(one).startswith(prefix) for one in (key.wrapped, key.older) if one is not None)


async def _left_under_masters() -> int:
    held = ring()
    house = [row for row in await HouseKey.all() if not bytes(row.wrapped).startswith(held.prefix)]
    return len(house) + sum([_not_under(held.prefix, key) for key in await MunicipalityKey.all()])


#: Rows of no young person's, sealed under the municipality's own key: table and what is sealed.
_MUNICIPALITYS = (("measured", "codes"), ("panel_measured", "codes"), ("webhook", "secret"))


# --- the municipalities' keys ---------------------------------------------------------------------------------------


async def _renew_municipalities(running: KeyRotation) -> bool:
    page = await MunicipalityKey.filter(municipality_id__gt=running.cursor).order_by("municipality_id").limit(KEYS_PAGE)
    held = ring()
    for key in page:
        place = ("municipality", key.municipality_id)
        new = crypto.new_key(unlike=held.unwrap(key.wrapped, *place))
        key.wrapped, key.older = held.wrap(new, *place), key.wrapped
        await key.save(update_fields=["wrapped", "older"])
        running.cursor = key.municipality_id
    return len(page) < KEYS_PAGE


async def _reseal_municipality(running: KeyRotation) -> bool:
    """One page of one municipality: its people's keys are wrapped anew, its own rows sealed anew."""
    key = await MunicipalityKey.filter(municipality_id__gt=running.cursor).order_by("municipality_id").first()
    if key is None:
        return True
    where = key.municipality_id
    prefix = crypto.prefix(await municipality_key(where))
    resealed = sum([await _reseal_own(table, name, where, prefix) for table, name in _MUNICIPALITYS])
    if await _rewrap_people(where, prefix) + resealed == 0:
        running.cursor, key.older = where, None
        await key.save(update_fields=["older"])
    return False


async def _rewrap_people(where: str, prefix: bytes) -> int:
    over = ring().keys(where)
    count = 0
    for column in ("wrapped", "older"):
        page = await rows(
            f"SELECT person_id, {column} AS blob FROM person_key WHERE municipality_id = ? AND {_not_begun(column, 1)} "  # noqa: S608
            "LIMIT ?",
            where, prefix, PAGE,
        )  # fmt: skip
        anew = [
            (wrap_person(over[0], row["person_id"], unwrap_person(over, row["person_id"], row["blob"])), row)
            for row in page
        ]
        await execute_many(
            f"UPDATE person_key SET {column} = ? WHERE person_id = ? AND {column} = ?",  # noqa: S608
            [[blob, row["person_id"], row["blob"]] for blob, row in anew],
        )
        count += len(page)
    return count


async def _reseal_own(table: str, name: str, where: str, prefix: bytes) -> int:
    over, column = await municipality_vault(where), f"{name}_sealed"
    page = await rows(
        f"SELECT id, {column} AS blob FROM {table} WHERE municipality_id = ? AND {_not_begun(column, 1)} LIMIT ?",  # noqa: S608
        where, prefix, PAGE,
    )  # fmt: skip
    place = (table, name)
    anew = [(over.seal_bytes(*place, row["id"], over.open_bytes(*place, row["id"], row["blob"])), row) for row in page]
    await execute_many(
        f"UPDATE {table} SET {column} = ? WHERE id = ? AND {column} = ?",  # noqa: S608
        [[blob, row["id"], row["blob"]] for blob, row in anew],
    )
    return len(page)


async def _left_under_municipalities() -> int:
    count = 0
    for key in await MunicipalityKey.all():
        prefix = crypto.prefix(await municipality_key(key.municipality_id))
        keys = [("person_key", "wrapped"), ("person_key", "older")]
        for table, column in [*keys, *((one, f"{name}_sealed") for one, name in _MUNICIPALITYS)]:
            found = await rows(
                f"SELECT COUNT(*) AS n FROM {table} WHERE municipality_id = ? AND {_not_begun(column, 1)}",  # noqa: S608
                key.municipality_id, prefix,
            )  # fmt: skip
            count += found[0]["n"]
        count += key.older is not None
    return count


# --- the young people's keys ----------------------------------------------------------------------------------------


async def _renew_people(running: KeyRotation) -> bool:
    page = await PersonKey.filter(person_id__gt=running.cursor).order_by("person_id").limit(KEYS_PAGE)
    for key in page:
        await municipality_key(key.municipality_id)
        over = ring().keys(key.municipality_id)
        new = crypto.new_key(unlike=unwrap_person(over, key.person_id, key.wrapped))
        key.wrapped, key.older = wrap_person(over[0], key.person_id, new), key.wrapped
        await key.save(update_fields=["wrapped", "older"])
        running.cursor = key.person_id
    return len(page) < KEYS_PAGE


async def _reseal_people(running: KeyRotation) -> bool:
    """One page: everything a few people have is sealed anew, or as much of it as one transaction takes."""
    page = await PersonKey.filter(person_id__gt=running.cursor).order_by("person_id").limit(KEYS_PAGE)
    if not page:
        return True
    opened = await _vaults_of(page)
    budget = PAGE
    for column in _columns():
        budget -= await _reseal(column, opened, budget)
        if budget <= 0:
            return False
    running.cursor = page[-1].person_id
    await PersonKey.filter(person_id__in=list(opened)).update(older=None)
    return False


async def _reseal(column: _Column, opened: dict[str, Vault], limit: int) -> int:
    found = await rows(
        f"SELECT {', '.join((f't.{column.key} AS key', f't.{column.column} AS blob', f'{column.owner} AS owner'))}, "  # noqa: S608
        f"{', '.join(f't.{one} AS {one}' for one in column.row)} FROM {column.source} "
        f"WHERE {column.owner} IN ({_marks(opened)}) AND {_not_begun(f't.{column.column}', len(opened))} LIMIT ?",
        *opened, *_prefixes(opened), limit,
    )  # fmt: skip
    anew: list[list[object]] = []
    for row in found:
        mine = opened[row["owner"]]
        place = (column.table, column.name, ":".join(str(row[one]) for one in column.row))
        anew.append([mine.seal_bytes(*place, mine.open_bytes(*place, row["blob"])), row["key"], row["blob"]])
    # A row that somebody changes at this moment is left: what it holds then is sealed under the new key already.
    await execute_many(
        f"UPDATE {column.table} SET {column.column} = ? WHERE {column.key} = ? AND {column.column} = ?",  # noqa: S608
        anew,
    )
    return len(found)


async def _left_under_people() -> int:
    count, cursor = 0, ""
    while page := await PersonKey.filter(person_id__gt=cursor).order_by("person_id").limit(KEYS_PAGE):
        opened = await _vaults_of(page)
        for column in _columns():
            found = await rows(
                f"SELECT COUNT(*) AS n FROM {column.source} WHERE {column.owner} IN ({_marks(opened)}) "  # noqa: S608
                f"AND {_not_begun(f't.{column.column}', len(opened))}",
                *opened, *_prefixes(opened),
            )  # fmt: skip
            count += found[0]["n"]
        count += sum([key.older is not None for key in page])
        cursor = page[-1].person_id
    return count


async def _vaults_of(page: Sequence[PersonKey]) -> dict[str, Vault]:
    opened: dict[str, Vault] = {}
    for where in sorted({key.municipality_id for key in page}):
        opened |= await vaults(where, [key.person_id for key in page if key.municipality_id == where])
    return opened


#: Sealed under a key of the house, of the municipality, or keys themselves.
_NOT_A_PERSONS = {
    ("joining", "chat_sealed"), ("letter", "chat_sealed"), ("second_factor", "secret_sealed"),
    ("staff_session", "searches_sealed"), ("idempotency_key", "answer_sealed"), ("house_key", "wrapped"),
    *((table, f"{name}_sealed") for table, name in _MUNICIPALITYS), ("municipality_key", "wrapped"),
    ("municipality_key", "older"), ("person_key", "wrapped"), ("person_key", "older"),
}  # fmt: skip
#: Rows whose seal is bound to something else than their primary key.
_NAMED_BY = {
    "answer": ("check_in_id", "item"),
    "attachment_part": ("attachment_id", "number"),
    "inbox_update": ("bot", "update_id"),
    "panel_answer": ("answering_id", "question"),
}
#: Rows that find their person through another row: (from, whose).
_THROUGH = {"message_version": ("message_version t JOIN message m ON m.id = t.message_id", "m.person_id")}


def _columns() -> list[_Column]:
    """Every sealed column of a young person, asked of the tables themselves. Raises LookupError for one of which
    nobody has said whose it is."""
    made: list[_Column] = []
    for models in (Tortoise.apps or {}).values():
        for model in models.values():
            table, key = model._meta.db_table, model._meta.db_pk_column
            columns = model._meta.fields_db_projection
            for name, field in model._meta.fields_map.items():
                if not isinstance(field, SealedField) or (table, columns[name]) in _NOT_A_PERSONS:
                    continue
                source, owner = _THROUGH.get(table, (f"{table} t", "t.id" if table == "person" else "t.person_id"))
                if owner == "t.person_id" and "person_id" not in columns.values():
                    raise LookupError(f"nobody has said under whose key {table}.{name} is sealed")
                sealed_as = columns[name].removesuffix("_sealed")
                made.append(_Column(table, columns[name], key, sealed_as, source, owner, _NAMED_BY.get(table, (key,))))
    return made


def _marks(of: dict[str, Vault]) -> str:
    return ", ".join("?" * len(of))


def _prefixes(of: dict[str, Vault]) -> list[bytes]:
    return [crypto.prefix(one.key) for one in of.values()]


def _not_begun(column: str, keys: int) -> str:
    """The condition that a sealed column is filled and under none of so many keys, whose prefixes are the values."""
    return f"{column} IS NOT NULL AND substr({column}, 1, {crypto.PREFIX_BYTES}) NOT IN ({', '.join('?' * keys)})"
