"""How many reminders a panel survey sends; check-in plans, and which rhythms follow one or were chosen."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import UtcDatetimeField, new_id


def _of(table: str, *, perhaps: bool = False) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}",
        source_field=f"{table.lower()}_id",
        db_constraint=True,
        to_field="id",
        null=perhaps,
        on_delete=OnDelete.CASCADE,
    )


class Migration(migrations.Migration):
    dependencies = [("models", "0017_administration")]

    operations = [
        ops.AddField("PanelSendout", "reminders", fields.SmallIntField(default=2, db_default=2)),
        ops.AddField("Rhythm", "plan", fields.CharField(default="", db_default="", max_length=32)),
        ops.AddField("Rhythm", "chosen", fields.BooleanField(default=False, db_default=False)),
        ops.CreateModel(
            name="CheckInPlan",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)),
                ("municipality", _of("Municipality")),
                ("person", _of("Person", perhaps=True)),
                ("series", fields.CharField(max_length=32)),
                ("version", fields.SmallIntField()),
                ("instrument", fields.CharField(max_length=16)),
                ("weeks", fields.SmallIntField()),
                ("whom", fields.CharField(max_length=8)),
                ("starts_on", fields.DateField()),
                ("state", fields.CharField(max_length=8)),
                ("at", UtcDatetimeField(generated=False, unique=False)),
                ("ended_at", UtcDatetimeField(null=True, generated=False, unique=False)),
            ],
            options={
                "table": "check_in_plan",
                "app": "models",
                "unique_together": (("series", "version"),),
                "indexes": [Index(fields=["municipality_id", "state"]), Index(fields=["person_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
