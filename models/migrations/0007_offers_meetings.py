"""Offers widened: wishes from the range, what a revision changed, meetings."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField, UtcDatetimeField, new_id


def _of(table: str, column: str, *, null: bool = False) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}",
        source_field=column,
        db_constraint=True,
        to_field="id",
        null=null,
        on_delete=OnDelete.SET_NULL if null else OnDelete.CASCADE,
    )


def _key() -> fields.CharField:
    return fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)


def _at(*, null: bool = False) -> UtcDatetimeField:
    return UtcDatetimeField(null=null, generated=False, unique=False)


class Migration(migrations.Migration):
    dependencies = [("models", "0006_rights")]

    operations = [
        ops.AddField("RangeOffer", "purpose", fields.CharField(default="", db_default="", max_length=400)),
        ops.AddField("Offer", "wish_id", fields.CharField(default="", db_default="", max_length=32)),
        ops.AddField("OfferEvent", "before_sealed", SealedField(null=True)),
        ops.AddField("OfferEvent", "message_id", fields.CharField(default="", db_default="", max_length=32)),
        ops.AddField("Person", "meeting_reminders", fields.BooleanField(default=True, db_default=True)),
        ops.CreateModel(
            name="Wish",
            fields=[
                ("id", _key()),
                ("municipality", _of("Municipality", "municipality_id")),
                ("person", _of("Person", "person_id")),
                ("range_offer", _of("RangeOffer", "range_offer_id")),
                ("message_id", fields.CharField(default="", max_length=32)),
                ("words_sealed", SealedField(null=True)),
                ("state", fields.CharField(max_length=16)),
                ("answer_sealed", SealedField(null=True)),
                ("staff_id", fields.CharField(null=True, max_length=32)),
                ("made_at", _at()),
                ("settled_at", _at(null=True)),
            ],
            options={
                "table": "wish",
                "app": "models",
                "indexes": [
                    Index(fields=["person_id", "made_at"]),
                    Index(fields=["municipality_id", "state"]),
                    Index(fields=["range_offer_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Meeting",
            fields=[
                ("id", _key()),
                ("municipality", _of("Municipality", "municipality_id")),
                ("person", _of("Person", "person_id")),
                ("offer", _of("Offer", "offer_id", null=True)),
                ("made_by", _of("Staff", "made_by_id", null=True)),
                ("content_sealed", SealedField()),
                ("starts_at", _at()),
                ("ends_at", _at()),
                ("state", fields.CharField(max_length=16)),
                ("sequence", fields.SmallIntField(default=0)),
                ("made_at", _at()),
                ("told_at", _at()),
                ("remind_at", _at(null=True)),
                ("reminded_at", _at(null=True)),
                ("cannot_at", _at(null=True)),
                ("topics_sealed", SealedField(null=True)),
                ("topics_at", _at(null=True)),
                ("agreed_sealed", SealedField(null=True)),
                ("agreed_at", _at(null=True)),
                ("agreed_by", fields.CharField(default="", max_length=32)),
                ("agreed_version", fields.SmallIntField(default=0)),
                ("verdict", fields.CharField(default="", max_length=16)),
            ],
            options={
                "table": "meeting",
                "app": "models",
                "indexes": [
                    Index(fields=["person_id", "starts_at"]),
                    Index(fields=["municipality_id", "state"]),
                    Index(fields=["offer_id"]),
                    Index(fields=["made_by_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MeetingEvent",
            fields=[
                ("id", _key()),
                ("municipality", _of("Municipality", "municipality_id")),
                ("person", _of("Person", "person_id")),
                ("meeting", _of("Meeting", "meeting_id")),
                ("deed", fields.CharField(max_length=24)),
                ("words_sealed", SealedField(null=True)),
                ("message_id", fields.CharField(default="", max_length=32)),
                ("staff_id", fields.CharField(null=True, max_length=32)),
                ("at", _at()),
            ],
            options={
                "table": "meeting_event",
                "app": "models",
                "indexes": [
                    Index(fields=["meeting_id", "at"]),
                    Index(fields=["person_id"]),
                    Index(fields=["municipality_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
