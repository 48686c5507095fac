"""The engine: who is told that an update waits or a letter is due. The rows are the truth; the engine only calls.

Embedded (one process, or several that look by themselves): the loops of this process are woken after the commit, and
look once a second anyway. On PostgreSQL Procrastinate (`models.jobs`): a job is deferred in the same transaction as the
row, so that what is committed is called for, in whatever process has a hand free.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from models.transactions import after_commit

#: Letters up to this rank (crisis, staff reply, direct answer) never queue behind what can wait.
URGENT_RANK = 2


@dataclass(frozen=True, slots=True)
class Call:
    """One row to be worked on. Ids only: `lock` names a person or chat by its id or keyed index."""

    row_id: int
    bot: str
    lock: str
    rank: int = 0
    delay: timedelta = timedelta(0)


class Engine(Protocol):
    """What a deed tells about its rows, inside its transaction."""

    async def updates(self, calls: Sequence[Call]) -> None:
        """These updates wait to be processed."""
        ...

    async def letters(self, calls: Sequence[Call]) -> None:
        """These letters are due, each after its delay."""
        ...

    async def thaw(self, bot: str, delay: timedelta) -> None:
        """The bot is frozen; after `delay` its letters may go on."""
        ...

    async def recall(self, bot: str | None, now: int, limit: int) -> int:
        """Call again for rows that are due (by `now`, microseconds) and nobody works on; returns how many."""
        ...


#: What a job does with its row: (bot, row id). Raises when it could not; the row is then called for again.
Handler = Callable[[str, int], Awaitable[None]]


class Workers(Protocol):
    """The hands of one process, for an engine that has jobs."""

    async def start(self, seen: Callable[[str], Awaitable[None]] | None = None) -> None:
        """Begin; `seen` is told of each sign of life, with the name of its queue."""
        ...

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand."""
        ...

    def silence(self) -> float:
        """For how many seconds there has been no sign of life from the quietest queue."""
        ...


class Deferring(Engine, Protocol):
    """An engine with jobs, which any process may take."""

    def workers(self, handlers: dict[str, Handler], bots: Sequence[str]) -> Workers:
        """Hands of this process for these bots: one handler for each kind of job ("update", "letter", "thaw")."""
        ...


class Embedded:
    """The engine of one process: wakes its loops after the commit."""

    async def updates(self, calls: Sequence[Call]) -> None:
        """Wake the dispatcher."""
        _announce(_received)

    async def letters(self, calls: Sequence[Call]) -> None:
        """Wake the senders."""
        _announce(_posted)

    async def thaw(self, bot: str, delay: timedelta) -> None:
        """Nothing: the senders look again by themselves."""

    async def recall(self, bot: str | None, now: int, limit: int) -> int:
        """Nothing: the loops read what is due from the rows."""
        return 0


_received: list[Callable[[], Any]] = []
_posted: list[Callable[[], Any]] = []
_expected: list[Callable[[], Any]] = []
_engine: Embedded | Deferring = Embedded()


def install(engine: Embedded | Deferring) -> None:
    """Let `engine` be told from now on, in this process."""
    global _engine  # noqa: PLW0603 (one engine per process, installed when the database opens)
    _engine = engine


def engine() -> Embedded | Deferring:
    """The engine of this process."""
    return _engine


def on_received(wake: Callable[[], Any]) -> None:
    """Call `wake` after each commit that put an update into the inbox, in this process."""
    _received.append(wake)


def on_posted(wake: Callable[[], Any]) -> None:
    """Call `wake` after each commit that made a letter due, in this process."""
    _posted.append(wake)


def on_expected(wake: Callable[[], Any]) -> None:
    """Call `wake` after each commit that left a file to be fetched, in this process."""
    _expected.append(wake)


def expected() -> None:
    """A file is to be fetched. Whichever process has a hand free reads that from the rows; this one hears of it."""
    _announce(_expected)


def forget(wake: Callable[[], Any]) -> None:
    """Undo `on_received`, `on_posted` and `on_expected`."""
    for wakers in (_received, _posted, _expected):
        if wake in wakers:
            wakers.remove(wake)


def _announce(wakers: list[Callable[[], Any]]) -> None:
    for wake in wakers:
        after_commit(wake)
