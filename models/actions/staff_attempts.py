"""Tries at the door: counted per account and per address, wrong until proved right, forgotten after a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import crypto
from models.domain.errors import NotAllowed
from models.tables.keys import ring
from models.tables.staff import SignInAttempt
from models.transactions import Scoped, alone, atomic

_WRONG_PER_ACCOUNT = 10
_WRONG_PER_ADDRESS = 30
_WINDOW = timedelta(minutes=15)


@atomic
async def tried(scope: Scoped, email: str, address: str, *, now: datetime) -> list[int]:
    """Write down a try at both; the ids of its rows. Passwords and codes of one account are counted together.

    Raises NotAllowed("too_many_attempts") when there were too many before it.
    """
    account = crypto.blind(ring().index, "attempt", "account", email).hex()
    place = crypto.blind(ring().index, "attempt", "address", address).hex()
    for subject in sorted((account, place)):  # in one order, so that no two tries wait for each other
        await alone("sign-in", subject)
    since = now - _WINDOW
    for subject, most in ((account, _WRONG_PER_ACCOUNT), (place, _WRONG_PER_ADDRESS)):
        if await SignInAttempt.filter(subject=subject, at__gt=since).count() >= most:
            raise NotAllowed("too_many_attempts")
    return [(await SignInAttempt.create(subject=subject, at=now)).id for subject in (account, place)]


@atomic
async def was_right(scope: Scoped, tries: list[int]) -> None:
    """The try has proved right: it counts no longer."""
    await SignInAttempt.filter(id__in=tries).delete()
