"""What a form was filled in for: an answer to it is refused when somebody has changed that meanwhile."""

from __future__ import annotations

from hashlib import sha256

from models.domain.errors import Stale


def fingerprint(*parts: object) -> str:
    """A mark that is the same only for the same parts."""
    return sha256(repr(parts).encode()).hexdigest()


def is_news(seen: str, stands: str, chosen: str) -> bool:
    """Whether what was chosen in a form is to be kept: by the marks of what it was filled in for, "" where nobody did,
    of what stands, and of what was chosen.

    Raises Stale ("decided_meanwhile") when a colleague has decided otherwise since; False when they have decided the
    same.
    """
    if seen in {"", stands}:
        return True
    if chosen == stands:
        return False
    raise Stale("decided_meanwhile")
