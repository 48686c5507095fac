"""Files of a young person's case: voice, pictures, documents, sealed in pieces."""

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


class Migration(migrations.Migration):
    dependencies = [("models", "0003_keys_and_erasure")]

    operations = [
        ops.CreateModel(
            name="Attachment",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("message_id", fields.CharField(default="", max_length=32)),
                ("about", fields.CharField(default="", max_length=32)),
                ("direction", fields.CharField(max_length=4)),
                ("kind", fields.CharField(max_length=16)),
                ("state", fields.CharField(max_length=8)),
                ("reason", fields.CharField(default="", max_length=24)),
                ("name_sealed", SealedField(null=True)),
                ("file_sealed", SealedField(null=True)),
                ("bot", fields.CharField(default="", max_length=16)),
                ("mime", fields.CharField(default="", max_length=80)),
                ("size", fields.BigIntField(default=0)),
                ("seconds", fields.IntField(null=True)),
                ("staff_id", fields.CharField(null=True, max_length=32)),
                ("tries", fields.SmallIntField(default=0)),
                ("next_at", UtcDatetimeField(generated=False, null=False, unique=False)),
                ("created_at", UtcDatetimeField(generated=False, null=False, unique=False)),
                ("kept_at", UtcDatetimeField(null=True, generated=False, unique=False)),
            ],
            options={
                "table": "attachment",
                "app": "models",
                "indexes": [
                    Index(fields=["person_id", "created_at"]),
                    Index(fields=["municipality_id", "state"]),
                    Index(fields=["message_id"]),
                    Index(fields=["about"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AttachmentPart",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("attachment", _of("Attachment")),
                ("number", fields.IntField()),
                ("content_sealed", SealedField()),
            ],
            options={
                "table": "attachment_part",
                "app": "models",
                "unique_together": (("attachment", "number"),),
                "indexes": [Index(fields=["person_id"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
