"""Looking into the tables, and around them: what a test reads and writes without a deed, in the scope of the house."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from tortoise.models import Model

from models.actions import letters
from models.actions.letters import Taken
from models.domain import delivery
from models.transactions import HOUSE, Scope, atomic, dialect, execute, reading
from models.transactions import rows as raw

M = TypeVar("M", bound=Model)

Dump = dict[str, list[tuple[Any, ...]]]


async def found(model: type[M], *order: str, **filters: Any) -> list[M]:
    """The rows of a table that match, in the order of these columns (the key when none is given)."""

    @reading
    async def look(scope: Scope) -> list[M]:
        return await model.filter(**filters).order_by(*(order or (model._meta.pk_attr,)))

    return await look(HOUSE)


async def one(model: type[M], **filters: Any) -> M:
    """The only row that matches."""
    rows = await found(model, **filters)
    assert len(rows) == 1, f"{len(rows)} rows of {model.__name__}"
    return rows[0]


async def count(model: type[Model], **filters: Any) -> int:
    """How many rows match."""
    return len(await found(model, **filters))


async def change(model: type[Model], where: dict[str, Any], **values: Any) -> int:
    """Change rows behind the deeds' back."""

    @atomic
    async def write(scope: Scope) -> int:
        return await model.filter(**where).update(**values)

    return await write(HOUSE)


async def add(row: M) -> M:
    """Save a row behind the deeds' back."""

    @atomic
    async def write(scope: Scope) -> None:
        await row.save()

    await write(HOUSE)
    return row


async def sql(statement: str, *values: object) -> int:
    """Run a raw statement."""

    @atomic
    async def write(scope: Scope) -> int:
        return await execute(statement, *values)

    return await write(HOUSE)


async def select(statement: str, *values: object) -> list[dict[str, Any]]:
    """The rows of a raw query."""

    @reading
    async def look(scope: Scope) -> list[dict[str, Any]]:
        return await raw(statement, *values)

    return await look(HOUSE)


async def tables() -> list[str]:
    """The names of all our tables."""
    if dialect() == "sqlite":
        names = await select("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    else:
        names = await select("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    return sorted(row["name"] for row in names if not row["name"].startswith(("tortoise", "procrastinate")))


async def dump(*, without: tuple[str, ...] = ()) -> Dump:
    """Everything in the database, table by table, rows in a fixed order."""
    content: Dump = {}
    for table in await tables():
        if table in without:
            continue
        rows = await select(f'SELECT * FROM "{table}"')  # noqa: S608 (names from the catalogue)
        content[table] = sorted((tuple(_plain(value) for value in row.values()) for row in rows), key=repr)
    return content


async def nothing_to_see(taken: Taken) -> tuple[str, list[list[str]]]:
    """A renderer that says the letter's kind and has one button."""
    return taken.kind, [["go"]]


async def take(letter_id: int, now: datetime) -> Taken | None:
    """Take one letter as a sender would; None when it is not to be sent, or not yet."""
    taken = await letters.take(HOUSE, letter_id, nothing_to_see, now=now, real_now=now)
    return taken if isinstance(taken, Taken) else None


async def deliver(now: datetime, *, bot: str = "webchat", outcome: delivery.Outcome | None = None) -> list[str]:
    """Send everything that is due until nothing is; returns the kinds in the order they went."""
    sent: list[str] = []
    while due := await letters.due(HOUSE, bot=bot, now=now):
        for letter in due:
            taken = await take(letter.letter_id, now)
            if taken is not None:
                sent.append(taken.kind)
                await letters.settle(HOUSE, taken.letter_id, outcome or delivery.Sent(1000 + taken.letter_id), now=now)
    return sent


def _plain(value: object) -> object:
    if isinstance(value, memoryview):
        return bytes(value)
    return repr(value) if isinstance(value, dict | list) else value
