"""What a young person has chosen for Telegram, and one-time ways into the web chat."""

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
    dependencies = [("models", "0005_media")]

    operations = [
        ops.AddField("Person", "telegram_content", fields.CharField(default="", db_default="", max_length=16)),
        ops.CreateModel(
            name="SignIn",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=32)),
                ("municipality", _of("Municipality")),
                ("person", _of("Person")),
                ("link", _of("Link")),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("created_at", UtcDatetimeField(generated=False, null=False, unique=False)),
                ("expires_at", UtcDatetimeField(generated=False, null=False, unique=False)),
                ("used_at", UtcDatetimeField(null=True, generated=False, unique=False)),
            ],
            options={
                "table": "sign_in",
                "app": "models",
                "indexes": [
                    Index(fields=["person_id"]),
                    Index(fields=["municipality_id"]),
                    Index(fields=["link_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
