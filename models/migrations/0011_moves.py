"""New caseworkers, turning 23, moving municipality, chats shut out and words kept apart, easier Danish."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField, UtcDatetimeField, new_id


def _id() -> fields.CharField:
    return fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)


def _of(table: str, source: str = "", **more: str) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}",
        source_field=source or f"{table.lower()}_id",
        db_constraint=True,
        to_field="id",
        on_delete=OnDelete.CASCADE,
        **more,
    )


def _instant() -> UtcDatetimeField:
    return UtcDatetimeField(generated=False, null=False, unique=False)


def _perhaps() -> UtcDatetimeField:
    return UtcDatetimeField(null=True, generated=False, unique=False)


class Migration(migrations.Migration):
    dependencies = [("models", "0010_panels")]

    operations = [
        ops.AddField("Person", "easy", fields.BooleanField(default=False, db_default=False)),
        ops.AddField("Person", "moved_at", _perhaps()),
        ops.AddField("Joining", "easy", fields.BooleanField(default=False, db_default=False)),
        ops.AddField("Joining", "kept_until", _perhaps()),
        ops.AddField("Link", "closed_why", fields.CharField(default="", db_default="", max_length=16)),
        ops.AddField("Link", "barred_at", _perhaps()),
        ops.AddField("Staff", "hello", fields.CharField(default="", db_default="", max_length=300)),
        ops.CreateModel(
            name="Stray",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("link_id", fields.CharField(max_length=32)),
                ("kind", fields.CharField(max_length=12)),
                ("body_sealed", SealedField()),
                ("at", _instant()),
                ("apart_at", _instant()),
                ("seen_by_id", fields.CharField(null=True, max_length=32)),
            ],
            options={
                "table": "stray",
                "app": "models",
                "indexes": [Index(fields=["person_id", "at"]), Index(fields=["municipality_id", "seen_by_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Handover",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("from_staff_id", fields.CharField(null=True, max_length=32)),
                ("to_staff_id", fields.CharField(max_length=32)),
                ("by_staff_id", fields.CharField(max_length=32)),
                ("why_sealed", SealedField(null=True)),
                ("at", _instant()),
            ],
            options={
                "table": "handover",
                "app": "models",
                "indexes": [Index(fields=["person_id", "at"]), Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FollowUp",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality")),
                (
                    "person",
                    fields.OneToOneField(
                        "models.Person", source_field="person_id", db_constraint=True, to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("contact_sealed", SealedField(null=True)),
                ("asked_at", _instant()),
            ],
            options={
                "table": "follow_up",
                "app": "models",
                "indexes": [Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Transfer",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("to_municipality", _of("Municipality", "to_municipality_id", related_name="transfers_in")),
                ("state", fields.CharField(max_length=12)),
                ("offered_by_id", fields.CharField(max_length=32)),
                ("offered_at", _instant()),
                ("decided_by_id", fields.CharField(null=True, max_length=32)),
                ("decided_at", _perhaps()),
                ("new_person_id", fields.CharField(null=True, max_length=32)),
            ],
            options={
                "table": "transfer",
                "app": "models",
                "indexes": [
                    Index(fields=["person_id"]),
                    Index(fields=["municipality_id"]),
                    Index(fields=["to_municipality_id", "state"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
