"""The register kept by hand and by file, the plan's goals, progress, follow-up, contacts; price and capacity of offers."""

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


def _at(*, null: bool = False) -> UtcDatetimeField:
    return UtcDatetimeField(null=null, generated=False, unique=False)


def _table(name: str, table: str, columns: list[tuple[str, fields.Field]], *indexes: list[str]) -> ops.CreateModel:
    key = fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)
    return ops.CreateModel(
        name=name,
        fields=[("id", key), ("municipality", _of("Municipality")), ("person", _of("Person")), *columns],
        options={
            "table": table,
            "app": "models",
            "indexes": [Index(fields=list(one)) for one in indexes],
            "pk_attr": "id",
        },
        bases=["Model"],
    )


class Migration(migrations.Migration):
    dependencies = [("models", "0019_case_file")]

    operations = [
        ops.AddField("Person", "left_why", fields.CharField(default="", db_default="", max_length=12)),
        ops.AddField("Person", "kin_sealed", SealedField(null=True)),
        ops.AddField("RangeOffer", "price", fields.IntField(null=True)),
        ops.AddField("RangeOffer", "price_unit", fields.CharField(default="", db_default="", max_length=8)),
        ops.AddField("RangeOffer", "capacity", fields.SmallIntField(null=True)),
        ops.AddField("Offer", "price", fields.IntField(null=True)),
        ops.AddField("Offer", "price_unit", fields.CharField(default="", db_default="", max_length=8)),
        ops.AddField("Offer", "started_on", fields.DateField(null=True)),
        ops.AddField("Offer", "ended_on", fields.DateField(null=True)),
        ops.AddField("OfferEvent", "holds_from", fields.DateField(null=True)),
        _table(
            "PlanGoal",
            "plan_goal",
            [
                ("area", fields.CharField(default="", max_length=16)),
                ("words_sealed", SealedField()),
                ("standing_sealed", SealedField(null=True)),
                ("state", fields.CharField(max_length=12)),
                ("follow_up_on", fields.DateField(null=True)),
                ("made_by_id", fields.CharField(max_length=32)),
                ("made_at", _at()),
                ("changed_by_id", fields.CharField(max_length=32)),
                ("changed_at", _at()),
                ("closed_at", _at(null=True)),
            ],
            ["person_id", "made_at"],
            ["municipality_id", "state", "follow_up_on"],
        ),
        _table(
            "Progress",
            "progress",
            [
                ("wave", fields.CharField(max_length=8)),
                ("area", fields.CharField(max_length=16)),
                ("code", fields.CharField(max_length=24)),
                ("staff_id", fields.CharField(max_length=32)),
                ("at", _at()),
            ],
            ["person_id", "at"],
            ["municipality_id", "wave", "area"],
        ),
        _table(
            "FollowUpDate",
            "follow_up_date",
            [
                ("due_on", fields.DateField()),
                ("note_sealed", SealedField(null=True)),
                ("made_by_id", fields.CharField(max_length=32)),
                ("made_at", _at()),
                ("done_sealed", SealedField(null=True)),
                ("done_by_id", fields.CharField(null=True, max_length=32)),
                ("done_at", _at(null=True)),
            ],
            ["person_id", "due_on"],
            ["municipality_id", "due_on"],
        ),
        _table(
            "Contact",
            "contact",
            [
                (
                    "message",
                    fields.OneToOneField(
                        "models.Message",
                        source_field="message_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("way", fields.CharField(max_length=12)),
                ("held_on", fields.DateField()),
            ],
            ["person_id", "held_on"],
            ["municipality_id"],
        ),
    ]
