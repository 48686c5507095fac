"""One-time codes, recovery codes, half a sign-in, proving it again, the municipality's own sign-in."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.actions import staff
from models.actions import staff_administered as administered
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.staff import Viewer
from models.domain.staff_codes import code_at, step_of
from models.queries import staff as accounts
from models.tables.staff import HalfSignIn, RecoveryCode, SecondFactor, Staff
from models.transactions import HOUSE
from tests.actions.rows import change, count, dump, one
from tests.cast import Cast, leaves

PASSWORD, ANOTHER = "tyve grønne elefanter", "tredive gule giraffer"
STEP = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
FROM = {"address": "10.0.0.1", "browser": "firefox linux"}


async def sign_in(now: datetime, password: str = PASSWORD) -> staff.Half:
    half = await staff.sign_in("mette@example.org", password, real_now=now, **FROM)
    assert isinstance(half, staff.Half)
    return half


async def enrolled(cast: Cast, now: datetime) -> tuple[bytes, staff.Enrolled]:
    """Mette's secret, and what she has after her first sign-in at `now`."""
    link = await staff.make_sign_in_link(HOUSE, cast.mette.staff_id, now=now)
    half = await staff.choose_password(link, PASSWORD, now=now)
    assert isinstance(half, staff.Half)
    assert half.enrols
    way = await accounts.half_way(HOUSE, half.token, real_now=now)
    assert way is not None
    assert way.secret is not None
    done = await staff.confirm_first_app(HOUSE, half.token, code_at(way.secret, step_of(now)), real_now=now, **FROM)
    assert done is not None
    return way.secret, done


def elsewhere(subject: str) -> dict[str, Any]:
    return {"issuer": "https://idp.example", "subject": subject, "email": "mette@example.org", "verified": True}


async def enter(half: staff.Half, typed: str, now: datetime) -> Viewer | None:
    entered = await staff.enter_code(HOUSE, half.token, typed, real_now=now, **FROM)
    return entered and entered[0].viewer


async def test_the_first_sign_in_puts_an_app_in_place_and_nothing_of_it_is_stored_in_the_clear(
    cast: Cast, now: datetime
) -> None:
    secret, done = await enrolled(cast, now)
    assert (done.signed_in.viewer, done.back, len(set(done.recovery_codes))) == (cast.mette, "/", 10)
    stored = repr(await dump())
    factor = await one(SecondFactor)
    kept = [secret.hex(), code_at(secret, step_of(now)), done.signed_in.token, *done.recovery_codes]
    assert [each for each in kept if each in stored or each in bytes(factor.secret_sealed).decode("latin-1")] == []
    assert await count(HalfSignIn) == 0


async def test_a_code_counts_once_also_when_two_show_it_at_the_same_time(cast: Cast, now: datetime) -> None:
    secret, _ = await enrolled(cast, now)
    later = now + 2 * STEP
    first, second, third = [await sign_in(later) for _ in range(3)]
    assert [half.enrols for half in (first, second)] == [False, False]
    assert await enter(first, code_at(secret, step_of(now)), later) is None  # the one it was confirmed with
    code = code_at(secret, step_of(later))
    both = await asyncio.gather(enter(first, code, later), enter(second, code, later))
    assert sorted(map(bool, both)) == [False, True]
    assert await enter(third, code, later + STEP) is None
    assert await enter(third, code_at(secret, step_of(later) + 2), later + STEP) == cast.mette


async def test_half_a_sign_in_is_no_session_and_is_over_after_ten_minutes(cast: Cast, now: datetime) -> None:
    secret, done = await enrolled(cast, now)
    half = await sign_in(now)
    assert await staff.resume(HOUSE, half.token, real_now=now) is None
    with pytest.raises(NotFound):  # it has an app: nobody puts another one beside it with the password alone
        await staff.confirm_first_app(HOUSE, half.token, "000000", real_now=now, **FROM)
    assert (await accounts.half_way(HOUSE, half.token, real_now=now)).secret is None  # type: ignore[union-attr]
    late = now + 10 * MINUTE
    assert await accounts.half_way(HOUSE, half.token, real_now=late) is None
    for token in (half.token, done.signed_in.token, ""):
        with pytest.raises(NotFound):
            await staff.enter_code(HOUSE, token, code_at(secret, step_of(late)), real_now=late, **FROM)
    half = await sign_in(late)
    await change(Staff, {"id": cast.mette.staff_id}, active=False)
    with pytest.raises(NotFound):
        await enter(half, code_at(secret, step_of(late)), late)


async def test_wrong_codes_are_counted_together_with_wrong_passwords(cast: Cast, now: datetime) -> None:
    secret, _ = await enrolled(cast, now)
    later = now + MINUTE
    half = await sign_in(later)
    for _ in range(3):
        assert await staff.sign_in("mette@example.org", "forkert", real_now=later, **FROM) is None
    for _ in range(7):
        assert await enter(half, "000000", later) is None
    with pytest.raises(NotAllowed, match="too_many_attempts"):
        await enter(half, code_at(secret, step_of(later)), later)
    with pytest.raises(NotAllowed, match="too_many_attempts"):
        await staff.prove_again(cast.mette, "", PASSWORD, address="b", real_now=later)
    with pytest.raises(NotAllowed, match="too_many_attempts"):
        await sign_in(later)
    assert await enter(await sign_in(later + 15 * MINUTE), code_at(secret, step_of(later) + 30), later + 15 * MINUTE)


async def test_a_recovery_code_lets_in_once_and_new_ones_replace_the_rest(cast: Cast, now: datetime) -> None:
    _, done = await enrolled(cast, now)
    first, second, *_ = done.recovery_codes
    half = await sign_in(now)
    assert await enter(half, first.upper().replace("-", " "), now) == cast.mette
    assert await enter(await sign_in(now), first, now) is None
    assert (await accounts.own(HOUSE, cast.mette.staff_id, "", now=now, real_now=now)).codes_left == 9
    fresh = await staff.renew_recovery_codes(cast.mette, now=now, real_now=now)
    assert await enter(await sign_in(now), second, now) is None
    assert await enter(await sign_in(now), fresh[0], now) == cast.mette
    with pytest.raises(NotFound):
        await staff.renew_recovery_codes(cast.siri, now=now, real_now=now)


async def test_another_app_takes_the_place_of_the_one_before_only_with_its_first_code(
    cast: Cast, now: datetime
) -> None:
    old, _ = await enrolled(cast, now)
    with pytest.raises(NotFound):
        await staff.confirm_app(cast.mette, "123456", address="a", now=now, real_now=now)
    await staff.begin_app(cast.mette, real_now=now)
    new = await accounts.waiting_app(cast.mette)
    assert new is not None
    assert await staff.confirm_app(cast.mette, "abc", address="a", now=now, real_now=now) is None
    later = now + MINUTE
    assert await enter(await sign_in(later), code_at(old, step_of(later)), later) == cast.mette
    code = code_at(new, step_of(later))
    assert len(await staff.confirm_app(cast.mette, code, address="a", now=now, real_now=later) or ()) == 10
    at = later + 2 * STEP
    assert await enter(await sign_in(at), code_at(old, step_of(at)), at) is None
    assert await enter(await sign_in(at), code_at(new, step_of(at)), at) == cast.mette
    assert (await count(SecondFactor), await count(RecoveryCode)) == (1, 10)


async def test_an_administrator_s_reset_ends_everything_and_one_begins_anew(cast: Cast, now: datetime) -> None:
    secret, done = await enrolled(cast, now)
    half = await sign_in(now)
    await staff.sign_in_elsewhere(HOUSE, real_now=now, **elsewhere("s1"))
    with pytest.raises(NotFound):
        await administered.reset_sign_in(cast.per, cast.mette.staff_id, now=now, real_now=now)
    way = await administered.reset_sign_in(cast.admin, cast.mette.staff_id, now=now, real_now=now)
    assert await staff.resume(HOUSE, done.signed_in.token, real_now=now) is None
    with pytest.raises(NotFound):
        await enter(half, code_at(secret, step_of(now + 2 * STEP)), now + 2 * STEP)
    # Whoever had found out the password does not set up the next app with it: nobody signs in but by the link.
    assert await staff.sign_in("mette@example.org", PASSWORD, real_now=now, **FROM) is None
    fresh = await staff.choose_password(way.token, ANOTHER, now=now)
    assert isinstance(fresh, staff.Half)
    assert fresh.enrols
    # Nor is she bound any longer to who she was at the municipality's own sign-in.
    assert (await staff.sign_in_elsewhere(HOUSE, real_now=now, **elsewhere("s2"))).viewer == cast.mette
    assert await count(RecoveryCode) == 0


async def test_a_new_password_by_link_asks_for_the_code_all_the_same_and_its_link_lives_half_an_hour(
    cast: Cast, now: datetime
) -> None:
    secret, done = await enrolled(cast, now)
    first = await staff.make_sign_in_link(cast.admin, cast.mette.staff_id, now=now)
    link = await staff.make_sign_in_link(cast.admin, cast.mette.staff_id, now=now)
    for token, at in ((first, now), (link, now + 30 * MINUTE)):
        with pytest.raises(NotFound):
            await staff.choose_password(token, ANOTHER, now=at)
    half = await staff.choose_password(link, ANOTHER, demanded=False, now=now)
    assert isinstance(half, staff.Half)
    assert not half.enrols
    assert await staff.resume(HOUSE, done.signed_in.token, real_now=now) is None
    assert await enter(half, code_at(secret, step_of(now) + 1), now) == cast.mette


async def test_where_codes_are_only_offered_the_password_is_enough_until_there_is_an_app(
    cast: Cast, now: datetime
) -> None:
    link = await staff.make_sign_in_link(HOUSE, cast.siri.staff_id, now=now)
    assert isinstance(await staff.choose_password(link, PASSWORD, demanded=False, now=now), staff.SignedIn)
    signed_in = await staff.sign_in("siri@example.org", PASSWORD, demanded=False, real_now=now, **FROM)
    assert isinstance(signed_in, staff.SignedIn)
    await enrolled(cast, now)
    half = await staff.sign_in("mette@example.org", PASSWORD, demanded=False, real_now=now, **FROM)
    assert isinstance(half, staff.Half)


async def test_proving_it_again_takes_the_password_or_a_code_and_counts_for_ten_minutes(
    cast: Cast, now: datetime
) -> None:
    secret, done = await enrolled(cast, now)
    token, me = done.signed_in.token, cast.mette

    async def fresh(at: datetime) -> bool:
        return (await accounts.proofs(HOUSE, me.staff_id, token, real_now=at)).fresh

    assert [await fresh(now + away * MINUTE) for away in (0, 9, 10)] == [True, True, False]
    at = now + 20 * MINUTE
    for wrong in ("forkert", "", code_at(secret, step_of(now))):
        assert not await staff.prove_again(me, token, wrong, address="a", real_now=at)
    assert not await fresh(at)
    assert await staff.prove_again(me, token, PASSWORD, address="a", real_now=at)
    assert [await fresh(at + away * MINUTE) for away in (9, 10)] == [True, False]
    at += 20 * MINUTE
    assert await staff.prove_again(me, token, code_at(secret, step_of(at)), address="a", real_now=at)
    assert await fresh(at)
    assert not await staff.prove_again(me, token, code_at(secret, step_of(at)), address="a", real_now=at)


async def test_changing_the_password_takes_the_present_one_and_ends_the_other_sessions(
    cast: Cast, now: datetime
) -> None:
    _, done = await enrolled(cast, now)
    here = done.signed_in.token
    there = (await staff.open_session(HOUSE, cast.mette.staff_id, now=now)).token
    when = {"address": "a", "now": now, "real_now": now}
    for current, chosen, field in (("forkert", ANOTHER, "current"), (PASSWORD, "kort", "password")):
        with pytest.raises(Invalid) as refused:
            await staff.change_password(cast.mette, here, current, chosen, **when)
        assert refused.value.field == field
    await staff.change_password(cast.mette, here, PASSWORD, ANOTHER, **when)
    assert [bool(await staff.resume(HOUSE, token, real_now=now)) for token in (here, there)] == [True, False]
    await sign_in(now, ANOTHER)


async def test_one_s_own_sessions_are_listed_by_their_browser_and_ended_one_by_one(cast: Cast, now: datetime) -> None:
    here = (await staff.open_session(HOUSE, cast.mette.staff_id, now=now, browser="edge windows")).token
    for browser, at in (("firefox mac", now + MINUTE), ("safari iphone", now)):
        await staff.open_session(HOUSE, cast.mette.staff_id, now=at, browser=browser)

    async def listed(at: datetime) -> list[tuple[str, bool]]:
        own = await accounts.own(HOUSE, cast.mette.staff_id, here, now=now, real_now=at)
        return [(one.browser, one.here) for one in own.sessions]

    await staff.open_session(HOUSE, cast.siri.staff_id, now=now, browser="chrome linux")
    own = await accounts.own(HOUSE, cast.mette.staff_id, here, now=now, real_now=now)
    assert (await listed(now))[0] == ("firefox mac", False)
    assert sorted(await listed(now)) == [("edge windows", True), ("firefox mac", False), ("safari iphone", False)]
    for stranger in (cast.siri, cast.admin):
        with pytest.raises(NotFound):
            await staff.end_session(stranger, own.sessions[0].session_id, now=now, real_now=now)
    with pytest.raises(NotFound):
        await staff.end_session(cast.mette, "", now=now, real_now=now)
    await staff.end_session(cast.mette, own.sessions[0].session_id, now=now, real_now=now)
    await staff.sign_out_elsewhere(cast.mette, here, now=now, real_now=now)
    assert (await listed(now), await listed(now + 31 * MINUTE)) == ([("edge windows", True)], [])


async def test_the_municipality_s_own_sign_in_finds_an_account_and_never_makes_one(cast: Cast, now: datetime) -> None:
    async def come(subject: str, email: str, *, verified: bool = True) -> Viewer:
        entered = await staff.sign_in_elsewhere(
            HOUSE, issuer="https://id.example.org", subject=subject, email=email, verified=verified, real_now=now
        )
        return entered.viewer

    before = await count(Staff)
    for subject, email, verified, code in (
        ("m", "mette@example.org", False, "sso_unverified"), ("m", "", True, "sso_unverified"),
        ("x", "who@example.org", True, "sso_unknown"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match=code):
            await come(subject, email, verified=verified)
    assert await come("m", "Mette@Example.org") == cast.mette
    assert await come("m", "married@example.org", verified=False) == cast.mette  # known by who they are there
    with pytest.raises(NotAllowed, match="sso_other"):
        await come("n", "mette@example.org")  # the address was given to somebody else
    token = (await staff.open_session(HOUSE, cast.mette.staff_id, now=now)).token
    for subject, same in (("n", False), ("m", True)):
        proved = await staff.prove_elsewhere(
            cast.mette, token, issuer="https://id.example.org", subject=subject, real_now=now
        )
        assert proved is same
    await leaves(cast, cast.mette, now=now)
    with pytest.raises(NotAllowed, match="sso_unknown"):
        await come("m", "mette@example.org")
    assert await count(Staff) == before
