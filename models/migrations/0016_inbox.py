"""The inbox: canned replies, answering later, who is writing, and ten seconds in which a reply can be taken back."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import UtcDatetimeField, new_id


def _id() -> fields.CharField:
    return fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)


def _number() -> fields.BigIntField:
    return fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


def _of(table: str) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}",
        source_field=f"{table.lower()}_id",
        db_constraint=True,
        to_field="id",
        on_delete=OnDelete.CASCADE,
    )


def _instant() -> UtcDatetimeField:
    return UtcDatetimeField(generated=False, null=False, unique=False)


class Migration(migrations.Migration):
    dependencies = [("models", "0015_sign_in")]

    operations = [
        ops.AddIndex("Message", Index(fields=["municipality_id", "at"])),
        ops.AddField("Letter", "undo_until", UtcDatetimeField(null=True, generated=False, unique=False)),
        ops.AddField("Staff", "undo_sending", fields.BooleanField(default=True, db_default=True)),
        ops.AddField("Staff", "shortcuts", fields.BooleanField(default=True, db_default=True)),
        ops.CreateModel(
            name="ReplyLater",
            fields=[
                ("id", _number()),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("thread", _of("Thread")),
                ("staff", _of("Staff")),
                ("until", _instant()),
            ],
            options={
                "table": "reply_later",
                "app": "models",
                "unique_together": (("thread", "staff"),),
                "indexes": [
                    Index(fields=["staff_id", "until"]),
                    Index(fields=["municipality_id"]),
                    Index(fields=["person_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Writing",
            fields=[
                ("id", _number()),
                ("municipality", _of("Municipality")),
                ("thread", _of("Thread")),
                ("staff", _of("Staff")),
                ("at", _instant()),
            ],
            options={
                "table": "writing",
                "app": "models",
                "unique_together": (("thread", "staff"),),
                "indexes": [Index(fields=["staff_id"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CannedReply",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality")),
                ("title", fields.CharField(max_length=80)),
                ("text_da", fields.TextField(unique=False)),
                ("text_en", fields.TextField(default="", unique=False)),
                ("active", fields.BooleanField(default=True)),
                ("changed_at", _instant()),
            ],
            options={
                "table": "canned_reply",
                "app": "models",
                "indexes": [Index(fields=["municipality_id", "active"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
