"""The case file: what was decided about each record, and what was handed over."""

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


def _id() -> fields.CharField:
    return fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)


def _at() -> UtcDatetimeField:
    return UtcDatetimeField(generated=False, unique=False)


class Migration(migrations.Migration):
    dependencies = [("models", "0018_surveys")]

    operations = [
        ops.CreateModel(
            name="RecordDecision",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("kind", fields.CharField(max_length=8)),
                ("record_id", fields.CharField(max_length=32)),
                ("record_at", _at()),
                ("edition", fields.SmallIntField(default=0)),
                ("choice", fields.CharField(max_length=4)),
                ("theme", fields.CharField(default="", max_length=16)),
                ("theme_sealed", SealedField(null=True)),
                ("staff_id", fields.CharField(max_length=32)),
                ("at", _at()),
                ("hand_over_id", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "record_decision",
                "app": "models",
                "unique_together": (("record_id", "edition"),),
                "indexes": [
                    Index(fields=["person_id", "choice"]),
                    Index(fields=["person_id", "edition", "record_at"]),
                    Index(fields=["municipality_id"]),
                    Index(fields=["hand_over_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseHandOver",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("number", fields.IntField()),
                ("staff_id", fields.CharField(max_length=32)),
                ("at", _at()),
                ("records", fields.IntField()),
                ("size", fields.BigIntField()),
                ("fingerprint", fields.CharField(max_length=64)),
            ],
            options={
                "table": "case_hand_over",
                "app": "models",
                "unique_together": (("person", "number"),),
                "indexes": [Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
