"""The API: tokens of staff, answers kept for a day, webhooks and what they are to be told."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.tables.fields import SealedField, UtcDatetimeField, new_id


def _of(table: str, column: str) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"models.{table}", source_field=f"{column}_id", db_constraint=True, to_field="id", on_delete=OnDelete.CASCADE
    )


def _id() -> fields.CharField:
    return fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)


def _instant(*, perhaps: bool = False) -> UtcDatetimeField:
    return UtcDatetimeField(null=perhaps, generated=False, unique=False)


class Migration(migrations.Migration):
    dependencies = [("models", "0020_register")]

    operations = [
        ops.CreateModel(
            name="ApiToken",
            fields=[
                ("id", _id()),
                ("staff", _of("Staff", "staff")),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=80)),
                ("read_only", fields.BooleanField(default=False)),
                ("created_at", _instant()),
                ("expires_at", _instant()),
                ("used_at", _instant(perhaps=True)),
                ("revoked_at", _instant(perhaps=True)),
            ],
            options={"table": "api_token", "app": "models", "indexes": [Index(fields=["staff_id"])], "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", _id()),
                ("token", _of("ApiToken", "token")),
                ("key_hash", fields.CharField(max_length=64)),
                ("fingerprint", fields.CharField(max_length=64)),
                ("answer_sealed", SealedField()),
                ("at", _instant()),
            ],
            options={
                "table": "idempotency_key",
                "app": "models",
                "unique_together": (("token", "key_hash"),),
                "indexes": [Index(fields=["at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Webhook",
            fields=[
                ("id", _id()),
                ("municipality", _of("Municipality", "municipality")),
                ("address", fields.CharField(max_length=400)),
                ("events", fields.CharField(max_length=400)),
                ("secret_sealed", SealedField()),
                ("state", fields.CharField(default="active", max_length=8)),
                ("made_by_id", fields.CharField(max_length=32)),
                ("created_at", _instant()),
                ("tries", fields.IntField(default=0)),
                ("failing_since", _instant(perhaps=True)),
                ("failure", fields.CharField(default="", max_length=24)),
                ("next_at", _instant()),
                ("lease_until", _instant(perhaps=True)),
                ("succeeded_at", _instant(perhaps=True)),
                ("disabled_at", _instant(perhaps=True)),
            ],
            options={
                "table": "webhook",
                "app": "models",
                "indexes": [Index(fields=["municipality_id", "state"]), Index(fields=["state", "next_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality", _of("Municipality", "municipality")),
                ("webhook", _of("Webhook", "webhook")),
                ("event", fields.CharField(max_length=32)),
                ("event_id", fields.CharField(max_length=32)),
                ("about", fields.CharField(max_length=32)),
                ("at", _instant()),
                ("sent_at", _instant(perhaps=True)),
            ],
            options={
                "table": "webhook_delivery",
                "app": "models",
                "indexes": [
                    Index(fields=["webhook_id", "sent_at", "id"]),
                    Index(fields=["municipality_id"]),
                    Index(fields=["sent_at"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
