"""The one door to a transaction: all or nothing, joined when nested, never left hanging by a cancelled caller."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime

import pytest

from models.tables.consent import Stranger
from models.tables.register import Municipality
from models.transactions import HOUSE, Scope, WrongScope, after_commit, atomic, execute_many, in_deed, reading, rows
from tests.cast import Cast


@atomic
async def write(scope: Scope, name: str, now: datetime) -> None:
    await Stranger.create(chat_index=name, seen=1, first_at=now)


@atomic
async def write_and_fail(scope: Scope, name: str, now: datetime) -> None:
    await write(scope, name, now)
    raise LookupError


@atomic
async def write_twice(scope: Scope, first: str, second: str, now: datetime) -> None:
    await write(scope, first, now)
    await write(scope, second, now)


@atomic
async def slowly(scope: Scope, name: str, now: datetime) -> None:
    await write(scope, name, now)
    await asyncio.sleep(0.002)
    await rows("SELECT 1 AS one")


@reading
async def names(scope: Scope) -> list[str]:
    return sorted(row["chat_index"] for row in await rows("SELECT chat_index FROM stranger"))


async def test_what_a_deed_raises_undoes_everything_it_and_the_deeds_inside_it_wrote(
    database: object, now: datetime
) -> None:
    with pytest.raises(LookupError):
        await write_and_fail(HOUSE, "gone", now)
    await write_twice(HOUSE, "a", "b", now)
    assert await names(HOUSE) == ["a", "b"]


async def test_a_wake_up_comes_after_the_commit_once_and_never_after_a_rollback(
    database: object, now: datetime
) -> None:
    woken: list[bool] = []

    def wake() -> None:
        woken.append(in_deed())

    @atomic
    async def posts(scope: Scope, *, fail: bool) -> None:
        after_commit(wake)
        after_commit(wake)
        await write(scope, "x", now)
        if fail:
            raise LookupError

    with pytest.raises(LookupError):
        await posts(HOUSE, fail=True)
    assert woken == []
    await posts(HOUSE, fail=False)
    assert woken == [False]


async def test_a_deed_of_one_municipality_cannot_run_inside_another_ones(database: object, now: datetime) -> None:
    @atomic
    async def outer(scope: Scope) -> None:
        await write(Scope("elsewhere"), "x", now)

    with pytest.raises(WrongScope):
        await outer(Scope("here"))


async def test_a_task_made_inside_a_transaction_may_not_use_it(database: object, now: datetime) -> None:
    @atomic
    async def outer(scope: Scope) -> None:
        await asyncio.get_running_loop().create_task(write(scope, "x", now))

    with pytest.raises(WrongScope):
        await outer(HOUSE)


async def test_bulk_writes_need_a_transaction(database: object) -> None:
    with pytest.raises(WrongScope):
        await execute_many("INSERT INTO stranger (chat_index, seen, first_at) VALUES (?, ?, ?)", [["a", 1, 1]])


async def test_hundreds_of_cancelled_callers_leave_no_lock_and_no_half_deed(database: object, now: datetime) -> None:
    dice = random.Random(7)

    async def cancelled(number: int) -> None:
        task = asyncio.create_task(slowly(HOUSE, f"n{number:03}", now))
        await asyncio.sleep(dice.random() * 0.004)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    for start in range(0, 300, 10):
        await asyncio.gather(*(cancelled(number) for number in range(start, start + 10)))
    await asyncio.wait_for(write(HOUSE, "still alive", now), 10)
    found = await names(HOUSE)
    assert len(found) == len(set(found))
    assert "still alive" in found


async def test_without_a_scope_postgres_shows_no_person_and_with_one_only_its_own(cast: Cast) -> None:
    @reading
    async def references(scope: Scope) -> list[str]:
        return sorted(row["reference"] for row in await rows("SELECT reference FROM person"))

    everyone = ["O-2001", "R-1001", "R-1002", "R-1003"]
    assert await references(HOUSE) == everyone
    url = (await Municipality.all())[0]
    assert url is not None
    from models.transactions import dialect

    if dialect() == "postgres":
        assert [row["reference"] for row in await rows("SELECT reference FROM person")] == []
        assert await references(Scope(None)) == []
        assert await references(Scope(cast.randers)) == ["R-1001", "R-1002", "R-1003"]
    else:
        assert await references(Scope(cast.randers)) == everyone  # SQLite's second lock is the query itself


@reading
async def planned(_scope: Scope) -> str:
    return str((await rows("SHOW plan_cache_mode"))[0]["plan_cache_mode"])


@atomic
async def planned_in_a_deed(_scope: Scope) -> str:
    return str((await rows("SHOW plan_cache_mode"))[0]["plan_cache_mode"])


@reading
async def asked_again_and_again(_scope: Scope, different: int) -> set[str]:
    for _ in range(3):
        for number in range(different):
            await rows(f"SELECT {number} AS one WHERE 1 = ?", 1)
    return {str(row["statement"]) for row in await rows("SELECT statement FROM pg_prepared_statements")}


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
async def test_a_reading_plans_each_question_once_and_a_deed_for_what_it_is_asked(cast: Cast) -> None:
    scope = Scope(cast.randers)
    before = await planned_in_a_deed(scope)

    assert await planned(scope) == "force_generic_plan"
    assert (before, await planned_in_a_deed(scope)) == ("auto", "auto")


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
async def test_the_questions_of_the_whole_desk_stay_prepared(cast: Cast) -> None:
    kept = await asked_again_and_again(Scope(cast.randers), 300)

    assert {f"SELECT {number} AS one WHERE 1 = $1" for number in range(300)} <= kept
