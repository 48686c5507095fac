"""One-time codes of an app (TOTP, RFC 6238) and the recovery codes beside them.

The secret is twenty random bytes made elsewhere; the time is an argument. A code counts for thirty seconds, and for the
thirty before and after, because telephones' clocks differ. Whoever asks remembers the newest step that was used: a code
counts once.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

SECRET_BYTES: Final = 20
"""As long as what HMAC-SHA-1 makes (RFC 4226 recommends it)."""
PERIOD: Final = 30
DIGITS: Final = 6
_WINDOW: Final = 1

RECOVERY_CODES: Final = 10
_RECOVERY_LENGTH: Final = 12
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike: i l o 0 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def step_of(now: datetime) -> int:
    """The number of the thirty seconds an instant lies in."""
    return int((now - _EPOCH).total_seconds() // PERIOD)


def code_at(secret: bytes, step: int, *, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """The code of one step. Apps know six digits and SHA-1; the others are for RFC 6238's own examples."""
    made = hmac.digest(secret, step.to_bytes(8, "big"), algorithm)
    offset = made[-1] & 0x0F
    number = int.from_bytes(made[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_shown(secret: bytes, typed: str, now: datetime, *, used: int) -> int | None:
    """The step whose code this is, newer than the newest `used`; None when it is no code of now or was used.

    As long for a wrong code as for a right one.
    """
    given = as_typed(typed)
    found = None
    for step in range(step_of(now) - _WINDOW, step_of(now) + _WINDOW + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), given.encode()) and step > used:
            found = step
    return found


def as_typed(typed: str) -> str:
    """A code without the spaces and hyphens people put into it, in small letters."""
    return "".join(each for each in typed.casefold() if each.isascii() and each.isalnum())


def looks_like_recovery(typed: str) -> bool:
    """Whether what was typed has the shape of a recovery code, so that it is none of the app's."""
    given = as_typed(typed)
    return len(given) == _RECOVERY_LENGTH and all(each in _ALPHABET for each in given)


def secret_text(secret: bytes) -> str:
    """The secret as people type it into an app: groups of four."""
    text = b32encode(secret).decode("ascii").rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def recovery_code(below: Callable[[int], int]) -> str:
    """A fresh recovery code, "abcd-efgh-jkmn": 59 bits. `below(n)` gives a random number under n."""
    letters = "".join(_ALPHABET[below(len(_ALPHABET))] for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))
