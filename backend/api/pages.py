"""Pages of a list: a cursor says after what to go on, and means the same when rows have come in between."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from backend.api.calls import Call
from backend.api.schemas import Many, Perhaps, Record, Schema, Whole, Wrong, a_cursor

T = TypeVar("T")

MOST: Final = 100
LIMIT: Final = Whole(1, MOST)
CURSOR: Final = a_cursor()
#: Longer than the place of any row in any list.
_LONGEST: Final = 100


def a_page(name: str, of: Schema) -> Record:
    """The answer of a list: its items, and the cursor of the page after it, or null."""
    return Record(name, {"items": Many(of, MOST), "next": Perhaps(CURSOR)})


def after(call: Call) -> str:
    """What the cursor of a call stands for; "" at the beginning. Raises Wrong for one that nobody gave."""
    given = call.query.get("cursor", "")
    try:
        said = urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode("ascii")
    except ValueError:
        raise Wrong(("/cursor", "cursor_unreadable")) from None
    if len(said) > _LONGEST or not said.isprintable():
        raise Wrong(("/cursor", "cursor_unreadable"))
    return said


def cut(items: Sequence[T], limit: int, key: Callable[[T], str]) -> dict[str, Any]:
    """A page out of one item more than it takes."""
    page = list(items[:limit])
    more = len(items) > limit
    return {"items": page, "next": urlsafe_b64encode(key(page[-1]).encode()).decode().rstrip("=") if more else None}


def place(at: datetime, *parts: str) -> str:
    """Where something stands in the order of time: the same for the same thing, whatever comes beside it."""
    return "|".join((at.isoformat(timespec="microseconds"), *parts))
