"""Tries at the door: counted per account, per address and together, wrong until proved right, forgotten after a day.

What strangers try locks nobody out: a browser that somebody has signed in with before is counted by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models import crypto
from models.domain.errors import NotAllowed
from models.tables.keys import ring
from models.tables.staff import SignInAttempt
from models.transactions import Scoped, alone, atomic

_WRONG_PER_ACCOUNT = 10
_WRONG_PER_ADDRESS = 30
#: Together, of whatever account and from wherever: one password tried at everybody's is many tries at nobody's.
_WRONG_IN_ALL = 300
_WINDOW = timedelta(minutes=15)


@atomic
async def tried(scope: Scoped, email: str, address: str, *, known: str = "", now: datetime) -> list[int]:
    """Write down a try at each; the ids of its rows. Passwords and codes of one account are counted together.

    `known`: the secret of a browser this account has been signed in with, or of the session that asks; then only that
    is counted. Raises NotAllowed("too_many_attempts") when there were too many before it.
    """
    index = ring().index
    limits = {
        crypto.blind(index, "attempt", "account", email).hex(): _WRONG_PER_ACCOUNT,
        crypto.blind(index, "attempt", "address", address).hex(): _WRONG_PER_ADDRESS,
        crypto.blind(index, "attempt", "all").hex(): _WRONG_IN_ALL,
    }
    if known:
        limits = {crypto.blind(index, "attempt", "browser", email, known).hex(): _WRONG_PER_ACCOUNT}
    for subject in sorted(limits):  # in one order, so that no two tries wait for each other
        await alone("sign-in", subject)
    since = now - _WINDOW
    for subject, most in limits.items():
        if await SignInAttempt.filter(subject=subject, at__gt=since).count() >= most:
            raise NotAllowed("too_many_attempts")
    return [(await SignInAttempt.create(subject=subject, at=now)).id for subject in limits]


@atomic
async def was_right(scope: Scoped, tries: list[int]) -> None:
    """The try has proved right: it counts no longer."""
    await SignInAttempt.filter(id__in=tries).delete()
