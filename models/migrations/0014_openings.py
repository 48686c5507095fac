"""Opening somebody who is not one's own: with a reason, for a while, told to the coordinator."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField, UtcDatetimeField, new_id


def _of(table: str) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}",
        source_field=f"{table.lower()}_id",
        db_constraint=True,
        to_field="id",
        on_delete=OnDelete.CASCADE,
    )


def _instant(*, perhaps: bool = False) -> UtcDatetimeField:
    return UtcDatetimeField(null=perhaps, generated=False, unique=False)


class Migration(migrations.Migration):
    dependencies = [("models", "0013_meeting_ends")]

    operations = [
        ops.CreateModel(
            name="Opening",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("staff_id", fields.CharField(max_length=32)),
                ("why_sealed", SealedField()),
                ("opened_at", _instant()),
                ("ends_at", _instant()),
                ("closed_at", _instant(perhaps=True)),
                ("seen_by_id", fields.CharField(null=True, max_length=32)),
            ],
            options={
                "table": "opening",
                "app": "models",
                "indexes": [
                    Index(fields=["person_id", "staff_id"]),
                    Index(fields=["municipality_id", "seen_by_id"]),
                    Index(fields=["closed_at", "ends_at"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
