"""One call as a handler gets it, and one line of the table of operations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from backend.api.schemas import Record, Schema, Wrong
from backend.context import Desk
from models.actions.api import Answer
from models.domain.staff import Viewer


class Moved(Exception):
    """The resource is not what the caller has seen (If-Match)."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks for what: everything checked. `match` is the ETag they have seen, "" where they name none.

    `once` names a POST among all of this token's: a hash of the caller's key.
    """

    viewer: Viewer
    desk: Desk
    language: str
    ids: Mapping[str, str]
    query: Mapping[str, Any] = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    match: str
    once: str

    @property
    def now(self) -> datetime:
        """Hørt's clock."""
        return self.desk.now


Handler: TypeAlias = Callable[[Call], Awaitable[Answer]]
Deed: TypeAlias = Callable[[], Awaitable[Answer]]
Preparing: TypeAlias = Callable[[Call], Awaitable[Deed]]


class Match(StrEnum):
    """Whether a deed asks which state of the resource the caller has seen."""

    NONE = "none"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the table: what is asked with which method at which path, who may, and what comes back.

    `needs` names what its query cannot do without. `house`: the deed changes rows of two municipalities, or of none.
    `tagged`: the answer carries an ETag. `slow`: the handler prepares what takes seconds, outside any transaction, and
    returns the deed.
    """

    method: str
    path: str
    name: str
    handler: Handler | Preparing
    may: str
    answer: Schema | None
    status: int = 200
    body: Record | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    match: Match = Match.NONE
    house: bool = False
    tagged: bool = False
    slow: bool = False

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    @property
    def tag(self) -> str:
        """The resource it belongs to."""
        return self.path.split("/")[1]


def etag(body: Any) -> str:
    """What names this state of a resource."""
    plain = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return f'"{hashlib.sha256(plain.encode()).hexdigest()[:32]}"'


def as_seen(call: Call, current: str) -> None:
    """Raise Moved where the caller names another state than the current one."""
    if call.match and call.match != current:
        raise Moved


def ok(body: Any, **headers: str) -> Answer:
    """An answer with a body."""
    return Answer(200, body, {name.replace("_", "-"): value for name, value in headers.items()})


def made(body: Any) -> Answer:
    """Something new is there."""
    return Answer(201, body)


def done() -> Answer:
    """It is done, and there is nothing to say."""
    return Answer(204, None)


def moment(at: datetime | None) -> str | None:
    """An instant as RFC 3339 with its offset."""
    return None if at is None else at.isoformat(timespec="milliseconds")


def day(on: date | None) -> str | None:
    """A date."""
    return None if on is None else on.isoformat()


def unusable(field_name: str, code: str) -> Wrong:
    """A field that fits the schema and still cannot be used."""
    return Wrong((f"/{field_name}", code))
