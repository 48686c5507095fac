"""How often a token has asked within the minute that runs, counted for all processes together."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.tables.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [("models", "0022_check_in_indexes")]

    operations = [
        ops.AddField("ApiToken", "calls", fields.IntField(default=0, db_default=0)),
        ops.AddField("ApiToken", "calls_from", UtcDatetimeField(null=True, generated=False, unique=False)),
    ]
