"""Keys that can be renewed, and the erasure ledger."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField, UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0002_engine")]

    operations = [
        ops.AddField("MunicipalityKey", "older", SealedField(null=True)),
        ops.AddField("PersonKey", "older", SealedField(null=True)),
        ops.CreateModel(
            name="HouseKey",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=24)),
                ("wrapped", SealedField()),
            ],
            options={"table": "house_key", "app": "models", "pk_attr": "name"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="KeyRotation",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("level", fields.CharField(max_length=12)),
                ("phase", fields.CharField(max_length=8)),
                ("cursor", fields.CharField(default="", max_length=32)),
                ("waits_from", fields.BigIntField(null=True)),
                ("begun_at", UtcDatetimeField(generated=False, null=False, unique=False)),
                ("finished_at", UtcDatetimeField(null=True, generated=False, unique=False)),
            ],
            options={"table": "key_rotation", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Erasure",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("person_uid", fields.CharField(max_length=32)),
                ("step", fields.CharField(max_length=8)),
                ("at", UtcDatetimeField(generated=False, null=False, unique=False)),
            ],
            options={
                "table": "erasure",
                "app": "models",
                "unique_together": (("person_uid", "step"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
