"""Check-ins a person steers: single answers shared, questions never asked again, reminders off, what a pulse follows."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import UtcDatetimeField, new_id


def _of(table: str) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}",
        source_field=f"{table.lower()}_id",
        db_constraint=True,
        to_field="id",
        on_delete=OnDelete.CASCADE,
    )


class Migration(migrations.Migration):
    dependencies = [("models", "0007_offers_meetings")]

    operations = [
        ops.AddField("Person", "reminders", fields.BooleanField(default=True, db_default=True)),
        ops.AddField("CheckIn", "event", fields.CharField(default="", db_default="", max_length=16)),
        ops.AddIndex("CheckIn", Index(fields=["about"])),
        ops.AddField("Answer", "shared_at", UtcDatetimeField(null=True, generated=False, unique=False)),
        # A check-in was shared as a whole until now.
        ops.RunSQL(
            "UPDATE answer SET shared_at = (SELECT c.shared_at FROM check_in c WHERE c.id = answer.check_in_id)",
            "UPDATE check_in SET shared_at = (SELECT MAX(a.shared_at) FROM answer a WHERE a.check_in_id = check_in.id)",
        ),
        ops.RemoveField("CheckIn", "shared_at"),
        ops.CreateModel(
            name="NotAsked",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("instrument", fields.CharField(max_length=16)),
                ("item", fields.CharField(default="", max_length=24)),
                ("at", UtcDatetimeField(generated=False, null=False, unique=False)),
            ],
            options={
                "table": "not_asked",
                "app": "models",
                "unique_together": (("person", "instrument", "item"),),
                "indexes": [Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
