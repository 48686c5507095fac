"""One-time codes of staff: half a sign-in, the app that shows codes, recovery codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import crypto
from models.actions import trail
from models.actions.staff_attempts import tried, was_right
from models.actions.staff_sessions import SignedIn, open_session
from models.domain import staff_codes as rules
from models.domain.errors import NotFound
from models.domain.staff import Viewer
from models.tables.keys import ring
from models.tables.staff import HalfSignIn, RecoveryCode, SecondFactor, Staff, codes_vault
from models.transactions import Scope, Scoped, atomic

#: How long somebody has between the password and the code.
HALF_LIVES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Half:
    """The password was right, the code is missing. The token exists only here and in the browser's cookie."""

    token: str = field(repr=False)
    enrols: bool


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An app was confirmed at the first sign-in. The recovery codes exist only here."""

    signed_in: SignedIn
    back: str
    recovery_codes: tuple[str, ...] = field(repr=False)


@atomic
async def begin_half(scope: Scoped, staff_id: str, *, back: str, now: datetime) -> Half:
    """Remember that a browser has shown the right password; who has no app yet is given a secret to put into one."""
    await HalfSignIn.filter(staff_id=staff_id, expires_at__lte=now).delete()
    enrols = not await has_codes(scope, staff_id)
    if enrols:
        await _new_secret(staff_id, now)
    token = secrets.token_urlsafe(32)
    await HalfSignIn.create(
        token_hash=crypto.token_hash(token), staff_id=staff_id, back=back, created_at=now, expires_at=now + HALF_LIVES
    )
    return Half(token, enrols)


@atomic
async def has_codes(scope: Scoped, staff_id: str) -> bool:
    """Whether somebody has an app that shows codes."""
    return bool(await SecondFactor.filter(staff_id=staff_id).exclude(confirmed_at=None).exists())


@atomic
async def enter_code(
    scope: Scoped, token: str, typed: str, *, address: str, browser: str, known: str = "", real_now: datetime
) -> tuple[SignedIn, str] | None:
    """Finish half a sign-in with a code of the app or a recovery code: the session, and the page to go on to.

    None for a wrong or used code, which counts like a wrong password. Raises NotFound when the half is over, and
    NotAllowed("too_many_attempts"). `known` as in `staff_attempts.tried`.
    """
    half, staff = await _half(token, real_now)
    tries = await tried(scope, staff.email, address, known=known, now=real_now)
    if not await code_counts(scope, staff.id, typed, real_now=real_now):
        await _recorded(scope, staff, "staff.refused", real_now)
        return None
    await was_right(scope, tries)
    await half.delete()
    return await open_session(scope, staff.id, now=real_now, browser=browser), half.back


@atomic
async def confirm_first_app(
    scope: Scoped, token: str, typed: str, *, address: str, browser: str, real_now: datetime
) -> Enrolled | None:
    """Finish the first sign-in with the first code of the app. None and raises as `enter_code`."""
    half, staff = await _half(token, real_now)
    if await has_codes(scope, staff.id):
        raise NotFound  # it was confirmed meanwhile, in another browser
    tries = await tried(scope, staff.email, address, now=real_now)
    if not await _confirm(staff.id, typed, real_now):
        return None
    await was_right(scope, tries)
    await half.delete()
    signed_in = await open_session(scope, staff.id, now=real_now, browser=browser)
    await _recorded(scope, staff, "staff.codes_on", real_now)
    return Enrolled(signed_in, half.back, await _new_recovery_codes(staff.id, real_now))


@atomic
async def begin_app(viewer: Viewer, *, real_now: datetime) -> None:
    """A secret for another app, or for the first one of somebody signed in. The app so far counts until then."""
    await _new_secret(viewer.staff_id, real_now)


@atomic
async def confirm_app(
    viewer: Viewer, typed: str, *, address: str, now: datetime, real_now: datetime
) -> tuple[str, ...] | None:
    """The first code of the other app: it counts from now on, the one before no longer. Ten new recovery codes.

    None for a wrong code. Raises NotFound when no app waits, and NotAllowed("too_many_attempts").
    """
    if not await SecondFactor.exists(staff_id=viewer.staff_id, confirmed_at=None):
        raise NotFound
    staff = await Staff.get(id=viewer.staff_id)
    tries = await tried(viewer, staff.email, address, now=real_now)
    if not await _confirm(staff.id, typed, real_now):
        return None
    await was_right(viewer, tries)
    await trail.record(viewer, "staff.codes_on", now=now)
    return await _new_recovery_codes(staff.id, real_now)


@atomic
async def renew_recovery_codes(viewer: Viewer, *, now: datetime, real_now: datetime) -> tuple[str, ...]:
    """Ten new recovery codes; those so far count no longer. Raises NotFound for somebody without an app."""
    if not await has_codes(viewer, viewer.staff_id):
        raise NotFound
    await trail.record(viewer, "staff.recovery_codes", now=now)
    return await _new_recovery_codes(viewer.staff_id, real_now)


@atomic
async def code_counts(scope: Scoped, staff_id: str, typed: str, *, real_now: datetime) -> bool:
    """Use a code of the app or a recovery code: whether it counts. Of two who show the same one, one is right."""
    if rules.looks_like_recovery(typed):
        fresh = RecoveryCode.filter(code_hash=_code_hash(staff_id, typed), staff_id=staff_id, used_at=None)
        return bool(await fresh.update(used_at=real_now))
    factor = await SecondFactor.filter(staff_id=staff_id).exclude(confirmed_at=None).first()
    if factor is None:
        return False
    step = rules.step_shown(_secret(factor), typed, real_now, used=factor.used_step)
    if step is None:
        return False
    return bool(await SecondFactor.filter(id=factor.id, used_step__lt=step).update(used_step=step))


@atomic
async def forget_proofs(scope: Scoped, staff_id: str) -> None:
    """Drop all by which somebody could show who they are: the password too, or whoever knows it would set up the next
    app; and who they are at the municipality's own sign-in. They begin anew with a one-time link.
    """
    await Staff.filter(id=staff_id).update(password_hash="", sso_index="")
    await SecondFactor.filter(staff_id=staff_id).delete()
    await RecoveryCode.filter(staff_id=staff_id).delete()
    await HalfSignIn.filter(staff_id=staff_id).delete()


async def _half(token: str, now: datetime) -> tuple[HalfSignIn, Staff]:
    half = await HalfSignIn.get_or_none(token_hash=crypto.token_hash(token))
    staff = await Staff.get_or_none(id=half.staff_id, active=True) if half and half.expires_at > now else None
    if half is None or staff is None:
        raise NotFound
    return half, staff


async def _new_secret(staff_id: str, now: datetime) -> None:
    await SecondFactor.filter(staff_id=staff_id, confirmed_at=None).delete()
    row = SecondFactor(staff_id=staff_id, made_at=now)
    secret = secrets.token_bytes(rules.SECRET_BYTES)
    row.secret_sealed = codes_vault().seal("second_factor", "secret", row.id, secret.hex())
    await row.save()


async def _confirm(staff_id: str, typed: str, now: datetime) -> bool:
    waiting = await SecondFactor.get_or_none(staff_id=staff_id, confirmed_at=None)
    step = None if waiting is None else rules.step_shown(_secret(waiting), typed, now, used=0)
    if waiting is None or step is None:
        return False
    await SecondFactor.filter(staff_id=staff_id).exclude(id=waiting.id).delete()
    await SecondFactor.filter(id=waiting.id).update(confirmed_at=now, used_step=step)
    return True


async def _new_recovery_codes(staff_id: str, now: datetime) -> tuple[str, ...]:
    await RecoveryCode.filter(staff_id=staff_id).delete()
    codes = tuple(rules.recovery_code(secrets.randbelow) for _ in range(rules.RECOVERY_CODES))
    for code in codes:
        await RecoveryCode.create(code_hash=_code_hash(staff_id, code), staff_id=staff_id, made_at=now)
    return codes


async def _recorded(scope: Scoped, staff: Staff, deed: str, now: datetime) -> None:
    if staff.municipality_id:
        await trail.record(Scope(staff.municipality_id), deed, about=staff.id, now=now)


def _secret(factor: SecondFactor) -> bytes:
    return bytes.fromhex(codes_vault().open("second_factor", "secret", factor.id, factor.secret_sealed))


def _code_hash(staff_id: str, typed: str) -> str:
    return crypto.blind(ring().index, "recovery code", staff_id, rules.as_typed(typed)).hex()
