"""Everything Hørt may refuse, as a tree.

    Refusal                 a plain-word no; ``code`` is the suffix of its text in the catalogue
    ├── NotFound            there is no such thing *for this person or municipality* (a foreign id does not exist)
    ├── NotAllowed          the thing exists and is visible, but this role, this consent or this state forbids the deed
    ├── Stale               somebody else was first, or the matter has moved on since the screen was drawn
    └── Invalid             what was entered cannot be used; ``field`` names the input, or is None

A refusal is an answer, not a fault: edges turn it into a sentence or a status. A fault of the program is an
ordinary ``ValueError`` or ``TypeError`` and is never shown to anyone.
"""

from __future__ import annotations

import re
from typing import ClassVar

_CODE = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*")


class Refusal(Exception):
    """Hørt says no, for a reason people can be told.

    ``code`` (lower-case words joined by ``_``, ``.`` or ``-``) is all that ``str()`` ever shows, so a refusal can be
    logged. Raises ``ValueError`` for a code of any other shape: a sentence, a name or a message cannot slip in.
    """

    default: ClassVar[str] = "refused"
    code: str

    def __init__(self, code: str | None = None) -> None:
        chosen = self.default if code is None else code
        if not _CODE.fullmatch(chosen):
            raise ValueError("a refusal's code is lower-case words joined by _ . or -")
        super().__init__(chosen)
        self.code = chosen

    def __str__(self) -> str:
        return self.code


class NotFound(Refusal):
    """There is no such thing within what the asker may reach."""

    default = "not_found"


class NotAllowed(Refusal):
    """The asker may not do this, or not now."""

    default = "not_allowed"


class Stale(Refusal):
    """Somebody else was first, or the matter has moved on: read again, then decide."""

    default = "stale"


class Invalid(Refusal):
    """The input cannot be used. ``field`` is the name of the input, never its content."""

    default = "invalid"
    field: str | None

    def __init__(self, code: str | None = None, field: str | None = None) -> None:
        super().__init__(code)
        self.field = field
