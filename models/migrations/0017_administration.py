"""The duty plan, what tells staff away from the desk, local goals."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import UtcDatetimeField, new_id


def _id() -> fields.CharField:
    return fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)


def _of(table: str, source: str, **more: bool) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}", source_field=source, db_constraint=True, to_field="id", on_delete=OnDelete.CASCADE, **more
    )


def _instant() -> UtcDatetimeField:
    return UtcDatetimeField(generated=False, null=False, unique=False)


def _perhaps() -> UtcDatetimeField:
    return UtcDatetimeField(null=True, generated=False, unique=False)


class Migration(migrations.Migration):
    dependencies = [("models", "0016_inbox")]

    operations = [
        ops.AddField("Staff", "notify_mail", fields.BooleanField(default=True, db_default=True)),
        ops.AddField("Staff", "notify_sms", fields.BooleanField(default=False, db_default=False)),
        ops.AddField("Staff", "phone", fields.CharField(default="", db_default="", max_length=40)),
        ops.CreateModel(
            name="DutyDay",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality", "municipality_id")),
                ("day", fields.DateField()),
                ("rank", fields.SmallIntField()),
                ("staff", _of("Staff", "staff_id")),
            ],
            options={
                "table": "duty_day",
                "app": "models",
                "unique_together": (("municipality", "day", "rank"),),
                "indexes": [Index(fields=["staff_id", "day"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StaffNotice",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality", "municipality_id")),
                ("staff", _of("Staff", "staff_id")),
                ("person", _of("Person", "person_id", null=True)),
                ("channel", fields.CharField(max_length=8)),
                ("kind", fields.CharField(max_length=8)),
                ("about", fields.CharField(max_length=40)),
                ("state", fields.CharField(max_length=8)),
                ("reason", fields.CharField(default="", max_length=24)),
                ("tries", fields.SmallIntField(default=0)),
                ("lost", fields.SmallIntField(default=0)),
                ("next_at", _instant()),
                ("lease_until", _perhaps()),
                ("created_at", _instant()),
                ("settled_at", _perhaps()),
            ],
            options={
                "table": "staff_notice",
                "app": "models",
                "unique_together": (("staff", "channel", "kind", "about"),),
                "indexes": [Index(fields=["municipality_id", "created_at"]), Index(fields=["person_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LocalGoal",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality", "municipality_id")),
                ("title", fields.CharField(max_length=120)),
                ("measured", fields.CharField(max_length=12)),
                ("unit", fields.CharField(default="", max_length=20)),
                ("baseline", fields.FloatField(null=True)),
                ("target", fields.FloatField()),
                ("due_on", fields.DateField()),
                ("created_at", _instant()),
                ("ended_at", _perhaps()),
            ],
            options={
                "table": "local_goal",
                "app": "models",
                "indexes": [Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LocalGoalValue",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality", "municipality_id")),
                ("goal", _of("LocalGoal", "goal_id")),
                ("quarter", fields.CharField(max_length=6)),
                ("value", fields.FloatField()),
                ("entered_by_id", fields.CharField(max_length=32)),
                ("entered_at", _instant()),
            ],
            options={
                "table": "local_goal_value",
                "app": "models",
                "unique_together": (("goal", "quarter"),),
                "indexes": [Index(fields=["municipality_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
