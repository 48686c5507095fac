"""Signing in: one-time codes, recovery codes, half a sign-in, when a session was last proved, the municipality's own."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField, UtcDatetimeField, new_id


def _hash() -> fields.CharField:
    return fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)


def _staff() -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        "models.Staff", source_field="staff_id", db_constraint=True, to_field="id", on_delete=OnDelete.CASCADE
    )


def _instant() -> UtcDatetimeField:
    return UtcDatetimeField(generated=False, null=False, unique=False)


def _perhaps() -> UtcDatetimeField:
    return UtcDatetimeField(null=True, generated=False, unique=False)


class Migration(migrations.Migration):
    dependencies = [("models", "0014_openings")]

    operations = [
        ops.AddField("Staff", "sso_index", fields.CharField(default="", db_default="", max_length=64)),
        ops.AddField("StaffSession", "browser", fields.CharField(default="", db_default="", max_length=24)),
        # Sessions from before were proved in 1970: they are asked again before anything of weight.
        ops.AddField("StaffSession", "proved_at", UtcDatetimeField(db_default=0)),
        ops.CreateModel(
            name="HalfSignIn",
            fields=[
                ("token_hash", _hash()),
                ("staff", _staff()),
                ("back", fields.CharField(default="/", max_length=200)),
                ("created_at", _instant()),
                ("expires_at", _instant()),
            ],
            options={
                "table": "half_sign_in",
                "app": "models",
                "indexes": [Index(fields=["staff_id"]), Index(fields=["expires_at"])],
                "pk_attr": "token_hash",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)),
                ("staff", _staff()),
                ("secret_sealed", SealedField()),
                ("made_at", _instant()),
                ("confirmed_at", _perhaps()),
                ("used_step", fields.BigIntField(default=0)),
            ],
            options={
                "table": "second_factor",
                "app": "models",
                "indexes": [Index(fields=["staff_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RecoveryCode",
            fields=[
                ("code_hash", _hash()),
                ("staff", _staff()),
                ("made_at", _instant()),
                ("used_at", _perhaps()),
            ],
            options={
                "table": "recovery_code",
                "app": "models",
                "indexes": [Index(fields=["staff_id"])],
                "pk_attr": "code_hash",
            },
            bases=["Model"],
        ),
    ]
