"""Everything there is about one young person, table by table, opened: for the one it is about and nobody else.

The tables are asked what they hold of a person, so a table that is new is in it by itself. What is kept back, and why,
stands in `models.domain.rights`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from tortoise import Tortoise
from tortoise.expressions import Q
from tortoise.models import Model

from models.domain import media, rights
from models.domain.localtime import local_date
from models.queries.conversation import Whose
from models.queries.rights import _staff_names
from models.tables.attachments import Attachment
from models.tables.consent import Stray
from models.tables.fields import SealedField
from models.tables.keys import Vault, vault
from models.tables.messages import MessageVersion
from models.tables.offers import RangeOffer
from models.tables.register import Municipality, Person
from models.transactions import reading

#: Sealed documents: JSON, not words.
_DOCUMENTS = frozenset({
    ("offer", "content"), ("offer_event", "before"), ("meeting", "content"), ("check_in", "score"), ("answer", "code"),
    ("panel_answer", "value"), ("panel_answering", "draft"),
})  # fmt: skip
#: Rows whose seal is bound to something else than their id.
_NAMED_BY = {"answer": ("check_in_id", "item"), "panel_answer": ("answering_id", "question")}
#: What is not said to a young person yet, or was never meant for them.
_INTERNAL = {"message": ("direction", "note"), "offer": ("state", "draft")}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Everything:
    """All of it. `tables`: each table's rows, oldest first, with plain values, instants, and names for staff."""

    name: str
    municipality: str
    phone: str
    tables: dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that is handed out. `name`: what it is called in its zip, and in the list. `kind`: photo, audio, video or
    document."""

    attachment_id: str
    name: str
    kind: str
    size: int
    at: datetime


@reading
async def files(whose: Whose) -> list[Listed]:
    """Every file that was kept of what the person has sent and what was sent to them, the oldest first."""
    opened = await vault(whose.municipality_id, whose.person_id)
    return [
        Listed(
            row.id,
            rights.bundled_name(
                number, local_date(row.created_at), opened.open("attachment", "name", row.id, row.name_sealed)
            ),
            media.kind_of(row.mime), row.size, row.created_at,
        )
        for number, row in enumerate(await _files(whose, await _ids_of_drafts(whose)), 1)
        if row.state == "kept" and row.name_sealed
    ]  # fmt: skip


@reading
async def everything(whose: Whose) -> Everything:
    """Everything about the person that is handed out. Raises DoesNotExist for somebody who is erased."""
    person = await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)
    municipality = await Municipality.get(id=whose.municipality_id)
    opened = await vault(person.municipality_id, person.id)
    names = await _staff_names(person.municipality_id)
    ranged = await RangeOffer.filter(municipality_id=person.municipality_id).values_list("id", "title")
    names |= {str(key): str(title) for key, title in ranged}
    tables: dict[str, list[Row]] = {}
    for table, model in sorted(tables_of_a_person().items()):
        if rights.handed_out(table):
            tables[table] = await _table(model, whose, opened, names)
    drafts = await _ids_of_drafts(whose)
    tables["offer_event"] = [row for row in tables["offer_event"] if row["offer_id"] not in drafts]
    tables["attachment"] = await _listed(tables["attachment"], whose, drafts)
    await _earlier_versions(tables["message"], whose, opened)
    return Everything(
        opened.open("person", "name", person.id, person.name_sealed), municipality.name, municipality.phone, tables
    )


def tables_of_a_person() -> dict[str, type[Model]]:
    """Every table with rows of a person, asked of the tables themselves; the person's own among them."""
    return {
        model._meta.db_table: model
        for models in (Tortoise.apps or {}).values()
        for model in models.values()
        if "person_id" in model._meta.fields_db_projection.values() or model._meta.db_table == "person"
    }


async def _table(model: type[Model], whose: Whose, opened: Vault, names: dict[str, str]) -> list[Row]:
    table = model._meta.db_table
    which = {"id" if table == "person" else "person_id": whose.person_id, "municipality_id": whose.municipality_id}
    found = model.filter(**which)
    if table in _INTERNAL:
        column, value = _INTERNAL[table]
        found = found.exclude(**{column: value})
    sealed = {name for name, field in model._meta.fields_map.items() if isinstance(field, SealedField)}
    rows = [
        {
            column.removesuffix("_sealed") if column in sealed else column: _value(table, column, row, sealed, opened)
            for column in row
            if rights.column_handed_out(table, column)
        }
        for row in await found.values()
    ]
    named = [{column: names.get(value, value) if _is_id(value) else value for column, value in r.items()} for r in rows]
    return sorted(named, key=_when)


def _value(table: str, column: str, row: Row, sealed: set[str], opened: Vault) -> Any:
    value = row[column]
    if column not in sealed or value is None:
        return value
    name = column.removesuffix("_sealed")
    key = ":".join(str(row[one]) for one in _NAMED_BY.get(table, ("id",)))
    clear = opened.open(table, name, key, value)
    return json.loads(clear) if (table, name) in _DOCUMENTS else clear


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) == 32


def _when(row: Row) -> tuple[datetime, str]:
    """The first instant of a row orders it."""
    found = [value for value in row.values() if isinstance(value, datetime)]
    return min(found) if found else _NEVER, str(row.get("id", ""))


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


async def _ids_of_drafts(whose: Whose) -> set[str]:
    offers = tables_of_a_person()["offer"]
    found = await offers.filter(person_id=whose.person_id, state="draft").values_list("id", flat=True)
    return {str(one) for one in found}


async def _files(whose: Whose, drafts: set[str]) -> list[Attachment]:
    """Files of both directions, whatever became of them; what staff have chosen and not sent is theirs still, and
    what a stranger sent is not the person's."""
    found = Attachment.filter(person_id=whose.person_id, municipality_id=whose.municipality_id)
    rows = await found.exclude(Q(direction="out", message_id="", about="")).order_by("created_at", "id")
    apart = {str(one) for one in await Stray.filter(person_id=whose.person_id).values_list("id", flat=True)}
    return [row for row in rows if row.about not in drafts and not {row.message_id, row.about} & apart]


async def _listed(rows: list[Row], whose: Whose, drafts: set[str]) -> list[Row]:
    """The list of files in their order, each with what it is called in the zip; "" where there is nothing to hand
    out."""
    of_this = {row["id"]: row for row in rows}
    names = {one.attachment_id: one.name for one in await files(whose)}
    return [{**of_this[row.id], "file": names.get(row.id, "")} for row in await _files(whose, drafts)]


async def _earlier_versions(messages: list[Row], whose: Whose, opened: Vault) -> None:
    """Both versions of what was edited: the earlier ones stand with their message."""
    of_this = {row["id"]: row for row in messages}
    for version in await MessageVersion.filter(message__person_id=whose.person_id).order_by("replaced_at"):
        row = of_this.get(version.message_id)
        if row is not None:
            said = opened.open("message_version", "body", version.id, version.body_sealed)
            cast(list[Any], row.setdefault("earlier", [])).append({"body": said, "replaced_at": version.replaced_at})
