"""What can be tapped under a screen of the chat; also where the desk shows such a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Tap:
    """One thing to tap. `deed` names what it does, `option` which."""

    label: str
    deed: str
    option: str = ""


Taps: TypeAlias = tuple[tuple[Tap, ...], ...]
