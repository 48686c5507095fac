"""The closed loop of feedback step by step, and alerts that people close to a young person do not see."""

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
    dependencies = [("models", "0008_rhythm")]

    operations = [
        ops.AddField("Alert", "apart", fields.BooleanField(default=False, db_default=False)),
        ops.AddField("InboxUpdate", "feedback_id", fields.CharField(default="", db_default="", max_length=32)),
        ops.AddField("Feedback", "owner_id", fields.CharField(null=True, max_length=32)),
        ops.AddField("Feedback", "reopened", fields.SmallIntField(default=0, db_default=0)),
        ops.AddField("Feedback", "broken_at", UtcDatetimeField(null=True, generated=False, unique=False)),
        ops.AddField("Feedback", "receipt_letter_id", fields.BigIntField(null=True)),
        ops.CreateModel(
            name="FeedbackStep",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("feedback", _of("Feedback")),
                ("deed", fields.CharField(max_length=16)),
                ("words_sealed", SealedField(null=True)),
                ("staff_id", fields.CharField(null=True, max_length=32)),
                ("at", UtcDatetimeField(generated=False, null=False, unique=False)),
            ],
            options={
                "table": "feedback_step",
                "app": "models",
                "indexes": [
                    Index(fields=["feedback_id", "at"]),
                    Index(fields=["person_id"]),
                    Index(fields=["municipality_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
