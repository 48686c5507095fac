"""Everything that is sealed, opened with the keys that are there: what must be the same before and after."""

from __future__ import annotations

from typing import Any

from tortoise import Tortoise

from models.tables.fields import SealedField
from models.tables.keys import Vault, house_vault, municipality_vault, vaults
from models.tables.messages import Message
from models.tables.register import Municipality
from models.tables.staff import codes_vault
from models.transactions import HOUSE, Scoped, reading
from tests.actions.rows import Dump, select

#: The keys themselves, which are renewed; all else must open.
KEY_TABLES = {"house_key", "municipality_key", "person_key"}

Clear = dict[tuple[str, str, str], str]


@reading
async def everything(scope: Scoped) -> Clear:
    """Table, column and key of every sealed field, with what it says. Raises Unreadable when one does not open."""
    people: dict[str, Vault] = {}
    places: dict[str, Vault] = {}
    for municipality in await Municipality.all():
        people |= await vaults(municipality.id)
        places[municipality.id] = await municipality_vault(municipality.id)
    clear: Clear = {}
    for models in (Tortoise.apps or {}).values():
        for model in models.values():
            table = model._meta.db_table
            if table in KEY_TABLES:
                continue
            sealed = [name for name, field in model._meta.fields_map.items() if isinstance(field, SealedField)]
            for row in await model.all() if sealed else []:
                for column in sealed:
                    blob = getattr(row, column)
                    if blob is not None:
                        owner = await _owner(table, column, row, people, places)
                        name = column.removesuffix("_sealed")
                        clear[table, column, str(row.pk)] = owner.open(table, name, _row(table, row), blob)
    return clear


async def look() -> Clear:
    """The same, in the scope of the house."""
    return await everything(HOUSE)


async def rows_of(person_id: str) -> list[str]:
    """The ids of everything a person has, by which other rows could still name it."""
    ids: list[str] = []
    for table in ("message", "thread", "check_in", "offer", "link", "invitation", "alert", "feedback", "attachment"):
        ids += [row["id"] for row in await select(f"SELECT id FROM {table} WHERE person_id = ?", person_id)]  # noqa: S608
    return ids


def without(content: Dump, *needles: str) -> Dump:
    """The rows in which none of these stands, of everything but the trail, the erasure ledger and what the systems of a
    municipality are told (opaque ids, for a week), which only grow.

    The shells of updates (bot, number, an empty chat) are left out too.
    """
    return {
        table: [
            row
            for row in rows
            if not any(needle in repr(row) for needle in needles) and not (table == "inbox_update" and row[3] == "")
        ]
        for table, rows in content.items()
        if table not in {"trail_entry", "erasure", "webhook_delivery"}
    }


async def _owner(table: str, column: str, row: Any, people: dict[str, Vault], places: dict[str, Vault]) -> Vault:
    if table in {"measured", "panel_measured", "webhook"}:
        return places[row.municipality_id]
    if (table, column) in {("joining", "chat_sealed"), ("letter", "chat_sealed"), ("idempotency_key", "answer_sealed")}:
        return house_vault()
    if table in {"second_factor", "staff_session"}:
        return codes_vault()
    if table == "inbox_update" and row.person_id is None:
        return house_vault()
    if table == "message_version":
        return people[(await Message.get(id=row.message_id)).person_id]
    return people[row.id if table == "person" else row.person_id]


def _row(table: str, row: Any) -> object:
    named = {
        "answer": ("check_in_id", "item"), "attachment_part": ("attachment_id", "number"),
        "inbox_update": ("bot", "update_id"), "panel_answer": ("answering_id", "question"),
    }  # fmt: skip
    if table in {"joining", "letter"}:
        return row.chat_index
    return ":".join(str(getattr(row, one)) for one in named[table]) if table in named else row.pk
