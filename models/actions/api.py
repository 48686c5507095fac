"""Outside systems: tokens made by staff, the viewer behind one, and deeds that are done once however often asked."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from models import crypto
from models.actions import trail
from models.domain import api as rules
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.staff import Role, Viewer, may
from models.tables.api import ApiToken, IdempotencyKey
from models.tables.fields import micros
from models.tables.keys import house_vault, ring
from models.tables.staff import Staff
from models.transactions import Scoped, alone_now, atomic, execute, reading

T = TypeVar("T")

_TOUCHED_EVERY = timedelta(minutes=1)


class InHand(Exception):
    """The same key is being worked on this moment by another request."""


class OtherBody(Exception):
    """The same key was used before, for something else."""


@dataclass(frozen=True, slots=True)
class Made:
    """A fresh token: it exists only here and wherever the member of staff puts it."""

    token_id: str
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Whose token it is, in whose language, and what it may."""

    token_id: str
    viewer: Viewer
    language: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered with. `again`: it is the answer of the first time."""

    status: int
    body: Any = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    again: bool = False


@dataclass(frozen=True, slots=True)
class Once:
    """The key a caller has given a deed, and the bytes they asked it with."""

    token_id: str
    key: str = field(repr=False)
    asked: bytes = field(repr=False)


@atomic
async def make_token(
    viewer: Viewer, name: str, *, expires_at: datetime, read_only: bool, now: datetime, real_now: datetime
) -> Made:
    """A token with the rights of whoever makes it, a year at most. Raises Invalid by field, and for too many."""
    if not may(viewer.role, "tokens.own") or viewer.by_api:
        raise NotAllowed
    said, life = rules.token_name(name), rules.lifetime(real_now, expires_at)
    alive = ApiToken.filter(staff_id=viewer.staff_id, revoked_at=None, expires_at__gt=real_now)
    if await alive.count() >= rules.MOST_TOKENS:
        raise Invalid("token_too_many", "name")
    token = rules.TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = await ApiToken.create(
        staff_id=viewer.staff_id, token_hash=crypto.token_hash(token), name=said, read_only=read_only,
        created_at=life.made_at, expires_at=life.expires_at,
    )  # fmt: skip
    await trail.record(viewer, "token.make", about=row.id, now=now)
    return Made(row.id, token, row.expires_at)


@atomic
async def revoke_token(viewer: Viewer, token_id: str, *, now: datetime, real_now: datetime) -> None:
    """End a token of one's own; the same again changes nothing. Raises NotFound for anybody else's."""
    row = await ApiToken.get_or_none(id=token_id, staff_id=viewer.staff_id)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = real_now
        await row.save(update_fields=["revoked_at"])
        await trail.record(viewer, "token.revoke", about=row.id, now=now)


@reading
async def hold(scope: Scoped, token: str, *, real_now: datetime) -> Held | None:
    """Who asks with this token; None when it is unknown, over, revoked, or its account closed. Written down once a
    minute that it was used. `scope` is the house."""
    row = await ApiToken.get_or_none(token_hash=crypto.token_hash(token))
    if row is None or row.revoked_at is not None or row.expires_at <= real_now:
        return None
    staff = await Staff.get_or_none(id=row.staff_id, active=True)
    if staff is None:
        return None
    if row.used_at is None or real_now - row.used_at >= _TOUCHED_EVERY:
        await _touch(scope, row.id, now=real_now)
    viewer = Viewer(staff.id, staff.municipality_id, Role(staff.role), staff.name, by_api=True)
    return Held(row.id, viewer, staff.language, row.read_only)


@atomic
async def pace(scope: Scoped, token_id: str, *, real_now: datetime) -> int:
    """Count a call of a token, whichever process it came to; how many seconds it waits instead where there were too
    many, else 0. One statement, because many calls come at once. `scope` is the house.
    """
    over, now = micros(real_now - rules.CALLS_WINDOW), micros(real_now)
    counted = await execute(
        "UPDATE api_token SET calls = CASE WHEN calls_from > ? THEN calls + 1 ELSE 1 END, "
        "calls_from = CASE WHEN calls_from > ? THEN calls_from ELSE ? END "
        "WHERE id = ? AND (calls_from IS NULL OR calls_from <= ? OR calls < ?)",
        over, over, now, token_id, over, rules.CALLS,
    )  # fmt: skip
    if counted:
        return 0
    row = await ApiToken.get_or_none(id=token_id)
    return rules.seconds_left(row.calls_from or real_now if row is not None else real_now, real_now)


@atomic
async def together(scope: Scoped, deed: Callable[[], Awaitable[T]]) -> T:
    """Several reads and one deed in one transaction: what was looked at has not moved when it is done."""
    return await deed()


@atomic
async def once(scope: Scoped, asked: Once, deed: Callable[[], Awaitable[Answer]], *, real_now: datetime) -> Answer:
    """Do a deed and keep its answer, in one transaction; the same key again is answered with what was kept.

    Raises InHand while the key is being worked on, OtherBody when it was used for something else. What is refused is
    not kept: nothing was done. `scope` is whoever asks, or the house where rows of two municipalities change.
    """
    key_hash, fingerprint = _marks(asked)
    if not await alone_now("idempotency", key_hash):
        raise InHand
    if (kept := await _kept(asked, real_now)) is not None:
        return kept
    await IdempotencyKey.filter(token_id=asked.token_id, key_hash=key_hash).delete()
    answer = await deed()
    fresh = IdempotencyKey(token_id=asked.token_id, key_hash=key_hash, fingerprint=fingerprint, at=real_now)
    told = json.dumps({"status": answer.status, "body": answer.body, "headers": answer.headers}, ensure_ascii=False)
    fresh.answer_sealed = house_vault().seal("idempotency_key", "answer", fresh.id, told)
    await fresh.save()
    return answer


@reading
async def answered(scope: Scoped, asked: Once, *, real_now: datetime) -> Answer | None:
    """The answer that was kept for this key; None the first time. Raises OtherBody when it was for something else."""
    return await _kept(asked, real_now)


@atomic
async def forget(scope: Scoped, *, real_now: datetime) -> int:
    """Drop answers after a day, and tokens a quarter of a year after their end. The scope is the house."""
    dropped = await IdempotencyKey.filter(at__lte=real_now - rules.KEPT).delete()
    return dropped + await ApiToken.filter(expires_at__lt=real_now - timedelta(days=90)).delete()


def _marks(asked: Once) -> tuple[str, str]:
    """The keyed hashes of a caller's key, and of what they asked with it."""
    index = ring().index
    fingerprint = crypto.blind(index, "asked", asked.token_id, crypto.token_hash(asked.asked.hex()))
    return crypto.blind(index, "idempotency", asked.token_id, asked.key).hex(), fingerprint.hex()


async def _kept(asked: Once, real_now: datetime) -> Answer | None:
    key_hash, fingerprint = _marks(asked)
    row = await IdempotencyKey.get_or_none(token_id=asked.token_id, key_hash=key_hash)
    if row is None or row.at <= real_now - rules.KEPT:
        return None
    if row.fingerprint != fingerprint:
        raise OtherBody
    kept = json.loads(house_vault().open("idempotency_key", "answer", row.id, row.answer_sealed))
    return Answer(kept["status"], kept["body"], kept["headers"], again=True)


@atomic
async def _touch(scope: Scoped, token_id: str, *, now: datetime) -> None:
    await ApiToken.filter(id=token_id).update(used_at=now)
