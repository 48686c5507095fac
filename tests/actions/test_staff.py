"""Accounts: one-time links, sessions that end, wrong passwords that are counted, nobody let in from elsewhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from models.actions import staff, staff_administered
from models.actions.staff_administered import Member
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.staff import Role, Viewer
from models.tables.staff import Absence, SignInAttempt, Staff, StaffSession
from models.transactions import HOUSE
from tests.actions.rows import change, count, dump, one
from tests.cast import Cast, leaves
from tests.quick import SHIPPED

PASSWORD = "tyve grønne elefanter"
MINUTE = timedelta(minutes=1)


async def signed_in(cast: Cast, now: datetime) -> staff.SignedIn:
    token = await staff.make_sign_in_link(HOUSE, cast.mette.staff_id, now=now)
    entered = await staff.choose_password(token, PASSWORD, demanded=False, now=now)
    assert isinstance(entered, staff.SignedIn)
    return entered


async def resumed(token: str, *, real_now: datetime, touch: bool = True) -> Viewer | None:
    found = await staff.resume(HOUSE, token, real_now=real_now, touch=touch)
    return found.viewer if found else None


async def test_a_one_time_link_lets_its_owner_choose_a_password_once(cast: Cast, now: datetime) -> None:
    token = await staff.make_sign_in_link(HOUSE, cast.mette.staff_id, now=now)
    with pytest.raises(Invalid):
        await staff.choose_password(token, "kort", now=now)
    assert isinstance(await staff.choose_password(token, PASSWORD, now=now), staff.Half)
    for at in (now, now + timedelta(hours=24)):
        with pytest.raises(NotFound):
            await staff.choose_password(token, PASSWORD, now=at)
    assert token not in repr(await dump())
    entered = await staff.sign_in(" Mette@Example.org ", PASSWORD, address="10.0.0.1", real_now=now)
    assert entered is not None
    assert await staff.sign_in("mette@example.org", PASSWORD + "x", address="10.0.0.1", real_now=now) is None


async def test_a_link_that_expired_or_whose_account_was_closed_lets_nobody_in(cast: Cast, now: datetime) -> None:
    old = await staff.make_sign_in_link(HOUSE, cast.mette.staff_id, now=now)
    with pytest.raises(NotFound):
        await staff.choose_password(old, PASSWORD, now=now + timedelta(hours=24))
    closed = await staff.make_sign_in_link(HOUSE, cast.siri.staff_id, now=now)
    await leaves(cast, cast.siri, now=now)
    with pytest.raises(NotFound):
        await staff.choose_password(closed, PASSWORD, now=now)
    assert (await one(Staff, id=cast.siri.staff_id)).password_hash == ""


def test_passwords_and_nobodys_are_hashed_as_rfc_9106_says() -> None:
    hasher, nobody = SHIPPED
    assert extract_parameters(hasher.hash(PASSWORD)) == extract_parameters(nobody) == RFC_9106_LOW_MEMORY


async def test_a_session_idles_out_is_kept_alive_by_use_and_ends_for_good(cast: Cast, now: datetime) -> None:
    token = (await signed_in(cast, now)).token
    assert await resumed(token, real_now=now + 29 * MINUTE) == cast.mette
    assert await resumed(token, real_now=now + 58 * MINUTE, touch=False) == cast.mette
    assert await resumed(token, real_now=now + 59 * MINUTE) is None
    at = now
    while at < now + staff.LONGEST:
        assert await resumed(token, real_now=at) == cast.mette
        at += 25 * MINUTE
    assert await resumed(token, real_now=now + staff.LONGEST) is None


async def test_signing_out_changing_a_role_and_a_new_password_end_sessions(cast: Cast, now: datetime) -> None:
    tokens = [(await staff.open_session(HOUSE, cast.mette.staff_id, now=now)).token for _ in range(3)]
    await staff.sign_out(HOUSE, tokens[0], real_now=now)
    assert [await resumed(token, real_now=now) for token in tokens] == [None, cast.mette, cast.mette]
    leads = Member("Mette Holm", Role.COORDINATOR)
    await staff_administered.change_member(cast.admin, cast.mette.staff_id, leads, active=True, now=now, real_now=now)
    assert [await resumed(token, real_now=now) for token in tokens] == [None] * 3
    fresh = await signed_in(cast, now)
    assert fresh.viewer.role is Role.COORDINATOR
    other = await staff.open_session(HOUSE, cast.siri.staff_id, now=now)
    await staff.sign_out_everywhere(fresh.viewer, now=now, real_now=now)
    assert await resumed(fresh.token, real_now=now) is None
    assert await resumed(other.token, real_now=now) == cast.siri


async def test_a_closed_account_is_out_at_once_and_cannot_sign_in(cast: Cast, now: datetime) -> None:
    token = (await signed_in(cast, now)).token
    await change(Staff, {"id": cast.mette.staff_id}, active=False)
    assert await resumed(token, real_now=now) is None
    assert await staff.sign_in("mette@example.org", PASSWORD, address="a", real_now=now) is None


async def test_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(cast: Cast, now: datetime) -> None:
    await signed_in(cast, now)
    for _ in range(10):
        assert await staff.sign_in("mette@example.org", "forkert", address="a", real_now=now) is None
    with pytest.raises(NotAllowed, match="too_many_attempts"):
        await staff.sign_in("mette@example.org", PASSWORD, address="b", real_now=now + 14 * MINUTE)
    assert await staff.sign_in("mette@example.org", PASSWORD, address="b", real_now=now + 15 * MINUTE) is not None
    assert await count(SignInAttempt) == 30
    assert await staff.forget(HOUSE, real_now=now + timedelta(days=1, seconds=1)) == 30


async def test_old_sessions_are_forgotten_a_week_after_their_end(cast: Cast, now: datetime) -> None:
    await staff.open_session(HOUSE, cast.mette.staff_id, now=now)
    end = now + staff.LONGEST + timedelta(days=7)
    assert [await staff.forget(HOUSE, real_now=end + n * MINUTE) for n in (0, 1)] == [0, 1]
    assert await count(StaffSession) == 0


async def test_an_absence_in_reverse_or_over_is_refused(cast: Cast, now: datetime) -> None:
    for first, last, code in (
        (date(2026, 12, 2), date(2026, 12, 1), "dates_order"), (date(2025, 12, 1), date(2025, 12, 2), "absence_over"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=code):
            await staff.be_absent(cast.mette, first, last, now=now)
    assert await count(Absence) == 0


async def test_a_password_hashed_as_it_was_done_before_is_hashed_anew_when_it_is_right(
    cast: Cast, now: datetime
) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=512, parallelism=1).hash(PASSWORD)
    await change(Staff, {"id": cast.mette.staff_id}, password_hash=weaker)
    for password, same in (("tyve gule elefanter", True), (PASSWORD, False)):
        await staff.sign_in("mette@example.org", password, address="10.0.0.1", real_now=now)
        assert ((await one(Staff, id=cast.mette.staff_id)).password_hash == weaker) is same
    fresh = (await one(Staff, id=cast.mette.staff_id)).password_hash
    assert staff._hasher.check_needs_rehash(fresh) is False
    assert await staff.sign_in("mette@example.org", PASSWORD, address="10.0.0.1", real_now=now) is not None
