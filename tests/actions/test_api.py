"""Tokens and deeds done once: whose, how long, and what happens when the same is asked twice or at the same time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from models.actions import api, staff_administered
from models.actions.api import Answer, InHand, Once, OtherBody
from models.actions.staff_administered import Member
from models.domain.api import KEPT, LONGEST_TOKEN, MOST_TOKENS, TOKEN_PREFIX
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.staff import Role, Viewer
from models.queries import api as views
from models.tables.api import ApiToken, IdempotencyKey
from models.tables.audit import TrailEntry
from models.transactions import HOUSE, alone, dialect
from tests.actions.rows import found
from tests.cast import Cast


async def token_of(viewer: Viewer, now: datetime, *, days: int = 30, read_only: bool = False) -> api.Made:
    return await api.make_token(
        viewer, "Fagsystem", expires_at=now + timedelta(days=days), read_only=read_only, now=now, real_now=now
    )


async def test_a_token_is_kept_as_a_hash_and_asks_as_its_owner_by_api(cast: Cast, now: datetime) -> None:
    made = await token_of(cast.mette, now, read_only=True)
    assert made.token.startswith(TOKEN_PREFIX)
    assert made.token not in repr(made) + repr(await found(ApiToken))
    held = await api.hold(HOUSE, made.token, real_now=now)
    assert held is not None
    assert (held.token_id, held.read_only, held.language) == (made.token_id, True, "da")
    assert held.viewer == Viewer(cast.mette.staff_id, cast.randers, Role.CASEWORKER, "Mette Holm", by_api=True)
    assert [one.used_at for one in await views.tokens(cast.mette, real_now=now)] == [now]
    assert await views.tokens(cast.siri, real_now=now) == []
    assert await api.hold(HOUSE, made.token + "x", real_now=now) is None
    assert await api.hold(HOUSE, made.token, real_now=now + timedelta(days=30)) is None


async def test_a_token_lasts_a_year_at_most_and_nobody_has_more_than_twenty(cast: Cast, now: datetime) -> None:
    for days, code in ((0, "token_expiry_past"), (LONGEST_TOKEN.days + 1, "token_expiry_far")):
        with pytest.raises(Invalid, match=code):
            await token_of(cast.mette, now, days=days)
    for _ in range(MOST_TOKENS):
        await token_of(cast.mette, now)
    with pytest.raises(Invalid, match="token_too_many"):
        await token_of(cast.mette, now)
    await token_of(cast.siri, now)


async def test_nobody_ends_somebody_elses_token_and_a_role_that_changes_ends_all(cast: Cast, now: datetime) -> None:
    first, second = await token_of(cast.mette, now), await token_of(cast.mette, now)
    with pytest.raises(NotFound):
        await api.revoke_token(cast.per, first.token_id, now=now, real_now=now)
    for _ in range(2):
        await api.revoke_token(cast.mette, first.token_id, now=now, real_now=now)
    assert [one.deed for one in await found(TrailEntry, about=first.token_id)] == ["token.make", "token.revoke"]
    assert await api.hold(HOUSE, second.token, real_now=now) is not None
    leads = Member("Mette Holm", Role.COORDINATOR)
    await staff_administered.change_member(cast.admin, cast.mette.staff_id, leads, active=True, now=now, real_now=now)
    assert await api.hold(HOUSE, second.token, real_now=now) is None


async def test_a_deed_is_done_once_for_a_key_and_its_answer_kept_for_a_day(cast: Cast, now: datetime) -> None:
    made = await token_of(cast.mette, now)
    asked, done = Once(made.token_id, "one", b"body"), []

    async def deed() -> Answer:
        done.append("again")
        return Answer(201, {"id": len(done)})

    answers = [await api.once(cast.mette, asked, deed, real_now=now) for _ in range(2)]
    assert [(one.body, one.again) for one in answers] == [({"id": 1}, False), ({"id": 1}, True)]
    with pytest.raises(OtherBody):
        await api.once(cast.mette, Once(made.token_id, "one", b"other"), deed, real_now=now)
    other = await token_of(cast.siri, now)
    assert (await api.once(cast.siri, Once(other.token_id, "one", b"other"), deed, real_now=now)).body == {"id": 2}
    assert (await api.once(cast.mette, asked, deed, real_now=now + KEPT)).body == {"id": 3}
    assert await api.forget(HOUSE, real_now=now + KEPT) == 1
    assert len(await found(IdempotencyKey)) == 1


async def test_what_is_refused_is_not_kept_and_may_be_asked_again(cast: Cast, now: datetime) -> None:
    made = await token_of(cast.mette, now)
    asked = Once(made.token_id, "one", b"body")

    async def refuses() -> Answer:
        raise Stale

    async def does() -> Answer:
        return Answer(204, None)

    with pytest.raises(Stale):
        await api.once(cast.mette, asked, refuses, real_now=now)
    assert await found(IdempotencyKey) == []
    assert (await api.once(cast.mette, asked, does, real_now=now)).again is False


async def test_the_same_key_at_the_same_time_does_it_once(cast: Cast, now: datetime) -> None:
    made = await token_of(cast.mette, now)
    done: list[int] = []

    async def deed() -> Answer:
        await alone("slow", "deed")
        done.append(1)
        return Answer(201, {"id": 1})

    asked = Once(made.token_id, "one", b"body")
    answers = await asyncio.gather(
        *(api.once(cast.mette, asked, deed, real_now=now) for _ in range(5)), return_exceptions=True
    )
    assert len(done) == 1
    assert {type(one) for one in answers} <= {Answer, InHand}
    assert {"id": 1} in [one.body for one in answers if isinstance(one, Answer)]


async def test_a_key_that_is_being_worked_on_is_said_to_be(cast: Cast, now: datetime) -> None:
    if dialect() == "sqlite":
        return  # there a second deed waits for the first, and is answered with what that kept
    made = await token_of(cast.mette, now)
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def slow() -> Answer:
        begun.set()
        await let_go.wait()
        return Answer(201, {"id": 1})

    asked = Once(made.token_id, "one", b"body")
    first = asyncio.ensure_future(api.once(cast.mette, asked, slow, real_now=now))
    await begun.wait()
    with pytest.raises(InHand):
        await api.once(cast.mette, asked, slow, real_now=now)
    let_go.set()
    assert (await first).body == {"id": 1}


async def test_what_was_looked_at_and_done_together_is_one_transaction(cast: Cast, now: datetime) -> None:
    made = await token_of(cast.mette, now)

    async def half() -> None:
        await api.revoke_token(cast.mette, made.token_id, now=now, real_now=now)
        raise Stale

    with pytest.raises(Stale):
        await api.together(cast.mette, half)
    assert await api.hold(HOUSE, made.token, real_now=now) is not None
