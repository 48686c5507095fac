"""What a municipality decides about itself: its name and numbers, how long things are kept, the texts it stands by."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from models.domain import marks
from models.domain.errors import Invalid

_PHONE = re.compile(r"\+?[0-9][0-9 ]{4,18}[0-9]")
LONGEST: Final = {"name": 80, "phone": 40, "address": 120}
CONTENT: Final = ("full", "discreet")
"""What Telegram may carry."""

#: Kind of data -> least, usual and most days it is kept. "people": everything of who left, counted from that day.
KEPT: Final = {"people": (365, 1095, 1825), "updates": (14, 30, 90), "notices": (30, 90, 365)}
#: How long before people are deleted by themselves it is said.
SAID_BEFORE: Final = timedelta(days=30)
#: What is decided on one page, and where it is kept: columns of a municipality, and names of its settings.
PAGES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "hours": ((), ("opening_hours", "closed")),
    "contact": (("name", "phone"), ("address",)),
    "thresholds": ((), ("thresholds",)),
    "retention": ((), ("retention",)),
    "own_line": (("emergency_phone",), ("own_line",)),
    "phases": ((), ("phases",)),
}
#: Kinds that nobody at a desk shortens or lengthens.
FIXED: Final = ("messages", "answers", "trail", "sessions", "strangers")


@dataclass(frozen=True, slots=True)
class Contact:
    """How a municipality is called and reached; the number is shown to young people."""

    name: str
    phone: str
    address: str

    def __post_init__(self) -> None:
        for field, most in LONGEST.items():
            if len(getattr(self, field)) > most:
                raise Invalid("contact_too_long", field)
        if not self.name:
            raise Invalid("contact_name", "name")
        if self.phone and not _PHONE.fullmatch(self.phone):
            raise Invalid("contact_phone", "phone")


def mark(page: str, columns: Sequence[str], settings: Mapping[str, object]) -> str:
    """What the form of a page was filled in for: the same only while nobody has decided otherwise."""
    stands = [*columns, *(settings.get(name) for name in PAGES[page][1])]
    return marks.fingerprint(json.dumps(stands, sort_keys=True))


def is_news(
    page: str,
    seen: str,
    stood: tuple[Sequence[str], Mapping[str, object]],
    chosen: tuple[Sequence[str], Mapping[str, object]],
) -> bool:
    """Whether what was chosen on a page is to be kept, as `models.domain.marks.is_news` has it."""
    return marks.is_news(seen, mark(page, *stood), mark(page, *chosen))


def kept_days(settings: Mapping[str, object], kind: str) -> int:
    """How many days a kind of data is kept in a municipality."""
    chosen = settings.get("retention")
    days = chosen.get(kind) if isinstance(chosen, dict) else None
    least, usual, most = KEPT[kind]
    return min(max(int(days), least), most) if days is not None else usual


def goes_on(settings: Mapping[str, object], left_on: date, *, follow_up: bool) -> date:
    """The day from which everything of somebody who left is deleted by itself, unless something still waits. Who said
    yes to being asked again is kept as long as may be.
    """
    days = KEPT["people"][2] if follow_up else kept_days(settings, "people")
    return left_on + timedelta(days=days)


def check_kept(days: Mapping[str, int]) -> None:
    """Raise Invalid at the kind whose days lie outside what is allowed."""
    for kind, (least, _, most) in KEPT.items():
        if not least <= days[kind] <= most:
            raise Invalid("retention_bounds", kind)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved the texts, when, and the fingerprint of exactly those."""

    fingerprint: str
    by: str
    on: date


def approval(settings: Mapping[str, object]) -> Approval | None:
    """The last approval of the texts, or None."""
    found = settings.get("texts")
    if not isinstance(found, dict):
        return None
    return Approval(str(found["fingerprint"]), str(found["by"]), date.fromisoformat(str(found["on"])))


def texts_approved(settings: Mapping[str, object], fingerprint: str) -> bool:
    """True if the texts as they are now are those that were approved."""
    found = approval(settings)
    return found is not None and found.fingerprint == fingerprint
